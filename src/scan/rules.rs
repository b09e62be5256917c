//! The rules of a scanner, compiled once for all of its scans.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::detect::Detector;
use crate::model::Confidence;

use super::Error;
use super::rule_files::UserRules;

/// The built-in rules and those of files that were named.
#[derive(Default)]
pub struct Rules {
    files: Vec<PathBuf>,
    /// The detectors that were needed so far, each with the least confidence that it finds.
    detectors: Mutex<Vec<(Confidence, Arc<Detector>)>>,
}

impl Rules {
    /// Those of `files` beside the built-in ones.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            detectors: Mutex::default(),
        }
    }

    /// The detector for them that finds what is at least so sure.
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
