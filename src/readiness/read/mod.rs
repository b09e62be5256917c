//! Reads the files of a system once, into the form that evaluators use.

mod ansible;
pub(crate) mod aside;
pub(crate) mod cloudformation;
mod code;
pub(crate) mod compose;
pub(crate) mod compose_files;
mod development;
pub(crate) mod enclosing;
mod environments;
pub(crate) mod facts;
pub(crate) mod index;
mod insert;
mod installed;
pub(crate) mod key;
pub(crate) mod kind;
mod lines;
pub(crate) mod load;
pub(crate) mod manifest;
pub(crate) mod migration;
pub(crate) mod nginx;
mod packages;
pub(crate) mod pattern;
pub(crate) mod pipeline;
mod pipeline_files;
pub(crate) mod prose;
pub(crate) mod schedule;
pub(crate) mod schema;
mod targets;
pub(crate) mod terraform;
mod walk;

use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::kustomize::{self, Kustomized};
use crate::audit::template;
use crate::audit::yaml::{self, Tree, Value};
use crate::lexicon::path::Role;
use crate::model::{Gap, GapKind};
use crate::source::SourceError;

use super::ledger::Place;
pub(crate) use code::{Hit, is_comment};
use facts::FACTS;
use installed::Installed;
use kind::Kind;
pub(crate) use walk::File;

/// The files of all repositories in a system, as read.
pub(crate) struct Corpus {
    /// The files whose text is kept, ordered by repository and path.
    pub(crate) files: Vec<File>,
    /// The tree of each YAML file.
    trees: Vec<Option<Tree>>,
    /// Files whose tree is that of a template with its statements removed.
    templates: FxHashSet<usize>,
    /// What kustomizations render, by repository.
    kustomized: Vec<Kustomized>,
    /// The paths of all files, by repository.
    pub(crate) paths: Vec<FxHashSet<String>>,
    /// The files of each repository, by the last part of their paths.
    by_name: Vec<FxHashMap<String, Vec<usize>>>,
    /// The directories and files of each repository by the last part of their paths, whether their text is kept or not.
    ends: Vec<FxHashMap<String, Vec<String>>>,
    /// Files that only developers use: compose files, and what those use.
    pub(crate) developed: FxHashSet<usize>,
    /// Files that have another name where they run.
    installed: Installed,
    /// What package scripts run.
    scripts: packages::Scripts,
    /// What Make targets and just recipes run.
    targets: targets::Targets,
    /// Files that are not part of what runs.
    pub(crate) aside: aside::Aside,
    /// What code shows.
    pub(crate) hits: Vec<Hit>,
    /// Short literals in code, by repository.
    pub(crate) literals: Vec<FxHashSet<Box<str>>>,
    /// Environment variables that programs read, by repository.
    pub(crate) variables: Vec<walk::Variables>,
    /// What could not be read, by repository.
    pub(crate) gaps: Vec<(usize, Gap)>,
    /// The number of files.
    pub(crate) count: usize,
}

/// Reads the repositories at `roots`.
pub(crate) fn read(roots: &[PathBuf], threads: usize) -> Result<Corpus, SourceError> {
    let finder = code::Finder::shared();
    let mut corpus = Corpus {
        files: Vec::new(),
        trees: Vec::new(),
        templates: FxHashSet::default(),
        kustomized: Vec::new(),
        paths: Vec::new(),
        by_name: Vec::new(),
        ends: Vec::new(),
        developed: FxHashSet::default(),
        installed: Installed::default(),
        scripts: packages::Scripts::default(),
        targets: targets::Targets::default(),
        aside: aside::Aside::default(),
        hits: Vec::new(),
        literals: Vec::new(),
        variables: Vec::new(),
        gaps: Vec::new(),
        count: 0,
    };
    for (repository, root) in roots.iter().enumerate() {
        let read = walk::read(root, repository, finder, threads)?;
        corpus.count += read.paths.len();
        let mut by_name: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (number, file) in (corpus.files.len()..).zip(&read.files) {
            let own = name(&file.path).to_owned();
            let plain = kind::plain(&own);
            if plain != own {
                by_name.entry(plain.to_owned()).or_default().push(number);
            }
            by_name.entry(own).or_default().push(number);
        }
        corpus.by_name.push(by_name);
        corpus.ends.push(ends(&read.paths));
        corpus.files.extend(read.files);
        corpus.paths.push(read.paths.into_iter().collect());
        corpus.hits.extend(read.hits);
        corpus.literals.push(read.literals);
        corpus.variables.push(read.variables);
        let gaps = read.gaps.into_iter();
        corpus.gaps.extend(gaps.map(|gap| (repository, gap)));
    }
    corpus.hits.retain(|hit| (FACTS[hit.fact].check)(&hit.text));
    corpus.set_aside();
    corpus.scripts = packages::scripts(&corpus);
    corpus.targets = targets::targets(&corpus);
    corpus.parse();
    corpus.kustomize();
    corpus.developed = development::developed(&corpus, roots);
    corpus.installed = installed::copied(&corpus);
    let services = compose_files::services(&corpus);
    let mounted = installed::mounted(&corpus, &services);
    corpus.installed.extend(mounted);
    let written = installed::written(&corpus);
    corpus.installed.extend(written);
    Ok(corpus)
}

