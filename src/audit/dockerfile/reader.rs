//! Reads a Dockerfile into instructions: parser directives, continued lines, comments between them, here-documents.

use std::ops::Range;

use super::joined::Joined;
use super::words;

/// One instruction as it is written.
#[derive(Debug, Clone)]
pub(super) struct Instruction {
    /// Its first word in upper case.
    pub(super) keyword: String,
    /// All of it, without the line end and here-documents.
    pub(super) span: Range<usize>,
    /// `--name=value` before the arguments.
    pub(super) flags: Vec<Flag>,
    /// The whole instruction, joined.
    pub(super) text: Joined,
    /// The range of the arguments in the text.
    pub(super) arguments: Range<usize>,
    /// The here-documents that follow it.
    pub(super) documents: Vec<Document>,
}

/// An option of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) name: String,
    pub(super) value: String,
    /// The whole option.
    pub(super) span: Range<usize>,
}

/// A here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// The bytes of the file between its first line and its delimiter.
    pub(super) body: Range<usize>,
}

/// The instructions of a file, and its escape character, which continues lines.
pub(super) struct Instructions {
    pub(super) list: Vec<Instruction>,
    pub(super) escape: char,
}

impl Instruction {
    /// Returns the arguments as text.
    pub(super) fn arguments(&self) -> &str {
        &self.text.as_str()[self.arguments.clone()]
    }

    /// Returns the bytes of the file that hold a part of the arguments.
    pub(super) fn span_of(&self, part: Range<usize>) -> Range<usize> {
        let from = self.arguments.start;
        self.text.span(from + part.start..from + part.end)
    }

    /// Returns the value of an option.
    pub(super) fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }
}

/// Reads `text`.
pub(super) fn read(text: &str) -> Instructions {
    let mut lines = Lines { text, at: 0 };
    lines.at = text.len() - text.trim_start_matches('\u{feff}').len();
    let escape = directives(&mut lines);
    let mut list = Vec::new();
    while let Some(joined) = lines.instruction(escape) {
        let mut instruction = parse(joined, escape);
        for name in documents_named(&instruction, escape) {
            let body = lines.document(&name);
            instruction.documents.push(Document { body });
        }
        list.push(instruction);
    }
    Instructions { list, escape }
}

/// Skips the parser directives `# name=value` at the start, and returns the escape character.
fn directives(lines: &mut Lines) -> char {
    loop {
        let before = lines.at;
        let directive = lines.next().and_then(|(line, _)| {
            let (name, value) = line.trim().strip_prefix('#')?.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            let is_known = matches!(name.as_str(), "escape" | "syntax" | "check");
            is_known.then(|| (name, value.trim()))
        });
        match directive {
            Some((name, "`")) if name == "escape" => return '`',
            Some(_) => {}
            None => {
                lines.at = before;
                return '\\';
            }
        }
    }
}

/// The lines of a file that have not been read yet.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    /// Returns the next line without its end, and where it begins.
    fn next(&mut self) -> Option<(&'t str, usize)> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.at = start + length + usize::from(length < rest.len());
        let line = &rest[..length];
        Some((line.strip_suffix('\r').unwrap_or(line), start))
    }

    /// Returns the next instruction, with its lines joined.
    fn instruction(&mut self, escape: char) -> Option<Joined> {
        let mut joined = Joined::default();
        let mut begun = false;
        while let Some((line, start)) = self.next() {
            let bare = line.trim_start();
            // Comments and empty lines are skipped within an instruction, too.
            if bare.is_empty() || bare.starts_with('#') {
                continue;
            }
            let (line, start) = if begun {
                (line, start)
            } else {
                (bare, start + line.len() - bare.len())
            };
            begun = true;
            let Some(line) = continued(line, escape) else {
                joined.push(line.trim_end(), start);
                return Some(joined);
            };
            joined.push(line, start);
        }
        begun.then_some(joined)
    }

    /// Returns the range of lines before the delimiter `name`, whatever they contain.
    fn document(&mut self, name: &Delimiter) -> Range<usize> {
        let start = self.at;
        while let Some((line, at)) = self.next() {
            let line = if name.strips_tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if line == name.word {
                return start..at;
            }
        }
        start..self.text.len()
    }
}

/// Returns the line without the escape character that continues it; `None` if it is not continued.
fn continued(line: &str, escape: char) -> Option<&str> {
    let line = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!line.ends_with(escape)).then_some(line)
}

fn parse(text: Joined, escape: char) -> Instruction {
    let all = text.as_str();
    let keyword_length = all.find(char::is_whitespace).unwrap_or(all.len());
    let keyword = all[..keyword_length].to_ascii_uppercase();
    let mut at = next_word(all, keyword_length);
    let mut flags = Vec::new();
    let takes_flags = matches!(
        keyword.as_str(),
        "FROM" | "RUN" | "COPY" | "ADD" | "HEALTHCHECK"
    );
    while takes_flags && all[at..].starts_with("--") {
        let rest = &all[at..];
        let first = words::split(rest, escape).first().cloned();
        let length = first.map_or(rest.len(), |first| first.end);
        let (name, value) = rest[2..length]
            .split_once('=')
            .unwrap_or((&rest[2..length], ""));
        flags.push(Flag {
            name: name.to_ascii_lowercase(),
            value: value.trim_matches(['"', '\'']).to_owned(),
            span: text.span(at..at + length),
        });
        at = next_word(all, at + length);
    }
    Instruction {
        keyword,
        span: text.span(0..all.len()),
        flags,
        arguments: at..all.len(),
        documents: Vec::new(),
        text,
    }
}

