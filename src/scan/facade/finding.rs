//! A finding as a program that embeds gonogo sees it.

use std::ops::Range;

use crate::model::{
    self, Category, CommitSummary, Confidence, Fingerprint, ObjectId, Origin, Presence, Proof,
    Rule, Secret, Severity, SuppressionKind,
};
use crate::redact::Shown;

/// One thing that was found. Secrets in its texts are masked; only [`reveal`](Self::reveal) returns the
/// one that was found.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says another thing about it"
)]
pub struct Finding {
    /// The rule that found it: `aws/access-key-id`.
    pub rule: String,
    /// A few words that name it.
    pub title: String,
    /// One line that says what was found at this place.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// What kind of thing it is.
    pub category: Category,
    /// How bad it is at this place.
    pub severity: Severity,
    /// How sure the scanner is at this place.
    pub confidence: Confidence,
    /// Whether its checksum or its structure was verified.
    pub is_checked: bool,
    /// Identifies the finding from scan to scan.
    pub fingerprint: Fingerprint,
    /// Where it is; the most severe place if the secret is in several.
    pub place: Place,
    /// The same secret at other places in the history.
    pub other_places: Vec<Place>,
    /// How near to HEAD the repository still has it, where that is known.
    pub presence: Option<Presence>,
    /// How many different blobs of the history hold it; 0 if none does.
    pub blobs: u64,
    /// Whether only this copy of the repository has it, so that no push passes it on.
    pub is_local: bool,
    /// Whether it was there before the change that was scanned.
    pub is_old: bool,
    /// What accepts it, if anything does; then it does not count.
    pub accepted: Option<Acceptance>,
    /// Whether it makes the verdict [`NoGo`](crate::Verdict::NoGo).
    pub decides: bool,
    secret: Option<Secret>,
}

impl Finding {
    pub(super) fn new(
        shown: &Shown,
        rule: Option<&Rule>,
        others: Vec<Place>,
        threshold: Severity,
    ) -> Self {
        let finding: &model::Finding = shown;
        let text = |text: fn(&Rule) -> &str| rule.map(text).unwrap_or_default().to_owned();
        let history = finding.history.as_ref();
        let suppression = finding.suppression.as_ref();
        let counts = suppression.is_none() && finding.decides();
        Self {
            rule: finding.rule.to_string(),
            title: text(|rule| &rule.title),
            remedy: text(|rule| &rule.remedy),
            message: finding.message.clone(),
            category: finding.category,
            severity: finding.severity,
            confidence: finding.confidence,
            is_checked: finding.evidence.proof == Proof::Proven,
            fingerprint: finding.fingerprint,
            place: Place::of(finding),
            other_places: others,
            presence: finding.presence(),
            blobs: history.map_or(0, |history| history.blobs),
            is_local: finding.is_local,
            is_old: finding.is_old,
            accepted: suppression.map(|suppression| Acceptance {
                by: suppression.by.clone(),
                reason: suppression.reason.clone(),
                is_comment: suppression.kind == SuppressionKind::InSource,
            }),
            decides: counts && finding.severity >= threshold,
            secret: finding.secret.clone(),
        }
    }

    /// Returns the bytes of the secret or placeholder itself, as they were found; `None` for settings.
    ///
    /// The caller is responsible for where the bytes go.
    pub fn reveal(&self) -> Option<&[u8]> {
        self.secret.as_ref().map(Secret::reveal)
    }
}

/// What accepts a finding: a comment, a baseline, settings or another scanner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acceptance {
    /// The marker of the comment, or the name of the file.
    pub by: String,
    /// The reason that was given; empty if none was.
    pub reason: String,
    /// Whether it is a comment in the text itself.
    pub is_comment: bool,
}

/// A place where something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The path below the target, with `/` between its parts; empty for the message of a commit or tag.
    pub path: String,
    /// The member of the archive at `path`, if it is in one.
    pub member: Option<String>,
    /// The blob, commit or tag that holds it; none for a file of the working tree or a text.
    pub object: Option<ObjectId>,
    /// The line, counted from 1; 0 in bytes that are not text.
    pub line: u32,
    /// The column, counted from 1 in characters; 0 in bytes that are not text.
    pub column: u32,
    /// The line in which it ends, counted in the same way.
    pub end_line: u32,
    /// The column just behind its end, counted in the same way.
    pub end_column: u32,
    /// The byte range in the text after it was decoded to UTF-8.
    pub bytes: Range<usize>,
    /// The earliest commit that has it there, if any commit does.
    pub commit: Option<CommitSummary>,
}

impl Place {
    pub(super) fn of(finding: &model::Finding) -> Self {
        let location = &finding.location;
        let (start, end) = (location.region.start, location.region.end);
        let number = |number: u32| if location.is_binary { 0 } else { number };
        let history = finding.history.as_ref();
        Self {
            path: location.path.clone(),
            member: location.member.clone(),
            object: match finding.origin {
                Origin::Worktree | Origin::Index | Origin::Stdin => None,
                Origin::Blob(id) | Origin::CommitMessage(id) | Origin::TagMessage(id) => Some(id),
            },
            line: number(start.line),
            column: number(start.column),
            end_line: number(end.line),
            end_column: number(end.column),
            bytes: location.region.bytes(),
            commit: history.and_then(|history| history.first.clone()),
        }
    }
}
