//! What may be between a name and its value in a declaration: a type, accessors, the head of a function that returns
//! the value.

use super::GAP_LIMIT;

/// How far the head of a function or property is read, in bytes.
const HEAD: usize = 120;
/// How many words and signs the head may have.
const TOKENS: usize = 14;

/// Returns where the `=` is that follows a type after a name that ends at `at`:
/// `password string = `, `password[33] = `, `password <const> = `.
pub(in crate::detect) fn sign_behind_type(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..text.len().min(at + 2 * GAP_LIMIT)];
    // A bracket that closes an index is not part of a type.
    if matches!(rest.first()?, b']' | b'>' | b'.' | b'?') {
        return None;
    }
    let is_type = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'.' | b'*' | b'&' | b'[' | b']' | b'<' | b'>' | b'?' | b' '
            )
    };
    let length = rest.iter().take_while(|byte| is_type(byte)).count();
    let words = rest[..length].split(|byte| *byte == b' ');
    let words = words.filter(|word| !word.is_empty()).count();
    let is_sign = rest.get(length) == Some(&b'=')
        && !matches!(rest.get(length + 1), Some(b'=' | b'>' | b'~'));
    let value = rest.get(length + 1..)?.trim_ascii_start();
    let is_value = matches!(value.first(), Some(b'"' | b'\'' | b'`' | b'{' | b'['))
        || matches!(value, [_, b'"', ..]);
    ((1..=2).contains(&words) && is_sign && is_value).then_some(at + length)
}

/// How many words a type may have, with those that make it constant or give it a default.
const WORDS: usize = 4;

/// Returns where the string begins that is assigned after a type with a size, or a capitalised one:
/// `VARCHAR2(64) := '…'`, `NVARCHAR(64) DEFAULT N'…'`, `String @default("…")`, `db '…'`.
pub(in crate::detect) fn string_behind_type(behind: &[u8]) -> Option<usize> {
    const SIGNS: [&[u8]; 7] = [
        b":= ",
        b"= ",
        b"DEFAULT ",
        b"default ",
        b"@default(",
        b"db ",
        b"DB ",
    ];
    let text = &behind[..behind.len().min(2 * GAP_LIMIT)];
    let mut at = 0;
    for word in 0..=WORDS {
        let rest = text.get(at..)?.trim_ascii_start();
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(sign)) {
            let value = &rest[sign.len()..];
            let value = value.strip_prefix(b"N").unwrap_or(value);
            let is_string = matches!(value.first(), Some(b'"' | b'\''));
            let is_declared = is_string && (word > 0 || sign[1].eq_ignore_ascii_case(&b'b'));
            return is_declared.then_some(text.len() - value.len());
        }
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take_while(is_word).count();
        let size = &rest[length..];
        let is_sized = size.first() == Some(&b'(');
        if length == 0 || !is_sized && !rest[0].is_ascii_uppercase() {
            return None;
        }
        let size = if is_sized {
            memchr::memchr(b')', &size[..size.len().min(12)])? + 1
        } else {
            0
        };
        at = text.len() - rest.len() + length + size;
        if text.get(at) != Some(&b' ') {
            return None;
        }
    }
    None
}

/// Returns where the initial value of a state begins, if it is a string: `[password, setPassword] = useState("…")`;
/// `at` is where the name ends.
pub(in crate::detect) fn initial_state(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..text.len().min(at + HEAD)];
    let sign = memchr::memmem::find(rest, b"] = ")?;
    let call = &rest[sign + 4..];
    let is_function = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.<>$".contains(byte);
    let length = call.iter().take_while(is_function).count();
    matches!(call.get(length..)?, [b'(', b'"' | b'\'' | b'`', ..]).then_some(at + sign + 5 + length)
}

/// Returns where the string begins that a function or property returns, whose name ends at `at`:
/// `password() { return "…" }`, `Password { get; set; } = "…"`.
pub(in crate::detect) fn returned(text: &[u8], mut at: usize) -> Option<usize> {
    let end = text.len().min(at + HEAD);
    let (mut declares, mut opens) = (false, false);
    for _ in 0..TOKENS {
        while at < end && text[at].is_ascii_whitespace() {
            at += 1;
        }
        let rest = text.get(at..end)?;
        at += match rest {
            [b'"' | b'\'' | b'`', ..] => return (declares && opens).then_some(at),
            [b'(', b')', ..] => {
                declares = true;
                2
            }
            [b'=', b'=', ..] => return None,
            [b'-' | b'=', b'>', ..] => {
                opens |= rest[0] == b'=';
                2
            }
            [b'{' | b'=', ..] => {
                opens = true;
                1
            }
            [b':' | b'?' | b';' | b'}', ..] => 1,
            _ => {
                let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
                let length = word.count();
                match &rest[..length] {
                    b"get" => declares = true,
                    b"default" => opens = true,
                    b"set" | b"init" | b"return" | b"string" | b"String" | b"str" => {}
                    _ => return None,
                }
                length
            }
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_precede_the_sign() {
        for text in [
            r#" string = "x""#,
            r#"[] = "x""#,
            r#"[33] PROGMEM = "x""#,
            r#" <const> = "x""#,
            r#" []byte = "x""#,
        ] {
            let sign = text.find('=');
            assert_eq!(sign_behind_type(text.as_bytes(), 0), sign, "{text}");
        }
        for text in [
            "] = \"x\"",
            " is what one = \"x\"",
            " like == \"x\"",
            " string = x",
            " = \"x\"",
        ] {
            assert_eq!(sign_behind_type(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn functions_and_properties_return() {
        for text in [
            r#"() { return "x"; }"#,
            r#"() string { return "x" }"#,
            r#" { get; set; } = "x";"#,
            r#" { get { return "x"; } }"#,
            r#"() => "x""#,
            r#"() default "x""#,
            r#"() = "x""#,
        ] {
            let at = text.find('"');
            assert_eq!(returned(text.as_bytes(), 0), at, "{text}");
        }
        for text in [
            " { return \"x\" }",
            "() == \"x\"",
            "() { log(\"x\") }",
            "(\"x\")",
        ] {
            assert_eq!(returned(text.as_bytes(), 0), None, "{text}");
        }
    }
}
