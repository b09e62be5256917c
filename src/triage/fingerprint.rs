//! Assigns fingerprints, which identify findings from scan to scan.
//!
//! Line numbers do not go in, so moved lines change nothing. Of the secret only a trace goes in: 16 bits of a slow
//! hash. It reveals a changed secret in all but one of 65,536 cases, but not which password of a list it was: of ten
//! million common ones, 150 have the same trace. No full hash would be safe, however slow, because there are so few
//! common passwords. The trace of a value is the same everywhere, so a second place reveals no more than the first.
//!
//! Version 1 salted the trace with rule and path, so that the same password in two files revealed 32 bits. It is still
//! computed, so that baselines of that version apply until they are rewritten.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};

use crate::model::{Category, Finding, Fingerprint};

/// How many rounds of hashing a trace takes. The protection of a password is how little of the hash is reported, and a
/// repository with a thousand findings must not take long.
const ROUNDS: usize = 100;
/// How many hashes are interleaved.
const TOGETHER: usize = 4;
/// The initial hash value of SHA-256, from FIPS 180-4, section 5.3.3.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
/// How many bytes of an item go in.
const MAX_ITEM: usize = 2_000;
/// The number of findings from which threads pay off, and how many one thread takes at a time.
const MANY: usize = 200;
/// The rule whose values are words that anyone would guess, so nothing of them goes in.
const GUESSED: &str = "placeholder/default-word";

/// Whether fingerprints of version 1 are computed, too. They take as long as those of the present version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// A list or settings may contain one, or they are shown.
    Needed,
    /// They are never used; the present fingerprint takes their place.
    Unneeded,
}

/// Assigns fingerprints to all findings of one scan. `place` returns the path of a file relative to the top of the
/// target.
pub fn assign(findings: &mut [Finding], former: Former, place: &(dyn Fn(&str) -> String + Sync)) {
    assign_by(findings, None, former, place);
}

/// The same for a text that is scanned repeatedly. `traces` are those of its previous version, and are replaced by
/// those of this one.
pub fn assign_again(findings: &mut [Finding], traces: &mut Traces) {
    assign_by(findings, Some(traces), Former::Unneeded, &str::to_owned);
    let now = traces.now.get_mut().unwrap_or_else(PoisonError::into_inner);
    traces.before = std::mem::take(now);
}

fn assign_by(
    findings: &mut [Finding],
    traces: Option<&Traces>,
    former: Former,
    place: &(dyn Fn(&str) -> String + Sync),
) {
    let known = |findings: &[Finding]| Known::of_all(findings, traces, former, place);
    let known: Vec<_> = if findings.len() > MANY {
        findings.par_chunks(MANY).flat_map_iter(known).collect()
    } else {
        known(findings)
    };
    for (finding, known) in findings.iter_mut().zip(&known) {
        finding.path_from_top.clone_from(&known.path);
    }
    let mut order: Vec<_> = (0..findings.len()).collect();
    order.sort_by(|a, b| in_order(&findings[*a], &findings[*b]));
    let (mut counted, mut counted_before) = (FxHashMap::default(), FxHashMap::default());
    for at in order {
        let Known { group, before, .. } = known[at];
        findings[at].fingerprint = next(&mut counted, group);
        findings[at].former_fingerprint = next(&mut counted_before, before);
    }
}

/// The fingerprint of the next finding in a group.
fn next(counted: &mut FxHashMap<Group, u32>, group: Group) -> Fingerprint {
    let count = counted.entry(group).or_default();
    *count = count.saturating_add(1);
    Fingerprint {
        group,
        occurrence: *count,
    }
}

fn in_order(a: &Finding, b: &Finding) -> Ordering {
    let key = |finding: &Finding| {
        let start = finding.location.region.start.byte;
        (finding.origin.is_history(), start)
    };
    key(a).cmp(&key(b)).then_with(|| a.origin.cmp(&b.origin))
}

/// The hash shared by all findings about the same thing in one file.
type Group = [u8; crate::model::GROUP_BYTES];

/// The groups that a finding belongs to.
#[derive(Debug)]
struct Known {
    /// Its file and member, relative to the top of the target.
    path: String,
    group: Group,
    /// The group of version 1, if needed.
    before: Group,
}

impl Known {
    /// Computes those of several findings, whose values are traced together.
    fn of_all(
        findings: &[Finding],
        traces: Option<&Traces>,
        former: Former,
        place: &dyn Fn(&str) -> String,
    ) -> Vec<Self> {
        let asked = findings
            .iter()
            .map(|finding| Asked::of(finding, former, place));
        let asked: Vec<_> = asked.collect();
        let digests = asked.iter().flat_map(|it| {
            let former = it.former.as_ref().map(|(_, digest)| *digest);
            former.into_iter().chain([it.own])
        });
        let traced = traced(digests, traces);
        let both = findings.iter().zip(asked);
        both.map(|(finding, asked)| asked.known(finding, &traced))
            .collect()
    }
}

