//! An env file within its project: the subject of the checks.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::compose::{Bound, Compose, Stacks};
use crate::audit::document;
use crate::audit::purpose::Purpose;
use crate::audit::report::{SecretAt, Sighting};
use crate::audit::slot::{self, Slot, Verdict};
use crate::audit::{Policy, Project};
use crate::lexicon::value;
use crate::model::{Confidence, Secret, Severity, steps};

use super::read::{self, Entry};

/// An env file and its surroundings.
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
    /// The values in the slots of credentials.
    pub(super) slots: Vec<Judged>,
    pub(super) project: &'a Project<'a>,
    pub(super) purpose: Purpose,
    /// Whether git tracks it, if that is known.
    pub(super) is_tracked: Option<bool>,
}

/// The value in the slot of a credential.
pub(super) struct Judged {
    /// The index of the entry.
    pub(super) entry: usize,
    pub(super) slot: Slot,
    /// The program whose samples contain the value.
    pub(super) published_by: Option<&'static str>,
}

impl<'a> File<'a> {
    pub(super) fn new(
        path: &'a str,
        entries: Vec<Entry<'a>>,
        project: &'a Project<'a>,
        purpose: Purpose,
    ) -> Self {
        let judged = entries.iter().enumerate().filter_map(|(number, entry)| {
            let slot = slot_of(entry)?;
            Some(Judged {
                entry: number,
                published_by: value::published_by(credential(entry, &slot)),
                slot,
            })
        });
        Self {
            path,
            slots: judged.collect(),
            entries,
            project,
            purpose,
            is_tracked: project.is_tracked(path),
        }
    }

    /// Returns the policy for this file.
    pub(super) fn policy(&self) -> &'a Policy {
        self.project.policy(self.path)
    }

    /// Returns the slots with a matching verdict, except for published values.
    pub(super) fn slots_with(
        &self,
        verdict: fn(Verdict) -> bool,
    ) -> impl Iterator<Item = (&Entry<'a>, &Slot)> {
        let slots = self
            .slots
            .iter()
            .filter(|judged| judged.published_by.is_none());
        slots
            .filter(move |judged| verdict(judged.slot.verdict))
            .map(|judged| (&self.entries[judged.entry], &judged.slot))
    }

    /// Returns the entries that are not slots of a credential.
    pub(super) fn others(&self) -> impl Iterator<Item = &Entry<'a>> {
        let mut judged = self.slots.iter().map(|judged| judged.entry).peekable();
        let entries = self.entries.iter().enumerate();
        entries.filter_map(move |(number, entry)| match judged.peek() {
            Some(next) if *next == number => {
                judged.next();
                None
            }
            _ => Some(entry),
        })
    }

    /// Returns the first entry that holds a credential.
    pub(super) fn first_credential(&self) -> Option<&Entry<'a>> {
        self.slots.first().map(|judged| &self.entries[judged.entry])
    }

    /// Returns whether the file is a sample, which nobody deploys unchanged.
    pub(super) fn is_sample(&self) -> bool {
        self.purpose == Purpose::Sample
    }

    /// Lowers the severity of a sighting if only developers use the file.
    pub(super) fn scaled(&self, mut sighting: Sighting) -> Sighting {
        match self.purpose {
            Purpose::Shipped => {}
            Purpose::Development | Purpose::Sample => {
                sighting.severity = sighting.severity.lowered().min(Severity::Medium);
            }
        }
        sighting
    }

    /// Lowers the severity of a sighting about a slot if only developers use the file, or if what the credential opens
    /// is out of reach.
    pub(super) fn weighed(&self, entry: &Entry, slot: &Slot, sighting: Sighting) -> Sighting {
        let mut sighting = self.scaled(sighting);
        if sighting.severity > Severity::Medium
            && let Some(bound) = self.bound(entry, slot)
            && sighting.severity > bound.most
        {
            sighting.severity = bound.most;
            sighting.message.push_str(&bound.note);
        }
        sighting
    }

    /// Returns a bound on the severity of a slot, from what it opens in the Compose files that use this file.
    pub(super) fn bound(&self, entry: &Entry, slot: &Slot) -> Option<Bound> {
        let variable = (entry.key, entry.value, credential(entry, slot));
        self.project.shared(Stacks::new).bound(self.path, variable)
    }

    /// Returns whether every credential in a `.env` is a placeholder: next to a Compose file, such a file is for users
    /// to fill in. A file of any other name is what a deployment reads.
    pub(super) fn is_to_fill_in(&self) -> bool {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", self.path));
        let is_compose = |name: &str| name.contains("compose") && document::is_yaml(name);
        if name != ".env" || !self.project.names_in(folder).any(is_compose) {
            return false;
        }
        let asks = |judged: &Judged| {
            let verdict = judged.slot.verdict;
            judged.published_by.is_none()
                && matches!(verdict, Verdict::Placeholder(class) if class.is_unmistakable())
        };
        self.slots.iter().all(asks)
    }

    /// Returns the value of a key; later lines win.
    pub(super) fn value(&self, key: &str) -> Option<&Entry<'a>> {
        steps::look_at(self.entries.len());
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// Returns the name and text of the sample that this file was made from.
    pub(super) fn sample(&self) -> Option<(String, String)> {
        let (folder, name) = self
            .path
            .rsplit_once('/')
            .map_or(("", self.path), |(folder, name)| (folder, name));
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let stems = [name, ".env"];
        let endings = ["example", "sample", "template", "dist"];
        let names = stems
            .iter()
            .flat_map(|stem| endings.iter().map(move |ending| format!("{stem}.{ending}")));
        names
            .filter(|other| other != name)
            .map(|name| format!("{folder}{name}"))
            .find_map(|path| {
                let text = self.project.read_text(&path)?.into_owned();
                Some((path, text))
            })
    }
}

