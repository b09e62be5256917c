//! Recognises randomly generated values in the text around a finding.
//!
//! Much that looks random is not secret, and readers need it: digests, object ids, versions of images.

use std::ops::Range;

use crate::lexicon::value::{is_random, is_reference, is_wordy};
use crate::model::is_within;

/// Shorter values are taken for names.
const SHORTEST: usize = 10;
/// The number of letters from which a value without digits can be told from a name.
const SHORTEST_OF_LETTERS: usize = 16;
/// Words before a digest.
#[rustfmt::skip]
const DIGESTS: &[&str] = &[
    "sha1", "sha224", "sha256", "sha384", "sha512", "sha", "md5", "h1", "blake2b", "blake3", "integrity", "checksum", "digest",
    "hash", "etag", "fingerprint", "commit", "revision", "rev", "ref", "sum",
];

/// Returns the parts of `text` that look randomly generated; may leave out what is within `masked`.
pub fn random_in(text: &str, masked: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut start = 0;
    for at in 0..=bytes.len() {
        if at < bytes.len() && is_of_run(bytes[at]) {
            continue;
        }
        if at - start >= SHORTEST && !is_within(&(start..padded(text, at)), masked) {
            found.extend(in_run(text, start..at));
        }
        start = at + 1;
    }
    for word in text.split(is_between) {
        let at = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        if word.len() < SHORTEST || is_within(&(at..at + word.len()), masked) {
            continue;
        }
        if !is_scattered_word(word) {
            continue;
        }
        found.push(at..at + before_host(text, at, word).len());
    }
    found
}

/// Whether `c` separates words.
fn is_between(c: char) -> bool {
    #[rustfmt::skip]
    let is_mark = matches!(
        c,
        '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '=' | ':' | '|' | '/' | '.'
    );
    is_mark || c.is_whitespace()
}

/// Returns the end of a run of base64 that ends at `end`, with its padding.
fn padded(text: &str, end: usize) -> usize {
    let padding = text.as_bytes()[end..].iter().take(2);
    end + padding.take_while(|byte| **byte == b'=').count()
}

/// Returns the part of a word in a URL that comes before the host: `password@host`.
fn before_host<'t>(text: &str, at: usize, word: &'t str) -> &'t str {
    let before = text[..at].rsplit(char::is_whitespace).next();
    if !before.is_some_and(|before| before.contains("://")) {
        return word;
    }
    let is_of_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match word.rsplit_once('@') {
        Some((login, host)) if host.bytes().all(is_of_host) => login,
        _ => word,
    }
}

/// Whether a word is a jumble of letters of both cases, digits and marks, as generated passwords are.
fn is_scattered_word(word: &str) -> bool {
    let is_mark = |byte: u8| b"!@#$%^&*?+-_~".contains(&byte);
    word.bytes().any(|byte| {
        matches!(
            byte,
            b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'?'
        )
    }) && !word.starts_with('$')
        && !word.contains("${")
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
        && is_scattered(word)
}

fn is_of_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-' | b'.' | b'~')
}

/// Returns what looks random in one run: all of it, if most of it does, or else the parts between its marks.
fn in_run(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    if is_variable(text, &run) || is_digest(text, &run) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut start = run.start;
    for at in run.start..=run.end {
        let byte = text.as_bytes().get(at).filter(|_| at < run.end);
        if byte.is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if looks_random(&text[start..at]) {
            parts.push(start..at);
        }
        start = at + 1;
    }
    let random: usize = parts.iter().map(Range::len).sum();
    let is_path = text[run.clone()].starts_with(['/', '.']) || text[run.clone()].contains("./");
    if random > 0 && !is_path && (2 * random >= run.len() || is_base64(&text[run.clone()])) {
        parts.clear();
        parts.push(run.start..padded(text, run.end));
    }
    parts
}

/// Whether the marks in a run are those of base64, which may occur anywhere in it.
fn is_base64(run: &str) -> bool {
    let is_dense = |mark: &[char]| run.matches(mark).count() * 12 <= run.len();
    run.len() >= 32
        && !run.contains(['.', '~'])
        && is_dense(&['/', '+', '-', '_'])
        && has_all_kinds(run)
}

