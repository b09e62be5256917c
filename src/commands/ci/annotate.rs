//! Reports a runner of GitHub's what to mask in its log, and what to take for nothing but text.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::redact::{Shown, is_worth_searching};
use crate::scan::redaction::is_worth_masking;

/// Commands that mask what was found in the whole log of the job, line by line, as the runner masks. A word or a short
/// value is not: the log would be unreadable, and the mask would only state what it is.
pub(super) fn masks(findings: &[Shown]) -> String {
    let mut values = BTreeSet::new();
    for finding in findings {
        let secret = finding.secret.as_ref();
        let Some(secret) = secret.filter(|secret| is_worth_masking(finding, secret)) else {
            continue;
        };
        let text = String::from_utf8_lossy(secret.reveal()).into_owned();
        // The frame of a key in PEM is no secret, and is in many logs.
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("-----"));
        let lines = lines.filter(|line| is_worth_searching(line.as_bytes()));
        values.extend(lines.map(data));
    }
    let commands = values.iter().map(|value| format!("::add-mask::{value}\n"));
    commands.collect::<Vec<_>>().concat()
}

/// Lets the runner take `text` for nothing but text: what was scanned is in it, and could hold commands.
pub(super) fn inert(text: &str) -> String {
    let state = RandomState::new();
    let token = format!(
        "{:016x}{:016x}",
        state.hash_one(1),
        RandomState::new().hash_one(2)
    );
    format!("::stop-commands::{token}\n{text}\n::{token}::\n")
}

/// A secret as the value of a command, byte for byte.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_as_it_stands() {
        assert_eq!(data("a\r\n%"), "a%0D%0A%25");
    }
}
