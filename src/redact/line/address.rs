//! Logins in addresses.

use super::{Line, is_opaque, until};
use crate::lexicon::host::{colon, is_of_database, login};

/// What ends an address in a line of anything.
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
            // Where a password of a database has an `@` and a slash, the first may be thought to end it, and does not for all.
            // An address of a database has no fragment: what is behind a `#` goes on with a password, of which the end is cut.
            if is_of_database(&line[..at]) {
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
