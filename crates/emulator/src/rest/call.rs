//! A request that may run, and what every operation does with it: reads its body, writes, answers in pages.

use serde_json::Value;

use super::{page, problem::Problem, request::Request, schema::Object};
use crate::account::{
    Account,
    refusal::Refusal,
    store::Store,
    switches::{Contract, Switches},
};

/// What success answers: a body, or none for a deletion.
pub(super) type Done = Result<(u16, Option<Value>), Problem>;

/// A request that may run: whose account it is for, and how things are now.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) account: &'a Account,
    pub(crate) switches: Switches,
    /// The address of the emulator's own jobs API.
    pub(crate) jobs_url: &'a str,
}

impl Call<'_> {
    /// The contract that is spoken.
    pub(super) fn contract(&self) -> Contract {
        self.switches.contract
    }

    /// The body, if it has this shape.
    pub(super) fn body(&self, shape: impl FnOnce(&Value) -> Object) -> Result<&Value, Problem> {
        let body = self
            .request
            .body
            .as_ref()
            .map_err(|error| Problem::new(400, format!("request body is not valid JSON: {error}")))?;
        let errors = shape(body).check(body);
        if errors.is_empty() {
            Ok(body)
        } else {
            Err(Problem::shape(errors))
        }
    }

    /// Runs a write of the account and keeps it.
    pub(super) fn written<T>(
        &self,
        write: impl FnOnce(&mut Store) -> Result<T, Refusal>,
    ) -> Result<T, Problem> {
        let written = self.account.write(write);
        written.map_err(|error| Problem::of(error, &self.switches))
    }

    /// The answer to a list that comes in pages where the contract has them.
    pub(super) fn paged<T>(
        &self,
        key: &str,
        rows: Vec<T>,
        id: impl Fn(&T) -> &str,
        view: impl Fn(&T) -> Value,
    ) -> Done {
        let mut body = serde_json::Map::new();
        let rows = if self.contract() == Contract::Newest {
            let (rows, pagination) = page::cut(self.request, key, rows, id)?;
            body.insert("pagination".into(), pagination);
            rows
        } else {
            rows
        };
        body.insert(key.into(), rows.iter().map(view).collect());
        Ok((200, Some(Value::Object(body))))
    }
}
