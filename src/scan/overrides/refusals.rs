//! Lowers defaults that the application itself refuses or replaces when it starts or is set up: a script or a program
//! that compares the value with what is set.

use std::collections::BTreeMap;

use crate::lexicon::path::{self, Role};
use crate::lexicon::value;
use crate::model::{Category, Finding, Proof, Secret, Severity};

use super::{LARGEST, Read, leaf};

/// How many files are looked through.
const MOST_FILES: usize = 300;
/// The shortest value that is looked for: shorter ones are words of any program.
const SHORTEST: usize = 6;

/// How files are called that look at what is set before anything runs.
const NAMES: &[&str] = &[
    "entrypoint",
    "install",
    "setup",
    "generate",
    "bootstrap",
    "init",
    "check",
    "config",
    "settings",
    "start",
    "env",
    "secret",
    "validate",
    "upgrade",
    "migrate",
];
const SCRIPTS: &[&str] = &["sh", "bash", "ps1"];
const PROGRAMS: &[&str] = &[
    "py", "js", "ts", "mjs", "rb", "php", "go", "rs", "java", "kt", "cs", "ex", "exs",
];

/// What compares with a value, or replaces it.
const SIGNS: &[&str] = &[
    "==",
    "!=",
    " = ",
    "grep",
    "sed ",
    ".equals(",
    " in ",
    "includes(",
    "case ",
    "-eq",
    "-match",
    "replace(",
];

/// Lowers the findings whose value a file of the project refuses. `paths` are those of all files.
pub(super) fn lower(findings: &mut [Finding], paths: &[String], read: &Read<'_>) {
    let mut texts: Option<BTreeMap<&str, Vec<u8>>> = None;
    for finding in findings
        .iter_mut()
        .filter(|finding| may_be_refused(finding))
    {
        let texts = texts.get_or_insert_with(|| {
            let named = paths
                .iter()
                .filter(|path| looks_at_settings(path))
                .take(MOST_FILES);
            let read = named.filter_map(|path| Some((path.as_str(), read(path)?)));
            read.filter(|(_, text)| text.len() <= LARGEST).collect()
        });
        let own = finding.location.path.as_str();
        let name = leaf(&finding.site.keys).map(str::to_owned);
        let value = finding
            .secret
            .as_ref()
            .map(|secret| secret.reveal().to_vec());
        let (Some(name), Some(value)) = (name, value) else {
            continue;
        };
        let by = texts
            .iter()
            .find(|(path, text)| **path != own && refuses(text, &name, &value));
        if let Some((path, _)) = by {
            finding.severity = Severity::Medium;
            finding
                .message
                .push_str(&format!("; `{path}` looks for this value"));
        }
    }
}

/// Whether a value is one that everybody knows, so that an application may refuse it.
fn may_be_refused(finding: &Finding) -> bool {
    let is_known = |secret: &[u8]| {
        secret.len() >= SHORTEST
            && std::str::from_utf8(secret).is_ok_and(|text| !value::is_random(text))
    };
    finding.category != Category::Configuration
        && finding.severity > Severity::Medium
        && finding.evidence.proof != Proof::Proven
        && !finding.origin.is_history()
        && finding
            .secret
            .as_ref()
            .map(Secret::reveal)
            .is_some_and(is_known)
}

fn looks_at_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_named = NAMES.iter().any(|known| name.contains(known));
    let is_script = SCRIPTS.contains(&ending) || !name.contains('.') && is_named;
    (is_script || PROGRAMS.contains(&ending) && is_named) && path::role(path, &[]) == Role::Shipped
}

/// Whether a text compares `value` with something, and knows the setting called `name`.
fn refuses(text: &[u8], name: &str, value: &[u8]) -> bool {
    let has = |part: &[u8], text: &[u8]| memchr::memmem::find(text, part).is_some();
    if !has(value, text) || !has(name.as_bytes(), text) {
        return false;
    }
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| has(value, line));
    let mut lines = lines.map(<[u8]>::trim_ascii_start);
    lines.any(|line| {
        let is_remark = line.starts_with(b"#") || line.starts_with(b"//") || line.starts_with(b"*");
        let is_shell = |sign: &str| sign != " = " || line.starts_with(b"if ") || has(b"[ ", line);
        !is_remark
            && SIGNS
                .iter()
                .any(|sign| is_shell(sign) && has(sign.as_bytes(), line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_refuse() {
        let value = b"let-me-in-now";
        let refused = |text: &str| refuses(text.as_bytes(), "SECRET_KEY", value);
        assert!(refused(
            "if [ \"$SECRET_KEY\" = \"let-me-in-now\" ]; then exit 1; fi\n"
        ));
        assert!(refused(
            "if settings.SECRET_KEY == 'let-me-in-now':\n    raise ValueError\n"
        ));
        assert!(refused(
            "sed -i \"s/let-me-in-now/$(openssl rand)/\" .env # SECRET_KEY\n"
        ));
        assert!(!refused("SECRET_KEY = 'let-me-in-now'\n"));
        assert!(!refused("# SECRET_KEY == let-me-in-now\n"));
        assert!(!refused("if other == 'let-me-in-now':\n"));
    }

    #[test]
    fn files_that_look_at_settings_ship() {
        assert!(looks_at_settings("docker/entrypoint.sh"));
        assert!(looks_at_settings("src/app/config.py"));
        assert!(!looks_at_settings("tests/test_config.py"));
        assert!(!looks_at_settings("src/app/views.py"));
    }
}
