//! What was found in a blob, kept so that blobs derived from it need not be scanned again where they are the same.
//!
//! A keyword is found by its own bytes; what it leads to depends on the bytes within its reach. So in a stretch copied
//! from the base, all keywords are known already. What they lead to is known as well, unless a seam at either end of
//! the stretch is within reach. Only the rest is scanned, and the result is the same as that of a full scan.

mod blocks;
mod denials;
mod merge;

use std::cell::RefCell;
use std::ops::Range;

use self::blocks::Blocks;
use self::denials::{Denials, Key};
use self::merge::{Merge, Open};
use super::detector::{Detector, Match};
use super::extent::Looked;
use super::prefilter::Hit;
use super::rating::IN_PAGE;
use super::whole;
use crate::model::Inherited;

/// Nearly all keywords that lead to nothing are ruled out by bytes at most this far away.
const NEAR: u16 = 128;

/// What was found in one blob, before choosing between overlapping matches.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Every keyword, in order.
    hits: Vec<Hit>,
    /// By index in `hits`: how many bytes around the keyword showed that it leads to nothing. There may be several
    /// reasons for that, so this can differ between traces of the same text.
    looked: Vec<Looked>,
    /// What keywords led to, in the order of the keywords, with their indices in `hits`.
    found: Vec<(u32, Match)>,
    /// What was found by looking at the blob as a whole: by rules of other scanners, and as a key file or table.
    whole: Vec<Match>,
    /// How many bytes at its beginning show that it is not a list, table or dump; `None` if it may be one.
    head: Option<u32>,
    /// Whether it begins like an HTML page.
    is_page: bool,
    /// The length of the blob in bytes.
    len: usize,
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self.hits == other.hits
            && self.found == other.found
            && self.whole == other.whole
            && self.is_page == other.is_page
    }
}

