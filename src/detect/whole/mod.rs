//! What a file is as a whole: binary keys, files whose value is named only by the file's own name, and tables.
//!
//! No keyword leads to these. Each kind is recognised by its first bytes or its length, so that all other files cost
//! only a few comparisons.

mod bare;
mod dump;
mod page;
mod records;
mod sheet;

use std::ops::Range;

pub(super) use page::is_page;
use records::Kind;

use super::assignment::Syntax;
use super::comment::Comment;
use super::detector::{Detector, Match, disclaimer};
use super::proof::container;
use super::rating::IN_TABLE;
use super::truth::{Hashed, Truth};
use super::value_cache::judge_once;
use crate::model::Confidence;

/// The rule about files whose content is named only by the file's own name.
pub(super) const KEY_FILE: &str = "generic/key-file";

/// The rule about lists of accounts.
const LOGIN_LIST: &str = "generic/login-list";

/// The rule about user lists of Java servers.
const USER_LIST: &str = "java/user-list";

/// The longest column name that is read, in bytes.
const NAME: usize = 80;
/// The longest cell that is read, in bytes.
const CELL: usize = 512;
/// The most cells that are reported from one table: the others are alike.
const CELLS: usize = 50;

/// A cell of a table, and the name that goes with it.
pub(super) struct Cell {
    name: Range<usize>,
    value: Range<usize>,
}

/// How far into a file its first relevant line is searched for, in bytes.
const HEAD: usize = 1024;

/// Returns how many bytes at the beginning of a file show that it is neither a list nor a table nor a dump, which
/// holds for nearly all files. A longer text that begins with the same bytes is none either.
pub(super) fn is_none_by(bytes: &[u8]) -> Option<usize> {
    let decided = dump::begins_otherwise(bytes)?.max(records::are_none_by(bytes)?);
    Some(decided.max(sheet::is_none_by(bytes)?))
}

impl Detector {
    /// Adds what `bytes` is as a whole. If `is_none`, it is not a [list, table or dump](is_none_by), and not checked
    /// for being one.
    pub(super) fn scan_whole(&self, bytes: &[u8], is_none: bool, found: &mut Vec<Match>) {
        if bytes.is_empty() {
            return;
        }
        if let Some(container) = container::recognise(bytes) {
            let truth = Truth::of(&container.facts);
            let secret = container::secret_of(bytes);
            found.extend(self.file(container.rule, secret, true, truth));
            return;
        }
        if bare::is_enciphered(bytes) {
            let whole = 0..bytes.len();
            found.extend(self.file("dbeaver/credentials", whole, false, Truth::Reversible));
        }
        if let Some(bare) = bare::recognise(bytes) {
            found.extend(self.file(bare.rule, bare.value, bare.is_proven, bare.truth));
        }
        if is_none {
            return;
        }
        let (values, kind) = records::values(bytes);
        let rule = match kind {
            Kind::Account => LOGIN_LIST,
            Kind::Property => USER_LIST,
        };
        for value in values {
            found.extend(self.file(rule, value, false, Truth::Usable));
        }
        let mut add = |cell: &Cell| {
            let new = self.cell(bytes, cell);
            let is_new = new.is_some();
            found.extend(new);
            is_new
        };
        sheet::cells(bytes, &mut add);
        dump::cells(bytes, &mut add);
    }

    fn file(
        &self,
        rule: &str,
        secret: Range<usize>,
        is_proven: bool,
        truth: Truth,
    ) -> Option<Match> {
        let rule = *self.numbers.get(rule)?;
        Some(Match {
            rule,
            span: secret.clone(),
            secret,
            name: None,
            confidence: Confidence::High,
            is_proven,
            syntax: None,
            comment: Comment::No,
            parts: Vec::new(),
            known: truth.known(),
            encoded: None,
        })
    }

    /// Judges a cell of a table by the name of its column, or by the cell before it.
    fn cell(&self, bytes: &[u8], cell: &Cell) -> Option<Match> {
        let text = |range: &Range<usize>| std::str::from_utf8(&bytes[range.clone()]).ok();
        if cell.name.len() > NAME || cell.value.is_empty() || cell.value.len() > CELL {
            return None;
        }
        let judged = judge_once(text(&cell.name)?, text(&cell.value)?, Syntax::Quoted)?;
        let is_secret = !judged.rule.starts_with("placeholder/");
        if !is_secret || judged.confidence.max(Confidence::Medium) < self.min_confidence {
            return None;
        }
        Some(Match {
            rule: *self.numbers.get(judged.rule)?,
            span: cell.value.clone(),
            secret: cell.value.clone(),
            name: Some(cell.name.clone()),
            confidence: judged.confidence,
            is_proven: false,
            syntax: Some(Syntax::Quoted),
            comment: Comment::No,
            parts: Vec::new(),
            known: disclaimer(bytes, &cell.value)
                | IN_TABLE
                | hashed(
                    judged.rule,
                    &bytes[cell.name.clone()],
                    &bytes[cell.value.clone()],
                ),
            encoded: None,
        })
    }
}

/// Returns the flags for a cell with the hash of a password, as accounts of programs have: it opens nothing until it
/// is guessed.
fn hashed(rule: &str, name: &[u8], value: &[u8]) -> u64 {
    let found = Hashed::recognise(value);
    // A key or a token is as many digits as a hash.
    let is_stated =
        |it: &Hashed| rule == "generic/password" || names_a_hash(name) || it.is_stated_by(value);
    found.filter(is_stated).map_or(0, Hashed::known)
}

/// Whether a column is called after a function that hashes, or after what it makes.
fn names_a_hash(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"hash", b"digest", b"crypt", b"md5", b"sha1", b"sha256"];
    let has = |word: &[u8]| {
        name.windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    WORDS.iter().any(|word| has(word))
}
