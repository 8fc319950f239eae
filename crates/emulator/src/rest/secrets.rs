//! `/v2/account/secrets` and `/v2/account/ssh-keys` (V2 5.4). No read shows a value.

use serde_json::{Value, json};

use super::{
    bodies,
    call::{Call, Done},
    problem::Problem,
    write,
};
use crate::account::{rows::StoredSecret, secrets};

impl Call<'_> {
    pub(super) fn list_secrets(&self) -> Done {
        let mut store = self.account.store();
        let mut rows = store.list_secrets();
        if let Some(name) = self.request.query("name") {
            rows.retain(|row| row.name.eq_ignore_ascii_case(name));
        }
        let rows: Vec<Value> = store.ordered(rows, true).iter().map(view).collect();
        Ok((200, Some(json!({ "secrets": rows }))))
    }

    pub(super) fn read_secret(&self, id: &str) -> Done {
        let store = &mut *self.account.store();
        let found = store.secret_lag.find(&store.data.secrets, id);
        let row = found.ok_or_else(|| Problem::missing("secret"))?;
        Ok((200, Some(view(&row))))
    }

    pub(super) fn create_secret(&self) -> Done {
        let body = self.body(|_| bodies::create_secret())?;
        let of = |key: &str| write::text(body, key);
        let name = of("name").unwrap_or_default();
        if name.to_ascii_uppercase().starts_with("RUNPOD") {
            return Err(Problem::new(422, "secret names must not start with RUNPOD"));
        }
        let taken = self
            .account
            .store()
            .data
            .secrets
            .iter()
            .any(|row| row.name == name);
        if taken {
            return Err(Problem::new(409, format!("a secret named {name} already exists")));
        }
        let (value, description) = (of("value").unwrap_or_default(), of("description"));
        let row = self.written(|store| secrets::create(store, name, value, description))?;
        Ok((201, Some(view(&row))))
    }

    pub(super) fn update_secret(&self, id: &str) -> Done {
        let body = self.body(|_| bodies::update_secret())?;
        self.secret_exists(id)?;
        let (value, description) = (write::text(body, "value"), write::text(body, "description"));
        let change = |row: &mut StoredSecret| {
            if let Some(value) = value {
                secrets::rotate(row, value);
            }
            if let Some(text) = description {
                row.description = (!text.is_empty()).then_some(text);
            }
        };
        let row = self.written(|store| secrets::update(store, id, change))?;
        Ok((200, Some(view(&row))))
    }

    pub(super) fn delete_secret(&self, id: &str) -> Done {
        self.secret_exists(id)?;
        self.written(|store| secrets::delete(store, id))?;
        Ok((204, None))
    }

    fn secret_exists(&self, id: &str) -> Result<(), Problem> {
        let found = self.account.store().data.secrets.iter().any(|row| row.id == id);
        found.then_some(()).ok_or_else(|| Problem::missing("secret"))
    }

    pub(super) fn ssh_keys(&self) -> Done {
        let keys = self.account.store().data.pub_key.clone();
        let keys: Vec<&str> = keys.lines().filter(|line| !line.is_empty()).collect();
        Ok((200, Some(json!({ "keys": keys }))))
    }

    pub(super) fn replace_ssh_keys(&self) -> Done {
        let keys = write::texts(self.body(|_| bodies::ssh_keys())?, "keys").unwrap_or_default();
        self.written(|store| {
            store.data.pub_key = keys.join("\n");
            Ok(())
        })?;
        self.ssh_keys()
    }
}

fn view(row: &StoredSecret) -> Value {
    json!({
        "id": row.id, "name": row.name, "description": row.description, "createdAt": row.created_at,
        "valueLastUpdatedAt": row.value_updated_at,
    })
}
