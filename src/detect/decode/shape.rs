//! Whether a text is of a kind that has names and values.

/// How many bytes of a text are examined.
const PROBE: usize = 2000;

/// Returns whether `text` is JSON, assigns values to names, or is a URL.
///
/// Such text does not arise by chance, and is not prose: names of credentials mean the same there as in a file.
pub(in crate::detect) fn is_structured(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let text = &text[..text.len().min(PROBE)];
    is_json(text) || is_address(text) || assigns(text)
}

fn is_json(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'['))
        && memchr::memchr(b'"', text).is_some()
        && memchr::memchr(b':', text).is_some()
}

/// Whether a text begins with `scheme://`.
fn is_address(text: &[u8]) -> bool {
    let scheme = memchr::memmem::find(text, b"://").map(|end| &text[..end]);
    scheme.is_some_and(|scheme| {
        (2..=32).contains(&scheme.len())
            && scheme
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
    })
}

/// Whether most lines are `name = value`, `name: value`, comments or section headers.
fn assigns(text: &[u8]) -> bool {
    let lines = text
        .split(|byte| matches!(byte, b'\n' | b';' | b'&'))
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let (mut all, mut assigning) = (0, 0);
    for line in lines {
        all += 1;
        assigning += usize::from(is_assignment(line));
    }
    assigning > 0 && assigning * 10 >= all * 6
}

fn is_assignment(line: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.\"' $".contains(byte);
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let Some(end) = line.iter().position(|byte| !is_name(byte)) else {
        return false;
    };
    let (name, rest) = line.split_at(end);
    let name = name.trim_ascii();
    let assigns = matches!(rest, [b'=' | b':', next, ..] if *next != b'/');
    assigns && (2..=64).contains(&name.len()) && !name.contains(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_values_are_told_from_prose() {
        for text in [
            "{\"a\": {}}",
            " [{\"a\": 1}]",
            "postgres://user@host/db",
            "A_B=1\nC_D=2\n# comment\n",
            "export A_B=1",
            "a_b: 1\nc_d: 2\n",
            "Server=db;User=a;Pooling=true",
        ] {
            assert!(is_structured(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "lorem ipsum dolor sit amet",
            "{lorem}",
            "if (a == b) {\n  return c;\n}\n",
            "see http://example.org for more",
        ] {
            assert!(!is_structured(text.as_bytes()), "{text}");
        }
    }
}
