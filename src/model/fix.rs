//! Fixes for findings that need no person.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Region, RuleId};

/// A change to the file of a finding after which its rule no longer finds it. Nothing it inserts is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The rule whose finding it settles: the finding's own rule, or one that the finding represents.
    pub rule: RuleId,
    /// What it does, in a few words starting with a verb.
    pub description: String,
    /// All of them must be made, or none; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether what it adds may have been left out on purpose, so that a person should ask for it.
    pub is_optional: bool,
}

/// Replaces one stretch of a file with another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is removed; empty for a pure insertion.
    pub region: Region,
    /// What is inserted.
    pub replacement: String,
}

/// Returns those of `fixes` that can all be made at once; where two conflict, the earlier one stays.
///
/// Two fixes conflict if they change the same bytes, or insert at the same place, where the order would matter.
pub fn compatible<'f>(fixes: impl IntoIterator<Item = &'f Fix>) -> Vec<&'f Fix> {
    let mut taken = Taken::default();
    fixes.into_iter().filter(|fix| taken.take(fix)).collect()
}

/// What the fixes taken so far change.
#[derive(Default)]
struct Taken {
    /// Stretches that are replaced, from start to end; they do not overlap.
    replaced: BTreeMap<usize, usize>,
    /// Where something is inserted.
    points: BTreeSet<usize>,
}

impl Taken {
    /// Takes a fix if its places are free, and returns whether they are.
    fn take(&mut self, fix: &Fix) -> bool {
        let is_free = fix
            .edits
            .iter()
            .all(|edit| self.is_free(&edit.region.bytes()));
        for span in fix
            .edits
            .iter()
            .map(|edit| edit.region.bytes())
            .filter(|_| is_free)
        {
            if span.is_empty() {
                self.points.insert(span.start);
            } else {
                self.replaced.insert(span.start, span.end);
            }
        }
        is_free
    }

    fn is_free(&self, span: &Range<usize>) -> bool {
        let before = self.replaced.range(..span.end.max(span.start)).next_back();
        let is_replaced = before.is_some_and(|(_, &end)| end > span.start);
        let is_point_in = if span.is_empty() {
            self.points.contains(&span.start)
        } else {
            self.points.range(span.start + 1..span.end).next().is_some()
        };
        !is_replaced && !is_point_in
    }
}

/// Returns `text` with all edits made, which must not overlap; `None` if one lies outside the text or splits a
/// character.
pub fn apply<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> Option<String> {
    let mut edits: Vec<&Edit> = fixes.into_iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| (edit.region.start.byte, edit.region.end.byte));
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        let span = edit.region.bytes();
        result.push_str(text.get(copied..span.start)?);
        result.push_str(&edit.replacement);
        copied = span.end;
    }
    result.push_str(text.get(copied..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LineIndex;

    fn fix(text: &str, edits: &[(usize, usize, &str)]) -> Fix {
        let index = LineIndex::new(text.as_bytes());
        let edits = edits.iter().map(|&(start, end, replacement)| Edit {
            region: index.region(start..end),
            replacement: replacement.to_owned(),
        });
        Fix {
            rule: RuleId::new("sample/rule"),
            description: "do it".to_owned(),
            edits: edits.collect(),
            is_optional: false,
        }
    }

    fn check(text: &str, fixes: &[&[(usize, usize, &str)]], expected: &str) {
        let fixes: Vec<_> = fixes.iter().map(|edits| fix(text, edits)).collect();
        let result = apply(text, compatible(&fixes));
        assert_eq!(result.as_deref(), Some(expected));
    }

    #[test]
    fn edits_that_touch_are_made_and_those_that_overlap_are_not() {
        check(
            "abcdef",
            &[&[(0, 1, "A")], &[(1, 2, "B")], &[(2, 2, "-")]],
            "AB-cdef",
        );
        check(
            "abcdef",
            &[&[(0, 3, "X")], &[(2, 4, "Y")], &[(3, 4, "Z")]],
            "XZef",
        );
        check("abcdef", &[&[(2, 2, "1")], &[(2, 2, "2")]], "ab1cdef");
        check(
            "abcdef",
            &[&[(0, 1, "A"), (5, 6, "F")], &[(5, 6, "X")]],
            "AbcdeF",
        );
        check("", &[&[(0, 0, "new")]], "new");
    }

    #[test]
    fn what_is_no_place_in_the_text_changes_nothing() {
        let other = fix("abcdef", &[(4, 6, "")]);
        assert_eq!(apply("abc", [&other]), None);
        let inside = Fix {
            edits: vec![Edit {
                region: LineIndex::new(b"abc").region(1..2),
                replacement: String::new(),
            }],
            ..other
        };
        assert_eq!(apply("\u{e4}b", [&inside]), None);
    }
}
