//! provider "runpod": what it registers, and the client that it makes of its arguments.

mod arguments;

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use plugin::{Plugin, Registration, Shutdown, Stop};
use runpod::{Call, Settings, creation::Creator};
use secrecy::ExposeSecret;
use tf_provider::{Diagnostics, Provider, schema::Schema, value::ValueEmpty};

use self::arguments::Configuration;
use crate::{
    catalog,
    endpoint::{self, EndpointNoun},
    functions,
    managed::{
        attribute::block,
        connection::{Client, Connection, JobsAddress},
        creation::{warn, warn_of_elsewhere, warn_of_unreadable},
        data_source::{AllDataSource, OneDataSource},
        diagnostic::explain_call,
        journal::FileJournal,
        noun::Noun,
        recent::Recent,
        resource::ManagedResource,
        scope::{Scope, digest},
        value::Attributes,
    },
    network_volume::NetworkVolumeNoun,
    registry::RegistryNoun,
    secret::SecretNoun,
    template::TemplateNoun,
};

/// Where in Terraform's data directory the journal of creates is kept.
const JOURNAL: &str = "runpod/creates";

/// How long it may take to ask what has come of the creates of earlier runs, where there are any.
const REVIEW: Duration = Duration::from_secs(30);

/// What is done for every noun; a new one is a line in the list below.
macro_rules! nouns {
    ($($noun:ty,)*) => {
        fn register_nouns(registration: &mut Registration, connection: &Connection) {
            $(register::<$noun>(registration, connection);)*
        }

        async fn review_nouns(diags: &mut Diagnostics, client: &Client, call: &Call) {
            let noted = client.creator.noted();
            $(if noted.contains(<$noun>::NOUN) {
                review::<$noun>(diags, client, call).await;
            })*
        }
    };
}

nouns! {
    EndpointNoun,
    TemplateNoun,
    NetworkVolumeNoun,
    RegistryNoun,
    SecretNoun,
}

/// Registers a noun's resource and data sources.
fn register<N: Noun>(registration: &mut Registration, connection: &Connection) {
    let resource = ManagedResource::<N>::new(connection.clone());
    let write_only = N::table().iter().filter(|row| row.write_only).map(|row| row.name);

    registration
        .resource(N::TYPE, resource)
        .with_move()
        .with_list()
        .with_generated_config()
        .write_only(write_only);
    registration.data_source(N::TYPE, OneDataSource::<N>::new(connection.clone()));
    registration.data_source(N::TYPES, AllDataSource::<N>::new(connection.clone()));
}

/// Tells what is known of the creates of a noun's objects that earlier runs have left behind.
async fn review<N: Noun>(diags: &mut Diagnostics, client: &Client, call: &Call) {
    let calls = N::calls(client, &Attributes::default());
    for warning in client.creator.review(&*calls, call).await {
        warn(diags, &warning);
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
            connection: Connection::new(stop),
        }
    }
}

impl Plugin for RunpodProvider {
    fn register(&self, registration: &mut Registration) {
        register_nouns(registration, &self.connection);
        catalog::register(registration, &self.connection);
        endpoint::actions::register(registration, &self.connection);
        functions::register(registration);
    }

    fn on_shutdown(&self, shutdown: &Shutdown) {
        if let Some(client) = self.connection.configured().filter(|_| shutdown.delivered) {
            client.journal.delivered();
        }
    }
}

#[async_trait]
impl Provider for RunpodProvider {
    type Config<'a> = Attributes;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(block("Serverless on Runpod.", arguments::schema()))
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
            review_nouns(diags, client, &call).await;
            for (place, workspace, note) in client.journal.elsewhere() {
                warn_of_elsewhere(diags, &place, &workspace, &note);
            }
            for place in client.journal.unreadable() {
                warn_of_unreadable(diags, place);
            }
        }
        self.connection.configure(client, unknown);
        diags.errors.is_empty().then_some(())
    }
}

fn connect(diags: &mut Diagnostics, configuration: Configuration, terraform_version: &str) -> Option<Client> {
    let version = env!("CARGO_PKG_VERSION");
    let key = fingerprint(&configuration);
    let jobs = JobsAddress {
        is_default: configuration.jobs_url.as_str() == arguments::JOBS_URL,
        url: configuration.jobs_url.clone(),
    };
    let settings = Settings {
        graphql_url: configuration.graphql_url,
        rest_url: configuration.rest_url,
        jobs_url: configuration.jobs_url,
        key: configuration.api_key,
        user_agent: format!("terraform-provider-runpod/{version} (+terraform {terraform_version})"),
        request_timeout: configuration.request_timeout,
        max_retries: configuration.max_retries,
    };
    match runpod::Client::new(settings) {
        Ok(runpod) => {
            let data = env::var_os("TF_DATA_DIR").filter(|directory| !directory.is_empty());
            let data = data.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
            let journal = FileJournal::open(&data.join(JOURNAL), Scope::find(&data), &key);
            let journal = Arc::new(journal);
            Some(Client {
                runpod,
                api: configuration.api,
                jobs,
                creator: Creator::new(journal.clone()),
                recent: Recent::default(),
                journal,
            })
        }
        Err(failure) => {
            diags.errors.push(explain_call(&failure, "provider \"runpod\""));
            None
        }
    }
}

/// What tells credentials apart in the journal: a digest that does not give the key away.
fn fingerprint(configuration: &Configuration) -> String {
    let key = configuration.api_key.expose_secret();
    let (graphql, rest) = (&configuration.graphql_url, &configuration.rest_url);
    digest(format!("{graphql}\0{rest}\0{key}"))
}
