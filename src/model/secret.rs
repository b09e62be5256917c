//! The bytes of a credential, wrapped so that they cannot be printed by accident.

use std::fmt;

/// What replaces a secret wherever one would be shown.
///
/// Its width is fixed, so that it does not show the secret's length.
pub const MASK: &str = "********";

/// A credential's bytes. `Debug` and `Display` print [`MASK`]; only [`Secret::reveal`] returns the bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Wraps `bytes`.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes themselves. Call it to compare, hash or verify them, and to print them only if the user
    /// asked for it.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({MASK})")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_display_shows_the_bytes() {
        let secret = Secret::new(*b"hunter2");
        assert_eq!(
            format!("{secret} {secret:?}"),
            format!("{MASK} Secret({MASK})")
        );
        assert_eq!(secret.reveal(), b"hunter2");
    }
}
