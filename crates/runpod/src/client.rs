//! The client of one account: every noun over one transport.

use std::sync::Arc;

use super::{
    Api, Endpoints, Error, Settings,
    graphql::{GraphQl, endpoints::GraphQlEndpoints},
    transport::Transport,
};

/// Runpod's APIs with one key. Each noun keeps its list for all who read it, so that a process needs one client.
pub struct Client {
    graphql_endpoints: Arc<dyn Endpoints>,
}

impl Client {
    /// A client with connections of its own; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The TLS backend or the certificates to trust cannot be used ([`Kind::Tls`](super::Kind::Tls)).
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Arc::new(Transport::new(&settings)?);
        let graphql = GraphQl::new(transport, settings.graphql_url);
        Ok(Self {
            graphql_endpoints: Arc::new(GraphQlEndpoints::new(graphql)),
        })
    }

    /// The account's endpoints through this API.
    pub fn endpoints(&self, _api: Api) -> Arc<dyn Endpoints> {
        self.graphql_endpoints.clone()
    }
}
