//! Audits the configuration of earlier commits for credentials, and combines what many versions contain into one
//! finding each.

use std::cmp::Ordering;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use crate::audit::{self, Policy};
use crate::model::{
    Category, Finding, Gap, GapKind, History, ObjectId, Origin, Presence, Secret, Severity,
};
use crate::source::Limits;
use crate::source::git::{Attribution, Named, Place, Reader, Repo};
use crate::triage::{is_guessed, lower_developed};

use super::group::renamed;

/// Larger files are not audited in earlier versions, since there may be hundreds of each.
const MAX_BYTES: u64 = 4 << 20;

/// The inputs of an audit of the history.
pub(crate) struct Audit<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) policy: &'a Policy,
    pub(crate) limits: Limits,
    /// Blobs in which an earlier scan found something.
    pub(crate) known: BTreeSet<ObjectId>,
    /// Whether findings that only this copy of the repository has are marked.
    pub(crate) marks_local: bool,
    /// Objects that only another repository has.
    pub(crate) borrowed: &'a BTreeSet<ObjectId>,
    /// How many blobs were too large.
    pub(crate) too_large: AtomicU64,
}

/// The result of an audit of the history.
#[derive(Default)]
pub(crate) struct Audited {
    pub(crate) findings: Vec<Finding>,
    /// The blobs with findings.
    pub(crate) blobs: BTreeSet<ObjectId>,
    /// The gap for blobs that were too large.
    pub(crate) gap: Option<Gap>,
}

/// The key by which findings are combined: the secret, and for values that mean nothing by themselves, the path.
type Key = (Secret, String);

/// Everything known about one secret.
struct Group {
    finding: Finding,
    /// The rank of the earliest commit, the path, and the offset in the text.
    earliest: (u32, String, usize),
    commit: ObjectId,
    presence: Presence,
    texts: u64,
    /// The same secret at other paths.
    others: Vec<Group>,
}

impl Audit<'_> {
    /// Audits each blob once under each of its paths.
    pub(crate) fn run(&self, named: &BTreeMap<ObjectId, Named>) -> Audited {
        let is_open =
            |(id, named): &(&ObjectId, &Named)| !named.is_known || self.known.contains(id);
        let open: Vec<_> = named.iter().filter(is_open).collect();
        let found: Vec<(ObjectId, Vec<(Key, Group)>)> = open
            .into_par_iter()
            .map_init(
                || self.repo.reader(),
                |reader, (id, named)| Some((*id, self.blob(reader, *id, &named.attribution)?)),
            )
            .flatten()
            .collect();
        let mut audited = Audited::default();
        let mut groups = BTreeMap::new();
        for (id, found) in found {
            audited.blobs.insert(id);
            for (key, group) in found {
                join(&mut groups, key, group);
            }
        }
        let renamed = renames(named);
        for group in groups.values_mut() {
            group.leave_renamed(&renamed);
        }
        audited.gap = self.gap();
        let reader = self.repo.reader();
        let groups = telling(groups).into_iter();
        audited.findings = groups.map(|group| group.finish(&reader)).collect();
        audited
    }

    fn gap(&self) -> Option<Gap> {
        let count = self.too_large.load(Relaxed);
        let reason = format!(
            "{count} earlier versions of configuration files are larger than {} MiB: their text was scanned, but \
             they were not audited",
            MAX_BYTES >> 20
        );
        (count > 0).then(|| Gap::new(GapKind::Oversized, "history", reason))
    }

    /// Audits one blob; `None` if nothing was found.
    fn blob(
        &self,
        reader: &Reader,
        id: ObjectId,
        attribution: &Attribution,
    ) -> Option<Vec<(Key, Group)>> {
        let limit = MAX_BYTES.min(self.limits.max_file_size);
        let may_hold = |place: &&Place| audit::may_hold_credentials(&place.path);
        let places: Vec<_> = attribution.places.iter().filter(may_hold).collect();
        if places.is_empty() {
            return None;
        }
        if reader.size(id)? > limit {
            self.too_large.fetch_add(1, Relaxed);
            return None;
        }
        let origin = Origin::Blob(id);
        let text = reader.read_text(&origin)?;
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        for place in places {
            let found = audit::credentials(&place.path, &text, self.policy);
            let is_grave = found.iter().any(|it| it.severity > Severity::Medium);
            let local = is_grave.then(|| on_machine(&place.path, &text)).flatten();
            for mut finding in found {
                let Some(secret) = finding.secret.clone().filter(is_long) else {
                    continue;
                };
                finding.origin = origin.clone();
                finding.is_local = self.borrowed.contains(&id)
                    || self.marks_local && attribution.presence.is_local();
                let start = finding.location.region.start.byte;
                let is_in_head = attribution.head_paths.contains(&place.path);
                let is_guessed = is_guessed_in(&finding, &secret);
                if let Some(why) = &local {
                    lower_developed(&mut finding, why);
                }
                // A guessable value reveals nothing, but systems that were set up with it may still use it.
                if is_guessed && !is_in_head {
                    finding.severity = finding.severity.min(Severity::Low);
                }
                let path = is_guessed.then(|| place.path.clone());
                let group = Group {
                    finding,
                    earliest: (place.rank, place.path.clone(), start),
                    commit: place.commit,
                    presence: attribution.presence_at(&place.path),
                    texts: 1,
                    others: Vec::new(),
                };
                match groups.entry((secret, path.unwrap_or_default())) {
                    Entry::Vacant(entry) => {
                        entry.insert(group);
                    }
                    // Another place in the same blob does not count as another text.
                    Entry::Occupied(mut entry) => {
                        let texts = entry.get().texts;
                        entry.get_mut().add(group);
                        entry.get_mut().texts = texts;
                    }
                }
            }
        }
        (!groups.is_empty()).then(|| groups.into_iter().collect())
    }
}

