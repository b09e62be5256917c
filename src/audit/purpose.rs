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
    "dev", "devel", "develop", "development", "devcontainer", "test", "tests", "testing", "testdata",
    "fixture", "fixtures", "e2e", "ci", "debug", "bench", "benchmark", "benchmarks", "playground", "spec", "mock",
    "mocks", "github", "circleci", "gitlab", "buildkite", "integration",
];

#[rustfmt::skip]
const SAMPLES: &[&str] = &[
    "example", "examples", "sample", "samples", "dist",
    "doc", "docs", "demo", "demos", "tutorial", "tutorials", "skeleton", "exemple", "vendor",
];

/// Words that say something of a file's purpose in its own name only: folders of any purpose are called so.
const DEVELOPMENT_NAMES: &[&str] = &["local"];
const SAMPLE_NAMES: &[&str] = &["template", "templates", "tmpl", "tpl"];

/// Folders of what tests read, and of what others wrote.
#[rustfmt::skip]
const TEST_FOLDERS: &[&str] = &[
    "test", "tests", "testing", "testdata", "testcases", "fixture", "fixtures", "spec", "specs", "mock", "mocks",
    "fuzz", "corpus", "snapshots", "golden", "vendor", "third_party", "thirdparty", "node_modules",
];

/// Whether a file is data of tests: it lies in a folder of tests, or came with a library.
pub(super) fn is_test_data(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|folder| {
        let folder = folder.to_ascii_lowercase();
        TEST_FOLDERS.contains(&folder.as_str())
            || folder
                .split(['-', '_', '.'])
                .any(|word| TEST_FOLDERS.contains(&word))
    })
}

/// What the file at `path` is for.
pub(super) fn of(path: &str, policy: &Policy) -> Purpose {
    let path = path.to_ascii_lowercase();
    let words = || path.split(|c: char| !c.is_ascii_alphanumeric());
    let is_developers = |word: &str| {
        let own = policy.development_words.iter();
        DEVELOPMENT.contains(&word) || own.into_iter().any(|own| own.eq_ignore_ascii_case(word))
    };
    let name = path.rsplit('/').next().unwrap_or(&path);
    let has_name = |known: &[&str]| {
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| known.contains(&word))
    };
    let is_sample = words().any(|word| SAMPLES.contains(&word)) || has_name(SAMPLE_NAMES);
    if is_sample || path.contains("node_modules/") {
        Purpose::Sample
    } else if words().any(is_developers) || has_name(DEVELOPMENT_NAMES) {
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
        check("roles/db/templates/redis.conf", Purpose::Shipped);
        check("deploy/env.template", Purpose::Sample);
        check("usr/local/Dockerfile", Purpose::Shipped);
        check(".env.local", Purpose::Development);
        let policy = Policy {
            development_words: vec!["Lab".to_owned()],
            ..Policy::default()
        };
        assert_eq!(of("lab/Dockerfile", &policy), Purpose::Development);
    }
}
