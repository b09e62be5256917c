//! Regular expressions in configuration, as far as they can be tried out.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

/// How much memory in bytes one pattern may take.
const MAX_SIZE: usize = 1 << 20;
const MAX_LENGTH: usize = 2_000;

/// A pattern that can be tried out.
pub(super) struct Pattern {
    regex: Regex,
    /// Patterns that must not match: those of negative lookaheads.
    except: Vec<Regex>,
}

impl Pattern {
    /// Compiles a pattern; `None` if it uses features that only PCRE has, other than negative lookahead.
    pub(super) fn new(text: &str, ignores_case: bool) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (text, excluded) = without_lookahead(text);
        let except = excluded.iter().map(|text| compile(text, ignores_case));
        Some(Self {
            regex: compile(&text, ignores_case)?,
            except: except.collect::<Option<_>>()?,
        })
    }

    /// Returns whether it matches anywhere in `text`.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text) && !self.except.iter().any(|regex| regex.is_match(text))
    }
}

fn compile(text: &str, ignores_case: bool) -> Option<Regex> {
    let config = Config::new()
        .nfa_size_limit(Some(MAX_SIZE))
        .onepass(false)
        .dfa(false);
    let syntax = syntax::Config::new()
        .case_insensitive(ignores_case)
        .utf8(false);
    let mut builder = Regex::builder();
    let builder = builder.configure(config.utf8_empty(false)).syntax(syntax);
    builder.build(text).ok()
}

/// Returns a pattern without its `(?!…)`, and what is inside these: close enough for paths.
fn without_lookahead(text: &str) -> (String, Vec<String>) {
    let (mut rest, mut left, mut excluded) = (text, String::new(), Vec::new());
    while let Some(at) = rest.find("(?!") {
        let inner = &rest[at + 3..];
        let mut depth = 1;
        let end = inner.bytes().position(|byte| {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            depth == 0
        });
        let Some(end) = end else { break };
        left.push_str(&rest[..at]);
        excluded.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    left.push_str(rest);
    (left, excluded)
}

/// Returns whether a pattern matches everything.
pub(super) fn takes_all(text: &str) -> bool {
    const ALL: &[&str] = &[
        "^", ".*", "(.*)", "^.*", "^.*$", "^(.*)$", "^(.*)", "^/", "^/.*", "^/.*$", "^/(.*)$",
        "^/(.*)", "/", "^/?(.*)$", "^/?(.*)", ".", "^(/.*)$", "^(/.*)", "^.+$", "^(.+)$",
        "^/(.*)?",
    ];
    ALL.contains(&text)
}

/// Returns whether some part of a pattern, inside or outside its groups, can match a line break: negated classes such
/// as `[^/]`, and `\s`. A dot does not.
pub(super) fn takes_line_breaks(text: &str) -> bool {
    if text.contains("(?s") {
        return text.contains('.');
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => {
                if matches!(
                    bytes.get(at + 1),
                    Some(b's' | b'D' | b'W' | b'n' | b'r' | b'R')
                ) {
                    return true;
                }
                at += 2;
            }
            b'[' => {
                let (end, takes) = class(bytes, at);
                if takes {
                    return true;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    false
}

/// Returns the end of the class that opens at a byte, and whether it matches line breaks.
fn class(bytes: &[u8], open: usize) -> (usize, bool) {
    let mut at = open + 1;
    let is_negated = bytes.get(at) == Some(&b'^');
    at += usize::from(is_negated);
    let start = at;
    let mut names_breaks = false;
    let mut names_space = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b']' if at > start => break,
            b'\\' => {
                match bytes.get(at + 1) {
                    Some(b'n' | b'r') => names_breaks = true,
                    Some(b's') => names_space = true,
                    Some(b'S' | b'D' | b'W') if !is_negated => names_breaks = true,
                    _ => {}
                }
                at += 1;
            }
            b'\n' | b'\r' => names_breaks = true,
            _ => {}
        }
        at += 1;
    }
    let names = names_breaks || names_space;
    (at + 1, names != is_negated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_fit_where_a_class_only_leaves_out() {
        for (text, expected) in [
            ("^/go/(.*)$", false),
            ("^/go/([^/]*)$", true),
            ("^/([^.]+)", true),
            (r"^/(\w+)/(\d+)$", false),
            (r"^/(\S+)$", false),
            (r"^/([^\s]+)$", false),
            (r"^/([^\r\n]+)$", false),
            (r"^/([\s\S]*)", true),
            ("^/([a-z]+)$", false),
            ("(?s)^/(.*)$", true),
            ("^/([]x]+)$", false),
            (r"^/\[^x\]$", false),
        ] {
            assert_eq!(takes_line_breaks(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_pcre_has_is_not_tried() {
        assert!(Pattern::new("^/(?=x)", false).is_none());
        let dots = Pattern::new(r"/\.(?!well-known)", false).unwrap();
        assert!(dots.is_match("/.env") && !dots.is_match("/.well-known/x"));
        assert!(Pattern::new(r"\.(jpg|PNG)$", true).is_some_and(|it| it.is_match("/a.png")));
        assert!(!Pattern::new(r"\.PNG$", false).is_some_and(|it| it.is_match("/a.png")));
    }
}