/// How many paths of one secret are kept: the most important ones.
const MAX_PLACES: usize = 32;

fn join(groups: &mut BTreeMap<Key, Group>, key: Key, new: Group) {
    match groups.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(new);
        }
        Entry::Occupied(mut entry) => entry.get_mut().add(new),
    }
}

fn path_of(group: &Group) -> String {
    group.earliest.1.clone()
}

/// The pairs of paths of files that were renamed to a name for developers.
fn renames(named: &BTreeMap<ObjectId, Named>) -> BTreeSet<(&str, &str)> {
    let places = named.values().map(|it| &it.attribution.places);
    let pairs = places.flat_map(|places| {
        let paths: Vec<_> = places.iter().map(|place| &*place.path).collect();
        renamed(&paths)
    });
    pairs.collect()
}

/// Drops what is not worth reporting: placeholders that are gone, which were replaced as they should be, and all but
/// one place of a guessable value, unless it is still there.
fn telling(groups: BTreeMap<Key, Group>) -> Vec<Group> {
    let mut telling: Vec<Group> = Vec::new();
    let mut groups: Vec<_> = groups.into_iter().collect();
    // Equal secrets are adjacent; those in HEAD come first, and then the oldest.
    groups.sort_by(|((a, _), of_a), ((b, _), of_b)| {
        let order = |group: &Group| (group.nearest() != Presence::Head, group.earliest.clone());
        (a, order(of_a)).cmp(&(b, order(of_b)))
    });
    let mut told: Option<Secret> = None;
    for ((secret, path), group) in groups {
        let is_in_head = group.nearest() == Presence::Head;
        let is_placeholder = group.finding.category == Category::Placeholder;
        let is_again = !path.is_empty() && told.as_ref() == Some(&secret);
        if is_in_head || !is_placeholder && !is_again {
            told = Some(secret);
            telling.push(group);
        }
    }
    telling
}

/// Why the values in a version of a file are those of a developer's machine.
fn on_machine(path: &str, text: &[u8]) -> Option<String> {
    audit::on_machine_before(path, std::str::from_utf8(text).ok()?)
}

/// Whether the value in a finding is among the first that an attacker tries.
fn is_guessed_in(finding: &Finding, secret: &Secret) -> bool {
    let rule = finding.rule.as_str();
    finding.category == Category::Placeholder
        || rule.ends_with("/default-credential")
        || rule.ends_with("/weak-secret")
        || is_guessed(secret)
}

/// Whether a value has at least four bytes and is no variable: shorter ones are a prefix of something, or a word.
fn is_long(secret: &Secret) -> bool {
    let text = secret.reveal();
    text.len() >= 4 && !text.starts_with(b"${")
}

