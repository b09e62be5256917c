//! Folds findings for people. Of many findings of one rule in one file, the first few are shown and the others counted;
//! one secret in several places is one entry, and so are the credentials of one directory that are only in the git
//! history.

use std::collections::{BTreeMap, BTreeSet};

use super::escape::escaped;
use super::urgency::{is_past, urgency};
use crate::lexicon::path;
use crate::model::{Category, Presence, RuleId, Severity};
use crate::redact::Shown;

/// How many findings of one rule in one file are shown.
const SHOWN: usize = 3;
/// How many lines of findings that are not shown are listed.
const LINES: usize = 8;
/// How many places in other files are listed.
const PLACES: usize = 4;

/// A finding that is shown, and those that are folded into it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) finding: &'a Shown,
    /// The findings that are folded into it.
    pub(super) more: Vec<&'a Shown>,
    /// Why they are one entry, if for more than the same file and the same rules.
    one: Option<One<'a>>,
}

/// Why several findings are one thing to do. The most urgent of them is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum One<'a> {
    /// Credentials of one kind in one directory that are only in the git history. No edit removes them, and they need
    /// the same response: the keys of one installation are generated together, and replaced together.
    Set {
        /// The rule, or the family of rules about private keys.
        kind: &'a str,
        folder: &'a str,
        severity: Severity,
        presence: Option<Presence>,
        standing: [bool; 3],
    },
    /// One secret in several places.
    Value { number: u32, standing: [bool; 3] },
}

impl<'a> One<'a> {
    fn of(finding: &'a Shown, is_change: bool) -> Option<Self> {
        let path = &finding.location.path;
        if finding.category != Category::Secret || path.is_empty() {
            return None;
        }
        let standing = [finding.is_old, finding.is_local, finding.is_held_back()];
        let family = finding.rule.family();
        if !is_past(finding, is_change) {
            let number = finding.secret_number?;
            // A suite makes as many tokens as it has cases, and what is to be done about one is to be done about all.
            let is_minor = finding.severity <= Severity::Medium && family == "jwt";
            let suite = path::test_folder(path).filter(|_| is_minor);
            return Some(match suite {
                Some(folder) => Self::Set {
                    kind: finding.rule.as_str(),
                    folder,
                    severity: finding.severity,
                    presence: None,
                    standing,
                },
                None => Self::Value { number, standing },
            });
        }
        let is_key = family == "private-key";
        let parent = path.rfind('/').map_or("", |end| &path[..end]);
        Some(Self::Set {
            kind: if is_key {
                family
            } else {
                finding.rule.as_str()
            },
            folder: path::key_folder(parent)
                .filter(|_| is_key)
                .unwrap_or(parent),
            severity: finding.severity,
            presence: finding.presence(),
            standing,
        })
    }
}

/// What findings of one file share if they are folded together.
type Kind<'a> = (
    Vec<&'a RuleId>,
    &'a str,
    Option<&'a str>,
    Severity,
    [bool; 4],
);

fn kind(finding: &Shown) -> Kind<'_> {
    let rules = finding.rules().collect();
    let location = &finding.location;
    let member = location.member.as_deref();
    let standing = [
        finding.is_old,
        finding.is_local,
        finding.is_held_back(),
        finding.origin.is_history(),
    ];
    (rules, &location.path, member, finding.severity, standing)
}

/// Returns how many of a kind are shown. A setting that is missing in one service is usually missing in all, and is one
/// thing to do; each credential in the files is a separate one.
fn limit(finding: &Shown, is_change: bool) -> usize {
    let most = match finding.category {
        _ if is_past(finding, is_change) => return 1,
        Category::Configuration => Severity::Medium,
        Category::Placeholder => Severity::Low,
        Category::Secret => return SHOWN,
    };
    let is_minor = finding.severity <= most;
    if is_minor { 1 } else { SHOWN }
}

/// Returns the finding that is shown for each group: the most urgent, or the first of equals.
fn leads<'a>(
    findings: impl Iterator<Item = &'a Shown>,
    is_change: bool,
) -> BTreeMap<One<'a>, &'a Shown> {
    let mut leads: BTreeMap<One<'a>, &'a Shown> = BTreeMap::new();
    let rank = |finding: &'a Shown| {
        let place = (&finding.location, &finding.rule);
        // A group is as severe as its worst place.
        let urgency = urgency(finding, is_change, 0);
        (
            finding.decides(),
            finding.severity,
            urgency,
            std::cmp::Reverse(place),
        )
    };
    for finding in findings {
        if let Some(one) = One::of(finding, is_change) {
            let lead = leads.entry(one).or_insert(finding);
            if rank(finding) > rank(lead) {
                *lead = finding;
            }
        }
    }
    leads
}

