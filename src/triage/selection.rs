//! What the command line leaves out of a scan: paths, and rules.

use crate::model::{Finding, Rule};

use super::globs::Globs;
use super::pattern;

/// What findings are asked for; by default all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    exclude: Option<Globs>,
    only: Vec<String>,
    skip: Vec<String>,
}

impl Selection {
    /// Without files that a pattern of `exclude` names, and of the rest what the rules in `only` find, or all rules if
    /// there are none, but not those in `skip`.
    ///
    /// # Errors
    ///
    /// A pattern of paths is none; the text says why.
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

    /// Whether a finding is asked for: one of several rules, if one of them is.
    pub fn has(&self, finding: &Finding) -> bool {
        let names = |patterns: &[String], rule| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| pattern::matches(pattern, rule))
        };
        let is_asked =
            |rule| (self.only.is_empty() || names(&self.only, rule)) && !names(&self.skip, rule);
        finding.rules().any(is_asked) && self.has_path(&finding.location.path)
    }

    /// Whether what is at `path` is asked for. Messages of commits have no path, and are.
    pub fn has_path(&self, path: &str) -> bool {
        let excluded = self.exclude.as_ref();
        path.is_empty() || !excluded.is_some_and(|globs| globs.name(path))
    }

    /// What was named that means none of `rules`.
    pub fn unknown(&self, rules: &[Rule]) -> Option<&str> {
        let mut named = self.only.iter().chain(&self.skip);
        let is_any = |named: &&String| rules.iter().any(|rule| pattern::matches(named, &rule.id));
        named.find(|named| !is_any(named)).map(String::as_str)
    }
}
