//! Turns bytes into candidate secrets and placeholders.
//!
//! Knows nothing of git, of configuration formats or of reports: bytes and rules come in, matches go out.

mod assignment;
mod best;
mod binary;
mod classify;
mod companions;
mod context;
mod decode;
mod detector;
mod doubt;
mod facts;
pub mod imported;
mod incremental;
pub mod proof;
pub mod rule_file;
mod rules;
mod search;
mod whole;
mod why;
#[cfg(test)]
mod worst;

pub use classify::{entropy, is_own_key};
pub use companions::FoundPart;
pub use context::weight::Weight;
pub use decode::inner::{Alphabet, InnerRange, inner_texts};
pub use decode::layers::Plain;
pub use detector::{Detector, Match, brings_newer};
pub use doubt::counting;
pub use incremental::Trace;
pub use rules::pattern::{PatternError, compile};
pub use rules::{builtin, check, example};
pub use why::Thought;

// Within `detect`, modules are known by these names, regardless of the folders they are in.
use crate::model::steps;
use assignment::{detached, link, scalar};
use classify::{name_cache, strength, value, value_cache};
use context::{
    beside, command, comment, doc_sample, owner, path, protection, rating, realm, slot, truth,
    weight,
};
use decode::layers;
use rules::{check_parts, compiled, pattern};
use search::{
    alternatives, automaton, beginning, extent, here, prefilter, required_bytes, sieve, window,
};