/// Returns the entries of `findings`, in their order. Findings without a path, such as those in commit messages, are
/// not folded. When a change is judged, its history can still be rewritten, so it is treated like files.
pub(super) fn fold<'a>(
    findings: impl IntoIterator<Item = &'a Shown>,
    is_change: bool,
) -> Vec<Entry<'a>> {
    let findings: Vec<&'a Shown> = findings.into_iter().collect();
    let leads = leads(findings.iter().copied(), is_change);
    let mut behind: BTreeMap<One<'a>, Vec<&'a Shown>> = BTreeMap::new();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    // For each kind, how many are shown, and the index of the last one.
    let mut kinds: BTreeMap<Kind<'a>, (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let one = One::of(finding, is_change);
        let lead = one.and_then(|one| Some((one, leads.get(&one)?)));
        if let Some((one, _)) = lead.filter(|(_, lead)| !std::ptr::eq(**lead, finding)) {
            behind.entry(one).or_default().push(finding);
            continue;
        }
        let entry = Entry {
            one,
            ..Entry::alone(finding)
        };
        let is_set = matches!(one, Some(One::Set { .. }));
        if finding.location.path.is_empty() || is_set {
            entries.push(entry);
            continue;
        }
        let (shown, last) = kinds.entry(kind(finding)).or_default();
        if *shown == limit(finding, is_change) {
            entries[*last].more.push(finding);
        } else {
            (*shown, *last) = (*shown + 1, entries.len());
            entries.push(entry);
        }
    }
    put_behind(&mut entries, behind, is_change);
    entries
}

/// Moves findings into the entries of their groups.
fn put_behind<'a>(
    entries: &mut [Entry<'a>],
    mut behind: BTreeMap<One<'a>, Vec<&'a Shown>>,
    is_change: bool,
) {
    for entry in entries {
        let others = entry.more.iter().filter_map(|it| One::of(it, is_change));
        let all: Vec<_> = entry.one.into_iter().chain(others).collect();
        // A finding that was folded into an entry of its file takes the rest of its group with it.
        for one in all {
            entry.more.extend(behind.remove(&one).unwrap_or_default());
        }
    }
}

/// Returns the findings that a reader would count, in their order: one per group. Credentials that are shown together
/// are still counted one by one, since each must be revoked; except private keys, which are replaced together.
pub(super) fn counted(findings: &[Shown], is_change: bool) -> Vec<&Shown> {
    let leads = leads(findings.iter(), is_change);
    let mut numbers: BTreeSet<u32> = BTreeSet::new();
    for lead in leads.values() {
        numbers.extend(lead.secret_number);
    }
    let mut counts = |finding: &&Shown| {
        let one = One::of(finding, is_change);
        let lead = one.and_then(|one| leads.get(&one));
        let is_another = |number: u32| numbers.insert(number);
        match one {
            _ if lead.is_none_or(|lead| std::ptr::eq(*lead, *finding)) => true,
            Some(One::Set { kind, .. }) if kind != "private-key" => {
                finding.secret_number.is_some_and(is_another)
            }
            _ => false,
        }
    };
    let mut counted = Vec::new();
    for finding in findings {
        if counts(&finding) {
            counted.push(finding);
        }
    }
    counted
}

impl<'a> Entry<'a> {
    /// An entry into which nothing is folded.
    pub(super) fn alone(finding: &'a Shown) -> Self {
        Self {
            finding,
            more: Vec::new(),
            one: None,
        }
    }
}

