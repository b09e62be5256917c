//! The surroundings of a finding in its text, as far as they show which finding it is and whether it is allowed.

use std::fmt;
use std::ops::Range;

use super::comment;
use super::outline::Outline;

/// How many lines up the keys around an item are looked for.
const MAX_LINES_UP: usize = 400;
/// How many bytes up, since every line of a file may have a finding.
const MAX_UP: usize = 16_000;
/// How many bytes of a line are looked at on either side of an item: a file may be a single line.
const SIDE: usize = 500;
/// How many characters of a line's key count.
const MAX_KEY: usize = 100;

/// The text around a finding.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The keys that lead to the item, outermost first, by indentation: `services/web/privileged`. No values.
    pub keys: String,
    /// The comment on the line before the item, if it may allow something. May show secrets.
    pub before: String,
    /// The comments on the lines of the item that belong to its statement, if they may allow something. May show
    /// secrets.
    pub comments: Vec<String>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// Returns the text around `span` in `text`.
    pub fn of(text: &[u8], span: &Range<usize>) -> Self {
        Self::within(text, span, None)
    }

    /// Returns the outline of a text, for [`Self::within`]; not every text has one.
    pub fn outline(text: &[u8]) -> Option<Outline> {
        Outline::new(text, SIDE)
    }

    /// Returns the text around `span` in `text`, with the help of its outline. Without one, each place costs as much as
    /// reading the lines before it.
    pub fn within(text: &[u8], span: &Range<usize>, outline: Option<&Outline>) -> Self {
        let start = line_start(text, span.start.min(text.len()));
        let from = span.start.min(text.len());
        let span = from..span.end.clamp(from, text.len());
        Self {
            keys: keys(text, start, outline),
            before: comment::before(text, span.start),
            comments: comment::beside(text, &span),
        }
    }

    /// Returns whether there is a comment that may allow the item.
    pub fn has_comments(&self) -> bool {
        !self.before.is_empty() || !self.comments.is_empty()
    }
}

/// Returns where the line of `at` starts, or the nearby part of it.
fn line_start(text: &[u8], at: usize) -> usize {
    let near = at.saturating_sub(SIDE);
    memchr::memrchr(b'\n', &text[near..at]).map_or(near, |end| near + end + 1)
}

/// Returns where the line of `at` ends, or the nearby part of it.
fn line_end(text: &[u8], at: usize) -> usize {
    let near = text.len().min(at + SIDE);
    memchr::memchr(b'\n', &text[at..near]).map_or(near, |end| at + end)
}

/// Returns the keys of the line that starts at `start` and of the lines it is nested below.
fn keys(text: &[u8], start: usize, outline: Option<&Outline>) -> String {
    if start > 0 && text[start - 1] != b'\n' {
        // In the middle of an overlong line, a key cannot be told from a value.
        return String::new();
    }
    let own = &text[start..line_end(text, start)];
    let mut found = vec![key(own)];
    // Nothing encloses a heading.
    let level = level(own).unwrap_or(0);
    let ends = if level == 0 && own.starts_with(b"[") {
        true
    } else if let Some(outline) = outline {
        climb_by(outline, text, start, &mut found)
    } else {
        climb(text, start, level, &mut found)
    };
    if !ends {
        found.truncate(2);
    }
    found.reverse();
    found.join("/")
}

/// Collects the keys of the lines that enclose the line at `start`, which is indented by `level`. Returns whether the
/// outermost one was reached nearby; if not, the rest depends on text further up, which does not count.
fn climb(text: &[u8], mut start: usize, mut level: usize, found: &mut Vec<String>) -> bool {
    let top = start.saturating_sub(MAX_UP);
    for up in 0..=MAX_LINES_UP {
        if start == 0 {
            return true;
        }
        if start <= top || up == MAX_LINES_UP {
            break;
        }
        let end = start - 1;
        start = line_start(text, end);
        let line = &text[start..end];
        if is_heading(line) {
            found.push(heading(line));
            return true;
        }
        match self::level(line) {
            Some(outer) if outer < level => {
                found.push(key(line));
                level = outer;
            }
            _ => {}
        }
    }
    level == 0
}

/// Does the same as [`climb`], using the outline of the text.
fn climb_by(outline: &Outline, text: &[u8], start: usize, found: &mut Vec<String>) -> bool {
    let top = start.saturating_sub(MAX_UP);
    let own = outline.number(start);
    let is_near = |line: usize| {
        own - line <= MAX_LINES_UP && outline.start(line + 1).is_some_and(|below| below > top)
    };
    let mut number = own;
    while let Some(above) = outline.above(number).filter(|above| is_near(*above)) {
        let line = outline.start(above).zip(outline.start(above + 1));
        let line = line.map_or(&[][..], |(start, below)| &text[start..below - 1]);
        if is_heading(line) {
            found.push(heading(line));
            return true;
        }
        found.push(key(line));
        number = above;
    }
    let start = outline.start(number).unwrap_or(start);
    own == 0 || is_near(0) || level(&text[start..line_end(text, start)]).unwrap_or(0) == 0
}

