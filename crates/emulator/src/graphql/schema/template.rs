//! The output types around a template, and how a stored row reads through them (API facts 1.5).

use async_graphql::{Json, SimpleObject};

use crate::account::{
    rows::{EnvVar, StoredTemplate},
    store::Store,
};

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct EnvironmentVariable {
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
}

pub(crate) fn variables(rows: &[EnvVar]) -> Option<Vec<Option<EnvironmentVariable>>> {
    let read = |row: &EnvVar| EnvironmentVariable {
        key: Some(row.key.clone()),
        value: Some(row.value.clone()),
    };
    Some(rows.iter().map(|row| Some(read(row))).collect())
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct PortConfig {
    port: Option<String>,
    name: Option<String>,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct PodTemplate {
    id: Option<String>,
    name: Option<String>,
    image_name: Option<String>,
    docker_args: Option<String>,
    env: Option<Vec<Option<EnvironmentVariable>>>,
    ports: Option<String>,
    ports_config: Option<Vec<Option<PortConfig>>>,
    container_disk_in_gb: Option<i32>,
    volume_in_gb: Option<i32>,
    volume_mount_path: Option<String>,
    container_registry_auth_id: Option<String>,
    is_serverless: Option<bool>,
    is_public: Option<bool>,
    is_runpod: Option<bool>,
    start_ssh: Option<bool>,
    start_jupyter: Option<bool>,
    start_script: Option<String>,
    advanced_start: Option<bool>,
    readme: Option<String>,
    category: Option<String>,
    config: Option<Json<serde_json::Value>>,
    bound_endpoint_id: Option<String>,
    user_id: Option<String>,
    earned: Option<f64>,
    runtime_in_min: Option<i32>,
    presentation_order: Option<i32>,
}

impl PodTemplate {
    /// What the API shows of a row.
    pub(crate) fn read(store: &Store, row: &StoredTemplate) -> Self {
        let port = |(port, name): &(String, String)| {
            Some(PortConfig {
                port: Some(port.clone()),
                name: Some(name.clone()),
            })
        };
        Self {
            id: Some(row.id.clone()),
            name: Some(row.name.clone()),
            image_name: row.image_name.clone(),
            docker_args: Some(row.docker_args.clone()),
            env: variables(&row.env),
            ports: row.ports.clone(),
            ports_config: Some(row.ports_config.iter().map(port).collect()),
            container_disk_in_gb: Some(row.container_disk_in_gb),
            volume_in_gb: Some(row.volume_in_gb),
            volume_mount_path: row.volume_mount_path.clone(),
            container_registry_auth_id: row.container_registry_auth_id.clone(),
            is_serverless: Some(row.is_serverless),
            is_public: Some(row.is_public),
            is_runpod: Some(row.is_runpod),
            start_ssh: Some(row.start_ssh),
            start_jupyter: Some(row.start_jupyter),
            start_script: row.start_script.clone(),
            advanced_start: Some(row.advanced_start),
            readme: row.readme.clone(),
            category: row.category.map(|category| category.as_str().to_owned()),
            config: row.config.clone().map(Json),
            bound_endpoint_id: row.bound_endpoint_id.clone(),
            user_id: Some(store.data.user_id.clone()),
            earned: Some(0.0),
            runtime_in_min: Some(0),
            presentation_order: None,
        }
    }
}
