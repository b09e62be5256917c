//! Decides what may be shown: the one place between findings and everything that leaves the program.
//!
//! Whatever is written passes a [`Redactor`]. It masks
//!
//! - the values of all findings that are likely credentials, wherever they occur in what is shown;
//! - the values of all other findings, and what the audits know to be a credential, at their own place;
//! - what looks like a credential in the shown text itself, found or not: see [`credentials_in`] and [`random_in`].
//!
//! Only this room makes a [`Redacted`], and only that is taken by what writes reports; the masked bytes are gone from
//! it.

mod echo;
mod encoded;
mod finding;
mod known;
mod line;
mod mask;
mod memo;
mod random;
mod rest;
#[cfg(test)]
mod tests;

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::{Deref, Range};

use crate::model::{Allowed, Coverage, Finding, Gap, MASK, Provenance};

pub use echo::{echo, quoted};
pub use finding::shown_path;
use memo::Memo;

pub use known::{Known, is_worth_searching};
pub use line::credentials_in;
pub use mask::masked_lines;
pub use random::{is_name_of_resource, random_in};

/// Something that may be shown: all of its text that is secret is masked, unless the user asked for secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redacted<T>(T);

/// A finding that may be shown.
pub type Shown = Redacted<Finding>;

impl Shown {
    /// Returns the finding by itself, as far as its own excerpt states what is secret.
    pub fn alone(finding: Finding) -> Self {
        Redactor::new(&Known::default(), &NoFinder).finding(finding, &[])
    }

    /// Returns the lines around it as they may be shown, with the number of the first and the bytes to underline;
    /// `None` where there are none.
    pub fn lines(&self) -> Option<(u32, &str, Range<usize>)> {
        let (text, marked) = self.excerpt.revealed();
        let first = self.excerpt.first_line();
        (first > 0).then_some((first, text, marked))
    }
}

impl Redacted<Coverage> {
    /// That of both.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        self.0.merge(other.0);
        self
    }
}

impl Borrow<Finding> for Shown {
    fn borrow(&self) -> &Finding {
        &self.0
    }
}

impl<T> Deref for Redacted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
impl<T> Redacted<T> {
    /// Returns what a test made up.
    pub(crate) fn made_up(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
impl<T> std::ops::DerefMut for Redacted<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Finds credentials in short pieces of text by rules that this room does not know.
pub trait Finder: Sync {
    /// Where something occurs that looks like a credential, however uncertain; what is within `masked`, stretches in
    /// ascending order without overlap, may be left out.
    fn anything(&self, text: &[u8], masked: &[Range<usize>]) -> Vec<Range<usize>>;

    /// Where something occurs that is likely a credential.
    fn likely(&self, text: &[u8]) -> Vec<Range<usize>>;
}

/// A finder that finds nothing, where no rules are at hand.
#[derive(Debug, Clone, Copy)]
pub struct NoFinder;

impl Finder for NoFinder {
    fn anything(&self, _text: &[u8], _masked: &[Range<usize>]) -> Vec<Range<usize>> {
        Vec::new()
    }

    fn likely(&self, _text: &[u8]) -> Vec<Range<usize>> {
        Vec::new()
    }
}

/// Masks what must not be shown.
pub struct Redactor<'a> {
    known: &'a Known,
    finder: &'a dyn Finder,
    /// Whether the user asked to see secrets: then nothing is masked.
    reveals: bool,
    memo: Memo<Kind>,
}

/// What a text is, which decides what is looked for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Name,
    Message,
    Statement,
    Lines,
    /// What a fix puts in.
    Edit,
}

impl<'a> Redactor<'a> {
    /// Masks the values in `known`, and what `finder` finds.
    pub fn new(known: &'a Known, finder: &'a dyn Finder) -> Self {
        Self {
            known,
            finder,
            reveals: false,
            memo: Memo::default(),
        }
    }

    /// Returns the same, but masks nothing if `reveals`, because the user asked for that by name.
    #[must_use]
    pub fn revealing(self, reveals: bool) -> Self {
        Self { reveals, ..self }
    }