fn has_all_kinds(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// Whether letters and digits look randomly generated.
fn looks_random(part: &str) -> bool {
    if part.len() < SHORTEST || is_row(part) {
        return false;
    }
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let letters = part.len() - digits;
    if part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        // Shorter ones are abbreviated object ids; 40 and 64 digits are whole ones, 96 and 128 longer digests.
        return digits > 0
            && letters > 0
            && part.len() >= 24
            && !matches!(part.len(), 40 | 64 | 96 | 128);
    }
    if digits == 0 {
        let is_cased = part.bytes().any(|byte| byte.is_ascii_uppercase())
            && part.bytes().any(|byte| byte.is_ascii_lowercase());
        return part.len() >= SHORTEST_OF_LETTERS
            && (is_cased || part.len() >= 20)
            && is_random(part);
    }
    letters >= 3 && (is_random(part) || is_scattered(part))
}

/// Whether most characters follow each other as in the alphabet.
fn is_row(part: &str) -> bool {
    let bytes = part.as_bytes();
    let rising = bytes
        .windows(2)
        .filter(|pair| pair[0].wrapping_add(1) == pair[1]);
    4 * rising.count() >= 3 * (bytes.len() - 1)
}

/// Whether digits and letters of both cases alternate more often than in a name.
fn is_scattered(part: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let bytes = part.as_bytes();
    let turns = bytes
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count();
    has_all_kinds(part) && 3 * turns >= part.len()
}

/// Whether the run is the name of a variable, or a reference to one.
fn is_variable(text: &str, run: &Range<usize>) -> bool {
    let before = &text[..run.start];
    let run = &text[run.clone()];
    let is_constant = run
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
        && run.contains('_');
    before.ends_with('$')
        || before.ends_with("${")
        || is_constant
        || !run.contains('/') && is_reference(run) && !has_scattered_part(run)
}

/// Whether a part of a dotted name is too random for a name: a file named after a credential looks like a reference.
fn has_scattered_part(run: &str) -> bool {
    let mut parts = run.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| part.len() >= SHORTEST_OF_LETTERS && is_scattered(part))
}

/// Whether the run is a digest or an object id, judged by its form and the text before it.
fn is_digest(text: &str, run: &Range<usize>) -> bool {
    let own = &text[run.clone()];
    if let Some((name, digest)) = own.split_once('-')
        && is_digest_word(name)
        && has_form_of_digest(digest)
    {
        return true;
    }
    let line = text[..run.start]
        .rfind(['\n', '\r'])
        .map_or(0, |end| end + 1);
    let before = &text[line..run.start];
    if before.ends_with('@') && before.contains("uses:") {
        return true;
    }
    let named = before.trim_end_matches(['"', '\'', ' ', '=', ':', '@', '(', '\t', ',', '[']);
    let is_named = before.len() - named.len() <= 4 && is_digest_word(last_word(named));
    is_named && has_form_of_digest(own)
}

fn last_word(text: &str) -> &str {
    let start = text
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(0, |at| {
            at + text[at..].chars().next().map_or(1, char::len_utf8)
        });
    &text[start..]
}