impl Corpus {
    /// Parses all YAML files. One that does not parse is a gap, unless it is a template.
    fn parse(&mut self) {
        let parsed: Vec<_> = self.files.par_iter().map(tree).collect();
        for (file, parsed) in self.files.iter().zip(parsed) {
            match parsed {
                Parsed::Tree(tree) => self.trees.push(Some(tree)),
                Parsed::Template(tree) => {
                    self.templates.insert(self.trees.len());
                    self.trees.push(Some(tree));
                }
                Parsed::Nothing => self.trees.push(None),
                Parsed::Broken(reason) => {
                    self.trees.push(None);
                    let gap = Gap::new(GapKind::Unparsable, file.path.clone(), reason);
                    self.gaps.push((file.repository, gap));
                }
            }
        }
    }

    /// Renders the kustomizations of each repository.
    fn kustomize(&mut self) {
        for (repository, paths) in self.paths.iter().enumerate() {
            let read = |path: &str| {
                let file = self.file(repository, path)?;
                Some(kustomize::documents(self.trees[file].as_ref()?))
            };
            let mut paths: Vec<_> = paths.iter().map(String::as_str).collect();
            paths.retain(|path| kustomize::is_kustomization(path));
            paths.sort_unstable();
            let whole = Kustomized::read(paths.into_iter(), &read);
            self.kustomized.push(whole);
        }
    }

    /// Returns the files of this kind that ship, with their indices.
    pub(crate) fn shipped(&self, kind: Kind) -> impl Iterator<Item = (usize, &File)> {
        self.of(kind).filter(|(_, file)| file.role == Role::Shipped)
    }

    /// Returns the files of this kind, with their indices.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &File)> {
        let files = self.files.iter().enumerate();
        files.filter(move |(_, file)| file.kind == kind)
    }

    /// Returns the documents of a YAML file.
    pub(crate) fn documents(&self, file: usize) -> impl Iterator<Item = Value<'_>> {
        let tree = self.trees[file].as_ref();
        tree.into_iter().flat_map(Tree::documents)
    }

    /// Whether a YAML file is a template, so that what it lacks may be added when it is rendered.
    pub(crate) fn is_template(&self, file: usize) -> bool {
        self.templates.contains(&file)
            || self.files[file].path.contains("/templates/") && self.files[file].text.contains("{{")
    }

    /// Returns the place of a byte in a file.
    pub(crate) fn place(&self, file: usize, byte: usize) -> Place {
        let line = line_at(&self.files[file].text, byte);
        self.line(file, line)
    }

    /// Returns the place of a value in a YAML file.
    pub(crate) fn at(&self, file: usize, value: Value<'_>) -> Place {
        self.place(file, value.span().start)
    }

    /// Returns the place of a line in a file.
    pub(crate) fn line(&self, file: usize, line: u32) -> Place {
        let file = &self.files[file];
        Place {
            repository: file.repository,
            path: file.path.clone(),
            line,
        }
    }

    /// Returns the hits of a fact in code.
    pub(crate) fn facts(&self, name: &str) -> impl Iterator<Item = &Hit> {
        let number = facts::number(name);
        self.hits.iter().filter(move |hit| Some(hit.fact) == number)
    }

    /// Whether this repository has a file or directory at `path`, or one whose path ends with it.
    pub(crate) fn has_path(&self, repository: usize, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let known = self.ends[repository].get(name(path));
        known.into_iter().flatten().any(|it| ends_with(it, path))
    }

    /// Returns the file at `path`.
    pub(crate) fn file(&self, repository: usize, path: &str) -> Option<usize> {
        let mut files = self.called(repository, name(path));
        files.find(|file| self.files[*file].path == path)
    }

    /// Returns the file in this repository whose path ends with `path`, or whose path `path` ends with, as it does for
    /// the path where a file is installed.
    pub(crate) fn named(&self, repository: usize, path: &str) -> Option<usize> {
        let is_absolute = path.starts_with('/');
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let is_it = |file: &usize| {
            let own = self.files[*file].path.as_str();
            ends_with(own, path) || own.contains('/') && ends_with(path, own)
        };
        let found = self.called(repository, name(path)).find(is_it);
        let installed = || self.installed.get(&(repository, name(path).to_owned()));
        // Ansible roles copy their files to where they run.
        let is_of_role = |file: &usize| {
            let own = self.files[*file].path.as_str();
            let is_copied = own.contains("/files/") || own.contains("/templates/");
            own.contains("roles/") && is_copied
        };
        let of_role = || {
            let mut named = self.called(repository, name(path));
            named.find(is_of_role).filter(|_| is_absolute)
        };
        found.or_else(|| installed().copied()).or_else(of_role)
    }

    /// Returns the files of a repository with this name, in any directory.
    fn called(&self, repository: usize, name: &str) -> impl Iterator<Item = usize> {
        let files = self.by_name[repository].get(name).into_iter().flatten();
        files.copied()
    }
}

