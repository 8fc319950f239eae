//! `saveEndpoint`: what a save writes, what it leaves, and what it counts as a release
//! (API facts 2.2, 2.3, 2.5, 2.8).

use super::{
    enums::{ComputeKind, FlashBootType},
    gpus,
    inputs::{EndpointSave, InlineTemplate, Sent},
    refusal::Refusal,
    rows::{Draining, StoredEndpoint, StoredTemplate},
    save_checks as checks,
    store::{Store, new_id, now, now_ms},
    switches::{Drain, FlashBootDefault, NameSuffix, Omitted, TemplateOnUpdate},
    templates::{bind, bindable},
};

/// Creates or rewrites an endpoint and gives the row as it is stored afterwards.
///
/// # Errors
/// With the API's own text where it is known, before anything is written.
pub(crate) fn save_endpoint(store: &mut Store, input: &EndpointSave) -> Result<StoredEndpoint, Refusal> {
    checks::shape(input)?;
    let old = match &input.id {
        None => None,
        Some(id) => Some(store.endpoint(id).cloned().ok_or_else(|| store.unknown())?),
    };
    let mut row = old.clone().unwrap_or_else(|| new_row(store, input));
    let fresh_template = choose_template(store, input, old.as_ref(), &mut row)?;
    write_always(store, input, &mut row)?;
    write_when_present(store, input, old.is_none(), &mut row)?;
    checks::volumes(store, &row)?;
    if old.is_none() {
        checks::balance(store)?;
    }
    checks::quota(store, input.id.as_deref(), row.workers_max)?;

    match &old {
        Some(before) => {
            if released(
                before,
                &row,
                fresh_template.is_some() || input.request_ttl.is_none(),
            ) {
                row.version += 1;
            }
            row.draining = draining(store, before, &row);
        }
        None => {
            row.id = store.next_endpoint_id();
            row.hidden_reads = store.switches.reads_before_created;
        }
    }
    if let Some(mut template) = fresh_template {
        if input.bind_endpoint {
            template.bound_endpoint_id = Some(row.id.clone());
        }
        store.data.templates.retain(|kept| kept.id != template.id);
        store.data.templates.push(template);
    }
    store.replace_endpoint(&row);
    if let Some(id) = row.template_id.as_deref().filter(|_| input.bind_endpoint) {
        bind(store, id, &row.id);
    }
    Ok(row)
}

fn new_row(store: &Store, input: &EndpointSave) -> StoredEndpoint {
    let is_cpu = input.instance_ids.iter().any(|id| id.starts_with("cpu"));
    StoredEndpoint {
        id: String::new(),
        template_id: None,
        compute_type: if is_cpu {
            ComputeKind::Cpu
        } else {
            ComputeKind::Gpu
        },
        kind: input.kind.clone().unwrap_or_else(|| "QB".into()),
        execution_timeout_ms: store.switches.unset_execution_timeout_is_zero.then_some(0),
        flash_boot_type: default_flash_boot(store),
        ai_key: Some(new_id(32)),
        user_id: store.data.user_id.clone(),
        created_at: now(),
        ..StoredEndpoint::default()
    }
}

fn default_flash_boot(store: &Store) -> Option<FlashBootType> {
    match store.switches.flash_boot_default {
        FlashBootDefault::Null => None,
        FlashBootDefault::Off => Some(FlashBootType::Off),
        FlashBootDefault::Flashboot => Some(FlashBootType::Flashboot),
    }
}

/// Settles the template of the row; gives the inline template to store, if there is one.
fn choose_template(
    store: &Store,
    input: &EndpointSave,
    old: Option<&StoredEndpoint>,
    row: &mut StoredEndpoint,
) -> Result<Option<StoredTemplate>, Refusal> {
    if let Some(inline) = &input.template {
        let namesake = store.data.templates.iter().find(|kept| kept.name == inline.name);
        let rewritten = namesake.filter(|kept| old.is_some() && row.template_id.as_deref() == Some(&kept.id));
        if namesake.is_some() && rewritten.is_none() {
            return Err(Refusal::new("endpoint template names must be unique"));
        }
        let template = inline_template(inline, rewritten);
        row.template_id = Some(template.id.clone());
        return Ok(Some(template));
    }
    let heeded = old.is_none() || store.switches.template_on_update == TemplateOnUpdate::Switches;
    let sent = input.template_id.as_deref();
    if heeded && (old.is_none() || sent.is_some()) {
        let id = checks::serverless_template(store, sent.unwrap_or_default())?
            .id
            .clone();
        bindable(store, &id, old.map(|old| old.id.as_str()))?;
        row.template_id = Some(id);
    }
    Ok(None)
}

fn inline_template(input: &InlineTemplate, rewritten: Option<&StoredTemplate>) -> StoredTemplate {
    StoredTemplate {
        id: rewritten.map_or_else(|| new_id(10), |kept| kept.id.clone()),
        name: input.name.clone(),
        image_name: input.image_name.clone(),
        docker_args: input.docker_args.clone(),
        env: input.env.clone(),
        ports: input.ports.clone(),
        container_disk_in_gb: input.container_disk_in_gb,
        container_registry_auth_id: input
            .container_registry_auth_id
            .clone()
            .filter(|id| !id.is_empty()),
        is_serverless: true,
        start_ssh: input.start_ssh,
        start_jupyter: input.start_jupyter,
        start_script: input.start_script.clone(),
        advanced_start: input.advanced_start,
        readme: input.readme.clone(),
        config: input.config.clone(),
        bound_endpoint_id: rewritten.and_then(|kept| kept.bound_endpoint_id.clone()),
        ..StoredTemplate::default()
    }
}

