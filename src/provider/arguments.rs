//! The arguments of provider "runpod", their environment variables, and what they may be.

use std::{collections::HashMap, env, fmt, time::Duration};

use secrecy::SecretString;
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType, Description},
    value::Value,
};
use url::Url;

use crate::managed::{
    connection::Api,
    diagnostic::{error_at, warn_at},
    value::{Attributes, Datum, written},
};
use runpod::is_loopback;

/// Runpod's GraphQL API (API facts, head).
const GRAPHQL_URL: &str = "https://api.runpod.io/graphql";
/// REST v2 (V2, head).
const REST_URL: &str = "https://api.runpod.io/v2";
/// The jobs API behind both (V2 1.1).
pub const JOBS_URL: &str = "https://api.runpod.ai/v2";

/// Seconds that one attempt may take, and the most that may be asked for: a day.
const DEFAULT_TIMEOUT: u32 = 30;
const LONGEST_TIMEOUT: u32 = 24 * 60 * 60;

/// Attempts after the first, and the most that may be asked for.
const DEFAULT_RETRIES: u32 = 4;
const MOST_RETRIES: u32 = 1000;

/// What an argument holds.
#[derive(Clone, Copy)]
enum Holds {
    Key,
    /// The choice of the API.
    Api,
    /// An address with this default.
    Url(&'static str),
    /// A whole number within these, both included, with a default.
    Number {
        least: u32,
        most: u32,
        default: u32,
    },
}

/// An argument of the provider block.
struct Argument {
    name: &'static str,
    variable: &'static str,
    holds: Holds,
    description: &'static str,
}

const ARGUMENTS: [Argument; 7] = [
    Argument {
        name: "api_key",
        variable: "RUNPOD_API_KEY",
        holds: Holds::Key,
        description: "API key of the Runpod account. Better given by the environment variable `RUNPOD_API_KEY`, or as an \
                      ephemeral value: Terraform stores a literal key in plan files.",
    },
    Argument {
        name: "api",
        variable: "RUNPOD_API",
        holds: Holds::Api,
        description: "Which of Runpod's APIs manages endpoints: `graphql`, which ends early in 2027, `rest` (REST v2), or \
                      `auto`: GraphQL for an endpoint with `template_id`, REST v2 for one with `image`. Everything else is \
                      REST v2's. May be given by `RUNPOD_API`. Default: `auto`.",
    },
    Argument {
        name: "graphql_url",
        variable: "RUNPOD_GRAPHQL_URL",
        holds: Holds::Url(GRAPHQL_URL),
        description: "Address of the GraphQL API. May be given by `RUNPOD_GRAPHQL_URL`. Default: \
                      `https://api.runpod.io/graphql`. Plain `http://` is accepted for this machine only.",
    },
    Argument {
        name: "rest_url",
        variable: "RUNPOD_REST_URL",
        holds: Holds::Url(REST_URL),
        description: "Address of REST v2. May be given by `RUNPOD_REST_URL`. Default: `https://api.runpod.io/v2`. Plain \
                      `http://` is accepted for this machine only.",
    },
    Argument {
        name: "jobs_url",
        variable: "RUNPOD_JOBS_URL",
        holds: Holds::Url(JOBS_URL),
        description: "Address of the jobs API, which has the queues of endpoints. May be given by `RUNPOD_JOBS_URL`. \
                      Default: `https://api.runpod.ai/v2`. Plain `http://` is accepted for this machine only.",
    },
    Argument {
        name: "request_timeout",
        variable: "RUNPOD_REQUEST_TIMEOUT",
        holds: Holds::Number {
            least: 1,
            most: LONGEST_TIMEOUT,
            default: DEFAULT_TIMEOUT,
        },
        description: "Seconds that one HTTP attempt may take, at least 1. May be given by `RUNPOD_REQUEST_TIMEOUT`. \
                      Default: 30.",
    },
    Argument {
        name: "max_retries",
        variable: "RUNPOD_MAX_RETRIES",
        holds: Holds::Number {
            least: 0,
            most: MOST_RETRIES,
            default: DEFAULT_RETRIES,
        },
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
        match argument.holds {
            Holds::Key => drop(given.key(diags)),
            Holds::Api => drop(given.api(diags)),
            Holds::Url(_) => drop(given.url(diags)),
            Holds::Number { .. } => drop(given.number(diags)),
        }
    }
}

/// What the arguments say, once all are known.
pub struct Configuration {
    /// The API key.
    pub api_key: SecretString,
    /// Which API manages endpoints.
    pub api: Api,
    /// The address of the GraphQL API.
    pub graphql_url: Url,
    /// The address of REST v2.
    pub rest_url: Url,
    /// The address of the jobs API.
    pub jobs_url: Url,
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
        let given = ARGUMENTS.each_ref().map(|argument| argument.given(config));
        let unknown: Vec<&'static str> = given
            .iter()
            .filter(|given| given.value.is_unknown())
            .map(|given| given.argument.name)
            .collect();
        let [key, api, graphql, rest, jobs, timeout, retries] = &given;
        let parts = (
            key.key(diags),
            api.api(diags),
            graphql.url(diags),
            rest.url(diags),
            jobs.url(diags),
            timeout.number(diags),
            retries.number(diags),
        );
        match parts {
            (
                Some(api_key),
                Some(api),
                Some(graphql_url),
                Some(rest_url),
                Some(jobs_url),
                Some(timeout),
                Some(max_retries),
            ) if unknown.is_empty() => Ok(Self {
                api_key,
                api,
                graphql_url,
                rest_url,
                jobs_url,
                request_timeout: Duration::from_secs(timeout.into()),
                max_retries,
            }),
            _ => Err(unknown),
        }
    }
}

