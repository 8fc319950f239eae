//! What a create or patch of an endpoint must satisfy beyond its shape (V2 2.1 to 2.5). Texts that V2 1.2 quotes
//! are exact; the others are the emulator's own.

use super::{
    catalogue::{cpu_flavor, data_center, gpu_types},
    container,
    enums::ComputeKind,
    gpus::POOLS,
    patch_inputs::{EndpointWrite, GpuWrite},
    refusal::{Reason, Refusal},
    rows::StoredEndpoint,
    store::Store,
    switches::UnknownExclusion,
};

type Checked = Result<(), Refusal>;

fn rule<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::of(Reason::Rule, text))
}

fn value<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::of(Reason::Value, text))
}

/// Checks a create, or a patch of the row that there is.
pub(crate) fn check(store: &Store, before: Option<&StoredEndpoint>, write: &EndpointWrite) -> Checked {
    container::check(&write.container)?;
    compute(store, before, write)?;
    if let Some(name) = &write.name {
        let taken =
            |row: &&StoredEndpoint| row.name == *name && before.is_none_or(|before| before.id != row.id);
        if name.chars().count() > 191 {
            return rule("name must have at most 191 characters");
        }
        if !store.switches.duplicate_endpoint_names && store.data.endpoints.iter().any(|row| taken(&row)) {
            return Err(Refusal::of(
                Reason::Taken,
                format!("an endpoint named {name} already exists"),
            ));
        }
    }
    if let Some(gpu) = &write.gpu {
        cuda(before, gpu)?;
        if let Some(pools) = &gpu.pools {
            gpu_ids(store, pools, gpu.excluded_types.as_deref())?;
        }
    }
    for (at, (id, vcpus)) in write.cpu.iter().flatten().enumerate() {
        instance(id, *vcpus)?;
        let earlier = write.cpu.iter().flatten().take(at);
        if earlier
            .clone()
            .any(|(other, count)| other == id && count == vcpus)
        {
            return rule(format!("cpu {id} with {vcpus} vCPUs is given twice"));
        }
    }
    scaling(before, write)?;
    let min = write
        .workers_min
        .or(before.map(|row| row.workers_min))
        .unwrap_or(0);
    let max = write
        .workers_max
        .or(before.map(|row| row.workers_max))
        .unwrap_or(3);
    if (write.workers_min.is_some() || write.workers_max.is_some()) && min > max {
        return rule(format!("workers.min ({min}) must not exceed workers.max ({max})"));
    }
    if write.timeout.is_some_and(|span| span < 0) {
        return rule("timeout must not be negative");
    }
    for id in write.data_center_ids.iter().flatten() {
        if data_center(id).is_none() {
            return rule(format!("data center {id} is not supported"));
        }
    }
    Ok(())
}

fn compute(store: &Store, before: Option<&StoredEndpoint>, write: &EndpointWrite) -> Checked {
    match before {
        None if write.gpu.is_some() == write.cpu.is_some() => rule("exactly one of gpu and cpu is required"),
        Some(row) if row.compute_type == ComputeKind::Cpu => {
            if store.switches.cpu_patch_fails {
                return rule("gpuId(s) is required for a gpu endpoint");
            }
            if write.gpu.is_some() {
                return rule("gpu cannot be set on a CPU endpoint");
            }
            Ok(())
        }
        Some(_) if write.cpu.is_some() => rule("cpu cannot be set on a GPU endpoint"),
        _ => Ok(()),
    }
}

fn cuda(before: Option<&StoredEndpoint>, gpu: &GpuWrite) -> Checked {
    let allowed = match &gpu.allowed_cuda_versions {
        Some(list) => !list.is_empty(),
        None => before.is_some_and(|row| row.allowed_cuda_versions.is_some()),
    };
    let floor = match &gpu.min_cuda_version {
        Some(version) => !version.is_empty(),
        None => before.is_some_and(|row| row.min_cuda_version.is_some()),
    };
    if allowed && floor {
        return rule("allowedCudaVersions and minCudaVersion exclude each other");
    }
    Ok(())
}

