//! What every resource is, written once: the journal of creates, and the words for what a create has come to.

pub mod creation;
pub mod journal;
pub mod scope;
