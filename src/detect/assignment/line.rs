//! How much of a text decides that no value follows a name, if all that is read is on one line.

/// How far a line is read, in bytes: the same limit as for an expression.
const LIMIT: usize = 240;

/// Returns the end of the text that decides that no value begins at `at`, or `None` if it may be far away.
///
/// Readers of values stop at the end of the line, unless the line leaves a string or bracket open, or it or the
/// next line has a sign that continues it.
pub(super) fn end_of_what_counts(text: &[u8], at: usize) -> Option<usize> {
    let near = &text[at..text.len().min(at + LIMIT)];
    let length = memchr::memchr(b'\n', near)?;
    let line = near[..length].trim_ascii_end();
    if may_go_on(line) {
        return None;
    }
    let below = &near[length..];
    let space = below.iter().take_while(|byte| byte.is_ascii_whitespace());
    let space = space.count();
    // An expression goes on with the next line if that begins with one of these.
    let goes_on = matches!(below.get(space), Some(b'|' | b'?' | b'.'));
    (!goes_on).then_some(at + length + space + 1)
}

/// Whether a line may be read together with those below it.
fn may_go_on(line: &[u8]) -> bool {
    let (Some(first), Some(last)) = (line.first(), line.last()) else {
        return true;
    };
    let begins = match first {
        b'|' | b'>' | b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'`' | b'%' | b'~' | b'&'
        | b'!' => true,
        b'R' => line.get(1) == Some(&b'"'),
        b'q' => matches!(line.get(1), Some(b'q' | b'(' | b'{' | b'[' | b'<' | b'|')),
        b'$' => !line.contains(&b';'),
        _ => false,
    };
    begins || matches!(last, b'|' | b'?' | b'=' | b':') || is_open(line)
}

/// Whether a bracket on a line is not closed there, or a string may continue below.
fn is_open(line: &[u8]) -> bool {
    let (mut depth, mut quote) = (0, false);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'"' | b'\'' | b'`' if line[at..].starts_with(&[*byte; 3]) => return true,
            b'"' | b'\'' | b'`' => quote = true,
            b'\\' => return true,
            b'<' if line.get(at + 1) == Some(&b'<') => return true,
            // An entity, which may be a quotation mark.
            b'&' if matches!(line.get(at + 1), Some(b'#' | b'q' | b'a')) => return true,
            _ => {}
        }
    }
    // A string with a closing bracket or `;` at the end of the line is not joined to one below.
    let is_last = || !matches!(line.last(), Some(b')' | b']' | b'}' | b';'));
    depth > 0 || quote && is_last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_with_its_line_counts_up_to_the_next_one() {
        for line in [
            "load(config)",
            "user.password;",
            "os.getenv(\"X\")",
            "a if b else c  ",
            "$config;",
        ] {
            let text = format!("{line}\n\n  next = 1\n");
            let end = text.find("next").map(|at| at + 1);
            assert_eq!(end_of_what_counts(text.as_bytes(), 0), end, "{line}");
        }
    }

    #[test]
    fn what_may_go_on_counts_farther() {
        for text in [
            "load(\nx)\n",
            "a ||\n  b\n",
            "a\n  || b\n",
            "a\n  .b()\n",
            "\"a\"\n",
            "(a)\n",
            "f(\"\"\"a)\n",
            "f(\\\"a\\\")\n",
            "x + \"a\"\n",
            "$config\n",
            "f(&quot;a)\n",
            "load(config)",
        ] {
            assert_eq!(end_of_what_counts(text.as_bytes(), 0), None, "{text}");
        }
    }
}
