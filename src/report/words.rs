//! Puts numbers, verdicts and states into words, the same in every format.

use crate::model::{
    Coverage, Evidence, Gap, GapKind, History, NewRule, Presence, Proof, Severity, Suppression,
    Verdict,
};
use crate::redact::Shown;

use super::escape::escaped;
use super::{Document, place, urgency};

/// Returns the order in which a reader wants findings: those that a change adds, those of newer rules, those from
/// before; the worst first.
pub(super) fn order(finding: &Shown) -> (bool, bool, std::cmp::Reverse<Severity>) {
    let severity = std::cmp::Reverse(finding.severity);
    (finding.is_old, finding.is_held_back(), severity)
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    all: [u64; Severity::ALL.len()],
    /// Of these, how many do not decide the verdict.
    old: [u64; Severity::ALL.len()],
}

impl Counts {
    /// Counts `findings`.
    pub(super) fn of<'a>(findings: impl IntoIterator<Item = &'a Shown>) -> Self {
        let mut counts = Self::default();
        counts.add(findings);
        counts
    }

    /// Adds `findings` to the counts.
    pub(super) fn add<'a>(&mut self, findings: impl IntoIterator<Item = &'a Shown>) {
        for finding in findings {
            self.all[finding.severity as usize] += 1;
            self.old[finding.severity as usize] += u64::from(!finding.decides());
        }
    }

    /// Returns how many have exactly this severity.
    pub(super) fn get(&self, severity: Severity) -> u64 {
        self.all[severity as usize]
    }

    /// Returns how many are this severe or worse.
    pub(super) fn at_least(&self, severity: Severity) -> u64 {
        self.all[severity as usize..].iter().sum()
    }

    /// Returns how many of this severity or worse do not decide the verdict.
    fn old_at_least(&self, severity: Severity) -> u64 {
        self.old[severity as usize..].iter().sum()
    }
}

/// `1 finding`, `2 findings`, `1,204 findings`.
pub(super) fn count(n: u64, noun: &str) -> String {
    let number = thousands(n);
    match noun.strip_suffix("ry") {
        _ if n == 1 => format!("{number} {noun}"),
        Some(stem) => format!("{number} {stem}ries"),
        None => format!("{number} {noun}s"),
    }
}

/// Returns a number with a comma between groups of three digits.
pub(super) fn thousands(n: u64) -> String {
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

/// Returns a number of bytes in binary units, to one decimal, rounded down.
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

/// Says how many entries findings are shown in, if folding made them fewer: one secret in several places is one.
pub(super) fn entries(findings: usize, folded: usize) -> String {
    match folded {
        0 => String::new(),
        _ => format!("; in {} (-v lists each)", count_entries(findings - folded)),
    }
}

fn count_entries(n: usize) -> String {
    count(n as u64, "entry")
}

/// Says what to know about findings that no branch or tag leads to, which are counted but do not decide.
pub(super) fn unreachable(document: &Document<'_>) -> Option<String> {
    let is_meant = |finding: &&Shown| {
        finding.is_local && finding.presence() == Some(Presence::Unreachable) && !finding.is_old
    };
    let counts = Counts::of(document.findings.iter().filter(is_meant));
    let total = counts.at_least(Severity::Info);
    let levels = Severity::ALL
        .iter()
        .rev()
        .filter(|&&level| counts.get(level) > 0);
    let levels: Vec<_> = levels
        .map(|&level| format!("{} {level}", counts.get(level)))
        .collect();
    (total > 0).then(|| {
        format!(
            "{} of these ({}) {} in objects that no branch or tag leads to, and not counted in the verdict; {OTHERS}",
            thousands(total),
            levels.join(", "),
            if total == 1 { "is" } else { "are" },
        )
    })
}

/// What follows for credentials in unreachable objects: a server may keep commits that were force-pushed away, and
/// those of pull requests.
pub(super) const OTHERS: &str =
    "what was pushed once may still be had from the server, so revoke credentials in them";

/// The same in a few words, to append after a space.
pub(super) fn local_mark(presence: Option<Presence>) -> &'static str {
    match presence {
        Some(Presence::Unreachable) => " (no branch or tag leads to it)",
        _ => " (only in this copy)",
    }
}