/// A finding whose values have not been traced yet.
struct Asked {
    path: String,
    /// The hash of its value.
    own: Digest,
    /// The path and the hash to trace in version 1, if needed.
    former: Option<(String, Digest)>,
}

impl Asked {
    fn of(finding: &Finding, former: Former, place: &dyn Fn(&str) -> String) -> Self {
        let rule = finding.rule.as_str();
        let item = match (&finding.secret, finding.category) {
            _ if rule == GUESSED => Cow::Borrowed(&[][..]),
            (Some(secret), _) => Cow::Borrowed(secret.reveal()),
            (None, _) => Cow::Owned(item(finding)),
        };
        let former = (former == Former::Needed).then(|| {
            let path = finding.location.full_path().into_owned();
            let parts: [&[u8]; 4] = [b"gonogo/trace/1", rule.as_bytes(), path.as_bytes(), &item];
            let digest = hashed(&parts);
            (path, digest)
        });
        let mut location = finding.location.clone();
        location.path = place(&location.path);
        Self {
            path: location.full_path().into_owned(),
            own: of_item(&item),
            former,
        }
    }

    fn known(self, finding: &Finding, traced: &FxHashMap<Digest, Trace>) -> Known {
        let rule = finding.rule.as_str();
        // A secret is the same wherever it occurs, but a setting depends on its keys.
        let keys = match finding.category {
            Category::Secret => "",
            Category::Placeholder | Category::Configuration => finding.site.keys.as_str(),
        };
        let trace = |digest: &Digest| traced.get(digest).copied().unwrap_or_default();
        let group = digest(&["gonogo/2", rule, &self.path, keys], trace(&self.own));
        let before = self
            .former
            .map(|(path, former)| digest(&["gonogo/1", rule, &path, keys], trace(&former)));
        Known {
            path: self.path,
            group,
            before: before.unwrap_or(group),
        }
    }
}

/// Returns the fingerprint that a finding about what something lacks would have if `rule` led it; `None` of any other
/// finding.
pub(super) fn led_by(finding: &Finding, rule: &str) -> Option<Fingerprint> {
    let lacks = finding.category == Category::Configuration && finding.message.contains(" has no ");
    if !lacks || finding.secret.is_some() {
        return None;
    }
    let trace = trace_of(&item(finding));
    let keys = finding.site.keys.as_str();
    Some(Fingerprint {
        group: digest(&["gonogo/2", rule, &finding.path_from_top, keys], trace),
        occurrence: finding.fingerprint.occurrence,
    })
}

/// The hash that identifies a group.
fn digest(parts: &[&str], trace: [u8; 2]) -> Group {
    let mut hash = Sha256::new();
    for part in parts {
        put(&mut hash, part.as_bytes());
    }
    put(&mut hash, &trace);
    let digest = hash.finalize();
    std::array::from_fn(|at| digest[at])
}

/// The marked text, independent of its layout.
fn item(finding: &Finding) -> Vec<u8> {
    let (text, marked) = finding.excerpt.revealed();
    let words = text.get(marked).unwrap_or_default().split_whitespace();
    let mut item = words.collect::<Vec<_>>().join(" ").into_bytes();
    item.truncate(MAX_ITEM);
    item
}

/// The hash of a value to trace.
type Digest = [u8; 32];

/// The part of a value's hash that may be shown.
type Trace = [u8; 2];

/// The traces in a text that is scanned repeatedly, by the hashes of their values. They are kept because they are slow
/// on purpose.
#[derive(Debug, Default)]
pub struct Traces {
    before: FxHashMap<Digest, Trace>,
    now: Mutex<FxHashMap<Digest, Trace>>,
}

/// The traces of `digests`, each computed once, since findings often share a value. Those in `traces` are known
/// already.
fn traced(
    digests: impl Iterator<Item = Digest>,
    traces: Option<&Traces>,
) -> FxHashMap<Digest, Trace> {
    let mut traced = FxHashMap::default();
    let mut unknown = Vec::new();
    for digest in digests {
        let known = traces.and_then(|traces| traces.before.get(&digest));
        traced.entry(digest).or_insert_with(|| {
            known.copied().unwrap_or_else(|| {
                unknown.push(digest);
                Trace::default()
            })
        });
    }
    for together in unknown.chunks(TOGETHER) {
        traced.extend(together.iter().copied().zip(slow(together)));
    }
    if let Some(traces) = traces {
        let mut now = traces.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.extend(&traced);
    }
    traced
}

/// The trace of a value.
fn trace_of(item: &[u8]) -> Trace {
    slow(&[of_item(item)]).next().unwrap_or_default()
}

/// The hash of a value.
fn of_item(item: &[u8]) -> Digest {
    hashed(&[b"gonogo/trace/2", item])
}

fn hashed(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        put(&mut hash, part);
    }
    hash.finalize().into()
}

