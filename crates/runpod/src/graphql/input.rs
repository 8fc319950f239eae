//! What `saveEndpoint` takes, and how a create or an update becomes one.
//!
//! A save writes a default over every field that is left out (API facts 2.3). So an update is the endpoint as it was read
//! just now ([`Saved::resave`]), overlaid by what is to change.

use std::fmt;

use super::{
    saved::{EnvironmentVariable, Row, Saved},
    scalar::{CommaList, FlashBootType, NullableInt},
    schema,
};
use crate::{Endpoint, EndpointWrite};

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

impl Saved {
    /// The input that saves the endpoint as it is.
    ///
    /// `saveEndpoint` writes a default over a field that is left out (API facts 2.3), so every field goes along
    /// whose omission resets it or is not known to keep it. Fields that are known to be kept stay out: sending
    /// them can only do harm (a model reference is checked again, a volume is attached anew).
    pub fn resave(&self) -> EndpointInput {
        let row = &self.row;
        let instance_ids = row.instance_ids();
        let is_cpu = !instance_ids.is_empty();
        EndpointInput {
            id: row.id.clone(),
            name: row.name.clone().unwrap_or_default(),
            template_id: row.template_id.clone(),
            gpu_ids: if is_cpu { None } else { row.gpu_ids.clone() },
            gpu_count: row.gpu_count,
            instance_ids: is_cpu.then_some(instance_ids),
            workers_min: row.workers_min,
            workers_max: row.workers_max,
            workers_pfb_target: self.workers_pfb_target,
            idle_timeout: row.idle_timeout,
            scaler_type: row.scaler_type.clone(),
            scaler_value: row.scaler_value,
            locations: row.locations.clone(),
            network_volume_id: self.legacy_volume(),
            request_ttl: Some(NullableInt(self.request_ttl)),
            flash_boot_type: row.flash_boot_type.clone(),
            flash_environment_id: self.flash_environment_id.clone().filter(|id| !id.is_empty()),
            env: self.env(),
            ..EndpointInput::default()
        }
    }

