//! A repository that says of itself that it is archived, or no longer what runs in production.

use super::View;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::name;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::{heading, lines};

/// What a repository says of itself.
static SENTENCE: Pattern = Pattern::new(
    r"(?i)\b(?:this|the)\s+(?:\w+\s+)?(?:repo|repository|project|playbook|playbooks|codebase|code|software|service|application|app|chart|module|package|infrastructure)\s+(?:\w+\s+)?(?:is|are|was|were|has been|have been)\s+(?:now\s+|been\s+|currently\s+|officially\s+)?(?:archived|deprecated|retired|decommissioned|discontinued|unmaintained|abandoned|obsolete|superseded\b|not maintained|not (?:actively )?(?:used|maintained)|no longer (?:actively )?(?:maintained|used|in use|supported|developed|active|deployed))|\bno longer (?:used|deployed|in use|runs?|running)\s+(?:in|for|on|by)?\s*production\b|\bproduction (?:no longer|does not|doesn.t) uses?\b|\bthis (?:repository|project) has (?:been )?moved to\b",
);
static HEADING: Pattern = Pattern::new(
    r"(?i)^[^\w]*(?:\d{4}-\d\d-\d\d[\s:,-]*)?(?:this (?:repository|project) is )?(?:archived|deprecated|unmaintained|discontinued|retired|decommissioned|no longer maintained|end of life)(?:\s*[:.!(,\u{2014}-]|\s*$)",
);

/// How many lines at the top say what a repository is.
const TOP: usize = 60;

/// Notes what the README at the top says.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for document in &view.documents {
        let file = &view.corpus.files[document.file];
        let is_readme =
            !file.path.contains('/') && name(&file.path).to_ascii_lowercase().starts_with("readme");
        let Some(line) = is_readme.then(|| said_at(document.text)).flatten() else {
            continue;
        };
        let says = "the repository says of itself that it is archived, or no longer in use";
        ledger.notice(view.corpus.line(document.file, line), says);
    }
}

/// The line at which a README says so: in a heading, or in a sentence, which may go on in the next line.
fn said_at(text: &str) -> Option<u32> {
    let mut before = "";
    let mut is_code = false;
    for (number, line) in lines(text).take(TOP) {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let is_heading = heading(line).is_some_and(|it| HEADING.is_in(it));
        let plain = |text: &str| {
            text.replace(['*', '_', '`', '>'], " ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let own = plain(line);
        if is_heading || SENTENCE.is_in(&own) {
            return Some(number);
        }
        if !before.is_empty() && SENTENCE.is_in(&format!("{} {own}", plain(before))) {
            return Some(number - 1);
        }
        before = line;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_says_that_nothing_runs_by_it() {
        for (text, expected) in [
            ("# App\n\n# 2025-06-07 Archived\n", Some(3)),
            (
                "# App\n\nThis repository is no longer\nmaintained.\n",
                Some(3),
            ),
            ("> **This project has been archived.**\n", Some(1)),
            ("We moved; production no longer uses it.\n", Some(1)),
            ("## Deprecated\n", Some(1)),
            ("# App\n\nThis project is used in production.\n", None),
            (
                "## Archived messages\n\nThe app keeps archived messages.\n",
                None,
            ),
            ("The API of version 1 is deprecated.\n", None),
            ("```\nthis project is archived\n```\n", None),
        ] {
            assert_eq!(said_at(text), expected, "{text}");
        }
    }
}
