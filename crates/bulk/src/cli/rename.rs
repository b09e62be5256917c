//! `gonogo bulk rename` as it is typed.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{GO, StoreArgs, print, visible};
use crate::error::Error;
use crate::report::count;
use crate::sources::{LOCAL, full_path};
use crate::store::{RepositoryRow, Store, beside};

/// Say where a repository, or a folder of repositories, is now, so that its history goes on
///
/// For one that was moved or renamed, and for a store that was copied to a machine with other paths. If the repository was
/// already scanned where it is now, what is known of it there is dropped, but for decisions.
#[derive(Debug, Args)]
pub(super) struct RenameArgs {
    /// What it was called, or where it was; for a folder, where that was
    #[arg(value_name = "OLD")]
    old: String,

    /// Where it is now
    #[arg(value_name = "NEW")]
    new: PathBuf,

    #[command(flatten)]
    store: StoreArgs,
}

impl RenameArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let mut store = Store::open_to_change(&self.store.store)?;
        let rows = store.repositories()?;
        let old = self.folder(&rows)?;
        let new = self.new.canonicalize();
        let new = new.map_err(|error| Error::file(&self.new, error))?;
        let mut moved = Vec::new();
        for row in rows.iter().filter(|row| row.host == LOCAL) {
            let Ok(rest) = Path::new(&row.location).strip_prefix(&old) else {
                continue;
            };
            if let Some(place) = place(&new, rest) {
                moved.push((row, place));
            }
        }
        if moved.is_empty() {
            return Err(Error::usage(format!(
                "{}: there is no repository in it that the store knows below {}",
                self.new.display(),
                old.display()
            )));
        }
        let is_there = |row: &RepositoryRow| Path::new(&row.location).join("objects").is_dir();
        if let Some((row, _)) = moved.iter().find(|(row, _)| is_there(row)) {
            let why = "it is still there: a copy has a history of its own";
            return Err(Error::usage(format!("{}: {why}", row.location)));
        }
        for (row, place) in &moved {
            let dropped = store.relocate(row.id, place)?;
            let cache = dropped.map(|id| beside(store.path(), ".cache").join(id.to_string()));
            if let Some(cache) = cache.filter(|cache| cache.exists()) {
                std::fs::remove_dir_all(&cache).map_err(|error| Error::file(&cache, error))?;
            }
        }
        let lines = moved.iter().map(|(row, place)| {
            format!(
                "{} is now {}\n",
                visible(&row.label),
                visible(&place.display().to_string())
            )
        });
        let all = count(moved.len(), "repository");
        print(&format!(
            "{}{all} renamed; the next run takes up the new labels\n",
            lines.collect::<String>()
        ))?;
        Ok(GO)
    }

    /// Returns the folder that was meant: that of the only repository with this name, or the path itself.
    fn folder(&self, rows: &[RepositoryRow]) -> Result<PathBuf, Error> {
        let called = |row: &&RepositoryRow| row.label == self.old || row.location == self.old;
        let found: Vec<&RepositoryRow> = rows.iter().filter(called).collect();
        match found.as_slice() {
            [] => {}
            [row] if row.host == LOCAL => return Ok(PathBuf::from(&row.location)),
            [row] => {
                let why = "it is on a server, and known by what that calls it: scan it there";
                return Err(Error::usage(format!("{}: {why}", row.label)));
            }
            _ => return Err(super::accept::several_named(&self.old, found.into_iter())),
        }
        Ok(full_path(Path::new(&self.old)))
    }
}

/// Returns where the repository is that was at `rest` in a folder, of which a working tree has it in `.git`.
fn place(new: &Path, rest: &Path) -> Option<PathBuf> {
    let at = if rest.as_os_str().is_empty() {
        new.to_owned()
    } else {
        new.join(rest)
    };
    let places = [at.join(".git"), at];
    let is_there = |place: &&PathBuf| place.join("objects").is_dir();
    places.iter().find(is_there).cloned()
}
