//! What is known of a match before its path is, as bits of one number.

/// Of what is known of a match: that it is in a line that goes on and on.
pub(in crate::detect) const IN_LONG_LINE: u64 = 1;

/// Of what is known of a match: that something beside it says that it is not a real credential.
pub(in crate::detect) const DISCLAIMED: u64 = 2;

/// Of what is known of a match: that it is a cell of a table, in a column that is called so. There values are written as
/// settings are.
pub(in crate::detect) const IN_TABLE: u64 = 4;

/// Of what is known of a match: that it is the password of a service on the machine itself. Where that is no part of what
/// is shipped, it was made for the moment.
pub(in crate::detect) const ON_LOOPBACK: u64 = 8;

/// Of what is known of a match: that its name is that of a setting, with `=` behind it: `DB_PASSWORD=…`, `db.password=…`. In prose no word is written so.
pub(in crate::detect) const AS_SETTING: u64 = 16;

/// Of what is known of a match: that it is in a string of several lines, where a bare word is no variable.
pub(in crate::detect) const IN_RAW_STRING: u64 = 32;

/// Of what is known of a match: that it is a token in what a server answers with, beside when it expires. In a program that
/// is a sample of an answer.
pub(in crate::detect) const IN_ANSWER: u64 = 64;

/// Of what is known of a match: that it is what a reference in braces falls back to, which within a program is text of
/// another language: `${DB_PASSWORD:-…}`.
pub(in crate::detect) const IN_BRACES: u64 = 128;

/// Of what is known of a match: that it is in a page of HTML, whatever the file is called.
pub(in crate::detect) const IN_PAGE: u64 = 1 << 15;

/// Of what is known of a match: that it is a key which browsers are given.
pub(in crate::detect) const GIVEN_TO_BROWSERS: u64 = 1 << 16;

/// Of what is known of a match: that what documentation is made from has it for an example.
pub(in crate::detect) const AS_EXAMPLE: u64 = 1 << 17;

/// Of what is known of a match: that it is in a comment, and was to run on the machine itself or is what a generator has
/// written there.
pub(in crate::detect) const OUT_OF_USE: u64 = 1 << 18;
