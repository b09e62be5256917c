//! Hunks of a unified diff: the lines that differ between two texts, with context.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, sources};

use crate::model::MASK;
use crate::report::visible_lines;

/// Lines of context around a change.
const CONTEXT: u32 = 3;

/// Changes close to each other, with the lines around them. Lines count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    old: Range<u32>,
    new: Range<u32>,
    changes: Vec<(Range<u32>, Range<u32>)>,
}

/// One line of a hunk, by its number in the text it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Both texts have it; the number refers to the old one.
    Kept(usize),
    /// Only the old text has it.
    Removed(usize),
    /// Only the new text has it.
    Added(usize),
}

/// Returns the hunks between two texts, without the file header. `show` returns the content of a line, including its
/// line terminator.
fn unified<'t>(old: &str, new: &str, show: impl Fn(Line) -> Cow<'t, str>) -> String {
    let mut text = String::new();
    for hunk in hunks(old, new) {
        text += &format!("{hunk}\n");
        for line in hunk.lines() {
            let content = show(line);
            text += &format!("{}{content}", line.mark());
            if !content.ends_with('\n') {
                text += "\n\\ No newline at end of file\n";
            }
        }
    }
    text
}

/// Returns the hunks between two texts, each with the bytes that must not be shown.
///
/// Lines are compared as they are and masked when they are shown, so that a mask is never a change. What is inserted is
/// gonogo's own: of the new text, only what the old one has too is masked.
pub(super) fn masked(
    (old, old_secrets): (&str, &[Range<usize>]),
    (new, new_secrets): (&str, &[Range<usize>]),
) -> String {
    let known = old_secrets.iter().filter_map(|span| old.get(span.clone()));
    let known: Vec<&str> = known.filter(|secret| !secret.is_empty()).collect();
    let is_known = |span: &&Range<usize>| {
        let text = new.get((*span).clone()).unwrap_or_default();
        let is_part = |secret: &&str| secret.contains(text) || text.contains(*secret);
        known.iter().any(is_part)
    };
    let new_secrets: Vec<_> = new_secrets.iter().filter(is_known).cloned().collect();
    let (old_text, new_text) = (without(old, old_secrets), without(new, &new_secrets));
    let lines = |text: &str| -> Vec<String> {
        let lines = text.split_inclusive('\n');
        lines.map(visible_lines).collect()
    };
    let (old_lines, new_lines) = (lines(&old_text), lines(&new_text));
    unified(old, new, |line| {
        let shown = match line {
            Line::Added(at) => new_lines.get(at),
            Line::Kept(at) | Line::Removed(at) => old_lines.get(at),
        };
        shown.map_or("", String::as_str).to_owned().into()
    })
}

/// The text with a mask in place of each secret; line ends within secrets stay, so that lines keep their numbers.
fn without(text: &str, secrets: &[Range<usize>]) -> String {
    let mut secrets: Vec<_> = secrets.to_vec();
    secrets.sort_by_key(|span| (span.start, span.end));
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for span in secrets {
        let (start, end) = (span.start.max(copied), span.end.min(text.len()));
        let (Some(before), Some(secret)) = (text.get(copied..start), text.get(start..end)) else {
            continue;
        };
        if secret.is_empty() {
            continue;
        }
        result.push_str(before);
        for line in secret.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            if !content.is_empty() {
                result.push_str(MASK);
            }
            result.push_str(&line[content.len()..]);
        }
        copied = end;
    }
    result.push_str(&text[copied..]);
    result
}

/// Returns the hunks between two texts. The last line may lack its terminator.
fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let input = InternedInput::new(sources::lines(old), sources::lines(new));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let lines = |text: &[imara_diff::Token]| u32::try_from(text.len()).unwrap_or(u32::MAX);
    let (old_lines, new_lines) = (lines(&input.before), lines(&input.after));
    let mut hunks: Vec<Hunk> = Vec::new();
    for change in diff.hunks() {
        let around = |range: &Range<u32>, most: u32| {
            range.start.saturating_sub(CONTEXT)..range.end.saturating_add(CONTEXT).min(most)
        };
        let (before, after) = (
            around(&change.before, old_lines),
            around(&change.after, new_lines),
        );
        match hunks.last_mut().filter(|last| before.start <= last.old.end) {
            Some(last) => {
                last.old.end = before.end;
                last.new.end = after.end;
                last.changes.push((change.before, change.after));
            }
            None => hunks.push(Hunk {
                old: before,
                new: after,
                changes: vec![(change.before, change.after)],
            }),
        }
    }
    hunks
}

impl Hunk {
    /// The lines as a diff shows them.
    fn lines(&self) -> Vec<Line> {
        let numbers = |range: Range<u32>| range.map(|line| line as usize);
        let mut lines = Vec::new();
        let mut at = self.old.start;
        for (old, new) in &self.changes {
            lines.extend(numbers(at..old.start).map(Line::Kept));
            lines.extend(numbers(old.clone()).map(Line::Removed));
            lines.extend(numbers(new.clone()).map(Line::Added));
            at = old.end;
        }
        lines.extend(numbers(at..self.old.end).map(Line::Kept));
        lines
    }
}

impl Line {
    /// Returns the character that precedes the line in a diff.
    fn mark(self) -> char {
        match self {
            Self::Kept(_) => ' ',
            Self::Removed(_) => '-',
            Self::Added(_) => '+',
        }
    }
}

/// Writes the header of the hunk as `diff -u` does.
impl fmt::Display for Hunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |range: &Range<u32>| match range.len() {
            0 => format!("{},0", range.start),
            1 => format!("{}", range.start + 1),
            count => format!("{},{count}", range.start + 1),
        };
        write!(f, "@@ -{} +{} @@", range(&self.old), range(&self.new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_overlap_and_keep_lines() {
        assert_eq!(
            without("k: ab\ncd\ne", &[3..8, 4..7]),
            "k: ********\n********\ne"
        );
        assert_eq!(without("abc", &[2..9, 5..7]), "ab********");
        assert_eq!(without("abc", &[]), "abc");
    }

    fn shown(old: &str, new: &str) -> String {
        let lines =
            |text: &str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
        let (old_lines, new_lines) = (lines(old), lines(new));
        unified(old, new, |line| match line {
            Line::Kept(at) | Line::Removed(at) => old_lines[at].clone().into(),
            Line::Added(at) => new_lines[at].clone().into(),
        })
    }

    #[test]
    fn hunks_are_those_of_diff_u() {
        assert_eq!(shown("a\n", "a\n"), "");
        assert_eq!(shown("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
        assert_eq!(shown("a\nb\n", "a\n"), "@@ -1,2 +1 @@\n a\n-b\n");
        assert_eq!(
            shown("a", "b\n"),
            "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
        );
        let old: String = (0..20)
            .flat_map(|n| [n.to_string(), "\n".to_owned()])
            .collect();
        let new = old.replace("\n3\n", "\nx\n").replace("\n10\n", "\ny\n");
        assert_eq!(hunks(&old, &new).len(), 1, "six lines between them");
        let new = new.replace("\n18\n", "\n");
        let hunks: Vec<_> = hunks(&old, &new).iter().map(Hunk::to_string).collect();
        assert_eq!(hunks, ["@@ -1,14 +1,14 @@", "@@ -16,5 +16,4 @@"]);
    }
}
