//! The configuration files of one tree, seen together, since the meaning of one may depend on another.

use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::model::{GapKind, steps};

use crate::audit::{Outcome, Policies, Policy, check::Format, input, limit};

use super::shared::Shared;

/// Reads files besides those that are scanned, including ignored ones: an `.env` that Git ignores still affects what a
/// Compose file means.
pub trait Files: Sync {
    /// Returns the bytes of the file at `path`, relative to the root with `/` as separator; `None` if there is no such
    /// file, or if it must not be read: a link, a file outside the root, or a very large one.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// Returns whether the file exists, but is too large to be read.
    fn is_too_large(&self, _path: &str) -> bool {
        false
    }

    /// Returns whether the scanned files are all there are, so that no other files exist.
    fn is_whole(&self) -> bool {
        false
    }

    /// Returns whether Git tracks the file; `None` if there is no Git repository, or it was not asked.
    fn is_tracked(&self, _path: &str) -> Option<bool> {
        None
    }

    /// Returns whether the files are committed versions, which may no longer exist.
    fn is_past(&self) -> bool {
        false
    }

    /// Returns whether `git add --all` would skip the file; `None` as for [`Self::is_tracked`].
    fn is_ignored(&self, _path: &str) -> Option<bool> {
        None
    }
}

/// No files besides the scanned ones.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Files for Nothing {
    fn read(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }
}

/// A file that some format claims.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path relative to the root, with `/` as separator.
    pub path: String,
    /// The text, with the same offsets as the bytes; empty if the file is too large to be audited.
    pub text: String,
    /// Whether the text is identical to the bytes, so that it may be written back.
    pub is_exact: bool,
    /// The formats that claim it, determined once.
    formats: Claimants,
    /// For a file that is too large to be audited, its beginning and the reason. Files that are only named like
    /// configuration may be data, and are not claimed then.
    too_large: Option<(String, String)>,
}

/// Formats, in the order in which they are asked to claim a file.
pub(in crate::audit) type Formats = &'static [&'static dyn Format];

/// The formats that claim a file, as a bit set in their order.
#[derive(Clone, Copy)]
struct Claimants {
    all: Formats,
    bits: u16,
}

impl Claimants {
    fn of(all: Formats, path: &str, text: &[u8]) -> Self {
        let claiming = all.iter().enumerate();
        let claiming = claiming.filter(|(_, format)| format.claims(path, text));
        let bits = claiming.fold(0, |bits, (number, _)| bits | (1 << number));
        Self { all, bits }
    }

    fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Iterates in the order in which they are asked.
    fn iter(self) -> impl Iterator<Item = &'static dyn Format> {
        let formats = self.all.iter().enumerate();
        let is_in = move |number: &usize| self.bits & (1 << number) != 0;
        formats
            .filter(move |(number, _)| is_in(number))
            .map(|(_, format)| *format)
    }
}

impl fmt::Debug for Claimants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(Format::name))
            .finish()
    }
}

/// How many bytes are kept of a file that is too large: a comment at its top may accept the gap.
const TOP: usize = 4 << 10;

impl Source {
    /// Returns the file if one of `all` formats may recognise it.
    pub(in crate::audit) fn claimed_by(all: Formats, path: &str, bytes: &[u8]) -> Option<Self> {
        let claimants = Claimants::of(all, path, bytes);
        if claimants.is_empty() {
            return None;
        }
        if bytes.len() > input::MAX_BYTES {
            let is_certain = claimants
                .iter()
                .any(|format| format.is_certain(path, bytes));
            return is_certain.then(|| Self {
                path: path.to_owned(),
                text: String::new(),
                is_exact: false,
                formats: Claimants::of(all, path, b""),
                too_large: Some((
                    input::text(&bytes[..TOP]).into_owned(),
                    input::too_large(bytes.len()),
                )),
            });
        }
        let text = input::text(bytes);
        let formats = match text {
            Cow::Borrowed(_) => claimants,
            Cow::Owned(_) => Claimants::of(all, path, text.as_bytes()),
        };
        Some(Self::recognised(path, text, formats))
    }

    /// Returns the file, whatever it is, with those of `all` formats that claim it.
    pub(in crate::audit) fn among(all: Formats, path: &str, bytes: &[u8]) -> Self {
        let text = input::text(bytes);
        let formats = Claimants::of(all, path, text.as_bytes());
        Self::recognised(path, text, formats)
    }

    fn recognised(path: &str, text: Cow<'_, str>, formats: Claimants) -> Self {
        Self {
            path: path.to_owned(),
            is_exact: matches!(text, Cow::Borrowed(_)),
            text: text.into_owned(),
            formats,
            too_large: None,
        }
    }

