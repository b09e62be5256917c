//! What was found in a blob, kept so that blobs derived from it need not be scanned again where they are the same.
//!
//! A keyword is found by its own bytes; what it calls for depends on the bytes within its reach. So in a stretch that
//! was copied from the base every keyword is known already, and what it calls for is known too unless the seam at one
//! of the stretch's ends is within reach. Only the rest is looked at: the result is the same as that of a whole scan.

use std::cell::RefCell;
use std::iter::Peekable;
use std::ops::Range;

use super::engine::{Detector, Match};
use super::near::Looked;
use super::prefilter::Hit;
use crate::model::Inherited;

/// What was found in one blob, before it is decided which of several matches stays.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Every keyword, in order.
    hits: Vec<Hit>,
    /// By number of the keyword: how much had a say in that it leads to nothing. There may be several reasons for that, so
    /// this is not the same for the same text.
    looked: Vec<Looked>,
    /// What keywords have led to, in the order of the keywords; by their numbers in `hits`.
    found: Vec<(u32, Match)>,
    /// What rules of other scanners have found, which look at all of a blob at once.
    imported: Vec<Match>,
    /// The length of the blob in bytes.
    len: usize,
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self.hits == other.hits
            && self.found == other.found
            && self.imported == other.imported
    }
}

impl Detector {
    /// Scans the whole of `bytes`.
    pub fn trace(&self, bytes: &[u8]) -> Trace {
        let mut hits = Vec::new();
        self.prefilter
            .hits(bytes, &(0..bytes.len()), |hit| hits.push(hit));
        hits.sort();
        let mut trace = Trace {
            looked: vec![Looked::FAR; hits.len()],
            hits,
            found: Vec::new(),
            imported: self.scan_imported(bytes),
            len: bytes.len(),
        };
        let mut found = Vec::new();
        for number in 0..trace.hits.len() {
            self.evaluate_hit(bytes, &mut trace, number, &mut found);
        }
        trace
    }

    /// Scans what `bytes` do not have from the blob of which `base` is the trace.
    pub fn trace_derived(&self, bytes: &[u8], base: &Trace, inherited: &[Inherited]) -> Trace {
        SCRATCH.with_borrow_mut(|scratch| self.derive(bytes, base, inherited, scratch))
    }

    fn derive(
        &self,
        bytes: &[u8],
        base: &Trace,
        inherited: &[Inherited],
        scratch: &mut Scratch,
    ) -> Trace {
        let Scratch {
            parts,
            fresh,
            open,
            found,
        } = scratch;
        self.fresh_parts(inherited, bytes.len(), parts);
        fresh.clear();
        for core in parts {
            self.prefilter.hits(bytes, core, |hit| fresh.push(hit));
        }
        fresh.sort_unstable();
        open.clear();
        let mut merge = Merge {
            trace: Trace {
                hits: Vec::with_capacity(base.hits.len() + fresh.len()),
                looked: Vec::with_capacity(base.hits.len() + fresh.len()),
                found: Vec::new(),
                imported: self.scan_imported(bytes),
                len: bytes.len(),
            },
            fresh: fresh.iter().copied().peekable(),
            open,
        };
        let mut next = 0;
        for stretch in inherited.iter().zip(0..) {
            next = first_from(&base.hits, stretch.0.base_start, next);
            next = self.carry_hits((base, next), stretch, bytes.len(), &mut merge);
        }
        let mut trace = merge.finish();
        for &(number, known) in &*open {
            match known {
                Some((from, stretch)) => {
                    trace.carry(number, base, from, inherited[stretch as usize]);
                }
                None => self.evaluate_hit(bytes, &mut trace, number as usize, found),
            }
        }
        trace
    }

    /// What stays of a trace: of matches that overlap only the one that says most.
    pub fn matches(&self, trace: &Trace) -> Vec<Match> {
        let found = trace.found.iter().map(|(_, found)| found);
        let mut matches: Vec<Match> = found.chain(&trace.imported).cloned().collect();
        if matches.len() > 1 {
            matches = self.best(matches);
        }
        matches
    }

    fn scan_imported(&self, bytes: &[u8]) -> Vec<Match> {
        let imported = self.imported.as_ref();
        imported
            .map(|imported| imported.scan(bytes))
            .unwrap_or_default()
    }

