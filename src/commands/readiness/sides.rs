//! `readiness.toml` and statements, in the working tree or as they were before a change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::readiness::settings::FILE_NAME;
use crate::readiness::statement::FOLDER;
use crate::readiness::{Notice, Place};
use crate::scan::settings::Choice;
use crate::source::{Settings, Shelf, names_in, settings_in};

use super::Error;

/// The most statements that are read.
const MAX_STATEMENTS: usize = 2000;

/// Texts, each with its name.
type Texts = Vec<(String, String)>;

/// The two sides of a change, of which only the one before decides; without a change, the working tree does.
pub(super) struct Sides<'a> {
    pub(super) choice: &'a Choice,
    /// Whether statements of the change count as well.
    pub(super) with_change: bool,
    /// The directory of `readiness.toml`.
    pub(super) folder: &'a Path,
}

impl Sides<'_> {
    /// Returns the name and the text of `readiness.toml`; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn settings(&self) -> Result<Option<(String, String)>, Error> {
        text(self.choice.shelf(self.folder), FILE_NAME)
    }

    /// Returns the name and the text of a standard that `readiness.toml` names.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn standard(&self, name: &str) -> Result<(String, String), Error> {
        let path = self.folder.join(name);
        let (folder, file) = (path.parent(), path.file_name());
        let file = file.unwrap_or_default().to_string_lossy();
        let shelf = self.choice.shelf(folder.unwrap_or(self.folder));
        let found = text(shelf, &file)?;
        let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such file");
        found.ok_or_else(|| Error::File {
            path: path.clone(),
            error: missing(),
        })
    }

    /// Returns the statements that count, and a notice if others do not.
    ///
    /// # Errors
    ///
    /// One of them cannot be read.
    pub(super) fn statements(&self) -> Result<(Texts, Option<Notice>), Error> {
        let own = statements(Shelf::of(self.folder))?;
        let Choice::At { revision } = self.choice else {
            return Ok((own.into_iter().collect(), None));
        };
        let mut all = statements(self.choice.shelf(self.folder))?;
        let is_other = all != own;
        if self.with_change {
            all.extend(own);
        }
        let settings = text(Shelf::of(self.folder), FILE_NAME)?;
        let before = self.settings()?;
        let is_changed = settings.map(|(_, text)| text) != before.map(|(_, text)| text);
        let left_out = match (is_changed, is_other && !self.with_change) {
            (true, true) => Some((FILE_NAME, "`readiness.toml` and the statements")),
            (true, false) => Some((FILE_NAME, "`readiness.toml`")),
            (false, true) => Some((FOLDER, "the statements")),
            (false, false) => None,
        };
        let notice = left_out.map(|(path, what)| Notice {
            place: Place {
                repository: 0,
                path: path.to_owned(),
                line: 1,
            },
            says: format!("{what} of the change do not count, but those of {revision}"),
        });
        Ok((all.into_iter().collect(), notice))
    }
}

/// Returns the name and the text of a file on a shelf.
fn text(shelf: Shelf<'_>, name: &str) -> Result<Option<(String, String)>, Error> {
    let found = settings_in(shelf, name).map_err(|(path, error)| Error::File { path, error })?;
    Ok(found.map(|Settings { path, text }| (path.display().to_string(), text)))
}

/// Returns the statements on a shelf, by name. A name that is not a regular file gets an empty statement, so that it is
/// reported as invalid.
fn statements(shelf: Shelf<'_>) -> Result<BTreeMap<String, String>, Error> {
    let failed = |(path, error): (PathBuf, std::io::Error)| Error::File { path, error };
    let mut names = names_in(shelf, FOLDER).map_err(failed)?;
    names.retain(|name| {
        let extension = Path::new(name).extension();
        extension.is_some_and(|end| end == "toml")
    });
    names.truncate(MAX_STATEMENTS);
    let mut all = BTreeMap::new();
    for name in names {
        let name = format!("{FOLDER}/{name}");
        let text = match settings_in(shelf, &name) {
            Ok(found) => found.map(|found| found.text),
            Err((path, error)) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(failed((path, error)));
            }
            Err(_) => None,
        };
        all.insert(name, text.unwrap_or_default());
    }
    Ok(all)
}
