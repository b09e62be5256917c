//! Finds the lines of scripts and pipelines that may start a Compose file, and the directory in which they run.

use std::ops::Range;

use super::deployment::{is_default_name, starts};
use super::tasks::runner;

/// How many lines before a line are searched for its directory.
const BACK: usize = 40;

/// A line that may start a Compose file.
struct Line {
    /// The line number, counted from 1.
    number: u32,
    at: Range<usize>,
    /// The directory that it runs in, as written; `None` if unknown.
    folder: Option<Range<usize>>,
    /// The name of the task that it is part of, in the file of a task runner.
    task: Option<Range<usize>>,
}

/// A text, with the lines in it that may start a Compose file, which are searched for each such file.
pub(super) struct Script {
    pub(super) path: String,
    pub(super) text: String,
    lines: Vec<Line>,
}

impl Script {
    /// Reads a text. Lines that are comments, or only print something, are skipped.
    pub(super) fn new(path: &str, text: String) -> Self {
        let may_start = |line: &str| {
            let names = [".y", "compose", "stack deploy"];
            names.iter().any(|name| line.contains(name)) && !only_says(line.trim_start())
        };
        let place = |part: &str| {
            let at = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            at..at + part.len()
        };
        let all: Vec<&str> = text.lines().collect();
        let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        let runner = runner(path);
        let lines = all.iter().enumerate().filter(|(_, line)| may_start(line));
        let lines = lines.map(|(index, line)| Line {
            number: u32::try_from(index + 1).unwrap_or(u32::MAX),
            at: place(line),
            folder: folder_of(&all, index, is_yaml).map(place),
            task: runner.and_then(|it| it.task(&all, index)).map(place),
        });
        let lines = lines.collect();
        Self {
            path: path.to_owned(),
            lines,
            text,
        }
    }

    /// Returns the first line for which `is_meant` holds, given its text and task.
    pub(super) fn line(&self, is_meant: impl Fn(&str, Option<&str>) -> bool) -> Option<u32> {
        let mut lines = self.lines.iter();
        let found = lines.find(|line| is_meant(&self.text[line.at.clone()], self.task(line)));
        found.map(|line| line.number)
    }

    fn task(&self, line: &Line) -> Option<&str> {
        Some(&self.text[line.task.clone()?])
    }

    /// Returns the first line that starts the Compose file at `path`, in a task for which `is_meant` holds. `others`
    /// are the directories of all files with its name.
    pub(super) fn line_that_starts(
        &self,
        path: &str,
        others: &[&str],
        is_meant: impl Fn(Option<&str>) -> bool,
    ) -> Option<u32> {
        let mut lines = self.lines.iter();
        let found =
            lines.find(|line| is_meant(self.task(line)) && self.is_start(line, path, others));
        found.map(|line| line.number)
    }

    /// Returns the lines that start the Compose file at `path`, each with its task. Lines that only stop, build or show
    /// something do not count.
    pub(super) fn tasks_that_start(&self, path: &str, others: &[&str]) -> Vec<(u32, &str)> {
        let begins = |line: &&Line| {
            let text = &self.text[line.at.clone()];
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
            words.any(|word| matches!(word, "up" | "run" | "start" | "restart" | "pull"))
        };
        let lines = self.lines.iter().filter(begins);
        let found = lines.filter(|line| self.is_start(line, path, others));
        found
            .filter_map(|line| Some((line.number, self.task(line)?)))
            .collect()
    }