impl Argument {
    fn schema(&self) -> Attribute {
        Attribute {
            attr_type: match self.holds {
                Holds::Number { .. } => AttributeType::Number,
                _ => AttributeType::String,
            },
            description: Description::markdown(self.description),
            constraint: AttributeConstraint::Optional,
            sensitive: matches!(self.holds, Holds::Key),
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
    /// Where a diagnostic about it points: at the provider as a whole where the value may be secret or hold a secret,
    /// since Terraform quotes the line that a diagnostic points at.
    fn path(&self) -> AttributePath {
        match self.argument.holds {
            Holds::Key | Holds::Url(_) => AttributePath::root(),
            Holds::Api | Holds::Number { .. } => AttributePath::new(self.argument.name),
        }
    }

    fn wrong(&self, diags: &mut Diagnostics, problem: &str) {
        error_at(
            diags,
            self.path(),
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
            error_at(diags, self.path(), "No API key for Runpod", detail);
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

    /// The choice of the API; nothing while it is unknown.
    fn api(&self, diags: &mut Diagnostics) -> Option<Api> {
        let given = match &self.value {
            Value::Unknown => return None,
            Value::Null => return Some(Api::Auto),
            Value::Value(datum) => datum.as_text().unwrap_or_default().trim(),
        };
        match given {
            "auto" => Some(Api::Auto),
            "graphql" => Some(Api::GraphQl),
            "rest" => Some(Api::Rest),
            other => {
                let problem = format!("it must be \"auto\", \"graphql\" or \"rest\"; {other:?} was given.");
                self.wrong(diags, &problem);
                None
            }
        }
    }

    /// The address; the default where none is given, nothing while it is unknown.
    fn url(&self, diags: &mut Diagnostics) -> Option<Url> {
        let Holds::Url(default) = self.argument.holds else {
            return None;
        };
        let given = match &self.value {
            Value::Unknown => return None,
            Value::Null => default,
            Value::Value(datum) => datum.as_text().unwrap_or_default().trim(),
        };
        let mut url = match Url::parse(given) {
            Ok(url) => url,
            Err(failure) => {
                self.wrong(diags, &format!("it must be a URL such as {default}: {failure}."));
                return None;
            }
        };
        match url.scheme() {
            "https" => {}
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
            warn_at(diags, self.path(), "Credentials in a URL are ignored", detail);
            // Neither can fail for a URL with a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        Some(url)
    }

    /// A whole number; the default where none is given, nothing while it is unknown.
    fn number(&self, diags: &mut Diagnostics) -> Option<u32> {
        let Holds::Number { least, most, default } = self.argument.holds else {
            return None;
        };
        let number = match &self.value {
            Value::Unknown => return None,
            Value::Null => return Some(default),
            Value::Value(Datum::Integer(number)) => u32::try_from(*number).ok(),
            Value::Value(Datum::Text(text)) => text.trim().parse().ok(),
            Value::Value(_) => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let given = written(&self.value);
            let problem = format!("it must be a whole number from {least} to {most}; {given} was given.");
            self.wrong(diags, &problem);
        }
        number
    }
}