    fn evaluate_hit(&self, bytes: &[u8], trace: &mut Trace, number: usize, found: &mut Vec<Match>) {
        let hit = trace.hits[number];
        let word = self.prefilter.range(hit);
        let way = (self.min_confidence, 0);
        trace.looked[number] = self.evaluate(bytes, (&word, hit.keyword), way, found);
        trace
            .found
            .extend(found.drain(..).map(|found| (to_u32(number), found)));
    }

    /// Takes over the keywords in an inherited stretch, from number `first` on, and what they have led to if that is
    /// inherited, too. Gives the number of the first keyword behind it.
    fn carry_hits(
        &self,
        (base, first): (&Trace, usize),
        (stretch, number_of_stretch): (&Inherited, u32),
        len: usize,
        merge: &mut Merge<'_, impl Iterator<Item = Hit>>,
    ) -> usize {
        let from = stretch.base_range();
        for (number, hit) in base.hits.iter().enumerate().skip(first) {
            let place = self.prefilter.range(*hit);
            if place.start >= from.end {
                return number;
            }
            let begins_both = stretch.start == 0 && stretch.base_start == 0;
            let known_before = place.start - from.start;
            if place.end > from.end || !begins_both && known_before < self.prefilter.look_back(*hit)
            {
                continue;
            }
            let start = hit.start - stretch.base_start + stretch.start;
            let looked = base.looked[number];
            let own = merge.push(Hit { start, ..*hit }, looked);
            let extent = looked.extent();
            let reach = extent.unwrap_or_else(|| self.reach(hit.keyword));
            if !is_known(reach, &place, stretch, (base.len, len)) {
                merge.open.push((own, None));
            } else if extent.is_none() && base.has_found(to_u32(number)) {
                let known = (to_u32(number), number_of_stretch);
                merge.open.push((own, Some(known)));
            }
        }
        base.hits.len()
    }

    /// Puts into `parts` what of a blob no stretch has, and the seams between stretches that touch; what is too near to be
    /// searched apart is one.
    fn fresh_parts(&self, inherited: &[Inherited], len: usize, parts: &mut Vec<Range<usize>>) {
        let margin = self.prefilter.margin();
        parts.clear();
        let ends = inherited.iter().map(|stretch| stretch.range().end);
        let starts = inherited.iter().map(|stretch| stretch.start);
        for (from, to) in std::iter::once(0).chain(ends).zip(starts.chain([len])) {
            // Before the first byte and behind the last there is no seam, unless more stood before it in the base.
            let began = || inherited.first().is_none_or(|first| first.base_start == 0);
            let at_edge = from == to && (to == len && len > 0 || from == 0 && began());
            match parts.last_mut() {
                _ if at_edge => {}
                Some(last) if from <= last.end + margin => last.end = to,
                _ => parts.push(from..to),
            }
        }
    }
}

/// The number of the first hit at `start` or behind it, which mostly is `next` or one of those that follow.
fn first_from(hits: &[Hit], start: usize, next: usize) -> usize {
    const STEPS: usize = 8;
    let is_before = |at: usize| hits.get(at).is_some_and(|hit| hit.start < start);
    let is_behind = |at: usize| hits.get(at).is_none_or(|hit| hit.start >= start);
    if next == 0 || is_before(next - 1) {
        let near = (next..next + STEPS).find(|at| is_behind(*at));
        if let Some(near) = near {
            return near.min(hits.len());
        }
    }
    hits.partition_point(|hit| hit.start < start)
}

/// Whether all bytes within reach of a keyword, at `place` in the base, are inherited together with it.
fn is_known(
    (before, behind): (usize, usize),
    place: &Range<usize>,
    stretch: &Inherited,
    (base_len, len): (usize, usize),
) -> bool {
    let from = stretch.base_range();
    let begins_both = stretch.start == 0 && stretch.base_start == 0;
    let ends_both = stretch.range().end == len && from.end == base_len;
    (begins_both || place.start - from.start >= before)
        && (ends_both || from.end - place.end >= behind)
}

/// Joins the keywords that are carried over, which come in their order, with those that were found anew.
struct Merge<'s, I: Iterator<Item = Hit>> {
    trace: Trace,
    fresh: Peekable<I>,
    /// Keywords that lead to something: it must be found out, or stands in the base.
    open: &'s mut Vec<Open>,
}

