//! Credentials, placeholders and what the scan found (A, Q1).

use rustc_hash::FxHashSet;

use super::View;
use crate::audit::yaml::Value;
use crate::lexicon::path::Role;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::{Kind, role};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{name, text};
use crate::readiness::{Finding, FindingKind, Grade};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    findings(view, ledger);
    managers(view, ledger);
    environments(view, ledger);
    token_secret(view, ledger);
}

fn place(finding: &Finding) -> Place {
    Place {
        repository: finding.repository,
        path: finding.path.clone(),
        line: finding.line,
    }
}

/// Whether a finding is about what runs, and not about tests, samples, containers for developers or descriptions of an API.
fn is_deployed(view: &View<'_>, finding: &Finding) -> bool {
    let kind = crate::readiness::read::kind::kind(&finding.path, b"");
    if matches!(
        role(&finding.path, kind),
        Role::Development | Role::Sample | Role::Vendored
    ) || kind == Kind::Prose
    {
        return false;
    }
    let file = view.corpus.file(finding.repository, &finding.path);
    file.is_none_or(|file| !view.for_developers.contains(&file) && !describes_api(view, file))
}

/// Whether a file is a description in the format of `OpenAPI`: its values are examples.
fn describes_api(view: &View<'_>, file: usize) -> bool {
    let is_description =
        |it: Value<'_>| text(it, "openapi").is_some() || text(it, "swagger").is_some();
    view.corpus.documents(file).any(is_description)
        || view.corpus.files[file].kind == Kind::Json
            && ["\"openapi\"", "\"swagger\""]
                .iter()
                .any(|key| view.corpus.files[file].text.contains(key))
}

fn findings(view: &View<'_>, ledger: &mut Ledger) {
    let Some(scan) = view.scan else {
        return;
    };
    let findings = scan.findings.as_slice();
    for finding in findings.iter().filter(|it| !it.is_past) {
        let says = || format!("{} ({})", finding.message, finding.rule);
        if finding.is_grave {
            ledger.refute("Q1", place(finding), says());
        }
        match finding.kind {
            FindingKind::Secret if finding.is_likely && is_deployed(view, finding) => {
                ledger.refute("A3", place(finding), says());
                if !finding.is_for_development {
                    ledger.refute("A1", place(finding), says());
                }
            }
            FindingKind::Placeholder if is_deployed(view, finding) => {
                ledger.refute("A6", place(finding), says());
            }
            _ => {}
        }
    }
    if scan.is_whole {
        for (item, says) in [
            ("A1", "no credential in the files that are deployed"),
            ("A3", "no credential in the files"),
            ("A6", "no placeholder in the files that are deployed"),
            ("Q1", "no critical or high finding"),
        ] {
            if ledger.grade(item) != Grade::Refuted {
                ledger.add(item, Grade::Exercised, None, format!("scanned: {says}"));
            }
        }
    }
    if scan.has_history {
        history(view, findings, ledger);
    }
}

/// Credentials that the history still holds, and that may still be in use.
fn history(view: &View<'_>, findings: &[Finding], ledger: &mut Ledger) {
    let is_secret =
        |it: &&Finding| it.kind == FindingKind::Secret && it.is_likely && is_deployed(view, it);
    let past: Vec<_> = findings
        .iter()
        .filter(|it| it.is_past)
        .filter(is_secret)
        .collect();
    let present = findings.iter().filter(|it| !it.is_past).filter(is_secret);
    for finding in present.filter(|it| it.was_committed) {
        ledger.refute(
            "A5",
            place(finding),
            "the history holds it, and it is still in use here",
        );
    }
    if let Some(first) = past.first() {
        let says = format!(
            "the history holds {} credentials: whether they were rotated is not known",
            past.len()
        );
        ledger.add("A5", Grade::Nothing, place(first), says);
    } else {
        ledger.add(
            "A5",
            Grade::Exercised,
            None,
            "scanned: the history holds no credential that is not in the files",
        );
    }
}

const STORES: &[&str] = &[
    "ExternalSecret",
    "SecretStore",
    "ClusterSecretStore",
    "SealedSecret",
    "SecretProviderClass",
    "VaultStaticSecret",
    "ClusterExternalSecret",
];

const STORE_RESOURCES: &[&str] = &[
    "aws_secretsmanager_secret",
    "google_secret_manager_secret",
    "azurerm_key_vault",
    "vault_kv_secret_v2",
    "aws_ssm_parameter",
    "vault_mount",
];

