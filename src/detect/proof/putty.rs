//! `PuTTY`'s private keys: lines of names and values, and two blocks of base64, each preceded by its number of lines.

use super::Outcome;
use super::encoding::{ascii, base64, fact};

const HEADER: &str = "PuTTY-User-Key-File-";

pub(super) fn check(secret: &[u8]) -> Outcome {
    let facts = ascii(secret).and_then(|text| {
        let kind = value(text, HEADER)?.split_once(':')?.1.trim();
        let encryption = value(text, "Encryption:")?;
        let private = block(text, "Private-Lines:")?;
        block(text, "Public-Lines:")?;
        let encrypted = if encryption == "none" { "no" } else { "yes" };
        (private.len() >= 20).then(|| vec![fact("kind", kind), fact("encrypted", encrypted)])
    });
    facts.map_or(Outcome::Disproved, Outcome::Proven)
}

/// Returns the text after `name` on its line.
fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.trim().strip_prefix(name))
        .map(str::trim)
}

/// Returns the bytes of the block that the line with `name` introduces.
fn block(text: &str, name: &str) -> Option<Vec<u8>> {
    let count: usize = value(text, name)?.parse().ok()?;
    let lines = text
        .lines()
        .skip_while(|line| !line.trim().starts_with(name));
    let digits: Vec<&str> = lines.skip(1).take(count).map(str::trim).collect();
    (digits.len() == count).then(|| base64(digits.concat().as_bytes()))?
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn a_key_tells_its_kind_and_whether_it_is_encrypted() {
        let digits = to_base64(&[0x5a; 36]);
        let key = format!(
            "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: a\r\nPublic-Lines: 1\r\n{digits}\r\n\
             Private-Lines: 2\r\n{digits}\r\n{digits}\r\nPrivate-MAC: 00"
        );
        let expected = |encrypted| {
            Outcome::Proven(vec![
                fact("kind", "ssh-ed25519"),
                fact("encrypted", encrypted),
            ])
        };
        assert_eq!(check(key.as_bytes()), expected("no"));
        assert_eq!(
            check(key.replace("none", "aes256-cbc").as_bytes()),
            expected("yes")
        );
        assert_eq!(
            check(key.replace("Lines: 2", "Lines: 20").as_bytes()),
            Outcome::Disproved
        );
        assert_eq!(
            check(key.replace(&digits, "...").as_bytes()),
            Outcome::Disproved
        );
    }
}
