//! `/v2/serverless` (V2 2, 3, 4).

use serde_json::Value;

use super::{
    bodies,
    call::{Call, Done},
    endpoint_view::view,
    problem::Problem,
    write,
};
use crate::account::{endpoint_patch, rows::StoredEndpoint, store::Store};

impl Call<'_> {
    pub(super) fn list_endpoints(&self) -> Done {
        let mut store = self.account.store();
        let rows = store.all_endpoints();
        let rows = store.ordered(rows, true);
        let show = |row: &StoredEndpoint| self.endpoint(&store, row);
        self.paged("endpoints", rows, |row| row.id.as_str(), show)
    }

    pub(super) fn read_endpoint(&self, id: &str) -> Done {
        let mut store = self.account.store();
        let row = store
            .find_endpoint(id)
            .ok_or_else(|| Problem::missing("endpoint"))?;
        Ok((200, Some(self.endpoint(&store, &row))))
    }

    pub(super) fn create_endpoint(&self) -> Done {
        let contract = self.contract();
        let body = self.body(|body| {
            let is_balanced = body.get("type").and_then(Value::as_str) == Some("LOAD_BALANCER");
            bodies::create_endpoint(contract, is_balanced)
        })?;
        let write = write::endpoint(body);
        let shown = self.written(|store| {
            let row = endpoint_patch::create(store, &write)?;
            Ok(self.endpoint(store, &row))
        })?;
        Ok((201, Some(shown)))
    }

    pub(super) fn update_endpoint(&self, id: &str) -> Done {
        let contract = self.contract();
        let write = write::endpoint(self.body(|_| bodies::update_endpoint(contract))?);
        self.endpoint_exists(id)?;
        let shown = self.written(|store| {
            let row = endpoint_patch::patch(store, id, &write)?;
            Ok(self.endpoint(store, &row))
        })?;
        Ok((200, Some(shown)))
    }

    pub(super) fn delete_endpoint(&self, id: &str) -> Done {
        self.endpoint_exists(id)?;
        self.written(|store| endpoint_patch::delete(store, id))?;
        Ok((204, None))
    }

    /// The endpoint of a path, which must be there whatever its reads show.
    pub(super) fn endpoint_exists(&self, id: &str) -> Result<StoredEndpoint, Problem> {
        let store = self.account.store();
        store
            .endpoint(id)
            .cloned()
            .ok_or_else(|| Problem::missing("endpoint"))
    }

    fn endpoint(&self, store: &Store, row: &StoredEndpoint) -> Value {
        view(store, &self.switches, self.jobs_url, row)
    }
}
