//! Faults: which request goes wrong, with what effects, and the requests that are parked.

pub(crate) mod effect;
pub(crate) mod fault;
pub(crate) mod hold;
pub(crate) mod plan;
pub(crate) mod root;
