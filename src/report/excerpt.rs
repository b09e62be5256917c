//! Lays out an excerpt: line by line, cropped to what a reader can take in.

use std::ops::Range;

use super::escape;
use crate::model::Finding;
use crate::redact::Redacted;

/// How many bytes of a line are kept on either side of the marked part.
const AROUND: usize = 240;
/// How many bytes of a marked part are kept on one line; longer than any key, shorter than a minified bundle.
const MARKED: usize = 16 * 1024;
/// How many lines are kept; a private key of 8,192 bits has about 110.
const LINES: usize = 200;
/// How many lines are kept before the marked part if there are too many.
const LINES_BEFORE: usize = 20;

/// Lines as they may be shown. Line `i` of the text is line `first_line + i` of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// The number of the first line, counted from 1.
    pub(super) first_line: u32,
    /// The lines, joined by `\n`.
    pub(super) text: String,
    /// The bytes of the text to underline.
    pub(super) marked: Range<usize>,
}

/// Lays out the excerpt of a finding; `None` if it has none.
pub(super) fn show(finding: &Redacted<Finding>) -> Option<Shown> {
    let (first_line, text, marked) = finding.lines()?;
    let frame = Shown {
        first_line,
        text: String::new(),
        marked,
    };
    Some(crop(&unified(text, &frame)))
}

/// Returns `shown` with everything escaped that a terminal would act on.
///
/// Tabs stay, because the renderer widens them as an editor would.
pub(super) fn visible(shown: &Shown) -> Shown {
    let mut rewrite = Rewrite::new(shown);
    let mut done = 0;
    for (at, c) in shown.text.char_indices() {
        if c != '\n' && c != '\t' && escape::is_hostile(c) {
            rewrite.keep(&shown.text, done..at);
            let mut escape = String::new();
            escape::push_escaped(&mut escape, c);
            done = at + c.len_utf8();
            rewrite.replace(at..done, &escape);
        }
    }
    rewrite.keep(&shown.text, done..shown.text.len());
    rewrite.finish()
}

/// Turns every line end into `\n`.
fn unified(text: &str, frame: &Shown) -> Shown {
    let mut rewrite = Rewrite::new(frame);
    keep_lines(&mut rewrite, text, 0..text.len());
    rewrite.finish()
}

fn keep_lines(rewrite: &mut Rewrite, text: &str, range: Range<usize>) {
    let mut done = range.start;
    while let Some(at) = text[done..range.end].find('\r').map(|at| done + at) {
        let end = at
            + if text[at..range.end].starts_with("\r\n") {
                2
            } else {
                1
            };
        rewrite.keep(text, done..at);
        rewrite.replace(at..end, "\n");
        done = end;
    }
    rewrite.keep(text, done..range.end);
}

/// Keeps a window around the marked part. Excerpts are bounded when they are made; this holds even if one is not.
fn crop(shown: &Shown) -> Shown {
    let text = &shown.text;
    let marked_line = text[..shown.marked.start].matches('\n').count();
    let skip = match text.matches('\n').count() {
        count if count < LINES => 0,
        _ => marked_line.saturating_sub(LINES_BEFORE),
    };
    let mut rewrite = Rewrite::new(shown);
    let mut start = 0;
    for (number, line) in text.split('\n').enumerate() {
        let end = start + line.len();
        // A line end belongs to the line after it.
        let line_end = start.saturating_sub(1)..start;
        if number < skip || number >= skip + LINES {
            rewrite.replace(line_end.start..end, "");
        } else {
            if number == skip {
                rewrite.replace(line_end, "");
            } else {
                rewrite.keep(text, line_end);
            }
            crop_line(&mut rewrite, text, start..end, &shown.marked);
        }
        start = end + 1;
    }
    let mut cropped = rewrite.finish();
    cropped.first_line = cropped
        .first_line
        .saturating_add(u32::try_from(skip).unwrap_or(u32::MAX));
    cropped
}

fn crop_line(rewrite: &mut Rewrite, text: &str, line: Range<usize>, marked: &Range<usize>) {
    let touched = marked.start <= line.end && marked.end >= line.start;
    let focus = if touched {
        marked.start.max(line.start)..marked.end.min(line.end)
    } else {
        line.start..line.start
    };
    let from = boundary(text, focus.start.saturating_sub(AROUND).max(line.start));
    let focus_end = focus.end.min(focus.start + MARKED);
    let to = boundary(text, (focus_end + AROUND).min(line.end));
    if from > line.start {
        rewrite.replace(line.start..from, "…");
    }
    rewrite.keep(text, from..to);
    if to < line.end {
        rewrite.replace(to..line.end, "…");
    }
}

