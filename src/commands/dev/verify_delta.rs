//! `gonogo verify-delta`: checks on real repositories that incremental scanning of a history misses nothing.
//!
//! A blob that git stores as a delta is scanned only where it differs from its base. The result must be the same as
//! scanning all of it. This command does both for every blob of a history and compares the results.

use std::path::{Path, PathBuf};

use crate::detect::{Detector, Trace};
use crate::model::{Blob, Confidence, Coverage, Gap, Inherited, ObjectId, Origin, Verdict};
use crate::source::git;
use crate::source::{Limits, Meter, Stage, Worker};

use crate::commands::output::print;
use crate::commands::progress::Progress;
use crate::scan::Error;
use crate::scan::needs_repo;
use crate::scan::rule_files::UserRules;

/// The most differing blobs to list by name.
const NAMED: usize = 10;

/// Scans every blob of the repositories both ways, and prints how the results compare.
///
/// [`Verdict::NoGo`] means that some blob differs, [`Verdict::Undecided`] that a history could not be read completely.
///
/// # Errors
///
/// One of the paths is not a repository, a rule file cannot be used, or writing to standard output failed.
pub fn run(
    paths: &[PathBuf],
    rule_files: &[PathBuf],
    limits: Limits,
    progress: bool,
) -> Result<Verdict, Error> {
    // Low-confidence matches must be the same, too.
    let detector = UserRules::read(rule_files)?.detector(Confidence::Low)?;
    let mut verdict = Verdict::Go;
    for path in paths {
        let repo = needs_repo(path, "verifies the deltas of a repository")?;
        let progress = Progress::new(progress);
        let meter = Meter::new(Stage::Verifying, &progress);
        let new_worker = || Verifier::new(&detector);
        let (coverage, workers, _) =
            git::walk_history(&repo, git::Memory::default(), limits, &meter, &new_worker);
        drop(progress);
        let mut counts = Counts::default();
        for worker in workers {
            counts.add(worker.counts);
        }
        counts.different.sort_unstable();
        print(&text(path, &counts, &coverage))?;
        verdict = worse(verdict, decide(&counts, &coverage));
    }
    Ok(verdict)
}

fn decide(counts: &Counts, coverage: &Coverage) -> Verdict {
    if !counts.different.is_empty() {
        Verdict::NoGo
    } else if coverage.is_empty() || coverage.gaps.iter().any(Gap::is_undecided) {
        Verdict::Undecided
    } else {
        Verdict::Go
    }
}

/// Returns the verdict that matters more to a reader: a difference is more specific than something unread.
fn worse(a: Verdict, b: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::NoGo => 2,
        Verdict::Undecided => 1,
        Verdict::Go => 0,
    };
    std::cmp::max_by_key(a, b, rank)
}

fn text(path: &Path, counts: &Counts, coverage: &Coverage) -> String {
    let Counts {
        texts,
        derived,
        matches,
        different,
    } = counts;
    let mut text = format!(
        "{}: {texts} texts, {derived} of them derived; {matches} matches, {} mismatches, {} gaps\n",
        path.display(),
        different.len(),
        coverage.gaps.len()
    );
    for id in different.iter().take(NAMED) {
        text += &format!("mismatch in blob {id}\n");
    }
    if different.len() > NAMED {
        text += &format!("and in {} more\n", different.len() - NAMED);
    }
    text
}

/// What one thread, or all of them together, compared.
#[derive(Debug, Default)]
struct Counts {
    texts: u64,
    derived: u64,
    /// Matches in all texts, without those for which a better one is reported instead.
    matches: u64,
    /// The blobs that differ.
    different: Vec<ObjectId>,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.texts += other.texts;
        self.derived += other.derived;
        self.matches += other.matches;
        self.different.extend(other.different);
    }
}

/// Scans each text both ways.
struct Verifier<'a> {
    detector: &'a Detector,
    counts: Counts,
}

impl<'a> Verifier<'a> {
    fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            counts: Counts::default(),
        }
    }
}

impl Worker for Verifier<'_> {
    type Memory = Trace;

    fn blob(&mut self, blob: &Blob<'_>) -> Trace {
        let trace = self.detector.trace(blob.bytes);
        self.counts.texts += 1;
        self.counts.matches += self.detector.matches(&trace).len() as u64;
        trace
    }

    fn derived(&mut self, blob: &Blob<'_>, base: &Trace, inherited: &[Inherited]) -> Trace {
        let whole = self.blob(blob);
        self.counts.derived += 1;
        if self.detector.trace_derived(blob.bytes, base, inherited) != whole
            && let Origin::Blob(id) = blob.origin
        {
            self.counts.different.push(id);
        }
        // Not the derived result, so that a blob is not blamed for an error in its base.
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::example::expand;

    /// Guards against a comparison that never finds a difference and so always passes.
    #[test]
    fn a_blob_that_differs_is_named() {
        let detector = Detector::new(Vec::new(), Confidence::Low).unwrap();
        let token = expand("test/token", "glpat-{{alnum:20}}", None).unwrap();
        let bytes = format!("token = {token}\n").into_bytes();
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let blob = Blob {
            bytes: &bytes,
            path: None,
            origin: Origin::Blob(id),
        };
        let base = detector.trace(&vec![b' '; bytes.len()]);
        let stretch = |len| Inherited {
            start: 0,
            base_start: 0,
            len,
        };
        let mut verifier = Verifier::new(&detector);
        verifier.derived(&blob, &base, &[stretch(2)]);
        assert_eq!(verifier.counts.different, []);
        // Claims that all of it was in the base, where nothing was found.
        verifier.derived(&blob, &base, &[stretch(bytes.len())]);
        assert_eq!(
            (verifier.counts.different, verifier.counts.derived),
            (vec![id], 2)
        );
        assert!(verifier.counts.matches >= 2);
    }
}
