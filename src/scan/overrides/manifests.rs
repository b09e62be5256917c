//! Lowers defaults of settings for Spring, Quarkus and .NET that a manifest of the project sets by the variable which these
//! read in place of the setting: `QUARKUS_OIDC_CREDENTIALS_SECRET` for `quarkus.oidc.credentials.secret`.

use crate::lexicon::path::{self, Role};
use crate::model::{Category, Finding, Proof, Secret, Severity};

use super::{LARGEST, Read, line_of, plain};

/// How many manifests are read.
const MAX_FILES: usize = 400;
/// How far behind the name of a variable its value may stand.
const NEAR: usize = 200;
/// Files of one project that are manifests, by how they end.
const ENDINGS: &[&str] = &[".yml", ".yaml", ".tf", ".tpl"];

/// Lowers what a manifest sets. `paths` are those of all files.
pub(super) fn lower(findings: &mut [Finding], paths: &[String], read: &Read<'_>) {
    let mut texts: Option<Vec<(&str, Vec<u8>)>> = None;
    for finding in findings.iter_mut().filter(|finding| is_default(finding)) {
        let names = variables(&finding.location.path, &plain(&finding.site.keys));
        let texts = texts.get_or_insert_with(|| {
            let manifests = paths
                .iter()
                .filter(|path| is_manifest(path))
                .take(MAX_FILES);
            let read = manifests.filter_map(|path| Some((path.as_str(), read(path)?)));
            read.filter(|(_, text)| text.len() <= LARGEST).collect()
        });
        let value = finding
            .secret
            .as_ref()
            .map(Secret::reveal)
            .unwrap_or_default();
        let set = texts.iter().find_map(|(path, text)| {
            let mut names = names.iter();
            names.find_map(|name| sets(text, name, value).then_some((*path, name)))
        });
        if let Some((path, name)) = set {
            finding
                .message
                .push_str(&format!("; `{path}` sets `{name}` instead"));
            finding.lower_to(Severity::Low);
        }
    }
}

/// Whether a finding is about a default that a variable may take the place of.
fn is_default(finding: &Finding) -> bool {
    finding.category != Category::Configuration
        && finding.severity > Severity::Medium
        && finding.evidence.proof != Proof::Proven
        && !finding.origin.is_history()
        && finding.secret.is_some()
        && is_settings(&finding.location.path)
}

fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_of_java = name.starts_with("application") || name.starts_with("bootstrap");
    is_of_java
        && [".properties", ".yml", ".yaml"]
            .iter()
            .any(|end| name.ends_with(end))
        || name.starts_with("appsettings") && name.ends_with(".json")
}

fn is_manifest(path: &str) -> bool {
    ENDINGS.iter().any(|end| path.ends_with(end))
        && !is_settings(path)
        && path::role(path, &[]) == Role::Shipped
}

/// The variables that are read in place of a setting. Quarkus keeps dashes as underscores, Spring leaves them out, and .NET
/// has two underscores for each step.
fn variables(path: &str, keys: &str) -> Vec<String> {
    if path.ends_with(".json") {
        return vec![keys.replace('/', "__")];
    }
    let keys = keys.to_ascii_uppercase();
    let name = |keys: &str| -> String {
        let part = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        keys.trim_start_matches('%').chars().map(part).collect()
    };
    let mut names = vec![name(&keys), name(&keys.replace('-', ""))];
    names.dedup();
    // One word may be the name of anything.
    names.retain(|name| name.contains('_') && name.len() >= 8);
    names
}

/// Whether a manifest gives the variable `name` another value than `value`.
fn sets(text: &[u8], name: &str, value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memchr::memmem::find_iter(text, name.as_bytes()).any(|at| {
        let end = at + name.len();
        let is_whole =
            !text[..at].last().is_some_and(is_part) && !text.get(end).is_some_and(is_part);
        let line = line_of(text, at);
        let is_remark = text[line.clone()].trim_ascii_start().starts_with(b"#");
        let before = text[line.start..at].trim_ascii_end();
        let is_name = before.ends_with(b"name:") || before.ends_with(b"name = \"") || {
            let rest = text[end..line.end].trim_ascii_start();
            rest.starts_with(b":") || rest.starts_with(b"=") || rest.starts_with(b"\"")
        };
        let near = &text[end..text.len().min(end + NEAR)];
        let is_other = value.is_empty() || memchr::memmem::find(near, value).is_none();
        is_whole && !is_remark && is_name && is_other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_called_after_settings() {
        let of = |path: &str, keys: &str| variables(path, keys);
        assert_eq!(
            of(
                "application.properties",
                "quarkus.oidc-client.credentials.secret"
            ),
            [
                "QUARKUS_OIDC_CLIENT_CREDENTIALS_SECRET",
                "QUARKUS_OIDCCLIENT_CREDENTIALS_SECRET"
            ]
        );
        assert_eq!(of("application.yml", "app/token"), ["APP_TOKEN"]);
        assert_eq!(of("appsettings.json", "Jwt/Key"), ["Jwt__Key"]);
        assert!(of("application.yml", "token").is_empty());
    }

    #[test]
    fn manifests_set_variables() {
        let set = |text: &str| sets(text.as_bytes(), "APP_TOKEN", b"REPLACE_ME");
        assert!(set(
            "env:\n- name: APP_TOKEN\n  valueFrom:\n    secretKeyRef: {name: a, key: b}\n"
        ));
        assert!(set("env:\n  APP_TOKEN: {{ .Values.token }}\n"));
        assert!(!set("env:\n- name: MY_APP_TOKEN\n  value: x\n"));
        assert!(!set("env:\n- name: APP_TOKEN\n  value: REPLACE_ME\n"));
        assert!(!set("# APP_TOKEN: x\n"));
        assert!(!set("description: reads APP_TOKEN when it starts\n"));
    }
}
