//! Settings files that belong to what is scanned, found by name.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::git::{CommitFiles, Repo};
use super::text::{Text, decode};

/// Larger files are not settings.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// Larger files are not baselines or lists: they would have hundreds of thousands of findings.
pub const MAX_LIST_BYTES: u64 = 64 << 20;

/// Larger files named by the user are neither settings nor rules.
pub const MAX_RULES_BYTES: u64 = 32 << 20;

/// A settings file, and its name in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its path: as typed if it is in the path that was named, else in full.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Where settings files are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf<'p> {
    /// A directory of the working tree.
    Folder(&'p Path),
    /// The tree of a commit in the repository that contains the directory, or is it.
    Commit {
        /// The directory.
        folder: &'p Path,
        /// The revision that names the commit.
        revision: &'p str,
    },
}

impl<'p> Shelf<'p> {
    /// Returns a shelf for the directory itself, or for HEAD if it is a bare repository.
    pub fn of(folder: &'p Path) -> Self {
        let is_bare = folder.join("HEAD").is_file() && folder.join("objects").is_dir();
        if is_bare && !folder.join(".git").exists() {
            let revision = "HEAD";
            return Self::Commit { folder, revision };
        }
        Self::Folder(folder)
    }

    /// Returns the directory that it belongs to.
    pub fn folder(self) -> &'p Path {
        match self {
            Self::Folder(folder) | Self::Commit { folder, .. } => folder,
        }
    }

    /// Returns the same kind of shelf for another directory.
    #[must_use]
    pub fn at(self, folder: &'p Path) -> Self {
        match self {
            Self::Folder(_) => Self::of(folder),
            Self::Commit { revision, .. } => Self::Commit { folder, revision },
        }
    }
}

/// Reads a file in the tree of a commit, at the path of `folder` within the repository.
fn file_at(
    folder: &Path,
    revision: &str,
    name: &str,
    most: u64,
) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    let shown = folder.join(format!("{name} at {}", short(revision)));
    let failed = |error: io::Error| (shown.clone(), error);
    let repo = match Repo::discover(folder) {
        Ok(Some(repo)) => repo,
        Ok(None) => return Ok(None),
        Err(error) => return Err(failed(io::Error::other(error.to_string()))),
    };
    let path = format!("{}{name}", repo.prefix_of(folder));
    let text = repo.text_at(revision, &path, most).map_err(failed)?;
    Ok(text.map(|text| Settings { path: shown, text }))
}

/// Returns the names of the files in `below`, a directory below the one that the shelf belongs to, in ascending order.
///
/// # Errors
///
/// Fails with the path of the directory if the commit has one that cannot be read.
pub fn names_in(shelf: Shelf<'_>, below: &str) -> Result<Vec<String>, (PathBuf, io::Error)> {
    let path = shelf.folder().join(below);
    let mut names = match shelf {
        Shelf::Folder(_) => {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            names.collect()
        }
        Shelf::Commit { folder, revision } => {
            let failed = |error: io::Error| (path.clone(), error);
            let repo = Repo::discover(folder).ok().flatten();
            let Some(repo) = repo else {
                return Ok(Vec::new());
            };
            let prefix = repo.prefix_of(folder);
            match repo.commit_files(revision).map_err(failed)? {
                Some(mut files) => {
                    let names = files.names_in(&format!("{prefix}{below}"));
                    names.map_err(failed)?
                }
                None => Vec::new(),
            }
        }
    };
    names.sort_unstable();
    Ok(names)
}

/// Reads files of one commit for as long as it exists, by their paths in the repository.
pub struct FilesBefore(Option<CommitFiles>);

impl FilesBefore {
    /// Opens the files of the commit that `revision` names, in the repository that contains `folder`.
    pub fn open(folder: &Path, revision: &str) -> Self {
        let repo = Repo::discover(folder).ok().flatten();
        Self(repo.and_then(|repo| repo.commit_files(revision).ok().flatten()))
    }

    /// Returns the text of a file; `None` if there is none that can be read.
    pub fn text(&mut self, path: &str) -> Option<String> {
        let bytes = self.0.as_mut()?.bytes(path, MAX_LIST_BYTES).ok()??;
        match decode(&bytes) {
            Text::Utf8(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            Text::Binary => None,
        }
    }
}

/// Turns what was read from the tree of a commit into settings; `shown` is the file's path in a working tree.
pub(super) fn as_settings(
    text: io::Result<Option<String>>,
    shown: &Path,
    revision: &str,
) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    let shown = PathBuf::from(format!("{} at {}", shown.display(), short(revision)));
    match text {
        Ok(text) => Ok(text.map(|text| Settings { path: shown, text })),
        Err(error) => Err((shown, error)),
    }
}

