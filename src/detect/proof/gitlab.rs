//! GitLab's routable tokens: a payload that shows where the token belongs, its length, and a CRC-32.

use super::Outcome;
use super::encoding::{BASE36, ascii, base64, fact, in_alphabet, split_tail};
use crate::model::Fact;

/// The checksum: seven digits in base 36.
const WIDTH: usize = 7;

/// The payload's length in base 36, just before the checksum.
const LENGTH_WIDTH: usize = 2;

/// The names of the payload's keys in reports; the values are ids in base 36.
const KEYS: &[(&str, &str)] = &[
    ("c", "cell"),
    ("g", "group"),
    ("o", "organization"),
    ("p", "project"),
    ("u", "user"),
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some((text, (body, crc))) =
        ascii(secret).and_then(|text| Some((text, split_tail(text, WIDTH)?)))
    else {
        return Outcome::Disproved;
    };
    if in_alphabet(crc32fast::hash(body.as_bytes()), BASE36, WIDTH) == crc {
        Outcome::Proven(facts(text).unwrap_or_default())
    } else {
        Outcome::Disproved
    }
}

/// Adds the checksum, which covers everything before it, including the prefix.
pub(super) fn complete(body: &str) -> Option<String> {
    (body.is_ascii() && body.contains('.'))
        .then(|| body.to_owned() + &in_alphabet(crc32fast::hash(body.as_bytes()), BASE36, WIDTH))
}

/// Reads the payload: random bytes, lines of `key:value`, and the length of those lines in the last byte.
fn facts(token: &str) -> Option<Vec<Fact>> {
    let (head, rest) = token.split_once('.')?;
    let length = rest.rsplit('.').next()?.get(..LENGTH_WIDTH)?;
    let length = usize::from_str_radix(length, 36).ok()?;
    let payload = base64(split_tail(head, length)?.1.as_bytes())?;
    let (&size, payload) = payload.split_last()?;
    let lines = payload.get(payload.len().checked_sub(size.into())?..)?;
    let lines = std::str::from_utf8(lines).ok()?;
    Some(lines.lines().filter_map(routing_fact).collect())
}

fn routing_fact(line: &str) -> Option<Fact> {
    let (key, value) = line.split_once(':')?;
    let &(_, name) = KEYS.iter().find(|(known, _)| *known == key)?;
    let id = u64::from_str_radix(value, 36).ok()?;
    Some(fact(name, &id.to_string()))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn the_payload_tells_where_the_token_belongs() {
        let mut payload = vec![0x5a; 16];
        payload.extend(b"o:1\nu:1z");
        payload.push(8);
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let body = format!("glpat-{payload}.01.{}", in_alphabet(34, BASE36, 2));
        assert_eq!(payload.len(), 34);
        let token = complete(&body).expect("the body has a payload");
        let expected = vec![fact("organization", "1"), fact("user", "71")];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
    }
}
