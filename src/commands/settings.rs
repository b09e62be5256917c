//! Which `gonogo.toml` counts.

use std::path::{Path, PathBuf};

use crate::config::{Config, FILE_NAME};
use crate::source;

use super::Error;

/// Where settings come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// From the nearest file in or above what is scanned.
    #[default]
    Find,
    /// From this file.
    File(PathBuf),
    /// From nowhere.
    Nothing,
}

/// Settings, and the file that they stand in.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) config: Config,
    /// As it is told in reports; none where there is no file.
    pub(super) file: Option<String>,
}

impl Choice {
    /// The settings for what is scanned at `path`.
    pub(super) fn read(&self, path: &Path) -> Result<Settings, Error> {
        let (path, text) = match self {
            Self::Nothing => return Ok(Settings::default()),
            Self::File(path) => {
                let text = source::read_text_file(path).map_err(|error| Error::File {
                    path: path.clone(),
                    error,
                })?;
                (path.clone(), text)
            }
            Self::Find => {
                let found = source::find_settings(path, FILE_NAME)
                    .map_err(|(path, error)| Error::File { path, error })?;
                match found {
                    Some(settings) => (settings.path, settings.text),
                    None => return Ok(Settings::default()),
                }
            }
        };
        let file = path.display().to_string();
        let config = Config::parse(&file, &text)?;
        Ok(Settings {
            config,
            file: Some(file),
        })
    }
}
