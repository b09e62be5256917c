//! Env files: `.env`, `.env.production`, `app.env`, as Compose and dotenv read them.

mod checks;
mod file;
mod read;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::lexicon::path;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;

use super::check::{Card, Format};
use super::compose::masking::{Names, in_scalar};
use super::purpose::{self, Purpose};
use super::report::Report;
use super::{Outcome, Project, Source, document, slot};

pub(super) use checks::{SSLMODE, sslmode};
use file::File;
use read::Entry;

/// The format.
pub(super) struct Env;

impl Format for Env {
    fn name(&self) -> &'static str {
        "env"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, _text: &[u8]) -> bool {
        is_named_like_env_file(path)
    }

    fn is_certain(&self, path: &str, _text: &[u8]) -> bool {
        is_named_like_env_file(path)
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let (entries, others) = read::entries(text);
        let entries = if file::is_raw(&source.path, project) {
            read::raw(text)
        } else {
            entries
        };
        if entries.is_empty() || others > entries.len() {
            return Outcome::NotConfiguration;
        }
        let purpose = purpose_of(&source.path, project);
        let file = File::new(&source.path, entries, project, purpose);
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        Outcome::Audited(report.finish(&source.path, text, || secrets(text, &file.entries)))
    }
}

/// Returns the purpose of the file. One in a directory of examples is a sample, unless a Compose file is next to it,
/// which uses it unchanged.
fn purpose_of(path: &str, project: &Project<'_>) -> Purpose {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_sample = |path: &str| purpose::of(path, project.policy(path)) == Purpose::Sample;
    let is_compose = |name: &str| name.contains("compose") && document::is_yaml(name);
    if is_sample(path) && !is_sample(name) && project.names_in(folder).any(is_compose) {
        return Purpose::Development;
    }
    // Defaults are meant to be overridden by a deployment's own file.
    let is_default = |word: &str| matches!(word, "default" | "defaults");
    match purpose::of(path, project.policy(path)) {
        Purpose::Shipped if path::has_word(&name.to_ascii_lowercase(), is_default) => {
            Purpose::Development
        }
        purpose => purpose,
    }
}

/// Whether a file is named like an env file: `.env`, `.env.production`, `prod.env`.
fn is_named_like_env_file(path: &str) -> bool {
    const OTHERS: &[&str] = &[
        ".js", ".mjs", ".cjs", ".ts", ".py", ".php", ".rb", ".go", ".json", ".yml", ".yaml",
        ".toml", ".md", ".vault", ".sh", ".j2", ".erb", ".keys", ".enc", ".gpg", ".age", ".sops",
        ".swp", ".html", ".tsx", ".lua", ".nix",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let rest = name.strip_prefix(".env");
    let begins = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    (begins || name.ends_with(".env")) && !OTHERS.iter().any(|ending| name.ends_with(ending))
}

/// Returns the byte ranges of `text` that no excerpt may show.
fn secrets(text: &str, entries: &[Entry]) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut names = Names::default();
    for entry in entries {
        if slot::kind(entry.key).is_some() {
            let is_shown =
                entry.value.is_empty() || is_reference(entry.value) || says_what_it_is(entry.value);
            secrets.extend((!is_shown).then(|| entry.span.clone()));
        }
        in_scalar(&mut secrets, &mut names, text, entry.span.clone());
    }
    secrets
}
