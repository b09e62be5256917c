//! Logins in addresses.

use super::{Line, is_opaque, until};

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

/// The text before the host. A password may have a slash that should have been escaped; a port may not.
fn login(rest: &str) -> Option<&str> {
    let end = position(rest, |byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    if let Some(at) = rest[..end].rfind('@') {
        return Some(&rest[..at]);
    }
    let colon = colon(&rest[..end])?;
    let is_port = rest[colon + 1..end]
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    if is_port {
        return None;
    }
    rest.find('@').map(|at| &rest[..at])
}

fn colon(login: &str) -> Option<usize> {
    position(login, |byte| byte == b':')
}

/// The first byte outside of braces that is one of those.
fn position(text: &str, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && is_it(byte)
    })
}
