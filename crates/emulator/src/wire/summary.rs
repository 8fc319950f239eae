//! What a request asks for, whichever API it speaks: what the log shows, and what a fault looks for.

use serde_json::Value;

/// A field of GraphQL or an operation of REST, with its arguments worked out.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The key of the answer in GraphQL: the alias if there is one.
    pub(crate) key: String,
    /// The name of the field.
    pub(crate) field: String,
    pub(crate) arguments: Value,
    pub(crate) children: Vec<Call>,
}

impl Call {
    /// The id it names.
    pub(crate) fn id(&self) -> Option<String> {
        let of_path = text(Some(&self.arguments), "id");
        if self.field.contains(' ') {
            return of_path;
        }
        let input = self.arguments.get("input");
        text(input, "id")
            .or_else(|| text(input, "endpointId"))
            .or(of_path)
    }

    /// The name it gives.
    pub(crate) fn name(&self) -> Option<String> {
        text(self.arguments.get("input"), "name")
    }

    /// Whether it makes something or changes it; none when it is an operation that does neither.
    pub(crate) fn creates(&self) -> Option<bool> {
        match self.field.split_once(' ') {
            None => Some(self.id().is_none()),
            Some(("POST", _)) => Some(true),
            Some(("PATCH", _)) => Some(false),
            Some(_) => None,
        }
    }
}

fn text(holder: Option<&Value>, key: &str) -> Option<String> {
    Some(holder?.get(key)?.as_str()?.to_owned())
}

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) operation_name: Option<String>,
    pub(crate) calls: Vec<Call>,
}

impl Summary {
    /// The names of the root fields, followed by those of the account's fields.
    pub(crate) fn fields(&self) -> Vec<String> {
        let roots = self.calls.iter().map(|call| call.field.clone());
        let of_user = self
            .calls
            .iter()
            .filter(|call| call.field == "myself")
            .flat_map(|call| {
                call.children
                    .iter()
                    .map(|child| format!("myself.{}", child.field))
            });
        roots.chain(of_user).collect()
    }
}
