//! Files of task runners: Make, just, Task, mise, and package scripts. The name of a task says who runs it.

use crate::lexicon::path::{self, has_word};

/// How many lines back the name of a task is searched for.
const BACK: usize = 60;

/// The format of a file of tasks, named after what runs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// Make and just: a name followed by a colon, with the commands indented below it.
    Make,
    /// Task: a mapping keyed by name.
    Task,
    /// mise: a table for each task.
    Mise,
    /// Package scripts: pairs of a name and a command.
    Package,
}

/// Returns what runs the tasks of the file at `path`.
pub(super) fn runner(path: &str) -> Option<Runner> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    match name {
        "makefile" | "gnumakefile" | "justfile" | ".justfile" => Some(Runner::Make),
        "taskfile.yml" | "taskfile.yaml" => Some(Runner::Task),
        "mise.toml" | ".mise.toml" => Some(Runner::Mise),
        "package.json" | "composer.json" => Some(Runner::Package),
        _ if name.ends_with(".mk") || name.ends_with(".just") => Some(Runner::Make),
        _ => None,
    }
}

impl Runner {
    /// Returns the name of the task that the line at `index` is a part of.
    pub(super) fn task<'t>(self, lines: &[&'t str], index: usize) -> Option<&'t str> {
        let start = index.saturating_sub(BACK);
        let mut above = lines[start..=index].iter().rev().copied();
        match self {
            Self::Make => above.find_map(rule),
            Self::Task => {
                let own = indent(lines[index]);
                let mut above = above.filter(|line| indent(line) < own);
                above.find_map(entry)
            }
            Self::Mise => above.find_map(table),
            Self::Package => {
                let (key, _) = lines[index]
                    .trim_start()
                    .strip_prefix('"')?
                    .split_once('"')?;
                Some(key)
            }
        }
    }
}

/// Returns the name of a Make rule or a just recipe.
fn rule(line: &str) -> Option<&str> {
    if line.starts_with([' ', '\t', '#', '@', '.']) {
        return None;
    }
    let (name, rest) = line.split_once(':')?;
    let name = name.split_whitespace().next()?;
    (!rest.starts_with('=')).then_some(name)
}

/// Returns the name of a task in a Taskfile.
fn entry(line: &str) -> Option<&str> {
    const PARTS: &[&str] = &[
        "cmds",
        "cmd",
        "deps",
        "env",
        "vars",
        "tasks",
        "preconditions",
        "status",
    ];
    let (name, rest) = line.trim().rsplit_once(':')?;
    let name = name.trim_matches(['"', '\'']);
    let is_part = PARTS.contains(&name) || name.starts_with("- ") || name.starts_with('#');
    (rest.is_empty() && !is_part).then_some(name)
}

/// Returns the name of a mise task.
fn table(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(name) = line.strip_prefix("[tasks.") {
        return Some(name.trim_end_matches(']').trim_matches(['"', '\'']));
    }
    // Below `[tasks]`, each line is a task.
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let is_part = ["run", "description", "dir", "env", "depends", "alias"].contains(&name);
    (!is_part && !name.is_empty() && !name.contains([' ', '$'])).then_some(name)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a task is named after what developers do.
pub(super) fn develops(task: &str) -> bool {
    let is_meant = |word: &str| {
        path::is_development_word(word, &[])
            || matches!(word, "local" | "locally" | "debug" | "watch" | "lint")
    };
    has_word(&task.to_ascii_lowercase(), is_meant) && !deploys(task)
}

/// Whether a task is named after what puts a program on a server.
pub(super) fn deploys(task: &str) -> bool {
    const WORDS: &[&str] = &[
        "deploy",
        "deployment",
        "prod",
        "production",
        "release",
        "staging",
        "live",
    ];
    has_word(&task.to_ascii_lowercase(), |word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(path: &str, text: &str) -> Option<String> {
        let lines: Vec<_> = text.lines().collect();
        let at = lines.iter().position(|line| line.contains("compose"))?;
        runner(path)?.task(&lines, at).map(str::to_owned)
    }

    #[test]
    fn commands_are_parts_of_tasks() {
        for (path, text, expected) in [
            (
                "Makefile",
                "A := b\n\ndev: build ## Start\n\tdocker compose up\n",
                "dev",
            ),
            (
                "justfile",
                "# Start\ndev-up *args:\n    docker compose up {{args}}\n",
                "dev-up",
            ),
            (
                "Taskfile.yml",
                "tasks:\n  dev:up:\n    desc: Start\n    cmds:\n      - docker compose up\n",
                "dev:up",
            ),
            (
                "mise.toml",
                "[tasks.db-start]\ndescription = \"Start\"\nrun = \"docker compose up\"\n",
                "db-start",
            ),
            (
                "package.json",
                "{\"scripts\": {\n  \"dev\": \"docker compose up\"\n",
                "dev",
            ),
        ] {
            assert_eq!(task(path, text).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(runner("deploy.sh"), None);
    }

    #[test]
    fn names_of_tasks_say_who_runs_them() {
        for task in ["dev", "test-integration", "local:up", "docker-dev"] {
            assert!(develops(task), "{task}");
        }
        for task in ["up", "start", "deploy", "deploy-dev", "prod", "devices"] {
            assert!(!develops(task), "{task}");
        }
    }
}
