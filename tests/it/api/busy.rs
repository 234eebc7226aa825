//! Busy.
