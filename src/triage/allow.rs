//! What settings say about findings: which rules are off, severities, which paths count, and what is allowed.

mod by_path;

use std::collections::{BTreeMap, BTreeSet};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::model::{
    Finding, Fingerprint, Gap, MEMBER, RuleId, Severity, Suppression, SuppressionKind,
};

use super::globs::{Globs, trimmed};
use super::pattern;
use by_path::ByPath;

/// The largest size of a compiled pattern, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// An entry that allows findings. All of its conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allow {
    /// Rules or families; empty for all.
    pub rules: Vec<String>,
    /// Patterns of paths; empty for all.
    pub paths: Vec<String>,
    /// The fingerprint of a single finding.
    pub fingerprint: Option<Fingerprint>,
    /// The kinds of gaps that it accepts; such an entry says nothing about findings.
    pub gaps: Vec<String>,
    /// A pattern that must match in the line of the finding.
    pub line_pattern: Option<String>,
    /// Why it is allowed.
    pub reason: String,
    /// The last day on which the entry applies.
    pub until: Option<String>,
    /// The line of the entry, counted from 1.
    pub line: u32,
}

/// Everything that settings say about findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Patterns of files that do not count.
    pub exclude: Vec<String>,
    /// If there are any, only files that match these patterns count.
    pub include: Vec<String>,
    /// Rules or families that are off.
    pub off: Vec<String>,
    /// The severities of rules or families.
    pub severity: Vec<(String, Severity)>,
    /// The entries that allow findings.
    pub allow: Vec<Allow>,
}

/// Compiled wishes, ready to be applied.
#[derive(Debug)]
pub struct Judge {
    /// The name of the settings file.
    file: String,
    exclude: Option<Globs>,
    include: Option<Globs>,
    off: Vec<String>,
    severity: Vec<(String, Severity)>,
    entries: Vec<Entry>,
    index: Index,
    used: BTreeSet<usize>,
}

/// An index of entries, since there may be many entries and many findings.
#[derive(Debug, Default)]
struct Index {
    by_fingerprint: BTreeMap<Fingerprint, Vec<usize>>,
    /// Entries for findings with paths, but no fingerprint.
    by_path: ByPath,
    /// Entries for findings with neither.
    anywhere: Vec<usize>,
    /// Entries for gaps with paths.
    gaps_by_path: ByPath,
    /// Entries for gaps without paths.
    gaps_anywhere: Vec<usize>,
}

#[derive(Debug)]
struct Entry {
    allow: Allow,
    paths: Option<Globs>,
    line: Option<Regex>,
}

/// Compiles a pattern that is searched for in lines.
///
/// # Errors
///
/// The pattern is invalid, or compiles to more than is reasonable; the text says why, in one line.
pub fn line_pattern(pattern: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax::Config::new().utf8(false))
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(SIZE_LIMIT)),
        )
        .build(pattern)
        .map_err(|error| {
            let message = error
                .syntax_error()
                .map_or_else(|| error.to_string(), ToString::to_string);
            let last = message.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        })
}

fn globs(patterns: &[String]) -> Result<Option<Globs>, String> {
    let all = || Globs::new(patterns.iter().map(String::as_str));
    (!patterns.is_empty()).then(all).transpose()
}

impl Wishes {
    /// Compiles them; `file` is the name of the settings file.
    ///
    /// # Errors
    ///
    /// A pattern is invalid.
    pub fn judge(&self, file: &str) -> Result<Judge, String> {
        let entry = |allow: &Allow| {
            Ok::<_, String>(Entry {
                paths: globs(&allow.paths)?,
                line: allow
                    .line_pattern
                    .as_deref()
                    .map(line_pattern)
                    .transpose()?,
                allow: allow.clone(),
            })
        };
        Ok(Judge {
            file: file.to_owned(),
            exclude: globs(&self.exclude)?,
            include: globs(&self.include)?,
            off: self.off.clone(),
            severity: self.severity.clone(),
            entries: self.allow.iter().map(entry).collect::<Result<_, _>>()?,
            index: Index::new(&self.allow),
            used: BTreeSet::new(),
        })
    }
}

