//! A template as REST v2 shows it (V2 5.1), read leniently: what is missing is none.

use serde::Deserialize;

use super::container::ContainerRow;
use crate::{PersistentVolume, Template};

/// A template in the API's JSON; all but id and name may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    id: String,
    name: String,
    serverless: Option<bool>,
    public: Option<bool>,
    category: Option<String>,
    start_ssh: Option<bool>,
    start_jupyter: Option<bool>,
    allowed_cuda_versions: Option<Vec<String>>,
    /// Left out where there is no volume, though the schema requires it (V2 5.1).
    mounts: Option<Mounts>,
    #[serde(flatten)]
    container: ContainerRow,
}

#[derive(Deserialize)]
struct Mounts {
    persistent: Option<PersistentVolume>,
}

impl From<Row> for Template {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            container: row.container.into(),
            serverless: row.serverless,
            public: row.public,
            category: row.category,
            start_ssh: row.start_ssh,
            start_jupyter: row.start_jupyter,
            allowed_cuda_versions: row.allowed_cuda_versions.unwrap_or_default(),
            persistent_volume: row.mounts.and_then(|mounts| mounts.persistent),
        }
    }
}
