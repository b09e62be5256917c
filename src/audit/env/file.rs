//! An env file among the files of its project: what its checks look at.

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

/// An env file, and the text around it.
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
    /// What is in the slots of credentials.
    pub(super) slots: Vec<Judged>,
    pub(super) project: &'a Project<'a>,
    pub(super) purpose: Purpose,
    /// Whether git tracks it, where that is known.
    pub(super) is_tracked: Option<bool>,
}

/// What is in the slot of a credential.
pub(super) struct Judged {
    /// The number of the entry.
    pub(super) entry: usize,
    pub(super) slot: Slot,
    /// The program in whose samples the value is.
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

    /// Returns what differs between projects and folders.
    pub(super) fn policy(&self) -> &'a Policy {
        self.project.policy(self.path)
    }

    /// Returns the slots whose verdict is this one, and that no published list has.
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

    /// Returns the entries that are in no slot of a credential.
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

    /// Returns the key of the first entry that holds a credential.
    pub(super) fn first_credential(&self) -> Option<&Entry<'a>> {
        self.slots.first().map(|judged| &self.entries[judged.entry])
    }

    /// Returns whether no one deploys the file as it is.
    pub(super) fn is_sample(&self) -> bool {
        self.purpose == Purpose::Sample
    }

    /// Returns a sighting that weighs less where only developers use the file.
    pub(super) fn scaled(&self, mut sighting: Sighting) -> Sighting {
        match self.purpose {
            Purpose::Shipped => {}
            Purpose::Development | Purpose::Sample => {
                sighting.severity = sighting.severity.lowered().min(Severity::Medium);
            }
        }
        sighting
    }

    /// Returns the sighting of what is in a slot: less severe where only developers use the file, and where what the
    /// credential opens is out of reach.
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

    /// How severe what is in a slot is at most, by what it opens in the compose files that use this file.
    pub(super) fn bound(&self, entry: &Entry, slot: &Slot) -> Option<Bound> {
        let variable = (entry.key, entry.value, credential(entry, slot));
        self.project.shared(Stacks::new).bound(self.path, variable)
    }

    /// Returns whether every credential in a `.env` asks to be replaced: beside a Compose file such a one is what users
    /// fill in. A file with a name of its own is what a deployment reads.
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

    /// Returns the sample that this file was made from, with its text.
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

/// Returns where that part is in the file.
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
    // A key over several lines is for those who know its form.
    if entry.value.contains('\n') {
        return None;
    }
    slot::judge(entry.key, entry.value).or_else(|| {
        // What is in single quotes is taken as it is.
        let default = default_of(entry.value).filter(|_| entry.quote != Some('\''))?;
        let mut slot = slot::judge(entry.key, &entry.value[default.clone()])?;
        slot.at = default.start + slot.at.start..default.start + slot.at.end;
        Some(slot)
    })
}

/// Where the literal is that a value is when the one variable is not set that it consists of: `${NAME:-literal}`.
fn default_of(value: &str) -> Option<Range<usize>> {
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    let name = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let rest = &inner[name..];
    let literal = rest.strip_prefix(':').unwrap_or(rest).strip_prefix('-')?;
    let is_literal = name > 0 && !literal.is_empty() && !literal.contains(['$', '}']);
    let end = value.len() - 1;
    is_literal.then(|| end - literal.len()..end)
}

/// The names of the env files that compose files hand to services as they are, quotes and comments being parts of
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

/// What is beside the name of such a file.
const RAW: &str = "format: raw";

/// The name of the env file that a line has the path of.
fn named(line: &str) -> Option<&str> {
    let (_, named) = line.split_once("path:")?;
    let named = named.split([',', '}']).next()?;
    named.trim().trim_matches(['"', '\'']).rsplit('/').next()
}

/// Whether a compose file hands the file to a service as it is.
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
        // So many digits count nothing.
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