fn managers(view: &View<'_>, ledger: &mut Ledger) {
    let workloads = view.manifests.iter().filter(|it| it.is_workload());
    let used: FxHashSet<&str> = workloads.flat_map(|it| references(it.value)).collect();
    for it in view.manifests.iter().filter(|it| STORES.contains(&it.kind)) {
        let target = text(it.value, "spec.target.name").unwrap_or(it.name);
        let grade = if used.contains(target) {
            Grade::Wired
        } else {
            Grade::SetUp
        };
        ledger.add(
            "A2",
            grade,
            view.corpus.at(it.file, it.value),
            format!("{} `{}`", it.kind, it.name),
        );
    }
    for block in view.resources(STORE_RESOURCES) {
        let says = format!("`{}` is an {}", block.name(), block.resource());
        ledger.add("A2", Grade::SetUp, view.block_place(block), says);
    }
    for (file, read) in view.shipped(Kind::Yaml) {
        let sops = view.corpus.documents(file).find_map(|it| it.get("sops"));
        if let Some(sops) = sops {
            let place = view.corpus.at(file, sops);
            if text(sops, "mac").is_some() {
                ledger.add("A2", Grade::SetUp, place, "a file that SOPS has encrypted");
            } else {
                ledger.refute(
                    "A2",
                    place,
                    "a file of SOPS without a `mac`: changes to it go unnoticed",
                );
            }
        }
        if read
            .text
            .contains("vault.hashicorp.com/agent-inject: \"true\"")
        {
            ledger.add(
                "A2",
                Grade::Wired,
                view.corpus.line(file, 1),
                "the Vault agent injects secrets",
            );
        }
    }
    for service in &view.services {
        if let Some((file, secrets)) = service.found("secrets") {
            let has_files = service
                .environment()
                .iter()
                .any(|(name, _, _)| name.ends_with("_FILE"));
            let grade = if has_files {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add(
                "A2",
                grade,
                view.corpus.at(file, secrets),
                format!("service `{}` reads Docker secrets", service.name),
            );
        }
    }
    from_repository(view, ledger);
}

/// The secrets that a workload names.
fn references(value: Value<'_>) -> Vec<&str> {
    let mut names = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let paths = ["secretKeyRef.name", "secretRef.name", "secret.secretName"];
        names.extend(paths.iter().filter_map(|path| text(value, path)));
        open.extend(value.entries().map(|entry| entry.value));
        open.extend(value.items());
    }
    names
}

/// Secrets of compose files that are read from files which the repository holds.
fn from_repository(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Yaml) {
        let documents = view.corpus.documents(file);
        let secrets = documents
            .filter(|it| it.get("services").is_some())
            .filter_map(|it| it.get("secrets"));
        for entry in secrets.flat_map(crate::audit::yaml::Value::entries) {
            let Some(source) = entry.value.get("file") else {
                continue;
            };
            let written = source.text().unwrap_or_default();
            let folder = crate::readiness::read::folder(&read.path);
            let path = super::containers::normal(&format!("{folder}/{written}"));
            if view.corpus.paths[read.repository].contains(&path) {
                let says = format!("the secret is read from {path}, which the repository holds");
                ledger.refute("A2", view.corpus.at(file, source), says);
            }
        }
    }
}

fn is_for_production(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == "prod" || word == "production")
}

fn environments(view: &View<'_>, ledger: &mut Ledger) {
    let mut required = None;
    for service in &view.services {
        for (_, value, at) in service.environment() {
            if value.contains(":?") {
                required.get_or_insert_with(|| view.corpus.at(service.file, at));
            }
        }
    }
    let overlay = view.corpus.files.iter().enumerate().find(|(_, file)| {
        let own = name(&file.path);
        is_for_production(&file.path)
            && file.role == Role::Shipped
            && (own.starts_with("values")
                || file.path.contains("overlays/")
                || own.ends_with(".tfvars"))
    });
    match (&required, overlay) {
        (Some(place), _) => ledger.add(
            "A4",
            Grade::Wired,
            place.clone(),
            "variables are required: `${NAME:?}`",
        ),
        (None, Some((file, _))) => ledger.add(
            "A4",
            Grade::Wired,
            view.corpus.line(file, 1),
            "values of their own for production",
        ),
        (None, None) => {}
    }
    for service in &view.services {
        if let Some((file, value)) = service.found("env_file") {
            ledger.add(
                "A4",
                Grade::SetUp,
                view.corpus.at(file, value),
                format!("service `{}` reads its settings from a file", service.name),
            );
        }
        for (name, value, at) in service.environment() {
            let is_secret = ["PASSWORD", "SECRET", "TOKEN"]
                .iter()
                .any(|word| name.ends_with(word));
            let default = DEFAULT
                .group(value)
                .filter(|default| !default.is_empty() && !default.starts_with('$'));
            if is_secret && default.is_some() {
                let says = format!("`{name}` has a default: it runs without a value of its own");
                ledger.refute("A4", view.corpus.at(service.file, at), says);
            }
        }
    }
}

static DEFAULT: Pattern = Pattern::new(r"\$\{\w+:?-([^}]*)\}");

static TOKEN_SECRET: Pattern =
    Pattern::new(r#"(?m)^\s*(?:export\s+)?JWT_SECRET(?:_KEY)?\s*=\s*["']?([^\s"'#]+)"#);

/// The secret of tokens, as templates of settings give it.
fn token_secret(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.of(Kind::Env) {
        if read.path.contains("test") {
            continue;
        }
        for (at, value) in TOKEN_SECRET.groups(&read.text) {
            let place = view.corpus.place(file, at);
            if value.contains("JWT_SECRET") {
                ledger.refute("A8", place, "`JWT_SECRET` is set to itself");
            } else if read.role == Role::Shipped && value.len() < 32 && !value.contains('$') {
                ledger.refute(
                    "A8",
                    place,
                    format!("`JWT_SECRET` has {} characters", value.chars().count()),
                );
            }
        }
    }
    for block in view.resources(&["random_password"]) {
        let is_token = block.name().contains("jwt") || block.name().contains("token");
        if is_token && block.number("length").is_some_and(|length| length >= 43.0) {
            ledger.add(
                "A8",
                Grade::SetUp,
                view.block_place(block),
                "generated by Terraform",
            );
        }
    }
}
