//! What a check is, whatever the format.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::{self, Category, Confidence, Finding, Rule, RuleId, Severity, rule_since};

use crate::audit::report::Report;
use crate::audit::{Files, Outcome, Policy, Project, Source};

/// The description of a check, apart from how it works.
#[derive(Debug)]
pub(in crate::audit) struct Card {
    /// `family/name`.
    pub(in crate::audit) id: &'static str,
    /// The kind of weakness that it looks for.
    pub(in crate::audit) category: Category,
    /// How severe it is, unless a sighting sets another severity.
    pub(in crate::audit) severity: Severity,
    /// How sure the check is, unless a sighting sets another confidence.
    pub(in crate::audit) confidence: Confidence,
    /// A few words that name the finding.
    pub(in crate::audit) title: &'static str,
    /// What the weakness is and why it matters, in a sentence or two.
    pub(in crate::audit) description: &'static str,
    /// How to fix it, with text to paste.
    pub(in crate::audit) remedy: &'static str,
    /// URLs of the vendor's documentation or the standard.
    pub(in crate::audit) references: &'static [&'static str],
    /// Words to filter by, including the numbers in standards.
    pub(in crate::audit) tags: &'static [&'static str],
    /// Texts in which the check must find something on exactly the lines that end in [`MARK`].
    pub(in crate::audit) examples: &'static [Example],
    /// Texts in which it must find nothing.
    pub(in crate::audit) negatives: &'static [Example],
}

/// A file to run a check on.
#[derive(Debug)]
pub(in crate::audit) struct Example {
    pub(in crate::audit) path: &'static str,
    pub(in crate::audit) text: &'static str,
    /// Paths and texts of other files in its tree.
    pub(in crate::audit) beside: &'static [(&'static str, &'static str)],
}

/// Marks the lines of an example on which a finding must begin, at their ends.
pub(in crate::audit) const MARK: &str = "# here";

/// Looks for one thing in one kind of configuration.
pub(in crate::audit) trait Check<Subject>: Sync {
    /// Returns the description of the check.
    fn card(&self) -> &'static Card;

    /// Looks for it in `subject`.
    fn check(&self, subject: &Subject, report: &mut Report);
}

/// One kind of configuration file.
pub(in crate::audit) trait Format: Sync {
    /// Returns a unique name.
    fn name(&self) -> &'static str;

    /// Returns the cards of all its checks.
    fn cards(&self) -> Vec<&'static Card>;

    /// Returns whether a file may be of this kind. It must be cheap, and may only err by saying yes.
    fn claims(&self, path: &str, text: &[u8]) -> bool;

    /// Returns whether a file that it claims is certainly of this kind, so that failing to audit it is a gap.
    fn is_certain(&self, path: &str, text: &[u8]) -> bool;

    /// Parses and checks a file of a project.
    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome;

    /// Adds findings that need all files of a whole tree to the outcome of each file.
    fn complete(&self, _project: &Project<'_>, _outcomes: &mut [(&str, Outcome)]) {}

    /// The bytes of a file that must not be shown.
    fn secrets(&self, _source: &Source) -> Vec<Range<usize>> {
        Vec::new()
    }
}

impl Card {
    /// Returns the card as a rule, for reports and other rooms.
    pub(in crate::audit) fn rule(&'static self) -> Rule {
        let borrowed = |words: &'static [&'static str]| {
            words.iter().map(|&word| Cow::Borrowed(word)).collect()
        };
        let id = RuleId::new(self.id);
        Rule {
            since: rule_since(&id),
            id,
            category: self.category,
            title: self.title.into(),
            description: self.description.into(),
            remedy: self.remedy.into(),
            severity: self.severity,
            confidence: self.confidence,
            references: borrowed(self.references),
            tags: borrowed(self.tags),
        }
    }
}

/// Returns the problems with a check's examples, one line each.
pub(in crate::audit) fn problems(card: &'static Card) -> Vec<String> {
    let mut problems = Vec::new();
    if card.examples.is_empty() || card.negatives.is_empty() {
        problems.push(format!(
            "{}: needs at least one example and one negative",
            card.id
        ));
    }
    for (number, example) in card.examples.iter().enumerate() {
        let expected = marked_lines(example.text);
        if expected.is_empty() {
            problems.push(format!(
                "{}: example {number} marks no line with `{MARK}`",
                card.id
            ));
        }
        problems.extend(mismatch(card, "example", number, example, &expected));
    }
    for (number, example) in card.examples.iter().enumerate() {
        let unsettled = unsettled(card, example);
        problems.extend(unsettled.map(|what| format!("{}: example {number}: {what}", card.id)));
    }
    for (number, negative) in card.negatives.iter().enumerate() {
        problems.extend(mismatch(card, "negative", number, negative, &[]));
    }
    problems
}

