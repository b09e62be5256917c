//! Finds pipes, sockets and devices where git expects files: opening one blocks forever, or reads without end.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Files of the git directory that are opened by name.
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

/// Directories of the git directory in which all files are opened, at any depth.
const FOLDERS: [&str; 4] = ["refs", "worktrees", "objects/pack", "objects/info"];

/// How deep directories are searched, and how many entries in all: a repository with that many refs has packed them.
const MAX_DEPTH: usize = 12;
const MAX_ENTRIES: usize = 20_000;

/// The size limit for a file that only says where the git directory is.
const MAX_LINK_BYTES: u64 = 4096;

/// How many alternate object directories are looked at.
const MAX_ALTERNATES: usize = 64;

/// Returns the first thing in the git directory of `path` that is neither a file nor a directory, if any. Opens only
/// directories, and files that are known to be regular files.
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
    let folders = FOLDERS.iter().map(|name| folder.join(name));
    let borrowed = alternates(&folder.join("objects"));
    let borrowed = borrowed.iter().map(|objects| objects.join("pack"));
    let mut folders = folders.chain(borrowed);
    folders.find_map(|folder| below(&folder, MAX_DEPTH, &mut left))
}

/// Returns the alternates of an object directory.
fn alternates(objects: &Path) -> Vec<PathBuf> {
    let lines = text(&objects.join("info/alternates")).unwrap_or_default();
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| objects.join(line))
        .take(MAX_ALTERNATES)
        .collect()
}

/// Returns the first loose object in this object directory or its alternates that is neither a file nor a directory.
///
/// This reads all of these directories, so it is only for callers who read all objects anyway.
pub(super) fn find_object(objects: &Path) -> Option<PathBuf> {
    let mut stores = vec![objects.to_owned()];
    stores.extend(alternates(objects));
    stores.iter().find_map(|store| {
        let folders = (0..=u8::MAX).map(|first| store.join(format!("{first:02x}")));
        let mut left = usize::MAX;
        let mut folders = folders.into_iter();
        folders.find_map(|folder| {
            let is_itself = is_special(&folder).then(|| folder.clone());
            is_itself.or_else(|| below(&folder, 0, &mut left))
        })
    })
}

/// A link counts as what it leads to.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn below(folder: &Path, depth: usize, left: &mut usize) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        *left = left.checked_sub(1)?;
        let path = entry.path();
        // The directory entry has the kind, so that a regular file costs no system call.
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
    text(path)?
        .lines()
        .next()
        .map(|line| line.trim().to_owned())
}

fn text(path: &Path) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(MAX_LINK_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}
