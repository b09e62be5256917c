//! Finds what belongs to the system: its settings, standards, repositories and statements.

use std::path::{Path, PathBuf};

use crate::readiness::settings::Settings;
use crate::readiness::{Notice, Repository, Standard};
use crate::source::git::Repo;
use crate::source::{SourceError, read_text_file};

use super::sides::Sides;
use super::{Error, Options};

/// Larger files are neither settings nor standards.
const MAX_BYTES: u64 = 1 << 20;

/// A system.
pub(super) struct System {
    pub(super) repositories: Vec<Repository>,
    pub(super) standard: Standard,
    pub(super) settings: Settings,
    pub(super) statements: Vec<(String, String)>,
    /// Says which settings or statements of the working tree do not count.
    pub(super) notice: Option<Notice>,
}

impl System {
    /// Finds the system that the options name.
    pub(super) fn find(options: &Options) -> Result<Self, Error> {
        for path in &options.paths {
            if std::fs::symlink_metadata(path).is_err() {
                return Err(SourceError::NotFound { path: path.clone() }.into());
            }
        }
        let first = options.paths.first().cloned().unwrap_or_default();
        let folder = options.system.as_deref().map_or(first, parent);
        let sides = Sides {
            choice: &options.settings,
            with_change: options.judged.as_ref().is_none_or(|it| it.with_change),
            folder: &folder,
        };
        let file = match &options.system {
            Some(file) => Some(read_settings(file)?),
            None => sides.settings()?,
        };
        let settings = match &file {
            Some((file, text)) => Settings::parse(file, text)?,
            None => Settings::default(),
        };
        let mut standard = super::standard(&[])?;
        for name in &settings.standards {
            let (name, text) = sides.standard(name)?;
            super::add(&mut standard, &name, &text)?;
        }
        for path in &options.standards {
            let (name, text) = read_settings(path)?;
            super::add(&mut standard, &name, &text)?;
        }
        if let Some((file, _)) = &file {
            settings.check(file, &standard)?;
        }
        let paths: Vec<PathBuf> = if settings.repositories.is_empty() || options.paths.len() > 1 {
            options.paths.clone()
        } else {
            let named = settings.repositories.iter();
            named.map(|name| folder.join(name)).collect()
        };
        let is_only = paths.len() == 1;
        let repositories = paths.iter().map(|path| repository(path, is_only));
        let repositories = repositories.collect::<Result<_, _>>()?;
        let (statements, notice) = sides.statements()?;
        Ok(Self {
            repositories,
            standard,
            settings,
            statements,
            notice,
        })
    }
}

fn parent(file: &Path) -> PathBuf {
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder
    }
}

/// Returns the name of a file that the user named, and its text.
fn read_settings(file: &Path) -> Result<(String, String), Error> {
    let text = read_text_file(file, MAX_BYTES).map_err(|error| Error::File {
        path: file.to_owned(),
        error,
    })?;
    Ok((file.display().to_string(), text))
}

fn repository(path: &Path, is_only: bool) -> Result<Repository, Error> {
    if !path.is_dir() {
        return Err(Error::Usage(format!(
            "{}: a system is made of folders: name the repository",
            path.display()
        )));
    }
    let repo = Repo::discover(path).ok().flatten();
    let full = path.canonicalize().ok();
    let name = full
        .as_deref()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    Ok(Repository {
        path: path.to_owned(),
        name: if is_only {
            String::new()
        } else {
            name.unwrap_or_default()
        },
        commit: repo.and_then(|repo| repo.head()),
    })
}