/// Says why findings that are only known from this copy do not decide.
pub(super) fn local(presence: Option<Presence>) -> &'static str {
    match presence {
        Some(Presence::Unreachable) => {
            "no branch or tag leads to it, so it does not fail the scan; what was pushed once may still be had from the \
             server, so revoke it"
        }
        _ => "only in this copy of the repository, so it does not fail the scan",
    }
}

/// Says why the verdict is what it is.
pub(super) fn reason(document: &Document<'_>, counts: &Counts) -> String {
    let threshold = document.threshold;
    let old = counts.old_at_least(threshold);
    let spared = |why: fn(&Shown) -> bool| {
        let grave = |finding: &&Shown| finding.severity >= threshold;
        document.findings.iter().filter(grave).any(why)
    };
    let reached = match counts.at_least(threshold) - old {
        0 if old > 0 && document.findings.iter().any(|finding| finding.is_local) => {
            format!(
                "only findings that no branch or tag leads to reach the threshold `{threshold}`"
            )
        }
        0 if old > 0 && spared(|finding| finding.is_held_back()) => {
            format!("only findings held back by `rules.as-of` reach the threshold `{threshold}`")
        }
        0 if old > 0 && spared(|finding| finding.threshold.is_some() && !finding.is_old) => {
            "no finding reaches the threshold of its settings".to_owned()
        }
        0 if old > 0 => format!("no new finding reaches the threshold `{threshold}`"),
        0 => format!("no finding reaches the threshold `{threshold}`"),
        1 => format!("1 finding reaches the threshold `{threshold}`"),
        n => format!("{} reach the threshold `{threshold}`", count(n, "finding")),
    };
    if document.coverage.vacuous && document.coverage.is_empty() && document.verdict == Verdict::Go
    {
        return "nothing to scan: no changes".to_owned();
    }
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

/// The same for people: with the finding to look at first, and what a GO covers.
pub(super) fn explained(document: &Document<'_>, counts: &Counts) -> String {
    let reason = reason(document, counts);
    let decides = counts.at_least(document.threshold) > counts.old_at_least(document.threshold);
    if decides {
        return reason + &worst(document);
    }
    let gaps = document.coverage.gaps.len() as u64;
    if document.verdict != Verdict::Go || gaps == 0 {
        return reason;
    }
    let listed = if gaps == 1 { "gap is" } else { "gaps are" };
    let number = thousands(gaps);
    format!("{reason} in what was scanned; {number} {listed} listed as not scanned")
}

/// Names the finding to look at first: what it is, and where.
fn worst(document: &Document<'_>) -> String {
    let Some(place) = urgency::places(document).into_iter().next() else {
        return String::new();
    };
    let finding = place.worst;
    let rule = document.rules.iter().find(|rule| rule.id == finding.rule);
    let title = rule.map_or(finding.rule.as_str(), |rule| &*rule.title);
    let subject = place::subject(finding);
    let place = format!("{subject}:{}", finding.location.region.start.line);
    format!(", first \"{}\" at {}", escaped(title), escaped(&place))
}

/// Says that a finding is new because of its rule, and why.
pub(super) fn new_rule(finding: &Shown) -> Option<String> {
    let since = finding.since?;
    let why = match finding.new_rule? {
        NewRule::NotInBaseline => "after the baseline was written",
        NewRule::HeldBack => "held back by `rules.as-of`",
    };
    Some(format!("new because its rule was added in {since}, {why}"))
}

/// Names the repositories that a report is about, with their commits: `gonogo at 0123456789ab on main, 2026-01-31`.
pub(super) fn subjects(document: &Document<'_>) -> Vec<String> {
    let subjects = document.provenance.iter().map(|it| {
        let mut text = it.name.clone();
        if let Some(revision) = &it.revision {
            text.push_str(&format!(" at {}", revision.get(..12).unwrap_or(revision)));
        }
        if let Some(branch) = &it.branch {
            text.push_str(&format!(" on {branch}"));
        }
        if let Some(day) = it.date.as_deref().and_then(|date| date.get(..10)) {
            text.push_str(&format!(", {day}"));
        }
        text
    });
    subjects.collect()
}

/// Says what was scanned.
pub(super) fn scanned(coverage: &Coverage) -> String {
    if coverage.is_empty() {
        return "nothing".to_owned();
    }
    let parts: Vec<_> = [
        (coverage.files, "file"),
        (coverage.members, "archived member"),
        (coverage.blobs, "blob"),
        (coverage.commits, "commit message"),
        (coverage.tags, "tag message"),
    ]
    .into_iter()
    .filter(|&(n, _)| n > 0)
    .map(|(n, noun)| count(n, noun))
    .collect();
    let mut text = if parts.is_empty() {
        vec!["no text".to_owned()]
    } else {
        vec![format!("{} ({})", parts.join(", "), bytes(coverage.bytes))]
    };
    if coverage.binary > 0 {
        let binary = count(coverage.binary, "binary file");
        text.push(format!("strings of {binary}"));
    }
    if coverage.audited > 0 {
        let audited = count(coverage.audited, "configuration file");
        text.push(format!("{audited} audited"));
    }
    if coverage.templates > 0 {
        let templates = count(coverage.templates, "template");
        text.push(format!("{templates} not audited"));
    }
    if !coverage.unaudited.is_empty() {
        let formats = coverage.unaudited.iter();
        let formats: Vec<_> = formats
            .map(|(format, n)| format!("{format} ({n})"))
            .collect();
        text.push(format!("no settings checked in {}", formats.join(", ")));
    }
    text.join(", ")
}

/// Returns how many gaps keep the verdict open.
fn undecided(coverage: &Coverage) -> u64 {
    let open = coverage.gaps.iter().filter(|gap| gap.is_undecided());
    open.count() as u64
}

/// Returns what was not scanned, gaps that keep the verdict open first, in the same order on every run.
pub(super) fn sorted_gaps(coverage: &Coverage) -> Vec<&Gap> {
    let mut gaps: Vec<_> = coverage.gaps.iter().collect();
    gaps.sort_by_key(|&gap| (!gap.is_undecided(), gap.kind, gap.accepted.is_some(), gap));
    gaps
}

/// How many gaps of one kind are listed one by one; more of them are combined into one line.
pub(super) const GAPS_OF_A_KIND: usize = 3;

/// A line about one gap, or about many of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GapLine {
    /// The kind of gap.
    pub(super) kind: GapKind,
    /// Where it is, or how many there are and where the first is.
    pub(super) place: String,
    /// What went wrong, what to do about it, and what accepts it.
    pub(super) reason: String,
    /// Whether it keeps the verdict open.
    pub(super) is_undecided: bool,
}

