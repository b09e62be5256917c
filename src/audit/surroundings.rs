//! Whether servers and clusters are set up for production by a file, as its path tells. A folder called `default` or
//! `templates` says nothing here: nginx's own sites are called so.

/// Words of paths that only developers, tests and readers of documentation come by.
#[rustfmt::skip]
const DEVELOPMENT: &[&str] = &[
    "dev", "devel", "develop", "development", "devcontainer", "localhost", "test", "tests", "testing",
    "testdata", "ci", "e2e", "example", "examples", "sample", "samples", "demo", "debug", "fixture", "fixtures",
    "mock", "docs", "doc",
];

/// Whether the name of the file or of a folder above it says that it is not what runs in production.
pub(super) fn is_for_development(path: &str) -> bool {
    let has_word = |text: &str, known: &[&str]| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    // A folder called so is a part of many a path that ships.
    has_word(path, DEVELOPMENT) || has_word(name, &["local"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_developers() {
        assert!(is_for_development("nginx/nginx.dev.conf"));
        assert!(is_for_development("tests/nginx.conf"));
        assert!(!is_for_development("deploy/nginx.conf"));
        assert!(!is_for_development("device/latest.conf"));
    }
}
