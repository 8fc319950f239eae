//! What a patch writes of a container into its template row (V2 2.4, 2.5, 3.1).

use super::{
    command::Command,
    patch_inputs::ContainerWrite,
    refusal::{Reason, Refusal},
    rows::{EnvVar, StoredTemplate},
    store::Store,
};

/// Checks what needs no look at other rows.
pub(crate) fn check(write: &ContainerWrite) -> Result<(), Refusal> {
    if write
        .image
        .as_deref()
        .is_some_and(|image| image.trim().is_empty() || image.contains(char::is_whitespace))
    {
        return Err(Refusal::of(Reason::Value, "image is not a valid image reference"));
    }
    let Some(args) = &write.args else { return Ok(()) };
    let meant = Command::of(args);
    let same =
        |list: &Option<Vec<String>>, meant: &[String]| list.as_deref().is_none_or(|list| list == meant);
    if same(&write.entrypoint, &meant.entrypoint) && same(&write.cmd, &meant.cmd) {
        return Ok(());
    }
    Err(Refusal::of(
        Reason::Value,
        "args and cmd/entrypoint do not mean the same command",
    ))
}

/// Checks that the registry credential exists.
pub(crate) fn references(store: &Store, write: &ContainerWrite) -> Result<(), Refusal> {
    let Some(Some(id)) = &write.registry else {
        return Ok(());
    };
    if store.data.registry_auths.iter().any(|row| row.id == *id) {
        return Ok(());
    }
    Err(Refusal::of(Reason::Missing, format!("registry {id} not found")))
}

/// Writes what was given into a row.
pub(crate) fn apply(write: &ContainerWrite, row: &mut StoredTemplate) {
    if let Some(image) = &write.image {
        row.image_name = Some(image.clone());
    }
    if let Some(args) = &write.args {
        row.docker_args.clone_from(args);
    } else if write.entrypoint.is_some() || write.cmd.is_some() {
        let old = Command::of(&row.docker_args);
        let command = Command {
            entrypoint: write.entrypoint.clone().unwrap_or(old.entrypoint),
            cmd: write.cmd.clone().unwrap_or(old.cmd),
        };
        row.docker_args = command.text();
    }
    if let Some(disk) = write.disk {
        row.container_disk_in_gb = disk;
    }
    if let Some(ports) = &write.ports {
        row.ports = (!ports.is_empty()).then(|| ports.join(","));
    }
    if let Some(env) = &write.env {
        row.env.clone_from(env);
    }
    if let Some(registry) = &write.registry {
        row.container_registry_auth_id = registry.clone().filter(|id| !id.is_empty());
    }
}

/// Copies the container of a template into a row: all but the name and what it is bound to.
pub(crate) fn copy(from: &StoredTemplate, row: &mut StoredTemplate) {
    row.image_name.clone_from(&from.image_name);
    row.docker_args.clone_from(&from.docker_args);
    row.container_disk_in_gb = from.container_disk_in_gb;
    row.ports.clone_from(&from.ports);
    row.env.clone_from(&from.env);
    row.container_registry_auth_id
        .clone_from(&from.container_registry_auth_id);
}

/// Variables laid over others, key by key.
pub(crate) fn overlaid(under: &[EnvVar], over: &[EnvVar]) -> Vec<EnvVar> {
    let mut env = under.to_vec();
    for item in over {
        match env.iter_mut().find(|kept| kept.key == item.key) {
            Some(kept) => kept.value.clone_from(&item.value),
            None => env.push(item.clone()),
        }
    }
    env
}
