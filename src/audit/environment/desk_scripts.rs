//! Scripts that developers run on their own machine.

use crate::audit::Project;
use crate::lexicon::mark;
use crate::lexicon::path::{self, has_word};

use super::Environments;
use super::judged::Sign;
use super::said::says_development;
use super::script::Script;
use super::servers::is_for_servers;

/// The largest size in bytes of a script that is read.
const MAX_BYTES: usize = 256 << 10;

/// In projects with more Compose files, scripts are not searched for starts.
const MAX_COMPOSED: usize = 100;

/// How many words of a comment line may say where a script runs.
const FIRST_WORDS: usize = 16;

/// Whether a file is a shell script.
pub(super) fn is_script(path: &str) -> bool {
    [".sh", ".bash", ".zsh", ".fish", ".ps1"]
        .iter()
        .any(|end| path.ends_with(end))
}

impl Environments {
    /// Returns why only developers run the script at `path`: its comment says so, or it starts only Compose files that
    /// are for developers.
    pub(super) fn script_of_desk(&self, path: &str, project: &Project<'_>) -> Option<Sign> {
        let text = project.read_text(path)?;
        if text.len() > MAX_BYTES || is_for_servers(path, &text) {
            return None;
        }
        let comment = mark::top_comment(text.as_bytes());
        if let Some(line) = says_development(&comment, path).or_else(|| says_locally(&comment)) {
            let says = format!("the comment at its top says so in line {line}");
            return Some(Sign::new(says, Some((path.to_owned(), line))));
        }
        if !text.contains("compose") || self.signs.is_empty() || self.signs.len() > MAX_COMPOSED {
            return None;
        }
        let script = Script::new(path, text.into_owned());
        if script.weight() == 0 {
            return None;
        }
        let deployment = self.deployment(project);
        let judged = self.judged(project);
        let mut found = None;
        for signs in &self.signs {
            let same = deployment.folders_of(&signs.path);
            let Some(line) = script.line_that_starts(&signs.path, &same, |_| true) else {
                continue;
            };
            let is_developed = signs.is_aside
                && path::is_for_developers(&signs.path.to_ascii_lowercase())
                || judged
                    .get(&signs.path)
                    .is_some_and(super::Judged::is_development);
            if !is_developed {
                return None;
            }
            let says = format!("it starts `{}` in line {line}", signs.path);
            found.get_or_insert_with(|| Sign::new(says, Some((path.to_owned(), line))));
        }
        found
    }
}

/// Returns the line of a comment that says, in its first words, that the script runs on the reader's machine.
fn says_locally(comment: &str) -> Option<u32> {
    comment.lines().zip(1..).find_map(|(line, number)| {
        let line = line.to_ascii_lowercase();
        let words: Vec<_> = line.split_whitespace().take(FIRST_WORDS).collect();
        let line = words.join(" ");
        let is_local = has_word(&line, |word| word == "locally")
            || [
                "your local machine",
                "your own machine",
                "a local machine",
                "your laptop",
            ]
            .iter()
            .any(|says| line.contains(says));
        let has_other = ["production", "deploy", "server", "remote", "ssh", "not "]
            .iter()
            .any(|word| line.contains(word));
        (is_local && !has_other).then_some(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_where_scripts_run() {
        for (comment, expected) in [
            ("# Bash script to run the migration locally", Some(1)),
            (
                "#!/bin/sh\n# Seeds the database on your own machine",
                Some(2),
            ),
            ("# Copies what was built locally to the server", None),
            ("# Deploys from your laptop", None),
            ("# Not to be run locally", None),
            ("# Starts the worker", None),
        ] {
            assert_eq!(says_locally(comment), expected, "{comment}");
        }
    }
}
