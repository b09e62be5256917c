//! A file of accepted findings: one line each, sorted, so that two branches seldom change the same line.
//!
//! A line is `FINGERPRINT RULE PATH [until=YYYY-MM-DD] [REASON]`. Only the fingerprint and the date decide; rule and
//! path are there for readers.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint;
use crate::model::{
    Finding, Fingerprint, NewRule, Suppression, SuppressionKind, Version, current_version,
};
use crate::redact::Redactor;

/// The first lines of a baseline.
const HEAD: &str = "# Accepted findings: FINGERPRINT RULE PATH [until=YYYY-MM-DD] [REASON]\n\
    # `gonogo baseline update` keeps this file up to date.\n";
/// The comment with the version of the rules that were used: findings of newer rules were neither accepted nor
/// rejected.
const RULES_OF: &str = "# Rules of version ";
/// The word before a date.
const UNTIL: &str = "until=";
/// What stands in for the path of a commit message.
const NO_PATH: &str = "-";

/// A file of accepted findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, Entry>,
    used: BTreeSet<Fingerprint>,
    /// The fingerprints of version 1 in matched entries, with the present ones of their findings.
    former: BTreeMap<Fingerprint, Fingerprint>,
    /// The version whose rules found what it accepts, if it says so.
    version: Option<Version>,
}

/// An entry for one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The rule that found it.
    pub rule: String,
    /// The file that contains it, without spaces.
    pub path: String,
    /// The last day on which the entry applies.
    pub until: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The line of the entry, counted from 1; 0 for a new one.
    pub line: usize,
}

