//! provider "runpod": its arguments, their environment variables, and what it offers.

use std::{
    collections::HashMap,
    env, fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tf_provider::{
    AttributePath, Diagnostics, Provider,
    schema::{Attribute, AttributeConstraint, AttributeType, Description, Schema},
    value::{Value, ValueEmpty},
};
use url::Url;

use crate::{
    attribute::block,
    diagnostic::{error, error_at, warn_at},
    endpoint::{
        data_source::{EndpointDataSource, EndpointsDataSource},
        resource::EndpointResource,
    },
    plugin::{Offers, Plugin, Stop},
    runpod::{
        EndpointsApi,
        creation::Creator,
        graphql::{GraphQl, Settings, is_loopback},
        journal::Journal,
        retry::Retrying,
        snapshot::Shared,
    },
    value::{Attributes, Datum},
};

/// Runpod's GraphQL API (API facts, head).
const DEFAULT_URL: &str = "https://api.runpod.io/graphql";

/// Seconds that one attempt may take.
const DEFAULT_TIMEOUT: u32 = 30;

/// Attempts after the first.
const DEFAULT_RETRIES: u32 = 4;

/// Where in Terraform's data directory the journal of creates is kept.
const JOURNAL: &str = "runpod/creates";

/// An argument of the provider block.
struct Argument {
    name: &'static str,
    variable: &'static str,
    number: bool,
    sensitive: bool,
    description: &'static str,
}

const ARGUMENTS: [Argument; 4] = [
    Argument {
        name: "api_key",
        variable: "RUNPOD_API_KEY",
        number: false,
        sensitive: true,
        description: "API key of the Runpod account. May be given by the environment variable `RUNPOD_API_KEY` \
                      instead, which keeps it out of the configuration.",
    },
    Argument {
        name: "graphql_url",
        variable: "RUNPOD_GRAPHQL_URL",
        number: false,
        sensitive: false,
        description: "Address of the GraphQL API. May be given by `RUNPOD_GRAPHQL_URL`. Default: \
                      `https://api.runpod.io/graphql`. Plain `http://` is accepted for this machine only.",
    },
    Argument {
        name: "request_timeout",
        variable: "RUNPOD_REQUEST_TIMEOUT",
        number: true,
        sensitive: false,
        description: "Seconds that one HTTP attempt may take, at least 1. May be given by `RUNPOD_REQUEST_TIMEOUT`. \
                      Default: 30.",
    },
    Argument {
        name: "max_retries",
        variable: "RUNPOD_MAX_RETRIES",
        number: true,
        sensitive: false,
        description: "Further attempts after the first one, where trying again is safe. May be given by \
                      `RUNPOD_MAX_RETRIES`. Default: 4.",
    },
];

/// What the arguments say, once all are known.
struct Configuration {
    api_key: SecretString,
    graphql_url: Url,
    request_timeout: Duration,
    max_retries: u32,
}

/// A configured client and what belongs to it.
pub struct Client {
    /// The account's endpoints.
    pub api: Arc<dyn EndpointsApi>,
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
        offers.resource("runpod_endpoint", EndpointResource::new(self.connection.clone()));
        offers.data_source(
            "runpod_endpoint",
            EndpointDataSource::new(self.connection.clone()),
        );
        offers.data_source(
            "runpod_endpoints",
            EndpointsDataSource::new(self.connection.clone()),
        );
    }
}

#[async_trait]
impl Provider for RunpodProvider {
    type Config<'a> = Attributes;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let attributes: HashMap<String, Attribute> = ARGUMENTS
            .iter()
            .map(|argument| (argument.name.to_owned(), argument.schema()))
            .collect();
        Some(block("Serverless endpoints on Runpod.", attributes))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        for argument in ARGUMENTS
            .iter()
            .filter(|argument| config.get(argument.name).is_value())
        {
            let given = Given {
                argument,
                value: config.get(argument.name).clone(),
                from_variable: false,
            };
            match argument.name {
                "graphql_url" => drop(given.url(diags)),
                "request_timeout" => drop(given.number(diags, 1, DEFAULT_TIMEOUT)),
                "max_retries" => drop(given.number(diags, 0, DEFAULT_RETRIES)),
                _ => drop(given.key(diags)),
            }
        }
        diags.errors.is_empty().then_some(())
    }

    async fn configure<'a>(
        &self,
        diags: &mut Diagnostics,
        terraform_version: String,
        config: Attributes,
    ) -> Option<()> {
        let [key, url, timeout, retries] = ARGUMENTS.each_ref().map(|argument| argument.given(&config));
        let unknown: Vec<&'static str> = [&key, &url, &timeout, &retries]
            .into_iter()
            .filter(|given| given.value.is_unknown())
            .map(|given| given.argument.name)
            .collect();
        let parts = (
            key.key(diags),
            url.url(diags),
            timeout.number(diags, 1, DEFAULT_TIMEOUT),
            retries.number(diags, 0, DEFAULT_RETRIES),
        );
        let client = match parts {
            (Some(api_key), Some(graphql_url), Some(timeout), Some(max_retries)) if unknown.is_empty() => {
                let configuration = Configuration {
                    api_key,
                    graphql_url,
                    request_timeout: Duration::from_secs(timeout.into()),
                    max_retries,
                };
                connect(diags, configuration, &terraform_version)
            }
            _ => None,
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

impl Argument {
    fn schema(&self) -> Attribute {
        Attribute {
            attr_type: if self.number {
                AttributeType::Number
            } else {
                AttributeType::String
            },
            description: Description::markdown(self.description),
            constraint: AttributeConstraint::Optional,
            sensitive: self.sensitive,
            deprecated: false,
        }
    }

    /// The argument, or else its variable; an empty variable counts as none.
    fn given<'a>(&'a self, config: &Attributes) -> Given<'a> {
        let value = config.get(self.name);
        let variable = env::var(self.variable)
            .ok()
            .filter(|text| !text.trim().is_empty());
        match (value, variable) {
            (Value::Null, Some(text)) => Given {
                argument: self,
                value: Value::Value(Datum::Text(text)),
                from_variable: true,
            },
            (value, _) => Given {
                argument: self,
                value: value.clone(),
                from_variable: false,
            },
        }
    }
}

