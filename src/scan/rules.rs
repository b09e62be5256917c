//! The rules of a scanner, compiled once for all of its scans.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::detect::Detector;
use crate::model::Confidence;

use super::Error;
use super::rule_files::UserRules;

/// The built-in rules and those of named files.
#[derive(Default)]
pub struct Rules {
    files: Vec<PathBuf>,
    /// The detectors built so far, each with the lowest confidence that it reports.
    detectors: Mutex<Vec<(Confidence, Arc<Detector>)>>,
}

impl Rules {
    /// Returns the built-in rules with those of `files`.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            detectors: Mutex::default(),
        }
    }

    /// Returns the detector for findings of at least this confidence.
    ///
    /// # Errors
    ///
    /// A rule file cannot be read or used.
    pub(crate) fn detector(&self, least: Confidence) -> Result<Arc<Detector>, Error> {
        let mut detectors = self
            .detectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, detector)) = detectors.iter().find(|(known, _)| *known == least) {
            return Ok(Arc::clone(detector));
        }
        let detector = Arc::new(UserRules::read(&self.files)?.detector(least)?);
        detectors.push((least, Arc::clone(&detector)));
        Ok(detector)
    }
}