/// Returns how many gaps there are, and how many of them are accepted.
pub(super) fn gap_count(gaps: &[&Gap]) -> String {
    let all = count(gaps.len() as u64, "gap");
    let own = match gaps.iter().filter(|gap| gap.accepted_by_change).count() {
        0 => String::new(),
        own => format!(" ({own} of them by this change)"),
    };
    match gaps.iter().filter(|gap| gap.accepted.is_some()).count() {
        0 => all,
        accepted => format!("{all}, {accepted} accepted{own}"),
    }
}

/// Returns what was not scanned, in a few lines: a partial clone can lack a hundred thousand objects, and that is one
/// problem.
///
/// Up to `most` of a kind are listed one by one.
pub(super) fn gap_lines<'a>(gaps: impl IntoIterator<Item = &'a Gap>, most: usize) -> Vec<GapLine> {
    let gaps: Vec<_> = gaps.into_iter().collect();
    let lines = gaps
        .chunk_by(|a, b| a.kind == b.kind && a.accepted.is_some() == b.accepted.is_some())
        .flat_map(|of_kind| {
            let told = if of_kind.len() > most {
                1
            } else {
                of_kind.len()
            };
            of_kind.iter().take(told).map(move |gap| GapLine {
                kind: gap.kind,
                place: match of_kind.len() {
                    n if n > told => format!(
                        "{}, the first is {}",
                        count(n as u64, gap.kind.noun()),
                        gap.place
                    ),
                    _ => gap.place.clone(),
                },
                reason: match (mending(gap.kind), &gap.accepted) {
                    (_, Some(accepted)) => format!("{}; {}", gap.reason, accepted_by(accepted)),
                    (Some(how), _) if of_kind.len() > told => format!("{}; {how}", gap.reason),
                    _ => gap.reason.clone(),
                },
                is_undecided: gap.is_undecided(),
            })
        });
    lines.collect()
}

/// How many comments that allow findings are listed one by one where there is room.
pub(super) const ALLOWED: usize = 10;