    fn is_start(&self, line: &Line, path: &str, others: &[&str]) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let text = &self.text[line.at.clone()];
        !is_filter(text)
            && starts(text, name, is_default_name(name))
            && self.is_in(line, (folder, name), others)
    }

    /// Whether a line that names a Compose file, or starts the one in its directory, may mean the one in `folder`.
    fn is_in(&self, line: &Line, (folder, name): (&str, &str), others: &[&str]) -> bool {
        if others.len() < 2 {
            return true;
        }
        let text = &self.text[line.at.clone()];
        let written = named_folder(text, name).or_else(|| {
            let at = line.folder.clone()?;
            Some(&self.text[at])
        });
        let own = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(written) = written else {
            // If nothing says where a command runs, it runs at the root, or in the directory of the script.
            let has_own = others.contains(&own);
            return folder == own || folder.is_empty() && !has_own;
        };
        let written = plain(written);
        let ends = |longer: &str, end: &str| {
            longer == end
                || longer
                    .strip_suffix(end)
                    .is_some_and(|rest| rest.ends_with('/') && !end.is_empty())
        };
        if folder.is_empty() {
            // The root may have any name on a server, except that of another directory with such a file.
            return !others.iter().any(|other| {
                !other.is_empty()
                    && (ends(&written, other) || ends(other, &written) && !written.is_empty())
            });
        }
        if written.is_empty() {
            return folder == own;
        }
        ends(folder, &written) || ends(&written, folder)
    }

    /// Returns how many bytes one lookup reads.
    pub(super) fn weight(&self) -> usize {
        self.lines.iter().map(|line| line.at.len()).sum()
    }
}

/// Whether a line is a comment, or prints its text as a hint. Text that is piped into a shell does run.
pub(super) fn only_says(line: &str) -> bool {
    #[rustfmt::skip]
    const PRINTS: &[&str] = &[
        "echo ", "@echo ", "printf ", "@printf ", "print ", "log ", "info ", "warn ", "error ", "die ", "fail ", "usage ",
        "Write-Host ", "Write-Output ", "console.log(", "print(", "puts ",
    ];
    const RUNS: &[&str] = &["| ssh", "|ssh", "| sh", "| bash", "| sudo", "$(", "&&", ";"];
    line.starts_with('#')
        || line.starts_with("//")
        || PRINTS.iter().any(|it| line.starts_with(it)) && !RUNS.iter().any(|it| line.contains(it))
}

/// Whether a line is an item in a list of paths whose changes trigger something.
fn is_filter(line: &str) -> bool {
    let item = line.trim().strip_prefix("- ").map(str::trim);
    item.is_some_and(|item| {
        let path = item.trim_matches(['"', '\'']);
        path.contains('*') || !path.contains([' ', ':', ','])
    })
}

/// The directory that the line at `index` runs in: from a command before it, in the line itself or above, or from the
/// step of a pipeline.
pub(super) fn folder_of<'t>(lines: &[&'t str], index: usize, is_yaml: bool) -> Option<&'t str> {
    let start = index.saturating_sub(BACK);
    let above = lines[start..=index].iter().rev();
    for line in above {
        if let Some(folder) = entered(line).or_else(|| working_directory(line)) {
            return Some(folder);
        }
        if is_yaml && begins_step(line) {
            break;
        }
    }
    let below = lines.iter().skip(index + 1).take(BACK);
    let mut below = below.take_while(|line| !begins_step(line));
    is_yaml
        .then(|| below.find_map(|line| working_directory(line)))
        .flatten()
}

/// The directory that a line enters with `cd`.
fn entered(line: &str) -> Option<&str> {
    let mut folder = None;
    for command in line.split(['&', ';', '|', '(', '\'', '{']) {
        let command = command.trim().trim_start_matches(['-', '"', '@', ' ']);
        let rest = command.split_once(": ").map_or(command, |(_, rest)| rest);
        let target = [command, rest].into_iter().find_map(|it| {
            it.strip_prefix("cd ")
                .or_else(|| it.strip_prefix("pushd "))
                .or_else(|| it.strip_prefix("Set-Location "))
        });
        if let Some(target) = target {
            let target = target.trim().trim_end_matches(['"', ')']);
            folder = (!target.is_empty() && target != "-").then_some(target);
        }
    }
    folder
}

fn working_directory(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("- ");
    let (key, value) = line.split_once(':')?;
    let is_meant = matches!(
        key,
        "working-directory" | "workingDirectory" | "working_directory" | "dir" | "chdir"
    );
    let value = value.trim().trim_matches(['"', '\'']);
    (is_meant && !value.is_empty()).then_some(value)
}

/// Whether a line of a pipeline begins a step.
fn begins_step(line: &str) -> bool {
    const KEYS: &[&str] = &[
        "name:",
        "run:",
        "uses:",
        "if:",
        "id:",
        "script:",
        "task:",
        "bash:",
        "working-directory:",
    ];
    let item = line.trim_start().strip_prefix("- ");
    item.is_some_and(|item| KEYS.iter().any(|key| item.starts_with(key)))
}

