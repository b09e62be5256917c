//! The files of a working tree, walked and scanned in parallel.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::elsewhere::{annexed_link, is_annexed, stand_in};
use super::git::Repo;
use super::memory::{self, Share};
use super::nested::{bare_repository, jujutsu, repositories};
use super::path::slashed;
use super::{Limits, Meter, Outer, SourceError, Text, Worker, decode, look_inside, oversized};
use crate::model::{Blob, Coverage, Gap, GapKind, Origin, Part};

/// What to walk, and how.
#[derive(Debug)]
pub struct WorktreeOptions<'a> {
    /// Size limit and threads.
    pub limits: Limits,
    /// Whether to scan files that git ignores, too.
    pub no_ignore: bool,
    /// The repository that the tree belongs to, if any: files that it tracks are scanned even if git ignores them.
    pub repo: Option<&'a Repo>,
}

/// Scans every file below `root`, or `root` itself if it is a file.
///
/// Includes hidden files but not `.git`, and does not follow links. The coverage lists what could not be read.
pub fn walk_worktree<W: Worker>(
    root: &Path,
    options: &WorktreeOptions<'_>,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>), SourceError> {
    let metadata = fs::metadata(root).map_err(|error| open_error(root, &error))?;
    let walk = Walk {
        root,
        is_file: metadata.is_file(),
        limits: options.limits,
        meter,
        new_worker,
        finished: Mutex::new(Finished::default()),
        keep_seen: options.repo.is_some() && !options.no_ignore,
    };
    let unread = Arc::new(Mutex::new(Vec::new()));
    let nested = Arc::new(Mutex::new(Vec::new()));
    walk.run(&builder(root, options, Some(&unread), &nested));
    let unread = std::mem::take(&mut *lock(&unread));
    for folder in unread {
        walk.run(&self::builder(&folder, options, None, &nested));
    }

    let mut finished = lock(&walk.finished);
    let mut finished = std::mem::take(&mut *finished);
    if let Some(repo) = options.repo.filter(|_| walk.keep_seen) {
        finished.merge(walk.tracked_but_ignored(repo, &finished.seen));
    }
    let nested = std::mem::take(&mut *lock(&nested));
    finished.coverage.gaps.extend(repositories(
        root,
        &|path| walk.relative(path),
        nested,
        options.repo,
    ));
    finished.coverage.gaps.sort();
    Ok((finished.coverage, finished.workers))
}

/// Builds a walk from `root`. Directories whose `.gitignore` must not be opened are skipped and put into `unread`;
/// without `unread`, no such file is read at all.
fn builder(
    root: &Path,
    options: &WorktreeOptions<'_>,
    unread: Option<&Arc<Mutex<Vec<PathBuf>>>>,
    nested: &Arc<Mutex<Vec<PathBuf>>>,
) -> WalkBuilder {
    let ignores = !options.no_ignore && unread.is_some() && !has_odd_ignore_file(root);
    let unread = unread.filter(|_| ignores).cloned();
    let nested = Arc::clone(nested);
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .ignore(false)
        .git_ignore(ignores)
        .git_exclude(ignores)
        // What one user's machine ignores globally must not decide what is found in a repository.
        .git_global(false)
        .parents(ignores)
        .threads(options.limits.threads)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            match &unread {
                Some(unread) if is_folder && has_odd_ignore_file(entry.path()) => {
                    lock(unread).push(entry.path().to_owned());
                    false
                }
                _ if entry.file_name() == ".git" => {
                    let folder = entry.path().parent().filter(|_| entry.depth() > 1);
                    lock(&nested).extend(folder.map(Path::to_owned));
                    false
                }
                _ => true,
            }
        });
    builder
}

/// Whether `folder` has a `.gitignore` that is not a regular file. Git does not follow it if it is a link, and a link
/// to `/dev/zero`, or a pipe, would be read without end.
fn has_odd_ignore_file(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".gitignore")).is_ok_and(|metadata| !metadata.is_file())
}

fn open_error(root: &Path, error: &io::Error) -> SourceError {
    let path = root.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => SourceError::NotFound { path },
        _ => SourceError::Unreadable {
            path,
            reason: error.to_string(),
        },
    }
}

