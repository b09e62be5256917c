//! Lowers the values that a deployment replaces: a property that a manifest of the project sets as an environment
//! variable, under the name that Spring, Quarkus and .NET read it by.

use std::collections::BTreeMap;

use crate::lexicon::path::{self, Role};
use crate::lexicon::value;
use crate::model::{Category, Finding, Secret, Severity};

use super::{LARGEST, Read, plain};

/// How many manifests are read.
const MOST_MANIFESTS: usize = 1_000;
/// How many lines after its name the value of a variable may be.
const REACH: usize = 6;
/// The prefixes of properties that Clowder sets in the applications that it deploys.
const OF_CLOWDER: &[&str] = &[
    "quarkus.log.cloudwatch.",
    "quarkus.datasource.",
    "kafka.",
    "mp.messaging.",
];

/// Lowers the findings in settings that every deployment replaces. `paths` lists all files.
pub(super) fn lower(findings: &mut [Finding], paths: &[String], read: &Read<'_>) {
    let mut deployed: Option<Deployed> = None;
    for finding in findings.iter_mut().filter(|finding| may_be_given(finding)) {
        let deployed = deployed.get_or_insert_with(|| Deployed::of(paths, read));
        let property = property(&finding.site.keys);
        if let Some((name, path)) = deployed.gives(&property) {
            finding.lower_to(Severity::Low);
            let instead = format!("; `{path}` sets `{name}` instead");
            finding.message.push_str(&instead);
        }
    }
}

/// Whether a finding is about a word in the settings of an application that reads its environment, too.
fn may_be_given(finding: &Finding) -> bool {
    let is_random = |secret: &Secret| {
        let text = std::str::from_utf8(secret.reveal());
        text.is_ok_and(value::is_random)
    };
    finding.category != Category::Configuration
        && finding.severity > Severity::Low
        && !finding.origin.is_history()
        && is_of_application(&finding.location.path)
        && finding
            .secret
            .as_ref()
            .is_some_and(|secret| !is_random(secret))
}

/// Whether a file holds properties that environment variables override.
fn is_of_application(path: &str) -> bool {
    const NAMES: &[&str] = &[
        "application",
        "bootstrap",
        "microprofile-config",
        "appsettings",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let is_named = NAMES.iter().any(|known| {
        stem.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    });
    is_named && matches!(ending, "properties" | "yml" | "yaml" | "json")
}

/// The property that keys lead to, without the profile of Quarkus: `spring.datasource.password`.
fn property(keys: &str) -> String {
    let joined = plain(keys).replace('/', ".");
    match joined
        .strip_prefix('%')
        .and_then(|rest| rest.split_once('.'))
    {
        Some((_, rest)) => rest.to_owned(),
        None => joined,
    }
}

/// The names of the variables that override a property, in capitals.
fn variables(property: &str) -> [String; 3] {
    let name = |text: &str, other: &str| -> String {
        let parts = text.chars().map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase().to_string(),
            _ => other.to_owned(),
        });
        parts.collect()
    };
    [
        name(property, "_"),
        name(&property.replace('-', ""), "_"),
        name(&property.replace(':', "."), "__"),
    ]
}

/// What the manifests of a project set in the applications that they deploy.
#[derive(Default)]
struct Deployed {
    /// Variables, in capitals, whose value comes from a store or a parameter, each with the file that sets it.
    variables: BTreeMap<String, String>,
    /// A file that deploys an application with Clowder.
    clowder: Option<String>,
}

impl Deployed {
    fn of(paths: &[String], read: &Read<'_>) -> Self {
        let mut deployed = Self::default();
        let manifests = paths.iter().filter(|path| is_manifest(path));
        for path in manifests.take(MOST_MANIFESTS) {
            let text = read(path).filter(|text| text.len() <= LARGEST);
            if let Some(text) = text {
                deployed.add(path, &String::from_utf8_lossy(&text));
            }
        }
        deployed
    }

