//! What every resolver shares: reads and writes of the account, and how a refusal shows.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{Context, Error, ErrorExtensions, Result};

use crate::account::{Account, Caller, Unwritten, refusal::Refusal, store::Store};

/// A refusal as GraphQL reports it.
pub(crate) fn refused(refusal: Refusal) -> Error {
    let code = refusal.code;
    Error::new(refusal.message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// The error of a caller without the right.
pub(crate) fn unauthorized() -> Error {
    refused(Refusal::new("Unauthorized"))
}

/// Whether a write of this request could not be stored, which is answered with HTTP 500.
#[derive(Default)]
pub(crate) struct Unstored(AtomicBool);

impl Unstored {
    /// Whether one could not.
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a read of the account.
pub(crate) fn look<T>(ctx: &Context<'_>, read: impl FnOnce(&mut Store) -> T) -> Result<T> {
    let account = ctx.data::<Arc<Account>>()?;
    Ok(read(&mut account.store()))
}

/// Runs a write of the account and keeps it, if the caller may.
pub(crate) fn change<T>(
    ctx: &Context<'_>,
    write: impl FnOnce(&mut Store) -> Result<T, Refusal>,
) -> Result<T> {
    if *ctx.data::<Caller>()? != Caller::Owner {
        return Err(unauthorized());
    }
    let written = ctx.data::<Arc<Account>>()?.write(write);
    written.map_err(|error| match error {
        Unwritten::Refused(refusal) => refused(refusal),
        Unwritten::Unstored(error) => {
            if let Ok(unstored) = ctx.data::<Arc<Unstored>>() {
                unstored.0.store(true, Ordering::Relaxed);
            }
            Error::new(error.to_string())
                .extend_with(|_, extensions| extensions.set("code", "INTERNAL_SERVER_ERROR"))
        }
    })
}
