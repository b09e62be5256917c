//! Rules of other scanners: the files of gitleaks and betterleaks, run as they are.
//!
//! `file` parses the files, `go_pattern` the patterns, `condition` and `expression` the allowlists and filters; `load`
//! puts everything together, and `scan` searches for it.

mod compile;
mod condition;
mod expression;
mod extend;
mod file;
mod go_pattern;
mod load;
mod names;
mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use regex_automata::meta::Regex;

use super::rule_file::{Allowlist, Loaded, Matcher, RuleDefinition};
use crate::model::{Category, Confidence, Severity};

use condition::{Condition, Skip, Subject};

pub use load::ReadBeside;
pub(super) use scan::Scanner;

/// A rule file of another scanner.
#[derive(Debug, Default)]
pub struct Imported {
    /// Its name.
    name: String,
    rules: Vec<ImportedRule>,
    /// Whether it states that built-in rules apply, too.
    uses_default: bool,
    allowances: Vec<Allowance>,
    /// What is not supported, one warning per line.
    warnings: Vec<String>,
    /// Everything that was read, since it decides what is found.
    source: Vec<u8>,
    /// While it is read: conditions that apply to all of its rules.
    global: Vec<Condition>,
    /// While it is read: allowlists that target particular rules, with the rule's id and the file.
    targeted: Vec<(String, String, file::RawAllowlist)>,
}

/// One rule of such a file.
#[derive(Debug)]
pub(super) struct ImportedRule {
    id: String,
    description: String,
    tags: Vec<String>,
    file: String,
    line: u32,
    keywords: Vec<String>,
    /// `None` for rules that only check paths.
    regex: Option<Regex>,
    /// How far from its keywords a match can reach, in bytes; `None` if it must be searched for everywhere.
    reach: Option<usize>,
    secret_group: usize,
    path: Option<Regex>,
    skip: Skip,
    required: Vec<Required>,
    /// Whether it exists only for the rules that require it.
    is_silent: bool,
    /// Whether it matched more often in one text than is examined.
    is_cut_short: AtomicBool,
}

/// Another rule that must match nearby for a match to count.
#[derive(Debug, Clone, Copy)]
struct Required {
    /// Its index in the same file.
    rule: usize,
    lines: Option<usize>,
    columns: Option<usize>,
}

/// What a file allows, as far as that is decided for findings.
#[derive(Debug)]
struct Allowance {
    /// The built-in rules that it applies to: `*`, `family/*` or a rule's id.
    on_builtin: Vec<String>,
    /// The rules of the file that it applies to, written in the same way.
    on_imported: Vec<String>,
    condition: Option<Condition>,
    commits: Vec<String>,
    /// Whether both the condition and a commit must match.
    needs_all: bool,
    reason: String,
}

/// A finding, as far as allowlists need it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The rule that found it.
    pub rule: &'a str,
    /// The credential.
    pub secret: &'a [u8],
    /// The line it is on.
    pub line: &'a [u8],
    /// The path of its file, relative to the root.
    pub path: &'a str,
    /// The commit that introduced it, if known.
    pub commit: Option<&'a str>,
}

impl Imported {
    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of its rules.
    pub fn count(&self) -> usize {
        self.rules.len()
    }

    /// Returns what is not supported, one warning per line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns warnings that arose only during the scan.
    pub fn late_warnings(&self) -> Vec<String> {
        let cut = self
            .rules
            .iter()
            .filter(|rule| rule.is_cut_short.load(Ordering::Relaxed));
        let told = cut.map(|rule| {
            format!(
                "{}:{}: rule `{}` matched more than a thousand times in one text, and was not followed any further there",
                rule.file, rule.line, rule.id
            )
        });
        told.collect()
    }

    /// Returns everything that decides what it finds.
    pub(super) fn source(&self) -> &[u8] {
        &self.source
    }

    /// Returns the reason why the file allows a finding, if it does; the reason may be empty.
    pub fn allows(&self, finding: &Candidate<'_>) -> Option<&str> {
        let is_own = self.rules.iter().any(|rule| rule.id == finding.rule);
        let subject = Subject {
            secret: finding.secret,
            whole: finding.secret,
            line: finding.line,
            path: Some(finding.path),
        };
        let allows = |allowance: &&Allowance| {
            let rules = if is_own {
                &allowance.on_imported
            } else {
                &allowance.on_builtin
            };
            let is_meant = rules.iter().any(|pattern| names(pattern, finding.rule));
            is_meant && allowance.holds(&subject, finding.commit)
        };
        self.allowances
            .iter()
            .find(allows)
            .map(|it| it.reason.as_str())
    }
}

/// Whether `pattern` stands for `rule`.
fn names(pattern: &str, rule: &str) -> bool {
    let family = |family: &str| {
        rule.strip_prefix(family)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    pattern == "*" || pattern == rule || pattern.strip_suffix("/*").is_some_and(family)
}

impl Allowance {
    fn holds(&self, subject: &Subject<'_>, commit: Option<&str>) -> bool {
        let of_commit = commit.is_some_and(|commit| self.commits.iter().any(|one| one == commit));
        let of_rest = self
            .condition
            .as_ref()
            .map(|condition| condition.holds(subject));
        if self.needs_all {
            (self.commits.is_empty() || of_commit) && of_rest.unwrap_or(true)
        } else {
            of_commit || of_rest.unwrap_or(false)
        }
    }
}

impl ImportedRule {
    /// Returns the rule in the form of the detector's own rules.
    fn definition(&self) -> RuleDefinition {
        let title = match self.description.split_once(". ") {
            _ if self.description.is_empty() => format!("match of the rule `{}`", self.id),
            Some((first, _)) => first.to_owned(),
            None => self.description.trim_end_matches('.').to_owned(),
        };
        let description = if self.description.is_empty() {
            format!("A rule of {}.", self.file)
        } else {
            self.description.clone()
        };
        let tags = self.tags.iter().cloned().map(Cow::Owned);
        RuleDefinition {
            id: Cow::Owned(self.id.clone()),
            title: Cow::Owned(title),
            description: Cow::Owned(description),
            remedy: None,
            severity: Severity::High,
            // A rule's author wants to see what it finds, even in tests.
            confidence: Confidence::High,
            matcher: Matcher::Imported,
            category: Category::Secret,
            keywords: Cow::Borrowed(&[]),
            regex: None,
            secret_group: 0,
            entropy: None,
            path: None,
            max_length: None,
            proof: None,
            judged: false,
            more: None,
            allowlist: Allowlist::default(),
            references: Cow::Borrowed(&[]),
            tags: tags.collect::<Vec<_>>().into(),
            examples: Cow::Borrowed(&[]),
            negatives: Cow::Borrowed(&[]),
            parts: Cow::Borrowed(&[]),
            since: None,
        }
    }

    fn loaded(&self) -> Loaded {
        Loaded {
            file: Cow::Owned(self.file.clone()),
            line: self.line,
            definition: self.definition(),
        }
    }

    /// Returns whether a match with these test results counts in the file at `path`.
    pub(super) fn counts_at(&self, known: u64, path: &str) -> bool {
        self.looks_into(path) && !self.skip.skips_at(known, path)
    }
}

impl Scanner {
    /// Returns the rules in the form of the detector's own rules, in the order of their numbers.
    pub(super) fn loaded(&self) -> Vec<Loaded> {
        let rules = self.files().iter().flat_map(|file| &file.rules);
        rules.map(ImportedRule::loaded).collect()
    }
}
