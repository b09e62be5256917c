//! The comments that belong to a place in a text, in any language.
//!
//! A comment that allows something covers one statement: it is on the same line or the line before, at most [`REACH`]
//! bytes away, with no other statement in between, and it is a real comment rather than words in a string. Being on the
//! same line is not enough: a minified file is a single line. A line ends at every line terminator that some language
//! knows.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::steps;

/// How many bytes away from the finding a comment may be.
pub(super) const REACH: usize = 200;
/// How far back a line is read to find where its strings and comments begin.
const MAX_LINE: usize = 4_000;
/// Words one of which is in every comment that allows something, or looks as if it should.
const MARKS: [&[u8]; 7] = [
    b":allow",
    b":ignore",
    b"allowlist",
    b"whitelist",
    b"gonogo",
    b"GONOGO",
    b"Gonogo",
];

/// How comments begin, and how those end that do not run to the end of the line.
const OPENERS: [(&[u8], &[u8]); 13] = [
    (b"<!--", b"-->"),
    (b"{{!--", b"--}}"),
    (b"{{!", b"}}"),
    (b"{{/*", b"*/}}"),
    (b"{#", b"#}"),
    (b"<%--", b"--%>"),
    (b"<%#", b"%>"),
    (b"/*", b"*/"),
    (b"(*", b"*)"),
    (b"<#", b"#>"),
    (b"//", b""),
    (b"--", b""),
    (b"#", b""),
];
/// Openers that begin a comment only at the start of a line, or right before the mark.
const AT_START: [&[u8]; 12] = [
    b";", b"%", b"\"", b"'", b"!", b"*", b"::", b"rem ", b"REM ", b"Rem ", b"@rem ", b"dnl ",
];

/// Returns the comment on the line before `at`, if that line is one and may allow something.
pub(super) fn before(text: &[u8], at: usize) -> String {
    // Most findings have no such comment anywhere near.
    if !has_mark(&text[at.saturating_sub(2 * REACH)..at]) {
        return String::new();
    }
    let start = line_start(text, at);
    // If this line is that long, the line before is out of reach.
    let Some(end) = start
        .filter(|start| at - start <= REACH)
        .and_then(|start| line_end_before(text, start))
    else {
        return String::new();
    };
    let Some(line) = line_start(text, end).filter(|line| end - line <= 2 * REACH) else {
        return String::new();
    };
    let line = &text[line..end];
    if !has_mark(line) {
        return String::new();
    }
    let read = Line::read(line);
    let own = line.trim_ascii_start();
    let indent = line.len() - own.len();
    let is_whole = read
        .comments
        .first()
        .is_some_and(|comment| comment.start == indent)
        || AT_START.iter().any(|start| own.starts_with(start));
    if is_whole { lossy(own) } else { String::new() }
}

/// Returns the comments on the lines of `span` that belong to its statement and may allow something.
pub(super) fn beside(text: &[u8], span: &Range<usize>) -> Vec<String> {
    let near_start = span.start.saturating_sub(REACH);
    let near_end = (span.end + REACH).min(text.len());
    if !has_mark(&text[near_start..near_end]) {
        return Vec::new();
    }
    let end = line_end(text, span.end, near_end);
    let start = line_start(text, span.start).unwrap_or(near_start);
    let mut found = Vec::new();
    // An item of several lines may have a comment on each of them.
    let mut line = start;
    while line < end {
        let ends = line_end(text, line, end);
        let read = Line::read(&text[line..ends]);
        for comment in &read.comments {
            let comment = line + comment.start..line + comment.end;
            let is_near = comment.end >= near_start && comment.start < near_end;
            if is_near && read.joins(&comment, span, line) && has_mark(&text[comment.clone()]) {
                found.push(lossy(&text[comment]));
            }
        }
        line = ends + line_end_len(text, ends).max(1);
    }
    found
}

/// Returns the comments in one line.
pub fn comments_in(line: &str) -> Vec<&str> {
    let read = Line::read(line.as_bytes());
    let comments = read.comments.into_iter();
    comments.filter_map(|comment| line.get(comment)).collect()
}

/// One line, parsed as far as all languages agree.
#[derive(Debug, Default)]
struct Line {
    comments: Vec<Range<usize>>,
    /// Where statements end: semicolons outside strings and comments that something else follows.
    ends: Vec<usize>,
}

impl Line {
    fn read(line: &[u8]) -> Self {
        let mut read = Self::default();
        let mut at = 0;
        let first = line.len() - line.trim_ascii_start().len();
        // Quotes with no partner from here on: if the first of a kind finds none, no later one does.
        let mut alone = Vec::new();
        while at < line.len() {
            if let Some(end) = comment_at(line, at, first) {
                read.comments.push(at..end);
                at = end;
            } else if let Some(end) = string_at(line, at, &mut alone) {
                at = end;
            } else {
                if line[at] == b';' {
                    read.ends.push(at);
                }
                at += 1;
            }
        }
        read
    }

