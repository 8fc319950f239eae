//! The account: its rows, the rules of each write, and the file it survives in. It knows no API in front of it.

pub(crate) mod delete;
pub(crate) mod enums;
pub(crate) mod gpus;
pub(crate) mod rows;
pub(crate) mod save;
pub(crate) mod save_checks;
pub(crate) mod store;
pub(crate) mod switches;
pub(crate) mod writes;
