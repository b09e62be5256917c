//! Finds how a repository itself starts its compose files: if a readme, a script or a workflow runs `docker compose up`
//! without setting a variable, requiring that variable breaks the start.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use memchr::memmem;

use crate::lexicon::path::{self, Role};
use crate::model::{Blob, Fix};
use crate::source::{Meter, Worker, WorktreeOptions, walk_worktree};

use super::variables::{self, SAMPLES};

mod command;
mod jobs;
mod links;
mod said;

use command::{deployed, started};
use said::{asks_to_edit, changed_to, replaced, says_optional, variables_in};

/// Larger files were not written by hand.
const MAX_BYTES: usize = 1 << 20;

/// The most starts to read from one file: a hand-written one has no more.
const MOST: usize = 100;

/// The most variables to read from one env file.
const MOST_GIVEN: usize = 1_000;

/// How many lines before and after a start may set what it needs.
const BEFORE: usize = 40;
const AFTER: usize = 12;

/// The names under which compose finds its file by default.
const USUAL: [&str; 4] = [
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
];

/// One start of a compose file.
#[derive(Debug, Clone)]
struct Start {
    /// The file with the command.
    by: String,
    /// The compose files that the command names; empty if it uses the default one.
    files: Vec<String>,
    /// Paths of compose files in the script with the command, which may download them.
    fetched: Vec<String>,
    /// The lines around it, which may set variables.
    context: String,
    /// The directory that the lines before it change to, if they do.
    within: Option<String>,
    /// Whether people read it, who can be asked to write an env file first.
    is_for_people: bool,
    /// Whether it runs in a CI job, on a machine that is thrown away afterwards.
    is_of_job: bool,
    /// Whether no env file reaches it, because it deploys a stack.
    takes_no_env_file: bool,
}

/// How a tree starts its compose files.
#[derive(Debug, Default)]
pub(super) struct Starts {
    all: Vec<Start>,
    /// The folders that have a compose file.
    folders: BTreeSet<String>,
    /// Variables that samples of env files list in comments, by the sample's directory: they may stay unset.
    optional: BTreeSet<(String, String)>,
    /// Variables that env files beside compose files set, by directory.
    set: BTreeSet<(String, String)>,
    /// Compose files whose lines people are told to edit, in the file itself or in a document.
    edited: BTreeSet<String>,
    /// URLs in documents by which a click or a download starts a compose file, as written.
    linked: Vec<String>,
    /// Names of compose files that documents, scripts and pipelines mention other than to start them in a job.
    named: BTreeSet<String>,
    /// Variables that a document says to change, without mentioning `.env`.
    told: BTreeSet<String>,
    /// Variables that a document says need not be set.
    unneeded: BTreeSet<String>,
    /// Variables that env files in the tree set: name, value, and directory of the env file.
    given: BTreeSet<(String, String, String)>,
    /// Settings that a compose file laid over others replaces, with that file.
    replaced: BTreeSet<(String, String)>,
}

