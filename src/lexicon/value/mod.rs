//! Determines what a value in the slot of a credential is if it is not a secret: a reference to one, a setting whose
//! name merely resembles one, or a word that everyone tries first.
//!
//! The three questions are independent, also of [`super::placeholder::classify`]: `%X%` is a reference to some programs
//! and a placeholder to others. Ask for references first.

mod client;
mod code_path;
mod color;
mod denial;
mod encrypted;
mod entry;
mod mash;
mod member;
mod naming;
mod package;
mod public;
mod published;
mod reference;
mod resource;
mod sample;
mod setting;
mod spelled;
mod structure;
mod surprise;
mod validation;
mod version;
mod weak;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use denial::denies_itself;
pub use encrypted::is_encrypted;
pub use entry::{is_called_by_words, names_an_entry};
pub use mash::is_mashed;
pub use member::{is_bare_member, is_member_of_type};
pub use naming::{is_to_come, is_variable_name, names_something};
pub use public::{is_public, is_shown_in_browsers};
pub use published::published_by;
pub use reference::{default_literal, is_reference};
pub use resource::is_scope;
pub use sample::{is_of_documentation, is_of_test_mode, is_sample};
pub use setting::is_not_a_credential;
pub use spelled::spells_words;
pub use surprise::{is_random, is_wordy};
pub use weak::{chosen, is_tried_first, weak};

/// Returns whether `value`, the value of `name`, opens nothing by itself: it refers to the credential, is encrypted, is
/// public, names something else, or says that it is none.
pub fn opens_nothing(name: &str, value: &str) -> bool {
    is_reference(value)
        || is_encrypted(value)
        || is_public(name, value)
        || names_something(name, value)
        || package::names_a_package(name, value)
        || resource::names_a_resource(name, value)
        || is_drawn(value)
        || denies_itself(value)
        || sample::is_of_documentation(value)
        || is_login_without_password(value)
        || structure::says_nothing_secret(value)
}

/// Whether `value` is a name and a colon in base64: the `auth` of a registry that has a separate token in Docker's
/// settings.
fn is_login_without_password(value: &str) -> bool {
    let value = unquoted(value);
    let may_end_in_colon = ["Og==", "o=", "6"].iter().any(|end| value.ends_with(end));
    if !may_end_in_colon || !(8..=128).contains(&value.len()) {
        return false;
    }
    let Ok(decoded) = STANDARD.decode(value) else {
        return false;
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    // A random name is a token in the place of a user name.
    std::str::from_utf8(&decoded)
        .ok()
        .and_then(|pair| pair.strip_suffix(':'))
        .is_some_and(|user| user.len() >= 3 && user.chars().all(is_part) && !is_random(user))
}

/// Whether `value` is only symbols written as escapes: emoji, signs, words in other scripts.
fn is_drawn(value: &str) -> bool {
    let value = unquoted(value);
    let is_symbol = |code: &str| {
        code.len() == 4 && u16::from_str_radix(code, 16).is_ok_and(|code| code >= 0x80)
    };
    value
        .strip_prefix("\\u")
        .is_some_and(|rest| rest.split("\\u").all(is_symbol))
}

/// Returns whether `text` contains `word`, in any ASCII case.
pub fn holds(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some((first, rest)) = word.split_first() else {
        return false;
    };
    let last = text.len().saturating_sub(rest.len());
    text[..last].iter().enumerate().any(|(at, byte)| {
        byte.eq_ignore_ascii_case(first) && text[at + 1..at + word.len()].eq_ignore_ascii_case(rest)
    })
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
