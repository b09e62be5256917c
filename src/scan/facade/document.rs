//! A text that is scanned again after each change.

use std::fmt;
use std::sync::Arc;

use crate::detect::Detector;
use crate::scan::text::Scanned;
use crate::triage::Traces;

/// A text that changes, as in an editor: [`Scanner::document`](crate::Scanner::document) scans its versions.
///
/// It keeps a copy of the last version, where something was found in it, and what its fingerprints were made
/// from.
pub struct Document {
    pub(super) path: String,
    /// The last version, and the rules it was scanned with.
    pub(super) scanned: Option<(Arc<Detector>, Scanned)>,
    /// The parts of fingerprints that are slow to compute.
    pub(super) traces: Traces,
}

impl Document {
    /// Creates a document called `path`, no version of which has been scanned yet.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            scanned: None,
            traces: Traces::default(),
        }
    }

    /// Returns the path of the text.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes the version that was scanned before, if it was scanned with these rules.
    pub(super) fn before(&mut self, detector: &Arc<Detector>) -> Option<Scanned> {
        let (rules, version) = self.scanned.take()?;
        Arc::ptr_eq(&rules, detector).then_some(version)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
