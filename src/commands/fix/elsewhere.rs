//! Finds the values that programs in a tree contain: one that a fix removes from a compose file, and that is also
//! hard-coded in a program, must be changed in both at the same time.

use std::collections::BTreeSet;
use std::path::Path;

use aho_corasick::AhoCorasick;

use crate::audit::Source;
use crate::lexicon::path::{self, Role};
use crate::model::{Blob, Secret};
use crate::source::{Meter, Worker, WorktreeOptions, walk_worktree};

/// Larger files were not written by hand.
const MAX_BYTES: usize = 1 << 20;

/// Shorter values occur by chance.
const SHORTEST: usize = 3;

/// How programs write a password or a key: in a URL, or after its name.
const FORMS: [(&str, &str); 11] = [
    (":", "@"),
    ("assword=", ";"),
    ("assword=", " "),
    ("assword=\"", "\""),
    ("assword = \"", "\""),
    ("assword: \"", "\""),
    ("assword: '", "'"),
    ("ey\": \"", "\""),
    ("ey: \"", "\""),
    ("ey = \"", "\""),
    ("ey=\"", "\""),
];

struct Finder<'a> {
    automaton: &'a AhoCorasick,
    found: BTreeSet<usize>,
}

impl Worker for Finder<'_> {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        let is_text = blob.bytes.len() <= MAX_BYTES && !is_for_people(path);
        // A settings sample is copied to where it takes effect.
        let counts = matches!(path::role(path, &[]), Role::Shipped | Role::Sample);
        if !is_text || !counts {
            return;
        }
        let mut matches = self.automaton.find_iter(blob.bytes).peekable();
        // A configuration file is fixed itself, or listed among the places that still have the value.
        if matches.peek().is_some() && Source::claim(path, blob.bytes).is_none() {
            let values = matches.map(|found| found.pattern().as_usize() / FORMS.len());
            self.found.extend(values);
        }
    }
}

fn is_for_people(path: &str) -> bool {
    [".md", ".mdx", ".rst", ".adoc", ".txt"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Returns the `values` that programs below `root` contain.
pub(super) fn held_by_programs(
    root: &Path,
    options: &WorktreeOptions<'_>,
    values: BTreeSet<Secret>,
) -> BTreeSet<Secret> {
    let values: Vec<Secret> = values
        .into_iter()
        .filter(|value| value.reveal().len() >= SHORTEST)
        .collect();
    let needles = values.iter().flat_map(|value| {
        FORMS.map(|(before, after)| [before.as_bytes(), value.reveal(), after.as_bytes()].concat())
    });
    let Ok(automaton) = AhoCorasick::new(needles) else {
        return BTreeSet::new();
    };
    let new = || Finder {
        automaton: &automaton,
        found: BTreeSet::new(),
    };
    if values.is_empty() {
        return BTreeSet::new();
    }
    let Ok((_, finders)) = walk_worktree(root, options, &Meter::default(), &new) else {
        return BTreeSet::new();
    };
    let found = finders.into_iter().flat_map(|finder| finder.found);
    found.filter_map(|at| values.get(at).cloned()).collect()
}

/// Whether the readme of a tree says that nothing in it is for production, or that it is a demonstration.
pub(super) fn is_for_development(readme: &str) -> bool {
    const SAYS: [&str; 9] = [
        "for demonstration purposes",
        "intended to illustrate",
        "deliberately insecure",
        "must not be deployed in production",
        "not intended for production",
        "not meant for production",
        "not suitable for production",
        "intended for use in local development",
        "for local development only",
    ];
    let head: String = readme.chars().take(3_000).collect();
    let words: Vec<_> = head.split_whitespace().collect();
    let text = words.join(" ").to_ascii_lowercase();
    SAYS.iter().any(|says| text.contains(says)) || is_environment(&text) || is_demonstration(readme)
}

/// Whether a lower-case text calls its subject a development environment: `a full PHP development environment`.
fn is_environment(text: &str) -> bool {
    const NAMES: [&str; 3] = [
        "development environment",
        "dev environment",
        "development stack",
    ];
    /// The most words that precede the name.
    const MOST: usize = 6;
    let is_adjective = |word: &str| {
        let is_letter =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | ',' | '+' | '*');
        let is_other = matches!(
            word,
            "the"
                | "your"
                | "to"
                | "for"
                | "of"
                | "with"
                | "in"
                | "on"
                | "and"
                | "up"
                | "no"
                | "not"
                | "guide"
        );
        word.chars().all(is_letter) && !is_other
    };
    let mut places = NAMES.iter().flat_map(|name| text.match_indices(name));
    places.any(|(at, _)| {
        let mut before = text[..at].split_whitespace().rev().take(MOST + 2);
        let article = before.find(|word| !is_adjective(word) || matches!(*word, "a" | "an"));
        matches!(article, Some("a" | "an")) && before.next() == Some("is")
    })
}

/// Whether a compose file takes nothing from the environment and runs the image that its project publishes, as named in
/// a readme: its users have copies, in which they change the values.
pub(super) fn runs_what_it_publishes(compose: &str, readmes: &[String]) -> bool {
    if compose.replace("$$", "").contains("${") || compose.contains("env_file:") {
        return false;
    }
    let images = compose
        .lines()
        .filter_map(|line| line.trim().strip_prefix("image:"));
    let mut names = images.filter_map(|image| {
        let image = image.trim().trim_matches(['"', '\'']);
        let (owner, name) = image.rsplit_once('/')?;
        let owner = owner.rsplit('/').next()?;
        let name = name.split([':', '@', '$']).next()?;
        let is_known = owner.len() > 1 && name.len() > 1 && !owner.contains(['$', '.', ':']);
        is_known.then(|| format!("{owner}/{name}"))
    });
    names.any(|name| readmes.iter().any(|text| text.contains(&name)))
}

/// Whether a compose file takes nothing from the environment and builds nothing: people replace the values in their own
/// copy.
pub(super) fn is_filled_in_place(compose: &str) -> bool {
    let takes = ["${", "env_file:", "build:"];
    let compose = compose.replace("$$", "");
    !takes.iter().any(|word| compose.contains(word))
}

/// Whether the title of a readme calls the project a demonstration.
fn is_demonstration(readme: &str) -> bool {
    const WORDS: [&str; 8] = [
        "demo",
        "demos",
        "example",
        "examples",
        "playground",
        "sample",
        "samples",
        "workshop",
    ];
    let mut lines = readme.lines().map(str::trim);
    let title = lines
        .find(|line| line.starts_with("# "))
        .unwrap_or_default();
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// The names of readmes.
pub(super) const READMES: [&str; 4] = ["README.md", "readme.md", "README.rst", "README"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_says_that_all_is_for_development() {
        assert!(is_for_development(
            "# A\n\nThese samples must not be\ndeployed in production."
        ));
        assert!(is_for_development("<!-- a -->\n# Shop (Demo)\n\nA shop.\n"));
        assert!(is_for_development(
            "# A\n\n**A is a full PHP/Docker development environment.** Clone it."
        ));
        assert!(!is_for_development(
            "# A\n\nThis is a guide to your development environment."
        ));
        assert!(!is_for_development(
            "# A\n\nA shop.\n\n## Development environment\n\nRun it."
        ));
        assert!(!is_for_development("# A\n\nReady for production."));
        assert!(!is_for_development(
            "# Democracy\n\n## Demo\n\nTry the demo.\n"
        ));
    }
}