    /// The formats that claim it, in the order in which they are asked.
    pub(in crate::audit) fn formats(&self) -> impl Iterator<Item = &'static dyn Format> {
        self.formats.iter()
    }

    /// Whether `format` claims it.
    pub(in crate::audit) fn is_of(&self, format: &dyn Format) -> bool {
        self.formats().any(|known| known.name() == format.name())
    }
}

/// Everything that the audit of one tree examines.
pub struct Project<'a> {
    sources: BTreeMap<String, Source>,
    paths: BTreeSet<String>,
    files: &'a dyn Files,
    /// What formats have computed from the whole tree.
    shared: Shared,
    /// The parts of audited files that were left out, as paths and reasons.
    notes: Mutex<Vec<(String, String)>>,
    /// The policies, which differ between projects and directories.
    policies: &'a dyn Policies,
    /// What deploys it in another repository of the same system.
    deployed_by: Option<String>,
}

impl<'a> Project<'a> {
    /// Combines the claimed files, the paths of all scanned files, and a reader for other files.
    pub fn new(
        sources: impl IntoIterator<Item = Source>,
        paths: impl IntoIterator<Item = String>,
        files: &'a dyn Files,
        policies: &'a dyn Policies,
    ) -> Self {
        let sources = sources.into_iter();
        Self {
            sources: sources
                .map(|source| (source.path.clone(), source))
                .collect(),
            paths: paths.into_iter().collect(),
            files,
            shared: Shared::default(),
            notes: Mutex::default(),
            policies,
            deployed_by: None,
        }
    }

    /// Notes what deploys it in another repository of the same system.
    pub fn deploy_by(&mut self, by: String) {
        self.deployed_by = Some(by);
    }

    /// Returns what deploys it in another repository of the same system, if known.
    pub(in crate::audit) fn deployed_by(&self) -> Option<&str> {
        self.deployed_by.as_deref()
    }

