//! What a resource keeps beside its state: Terraform stores it, and nobody sees it.
//!
//! It is a memory and no more: where it cannot be read, or another version of the provider wrote it, the resource goes
//! on without.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

use super::value::Datum;

/// How long after a create reads may lag behind it: until then, "gone" is asked again.
pub const SETTLING: Duration = Duration::from_secs(15);

/// The private state of every resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivateState {
    /// For each attribute that the API answered in another spelling than the state has, that answer: while the API
    /// still gives it, nothing has changed.
    pub echo: BTreeMap<String, Value<Datum>>,
    /// The user whose object it is, where the API tells: with another user's key it is not gone, but out of sight.
    pub owner: Option<String>,
    /// When it was created (or, where that is not known, may have been), in milliseconds since 1970 by this machine's clock; none for what was imported.
    pub created: Option<u64>,
    /// Whether it was imported and not applied since: what the API does not tell is taken from the configuration then.
    pub imported: bool,
    /// Variables of an environment that the configuration applied last named and that Runpod might add itself: taken out
    /// of the configuration, these go, and others of the kind stay.
    pub variables: BTreeSet<String>,
    /// What the noun remembers of what was applied last.
    pub applied: Option<serde_json::Value>,
}

impl PrivateState {
    /// How much longer reads may lag behind the create of this object.
    pub fn settling(&self) -> Duration {
        let Some(created) = self.created else {
            return Duration::ZERO;
        };
        // A clock that was put back must not make anybody wait longer.
        let passed = Duration::from_millis(now().saturating_sub(created));
        SETTLING.saturating_sub(passed)
    }
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_settles_for_a_while_after_its_create() {
        let created = |ago: u64| PrivateState {
            created: Some(now().saturating_sub(ago)),
            ..PrivateState::default()
        };
        assert!(created(1_000).settling() > Duration::from_secs(10));
        assert_eq!(created(15_001).settling(), Duration::ZERO);
        assert_eq!(PrivateState::default().settling(), Duration::ZERO);
        let tomorrow = PrivateState {
            created: Some(now() + 86_400_000),
            ..PrivateState::default()
        };
        assert_eq!(tomorrow.settling(), SETTLING);
    }

    #[test]
    fn a_private_state_of_an_older_version_is_read() {
        let old = serde_json::json!({"echo": {"name": "x -fb"}, "applied": {"min": 1, "max": null}});
        let read: PrivateState = serde_json::from_value(old).unwrap_or_default();
        assert!(read.echo.contains_key("name") && read.applied.is_some());
    }
}
