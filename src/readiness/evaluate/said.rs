//! What documents merely say. A claim never counts for more than *said*.

use aho_corasick::{AhoCorasick, MatchKind};

use super::View;
use super::meaning::{is_denied, means_it};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::prose::{heading, lines};

/// The most places that are kept for an item.
const MOST: usize = 2;

/// The most places in one document that are considered for an item.
const TRIES: usize = 20;

/// Phrases with which a document says that something is not done.
const DENIALS: &[&str] = &[
    "needs implementation",
    "not implemented",
    "not yet implemented",
    "needs completion",
    "needs documentation",
    "not configured",
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let items = view.standard.items.iter().filter(|item| item.counts());
    let words: Vec<(&str, &str)> = items
        .flat_map(|item| {
            item.words
                .iter()
                .map(|word| (item.id.as_str(), word.as_str()))
        })
        .collect();
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(words.iter().map(|(_, word)| *word));
    let Ok(finder) = finder else {
        return;
    };
    let mut counts = std::collections::BTreeMap::new();
    let documents = view.documents.iter();
    for document in documents.filter(|it| is_of_operations(view, it)) {
        let mut tried = std::collections::BTreeMap::new();
        for found in finder.find_overlapping_iter(document.text) {
            let (item, word) = words[found.pattern().as_usize()];
            let count = counts.entry(item).or_insert(0_usize);
            let range = found.start()..found.end();
            let tries = tried.entry(item).or_insert(0_usize);
            if *count >= MOST || *tries >= TRIES || !is_whole(document.text, range.clone()) {
                continue;
            }
            *tries += 1;
            if is_in_address(document.text, range.clone())
                || is_part_of_name(document.text, range.clone())
                || is_denied(document.text, range.clone())
                || !means_it(item, document.text, range)
            {
                continue;
            }
            *count += 1;
            let place = view.corpus.place(document.file, found.start());
            ledger.add(
                item,
                Grade::Said,
                place,
                format!("a document says `{word}`"),
            );
        }
    }
    for document in &view.documents {
        admissions(view, document, ledger);
    }
}

/// Whether a word is part of a URL or of the target of a link, which claims nothing.
fn is_in_address(text: &str, found: std::ops::Range<usize>) -> bool {
    const MOST_BYTES: usize = 200;
    if text[found.end..].starts_with("://") {
        return true;
    }
    let mut first = found.start.saturating_sub(MOST_BYTES);
    while !text.is_char_boundary(first) {
        first += 1;
    }
    let before = &text[first..found.start];
    let start = before.rfind(|c: char| c.is_whitespace() || matches!(c, '<' | '(' | '`' | '"'));
    let token = &before[start.map_or(0, |at| at + 1)..];
    token.contains("://")
        || token.starts_with("www.")
        || start.is_some_and(|at| before[..=at].ends_with("]("))
}

/// Whether a word is part of a command option, an assignment or a file name, none of which claims anything. Table cells
/// and two words joined by a slash are ordinary words.
fn is_part_of_name(text: &str, found: std::ops::Range<usize>) -> bool {
    const MOST_BYTES: usize = 80;
    let is_end = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '`' | '"' | '\'' | '(' | ')' | '[' | ']' | '|' | ',' | '<'
            )
    };
    let mut first = found.start.saturating_sub(MOST_BYTES);
    while !text.is_char_boundary(first) {
        first += 1;
    }
    let mut last = (found.end + MOST_BYTES).min(text.len());
    while !text.is_char_boundary(last) {
        last -= 1;
    }
    let before = &text[first..found.start];
    let before = &before[before.rfind(is_end).map_or(0, |at| at + 1)..];
    let after = &text[found.end..last];
    let after = &after[..after.find(is_end).unwrap_or(after.len())];
    let is_option = before.starts_with('-') && before.len() < 24;
    let is_assignment = before.contains(['=', '$']) || after.contains('=');
    // A dot followed by a letter starts a file extension; the dot at the end of a sentence is not followed by one.
    let ends = after.strip_prefix('.').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.len() <= 5
    });
    let is_path = before.ends_with(['/', '.', '@', '\\'])
        && (before.contains(['.', '_'])
            || before.starts_with(['/', '~', '@'])
            || before.matches('/').count() > 1);
    is_option || is_assignment || ends || is_path
}