impl Detector {
    /// Scans the whole of `bytes`.
    pub fn trace(&self, bytes: &[u8]) -> Trace {
        let mut hits = Vec::new();
        self.prefilter
            .hits(bytes, &(0..bytes.len()), |hit| hits.push(hit));
        hits.sort();
        let head = whole::is_none_by(bytes).map(to_u32);
        let mut trace = Trace {
            looked: vec![Looked::FAR; hits.len()],
            hits,
            found: Vec::new(),
            whole: self.scan_at_once(bytes, head.is_some()),
            head,
            is_page: whole::is_page(bytes),
            len: bytes.len(),
        };
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.denials.belong_to(self.number);
            for number in 0..trace.hits.len() {
                let known = (&mut scratch.denials, &mut scratch.found);
                self.evaluate_hit(bytes, &mut trace, number, known);
            }
        });
        trace
    }

    /// Scans what `bytes` does not inherit from the blob that `base` is the trace of.
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
            blocks,
            denials,
        } = scratch;
        denials.belong_to(self.number);
        self.fresh_parts(inherited, bytes.len(), parts);
        fresh.clear();
        for core in parts {
            self.prefilter.hits(bytes, core, |hit| fresh.push(hit));
        }
        fresh.sort_unstable();
        open.clear();
        let head = base.head_of(inherited, bytes);
        let mut merge = Merge {
            trace: Trace {
                hits: Vec::with_capacity(base.hits.len() + fresh.len()),
                looked: Vec::with_capacity(base.hits.len() + fresh.len()),
                found: Vec::new(),
                whole: self.scan_at_once(bytes, head.is_some()),
                head,
                is_page: whole::is_page(bytes),
                len: bytes.len(),
            },
            fresh: fresh.iter().copied().peekable(),
            open,
        };
        let by_block = Blocks::are_worth_it(inherited.len(), &base.hits);
        if by_block {
            blocks.fill(&base.hits);
        }
        let mut next = 0;
        for (stretch, number) in inherited.iter().zip(0..) {
            let range = stretch.base_range();
            next = if by_block {
                blocks.first_from(&base.hits, range.start)
            } else {
                first_from(&base.hits, range.start, next)
            };
            // There may be millions of stretches of a few bytes each.
            let has_hit = base.hits.get(next).is_some_and(|hit| hit.start < range.end);
            if has_hit {
                let from = Source {
                    base,
                    stretch,
                    number,
                    len: bytes.len(),
                };
                next = self.carry_hits(&from, next, &mut merge);
            }
        }
        let mut trace = merge.finish();
        for &(number, known) in &*open {
            match known {
                Some((from, stretch)) => {
                    trace.carry(number, base, from, inherited[stretch as usize]);
                }
                None => self.evaluate_hit(bytes, &mut trace, number as usize, (denials, found)),
            }
        }
        trace
    }

    /// Returns the matches that remain of a trace: of overlapping ones only the most specific, and none that is part
    /// of another.
    pub fn matches(&self, trace: &Trace) -> Vec<Match> {
        let found = trace.found.iter().map(|(_, found)| found);
        let mut matches: Vec<Match> = found.cloned().collect();
        if trace.is_page {
            for found in &mut matches {
                found.known |= IN_PAGE;
            }
        }
        matches.extend(trace.whole.iter().cloned());
        if matches.len() > 1 {
            matches = self.best(matches);
            self.absorb_parts(&mut matches);
        }
        matches
    }

    fn scan_at_once(&self, bytes: &[u8], is_none: bool) -> Vec<Match> {
        let imported = self.imported.as_ref();
        let mut found = imported
            .map(|imported| imported.scan(bytes))
            .unwrap_or_default();
        self.scan_whole(bytes, is_none, &mut found);
        found
    }

    fn evaluate_hit(
        &self,
        bytes: &[u8],
        trace: &mut Trace,
        number: usize,
        (denials, found): (&mut Denials, &mut Vec<Match>),
    ) {
        let hit = trace.hits[number];
        let word = self.prefilter.range(hit);
        let key = Key::of(bytes, &word, hit.keyword);
        let known = key.and_then(|key| denials.find(key, bytes, &word));
        if let Some(looked) = known {
            trace.looked[number] = looked;
            return;
        }
        let way = (self.min_confidence, 0);
        let looked = self.evaluate(bytes, (&word, hit.keyword), way, found);
        trace.looked[number] = looked;
        if found.is_empty() {
            if let Some(key) = key {
                denials.add(key, bytes, &word, looked);
            }
            return;
        }
        trace
            .found
            .extend(found.drain(..).map(|found| (to_u32(number), found)));
    }

    /// Carries over the keywords in an inherited stretch, from index `first` on, and what they led to if that is
    /// inherited, too. Returns the index of the first keyword after it.
    fn carry_hits(
        &self,
        from: &Source<'_>,
        first: usize,
        merge: &mut Merge<'_, impl Iterator<Item = Hit>>,
    ) -> usize {
        let all = from.base.hits.len();
        let inner = self.inner(&from.base.hits[first..], from.stretch);
        if inner.is_empty() {
            return self.carry_each(from, first..all, merge);
        }
        let inner = first + inner.start..first + inner.end;
        self.carry_each(from, first..inner.start, merge);
        self.carry_inner(from, inner.clone(), merge);
        self.carry_each(from, inner.end..all, merge)
    }

    /// Returns the keywords with no seam within [`NEAR`] bytes, and no newly found ones between them.
    fn inner(&self, hits: &[Hit], stretch: &Inherited) -> Range<usize> {
        let from = stretch.base_range();
        let near = usize::from(NEAR).max(self.prefilter.margin());
        // Keywords that may cross the end of the stretch are left out.
        let (start, end) = (from.start + near + 1, from.end.saturating_sub(2 * near + 1));
        if end < start + near {
            return 0..0;
        }
        let begin = hits.partition_point(|hit| hit.start < start);
        let length = hits[begin..].partition_point(|hit| hit.start < end);
        begin..begin + length
    }

    /// Carries over keywords all at once; nearly all of them were ruled out by nearby bytes.
    fn carry_inner(
        &self,
        from: &Source<'_>,
        numbers: Range<usize>,
        merge: &mut Merge<'_, impl Iterator<Item = Hit>>,
    ) {
        let hits = &from.base.hits[numbers.clone()];
        let looked = &from.base.looked[numbers.clone()];
        merge.push_fresh_before(&from.moved(hits[0]));
        let own = merge.trace.hits.len();
        merge
            .trace
            .hits
            .extend(hits.iter().map(|hit| from.moved(*hit)));
        merge.trace.looked.extend_from_slice(looked);
        for (at, looked) in looked.iter().enumerate() {
            if !looked.is_within(NEAR) {
                self.open(from, numbers.start + at, to_u32(own + at), merge);
            }
        }
    }

    /// Carries over keywords one by one, since some may be at the ends of a stretch or after it. Returns the index of
    /// the first one after it.
    fn carry_each(
        &self,
        from: &Source<'_>,
        numbers: Range<usize>,
        merge: &mut Merge<'_, impl Iterator<Item = Hit>>,
    ) -> usize {
        let range = from.stretch.base_range();
        let begins_both = from.stretch.start == 0 && from.stretch.base_start == 0;
        for number in numbers.clone() {
            let hit = from.base.hits[number];
            let place = self.prefilter.range(hit);
            if place.start >= range.end {
                return number;
            }
            let known_before = place.start - range.start;
            if place.end > range.end || !begins_both && known_before < self.prefilter.look_back(hit)
            {
                continue;
            }
            let own = merge.push(from.moved(hit), from.base.looked[number]);
            self.open(from, number, own, merge);
        }
        numbers.end
    }

    /// Queues a keyword that was carried over, unless it is known to lead to nothing.
    #[inline]
    fn open(
        &self,
        from: &Source<'_>,
        number: usize,
        own: u32,
        merge: &mut Merge<'_, impl Iterator<Item = Hit>>,
    ) {
        let hit = from.base.hits[number];
        let extent = from.base.looked[number].extent();
        let reach = extent.unwrap_or_else(|| self.reach(hit.keyword));
        let place = self.prefilter.range(hit);
        if !is_known(reach, &place, from.stretch, (from.base.len, from.len)) {
            merge.open.push((own, None));
        } else if extent.is_none() && from.base.has_found(to_u32(number)) {
            merge.open.push((own, Some((to_u32(number), from.number))));
        }
    }

    /// Puts into `parts` what no stretch covers, and the seams between adjacent stretches; parts too close to be
    /// searched separately are merged.
    fn fresh_parts(&self, inherited: &[Inherited], len: usize, parts: &mut Vec<Range<usize>>) {
        let margin = self.prefilter.margin();
        parts.clear();
        let ends = inherited.iter().map(|stretch| stretch.range().end);
        let starts = inherited.iter().map(|stretch| stretch.start);
        for (from, to) in std::iter::once(0).chain(ends).zip(starts.chain([len])) {
            // There is no seam before the first byte and after the last, unless the base had more before it.
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

/// The base and stretch that keywords are carried over from.
struct Source<'a> {
    base: &'a Trace,
    /// A stretch inherited from that base, and its number.
    stretch: &'a Inherited,
    number: u32,
    /// The length of the derived text.
    len: usize,
}

impl Source<'_> {
    /// Returns the same keyword at its new place.
    fn moved(&self, hit: Hit) -> Hit {
        Hit {
            start: hit.start - self.stretch.base_start + self.stretch.start,
            ..hit
        }
    }
}

