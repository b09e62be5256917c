//! Patterns of paths in settings, as in a `.gitignore`.

use std::sync::OnceLock;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns longer than this together are compiled at once, since compiling them may fail.
const MAX_LATE: usize = 1000;

/// Several patterns of paths, compiled on first use, since settings may have thousands of them.
#[derive(Debug, Clone)]
pub struct Globs {
    builder: GitignoreBuilder,
    compiled: OnceLock<Gitignore>,
}

impl Globs {
    /// Parses patterns.
    ///
    /// # Errors
    ///
    /// A pattern is invalid; the text says why.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new("");
        let mut length = 0;
        for pattern in patterns {
            if pattern.trim().is_empty() || pattern.starts_with(['!', '#']) {
                return Err("a path pattern must not be empty or start with `!` or `#`".to_owned());
            }
            let added = builder.add_line(None, pattern);
            added.map_err(|error| error.to_string())?;
            length += pattern.len();
        }
        let globs = Self {
            builder,
            compiled: OnceLock::new(),
        };
        if length > MAX_LATE {
            let compiled = globs.builder.build().map_err(|error| error.to_string())?;
            globs.compiled.get_or_init(|| compiled);
        }
        Ok(globs)
    }

    fn compiled(&self) -> &Gitignore {
        self.compiled
            .get_or_init(|| self.builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// Returns whether a pattern matches a file, or a directory above it.
    pub fn name(&self, path: &str) -> bool {
        let path = trimmed(path);
        let is_inside = !path.is_empty() && !path.split('/').any(|part| part == "..");
        is_inside
            && self
                .compiled()
                .matched_path_or_any_parents(path, false)
                .is_ignore()
    }
}

/// Returns a path in the form that patterns match.
pub(super) fn trimmed(path: &str) -> &str {
    path.trim_start_matches(['/', '\\'])
        .trim_start_matches("./")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_named_as_in_gitignore() {
        let named = |pattern: &str, path: &str| Globs::new([pattern]).unwrap().name(path);
        assert!(named("vendor/", "a/vendor/b/c.env") && !named("/vendor/", "a/vendor/b"));
        assert!(named("*.example", "a/b.example") && !named("*.example", "a/b.example.yml"));
        assert!(named("docs/**/*.md", "docs/a/b.md") && named("docs/*.md", "docs/b.md"));
        assert!(!named("docs/*.md", "docs/a/b.md") && !named("a", "") && !named("a", "../a"));
        assert!(named("tests", "/tests/x") && named("**/fixtures/**", "a/fixtures/b"));
        for wrong in ["", " ", "!a", "# a", "{a"] {
            assert!(Globs::new([wrong]).is_err(), "{wrong}");
        }
    }
}
