//! The JSON of one finding, shared by the single document and the line format.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::model::{
    Category, CommitSummary, Confidence, Evidence, Fingerprint, Fix, History, Location, ObjectId,
    Origin, Position, Presence, Proof, Related, RuleId, Severity, Version,
};
use crate::redact::Shown;
use crate::report::excerpt;

/// One finding.
#[derive(Serialize)]
pub(in crate::report) struct FindingEntry<'a> {
    rule: &'a str,
    covers: Vec<&'a str>,
    fingerprint: Fingerprint,
    category: Category,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    origin: OriginEntry,
    location: Box<LocationEntry<'a>>,
    excerpt: Option<ExcerptEntry>,
    decoded: &'a [&'static str],
    evidence: Option<EvidenceEntry<'a>>,
    related: Vec<RelatedEntry<'a>>,
    /// Only present for rules whose general remedy does not fit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    remedies: BTreeMap<&'a str, &'a str>,
    fixes: Vec<FixEntry<'a>>,
    history: Option<Box<HistoryEntry<'a>>>,
    /// Only present if it existed before the change that is judged.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    known_before: bool,
    /// Only present if it is only in this copy of the repository.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    local: bool,
    /// Only present if it is new because of its rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_rule: Option<NewRuleEntry>,
    /// The bytes of the secret, if the user asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// The same in base64, if they are not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_base64: Option<Box<str>>,
}

impl<'a> FindingEntry<'a> {
    /// Takes from `finding` what may be shown.
    pub(in crate::report) fn new(finding: &'a Shown, reveal: bool) -> Self {
        // A setting is not a credential, so there is nothing to prove about it.
        let is_setting = finding.category == Category::Configuration;
        let secret = finding.secret.as_ref().filter(|_| reveal);
        let secret = secret.map(|secret| (secret.reveal(), std::str::from_utf8(secret.reveal())));
        Self {
            rule: finding.rule.as_str(),
            covers: finding.covers.iter().map(RuleId::as_str).collect(),
            fingerprint: finding.fingerprint,
            category: finding.category,
            severity: finding.severity,
            confidence: finding.confidence,
            message: &finding.message,
            origin: OriginEntry::new(&finding.origin),
            location: Box::new(LocationEntry::new(&finding.location)),
            excerpt: ExcerptEntry::new(finding),
            decoded: &finding.decoded,
            evidence: (!is_setting).then(|| EvidenceEntry::new(&finding.evidence)),
            related: finding.related.iter().map(RelatedEntry::new).collect(),
            remedies: finding
                .remedies
                .iter()
                .map(|remedy| (remedy.rule.as_str(), remedy.text.as_ref()))
                .collect(),
            fixes: finding.fixes.iter().map(FixEntry::new).collect(),
            history: finding
                .history
                .as_ref()
                .map(|history| Box::new(HistoryEntry::new(history))),
            known_before: finding.is_old,
            local: finding.is_local,
            new_rule: NewRuleEntry::new(finding),
            secret: secret.and_then(|(_, text)| text.ok()),
            secret_base64: secret
                .filter(|(_, text)| text.is_err())
                .map(|(bytes, _)| STANDARD.encode(bytes).into()),
        }
    }
}

/// Says that a finding is new because of its rule.
#[derive(Serialize)]
struct NewRuleEntry {
    /// The version that added the rule.
    since: Option<Version>,
    /// Whether it fails nothing for that reason.
    held_back: bool,
}

impl NewRuleEntry {
    fn new(finding: &Shown) -> Option<Self> {
        let is_new = finding.new_rule.is_some();
        is_new.then(|| Self {
            since: finding.since,
            held_back: finding.is_held_back(),
        })
    }
}

#[derive(Serialize)]
struct OriginEntry {
    kind: &'static str,
    object: Option<ObjectId>,
}

impl OriginEntry {
    fn new(origin: &Origin) -> Self {
        let (kind, object) = match origin {
            Origin::Worktree => ("worktree", None),
            Origin::Index => ("index", None),
            Origin::Stdin => ("stdin", None),
            Origin::Blob(id) => ("blob", Some(*id)),
            Origin::CommitMessage(id) => ("commit-message", Some(*id)),
            Origin::TagMessage(id) => ("tag-message", Some(*id)),
        };
        Self { kind, object }
    }
}

