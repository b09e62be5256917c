//! What a copy of a repository keeps beside its objects: settings, hooks, message drafts, reflogs.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Repo;
use crate::model::{Blob, Gap, GapKind, Origin};
use crate::source::text::{Text, decode};
use crate::source::{Limits, Worker, oversized};

/// Files of the git directory, and directories with everything below them.
#[rustfmt::skip]
const PLACES: [&str; 16] = [
    "COMMIT_EDITMSG", "FETCH_HEAD", "MERGE_MSG", "NOTES_EDITMSG", "SQUASH_MSG", "TAG_EDITMSG", "config", "config.worktree",
    "description", "hooks", "info", "logs", "modules", "rebase-apply", "rebase-merge", "worktrees",
];

/// How deep to descend: branch names create directories.
const MAX_DEPTH: usize = 32;

impl Repo {
    /// Shows the worker the files that only this copy has, with paths below what was scanned. Returns what could not be
    /// read of them.
    pub fn walk_own_files<W: Worker>(&self, limits: Limits, worker: &mut W) -> Vec<Gap> {
        let repo = self.shared.to_thread_local();
        let mut folders = vec![repo.common_dir().to_owned()];
        // That of a linked working tree is below the common one.
        if !repo.git_dir().starts_with(&folders[0]) {
            folders.push(repo.git_dir().to_owned());
        }
        let mut files = Vec::new();
        let mut gaps = Vec::new();
        for folder in folders {
            for place in PLACES {
                self.list(&folder.join(place), MAX_DEPTH, &mut files, &mut gaps);
            }
        }
        files.sort();
        for file in files {
            gaps.extend(self.own_file(&file, limits, worker));
        }
        gaps
    }

    /// Shows the worker the names of branches, tags and other refs, which everyone who clones gets, one per line.
    pub fn walk_ref_names<W: Worker>(&self, worker: &mut W) {
        let repo = self.shared.to_thread_local();
        let Ok(refs) = repo.references() else {
            return;
        };
        let mut names: Vec<String> = refs
            .all()
            .into_iter()
            .flat_map(Iterator::flatten)
            .map(|found| found.name().as_bstr().to_string())
            .collect();
        names.sort();
        worker.blob(&Blob {
            bytes: names.join("\n").as_bytes(),
            path: Some(&self.below(&repo.common_dir().join("refs"))),
            origin: Origin::Worktree,
        });
    }

    /// Adds a file, or the files below a directory. Skips links and pipes, and the objects of submodules, whose
    /// histories are gaps of their own.
    fn list(&self, path: &Path, depth: usize, files: &mut Vec<PathBuf>, gaps: &mut Vec<Gap>) {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return;
        };
        if metadata.is_file() {
            let is_sample = path
                .extension()
                .is_some_and(|extension| extension == "sample");
            if !is_sample && path.file_name().is_none_or(|name| name != "index") {
                files.push(path.to_owned());
            }
        } else if metadata.is_dir() && path.file_name().is_none_or(|name| name != "objects") {
            let unread = |reason: String| Gap::new(GapKind::Unreadable, self.below(path), reason);
            match (depth, fs::read_dir(path)) {
                (0, _) => gaps.push(unread("its directories are nested too deeply".to_owned())),
                (_, Err(error)) => gaps.push(unread(error.to_string())),
                (_, Ok(entries)) => {
                    for entry in entries.flatten() {
                        self.list(&entry.path(), depth - 1, files, gaps);
                    }
                }
            }
        }
    }

    fn own_file<W: Worker>(&self, full: &Path, limits: Limits, worker: &mut W) -> Option<Gap> {
        let path = self.below(full);
        let mut bytes = Vec::new();
        let read = File::open(full).and_then(|file| {
            let limit = limits.max_file_size.saturating_add(1);
            file.take(limit).read_to_end(&mut bytes)
        });
        if let Err(error) = read {
            return Some(Gap::new(GapKind::Unreadable, path, error.to_string()));
        }
        if bytes.len() as u64 > limits.max_file_size {
            return Some(oversized(path, bytes.len() as u64, limits));
        }
        if let Text::Utf8(text) = decode(&bytes) {
            worker.blob(&Blob {
                bytes: &text,
                path: Some(&path),
                origin: Origin::Worktree,
            });
        }
        None
    }
}
