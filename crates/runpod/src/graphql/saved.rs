//! Endpoints as GraphQL shows them: rows of a list, and what a read by id gives beyond them, which a save must send again.

use std::{fmt, sync::Arc};

use super::{
    operations::Pod,
    scalar::{CommaList, DateTime, FlashBootType},
    schema,
};
use crate::{Endpoint, endpoints::Resave};

/// A volume attached to an endpoint, as it is read.
#[derive(Clone, Debug, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(schema_module = "schema")]
pub struct NetworkVolumeIds {
    pub network_volume_id: Option<String>,
}

/// An endpoint's row (API facts 1.3): every field may be null.
#[derive(Clone, Debug, Default, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Endpoint", schema_module = "schema")]
pub struct Row {
    pub id: Option<String>,
    pub name: Option<String>,
    pub template_id: Option<String>,
    pub gpu_ids: Option<CommaList>,
    pub gpu_count: Option<i32>,
    pub instance_ids: Option<Vec<Option<String>>>,
    #[cynic(rename = "type")]
    pub kind: Option<String>,
    pub workers_min: Option<i32>,
    pub workers_max: Option<i32>,
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
    /// Whose the template is.
    #[cynic(rename = "template", alias)]
    pub binding: Option<Binding>,
}

/// What of an endpoint's template tells whether it is the endpoint's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "PodTemplate", schema_module = "schema")]
pub struct Binding {
    /// The endpoint that the template is bound to; null where it may be shared (V2 2.5).
    pub bound_endpoint_id: Option<String>,
}

impl Row {
    /// The endpoint's id; empty where there is none.
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The endpoint, without what a save must send again.
    pub fn endpoint(&self) -> Endpoint {
        let items = |list: &Option<CommaList>| list.as_ref().map(CommaList::items).unwrap_or_default();
        let number = |number: Option<i32>| number.map(i64::from);
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let instance_ids = self.instance_ids();
        let is_cpu = !instance_ids.is_empty();
        Endpoint {
            id: self.id().to_owned(),
            name: self.name.clone().unwrap_or_default(),
            template_id: text(&self.template_id),
            template_is_own: self
                .binding
                .as_ref()
                .is_some_and(|binding| binding.bound_endpoint_id.as_deref() == Some(self.id())),
            gpu_ids: if is_cpu { Vec::new() } else { items(&self.gpu_ids) },
            gpu_count: number(self.gpu_count).filter(|_| !is_cpu),
            instance_ids,
            kind: text(&self.kind),
            workers_min: number(self.workers_min),
            workers_max: number(self.workers_max),
            idle_timeout: number(self.idle_timeout),
            scaler_type: text(&self.scaler_type),
            scaler_value: self.scaler_value.map(f64::from),
            execution_timeout_ms: number(self.execution_timeout_ms),
            flashboot: self.flash_boot_type.as_ref().map(|kind| kind.name().to_owned()),
            locations: items(&self.locations),
            network_volume_id: text(&self.network_volume_id),
            network_volume_ids: self.listed_volume_ids(),
            allowed_cuda_versions: items(&self.allowed_cuda_versions),
            min_cuda_version: text(&self.min_cuda_version),
            created_at: self.created_at.as_ref().map(|date| date.0.clone()),
            ..Endpoint::default()
        }
    }

    /// The instance ids of a CPU endpoint; empty on a GPU endpoint.
    pub fn instance_ids(&self) -> Vec<String> {
        let ids = self.instance_ids.iter().flatten().flatten();
        ids.filter(|id| !id.is_empty()).cloned().collect()
    }

    /// The volumes in the list.
    pub fn listed_volume_ids(&self) -> Vec<String> {
        let many = self.network_volume_ids.iter().flatten().flatten();
        many.filter_map(|volume| volume.network_volume_id.clone())
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

/// An endpoint's row with what else a save must send again, so that it is not reset (API facts 2.3).
#[derive(Clone, Debug, Default, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Endpoint", schema_module = "schema")]
pub struct Saved {
    #[cynic(spread)]
    pub row: Row,
    #[cynic(rename = "workersPFBTarget")]
    pub workers_pfb_target: Option<i32>,
    #[cynic(rename = "requestTTL")]
    pub request_ttl: Option<i32>,
    pub flash_environment_id: Option<String>,
    /// The endpoint's own variables over its template's (API facts 2.7).
    pub env: Option<Vec<Option<EnvironmentVariable>>>,
    pub template: Option<Template>,
    /// The workers that there are: as long as there are any, a refused delete may still come true.
    pub pods: Option<Vec<Option<Pod>>>,
}

/// What of an endpoint's template tells its variables from the endpoint's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "PodTemplate", schema_module = "schema")]
pub struct Template {
    /// The template's variables.
    pub env: Option<Vec<Option<EnvironmentVariable>>>,
}

impl Saved {
    /// The endpoint, with this as what a save must send again.
    pub fn endpoint(self) -> Endpoint {
        Endpoint {
            resave: Resave(Some(Arc::new(self.clone()))),
            ..self.row.endpoint()
        }
    }
}
