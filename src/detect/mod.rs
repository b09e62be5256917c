//! Turns bytes into candidate secrets and placeholders.
//!
//! Knows nothing of git, of configuration formats or of reports: bytes and rules come in, matches go out.

mod active;
mod apart;
mod assignment;
mod binary;
pub mod builtin;
pub mod check;
mod check_assigned;
mod check_parts;
mod composite;
mod confirm;
mod context;
mod decode;
mod encoded;
mod engine;
pub mod entropy;
pub mod example;
mod here;
pub mod imported;
mod inner;
mod judge;
mod landmark;
mod memo;
mod named;
mod near;
mod pattern;
mod place;
mod prefilter;
pub mod proof;
mod reader;
pub mod rule_file;
mod sample;
mod scalar;
mod sieve;
mod steps;
mod strength;
mod trace;
mod weight;
#[cfg(test)]
mod worst;

pub use composite::FoundPart;
pub use encoded::Plain;
pub use engine::{Detector, Match, brings_newer};
pub use inner::{INNER_REACH, inner_texts};
pub use pattern::{PatternError, compile};
pub use trace::Trace;
pub use weight::Weight;
