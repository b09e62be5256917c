//! Finds out what belongs to the system: its settings, standards, repositories and statements.

use std::path::{Path, PathBuf};

use crate::readiness::settings::{self, Settings};
use crate::readiness::{Repository, Standard, statement};
use crate::source::git::Repo;
use crate::source::{SourceError, read_text_file};

use super::{Error, Options};

/// Larger files are neither settings nor statements.
const MAX_BYTES: u64 = 1 << 20;
/// The most statements that are read.
const MAX_STATEMENTS: usize = 2000;

/// A system.
pub(super) struct System {
    pub(super) repositories: Vec<Repository>,
    pub(super) standard: Standard,
    pub(super) settings: Settings,
    pub(super) statements: Vec<(String, String)>,
}

impl System {
    /// Finds the system that the options name.
    pub(super) fn find(options: &Options) -> Result<Self, Error> {
        for path in &options.paths {
            if std::fs::symlink_metadata(path).is_err() {
                return Err(SourceError::NotFound { path: path.clone() }.into());
            }
        }
        let file = settings_file(options);
        let (settings, folder) = match &file {
            Some(file) => (read_settings(file)?, parent(file)),
            None => (
                Settings::default(),
                options.paths.first().cloned().unwrap_or_default(),
            ),
        };
        let named = settings.standards.iter().map(|name| folder.join(name));
        let files: Vec<PathBuf> = named.chain(options.standards.iter().cloned()).collect();
        let standard = super::standard(&files)?;
        if let Some(file) = &file {
            settings.check(&file.display().to_string(), &standard)?;
        }
        let paths: Vec<PathBuf> = if settings.repositories.is_empty() || options.paths.len() > 1 {
            options.paths.clone()
        } else {
            settings
                .repositories
                .iter()
                .map(|name| folder.join(name))
                .collect()
        };
        let is_only = paths.len() == 1;
        let repositories = paths.iter().map(|path| repository(path, is_only));
        Ok(Self {
            repositories: repositories.collect::<Result<_, _>>()?,
            standard,
            settings,
            statements: statements(&folder)?,
        })
    }
}

fn settings_file(options: &Options) -> Option<PathBuf> {
    let beside = || {
        let first = options.paths.first()?;
        let file = first.join(settings::FILE_NAME);
        file.is_file().then_some(file)
    };
    options.system.clone().or_else(beside)
}

fn parent(file: &Path) -> PathBuf {
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder
    }
}

fn read_settings(file: &Path) -> Result<Settings, Error> {
    let text = read_text_file(file, MAX_BYTES).map_err(|error| Error::File {
        path: file.to_owned(),
        error,
    })?;
    Ok(Settings::parse(&file.display().to_string(), &text)?)
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

/// Returns the statements below a folder, by name.
fn statements(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let folder = folder.join(statement::FOLDER);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files.truncate(MAX_STATEMENTS);
    let mut all = Vec::new();
    for path in files {
        let is_plain = std::fs::symlink_metadata(&path).is_ok_and(|it| it.is_file());
        let text = if is_plain {
            read_text_file(&path, MAX_BYTES)
        } else {
            Ok(String::new())
        };
        let text = text.map_err(|error| Error::File {
            path: path.clone(),
            error,
        })?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        all.push((format!("{}/{name}", statement::FOLDER), text));
    }
    Ok(all)
}
