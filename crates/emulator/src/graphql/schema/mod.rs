//! The GraphQL schema: its roots, and what every resolver shares.

pub(crate) mod catalogue;
pub(crate) mod catalogue_data;
pub(crate) mod endpoint;
pub(crate) mod inputs;
pub(crate) mod mutation;
pub(crate) mod query;
pub(crate) mod scalars;
pub(crate) mod template;
pub(crate) mod user;

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, Error, ErrorExtensions, Result, Schema};

use crate::account::store::{Refusal, Store};
use crate::world::World;

/// The executable schema.
pub(crate) type Api = Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// Builds the executable schema.
pub(crate) fn build() -> Api {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .disable_introspection()
        .finish()
}

/// The text of the schema, which requests are checked against.
pub(crate) fn sdl() -> String {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .finish()
        .sdl()
}

/// Whose key a request bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody's: only the public catalogue is open.
    Nobody,
    /// The account's, but without the right to this API.
    Restricted,
    /// The account's.
    Owner,
}

/// A refusal as GraphQL reports it.
pub(crate) fn refused(refusal: Refusal) -> Error {
    let code = refusal.code;
    Error::new(refusal.message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// The error of a caller without the right.
pub(crate) fn unauthorized() -> Error {
    refused(Refusal::new("Unauthorized"))
}

/// Runs a read of the account.
pub(crate) fn look<T>(ctx: &Context<'_>, read: impl FnOnce(&mut Store) -> T) -> Result<T> {
    let world = ctx.data::<Arc<World>>()?;
    Ok(read(&mut world.store()))
}

/// Runs a write of the account and keeps it, if the caller may.
pub(crate) fn change<T>(
    ctx: &Context<'_>,
    write: impl FnOnce(&mut Store) -> Result<T, Refusal>,
) -> Result<T> {
    let world = ctx.data::<Arc<World>>()?;
    if *ctx.data::<Caller>()? != Caller::Owner {
        return Err(unauthorized());
    }
    let mut store = world.store();
    let written = write(&mut store).map_err(refused)?;
    store.persist().map_err(|error| {
        refused(Refusal {
            message: error.to_string(),
            code: "INTERNAL_SERVER_ERROR".into(),
        })
    })?;
    Ok(written)
}
