//! Templates: what a save writes, how an endpoint changes its own, and what a deletion asks
//! (API facts 1.5, 2.8; V2 5.1).

use super::{
    container,
    enums::TemplateCategory,
    inputs::TemplateSave,
    patch_inputs::TemplateWrite,
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredTemplate},
    save_checks::serverless_template,
    store::{Store, new_id},
    switches::BoundTemplate,
};

/// The disk of a container in GB when a create field by field names none.
pub(crate) const DEFAULT_DISK: i32 = 20;

/// Points an endpoint at another template.
pub(crate) fn switch_template(
    store: &mut Store,
    endpoint_id: &str,
    template_id: &str,
) -> Result<StoredEndpoint, Refusal> {
    let Some(before) = store.endpoint(endpoint_id).cloned() else {
        return Err(store.unknown());
    };
    let template = serverless_template(store, template_id)?.id.clone();
    bindable(store, &template, Some(endpoint_id))?;
    let mut row = before.clone();
    if row.template_id.as_ref() != Some(&template) {
        row.template_id = Some(template.clone());
        row.version += 1;
    }
    store.replace_endpoint(&row);
    bind(store, &template, endpoint_id);
    Ok(row)
}

/// Refuses a template that belongs to another endpoint, where the switch wants it.
pub(crate) fn bindable(store: &Store, template: &str, endpoint: Option<&str>) -> Result<(), Refusal> {
    let owner = store
        .template(template)
        .and_then(|row| row.bound_endpoint_id.as_deref());
    let other = owner.filter(|id| Some(*id) != endpoint && store.endpoint(id).is_some());
    if other.is_some() && store.switches.bound_template == BoundTemplate::Refused {
        return Err(Refusal::new("The template is bound to another endpoint."));
    }
    Ok(())
}

/// Binds a template to an endpoint that took it by its id, where the switch wants it.
pub(crate) fn bind(store: &mut Store, template: &str, endpoint: &str) {
    if store.switches.bound_template == BoundTemplate::Shared {
        return;
    }
    if let Some(row) = store.data.templates.iter_mut().find(|row| row.id == template) {
        row.bound_endpoint_id = Some(endpoint.to_owned());
    }
}

/// Creates a template or rewrites the whole of one; what is left out is lost.
pub(crate) fn save_template(store: &mut Store, input: TemplateSave) -> Result<StoredTemplate, Refusal> {
    let TemplateSave { id, inline, .. } = &input;
    if name_taken(store, &inline.name, id.as_deref()) {
        return Err(Refusal::of(Reason::Taken, "Template name must be unique"));
    }
    let old = match id {
        Some(id) => Some(
            store
                .template(id)
                .ok_or_else(|| Refusal::of(Reason::Missing, "Unable to find template"))?
                .clone(),
        ),
        None => None,
    };
    if input.is_serverless && input.volume_in_gb != 0 {
        return Err(Refusal::new(
            "A serverless template has no volume: volumeInGb must be 0",
        ));
    }
    let inline = input.inline;
    let row = StoredTemplate {
        id: input.id.unwrap_or_else(|| new_id(10)),
        name: inline.name,
        image_name: inline.image_name,
        docker_args: inline.docker_args,
        env: inline.env,
        ports: inline.ports,
        ports_config: input.ports_config,
        container_disk_in_gb: inline.container_disk_in_gb,
        volume_in_gb: input.volume_in_gb,
        volume_mount_path: input.volume_mount_path,
        container_registry_auth_id: inline.container_registry_auth_id.filter(|id| !id.is_empty()),
        is_serverless: input.is_serverless,
        is_public: input.is_public,
        is_runpod: false,
        start_ssh: inline.start_ssh,
        start_jupyter: inline.start_jupyter,
        start_script: inline.start_script,
        advanced_start: inline.advanced_start,
        readme: inline.readme,
        category: input.category,
        config: inline.config,
        bound_endpoint_id: old.as_ref().and_then(|old| old.bound_endpoint_id.clone()),
        allowed_cuda_versions: old.map(|old| old.allowed_cuda_versions).unwrap_or_default(),
    };
    store.put_template(row.clone());
    Ok(row)
}

/// Whether another template than this one bears the name.
pub(crate) fn name_taken(store: &Store, name: &str, id: Option<&str>) -> bool {
    let mut others = store
        .data
        .templates
        .iter()
        .filter(|row| Some(row.id.as_str()) != id);
    others.any(|row| row.name == name)
}

/// Deletes a template by its name, unless an endpoint still uses it.
pub(crate) fn delete_by_name(store: &mut Store, name: Option<&str>) -> Result<(), Refusal> {
    let found = store
        .data
        .templates
        .iter()
        .find(|row| Some(row.name.as_str()) == name);
    let Some(id) = found.map(|row| row.id.clone()) else {
        return Err(Refusal::of(Reason::Missing, "Unable to find template"));
    };
    delete(store, &id)
}

/// Deletes a template, unless an endpoint still uses it.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let used = store
        .data
        .endpoints
        .iter()
        .any(|row| row.template_id.as_deref() == Some(id));
    if used || store.refuses_once_more(id) {
        return Err(Refusal::of(Reason::InUse, "The template is in use."));
    }
    store.remove_template(id);
    Ok(())
}

/// Creates a template field by field (V2 5.1).
pub(crate) fn create(store: &mut Store, write: &TemplateWrite) -> Result<StoredTemplate, Refusal> {
    let mut row = StoredTemplate {
        id: new_id(10),
        container_disk_in_gb: DEFAULT_DISK,
        is_serverless: false,
        start_ssh: true,
        start_jupyter: true,
        category: Some(TemplateCategory::Nvidia),
        ..StoredTemplate::default()
    };
    apply(store, write, &mut row)?;
    store.put_template(row.clone());
    Ok(row)
}

/// Changes what was given of a template and leaves the rest.
pub(crate) fn patch(store: &mut Store, id: &str, write: &TemplateWrite) -> Result<StoredTemplate, Refusal> {
    let own = store.template(id).filter(|row| !row.is_runpod).cloned();
    let mut row = own.ok_or_else(|| Refusal::of(Reason::Missing, "template not found"))?;
    apply(store, write, &mut row)?;
    store.put_template(row.clone());
    Ok(row)
}

fn apply(store: &Store, write: &TemplateWrite, row: &mut StoredTemplate) -> Result<(), Refusal> {
    container::check(&write.container)?;
    if let Some(name) = &write.name {
        if !store.switches.duplicate_template_names && name_taken(store, name, Some(&row.id)) {
            return Err(Refusal::of(Reason::Taken, "Template name must be unique"));
        }
        row.name.clone_from(name);
    }
    container::apply(&write.container, row);
    if let Some((size, path)) = &write.persistent {
        row.volume_in_gb = *size;
        row.volume_mount_path = Some(path.clone());
    }
    row.is_serverless = write.serverless.unwrap_or(row.is_serverless);
    row.is_public = write.public.unwrap_or(row.is_public);
    row.category = write.category.or(row.category);
    row.start_ssh = write.start_ssh.unwrap_or(row.start_ssh);
    row.start_jupyter = write.start_jupyter.unwrap_or(row.start_jupyter);
    if let Some(versions) = &write.allowed_cuda_versions {
        row.allowed_cuda_versions.clone_from(versions);
    }
    if row.is_serverless && row.volume_in_gb != 0 {
        return Err(Refusal::new("a serverless template has no persistent mount"));
    }
    container::references(store, &write.container)
}
