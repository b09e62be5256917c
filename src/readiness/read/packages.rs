//! What the scripts of JavaScript packages run: `npm run test` does not say which command that is.

use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::Pattern;
use super::{Corpus, name};
use crate::lexicon::path::Role;

/// The command of each script, by repository; `None` if packages define it differently.
pub(super) type Scripts = Vec<FxHashMap<String, Option<String>>>;

/// How many scripts are followed from one command.
const MOST: usize = 16;

static RUNS: Pattern = Pattern::new(
    r"\b(?:npm|pnpm|yarn|bun)(?:\s+(?:run|run-script|--?[\w-]+(?:=\S+)?))*\s+([\w][\w:.-]*)",
);

/// Returns the package scripts of all repositories. Those of a package at the root take precedence.
pub(super) fn scripts(corpus: &Corpus) -> Scripts {
    let mut all: Scripts = vec![FxHashMap::default(); corpus.paths.len()];
    let is_package = |path: &str| name(path) == "package.json";
    for file in corpus.files.iter().filter(|it| is_package(&it.path)) {
        if matches!(file.role, Role::Vendored | Role::Sample) {
            continue;
        }
        let root = serde_json::from_str::<serde_json::Value>(&file.text);
        let root = root.unwrap_or_default();
        let scripts = root.get("scripts").and_then(|it| it.as_object());
        let is_top = !file.path.contains('/');
        for (script, command) in scripts.into_iter().flatten() {
            let Some(command) = command.as_str() else {
                continue;
            };
            let known = all[file.repository].entry(script.clone());
            let known = known.or_insert_with(|| Some(command.to_owned()));
            if is_top {
                *known = Some(command.to_owned());
            } else if known.as_deref() != Some(command) && !is_of_top(corpus, file.repository) {
                *known = None;
            }
        }
    }
    all
}

/// Whether the root of the repository is a package.
fn is_of_top(corpus: &Corpus, repository: usize) -> bool {
    corpus.file(repository, "package.json").is_some()
}

/// Returns the commands of the scripts that `text` runs, directly or through other scripts, one per line.
pub(super) fn run_by(corpus: &Corpus, repository: usize, text: &str) -> String {
    let scripts = &corpus.scripts[repository];
    let mut all = String::new();
    if scripts.is_empty() {
        return all;
    }
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut open = vec![text];
    while let Some(text) = open.pop() {
        for (_, script) in RUNS.groups(text) {
            let known = scripts.get_key_value(script);
            let Some((script, Some(command))) = known else {
                continue;
            };
            if seen.len() < MOST && seen.insert(script) {
                all += command;
                all.push('\n');
                open.push(command);
            }
        }
    }
    all
}
