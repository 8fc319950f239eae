//! `/v2/registries`, and the delegations of Amazon's registry beside it (V2 5.3).

use serde_json::{Value, json};

use super::{
    bodies,
    call::{Call, Done},
    problem::Problem,
    write,
};
use crate::account::{
    registries,
    rows::StoredRegistryAuth,
    store::{StoredDelegation, new_id, now},
};

impl Call<'_> {
    pub(super) fn list_registries(&self) -> Done {
        let mut store = self.account.store();
        let rows = store.list_registries();
        let rows: Vec<Value> = store.ordered(rows, true).iter().map(view).collect();
        Ok((200, Some(json!({ "registries": rows }))))
    }

    pub(super) fn read_registry(&self, id: &str) -> Done {
        let store = &mut *self.account.store();
        let found = store.registry_lag.find(&store.data.registry_auths, id);
        let row = found.ok_or_else(|| Problem::missing("registry"))?;
        Ok((200, Some(view(&row))))
    }

    pub(super) fn create_registry(&self) -> Done {
        let contract = self.contract();
        let body = self.body(|_| bodies::create_registry(contract))?;
        let of = |key: &str| write::text(body, key).unwrap_or_default();
        let shared = self.switches.duplicate_registry_names;
        let (name, username, password) = (of("name"), of("username"), of("password"));
        let row = self.written(|store| registries::create(store, name, username, password, shared))?;
        Ok((201, Some(view(&row))))
    }

    pub(super) fn delete_registry(&self, id: &str) -> Done {
        let exists = self
            .account
            .store()
            .data
            .registry_auths
            .iter()
            .any(|row| row.id == id);
        if !exists {
            return Err(Problem::missing("registry"));
        }
        self.written(|store| {
            registries::unused(store, id)?;
            registries::delete(store, id)
        })?;
        Ok((204, None))
    }

    pub(super) fn list_delegations(&self) -> Done {
        let store = self.account.store();
        let rows: Vec<Value> = store.data.delegations.iter().map(delegation).collect();
        Ok((200, Some(json!({ "delegations": rows }))))
    }

    pub(super) fn create_delegation(&self) -> Done {
        let body = self.body(|_| bodies::create_delegation())?;
        let arn = write::text(body, "resource").unwrap_or_default();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", _, "ecr", region, user, resource] = parts.as_slice() else {
            return Err(Problem::new(400, "resource is not the ARN of an ECR repository"));
        };
        let repository = resource.trim_start_matches("repository/");
        let row = StoredDelegation {
            id: new_id(12),
            name: write::text(body, "name"),
            region: region.to_owned(),
            user: user.to_owned(),
            repository: repository.to_owned(),
            delegator: self.account.store().data.user_id.clone(),
            created_at: now(),
        };
        let shown = delegation(&row);
        self.written(|store| {
            store.data.delegations.push(row);
            Ok(())
        })?;
        Ok((201, Some(shown)))
    }

    pub(super) fn delete_delegation(&self, id: &str) -> Done {
        let gone = self.written(|store| {
            let before = store.data.delegations.len();
            store.data.delegations.retain(|row| row.id != id);
            Ok(store.data.delegations.len() < before)
        })?;
        if gone {
            Ok((204, None))
        } else {
            Err(Problem::missing("delegation"))
        }
    }
}

fn view(row: &StoredRegistryAuth) -> Value {
    json!({"id": row.id, "name": row.name})
}

fn delegation(row: &StoredDelegation) -> Value {
    json!({
        "id": row.id, "name": row.name, "delegatorUserId": row.delegator, "awsUser": row.user,
        "repository": row.repository, "tag": "latest", "awsRegion": row.region, "createdAt": row.created_at,
        "dockerRegistryUri": format!("{}.dkr.ecr.{}.amazonaws.com/{}", row.user, row.region, row.repository),
    })
}
