//! Logins in addresses.

use super::{Line, is_opaque, until};
use crate::lexicon::host::{colon, login};

/// What ends an address in a line of anything.
const ENDS: &[char] = &[' ', '\t', '"', '\'', '`', '<', '>', '|'];

impl Line<'_, '_> {
    /// `scheme://user:password@host`, `scheme://token@host`. Signs inside `${…}` belong to variables.
    pub(super) fn addresses(&mut self) {
        let line = self.content;
        for (at, mark) in line.match_indices("://") {
            let rest = until(&line[at + mark.len()..], ENDS);
            let Some(login) = login(rest) else {
                continue;
            };
            match colon(login) {
                Some(colon) => self.take(&login[colon + 1..]),
                None if is_opaque(login) => self.take(login),
                None => {}
            }
        }
    }
}
