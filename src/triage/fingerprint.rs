//! Gives every finding what it is known by from scan to scan.
//!
//! No line numbers go in, so moved lines change nothing, and of the secret only a trace: 16 bits of a slow hash. That
//! notices a changed secret in all but one of 65,536 cases, and cannot state which password of a list it was: of ten
//! million common ones, 150 have the same trace. No hash alone would do, however slow, since there are so few common
//! passwords. The trace of a value is the same in every place, so that a second place shows no more than the first.
//!
//! Version 1 salted the trace with rule and path: the same password in two files gave away 32 bits. It is still worked
//! out, so that baselines of that version count until they are rewritten.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};

use crate::model::{Category, Finding, Fingerprint};

/// How often the trace is hashed. What protects a password is how little of the hash is reported; a repository with a
/// thousand findings must not wait for them.
const ROUNDS: usize = 100;
/// Where SHA-256 begins, by FIPS 180-4, section 5.3.3.
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
/// How much of an item counts.
const MAX_ITEM: usize = 2_000;
/// From how many findings on threads are worth starting.
const MANY: usize = 200;
/// Its value is a word that everyone guesses, so nothing of it goes in.
const GUESSED: &str = "placeholder/default-word";

/// Whether fingerprints of version 1 are worked out, too. They take as long as those of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// Something may hold one, or they are shown.
    Needed,
    /// They are never asked for; the fingerprint of this version takes their place.
    Unneeded,
}

/// Gives every finding of one scan its fingerprints. `place` states where a file lies, seen from the top of the target.
pub fn assign(findings: &mut [Finding], former: Former, place: &(dyn Fn(&str) -> String + Sync)) {
    assign_by(findings, None, former, place);
}

/// The same for a text that is scanned again and again, whose last version had `traces`, which become those of this one.
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
    let last = || Last {
        traces,
        ..Last::default()
    };
    let known = |last: &mut Last, finding: &Finding| Known::of(finding, former, place, last);
    let known: Vec<_> = if findings.len() > MANY {
        findings.par_iter().map_init(last, known).collect()
    } else {
        let mut last = last();
        findings
            .iter()
            .map(|finding| known(&mut last, finding))
            .collect()
    };
    for (finding, known) in findings.iter_mut().zip(&known) {
        finding.path_from_top.clone_from(&known.path);
    }
    let mut order: Vec<_> = (0..findings.len()).collect();
    order.sort_by(|a, b| in_order(&findings[*a], &findings[*b]));
    let (mut counted, mut counted_before) = (BTreeMap::new(), BTreeMap::new());
    for at in order {
        let Known { group, before, .. } = known[at];
        findings[at].fingerprint = next(&mut counted, group);
        findings[at].former_fingerprint = next(&mut counted_before, before);
    }
}

