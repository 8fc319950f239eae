//! provider "runpod": what it offers, and the client that it makes of its arguments.

mod arguments;

use std::{
    env,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use secrecy::ExposeSecret;
use tf_provider::{Diagnostics, Provider, schema::Schema, value::ValueEmpty};

use self::arguments::Configuration;
use crate::{
    attribute::block,
    diagnostic::error,
    endpoint::{
        data_source::{EndpointDataSource, EndpointsDataSource},
        resource::EndpointResource,
    },
    managed::{
        creation::{warn, warn_of_elsewhere, warn_of_unreadable},
        journal::FileJournal,
        scope::{Scope, digest},
    },
    value::Attributes,
};
use plugin::{Ending, Offers, Plugin, Stop};
use runpod::{
    Call, EndpointsApi,
    creation::Creator,
    endpoint_collection::Endpoints,
    graphql::{GraphQl, Settings},
    retry::Retrying,
    snapshot::Shared,
};

/// Where in Terraform's data directory the journal of creates is kept.
const JOURNAL: &str = "runpod/creates";

/// How long it may take to ask what has come of the creates of earlier runs, where there are any.
const REVIEW: Duration = Duration::from_secs(30);

/// A configured client and what belongs to it.
pub struct Client {
    /// The account's endpoints.
    pub api: Arc<dyn EndpointsApi>,
    /// Creates objects, each once.
    pub creator: Creator,
    /// Where the creator notes creates: it is told here when Terraform has every answer.
    journal: Arc<FileJournal>,
}

impl Client {
    /// Tells what is known of the creates that earlier runs have left behind.
    async fn review(&self, diags: &mut Diagnostics, call: &Call) {
        let noted = self.creator.noted();
        let mut warnings = Vec::new();
        if noted.contains("endpoint") {
            warnings.extend(self.creator.review(&Endpoints(self.api.clone()), call).await);
        }
        for warning in &warnings {
            warn(diags, warning);
        }
        for (place, workspace, note) in self.journal.elsewhere() {
            warn_of_elsewhere(diags, &place, &workspace, &note);
        }
        for place in self.journal.unreadable() {
            warn_of_unreadable(diags, place);
        }
    }
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
            client.journal.delivered();
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
        if let Some(client) = &client {
            let call = Call::within(REVIEW, self.connection.stop().token());
            client.review(diags, &call).await;
        }
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
    let key = fingerprint(&configuration);
    let settings = Settings {
        url: configuration.graphql_url,
        key: configuration.api_key,
        user_agent: format!("terraform-provider-runpod/{version} (+terraform {terraform_version})"),
        request_timeout: configuration.request_timeout,
    };
    match GraphQl::new(settings) {
        Ok(graphql) => {
            let api = Arc::new(Shared::new(Retrying::new(graphql, configuration.max_retries)));
            let data = env::var_os("TF_DATA_DIR").filter(|directory| !directory.is_empty());
            let data = data.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
            let journal = FileJournal::open(&data.join(JOURNAL), Scope::find(&data), &key);
            let journal = Arc::new(journal);
            Some(Client {
                api,
                creator: Creator::new(journal.clone()),
                journal,
            })
        }
        Err(failure) => {
            error(
                diags,
                "The client for Runpod could not be made",
                failure.to_string(),
            );
            None
        }
    }
}

/// What tells credentials apart in the journal: a digest that does not give the key away.
fn fingerprint(configuration: &Configuration) -> String {
    let (url, key) = (&configuration.graphql_url, configuration.api_key.expose_secret());
    digest(format!("{url}\0{key}"))
}
