//! What would be changed, as a unified diff in which no secret is shown.

use std::ops::Range;

use crate::commands::hunk::{self, Line};
use crate::model::MASK;
use crate::report::{visible, visible_lines};

/// Returns the difference of two texts, each with the bytes that must not be shown.
///
/// Lines are compared as they are and masked when they are shown, so that a mask is never a change.
pub(super) fn unified(
    path: &str,
    (old, old_secrets): (&str, &[Range<usize>]),
    (new, new_secrets): (&str, &[Range<usize>]),
) -> String {
    let known = old_secrets.iter().filter_map(|span| old.get(span.clone()));
    let known: Vec<&str> = known.filter(|secret| !secret.is_empty()).collect();
    // Fixes put in no secrets, so that all that a new text has come from the old one.
    let is_known = |span: &&Range<usize>| {
        let text = new.get((*span).clone()).unwrap_or_default();
        let is_part = |secret: &&str| secret.contains(text) || text.contains(*secret);
        known.iter().any(is_part)
    };
    let new_secrets: Vec<_> = new_secrets.iter().filter(is_known).cloned().collect();
    let (shown_old, shown_new) = (masked(old, old_secrets), masked(new, &new_secrets));
    let lines = |text: &str| {
        text.split_inclusive('\n')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (shown_old, shown_new) = (lines(&shown_old), lines(&shown_new));
    let path = visible(path);
    let hunks = hunk::unified(old, new, |line| {
        let shown = match line {
            Line::Added(at) => shown_new.get(at),
            Line::Kept(at) | Line::Removed(at) => shown_old.get(at),
        };
        visible_lines(shown.map_or("", String::as_str)).into()
    });
    format!("--- a/{path}\n+++ b/{path}\n{hunks}")
}

/// The text with a mask in place of each secret; line ends within secrets stay, so that lines keep their numbers.
fn masked(text: &str, secrets: &[Range<usize>]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_where_it_stays_or_where_it_goes() {
        let old = "a: hunter2\nb: hunter2\n";
        let new = "a: hunter2\nb: ${B}\n";
        let kept = 3..10;
        let secrets = [kept.clone(), 14..21];
        let diff = unified("x.yml", (old, &secrets), (new, std::slice::from_ref(&kept)));
        assert_eq!(
            diff,
            "--- a/x.yml\n+++ b/x.yml\n@@ -1,2 +1,2 @@\n a: ********\n-b: ********\n+b: ${B}\n"
        );
    }

    #[test]
    fn masks_overlap_and_keep_lines() {
        assert_eq!(
            masked("k: ab\ncd\ne", &[3..8, 4..7]),
            "k: ********\n********\ne"
        );
        assert_eq!(masked("abc", &[2..9, 5..7]), "ab********");
        assert_eq!(masked("abc", &[]), "abc");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        let diff = unified("a\u{202e}\n", ("\u{1b}[2J\r\n", &[]), ("b\tc\r\n", &[]));
        assert!(!diff.contains('\u{1b}') && !diff.contains('\u{202e}'));
        assert!(diff.contains("+b\tc\r\n"));
    }
}
