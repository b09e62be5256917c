//! One thing that was found, with all that a report needs to show it.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    Category, Confidence, Fingerprint, Fix, Location, ObjectId, Origin, Rule, RuleId, Secret,
    Severity, Site, Suppression, Version,
};

/// One thing that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which rule found it; if it represents several, the most severe.
    pub rule: RuleId,
    /// Every rule that it represents, including `rule`, where several are reported as one: a service that lacks ten
    /// settings is one thing to fix. Empty for a finding of one rule.
    pub covers: Vec<RuleId>,
    /// What kind of thing it is.
    pub category: Category,
    /// One line that says what was found; never contains the secret.
    pub message: String,
    /// How bad it is at this place.
    pub severity: Severity,
    /// How sure the tool is at this place.
    pub confidence: Confidence,
    /// Where the bytes came from.
    pub origin: Origin,
    /// Where it is; for the message of a commit or tag, the path is empty.
    pub location: Location,
    /// The lines around it, with the parts that must be masked.
    pub excerpt: Excerpt,
    /// The credential or placeholder itself, as it is there; configuration findings have none.
    pub secret: Option<Secret>,
    /// The encodings it is in, outermost first: `base64`, `percent`. Usually none.
    pub decoded: Vec<&'static str>,
    /// What was verified offline, and what was learned from it.
    pub evidence: Evidence,
    /// Other places that belong to it: where the value is used, or inherited from.
    pub related: Vec<Related>,
    /// What to do here, for rules whose general remedy names another product.
    pub remedies: Vec<Remedy>,
    /// What would fix it: each fix works alone, and all that do not overlap work together.
    pub fixes: Vec<Fix>,
    /// Its history in git, where that is known.
    pub history: Option<History>,
    /// The text around it.
    pub site: Site,
    /// Identifies it from scan to scan; set once all findings of a scan are known.
    pub fingerprint: Fingerprint,
    /// Its file and member relative to the top of the target, as its fingerprint counts them; set with the
    /// fingerprint.
    pub path_from_top: String,
    /// Its fingerprint in version 1 of the fingerprint format, which baselines may still contain.
    pub former_fingerprint: Fingerprint,
    /// The same secret under other paths in the history, the most severe first: something may suppress this place but
    /// not those. Kept only where that is possible.
    pub places: Vec<Finding>,
    /// The number shared by several findings about the same secret.
    pub group: Option<u32>,
    /// The number of its secret, by which a report recognises other findings about the same secret without seeing it.
    pub secret_number: Option<u32>,
    /// Why it does not count; none if it does.
    pub suppression: Option<Suppression>,
    /// Whether the change being judged accepts it, by a comment or an entry of a list.
    pub accepted_by_change: bool,
    /// Whether it was there before the change being judged: then it is reported, but fails nothing.
    pub is_old: bool,
    /// The version that brought its rule, where that is known.
    pub since: Option<Version>,
    /// In what way it is new because of its rule rather than because of what was scanned; none if the rule is not new.
    pub new_rule: Option<NewRule>,
    /// The lowest severity at which it means NO-GO, if the settings nearest to it set a higher one than that of the
    /// whole scan.
    pub threshold: Option<Severity>,
    /// Whether only this copy of a repository has it, where there is a working tree: then it is reported, with
    /// how to remove it, but fails nothing.
    pub is_local: bool,
    /// Whether its surroundings have changed its severity.
    pub weighed: Weighed,
}

impl Finding {
    /// Returns a finding of `rule` with the rule's own severity and confidence, to be completed by the caller.
    pub fn new(rule: &Rule, message: String, location: Location) -> Self {
        Self {
            rule: rule.id.clone(),
            covers: Vec::new(),
            category: rule.category,
            message,
            severity: rule.severity,
            confidence: rule.confidence,
            origin: Origin::Worktree,
            location,
            excerpt: Excerpt::default(),
            secret: None,
            decoded: Vec::new(),
            evidence: Evidence::default(),
            related: Vec::new(),
            remedies: Vec::new(),
            fixes: Vec::new(),
            history: None,
            site: Site::default(),
            fingerprint: Fingerprint::default(),
            path_from_top: String::new(),
            former_fingerprint: Fingerprint::default(),
            places: Vec::new(),
            group: None,
            secret_number: None,
            suppression: None,
            accepted_by_change: false,
            is_old: false,
            since: rule.since,
            new_rule: None,
            threshold: None,
            is_local: false,
            weighed: Weighed::Alone,
        }
    }