/// The fields that every save writes: a key left out has become its default by now.
fn write_always(store: &Store, input: &EndpointSave, row: &mut StoredEndpoint) -> Result<(), Refusal> {
    row.name = input.name.clone();
    row.workers_min = input.workers_min;
    row.workers_max = input.workers_max;
    row.workers_standby = row.workers_max;
    row.workers_pfb_target = input.workers_pfb_target;
    row.idle_timeout = input.idle_timeout;
    row.scaler_type = input.scaler_type.clone().unwrap_or_else(|| "QUEUE_DELAY".into());
    row.scaler_value = input.scaler_value;
    row.queue_delay = None;
    row.locations = input.locations.clone().filter(|text| !text.is_empty());
    row.gpu_count = input.gpu_count;
    match row.compute_type {
        ComputeKind::Gpu => {
            let switches = &store.switches;
            let text = input.gpu_ids.as_deref();
            let ids = gpus::checked(text, switches.normalize_gpu_ids, switches.known_pools_only)?;
            row.gpu_ids = Some(ids);
            row.instance_ids.clear();
        }
        ComputeKind::Cpu => {
            row.gpu_ids = None;
            row.instance_ids.clone_from(&input.instance_ids);
        }
    }
    Ok(())
}

/// The fields that a save writes only when their key is there, and those where nobody knows.
fn write_when_present(
    store: &Store,
    input: &EndpointSave,
    creating: bool,
    row: &mut StoredEndpoint,
) -> Result<(), Refusal> {
    let switches = &store.switches;
    let text = |sent: &Sent<String>| sent.clone().flatten().filter(|text| !text.is_empty());
    if input.allowed_cuda_versions.is_some() {
        row.allowed_cuda_versions = text(&input.allowed_cuda_versions);
    }
    if input.min_cuda_version.is_some() {
        row.min_cuda_version = text(&input.min_cuda_version);
    }
    if let Some(sent) = input.execution_timeout_ms {
        row.execution_timeout_ms = sent;
    }
    if let Some(sent) = input.request_ttl {
        row.request_ttl = sent;
    }
    if let Some(sent) = &input.data_center_ids {
        row.data_center_ids = sent.clone().unwrap_or_default();
    }
    if let Some(sent) = &input.compliance {
        row.compliance = sent.clone().unwrap_or_default();
    }
    match input.flash_boot_type {
        Some(sent) => row.flash_boot_type = sent,
        None if creating || switches.omitted_flash_boot_type == Omitted::Reset => {
            row.flash_boot_type = default_flash_boot(store);
        }
        None => {}
    }
    if input.network_volume_id.is_some() || switches.omitted_network_volume_id == Omitted::Reset {
        row.network_volume_id = text(&input.network_volume_id);
    }
    if let Some(list) = &input.network_volume_ids {
        row.network_volume_ids.clone_from(list);
    }
    match &input.env {
        Some(_) if creating && input.template.is_none() => {}
        Some(sent) => row.env = sent.clone().unwrap_or_default(),
        None if switches.omitted_env == Omitted::Reset => row.env.clear(),
        None => {}
    }
    if let Some(list) = &input.model_references {
        row.model_references = checks::models(row.compute_type, list.iter())?;
        if row.model_references.is_empty() {
            row.env
                .retain(|item| item.key != "MODEL_NAME" && item.key != "MODEL_NAMES");
        }
    }
    if let Some(id) = &input.flash_environment_id {
        row.flash_environment_id = Some(id.clone());
    }
    if let Some(id) = &input.hub_release_id {
        row.hub_release_id = Some(id.clone());
    }
    row.name = spelled(&row.name, switches.name_suffix, row.flash_boot_type);
    Ok(())
}

/// The name as it is stored, by the rule about FlashBoot.
pub(crate) fn spelled(name: &str, rule: NameSuffix, flash_boot: Option<FlashBootType>) -> String {
    let bare = name.strip_suffix(" -fb").unwrap_or(name);
    let is_on = flash_boot.is_some_and(|kind| kind != FlashBootType::Off);
    match rule {
        NameSuffix::Appended if is_on => format!("{bare} -fb"),
        NameSuffix::Stripped => bare.to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether a save rolls every worker and counts as a new version.
pub(crate) fn released(before: &StoredEndpoint, after: &StoredEndpoint, forced: bool) -> bool {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    forced
        || before.template_id != after.template_id
        || before.gpu_ids != after.gpu_ids
        || before.gpu_count != after.gpu_count
        || before.instance_ids != after.instance_ids
        || before.locations != after.locations
        || before.data_center_ids != after.data_center_ids
        || before.network_volume_id != after.network_volume_id
        || sorted(&before.network_volume_ids) != sorted(&after.network_volume_ids)
        || before.allowed_cuda_versions != after.allowed_cuda_versions
        || before.min_cuda_version != after.min_cuda_version
        || before.flash_boot_type != after.flash_boot_type
        || before.request_ttl != after.request_ttl
        || before.env != after.env
        || before.model_references != after.model_references
        || before.compliance != after.compliance
}

/// The workers that stop because of a write.
pub(crate) fn draining(store: &Store, before: &StoredEndpoint, after: &StoredEndpoint) -> Option<Draining> {
    if after.workers_max > 0 {
        return None;
    }
    if before.workers_max == 0 {
        return before.draining.clone();
    }
    let pods = u32::try_from(before.workers_min).unwrap_or(0).max(1);
    match store.switches.drain {
        Drain::None => None,
        Drain::Attempts(count) => Some(Draining {
            pods,
            attempts: Some(count),
            until_ms: None,
        }),
        Drain::Millis(span) => {
            let until = now_ms().saturating_add(i64::try_from(span).unwrap_or(i64::MAX));
            Some(Draining {
                pods,
                attempts: None,
                until_ms: Some(until),
            })
        }
    }
}
