//! Finds the places in a Compose file where fixes insert text.

use std::collections::BTreeSet;

use crate::audit::compose::file::File;
use crate::audit::fix::Edit;
use crate::audit::yaml::Value;

use super::{own_settings, step};

/// The edit that adds an anchor to a list of merged ones, `<<: [*a, *b]`, whose items are from `start` to `end`.
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

/// The start of the comments directly above the line at `line`; `line` if there are none.
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

/// Where to insert a block before the line at `line`, and whether an empty line or the start of the document precedes
/// it: above the comments of that line, unless they begin the file, since those are about all of it.
pub(super) fn above_comments(text: &str, line: usize) -> (usize, bool) {
    let first = first_comment(text, line);
    let at = if first == 0 { line } else { first };
    let before = text[..at].trim_end_matches([' ', '\r', '\n']);
    let is_apart = at == 0
        || text[before.len()..at].matches('\n').count() > 1
        || before.lines().next_back() == Some("---");
    (at, is_apart)
}

/// Makes a service or a block with these settings merge the block with this anchor.
pub(super) fn merge(file: &File, settings: Value, anchor: &str) -> Option<Edit> {
    let span = settings.span();
    let ways: Option<BTreeSet<(usize, usize)>> = settings
        .merges()
        .map(|it| it.via().map(|via| (via.start, via.end)))
        .collect();
    let ways = ways?;
    let (Some(&(start, end)), Some(&(_, last))) = (ways.first(), ways.last()) else {
        return merge_first(file, settings, anchor);
    };
    let is_own = span.start <= start && last <= span.end;
    let known = file.text.get(start..end);
    let known = known.filter(|text| text.starts_with('*') && is_own)?;
    let is_alone = file.text[..start].trim_end().ends_with("<<:");
    if ways.len() == 1 && is_alone {
        return Some(Edit {
            span: start..end,
            replacement: format!("[{known}, *{anchor}]"),
        });
    }
    into_list(file.text, (start, last), anchor)
}

/// The same for settings without a merge.
fn merge_first(file: &File, settings: Value, anchor: &str) -> Option<Edit> {
    let span = settings.span();
    let column = file.editor.column_of(span.start)?;
    // Flow style, or a merge key whose value is no mapping.
    let is_merge = |line: &str| {
        let bare = line.trim_start();
        line.len() - bare.len() == column && bare.starts_with("<<:")
    };
    let own = file.text.get(span.clone())?;
    if own.starts_with(['{', '<']) || own.lines().any(is_merge) {
        return None;
    }
    let line_end = line_end(file.text);
    // Directly below the name, so that a comment above the first setting stays with it.
    let first = file.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let at = first_comment(file.text, first);
    let indent = " ".repeat(column);
    Some(if at == first {
        Edit {
            span: span.start..span.start,
            replacement: format!("<<: *{anchor}{line_end}{indent}"),
        }
    } else {
        Edit {
            span: at..at,
            replacement: format!("{indent}<<: *{anchor}{line_end}"),
        }
    })
}

/// The line ending of the first line of a text.
pub(super) fn line_end(text: &str) -> &'static str {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if first.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    }
}

/// How far the first service is indented below its name.
pub(super) fn step_of_services(file: &File) -> Option<usize> {
    let service = file.services.first()?;
    step(file, service, own_settings(service)?)
}

/// How far the first mapping in a block is indented below its key.
pub(super) fn step_of_block(file: &File, block: Value) -> Option<usize> {
    let mut steps = block.entries().filter_map(|entry| {
        let is_own = entry.value.is_mapping() && entry.value.via().is_none();
        let inner = entry.value.span().start;
        let key = file.editor.column_of(entry.key.span().start)?;
        let inner = file.editor.column_of(inner).filter(|_| is_own)?;
        inner.checked_sub(key).filter(|step| *step > 0)
    });
    steps.next()
}