impl Starts {
    /// Finds how the files below `root` start the compose files at `paths`.
    pub(super) fn read<'p>(
        root: &Path,
        options: &WorktreeOptions<'_>,
        paths: impl Iterator<Item = &'p str>,
    ) -> Self {
        let mut starts = Self::default();
        let paths: Vec<&str> = paths.collect();
        let asking = paths.iter().filter(|path| {
            let text = fs::read_to_string(root.join(path)).unwrap_or_default();
            text.lines()
                .any(|line| line.trim_start().starts_with('#') && asks_to_edit(line))
        });
        starts.edited.extend(asking.map(|path| (*path).to_owned()));
        let folders: BTreeSet<&str> = paths.iter().copied().map(folder).collect();
        starts.folders = folders.iter().map(|it| (*it).to_owned()).collect();
        for folder in folders {
            let of = |name: &str| fs::read_to_string(root.join(folder).join(name)).ok();
            for sample in SAMPLES.iter().filter_map(|name| of(name)) {
                let names = sample.lines().filter_map(listed_as_comment);
                let names = names.map(|name| (folder.to_owned(), name.to_owned()));
                starts.optional.extend(names);
            }
            let own = of(".env").unwrap_or_default();
            let names = own.lines().filter_map(assigned);
            let names = names.map(|name| (folder.to_owned(), name.to_owned()));
            starts.set.extend(names);
        }
        if let Ok((_, readers)) = walk_worktree(root, options, &Meter::default(), &Reader::default)
        {
            let told: Vec<_> = readers
                .iter()
                .flat_map(|reader| reader.told.clone())
                .collect();
            let is_told = |path: &&&str| {
                let name = path.rsplit('/').next().unwrap_or(path);
                told.iter().any(|(by, line)| {
                    line.contains(name) && (folder(by) == folder(path) || folder(path).is_empty())
                })
            };
            starts
                .edited
                .extend(paths.iter().filter(is_told).map(|path| (*path).to_owned()));
            let of_values = told.iter().filter(|(_, line)| !line.contains(".env"));
            let names = of_values.flat_map(|(_, line)| variables_in(line));
            starts.told = names.map(str::to_owned).collect();
            for reader in readers {
                starts.linked.extend(reader.linked);
                starts.unneeded.extend(reader.unneeded);
                starts.given.extend(reader.given);
                starts.replaced.extend(reader.replaced);
                starts.named.extend(reader.named);
                starts.all.extend(reader.found);
            }
        }
        starts
    }

    /// Whether only CI jobs start the compose file at `path`: they name it, and nothing else does.
    pub(super) fn are_of_jobs(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut own = self.all.iter().filter(|start| start.is_of(path)).peekable();
        own.peek().is_some()
            && own.all(|start| start.is_of_job && !start.files.is_empty())
            && !self.named.contains(name)
            && !USUAL.contains(&name)
            && !path::is_called_deployed(path)
    }

    /// Whether people start the file at `path` from a link or a download, with nothing beside it.
    fn are_linked(&self, path: &str) -> bool {
        self.linked.iter().any(|address| {
            let rest = address.strip_suffix(path);
            rest.is_some_and(|rest| rest.ends_with('/'))
        })
    }

    /// Whether people are told to put their own values into the compose file at `path`, in place of what a fix removes.
    pub(super) fn are_edited(&self, path: &str, fix: &Fix) -> bool {
        let required = fix.edits.iter();
        let mut required = required.flat_map(|edit| variables::names(&edit.replacement));
        self.edited.contains(path) || required.any(|name| self.told.contains(&name))
    }

    /// Whether a start that names no file more likely means one beside it than the one at `path`, at the root.
    fn is_of_other(&self, start: &Start, path: &str) -> bool {
        let by = folder(&start.by);
        let is_unnamed = start.files.is_empty() && folder(path).is_empty() && !by.is_empty();
        is_unnamed && self.folders.contains(by)
    }

    /// Whether a fix of the file at `path` requires a variable that a start of this file does not set, or that may stay
    /// unset according to a settings sample.
    pub(super) fn are_stopped(&self, path: &str, fix: &Fix) -> bool {
        let own = folder(path);
        let required = fix.edits.iter();
        let mut required = required.flat_map(|edit| variables::names(&edit.replacement));
        required.any(|name| {
            let key = (own.to_owned(), name);
            let is_optional =
                fix.rule.as_str() == "compose/credential-default" && self.optional.contains(&key);
            let is_stopped = |start: &Start| {
                let says_env = start.is_for_people && start.context.contains(".env");
                let is_set = !start.takes_no_env_file && self.set.contains(&key);
                start.is_of(path)
                    && !self.is_of_other(start, path)
                    && !is_set
                    && !says_env
                    && !start.context.contains(&key.1)
            };
            self.are_linked(path)
                || self.unneeded.contains(&key.1)
                || is_optional && !self.set.contains(&key)
                || self.all.iter().any(is_stopped)
        })
    }
}

impl Starts {
    /// Whether an env file, or a sample of one, in the directory of the compose file at `path` or above it gives a
    /// variable that a fix requires the very value that the fix removes: people would copy it, and gain nothing.
    pub(super) fn are_given(&self, path: &str, value: &str, fix: &Fix) -> bool {
        let own = folder(path);
        let required = fix.edits.iter();
        let mut required = required.flat_map(|edit| variables::names(&edit.replacement));
        required.any(|name| {
            let given = self
                .given
                .range((name.clone(), String::new(), String::new())..);
            let mut given = given.take_while(|(other, ..)| *other == name);
            given.any(|(_, it, folder)| {
                let below = own.strip_prefix(folder.as_str());
                let is_above = below.is_some_and(|it| it.is_empty() || it.starts_with('/'));
                // The removed text may include the variable whose default the value is.
                (is_above || folder.is_empty())
                    && (it == value || value.ends_with(&format!("-{it}}}")))
            })
        })
    }

    /// Whether another compose file replaces what a fix changes, in a service that both have: compose still requires
    /// the variable of the file below.
    pub(super) fn are_replaced(&self, path: &str, message: &str) -> bool {
        let mut names = message.split('`').skip(1).step_by(2);
        names.any(|name| {
            let from = (name.to_owned(), String::new());
            let mut others = self.replaced.range(from..);
            let same = others.by_ref().take_while(|(other, _)| other == name);
            let mut by = same.map(|(_, by)| by);
            by.any(|by| by != path && folder(by) == folder(path))
        })
    }
}

