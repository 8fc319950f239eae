//! `/v2/templates` and `/v2/catalog/templates` (V2 5.1).

use serde_json::{Value, json};

use super::{
    bodies,
    call::{Call, Done},
    endpoint_view::{container, reshape},
    problem::Problem,
    write,
};
use crate::account::{rows::StoredTemplate, switches::Switches, templates};

impl Call<'_> {
    pub(super) fn list_templates(&self) -> Done {
        let mut store = self.account.store();
        let mut rows = store.list_templates();
        rows.retain(|row| self.switches.bound_templates_listed || row.bound_endpoint_id.is_none());
        let rows = store.ordered(rows, true);
        self.paged(
            "templates",
            rows,
            |row| row.id.as_str(),
            |row| view(&self.switches, row),
        )
    }

    pub(super) fn read_template(&self, id: &str) -> Done {
        let store = &mut *self.account.store();
        let found = store.template_lag.find(&store.data.templates, id);
        let row = found.ok_or_else(|| Problem::missing("template"))?;
        Ok((200, Some(view(&self.switches, &row))))
    }

    pub(super) fn create_template(&self) -> Done {
        let contract = self.contract();
        let write = write::template(self.body(|_| bodies::template(contract, &["name", "image"]))?);
        let row = self.written(|store| templates::create(store, &write))?;
        Ok((201, Some(view(&self.switches, &row))))
    }

    pub(super) fn update_template(&self, id: &str) -> Done {
        let contract = self.contract();
        let write = write::template(self.body(|_| bodies::template(contract, &[]))?);
        let row = self.written(|store| templates::patch(store, id, &write))?;
        Ok((200, Some(view(&self.switches, &row))))
    }

    pub(super) fn delete_template(&self, id: &str) -> Done {
        let is_own = |row: &StoredTemplate| !row.is_runpod;
        if !self.account.store().template(id).is_some_and(is_own) {
            return Err(Problem::missing("template"));
        }
        self.written(|store| templates::delete(store, id))?;
        Ok((204, None))
    }

    pub(super) fn catalog_templates(&self) -> Done {
        let official = match self.request.query("source") {
            None | Some("official") => true,
            Some("verified" | "community") => false,
            Some(_) => {
                let text = "query.source: value must be one of 'official', 'verified', 'community'";
                return Err(Problem::shape(vec![text.into()]));
            }
        };
        let store = self.account.store();
        let rows = store.data.templates.iter();
        let rows = rows
            .filter(|row| row.is_public && row.is_runpod == official)
            .take(100);
        let rows: Vec<Value> = rows.map(|row| view(&self.switches, row)).collect();
        Ok((200, Some(json!({ "templates": rows }))))
    }
}

fn view(switches: &Switches, row: &StoredTemplate) -> Value {
    let pairs = row.env.iter();
    let env: serde_json::Map<_, _> = pairs
        .map(|item| (item.key.clone(), Value::String(item.value.clone())))
        .collect();
    let mut shown = json!({
        "id": row.id,
        "name": row.name,
        "env": env,
        "serverless": row.is_serverless,
        "public": row.is_public,
        "category": row.category.map_or("NVIDIA", |category| category.as_str()),
        "startSsh": row.start_ssh,
        "startJupyter": row.start_jupyter,
        "allowedCudaVersions": row.allowed_cuda_versions,
    });
    if let Some(map) = shown.as_object_mut() {
        if row.volume_in_gb > 0 {
            let path = row.volume_mount_path.as_deref().unwrap_or("/workspace");
            let mount = json!({"size": row.volume_in_gb, "path": path});
            map.insert("mounts".into(), json!({ "persistent": mount }));
        } else if !switches.omit_empty_mounts {
            map.insert("mounts".into(), json!({}));
        }
        container(switches, Some(row), map);
        reshape(switches, map);
    }
    shown
}
