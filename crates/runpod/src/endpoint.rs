//! A Runpod endpoint, as it is read and as it is saved, and the rules of `saveEndpoint`.
//!
//! These structs are the one place where a field of the API is named: the GraphQL selection and the input are
//! derived from them and checked against `graphql/schema.graphql` at compile time. Another transport fills the
//! same structs.

use std::fmt;

use serde::Serialize;

use super::graphql::schema;
pub use super::scalar::{CommaList, DateTime, DiscountType, FlashBootType, NullableInt, PodStatus};

/// A worker of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, cynic::QueryFragment)]
#[serde(rename_all = "camelCase")]
#[cynic(schema_module = "schema")]
pub struct Pod {
    /// What the worker is meant to be doing.
    pub desired_status: Option<PodStatus>,
}

/// A volume attached to an endpoint, as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, cynic::QueryFragment)]
#[serde(rename_all = "camelCase")]
#[cynic(schema_module = "schema")]
pub struct NetworkVolumeIds {
    /// The volume's id.
    pub network_volume_id: Option<String>,
}

/// An account's discount.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(schema_module = "schema")]
pub struct Discount {
    /// The factor on the price.
    pub discount_factor: Option<f64>,
    /// What it applies to.
    #[cynic(rename = "type")]
    pub kind: Option<DiscountType>,
    /// When it ends.
    pub expiration_date: Option<DateTime>,
}

/// An endpoint as Runpod returns it (API facts 1.3): every field may be null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, cynic::QueryFragment)]
#[serde(rename_all = "camelCase")]
#[cynic(schema_module = "schema")]
#[allow(missing_docs)]
pub struct Endpoint {
    /// 14 lower-case letters and digits. A transport refuses rows without it; read it with [`Endpoint::id`].
    pub id: Option<String>,
    pub name: Option<String>,
    pub template_id: Option<String>,
    pub gpu_ids: Option<CommaList>,
    pub gpu_count: Option<i32>,
    pub instance_ids: Option<Vec<Option<String>>>,
    #[cynic(rename = "type")]
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub workers_min: Option<i32>,
    pub workers_max: Option<i32>,
    /// Seconds.
    pub idle_timeout: Option<i32>,
    pub scaler_type: Option<String>,
    pub scaler_value: Option<i32>,
    pub execution_timeout_ms: Option<i32>,
    pub flash_boot_type: Option<FlashBootType>,
    pub locations: Option<CommaList>,
    pub network_volume_id: Option<String>,
    pub network_volume_ids: Option<Vec<Option<NetworkVolumeIds>>>,
    pub allowed_cuda_versions: Option<CommaList>,
    pub min_cuda_version: Option<String>,
    pub created_at: Option<DateTime>,
    pub pods: Option<Vec<Option<Pod>>>,
}

impl Endpoint {
    /// The endpoint's id.
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The instance ids of a CPU endpoint; empty on a GPU endpoint.
    pub fn instance_ids(&self) -> Vec<&str> {
        self.instance_ids
            .iter()
            .flatten()
            .flatten()
            .map(String::as_str)
            .filter(|id| !id.is_empty())
            .collect()
    }

    /// The ids of all volumes attached, through whichever field they are read.
    pub fn volume_ids(&self) -> Vec<&str> {
        let mut ids = self.listed_volume_ids();
        let single = self
            .network_volume_id
            .as_deref()
            .filter(|id| !id.is_empty() && !ids.contains(id));
        ids.extend(single);
        ids
    }

    fn listed_volume_ids(&self) -> Vec<&str> {
        let many = self.network_volume_ids.iter().flatten().flatten();
        many.filter_map(|volume| volume.network_volume_id.as_deref())
            .filter(|id| !id.is_empty())
            .collect()
    }
}

/// A variable of the workers' environment.
#[derive(Clone, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(schema_module = "schema")]
pub struct EnvironmentVariable {
    /// Its name.
    pub key: Option<String>,
    /// Its value: often a secret.
    pub value: Option<String>,
}

