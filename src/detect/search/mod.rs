//! Searching bytes: for keywords, and around them for what a pattern matches.

pub(super) mod alternatives;
pub(super) mod automaton;
pub(super) mod beginning;
pub(super) mod extent;
pub(super) mod here;
pub(super) mod prefilter;
pub(super) mod required_bytes;
pub(super) mod sieve;
pub(super) mod window;
