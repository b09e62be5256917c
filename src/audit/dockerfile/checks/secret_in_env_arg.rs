//! `dockerfile/secret-in-env-arg`: a credential that everyone who has the image can read.

use super::{CIS, Card, Category, Check, Confidence, File, Report, Severity, Sighting, docker};
use crate::audit::compose::credential::password_in;
use crate::audit::dockerfile::stage::{Argument, Pair, Stage, Step};
use crate::audit::report::SecretAt;
use crate::audit::slot;
use crate::lexicon::name::CredentialName;
use crate::lexicon::{placeholder, value};
use crate::model::Secret;

pub(super) struct SecretInEnvArg;

impl Check<File<'_>> for SecretInEnvArg {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for pair in &file.docker.globals {
            // A global argument only enters a stage that redeclares it.
            let asks = |step: &Step| {
                step.pairs()
                    .iter()
                    .any(|own| own.name == pair.name && own.value.is_none())
            };
            if file
                .shipped()
                .flat_map(|stage| stage.steps_of("ARG"))
                .any(asks)
            {
                literal(file, "ARG", pair, report);
            }
        }
        // Stages that are only copied from leave no history in the image.
        for stage in file.shipped() {
            for step in &stage.steps {
                for pair in step.pairs() {
                    literal(file, &step.instruction.keyword, pair, report);
                }
            }
            passed_in(file, stage, report);
        }
    }
}

/// Returns the kind of credential that a name promises, including by the words that BuildKit warns about.
fn kind(name: &str) -> Option<CredentialName> {
    slot::kind(name).or_else(|| {
        const FLAGS: &[&str] = &[
            "public", "file", "version", "enable", "enabled", "disable", "disabled", "use", "with",
            "no", "skip", "type", "mode", "method", "url", "uri", "host", "port", "path", "dir",
            "name", "id", "ttl", "length", "expiry", "service", "provider", "backend", "realm",
            "endpoint", "domain", "user", "username",
        ];
        let lower = name.to_ascii_lowercase();
        let words = || lower.split('_').filter(|word| !word.is_empty());
        if words().any(|word| FLAGS.contains(&word)) {
            return None;
        }
        words().find_map(|word| match word {
            "auth" | "token" => Some(CredentialName::Token),
            "apikey" => Some(CredentialName::ApiKey),
            "password" | "passwd" | "pword" => Some(CredentialName::Password),
            "secret" => Some(CredentialName::Secret),
            "credential" | "credentials" => Some(CredentialName::Credential),
            _ => None,
        })
    })
}

/// Reports a literal value.
fn literal(file: &File, keyword: &str, pair: &Pair, report: &mut Report) {
    let Some((kind, value)) = kind(&pair.name).zip(pair.value.as_ref()) else {
        return;
    };
    let raw = value.raw.trim_matches(['"', '\'']);
    let Some(raw) = (if kind == CredentialName::ConnectionString {
        password_in(raw)
    } else {
        Some(raw)
    }) else {
        return;
    };
    if raw.contains('$') || value.known().is_none() || !is_credential(kind, &pair.name, raw) {
        return;
    }
    let at = value.raw.find(raw).unwrap_or(0);
    let is_plain = value.span.len() == value.raw.len();
    let span = if is_plain {
        value.span.start + at..value.span.start + at + raw.len()
    } else {
        value.span.clone()
    };
    let mut message = format!(
        "`{keyword} {}` writes {} into the image",
        pair.name,
        slot::a(kind)
    );
    let is_filler = is_filler(&pair.name, raw);
    if is_filler {
        message.push_str(": a filler that the build asks for, and no container may start with");
    }
    let mut sighting = Sighting::new(&CARD, value.span.clone(), message);
    if is_filler {
        sighting.severity = Severity::Low;
    }
    sighting.secret = Some(SecretAt {
        value: Secret::new(raw.as_bytes()),
        span,
    });
    report.add(&CARD, file.scaled(sighting));
}

/// Whether a value is a filler for a key without which a framework would not even build its assets, and says that it is
/// none: `SECRET_KEY_BASE=nokey`.
fn is_filler(name: &str, raw: &str) -> bool {
    const KEYS: [&str; 6] = [
        "SECRET_KEY_BASE",
        "SECRET_KEY",
        "DJANGO_SECRET_KEY",
        "APP_KEY",
        "APP_SECRET",
        "NEXTAUTH_SECRET",
    ];
    const FILLERS: [&str; 14] = [
        "nokey", "none", "nosecret", "notoken", "test", "build", "temp", "tmp", "dummy", "fake",
        "foo", "bar", "baz", "blank",
    ];
    let lower = raw.to_ascii_lowercase();
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_one_character = lower.bytes().all(|byte| lower.bytes().next() == Some(byte));
    KEYS.contains(&name.to_ascii_uppercase().as_str())
        && (FILLERS.contains(&stem) || is_one_character || lower == "123" || lower == "1234")
}

fn is_credential(kind: CredentialName, name: &str, raw: &str) -> bool {
    let is_guessable = kind == CredentialName::Password && value::weak(raw);
    !raw.is_empty()
        && !value::opens_nothing(name, raw)
        && placeholder::classify(raw).is_none()
        && (is_guessable || !value::is_not_a_credential(raw))
}