/// Words in the paths and headings of documents about how a system is operated.
const OF_OPERATIONS: &[&str] = &[
    "admin",
    "architecture",
    "backup",
    "checklist",
    "deploy",
    "disaster",
    "hosting",
    "incident",
    "infra",
    "install",
    "launch",
    "monitoring",
    "operat",
    "production",
    "readiness",
    "recovery",
    "runbook",
    "scal",
    "secur",
    "self-host",
    "server",
    "setup",
    "sla",
    "slo",
];

/// Whether a document is about how the system is operated, and not a manual for its users.
fn is_of_operations(view: &View<'_>, document: &super::Document<'_>) -> bool {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    // Lists that a program reads often end in `.txt` as well.
    if path.ends_with(".txt") && path.contains('/') && !path.starts_with("doc") {
        return false;
    }
    // Hidden folders hold instructions for coding assistants, which say nothing about the system.
    let mut folders = path.split('/').rev().skip(1);
    if folders.any(|it| it.starts_with('.') && it != ".github") {
        return false;
    }
    !path.contains('/')
        || path.starts_with("docs/") && path.matches('/').count() == 1
        || path.starts_with("infra")
        || OF_OPERATIONS.iter().any(|word| path.contains(word))
}

fn is_whole(text: &str, found: std::ops::Range<usize>) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text[..found.start].chars().next_back();
    let after = text[found.end..].chars().next();
    let begins = text[found.clone()]
        .chars()
        .next()
        .is_some_and(char::is_alphanumeric);
    // A path must begin at its slash: `Rails/Metrics` is a different word.
    let is_path = text[found.clone()].starts_with('/');
    let is_of_word = is_path && before.is_some_and(char::is_alphabetic);
    (!begins || !is_part(before)) && !is_part(after) && !is_of_word
}

/// Items that a project's own readiness document can admit to be missing, each with words for it.
const ADMITTED: &[(&str, &[&str])] = &[
    ("C7", &["backup"]),
    ("K2", &["load test"]),
    ("E3", &["certificate"]),
    ("I8", &["alert"]),
    ("N3", &["incident"]),
    ("J7", &["rollback"]),
    ("L9", &["disaster recovery test", "recovery test"]),
];

/// Refutes items that a document about readiness itself says are missing.
fn admissions(view: &View<'_>, document: &super::Document<'_>, ledger: &mut Ledger) {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let is_assessment = [
        "readiness",
        "go-live",
        "golive",
        "production_checklist",
        "production-checklist",
        "launch",
    ]
    .iter()
    .any(|word| path.contains(word));
    if !is_assessment {
        return;
    }
    let mut section = String::new();
    for (number, line) in lines(document.text) {
        let lower = line.to_ascii_lowercase();
        let is_heading = heading(line).is_some();
        if is_heading && !DENIALS.iter().any(|word| lower.contains(word)) {
            section.clone_from(&lower);
        }
        let is_denied = lower.contains('❌')
            || DENIALS.iter().any(|word| lower.contains(word))
            || (lower.contains("no automated") && lower.contains("implemented"));
        if !is_denied {
            continue;
        }
        let own = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let above = |words: &[&str]| is_heading && words.iter().any(|word| section.contains(word));
        for (item, words) in ADMITTED {
            if (own(words) || above(words)) && !ledger.reaches(item, Grade::SetUp) {
                let place = view.corpus.line(document.file, number);
                ledger.refute(
                    item,
                    place,
                    "the project's own assessment says that it is not done",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_names_of_files_are_no_words() {
        for (text, word, expected) in [
            ("run curl -sSL it", "sSL", true),
            ("cf login --sso", "sso", true),
            ("psql < backup.sql", "backup", true),
            ("see config/tls.yml", "tls", true),
            ("SSL=true", "SSL", true),
            ("a TLS/SSL certificate", "SSL", false),
            ("by CI/CD.", "CI/CD", false),
            ("We make a backup.", "backup", false),
            ("We make a backup. It is kept", "backup", false),
            ("- backup", "backup", false),
            ("|backup|", "backup", false),
            ("off-site backup", "backup", false),
        ] {
            let at = text.find(word).unwrap();
            assert_eq!(
                is_part_of_name(text, at..at + word.len()),
                expected,
                "{text}"
            );
        }
    }
}