fn scaling(before: Option<&StoredEndpoint>, write: &EndpointWrite) -> Checked {
    let kind = write.kind.as_deref().or(before.map(|row| row.kind.as_str()));
    let scaler = write
        .scaling
        .as_ref()
        .map(|scaling| scaling.kind.as_str())
        .or(before.map(|row| row.scaler_type.as_str()));
    if write.scaling.is_some() && kind == Some("LB") && scaler == Some("QUEUE_DELAY") {
        return value("load-balancer endpoints scale on requestCount");
    }
    if write.idle_timeout.is_some() && kind == Some("QB") && scaler == Some("REQUEST_COUNT") {
        return value("idleTimeout does not apply to queue-based endpoints scaling on requestCount");
    }
    Ok(())
}

fn instance(id: &str, vcpus: i32) -> Checked {
    let Some(flavor) = cpu_flavor(id) else {
        return rule(format!("cpu {id} is not available"));
    };
    let is_power = u32::try_from(vcpus).is_ok_and(u32::is_power_of_two);
    if !is_power || !(flavor.min_vcpu..=flavor.max_vcpu).contains(&vcpus) {
        return rule(format!("cpu {id} has no size of {vcpus} vCPUs"));
    }
    Ok(())
}

/// The instance id of so many vCPUs of a flavour.
pub(crate) fn instance_id(id: &str, vcpus: i32) -> String {
    let memory = cpu_flavor(id).map_or(2, |flavor| flavor.ram_per_vcpu);
    format!("{id}-{vcpus}-{}", vcpus.saturating_mul(memory))
}

/// The text to store for pools and exclusions.
pub(crate) fn gpu_ids(
    store: &Store,
    pools: &[String],
    excluded: Option<&[String]>,
) -> Result<String, Refusal> {
    let members = |pool: &str| POOLS.iter().find(|(id, _)| *id == pool).map(|(_, types)| *types);
    let mut types: Vec<&str> = Vec::new();
    for pool in pools {
        match members(pool) {
            Some(of_pool) => types.extend(of_pool),
            None if gpu_types().iter().any(|row| row.id == pool) => {
                return rule(format!("{pool} is a GPU type; gpu.pools takes pool ids"));
            }
            None if store.switches.known_pools_only => return rule(format!("{pool} is not a GPU pool")),
            None => types.push("of an unknown pool"),
        }
    }
    let excluded: Vec<&str> = excluded.unwrap_or_default().iter().map(|id| id.trim()).collect();
    let stray = excluded.iter().find(|id| !types.contains(id));
    if let (Some(id), UnknownExclusion::Refused) = (stray, store.switches.unknown_exclusion) {
        return rule(format!("excluded GPU type {id} is in none of the pools"));
    }
    if types.iter().all(|id| excluded.contains(id)) {
        return rule("excludedTypes leaves no GPU type of the pools");
    }
    let exclusions = excluded.iter().map(|id| format!("-{id}"));
    let parts: Vec<String> = pools.iter().cloned().chain(exclusions).collect();
    Ok(parts.join(","))
}

/// Checks that what a create or patch names exists: template, registry credential, network volumes.
pub(crate) fn references(store: &Store, write: &EndpointWrite) -> Checked {
    if let Some(id) = &write.template_id {
        let missing = || Refusal::of(Reason::Missing, format!("template {id} not found"));
        if !store.template(id).ok_or_else(missing)?.is_serverless {
            return value("the template is a pod template; serverless endpoints need a serverless template");
        }
    }
    container::references(store, &write.container)?;
    for id in write.network_volumes.iter().flatten() {
        if store.volume(id).is_none() {
            return Err(Refusal::of(
                Reason::Missing,
                format!("network volume {id} not found"),
            ));
        }
    }
    Ok(())
}