    /// Returns a name from outside: of a file, an author, a branch. No more is masked than what is known or likely a
    /// credential, since names are often random and must stay legible.
    pub fn name<'t>(&self, name: &'t str) -> Cow<'t, str> {
        self.with((Kind::Name, name), |text| {
            let mut parts = self.known.find(text.as_bytes());
            parts.extend(self.finder.likely(text.as_bytes()));
            parts
        })
    }

    /// Returns a line of this program's own words, with names and values from outside in it.
    pub fn message<'t>(&self, message: &'t str) -> Cow<'t, str> {
        self.with((Kind::Message, message), |text| {
            let mut parts = self.known.find(text.as_bytes());
            parts.extend(self.finder.likely(text.as_bytes()));
            parts.extend(line::in_addresses(text));
            parts.extend(random_in(text, &[]));
            parts
        })
    }

    /// Returns a sentence of this program's own about resources: their names stay legible, though a part of many is made by
    /// chance.
    pub fn statement<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with((Kind::Statement, text), |text| {
            let mut parts = self.known.find(text.as_bytes());
            parts.extend(self.finder.likely(text.as_bytes()));
            parts.extend(line::in_addresses(text));
            let random = random_in(text, &[]).into_iter();
            parts.extend(random.filter(|part| !is_name_of_resource(text, part)));
            parts
        })
    }

    /// Returns what must be masked in lines of scanned text, in ascending order and without overlap.
    pub fn parts(&self, text: &str) -> Vec<Range<usize>> {
        self.parts_in("", text, Vec::new())
    }

    /// The same for lines of the file at `path`, and `own`, which are known to be secret; each to where its value ends.
    pub fn parts_in(&self, path: &str, text: &str, own: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let parts = self.parts_beside(text, own);
        mask::joined(text, rest::to_ends(text, &parts, rest::Ending::of(path)))
    }

    /// What looks like a credential in `text`, and `masked`, which is to be masked anyway: what is within it is not looked
    /// at, since it would only be found again.
    fn parts_beside(&self, text: &str, masked: Vec<Range<usize>>) -> Vec<Range<usize>> {
        if self.reveals {
            return Vec::new();
        }
        let masked = mask::joined(text, masked);
        self.memo.parts((Kind::Lines, text), &masked, |text| {
            let mut parts = self.known.find_beside(text.as_bytes(), &masked);
            parts.extend(self.finder.anything(text.as_bytes(), &masked));
            parts.extend(line::credentials_beside(text, &masked));
            parts.extend(random_in(text, &masked));
            parts.extend(masked.iter().cloned());
            mask::joined(text, parts)
        })
    }

    /// Returns what was scanned and what was not, with the names of places masked.
    pub fn coverage(&self, coverage: Coverage) -> Redacted<Coverage> {
        let gap = |gap: Gap| Gap {
            place: self.name(&gap.place).into_owned(),
            reason: self.message(&gap.reason).into_owned(),
            accepted: gap.accepted.map(|accepted| self.suppression(&accepted)),
            ..gap
        };
        let allowed = |allowed: Allowed| Allowed {
            place: self.name(&allowed.place).into_owned(),
            by: self.name(&allowed.by).into_owned(),
            ..allowed
        };
        Redacted(Coverage {
            settings: coverage
                .settings
                .iter()
                .map(|name| self.name(name).into_owned())
                .collect(),
            gaps: coverage.gaps.into_iter().map(gap).collect(),
            allowed: coverage.allowed.into_iter().map(allowed).collect(),
            ..coverage
        })
    }

    /// Names of paths, as they were typed.
    pub fn names(&self, names: &[String]) -> Redacted<Vec<String>> {
        let names = names.iter().map(|name| self.name(name).into_owned());
        Redacted(names.collect())
    }

    /// Returns where what was scanned comes from: a token may be in a path, too.
    pub fn provenance(&self, all: Vec<Provenance>) -> Redacted<Vec<Provenance>> {
        let shown = |it: Provenance| Provenance {
            name: self.name(&it.name).into_owned(),
            repository: it
                .repository
                .map(|address| self.name(&address).replace(MASK, "masked")),
            branch: it.branch.map(|name| self.message(&name).into_owned()),
            ..it
        };
        Redacted(all.into_iter().map(shown).collect())
    }

    fn with<'t>(
        &self,
        (kind, text): (Kind, &'t str),
        find: impl FnOnce(&str) -> Vec<Range<usize>>,
    ) -> Cow<'t, str> {
        if self.reveals || text.is_empty() {
            return Cow::Borrowed(text);
        }
        let parts = self
            .memo
            .parts((kind, text), &[], |text| mask::joined(text, find(text)));
        if parts.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for part in parts {
            masked.push_str(&text[done..part.start]);
            masked.push_str(MASK);
            done = part.end;
        }
        masked.push_str(&text[done..]);
        Cow::Owned(masked)
    }
}