/// The fingerprint of one more of a group.
fn next(counted: &mut BTreeMap<Group, u32>, group: Group) -> Fingerprint {
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

/// What is the same for all that are the same thing in one file.
type Group = [u8; crate::model::GROUP_BYTES];

/// The groups of a finding.
#[derive(Debug)]
struct Known {
    /// Its file and member, seen from the top of the target.
    path: String,
    group: Group,
    /// By version 1, if it is needed.
    before: Group,
}

impl Known {
    fn of(
        finding: &Finding,
        former: Former,
        place: &dyn Fn(&str) -> String,
        last: &mut Last<'_>,
    ) -> Self {
        let rule = finding.rule.as_str();
        let item = match (&finding.secret, finding.category) {
            _ if rule == GUESSED => Vec::new(),
            (Some(secret), _) => secret.reveal().to_vec(),
            (None, _) => item(finding),
        };
        // A secret is the same wherever it occurs; a setting belongs to what it is set for.
        let keys = match finding.category {
            Category::Secret => "",
            Category::Placeholder | Category::Configuration => finding.site.keys.as_str(),
        };
        let mut location = finding.location.clone();
        let full_path = finding.location.full_path();
        let before = (former == Former::Needed).then(|| {
            let parts: [&[u8]; 4] = [
                b"gonogo/trace/1",
                rule.as_bytes(),
                full_path.as_bytes(),
                &item,
            ];
            let trace = last.former.trace(&parts, slow);
            digest(&["gonogo/1", rule, &full_path, keys], trace)
        });
        location.path = place(&location.path);
        let trace = last.own(&item);
        let path = location.full_path().into_owned();
        let group = digest(&["gonogo/2", rule, &path, keys], trace);
        Self {
            path,
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
    let trace = Last::default().own(&item(finding));
    let keys = finding.site.keys.as_str();
    Some(Fingerprint {
        group: digest(&["gonogo/2", rule, &finding.path_from_top, keys], trace),
        occurrence: finding.fingerprint.occurrence,
    })
}

/// What a group is known by.
fn digest(parts: &[&str], trace: [u8; 2]) -> Group {
    let mut hash = Sha256::new();
    for part in parts {
        put(&mut hash, part.as_bytes());
    }
    put(&mut hash, &trace);
    let digest = hash.finalize();
    std::array::from_fn(|at| digest[at])
}

/// The text that was marked, however it is laid out.
fn item(finding: &Finding) -> Vec<u8> {
    let (text, marked) = finding.excerpt.revealed();
    let words = text.get(marked).unwrap_or_default().split_whitespace();
    let mut item = words.collect::<Vec<_>>().join(" ").into_bytes();
    item.truncate(MAX_ITEM);
    item
}

/// The traces of a text that is scanned again and again, since they are slow on purpose: by the hashes of what they are
/// of.
#[derive(Debug, Default)]
pub struct Traces {
    before: FxHashMap<[u8; 32], [u8; 2]>,
    now: Mutex<FxHashMap<[u8; 32], [u8; 2]>>,
}

impl Traces {
    fn get(&self, digest: [u8; 32]) -> [u8; 2] {
        let before = self.before.get(&digest).copied();
        let trace = before.unwrap_or_else(|| slow(digest));
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.insert(digest, trace);
        trace
    }
}

/// The traces of the last finding: the next one may have the same value.
#[derive(Default)]
struct Last<'t> {
    own: Traced,
    former: Traced,
    /// Those of the last version.
    traces: Option<&'t Traces>,
}

impl Last<'_> {
    /// What may be shown of a value.
    fn own(&mut self, item: &[u8]) -> [u8; 2] {
        let slow = |digest| match self.traces {
            Some(traces) => traces.get(digest),
            None => slow(digest),
        };
        self.own.trace(&[b"gonogo/trace/2", item], slow)
    }
}

/// A trace, and the hash of what it is of.
#[derive(Default)]
struct Traced(Option<([u8; 32], [u8; 2])>);

impl Traced {
    /// What may be shown of a value, the last of `parts`.
    fn trace(&mut self, parts: &[&[u8]], slow: impl FnOnce([u8; 32]) -> [u8; 2]) -> [u8; 2] {
        let mut hash = Sha256::new();
        for part in parts {
            put(&mut hash, part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        match self.0 {
            Some((known, trace)) if known == digest => trace,
            _ => {
                let trace = slow(digest);
                self.0 = Some((digest, trace));
                trace
            }
        }
    }
}

/// The end of hashing again and again.
fn slow(digest: [u8; 32]) -> [u8; 2] {
    // A digest and what pads it are one block: nothing but the digest changes from round to round.
    let mut block = [0; 64];
    block[..32].copy_from_slice(&digest);
    block[32] = 0x80;
    block[62] = 1; // It has 256 bits.
    for _ in 1..ROUNDS {
        let mut state = START;
        compress256(&mut state, &[block]);
        for (place, word) in block.chunks_exact_mut(4).zip(state) {
            place.copy_from_slice(&word.to_be_bytes());
        }
    }
    [block[0], block[1]]
}

/// Hashes a part so that no two lists of parts are hashed alike.
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

    /// How many of a list of passwords the fingerprints of `secret` in so many places leave.
    fn left(secret: &str, places: usize, passwords: usize, by: fn(&Known) -> Group) -> usize {
        let paths: Vec<_> = (0..places).map(|at| format!("deploy/{at}.env")).collect();
        let known = |path: &String, value: &str| {
            by(&Known::of(
                &finding(path, value),
                Former::Needed,
                &str::to_owned,
                &mut Last::default(),
            ))
        };
        let wanted: Vec<_> = paths.iter().map(|path| known(path, secret)).collect();
        let is_left = |n: &usize| {
            let value = format!("password{n}");
            let mut places = paths.iter().zip(&wanted);
            places.all(|(path, wanted)| known(path, &value) == *wanted)
        };
        (0..passwords).into_par_iter().filter(is_left).count()
    }

    /// The same as for ten million, since the trace, of which 16 bits are kept, is all that depends on the value.
    #[test]
    fn more_places_of_a_value_leave_no_fewer_passwords_than_the_first() {
        // Two of these passwords have the same trace: about one pair in 65,536 does.
        let own = |n: usize| Last::default().own(format!("password{n}").as_bytes());
        let traces: BTreeMap<_, _> = (0..600).map(|n| (own(n), n)).collect();
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
        for value in ["", "hunter2", "Kq9xTr0ub3LmT"] {
            let mut digest: [u8; 32] = Sha256::digest(value).into();
            let first = digest;
            for _ in 1..ROUNDS {
                digest = Sha256::digest(digest).into();
            }
            assert_eq!(slow(first), digest[..2], "{value}");
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
