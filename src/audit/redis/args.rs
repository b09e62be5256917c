//! Splits a line into words as Redis does.

use crate::audit::directive::{Directive, Word};
use crate::model::steps;

/// Returns the directive of a line that begins at byte `at` of its file; `None` if a quote is not closed, or is
/// followed by anything but white space, so that the server does not start.
pub(super) fn directive(line: &str, at: usize) -> Option<Directive> {
    steps::look_at(line.len());
    let mut words = Vec::new();
    let mut rest = line.char_indices().peekable();
    while rest.peek().is_some() {
        while rest.next_if(|(_, c)| is_blank(*c)).is_some() {}
        let Some((start, _)) = rest.peek().copied() else {
            break;
        };
        let mut text = String::new();
        let (mut from, mut to) = (start, line.len());
        loop {
            match rest.next() {
                None => {
                    to = to.min(line.len());
                    break;
                }
                Some((end, c)) if is_blank(c) => {
                    to = end;
                    break;
                }
                Some((begin, quote @ ('"' | '\''))) => {
                    let end = quoted(&mut rest, quote, &mut text)?;
                    if rest.peek().is_some_and(|(_, c)| !is_blank(*c)) {
                        return None;
                    }
                    if begin == start {
                        from = begin + 1;
                        to = end;
                        break;
                    }
                }
                Some((_, c)) => text.push(c),
            }
        }
        words.push(Word {
            text,
            span: at + from..at + to,
        });
    }
    let end = words.last()?.span.end;
    let name = words.remove(0);
    Some(Directive {
        name: name.text.to_ascii_lowercase(),
        span: name.span.start..end.max(name.span.end),
        values: words,
    })
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

/// Reads up to the closing quote, and returns its position.
fn quoted(
    rest: &mut std::iter::Peekable<std::str::CharIndices>,
    quote: char,
    text: &mut String,
) -> Option<usize> {
    loop {
        match rest.next()? {
            (end, c) if c == quote => return Some(end),
            (_, '\\') if quote == '"' => text.push(rest.next()?.1),
            (_, '\\') if rest.next_if(|(_, c)| *c == '\'').is_some() => text.push('\''),
            (_, c) => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_those_of_the_server() {
        let check = |line: &str, expected: Option<&[&str]>| {
            let found = directive(line, 0);
            let texts = found.as_ref().map(|found| {
                let values = found.values.iter().map(|word| word.text.as_str());
                std::iter::once(found.name.as_str())
                    .chain(values)
                    .collect::<Vec<_>>()
            });
            assert_eq!(texts.as_deref(), expected, "{line}");
        };
        check("Save 900 1", Some(&["save", "900", "1"]));
        check("save \"\"", Some(&["save", ""]));
        check("requirepass \"a b\" ", Some(&["requirepass", "a b"]));
        check("requirepass 'a\\'b'", Some(&["requirepass", "a'b"]));
        check("requirepass \"a\\\"b\"", Some(&["requirepass", "a\"b"]));
        check("requirepass a\"b\"", Some(&["requirepass", "ab"]));
        check("requirepass \"a", None);
        check("requirepass \"a\"b", None);
        check("requirepass \u{e9}", Some(&["requirepass", "\u{e9}"]));
        let found = directive("requirepass \"ab\"", 5).unwrap();
        assert_eq!(found.values[0].span, 18..20);
    }
}