fn is_digest_word(word: &str) -> bool {
    DIGESTS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether a run is hexadecimal, or base64 of the length of a common digest.
fn has_form_of_digest(run: &str) -> bool {
    let is_hex = run.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || matches!(run.trim_end_matches('=').len(), 43 | 64 | 86)
}

/// Whether a random part of a text belongs to the name of a resource: words first, then generated pieces, short and in
/// lower case, as in `checkout-7d4b9c6f5d-x2x9q`.
pub fn is_name_of_resource(text: &str, part: &Range<usize>) -> bool {
    const LONGEST_PIECE: usize = 12;
    let is_of_name = |byte: &u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    let bytes = text.as_bytes();
    let before = bytes[..part.start].iter().rev();
    let start = part.start - before.take_while(|byte| is_of_name(byte)).count();
    let behind = bytes[part.end..].iter();
    let end = part.end + behind.take_while(|byte| is_of_name(byte)).count();
    let name = &text[start..end];
    let mut pieces = name.split(['-', '.', '_']);
    let first = pieces.next().unwrap_or_default();
    is_made_of_words(&text[part.clone()])
        || first.len() >= 2
            && first.bytes().all(|byte| byte.is_ascii_lowercase())
            && name.len() > first.len()
            && name.bytes().all(|byte| is_of_name(&byte))
            && pieces.all(|piece| piece.len() <= LONGEST_PIECE)
}

/// Whether most of a value is capitalised words: `N8nLicenseSecret`.
fn is_made_of_words(value: &str) -> bool {
    const MOST_DIGITS: usize = 3;
    const SHORTEST_WORD: usize = 3;
    let bytes = value.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mut in_words = 0;
    let mut start = 0;
    for at in 1..=bytes.len() {
        if at < bytes.len() && bytes[at].is_ascii_lowercase() {
            continue;
        }
        let word = &value[start..at];
        if word.len() >= SHORTEST_WORD
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && is_wordy(word)
        {
            in_words += word.len();
        }
        start = at;
    }
    digits <= MOST_DIGITS
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && 2 * in_words >= bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        random_in(text, &[])
            .into_iter()
            .map(|part| &text[part])
            .collect()
    }

    #[test]
    fn random_values_are_masked_whole() {
        for (text, expected) in [
            ("privileged: true # Kq9xTr0ub3LmT", "Kq9xTr0ub3LmT"),
            (
                "# 9f86d081884c7d659a2feaa0c55ad015",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
            (
                "a wJalrXUtnFEMIK7MDENGbPxRfiCYq1z2X3v4 b",
                "wJalrXUtnFEMIK7MDENGbPxRfiCYq1z2X3v4",
            ),
            (
                "x=aGVsbG8gd29ybGQsIHRoaXMgaXMgMQ==",
                "aGVsbG8gd29ybGQsIHRoaXMgaXMgMQ==",
            ),
            ("/srv/q8Zr2LkT0vXw5Ns1/data", "q8Zr2LkT0vXw5Ns1"),
            ("a # xK9!mP2$vL5@nQ8", "xK9!mP2$vL5@nQ8"),
            (
                "\"aB3+xY/9kLmN0pQrStUvWxYz123456/78+qw\"",
                "aB3+xY/9kLmN0pQrStUvWxYz123456/78+qw",
            ),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn names_of_resources_are_told_from_values() {
        let is_name = |text: &str| {
            let mut found = random_in(text, &[]).into_iter();
            found.all(|part| is_name_of_resource(text, &part))
        };
        assert!(is_name("Deployment `checkout-7d4b9c6f5d-x2x9q` has 1"));
        assert!(is_name("ConfigMap `app-config-h7k2m9t4xz8q`"));
        assert!(is_name(
            "a secret `N8nLicenseSecret` and a group `N8nQueueLogGroup2`, `N8nLogGroup`"
        ));
        assert!(is_name("Service `web` in `prod-q8zr2lkt0vxw.svc`"));
        assert!(!is_name("ConfigMap `Kq9xTr0ub3LmT`"));
        assert!(!is_name("a key `sk-wJalrXUtnFEMIK7MDENGbPxRfiCY`"));
        assert!(!is_name("a key `key-9f86d081884c7d659a2feaa0c55ad015`"));
    }

    #[test]
    fn the_host_of_an_address_stays_legible() {
        let shown = |text: &str| found(text).iter().any(|part| part.contains("@db"));
        let value = ["kJ8s7Gh2", "LqPz0Wx4"].concat();
        assert!(!shown(&format!("https://deploy:{value}@db.initech.com/x")));
        assert!(!shown(&format!("url = postgres://app:{value}@db-1:5432/x")));
        assert!(shown(&format!("pin: {value}@db7Xq")));
        assert!(shown(&format!("https://app:{value}@db7Xq.initech.com")));
    }
}
