//! What a configuration file is for, as its path tells: what ships, what only developers run, what is to be copied.

use super::Policy;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is what runs.
    Shipped,
    /// Developers run it, or tests.
    Development,
    /// It is to be copied and filled in, or only shown.
    Sample,
}

#[rustfmt::skip]
const DEVELOPMENT: &[&str] = &[
    "dev", "devel", "develop", "development", "devcontainer", "local", "test", "tests", "testing", "testdata",
    "fixture", "fixtures", "e2e", "ci", "debug", "bench", "benchmark", "benchmarks", "playground", "spec", "mock",
    "mocks", "github", "circleci", "gitlab", "buildkite", "integration",
];

#[rustfmt::skip]
const SAMPLES: &[&str] = &[
    "example", "examples", "sample", "samples", "template", "templates", "tmpl", "tpl", "dist", "default", "defaults",
    "doc", "docs", "demo", "demos", "tutorial", "tutorials", "skeleton", "exemple", "vendor",
];

/// What the file at `path` is for.
pub(super) fn of(path: &str, policy: &Policy) -> Purpose {
    let path = path.to_ascii_lowercase();
    let words = || path.split(|c: char| !c.is_ascii_alphanumeric());
    let is_developers = |word: &str| {
        let own = policy.development_words.iter();
        DEVELOPMENT.contains(&word) || own.into_iter().any(|own| own.eq_ignore_ascii_case(word))
    };
    if words().any(|word| SAMPLES.contains(&word)) || path.contains("node_modules/") {
        Purpose::Sample
    } else if words().any(is_developers) {
        Purpose::Development
    } else {
        Purpose::Shipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_what_files_are_for() {
        let check = |path: &str, expected: Purpose| {
            assert_eq!(of(path, &Policy::default()), expected, "{path}");
        };
        check("Dockerfile", Purpose::Shipped);
        check("deploy/.env.production", Purpose::Shipped);
        check("device/Dockerfile", Purpose::Shipped);
        check("Dockerfile.dev", Purpose::Development);
        check(".devcontainer/Dockerfile", Purpose::Development);
        check("tests/Dockerfile", Purpose::Development);
        check(".env.example", Purpose::Sample);
        check("docs/Dockerfile", Purpose::Sample);
        check("test/.env.sample", Purpose::Sample);
        let policy = Policy {
            development_words: vec!["Lab".to_owned()],
            ..Policy::default()
        };
        assert_eq!(of("lab/Dockerfile", &policy), Purpose::Development);
    }
}