/// Returns the part of an entry's value that is the credential.
pub(super) fn credential<'e>(entry: &Entry<'e>, slot: &Slot) -> &'e str {
    &entry.value[slot.at.clone()]
}

/// Returns where the credential of a slot is in the file.
pub(super) fn place(entry: &Entry, slot: &Slot) -> Range<usize> {
    entry.span.start + slot.at.start..entry.span.start + slot.at.end
}

/// Returns the credential of a slot, to go with a sighting.
pub(super) fn secret_at(entry: &Entry, slot: &Slot) -> SecretAt {
    SecretAt {
        value: Secret::new(credential(entry, slot).as_bytes()),
        span: place(entry, slot),
    }
}

fn slot_of(entry: &Entry) -> Option<Slot> {
    // A value with several lines is left to rules that know its form.
    if entry.value.contains('\n') {
        return None;
    }
    slot::judge(entry.key, entry.value).or_else(|| {
        // A value in single quotes is literal.
        let default = default_of(entry.value).filter(|_| entry.quote != Some('\''))?;
        let mut slot = slot::judge(entry.key, &entry.value[default.clone()])?;
        slot.at = default.start + slot.at.start..default.start + slot.at.end;
        Some(slot)
    })
}

/// Returns the range of the default if the whole value is a variable with a default: `${NAME:-literal}`.
fn default_of(value: &str) -> Option<Range<usize>> {
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    let name = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let rest = &inner[name..];
    let literal = rest.strip_prefix(':').unwrap_or(rest).strip_prefix('-')?;
    let is_literal = name > 0 && !literal.is_empty() && !literal.contains(['$', '}']);
    let end = value.len() - 1;
    is_literal.then(|| end - literal.len()..end)
}

/// The names of env files that Compose files pass to services in raw format, in which quotes and comments are parts of
/// values.
struct RawFiles(FxHashSet<String>);

impl RawFiles {
    fn new(project: &Project<'_>) -> Self {
        let mut names = FxHashSet::default();
        for source in project.claimed_by(&Compose) {
            let text = source.text.as_str();
            steps::look_at(text.len());
            if memchr::memmem::find(text.as_bytes(), RAW.as_bytes()).is_none() {
                continue;
            }
            let lines: Vec<&str> = text.lines().collect();
            let near = lines.windows(3);
            for near in near.filter(|near| near.iter().any(|line| line.contains(RAW))) {
                names.extend(
                    near.iter()
                        .filter_map(|line| named(line))
                        .map(str::to_owned),
                );
            }
        }
        Self(names)
    }
}

/// What is next to the path of such a file in a Compose file.
const RAW: &str = "format: raw";

/// Returns the name of the env file whose path a line contains.
fn named(line: &str) -> Option<&str> {
    let (_, named) = line.split_once("path:")?;
    let named = named.split([',', '}']).next()?;
    named.trim().trim_matches(['"', '\'']).rsplit('/').next()
}

/// Returns whether a Compose file passes the file to a service in raw format.
pub(super) fn is_raw(path: &str, project: &Project<'_>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    project.shared(RawFiles::new).0.contains(name)
}

/// Returns how much a literal looks like a credential of its kind.
pub(super) fn confidence(literal: &str) -> Confidence {
    let digits = literal.bytes().any(|byte| byte.is_ascii_digit());
    let letters = literal.bytes().any(|byte| byte.is_ascii_alphabetic());
    let marks = literal.bytes().any(|byte| !byte.is_ascii_alphanumeric());
    match literal.len() {
        12.. if digits && letters => Confidence::High,
        // Too many digits to be a count.
        16.. if digits => Confidence::Medium,
        8.. if value::is_random(literal) && !literal.contains("password") => Confidence::Medium,
        6.. if usize::from(digits) + usize::from(letters) + usize::from(marks) >= 2 => {
            Confidence::Medium
        }
        _ => Confidence::Low,
    }
}

/// Returns the keys and values of another env file.
pub(super) fn values(text: &str) -> FxHashMap<&str, &str> {
    read::entries(text)
        .0
        .into_iter()
        .map(|entry| (entry.key, entry.value))
        .collect()
}
