//! What a configuration file is for, by its path: what ships, what only developers run, what is to be copied.

use crate::audit::Policy;
use crate::lexicon::path::{self, Role};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Purpose {
    /// It is what runs.
    Shipped,
    /// Developers run it, or tests.
    Development,
    /// It is to be copied and filled in, or only shown.
    Sample,
}

/// Returns what the file at `path` is for.
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
