//! Endpoints field by field: a create that makes a template of the endpoint's own, a patch that merges, a
//! deletion that takes that template along (V2 2 to 4).

use super::{
    container, endpoint_rules as rules,
    enums::{ComputeKind, FlashBootType},
    patch_inputs::{EndpointWrite, GpuWrite},
    refusal::Refusal,
    rows::{StoredEndpoint, StoredTemplate},
    save::{draining, released, spelled},
    save_checks as checks,
    store::{Store, new_id, now},
    templates::{DEFAULT_DISK, name_taken},
};

/// Creates an endpoint with a template of its own.
///
/// # Errors
/// When a rule is broken, something named does not exist, or the account has no room; nothing was written.
pub(crate) fn create(store: &mut Store, write: &EndpointWrite) -> Result<StoredEndpoint, Refusal> {
    rules::check(store, None, write)?;
    rules::references(store, write)?;
    let mut row = StoredEndpoint {
        id: String::new(),
        template_id: None,
        kind: write.kind.clone().unwrap_or_else(|| "QB".into()),
        compute_type: if write.cpu.is_some() {
            ComputeKind::Cpu
        } else {
            ComputeKind::Gpu
        },
        gpu_ids: None,
        execution_timeout_ms: Some(store.switches.timeout_default),
        flash_boot_type: Some(FlashBootType::Off),
        ai_key: Some(new_id(32)),
        user_id: store.data.user_id.clone(),
        created_at: now(),
        hidden_reads: store.switches.reads_before_created,
        ..StoredEndpoint::default()
    };
    let mut template = StoredTemplate {
        id: new_id(10),
        image_name: None,
        container_disk_in_gb: DEFAULT_DISK,
        start_ssh: false,
        ..StoredTemplate::default()
    };
    apply(store, write, &mut row, &mut template)?;
    checks::volumes(store, &row)?;
    checks::balance(store)?;
    checks::quota(store, None, row.workers_max)?;
    row.id = store.next_endpoint_id();
    row.template_id = Some(template.id.clone());
    template.name = private_name(store, &row.name, &template.id);
    template.bound_endpoint_id = Some(row.id.clone());
    store.put_template(template);
    store.replace_endpoint(&row);
    Ok(row)
}

/// Changes what was given of an endpoint and leaves the rest.
///
/// # Errors
/// As a create, and when there is no endpoint of this id.
pub(crate) fn patch(store: &mut Store, id: &str, write: &EndpointWrite) -> Result<StoredEndpoint, Refusal> {
    let before = store.endpoint(id).cloned().ok_or_else(|| store.unknown())?;
    rules::check(store, Some(&before), write)?;
    rules::references(store, write)?;
    let mut row = before.clone();
    let behind = row
        .template_id
        .as_deref()
        .and_then(|id| store.template(id))
        .cloned();
    let is_lost = behind.is_none();
    let mut template = behind.unwrap_or_else(|| StoredTemplate {
        id: new_id(10),
        name: private_name(store, &row.name, ""),
        bound_endpoint_id: Some(row.id.clone()),
        ..StoredTemplate::default()
    });
    let untouched = template.clone();
    apply(store, write, &mut row, &mut template)?;
    if write.network_volumes.is_some() {
        checks::volumes(store, &row)?;
    }
    if write.workers_max.is_some() {
        checks::quota(store, Some(id), row.workers_max)?;
    }
    if write.name.is_some() && store.switches.rename_touches_template {
        template.name = private_name(store, &row.name, &template.id);
    }
    let touches_container = write.container.is_given() || write.template_id.is_some();
    if touches_container && is_lost {
        row.template_id = Some(template.id.clone());
    }
    if row.template_id.as_ref() == Some(&template.id) && (is_lost || template != untouched) {
        store.put_template(template.clone());
    }
    // A changed template has released the endpoint already.
    let (stored, rollout) = store
        .endpoint(id)
        .map_or((row.version, 0), |kept| (kept.version, kept.rollout_reads));
    let again = touches_container && store.switches.equal_patch_releases;
    row.version = stored;
    row.rollout_reads = rollout;
    if stored == before.version && (again || released(&before, &row, false)) {
        row.version += 1;
    }
    row.draining = draining(store, &before, &row);
    store.replace_endpoint(&row);
    Ok(row)
}

/// Deletes an endpoint with its workers, its queue and the template that is bound to it.
///
/// # Errors
/// When there is no endpoint of this id.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    if !store.remove(id) {
        return Err(store.unknown());
    }
    remove_bound_template(store, id);
    Ok(())
}

