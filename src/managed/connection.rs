//! The way from what is registered to the client that the provider's arguments configure.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use plugin::Stop;
use runpod::{creation::Creator, is_loopback};
use tf_provider::Diagnostics;
use url::Url;

use super::{diagnostic::error, journal::FileJournal, recent::Recent};

/// Which API an endpoint is managed through; every other noun is REST v2's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// GraphQL for an endpoint with a template, REST v2 for one with an image.
    Auto,
    /// GraphQL alone.
    GraphQl,
    /// REST v2 alone.
    Rest,
}

/// A configured client and what belongs to it.
pub struct Client {
    /// The calls.
    pub runpod: runpod::Client,
    /// The API that was chosen.
    pub api: Api,
    /// Where the queues of endpoints are.
    pub jobs: JobsAddress,
    /// Creates objects, each once.
    pub creator: Creator,
    /// What this run has made: other objects may refer to it before Runpod's reads show it.
    pub recent: Recent,
    /// Where the creator notes creates: it is told here when Terraform has every answer.
    pub journal: Arc<FileJournal>,
}

/// The address of the jobs API.
pub struct JobsAddress {
    /// The provider's argument.
    pub url: Url,
    /// Whether it is Runpod's own: then the addresses that REST v2 gives are followed.
    pub is_default: bool,
}

impl JobsAddress {
    /// The address that REST v2 gave for an endpoint's queue, where it may be followed: it gets the API key, so that it
    /// must be encrypted or this machine's own, and where the provider was given another jobs API, a part of that.
    pub fn address_for(&self, told: Option<&str>) -> Option<Url> {
        let told = Url::parse(told?).ok()?;
        let is_safe = told.scheme() == "https" || (told.scheme() == "http" && is_loopback(&told));
        let is_own = self.is_default || told.origin() == self.url.origin();
        (is_safe && is_own).then_some(told)
    }
}

/// The way from what is registered to the client.
#[derive(Clone)]
pub struct Connection {
    /// What tells an operation to come to an end.
    stop: Stop,
    /// None until the provider is configured with arguments that are all known.
    client: Arc<RwLock<Option<Arc<Client>>>>,
    /// The arguments that are not known yet, for the error of whoever needs the client.
    unknown: Arc<RwLock<Vec<&'static str>>>,
    /// The names of secrets that this run plans: what refers to one is planned after it, and does not miss it though the
    /// account may not have it yet.
    secrets: Arc<RwLock<HashSet<String>>>,
}

impl Connection {
    /// A connection of a provider that is not configured yet.
    pub fn new(stop: Stop) -> Self {
        Self {
            stop,
            client: Arc::default(),
            unknown: Arc::default(),
            secrets: Arc::default(),
        }
    }

    /// Sets the client, or the names of the arguments that must be known before.
    pub fn configure(&self, client: Option<Client>, unknown: Vec<&'static str>) {
        *self.unknown.write().unwrap_or_else(PoisonError::into_inner) = unknown;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client.map(Arc::new);
    }

    /// The client, if the provider is configured.
    pub fn configured(&self) -> Option<Arc<Client>> {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The client; an error where the provider could not be configured yet.
    pub fn client(&self, diags: &mut Diagnostics) -> Option<Arc<Client>> {
        let client = self.configured();
        if client.is_none() {
            let unknown = self.unknown.read().unwrap_or_else(PoisonError::into_inner);
            let detail = format!(
                "Runpod must be asked now, but these arguments of provider \"runpod\" are not known before other \
                 resources are applied: {}. Give them values that are known when planning, or apply those resources \
                 first with -target.",
                unknown.join(", ")
            );
            error(diags, "The provider's configuration is not known yet", detail);
        }
        client
    }

    /// Whether what needs REST v2 can be had; an error where GraphQL alone was chosen. `subject` begins a sentence.
    pub fn has_rest(&self, diags: &mut Diagnostics, subject: &str) -> bool {
        let chosen = self.configured().map(|client| client.api);
        if chosen != Some(Api::GraphQl) {
            return true;
        }
        let detail = format!(
            "{subject} needs REST v2, and the provider's api is \"graphql\". Set api to \"auto\" or \"rest\" in the provider \
             block (or RUNPOD_API)."
        );
        error(diags, format!("{subject} needs REST v2"), detail);
        false
    }

    /// Notes that this run plans a secret of that name.
    pub fn plan_secret(&self, name: &str) {
        let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(name.to_owned());
    }

    /// Whether this run plans a secret of that name.
    pub fn plans_secret(&self, name: &str) -> bool {
        self.secrets
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(name)
    }

    /// What tells an operation to come to an end.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_key_goes_to_no_address_but_a_safe_one_of_the_jobs_api() {
        let own = JobsAddress {
            url: "https://api.runpod.ai/v2".parse().unwrap(),
            is_default: true,
        };
        let given = "https://api.runpod.ai/v2/x/purge-queue";
        assert_eq!(own.address_for(Some(given)).unwrap().as_str(), given);
        for other in [None, Some("http://api.runpod.ai/v2/x/purge-queue"), Some("x")] {
            assert_eq!(own.address_for(other), None);
        }
        let local = JobsAddress {
            url: "http://127.0.0.1:4010/jobs".parse().unwrap(),
            is_default: false,
        };
        assert_eq!(local.address_for(Some(given)), None);
        let near = "http://127.0.0.1:4010/jobs/x/purge-queue";
        assert_eq!(local.address_for(Some(near)).unwrap().as_str(), near);
    }
}
