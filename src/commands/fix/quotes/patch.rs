//! Checks whether a patch kept in the tree still applies to a file once a line of the file changes.

use std::fs;
use std::path::Path;

use crate::commands::fix::elsewhere::READMES;

/// How many lines of context at either end `patch` can ignore.
const FUZZ: usize = 2;

/// Whether the hunk of the patch at `path` that contains line `number` applies to `text` now, but no longer would once
/// that line changes.
pub(super) fn would_fail(root: &Path, (path, number): (&str, usize), text: &str) -> bool {
    let Ok(patch) = fs::read_to_string(root.join(path)) else {
        return true;
    };
    let fuzz = if is_applied_by_patch(root, path) {
        FUZZ
    } else {
        0
    };
    would_fail_with(&patch, number, text, fuzz)
}

/// Whether a readme in the patch's directory, or above it, says that `patch` applies it. `git apply` accepts no
/// differing line.
fn is_applied_by_patch(root: &Path, path: &str) -> bool {
    let folders = Path::new(path).ancestors().skip(1);
    let mut texts = folders.flat_map(|folder| {
        let readmes = READMES.iter();
        readmes.filter_map(move |name| fs::read_to_string(root.join(folder).join(name)).ok())
    });
    texts.any(|text| text.contains("patch -p") || text.contains("patch <"))
}

fn would_fail_with(patch: &str, number: usize, text: &str, fuzz: usize) -> bool {
    let lines: Vec<&str> = patch.lines().collect();
    let Some(at) = number.checked_sub(1).filter(|at| *at < lines.len()) else {
        return true;
    };
    let is_head = |line: &str| line.starts_with("@@");
    let Some(head) = lines[..at].iter().rposition(|line| is_head(line)) else {
        return true;
    };
    let is_of_hunk = |line: &&&str| {
        line.is_empty() || line.starts_with([' ', '-', '+', '\\']) && !line.starts_with("--- ")
    };
    let hunk = lines[head + 1..].iter().take_while(is_of_hunk);
    // What the hunk expects in the file: context and removed lines. An editor may have stripped the space of an empty
    // line.
    let had: Vec<(usize, bool, &str)> = hunk
        .enumerate()
        .filter(|(_, line)| !line.starts_with(['+', '\\']))
        .map(|(place, line)| {
            (
                head + 1 + place,
                !line.starts_with('-'),
                line.get(1..).unwrap_or(""),
            )
        })
        .collect();
    let context = |lines: &mut dyn Iterator<Item = &(usize, bool, &str)>| {
        lines.take_while(|(_, is_context, _)| *is_context).count()
    };
    let (first, last) = (
        context(&mut had.iter()).min(fuzz),
        context(&mut had.iter().rev()).min(fuzz),
    );
    let own: Vec<&str> = text.lines().collect();
    let applies = |without: usize| {
        let inner = had.get(first.min(without)..had.len() - last.min(without).min(had.len()));
        inner.is_some_and(|inner| {
            !inner.is_empty()
                && own.windows(inner.len()).any(|window| {
                    let mut both = window.iter().zip(inner);
                    both.all(|(line, (.., expected))| line == expected)
                })
        })
    };
    let place = had.iter().position(|(place, ..)| *place == at);
    let Some(place) = place else {
        return false;
    };
    let is_spared = place < first || place + last >= had.len();
    (0..=fuzz).any(applies) && !is_spared
}

#[cfg(test)]
mod tests {
    use super::would_fail_with;

    #[test]
    fn a_patch_fails_where_it_applied_before() {
        let text = "a\nb\nc\nd\ne\nf\ng\n";
        let patch = "--- a\n+++ a\n@@ -1,7 +1,7 @@\n a\n b\n c\n-d\n+x\n e\n f\n g\n";
        for (number, fuzz, expected) in [
            (4, 0, true),
            (4, 2, false),
            (5, 2, false),
            (6, 2, true),
            (7, 2, true),
            (8, 2, false),
            (9, 2, true),
            (10, 2, false),
            (11, 2, false),
        ] {
            assert_eq!(
                would_fail_with(patch, number, text, fuzz),
                expected,
                "line {number} with {fuzz}"
            );
        }
        // A hunk that does not apply as it is cannot start to fail.
        for number in 4..=11 {
            assert!(!would_fail_with(patch, number, "a\nb\nc\nD\ne\nf\ng\n", 2));
        }
        // Context lines that already differ are covered by the fuzz.
        assert!(would_fail_with(patch, 7, "A\nB\nc\nd\ne\nF\nG\n", 2));
        assert!(!would_fail_with(patch, 7, "A\nB\nc\nd\ne\nF\nG\n", 1));
    }
}
