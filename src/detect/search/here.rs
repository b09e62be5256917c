//! Patterns that are only tested for a match at a given place.
//!
//! For most of them, each byte leaves only one way to continue. Such a pattern becomes a one-pass automaton, which is
//! built once, finds the match and its groups in one pass and is shared by all threads. An engine that builds its
//! automaton during the search keeps many kilobytes per pattern and thread, and most patterns are used only a few
//! times.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::dfa::onepass::{self, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

use crate::detect::automaton::{Automaton, participating};
use crate::detect::pattern::{PatternError, SIZE_LIMIT, compile_anchored};
use crate::detect::steps;
use crate::detect::window::Confirmed;

/// The highest group number of a pattern for which a one-pass automaton is used.
const GROUPS: usize = 7;

/// The largest one-pass automaton, in bytes.
const ONE_PASS_LIMIT: usize = 1 << 20;

/// A pattern that is only tested for a match at a given place.
#[derive(Debug)]
pub(in crate::detect) enum Here {
    OnePass(Box<DFA>),
    Any(Automaton),
}

impl Here {
    /// Compiles a pattern whose group `group` will be needed.
    ///
    /// # Errors
    ///
    /// The automaton is too large.
    pub(in crate::detect) fn new(hir: &Hir, group: usize) -> Result<Self, PatternError> {
        match one_pass(hir, group) {
            Some(dfa) => Ok(Self::OnePass(Box::new(dfa))),
            None => Ok(Self::Any(Automaton::new(compile_anchored(hir)?))),
        }
    }

    /// Returns the match that begins where `range` begins, with its group, or the next one that participated, or the whole
    /// match if none did.
    pub(in crate::detect) fn find(
        &self,
        bytes: &[u8],
        range: Range<usize>,
        group: usize,
    ) -> Option<Confirmed> {
        let input = Input::new(bytes).range(range).anchored(Anchored::Yes);
        match self {
            Self::OnePass(dfa) => find_once(dfa, &input, group),
            Self::Any(regex) => {
                let found = regex.search(&input)?;
                Some(confirmed(regex, bytes, found.range(), group))
            }
        }
    }
}

/// Returns a match of any engine, with the place of its group.
pub(in crate::detect) fn confirmed(
    regex: &Automaton,
    bytes: &[u8],
    span: Range<usize>,
    group: usize,
) -> Confirmed {
    let mut secret = None;
    if group != 0 {
        steps::look_at(span.len());
        secret = regex.group(bytes, span.clone().into(), group);
    }
    Confirmed {
        secret: secret.map_or_else(|| span.clone(), |group| group.range()),
        span,
    }
}

/// Returns the one-pass automaton, if each byte leaves only one way to continue.
fn one_pass(hir: &Hir, group: usize) -> Option<DFA> {
    if group > GROUPS {
        return None;
    }
    let captures = match group {
        0 => WhichCaptures::Implicit,
        _ => WhichCaptures::All,
    };
    let config = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(SIZE_LIMIT))
        .which_captures(captures);
    let nfa = thompson::Compiler::new()
        .configure(config)
        .build_from_hir(hir)
        .ok()?;
    if nfa.group_info().group_len(PatternID::ZERO) > GROUPS + 1 {
        return None;
    }
    let limit = onepass::Config::new().size_limit(Some(ONE_PASS_LIMIT));
    let mut builder = onepass::Builder::new();
    builder.configure(limit).build_from_nfa(nfa).ok()
}

thread_local! {
    /// Scratch space of one-pass automata during a search: a few bytes, allocated once.
    static CACHE: RefCell<Option<onepass::Cache>> = const { RefCell::new(None) };
}

fn find_once(dfa: &DFA, input: &Input<'_>, group: usize) -> Option<Confirmed> {
    let mut slots = [None::<NonMaxUsize>; 2 * (GROUPS + 1)];
    // Further groups are those of other forms of the pattern.
    let groups = match group {
        0 => 1,
        _ => dfa.get_nfa().group_info().group_len(PatternID::ZERO),
    };
    let slots = &mut slots[..2 * groups];
    CACHE.with_borrow_mut(|cache| {
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        cache.reset(dfa);
        dfa.try_search_slots(cache, input, slots).ok().flatten()
    })?;
    let span = participating(slots, 0)?;
    let secret = participating(slots, group).unwrap_or_else(|| span.clone());
    Some(Confirmed { span, secret })
}

#[cfg(test)]
mod tests {
    use regex_syntax::hir::HirKind;

    use super::*;
    use crate::detect::pattern::parse;

    #[test]
    fn the_groups_of_what_is_left_of_a_pattern_keep_their_numbers() {
        let hir = parse("a=([0-9]+)|[^b]b=([0-9]+)|b=([0-9]+)").unwrap();
        let HirKind::Alternation(branches) = hir.kind() else {
            panic!("{hir:?}");
        };
        let rest = Hir::alternation(branches[1..].to_vec());
        let any = || Here::Any(Automaton::new(compile_anchored(&rest).unwrap()));
        for here in [Here::new(&rest, 1).unwrap(), any()] {
            let found = here.find(b"b=12", 0..4, 1).unwrap();
            assert_eq!(found.secret, 2..4);
            let found = here.find(b"xb=12", 0..5, 1).unwrap();
            assert_eq!(found.secret, 3..5);
        }
    }

    #[test]
    fn both_engines_find_the_same() {
        let patterns = [
            (r"\b(acme_[0-9]{4})\b", 1, true),
            (r"acme_[a-z]+", 0, true),
            ("acme_(a|ab)(c|bcd)", 2, false),
            (r"acme_([a-z]*)-([a-z0-9]*)z", 2, false),
            (r"acme_(?:x=([0-9]+)|y)", 1, true),
            (r"acme_(?:x=([0-9]+)|y([0-9]*)|a([b-d]+))", 1, true),
            (r"acme_(?:(a)b|(ab)c|([a-c]+))", 1, false),
        ];
        let texts: [&[u8]; 8] = [
            b"acme_1234",
            b"acme_12345",
            b"xacme_1234 ",
            b"acme_abcd",
            b"acme_ab-19zzz0",
            b"acme_x=77;",
            b"acme_y",
            b"",
        ];
        for (pattern, group, is_one_pass) in patterns {
            let hir = parse(pattern).unwrap();
            let here = Here::new(&hir, group).unwrap();
            assert_eq!(matches!(here, Here::OnePass(_)), is_one_pass, "{pattern}");
            let any = Here::Any(Automaton::new(compile_anchored(&hir).unwrap()));
            for text in texts {
                for start in 0..text.len() {
                    let range = start..text.len();
                    let (found, other) = (
                        here.find(text, range.clone(), group),
                        any.find(text, range, group),
                    );
                    assert_eq!(found, other, "{pattern} in {text:?} from {start}");
                }
            }
        }
    }
}