impl Start {
    /// Whether this starts the compose file at `path`.
    fn is_of(&self, path: &str) -> bool {
        /// Top-level directories whose files are about the root of the tree.
        const ABOUT_ROOT: [&str; 13] = [
            ".github",
            ".circleci",
            "bin",
            "ci",
            "doc",
            "docs",
            "hack",
            "script",
            "scripts",
            "test",
            "tests",
            "tools",
            "e2e",
        ];
        if !self.files.is_empty() {
            return self.files.iter().any(|file| {
                let before = path.strip_suffix(file.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            });
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.fetched.iter().any(|it| may_be(it, path)) {
            return true;
        }
        let by = folder(&self.by);
        let top = by.split('/').next().unwrap_or(by);
        let is_here = folder(path) == by || folder(path).is_empty() && ABOUT_ROOT.contains(&top);
        let is_there = self.within.as_deref().is_some_and(|within| {
            let before = folder(path).strip_suffix(within);
            before.is_some_and(|before| {
                let before = before.trim_end_matches('/');
                before == by || before.is_empty()
            })
        });
        USUAL.contains(&name) && (is_here || is_there)
    }
}

#[derive(Default)]
struct Reader {
    found: Vec<Start>,
    /// Lines of documents that say to edit a compose file, with the document.
    told: Vec<(String, String)>,
    linked: Vec<String>,
    named: BTreeSet<String>,
    unneeded: BTreeSet<String>,
    given: BTreeSet<(String, String, String)>,
    replaced: BTreeSet<(String, String)>,
}

/// Returns the URLs and paths of compose files in a script, as written.
fn fetched(text: &str) -> Vec<String> {
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')'));
    let is_path = |word: &&str| word.contains('/') && word.contains("compose.");
    words
        .filter(is_path)
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

/// Whether a compose file path in a script may mean the one at `path`, which is not at the root. A variable may stand
/// for part of its name.
fn may_be(written: &str, path: &str) -> bool {
    let own = folder(path);
    let Some((_, name)) = written.split_once(&format!("{own}/")) else {
        return false;
    };
    let fixed = name.split('$').next().unwrap_or(name);
    let actual = &path[own.len() + 1..];
    !own.is_empty() && (actual == name || fixed.len() < name.len() && actual.starts_with(fixed))
}

impl Reader {
    /// Records what a compose file replaces, or what an env file sets.
    fn note_settings(&mut self, path: &str, text: &str) {
        if is_compose(path) {
            let names = text.lines().filter_map(replaced);
            let names = names.map(|name| (name.to_owned(), path.to_owned()));
            self.replaced.extend(names);
        } else {
            let given = text.lines().filter_map(said::given).take(MOST_GIVEN);
            let of = folder(path).to_owned();
            self.given
                .extend(given.map(|(name, value)| (name, value, of.clone())));
        }
    }
}

impl Worker for Reader {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        if (is_compose(path) || is_env(path)) && blob.bytes.len() <= MAX_BYTES {
            self.note_settings(path, &String::from_utf8_lossy(blob.bytes));
            return;
        }
        let is_read = blob.bytes.len() <= MAX_BYTES
            && path::role(path, &[]) != Role::Vendored
            && (is_prose(path) || is_run(path))
            && [&b"compose"[..], b"stack", b"env"]
                .iter()
                .any(|word| memmem::find(blob.bytes, word).is_some());
        if !is_read {
            return;
        }
        let text = String::from_utf8_lossy(blob.bytes);
        let lines: Vec<&str> = text.lines().collect();
        if is_prose(path) {
            let optional = lines.iter().filter(|line| says_optional(line));
            let names = optional.flat_map(|line| variables_in(line));
            self.unneeded.extend(names.map(str::to_owned));
            let speaks_of_compose = text.contains("compose");
            let is_meant = |line: &str| {
                speaks_of_compose
                    && (line.contains("compose") || variables_in(line).next().is_some())
                    && asks_to_edit(line)
            };
            let told = lines.iter().filter(|line| is_meant(line));
            let told = told
                .take(MOST)
                .map(|line| (path.to_owned(), (*line).to_owned()));
            self.told.extend(told);
            for (number, line) in lines.iter().enumerate() {
                for (address, is_download) in links::linked(line).into_iter().take(MOST) {
                    let around = number.saturating_sub(BEFORE)..lines.len().min(number + AFTER);
                    // Those who download it may write an env file beside it.
                    let mut around = lines[around].iter();
                    if !(is_download && around.any(|line| line.contains(".env"))) {
                        self.linked.push(address);
                    }
                }
            }
        }
        let is_of_job = jobs::is_of_jobs(path, &text);
        let other = lines.iter().filter(|_| !is_of_job);
        let named = other.flat_map(|line| jobs::names_of_yaml(line));
        self.named.extend(named.map(str::to_owned));
        let fetched = if is_prose(path) {
            Vec::new()
        } else {
            fetched(&text)
        };
        let numbered = lines.iter().enumerate();
        let started = numbered.filter_map(|(number, line)| {
            let of_compose = started(line).map(|files| (number, files, false));
            of_compose.or_else(|| Some((number, deployed(line)?, true)))
        });
        self.found.extend(
            started
                .take(MOST)
                .map(|(number, files, takes_no_env_file)| {
                    let from = number.saturating_sub(BEFORE);
                    let to = lines.len().min(number + AFTER);
                    Start {
                        by: path.to_owned(),
                        files,
                        within: changed_to(&lines[from..number]),
                        fetched: fetched.clone(),
                        context: lines[from..to].join("\n"),
                        is_for_people: is_prose(path),
                        is_of_job,
                        takes_no_env_file,
                    }
                }),
        );
    }
}

