//! Searching bytes: for keywords, and for matches of a pattern around them.

pub(super) mod alternatives;
pub(super) mod automaton;
pub(super) mod beginning;
pub(super) mod extent;
pub(super) mod here;
pub(super) mod prefilter;
pub(super) mod required_bytes;
pub(super) mod sieve;
pub(super) mod window;
