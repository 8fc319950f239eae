//! Which requests a fault is for: a field of GraphQL, or an operation of REST v2 or the jobs API.

use serde::{Deserialize, Serialize};

/// What the account holds, as REST v2 divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// `/v2/serverless`
    Endpoint,
    /// `/v2/templates`
    Template,
    /// `/v2/network-volumes`
    NetworkVolume,
    /// `/v2/registries`
    Registry,
    /// `/v2/account/secrets`
    Secret,
}

/// Which field or operation a request must ask for.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(from = "String", into = "String")]
pub enum Root {
    /// Any request at all, to whichever API.
    Any,
    /// `saveEndpoint`
    SaveEndpoint,
    /// `deleteEndpoint`
    DeleteEndpoint,
    /// `updateEndpointTemplate`
    UpdateEndpointTemplate,
    /// `myself`, whatever it selects.
    Myself,
    /// `myself { endpoints }`
    MyselfEndpoints,
    /// `myself { endpoint(id) }`
    MyselfEndpoint,
    /// `POST` on REST v2.
    RestCreate(Noun),
    /// `GET` of all on REST v2.
    RestList(Noun),
    /// `GET` by id on REST v2.
    RestRead(Noun),
    /// `PATCH` on REST v2.
    RestUpdate(Noun),
    /// `DELETE` on REST v2.
    RestDelete(Noun),
    /// Another field: a root field, or `myself.` and a field of the account. Or another operation, such as
    /// `GET /v2/catalog/gpus` or `POST /jobs/{endpointId}/purge-queue`; a `*` stands for any method, and at the
    /// end of the path for whatever follows.
    Field(String),
}

/// The operations that have a name of their own.
const OPERATIONS: [(Root, &str); 24] = [
    (Root::RestCreate(Noun::Endpoint), "POST /v2/serverless"),
    (Root::RestList(Noun::Endpoint), "GET /v2/serverless"),
    (Root::RestRead(Noun::Endpoint), "GET /v2/serverless/{id}"),
    (Root::RestUpdate(Noun::Endpoint), "PATCH /v2/serverless/{id}"),
    (Root::RestDelete(Noun::Endpoint), "DELETE /v2/serverless/{id}"),
    (Root::RestCreate(Noun::Template), "POST /v2/templates"),
    (Root::RestList(Noun::Template), "GET /v2/templates"),
    (Root::RestRead(Noun::Template), "GET /v2/templates/{id}"),
    (Root::RestUpdate(Noun::Template), "PATCH /v2/templates/{id}"),
    (Root::RestDelete(Noun::Template), "DELETE /v2/templates/{id}"),
    (Root::RestCreate(Noun::NetworkVolume), "POST /v2/network-volumes"),
    (Root::RestList(Noun::NetworkVolume), "GET /v2/network-volumes"),
    (
        Root::RestRead(Noun::NetworkVolume),
        "GET /v2/network-volumes/{id}",
    ),
    (
        Root::RestUpdate(Noun::NetworkVolume),
        "PATCH /v2/network-volumes/{id}",
    ),
    (
        Root::RestDelete(Noun::NetworkVolume),
        "DELETE /v2/network-volumes/{id}",
    ),
    (Root::RestCreate(Noun::Registry), "POST /v2/registries"),
    (Root::RestList(Noun::Registry), "GET /v2/registries"),
    (Root::RestRead(Noun::Registry), "GET /v2/registries/{id}"),
    (Root::RestDelete(Noun::Registry), "DELETE /v2/registries/{id}"),
    (Root::RestCreate(Noun::Secret), "POST /v2/account/secrets"),
    (Root::RestList(Noun::Secret), "GET /v2/account/secrets"),
    (Root::RestRead(Noun::Secret), "GET /v2/account/secrets/{id}"),
    (Root::RestUpdate(Noun::Secret), "PATCH /v2/account/secrets/{id}"),
    (Root::RestDelete(Noun::Secret), "DELETE /v2/account/secrets/{id}"),
];

impl Root {
    /// The dotted path of a field, method and path of an operation, `*` for any.
    pub fn path(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::SaveEndpoint => "saveEndpoint",
            Self::DeleteEndpoint => "deleteEndpoint",
            Self::UpdateEndpointTemplate => "updateEndpointTemplate",
            Self::Myself => "myself",
            Self::MyselfEndpoints => "myself.endpoints",
            Self::MyselfEndpoint => "myself.endpoint",
            Self::Field(path) => path,
            operation => OPERATIONS
                .iter()
                .find(|(root, _)| root == operation)
                .map_or("PATCH /v2/registries/{id}", |(_, path)| path),
        }
    }

    /// Method and path, when it is an operation.
    pub(crate) fn operation(&self) -> Option<(&str, &str)> {
        self.path().split_once(' ')
    }

    /// Whether an operation, such as `POST /v2/serverless`, is the one that is meant.
    pub(crate) fn means(&self, operation: &str) -> bool {
        let (Some((verb, path)), Some((given_verb, given_path))) =
            (self.operation(), operation.split_once(' '))
        else {
            return false;
        };
        let is_path = match path.strip_suffix('*') {
            Some(start) => given_path.starts_with(start),
            None => given_path == path,
        };
        is_path && (verb == "*" || verb == given_verb)
    }
}

impl From<String> for Root {
    fn from(path: String) -> Self {
        match path.as_str() {
            "*" => Self::Any,
            "saveEndpoint" => Self::SaveEndpoint,
            "deleteEndpoint" => Self::DeleteEndpoint,
            "updateEndpointTemplate" => Self::UpdateEndpointTemplate,
            "myself" => Self::Myself,
            "myself.endpoints" => Self::MyselfEndpoints,
            "myself.endpoint" => Self::MyselfEndpoint,
            text => match OPERATIONS.iter().find(|(_, known)| *known == text) {
                Some((root, _)) => root.clone(),
                None => Self::Field(path),
            },
        }
    }
}

impl From<&str> for Root {
    fn from(path: &str) -> Self {
        path.to_owned().into()
    }
}

impl From<Root> for String {
    fn from(root: Root) -> Self {
        root.path().to_owned()
    }
}
