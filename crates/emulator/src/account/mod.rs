//! The account: its rows, the rules of each write, and the file it survives in. It knows no API in front of it.

pub(crate) mod catalogue;
pub(crate) mod command;
pub(crate) mod console;
pub(crate) mod container;
pub(crate) mod delete;
pub(crate) mod endpoint_patch;
pub(crate) mod endpoint_rules;
pub(crate) mod enums;
pub(crate) mod gpus;
pub(crate) mod inputs;
pub(crate) mod keys;
pub(crate) mod lag;
pub(crate) mod lists;
pub(crate) mod patch_inputs;
pub(crate) mod refusal;
pub(crate) mod registries;
pub(crate) mod releases;
pub(crate) mod rollout;
pub(crate) mod rows;
pub(crate) mod save;
pub(crate) mod save_checks;
pub(crate) mod secrets;
pub(crate) mod store;
pub(crate) mod switches;
pub(crate) mod templates;
pub(crate) mod volumes;

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use store::Store;

/// An account that many requests share.
#[derive(Debug)]
pub(crate) struct Account {
    store: Mutex<Store>,
}

/// Why a write did not happen.
#[derive(Debug)]
pub(crate) enum Unwritten<E> {
    /// The account refused it.
    Refused(E),
    /// It could not be stored, and was taken back.
    Unstored(io::Error),
}

impl Account {
    /// The account kept in this file, or a new one.
    ///
    /// # Errors
    /// When the file cannot be read, or another emulator uses it.
    pub(crate) fn open(state: Option<PathBuf>) -> io::Result<Self> {
        Ok(Self {
            store: Mutex::new(Store::open(state)?),
        })
    }

    /// The account of another user, without any rows.
    pub(crate) fn of_another_user() -> Self {
        Self {
            store: Mutex::new(Store::of_another_user()),
        }
    }

    /// The rows and switches, for as long as this is held.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a write and keeps what it wrote.
    ///
    /// # Errors
    /// When the write refuses, or its outcome cannot be stored; nothing of it is left then.
    pub(crate) fn write<T, E>(
        &self,
        change: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Result<T, Unwritten<E>> {
        let mut store = self.store();
        let before = store.is_kept().then(|| store.data.clone());
        let done = change(&mut store).map_err(Unwritten::Refused)?;
        if let Err(error) = store.persist() {
            if let Some(before) = before {
                store.data = before;
            }
            return Err(Unwritten::Unstored(error));
        }
        Ok(done)
    }

    /// Changes the account from outside any API and keeps the change.
    ///
    /// # Errors
    /// When it cannot be stored; nothing of it is left then.
    pub(crate) fn console<T>(&self, change: impl FnOnce(&mut Store) -> T) -> io::Result<T> {
        let written = self.write(|store| Ok::<T, std::convert::Infallible>(change(store)));
        written.map_err(|error| match error {
            Unwritten::Refused(never) => match never {},
            Unwritten::Unstored(error) => error,
        })
    }
}

/// Whose key a request bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody's: only what is public is open.
    Nobody,
    /// The account's, but without the right to any API.
    Restricted,
    /// The account's.
    Owner,
}