/// An argument's value and where it came from.
struct Given<'a> {
    argument: &'a Argument,
    value: Value<Datum>,
    from_variable: bool,
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from_variable {
            true => write!(
                f,
                "{} (from the environment variable {})",
                self.argument.name, self.argument.variable
            ),
            false => f.write_str(self.argument.name),
        }
    }
}

impl Given<'_> {
    fn wrong(&self, diags: &mut Diagnostics, problem: &str) {
        let path = AttributePath::new(self.argument.name);
        error_at(
            diags,
            path,
            format!("Invalid provider argument {}", self.argument.name),
            format!("{self}: {problem}"),
        );
    }

    /// The key; nothing while it is unknown.
    fn key(&self, diags: &mut Diagnostics) -> Option<SecretString> {
        let key = match &self.value {
            Value::Unknown => return None,
            Value::Null => "",
            Value::Value(datum) => datum.as_text().unwrap_or_default().trim(),
        };
        if key.is_empty() {
            let detail = "The provider needs an API key of a Runpod account. Set api_key in the provider block, or \
                          the environment variable RUNPOD_API_KEY. Keys are made in the Runpod console under \
                          Settings, API Keys.";
            error_at(
                diags,
                AttributePath::new("api_key"),
                "No API key for Runpod",
                detail,
            );
            return None;
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.wrong(
                diags,
                "an API key has letters, digits and signs only, no blanks or control characters.",
            );
            return None;
        }
        Some(SecretString::from(key))
    }

    /// The address; the default where none is given, nothing while it is unknown.
    fn url(&self, diags: &mut Diagnostics) -> Option<Url> {
        let given = match &self.value {
            Value::Unknown => return None,
            Value::Null => DEFAULT_URL,
            Value::Value(datum) => datum.as_text().unwrap_or_default().trim(),
        };
        let mut url = match Url::parse(given) {
            Ok(url) => url,
            Err(failure) => {
                self.wrong(
                    diags,
                    &format!("it must be a URL such as {DEFAULT_URL}: {failure}."),
                );
                return None;
            }
        };
        match url.scheme() {
            "https" if url.host().is_some() => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                let host = url.host_str().unwrap_or_default();
                let problem = format!(
                    "http:// would send the API key unencrypted to {host}. Use https://; http:// is accepted only for \
                     this machine (localhost, 127.0.0.1, [::1])."
                );
                self.wrong(diags, &problem);
                return None;
            }
            scheme => {
                self.wrong(
                    diags,
                    &format!("it must begin with https://, but begins with {scheme}:."),
                );
                return None;
            }
        }
        if url
            .query_pairs()
            .any(|(name, _)| name.eq_ignore_ascii_case("api_key"))
        {
            self.wrong(
                diags,
                "an API key must not stand in a URL, where logs and proxies see it. Use api_key instead.",
            );
            return None;
        }
        if !url.username().is_empty() || url.password().is_some() {
            let detail = format!(
                "{self}: what stands before the @ is not used. The API key goes into api_key or RUNPOD_API_KEY."
            );
            warn_at(
                diags,
                AttributePath::new("graphql_url"),
                "Credentials in a URL are ignored",
                detail,
            );
            // Neither can fail for a URL with a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        Some(url)
    }

    /// A whole number; the default where none is given, nothing while it is unknown.
    fn number(&self, diags: &mut Diagnostics, least: u32, default: u32) -> Option<u32> {
        let number = match &self.value {
            Value::Unknown => return None,
            Value::Null => return Some(default),
            Value::Value(Datum::Integer(number)) => u32::try_from(*number).ok(),
            Value::Value(Datum::Text(text)) => text.trim().parse().ok(),
            Value::Value(_) => None,
        };
        if number.is_none_or(|number| number < least) {
            let given = crate::value::written(&self.value);
            self.wrong(
                diags,
                &format!("it must be a whole number, at least {least}; {given} was given."),
            );
            return None;
        }
        number
    }
}

fn connect(diags: &mut Diagnostics, configuration: Configuration, terraform_version: &str) -> Option<Client> {
    let version = env!("CARGO_PKG_VERSION");
    let account = fingerprint(&configuration);
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
            Some(Client {
                api,
                creator: Creator::new(Journal::open(&data.join(JOURNAL), &account)),
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
