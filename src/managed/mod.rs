//! What every resource is, written once: the attribute table, plans, reads and writes reconciled with the state, the
//! private state, timeouts, data sources, errors.
//!
//! A noun is a folder beside this one that implements [`Noun`](noun::Noun); [`ManagedResource`](resource::ManagedResource)
//! makes a resource of it, [`OneDataSource`](data_source::OneDataSource) and
//! [`AllDataSource`](data_source::AllDataSource) its data sources.

pub mod attribute;
pub mod connection;
pub mod creation;
pub mod data_source;
pub mod diagnostic;
pub mod identity;
pub mod journal;
pub mod list;
pub mod messages;
mod moved;
pub mod noun;
pub mod plan;
pub mod presence;
pub mod private;
pub mod recent;
pub mod reconcile;
pub mod resource;
pub mod scope;
pub mod secrets;
pub mod spelling;
pub mod timeouts;
#[cfg(test)]
mod toy_tests;
pub mod value;
pub mod write_only;
