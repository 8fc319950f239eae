//! The GraphQL API in front of the account.

pub(crate) mod handle;
pub(crate) mod request;
pub(crate) mod schema;
pub(crate) mod validate;
