//! Everything one emulator shares between its connections: account, faults, log, parked requests, schema.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::account::store::Store;
use crate::faults::hold::Holds;
use crate::faults::plan::Plan;
use crate::graphql::schema::{self, Api, Caller};
use crate::graphql::validate::types::Types;
use crate::wire::log::Log;

/// The shared state of one emulator.
pub(crate) struct World {
    store: Mutex<Store>,
    plan: Mutex<Plan>,
    log: Mutex<Log>,
    pub(crate) holds: Holds,
    pub(crate) keys: Vec<String>,
    pub(crate) restricted_keys: Vec<String>,
    pub(crate) api: Api,
    pub(crate) types: Types,
}

impl World {
    /// A world with the account of this file.
    pub(crate) fn new(
        state: Option<PathBuf>,
        keys: Vec<String>,
        restricted_keys: Vec<String>,
    ) -> io::Result<Self> {
        let types = Types::read(&schema::sdl()).map_err(io::Error::other)?;
        Ok(Self {
            store: Mutex::new(Store::open(state)?),
            plan: Mutex::default(),
            log: Mutex::default(),
            holds: Holds::default(),
            keys,
            restricted_keys,
            api: schema::build(),
            types,
        })
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the account from outside the API and keeps the change.
    pub(crate) fn console<T>(&self, change: impl FnOnce(&mut Store) -> T) -> io::Result<T> {
        let mut store = self.store();
        let done = change(&mut store);
        store.persist()?;
        Ok(done)
    }

    /// Whose key this is; none when nobody ever had it.
    pub(crate) fn caller(&self, key: Option<&str>) -> Option<Caller> {
        match key {
            None => Some(Caller::Nobody),
            Some(key) if self.keys.iter().any(|known| known == key) => Some(Caller::Owner),
            Some(key) if self.restricted_keys.iter().any(|known| known == key) => Some(Caller::Restricted),
            Some(_) => None,
        }
    }
}
