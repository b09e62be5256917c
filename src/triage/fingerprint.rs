//! Gives every finding what it is known by from scan to scan.
//!
//! No line numbers go in, so moved lines change nothing, and of the secret only a trace: 16 bits of a slow hash that is
//! salted with rule and path. That notices a changed secret in all but one of 65,536 cases, and cannot say which password
//! of a list it was: of ten million common ones, 150 have the same trace. No hash alone would do, however slow, since
//! there are so few common passwords.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::model::{Category, Finding, Fingerprint};

/// How often the trace is hashed. What protects a password is how little of the hash is told; a repository with a
/// thousand findings must not wait for them.
const ROUNDS: usize = 100;
/// How much of an item counts.
const MAX_ITEM: usize = 2_000;
/// From how many findings on threads are worth starting.
const MANY: usize = 200;
/// Its value is a word that everybody guesses, so nothing of it goes in.
const GUESSED: &str = "placeholder/default-word";

/// Gives every finding of one scan its fingerprint.
pub fn assign(findings: &mut [Finding]) {
    let groups: Vec<_> = if findings.len() > MANY {
        findings.par_iter().map(group).collect()
    } else {
        findings.iter().map(group).collect()
    };
    for (finding, group) in findings.iter_mut().zip(groups) {
        finding.fingerprint = Fingerprint {
            group,
            occurrence: 1,
        };
    }
    let mut order: Vec<_> = (0..findings.len()).collect();
    order.sort_by(|a, b| in_order(&findings[*a], &findings[*b]));
    let mut counted = BTreeMap::new();
    for at in order {
        let fingerprint = &mut findings[at].fingerprint;
        let count: &mut u32 = counted.entry(fingerprint.group).or_default();
        *count = count.saturating_add(1);
        fingerprint.occurrence = *count;
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
fn group(finding: &Finding) -> [u8; crate::model::GROUP_BYTES] {
    let path = finding.location.full_path();
    let (rule, path) = (finding.rule.as_str(), path.as_ref());
    let item = match (&finding.secret, finding.category) {
        _ if rule == GUESSED => Vec::new(),
        (Some(secret), _) => secret.reveal().to_vec(),
        (None, _) => item(finding),
    };
    // A secret is the same wherever it stands; a setting belongs to what it is set for.
    let keys = match finding.category {
        Category::Secret => "",
        Category::Placeholder | Category::Configuration => finding.site.keys.as_str(),
    };
    let mut hash = Sha256::new();
    for part in [
        b"gonogo/1",
        rule.as_bytes(),
        path.as_bytes(),
        keys.as_bytes(),
        &trace(rule, path, &item),
    ] {
        put(&mut hash, part);
    }
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

/// What may be told of a value.
fn trace(rule: &str, path: &str, value: &[u8]) -> [u8; 2] {
    let mut hash = Sha256::new();
    for part in [b"gonogo/trace/1", rule.as_bytes(), path.as_bytes(), value] {
        put(&mut hash, part);
    }
    let mut digest = hash.finalize();
    for _ in 1..ROUNDS {
        digest = Sha256::digest(digest);
    }
    [digest[0], digest[1]]
}

/// Hashes a part so that no two lists of parts are hashed alike.
fn put(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}
