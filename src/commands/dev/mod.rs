//! Commands for developers of gonogo: they verify and measure how histories are read.

pub mod verify_delta;
pub mod walk;
