//! The format for programs: one document, described by `docs/schema/report-1.json`.
//!
//! The output has its own types, so that a change of the model cannot break the programs that read it.

mod finding;
mod indented;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::{Serialize, Serializer};

pub(super) use finding::FindingEntry;
use indented::Indented;

use super::escape::VisibleJson;
use super::words::{self, Counts};
use super::{Document, Format, Options};
use crate::model::{Allowed, Category, Confidence, GapKind, Rule, Severity, Verdict};
use crate::redact::Shown;

/// The version of the output. The number changes when a program that reads it would have to.
const SCHEMA: &str = "gonogo/report/1";

/// Writes one document.
#[derive(Debug)]
pub(super) struct Json {
    reveal: bool,
}

impl Json {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self {
            reveal: options.reveal,
        }
    }
}

impl Format for Json {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let counts = Counts::of(document.findings);
        let found: BTreeSet<_> = document
            .findings
            .iter()
            .flat_map(|finding| finding.rules())
            .collect();
        let rules = document.rules_where(|id| found.contains(id));
        let report = ReportEntry {
            summary: SummaryEntry::new(document, &counts, rules),
            findings: Each(document.findings, |finding| {
                Some(FindingEntry::new(finding, self.reveal))
            }),
        };
        write_pretty(&report, out)
    }
}

/// Serializes something for each of many findings, one at a time, so that they are never all in memory.
pub(super) struct Each<'a, F>(pub(super) &'a [Shown], pub(super) F);

impl<'a, T: Serialize, F: Fn(&'a Shown) -> Option<T>> Serialize for Each<'a, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter_map(&self.1))
    }
}

/// Writes `value` as indented JSON, and a line end.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = VisibleJson::new(io::BufWriter::new(out));
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut out,
        Indented::default(),
    ))?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

#[derive(Serialize)]
struct ReportEntry<'a, F: Serialize> {
    #[serde(flatten)]
    summary: SummaryEntry<'a>,
    findings: F,
}

/// Everything but the findings.
#[derive(Serialize)]
pub(super) struct SummaryEntry<'a> {
    schema: &'static str,
    tool: ToolEntry,
    verdict: Verdict,
    reason: String,
    threshold: Severity,
    roots: &'a [String],
    counts: CountsEntry,
    coverage: CoverageEntry<'a>,
    rules: Vec<RuleEntry<'a>>,
}

impl<'a> SummaryEntry<'a> {
    /// Sums up `document`; `counts` are of its findings, and `rules` are those that found them.
    pub(super) fn new(document: &Document<'a>, counts: &Counts, rules: Vec<&'a Rule>) -> Self {
        Self {
            schema: SCHEMA,
            tool: ToolEntry {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            verdict: document.verdict,
            reason: words::reason(document, counts),
            threshold: document.threshold,
            roots: document.roots,
            counts: CountsEntry {
                critical: counts.get(Severity::Critical),
                high: counts.get(Severity::High),
                medium: counts.get(Severity::Medium),
                low: counts.get(Severity::Low),
                info: counts.get(Severity::Info),
                suppressed: document.suppressed.len() as u64,
                not_shown: document.not_shown,
                not_sure: document.not_sure,
            },
            coverage: CoverageEntry::new(document),
            rules: rules.into_iter().map(RuleEntry::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct ToolEntry {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct CountsEntry {
    critical: u64,
    high: u64,
    medium: u64,
    low: u64,
    info: u64,
    suppressed: u64,
    not_shown: u64,
    not_sure: u64,
}

#[derive(Serialize)]
struct CoverageEntry<'a> {
    files: u64,
    blobs: u64,
    commits: u64,
    tags: u64,
    bytes: u64,
    members: u64,
    binary: u64,
    audited: u64,
    templates: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unaudited: &'a BTreeMap<&'static str, u64>,
    settings: &'a [String],
    gaps: Vec<GapEntry<'a>>,
    #[serde(skip_serializing_if = "<[Allowed]>::is_empty")]
    allowed: &'a [Allowed],
}

impl<'a> CoverageEntry<'a> {
    fn new(document: &Document<'a>) -> Self {
        let coverage = document.coverage;
        Self {
            files: coverage.files,
            blobs: coverage.blobs,
            commits: coverage.commits,
            tags: coverage.tags,
            bytes: coverage.bytes,
            members: coverage.members,
            binary: coverage.binary,
            audited: coverage.audited,
            templates: coverage.templates,
            unaudited: &coverage.unaudited,
            settings: &coverage.settings,
            gaps: words::sorted_gaps(coverage)
                .into_iter()
                .map(|gap| GapEntry {
                    kind: gap.kind,
                    undecided: gap.is_undecided(),
                    place: &gap.place,
                    reason: &gap.reason,
                    accepted: gap.accepted.as_ref().map(|accepted| AcceptedEntry {
                        by: &accepted.by,
                        reason: &accepted.reason,
                    }),
                })
                .collect(),
            allowed: &coverage.allowed,
        }
    }
}

#[derive(Serialize)]
struct GapEntry<'a> {
    kind: GapKind,
    undecided: bool,
    place: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<AcceptedEntry<'a>>,
}

#[derive(Serialize)]
struct AcceptedEntry<'a> {
    by: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: &'a str,
    category: Category,
    title: &'a str,
    description: &'a str,
    remedy: &'a str,
    severity: Severity,
    confidence: Confidence,
    references: Vec<&'a str>,
    tags: Vec<&'a str>,
}

impl<'a> RuleEntry<'a> {
    fn new(rule: &'a Rule) -> Self {
        Self {
            id: rule.id.as_str(),
            category: rule.category,
            title: &rule.title,
            description: &rule.description,
            remedy: &rule.remedy,
            severity: rule.severity,
            confidence: rule.confidence,
            references: rule.references.iter().map(AsRef::as_ref).collect(),
            tags: rule.tags.iter().map(AsRef::as_ref).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Secret;
    use crate::report::FormatName;
    use crate::report::sample::{sample, written};

    /// Returns the published schema, or the part of it at `pointer`.
    fn schema(pointer: &str) -> jsonschema::Validator {
        let text = include_str!("../../docs/schema/report-1.json");
        let mut schema: Value = serde_json::from_str(text).unwrap();
        if !pointer.is_empty() {
            let parts = schema["$defs"].take();
            schema = json!({ "$ref": pointer, "$defs": parts });
        }
        jsonschema::validator_for(&schema).unwrap()
    }

    fn check(validator: &jsonschema::Validator, text: &str) {
        let value = serde_json::from_str(text).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn a_report_is_what_its_schema_says() {
        let mut sample = sample();
        sample.findings[0].secret = Some(Secret::new(*b"\xff\xfe"));
        for reveal in [false, true] {
            let options = Options {
                reveal,
                ..Options::default()
            };
            let report = written(&sample.document(), FormatName::Json, options);
            check(&schema(""), &report);
            assert_eq!(report.contains(r#""secret_base64": "//4=""#), reveal);
            let lines = written(&sample.document(), FormatName::Jsonl, options);
            let (findings, summary) = lines.trim_end().rsplit_once('\n').unwrap();
            let line = schema("#/$defs/findingLine");
            findings.lines().for_each(|text| check(&line, text));
            check(&schema("#/$defs/summaryLine"), summary);
        }
    }

    #[test]
    fn the_schema_lets_nothing_else_through() {
        let other = json!({ "schema": "gonogo/report/1", "more": true });
        assert!(!schema("").is_valid(&other));
    }
}