/// The error for a line that is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct BaselineError {
    /// The line number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Baseline {
    /// Reads a baseline.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut baseline = Self::default();
        for (text, line) in text.lines().zip(1..) {
            let text = text.trim().trim_start_matches('\u{feff}');
            if text.is_empty() || text.starts_with('#') {
                let version = text.strip_prefix(RULES_OF).and_then(|it| it.parse().ok());
                // If a merge leaves two, the older one counts: only its rules were used for the entries of both sides.
                baseline.version = baseline.version.into_iter().chain(version).min();
                continue;
            }
            let wrong = |message: String| BaselineError { line, message };
            if ["<<<<<<<", "=======", ">>>>>>>"]
                .iter()
                .any(|mark| text.starts_with(mark))
            {
                return Err(wrong(
                    "unresolved merge conflict: keep the lines of both sides and remove the marker"
                        .to_owned(),
                ));
            }
            let (fingerprint, entry) = entry(text, line).map_err(wrong)?;
            // A merge may leave the same entry twice.
            baseline.entries.entry(fingerprint).or_insert(entry);
        }
        Ok(baseline)
    }

    /// Marks the `findings` that are in the baseline. An entry applies up to its last day; `today` is the current day
    /// as `YYYY-MM-DD`. `file` is the name of the baseline.
    pub fn apply(&mut self, file: &str, findings: &mut [Finding], today: &str) {
        let mut matches = Vec::with_capacity(findings.len());
        for finding in findings.iter() {
            let (now, before) = (finding.fingerprint, finding.former_fingerprint);
            let known = [now, before]
                .into_iter()
                .find(|it| self.entries.contains_key(it));
            if let Some(by) = known {
                self.used.insert(by);
                if by != now {
                    self.former.insert(by, now);
                }
            }
            matches.push(known);
        }
        for (finding, known) in findings.iter_mut().zip(matches) {
            let rest = known.or_else(|| self.rest_of(finding));
            let Some((by, entry)) = rest.and_then(|by| Some((by, self.entries.get(&by)?))) else {
                self.tell_new_rule(finding);
                continue;
            };
            self.used.insert(by);
            if finding.suppression.is_none() && !entry.is_expired(today) {
                finding.suppression = Some(Suppression {
                    kind: SuppressionKind::External,
                    by: file.to_owned(),
                    reason: entry.reason.clone(),
                });
            }
        }
    }

    /// The unused entry of which this finding is the rest: everything that an item lacks is one finding, which another
    /// rule leads once the worst lack is fixed.
    fn rest_of(&self, finding: &Finding) -> Option<Fingerprint> {
        let family = |rule: &str| rule.split('/').next().map(str::to_owned);
        let own = family(finding.rule.as_str());
        fingerprint::led_by(finding, finding.rule.as_str())?;
        let path = path_word(&finding.path_from_top);
        let mut entries = self.unused();
        let found = entries.find(|(fingerprint, entry)| {
            entry.path == path
                && family(&entry.rule) == own
                && fingerprint::led_by(finding, &entry.rule) == Some(**fingerprint)
        });
        found.map(|(fingerprint, _)| *fingerprint)
    }

    /// Marks a finding that is not in the baseline because its rule is newer.
    fn tell_new_rule(&self, finding: &mut Finding) {
        let newer = finding.since.zip(self.version);
        if newer.is_some_and(|(since, version)| since.is_newer_than(version)) {
            finding.new_rule.get_or_insert(NewRule::NotInBaseline);
        }
    }

    /// Records that the present rules were used for everything in the baseline.
    pub fn bring_up_to_date(&mut self) {
        self.version = current_version();
    }

    /// Returns the entries that matched nothing so far.
    pub fn unused(&self) -> impl Iterator<Item = (&Fingerprint, &Entry)> {
        self.entries
            .iter()
            .filter(|(fingerprint, _)| !self.used.contains(*fingerprint))
    }

    /// Returns the entries whose last day has passed.
    pub fn expired(&self, today: &str) -> impl Iterator<Item = (&Fingerprint, &Entry)> {
        self.entries
            .iter()
            .filter(move |(_, entry)| entry.is_expired(today))
    }

    /// Returns how many entries there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// Adds the findings that are not in the baseline yet, with redacted paths; returns how many. Findings that a
    /// comment allows need no entry.
    pub fn add(
        &mut self,
        (findings, redactor): (&[Finding], &Redactor<'_>),
        reason: &str,
        until: Option<&str>,
    ) -> usize {
        let before = self.count();
        let is_open = |finding: &&Finding| {
            let kind = finding.suppression.as_ref().map(|it| it.kind);
            kind != Some(SuppressionKind::InSource)
        };
        for finding in findings.iter().filter(is_open) {
            self.entries
                .entry(finding.fingerprint)
                .or_insert_with(|| Entry {
                    // Rules of other scanners may have any name.
                    rule: path_word(finding.rule.as_str()),
                    path: path_word(&redactor.name(&finding.path_from_top)),
                    until: until.map(str::to_owned),
                    reason: one_line(&redactor.message(reason)),
                    line: 0,
                });
        }
        self.count() - before
    }

    /// Removes the entries that matched nothing and whose path `is_gone`; returns how many.
    pub fn remove_unused(&mut self, is_gone: impl Fn(&str) -> bool) -> usize {
        let before = self.count();
        let used = &self.used;
        self.entries
            .retain(|fingerprint, entry| used.contains(fingerprint) || !is_gone(&entry.path));
        before - self.count()
    }

    /// Rewrites the matched entries of version 1 with the present fingerprints of their findings; returns how many.
    pub fn rewrite_former(&mut self) -> usize {
        let former = std::mem::take(&mut self.former);
        let count = former.len();
        for (before, now) in former {
            if let Some(entry) = self.entries.remove(&before) {
                self.entries.entry(now).or_insert(entry);
                self.used.insert(now);
            }
        }
        count
    }

    /// Sets another last day in the expired entries that matched, and the reason unless it is empty; returns how many.
    pub fn renew(&mut self, today: &str, until: &str, reason: &str) -> usize {
        let used = &self.used;
        let entries = self.entries.iter_mut();
        let expired = entries
            .filter(|(fingerprint, entry)| used.contains(*fingerprint) && entry.is_expired(today));
        let mut count = 0;
        for (_, entry) in expired {
            entry.until = Some(until.to_owned());
            if !reason.is_empty() {
                entry.reason = one_line(reason);
            }
            count += 1;
        }
        count
    }

    /// Returns the lines of entries, without the head of the file.
    pub fn lines(&self) -> BTreeSet<String> {
        let entries = self.entries.iter();
        entries
            .map(|(fingerprint, entry)| format!("{fingerprint} {entry}"))
            .collect()
    }

    /// Returns the text of the file.
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        if let Some(version) = self.version {
            text.push_str(&format!("{RULES_OF}{version}\n"));
        }
        for (fingerprint, entry) in &self.entries {
            text.push_str(&format!("{fingerprint} {entry}\n"));
        }
        text
    }
}

impl Entry {
    fn is_expired(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < today)
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.rule, self.path)?;
        if let Some(until) = &self.until {
            write!(f, " {UNTIL}{until}")?;
        }
        if !self.reason.is_empty() {
            write!(f, " {}", self.reason)?;
        }
        Ok(())
    }
}

/// How a date is shown in an error, if it consists of characters of dates.
fn shown_date(date: &str) -> String {
    let is_near = date.len() <= 12
        && date
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    if is_near {
        format!("`{date}`")
    } else {
        "what `until` says".to_owned()
    }
}