/// Whether a path ends with the components `end`.
fn ends_with(path: &str, end: &str) -> bool {
    let before = path.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Returns all paths, and the directories that they are in, by their last component.
fn ends(paths: &[String]) -> FxHashMap<String, Vec<String>> {
    let mut all: FxHashMap<String, Vec<String>> = FxHashMap::default();
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for path in paths {
        let mut open = path.as_str();
        while !open.is_empty() && seen.insert(open) {
            let known = all.entry(name(open).to_owned()).or_default();
            known.push(open.to_owned());
            open = folder(open);
        }
    }
    all
}

enum Parsed {
    Tree(Tree),
    Template(Tree),
    Nothing,
    Broken(String),
}

fn tree(file: &File) -> Parsed {
    let is_stack = file.kind == Kind::Json && file.text.contains("AWSTemplateFormatVersion");
    if file.kind != Kind::Yaml && !is_stack {
        return Parsed::Nothing;
    }
    match yaml::parse(&file.text) {
        Ok(tree) => Parsed::Tree(tree),
        // Rails and Kamal read their settings as templates.
        Err(_) if file.text.contains("<%") => {
            let plain = insert::filled(&file.text);
            let tree = plain.and_then(|text| yaml::parse(&text).ok());
            tree.map_or(Parsed::Nothing, Parsed::Template)
        }
        Err(_) if is_template(file) => {
            let plain = template::without_statements(&file.text);
            let tree = plain.and_then(|text| yaml::parse(&text).ok());
            tree.map_or(Parsed::Nothing, Parsed::Template)
        }
        Err(defect) => {
            let line = line_at(&file.text, defect.byte);
            Parsed::Broken(format!("line {line}: {}", defect.reason))
        }
    }
}

fn is_template(file: &File) -> bool {
    file.path.contains("templates/")
        || file.role != Role::Shipped
        || template::without_statements(&file.text).is_some()
}

/// Returns the line that contains a byte, counted from 1.
pub(crate) fn line_at(text: &str, byte: usize) -> u32 {
    let before = &text.as_bytes()[..byte.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX - 1) + 1
}

/// Returns the text of the scalar at `path` below `value`; dots separate keys.
pub(crate) fn text<'t>(value: Value<'t>, path: &str) -> Option<&'t str> {
    get(value, path)?.text()
}

/// Returns the value at `path` below `value`; dots separate keys.
pub(crate) fn get<'t>(value: Value<'t>, path: &str) -> Option<Value<'t>> {
    path.split('.')
        .try_fold(value, super::super::audit::yaml::Value::get)
}

/// Returns the name of a file without its directories.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the directory of a file, without a trailing slash.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