impl Index {
    fn new(entries: &[Allow]) -> Self {
        let mut index = Self::default();
        for (number, allow) in entries.iter().enumerate() {
            let (by_path, anywhere) = if allow.gaps.is_empty() {
                (&mut index.by_path, &mut index.anywhere)
            } else {
                (&mut index.gaps_by_path, &mut index.gaps_anywhere)
            };
            if let Some(fingerprint) = allow.fingerprint {
                let same = index.by_fingerprint.entry(fingerprint).or_default();
                same.push(number);
            } else if allow.paths.is_empty() {
                anywhere.push(number);
            } else {
                allow
                    .paths
                    .iter()
                    .for_each(|path| by_path.add(path, number));
            }
        }
        index
    }

    /// The entries that may apply at `path`, without those with a fingerprint, in ascending order.
    fn at(&self, path: &Place) -> Vec<usize> {
        let mut found = self.anywhere.clone();
        for path in std::iter::once(&path.file).chain(&path.member) {
            found.extend(self.by_path.candidates(trimmed(path)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The entries that may be about a gap at `path`, in ascending order.
    fn gaps_at(&self, path: &str) -> Vec<usize> {
        let mut found = self.gaps_by_path.candidates(trimmed(path));
        found.extend(&self.gaps_anywhere);
        found.sort_unstable();
        found
    }

    /// The entries that may be about `finding`, in ascending order; `at` are those at its path.
    fn of(&self, finding: &Finding, at: &[usize]) -> Vec<usize> {
        let mut found = at.to_vec();
        let mut known = [finding.fingerprint, finding.former_fingerprint].to_vec();
        known.dedup();
        let named = known
            .iter()
            .filter_map(|known| self.by_fingerprint.get(known));
        found.extend(named.flatten());
        found.sort_unstable();
        found
    }
}

impl Judge {
    /// Sets the severities of findings, and marks those that do not count. `place` returns the path of a file relative
    /// to the settings; `today` is the current day as `YYYY-MM-DD`.
    pub fn apply<'f>(
        &mut self,
        findings: impl IntoIterator<Item = &'f mut Finding>,
        place: &dyn Fn(&str) -> String,
        today: &str,
    ) {
        // Most findings are at the same path as the one before.
        let mut last: Option<(Place, Vec<usize>)> = None;
        for finding in findings {
            self.weigh(finding);
            let path = Place::new(place(&finding.location.path), finding);
            let same = last.take().filter(|(known, _)| *known == path);
            let (path, at) = same.unwrap_or_else(|| {
                let at = self.index.at(&path);
                (path, at)
            });
            let candidates = self.index.of(finding, &at);
            let allowed = self.allowed(finding, (&path, &candidates), today);
            let unwanted = self.unwanted(finding, &path).or(allowed);
            last = Some((path, at));
            let Some((line, reason)) = unwanted else {
                continue;
            };
            let by = line.map_or_else(|| self.file.clone(), |line| format!("{}:{line}", self.file));
            finding.suppression.get_or_insert(Suppression {
                kind: SuppressionKind::External,
                by,
                reason,
            });
        }
    }

    /// Marks the gaps that are accepted; `place` and `today` are as for [`Self::apply`].
    pub fn accept(&mut self, gaps: Vec<&mut Gap>, place: &dyn Fn(&str) -> String, today: &str) {
        for gap in gaps {
            let path = place(&gap.place);
            for number in self.index.gaps_at(&path) {
                let entry = &self.entries[number];
                if !entry.accepts(gap, &path) {
                    continue;
                }
                self.used.insert(number);
                if gap.accepted.is_none() && !entry.is_expired(today) {
                    gap.accepted = Some(Suppression {
                        kind: SuppressionKind::External,
                        by: format!("{}:{}", self.file, entry.allow.line),
                        reason: entry.allow.reason.clone(),
                    });
                }
            }
        }
    }

    /// The name of a rule takes precedence over that of its family.
    fn weigh(&self, finding: &mut Finding) {
        let matching = self
            .severity
            .iter()
            .filter(|(pattern, _)| pattern::matches(pattern, &finding.rule));
        let exactness = |pattern: &str| (pattern != "*", !pattern.ends_with("/*"));
        let wished = matching.max_by_key(|(pattern, _)| exactness(pattern));
        if let Some((_, severity)) = wished {
            finding.severity = *severity;
        }
    }

    fn unwanted(&self, finding: &Finding, path: &Place) -> Option<(Option<u32>, String)> {
        let because = |what: &str| Some((None, what.to_owned()));
        let is_off = |rule: &RuleId| {
            self.off
                .iter()
                .any(|pattern| pattern::matches(pattern, rule))
        };
        if finding.rules().all(is_off) {
            return because("`rules.off`");
        }
        // A commit message has no path, so it is neither included nor excluded.
        if path.file.is_empty() {
            return None;
        }
        if self
            .exclude
            .as_ref()
            .is_some_and(|globs| path.is_named(globs))
        {
            return because("`paths.exclude`");
        }
        if self
            .include
            .as_ref()
            .is_some_and(|globs| !path.is_named(globs))
        {
            return because("`paths.include`");
        }
        None
    }

    fn allowed(
        &mut self,
        finding: &Finding,
        (path, candidates): (&Place, &[usize]),
        today: &str,
    ) -> Option<(Option<u32>, String)> {
        let mut allowed = None;
        for &number in candidates {
            let entry = &self.entries[number];
            if entry.is_about(finding, path) {
                self.used.insert(number);
                if allowed.is_none() && !entry.is_expired(today) {
                    allowed = Some((Some(entry.allow.line), entry.allow.reason.clone()));
                }
            }
        }
        allowed
    }

    /// Returns warnings about entries, one line each. Entries that matched nothing are only reported after a complete
    /// scan.
    pub fn warnings(&self, today: &str, is_complete: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            let (file, line) = (&self.file, entry.allow.line);
            if entry.is_expired(today) {
                warnings.push(format!(
                    "{file}:{line}: this `allow` entry has expired and no longer counts"
                ));
            } else if is_complete && !self.used.contains(&number) {
                warnings.push(format!("{file}:{line}: this `allow` entry matched nothing"));
            }
        }
        warnings
    }
}

/// The place of a finding, relative to the settings.
#[derive(PartialEq, Eq)]
struct Place {
    file: String,
    /// The path with the member of the archive, if it is in one.
    member: Option<String>,
}

impl Place {
    fn new(file: String, finding: &Finding) -> Self {
        let member = finding.location.member.as_ref();
        let member = member.map(|member| format!("{file}{MEMBER}{member}"));
        Self { file, member }
    }

    /// Whether a pattern matches the file, or the member in it.
    fn is_named(&self, globs: &Globs) -> bool {
        globs.name(&self.file) || self.member.as_ref().is_some_and(|path| globs.name(path))
    }
}

impl Entry {
    fn is_expired(&self, today: &str) -> bool {
        self.allow
            .until
            .as_deref()
            .is_some_and(|until| until < today)
    }

    fn accepts(&self, gap: &Gap, path: &str) -> bool {
        let is_called = |name: &String| gap.kind.is_called(name);
        self.allow.gaps.iter().any(is_called)
            && self.paths.as_ref().is_none_or(|paths| paths.name(path))
    }

    fn is_about(&self, finding: &Finding, path: &Place) -> bool {
        let rules = &self.allow.rules;
        let is_meant = |rule: &RuleId| rules.iter().any(|pattern| pattern::matches(pattern, rule));
        let in_line = |regex: &Regex| regex.is_match(finding.excerpt.revealed().0);
        self.allow.gaps.is_empty()
            && (rules.is_empty() || finding.rules().all(is_meant))
            && self.paths.as_ref().is_none_or(|paths| path.is_named(paths))
            && self
                .allow
                .fingerprint
                .is_none_or(|known| finding.is_known_by(known))
            && self.line.as_ref().is_none_or(in_line)
    }
}