/// The results of repeated hashing, for up to [`TOGETHER`] hashes at a time. Each round depends on the one before, and
/// the processor works on the other hashes meanwhile.
fn slow(digests: &[Digest]) -> impl Iterator<Item = Trace> {
    let count = digests.len().min(TOGETHER);
    let mut blocks = [[0; 64]; TOGETHER];
    // A digest and its padding are one block, in which only the digest changes from round to round.
    for (block, digest) in blocks.iter_mut().zip(digests) {
        block[..32].copy_from_slice(digest);
        block[32] = 0x80;
        block[62] = 1; // It has 256 bits.
    }
    for _ in 1..ROUNDS {
        for block in &mut blocks[..count] {
            let mut state = START;
            compress256(&mut state, std::slice::from_ref(block));
            for (place, word) in block.as_chunks_mut().0.iter_mut().zip(state) {
                *place = word.to_be_bytes();
            }
        }
    }
    blocks
        .into_iter()
        .take(count)
        .map(|block| [block[0], block[1]])
}

/// Hashes a part with its length, so that different lists of parts never have the same input.
fn put(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LineIndex, Location, Secret};

    fn finding(path: &str, value: &str) -> Finding {
        let rule = crate::triage::sample_rule(Category::Secret);
        let region = LineIndex::new(b"").region(0..0);
        let location = Location::new(path.to_owned(), region);
        let mut finding = Finding::new(&rule, String::new(), location);
        finding.secret = Some(Secret::new(value.as_bytes()));
        finding
    }

    /// How many of a list of passwords match the fingerprints of `secret` at this many places.
    fn left(secret: &str, places: usize, passwords: usize, by: fn(&Known) -> Group) -> usize {
        let paths: Vec<_> = (0..places).map(|at| format!("deploy/{at}.env")).collect();
        let known = |path: &String, value: &str| {
            let finding = [finding(path, value)];
            by(&Known::of_all(&finding, None, Former::Needed, &str::to_owned)[0])
        };
        let wanted: Vec<_> = paths.iter().map(|path| known(path, secret)).collect();
        let is_left = |n: &usize| {
            let value = format!("password{n}");
            let mut places = paths.iter().zip(&wanted);
            places.all(|(path, wanted)| known(path, &value) == *wanted)
        };
        (0..passwords).into_par_iter().filter(is_left).count()
    }

    /// The same holds for ten million, since only the 16 bits of the trace depend on the value.
    #[test]
    fn more_places_of_a_value_leave_no_fewer_passwords_than_the_first() {
        // Two of these passwords have the same trace: about one pair in 65,536 does.
        let own = |n: usize| trace_of(format!("password{n}").as_bytes());
        let traces: FxHashMap<_, _> = (0..600).map(|n| (own(n), n)).collect();
        let twin = (0..600).find(|n| traces[&own(*n)] != *n);
        let twin = twin.expect("two of the passwords have the same trace");
        let secret = format!("password{twin}");
        let first = left(&secret, 1, 600, |known| known.group);
        assert!(first > 1);
        for places in [2, 5, 20] {
            assert_eq!(left(&secret, places, 600, |known| known.group), first);
        }
        assert_eq!(left(&secret, 2, 600, |known| known.before), 1, "version 1");
    }

    #[test]
    fn a_trace_is_the_end_of_hashing_again_and_again() {
        let values = ["", "hunter2", "Kq9xTr0ub3LmT", "a", "b", "c"];
        let first = values.map(|value| Digest::from(Sha256::digest(value)));
        let last = first.map(|first| {
            let mut digest = first;
            for _ in 1..ROUNDS {
                digest = Sha256::digest(digest).into();
            }
            [digest[0], digest[1]]
        });
        for count in 1..=first.len() {
            let twice = first[..count].iter().chain(&first[..count]);
            let traced = traced(twice.copied(), None);
            for (first, last) in first.iter().zip(last).take(count) {
                assert_eq!(traced[first], last, "{count}");
            }
        }
    }

    #[test]
    fn a_version_of_a_text_has_the_fingerprints_that_it_has_alone() {
        let mut traces = Traces::default();
        for values in [&["a", "b"][..], &["b", "c", "b"], &["a"]] {
            let text = || {
                values
                    .iter()
                    .map(|value| finding("app.env", value))
                    .collect()
            };
            let (mut again, mut alone): (Vec<_>, Vec<_>) = (text(), text());
            assign_again(&mut again, &mut traces);
            assign(&mut alone, Former::Unneeded, &str::to_owned);
            let known = |all: &[Finding]| all.iter().map(|it| it.fingerprint).collect::<Vec<_>>();
            assert_eq!(known(&again), known(&alone));
            assert!(
                traces.before.len() <= values.len(),
                "of the last version only"
            );
        }
    }

    #[test]
    fn a_fingerprint_counts_paths_from_the_top() {
        let mut below = [finding("app.env", "hunter2")];
        assign(&mut below, Former::Needed, &|path| format!("deploy/{path}"));
        let mut whole = [finding("deploy/app.env", "hunter2")];
        assign(&mut whole, Former::Needed, &str::to_owned);
        assert_eq!(below[0].fingerprint, whole[0].fingerprint);
        assert_ne!(below[0].former_fingerprint, whole[0].former_fingerprint);
        assert!(below[0].is_known_by(below[0].former_fingerprint));
    }
}