impl Entry<'_> {
    /// Describes the findings that are folded into it; `None` if there are none.
    pub(super) fn rest(&self) -> Option<String> {
        let path = &self.finding.location.path;
        let (here, elsewhere): (Vec<&Shown>, Vec<&Shown>) =
            self.more.iter().partition(|it| it.location.path == *path);
        let here = (!here.is_empty()).then(|| match self.one {
            Some(One::Set { .. }) => format!("and {} more in this file", here.len()),
            _ => in_file(&here),
        });
        let elsewhere = (!elsewhere.is_empty()).then(|| match self.one {
            Some(One::Set { folder, .. }) => self.in_folder(folder, &elsewhere),
            _ => elsewhere_too(&elsewhere),
        });
        let both: Vec<_> = here.into_iter().chain(elsewhere).collect();
        (!both.is_empty()).then(|| both.join("; "))
    }

    /// Describes the rest of the group briefly, where there is little room.
    pub(super) fn others(&self) -> Option<String> {
        let count = self.more.len();
        match self.one.filter(|_| count > 0)? {
            One::Set { folder: "", .. } => Some(format!("and {count} more in this folder")),
            One::Set { folder, .. } => Some(format!("and {count} more in {}/", escaped(folder))),
            One::Value { .. } => Some(match count {
                1 => "the same secret in 1 more place".to_owned(),
                n => format!("the same secret in {n} more places"),
            }),
        }
    }

    /// Describes where in `folder` the rest of a set is, and when it was committed.
    fn in_folder(&self, folder: &str, others: &[&Shown]) -> String {
        let mut files: BTreeMap<&str, usize> = BTreeMap::new();
        for other in others {
            *files.entry(&other.location.path).or_default() += 1;
        }
        let named = files.iter().map(|(path, count)| {
            let below = path.get(folder.len()..).unwrap_or(path);
            let name = escaped(below.trim_start_matches('/'));
            match count {
                1 => name.into_owned(),
                n => format!("{name} ({n})"),
            }
        });
        let named = some(named, PLACES);
        let count = others.len();
        let folder = match folder {
            "" => "this folder".to_owned(),
            folder => format!("{}/", escaped(folder)),
        };
        format!("and {count} more in {folder}: {named}{}", self.days())
    }

    /// Returns the range of days on which they were committed, if it is more than one day.
    fn days(&self) -> String {
        let all = self.more.iter().copied().chain([self.finding]);
        let days: BTreeSet<&str> = all
            .filter_map(|it| it.history.as_ref()?.first.as_ref()?.date.get(..10))
            .collect();
        match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("; added from {first} to {last}")
            }
            _ => String::new(),
        }
    }
}

/// Lists the lines of one file that `others` are on.
fn in_file(others: &[&Shown]) -> String {
    let mut lines: Vec<u32> = others
        .iter()
        .map(|finding| finding.location.region.start.line)
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    let named = some(lines.iter().map(u32::to_string), LINES);
    format!("and {} more in this file: {word} {named}", others.len())
}

/// Lists the other files that have the same secret.
fn elsewhere_too(others: &[&Shown]) -> String {
    let mut places: Vec<_> = others
        .iter()
        .map(|finding| (&finding.location.path, finding.location.region.start.line))
        .collect();
    places.sort_unstable();
    let named = places
        .iter()
        .map(|(path, line)| format!("{}:{line}", escaped(path)));
    format!("the same secret is in {}", some(named, PLACES))
}

