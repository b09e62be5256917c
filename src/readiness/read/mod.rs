//! Reads the files of a system, once, into what evaluators look at.

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

/// The files of all repositories of a system, as they were read.
pub(crate) struct Corpus {
    /// The files whose text is kept, by repository and path.
    pub(crate) files: Vec<File>,
    /// The tree of each file that is YAML.
    trees: Vec<Option<Tree>>,
    /// The files of which the tree is that of a template, whose statements were taken out.
    templates: FxHashSet<usize>,
    /// What kustomizations render, by repository.
    kustomized: Vec<Kustomized>,
    /// The paths of all files, by repository.
    pub(crate) paths: Vec<FxHashSet<String>>,
    /// The files of each repository by the last part of their paths.
    by_name: Vec<FxHashMap<String, Vec<usize>>>,
    /// The folders and files of each repository by the last part of their paths, whether their text is kept or not.
    ends: Vec<FxHashMap<String, Vec<String>>>,
    /// Compose files that only developers start.
    pub(crate) developed: FxHashSet<usize>,
    /// Scripts that have another name where they run.
    installed: Installed,
    /// What the scripts of packages run.
    scripts: packages::Scripts,
    /// What the targets of Make and the recipes of just run.
    targets: targets::Targets,
    /// What is not what runs.
    pub(crate) aside: aside::Aside,
    /// What code shows.
    pub(crate) hits: Vec<Hit>,
    /// Short literals of code, by repository.
    pub(crate) literals: Vec<FxHashSet<Box<str>>>,
    /// The variables that programs read, by repository.
    pub(crate) variables: Vec<walk::Variables>,
    /// What could not be read, by repository.
    pub(crate) gaps: Vec<(usize, Gap)>,
    /// How many files there are.
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
    /// Parses all that is YAML. What does not parse is a gap, unless it is a template.
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

    /// The files of this kind that ship, with their numbers.
    pub(crate) fn shipped(&self, kind: Kind) -> impl Iterator<Item = (usize, &File)> {
        self.of(kind).filter(|(_, file)| file.role == Role::Shipped)
    }

    /// The files of this kind, with their numbers.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &File)> {
        let files = self.files.iter().enumerate();
        files.filter(move |(_, file)| file.kind == kind)
    }

    /// The documents of a YAML file.
    pub(crate) fn documents(&self, file: usize) -> impl Iterator<Item = Value<'_>> {
        let tree = self.trees[file].as_ref();
        tree.into_iter().flat_map(Tree::documents)
    }

    /// Whether only a program knows what becomes of a YAML file: it is a template, and what it lacks may be put in.
    pub(crate) fn is_template(&self, file: usize) -> bool {
        self.templates.contains(&file)
            || self.files[file].path.contains("/templates/") && self.files[file].text.contains("{{")
    }

    /// The place of a byte in a file.
    pub(crate) fn place(&self, file: usize, byte: usize) -> Place {
        let line = line_at(&self.files[file].text, byte);
        self.line(file, line)
    }

    /// The place of a value of a YAML file.
    pub(crate) fn at(&self, file: usize, value: Value<'_>) -> Place {
        self.place(file, value.span().start)
    }

    /// The place of a line of a file.
    pub(crate) fn line(&self, file: usize, line: u32) -> Place {
        let file = &self.files[file];
        Place {
            repository: file.repository,
            path: file.path.clone(),
            line,
        }
    }

    /// What code shows by this fact.
    pub(crate) fn facts(&self, name: &str) -> impl Iterator<Item = &Hit> {
        let number = facts::number(name);
        self.hits.iter().filter(move |hit| Some(hit.fact) == number)
    }

    /// Whether there is a file or a folder at `path` in this repository, or one whose path ends with it.
    pub(crate) fn has_path(&self, repository: usize, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let known = self.ends[repository].get(name(path));
        known.into_iter().flatten().any(|it| ends_with(it, path))
    }

    /// The file at `path`.
    pub(crate) fn file(&self, repository: usize, path: &str) -> Option<usize> {
        let mut files = self.called(repository, name(path));
        files.find(|file| self.files[*file].path == path)
    }

    /// The file whose path ends with `path`, in the same repository, or with whose path `path` ends: that is where it is
    /// once it is installed.
    pub(crate) fn named(&self, repository: usize, path: &str) -> Option<usize> {
        let is_absolute = path.starts_with('/');
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let is_it = |file: &usize| {
            let own = self.files[*file].path.as_str();
            ends_with(own, path) || own.contains('/') && ends_with(path, own)
        };
        let found = self.called(repository, name(path)).find(is_it);
        let installed = || self.installed.get(&(repository, name(path).to_owned()));
        // Roles of Ansible copy their files to where they run.
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

    /// The files of a repository with this name, in whatever folder.
    fn called(&self, repository: usize, name: &str) -> impl Iterator<Item = usize> {
        let files = self.by_name[repository].get(name).into_iter().flatten();
        files.copied()
    }
}

/// Whether the last parts of a path are `end`.
fn ends_with(path: &str, end: &str) -> bool {
    let before = path.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// All paths and the folders that they are in, by their last part.
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

/// The line of a byte, counted from 1.
pub(crate) fn line_at(text: &str, byte: usize) -> u32 {
    let before = &text.as_bytes()[..byte.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX - 1) + 1
}

/// The text of the scalar at `path` below `value`, keys joined by dots.
pub(crate) fn text<'t>(value: Value<'t>, path: &str) -> Option<&'t str> {
    get(value, path)?.text()
}

/// The value at `path` below `value`, keys joined by dots.
pub(crate) fn get<'t>(value: Value<'t>, path: &str) -> Option<Value<'t>> {
    path.split('.')
        .try_fold(value, super::super::audit::yaml::Value::get)
}

/// The name of a file without its folders.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a file, without a slash at its end.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