/// Returns the index of the first hit at or after `start`, which usually is `next` or one of those right after it.
#[inline]
fn first_from(hits: &[Hit], start: usize, next: usize) -> usize {
    let is_before = |at: usize| hits.get(at).is_some_and(|hit| hit.start < start);
    if !is_before(next) && (next == 0 || is_before(next - 1)) {
        return next;
    }
    search_from(hits, start, next)
}

fn search_from(hits: &[Hit], start: usize, next: usize) -> usize {
    const STEPS: usize = 8;
    let is_before = |at: usize| hits.get(at).is_some_and(|hit| hit.start < start);
    if is_before(next) {
        let near = (next..next + STEPS).find(|at| !is_before(*at));
        if let Some(near) = near {
            return near;
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

/// Buffers for deriving a trace.
#[derive(Default)]
struct Scratch {
    parts: Vec<Range<usize>>,
    fresh: Vec<Hit>,
    open: Vec<Open>,
    found: Vec<Match>,
    blocks: Blocks,
    denials: Denials,
}

thread_local! {
    // Versions of a file are many and short: allocating memory anew for each would cost as much as the work itself.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Trace {
    /// Returns how many bytes show that `bytes` is not a list, table or dump: nearly always the same as for this
    /// trace.
    fn head_of(&self, inherited: &[Inherited], bytes: &[u8]) -> Option<u32> {
        let begins = inherited
            .first()
            .filter(|first| first.start == 0 && first.base_start == 0);
        let same = begins.map_or(0, |first| to_u32(first.len));
        let known = self.head.filter(|head| *head < same);
        known.or_else(|| whole::is_none_by(bytes).map(to_u32))
    }

    fn has_found(&self, number: u32) -> bool {
        let same = |(known, _): &(u32, Match)| known.cmp(&number);
        !self.found.is_empty() && self.found.binary_search_by(same).is_ok()
    }

    /// Carries over what keyword `from` of `base` led to, as the result of keyword `number`.
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
    /// Returns the same match relative to the part of its text that begins at `start`.
    #[must_use]
    pub fn shifted_back(&self, start: usize) -> Self {
        self.moved(start, 0)
    }

    /// Returns the same match in a text where what was at `from` is at `to`.
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
            parts: self.parts.iter().map(|part| part.at(moved)).collect(),
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
mod tests;