/// Finds the nearest file of this name in the tree of a commit, in `folder` or above.
fn find_at(
    folder: &Path,
    revision: &str,
    name: &str,
) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    let top = Repo::discover(folder).ok().flatten();
    let top = top.map(|repo| repo.path().to_owned());
    let top = top.and_then(|top| top.canonicalize().ok());
    let own = file_at(folder, revision, name, MAX_BYTES)?;
    let (Some(top), Ok(full), None) = (top, folder.canonicalize(), &own) else {
        return Ok(own);
    };
    let mut above = full.ancestors().skip(1);
    while let Some(folder) = above.next().filter(|folder| folder.starts_with(&top)) {
        let found = file_at(folder, revision, name, MAX_BYTES)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Returns a revision as messages show it.
fn short(revision: &str) -> &str {
    let is_id = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { &revision[..12] } else { revision }
}

/// Reads a text that the user named, of at most `most` bytes. It need not be a regular file: a pipe or `/dev/stdin`
/// works, too.
pub fn read_text_file(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read_bytes(path, most)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// Does the same for bytes. Stops after `most` bytes, so that endless input ends.
pub fn read_bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Anything but a regular file has no size.
    if file.metadata()?.len() > most {
        return Err(too_large(most));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

fn too_large(most: u64) -> io::Error {
    let reason = format!("it is larger than {} MiB", most >> 20);
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

/// Looks for a file of this name in `start`, or beside it if that is a file, and in the directories above, up to the
/// top of the repository. Outside a repository only the first directory counts, since those above may belong to another
/// user.
///
/// Refuses links, and anything else that is not a regular file of reasonable size.
pub fn find_settings(
    shelf: Shelf<'_>,
    name: &str,
) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    let start = match shelf {
        Shelf::Folder(start) => start,
        Shelf::Commit { folder, revision } => return find_at(folder, revision, name),
    };
    let typed = if start.is_file() {
        start.parent().unwrap_or(Path::new(""))
    } else {
        start
    };
    let folder = if typed.as_os_str().is_empty() {
        Path::new(".")
    } else {
        typed
    };
    let Ok(first) = folder.canonicalize() else {
        return Ok(None);
    };
    let top = first
        .ancestors()
        .find(|folder| folder.join(".git").exists());
    let top = top.unwrap_or(&first);
    for folder in first
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
    {
        let full = folder.join(name);
        if fs::symlink_metadata(&full).is_err() {
            continue;
        }
        let path = match typed {
            typed if folder == first && typed == Path::new(".") => PathBuf::from(name),
            typed if folder == first => typed.join(name),
            _ => full.clone(),
        };
        return match read(&full, MAX_BYTES) {
            Ok(text) => Ok(Some(Settings { path, text })),
            Err(error) => Err((path, error)),
        };
    }
    Ok(None)
}

/// Returns the file called `name` in `folder` itself. Refuses a link that leads out of the directory, and anything else
/// that [`find_settings`] refuses.
pub fn settings_in(shelf: Shelf<'_>, name: &str) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    file_in(shelf, name, MAX_BYTES)
}

/// Does the same for a list of findings, which may be longer.
pub fn list_in(shelf: Shelf<'_>, name: &str) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    file_in(shelf, name, MAX_LIST_BYTES)
}

fn file_in(
    shelf: Shelf<'_>,
    name: &str,
    most: u64,
) -> Result<Option<Settings>, (PathBuf, io::Error)> {
    let folder = match shelf {
        Shelf::Folder(folder) => folder,
        Shelf::Commit { folder, revision } => return file_at(folder, revision, name, most),
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let path = if folder == Path::new(".") {
        PathBuf::from(name)
    } else {
        folder.join(name)
    };
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    let is_within = || {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new(".")).canonicalize()?;
        Ok::<_, io::Error>(above.starts_with(folder.canonicalize()?))
    };
    match is_within().and_then(|is_within| {
        if is_within {
            read(&path, most)
        } else {
            let reason = "it is outside the directory";
            Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
        }
    }) {
        Ok(text) => Ok(Some(Settings { path, text })),
        Err(error) => Err((path, error)),
    }
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let refused = |reason: String| Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return refused("it must be a regular file, not a link".to_owned());
    }
    read_text_file(path, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(start: &Path) -> Option<String> {
        find_settings(Shelf::of(start), "s.toml")
            .unwrap()
            .map(|settings| settings.text)
    }

    #[test]
    fn the_nearest_one_counts_up_to_the_top_of_the_repository() {
        let world = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = world.path().join(name);
            fs::create_dir_all(&path).unwrap();
            path
        };
        let deep = folder("repo/a/b");
        folder("repo/.git");
        let other = folder("other/a");
        fs::write(world.path().join("s.toml"), "outside").unwrap();
        fs::write(world.path().join("other/s.toml"), "above").unwrap();
        assert_eq!(found(&deep), None);
        assert_eq!(found(&other), None);
        assert_eq!(found(&world.path().join("other")).as_deref(), Some("above"));
        fs::write(world.path().join("repo/s.toml"), "top").unwrap();
        assert_eq!(found(&deep).as_deref(), Some("top"));
        fs::write(deep.join("s.toml"), "own").unwrap();
        fs::write(deep.join("file"), "").unwrap();
        assert_eq!(found(&deep).as_deref(), Some("own"));
        assert_eq!(found(&deep.join("file")).as_deref(), Some("own"));
        assert_eq!(found(&folder("repo/a")).as_deref(), Some("top"));
    }

    #[test]
    fn what_is_too_large_or_never_ends_is_refused() {
        let world = tempfile::tempdir().unwrap();
        let path = world.path().join("rules.toml");
        fs::write(&path, "1234").unwrap();
        assert_eq!(read_text_file(&path, 4).unwrap(), "1234");
        let refused = |path: &Path, most| read_bytes(path, most).unwrap_err().to_string();
        assert_eq!(refused(&path, 3), "it is larger than 0 MiB");
        if cfg!(unix) {
            let endless = Path::new("/dev/zero");
            assert_eq!(refused(endless, 1 << 20), "it is larger than 1 MiB");
        }
        fs::write(&path, b"a\xff").unwrap();
        let refused = read_text_file(&path, 4).unwrap_err();
        assert_eq!(refused.to_string(), "it is not UTF-8");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_folders_are_refused() {
        let world = tempfile::tempdir().unwrap();
        fs::write(world.path().join("real"), "x").unwrap();
        std::os::unix::fs::symlink("real", world.path().join("s.toml")).unwrap();
        assert!(find_settings(Shelf::of(world.path()), "s.toml").is_err());
        fs::remove_file(world.path().join("s.toml")).unwrap();
        fs::create_dir(world.path().join("s.toml")).unwrap();
        assert!(find_settings(Shelf::of(world.path()), "s.toml").is_err());
    }
}
