//! What Make targets and just recipes run: `make test` does not say which command that is.

use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::Pattern;
use super::{Corpus, name};
use crate::lexicon::path::Role;

/// The commands of each target, by repository. If several files define a target, the one at the root counts.
pub(super) type Targets = Vec<FxHashMap<String, String>>;

/// How many targets are followed from one command, and how many bytes of their commands are kept.
const MOST: usize = 16;
const MOST_BYTES: usize = 16 << 10;

static RUNS: Pattern = Pattern::new(
    r"(?:^|[\s;&|(])(?:make|just)((?:\s+(?:-C\s+\S+|-{1,2}[\w-]+(?:=\S+)?|\w+=\S*|[A-Za-z][\w.-]*))+)",
);

/// Returns the targets of all repositories.
pub(super) fn targets(corpus: &Corpus) -> Targets {
    let mut all: Targets = vec![FxHashMap::default(); corpus.paths.len()];
    let is_it = |path: &str| {
        let own = name(path).to_ascii_lowercase();
        matches!(
            own.as_str(),
            "makefile" | "gnumakefile" | "justfile" | ".justfile"
        ) || own.ends_with(".mk")
    };
    let mut files: Vec<_> = corpus.files.iter().filter(|it| is_it(&it.path)).collect();
    files.retain(|it| it.role != Role::Vendored);
    files.sort_by_key(|it| it.path.matches('/').count());
    for file in files {
        for (target, commands) in read(&file.text) {
            all[file.repository].entry(target).or_insert(commands);
        }
    }
    all
}

/// Returns the targets of a file. The prerequisites of a target are run by name.
fn read(text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, commands)) = all.last_mut().filter(|_| is_open)
                && commands.len() < MOST_BYTES
            {
                commands.push_str(line.trim().trim_start_matches(['@', '-']));
                commands.push('\n');
            }
            continue;
        }
        is_open = false;
        let Some((names, needs)) = line
            .split_once(':')
            .filter(|_| !line.starts_with(['#', '.']))
        else {
            continue;
        };
        let Some(target) = names
            .split_whitespace()
            .next()
            .filter(|_| !needs.starts_with('='))
        else {
            continue;
        };
        let needs = needs.split('#').next().unwrap_or_default().trim();
        let first = if needs.is_empty() {
            String::new()
        } else {
            format!("make {needs}\n")
        };
        all.push((target.to_owned(), first));
        is_open = true;
    }
    all
}

/// Returns the commands of the targets that `text` runs, directly or through other targets, one per line.
pub(super) fn run_by(corpus: &Corpus, repository: usize, text: &str) -> String {
    let targets = &corpus.targets[repository];
    let mut all = String::new();
    if targets.is_empty() {
        return all;
    }
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut open = vec![text];
    while let Some(text) = open.pop() {
        for (_, words) in RUNS.groups(text) {
            let words = words.split_whitespace();
            for word in words.filter(|it| !it.starts_with('-') && !it.contains('=')) {
                let Some((target, commands)) = targets.get_key_value(word) else {
                    continue;
                };
                if seen.len() < MOST && seen.insert(target) {
                    all += commands;
                    open.push(commands);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_commands() {
        let text = "A := b\n.PHONY: test\ntest: build lint ## Run\n\t@pytest -q\n\nbuild:\n\tdocker build .\n";
        let all = read(text);
        assert_eq!(
            all[0],
            ("test".to_owned(), "make build lint\npytest -q\n".to_owned())
        );
        assert_eq!(all[1].0, "build");
        let groups = RUNS.groups("docker up && make -C app test-unit VAR=1");
        assert_eq!(groups[0].1.trim(), "-C app test-unit VAR=1");
        assert!(RUNS.groups("cmake test").is_empty());
    }
}
