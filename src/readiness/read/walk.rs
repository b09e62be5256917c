//! Reads every file of a repository once, and keeps the text of the supported kinds; of code, only what it shows.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashSet;

use crate::lexicon::path::Role;
use crate::model::{Blob, Gap, GapKind};
use crate::source::git::Repo;
use crate::source::{Limits, Meter, SourceError, Worker, WorktreeOptions, walk_worktree};

use super::code::{Finder, Hit};
use super::facts::{FACTS, is_of_settings};
use super::kind::{Kind, kind, role};

/// Larger files are not read: no configuration, script or document comes close.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Larger files are not parsed.
const MAX_TEXT_BYTES: usize = 2 << 20;

/// Larger code files were not written by hand.
const MAX_CODE_BYTES: usize = 512 << 10;

/// A file whose text is kept.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The index of its repository.
    pub(crate) repository: usize,
    /// The path below the repository.
    pub(crate) path: String,
    /// What it is read as.
    pub(crate) kind: Kind,
    /// What it is for, judged by its path.
    pub(crate) role: Role,
    /// Its text.
    pub(crate) text: String,
}

/// Names of variables, each with the file and line of its first use.
pub(crate) type Variables = BTreeMap<String, (String, u32)>;

/// Everything read from one repository.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) files: Vec<File>,
    pub(crate) paths: Vec<String>,
    pub(crate) hits: Vec<Hit>,
    /// Quoted words in code that may be routes.
    pub(crate) literals: FxHashSet<Box<str>>,
    /// Environment variables that programs and their settings read, each with its first place.
    pub(crate) variables: Variables,
    pub(crate) gaps: Vec<Gap>,
}

struct Reader<'f> {
    repository: usize,
    finder: &'f Finder,
    read: Read,
}

impl Worker for Reader<'_> {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        self.read.paths.push(path.to_owned());
        let kind = kind(path, blob.bytes);
        let role = role(path, kind);
        if kind == Kind::Other || role == Role::Vendored {
            return;
        }
        if kind == Kind::Code {
            self.code(path, role, blob.bytes);
            return;
        }
        if blob.bytes.len() > MAX_TEXT_BYTES {
            let reason = "more than 2 MiB: not evaluated";
            self.read
                .gaps
                .push(Gap::new(GapKind::Oversized, path, reason));
            return;
        }
        let text = String::from_utf8_lossy(blob.bytes).into_owned();
        // Scripts, settings and lists of dependencies show the same things as code.
        if is_like_code(kind) && role == Role::Shipped {
            let hits = self.finder.hits(self.repository, path, &text).into_iter();
            // Developers' scripts say nothing about how the program stops.
            let is_aside = is_of_developers(path) || is_list_of_targets(path);
            let counts = |hit: &Hit| {
                let is_of_process = ["H6", "I3"].contains(&FACTS[hit.fact].item);
                is_of_settings(hit.fact) && !(is_aside && is_of_process)
            };
            self.read.hits.extend(hits.filter(counts));
        }
        if is_settings_of_program(path) && role == Role::Shipped {
            self.variables(path, &text);
        }
        self.keep(path, kind, role, text);
    }

    fn binary(&mut self, path: &str) {
        self.read.paths.push(path.to_owned());
    }
}

/// Keeps the first place of a variable, independent of the order of threads.
fn note(all: &mut Variables, name: String, place: (String, u32)) {
    let known = all.entry(name).or_insert_with(|| place.clone());
    if place < *known {
        *known = place;
    }
}

/// Whether a file has the settings of a Spring or Quarkus program, which read variables like code.
fn is_settings_of_program(path: &str) -> bool {
    let own = super::name(path);
    own.starts_with("application")
        && [".yml", ".yaml", ".properties"]
            .iter()
            .any(|end| own.ends_with(end))
}

fn is_like_code(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Conf | Kind::Docker | Kind::Env | Kind::Shell | Kind::Yaml | Kind::Sql | Kind::Prisma
    )
}

