//! Writes other than `saveEndpoint`: templates, network volumes, registry credentials, secrets
//! (API facts 1.5, 1.6, 2.8, 2.9).

use crate::account::rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume};
use crate::account::save::unknown;
use crate::account::save_checks::serverless_template;
use crate::account::store::{Refusal, Store, new_id, now};
use crate::graphql::schema::catalogue::DataCenter;
use crate::graphql::schema::inputs::{
    CreateNetworkVolumeInput, SaveRegistryAuthInput, SaveTemplateInput, SecretCreateInput,
    UpdateEndpointTemplateInput, UpdateNetworkVolumeInput, UpdateRegistryAuthInput, env_rows,
};

const VOLUME_SIZES: std::ops::RangeInclusive<i32> = 10..=4000;

/// Points an endpoint at another template.
pub(crate) fn switch_template(
    store: &mut Store,
    input: &UpdateEndpointTemplateInput,
) -> Result<StoredEndpoint, Refusal> {
    if store.endpoint(&input.endpoint_id).is_none() {
        return Err(unknown(store));
    }
    let template = serverless_template(store, &input.template_id)?.id.clone();
    let row = store
        .data
        .endpoints
        .iter_mut()
        .find(|row| row.id == input.endpoint_id);
    let Some(row) = row else {
        return Err(unknown(store));
    };
    if row.template_id.as_ref() != Some(&template) {
        row.template_id = Some(template);
        row.version += 1;
    }
    Ok(row.clone())
}

/// Creates a template or rewrites the whole of one; what is left out is lost.
pub(crate) fn save_template(store: &mut Store, input: &SaveTemplateInput) -> Result<StoredTemplate, Refusal> {
    let taken = |row: &&StoredTemplate| row.name == input.name && Some(&row.id) != input.id.as_ref();
    if store.data.templates.iter().any(|row| taken(&row)) {
        return Err(Refusal::new("Template name must be unique"));
    }
    let old = match &input.id {
        Some(id) => Some(
            store
                .template(id)
                .ok_or_else(|| Refusal::new("Unable to find template"))?
                .clone(),
        ),
        None => None,
    };
    let is_serverless = input.is_serverless.unwrap_or(false);
    if is_serverless && input.volume_in_gb != 0 {
        return Err(Refusal::new(
            "A serverless template has no volume: volumeInGb must be 0",
        ));
    }
    let port =
        |item: &crate::graphql::schema::inputs::PortConfigInput| (item.port.clone(), item.name.clone());
    let row = StoredTemplate {
        id: input.id.clone().unwrap_or_else(|| new_id(10)),
        name: input.name.clone(),
        image_name: input.image_name.clone(),
        docker_args: input.docker_args.clone(),
        env: env_rows(&input.env),
        ports: input.ports.clone(),
        ports_config: input.ports_config.iter().flatten().flatten().map(port).collect(),
        container_disk_in_gb: input.container_disk_in_gb,
        volume_in_gb: input.volume_in_gb,
        volume_mount_path: input.volume_mount_path.clone(),
        container_registry_auth_id: input
            .container_registry_auth_id
            .clone()
            .filter(|id| !id.is_empty()),
        is_serverless,
        is_public: input.is_public.unwrap_or(false),
        is_runpod: false,
        start_ssh: input.start_ssh.unwrap_or(false),
        start_jupyter: input.start_jupyter.unwrap_or(false),
        start_script: input.start_script.clone(),
        advanced_start: input.advanced_start.unwrap_or(false),
        readme: input.readme.clone(),
        category: input.category,
        config: input.config.clone().map(|json| json.0),
        bound_endpoint_id: old.as_ref().and_then(|old| old.bound_endpoint_id.clone()),
    };
    if old.as_ref().is_some_and(|old| *old != row) {
        let users = store.data.endpoints.iter_mut();
        for endpoint in users.filter(|endpoint| endpoint.template_id.as_ref() == Some(&row.id)) {
            endpoint.version += 1;
        }
    }
    match store.data.templates.iter_mut().find(|kept| kept.id == row.id) {
        Some(kept) => *kept = row.clone(),
        None => store.data.templates.push(row.clone()),
    }
    Ok(row)
}