    /// Returns whether comment and item (offsets in the whole text) belong to the same statement.
    fn joins(&self, comment: &Range<usize>, item: &Range<usize>, start: usize) -> bool {
        let ends = self.ends.iter().map(|end| start + end);
        if comment.start >= item.end {
            let mut between = ends.filter(|end| (item.end..comment.start).contains(end));
            // A comment behind the end of a statement still belongs to it; one behind the next end does not.
            between.next();
            between.next().is_none()
        } else {
            let mut between = ends.filter(|end| (comment.end..item.start).contains(end));
            between.next().is_none()
        }
    }
}

/// Returns where the comment that begins at `at` ends, if one does. `first` is the offset of the first non-blank.
fn comment_at(line: &[u8], at: usize, first: usize) -> Option<usize> {
    let rest = &line[at..];
    let before = at.checked_sub(1).map(|at| line[at]);
    let is_free =
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b":/&$-#_\\".contains(&byte));
    let ending = OPENERS.iter().find_map(|(open, close)| {
        let opens = rest.starts_with(open) && (is_free || !close.is_empty());
        // Two hyphens directly before a word are an option.
        let opens = opens && (*open != b"--" || !is_option(&rest[2..]));
        opens.then_some((open.len(), *close))
    });
    let ending = ending.or_else(|| {
        let open = AT_START.iter().find(|open| rest.starts_with(open))?;
        let follows = rest[open.len()..].trim_ascii_start();
        let is_marked = begins_with_mark(follows) && **open != *b"\"" && **open != *b"'";
        let is_quote = **open == *b"\"" || **open == *b"'";
        let is_whole = at <= first && !(is_quote && memchr::memchr(open[0], &rest[1..]).is_some());
        (is_whole || is_marked && before.is_none_or(|byte| byte.is_ascii_whitespace()))
            .then_some((open.len(), &b""[..]))
    });
    let (open, close) = ending?;
    if close.is_empty() {
        return Some(line.len());
    }
    let end = memchr::memmem::find(&rest[open..], close);
    Some(end.map_or(line.len(), |end| at + open + end + close.len()))
}

/// Returns whether the text behind two hyphens makes them the start of an option rather than of a comment.
fn is_option(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_alphanumeric) && !begins_with_mark(rest)
}

fn begins_with_mark(text: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [
        b"gonogo:",
        b"gitleaks:",
        b"betterleaks:",
        b"trufflehog:",
        b"kingfisher:",
        b"pragma:",
    ];
    marks.iter().any(|mark| text.starts_with(mark))
}

/// Returns where the string that begins at `at` ends, if one does: a quote with no partner on its line is an
/// apostrophe.
fn string_at(line: &[u8], at: usize, alone: &mut Vec<u8>) -> Option<usize> {
    let quote = line[at];
    let is_apostrophe = at > 0 && line[at - 1].is_ascii_alphanumeric() && quote == b'\'';
    if !b"\"'`".contains(&quote) || is_apostrophe || alone.contains(&quote) {
        return None;
    }
    let mut end = at + 1;
    while end < line.len() {
        match line[end] {
            b'\\' => end += 1,
            byte if byte == quote => {
                steps::look_at(end - at);
                return Some(end + 1);
            }
            _ => {}
        }
        end += 1;
    }
    steps::look_at(end - at);
    alone.push(quote);
    None
}

