//! Flags of a match: what is known of it before its path is, as bits of one number.

/// Flag of a match: it is in a very long line.
pub(in crate::detect) const IN_LONG_LINE: u64 = 1;

/// Flag of a match: something beside it says that it is not a real credential.
pub(in crate::detect) const DISCLAIMED: u64 = 2;

/// Flag of a match: it is a table cell, named by its column or by the cell before it. Values there are written as in
/// settings.
pub(in crate::detect) const IN_TABLE: u64 = 4;

/// Flag of a match: it is the password of a service on the machine itself. Outside shipped files, such a password was
/// made for the moment.
pub(in crate::detect) const ON_LOOPBACK: u64 = 8;

/// Flag of a match: its name is that of a setting and `=` follows: `DB_PASSWORD=…`, `db.password=…`. Prose has no
/// words like that.
pub(in crate::detect) const AS_SETTING: u64 = 16;

/// Flag of a match: it is in a multi-line string, where a bare word is not a variable.
pub(in crate::detect) const IN_RAW_STRING: u64 = 32;

/// Flag of a match: it is a token in a server's response, next to its expiry. In a program that is a sample response.
pub(in crate::detect) const IN_ANSWER: u64 = 64;

/// Flag of a match: it is the default in a braced reference, which within a program is text of another language:
/// `${DB_PASSWORD:-…}`.
pub(in crate::detect) const IN_BRACES: u64 = 128;

/// Flag of a match: it is in an HTML page, whatever the file is called.
pub(in crate::detect) const IN_PAGE: u64 = 1 << 15;

/// Flag of a match: it is a key that is sent to browsers.
pub(in crate::detect) const GIVEN_TO_BROWSERS: u64 = 1 << 16;

/// Flag of a match: a schema or an annotation gives it as an example.
pub(in crate::detect) const AS_EXAMPLE: u64 = 1 << 17;

/// Flag of a match: it is in a comment, and either was for the machine itself or was written there by a generator.
pub(in crate::detect) const OUT_OF_USE: u64 = 1 << 18;
