//! Fits text into the width of a terminal; without one, nothing is wrapped or cut.

use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr as _;

/// The narrowest width that text is wrapped at.
const NARROWEST: usize = 40;
/// Replaces what is cut out of the middle of a path.
const CUT: &str = "…";

/// Wraps `text` at `width` columns, of which `indent` are taken up by what comes before each line. Words are never
/// broken: paths and fingerprints must stay whole to be copied.
pub(super) fn wrapped(text: &str, indent: usize, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else {
        return text.lines().map(str::to_owned).collect();
    };
    let room = width
        .max(NARROWEST)
        .saturating_sub(indent)
        .max(NARROWEST / 2);
    let options = Options::new(room)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    lines
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect()
}

/// Returns the same as one string, whose further lines begin with `indent` spaces.
pub(super) fn hanging(text: &str, indent: usize, width: Option<usize>) -> String {
    let space = format!("\n{:indent$}", "");
    wrapped(text, indent, width).join(&space)
}

/// Returns `path` in at most `room` columns, cut in the middle: its name says most, and its first directory where to
/// begin.
pub(super) fn middle(path: &str, room: usize) -> String {
    if path.width() <= room || room < 8 {
        return path.to_owned();
    }
    let kept = room - 1;
    let chars: Vec<char> = path.chars().collect();
    let tail = (kept * 2 / 3).min(chars.len());
    let head = kept - tail;
    let mut start = chars.len() - tail;
    // A tail that begins at a directory is easier to recognise than one that begins in the middle of a name.
    if let Some(slash) = chars[start..].iter().position(|c| *c == '/')
        && start + slash + 1 < chars.len()
        && slash < tail / 2
    {
        start += slash;
    }
    let head: String = chars.iter().take(head).collect();
    let tail: String = chars[start..].iter().collect();
    head + CUT + &tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hang_below_the_first() {
        let text = "one two three four five six seven eight nine ten";
        assert_eq!(hanging(text, 20, None), text);
        assert_eq!(
            hanging(text, 4, Some(24)),
            "one two three four five six seven\n    eight nine ten"
        );
        let path = "a/very/long/path/that/is/one/word/and/must/be/copied";
        assert_eq!(wrapped(path, 10, Some(40)), [path]);
    }

    #[test]
    fn paths_are_cut_in_the_middle() {
        assert_eq!(middle("src/main.rs", 40), "src/main.rs");
        let long = "services/billing/src/main/resources/config/application-prod.yml";
        let cut = middle(long, 40);
        assert!(cut.width() <= 40, "{cut}");
        assert!(
            cut.starts_with("services/") && cut.ends_with("/application-prod.yml"),
            "{cut}"
        );
    }
}
