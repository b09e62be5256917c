//! Turns bytes into candidate secrets and placeholders.
//!
//! Knows nothing of git, of configuration formats or of reports: bytes and rules come in, matches go out.

mod assignment;
pub mod builtin;
pub mod check;
mod confirm;
mod engine;
pub mod entropy;
pub mod example;
mod judge;
mod place;
mod prefilter;
pub mod proof;
pub mod rule_file;

pub use confirm::{PatternError, compile};
pub use engine::{Detector, Match, Scratch, Weight};