/// A keyword by its number; if what it leads to is known, then its number in the base, and that of the stretch it is in.
type Open = (u32, Option<(u32, u32)>);

/// What deriving a trace needs for a moment.
#[derive(Default)]
struct Scratch {
    parts: Vec<Range<usize>>,
    fresh: Vec<Hit>,
    open: Vec<Open>,
    found: Vec<Match>,
}

thread_local! {
    // Versions of a file are many and short: asking for memory anew for each would cost as much as what is done with it.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl<I: Iterator<Item = Hit>> Merge<'_, I> {
    /// Adds a keyword that is carried over, behind all fresh ones that stand before it. Gives its number.
    fn push(&mut self, hit: Hit, looked: Looked) -> u32 {
        while let Some(fresh) = self.fresh.next_if(|fresh| *fresh <= hit) {
            // One that is both was found in a margin.
            if fresh < hit {
                self.push_fresh(fresh);
            }
        }
        self.trace.hits.push(hit);
        self.trace.looked.push(looked);
        to_u32(self.trace.hits.len() - 1)
    }

    fn push_fresh(&mut self, hit: Hit) {
        // Windows may overlap.
        if self.trace.hits.last() != Some(&hit) {
            self.open.push((to_u32(self.trace.hits.len()), None));
            self.trace.hits.push(hit);
            self.trace.looked.push(Looked::FAR);
        }
    }

    fn finish(mut self) -> Trace {
        while let Some(hit) = self.fresh.next() {
            self.push_fresh(hit);
        }
        self.trace
    }
}

impl Trace {
    fn has_found(&self, number: u32) -> bool {
        let same = |(known, _): &(u32, Match)| known.cmp(&number);
        !self.found.is_empty() && self.found.binary_search_by(same).is_ok()
    }

    /// Takes over what keyword `from` of `base` has led to, as that of keyword `number`.
    fn carry(&mut self, number: u32, base: &Trace, from: u32, stretch: Inherited) {
        let first = base.found.partition_point(|(number, _)| *number < from);
        let found = base.found[first..]
            .iter()
            .take_while(|(number, _)| *number == from);
        let moved =
            found.map(|(_, found)| (number, found.moved(stretch.base_start, stretch.start)));
        self.found.extend(moved);
    }
}

impl Match {
    /// The same match in the part of its text that begins at `start`.
    #[must_use]
    pub fn shifted_back(&self, start: usize) -> Self {
        self.moved(start, 0)
    }

    /// The same match in a text in which what stood at `from` stands at `to`.
    pub(super) fn moved(&self, from: usize, to: usize) -> Self {
        let moved = |range: &Range<usize>| range.start - from + to..range.end - from + to;
        Self {
            span: moved(&self.span),
            secret: moved(&self.secret),
            name: self.name.as_ref().map(moved),
            encoded: self
                .encoded
                .clone()
                .map(|encoded| Box::new(encoded.moved(from, to))),
            parts: self.parts.iter().map(moved).collect(),
            ..self.clone()
        }
    }
}

/// Blobs have fewer than 2^32 keywords.
fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::format_collect, reason = "texts of tests are short")]
mod tests {
    use std::collections::BTreeSet;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::detect::example::expand;
    use crate::detect::proof;
    use crate::model::Confidence;

    fn detector() -> Detector {
        Detector::new(Vec::new(), Confidence::Low).expect("the built-in rules are right")
    }

    /// What texts are made of: whole secrets, halves of some, what gives them meaning, and what does not.
    fn fragments() -> Vec<String> {
        let token = expand(
            "test/token",
            "ghp_{{base62:30}}{{checksum}}",
            proof::by_name("github-classic"),
        );
        let token = token
            .or_else(|_| expand("test/token", "glpat-{{alnum:20}}", None))
            .expect("the template is right");
        let (head, tail) = token.split_at(15);
        let password =
            expand("test/password", "{{alnum:14}}", None).expect("the template is right");
        let body: String = (0..40)
            .map(|_| "MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEA\n")
            .collect();
        let key = [
            "-----BEGIN PRI",
            "VATE KEY-----\n",
            &body,
            "-----END PRI",
            "VATE KEY-----\n",
        ]
        .concat();
        let mut fragments: Vec<String> = [
            "password", " = ", ": ", "\"", "'", "\n", "# ", "DB_", "_KEY", "secret", ";", "://",
            "user:", "@host/",
        ]
        .map(str::to_owned)
        .to_vec();
        fragments.extend([
            head.to_owned(),
            tail.to_owned(),
            format!("password = \"{password}\"\n"),
            password.clone(),
            key,
        ]);
        // Values on lines of their own, and in parts.
        fragments.extend([
            format!("secret: >-\n\n    {tail}\n"),
            format!("DB_password:\n    {password}\n"),
            format!("password: &anchor \"{head}\\\n    {tail}\"\n"),
            format!("password = (\n    \"{head}\"\n    \"{tail}\"\n)\n"),
            format!("  \"{tail}\" +\n"),
            "    ".to_owned(),
            "|\n  ".to_owned(),
            "\\\n".to_owned(),
        ]);
        fragments.extend(encoded(&token));
        fragments.extend([
            token,
            "lorem ipsum dolor sit amet ".repeat(9),
            "x".repeat(700),
            "\n".repeat(3),
        ]);
        fragments
    }

