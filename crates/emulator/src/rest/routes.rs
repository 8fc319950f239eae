//! The paths of REST v2 and what can be done with each.

use crate::account::switches::Contract;

/// What can be asked of REST v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create(Noun),
    List(Noun),
    Read(Noun),
    Update(Noun),
    Delete(Noun),
    Workers,
    Releases,
    Builds,
    Build,
    GpuTypes,
    GpuType,
    CpuTypes,
    CpuType,
    DataCenters,
    DataCenter,
    CatalogTemplates,
    SshKeys,
    ReplaceSshKeys,
}

/// What the account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noun {
    Endpoint,
    Template,
    Volume,
    Registry,
    Delegation,
    Secret,
}

type Verb = (&'static str, Operation);

/// All paths, each with its verbs; `{id}` and `{buildId}` are any one segment.
const ROUTES: &[(&str, &[Verb])] = &[
    (
        "/v2/serverless",
        &[
            ("GET", Operation::List(Noun::Endpoint)),
            ("POST", Operation::Create(Noun::Endpoint)),
        ],
    ),
    (
        "/v2/serverless/{id}",
        &[
            ("DELETE", Operation::Delete(Noun::Endpoint)),
            ("GET", Operation::Read(Noun::Endpoint)),
            ("PATCH", Operation::Update(Noun::Endpoint)),
        ],
    ),
    ("/v2/serverless/{id}/workers", &[("GET", Operation::Workers)]),
    ("/v2/serverless/{id}/releases", &[("GET", Operation::Releases)]),
    ("/v2/serverless/{id}/builds", &[("GET", Operation::Builds)]),
    (
        "/v2/serverless/{id}/builds/{buildId}",
        &[("GET", Operation::Build)],
    ),
    (
        "/v2/templates",
        &[
            ("GET", Operation::List(Noun::Template)),
            ("POST", Operation::Create(Noun::Template)),
        ],
    ),
    (
        "/v2/templates/{id}",
        &[
            ("DELETE", Operation::Delete(Noun::Template)),
            ("GET", Operation::Read(Noun::Template)),
            ("PATCH", Operation::Update(Noun::Template)),
        ],
    ),
    (
        "/v2/network-volumes",
        &[
            ("GET", Operation::List(Noun::Volume)),
            ("POST", Operation::Create(Noun::Volume)),
        ],
    ),
    (
        "/v2/network-volumes/{id}",
        &[
            ("DELETE", Operation::Delete(Noun::Volume)),
            ("GET", Operation::Read(Noun::Volume)),
            ("PATCH", Operation::Update(Noun::Volume)),
        ],
    ),
    (
        "/v2/registries",
        &[
            ("GET", Operation::List(Noun::Registry)),
            ("POST", Operation::Create(Noun::Registry)),
        ],
    ),
    (
        "/v2/registries/delegations",
        &[
            ("GET", Operation::List(Noun::Delegation)),
            ("POST", Operation::Create(Noun::Delegation)),
        ],
    ),
    (
        "/v2/registries/delegations/{id}",
        &[("DELETE", Operation::Delete(Noun::Delegation))],
    ),
    (
        "/v2/registries/{id}",
        &[
            ("DELETE", Operation::Delete(Noun::Registry)),
            ("GET", Operation::Read(Noun::Registry)),
        ],
    ),
    (
        "/v2/account/secrets",
        &[
            ("GET", Operation::List(Noun::Secret)),
            ("POST", Operation::Create(Noun::Secret)),
        ],
    ),
    (
        "/v2/account/secrets/{id}",
        &[
            ("DELETE", Operation::Delete(Noun::Secret)),
            ("GET", Operation::Read(Noun::Secret)),
            ("PATCH", Operation::Update(Noun::Secret)),
        ],
    ),
    (
        "/v2/account/ssh-keys",
        &[("GET", Operation::SshKeys), ("PUT", Operation::ReplaceSshKeys)],
    ),
    ("/v2/catalog/gpus", &[("GET", Operation::GpuTypes)]),
    ("/v2/catalog/gpus/{id}", &[("GET", Operation::GpuType)]),
    ("/v2/catalog/cpus", &[("GET", Operation::CpuTypes)]),
    ("/v2/catalog/cpus/{id}", &[("GET", Operation::CpuType)]),
    ("/v2/catalog/datacenters", &[("GET", Operation::DataCenters)]),
    ("/v2/catalog/datacenters/{id}", &[("GET", Operation::DataCenter)]),
    ("/v2/catalog/templates", &[("GET", Operation::CatalogTemplates)]),
];

/// A path that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The path with `{id}` in the place of the id.
    pub(crate) path: &'static str,
    verbs: &'static [Verb],
    /// The id, decoded.
    pub(crate) id: Option<String>,
}

impl Route {
    /// Finds the path that these segments stand for.
    pub(crate) fn find(segments: &[String]) -> Option<Self> {
        ROUTES.iter().find_map(|(path, verbs)| {
            let parts: Vec<&str> = path.split('/').skip(1).collect();
            if parts.len() != segments.len() {
                return None;
            }
            let mut id = None;
            for (part, segment) in parts.iter().zip(segments) {
                match *part {
                    "{id}" if !segment.is_empty() => id = Some(segment.clone()),
                    "{buildId}" if !segment.is_empty() => {}
                    part if part == segment => {}
                    _ => return None,
                }
            }
            Some(Self { path, verbs, id })
        })
    }

    /// Whether this contract has the path.
    pub(crate) fn is_in(&self, contract: Contract) -> bool {
        let is_newer = self.path.starts_with("/v2/account/secrets") || self.path.contains("/builds");
        contract == Contract::Newest || !is_newer
    }

    /// What a method asks for here.
    pub(crate) fn operation(&self, method: &str) -> Option<Operation> {
        self.verbs
            .iter()
            .find(|(verb, _)| *verb == method)
            .map(|(_, operation)| *operation)
    }

    /// The methods there are, as the header `Allow` lists them.
    pub(crate) fn allowed(&self) -> String {
        let verbs: Vec<_> = self.verbs.iter().map(|(verb, _)| *verb).collect();
        verbs.join(", ")
    }
}

/// All operations, such as `POST /v2/serverless`.
pub(crate) fn operations() -> impl Iterator<Item = String> {
    ROUTES
        .iter()
        .flat_map(|(path, verbs)| verbs.iter().map(move |(verb, _)| format!("{verb} {path}")))
}
