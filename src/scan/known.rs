//! A baseline as a scan uses it: read from its file, applied to findings, and reported on afterwards.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::{Finding, day};
use crate::source::{self, MAX_LIST_BYTES, Shelf};
use crate::triage::Baseline;

use super::Error;

/// The file name by which a baseline is found.
pub(crate) const FILE_NAME: &str = ".gonogo-baseline";

/// A baseline in use.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) baseline: Baseline,
    /// The name of its file.
    pub(crate) name: String,
    pub(crate) today: String,
}

impl Known {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = source::read_text_file(path, MAX_LIST_BYTES).map_err(|error| Error::File {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(name, &text)
    }

    /// Returns the baseline at the top of the target, if there is one.
    pub(crate) fn find(shelf: Shelf<'_>) -> Result<Option<Self>, Error> {
        let found = source::list_in(shelf, FILE_NAME)
            .map_err(|(path, error)| Error::File { path, error })?;
        let parse = |found: source::Settings| {
            let name = found.path.display().to_string();
            Self::parse(name, &found.text)
        };
        found.map(parse).transpose()
    }

    fn parse(name: String, text: &str) -> Result<Self, Error> {
        let baseline =
            Baseline::parse(text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
        Ok(Self {
            baseline,
            name,
            today: today(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn apply(&mut self, findings: &mut [Finding]) {
        self.baseline.apply(&self.name, findings, &self.today);
    }

    /// Returns the warnings about it after a scan.
    pub(crate) fn warnings(&self, is_complete: bool) -> Vec<String> {
        let entries = |count: usize| {
            if count == 1 {
                "1 entry".to_owned()
            } else {
                format!("{count} entries")
            }
        };
        let mut warnings = Vec::new();
        let (expired, unused) = (
            self.baseline.expired(&self.today).count(),
            self.baseline.unused().count(),
        );
        if expired > 0 {
            warnings.push(format!(
                "{}: {} expired and no longer counted",
                self.name,
                entries(expired)
            ));
        }
        if unused > 0 && is_complete {
            let unused = entries(unused);
            warnings.push(format!(
                "{}: {unused} matched nothing: remove them with `gonogo baseline update`",
                self.name
            ));
        }
        warnings
    }
}

/// Returns the current day in UTC, as `2026-01-31`.
pub(crate) fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    day(since.as_secs() / 86_400)
}