    /// A secret in every encoding, whole and in halves, and what encoded text is made of.
    fn encoded(token: &str) -> Vec<String> {
        let text = format!("DB_PASSWORD=Tr0ub4dor{token}\nlorem ipsum {token}\n");
        let once = STANDARD.encode(&text);
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let line = STANDARD.encode(&text[..57]);
        let last = STANDARD.encode(&text[57..]);
        let last = last.get(..76).unwrap_or(&last);
        let (head, tail) = once.split_at(38);
        vec![
            STANDARD.encode(&once),
            STANDARD.encode(units),
            text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            text.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
            format!("\n{line}\n{last}\n"),
            format!("{line}\n"),
            head.to_owned(),
            tail.to_owned(),
            once,
            "\\n".to_owned(),
        ]
    }

    /// One step of an edit.
    #[derive(Debug, Clone)]
    enum Step {
        Copy(Index, Index),
        Insert(Vec<String>),
    }

    fn text() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(select(fragments()), 0..12)
    }

    fn edit() -> impl Strategy<Value = Vec<Step>> {
        let copy = (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Step::Copy(from, to));
        let insert = prop::collection::vec(select(fragments()), 0..3).prop_map(Step::Insert);
        prop::collection::vec(prop_oneof![3 => copy, 1 => insert], 0..8)
    }

    /// Applies an edit, as a delta would: copies may move, repeat and leave out.
    fn apply(base: &[u8], edit: &[Step]) -> (Vec<u8>, Vec<Inherited>) {
        let (mut bytes, mut inherited): (Vec<u8>, Vec<Inherited>) = (Vec::new(), Vec::new());
        for step in edit {
            match step {
                Step::Insert(parts) => bytes.extend(parts.concat().bytes()),
                Step::Copy(from, to) => {
                    let (a, b) = (from.index(base.len() + 1), to.index(base.len() + 1));
                    let (from, to) = (a.min(b), a.max(b));
                    if from < to {
                        inherited.push(Inherited {
                            start: bytes.len(),
                            base_start: from,
                            len: to - from,
                        });
                        bytes.extend(&base[from..to]);
                    }
                }
            }
        }
        (bytes, inherited)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_chain_of_edits_is_traced_as_if_each_text_were_scanned_whole(
            first in text(),
            edits in prop::collection::vec(edit(), 1..50),
        ) {
            let detector = detector();
            let mut base = first.concat().into_bytes();
            let mut trace = detector.trace(&base);
            for edit in edits {
                let (bytes, inherited) = apply(&base, &edit);
                let derived = detector.trace_derived(&bytes, &trace, &inherited);
                prop_assert_eq!(&derived, &detector.trace(&bytes));
                // Copies with repetition would let texts grow without end.
                if bytes.len() < 60_000 {
                    (base, trace) = (bytes, derived);
                }
            }
        }
    }

    #[test]
    fn the_texts_of_the_property_hold_what_rules_find() {
        let found = detector().scan(fragments().join("\n").as_bytes());
        assert!(found.len() >= 3, "{found:?}");
        let encoded: BTreeSet<_> = found.iter().map(Match::decoded).collect();
        for encodings in [
            &["base64"][..],
            &["base64", "base64"],
            &["base64", "utf-16"],
            &["hex"],
            &["escapes"],
        ] {
            assert!(encoded.contains(encodings), "{encodings:?}: {encoded:?}");
        }
    }
}
