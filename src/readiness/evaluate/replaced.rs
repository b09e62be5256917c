//! Values in files that the running system does not use: a deployment rewrites the file, the file says that it is for
//! developers, or only the build of an image uses them.

use rustc_hash::FxHashSet;

use super::View;
use super::deploys::deploys_at;
use super::steps::expand;
use crate::lexicon::path::has_word;
use crate::readiness::Finding;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::lines;
use crate::readiness::read::{folder, is_comment, name};

/// A `.env` file that a command writes.
static WRITES: Pattern = Pattern::new(
    r#"(?:>{1,2}\s*|\btee\s+(?:-a\s+)?|\b(?:cp|mv)\s+\S+\s+|\s-o\s+|\bfile_name:\s*|\bdest[:=]\s*)["']?(?:[\w./~${}@:-]*/)?((?:[\w-]+)?\.env(?:\.[\w-]+)*)\b"#,
);
/// Sources from which pipelines get secrets.
static SECRETS: Pattern = Pattern::new(
    r"\bsecrets\.|\bvars\.|secretsmanager|ssm get-parameter|\bsops\b|\bop (?:inject|read)\b|\bvault (?:kv|read)\b|\bdoppler\b|gcloud secrets|az keyvault|\binfisical\b|\{\{",
);

/// A container variable that comes from a secret store or a Secret: in ECS task definitions, Terraform and Kubernetes
/// manifests.
static GIVEN: Pattern = Pattern::new(
    r#"["']?\bname["']?\s*[:=]\s*["']?([A-Z][A-Z0-9_]*)["']?\s*,?\s*["']?valueFrom\b"#,
);

/// What replaces values that are in files.
pub(super) struct Apart {
    /// `.env` files that a deployment writes, by repository and name.
    written: FxHashSet<(usize, String)>,
    /// Variables that deployed containers get from elsewhere.
    given: FxHashSet<String>,
    /// Keys of encrypted values, each with its repository and folder.
    encrypted: FxHashSet<(usize, String, String)>,
}

impl Apart {
    /// Reads pipelines, Ansible tasks and encrypted values.
    pub(super) fn of(view: &View<'_>) -> Self {
        let mut written = FxHashSet::default();
        for job in &view.jobs {
            let file = &view.corpus.files[job.file];
            let texts: Vec<_> = job
                .steps
                .iter()
                .map(|step| expand(view, job, step).text)
                .collect();
            let is_named = [job.name.as_str(), name(&file.path)].iter().any(|it| {
                has_word(&it.to_ascii_lowercase(), |word| {
                    ["deploy", "deployment", "release", "prod", "production"].contains(&word)
                })
            });
            let deploys = is_named || texts.iter().any(|text| deploys_at(text).is_some());
            let has_secrets = texts.iter().any(|text| SECRETS.is_in(text));
            if !deploys || !has_secrets {
                continue;
            }
            for text in &texts {
                let names = WRITES.groups(text).into_iter();
                written.extend(names.map(|(_, name)| (file.repository, name.to_owned())));
            }
        }
        let tasks = view.shipped(Kind::Yaml);
        for (_, file) in
            tasks.filter(|(_, it)| it.text.contains("template") && it.text.contains("dest"))
        {
            let names = WRITES.groups(&file.text).into_iter();
            let names = names.filter(|(at, _)| file.text[*at..].starts_with("dest"));
            written.extend(names.map(|(_, name)| (file.repository, name.to_owned())));
        }
        let mut given = FxHashSet::default();
        for kind in [Kind::Json, Kind::Terraform, Kind::Yaml] {
            for (_, file) in view
                .shipped(kind)
                .filter(|(_, it)| it.text.contains("valueFrom"))
            {
                let names = GIVEN.groups(&file.text).into_iter();
                given.extend(names.map(|(_, name)| name.to_owned()));
            }
        }
        Self {
            written,
            given,
            encrypted: encrypted(view),
        }
    }

