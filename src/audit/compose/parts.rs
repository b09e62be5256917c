//! The files that Compose combines with a Compose file: those whose services it extends, those merged with it, and the
//! `.env` that supplies its variables.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::Project;
use crate::audit::limit;
use crate::audit::project::resolve;
use crate::audit::yaml::{self, Tree, Value};

use super::dotenv;
use super::interpolation::{self, Variables, is_unknown, with_defaults};

/// Bytes of other files read for one Compose file. Files that people write are a few kilobytes.
const MAX_BYTES: usize = 1 << 20;

/// Bytes of one file with variables, and of all files that may include one.
const MAX_SMALL: usize = 256 << 10;

/// Bytes that the scalars of one file may have once their variables are in place.
const MAX_BOUND: usize = 2 << 20;

/// Other files read for one Compose file.
const MAX_FILES: usize = 64;

/// Default names that Compose looks for, in order of preference.
const DEFAULT_NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// Names of files that Compose merges onto one with a default name, in order of preference.
const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// A Compose file and all that is read with it.
pub(super) struct Parts {
    /// The path of the audited file.
    pub(super) path: String,
    /// Its tree, and those of the other files; `None` if a named file cannot be read as YAML.
    trees: BTreeMap<String, Option<Tree>>,
    /// The files that are merged, from the bottom up. The audited file is one of them.
    pub(super) stack: Vec<String>,
    /// The variables that are set beside the file.
    pub(super) variables: Variables,
    /// A path in the directory that the file's relative paths start from.
    pub(super) base: String,
}

/// The services of every part, by the part's path and the service's name.
pub(super) struct Services<'t> {
    by_path: FxHashMap<&'t str, FxHashMap<&'t str, Vec<Value<'t>>>>,
}

impl Parts {
    /// How many nodes all trees have together.
    pub(super) fn nodes(&self) -> usize {
        let trees = self.trees.values().flatten();
        trees.map(|tree| tree.nodes().count()).sum()
    }

    /// Reads the files that belong with the one at `path`, whose tree is `own`.
    pub(super) fn gather(path: &str, own: Tree, project: &Project) -> Self {
        let includer = includer(path, project);
        let folder = includer.as_ref().and_then(|found| found.folder.as_deref());
        let mut parts = Self {
            path: path.to_owned(),
            trees: BTreeMap::new(),
            stack: Vec::new(),
            variables: variables(path, includer.as_ref(), project),
            base: folder.map_or_else(
                || path.to_owned(),
                |folder| format!("{folder}/compose.yaml"),
            ),
        };
        parts.stack = stack(path, &own, includer.as_ref(), &parts.variables, project);
        let mut left = MAX_BYTES;
        let mut queue: VecDeque<String> = parts.stack.iter().cloned().collect();
        parts.put(path, Some(own));
        queue.extend(parts.extended(path));
        while let Some(next) = queue.pop_front() {
            if parts.trees.contains_key(&next) {
                continue;
            }
            if parts.trees.len() > MAX_FILES {
                limit::reached(format!("more than {MAX_FILES} files to merge"));
                continue;
            }
            let tree = load(&next, project, &mut left);
            parts.put(&next, tree);
            queue.extend(parts.extended(&next));
        }
        parts
    }

    fn put(&mut self, path: &str, mut tree: Option<Tree>) {
        if let Some(tree) = &mut tree {
            if !self.variables.is_empty() {
                let left = Cell::new(MAX_BOUND);
                tree.bind(|text| {
                    let bound = interpolation::bound(text, &self.variables)?;
                    let rest = left.get().checked_sub(bound.len());
                    if rest.is_none() {
                        let limit = MAX_BOUND >> 20;
                        limit::reached(format!("variables that expand to more than {limit} MiB"));
                    }
                    left.set(rest?);
                    Some(bound)
                });
            }
            if path != self.path {
                tree.move_elsewhere();
            }
        }
        self.trees.insert(path.to_owned(), tree);
    }

    /// The files whose services the one at `path` extends.
    fn extended(&self, path: &str) -> Vec<String> {
        let mut files: Vec<String> = Vec::new();
        let entries = self.groups(path).flat_map(Value::entries);
        for entry in entries {
            let named = entry.value.get("extends").and_then(file_of);
            if let Some(file) = named.and_then(|named| resolve(path, &named))
                && !files.contains(&file)
                && files.len() <= MAX_FILES
            {
                files.push(file);
            }
        }
        files
    }

