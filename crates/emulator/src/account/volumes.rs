//! Network volumes: creation, growth, deletion (API facts 2.9, V2 5.2).

use super::{
    catalogue::data_center,
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredVolume},
    save::unknown,
    store::{Store, new_id},
};

const SIZES: std::ops::RangeInclusive<i32> = 10..=4000;

fn size(size: i32) -> Result<i32, Refusal> {
    if SIZES.contains(&size) {
        return Ok(size);
    }
    Err(Refusal::new(format!(
        "A network volume has 10 to 4000 GB, not {size}"
    )))
}

/// Creates a network volume of this size in GB.
pub(crate) fn create(
    store: &mut Store,
    name: String,
    gigabytes: i32,
    data_center_id: String,
) -> Result<StoredVolume, Refusal> {
    if data_center(&data_center_id).is_none() {
        return Err(Refusal::new(format!(
            "Unable to find data center {data_center_id}"
        )));
    }
    let row = StoredVolume {
        id: new_id(10),
        name,
        size: size(gigabytes)?,
        data_center_id,
        ..StoredVolume::default()
    };
    store.data.volumes.push(row.clone());
    Ok(row)
}

/// Renames or grows a network volume.
pub(crate) fn update(
    store: &mut Store,
    id: &str,
    name: Option<String>,
    gigabytes: Option<i32>,
) -> Result<StoredVolume, Refusal> {
    let gigabytes = gigabytes.map(size).transpose()?;
    let missing = unknown(store);
    let row = store
        .data
        .volumes
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(missing)?;
    if gigabytes.is_some_and(|size| size < row.size) {
        return Err(Refusal::new("A network volume cannot shrink"));
    }
    row.size = gigabytes.unwrap_or(row.size);
    row.name = name.unwrap_or_else(|| row.name.clone());
    Ok(row.clone())
}

/// Deletes a network volume, unless an endpoint still mounts it.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    if store.volume(id).is_none() {
        return Err(unknown(store));
    }
    let mounts = |row: &StoredEndpoint| {
        row.network_volume_id.as_deref() == Some(id) || row.network_volume_ids.iter().any(|mine| mine == id)
    };
    if store.data.endpoints.iter().any(mounts) {
        return Err(Refusal::of(Reason::InUse, "The network volume is in use."));
    }
    store.data.volumes.retain(|row| row.id != id);
    Ok(())
}