    /// The volume of the legacy single-volume field; several volumes live in the other field alone.
    fn legacy_volume(&self) -> Option<String> {
        let endpoint = self.row.endpoint();
        let id = endpoint.network_volume_id.clone()?;
        (endpoint.volume_ids() == [id.as_str()]).then_some(id)
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

impl EndpointInput {
    /// Values of variables, which a save sends again: no log and no error may show them.
    pub fn hidden(&self) -> Vec<String> {
        let env = self.env.iter().flatten();
        env.map(|variable| variable.value.clone()).collect()
    }

    /// What creates an endpoint.
    pub fn create(write: &EndpointWrite) -> Self {
        let mut input = Self {
            template_id: write.template_id.clone(),
            kind: write.kind.clone(),
            ..Self::default()
        };
        input.overlay(write);
        if write.volume_ids().is_some() {
            input.set_volumes(write, None);
        }
        input
    }

    /// What changes `saved` as `write` says; nothing where `write` says what there is. A template is switched by another
    /// call.
    pub fn update(saved: &Saved, write: &EndpointWrite) -> Option<Self> {
        let endpoint = saved.row.endpoint();
        let differing = differing(&endpoint, write);
        let volumes_differ = write
            .volume_ids()
            .is_some_and(|wanted| sorted(&wanted) != sorted(&endpoint.volume_ids()));
        if differing == EndpointWrite::default() && !volumes_differ {
            return None;
        }
        let mut input = saved.resave();
        input.overlay(&differing);
        if let Some(template_id) = write.template_id.clone().filter(|id| !id.is_empty()) {
            input.template_id = Some(template_id);
        }
        if volumes_differ {
            input.set_volumes(write, Some(&saved.row));
        }
        Some(input)
    }

    /// Writes the fields that are given over what stands here, but for template, type and volumes.
    fn overlay(&mut self, write: &EndpointWrite) {
        let commas = |items: &Option<Vec<String>>| items.as_ref().map(CommaList::of);
        let number = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
        self.name = write.name.clone().unwrap_or(std::mem::take(&mut self.name));
        self.gpu_ids = commas(&write.gpu_ids).or(self.gpu_ids.take());
        self.gpu_count = number(write.gpu_count).or(self.gpu_count);
        self.instance_ids = write.instance_ids.clone().or(self.instance_ids.take());
        self.workers_min = number(write.workers_min).or(self.workers_min);
        self.workers_max = number(write.workers_max).or(self.workers_max);
        self.idle_timeout = number(write.idle_timeout).or(self.idle_timeout);
        self.scaler_type = write.scaler_type.clone().or(self.scaler_type.take());
        self.scaler_value = whole(write.scaler_value).or(self.scaler_value);
        self.execution_timeout_ms = number(write.execution_timeout_ms).or(self.execution_timeout_ms);
        let flashboot = write.flashboot.as_deref().map(FlashBootType::from_name);
        self.flash_boot_type = flashboot.or(self.flash_boot_type.take());
        self.locations = commas(&write.locations).or(self.locations.take());
        self.allowed_cuda_versions =
            commas(&write.allowed_cuda_versions).or(self.allowed_cuda_versions.take());
        self.min_cuda_version = write.min_cuda_version.clone().or(self.min_cuda_version.take());
    }

    /// Attaches the volumes that `write` asks for, in the field that it names them in.
    fn set_volumes(&mut self, write: &EndpointWrite, fresh: Option<&Row>) {
        let ids = write.network_volume_ids.iter().flatten().cloned();
        let list = ids.map(|network_volume_id| NetworkVolumeIdsInput { network_volume_id });
        self.network_volume_id = Some(write.network_volume_id.clone().unwrap_or_default());
        self.network_volume_ids = Some(list.collect());
        self.settle_volumes(fresh);
    }

    /// Makes the two volume fields say one thing, where a change has written either of them.
    ///
    /// A single volume goes through the legacy field, several go through the list (API facts 2.9); what the other
    /// field still holds is cleared only if it would leave a volume attached that is not wanted. What omitting the
    /// legacy field does is unknown (API facts 2.3), so neither way may matter. `fresh` is the endpoint as it is
    /// now; none at creation.
    fn settle_volumes(&mut self, fresh: Option<&Row>) {
        let wanted_list: Vec<&str> = self
            .network_volume_ids
            .iter()
            .flatten()
            .map(|volume| volume.network_volume_id.as_str())
            .collect();
        let legacy_now = fresh
            .and_then(|row| row.network_volume_id.as_deref())
            .filter(|id| !id.is_empty());
        let list_now: Vec<String> = fresh.map(Row::listed_volume_ids).unwrap_or_default();
        if !wanted_list.is_empty() {
            let unwanted = legacy_now.is_some_and(|id| !wanted_list.contains(&id));
            self.network_volume_id = unwanted.then(String::new);
            return;
        }
        match self.network_volume_id.as_deref().filter(|id| !id.is_empty()) {
            Some(single) => {
                // Whether the API lists the legacy volume or has it listed on its own, a list goes along.
                let lists_others = list_now.iter().any(|id| id != single);
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

/// The fields of `write` that say something else than the endpoint has, but for template, type and volumes.
pub fn differing(endpoint: &Endpoint, write: &EndpointWrite) -> EndpointWrite {
    let text = |wanted: &Option<String>, has: &Option<String>| {
        let differs = |wanted: &&String| wanted.as_str() != has.as_deref().unwrap_or_default();
        wanted.as_ref().filter(differs).cloned()
    };
    let list = |wanted: &Option<Vec<String>>, has: &[String]| {
        wanted.as_ref().filter(|wanted| wanted.as_slice() != has).cloned()
    };
    let set = |wanted: &Option<Vec<String>>, has: &[String]| {
        wanted
            .as_ref()
            .filter(|wanted| sorted(wanted) != sorted(has))
            .cloned()
    };
    let number = |wanted: Option<i64>, has: Option<i64>| wanted.filter(|_| wanted != has);
    EndpointWrite {
        name: write.name.clone().filter(|name| *name != endpoint.name),
        gpu_ids: list(&write.gpu_ids, &endpoint.gpu_ids),
        gpu_count: number(write.gpu_count, endpoint.gpu_count),
        instance_ids: list(&write.instance_ids, &endpoint.instance_ids),
        workers_min: number(write.workers_min, endpoint.workers_min),
        workers_max: number(write.workers_max, endpoint.workers_max),
        idle_timeout: number(write.idle_timeout, endpoint.idle_timeout),
        scaler_type: text(&write.scaler_type, &endpoint.scaler_type),
        scaler_value: write
            .scaler_value
            .filter(|value| Some(*value) != endpoint.scaler_value),
        execution_timeout_ms: write
            .execution_timeout_ms
            .filter(|limit| *limit != endpoint.execution_timeout_ms.unwrap_or_default()),
        flashboot: text(&write.flashboot, &endpoint.flashboot),
        locations: set(&write.locations, &endpoint.locations),
        allowed_cuda_versions: set(&write.allowed_cuda_versions, &endpoint.allowed_cuda_versions),
        min_cuda_version: text(&write.min_cuda_version, &endpoint.min_cuda_version),
        ..EndpointWrite::default()
    }
}

fn sorted<S: AsRef<str>>(items: &[S]) -> Vec<&str> {
    let mut items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.sort_unstable();
    items
}

/// A number without its fraction, which GraphQL does not know.
fn whole(number: Option<f64>) -> Option<i32> {
    let number = number?.round();
    (number >= f64::from(i32::MIN) && number <= f64::from(i32::MAX)).then_some(number as i32)
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
