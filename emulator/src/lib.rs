//! A local Runpod.
