//! The input types of the API; a key left out, `null` and a value stay apart where the API tells them apart
//! (API facts 1.3, 1.5, 1.6, 2.2).

use async_graphql::{ID, InputObject, Json, MaybeUndefined};
use serde_json::Value;

use crate::account::enums::{Compliance, FlashBootType, TemplateCategory};
use crate::account::rows::EnvVar;

/// One environment variable.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct EnvironmentVariableInput {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The stored form of a list of variables, without its null entries.
pub(crate) fn env_rows(list: &[Option<EnvironmentVariableInput>]) -> Vec<EnvVar> {
    list.iter()
        .flatten()
        .map(|item| EnvVar::new(&item.key, &item.value))
        .collect()
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct NetworkVolumeIdsInput {
    pub(crate) network_volume_id: String,
}

/// What `saveEndpoint` takes: a whole endpoint, never a patch.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointInput {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) template_id: Option<String>,
    pub(crate) template: Option<EndpointTemplateInput>,
    pub(crate) gpu_ids: Option<String>,
    #[graphql(default = 1)]
    pub(crate) gpu_count: Option<i32>,
    pub(crate) instance_ids: Option<Vec<Option<String>>>,
    #[graphql(default = 0)]
    pub(crate) workers_min: Option<i32>,
    #[graphql(default = 3)]
    pub(crate) workers_max: Option<i32>,
    #[graphql(name = "workersPFBTarget", default = 0)]
    pub(crate) workers_pfb_target: Option<i32>,
    #[graphql(default = 10)]
    pub(crate) idle_timeout: Option<i32>,
    pub(crate) scaler_type: Option<String>,
    #[graphql(default = 4)]
    pub(crate) scaler_value: Option<i32>,
    pub(crate) locations: Option<String>,
    pub(crate) data_center_ids: MaybeUndefined<Vec<Option<String>>>,
    pub(crate) network_volume_id: MaybeUndefined<String>,
    pub(crate) network_volume_ids: Option<Vec<Option<NetworkVolumeIdsInput>>>,
    pub(crate) execution_timeout_ms: MaybeUndefined<i32>,
    #[graphql(name = "requestTTL")]
    pub(crate) request_ttl: MaybeUndefined<i32>,
    pub(crate) allowed_cuda_versions: MaybeUndefined<String>,
    pub(crate) min_cuda_version: MaybeUndefined<String>,
    pub(crate) flash_boot_type: MaybeUndefined<FlashBootType>,
    #[graphql(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) env: MaybeUndefined<Vec<Option<EnvironmentVariableInput>>>,
    #[graphql(default_with = "Some(true)")]
    pub(crate) bind_endpoint: Option<bool>,
    pub(crate) model_references: Option<Vec<Option<String>>>,
    pub(crate) model_name: Option<String>,
    pub(crate) compliance: MaybeUndefined<Vec<Option<Compliance>>>,
    pub(crate) repo: MaybeUndefined<EndpointRepoInput>,
    pub(crate) hub_release_id: Option<String>,
    pub(crate) flash_environment_id: Option<String>,
    pub(crate) cloud_storage_config: Option<CloudStorageConfigInput>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointTemplateInput {
    pub(crate) name: String,
    pub(crate) image_name: Option<String>,
    pub(crate) container_disk_in_gb: i32,
    pub(crate) docker_args: String,
    pub(crate) env: Vec<Option<EnvironmentVariableInput>>,
    pub(crate) container_registry_auth_id: Option<String>,
    pub(crate) ports: Option<String>,
    pub(crate) start_script: Option<String>,
    pub(crate) start_jupyter: Option<bool>,
    pub(crate) start_ssh: Option<bool>,
    pub(crate) advanced_start: Option<bool>,
    pub(crate) readme: Option<String>,
    pub(crate) config: Option<Json<Value>>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointRepoInput {
    pub(crate) repo_name: String,
    pub(crate) branch: Option<String>,
    pub(crate) docker_file_path: Option<String>,
    pub(crate) build_context: Option<String>,
    pub(crate) docker_args: Option<String>,
    pub(crate) container_registry_auth_id: Option<String>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct CloudStorageConfigInput {
    pub(crate) provider: String,
    pub(crate) region: String,
    pub(crate) bucket_name: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateEndpointTemplateInput {
    pub(crate) endpoint_id: String,
    pub(crate) template_id: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct PortConfigInput {
    pub(crate) port: String,
    pub(crate) name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SaveTemplateInput {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) image_name: Option<String>,
    pub(crate) container_disk_in_gb: i32,
    pub(crate) volume_in_gb: i32,
    pub(crate) docker_args: String,
    pub(crate) env: Vec<Option<EnvironmentVariableInput>>,
    pub(crate) is_serverless: Option<bool>,
    pub(crate) is_public: Option<bool>,
    pub(crate) ports: Option<String>,
    pub(crate) ports_config: Option<Vec<Option<PortConfigInput>>>,
    pub(crate) volume_mount_path: Option<String>,
    pub(crate) container_registry_auth_id: Option<String>,
    pub(crate) start_ssh: Option<bool>,
    pub(crate) start_jupyter: Option<bool>,
    pub(crate) start_script: Option<String>,
    pub(crate) advanced_start: Option<bool>,
    pub(crate) readme: Option<String>,
    pub(crate) config: Option<Json<Value>>,
    pub(crate) category: Option<TemplateCategory>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct CreateNetworkVolumeInput {
    pub(crate) name: Option<String>,
    pub(crate) size: Option<i32>,
    pub(crate) data_center_id: String,
    pub(crate) user_id: Option<String>,
    pub(crate) is_next_gen_storage: Option<bool>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateNetworkVolumeInput {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<i32>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct DeleteNetworkVolumeInput {
    pub(crate) id: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SaveRegistryAuthInput {
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateRegistryAuthInput {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretCreateInput {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretValueUpdateInput {
    pub(crate) id: ID,
    pub(crate) value: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretDescriptionUpdateInput {
    pub(crate) id: ID,
    pub(crate) description: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateUserSettingsInput {
    pub(crate) pub_key: Option<String>,
}
