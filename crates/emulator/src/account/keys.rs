//! The accounts behind an emulator and the keys to them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Account, Caller};

/// The keys that are known, each list for one kind of caller.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) owner: Vec<String>,
    pub(crate) restricted: Vec<String>,
    /// Keys of the other account.
    pub(crate) other: Vec<String>,
}

impl Keys {
    /// Takes a key away, whoever's it is: it is unknown from now on.
    pub(crate) fn revoke(&mut self, key: &str) {
        for list in [&mut self.owner, &mut self.restricted, &mut self.other] {
            list.retain(|known| known != key);
        }
    }
}

/// The account that tests look into, another user's account, and the keys of both.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// The account that tests and the console look into.
    pub(crate) own: Arc<Account>,
    /// Another user's, which owns nothing of the first.
    pub(crate) other: Arc<Account>,
    keys: Mutex<Keys>,
}

impl Accounts {
    /// These accounts under these keys.
    pub(crate) fn new(own: Account, other: Account, keys: Keys) -> Self {
        Self {
            own: Arc::new(own),
            other: Arc::new(other),
            keys: Mutex::new(keys),
        }
    }

    /// The keys, to look at or to change.
    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose key this is, and the account it opens; none when nobody ever had it.
    pub(crate) fn caller(&self, key: Option<&str>) -> Option<(Arc<Account>, Caller)> {
        let Some(key) = key else {
            return Some((Arc::clone(&self.own), Caller::Nobody));
        };
        let keys = self.keys();
        let has = |list: &[String]| list.iter().any(|known| known == key);
        if has(&keys.owner) {
            Some((Arc::clone(&self.own), Caller::Owner))
        } else if has(&keys.other) {
            Some((Arc::clone(&self.other), Caller::Owner))
        } else if has(&keys.restricted) {
            Some((Arc::clone(&self.own), Caller::Restricted))
        } else {
            None
        }
    }
}