/// What the threads of a walk share.
struct Walk<'a, W> {
    root: &'a Path,
    is_file: bool,
    limits: Limits,
    meter: &'a Meter<'a>,
    new_worker: &'a (dyn Fn() -> W + Sync),
    finished: Mutex<Finished<W>>,
    keep_seen: bool,
}

/// What the threads leave behind when they are done.
struct Finished<W> {
    workers: Vec<W>,
    coverage: Coverage,
    seen: BTreeSet<String>,
}

impl<W> Default for Finished<W> {
    fn default() -> Self {
        Self {
            workers: Vec::new(),
            coverage: Coverage::default(),
            seen: BTreeSet::new(),
        }
    }
}

impl<W> Finished<W> {
    fn merge(&mut self, other: Self) {
        self.workers.extend(other.workers);
        self.coverage.merge(other.coverage);
        self.seen.extend(other.seen);
    }
}

/// Locks even a poisoned mutex: another thread panicked, but what it had stored is still consistent.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<'s, W: Worker + 's> ParallelVisitorBuilder<'s> for &'s Walk<'_, W> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor {
            walk: self,
            worker: Some((self.new_worker)()),
            coverage: Coverage::default(),
            seen: Vec::new(),
            buffer: Vec::new(),
        })
    }
}

impl<W: Worker> Walk<'_, W> {
    /// Visits everything `builder` leads to. With one thread, the walk runs on this one: the walker would start a
    /// thread and wait.
    fn run(&self, builder: &WalkBuilder) {
        let mut walk = self;
        if self.limits.threads > 1 {
            builder.build_parallel().visit(&mut walk);
            return;
        }
        let mut visitor = walk.build();
        for entry in builder.build() {
            if visitor.visit(entry) == WalkState::Quit {
                break;
            }
        }
    }

    /// Scans files that are in the index but that the walk skipped: git tracks what was once added, ignored or not, and
    /// a committed `.env` that was ignored later is exactly what must not be missed.
    fn tracked_but_ignored(&self, repo: &Repo, seen: &BTreeSet<String>) -> Finished<W> {
        let mut visitor = Visitor {
            walk: self,
            worker: Some((self.new_worker)()),
            coverage: Coverage::default(),
            seen: Vec::new(),
            buffer: Vec::new(),
        };
        let tracked = match repo.tracked_files(self.root) {
            Ok(tracked) => tracked,
            Err(gap) => {
                visitor.coverage.gaps.push(gap);
                Vec::new()
            }
        };
        for path in tracked.into_iter().filter(|path| !seen.contains(path)) {
            if self.meter.is_cancelled() {
                break;
            }
            let full = self.root.join(&path);
            // A missing file was deleted in the working tree; the history scan still sees it.
            if fs::symlink_metadata(&full).is_ok_and(|metadata| metadata.is_file()) {
                visitor.file(&full, path);
            } else if path.contains(char::REPLACEMENT_CHARACTER) {
                let reason = "git ignores and tracks it, and its name is not UTF-8: rename it";
                visitor.gap(GapKind::Unreadable, path, reason.to_owned());
            }
        }
        Finished {
            coverage: std::mem::take(&mut visitor.coverage),
            workers: visitor.worker.take().into_iter().collect(),
            seen: BTreeSet::new(),
        }
    }

    /// Returns the path of `full` below the root, with `/` between its parts.
    fn relative(&self, full: &Path) -> String {
        let path = if self.is_file {
            full
        } else {
            full.strip_prefix(self.root).unwrap_or(full)
        };
        slashed(path)
    }
}

/// One thread's part of the walk.
struct Visitor<'w, W: Worker> {
    walk: &'w Walk<'w, W>,
    worker: Option<W>,
    coverage: Coverage,
    seen: Vec<String>,
    buffer: Vec<u8>,
}

impl<W: Worker> ParallelVisitor for Visitor<'_, W> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.walk.meter.is_cancelled() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => self.walk_error(&error),
        }
        WalkState::Continue
    }
}

impl<W: Worker> Drop for Visitor<'_, W> {
    fn drop(&mut self) {
        let Some(worker) = self.worker.take() else {
            return;
        };
        lock(&self.walk.finished).merge(Finished {
            workers: vec![worker],
            coverage: std::mem::take(&mut self.coverage),
            seen: std::mem::take(&mut self.seen).into_iter().collect(),
        });
    }
}

