//! Determines what a value in the slot of a credential is, when it is not a secret: a reference to one, a setting that
//! only shares its name with credentials, or a word that everyone tries first.
//!
//! The three questions are independent, and so is [`super::placeholder::classify`]: `%X%` is a reference to some and a
//! placeholder to others. Ask for references first.

mod encrypted;
mod naming;
mod public;
mod reference;
mod sample;
mod setting;
mod surprise;
mod weak;

pub use encrypted::is_encrypted;
pub use naming::{is_variable_name, names_something};
pub use public::is_public;
pub use reference::{default_literal, is_reference};
pub use sample::is_sample;
pub use setting::is_not_a_credential;
pub use surprise::{is_random, is_wordy};
pub use weak::{chosen, weak};

/// Whether `value`, which is given to `name`, opens nothing by itself: it says where the credential is, is encrypted, is
/// meant to be known, or names something else.
pub fn opens_nothing(name: &str, value: &str) -> bool {
    is_reference(value)
        || is_encrypted(value)
        || is_public(name, value)
        || names_something(name, value)
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote: char| {
        value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    };
    inner('"').or_else(|| inner('\'')).unwrap_or(value).trim()
}

/// Whether `text` could be the name of a variable.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