    /// Makes it no more severe than `most`, because of its surroundings.
    pub fn lower_to(&mut self, most: Severity) {
        if self.severity > most {
            self.severity = most;
            self.weighed = Weighed::Lowered;
        }
    }

    /// Makes it at least as severe as `least`, because of its surroundings.
    pub fn raise_to(&mut self, least: Severity) {
        if self.severity < least {
            self.severity = least;
            self.weighed = Weighed::Raised;
        }
    }

    /// Returns whether `fingerprint`, of the current or the former version, identifies it.
    pub fn is_known_by(&self, fingerprint: Fingerprint) -> bool {
        fingerprint == self.fingerprint || fingerprint == self.former_fingerprint
    }

    /// Returns whether it affects the verdict.
    pub fn decides(&self) -> bool {
        let reaches = self.threshold.is_none_or(|least| self.severity >= least);
        !self.is_old && !self.is_local && !self.is_held_back() && reaches
    }

    /// Returns whether settings hold it back because its rule is newer than they are.
    pub fn is_held_back(&self) -> bool {
        self.new_rule == Some(NewRule::HeldBack)
    }

    /// Returns how near to HEAD git still has it, where that is known.
    pub fn presence(&self) -> Option<Presence> {
        self.history.as_ref().map(|history| history.presence)
    }

    /// Returns what to do about it: the remedy for the product at hand if there is one, else that of `rule`.
    pub fn remedy<'a>(&'a self, rule: &'a Rule) -> &'a str {
        self.own_remedy(&rule.id).unwrap_or(&rule.remedy)
    }

    /// Returns what to do about it if the general remedy of the rule `id` does not fit the product at hand.
    pub fn own_remedy(&self, id: &RuleId) -> Option<&str> {
        let own = self.remedies.iter().find(|remedy| remedy.rule == *id);
        own.map(|remedy| &*remedy.text)
    }

    /// Returns the rules that it represents: its own, or all that it covers.
    pub fn rules(&self) -> impl Iterator<Item = &RuleId> {
        let own = self.covers.is_empty().then_some(&self.rule);
        own.into_iter().chain(&self.covers)
    }
}

/// What to do about a finding of a rule, in the terms of the product it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// One of the rules of the finding.
    pub rule: RuleId,
    /// What to do, as a sentence in the imperative.
    pub text: Cow<'static, str>,
}

/// Whether the surroundings of a finding have changed its severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Weighed {
    /// It has its own severity.
    #[default]
    Alone,
    /// It is less severe: only developers use its file, or something replaces the value.
    Lowered,
    /// It is more severe: its file is deployed as it is.
    Raised,
}

/// In what way a finding is new because of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewRule {
    /// The rule is newer than the baseline, which lacks the finding. It counts like any other.
    NotInBaseline,
    /// The rule is newer than the version in the settings: the finding is shown as a warning and fails nothing.
    HeldBack,
}

/// Whole lines of the scanned text, with the parts known to be secret.
///
/// It must not be shown as it is: the room `redact`, which knows more secrets, makes the text to show. `Debug` prints
/// no text either.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    first_line: u32,
    text: String,
    secrets: Vec<Range<usize>>,
    marked: Range<usize>,
}