impl Reader<'_> {
    fn keep(&mut self, path: &str, kind: Kind, role: Role, text: String) {
        self.read.files.push(File {
            repository: self.repository,
            path: path.to_owned(),
            kind,
            role,
            text,
        });
    }

    fn variables(&mut self, path: &str, text: &str) {
        for (name, at) in super::code::variables(text) {
            let place = (path.to_owned(), super::line_at(text, at));
            note(&mut self.read.variables, name.to_owned(), place);
        }
    }

    fn code(&mut self, path: &str, role: Role, bytes: &[u8]) {
        if bytes.len() > MAX_CODE_BYTES {
            return;
        }
        let is_load = super::load::is_script(path, bytes);
        let is_migration = super::migration::is_one(path);
        if !is_load && !is_migration && role != Role::Shipped {
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        if role == Role::Shipped && !is_minified(&text) && !is_of_developers(path) {
            let hits = self.finder.hits(self.repository, path, &text).into_iter();
            // A migration runs once, so it shows nothing about what the program does.
            let counts = |hit: &Hit| !is_migration || is_of_settings(hit.fact);
            self.read.hits.extend(hits.filter(counts));
            literals(&text, &mut self.read.literals);
            self.variables(path, &text);
        }
        if is_load || is_migration {
            self.keep(path, Kind::Code, role, text.into_owned());
        }
    }
}

/// Whether a program is only for developers, and does nothing in production.
fn is_of_developers(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "script",
        "scripts",
        "tools",
        "hack",
        "storybook",
        "stories",
        "bench",
        "seed",
        "seeds",
    ];
    let folder = super::folder(path).to_ascii_lowercase();
    crate::lexicon::path::has_word(&folder, |word| WORDS.contains(&word))
}

/// Whether a file lists commands that developers start by name.
fn is_list_of_targets(path: &str) -> bool {
    let own = super::name(path).to_ascii_lowercase();
    ["makefile", "justfile"].contains(&own.as_str()) || own.ends_with(".mk")
}

/// Whether code is generated: its lines are longer than people write.
fn is_minified(text: &str) -> bool {
    text.len() > 2000 && text.lines().take(5).any(|line| line.len() > 1000)
}

/// Adds quoted strings that may be routes, or parts of one.
fn literals(text: &str, all: &mut FxHashSet<Box<str>>) {
    const LONGEST: usize = 64;
    let bytes = text.as_bytes();
    let mut quotes = memchr::memchr3_iter(b'"', b'\'', b'`', bytes);
    let Some(mut start) = quotes.next() else {
        return;
    };
    for end in quotes {
        let inside = &bytes[start + 1..end];
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.:{}<>".contains(&byte);
        if (2..=LONGEST).contains(&inside.len())
            && bytes[start] == bytes[end]
            && inside.iter().all(|byte| is_part(*byte))
        {
            let word = &text[start + 1..end];
            if !all.contains(word) {
                all.insert(word.into());
            }
        }
        start = end;
    }
}

/// Reads the files below `root`, which is repository number `repository`.
pub(crate) fn read(
    root: &Path,
    repository: usize,
    finder: &Finder,
    threads: usize,
) -> Result<Read, SourceError> {
    let repo = Repo::discover(root).ok().flatten();
    let options = WorktreeOptions {
        limits: Limits {
            max_file_size: MAX_FILE_BYTES,
            max_archive_depth: 0,
            threads,
        },
        no_ignore: false,
        repo: repo.as_ref(),
    };
    let new = || Reader {
        repository,
        finder,
        read: Read::default(),
    };
    let (coverage, workers) = walk_worktree(root, &options, &Meter::default(), &new)?;
    let mut all = Read::default();
    for worker in workers {
        let Read {
            files,
            paths,
            hits,
            literals,
            variables,
            gaps,
        } = worker.read;
        for (name, place) in variables {
            note(&mut all.variables, name, place);
        }
        all.files.extend(files);
        all.paths.extend(paths);
        all.hits.extend(hits);
        all.gaps.extend(gaps);
        for literal in sorted(literals) {
            all.literals.insert(literal);
        }
    }
    // What is not text, or of no kind that is read, could not have been evidence.
    let matters =
        |gap: &Gap| kind(&gap.place, b"") != Kind::Other && kind(&gap.place, b"") != Kind::Code;
    all.gaps.extend(coverage.gaps.into_iter().filter(matters));
    all.gaps.sort();
    all.files.sort_by(|a, b| a.path.cmp(&b.path));
    all.paths.sort();
    all.hits
        .sort_by(|a, b| (&a.path, a.line, a.fact).cmp(&(&b.path, b.line, b.fact)));
    Ok(all)
}

fn sorted(words: FxHashSet<Box<str>>) -> Vec<Box<str>> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort();
    words
}