    /// Returns the policy for the file at `path`.
    pub(in crate::audit) fn policy(&self, path: &str) -> &'a Policy {
        self.policies.of(path)
    }

    /// Checks every claimed file in the context of the others, and returns the outcomes with their paths in ascending
    /// order.
    pub(in crate::audit) fn audit_each(&self) -> Vec<(&str, Outcome)> {
        let sources: Vec<_> = self.sources.values().collect();
        let outcomes = sources.into_par_iter();
        outcomes
            .map(|source| (source.path.as_str(), self.audit_one(source)))
            .collect()
    }

    /// Whether the scanned files are all there are.
    pub(in crate::audit) fn is_whole(&self) -> bool {
        self.files.is_whole()
    }

    /// Returns the file at `path`, if a format claimed it.
    pub(in crate::audit) fn source(&self, path: &str) -> Option<&Source> {
        self.sources.get(path)
    }

    /// Notes that a part of the file at `path` is not audited, and why.
    pub(in crate::audit) fn leave_out(&self, path: &str, reason: String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push((path.to_owned(), reason));
    }

    /// Returns the parts of audited files that were left out: the path, the kind of the gap and the reason, in order.
    pub fn left_out(&self) -> Vec<(String, GapKind, String)> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut notes: Vec<_> = notes
            .iter()
            .map(|(path, reason)| {
                let reason = reason.clone();
                let skipped = Outcome::Skipped { reason };
                let (kind, reason) = skipped
                    .gap(path)
                    .unwrap_or((GapKind::NotAudited, String::new()));
                (path.clone(), kind, reason)
            })
            .collect();
        notes.sort();
        notes.dedup();
        notes
    }

    /// Returns the beginning of a claimed file.
    pub fn top_of(&self, path: &str) -> &str {
        let source = self.sources.get(path);
        source.map_or("", |source| match &source.too_large {
            Some((top, _)) => top,
            None => &source.text,
        })
    }

    fn audit_one(&self, source: &Source) -> Outcome {
        if let Some((_, reason)) = &source.too_large {
            let reason = reason.clone();
            return Outcome::Skipped { reason };
        }
        for format in source.formats() {
            let (outcome, reached) = limit::watched(|| format.audit(source, self));
            if matches!(outcome, Outcome::NotConfiguration) {
                continue;
            }
            if matches!(outcome, Outcome::Audited(_)) && !reached.is_empty() {
                self.leave_out(&source.path, limit::reason(&reached));
            }
            return outcome;
        }
        Outcome::NotConfiguration
    }

    /// Returns the bytes of any file of the tree, claimed or read on demand.
    pub(in crate::audit) fn read(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        match self.sources.get(path) {
            Some(source) => Some(Cow::Borrowed(source.text.as_bytes())),
            None => self.read_beside(path).map(Cow::Owned),
        }
    }

    /// Returns the text of any file of the tree.
    pub(in crate::audit) fn read_text(&self, path: &str) -> Option<Cow<'_, str>> {
        if let Some(source) = self.sources.get(path) {
            return Some(Cow::Borrowed(&source.text));
        }
        let bytes = self.read_beside(path)?;
        Some(Cow::Owned(input::text(&bytes).into_owned()))
    }

    fn read_beside(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.files.read(path);
        if bytes.is_none() && self.files.is_too_large(path) {
            limit::reached(format!("a large file that it names, `{path}`"));
        }
        bytes
    }

    /// Returns whether the tree has the file: it was scanned, or Git tracks it.
    pub(in crate::audit) fn has(&self, path: &str) -> bool {
        self.sources.contains_key(path)
            || self.paths.contains(path)
            || self.files.is_tracked(path) == Some(true)
    }

    /// Returns whether the file was scanned, so that it is part of the project rather than a private file.
    pub(in crate::audit) fn is_scanned(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Returns the files that `format` may know, in ascending order of their paths.
    pub(in crate::audit) fn claimed_by<'s>(
        &'s self,
        format: &'s dyn Format,
    ) -> impl Iterator<Item = &'s Source> {
        let sources = self.sources.values();
        sources.filter(move |source| source.is_of(format))
    }

    /// Returns the paths of all scanned files, in ascending order. Ignored files are only scanned on request.
    pub(in crate::audit) fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = self.paths.iter().map(String::as_str);
        paths.inspect(|_| steps::look_at(1))
    }

    /// Returns the names of the scanned files directly in `folder`; the root is the empty string.
    pub(in crate::audit) fn names_in<'s>(&'s self, folder: &str) -> impl Iterator<Item = &'s str> {
        let start = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let mut from = start.clone();
        std::iter::from_fn(move || {
            loop {
                let path = self.paths.range(from.clone()..).next()?;
                let name = path.strip_prefix(start.as_str())?;
                let Some((below, _)) = name.split_once('/') else {
                    from = format!("{path}\0");
                    return Some(name);
                };
                // Skip everything in that directory: `0` is the character after `/`.
                from = format!("{start}{below}0");
            }
        })
    }

    /// Returns what a format computes from the whole tree, one value per type; `read` computes it on first use.
    pub(in crate::audit) fn shared<T: Any + Send + Sync>(
        &self,
        read: impl FnOnce(&Self) -> T,
    ) -> Arc<T> {
        self.shared.get(|| read(self))
    }

    /// Returns whether Git tracks the file; `None` if unknown.
    pub(in crate::audit) fn is_tracked(&self, path: &str) -> Option<bool> {
        self.files.is_tracked(path)
    }

    /// Returns whether the audited version is one from an earlier commit.
    pub(in crate::audit) fn is_past(&self) -> bool {
        self.files.is_past()
    }

    /// Returns whether Git ignores the file; `None` if unknown.
    pub(in crate::audit) fn is_ignored(&self, path: &str) -> Option<bool> {
        self.files.is_ignored(path)
    }
}

/// Returns the path that `named` refers to in the file at `base`; `None` if it is absolute, in the home directory, a
/// URL, or leads out of the root.
pub(in crate::audit) fn resolve(base: &str, named: &str) -> Option<String> {
    if named.starts_with(['/', '~']) || named.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_folder_are_those_of_its_own_files() {
        let paths = ["a", "b/c", "b/d/e", "b/d/f", "b/d.md", "b/z", "b-", "c"].map(str::to_owned);
        let policy = Policy::default();
        let project = Project::new([], paths, &crate::audit::Nothing, &policy);
        let names = |folder: &str| project.names_in(folder).collect::<Vec<_>>();
        assert_eq!(names(""), ["a", "b-", "c"]);
        assert_eq!(names("b"), ["c", "d.md", "z"]);
        assert_eq!(names("b/d"), ["e", "f"]);
        assert_eq!(names("x"), [""; 0]);
    }

    #[test]
    fn names_are_resolved_from_where_they_stand() {
        assert_eq!(resolve("a/b.yml", "c.yml").as_deref(), Some("a/c.yml"));
        assert_eq!(resolve("b.yml", "./c.yml").as_deref(), Some("c.yml"));
        assert_eq!(resolve("a/b/c.yml", "../d").as_deref(), Some("a/d"));
        assert_eq!(resolve("b.yml", "../d"), None);
        assert_eq!(resolve("b.yml", "/etc/passwd"), None);
        assert_eq!(resolve("b.yml", "https://example.com/a"), None);
    }
}
