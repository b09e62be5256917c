//! Credentials in URLs.

use super::{Line, is_opaque, until};
use crate::lexicon::host::{colon, is_of_server, login};

/// Characters that end a URL in text of any syntax.
const ENDS: &[char] = &[' ', '\t', '"', '\'', '`', '<', '>', '|'];

impl Line<'_, '_> {
    /// `scheme://user:password@host`, `scheme://token@host`. Signs inside `${…}` belong to variables.
    pub(super) fn addresses(&mut self) {
        let line = self.content;
        for (at, mark) in line.match_indices("://") {
            let rest = until(&line[at + mark.len()..], ENDS);
            let Some(mut login) = login(rest) else {
                continue;
            };
            // Parsers disagree about a database password with an `@` and a slash in it, so the login ends at the last
            // `@`. The URL of a database has no fragment: what follows a `#` belongs to a password whose end was cut
            // off.
            if is_of_server(&line[..at]) {
                let last = rest.rfind('@').unwrap_or(login.len());
                login = &rest[..last];
                if let Some((_, cut)) = rest[last..].split_once('#') {
                    self.take(cut);
                }
            }
            match colon(login) {
                Some(colon) => self.take(&login[colon + 1..]),
                None if is_opaque(login) => self.take(login),
                None => {}
            }
        }
    }
}