    fn add(&mut self, path: &str, text: &str) {
        if text.contains("kind: ClowdApp") {
            self.clowder.get_or_insert_with(|| path.to_owned());
        }
        let mut last: Option<(&str, usize)> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches("- ");
            let Some((key, value)) = line.split_once([':', '=']) else {
                continue;
            };
            let key = key.trim().trim_matches(['"', '\'']);
            let value = value
                .trim()
                .trim_matches([',', ' '])
                .trim_matches(['"', '\'']);
            let named = last.filter(|(_, at)| number - at <= REACH);
            let given = match key {
                "name" => {
                    last = Some((value, number));
                    None
                }
                "valueFrom" | "secretKeyRef" | "secretRef" => named,
                "value" if value::is_reference(value) => named,
                _ if is_variable(key) && value::is_reference(value) => Some((key, number)),
                _ => None,
            };
            if let Some((name, _)) = given.filter(|(name, _)| is_variable(name)) {
                let entry = self.variables.entry(name.to_ascii_uppercase());
                entry.or_insert_with(|| path.to_owned());
            }
        }
    }

    /// The variable that sets a property, and the file that says so.
    fn gives(&self, property: &str) -> Option<(String, &str)> {
        let given = variables(property).into_iter().find_map(|name| {
            let path = self.variables.get(&name)?;
            Some((name, path.as_str()))
        });
        let of_clowder = || {
            let is_known = OF_CLOWDER.iter().any(|start| property.starts_with(start));
            let path = self.clowder.as_deref().filter(|_| is_known)?;
            Some((property.to_owned(), path))
        };
        given.or_else(of_clowder)
    }
}

/// Whether a name looks like that of an environment variable.
fn is_variable(name: &str) -> bool {
    name.len() >= 4
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.contains('_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.bytes().any(|byte| byte.is_ascii_lowercase())
        || name.contains("__")
}

/// Whether a file may say how an application is deployed.
fn is_manifest(path: &str) -> bool {
    let ends = [".yml", ".yaml", ".json", ".tf", ".tpl"];
    ends.iter().any(|end| path.ends_with(end))
        && !is_of_application(path)
        && path::role(path, &[]) == Role::Shipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_from_variables() {
        let names = variables("quarkus.oidc-client.credentials.secret");
        assert_eq!(names[0], "QUARKUS_OIDC_CLIENT_CREDENTIALS_SECRET");
        assert_eq!(
            variables("spring.data-source.password")[1],
            "SPRING_DATASOURCE_PASSWORD"
        );
        assert_eq!(variables("Jwt:Key")[2], "JWT__KEY");
        assert_eq!(
            property("spring/datasource/password"),
            "spring.datasource.password"
        );
        assert_eq!(property("%prod.app.secret"), "app.secret");
    }

    #[test]
    fn manifests_say_what_they_give() {
        let mut deployed = Deployed::default();
        let text = "env:\n- name: APP_CLIENT_SECRET\n  valueFrom:\n    secretKeyRef:\n      name: a\n      key: b\n\
                    - name: APP_OTHER_SECRET\n  value: literal\nDB_PASSWORD: ${DB_PASSWORD}\nAPI_TOKEN: plain\n";
        deployed.add("deploy.yml", text);
        let gives = |property: &str| deployed.gives(property).is_some();
        assert!(gives("app.client-secret") || gives("app.client.secret"));
        assert!(gives("db.password"));
        assert!(!gives("app.other.secret") && !gives("api.token"));
        assert!(!gives("quarkus.log.cloudwatch.access-key-secret"));
        deployed.add("clowdapp.yml", "kind: ClowdApp\n");
        let gives = |property: &str| deployed.gives(property).is_some();
        assert!(gives("quarkus.log.cloudwatch.access-key-secret"));
    }

    #[test]
    fn settings_of_applications_are_known_by_their_names() {
        for path in [
            "a/application.properties",
            "application-prod.yml",
            "src/appsettings.json",
        ] {
            assert!(is_of_application(path), "{path}");
        }
        for path in ["application.rb", "my-application.yml", "settings.json"] {
            assert!(!is_of_application(path), "{path}");
        }
    }
}
