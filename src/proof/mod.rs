//! Proofs: the log's tree, and verification of exports. Pure: no input, no output, no clock.

pub mod export;
pub mod merkle;
pub mod verify;
