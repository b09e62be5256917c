//! Turns the sightings of checks into findings: with places, with redacted excerpts, and without duplicates.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::lexicon::mark;
use crate::lexicon::placeholder::says_what_it_is;
use crate::model::{
    self, Confidence, Excerpt, Finding, LineIndex, Location, Outline, Position, Region, Related,
    Remedy, RuleId, Secret, Severity, Site, Version, rule_since,
};

use crate::audit::Policy;
use crate::audit::check::Card;
use crate::audit::fix::Fix;

/// The most lines of an excerpt; a private key pasted into a value has more.
const MAX_EXCERPT_LINES: u32 = 8;

/// The most bytes of an excerpt before it is cut to the surroundings of the item, since a file may be a single line of
/// JSON.
const MAX_EXCERPT_BYTES: usize = 2_000;
const SURROUNDINGS: usize = 120;

/// The number of findings from which an outline of the text pays off: without one, each searches the lines before it.
const MANY: usize = 16;

/// The most places of use that a finding lists.
const MAX_USES: usize = 50;

/// Something that a check saw.
#[derive(Debug, Clone)]
pub(in crate::audit) struct Sighting {
    /// The id of the rule.
    pub(in crate::audit) rule: &'static str,
    /// Where it is written.
    pub(in crate::audit) span: Range<usize>,
    /// A one-line description; must not contain the secret.
    pub(in crate::audit) message: String,
    /// How severe it is here.
    pub(in crate::audit) severity: Severity,
    /// How sure the check is here.
    pub(in crate::audit) confidence: Confidence,
    /// Where the credential or placeholder is.
    pub(in crate::audit) secret: Option<SecretAt>,
    /// Where it takes effect, if it is written elsewhere.
    pub(in crate::audit) used: Option<Use>,
    /// Other places of the same thing, to report together with it.
    pub(in crate::audit) also: Vec<Use>,
    /// Edits that fix it.
    pub(in crate::audit) fixes: Vec<Fix>,
    /// The remedy for this place, if the general remedy of the rule names another product.
    pub(in crate::audit) remedy: Option<Cow<'static, str>>,
}

/// Something that is missing.
#[derive(Debug, Clone)]
pub(in crate::audit) struct Absence {
    /// Where the thing that lacks it is written.
    pub(in crate::audit) span: Range<usize>,
    /// The thing that lacks it, in words: "service `web`".
    pub(in crate::audit) owner: String,
    /// The name of the missing thing, to follow "has no".
    pub(in crate::audit) thing: &'static str,
    /// How severe the lack is here.
    pub(in crate::audit) severity: Severity,
    /// How sure the check is here.
    pub(in crate::audit) confidence: Confidence,
    /// Edits that add it.
    pub(in crate::audit) fixes: Vec<Fix>,
    /// The remedy for this place, if the general remedy of the rule names another product.
    pub(in crate::audit) remedy: Option<Cow<'static, str>>,
}

/// A secret and the bytes of the text that show it.
#[derive(Debug, Clone)]
pub(in crate::audit) struct SecretAt {
    pub(in crate::audit) value: Secret,
    pub(in crate::audit) span: Range<usize>,
}

/// A place at which something written elsewhere takes effect.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::audit) struct Use {
    pub(in crate::audit) span: Range<usize>,
    pub(in crate::audit) message: String,
}

impl Sighting {
    /// Returns a sighting of the check with this card, with its severity and confidence.
    pub(in crate::audit) fn new(card: &Card, span: Range<usize>, message: String) -> Self {
        Self {
            rule: card.id,
            // A span that starts at one place and ends at one that an alias leads to may be reversed.
            span: span.start..span.end.max(span.start),
            message,
            severity: card.severity,
            confidence: card.confidence,
            secret: None,
            used: None,
            also: Vec::new(),
            fixes: Vec::new(),
            remedy: None,
        }
    }

    /// Combines sightings that were written together and are fixed together: the first one, with the places of the
    /// others. Either each has one fix, or none has any.
    pub(in crate::audit) fn together(all: Vec<Self>, message: &str) -> Option<Self> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        for other in all {
            if let (Some(fix), Some(more)) = (first.fixes.first_mut(), other.fixes.first()) {
                fix.edits.extend(more.edits.iter().cloned());
            }
            let (span, message) = (other.span, message.to_owned());
            first.also.push(Use { span, message });
        }
        Some(first)
    }

    /// Returns the same sighting with this severity.
    pub(in crate::audit) fn weighing(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }
}

