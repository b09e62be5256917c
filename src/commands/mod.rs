//! What the tool can be told to do. Each command joins the rooms below for its purpose and owns the threads.

pub mod baseline;
pub mod ci;
mod error;
mod finding;
pub mod fix;
mod history;
pub mod hook;
mod hunk;
pub mod init;
mod levels;
mod nearest;
mod output;
mod part;
mod progress;
mod project;
pub mod readiness;
mod redaction;
mod review;
mod rule_files;
pub mod rules;
pub mod scan;
mod seen_cache;
pub mod settings;
mod text;
mod threads;
pub mod verify;
pub mod walk;

pub use error::Error;
pub use output::{Output, Target};
pub use redaction::redacted;
pub use threads::Threads;