    /// Returns the paths of all parts, in ascending order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.trees.keys().map(String::as_str)
    }

    /// Returns the tree of a part; `None` if it cannot be read.
    pub(super) fn tree(&self, path: &str) -> Option<&Tree> {
        self.trees.get(path)?.as_ref()
    }

    /// Returns the value of a top-level key of a part.
    pub(super) fn top(&self, path: &str, key: &str) -> Option<Value<'_>> {
        let mut documents = self.tree(path)?.documents();
        documents.find_map(|root| root.get(key))
    }

    /// Returns the services in each document of a part. Later documents are merged onto earlier ones, as files are.
    pub(super) fn groups(&self, path: &str) -> impl Iterator<Item = Value<'_>> {
        let documents = self.tree(path).into_iter().flat_map(Tree::documents);
        documents.filter_map(|root| root.get("services"))
    }

    /// Returns the services of all parts.
    pub(super) fn services(&self) -> Services<'_> {
        let paths = self.trees.keys().map(String::as_str);
        let by_path = paths
            .map(|path| {
                let mut named: FxHashMap<&str, Vec<Value>> = FxHashMap::default();
                for entry in self.groups(path).flat_map(Value::entries) {
                    if let Some(name) = entry.key.text() {
                        named.entry(name).or_default().push(entry.value);
                    }
                }
                (path, named)
            })
            .collect();
        Services { by_path }
    }
}

impl<'t> Services<'t> {
    /// Returns the service of that name in the last document of the file at `path` that has it.
    pub(super) fn get(&self, path: &str, name: &str) -> Option<Value<'t>> {
        self.all(path, name).last().copied()
    }

    /// Returns what each document of the file at `path` says about the service with this name.
    pub(super) fn all(&self, path: &str, name: &str) -> &[Value<'t>] {
        let of_path = self.by_path.get(path);
        let named = of_path.and_then(|services| services.get(name));
        named.map_or(&[], Vec::as_slice)
    }
}

/// Returns the file that an `extends` names, if it names one whose path contains no unknown variable.
pub(super) fn file_of(extends: Value) -> Option<String> {
    let file = with_defaults(extends.get("file")?.text()?);
    (!file.is_empty() && !is_unknown(&file)).then_some(file)
}

fn load(path: &str, project: &Project, left: &mut usize) -> Option<Tree> {
    let text = project.read_text(path)?;
    let rest = left.checked_sub(text.len());
    if rest.is_none() {
        let limit = MAX_BYTES >> 20;
        limit::reached(format!("more than {limit} MiB of files to merge"));
    }
    *left = rest?;
    yaml::parse(&text).ok()
}

/// The files that are merged when the one at `path`, whose tree is `own`, runs: at the bottom those that it includes,
/// or that are included together with it, and above them the including file.
fn stack(
    path: &str,
    own: &Tree,
    includer: Option<&Includer>,
    variables: &Variables,
    project: &Project,
) -> Vec<String> {
    let mut files = Vec::new();
    for entry in own
        .documents()
        .filter_map(|root| root.get("include"))
        .flat_map(Value::items)
    {
        let named = included(entry).into_iter();
        files.extend(named.filter_map(|(file, _)| resolve(path, &file)));
    }
    match includer {
        Some(includer) => {
            files.extend(includer.together.iter().cloned());
            files.extend(merged(&includer.path, variables, project));
        }
        None => files.extend(merged(path, variables, project)),
    }
    if files.len() > MAX_FILES {
        limit::reached(format!("more than {MAX_FILES} files to merge"));
    }
    let mut seen = FxHashSet::default();
    files.retain(|file| seen.insert(file.clone()));
    // The file itself is always kept.
    let own = files.iter().position(|file| file == path).unwrap_or(0);
    if own >= MAX_FILES {
        files.swap(own, MAX_FILES - 1);
    }
    files.truncate(MAX_FILES);
    files
}

/// Whether Compose prefers another default name in the same directory, and the preferred file does not mention this
/// one.
pub(super) fn is_passed_over(path: &str, variables: &Variables, project: &Project) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(place) = DEFAULT_NAMES.iter().position(|default| *default == name) else {
        return false;
    };
    let mut preferred = DEFAULT_NAMES[..place]
        .iter()
        .filter_map(|name| resolve(path, name));
    let Some(preferred) = preferred.find(|file| project.has(file)) else {
        return false;
    };
    let names_it = |file: &str| {
        project
            .read_text(file)
            .is_some_and(|text| text.contains(name))
    };
    !variables.contains_key("COMPOSE_FILE") && !names_it(&preferred)
}

