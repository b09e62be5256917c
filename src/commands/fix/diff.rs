//! Shows what would be changed as a unified diff without secrets.

use std::ops::Range;

use crate::commands::hunk;
use crate::report::visible;

/// Returns the difference between two texts, each with the byte ranges that must not be shown.
pub(super) fn unified(
    path: &str,
    old: (&str, &[Range<usize>]),
    new: (&str, &[Range<usize>]),
) -> String {
    let path = visible(path);
    let hunks = hunk::masked(old, new);
    format!("--- a/{path}\n+++ b/{path}\n{hunks}")
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
    fn nothing_moves_the_cursor() {
        let diff = unified("a\u{202e}\n", ("\u{1b}[2J\r\n", &[]), ("b\tc\r\n", &[]));
        assert!(!diff.contains('\u{1b}') && !diff.contains('\u{202e}'));
        assert!(diff.contains("+b\tc\r\n"));
    }
}