impl<W: Worker> Visitor<'_, W> {
    fn entry(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else {
            return;
        };
        if kind.is_dir() {
            let gap = jujutsu(entry.path(), &|path| self.walk.relative(path));
            self.coverage.gaps.extend(gap);
            return;
        }
        let path = self.walk.relative(entry.path());
        if entry.file_name() == "HEAD" && entry.depth() > 1 {
            let gap = bare_repository(entry.path(), &|path| self.walk.relative(path));
            self.coverage.gaps.extend(gap);
        }
        // A link given as the root is followed: whoever names it means its target.
        if kind.is_file() || (entry.depth() == 0 && self.walk.is_file) {
            if self.walk.keep_seen {
                self.seen.push(path.clone());
            }
            self.file(entry.path(), path);
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path()).unwrap_or_default();
            if is_annexed(target.as_os_str().as_encoded_bytes()) {
                self.coverage.gaps.push(annexed_link(path));
            } else if fs::metadata(entry.path()).is_err() {
                // Git would commit the target as the content of the link.
                if let Some(worker) = &mut self.worker {
                    worker.part(&Part {
                        bytes: target.as_os_str().as_encoded_bytes(),
                        path: Some(&path),
                        origin: Origin::Worktree,
                        member: None,
                        places: None,
                    });
                }
                self.gap(
                    GapKind::BrokenLink,
                    path,
                    "the link's target does not exist".to_owned(),
                );
            }
        } else {
            let reason = "not a file, directory or link".to_owned();
            self.gap(GapKind::Special, path, reason);
        }
    }

    fn file(&mut self, full: &Path, path: String) {
        self.walk.meter.advance(1);
        match read(full, self.walk.limits.max_file_size, &mut self.buffer) {
            Ok(Outcome::Whole(share)) => {
                self.scan(&path);
                if share.is_some() {
                    self.buffer = Vec::new();
                }
            }
            Ok(Outcome::Oversized(size)) => {
                let gap = oversized(path, size, self.walk.limits);
                self.coverage.gaps.push(gap);
            }
            Err(error) => self.gap(GapKind::Unreadable, path, error.to_string()),
        }
    }

    fn scan(&mut self, path: &str) {
        match decode(&self.buffer) {
            Text::Binary => {
                self.coverage.binary += 1;
                if let Some(worker) = &mut self.worker {
                    worker.binary(path);
                    let file = Outer::of(Some(path), &Origin::Worktree);
                    let (limits, seen) = (self.walk.limits, &mut self.coverage);
                    look_inside(&file, &self.buffer, limits, (worker, seen));
                }
            }
            Text::Utf8(text) => {
                self.coverage.files += 1;
                self.coverage.bytes += self.buffer.len() as u64;
                if let Some((kind, reason)) = stand_in(&self.buffer) {
                    self.coverage.gaps.push(Gap::new(kind, path, reason));
                }
                let blob = Blob {
                    bytes: &text,
                    path: Some(path),
                    origin: Origin::Worktree,
                };
                if let Some(worker) = &mut self.worker {
                    worker.blob(&blob);
                }
            }
        }
    }

    fn walk_error(&mut self, error: &ignore::Error) {
        let place = error_path(error)
            .map_or_else(|| slashed(self.walk.root), |path| self.walk.relative(path));
        let reason = error
            .io_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        self.gap(GapKind::Unreadable, place, reason);
    }

    fn gap(&mut self, kind: GapKind, place: String, reason: String) {
        self.coverage.gaps.push(Gap::new(kind, place, reason));
    }
}

/// Returns the path that a walk error is about, if it names one.
fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        _ => None,
    }
}

/// How reading a file ended.
enum Outcome {
    /// With its share of the memory budget, if it is large.
    Whole(Option<Share<'static>>),
    Oversized(u64),
}

/// Reads a file into `buffer`, unless it is larger than `limit` bytes.
fn read(path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<Outcome> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Ok(Outcome::Oversized(size));
    }
    let share = memory::share(size);
    buffer.clear();
    buffer.reserve(usize::try_from(size).unwrap_or(0) + 1);
    // A file may grow while it is read.
    file.take(limit.saturating_add(1)).read_to_end(buffer)?;
    let read = buffer.len() as u64;
    Ok(if read > limit {
        Outcome::Oversized(read)
    } else {
        Outcome::Whole(share)
    })
}
