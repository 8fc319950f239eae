//! `runpod-emulator`: a local Runpod, started by hand.

fn main() {}
