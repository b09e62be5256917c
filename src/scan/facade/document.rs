//! A text that is scanned again after each change.

use std::fmt;
use std::sync::Arc;

use crate::detect::Detector;
use crate::scan::text::Scanned;
use crate::triage::Traces;

/// A text that changes, as an editor has it: [`Scanner::document`](crate::Scanner::document) scans its versions.
///
/// It keeps a copy of the last version, where in it something was found, and what fingerprints were made of.
pub struct Document {
    pub(super) path: String,
    /// The last version, and the rules that it was scanned with.
    pub(super) scanned: Option<(Arc<Detector>, Scanned)>,
    /// What is slow to work out for fingerprints.
    pub(super) traces: Traces,
}

impl Document {
    /// A text that is called `path`, of which no version was scanned yet.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            scanned: None,
            traces: Traces::default(),
        }
    }

    /// Returns what the text is called.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes out the version that was scanned before, if that was with these rules.
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
