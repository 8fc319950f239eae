//! Templates: what a save writes, how an endpoint changes its own, and what a deletion asks
//! (API facts 1.5, 2.8).

use super::{
    inputs::TemplateSave,
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredTemplate},
    save::unknown,
    save_checks::serverless_template,
    store::{Store, new_id},
};

/// Points an endpoint at another template.
pub(crate) fn switch_template(
    store: &mut Store,
    endpoint_id: &str,
    template_id: &str,
) -> Result<StoredEndpoint, Refusal> {
    let Some(before) = store.endpoint(endpoint_id).cloned() else {
        return Err(unknown(store));
    };
    let template = serverless_template(store, template_id)?.id.clone();
    let mut row = before.clone();
    if row.template_id.as_ref() != Some(&template) {
        row.template_id = Some(template);
        row.version += 1;
    }
    store.replace_endpoint(&row);
    Ok(row)
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
    if used {
        return Err(Refusal::of(Reason::InUse, "The template is in use."));
    }
    store.data.templates.retain(|row| row.id != id);
    Ok(())
}