/// Takes the template away that is bound to an endpoint that is gone, unless another still uses it.
pub(crate) fn remove_bound_template(store: &mut Store, id: &str) {
    let used: Vec<_> = store
        .data
        .endpoints
        .iter()
        .filter_map(|row| row.template_id.clone())
        .collect();
    let bound = store.data.templates.iter();
    let bound = bound.filter(|row| row.bound_endpoint_id.as_deref() == Some(id) && !used.contains(&row.id));
    for template in bound.cloned().collect::<Vec<_>>() {
        store.remove_template(&template.id);
    }
}

/// `<name>-template`, with a number behind it while another template has that name.
fn private_name(store: &Store, name: &str, id: &str) -> String {
    let plain = format!("{name}-template");
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    names
        .find(|name| !name_taken(store, name, Some(id)))
        .unwrap_or(plain)
}

fn apply(
    store: &Store,
    write: &EndpointWrite,
    row: &mut StoredEndpoint,
    template: &mut StoredTemplate,
) -> Result<(), Refusal> {
    if let Some(name) = &write.name {
        row.name = spelled(name, store.switches.name_suffix, row.flash_boot_type);
    }
    let source = write.template_id.as_deref().and_then(|id| store.template(id));
    if let Some(source) = source {
        container::copy(source, template);
        row.env.clear();
    }
    container::apply(&write.container, template);
    if let Some(env) = &write.container.env {
        row.env.clear();
        if let Some(source) = source {
            template.env = container::overlaid(&source.env, env);
        }
    }
    if let Some(gpu) = &write.gpu {
        let seed = source.filter(|_| row.id.is_empty());
        write_gpu(store, gpu, seed, row)?;
    }
    if let Some(cpu) = &write.cpu {
        row.instance_ids = cpu
            .iter()
            .map(|(id, vcpus)| rules::instance_id(id, *vcpus))
            .collect();
    }
    if store.switches.patch_drops_exclusions && !row.id.is_empty() {
        let pools = |text: &String| {
            let kept: Vec<&str> = text
                .split(',')
                .filter(|part| !part.trim().starts_with('-'))
                .collect();
            kept.join(",")
        };
        row.gpu_ids = row.gpu_ids.as_ref().map(pools);
    }
    row.workers_min = write.workers_min.unwrap_or(row.workers_min);
    row.workers_max = write.workers_max.unwrap_or(row.workers_max);
    row.workers_standby = row.workers_max;
    row.idle_timeout = write.idle_timeout.unwrap_or(row.idle_timeout);
    if let Some(scaling) = &write.scaling {
        row.scaler_type.clone_from(&scaling.kind);
        #[allow(clippy::cast_possible_truncation)]
        let whole = scaling.value as i32;
        row.scaler_value = whole.max(1);
        row.queue_delay = (f64::from(row.scaler_value) != scaling.value).then_some(scaling.value);
    }
    if let Some(ids) = &write.data_center_ids {
        row.locations = (!ids.is_empty()).then(|| ids.join(","));
        row.data_center_ids.clear();
    }
    if let Some(ids) = &write.network_volumes {
        row.network_volume_ids.clone_from(ids);
        row.network_volume_id = None;
    }
    row.execution_timeout_ms = write.timeout.or(row.execution_timeout_ms);
    row.flash_boot_type = write.flashboot.or(row.flash_boot_type);
    Ok(())
}

fn write_gpu(
    store: &Store,
    gpu: &GpuWrite,
    seed: Option<&StoredTemplate>,
    row: &mut StoredEndpoint,
) -> Result<(), Refusal> {
    if let Some(pools) = &gpu.pools {
        row.gpu_ids = Some(rules::gpu_ids(store, pools, gpu.excluded_types.as_deref())?);
    }
    row.gpu_count = gpu.count.unwrap_or(row.gpu_count);
    if let Some(list) = &gpu.allowed_cuda_versions {
        row.allowed_cuda_versions = (!list.is_empty()).then(|| list.join(","));
    }
    if let Some(version) = &gpu.min_cuda_version {
        row.min_cuda_version = (!version.is_empty()).then(|| version.clone());
    }
    let names_cuda = gpu.allowed_cuda_versions.is_some() || gpu.min_cuda_version.is_some();
    if let Some(seed) = seed.filter(|seed| !names_cuda && !seed.allowed_cuda_versions.is_empty()) {
        row.allowed_cuda_versions = Some(seed.allowed_cuda_versions.join(","));
    }
    Ok(())
}