/// Returns the last character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// Rewrites text piece by piece and carries the marked part along.
struct Rewrite {
    first_line: u32,
    wanted: Range<usize>,
    text: String,
    start: Option<usize>,
    end: Option<usize>,
}

impl Rewrite {
    fn new(shown: &Shown) -> Self {
        Self {
            first_line: shown.first_line,
            wanted: shown.marked.clone(),
            text: String::with_capacity(shown.text.len()),
            start: None,
            end: None,
        }
    }

    /// Copies `range` of `text`.
    fn keep(&mut self, text: &str, range: Range<usize>) {
        let at = self.text.len();
        if range.contains(&self.wanted.start) {
            self.start = Some(at + self.wanted.start - range.start);
        }
        if range.start < self.wanted.end && self.wanted.end <= range.end {
            self.end = Some(at + self.wanted.end - range.start);
        }
        self.text.push_str(&text[range]);
    }

    /// Writes `shown` in place of `range`; a mark that begins or ends inside covers all of it.
    fn replace(&mut self, range: Range<usize>, shown: &str) {
        if range.contains(&self.wanted.start) {
            self.start = Some(self.text.len());
        }
        self.text.push_str(shown);
        if range.start < self.wanted.end && self.wanted.end <= range.end {
            self.end = Some(self.text.len());
        }
    }

    fn finish(self) -> Shown {
        let start = self.start.unwrap_or(self.text.len());
        // The loop does not meet the end of an empty mark, or of one whose last piece was dropped.
        let end = self.end.unwrap_or(start).max(start);
        Shown {
            first_line: self.first_line,
            text: self.text,
            marked: start..end,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Excerpt, MASK};
    use crate::redact;
    use crate::report::sample::{any_excerpt, sample};

    /// Returns a redacted finding with `excerpt`.
    fn with(excerpt: Excerpt) -> redact::Shown {
        let mut finding = (*sample().findings[0]).clone();
        finding.excerpt = excerpt;
        redact::Shown::alone(finding)
    }

    fn check(text: &str, masked: &[Range<usize>], marked: Range<usize>, expected: (&str, &str)) {
        let excerpt = Excerpt::new(1, text.to_owned(), masked.to_vec(), marked);
        let shown = show(&with(excerpt)).unwrap();
        assert_eq!((&*shown.text, &shown.text[shown.marked]), expected);
    }

    #[test]
    fn a_secret_over_several_lines_keeps_the_line_count() {
        check(
            "BEGIN\nhun\r\nter\n2\nEND",
            std::slice::from_ref(&(6..16)),
            0..20,
            (
                "BEGIN\n********\n********\n********\nEND",
                "BEGIN\n********\n********\n********\nEND",
            ),
        );
    }

    #[test]
    fn every_line_end_counts_once() {
        check("a\r\nb\rc\nd", &[], 3..4, ("a\nb\nc\nd", "b"));
        check("a\r\nb", &[], 0..2, ("a\nb", "a\n"));
    }

    #[test]
    fn a_long_line_is_cropped_around_the_mark() {
        let text = format!("{}hunter2{}", "ä".repeat(5_000), "b".repeat(5_000_000));
        let secret = 10_000..10_007;
        let excerpt = Excerpt::new(1, text, vec![secret.clone()], secret);
        let shown = show(&with(excerpt)).unwrap();
        assert_eq!(&shown.text[shown.marked.clone()], MASK);
        assert!(shown.text.len() < 1_000, "{}", shown.text.len());
        assert!(shown.text.starts_with("…ä") && shown.text.ends_with("b…"));
    }

    #[test]
    fn too_many_lines_are_cropped_around_the_mark() {
        let text = "line\n".repeat(1_000) + "here" + &"\nline".repeat(1_000);
        let shown = show(&with(Excerpt::new(1, text, vec![], 5_000..5_004))).unwrap();
        assert_eq!(&shown.text[shown.marked.clone()], "here");
        assert_eq!(shown.first_line, 981);
        assert_eq!(shown.text.lines().count(), LINES);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_secret_is_left_and_no_offset_is_off(excerpt in any_excerpt("X")) {
            let shown = visible(&show(&with(excerpt)).unwrap());
            prop_assert!(!shown.text.contains('X'));
            prop_assert!(shown.text.get(shown.marked).is_some());
            prop_assert!(!shown.text.chars().any(|c| c != '\n' && c != '\t' && escape::is_hostile(c)));
        }
    }
}
