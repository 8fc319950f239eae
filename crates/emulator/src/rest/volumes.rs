//! `/v2/network-volumes` (V2 5.2).

use serde_json::{Value, json};

use super::{
    bodies,
    call::{Call, Done},
    problem::Problem,
    write,
};
use crate::account::{
    refusal::{Reason, Refusal},
    rows::StoredVolume,
    volumes,
};

impl Call<'_> {
    pub(super) fn list_volumes(&self) -> Done {
        let mut store = self.account.store();
        let rows = store.list_volumes();
        let rows: Vec<Value> = store
            .ordered(rows, true)
            .iter()
            .map(|row| self.volume(row))
            .collect();
        Ok((200, Some(json!({ "networkVolumes": rows }))))
    }

    pub(super) fn read_volume(&self, id: &str) -> Done {
        let store = &mut *self.account.store();
        let found = store.volume_lag.find(&store.data.volumes, id);
        let row = found.ok_or_else(|| Problem::missing("network volume"))?;
        Ok((200, Some(self.volume(&row))))
    }

    pub(super) fn create_volume(&self) -> Done {
        let body = self.body(|_| bodies::create_volume())?;
        let name = write::text(body, "name").unwrap_or_default();
        let place = write::text(body, "dataCenter").unwrap_or_default();
        let size = write::number(body, "size").unwrap_or_default();
        let row = self.written(|store| {
            if !store.switches.duplicate_volume_names && store.data.volumes.iter().any(|row| row.name == name)
            {
                return Err(Refusal::of(Reason::Taken, "Network volume name must be unique"));
            }
            volumes::create(store, name, size, place, write::volume_type(body))
        })?;
        Ok((201, Some(self.volume(&row))))
    }

    pub(super) fn update_volume(&self, id: &str) -> Done {
        let body = self.body(|_| bodies::update_volume())?;
        self.volume_exists(id)?;
        let (name, size) = (write::text(body, "name"), write::number(body, "size"));
        let row = self.written(|store| volumes::update(store, id, name, size))?;
        Ok((200, Some(self.volume(&row))))
    }

    pub(super) fn delete_volume(&self, id: &str) -> Done {
        self.volume_exists(id)?;
        self.written(|store| volumes::delete(store, id))?;
        Ok((204, None))
    }

    fn volume_exists(&self, id: &str) -> Result<(), Problem> {
        let found = self.account.store().volume(id).is_some();
        found
            .then_some(())
            .ok_or_else(|| Problem::missing("network volume"))
    }

    fn volume(&self, row: &StoredVolume) -> Value {
        let mut shown = json!({
            "id": row.id, "name": row.name, "size": row.size, "dataCenter": row.data_center_id,
            "type": row.volume_type.as_str(),
        });
        if let (true, Some(map)) = (self.switches.extra_read_fields, shown.as_object_mut()) {
            map.insert("futureField".into(), json!({"nested": [1, null]}));
        }
        shown
    }
}
