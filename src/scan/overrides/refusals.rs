//! Lowers defaults that the application itself rejects or replaces at startup or setup: a script, program or chart
//! template compares the value with what is set, or writes a random value instead.

use std::collections::BTreeMap;

use crate::audit::makes_random;
use crate::lexicon::path::{self, Role};
use crate::lexicon::value;
use crate::model::{Category, Finding, Proof, Secret, Severity};

use super::{LARGEST, Read, leaf};

/// How many files are read.
const MOST_FILES: usize = 300;
/// The shortest value that is searched for; shorter ones are words in any program.
const SHORTEST: usize = 6;

/// Words in the names of files that check settings before anything runs.
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

/// Text that indicates a comparison with a value, or its replacement.
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
    "(eq ",
    " eq ",
];

/// Lowers the findings whose value a file of the project rejects. `paths` lists all files.
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
            finding.lower_to(Severity::Medium);
            finding
                .message
                .push_str(&format!("; `{path}` looks for this value"));
            continue;
        }
        let names = variables(finding, &name);
        let is_script = |path: &str| {
            path.rsplit_once('.')
                .is_some_and(|(_, end)| SCRIPTS.contains(&end))
        };
        let by = texts.iter().find(|(path, text)| {
            **path != own && is_script(path) && names.iter().any(|name| generates(text, name))
        });
        if let Some((path, _)) = by {
            finding.lower_to(Severity::Medium);
            finding
                .message
                .push_str(&format!("; `{path}` sets a random value instead"));
        }
    }
}

/// The environment variables that a finding is about: its key, and the names beside it on its line.
fn variables(finding: &Finding, key: &str) -> Vec<String> {
    let (text, marked) = finding.excerpt.revealed();
    let start = text[..marked.start].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..marked.start];
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_variable = |word: &str| {
        word.len() >= SHORTEST
            && word.contains('_')
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let mut all: Vec<String> = words
        .chain([key])
        .filter(|word| is_variable(word))
        .map(str::to_owned)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a script sets the variable `name` to a random value: `NAME=$(openssl rand -hex 32)`.
fn generates(text: &[u8], name: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memchr::memmem::find_iter(text, name.as_bytes()).any(|at| {
        let line = super::line_of(text, at);
        let is_whole = !text[..at].last().is_some_and(is_part);
        let rest = &text[at + name.len()..line.end];
        let is_remark = text[line.clone()].trim_ascii_start().starts_with(b"#");
        is_whole
            && !is_remark
            && matches!(rest.first(), Some(b'=' | b'"' | b'/' | b'.' | b' ' | b'\''))
            && rest.contains(&b'=')
            && makes_random(rest)
    })
}

/// Whether a value is well known, so that an application may reject it.
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
    let is_of_chart = matches!(ending, "tpl" | "yaml" | "yml") && path.contains("templates/");
    if is_of_chart {
        return !path::is_test_data(path);
    }
    (is_script || PROGRAMS.contains(&ending) && is_named) && path::role(path, &[]) == Role::Shipped
}

/// Whether a text compares `value` with something, and mentions the setting `name`.
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
        assert!(refused(
            "{{- if eq .Values.env.SECRET_KEY \"let-me-in-now\" }}\n{{ fail \"set it\" }}\n"
        ));
    }

    #[test]
    fn scripts_generate() {
        let generated = |text: &str| generates(text.as_bytes(), "SECRET_KEY");
        assert!(generated("SECRET_KEY=$(openssl rand -hex 32)\n"));
        assert!(generated(
            "sed -i \"s/SECRET_KEY=.*/SECRET_KEY=$(head -c 16 /dev/urandom)/\" .env\n"
        ));
        assert!(!generated("MY_SECRET_KEY=$(openssl rand -hex 32)\n"));
        assert!(!generated("# SECRET_KEY=$(openssl rand -hex 32)\n"));
        assert!(!generated("SECRET_KEY=changeme\n"));
    }

    #[test]
    fn files_that_look_at_settings_ship() {
        assert!(looks_at_settings("docker/entrypoint.sh"));
        assert!(looks_at_settings("src/app/config.py"));
        assert!(!looks_at_settings("tests/test_config.py"));
        assert!(!looks_at_settings("src/app/views.py"));
    }
}
