//! Everything one emulator shares between its connections: accounts, APIs, faults, log, parked requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    account::{keys::Accounts, switches::Switches},
    fault_check::check,
    faults::{fault::Fault, hold::Holds, plan::Plan},
    graphql::Engine,
    rest::Rest,
    wire::log::Log,
};

/// The shared state of one emulator.
pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) graphql: Engine,
    pub(crate) rest: Rest,
    pub(crate) holds: Holds,
    plan: Mutex<Plan>,
    log: Mutex<Log>,
}

impl World {
    /// A world with these accounts.
    pub(crate) fn new(accounts: Accounts, graphql: Engine, rest: Rest) -> Self {
        Self {
            accounts,
            graphql,
            rest,
            holds: Holds::default(),
            plan: Mutex::default(),
            log: Mutex::default(),
        }
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a fault in force and gives its number.
    ///
    /// # Errors
    /// With words when it could never strike, or its effect could never happen.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<u64, String> {
        check(&self.graphql, &fault)?;
        Ok(self.plan().add(fault))
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the switches, which are the same for every account.
    pub(crate) fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let switches = {
            let mut store = self.accounts.own.store();
            change(&mut store.switches);
            store.switches.clone()
        };
        self.accounts.other.store().switches = switches;
    }
}