/// The directory in a path of the line that ends in `name`.
fn named_folder<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    let is_end =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | ':' | ',' | '(' | ')');
    let mut words = line.split(is_end);
    words.find_map(|word| word.strip_suffix(name)?.strip_suffix('/'))
}

/// A directory without the parts that lead to the root of the project: `./`, `../`, a variable, the root of a server.
fn plain(folder: &str) -> String {
    let folder = folder.trim_matches(['"', '\'']);
    let parts = folder.split('/').map(|part| part.trim_matches(['"', '\'']));
    let is_variable = |part: &str| part.contains(['$', '{', '}', '%', '`']);
    let mut all: Vec<&str> = Vec::new();
    for part in parts {
        if is_variable(part) {
            all.clear();
        } else if !matches!(part, "" | "." | ".." | "~") {
            all.push(part);
        }
    }
    all.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(path: &str, text: &str, compose: &str) -> bool {
        let script = Script::new(path, text.to_owned());
        let others = ["", "tools/suite", "deploy/web"];
        script
            .line_that_starts(compose, &others, |_| true)
            .is_some()
    }

    #[test]
    fn a_command_starts_the_file_of_the_folder_it_runs_in() {
        const ROOT: &str = "docker-compose.yml";
        const SUITE: &str = "tools/suite/docker-compose.yml";
        let flow = ".github/workflows/release.yml";
        for text in [
            "    - name: a\n      run: docker compose up -d\n      working-directory: tools/suite\n    - run: x\n",
            "    - name: a\n      working-directory: ./tools/suite\n      run: |\n        docker compose up -d\n",
            "    - run: cd tools/suite && docker compose up -d\n",
            "    - run: |\n        cd tools/suite\n        docker-compose up -d\n",
            "    - run: docker compose -f tools/suite/docker-compose.yml up -d\n",
        ] {
            assert!(started(flow, text, SUITE), "{text}");
            assert!(!started(flow, text, ROOT), "{text}");
        }
        for text in [
            "    - run: docker compose up -d\n",
            "    - run: ssh host 'cd app && docker compose pull'\n",
            "    - run: scp docker-compose.yml host:/srv/app/\n",
            "    - run: docker compose -f $HOME/docker-compose.yml up -d\n",
            "    - run: ls\n      working-directory: tools/suite\n    - run: docker compose up -d\n",
        ] {
            assert!(started(flow, text, ROOT), "{text}");
            assert!(!started(flow, text, SUITE), "{text}");
        }
        let text = "cd \"$(dirname \"$0\")\"\ndocker compose up -d\n";
        assert!(started(
            "deploy/web/install.sh",
            text,
            "deploy/web/docker-compose.yml"
        ));
        assert!(!started("deploy/web/install.sh", text, SUITE));
    }

    #[test]
    fn the_only_file_of_its_name_is_meant_wherever_it_is() {
        let script = Script::new("deploy.sh", "docker compose up -d\n".to_owned());
        let line = script.line_that_starts("docker/compose.yml", &["docker"], |_| true);
        assert_eq!(line, Some(1));
    }

    #[test]
    fn hints_start_nothing() {
        for line in [
            "echo \"Hint: docker compose up -d db\" >&2",
            "# docker compose up -d",
            "printf 'run docker compose up'",
        ] {
            assert!(!started("deploy.sh", line, "docker-compose.yml"), "{line}");
        }
        for line in [
            "echo start && docker compose up -d",
            "echo 'docker compose up -d' | ssh host",
        ] {
            assert!(started("deploy.sh", line, "docker-compose.yml"), "{line}");
        }
    }

    #[test]
    fn paths_upon_whose_changes_something_runs_start_nothing() {
        for line in ["  - 'docker-compose.yml'", "- '**/docker-compose.yml'"] {
            assert!(is_filter(line), "{line}");
        }
        for line in [
            "- run: docker compose -f docker-compose.yml up",
            "- docker-compose -f docker-compose.yml pull",
            "source: docker-compose.yml",
        ] {
            assert!(!is_filter(line), "{line}");
        }
    }
}
