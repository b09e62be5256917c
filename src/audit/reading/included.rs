//! Settings files that include others, read as their server reads them: from the root file, in order.
//!
//! What counts is what all files say together, but each finding is reported once: in the file that has the line, or, if
//! that file is not audited itself, where it is included.

use std::ops::Range;

use crate::audit::limit;
use crate::audit::project::{Project, resolve};

/// How deeply includes may be nested.
const MAX_DEPTH: usize = 10;

/// How many other files are read for one file, and their total size in bytes.
const MAX_FILES: usize = 64;
const MAX_BYTES: usize = 1 << 20;

/// How many directories above a file the one that includes it is searched for.
const MAX_ABOVE: usize = 3;

/// The syntax in which a format writes settings and includes.
pub(in crate::audit) trait Syntax {
    /// One setting.
    type Item;

    /// Returns the lines of one file, in order.
    fn read(&self, text: &str) -> Vec<Line<Self::Item>>;

    /// Returns whether the file at `path` is audited by itself.
    fn is_audited(&self, path: &str, text: &str) -> bool;

    /// Returns the names of files that servers read first.
    fn roots(&self) -> &'static [&'static str];
}

/// One line of a file.
pub(in crate::audit) enum Line<T> {
    /// A setting, and its range.
    Item(T, Range<usize>),
    /// Other files that are read in its place.
    Include(Include),
}

/// A line that includes other files.
pub(in crate::audit) struct Include {
    pub(in crate::audit) named: Named,
    pub(in crate::audit) span: Range<usize>,
}

/// What a line includes.
pub(in crate::audit) enum Named {
    /// One file; `*` in its name matches anything.
    File(String),
    /// All files of a directory with this extension.
    Folder(String, &'static str),
}

/// A setting as it was read.
pub(in crate::audit) struct Placed<T> {
    pub(in crate::audit) item: T,
    /// Where to report it in the file under audit; `None` if it is reported in another file.
    pub(in crate::audit) span: Option<Range<usize>>,
}

/// Everything that a server reads.
pub(in crate::audit) struct Reading<T> {
    /// The settings, in the order in which they are read.
    pub(in crate::audit) lines: Vec<Placed<T>>,
    /// Whether every file was there.
    pub(in crate::audit) is_whole: bool,
    /// Whether the file under audit is included by the one that is read first.
    pub(in crate::audit) is_part: bool,
}

/// Reads what the server that uses the file at `path` reads.
pub(in crate::audit) fn read<S: Syntax>(
    syntax: &S,
    path: &str,
    text: &str,
    project: &Project<'_>,
) -> Reading<S::Item> {
    let from_root = root(syntax, path, project).and_then(|root| {
        let text = project.read_text(&root)?;
        let mut walk = Walk::new(syntax, path, project);
        walk.file(&root, &text, None);
        walk.reading.is_part = true;
        walk.has_met.then_some(walk.reading)
    });
    from_root.unwrap_or_else(|| {
        let mut walk = Walk::new(syntax, path, project);
        walk.file(path, text, None);
        walk.reading
    })
}

/// Returns the file that the server reads first, if that is not the one at `path`.
fn root<S: Syntax>(syntax: &S, path: &str, project: &Project<'_>) -> Option<String> {
    let roots = syntax.roots();
    let name = path.rsplit('/').next().unwrap_or(path);
    if roots.contains(&name) {
        return None;
    }
    let mut folder = path;
    for _ in 0..=MAX_ABOVE {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        for root in roots {
            let candidate = within(folder, root);
            if project.has(&candidate) {
                return Some(candidate);
            }
        }
        if folder.is_empty() {
            break;
        }
    }
    None
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Walks through the files.
struct Walk<'w, S: Syntax> {
    syntax: &'w S,
    /// The file under audit.
    path: &'w str,
    project: &'w Project<'w>,
    open: Vec<String>,
    files: usize,
    bytes: usize,
    /// Whether the file under audit was among those that were read.
    has_met: bool,
    reading: Reading<S::Item>,
}

impl<'w, S: Syntax> Walk<'w, S> {
    fn new(syntax: &'w S, path: &'w str, project: &'w Project<'w>) -> Self {
        Self {
            syntax,
            path,
            project,
            open: Vec::new(),
            files: 0,
            bytes: 0,
            has_met: false,
            reading: Reading {
                lines: Vec::new(),
                is_whole: true,
                is_part: false,
            },
        }
    }