/// Collects what the checks see in one file.
#[derive(Default)]
pub(in crate::audit) struct Report {
    seen: Vec<Seen>,
    /// The index in `seen` for each rule and place.
    told: FxHashMap<(&'static str, usize, usize), usize>,
    absences: Vec<(&'static Card, Absence)>,
    /// The version whose rules decide.
    as_of: Option<Version>,
}

struct Seen {
    card: &'static Card,
    /// The cards that it combines, if several are reported as one.
    covers: Vec<&'static Card>,
    sighting: Sighting,
    /// Remedies for this place, for rules whose general remedy names another product.
    remedies: Vec<Remedy>,
    uses: Vec<Use>,
}

impl Report {
    /// Returns an empty report for a file with this policy.
    pub(in crate::audit) fn new(policy: &Policy) -> Self {
        Self {
            as_of: policy.as_of,
            ..Self::default()
        }
    }

    /// Adds a sighting. A second sighting of the same thing at the same place only adds its places of use, and the more
    /// severe judgement is kept: a value may be shared by a service for production and one for tests.
    pub(in crate::audit) fn add(&mut self, card: &'static Card, mut sighting: Sighting) {
        let key = (card.id, sighting.span.start, sighting.span.end);
        let used = sighting.used.take();
        let also = std::mem::take(&mut sighting.also);
        let index = *self.told.entry(key).or_insert(self.seen.len());
        if index == self.seen.len() {
            self.seen.push(Seen {
                card,
                covers: Vec::new(),
                remedies: remedy(card, sighting.remedy.take()).into_iter().collect(),
                sighting,
                uses: Vec::new(),
            });
        } else {
            let known = &mut self.seen[index].sighting;
            known.severity = known.severity.max(sighting.severity);
            known.confidence = known.confidence.max(sighting.confidence);
            // A fix that is safe for one use may not be safe for another.
            let is_shared = |fix: &Fix| sighting.fixes.iter().any(|other| other.edits == fix.edits);
            known.fixes.retain(is_shared);
        }
        let uses = &mut self.seen[index].uses;
        if uses.len() < MAX_USES {
            let new = used.into_iter().chain(also);
            let new: Vec<Use> = new.filter(|used| !uses.contains(used)).collect();
            uses.extend(new);
        }
    }

    /// Adds an absence. Everything that one owner lacks becomes one finding, since it is fixed together; but lacks that
    /// may be intended are kept apart from others.
    pub(in crate::audit) fn miss(&mut self, card: &'static Card, absence: Absence) {
        self.absences.push((card, absence));
    }

    /// Combines all absences of one owner into one sighting. The most severe one leads, or the first of several.
    fn join_absences(&mut self) {
        let mut absences = std::mem::take(&mut self.absences);
        let as_of = self.as_of;
        let owner = |(card, absence): &(&Card, Absence)| {
            let is_doubtful = absence.confidence == Confidence::Low;
            let (start, end) = (absence.span.start, absence.span.end);
            // A rule that is held back must neither decide together with others, nor change their fingerprint.
            (start, end, is_doubtful, is_newer(card, as_of))
        };
        absences.sort_by_cached_key(|entry| (owner(entry), std::cmp::Reverse(entry.1.severity)));
        for group in absences.chunk_by_mut(|a, b| owner(a) == owner(b)) {
            self.seen.extend(joined_absences(group));
        }
    }

    /// Removes everything that was seen or is used at `span`.
    pub(in crate::audit) fn forget(&mut self, span: &Range<usize>) {
        self.seen.retain(|seen| seen.sighting.span != *span);
        for seen in &mut self.seen {
            seen.uses.retain(|used| used.span != *span);
        }
        self.told.clear();
    }

    /// Returns the findings in the order of their places in `text`.
    ///
    /// `secrets` returns the places of all secrets in the file, whichever check reports them, since an excerpt may show
    /// neighbouring lines. It is called only if there are findings.
    pub(in crate::audit) fn finish(
        mut self,
        path: &str,
        text: &str,
        secrets: impl FnOnce() -> Vec<Range<usize>>,
    ) -> Vec<Finding> {
        self.join_absences();
        if self.seen.is_empty() {
            return Vec::new();
        }
        self.seen.sort_by_cached_key(|seen| {
            (
                seen.sighting.span.start,
                seen.card.id,
                seen.sighting.span.end,
            )
        });
        let offsets = self.seen.iter().flat_map(|seen| {
            let uses = seen.uses.iter().map(|used| &used.span);
            let fixes = seen.sighting.fixes.iter();
            let edits = fixes.flat_map(|fix| fix.edits.iter().map(|edit| &edit.span));
            let spans = uses.chain([&seen.sighting.span]).chain(edits);
            spans.flat_map(|span| [span.start, span.end])
        });
        let lines = LineIndex::new(text.as_bytes());
        let page = Page {
            path,
            text,
            places: places(text, &lines, offsets.collect()),
            outline: (self.seen.len() >= MANY)
                .then(|| Site::outline(text.as_bytes()))
                .flatten(),
            lines,
            secrets: joined(secrets()),
            is_disclaimed: mark::is_disclaimer_of_file(&mark::top_comment(text.as_bytes())),
        };
        self.seen
            .into_iter()
            .map(|seen| page.finding(seen))
            .collect()
    }
}

/// Whether the rule of a check is newer than the version whose rules decide.
fn is_newer(card: &Card, as_of: Option<Version>) -> bool {
    let since = as_of.and_then(|_| rule_since(&RuleId::new(card.id)));
    let newer = since.zip(as_of);
    newer.is_some_and(|(since, as_of)| since.is_newer_than(as_of))
}

fn remedy(card: &Card, text: Option<Cow<'static, str>>) -> Option<Remedy> {
    let rule = RuleId::new(card.id);
    text.map(|text| Remedy { rule, text })
}

fn joined_absences(group: &mut [(&'static Card, Absence)]) -> Option<Seen> {
    let fixes = group.iter_mut();
    let fixes = fixes.flat_map(|(_, absence)| std::mem::take(&mut absence.fixes));
    let fixes = fixes.collect();
    let (card, gravest) = group.first()?;
    let mut things: Vec<_> = group.iter().map(|(_, absence)| absence.thing).collect();
    let last = things.pop()?;
    let list = if things.is_empty() {
        last.to_owned()
    } else {
        format!("{} or {last}", things.join(", "))
    };
    let confidence = group.iter().map(|(_, absence)| absence.confidence).max()?;
    Some(Seen {
        card,
        covers: group.iter().map(|(card, _)| *card).collect(),
        remedies: group
            .iter()
            .filter_map(|(card, absence)| remedy(card, absence.remedy.clone()))
            .collect(),
        sighting: Sighting {
            rule: card.id,
            remedy: None,
            also: Vec::new(),
            span: gravest.span.clone(),
            message: format!("{} has no {list}", gravest.owner),
            severity: gravest.severity,
            confidence,
            secret: None,
            used: None,
            fixes,
        },
        uses: Vec::new(),
    })
}

/// The text that findings are located in.
struct Page<'t> {
    path: &'t str,
    text: &'t str,
    lines: LineIndex<'t>,
    /// The positions of all offsets in findings.
    places: FxHashMap<usize, Position>,
    /// Which keys enclose which lines, if there are many findings.
    outline: Option<Outline>,
    /// Places of secrets, in ascending order, without overlap.
    secrets: Vec<Range<usize>>,
    /// Whether the comment at the top says that the file does not run in production.
    is_disclaimed: bool,
}

/// The positions of `offsets`, computed in one pass: a separate lookup for each would count the columns of a file that
/// is one long line once per finding.
fn places(text: &str, lines: &LineIndex, mut offsets: Vec<usize>) -> FxHashMap<usize, Position> {
    offsets.sort_unstable();
    offsets.dedup();
    let mut places = FxHashMap::default();
    let mut last = lines.position(0);
    for offset in offsets {
        // Only a line break can put the offset on another line than the previous one.
        let between = text.get(last.byte..offset).unwrap_or("\n");
        last = if between.contains(['\n', '\r']) {
            lines.position(offset)
        } else {
            let columns = u32::try_from(between.chars().count()).unwrap_or(u32::MAX);
            Position {
                line: last.line,
                column: last.column.saturating_add(columns),
                byte: offset,
            }
        };
        places.insert(offset, last);
    }
    places
}

/// Sorts `spans` and joins those that overlap.
fn joined(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

impl Page<'_> {
    fn finding(&self, seen: Seen) -> Finding {
        let sighting = seen.sighting;
        let location = self.location(&sighting.span);
        let excerpt = self.excerpt(&sighting);
        let mut finding = Finding::new(&seen.card.rule(), sighting.message, location);
        finding.covers = seen
            .covers
            .iter()
            .map(|card| RuleId::new(card.id))
            .collect();
        finding.remedies = seen.remedies;
        finding.severity = if self.is_disclaimed {
            sighting.severity.min(Severity::Medium)
        } else {
            sighting.severity
        };
        finding.confidence = sighting.confidence;
        finding.excerpt = excerpt;
        finding.site = Site::within(self.text.as_bytes(), &sighting.span, self.outline.as_ref());
        finding.secret = sighting.secret.map(|secret| secret.value);
        finding.fixes = sighting.fixes.iter().map(|fix| self.fix(fix)).collect();
        finding.related = seen
            .uses
            .into_iter()
            .map(|used| Related {
                location: self.location(&used.span),
                message: used.message,
            })
            .collect();
        finding
    }

    fn fix(&self, fix: &Fix) -> model::Fix {
        let edits = fix.edits.iter().map(|edit| model::Edit {
            region: self.region(&edit.span),
            replacement: edit.replacement.clone(),
        });
        model::Fix {
            rule: RuleId::new(fix.rule),
            description: fix.description.clone(),
            edits: edits.collect(),
            is_optional: fix.is_optional,
        }
    }

    fn location(&self, span: &Range<usize>) -> Location {
        Location::new(self.path.to_owned(), self.region(span))
    }

    fn region(&self, span: &Range<usize>) -> Region {
        let position = |offset: usize| {
            let known = self.places.get(&offset);
            known
                .copied()
                .unwrap_or_else(|| self.lines.position(offset))
        };
        Region {
            start: position(span.start),
            end: position(span.end),
        }
    }

    fn excerpt(&self, sighting: &Sighting) -> Excerpt {
        let region = self.region(&sighting.span);
        let last = region
            .end
            .line
            .min(region.start.line + MAX_EXCERPT_LINES - 1);
        let whole = self.lines.line(region.start.line).start..self.lines.line(last).end;
        let whole = self.cut(whole, &sighting.span);
        let Some(text) = self.text.get(whole.clone()) else {
            return Excerpt::default();
        };
        let within = |span: &Range<usize>| {
            let start = span.start.clamp(whole.start, whole.end) - whole.start;
            let end = span.end.clamp(whole.start, whole.end) - whole.start;
            start..end
        };
        let first = self.secrets.partition_point(|span| span.end <= whole.start);
        let known = self.secrets[first..]
            .iter()
            .take_while(|span| span.start < whole.end);
        let own = sighting.secret.as_ref().map(|secret| &secret.span);
        let own = own.filter(|span| !self.text.get((*span).clone()).is_some_and(says_what_it_is));
        let masked = known.chain(own).map(within).collect();
        let marked = within(&sighting.span);
        Excerpt::new(region.start.line, text.to_owned(), masked, marked)
    }

    /// `whole`, or the surroundings of the start of `item` if that is too long.
    fn cut(&self, whole: Range<usize>, item: &Range<usize>) -> Range<usize> {
        if whole.len() <= MAX_EXCERPT_BYTES {
            return whole;
        }
        let start = item.start.saturating_sub(SURROUNDINGS).max(whole.start);
        let end = (item.end.min(item.start + MAX_EXCERPT_BYTES) + SURROUNDINGS).min(whole.end);
        let is_boundary = |at: &usize| self.text.is_char_boundary(*at);
        let start = (start..end).find(is_boundary).unwrap_or(item.start);
        let end = (start..=end).rev().find(is_boundary).unwrap_or(start);
        start..end
    }
}