/// Returns whether a line is the heading of a section: `[database]`.
pub(super) fn is_heading(line: &[u8]) -> bool {
    line.starts_with(b"[") && line.trim_ascii_end().ends_with(b"]")
}

fn heading(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(MAX_KEY)]).into_owned()
}

/// Returns how deep a line is indented; a list item counts as deeper than a key in the same column. `None` for blank
/// lines and comments.
pub(super) fn level(line: &[u8]) -> Option<usize> {
    let indent = line.iter().take_while(|byte| b" \t".contains(byte)).count();
    match &line[indent..] {
        [] | [b'\r' | b'#', ..] | [b'/', b'/', ..] => None,
        [b'-', b' ', ..] => Some(2 * indent + 1),
        _ => Some(2 * indent),
    }
}

/// Returns the name that a line gives a value, and nothing of the value.
fn key(line: &[u8]) -> String {
    let line = &line[..line.len().min(SIDE)];
    let text = String::from_utf8_lossy(line);
    let (mark, text) = match text.trim().strip_prefix("- ") {
        Some(item) => ("-", item.trim_start()),
        None => ("", text.trim()),
    };
    let text = ["export ", "ENV ", "ARG "]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text)
        .trim_start_matches(['"', '\'', '{', ' ']);
    let end = text.find([':', '=', ' ', '{', '(', '"', '\'', ',', '\t']);
    // Text that no delimiter ends is not a name, but may be a value.
    let name: String = end
        .map_or("", |end| &text[..end])
        .chars()
        .take(MAX_KEY)
        .collect();
    format!("{mark}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, item: &str, keys: &str) {
        let start = text.find(item).unwrap();
        let site = Site::of(text.as_bytes(), &(start..start + item.len()));
        assert_eq!(site.keys, keys);
    }

    #[test]
    fn keys_lead_to_the_item() {
        let compose = "services:\n  # a comment\n  db:\n    image: x\n  web:\n    ports:\n    - \"80:80\"\n    privileged: true\n";
        check(compose, "privileged", "services/web/privileged");
        check(compose, "\"80:80\"", "services/web/ports/-80");
        check("A=1\nexport B=2\n", "B=2", "B");
        check("[a]\nx = 1\n[b]\ny = 2\nx = 3\n", "3", "[b]/x");
        check("", "", "");
        check("{\"a\": {\n  \"b\": 1\n}}\n", "1", "a/b");
    }

    #[test]
    fn an_outline_changes_nothing() {
        let lines = [
            "a:",
            "  b:",
            "    c: 1",
            "  - d: 2",
            "",
            "# e",
            "[f]",
            "[g",
            "\tg: 3",
            "      h: 4",
            "- i:",
        ];
        // Every pair of lines occurs somewhere, one after the other.
        let mut next = 1_usize;
        let mut random = || {
            next = next
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            next >> 33
        };
        for length in [1, 2, 5, 40, 500, 3_000] {
            for rare in [2, lines.len()] {
                let pick = |n: usize| {
                    if n.is_multiple_of(97) {
                        n / 97 % lines.len()
                    } else {
                        n % rare
                    }
                };
                let text: Vec<_> = (0..length).map(|_| lines[pick(random())]).collect();
                let text = text.join("\n");
                let outline = Site::outline(text.as_bytes()).unwrap();
                for at in (0..text.len()).step_by(7) {
                    let (text, span) = (text.as_bytes(), at..at + 1);
                    let by = Site::within(text, &span, Some(&outline));
                    assert_eq!(by.keys, Site::of(text, &span).keys, "{at} of {length}");
                }
            }
        }
        assert!(Site::outline("x".repeat(SIDE + 1).as_bytes()).is_none());
    }

    #[test]
    fn a_place_the_wrong_way_round_is_where_it_begins() {
        let text = "name: &app web\n".repeat(100);
        let at = |start, end| Site::of(text.as_bytes(), &(start..end)).keys;
        assert_eq!(at(1_400, 6), at(1_400, 1_400));
    }

    #[test]
    fn comments_are_kept_where_they_may_allow_something() {
        let text = "# gonogo:allow\na: 1\nb: 2 # gitleaks:allow\n";
        let site = Site::of(text.as_bytes(), &(18..19));
        assert_eq!(site.before, "# gonogo:allow");
        assert_eq!(site.comments, [""; 0]);
        let site = Site::of(text.as_bytes(), &(23..24));
        assert_eq!(site.before, "");
        assert_eq!(site.comments, ["# gitleaks:allow"]);
        assert!(!format!("{site:?}").contains("gitleaks"));
    }
}