impl Excerpt {
    /// Wraps `text`, which begins at line `first_line`.
    ///
    /// `secrets` are the parts known to hold secrets, `marked` is the part to underline; both are byte ranges of
    /// `text` on character boundaries. Parts outside the text are cut off, and overlapping ones are joined.
    pub fn new(
        first_line: u32,
        text: String,
        mut secrets: Vec<Range<usize>>,
        marked: Range<usize>,
    ) -> Self {
        secrets.sort_by_key(|part| (part.start, part.end));
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(secrets.len());
        for part in secrets {
            let part = part.start.min(text.len())..part.end.min(text.len());
            match joined.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ if part.is_empty() => {}
                _ => joined.push(part),
            }
        }
        let marked = marked.start.min(text.len())..marked.end.min(text.len());
        Self {
            first_line,
            text,
            secrets: joined,
            marked,
        }
    }

    /// Returns the number of its first line, counted from 1; 0 if there is no excerpt.
    pub fn first_line(&self) -> u32 {
        self.first_line
    }

    /// Returns the byte ranges known to hold secrets, in ascending order without overlap.
    pub fn secrets(&self) -> &[Range<usize>] {
        &self.secrets
    }

    /// Returns the text as it is, and the byte range to underline. Use it only to judge the text, or if the user asked
    /// to see secrets.
    pub fn revealed(&self) -> (&str, Range<usize>) {
        (&self.text, self.marked.clone())
    }
}

impl std::fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Excerpt")
            .field("first_line", &self.first_line)
            .field("marked", &self.marked)
            .finish_non_exhaustive()
    }
}

/// How far a credential was checked without a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// It has the right shape; nothing more could be checked.
    #[default]
    Plausible,
    /// Its checksum or its structure is valid.
    Proven,
}

/// What was verified about a credential without a network, and the facts it contains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// How far it was checked.
    pub proof: Proof,
    /// Whether a checksum was verified, and not only a structure.
    #[serde(skip)]
    pub is_checksum: bool,
    /// What its structure reveals, none of it secret: an account id, an issuer, an expiry date.
    pub facts: Vec<Fact>,
}

/// One fact from a credential's structure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fact {
    /// What it is: `account`, `issuer`, `expires`.
    pub name: &'static str,
    /// Its value, not secret.
    pub value: String,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Related {
    /// Where it is.
    pub location: Location,
    /// How it relates to the finding, in a few words.
    pub message: String,
}

/// The history of a finding in git.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// The earliest commit that holds it; none if no commit of this repository does.
    pub first: Option<CommitSummary>,
    /// Where the earliest commit holds it, if not where the finding points.
    pub first_path: Option<String>,
    /// The commit that removed it from the files of HEAD, if that was looked for.
    pub removed: Option<CommitSummary>,
    /// Where it still is.
    pub presence: Presence,
    /// How many distinct blobs hold it.
    pub blobs: u64,
}

/// A commit, as far as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CommitSummary {
    /// Its id.
    pub id: ObjectId,
    /// The author's name.
    pub author: String,
    /// The author's address.
    pub email: String,
    /// When it was authored, as RFC 3339 with the author's offset.
    pub date: String,
}

/// Where in the repository something can still be reached. Ordered from near to far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// In the tree of HEAD.
    Head,
    /// In HEAD's history, but no longer in its tree.
    History,
    /// Only in the history of other refs: branches and tags.
    Refs,
    /// In the index, but in no commit that a ref leads to.
    Index,
    /// Only in the stash.
    Stash,
    /// No ref leads to it; a reflog may. It is in every copy of the directory until git prunes it.
    Unreachable,
}

impl Presence {
    /// Returns whether only this copy of the repository has it: no push, fetch or clone passes it on.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Stash | Self::Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_and_outlying_parts_are_joined_and_cut() {
        let parts = vec![3..14, 0..7, 10..99, 120..130];
        let excerpt = Excerpt::new(1, "hunter2hunter2".to_owned(), parts, 0..99);
        assert_eq!(excerpt.secrets(), std::slice::from_ref(&(0..14)));
        assert_eq!(excerpt.revealed().1, 0..14);
    }

    #[test]
    fn debug_output_holds_no_text() {
        let excerpt = Excerpt::new(1, "hunter2".to_owned(), Vec::new(), 0..7);
        assert!(!format!("{excerpt:?}").contains("hunter2"));
    }
}
