//! Values in the slot of a credential that another party issues, of which no word can be one.

use super::{Placeholder, classify};
use crate::lexicon::name::CredentialName;
use crate::lexicon::value;

/// Returns the class of a value in the slot `name` for a credential of `kind`: what [`classify`] returns, and a word where only
/// another party could have given a key. Passwords, and keys of one's own, work whatever they are.
pub fn in_slot(kind: CredentialName, name: &str, value: &str) -> Option<Placeholder> {
    /// No private key is shorter, however it is written.
    const SHORTEST: usize = 32;
    let text = value.trim();
    let is_word = match kind {
        CredentialName::PrivateKey => {
            let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            text.len() < SHORTEST && text.bytes().all(is_of_word) && !value::is_random(text)
        }
        CredentialName::ApiKey | CredentialName::AccessKey => {
            ends_name(name, text) || value::spells_words(name, text)
        }
        _ => false,
    };
    classify(value).or(is_word.then_some(Placeholder::Word))
}

/// Whether a value is only what its name is, or ends in: `AWS_SECRET_ACCESS_KEY=SECRETACCESSKEY`.
fn ends_name(name: &str, value: &str) -> bool {
    const SHORTEST: usize = 6;
    let flat = |text: &str| {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        letters
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let own = flat(value);
    own.len() >= SHORTEST && value.bytes().all(is_of_name) && flat(name).ends_with(&own)
}