fn has_mark(text: &[u8]) -> bool {
    // Preparing a search takes longer than the search itself, and every finding asks.
    static FINDERS: LazyLock<[Finder<'static>; MARKS.len()]> =
        LazyLock::new(|| MARKS.map(Finder::new));
    FINDERS.iter().any(|mark| mark.find(text).is_some())
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Returns the length in bytes of the line end at `at`; 0 if there is none.
fn line_end_len(text: &[u8], at: usize) -> usize {
    match &text[at.min(text.len())..] {
        // What Windows writes, and Unicode's NEXT LINE.
        [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        // JavaScript's own line and paragraph separators.
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// Returns where the line of `at` starts; `None` if that is too far away.
fn line_start(text: &[u8], at: usize) -> Option<usize> {
    let far = at.saturating_sub(MAX_LINE);
    let mut starts = (far..at).rev();
    let end =
        starts.find(|end| line_end_len(text, *end) > 0 && *end + line_end_len(text, *end) <= at);
    match end {
        Some(end) => Some(end + line_end_len(text, end)),
        None => (far == 0).then_some(0),
    }
}

/// Returns where the line before the one that starts at `start` ends.
fn line_end_before(text: &[u8], start: usize) -> Option<usize> {
    let back = (1..=3.min(start)).rev();
    back.map(|len| start - len)
        .find(|at| at + line_end_len(text, *at) == start && line_end_len(text, *at) > 0)
}

/// Returns where the line of `at` ends, but at most `most`.
fn line_end(text: &[u8], at: usize, most: usize) -> usize {
    let mut ends = at..most;
    ends.find(|end| line_end_len(text, *end) > 0)
        .unwrap_or(most.max(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, Vec<String>) {
        let at = text.find("hunter2").unwrap_or_default();
        (
            before(text.as_bytes(), at),
            beside(text.as_bytes(), &(at..at + 7)),
        )
    }

    #[track_caller]
    fn check(text: &str, reaches: bool) {
        let (before, beside) = of(text);
        let all = [before].into_iter().chain(beside);
        let has = all
            .into_iter()
            .any(|comment| comment.contains("gonogo:allow"));
        assert_eq!(has, reaches, "{text:?}");
    }

    #[test]
    fn comments_of_many_languages_reach_their_line() {
        for comment in [
            "# gonogo:allow",
            "// gonogo:allow",
            "-- gonogo:allow",
            "; gonogo:allow",
            "% gonogo:allow",
            "/* gonogo:allow */",
            "<!-- gonogo:allow -->",
            "{{!-- gonogo:allow --}}",
            "{# gonogo:allow #}",
            "<%# gonogo:allow %>",
            "(* gonogo:allow *)",
        ] {
            check(&format!("p = hunter2 {comment}"), true);
            check(&format!("p = \"hunter2\"; {comment}\r\n"), true);
            check(&format!("{comment}\np = hunter2"), true);
            check(&format!("  {comment}\r  p = hunter2"), true);
            check(&format!("{comment}\n\np = hunter2"), false);
        }
        for comment in [
            "REM gonogo:allow",
            ":: gonogo:allow",
            "' gonogo:allow",
            "\" gonogo:allow",
        ] {
            check(&format!("{comment}\np = hunter2"), true);
        }
        check("p: hunter2\n# gonogo:allow", false);
    }

    #[test]
    fn words_in_strings_allow_nothing() {
        check("f(\"# gonogo:allow\", \"hunter2\")", false);
        check("a = '// gonogo:allow'; p = hunter2", false);
        check("a = \"gonogo:allow\"\np = hunter2", false);
        check("gonogo:allow hunter2", false);
        check("it's hunter2 # gonogo:allow", true);
        check(
            "p = \"Server=a;Password=hunter2;Port=1\" # gonogo:allow",
            true,
        );
    }

    #[test]
    fn a_comment_reaches_one_statement() {
        check("a=\"x\";/* gonogo:allow */b=\"hunter2\"", true);
        check("a=\"x\";/* gonogo:allow */b=\"y\";c=\"hunter2\"", false);
        check("c=\"hunter2\";b=\"y\";/* gonogo:allow */", false);
        check("if (a) { c = \"hunter2\"; } // gonogo:allow", true);
        let far = "x".repeat(300);
        check(&format!("p = hunter2, {far} // gonogo:allow"), false);
        check(&format!("/* gonogo:allow */ {far} hunter2"), false);
        check(&format!("# gonogo:allow\n{far} hunter2"), false);
        // The tail of a long line is not a line.
        check(&format!("{far}{far}# gonogo:allow\nhunter2"), false);
    }

    #[test]
    fn quotes_without_partners_are_looked_for_once() {
        // Searching to the end of the line for each one would take minutes.
        for part in ["\\\"a", "\" \\", "' ", "`x\\"] {
            let line = "x=".to_owned() + &part.repeat(1 << 19);
            assert_eq!(comments_in(&line), [""; 0]);
        }
        let blank = " ".repeat(1 << 18) + &";".repeat(1 << 18);
        assert_eq!(comments_in(&blank).len(), 1);
        let blank = " ".repeat(1 << 18) + &"x;".repeat(1 << 18);
        assert_eq!(comments_in(&blank), [""; 0]);
    }

    #[test]
    fn every_line_end_ends_a_line() {
        for end in ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"] {
            check(&format!("a = 1 # gonogo:allow{end}p = hunter2"), false);
            check(&format!("p = hunter2{end}# gonogo:allow"), false);
            check(&format!("# gonogo:allow{end}p = hunter2"), true);
        }
    }

    #[test]
    fn what_has_several_lines_is_allowed_on_any_of_them() {
        let text = "k = \"-----BEGIN\nhunter2\nEND\" # gonogo:allow\n";
        let found = beside(text.as_bytes(), &(5..26));
        assert_eq!(found, ["# gonogo:allow"]);
    }
}
