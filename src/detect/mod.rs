//! Turns bytes into candidate secrets and placeholders.
//!
//! Knows nothing of git, of configuration formats or of reports: bytes and rules come in, matches go out.

pub mod builtin;
pub mod check;
pub mod entropy;
pub mod example;
pub mod proof;
pub mod rule_file;
