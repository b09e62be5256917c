//! Ciphertext with its key in a file beside it: the finding says where the key is.

use std::collections::BTreeMap;

use crate::model::{Finding, Location, Related};

/// Kinds of ciphertext, by rule or file name suffix, and the file with the key.
const KEPT: [(Ciphertext, &str); 4] = [
    (
        Ciphertext::Rule("maven/server-password"),
        "settings-security.xml",
    ),
    (
        Ciphertext::Rule("node-red/credentials"),
        ".config.runtime.json",
    ),
    (Ciphertext::Ending(".remmina"), "remmina.pref"),
    (Ciphertext::Rule("pgpool/encrypted-password"), ".pgpoolkey"),
];

enum Ciphertext {
    Rule(&'static str),
    Ending(&'static str),
}

impl Ciphertext {
    fn is(&self, finding: &Finding) -> bool {
        match self {
            Self::Rule(rule) => finding.rule.as_str() == *rule,
            Self::Ending(ending) => finding.location.path.ends_with(ending),
        }
    }
}

/// Adds the place of the key to findings of ciphertext in the same directory.
pub fn name_keys(findings: &mut [Finding]) {
    let is_key_file = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        KEPT.iter().any(|(_, file)| *file == name)
    };
    let mut keys: BTreeMap<String, Location> = BTreeMap::new();
    for finding in findings.iter() {
        let path = &finding.location.path;
        if !finding.origin.is_history() && is_key_file(path) {
            keys.entry(path.clone())
                .or_insert_with(|| finding.location.clone());
        }
    }
    if keys.is_empty() {
        return;
    }
    for finding in findings.iter_mut() {
        let path = &finding.location.path;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut files = KEPT.iter().filter(|(what, _)| what.is(finding));
        let beside = |file: &str| match folder {
            "" => file.to_owned(),
            _ => format!("{folder}/{file}"),
        };
        let key = files.find_map(|(_, file)| keys.get(&beside(file)));
        if let Some(location) = key.cloned() {
            finding.related.push(Related {
                location,
                message: "the key that decrypts it".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, LineIndex, RuleId};

    fn finding(rule: &str, path: &str) -> Finding {
        let made = crate::triage::sample_rule(Category::Secret);
        let region = LineIndex::new(b"").region(0..0);
        let location = Location::new(path.to_owned(), region);
        let mut finding = Finding::new(&made, String::new(), location);
        finding.rule = RuleId::new(rule);
        finding
    }

    #[test]
    fn ciphertext_names_the_key_in_its_folder() {
        let mut findings = [
            finding("maven/server-password", "m2/settings.xml"),
            finding("maven/master-password", "m2/settings-security.xml"),
            finding("maven/server-password", "other/settings.xml"),
            finding("node-red/credentials", "flows_cred.json"),
            finding("generic/secret", ".config.runtime.json"),
            finding("generic/password", "a/web.remmina"),
            finding("generic/secret", "a/remmina.pref"),
        ];
        name_keys(&mut findings);
        let related = |at: usize| {
            let related = findings[at].related.iter();
            related
                .map(|it| it.location.path.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(related(0), ["m2/settings-security.xml"]);
        assert_eq!(related(2), [""; 0]);
        assert_eq!(related(3), [".config.runtime.json"]);
        assert_eq!(related(5), ["a/remmina.pref"]);
        assert_eq!(related(6), [""; 0]);
    }
}
