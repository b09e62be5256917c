//! Pipes, sockets and devices where git has files: whoever opens one waits for ever, or reads without end.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Files of the git folder that are opened by name.
const FILES: [&str; 14] = [
    "HEAD",
    "config",
    "config.worktree",
    "commondir",
    "gitdir",
    "index",
    "packed-refs",
    "shallow",
    "info/exclude",
    "info/grafts",
    "logs/refs/stash",
    "objects/info/alternates",
    "objects/info/commit-graph",
    "objects/pack/multi-pack-index",
];

/// Folders of the git folder whose files are all opened, with what lies below them.
const FOLDERS: [&str; 4] = ["refs", "worktrees", "objects/pack", "objects/info"];

/// How deep folders are looked into, and how much of each tree: refs of that many are packed.
const MAX_DEPTH: usize = 12;
const MAX_ENTRIES: usize = 20_000;

/// A file that says where the git folder is says no more than that.
const MAX_LINK_BYTES: u64 = 4096;

/// The first thing in the git folder of `path` that is neither a file nor a folder, if there is one. Nothing is opened
/// but folders, and files that are known to be files.
pub(super) fn find(path: &Path) -> Option<PathBuf> {
    let dot_git = path.join(".git");
    let folder = match fs::metadata(&dot_git) {
        Err(_) => path.to_owned(),
        Ok(found) if found.is_dir() => dot_git,
        Ok(found) if found.is_file() => {
            let link = first_line(&dot_git)?;
            path.join(link.strip_prefix("gitdir:")?.trim())
        }
        Ok(_) => return Some(dot_git),
    };
    find_in(&folder).or_else(|| {
        let common = folder.join(first_line(&folder.join("commondir"))?);
        find_in(&common)
    })
}

fn find_in(folder: &Path) -> Option<PathBuf> {
    let files = FILES.iter().map(|name| folder.join(name));
    if let Some(special) = files.into_iter().find(|path| is_special(path)) {
        return Some(special);
    }
    let mut left = MAX_ENTRIES;
    let mut folders = FOLDERS.iter().map(|name| folder.join(name));
    folders.find_map(|folder| below(&folder, MAX_DEPTH, &mut left))
}

/// A link counts for what it leads to.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn below(folder: &Path, depth: usize, left: &mut usize) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        *left = left.checked_sub(1)?;
        let path = entry.path();
        // The kind comes with the name, so that a file costs nothing more.
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let special = if kind.is_dir() {
            depth
                .checked_sub(1)
                .and_then(|depth| below(&path, depth, left))
        } else {
            let is_special = !kind.is_file() && is_special(&path);
            is_special.then_some(path)
        };
        if special.is_some() {
            return special;
        }
    }
    None
}

fn first_line(path: &Path) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(MAX_LINK_BYTES).read_to_string(&mut text).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}
