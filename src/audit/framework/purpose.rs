//! The purpose of a configuration file, judged by its path: shipped, for developers, or a sample.

use crate::audit::Policy;
use crate::lexicon::path::{self, Role};

/// The purpose of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Purpose {
    /// It runs in production.
    Shipped,
    /// It is for development or tests.
    Development,
    /// It is meant to be copied and filled in, or only to be shown.
    Sample,
}

/// Returns the purpose of the file at `path`.
pub(in crate::audit) fn of(path: &str, policy: &Policy) -> Purpose {
    match path::role(path, &policy.development_words) {
        Role::Shipped => Purpose::Shipped,
        Role::Development => Purpose::Development,
        Role::Sample | Role::Vendored => Purpose::Sample,
    }
}

/// Returns whether the file at `path` is not what runs in production.
pub(in crate::audit) fn is_for_development(path: &str, policy: &Policy) -> bool {
    of(path, policy) != Purpose::Shipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_project_count() {
        let policy = Policy {
            development_words: vec!["Lab".to_owned()],
            ..Policy::default()
        };
        assert_eq!(of("lab/Dockerfile", &policy), Purpose::Development);
        assert_eq!(of("lab/Dockerfile", &Policy::default()), Purpose::Shipped);
        assert_eq!(of("node_modules/a/Dockerfile", &policy), Purpose::Sample);
    }
}