/// Whether a file is written for people to read.
pub(super) fn is_prose(path: &str) -> bool {
    [".md", ".mdx", ".rst", ".adoc"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Whether a file sets variables, judged by its name.
fn is_env(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path::has_word(name, |word| word == "env") && !is_prose(path) && !is_run(path)
}

/// Whether a file is a compose file, judged by its name.
fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_yaml = [".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    is_yaml && name.contains("compose") && !path.starts_with(".github/")
}

/// Whether tools or people run a file: a script, a pipeline, a makefile.
fn is_run(path: &str) -> bool {
    const NAMES: [&str; 9] = [
        "makefile",
        "gnumakefile",
        "justfile",
        "taskfile.yml",
        "taskfile.yaml",
        "package.json",
        "jenkinsfile",
        ".gitlab-ci.yml",
        ".travis.yml",
    ];
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let is_pipeline = [".github/", ".circleci/", ".gitlab/", ".forgejo/", ".gitea/"]
        .iter()
        .any(|start| lower.starts_with(start))
        && [".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    is_pipeline || NAMES.contains(&name) || [".sh", ".bash"].iter().any(|end| name.ends_with(end))
}

/// Returns the variable that a line of an env file lists as a comment with a value: `# NAME=value`.
fn listed_as_comment(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix('#')?;
    assigned(line.trim_start_matches(['#', ' ']))
}

/// Returns the variable that a line of an env file sets.
fn assigned(line: &str) -> Option<&str> {
    let line = line.trim();
    let (name, value) = line
        .strip_prefix("export ")
        .unwrap_or(line)
        .split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name) && !value.trim().is_empty()).then_some(name)
}

/// Returns the directory of a file, without a trailing slash.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_fetch_what_it_starts() {
        let url = "https://raw.example/acme/shop/main/docker/compose/docker-compose.$KIND.yml";
        assert!(may_be(url, "docker/compose/docker-compose.mariadb.yml"));
        assert!(may_be("x/docker/compose.yml", "docker/compose.yml"));
        assert!(!may_be(url, "docker/compose/other.yml"));
        assert!(!may_be(url, "docker-compose.mariadb.yml"));
        let script = format!("wget \"{url}\" -O docker-compose.yml\ndocker compose up\n");
        assert_eq!(fetched(&script), [url]);
    }

    #[test]
    fn a_start_is_of_the_file_beside_it_or_of_those_it_names() {
        let start = |by: &str, files: &[&str]| Start {
            by: by.to_owned(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            within: None,
            fetched: Vec::new(),
            context: String::new(),
            is_for_people: true,
            is_of_job: false,
            takes_no_env_file: false,
        };
        assert!(start("README.md", &[]).is_of("compose.yaml"));
        assert!(start(".github/workflows/ci.yml", &[]).is_of("docker-compose.yml"));
        assert!(!start("README.md", &[]).is_of("a/compose.yaml"));
        assert!(!start("a/README.md", &[]).is_of("compose.yaml"));
        assert!(!start("README.md", &[]).is_of("docker-compose.prod.yml"));
        assert!(start("README.md", &["a/b.yml"]).is_of("a/b.yml"));
        assert!(!start("README.md", &["b.yml"]).is_of("ab.yml"));
    }
}