/// Lists the comments that hide more than one finding, those that hide most first, up to `most` of them one by one.
pub(super) fn allowed_lines(coverage: &Coverage, most: usize) -> Vec<String> {
    let several = coverage
        .allowed
        .iter()
        .filter(|allowed| allowed.findings > 1);
    let mut several: Vec<_> = several.collect();
    several.sort_by_key(|allowed| (std::cmp::Reverse(allowed.findings), *allowed));
    let more = several.len().saturating_sub(most);
    let listed = several.iter().take(most).map(|allowed| {
        let hidden = count(allowed.findings, "finding");
        format!("{}: `{}` suppresses {hidden}", allowed.place, allowed.by)
    });
    let mut lines: Vec<_> = listed.collect();
    lines.extend((more > 0).then(|| format!("and {} more", count(more as u64, "comment"))));
    lines
}

/// Returns what accepts a gap, and why.
pub(super) fn accepted_by(accepted: &Suppression) -> String {
    match accepted.reason.as_str() {
        "" => format!("accepted by {}", accepted.by),
        reason => format!("accepted by {}: {reason}", accepted.by),
    }
}

/// Returns the gaps that the change which is judged accepts itself.
pub(super) fn gaps_accepted_by_change(coverage: &Coverage) -> impl Iterator<Item = &Gap> {
    let gaps = sorted_gaps(coverage).into_iter();
    gaps.filter(|gap| gap.accepted_by_change)
}

/// Says what closes many gaps of a kind at once.
fn mending(kind: GapKind) -> Option<&'static str> {
    (kind == GapKind::Missing)
        .then_some("in a partial clone, fetch them with `git fetch --refetch --no-filter --tags`")
}

/// Returns the word for a kind of gap.
pub(super) fn gap_kind(kind: GapKind) -> &'static str {
    kind.name()
}

/// Returns what was verified offline and which facts a credential contains, as a label and its text; `None` if there
/// is neither.
pub(super) fn evidence(evidence: &Evidence) -> Option<(&'static str, String)> {
    let facts = evidence.facts.iter();
    let facts = facts.map(|fact| format!("{} {}", fact.name, fact.value));
    let is_proven = evidence.proof == Proof::Proven;
    let checked = is_proven.then(|| {
        let valid = if evidence.is_checksum {
            "checksum valid (offline)"
        } else {
            "structure valid"
        };
        valid.to_owned()
    });
    let text: Vec<_> = checked.into_iter().chain(facts).collect();
    let label = if is_proven { "checked" } else { "facts" };
    (!text.is_empty()).then(|| (label, text.join(", ")))
}

/// Returns the history of a finding in git, in one or two clauses.
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
    if let Some(commit) = &history.removed {
        let day = commit.date.get(..10).unwrap_or(&commit.date);
        presence = format!(
            "removed in commit {} of {day}; {presence}",
            place::short(&commit.id)
        );
    }
    if history.blobs > 1 {
        presence = format!("{presence}; in {}", count(history.blobs, "version"));
    }
    clauses.push(presence);
    clauses
}

/// Returns where something still is, as a phrase to follow "it is".
pub(super) fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Head => "still in HEAD",
        Presence::History => "no longer in HEAD, but in its history",
        Presence::Refs => "not in HEAD's history, but in the history of another branch or tag",
        Presence::Index => "staged in the index, but not in any reachable commit",
        Presence::Stash => "only in the stash of this copy: remove it with `git stash drop`",
        Presence::Unreachable => {
            "unreachable from any ref, but in this copy until Git prunes it: remove it with `git reflog expire \
             --expire-unreachable=now --all && git gc --prune=now`"
        }
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
    fn many_gaps_of_a_kind_are_one_line() {
        let gap = |kind, n: usize| Gap::new(kind, format!("object {n}"), "it is not in this clone");
        let mut gaps: Vec<_> = (0..3).map(|n| gap(GapKind::Corrupt, n)).collect();
        gaps.extend((0..1_234).map(|n| gap(GapKind::Missing, n)));
        let lines = gap_lines(&gaps, GAPS_OF_A_KIND);
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[2].place, "object 2");
        assert_eq!(lines[3].place, "1,234 objects, the first is object 0");
        assert!(lines[3].reason.contains("fetch them with `git fetch"));
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