impl fmt::Debug for EnvironmentVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=…", self.key.as_deref().unwrap_or_default())
    }
}

/// An endpoint with what else a save must send again, so that it is not reset (API facts 2.3).
#[derive(Clone, Debug, Default, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Endpoint", schema_module = "schema")]
#[allow(missing_docs)]
pub struct Saved {
    #[cynic(spread)]
    pub endpoint: Endpoint,
    #[cynic(rename = "workersPFBTarget")]
    pub workers_pfb_target: Option<i32>,
    #[cynic(rename = "requestTTL")]
    pub request_ttl: Option<i32>,
    pub flash_environment_id: Option<String>,
    /// The endpoint's own variables over its template's (API facts 2.7).
    pub env: Option<Vec<Option<EnvironmentVariable>>>,
    pub template: Option<Template>,
}

/// What of an endpoint's template tells its variables from the endpoint's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "PodTemplate", schema_module = "schema")]
pub struct Template {
    /// The template's variables.
    pub env: Option<Vec<Option<EnvironmentVariable>>>,
}

impl Saved {
    /// The input that saves the endpoint as it is.
    ///
    /// `saveEndpoint` writes a default over a field that is left out (API facts 2.3), so every field goes along
    /// whose omission resets it or is not known to keep it. Fields that are known to be kept stay out: sending
    /// them can only do harm (a model reference is checked again, a volume is attached anew).
    pub fn resave(&self) -> EndpointInput {
        let endpoint = &self.endpoint;
        let instance_ids = endpoint.instance_ids();
        let is_cpu = !instance_ids.is_empty();
        EndpointInput {
            id: endpoint.id.clone(),
            name: endpoint.name.clone().unwrap_or_default(),
            template_id: endpoint.template_id.clone(),
            gpu_ids: if is_cpu { None } else { endpoint.gpu_ids.clone() },
            gpu_count: endpoint.gpu_count,
            instance_ids: is_cpu.then(|| instance_ids.into_iter().map(str::to_owned).collect()),
            workers_min: endpoint.workers_min,
            workers_max: endpoint.workers_max,
            workers_pfb_target: self.workers_pfb_target,
            idle_timeout: endpoint.idle_timeout,
            scaler_type: endpoint.scaler_type.clone(),
            scaler_value: endpoint.scaler_value,
            locations: endpoint.locations.clone(),
            network_volume_id: self.legacy_volume(),
            request_ttl: Some(NullableInt(self.request_ttl)),
            flash_boot_type: endpoint.flash_boot_type.clone(),
            flash_environment_id: self.flash_environment_id.clone().filter(|id| !id.is_empty()),
            env: self.env(),
            ..EndpointInput::default()
        }
    }

    /// The volume of the legacy single-volume field; several volumes live in the other field alone.
    fn legacy_volume(&self) -> Option<String> {
        let id = self
            .endpoint
            .network_volume_id
            .clone()
            .filter(|id| !id.is_empty())?;
        (self.endpoint.volume_ids() == [id.as_str()]).then_some(id)
    }

    /// The endpoint's own variables. Its template's would else outlive a change of the template.
    fn env(&self) -> Option<Vec<EnvironmentVariableInput>> {
        let template = self.template.as_ref().and_then(|template| template.env.as_ref());
        let inherited: Vec<_> = template.into_iter().flatten().flatten().collect();
        let variables: Vec<_> = self
            .env
            .iter()
            .flatten()
            .flatten()
            .filter(|variable| !inherited.contains(variable))
            .filter_map(EnvironmentVariableInput::from_read)
            .collect();
        (!variables.is_empty()).then_some(variables)
    }
}

/// A variable of the workers' environment, as it is written.
#[derive(Clone, PartialEq, Eq, cynic::InputObject)]
#[cynic(schema_module = "schema")]
pub struct EnvironmentVariableInput {
    /// Its name.
    pub key: String,
    /// Its value: often a secret.
    pub value: String,
}