fn entry(text: &str, line: usize) -> Result<(Fingerprint, Entry), String> {
    let (first, rest) = word(text);
    let fingerprint: Fingerprint = first.parse().map_err(|error| format!("{error}"))?;
    let (rule, rest) = word(rest);
    let (path, rest) = word(rest);
    if rule.is_empty() || path.is_empty() {
        return Err("expected `FINGERPRINT RULE PATH [until=YYYY-MM-DD] [REASON]`".to_owned());
    }
    let (date, reason) = match word(rest) {
        (next, reason) if next.starts_with(UNTIL) => (Some(&next[UNTIL.len()..]), reason),
        _ => (None, rest),
    };
    if let Some(date) = date.filter(|date| !is_date(date)) {
        return Err(format!(
            "{} is not a date: write until=YYYY-MM-DD",
            shown_date(date)
        ));
    }
    let entry = Entry {
        rule: rule.to_owned(),
        path: path.to_owned(),
        until: date.map(str::to_owned),
        reason: reason.to_owned(),
        line,
    };
    Ok((fingerprint, entry))
}

/// The first word, and the rest after it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace)
        .map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// Returns whether `text` is a date like `2026-01-31`.
pub fn is_date(text: &str) -> bool {
    let number = |range| {
        text.get(range)
            .and_then(|part: &str| part.parse::<u32>().ok())
    };
    let has_shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, c)| {
            if at == 4 || at == 7 {
                c == b'-'
            } else {
                c.is_ascii_digit()
            }
        });
    let is_within = number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day));
    has_shape && is_within
}

/// A path as one word that neither hides nor breaks anything.
fn path_word(path: &str) -> String {
    if path.is_empty() {
        return NO_PATH.to_owned();
    }
    let mut word = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_alphanumeric() || c.is_ascii_graphic() && c != '%' {
            word.push(c);
        } else {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).bytes();
            bytes.for_each(|byte| word.push_str(&format!("%{byte:02X}")));
        }
    }
    word
}

/// A reason on a single line.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00010203040506070809 generic/password a%20b.env until=2026-01-31 a test\n\
        00010203040506070809.2 generic/password a%20b.env\n\
        10010203040506070809 url/password - known\n";

    #[test]
    fn a_baseline_is_written_as_it_is_read() {
        let baseline = Baseline::parse(TEXT).unwrap();
        assert_eq!(baseline.text(), format!("{HEAD}{TEXT}"));
        let shuffled: Vec<_> = TEXT.lines().rev().chain(TEXT.lines()).collect();
        let crlf = format!("\u{feff}# x\r\n\r\n{}", shuffled.join("\r\n"));
        assert_eq!(Baseline::parse(&crlf).unwrap().text(), baseline.text());
        let expired: Vec<_> = baseline
            .expired("2026-02-01")
            .map(|(_, entry)| entry.line)
            .collect();
        assert_eq!(expired, [1]);
        assert_eq!(baseline.expired("2026-01-31").count(), 0);
        assert_eq!(path_word("a b%\u{202e}ä"), "a%20b%25%E2%80%AEä");
    }

    #[test]
    fn what_rules_find_that_came_later_is_told_apart() {
        let of = |since: &str, text: &str| {
            let mut rule = crate::triage::sample_rule(crate::model::Category::Secret);
            rule.since = since.parse().ok();
            let place = crate::model::LineIndex::new(b"").region(0..0);
            let place = crate::model::Location::new("a".to_owned(), place);
            let mut findings = [Finding::new(&rule, String::new(), place)];
            let mut baseline = Baseline::parse(text).unwrap();
            baseline.apply("b", &mut findings, "2026-01-31");
            findings[0].new_rule
        };
        let written = |version: &str| format!("{HEAD}{RULES_OF}{version}\n{TEXT}");
        let told = Some(NewRule::NotInBaseline);
        assert_eq!(of("0.3.0", &written("0.2.0")), told);
        assert_eq!(of("0.2.0", &written("0.2.0")), None);
        assert_eq!(
            of("0.3.0", TEXT),
            None,
            "it does not say of which version it is"
        );
        let merged = written("0.3.0") + &written("0.2.0");
        assert_eq!(of("0.3.0", &merged), told);
        let text = Baseline::parse(&written("0.2.0")).unwrap().text();
        assert_eq!(text, written("0.2.0"));
    }

    #[test]
    fn what_is_no_entry_is_refused_with_its_line() {
        let check = |line: &str, expected: &str| {
            let error = Baseline::parse(&format!("{TEXT}{line}\n"))
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with("line 4: ") && error.contains(expected),
                "{error}"
            );
        };
        check("xyz generic/password a", "not a fingerprint");
        check(
            "00010203040506070809 generic/password",
            "FINGERPRINT RULE PATH",
        );
        check("00010203040506070809 a/b c until=tomorrow", "not a date");
        check("00010203040506070809 a/b c until=2026-13-01", "not a date");
        check("<<<<<<< HEAD", "unresolved merge conflict");
    }
}
