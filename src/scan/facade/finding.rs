//! A finding as a program that embeds gonogo sees it.

use std::ops::Range;

use crate::model::{
    self, Category, CommitSummary, Confidence, Fingerprint, ObjectId, Origin, Presence, Proof,
    Rule, Secret, Severity, SuppressionKind,
};
use crate::redact::Shown;

/// One thing that was found. Secrets in its texts are masked; the one that was found is only given by
/// [`reveal`](Self::reveal).
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
    /// One line that says what was found here.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// What kind of thing it is.
    pub category: Category,
    /// How bad it is, here.
    pub severity: Severity,
    /// How sure the scanner is, here.
    pub confidence: Confidence,
    /// Whether a checksum or a structure in it was computed and is right.
    pub is_checked: bool,
    /// What it is known by from scan to scan.
    pub fingerprint: Fingerprint,
    /// Where it is; of several places of a secret, the gravest.
    pub place: Place,
    /// The same secret at other places in the history.
    pub other_places: Vec<Place>,
    /// How near it still is in the repository, where that is known.
    pub presence: Option<Presence>,
    /// In how many different texts of the history it is; 0 where it is in none.
    pub blobs: u64,
    /// Whether only this copy of the repository has it, and no push hands it on.
    pub is_local: bool,
    /// Whether it was there before the change that was scanned.
    pub is_old: bool,
    /// What accepts it, if anything does: then it does not count.
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

    /// The bytes of the secret or placeholder itself, as they were found. Settings have none.
    ///
    /// Whoever calls this is responsible for where the bytes go.
    pub fn reveal(&self) -> Option<&[u8]> {
        self.secret.as_ref().map(Secret::reveal)
    }
}

/// What accepts a finding: a comment, a baseline, settings or a list of another scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acceptance {
    /// The marker of the comment, or the name of the file.
    pub by: String,
    /// The reason that was given; empty if none was.
    pub reason: String,
    /// Whether a comment in the text itself says so.
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
    /// The blob, commit or tag that holds it; none for a file of the working tree, and for a text.
    pub object: Option<ObjectId>,
    /// The line, counted from 1; 0 in what is no text.
    pub line: u32,
    /// The column, counted from 1 in characters; 0 in what is no text.
    pub column: u32,
    /// The line in which it ends, counted in the same way.
    pub end_line: u32,
    /// The column behind its end, counted in the same way.
    pub end_column: u32,
    /// The bytes of the text, as it was decoded to UTF-8.
    pub bytes: Range<usize>,
    /// The earliest commit that has it there, as far as commits have it.
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
