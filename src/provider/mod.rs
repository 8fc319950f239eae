//! provider "runpod": what it offers, and the client that it makes of its arguments.

mod arguments;

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tf_provider::{Diagnostics, Provider, schema::Schema, value::ValueEmpty};

use self::arguments::Configuration;
use crate::{
    attribute::block,
    diagnostic::error,
    endpoint::{
        data_source::{EndpointDataSource, EndpointsDataSource},
        resource::EndpointResource,
    },
    value::Attributes,
};
use plugin::{Ending, Offers, Plugin, Stop};
use runpod::{Api, Endpoints, Settings, creation::Creator, journal::Journal};

/// Where in Terraform's data directory the journal of creates is kept.
const JOURNAL: &str = "runpod/creates";

/// A configured client and what belongs to it.
pub struct Client {
    /// The account's endpoints.
    pub api: Arc<dyn Endpoints>,
    /// Creates endpoints, each once.
    pub creator: Creator,
}

/// The way from the things that the provider offers to its client.
#[derive(Clone)]
pub struct Connection {
    stop: Stop,
    client: Arc<RwLock<Option<Arc<Client>>>>,
    unknown: Arc<RwLock<Vec<&'static str>>>,
}

impl Connection {
    /// The client; an error where the provider could not be configured yet.
    pub fn client(&self, diags: &mut Diagnostics) -> Option<Arc<Client>> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        if client.is_none() {
            let unknown = self
                .unknown
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .join(", ");
            let detail = format!(
                "Runpod must be asked now, but these arguments of provider \"runpod\" are not known before other \
                 resources are applied: {unknown}. Give them values that are known when planning, or apply those \
                 resources first with -target."
            );
            error(diags, "The provider's configuration is not known yet", detail);
        }
        client
    }

    /// What tells an operation to come to an end.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }
}

/// provider "runpod".
pub struct RunpodProvider {
    connection: Connection,
}

impl RunpodProvider {
    /// A provider that is not configured yet; `stop` tells its operations to come to an end.
    pub fn new(stop: Stop) -> Self {
        Self {
            connection: Connection {
                stop,
                client: Arc::default(),
                unknown: Arc::default(),
            },
        }
    }
}

impl Plugin for RunpodProvider {
    fn register(&self, offers: &mut Offers) {
        offers
            .resource("runpod_endpoint", EndpointResource::new(self.connection.clone()))
            .moving();
        offers.data_source(
            "runpod_endpoint",
            EndpointDataSource::new(self.connection.clone()),
        );
        offers.data_source(
            "runpod_endpoints",
            EndpointsDataSource::new(self.connection.clone()),
        );
    }

    fn ended(&self, ending: &Ending) {
        let client = self
            .connection
            .client
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = client.as_ref().filter(|_| ending.delivered) {
            client.creator.delivered();
        }
    }
}

#[async_trait]
impl Provider for RunpodProvider {
    type Config<'a> = Attributes;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(block("Serverless endpoints on Runpod.", arguments::schema()))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        arguments::check(diags, &config);
        diags.errors.is_empty().then_some(())
    }

    async fn configure<'a>(
        &self,
        diags: &mut Diagnostics,
        terraform_version: String,
        config: Attributes,
    ) -> Option<()> {
        let (client, unknown) = match Configuration::read(diags, &config) {
            Ok(configuration) => (connect(diags, configuration, &terraform_version), Vec::new()),
            Err(unknown) => (None, unknown),
        };
        *self
            .connection
            .unknown
            .write()
            .unwrap_or_else(PoisonError::into_inner) = unknown;
        *self
            .connection
            .client
            .write()
            .unwrap_or_else(PoisonError::into_inner) = client.map(Arc::new);
        diags.errors.is_empty().then_some(())
    }
}

fn connect(diags: &mut Diagnostics, configuration: Configuration, terraform_version: &str) -> Option<Client> {
    let version = env!("CARGO_PKG_VERSION");
    let account = fingerprint(&configuration);
    let settings = Settings {
        rest_url: configuration.graphql_url.clone(),
        jobs_url: configuration.graphql_url.clone(),
        graphql_url: configuration.graphql_url,
        key: configuration.api_key,
        user_agent: format!("terraform-provider-runpod/{version} (+terraform {terraform_version})"),
        request_timeout: configuration.request_timeout,
        max_retries: configuration.max_retries,
    };
    match runpod::Client::new(settings) {
        Ok(client) => {
            let api = client.endpoints(Api::GraphQl);
            let data = env::var_os("TF_DATA_DIR").filter(|directory| !directory.is_empty());
            let data = data.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
            let journal = Journal::open(&data.join(JOURNAL), &account, &workspace(&data));
            Some(Client {
                api,
                creator: Creator::new(journal),
            })
        }
        Err(failure) => {
            error(diags, "The client for Runpod could not be made", failure.message);
            None
        }
    }
}

/// The workspace that Terraform works in; it is not told to providers, but stands where Terraform itself looks for it.
fn workspace(data: &Path) -> String {
    let chosen = env::var("TF_WORKSPACE").ok();
    let kept = || fs::read_to_string(data.join("environment")).ok();
    let name = chosen.filter(|name| !name.is_empty()).or_else(kept);
    name.map_or_else(|| "default".to_owned(), |name| name.trim().to_owned())
}

/// What tells accounts apart in the journal: a digest that does not give the key away.
fn fingerprint(configuration: &Configuration) -> String {
    let mut digest = Sha256::new();
    digest.update(configuration.graphql_url.as_str());
    digest.update([0]);
    digest.update(configuration.api_key.expose_secret());
    digest
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
