//! Network volumes: creation, growth, deletion (API facts 2.9, V2 5.2).

use super::{
    catalogue::{DATA_CENTERS, DataCenter, data_center},
    enums::VolumeType,
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredVolume},
    store::{Store, new_id},
};

/// Creates a network volume of this size in GB, of the data centre's primary type unless another is wanted.
pub(crate) fn create(
    store: &mut Store,
    name: String,
    size: i32,
    data_center_id: String,
    wanted: Option<VolumeType>,
) -> Result<StoredVolume, Refusal> {
    let suits = |kind: &VolumeType| wanted.is_none_or(|wanted| wanted == *kind);
    let first = |row: &DataCenter| row.volume_types.iter().copied().find(suits);
    let Some(volume_type) = data_center(&data_center_id).and_then(first) else {
        let others = DATA_CENTERS.iter().filter(|row| first(row).is_some());
        let others: Vec<_> = others.map(|row| row.id).collect();
        return Err(Refusal::new(format!(
            "Data center {data_center_id} does not support such network volumes. Supported: {}",
            others.join(", ")
        )));
    };
    let row = StoredVolume {
        id: new_id(10),
        name,
        size,
        data_center_id,
        volume_type,
        ..StoredVolume::default()
    };
    store
        .volume_lag
        .created(&row, store.switches.reads_before_created);
    store.data.volumes.push(row.clone());
    Ok(row)
}

/// Renames or grows a network volume.
pub(crate) fn update(
    store: &mut Store,
    id: &str,
    name: Option<String>,
    size: Option<i32>,
) -> Result<StoredVolume, Refusal> {
    let missing = store.unknown();
    let row = store
        .data
        .volumes
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(missing)?;
    if size.is_some_and(|size| size < row.size) {
        return Err(Refusal::new("A network volume cannot shrink"));
    }
    row.size = size.unwrap_or(row.size);
    row.name = name.unwrap_or_else(|| row.name.clone());
    Ok(row.clone())
}

/// Deletes a network volume, unless an endpoint still mounts it.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    if store.volume(id).is_none() {
        return Err(store.unknown());
    }
    let mounts = |row: &StoredEndpoint| {
        row.network_volume_id.as_deref() == Some(id) || row.network_volume_ids.iter().any(|mine| mine == id)
    };
    if store.data.endpoints.iter().any(mounts) || store.refuses_once_more(id) {
        return Err(Refusal::of(Reason::InUse, "The network volume is in use."));
    }
    if let Some(at) = store.data.volumes.iter().position(|row| row.id == id) {
        let row = store.data.volumes.remove(at);
        store.volume_lag.removed(row, store.switches.reads_before_deleted);
    }
    Ok(())
}
