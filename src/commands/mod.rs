//! What the tool can be told to do. Each command asks the engine for what it needs, and owns what is printed.

pub mod baseline;
pub mod checklist;
pub mod ci;
pub mod dev;
pub mod doctor;
pub mod fix;
pub mod hook;
mod hunk;
pub mod init;
pub mod rules;

pub use crate::scan::{Error, Output, Target, Threads, redacted, settings};
