//! `&amp;`, `&#47;`, `&#x2f;`, as HTML and XML have them.

/// Entities of the characters that may not are there as they are.
const NAMED: [(&[u8], char); 5] = [
    (b"&amp;", '&'),
    (b"&lt;", '<'),
    (b"&gt;", '>'),
    (b"&quot;", '"'),
    (b"&apos;", '\''),
];

/// How many digits a number has at most.
const DIGITS: usize = 7;

/// Returns the entity that `text` begins with, and its length.
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