/// The files that are merged onto each other: those listed in `.env`, or a file with a default name and its override.
fn merged(path: &str, variables: &Variables, project: &Project) -> Vec<String> {
    if let Some(listed) = listed(path, variables, project) {
        return listed;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let first = |names: [&str; 4]| {
        let files = names.into_iter().filter_map(|name| resolve(path, name));
        files
            .into_iter()
            .find(|file| file == path || project.has(file))
    };
    // Of several files with default names only the preferred one runs, and only the preferred override is merged.
    if (DEFAULT_NAMES.contains(&name) || OVERRIDES.contains(&name))
        && let (Some(base), Some(over)) = (first(DEFAULT_NAMES), first(OVERRIDES))
        && (base == path || over == path)
    {
        return vec![base, over];
    }
    vec![path.to_owned()]
}

/// The files in `COMPOSE_FILE`, if the one at `path` is among them.
fn listed(path: &str, variables: &Variables, project: &Project) -> Option<Vec<String>> {
    let list = variables.get("COMPOSE_FILE")?;
    let separator = variables
        .get("COMPOSE_PATH_SEPARATOR")
        .map_or(":", String::as_str);
    if separator.is_empty() {
        return None;
    }
    let mut files: Vec<String> = list
        .split(separator)
        .filter_map(|named| resolve(path, named.trim()))
        .filter(|file| file == path || project.has(file))
        .take(MAX_FILES + 1)
        .collect();
    if files.len() > MAX_FILES {
        limit::reached(format!("more than {MAX_FILES} files in `COMPOSE_FILE`"));
        files.truncate(MAX_FILES);
    }
    files.iter().any(|file| file == path).then_some(files)
}

/// The variables that are set when the file at `path` runs: by the `.env` beside it or, if another file includes it, by
/// what that file gives it and by the `.env` beside that file, which take precedence.
fn variables(path: &str, includer: Option<&Includer>, project: &Project) -> Variables {
    let mut variables = Variables::new();
    let named = includer.and_then(|found| found.variables.as_ref());
    match named {
        Some(files) => files
            .iter()
            .for_each(|file| add(file, project, &mut variables)),
        None => add_beside(path, project, &mut variables),
    }
    if let Some(includer) = includer {
        add_beside(&includer.path, project, &mut variables);
    }
    variables
}

fn add_beside(path: &str, project: &Project, variables: &mut Variables) {
    if let Some(file) = resolve(path, ".env") {
        add(&file, project, variables);
    }
}

fn add(file: &str, project: &Project, variables: &mut Variables) {
    let text = project.read_text(file);
    let Some(text) = text else {
        return;
    };
    if text.len() > MAX_SMALL {
        let limit = MAX_SMALL >> 10;
        limit::reached(format!("more than {limit} KiB of variables in `{file}`"));
        return;
    }
    let own = dotenv::read(&text, variables);
    variables.extend(own);
}

/// A file that includes another.
struct Includer {
    path: String,
    /// The files of the same `include` entry, from the bottom up. The included file is one of them.
    together: Vec<String>,
    /// The project directory for the included file's paths, if the entry sets one.
    folder: Option<String>,
    /// The env files for the included file; `None` if its own `.env` is used.
    variables: Option<Vec<String>>,
}

/// The file with a default name that includes the one at `path`, in the same directory or one above.
fn includer(path: &str, project: &Project) -> Option<Includer> {
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut left = MAX_SMALL;
    loop {
        for name in DEFAULT_NAMES {
            let candidate = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            if candidate != path
                && project.has(&candidate)
                && let Some(found) = includes(&candidate, path, project, &mut left)
            {
                return Some(found);
            }
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// How the file at `candidate` includes the one at `path`, if it does.
fn includes(candidate: &str, path: &str, project: &Project, left: &mut usize) -> Option<Includer> {
    let text = project.read_text(candidate)?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let mentions = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !mentions("include") || !mentions(name) {
        return None;
    }
    let rest = left.checked_sub(text.len());
    if rest.is_none() {
        let limit = MAX_SMALL >> 10;
        limit::reached(format!(
            "more than {limit} KiB of files that may include it"
        ));
    }
    *left = rest?;
    let tree = yaml::parse(&text).ok()?;
    let list = tree.documents().find_map(|root| root.get("include"))?;
    let entry = list.items().find(|entry| {
        let mut files = included(*entry).into_iter();
        files.any(|(file, _)| resolve(candidate, &file).as_deref() == Some(path))
    })?;
    let texts = |value: Value| -> Vec<String> {
        let one = value.text().map(with_defaults);
        one.into_iter()
            .chain(
                value
                    .items()
                    .filter_map(|item| item.text().map(with_defaults)),
            )
            .collect()
    };
    let folder = entry.get("project_directory").and_then(Value::text);
    let named = match (entry.get("env_file"), folder) {
        (Some(files), _) => Some(texts(files)),
        (None, Some(folder)) => Some(vec![format!("{}/.env", with_defaults(folder))]),
        (None, None) => None,
    };
    let variables = named.map(|files| {
        let files = files.iter().filter_map(|file| resolve(candidate, file));
        files.take(MAX_FILES).collect()
    });
    let folder = folder.and_then(|folder| resolve(candidate, &with_defaults(folder)));
    let together = included(entry).into_iter();
    Some(Includer {
        path: candidate.to_owned(),
        together: together
            .filter_map(|(file, _)| resolve(candidate, &file))
            .take(MAX_FILES)
            .collect(),
        folder,
        variables,
    })
}

/// Returns the files that an `include` entry names, each with where it is written.
pub(super) fn included(entry: Value<'_>) -> Vec<(String, Value<'_>)> {
    let of = |value: Value<'_>| value.text().map(with_defaults);
    if let Some(file) = of(entry) {
        return vec![(file, entry)];
    }
    let Some(path) = entry.get("path") else {
        return Vec::new();
    };
    if let Some(file) = of(path) {
        return vec![(file, path)];
    }
    path.items()
        .filter_map(|item| Some((of(item)?, item)))
        .collect()
}