/// Audits a text together with other files.
pub(in crate::audit) fn audited(
    path: &str,
    text: &str,
    beside: &'static [(&'static str, &'static str)],
) -> Outcome {
    let policy = Policy {
        asks_for_evidence: true,
        ..Policy::default()
    };
    // Not all formats allow comments at the ends of lines.
    let text = text.replace(&format!(" {MARK}"), "");
    let all = || beside.iter().copied().chain([(path, text.as_str())]);
    let sources = all().filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = all().map(|(path, _)| path.to_owned());
    let beside = Beside(beside);
    let project = Project::new(sources, paths, &beside, &policy);
    let outcomes = project.audit().into_iter();
    let mut own = outcomes.filter(|(audited, _)| *audited == path);
    own.next()
        .map_or(Outcome::NotConfiguration, |(_, outcome)| outcome)
}

/// The other files of an example.
struct Beside(&'static [(&'static str, &'static str)]);

impl Files for Beside {
    fn is_whole(&self) -> bool {
        true
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let mut named = self.0.iter().filter(|(name, _)| *name == path);
        named.next().map(|(_, text)| text.as_bytes().to_owned())
    }

    /// The file `.git/index` of an example lists the paths that Git tracks, one per line.
    fn is_tracked(&self, path: &str) -> Option<bool> {
        let index = self.read(".git/index")?;
        let mut tracked = index.split(|byte| *byte == b'\n');
        Some(tracked.any(|line| line == path.as_bytes()))
    }

    fn is_ignored(&self, _path: &str) -> Option<bool> {
        self.is_tracked(".gitignore").map(|_| false)
    }
}

/// Returns a problem with the fixes of an example: each must remove a finding of its rule, and leave a file that can be
/// audited.
fn unsettled(card: &'static Card, example: &'static Example) -> Option<String> {
    let findings = |text: &str| match audited(example.path, text, example.beside) {
        Outcome::Audited(findings) => Some(findings),
        _ => None,
    };
    let text = example.text.replace(&format!(" {MARK}"), "");
    let before = findings(&text)?;
    for fix in before.iter().flat_map(|finding| &finding.fixes) {
        if fix.rule.as_str() == card.id {
            let Some(fixed) = model::apply(&text, [fix]) else {
                return Some(format!("`{}` cannot be done", fix.description));
            };
            let Some(after) = findings(&fixed) else {
                return Some(format!("`{}` breaks it:\n{fixed}", fix.description));
            };
            let is_less = count(&after, &fix.rule) < count(&before, &fix.rule);
            if !is_less {
                return Some(format!(
                    "`{}` does not settle it:\n{fixed}",
                    fix.description
                ));
            }
        }
    }
    None
}

/// Counts the findings of `rule`.
fn count(findings: &[Finding], rule: &RuleId) -> usize {
    let stands = |finding: &&Finding| finding.rules().any(|own| own == rule);
    findings.iter().filter(stands).count()
}

fn mismatch(
    card: &Card,
    kind: &str,
    number: usize,
    example: &Example,
    expected: &[u32],
) -> Option<String> {
    let found = match audited(example.path, example.text, example.beside) {
        Outcome::Audited(findings) => findings
            .iter()
            .filter(|finding| finding.rules().any(|rule| rule.as_str() == card.id))
            .map(|finding| finding.location.region.start.line)
            .collect::<Vec<_>>(),
        Outcome::NotConfiguration | Outcome::Template if expected.is_empty() => Vec::new(),
        other => {
            return Some(format!(
                "{}: {kind} {number} was not audited: {other:?}",
                card.id
            ));
        }
    };
    (found != expected).then(|| {
        format!(
            "{}: {kind} {number} must be found on lines {expected:?} but is on {found:?}",
            card.id
        )
    })
}

fn marked_lines(text: &str) -> Vec<u32> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.ends_with(MARK))
        .map(|(number, _)| number)
        .collect()
}