/// Lists the first few of `names`, and says how many more there are.
fn some(names: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let named: Vec<_> = names.take(most).collect();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    named.join(", ") + &rest
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::{CommitSummary, History, ObjectId, Origin};

    #[test]
    fn the_first_few_of_a_kind_are_shown_and_the_others_counted() {
        let mut findings = sample::sample().findings;
        let mut first = findings.swap_remove(0);
        first.category = Category::Secret;
        first.location.path = "a.env".to_owned();
        let many: Vec<Shown> = (1..=20)
            .map(|line| {
                let mut finding = first.clone();
                finding.location.region.start.line = line;
                finding
            })
            .collect();
        let mut other = first.clone();
        other.location.path = "b.env".to_owned();
        let entries = fold(many.iter().chain([&other]), false);
        assert_eq!(entries.len(), SHOWN + 1);
        assert_eq!(entries[0].rest(), None);
        assert_eq!(
            entries[2].rest().as_deref(),
            Some("and 17 more in this file: lines 4, 5, 6, 7, 8, 9, 10, 11 and 9 more")
        );
        assert_eq!(entries[3].finding.location.path, "b.env");
        assert!(entries[3].more.is_empty());
    }

    #[test]
    fn a_setting_that_many_lack_is_one_entry() {
        let mut findings = sample::sample().findings;
        let mut first = findings.swap_remove(0);
        first.category = Category::Configuration;
        first.severity = Severity::Medium;
        first.location.path = "compose.yml".to_owned();
        let many = vec![first; 5];
        let entries = fold(&many, false);
        assert_eq!((entries.len(), entries[0].more.len()), (1, 4));
    }

    #[test]
    fn tokens_of_one_suite_are_one_entry_and_counted_by_their_values() {
        let mut token = sample::sample().findings.swap_remove(0);
        token.category = Category::Secret;
        token.rule = RuleId::new("jwt/token");
        token.severity = Severity::Medium;
        let at = |path: &str, number: u32| {
            let mut token = token.clone();
            token.location.path = path.to_owned();
            token.secret_number = Some(number);
            token
        };
        let mut many: Vec<Shown> = (1..=6)
            .map(|number| at(&format!("test/unit/case{number}.js"), number / 2))
            .collect();
        many.push(at("src/licence.js", 9));
        let entries = fold(&many, false);
        assert_eq!(entries.len(), 2);
        let rest = entries[0].rest().unwrap_or_default();
        assert!(rest.starts_with("and 5 more in test/: "), "{rest}");
        // The values 0, 1, 2 and 3, and that in the source.
        assert_eq!(counted(&many, false).len(), 5);
        // What decides is shown for itself.
        for token in &mut many {
            token.severity = Severity::High;
        }
        assert_eq!(fold(&many, false).len(), 5);
    }

    #[test]
    fn keys_that_only_the_history_has_are_one_entry() {
        let mut key = sample::sample().findings.swap_remove(0);
        key.category = Category::Secret;
        key.rule = RuleId::new("private-key/pem");
        key.origin = Origin::Blob(ObjectId::from_bytes(&[7; 20]).unwrap());
        let at = |path: &str, day: &str| {
            let mut key = key.clone();
            key.location.path = path.to_owned();
            key.history = Some(History {
                first: Some(CommitSummary {
                    id: ObjectId::from_bytes(&[8; 20]).unwrap(),
                    author: "A".to_owned(),
                    email: "a@example.org".to_owned(),
                    date: format!("{day}T10:00:00Z"),
                }),
                first_path: None,
                removed: None,
                presence: Presence::History,
                blobs: 1,
            });
            key
        };
        let mut other = at("tls/ca/ca.p12", "2020-08-12");
        other.rule = RuleId::new("private-key/keystore");
        let many = [
            at("tls/server/server.key", "2020-08-12"),
            other,
            at("tls/server/server.key", "2022-06-26"),
            at("app/id_rsa", "2022-06-26"),
        ];
        let entries = fold(&many, false);
        assert_eq!(entries.len(), 2);
        assert_eq!(
            entries[0].rest().as_deref(),
            Some(
                "and 1 more in this file; and 1 more in tls/: ca/ca.p12; added from 2020-08-12 to 2022-06-26"
            )
        );
        assert_eq!(counted(&many, false).len(), 2);
        // When a change is judged, each counts.
        assert_eq!(counted(&many, true).len(), 4);
        assert!(fold(&many, true).iter().all(|entry| entry.more.is_empty()));
    }

    #[test]
    fn each_token_of_the_history_is_counted() {
        let mut token = sample::sample().findings.swap_remove(0);
        token.category = Category::Secret;
        token.origin = Origin::Blob(ObjectId::from_bytes(&[7; 20]).unwrap());
        token.location.path = "a/b.js".to_owned();
        let with = |number| {
            let mut token = token.clone();
            token.secret_number = Some(number);
            token
        };
        let many = [with(1), with(2), with(1), with(3)];
        assert_eq!(fold(&many, false).len(), 1);
        assert_eq!(counted(&many, false).len(), 3);
    }

    #[test]
    fn one_secret_in_several_files_is_one_entry() {
        let mut findings = sample::sample().findings;
        let mut first = findings.swap_remove(0);
        first.category = Category::Secret;
        first.origin = Origin::Worktree;
        first.history = None;
        let at = |path: &str, severity, group| {
            let mut finding = first.clone();
            finding.location.path = path.to_owned();
            finding.severity = severity;
            finding.secret_number = Some(group);
            finding
        };
        let many = [
            at("dev/compose.yml", Severity::Medium, 1),
            at("server/app/data.yml", Severity::High, 1),
            at("other.yml", Severity::Medium, 2),
        ];
        let entries = fold(&many, false);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].finding.location.path, "server/app/data.yml");
        let line = many[0].location.region.start.line;
        assert_eq!(
            entries[0].rest(),
            Some(format!("the same secret is in dev/compose.yml:{line}"))
        );
        assert_eq!(counted(&many, false).len(), 2);
    }
}
