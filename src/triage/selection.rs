//! Paths and rules that the command line excludes from a scan.

use crate::model::{Finding, Rule};

use super::globs::Globs;
use super::pattern;

/// The findings that are requested; by default all of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    exclude: Option<Globs>,
    only: Vec<String>,
    skip: Vec<String>,
}

impl Selection {
    /// Selects what the rules in `only` find, or all rules if it is empty, except for those in `skip` and for files
    /// that match a pattern in `exclude`.
    ///
    /// # Errors
    ///
    /// A pattern of paths is invalid; the text says why.
    pub fn new(exclude: &[String], only: &[String], skip: &[String]) -> Result<Self, String> {
        let globs = || Globs::new(exclude.iter().map(String::as_str));
        Ok(Self {
            exclude: (!exclude.is_empty()).then(globs).transpose()?,
            only: only.to_vec(),
            skip: skip.to_vec(),
        })
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.exclude.is_none() && self.only.is_empty() && self.skip.is_empty()
    }

    /// Whether a finding is requested: one that combines several rules is if any of them is.
    pub fn has(&self, finding: &Finding) -> bool {
        let names = |patterns: &[String], rule| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| pattern::matches(pattern, rule))
        };
        let is_asked =
            |rule| (self.only.is_empty() || names(&self.only, rule)) && !names(&self.skip, rule);
        finding.rules().any(is_asked) && self.has_path(&finding.location.path)
    }

    /// Whether findings at `path` are requested. Commit messages have no path, and always are.
    pub fn has_path(&self, path: &str) -> bool {
        let excluded = self.exclude.as_ref();
        path.is_empty() || !excluded.is_some_and(|globs| globs.name(path))
    }

    /// Returns a name that matches none of `rules`.
    pub fn unknown(&self, rules: &[Rule]) -> Option<&str> {
        let mut named = self.only.iter().chain(&self.skip);
        let is_any = |named: &&String| rules.iter().any(|rule| pattern::matches(named, &rule.id));
        named.find(|named| !is_any(named)).map(String::as_str)
    }
}
