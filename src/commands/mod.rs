//! What the tool can do. Each command asks the engine for what it needs, and decides what is printed.

pub mod baseline;
pub mod ci;
pub mod dev;
pub mod doctor;
pub mod fix;
pub mod hook;
mod hunk;
pub mod init;
mod output;
mod progress;
pub mod readiness;
pub mod rules;
pub mod scan;
mod threads;
pub mod why;

pub use crate::scan::{Error, redacted, redacted_name, redacted_statement, secrets_in, settings};
pub use output::{Output, Target};
pub use threads::Threads;