    /// Reads one file. `via` is where to report its lines in the file under audit, if it is not that file.
    fn file(&mut self, path: &str, text: &str, via: Option<&Range<usize>>) {
        let is_own = path == self.path;
        self.has_met |= is_own;
        self.open.push(path.to_owned());
        for line in self.syntax.read(text) {
            match line {
                Line::Item(item, span) => {
                    let span = if is_own { Some(span) } else { via.cloned() };
                    self.reading.lines.push(Placed { item, span });
                }
                Line::Include(include) => {
                    let via = if is_own { Some(&include.span) } else { via };
                    self.include(path, &include.named, via);
                }
            }
        }
        self.open.pop();
    }

    fn include(&mut self, from: &str, named: &Named, via: Option<&Range<usize>>) {
        let files = found(from, named, self.project);
        self.reading.is_whole &= !files.is_empty() || matches!(named, Named::Folder(..));
        for file in files {
            if self.open.contains(&file) {
                continue;
            }
            let Some(text) = self.project.read_text(&file) else {
                self.reading.is_whole = false;
                continue;
            };
            self.files += 1;
            self.bytes += text.len();
            let is_beyond = self.files > MAX_FILES || self.bytes > MAX_BYTES;
            if is_beyond || self.open.len() > MAX_DEPTH {
                limit::reached(format!("more than {MAX_FILES} files that it includes"));
                self.reading.is_whole = false;
                return;
            }
            let is_audited = self.project.has(&file) && self.syntax.is_audited(&file, &text);
            self.file(&file, &text, via.filter(|_| !is_audited));
        }
    }
}

/// Returns the files of the tree that a line in the file at `from` includes. Directories on the server may differ, so
/// only the end of an absolute path must match.
fn found(from: &str, named: &Named, project: &Project<'_>) -> Vec<String> {
    match named {
        Named::File(name) if name.contains('*') => {
            let (folder, pattern) = name.rsplit_once('/').unwrap_or(("", name));
            of_folder(from, folder, project, |name| matches(pattern, name))
        }
        Named::File(name) => found_file(from, name, project).into_iter().collect(),
        Named::Folder(folder, ending) => of_folder(from, folder, project, |name| {
            name.ends_with(ending) && !name.starts_with('.')
        }),
    }
}

/// Returns the file of the tree that `name` in the file at `from` refers to.
pub(in crate::audit) fn found_file(
    from: &str,
    name: &str,
    project: &Project<'_>,
) -> Option<String> {
    ends(name)
        .filter_map(|end| resolve(from, end))
        .find(|path| !path.is_empty() && project.read_text(path).is_some())
}

fn of_folder(
    from: &str,
    folder: &str,
    project: &Project<'_>,
    is: impl Fn(&str) -> bool,
) -> Vec<String> {
    let folder = folder.trim_end_matches('/');
    let folders = ends(folder).filter_map(|end| resolve(from, end));
    let mut found = folders.map(|folder| {
        let names = project.names_in(&folder).filter(|name| is(name));
        let files = names.map(|name| within(&folder, name));
        files.filter(|file| file != from).collect::<Vec<_>>()
    });
    let mut files = found.find(|files| !files.is_empty()).unwrap_or_default();
    files.sort();
    files
}

/// Returns a path, and the path without its first directories, the longest first.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_absolute = path.starts_with('/');
    let trimmed = path.trim_start_matches('/');
    let mut rest = Some(trimmed);
    std::iter::from_fn(move || {
        let end = rest?;
        rest = end
            .split_once('/')
            .map(|(_, rest)| rest)
            .filter(|_| is_absolute);
        Some(end)
    })
}

/// Whether a name matches a pattern with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let mut cuts = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            cuts.any(|at| matches(rest, &name[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        assert!(matches("*.conf", "a.conf"));
        assert!(matches("a*b*", "axxbyy"));
        assert!(!matches("*.conf", "a.cnf"));
        assert!(!matches("a", "ab"));
    }

    #[test]
    fn absolute_paths_are_known_by_their_ends() {
        let all: Vec<_> = ends("/etc/a/b.conf").collect();
        assert_eq!(all, ["etc/a/b.conf", "a/b.conf", "b.conf"]);
        assert_eq!(ends("a/b.conf").collect::<Vec<_>>(), ["a/b.conf"]);
    }
}
