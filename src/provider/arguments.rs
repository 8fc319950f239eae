//! The arguments of provider "runpod", their environment variables, and what they may be.

use std::{collections::HashMap, env, fmt, time::Duration};

use secrecy::SecretString;
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType, Description},
    value::Value,
};
use url::Url;

use crate::{
    diagnostic::{error_at, warn_at},
    value::{Attributes, Datum},
};
use runpod::is_loopback;

/// Runpod's GraphQL API (API facts, head).
const DEFAULT_URL: &str = "https://api.runpod.io/graphql";

/// Seconds that one attempt may take.
const DEFAULT_TIMEOUT: u32 = 30;

/// Attempts after the first.
const DEFAULT_RETRIES: u32 = 4;

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

/// The arguments in the provider's schema.
pub fn schema() -> HashMap<String, Attribute> {
    ARGUMENTS
        .iter()
        .map(|argument| (argument.name.to_owned(), argument.schema()))
        .collect()
}

/// Adds an error for each argument that is set and wrong.
pub fn check(diags: &mut Diagnostics, config: &Attributes) {
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
}

/// What the arguments say, once all are known.
pub struct Configuration {
    /// The API key.
    pub api_key: SecretString,
    /// The address of the API.
    pub graphql_url: Url,
    /// How long one HTTP attempt may take.
    pub request_timeout: Duration,
    /// Attempts after the first.
    pub max_retries: u32,
}

impl Configuration {
    /// Reads the arguments and their environment variables; adds an error for each that is wrong or missing.
    ///
    /// Fails with the names of those that are not known yet; with none where there are errors alone.
    pub fn read(diags: &mut Diagnostics, config: &Attributes) -> Result<Self, Vec<&'static str>> {
        let [key, url, timeout, retries] = ARGUMENTS.each_ref().map(|argument| argument.given(config));
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
        match parts {
            (Some(api_key), Some(graphql_url), Some(timeout), Some(max_retries)) if unknown.is_empty() => {
                Ok(Self {
                    api_key,
                    graphql_url,
                    request_timeout: Duration::from_secs(timeout.into()),
                    max_retries,
                })
            }
            _ => Err(unknown),
        }
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
            let allowed = match &self.value {
                Value::Value(Datum::Integer(number)) if *number > i64::from(u32::MAX) => {
                    format!("at most {}", u32::MAX)
                }
                _ => format!("at least {least}"),
            };
            let given = crate::value::written(&self.value);
            self.wrong(
                diags,
                &format!("it must be a whole number, {allowed}; {given} was given."),
            );
            return None;
        }
        number
    }
}
