//! The GraphQL schema: its roots, and its text.

pub(crate) mod catalogue;
pub(crate) mod context;
pub(crate) mod endpoint;
pub(crate) mod enums;
pub(crate) mod inputs;
pub(crate) mod mutation;
pub(crate) mod query;
pub(crate) mod scalars;
pub(crate) mod template;
pub(crate) mod user;

use async_graphql::{EmptySubscription, Schema};

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
