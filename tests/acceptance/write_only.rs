//! write_only
