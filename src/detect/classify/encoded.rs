//! Words in base64, which are as easy to guess as in plain text.

use base64::Engine;

use super::fallback;
use super::value::Judgement;
use crate::detect::assignment::Syntax;
use crate::lexicon::{placeholder, value};
use crate::model::Confidence;

/// Judges a value whose name says that it is in base64; `None` unless it decodes to something that anyone can guess.
pub(super) fn judge_encoded(name: &str, value: &str, syntax: Syntax) -> Option<Judgement> {
    let ends = ["base64", "b64"].iter().any(|end| {
        let start = name.len().checked_sub(end.len()).filter(|start| *start > 0);
        let own = start.and_then(|start| name.as_bytes().get(start..));
        own.is_some_and(|own| own.eq_ignore_ascii_case(end.as_bytes()))
    });
    if !ends || syntax.is_loose() {
        return None;
    }
    let text = base64_text(value)?;
    fallback::is_guessable(&text).then_some(Judgement {
        rule: "placeholder/default-word",
        confidence: Confidence::High,
    })
}

/// Decodes a value in base64, if it is a placeholder or a word that everyone tries first.
pub(super) fn encoded_word(value: &str) -> Option<String> {
    let text = base64_text(value)?;
    let is_known = placeholder::classify(&text).is_some() || value::weak(&text);
    is_known.then_some(text)
}

/// Decodes a short value in base64, if it is printable ASCII.
fn base64_text(value: &str) -> Option<String> {
    const LONGEST: usize = 64;
    if !(8..=LONGEST).contains(&value.len()) || !value.len().is_multiple_of(4) {
        return None;
    }
    let decoded = base64::prelude::BASE64_STANDARD.decode(value).ok()?;
    let text = std::str::from_utf8(&decoded)
        .ok()?
        .trim_end_matches(['\r', '\n']);
    let is_text = text.len() >= 3 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_text.then(|| text.to_owned())
}