    /// Whether the running system uses a different value than the one that was found.
    pub(super) fn has(&self, view: &View<'_>, finding: &Finding) -> bool {
        let own = name(&finding.path);
        let key = (finding.repository, own.to_owned());
        let is_given = finding
            .variable
            .as_ref()
            .is_some_and(|it| self.given.contains(it));
        if is_given || self.written.contains(&key) {
            return true;
        }
        let Some(file) = view.corpus.file(finding.repository, &finding.path) else {
            return false;
        };
        let file = &view.corpus.files[file];
        match file.kind {
            Kind::Yaml => {
                let index = (finding.line as usize).saturating_sub(1);
                let line = file.text.lines().nth(index).unwrap_or_default();
                let key = line.trim_start().trim_start_matches("- ").split_once(':');
                let key = key.map(|(key, _)| key.trim_matches(['"', '\'', ' ']).to_owned());
                // These keys are too general to identify a value.
                let key = key.filter(|it| !["name", "value", "key", "data"].contains(&it.as_str()));
                let at = |key| (file.repository, folder(&file.path).to_owned(), key);
                key.is_some_and(|key| self.encrypted.contains(&at(key)))
            }
            Kind::Env => says_development(&file.text),
            Kind::Docker => is_of_build(&file.text, finding.line),
            _ => false,
        }
    }
}

/// Returns the keys of values that SOPS or Sealed Secrets encrypted, each with the folder of its file. They replace
/// values of the same name in plain files in that folder.
fn encrypted(view: &View<'_>) -> FxHashSet<(usize, String, String)> {
    let mut all = FxHashSet::default();
    for (number, file) in view.shipped(Kind::Yaml) {
        let is_sealed = file.text.contains("SealedSecret");
        if !is_sealed && !file.text.contains("ENC[") {
            continue;
        }
        let mut open: Vec<_> = view.corpus.documents(number).collect();
        while let Some(value) = open.pop() {
            for entry in value.entries() {
                let text = entry.value.text();
                let is_secret = text.is_some_and(|it| is_sealed || it.starts_with("ENC["));
                let key = entry.key.text().filter(|_| is_secret);
                all.extend(key.map(|key| {
                    (
                        file.repository,
                        folder(&file.path).to_owned(),
                        key.to_owned(),
                    )
                }));
                open.push(entry.value);
            }
            open.extend(value.items());
        }
    }
    all
}

/// Whether a `.env` file selects the environment of developers.
fn says_development(text: &str) -> bool {
    const NAMES: [&str; 3] = ["ENV", "ENVIRONMENT", "SPRING_PROFILES_ACTIVE"];
    const OF_DATABASES: [&str; 8] = [
        "DB_NAME",
        "DATABASE_NAME",
        "DB_DATABASE",
        "DATABASE_URL",
        "MYSQL_DATABASE",
        "PGDATABASE",
        "POSTGRES_DB",
        "POSTGRES_DATABASE",
    ];
    const VALUES: [&str; 5] = ["dev", "devel", "development", "local", "test"];
    text.lines().filter(|line| !is_comment(line)).any(|line| {
        let Some((key, value)) = line.trim().trim_start_matches("export ").split_once('=') else {
            return false;
        };
        let (key, value) = (key.trim(), value.trim().trim_matches(['"', '\'']));
        let is_choice = NAMES.contains(&key)
            || ["_ENV", "_ENVIRONMENT", "_INSTANCE"]
                .iter()
                .any(|end| key.ends_with(end));
        // A database named for development is not production's.
        let own = value.split('?').next().unwrap_or(value);
        let own = own.rsplit('/').next().unwrap_or(own).to_ascii_lowercase();
        let is_of_developers = OF_DATABASES.iter().any(|end| key.ends_with(end))
            && ["_dev", "_development", "-dev", "-development"]
                .iter()
                .any(|end| own.ends_with(end));
        let is_of_compose = key == "COMPOSE_FILE"
            && has_word(&value.to_ascii_lowercase(), |word| {
                word == "dev" || word == "development"
            });
        is_choice && VALUES.contains(&value.to_ascii_lowercase().as_str())
            || is_of_compose
            || is_of_developers
    })
}