impl EnvironmentVariableInput {
    fn from_read(read: &EnvironmentVariable) -> Option<Self> {
        Some(Self {
            key: read.key.clone()?,
            value: read.value.clone()?,
        })
    }
}

impl fmt::Debug for EnvironmentVariableInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=…", self.key)
    }
}

/// A volume to attach; the API takes no other key here (API facts 1.3).
#[derive(Clone, Debug, PartialEq, Eq, cynic::InputObject)]
#[cynic(schema_module = "schema")]
pub struct NetworkVolumeIdsInput {
    /// The volume's id.
    pub network_volume_id: String,
}

/// What `saveEndpoint` takes (API facts 1.3): a field that is `None` is left out, never sent as null.
#[derive(Clone, Debug, Default, PartialEq, cynic::InputObject)]
#[cynic(schema_module = "schema")]
#[allow(missing_docs)]
pub struct EndpointInput {
    /// Absent: create. Present: update.
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub gpu_ids: Option<CommaList>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub gpu_count: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub instance_ids: Option<Vec<String>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub workers_min: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub workers_max: Option<i32>,
    #[cynic(rename = "workersPFBTarget", skip_serializing_if = "Option::is_none")]
    pub workers_pfb_target: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub scaler_type: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub scaler_value: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub locations: Option<CommaList>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub network_volume_id: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub network_volume_ids: Option<Vec<NetworkVolumeIdsInput>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub execution_timeout_ms: Option<i32>,
    /// Sent as null where null was read: leaving it out counts as a change and rolls the workers.
    #[cynic(rename = "requestTTL", skip_serializing_if = "Option::is_none")]
    pub request_ttl: Option<NullableInt>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub allowed_cuda_versions: Option<CommaList>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub min_cuda_version: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub flash_boot_type: Option<FlashBootType>,
    #[cynic(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub env: Option<Vec<EnvironmentVariableInput>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub flash_environment_id: Option<String>,
}

impl EndpointInput {
    /// Makes the two volume fields say one thing, where a change has written either of them.
    ///
    /// A single volume goes through the legacy field, several go through the list (API facts 2.9); what the other
    /// field still holds is cleared only if it would leave a volume attached that is not wanted. What omitting the
    /// legacy field does is unknown (API facts 2.3), so neither way may matter. `fresh` is the endpoint as it is
    /// now; none at creation.
    pub fn settle_volumes(&mut self, fresh: Option<&Endpoint>) {
        let wanted_list: Vec<&str> = self
            .network_volume_ids
            .iter()
            .flatten()
            .map(|volume| volume.network_volume_id.as_str())
            .collect();
        let legacy_now = fresh
            .and_then(|endpoint| endpoint.network_volume_id.as_deref())
            .filter(|id| !id.is_empty());
        let list_now: Vec<&str> = fresh.map(Endpoint::listed_volume_ids).unwrap_or_default();
        if !wanted_list.is_empty() {
            let unwanted = legacy_now.is_some_and(|id| !wanted_list.contains(&id));
            self.network_volume_id = unwanted.then(String::new);
            return;
        }
        match self.network_volume_id.as_deref().filter(|id| !id.is_empty()) {
            Some(single) => {
                // Whether the API lists the legacy volume or has it listed on its own, a list goes along.
                let lists_others = list_now.iter().any(|id| *id != single);
                let volume = NetworkVolumeIdsInput {
                    network_volume_id: single.to_owned(),
                };
                self.network_volume_ids = lists_others.then(|| vec![volume]);
            }
            None => {
                if legacy_now.is_none() {
                    self.network_volume_id = None;
                }
                if list_now.is_empty() {
                    self.network_volume_ids = None;
                }
            }
        }
    }
}
