//! Says numbers, verdicts and states in words, the same in every format.

use crate::model::{
    Coverage, Evidence, Finding, Gap, GapKind, History, Presence, Proof, Severity, Verdict,
};

use super::{Document, place};

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    all: [u64; Severity::ALL.len()],
    /// Of these, what was there before the change that is judged.
    old: [u64; Severity::ALL.len()],
}

impl Counts {
    /// Counts `findings`.
    pub(super) fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        counts.add(findings);
        counts
    }

    /// Counts `findings` too.
    pub(super) fn add(&mut self, findings: &[Finding]) {
        for finding in findings {
            self.all[finding.severity as usize] += 1;
            self.old[finding.severity as usize] += u64::from(finding.is_old);
        }
    }

    /// How many have exactly this severity.
    pub(super) fn get(&self, severity: Severity) -> u64 {
        self.all[severity as usize]
    }

    /// How many are this severe or worse.
    pub(super) fn at_least(&self, severity: Severity) -> u64 {
        self.all[severity as usize..].iter().sum()
    }

    /// How many this severe or worse were there before.
    fn old_at_least(&self, severity: Severity) -> u64 {
        self.old[severity as usize..].iter().sum()
    }
}

/// `1 finding`, `2 findings`, `1,204 findings`.
pub(super) fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(n))
}

/// A number with a comma between thousands.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in binary units, to one decimal, rounded down.
pub(super) fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if n < 1024 {
        return count(n, "byte");
    }
    let power = (n.ilog2() / 10) as usize;
    let unit = 1_u64 << (10 * power);
    let tenths = u128::from(n) * 10 / u128::from(unit);
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[power - 1])
}

/// The verdict as it is written everywhere.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "GO",
        Verdict::NoGo => "NO-GO",
        Verdict::Undecided => "UNDECIDED",
    }
}

/// Why the verdict is what it is.
pub(super) fn reason(document: &Document<'_>, counts: &Counts) -> String {
    let threshold = document.threshold;
    let old = counts.old_at_least(threshold);
    let reached = match counts.at_least(threshold) - old {
        0 if old > 0 => format!("nothing new reaches the threshold `{threshold}`"),
        0 => format!("nothing reaches the threshold `{threshold}`"),
        1 => format!("1 finding reaches the threshold `{threshold}`"),
        n => format!("{} reach the threshold `{threshold}`", count(n, "finding")),
    };
    if document.verdict != Verdict::Undecided {
        return reached;
    }
    if document.coverage.is_empty() {
        return "nothing was scanned".to_owned();
    }
    let open = undecided(document.coverage);
    format!("{reached}, but {} not be scanned", {
        let noun = if open == 1 { "place" } else { "places" };
        format!("{} {noun} could", thousands(open))
    })
}

/// How many gaps keep the verdict open.
fn undecided(coverage: &Coverage) -> u64 {
    let open = coverage.gaps.iter().filter(|gap| gap.kind.is_undecided());
    open.count() as u64
}

/// What was not scanned, those first that keep the verdict open, in the same order on every run.
pub(super) fn sorted_gaps(coverage: &Coverage) -> Vec<&Gap> {
    let mut gaps: Vec<_> = coverage.gaps.iter().collect();
    gaps.sort_by_key(|&gap| (!gap.kind.is_undecided(), gap));
    gaps
}

/// The word for a kind of gap.
pub(super) fn gap_kind(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Oversized => "oversized",
        GapKind::Special => "special",
        GapKind::BrokenLink => "broken-link",
        GapKind::NotNamed => "not-named",
        GapKind::Unparsable => "unparsable",
        GapKind::Archive => "archive",
        GapKind::Unreadable => "unreadable",
        GapKind::Corrupt => "corrupt",
        GapKind::Missing => "missing",
        GapKind::Shallow => "shallow",
    }
}

/// What was proven or learnt, as a label and its text; `None` where there is nothing to say.
pub(super) fn evidence(evidence: &Evidence) -> Option<(&'static str, String)> {
    let facts: Vec<_> = evidence
        .facts
        .iter()
        .map(|fact| format!("{} {}", fact.name, fact.value))
        .collect();
    match (evidence.proof, facts.is_empty()) {
        (Proof::Proven, true) => Some(("proven", "its checksum or structure is right".to_owned())),
        (Proof::Proven, false) => Some(("proven", facts.join(", "))),
        (Proof::Plausible, false) => Some(("facts", facts.join(", "))),
        (Proof::Plausible, true) => None,
    }
}

/// The life of a finding in git, in one or two clauses.
pub(super) fn history(history: &History) -> Vec<String> {
    let mut clauses = Vec::with_capacity(2);
    if let Some(commit) = &history.first {
        let path = history.first_path.as_ref();
        let path = path.map_or_else(String::new, |path| format!(" as {path}"));
        clauses.push(format!(
            "added{path} in commit {} by {} <{}>, {}",
            place::short(&commit.id),
            commit.author,
            commit.email,
            commit.date
        ));
    }
    let mut presence = presence(history.presence).to_owned();
    if history.blobs > 1 {
        presence = format!("{presence}; in {}", count(history.blobs, "version"));
    }
    clauses.push(presence);
    clauses
}

/// Where something still is, to go behind "it is".
pub(super) fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Head => "still in HEAD",
        Presence::History => "no longer in HEAD, but in its history",
        Presence::Refs => "not in HEAD's history, but in that of another branch, tag or stash",
        Presence::Unreachable => "unreachable from any ref, but in this copy until git prunes it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(999, "file"), "999 files");
        assert_eq!(count(1_234_567, "file"), "1,234,567 files");
    }

    #[test]
    fn bytes_are_in_the_largest_unit_that_fits() {
        assert_eq!(bytes(0), "0 bytes");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1023), "1,023 bytes");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(5_800_000_000), "5.4 GiB");
        assert_eq!(bytes(u64::MAX), "15.9 EiB");
    }
}
