//! What travels: requests as they arrived, with their log, and answers on their way out.

pub(crate) mod answer;
pub(crate) mod log;
pub(crate) mod problem;
pub(crate) mod summary;
