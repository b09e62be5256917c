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
            if is_of_database(&line[..at])
                && let Some(last) = rest.rfind('@')
            {
                login = &rest[..last];
            }
            match colon(login) {
                Some(colon) => self.take(&login[colon + 1..]),
                None if is_opaque(login) => self.take(login),
                None => {}
            }
        }
    }
}
