//! Decides what may be shown: the only way from findings to anything that leaves the program.
//!
//! Everything that is written passes through a [`Redactor`]. It masks
//!
//! - the values of all findings that are likely credentials, wherever they occur in what is shown;
//! - the values of all other findings, and whatever the audits know to be a credential, in their own place;
//! - anything in the shown text that looks like a credential, found or not: see [`credentials_in`] and [`random_in`].
//!
//! Only this room makes a [`Redacted`], and reports accept nothing else. It no longer holds the masked bytes.

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
use std::sync::Arc;

use crate::model::{Allowed, Coverage, Finding, Gap, MASK, Provenance};

pub use echo::{echo, quoted};
pub use finding::shown_path;
use memo::Memo;

pub use known::{Known, is_worth_searching};
pub use line::credentials_in;
pub use mask::masked_lines;
pub use random::{is_name_of_resource, random_in};

/// Something that may be shown: every secret in its text is masked, unless the user asked for secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redacted<T>(T);

/// A finding that may be shown.
pub type Shown = Redacted<Finding>;

impl Shown {
    /// Redacts a finding by itself, without knowing other findings or rules.
    pub fn alone(finding: Finding) -> Self {
        Redactor::new(&Known::default(), &NoFinder).finding(finding, &[])
    }

    /// Returns the lines around the finding as they may be shown, with the number of the first one and the byte range
    /// to underline; `None` if there are none.
    pub fn lines(&self) -> Option<(u32, &str, Range<usize>)> {
        let (text, marked) = self.excerpt.revealed();
        let first = self.excerpt.first_line();
        (first > 0).then_some((first, text, marked))
    }
}

impl Redacted<Coverage> {
    /// Adds up two coverages.
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
    /// Wraps a value that a test made up.
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

/// Finds credentials in short texts, by rules that this room does not know.
pub trait Finder: Sync {
    /// Returns where anything looks like a credential, however uncertain; may leave out what is within `masked`, ranges
    /// in ascending order without overlap.
    fn anything(&self, text: &[u8], masked: &[Range<usize>]) -> Vec<Range<usize>>;

    /// Returns where anything is likely a credential.
    fn likely(&self, text: &[u8]) -> Vec<Range<usize>>;
}

/// A finder that finds nothing, for when no rules are at hand.
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
    memo: Arc<Memo<Kind>>,
}

/// What was masked in a text that is scanned again and again, as long as the same is secret in it.
#[derive(Default)]
pub struct Masked {
    known: Known,
    memory: Option<Memory>,
}

/// What redactors have masked, for others that mask the same values by the same rules.
#[derive(Clone)]
pub struct Memory(Arc<Memo<Kind>>);

impl Masked {
    /// Takes out what was masked where `known` was what is secret; nothing if that was something else.
    pub fn take(&mut self, known: &Known) -> Memory {
        let before = self.memory.take().filter(|_| self.known == *known);
        before.unwrap_or_else(|| Memory(Arc::new(Memo::of_document())))
    }

    /// Keeps what was masked, `known` being what is secret.
    pub fn keep(&mut self, known: Known, memory: Memory) {
        *self = Self {
            known,
            memory: Some(memory),
        };
    }
}

/// The kind of a text, which decides what is searched for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Name,
    Person,
    Message,
    Statement,
    Lines,
    /// What a fix inserts.
    Edit,
}

/// Whether a text is small letters with up to four digits behind them, as people call themselves.
fn is_nickname(text: &str) -> bool {
    const LONGEST: usize = 24;
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-' | b'_');
    text.len() <= LONGEST
        && text.len() - letters.len() <= 4
        && !letters.is_empty()
        && letters.bytes().all(is_letter)
}

impl<'a> Redactor<'a> {
    /// Masks the values in `known`, and what `finder` finds.
    pub fn new(known: &'a Known, finder: &'a dyn Finder) -> Self {
        Self {
            known,
            finder,
            reveals: false,
            memo: Arc::default(),
        }
    }

    /// Returns the same, which knows what was masked before and adds to it.
    #[must_use]
    pub fn remembering(self, memory: Memory) -> Self {
        Self {
            memo: memory.0,
            ..self
        }
    }

    /// Masks nothing if `reveals`, because the user explicitly asked for secrets.
    #[must_use]
    pub fn revealing(self, reveals: bool) -> Self {
        Self { reveals, ..self }
    }

    /// Masks a name that was chosen elsewhere: of a file, an author, a branch. Masks only known values and likely
    /// credentials, since names are often random and must stay legible.
    pub fn name<'t>(&self, name: &'t str) -> Cow<'t, str> {
        self.with((Kind::Name, name), |text| {
            let mut parts = self.known.find(text.as_bytes());
            let is_plain = |part: &Range<usize>| {
                let part = text.get(part.clone());
                part.is_some_and(|part| self.known.is_plain_in_name(part))
            };
            parts.retain(|part| !is_plain(part));
            parts.extend(self.finder.likely(text.as_bytes()));
            parts
        })
    }

    /// Returns the name or the address of a person: what letters with a number behind them are made of by chance is a name.
    pub fn person<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with((Kind::Person, text), |text| {
            let mut parts = self.known.find(text.as_bytes());
            parts.extend(self.finder.likely(text.as_bytes()));
            parts.extend(line::in_addresses(text));
            let random = random_in(text, &[]).into_iter();
            let is_name = |part: &Range<usize>| text.get(part.clone()).is_some_and(is_nickname);
            parts.extend(random.filter(|part| !is_name(part)));
            parts
        })
    }

    /// Masks a line of gonogo's own words that contains names and values from elsewhere.
    pub fn message<'t>(&self, message: &'t str) -> Cow<'t, str> {
        self.with((Kind::Message, message), |text| {
            let mut parts = self.known.find(text.as_bytes());
            parts.extend(self.finder.likely(text.as_bytes()));
            parts.extend(line::in_addresses(text));
            parts.extend(random_in(text, &[]));
            parts
        })
    }

    /// Masks a sentence of gonogo's own about resources: their names stay legible, though part of many is randomly
    /// generated.
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

    /// Returns the ranges to mask in lines of scanned text, in ascending order without overlap.
    pub fn parts(&self, text: &str) -> Vec<Range<usize>> {
        self.parts_in("", text, Vec::new())
    }

    /// The same for lines of the file at `path`, and `own`, which are known to be secret; each to where its value ends.
    pub fn parts_in(&self, path: &str, text: &str, own: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let parts = self.parts_beside(text, own);
        mask::joined(text, rest::to_ends(text, &parts, rest::Ending::of(path)))
    }

    /// Like [`parts`](Self::parts), but includes `masked`, which is masked in any case, and does not search it again.
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

    /// Masks the names of places in what was scanned and what was not.
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

    /// Masks paths, as they were typed.
    pub fn names(&self, names: &[String]) -> Redacted<Vec<String>> {
        let names = names.iter().map(|name| self.name(name).into_owned());
        Redacted(names.collect())
    }

    /// Masks where the scanned files come from: a URL may contain a token, too.
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
