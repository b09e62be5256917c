//! `dockerfile/secret-copied`: a file with credentials that becomes part of an image.

use super::{CIS, Card, Category, Check, Confidence, File, Report, Severity, Sighting, at, docker};
use crate::lexicon::name;

pub(super) struct SecretCopied;

impl Check<File<'_>> for SecretCopied {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let shipped: Vec<_> = file.shipped().map(|stage| stage.from.start).collect();
        for stage in file.stages() {
            for step in stage.steps_of("COPY").chain(stage.steps_of("ADD")) {
                let arguments = step.arguments();
                let sources = arguments
                    .split_last()
                    .map(|(_, sources)| sources)
                    .unwrap_or_default();
                let is_from_stage = step.instruction.flag("from").is_some()
                    || !step.instruction.documents.is_empty();
                for source in sources.iter().filter(|_| !is_from_stage) {
                    let Some(what) = source.known().and_then(|named| secret(file, named)) else {
                        continue;
                    };
                    let message = format!(
                        "{what} is copied into the image, where everyone who can pull it can read \
                                           it"
                    );
                    let mut sighting = Sighting::new(&CARD, source.span.clone(), message);
                    if what == "a private key" {
                        sighting.remedy = Some(FOR_KEYS.into());
                    }
                    if !shipped.contains(&stage.from.start) {
                        sighting.severity = Severity::Medium;
                    }
                    report.add(&CARD, file.scaled(sighting));
                }
            }
        }
    }
}

/// Returns the kind of credentials that a file holds, judged by its name and, if it can be read, by its text.
fn secret(file: &File, named: &str) -> Option<&'static str> {
    let lower = named.trim_end_matches('/').to_ascii_lowercase();
    let base = lower.rsplit('/').next().unwrap_or(&lower);
    let read = || {
        let path = file.source(named)?;
        let bytes = file.project.read(&path)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let unless_read = |holds: fn(&str) -> bool| read().is_none_or(|text| holds(&text));
    let is_env = base == ".env" || base.starts_with(".env.") && !says_sample(base);
    match base {
        _ if is_env => unless_read(holds_credentials).then_some("an env file"),
        ".npmrc" | ".yarnrc" | ".yarnrc.yml" => unless_read(|text| {
            holds_token(text, &["_authtoken", "_auth=", "_password", "npmauthtoken"])
        })
        .then_some("a registry token"),
        ".pypirc" | ".netrc" | "_netrc" | ".git-credentials" | ".pgpass" | ".my.cnf"
        | ".vault-token" => Some("a password file"),
        ".aws" | ".ssh" | ".gnupg" | ".kube" => Some("a credentials directory"),
        ".dockerconfigjson" | "kubeconfig" => Some("a credentials file"),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" => Some("a private key"),
        "credentials" if lower.contains(".aws/") => Some("a credentials file"),
        "credentials.json" | "service-account.json" | "serviceaccount.json" => {
            unless_read(|text| text.contains("private_key") || text.contains("client_secret"))
                .then_some("a credentials file")
        }
        _ => is_private_key(base, read).then_some("a private key"),
    }
}

/// Whether a file is a private key, not a certificate, judged by its contents or else by its name.
fn is_private_key(base: &str, read: impl Fn() -> Option<String>) -> bool {
    let Some((stem, ending)) = base.rsplit_once('.') else {
        return false;
    };
    if !matches!(
        ending,
        "pem" | "key" | "p12" | "pfx" | "jks" | "keystore" | "ppk"
    ) || base.contains("pub")
    {
        return false;
    }
    match read() {
        Some(text) => text.contains("PRIVATE KEY"),
        None => {
            matches!(ending, "key" | "ppk") && stem != "*"
                || ending == "pem" && stem.contains("priv")
        }
    }
}

fn says_sample(base: &str) -> bool {
    [
        "example", "sample", "template", "dist", "tmpl", "test", "ci", "default", "dev", "local",
    ]
    .iter()
    .any(|word| base.contains(word))
}

fn holds_credentials(text: &str) -> bool {
    text.lines().any(|line| {
        line.split_once('=').is_some_and(|(key, value)| {
            let key = key.trim().trim_start_matches("export ");
            !value.trim().is_empty() && name::classify(key).is_some()
        })
    })
}

fn holds_token(text: &str, marks: &[&str]) -> bool {
    text.lines().any(|line| {
        let line = line.to_ascii_lowercase();
        marks.iter().any(|mark| line.contains(mark)) && !line.contains("${")
    })
}

/// What to do about a key, which programs need at run time and no step of the build does.
const FOR_KEYS: &str = "Mount the key when the container starts: `secrets:` of Compose, a Secret of Kubernetes, or a \
    volume; only what a step of the build needs is mounted there (`RUN --mount=type=ssh`). List the file in \
    `.dockerignore`, and replace a key that was published.";

static CARD: Card = Card {
    id: "dockerfile/secret-copied",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Credentials file copied into an image",
    description: "A copied file stays in a layer of the image, even when a later step deletes it: everyone who can \
                  pull the image has the credentials.",
    remedy: "Mount the file for the step that needs it: `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`; \
             pass run-time settings when the container starts (`env_file`). List the file in `.dockerignore`, and \
             rotate credentials that were published.",
    references: &["https://docs.docker.com/build/building/secrets/", CIS],
    tags: &[
        "docker",
        "dockerfile",
        "credential",
        "CWE-538",
        "CIS-Docker-4.10",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        docker("FROM node:20\nCOPY .env /app/.env # here\n"),
        docker("FROM node:20\nCOPY [\"config/.env.production\", \"/app/\"] # here\n"),
        docker("FROM node:20\nADD --chown=1:1 id_rsa /root/.ssh/ # here\n"),
        docker("FROM node:20\nCOPY a.js tls.key /app/ # here\n"),
        docker(
            "FROM node:20 AS build\nCOPY .npmrc . # here\nFROM node:20\nCOPY --from=build /a /a\n",
        ),
        at(
            "Dockerfile",
            "FROM node:20\nCOPY .env . # here\n",
            &[(".env", "DB_PASSWORD=hunter2xyz\n")],
        ),
    ],
    negatives: &[
        docker("FROM node:20\nCOPY .env.example /app/.env\n"),
        docker("FROM node:20\nCOPY ca.pem cert.pem key.pub /etc/\n"),
        docker("FROM node:20\nCOPY --from=build /app/.env /app/\n"),
        at(
            "Dockerfile",
            "FROM node:20\nCOPY .env . \n",
            &[(".env", "PORT=80\n")],
        ),
        at(
            "Dockerfile",
            "FROM node:20\nCOPY .npmrc .\n",
            &[(
                ".npmrc",
                "engine-strict=true\n//r/:_authToken=${NPM_TOKEN}\n",
            )],
        ),
        docker("FROM node:20\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n"),
        docker("FROM node:20\nCOPY a.js .env\n"),
    ],
};