impl Group {
    /// Orders by importance: what others have, too, comes first, then what is more severe, then what is earlier.
    fn order(&self, other: &Self) -> Ordering {
        let weight = |group: &Self| (group.finding.severity, group.finding.confidence);
        let is_local = |group: &Self| group.finding.is_local;
        is_local(self)
            .cmp(&is_local(other))
            .then_with(|| weight(other).cmp(&weight(self)))
            .then_with(|| self.earliest.cmp(&other.earliest))
            .then_with(|| self.finding.origin.cmp(&other.finding.origin))
    }

    /// The nearest presence of the secret at any of its places.
    fn nearest(&self) -> Presence {
        let others = self.others.iter().map(|other| other.presence);
        others.fold(self.presence, Presence::min)
    }

    /// Versions at the same path share the nearest presence of them all.
    fn share_presence(&mut self, other: &mut Self) {
        let nearest = self.presence.min(other.presence);
        (self.presence, other.presence) = (nearest, nearest);
    }

    /// Adds what is known about the same secret elsewhere. The most severe place leads, and each path is kept once.
    fn add(&mut self, mut other: Self) {
        self.texts += other.texts;
        let mut others = std::mem::take(&mut other.others);
        if path_of(self) == path_of(&other) {
            self.share_presence(&mut other);
        }
        if other.order(self).is_lt() {
            other.others = std::mem::take(&mut self.others);
            other.texts = self.texts;
            std::mem::swap(self, &mut other);
        }
        others.push(other);
        for mut other in others {
            let path = path_of(&other);
            if path == path_of(self) {
                self.share_presence(&mut other);
            }
            let others = &mut self.others;
            let same = others.iter().position(|known| path_of(known) == path);
            if let Some(at) = same {
                others[at].share_presence(&mut other);
            }
            let least = || (0..others.len()).max_by(|a, b| others[*a].order(&others[*b]));
            let full = others.len() >= MAX_PLACES;
            match same.or_else(|| full.then(least).flatten()) {
                Some(at) if other.order(&others[at]).is_lt() => others[at] = other,
                Some(_) => {}
                None => others.push(other),
            }
        }
        let first = path_of(self);
        self.others.retain(|other| path_of(other) != first);
    }

    /// Drops the places that HEAD has under another name for developers.
    fn leave_renamed(&mut self, renamed: &BTreeSet<(&str, &str)>) {
        let all = std::iter::once(&*self).chain(&self.others);
        let here = all.filter(|group| group.presence == Presence::Head);
        let here: Vec<String> = here.map(path_of).collect();
        let is_gone = |group: &Self| {
            let mut here = here.iter();
            let own = group.earliest.1.as_str();
            group.presence != Presence::Head && here.any(|to| renamed.contains(&(own, to.as_str())))
        };
        self.others.retain(|other| !is_gone(other));
        if is_gone(self) {
            self.others.sort_by(Self::order);
            // At least one place is in HEAD.
            let mut first = self.others.remove(0);
            first.texts = self.texts;
            first.others = std::mem::take(&mut self.others);
            *self = first;
        }
    }

    fn finish(self, reader: &Reader) -> Finding {
        let blobs = self.texts;
        let all = std::iter::once(&self).chain(&self.others);
        let all: Vec<_> = all.map(|it| (it.finding.severity, it.presence)).collect();
        // A file that moved is still present at the place that is at least as severe.
        let nearest = |severity: Severity| {
            let alike = all.iter().filter(|(own, _)| *own >= severity);
            alike.map(|(_, presence)| *presence).min()
        };
        let place = |mut finding: Finding, commit: ObjectId, presence: Presence| {
            let presence = nearest(finding.severity).unwrap_or(presence);
            finding.history = Some(History {
                first: reader.commit_summary(commit),
                first_path: None,
                removed: None,
                presence,
                blobs,
            });
            finding
        };
        let mut finding = place(self.finding, self.commit, self.presence);
        let mut others = self.others;
        others.sort_by(Self::order);
        let others = others.into_iter();
        finding.places = others
            .map(|other| place(other.finding, other.commit, other.presence))
            .collect();
        finding
    }
}