/// Reports a value that is passed to the build and kept in the history of the image.
fn passed_in(file: &File, stage: &Stage, report: &mut Report) {
    // An argument with an empty default is as open as one without.
    let is_open = |pair: &Pair| {
        let value = pair.value.as_ref();
        value.is_none_or(|value| value.known().is_some_and(str::is_empty))
            && !file
                .docker
                .globals
                .iter()
                .any(|global| global.name == pair.name && global.value.is_some())
    };
    for step in stage.steps_of("ARG") {
        for pair in step.pairs().iter().filter(|pair| is_open(pair)) {
            if is_mounted(stage, &pair.name) {
                continue;
            }
            let kept = stage.steps_of("ENV").flat_map(Step::pairs).find(|env| {
                kind(&env.name).is_some()
                    && env
                        .value
                        .as_ref()
                        .is_some_and(|value| names(value, &pair.name))
            });
            let (span, message) = match kept {
                Some(env) => (
                    env.span.clone(),
                    format!(
                        "`ENV {}` writes the build argument `{}` into the image",
                        env.name, pair.name
                    ),
                ),
                None if is_passed(&pair.name) => (
                    pair.span.clone(),
                    format!(
                        "the history of the image keeps the build argument `{}`",
                        pair.name
                    ),
                ),
                None => continue,
            };
            let mut sighting = Sighting::new(&CARD, span, message);
            sighting.severity = Severity::Medium;
            sighting.confidence = Confidence::Medium;
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

fn is_passed(name: &str) -> bool {
    kind(name).is_some_and(|kind| kind != CredentialName::ConnectionString)
}

fn names(value: &Argument, name: &str) -> bool {
    let raw = value.raw.trim_matches(['"', '\'']);
    raw.strip_prefix('$').is_some_and(|rest| {
        let rest = rest.trim_start_matches('{');
        rest.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// Whether the name only identifies a secret that a step mounts.
fn is_mounted(stage: &Stage, name: &str) -> bool {
    let mut flags = stage.steps.iter().flat_map(|step| &step.instruction.flags);
    flags.any(|flag| {
        flag.name == "mount" && flag.value.contains("type=secret") && flag.value.contains(name)
    })
}

static CARD: Card = Card {
    id: "dockerfile/secret-in-env-arg",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Credential in ENV or ARG",
    description: "`ENV` values are stored in the image, and the image history stores the values of `ARG` at build \
                  time: everyone who can pull the image can read both with `docker history` and `docker inspect`.",
    remedy: "Mount the secret for the one step that needs it: `RUN --mount=type=secret,id=token,env=TOKEN \
             ./install.sh`, built with `docker build --secret id=token,env=TOKEN .`; pass run-time credentials when \
             the container starts. Rotate credentials that were published.",
    references: &[
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        "https://docs.docker.com/build/building/secrets/",
        CIS,
    ],
    tags: &[
        "docker",
        "dockerfile",
        "credential",
        "CWE-538",
        "CWE-798",
        "CIS-Docker-4.10",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        docker("FROM node:20\nENV DB_PASSWORD=hunter2xyz # here\n"),
        docker("FROM node:20\nENV DB_PASSWORD hunter2xyz # here\n"),
        docker("FROM node:20\nENV A=1 \\\n  MYSQL_ROOT_PASSWORD='root' # here\n"),
        docker("ARG API_TOKEN=hunter2xyz # here\nFROM node:20\nARG API_TOKEN\n"),
        docker("FROM node:20\nENV SECRET_KEY_BASE=nokey # here\n"),
        docker("FROM node:20\nARG NPM_TOKEN # here\n"),
        docker("FROM node:20\nARG T=\nENV MY_AUTH=$T # here\n"),
        docker("FROM node:20\nARG NPM_TOKEN # here\nRUN echo $NPM_TOKEN\n"),
        docker("FROM node:20\nARG NPM_TOKEN\nENV NPM_TOKEN=${NPM_TOKEN} # here\n"),
        docker(concat!(
            "FROM node:20\nENV APP_DSN=postgres://app:",
            "hunter2xyz@db/app # here\n"
        )),
    ],
    negatives: &[
        docker(
            "FROM node:20\nENV DB_PASSWORD_FILE=/run/secrets/db NEXT_PUBLIC_API_KEY=hunter2xyz AWS_ACCESS_KEY_ID=a\n",
        ),
        docker("FROM node:20\nENV DB_PASSWORD=\nENV API_TOKEN=\"\"\n"),
        docker("FROM node:20\nENV SECRET_KEY_BASE=dummy\n"),
        docker("FROM node:20\nARG NPM_TOKEN\nRUN --mount=type=secret,id=NPM_TOKEN npm ci\n"),
        docker("FROM node:20 AS build\nARG NPM_TOKEN\nRUN echo $NPM_TOKEN\nFROM node:20\n"),
        docker(
            "FROM python:3\nENV GPG_KEY A035C8C19219BA821ECEA86B64E628F8D684696D\nARG SIGNING_KEY=0xA035C8C19219BA82\n",
        ),
        docker("ARG API_TOKEN=hunter2xyz\nFROM node:20\n"),
        docker("FROM node:20 AS build\nENV API_TOKEN=hunter2xyz\nFROM node:20\n"),
        docker("FROM node:20\nARG ENABLE_AUTH\nARG AUTH_TYPE\n"),
        docker("FROM node:20\nENV TOKEN_TTL=15m PASSWORD_LENGTH=12\n"),
    ],
};
