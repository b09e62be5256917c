//! `&amp;`, `&#47;`, `&#x2f;`, as in HTML and XML.

/// Entities of the characters that must not be written as they are.
const NAMED: [(&[u8], char); 5] = [
    (b"&amp;", '&'),
    (b"&lt;", '<'),
    (b"&gt;", '>'),
    (b"&quot;", '"'),
    (b"&apos;", '\''),
];

/// The most digits in a number.
const DIGITS: usize = 7;

/// Returns the character of the entity that `text` begins with, and the length of the entity.
pub(super) fn entity(text: &[u8]) -> Option<(Option<char>, usize)> {
    if let Some((name, character)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((Some(*character), name.len()));
    }
    let (digits, base, start) = match text {
        [b'&', b'#', b'x' | b'X', digits @ ..] => (digits, 16, 3),
        [b'&', b'#', digits @ ..] => (digits, 10, 2),
        _ => return None,
    };
    let length = digits
        .iter()
        .take(DIGITS + 1)
        .position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(&digits[..length]).ok()?;
    let character = u32::from_str_radix(digits, base)
        .ok()
        .and_then(char::from_u32)?;
    Some((Some(character), start + length + 1))
}
