//! A value on several lines whose line ends mean nothing: wrapped digits, and lines that end with `\`.

/// The most bytes of white space before the continuation.
const SPACE: usize = 80;

/// Recognises a line end at the beginning of `text`, together with the indentation of the next line.
pub(super) fn line_end(text: &[u8]) -> Option<(Option<char>, usize)> {
    let rest = text.strip_prefix(b"\\").unwrap_or(text);
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    let rest = rest.strip_prefix(b"\n")?;
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let indent = rest.iter().take(SPACE).take_while(is_space).count();
    Some((None, text.len() - rest.len() + indent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_lines_are_nothing_and_signs_within_them_are_something() {
        for text in ["\\\n  x", "\r\n\tx", "\nx"] {
            let length = text.len() - 1;
            assert_eq!(line_end(text.as_bytes()), Some((None, length)), "{text:?}");
        }
        for text in ["\\n", "\\\\\n", "x", ""] {
            assert_eq!(line_end(text.as_bytes()), None, "{text:?}");
        }
    }
}
