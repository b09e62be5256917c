//! Audits files of earlier commits, each by itself: for credentials, which stay compromised for good, and not for
//! settings that are no longer in use.

use memchr::memmem;

use crate::lexicon::name;
use crate::model::{Category, Finding};

use super::{Files, Outcome, Policy, Project, Source, nginx, redis, workflow};

/// Returns whether a file of this name may be configuration that holds credentials. Called for every entry of every
/// directory in the history: most are told apart by their last byte or their first.
///
/// Hidden YAML is settings of builds and linters. Configuration files of servers are large, have hundreds of versions,
/// and hardly ever hold a credential: reading all of them again would cost more than everything else.
pub fn is_named_like_configuration(name: &[u8]) -> bool {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return false;
    };
    let by_end = match last.to_ascii_lowercase() {
        b'l' => *first != b'.' && (ends(name, b".yml") || ends(name, b".yaml")),
        b'v' => ends(name, b".env"),
        b'e' => ends(name, b"dockerfile") || ends(name, b"containerfile"),
        _ => false,
    };
    by_end
        || match first {
            b'.' => starts(name, b".env"),
            b'D' | b'd' => starts(name, b"dockerfile"),
            b'C' | b'c' => starts(name, b"containerfile"),
            _ => false,
        }
}

/// Returns the same for a few commits, which leaves time to read the files of servers that may hold credentials, too.
pub fn is_named_like_changed_configuration(name: &[u8]) -> bool {
    is_named_like_configuration(name)
        || ends(name, b".conf")
            && redis::is_named(&String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// Returns whether a file of such a name may hold credentials of its own at `path`. Of the files that forges read, only
/// workflows do.
pub fn may_hold_credentials(path: &str) -> bool {
    let is_of_forge = |folder: &str| matches!(folder, ".github" | ".gitea" | ".forgejo");
    workflow::is_workflow(path) || !path.split('/').any(is_of_forge)
}

/// Returns whether the file at `path` may be configuration of any format. Accepts every path that a format claims, and
/// few others.
pub fn is_placed_like_configuration(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).as_bytes();
    let is_other = || {
        [&b".json"[..], b".cnf", b".ini"]
            .iter()
            .any(|end| ends(name, end))
    };
    is_named_like_configuration(name)
        || ends(name, b".yml")
        || ends(name, b".yaml")
        || ends(name, b".conf")
        || is_other()
        || memmem::find(name, b".conf.").is_some()
        || nginx::is_named(path)
}

fn ends(name: &[u8], end: &[u8]) -> bool {
    let from = name.len().checked_sub(end.len());
    from.is_some_and(|from| name[from..].eq_ignore_ascii_case(end))
}

fn starts(name: &[u8], start: &[u8]) -> bool {
    name.get(..start.len())
        .is_some_and(|part| part.eq_ignore_ascii_case(start))
}

/// Returns the credentials and placeholders in one file that was committed at `path`.
///
/// They come without fixes: the file may no longer exist.
pub fn credentials(path: &str, text: &[u8], policy: &Policy) -> Vec<Finding> {
    if is_of_chart(path, text) || workflow::is_workflow(path) && !may_have_literal(text) {
        return Vec::new();
    }
    let project = Project::new(Source::claim(path, text), [], &Committed, policy);
    let Some((_, Outcome::Audited(mut findings))) = project.audit().pop() else {
        return Vec::new();
    };
    findings
        .retain(|finding| finding.category != Category::Configuration && finding.secret.is_some());
    for finding in &mut findings {
        finding.fixes.clear();
    }
    findings
}

/// Whether a workflow assigns a literal to anything that is named like a credential. Most workflows have hundreds of
/// versions that take all credentials from a store, and parsing those would take long.
fn may_have_literal(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.split(['\n', '\r', '{', ',']).any(|part| {
        let Some((name, value)) = part.split_once(':') else {
            return false;
        };
        let name = name
            .trim()
            .trim_start_matches("- ")
            .trim_matches(['"', '\'', ' ']);
        let value = value.trim();
        let is_reference = value.is_empty() || value.trim_matches(['"', '\'']).starts_with('$');
        !is_reference && name::classify(name).is_some()
    })
}

/// Whether the file is a template that must be filled in first. The file that says so is next to it, and not read here.
fn is_of_chart(path: &str, text: &[u8]) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|folder| folder == "templates") && memmem::find(text, b"{{").is_some()
}

/// The files next to a committed one: none can be read.
struct Committed;

impl Files for Committed {
    fn read(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    fn is_tracked(&self, _path: &str) -> Option<bool> {
        Some(true)
    }

    fn is_past(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_configuration() {
        for name in [
            "compose.yml",
            "A.YAML",
            ".env",
            ".env.production",
            "prod.env",
            "Dockerfile",
            "dockerfile.web",
            "web.Dockerfile",
        ] {
            assert!(is_named_like_configuration(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "yml",
            "main.rs",
            "env",
            "index.html",
            "profile",
            "data.json",
            "redis.conf",
            ".travis.yml",
        ] {
            assert!(!is_named_like_configuration(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn paths_of_all_examples_are_known() {
        for card in crate::audit::cards() {
            for example in card.examples {
                let (path, text) = (example.path, example.text.as_bytes());
                let is_claimed = Source::claim(path, text).is_some();
                assert!(!is_claimed || is_placed_like_configuration(path), "{path}");
            }
        }
    }

    #[test]
    fn only_credentials_count() {
        let text = b"services:\n  db:\n    image: postgres\n    privileged: true\n    environment:\n      POSTGRES_PASSWORD: hunter2xyz\n";
        let found = credentials("compose.yml", text, &Policy::default());
        let rules: Vec<_> = found.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["compose/hardcoded-credential"]);
        assert!(found[0].fixes.is_empty());
    }

    #[test]
    fn templates_of_charts_are_left_alone() {
        let text = b"services:\n  db:\n    image: '{{ .Values.image }}'\n    environment:\n      POSTGRES_PASSWORD: hunter2xyz\n";
        assert!(credentials("chart/templates/a.yml", text, &Policy::default()).is_empty());
        assert_eq!(
            credentials("chart/a.yml", text, &Policy::default()).len(),
            1
        );
    }
}