fn volume_size(size: i32) -> Result<i32, Refusal> {
    if VOLUME_SIZES.contains(&size) {
        return Ok(size);
    }
    Err(Refusal::new(format!(
        "A network volume has 10 to 4000 GB, not {size}"
    )))
}

/// Creates a network volume.
pub(crate) fn create_volume(
    store: &mut Store,
    input: &CreateNetworkVolumeInput,
) -> Result<StoredVolume, Refusal> {
    if DataCenter::find(&input.data_center_id).is_none() {
        return Err(Refusal::new(format!(
            "Unable to find data center {}",
            input.data_center_id
        )));
    }
    let row = StoredVolume {
        id: new_id(10),
        name: input.name.clone().unwrap_or_default(),
        size: volume_size(input.size.unwrap_or(10))?,
        data_center_id: input.data_center_id.clone(),
        ..StoredVolume::default()
    };
    store.data.volumes.push(row.clone());
    Ok(row)
}

/// Renames or grows a network volume.
pub(crate) fn update_volume(
    store: &mut Store,
    input: &UpdateNetworkVolumeInput,
) -> Result<StoredVolume, Refusal> {
    let size = input.size.map(volume_size).transpose()?;
    let missing = unknown(store);
    let row = store
        .data
        .volumes
        .iter_mut()
        .find(|row| row.id == input.id)
        .ok_or(missing)?;
    if size.is_some_and(|size| size < row.size) {
        return Err(Refusal::new("A network volume cannot shrink"));
    }
    row.size = size.unwrap_or(row.size);
    if let Some(name) = &input.name {
        row.name.clone_from(name);
    }
    Ok(row.clone())
}

/// Stores a registry credential under a name of its own.
pub(crate) fn save_registry_auth(
    store: &mut Store,
    input: SaveRegistryAuthInput,
) -> Result<StoredRegistryAuth, Refusal> {
    if store.data.registry_auths.iter().any(|row| row.name == input.name) {
        return Err(Refusal::new("Registry auth name must be unique"));
    }
    let SaveRegistryAuthInput {
        name,
        username,
        password,
    } = input;
    let row = StoredRegistryAuth {
        id: format!("c{}", new_id(24)),
        name,
        username,
        password,
    };
    store.data.registry_auths.push(row.clone());
    Ok(row)
}

/// Changes the user name and password of a registry credential.
pub(crate) fn update_registry_auth(
    store: &mut Store,
    input: UpdateRegistryAuthInput,
) -> Result<StoredRegistryAuth, Refusal> {
    let missing = unknown(store);
    let row = store
        .data
        .registry_auths
        .iter_mut()
        .find(|row| row.id == input.id)
        .ok_or(missing)?;
    row.username = input.username;
    row.password = input.password;
    Ok(row.clone())
}

/// Stores a secret.
pub(crate) fn create_secret(store: &mut Store, input: SecretCreateInput) -> Result<StoredSecret, Refusal> {
    if store.data.secrets.iter().any(|row| row.name == input.name) {
        return Err(Refusal::new("Secret name must be unique"));
    }
    let SecretCreateInput {
        name,
        value,
        description,
    } = input;
    let row = StoredSecret {
        id: new_id(10),
        name,
        value,
        description,
        created_at: now(),
        updated_at: None,
    };
    store.data.secrets.push(row.clone());
    Ok(row)
}

/// Changes a secret in place.
pub(crate) fn update_secret(
    store: &mut Store,
    id: &str,
    write: impl FnOnce(&mut StoredSecret),
) -> Result<StoredSecret, Refusal> {
    let missing = unknown(store);
    let row = store
        .data
        .secrets
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(missing)?;
    write(row);
    row.updated_at = Some(now());
    Ok(row.clone())
}
