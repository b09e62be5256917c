//! How the patterns of rules are compiled: over bytes, with ASCII classes.

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::Hir;

/// The largest automaton a pattern may become, in bytes.
pub(in crate::detect) const SIZE_LIMIT: usize = 10 << 20;

/// The limit of the lazy DFA cache of a pattern that is only tested at single places, in bytes and per thread. With
/// less, large patterns get none, and others discard states that they need again.
const ANCHORED_CACHE: usize = 64 << 10;

/// The same for a pattern that is searched for in windows.
const WINDOW_CACHE: usize = 256 << 10;

/// A pattern that does not compile, with the reason in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

impl PatternError {
    /// Describes in one line why something was not built.
    pub(in crate::detect) fn new(error: &BuildError) -> Self {
        Self(plain(error))
    }
}

/// Compiles a pattern in the way all patterns of rules are compiled.
///
/// # Errors
///
/// The pattern is invalid, or its automaton is too large.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    build(&parse(pattern)?, Regex::config())
}

/// Compiles a pattern that is searched for in windows of a few kilobytes.
pub(in crate::detect) fn compile_for_windows(hir: &Hir) -> Result<Regex, PatternError> {
    build(hir, Regex::config().hybrid_cache_capacity(WINDOW_CACHE))
}

/// Compiles a pattern that is only tested for a match at a given place. That takes half the time, and a small cache is
/// enough.
pub(in crate::detect) fn compile_anchored(hir: &Hir) -> Result<Regex, PatternError> {
    // One-pass automata are built elsewhere.
    let config = Regex::config().auto_prefilter(false).onepass(false);
    build(hir, config.hybrid_cache_capacity(ANCHORED_CACHE))
}

fn build(hir: &Hir, how: Config) -> Result<Regex, PatternError> {
    Regex::builder()
        .configure(how.utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT)))
        .build_from_hir(hir)
        .map_err(|error| PatternError(plain(&error)))
}

/// Parses a pattern.
pub(in crate::detect) fn parse(pattern: &str) -> Result<Hir, PatternError> {
    syntax::parse_with(pattern, &config())
        .map_err(|error| PatternError(last_line(&error.to_string())))
}

/// Returns the maximum length of a match in bytes; `None` if it has no bound.
pub(in crate::detect) fn longest_match(hir: &Hir) -> Option<usize> {
    hir.properties().maximum_len()
}

fn config() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn plain(error: &BuildError) -> String {
    last_line(
        &error
            .syntax_error()
            .map_or_else(|| error.to_string(), ToString::to_string),
    )
}

/// A syntax error is shown as a drawing, the last line of which describes it in words.
fn last_line(message: &str) -> String {
    let last = message.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}
