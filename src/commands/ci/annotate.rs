//! Commands for GitHub's runner: which values to mask in its log, and which text to print without interpreting it.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::redact::{Shown, is_worth_searching};
use crate::scan::redaction::is_worth_masking;

/// Returns the commands that mask every secret found in the job's whole log, line by line, which is how the runner
/// masks. Words and short values are left out: masking them would make the log unreadable and only give them away.
pub(super) fn masks(findings: &[Shown]) -> String {
    let mut values = BTreeSet::new();
    for finding in findings {
        let secret = finding.secret.as_ref();
        let Some(secret) = secret.filter(|secret| is_worth_masking(finding, secret)) else {
            continue;
        };
        let text = String::from_utf8_lossy(secret.reveal()).into_owned();
        // The delimiter lines of a PEM key are not secret and occur in many logs.
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

/// Stops the runner from interpreting `text`, which includes scanned content and could contain commands.
pub(super) fn inert(text: &str) -> String {
    let state = RandomState::new();
    let token = format!(
        "{:016x}{:016x}",
        state.hash_one(1),
        RandomState::new().hash_one(2)
    );
    format!("::stop-commands::{token}\n{text}\n::{token}::\n")
}

/// Escapes a secret for use as the value of a command, so that the runner gets it back byte for byte.
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
