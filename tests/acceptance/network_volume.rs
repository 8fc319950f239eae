//! network_volume