/// Whether a line of a Dockerfile is in a stage that the last one is not based on, so that the image does not have its
/// variables.
fn is_of_build(text: &str, line: u32) -> bool {
    let mut stages: Vec<(u32, &str, &str)> = Vec::new();
    for (number, written) in lines(text) {
        let mut words = written.split_whitespace();
        if words
            .next()
            .is_some_and(|it| it.eq_ignore_ascii_case("FROM"))
        {
            let mut words = words.filter(|it| !it.starts_with("--"));
            let base = words.next().unwrap_or_default();
            let is_named = words.next().is_some_and(|it| it.eq_ignore_ascii_case("AS"));
            let own = words.next().filter(|_| is_named).unwrap_or_default();
            stages.push((number, base, own));
        }
    }
    let Some(own) = stages.iter().rposition(|(start, _, _)| *start <= line) else {
        return false;
    };
    let mut last = stages.len() - 1;
    while last != own {
        let base = stages[last].1;
        let below = stages[..last]
            .iter()
            .rposition(|(_, _, name)| !name.is_empty() && *name == base);
        match below {
            Some(below) => last = below,
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_stage_and_what_it_is_made_from_are_the_image() {
        let text = "FROM a AS build\nENV KEY=x\nFROM b AS base\nENV KEY=x\nFROM base\nENV KEY=x\n";
        for (line, expected) in [(2, true), (4, false), (6, false)] {
            assert_eq!(is_of_build(text, line), expected, "{line}");
        }
        assert!(!is_of_build("FROM a\nENV KEY=x\n", 2));
        assert!(!is_of_build("ARG KEY=x\nFROM a\n", 1));
    }

    #[test]
    fn variables_say_whom_they_are_for() {
        for (text, expected) in [
            ("APP_ENV=local\nKEY=x\n", true),
            ("COMPOSE_FILE=docker-compose.yml;docker/dev.yml\n", true),
            ("ROBOT_INSTANCE=dev\n", true),
            ("CLA_ENV=development\n", true),
            ("APP_DB_HOST=localhost\nAPP_DB_NAME=app_dev\n", true),
            ("DATABASE_URL=postgres://a:b@db/app_development?x=1\n", true),
            ("DATABASE_URL=postgres://a:b@db/app\n", false),
            ("APP_ENV=production\n", false),
            ("# APP_ENV=local\nKEY=x\n", false),
            ("KEY=dev\n", false),
        ] {
            assert_eq!(says_development(text), expected, "{text}");
        }
    }

    #[test]
    fn containers_are_given_variables() {
        for (text, expected) in [
            (
                "{\n  \"name\": \"APP_KEY\",\n  \"valueFrom\": \"${APP_KEY}\"\n}",
                Some("APP_KEY"),
            ),
            (
                "{ name = \"APP_KEY\", valueFrom = aws_ssm_parameter.key.arn }",
                Some("APP_KEY"),
            ),
            (
                "- name: APP_KEY\n  valueFrom:\n    secretKeyRef: {}\n",
                Some("APP_KEY"),
            ),
            (
                "- name: APP_KEY\n  value: x\n- name: B\n  valueFrom: {}\n",
                Some("B"),
            ),
            ("{\"name\": \"APP_KEY\", \"value\": \"x\"}", None),
        ] {
            assert_eq!(GIVEN.group(text), expected, "{text}");
        }
    }

    #[test]
    fn commands_write_files_of_variables() {
        for (text, expected) in [
            ("echo \"A=1\" > .env", Some(".env")),
            (
                "cat <<EOF >> deploy/.env.production",
                Some(".env.production"),
            ),
            ("printf x | tee -a ~/app/.env", Some(".env")),
            ("cp .env.sample .env", Some(".env")),
            ("file_name: .env", Some(".env")),
            ("source .env", None),
            ("echo > environment.ts", None),
        ] {
            assert_eq!(WRITES.group(text), expected, "{text}");
        }
    }
}
