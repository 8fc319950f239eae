//! The client of one account: every noun over one transport.

use std::sync::Arc;

use super::{
    Api, Endpoints, Error, Settings,
    catalog::Catalog,
    graphql::{GraphQl, endpoints::GraphQlEndpoints},
    jobs::Jobs,
    network_volumes::NetworkVolumes,
    registries::Registries,
    rest::{Rest, endpoints::RestEndpoints},
    secrets::Secrets,
    templates::Templates,
    transport::Transport,
};

/// Runpod's APIs with one key. Each noun keeps its list for all who read it, so that a process needs one client.
pub struct Client {
    graphql_endpoints: Arc<dyn Endpoints>,
    rest_endpoints: Arc<dyn Endpoints>,
    templates: Arc<Templates>,
    network_volumes: Arc<NetworkVolumes>,
    registries: Arc<Registries>,
    secrets: Arc<Secrets>,
    catalog: Arc<Catalog>,
    jobs: Arc<Jobs>,
}

impl Client {
    /// A client with connections of its own; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The key is none that a header can hold ([`Kind::Credential`](super::Kind::Credential)), or the TLS backend or the
    /// certificates to trust cannot be used ([`Kind::Tls`](super::Kind::Tls)).
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Arc::new(Transport::new(&settings)?);
        let graphql = GraphQl::new(transport.clone(), settings.graphql_url);
        let rest = Rest::new(transport.clone(), settings.rest_url);
        Ok(Self {
            graphql_endpoints: Arc::new(GraphQlEndpoints::new(graphql)),
            rest_endpoints: Arc::new(RestEndpoints::new(rest.clone())),
            templates: Arc::new(Templates::new(rest.clone())),
            network_volumes: Arc::new(NetworkVolumes::new(rest.clone())),
            registries: Arc::new(Registries::new(rest.clone())),
            secrets: Arc::new(Secrets::new(rest.clone())),
            catalog: Arc::new(Catalog::new(rest)),
            jobs: Arc::new(Jobs::new(Rest::new(transport, settings.jobs_url))),
        })
    }

    /// The account's endpoints through this API; [`Api::Jobs`] knows none, so that it means REST v2.
    pub fn endpoints(&self, api: Api) -> Arc<dyn Endpoints> {
        match api {
            Api::GraphQl => self.graphql_endpoints.clone(),
            Api::Rest | Api::Jobs => self.rest_endpoints.clone(),
        }
    }

    /// The account's templates.
    pub fn templates(&self) -> Arc<Templates> {
        self.templates.clone()
    }

    /// The account's network volumes.
    pub fn network_volumes(&self) -> Arc<NetworkVolumes> {
        self.network_volumes.clone()
    }

    /// The account's registries.
    pub fn registries(&self) -> Arc<Registries> {
        self.registries.clone()
    }

    /// The account's secrets.
    pub fn secrets(&self) -> Arc<Secrets> {
        self.secrets.clone()
    }

    /// What Runpod offers.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.clone()
    }

    /// The queues of endpoints.
    pub fn jobs(&self) -> Arc<Jobs> {
        self.jobs.clone()
    }
}
