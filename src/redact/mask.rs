//! Replaces parts of a text with masks.

use std::ops::Range;

use crate::model::MASK;

/// Returns `parts` in ascending order, merged where they overlap and widened to character boundaries.
pub(super) fn joined(text: &str, mut parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    parts.sort_unstable_by_key(|part| (part.start, part.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    for part in parts {
        let part = widened(text, part);
        match joined.last_mut() {
            _ if part.is_empty() => {}
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => joined.push(part),
        }
    }
    joined
}

/// Returns `part` within the text, widened to character boundaries.
fn widened(text: &str, part: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (part.start.min(text.len()), part.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end.max(start)
}

/// Returns `text` with a mask in place of each of `parts`, which are in order and do not overlap, and the range where
/// `marked` ends up: a mark that begins or ends within a secret covers all of its mask.
///
/// A part that spans lines is masked line by line, so that later lines keep their numbers.
pub fn masked_lines(
    text: &str,
    parts: &[Range<usize>],
    marked: &Range<usize>,
) -> (String, Range<usize>) {
    let mut masked = String::with_capacity(text.len());
    let (mut start, mut end) = (None, None);
    let mut done = 0;
    for part in parts {
        keep(
            &mut masked,
            text,
            done..part.start,
            (marked, &mut start, &mut end),
        );
        if part.contains(&marked.start) {
            start = Some(masked.len());
        }
        push_masks(&mut masked, &text[part.clone()]);
        if part.start < marked.end && marked.end <= part.end {
            end = Some(masked.len());
        }
        done = part.end;
    }
    keep(
        &mut masked,
        text,
        done..text.len(),
        (marked, &mut start, &mut end),
    );
    let start = start.unwrap_or(masked.len());
    // The loop does not meet the end of an empty mark.
    let end = end.unwrap_or(start).max(start);
    (masked, start..end)
}

/// Copies a range, and notes where the mark begins and ends.
fn keep(
    masked: &mut String,
    text: &str,
    range: Range<usize>,
    (marked, start, end): (&Range<usize>, &mut Option<usize>, &mut Option<usize>),
) {
    let at = masked.len();
    if range.contains(&marked.start) {
        *start = Some(at + marked.start - range.start);
    }
    if range.start < marked.end && marked.end <= range.end {
        *end = Some(at + marked.end - range.start);
    }
    masked.push_str(&text[range]);
}

/// Appends a mask for each line of `secret` that is not blank. The indentation of its later lines is no secret.
fn push_masks(masked: &mut String, secret: &str) {
    for (number, line) in secret.split_inclusive(['\n', '\r']).enumerate() {
        let content = line.trim_end_matches(['\n', '\r']);
        let is_first = number == 0;
        let bare = content.trim_start_matches(|c| !is_first && matches!(c, ' ' | '\t'));
        masked.push_str(&content[..content.len() - bare.len()]);
        if !bare.is_empty() {
            masked.push_str(MASK);
        }
        masked.push_str(&line[content.len()..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, parts: &[(usize, usize)], marked: Range<usize>, expected: (&str, &str)) {
        let parts = parts.iter().map(|&(start, end)| start..end).collect();
        let (masked, mark) = masked_lines(text, &joined(text, parts), &marked);
        assert_eq!((masked.as_str(), &masked[mark]), expected);
    }

    #[test]
    fn the_mark_follows_its_text() {
        let masked = "password: ********";
        check("password: hunter2", &[(10, 17)], 10..17, (masked, MASK));
        check("password: hunter2", &[(10, 17)], 0..17, (masked, masked));
        check("a hunter2 b", &[(2, 9)], 10..11, ("a ******** b", "b"));
        check("a hunter2 b", &[(2, 9)], 4..6, ("a ******** b", MASK));
        check("a hunter2", &[(2, 9)], 9..9, ("a ********", ""));
    }

    #[test]
    fn parts_are_joined_cut_and_widened() {
        check(
            "hunter2hunter2",
            &[(3, 14), (0, 7), (10, 99)],
            0..14,
            (MASK, MASK),
        );
        check("hunter2", &[(0, 7), (20, 30)], 0..7, (MASK, MASK));
        check("aäb", &[(2, 3)], 0..1, ("a********b", "a"));
    }

    #[test]
    fn a_secret_over_several_lines_keeps_the_line_count() {
        check(
            "BEGIN\nhun\r\n\nter\n2\nEND",
            &[(6, 18)],
            0..2,
            ("BEGIN\n********\r\n\n********\n********\nEND", "BE"),
        );
        check(
            "key: |\n  hun\n\t ter\n  \n  2\n",
            &[(9, 26)],
            0..3,
            ("key: |\n  ********\n\t ********\n  \n  ********\n", "key"),
        );
    }
}