fn next_word(text: &str, at: usize) -> usize {
    at + text[at..].len() - text[at..].trim_start().len()
}

/// The delimiter that ends a here-document.
struct Delimiter {
    word: String,
    strips_tabs: bool,
}

/// Returns the here-documents that an instruction announces: `<<EOF`, `<<-EOF`, `3<<'EOF'`, `<<\\EOF`, `<<E"O"F`.
///
/// As in BuildKit, and unlike in a shell, `<<` begins a word, and the rest of the word is the delimiter.
fn documents_named(instruction: &Instruction, escape: char) -> Vec<Delimiter> {
    let text = instruction.arguments();
    let mut keyword = instruction.keyword.clone();
    if keyword == "ONBUILD" {
        keyword = text
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_ascii_uppercase();
    }
    let may_have = matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") && text.contains("<<");
    if !may_have || words::json(text).is_some() {
        return Vec::new();
    }
    let named = |word: &str| {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let word = word.strip_prefix("<<")?;
        let strips_tabs = word.starts_with('-');
        let word = word.strip_prefix('-').unwrap_or(word);
        let is_name = !word.is_empty() && !word.contains('<');
        is_name.then(|| Delimiter {
            word: unquoted(word),
            strips_tabs,
        })
    };
    // Spaces may come between `<<` and the delimiter.
    let is_bare = |word: &str| word.trim_start_matches(|c: char| c.is_ascii_digit()) == "<<";
    let mut found = Vec::new();
    let mut words = words::split(text, escape).into_iter();
    while let Some(word) = words.next() {
        let word = &text[word];
        match is_bare(word).then(|| words.next()).flatten() {
            Some(next) => found.extend(named(&format!("<<{}", &text[next]))),
            None => found.extend(named(word)),
        }
    }
    found
}

/// Returns a word without quotes and escape characters.
fn unquoted(word: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', quote) if quote != Some('\'') => text.extend(chars.next()),
            (c, _) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = read(text).list;
        let found: Vec<_> = found
            .iter()
            .map(|instruction| (instruction.keyword.as_str(), instruction.arguments()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn lines_are_joined_and_comments_are_not() {
        check(
            "# a\nfrom x\nRUN a \\\n # b\n\n  && c \\ \n&& d\r\nUSER 1\n",
            &[("FROM", "x"), ("RUN", "a   && c && d"), ("USER", "1")],
        );
        check("RUN a \\\\\nUSER 1", &[("RUN", "a \\\\"), ("USER", "1")]);
        check("\u{feff}FROM x \\", &[("FROM", "x ")]);
        check("", &[]);
    }

    #[test]
    fn directives_choose_the_escape() {
        let windows = "# syntax=docker/dockerfile:1\n# escape=`\nRUN a `\n  b\nCOPY c C:\\\nUSER d";
        check(
            windows,
            &[("RUN", "a   b"), ("COPY", "c C:\\"), ("USER", "d")],
        );
        check("# hello\n# escape=`\nRUN a `\n", &[("RUN", "a `")]);
    }

    #[test]
    fn options_come_first() {
        let found = read("COPY --from=build --chown=1:1 a --b /c\n").list;
        let flags: Vec<_> = found[0]
            .flags
            .iter()
            .map(|flag| (flag.name.as_str(), flag.value.as_str()))
            .collect();
        assert_eq!(flags, [("from", "build"), ("chown", "1:1")]);
        assert_eq!(found[0].arguments(), "a --b /c");
        assert_eq!(found[0].flags[0].span, 5..17);
    }

    #[test]
    fn documents_are_no_instructions() {
        let text =
            "RUN <<EOF cat <<-'B' > x\nUSER a\nEOF\n# y\n\tB\nUSER 1\nRUN cat <<< EOF\nUSER 2";
        let found = read(text).list;
        let bodies: Vec<_> = found[0]
            .documents
            .iter()
            .map(|document| &text[document.body.clone()])
            .collect();
        assert_eq!(bodies, ["USER a\n", "# y\n"]);
        let keywords: Vec<_> = found.iter().map(|found| found.keyword.as_str()).collect();
        assert_eq!(keywords, ["RUN", "USER", "RUN", "USER"]);
    }

    #[test]
    fn documents_end_where_their_quoted_names_say() {
        for name in [
            "\\EOF", "'EOF'", "\"EOF\"", "E\"O\"F", "-EOF", "-\\EOF", "EOF-1", "EOF.x", " EOF",
        ] {
            let plain: String = name
                .trim_start_matches(['-', ' '])
                .replace(['\\', '\'', '"'], "");
            let text = format!("COPY <<{name} /x\nUSER root\n{plain}\nUSER 1\n");
            let keywords: Vec<_> = read(&text).list.into_iter().map(|it| it.keyword).collect();
            assert_eq!(keywords, ["COPY", "USER"], "{name}");
        }
        for line in [
            "RUN cat<<EOF",
            "RUN echo \"<<EOF\"",
            "RUN [\"x\", \"<<EOF\"]",
        ] {
            let text = format!("{line}\nUSER root\n");
            assert_eq!(read(&text).list.len(), 2, "{line}");
        }
        assert_eq!(read("ONBUILD RUN <<EOF\nUSER root\nEOF\n").list.len(), 1);
    }

    #[test]
    fn spans_lie_where_the_words_are() {
        let text = "FROM x\nRUN é \\\n# c\n  && ü\n";
        let found = &read(text).list[1];
        assert_eq!(&text[found.span.clone()], "RUN é \\\n# c\n  && ü");
        let at = found.arguments().find('ü').unwrap();
        assert_eq!(&text[found.span_of(at..at + 2)], "ü");
    }
}
