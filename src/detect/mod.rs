//! Turns bytes into candidate secrets and placeholders.
//!
//! Knows nothing of git, of configuration formats or of reports: bytes and rules come in, matches go out.

mod assignment;
pub mod builtin;
mod confirm;
mod engine;
mod judge;
mod place;
mod prefilter;
pub mod proof;
pub mod rule_file;

pub use confirm::compile;
pub use engine::{Detector, Match, Scratch, Weight};
