//! Faults: which request goes wrong, and with what effects. Built in code or read from a scenario file.

use serde::{Deserialize, Serialize};

use super::{effect::Effect, root::Root};

/// Which kind of write a fault is for.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum SaveKind {
    /// A save without an id, or a `POST`.
    Create,
    /// A save with one, or a `PATCH`.
    Update,
}

/// A fault: a condition, a count, and effects in the order they happen.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The field or operation a request must ask for.
    pub on: Root,
    /// Only creates, or only updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SaveKind>,
    /// Only requests that name this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Only writes that give this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first matching request it strikes, counted from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many it strikes from there; `null` is all.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// What happens.
    #[serde(default, with = "one_or_many")]
    pub then: Vec<Effect>,
}

fn one() -> u32 {
    1
}

fn once() -> Option<u32> {
    Some(1)
}

impl Fault {
    /// A fault of the first request that asks for this field or operation, without an effect yet.
    pub fn on(root: impl Into<Root>) -> Self {
        Self {
            on: root.into(),
            kind: None,
            id: None,
            name: None,
            nth: 1,
            times: Some(1),
            then: Vec::new(),
        }
    }

    /// Only creates.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.kind = Some(SaveKind::Create);
        self
    }

    /// Only updates.
    #[must_use]
    pub fn update(mut self) -> Self {
        self.kind = Some(SaveKind::Update);
        self
    }

    /// Only requests that name this id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Only writes that give this name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Strikes from the n-th matching request on, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = nth;
        self
    }

    /// Strikes this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes every request from the n-th on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Adds an effect after those it has.
    #[must_use]
    pub fn then(mut self, effect: Effect) -> Self {
        self.then.push(effect);
        self
    }
}

mod one_or_many {
    //! A list of effects, written as one effect when there is only one.

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Effect;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        Many(Vec<Effect>),
        One(Effect),
    }

    pub(super) fn serialize<S: Serializer>(list: &[Effect], out: S) -> Result<S::Ok, S::Error> {
        list.serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Effect>, D::Error> {
        Ok(match OneOrMany::deserialize(from)? {
            OneOrMany::Many(list) => list,
            OneOrMany::One(effect) => vec![effect],
        })
    }
}