#[derive(Serialize)]
struct LocationEntry<'a> {
    /// `None` instead of an empty path: messages of commits and tags have none.
    path: Option<&'a str>,
    /// Only present for what is in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    /// Only present for what is not text, in which only bytes are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    binary: bool,
    start: PositionEntry,
    end: PositionEntry,
}

impl<'a> LocationEntry<'a> {
    fn new(location: &'a Location) -> Self {
        Self {
            path: Some(&*location.path).filter(|path| !path.is_empty()),
            member: location.member.as_deref(),
            binary: location.is_binary,
            start: PositionEntry::new(location.region.start),
            end: PositionEntry::new(location.region.end),
        }
    }
}

#[derive(Serialize)]
struct PositionEntry {
    line: u32,
    column: u32,
    byte: usize,
}

impl PositionEntry {
    fn new(position: Position) -> Self {
        let Position { line, column, byte } = position;
        Self { line, column, byte }
    }
}

#[derive(Serialize)]
struct ExcerptEntry {
    first_line: u32,
    text: String,
    marked: MarkedEntry,
}

/// A range in characters, as columns are counted.
#[derive(Serialize)]
struct MarkedEntry {
    start: usize,
    end: usize,
}

impl ExcerptEntry {
    fn new(finding: &Shown) -> Option<Self> {
        let shown = excerpt::show(finding)?;
        let chars = |end: usize| shown.text[..end].chars().count();
        Some(Self {
            first_line: shown.first_line,
            marked: MarkedEntry {
                start: chars(shown.marked.start),
                end: chars(shown.marked.end),
            },
            text: shown.text,
        })
    }
}

#[derive(Serialize)]
struct EvidenceEntry<'a> {
    proof: Proof,
    facts: Vec<FactEntry<'a>>,
}

#[derive(Serialize)]
struct FactEntry<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> EvidenceEntry<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        let facts = evidence.facts.iter().map(|fact| FactEntry {
            name: fact.name,
            value: &fact.value,
        });
        Self {
            proof: evidence.proof,
            facts: facts.collect(),
        }
    }
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    message: &'a str,
    location: LocationEntry<'a>,
}

impl<'a> RelatedEntry<'a> {
    fn new(related: &'a Related) -> Self {
        Self {
            message: &related.message,
            location: LocationEntry::new(&related.location),
        }
    }
}

#[derive(Serialize)]
struct FixEntry<'a> {
    rule: &'a str,
    description: &'a str,
    edits: Vec<EditEntry<'a>>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    start: PositionEntry,
    end: PositionEntry,
    replacement: &'a str,
}

impl<'a> FixEntry<'a> {
    fn new(fix: &'a Fix) -> Self {
        let edits = fix.edits.iter().map(|edit| EditEntry {
            start: PositionEntry::new(edit.region.start),
            end: PositionEntry::new(edit.region.end),
            replacement: &edit.replacement,
        });
        Self {
            rule: fix.rule.as_str(),
            description: &fix.description,
            edits: edits.collect(),
        }
    }
}

#[derive(Serialize)]
struct HistoryEntry<'a> {
    presence: Presence,
    blobs: u64,
    first: Option<CommitEntry<'a>>,
    first_path: Option<&'a str>,
    removed: Option<CommitEntry<'a>>,
}

#[derive(Serialize)]
struct CommitEntry<'a> {
    id: ObjectId,
    author: &'a str,
    email: &'a str,
    date: &'a str,
}

impl<'a> HistoryEntry<'a> {
    fn new(history: &'a History) -> Self {
        Self {
            presence: history.presence,
            blobs: history.blobs,
            first: history.first.as_ref().map(CommitEntry::new),
            first_path: history.first_path.as_deref(),
            removed: history.removed.as_ref().map(CommitEntry::new),
        }
    }
}

impl<'a> CommitEntry<'a> {
    fn new(commit: &'a CommitSummary) -> Self {
        Self {
            id: commit.id,
            author: &commit.author,
            email: &commit.email,
            date: &commit.date,
        }
    }
}
