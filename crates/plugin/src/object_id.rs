//! An object's id stays what it is: a state with another id is another object's, and the first one would be lost.
//!
//! This holds for every resource whose state has a string `id` at its top.

use std::borrow::Cow;

use serde::Deserialize;
use tf_provider::{AttributePath, Diagnostic, value::Value};

use super::{diagnostics::error, value::Raw};

/// A change of the id in an update.
pub(crate) struct IdChange {
    prior: String,
    other: String,
}

impl IdChange {
    /// What it is, if the two states name different objects. An id that is null, unknown or no string names none.
    pub(crate) fn between(prior: &Raw, other: &Raw) -> Option<Self> {
        let (prior, other) = (id_of(prior)?, id_of(other)?);
        (prior != other).then_some(Self { prior, other })
    }

    /// The refusal to plan it, or to apply such a plan.
    pub(crate) fn refused(&self) -> Diagnostic {
        self.told("The provider planned an update that would end with another id, so nothing was done")
    }

    /// The same state with the prior id, and the error that goes with it.
    pub(crate) fn reverted(&self, state: Raw) -> (Raw, Diagnostic) {
        let told = self.told("The provider ended an update with another id. The state keeps the prior one");
        (with_id(state, &self.prior), told)
    }

    fn told(&self, what: &str) -> Diagnostic {
        let Self { prior, other } = self;
        Diagnostic {
            attribute: AttributePath::new("id"),
            ..error(
                "An update must not change the id",
                format!(
                    "{what}. The object is {prior:?}; the other id is {other:?}. This is a bug of the provider: please \
                     report it."
                ),
            )
        }
    }
}

/// The id at the top of a state.
fn id_of(state: &Raw) -> Option<String> {
    #[derive(Deserialize)]
    struct Top<'a> {
        #[serde(borrow)]
        id: Value<Cow<'a, str>>,
    }
    let top: Top<'_> = match state {
        Raw::Msgpack(bytes) => rmp_serde::from_slice(bytes).ok()?,
        Raw::Json(bytes) => serde_json::from_slice(bytes).ok()?,
    };
    match top.id {
        Value::Value(id) => Some(id.into_owned()),
        Value::Null | Value::Unknown => None,
    }
}

/// The state with another id at its top.
fn with_id(state: Raw, id: &str) -> Raw {
    let Raw::Msgpack(bytes) = &state else { return state };
    let Ok(rmpv::Value::Map(mut fields)) = rmpv::decode::read_value(&mut bytes.as_slice()) else {
        return state;
    };
    for (name, value) in &mut fields {
        if name.as_str() == Some("id") {
            *value = id.into();
        }
    }
    let mut changed = Vec::with_capacity(bytes.len());
    match rmpv::encode::write_value(&mut changed, &rmpv::Value::Map(fields)) {
        Ok(()) => Raw::Msgpack(changed),
        Err(_) => state,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(id: serde_json::Value) -> Raw {
        let state = json!({ "name": "n", "id": id, "nested": { "id": "other" } });
        Raw::Msgpack(rmp_serde::to_vec_named(&state).unwrap_or_default())
    }

    #[test]
    fn only_two_known_ids_that_differ_are_a_change() {
        let prior = state(json!("a"));
        assert!(IdChange::between(&prior, &state(json!("b"))).is_some());
        for same in [json!("a"), json!(null), json!(7)] {
            assert!(IdChange::between(&prior, &state(same)).is_none());
        }
        assert!(IdChange::between(&Raw::null(), &prior).is_none());
        let unknown = Raw::Msgpack([&[0x81, 0xa2][..], b"id", &[0xc7, 0, 0]].concat());
        assert!(IdChange::between(&prior, &unknown).is_none());
    }

    #[test]
    fn reverting_changes_the_id_alone() {
        let (prior, other) = (state(json!("a")), state(json!("b")));
        let reverted = IdChange::between(&prior, &other).map(|change| change.reverted(other).0);
        assert!(matches!((reverted, prior), (Some(Raw::Msgpack(a)), Raw::Msgpack(b)) if a == b));
    }
}
