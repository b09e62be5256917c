//! Where in the text of a compose file something goes that is put in.

use crate::audit::fix::Edit;

/// The edit that adds an anchor to a list of those that are merged: `<<: [*a, *b]`, which has them from `start` to `end`.
pub(super) fn into_list(text: &str, (start, end): (usize, usize), anchor: &str) -> Option<Edit> {
    let before = text.get(..start)?.trim_end().strip_suffix('[')?;
    let is_list = before.trim_end().ends_with("<<:")
        && text.get(start..end)?.starts_with('*')
        && !text.get(start..end)?.contains(['\n', '{', '['])
        && text.get(end..)?.trim_start_matches(' ').starts_with(']');
    is_list.then(|| Edit {
        span: end..end,
        replacement: format!(", *{anchor}"),
    })
}

/// Where the comments begin that are directly above the line at `line`; `line` where there are none.
pub(super) fn first_comment(text: &str, line: usize) -> usize {
    let mut first = line;
    while let Some(before) = text[..first].strip_suffix('\n') {
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        if !before[start..].trim_start().starts_with('#') {
            break;
        }
        first = start;
    }
    first
}

/// Where a block goes that is to be before the line at `line`, and whether an empty line or nothing is before it: above
/// the comments of that line, but below what the file begins with, which is about all of it.
pub(super) fn above_comments(text: &str, line: usize) -> (usize, bool) {
    let first = first_comment(text, line);
    let at = if first == 0 { line } else { first };
    let before = text[..at].trim_end_matches([' ', '\r', '\n']);
    let is_apart = at == 0 || text[before.len()..at].matches('\n').count() > 1;
    (at, is_apart)
}
