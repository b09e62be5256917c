//! Where secrets are kept, and how programs get them (A2, A4, A8).

use rustc_hash::FxHashSet;

use super::View;
use crate::audit::yaml::Value;
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{name, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    super::scanned::evaluate(view, ledger);
    managers(view, ledger);
    environments(view, ledger);
    token_secret(view, ledger);
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
    kept_elsewhere(view, ledger);
    from_repository(view, ledger);
}

/// Reports secret stores that files refer to: 1Password, git-crypt and Ansible Vault.
fn kept_elsewhere(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.files.iter().enumerate() {
        if read.role != Role::Shipped || read.kind == Kind::Prose {
            continue;
        }
        let is_crypt = name(&read.path) == ".gitattributes";
        let signs: [(&str, &str); 3] = [
            ("op://", "secrets are read from 1Password"),
            (
                "$ANSIBLE_VAULT;",
                "secrets are encrypted with Ansible Vault",
            ),
            ("filter=git-crypt", "files are encrypted with git-crypt"),
        ];
        for (number, (mark, says)) in signs.into_iter().enumerate() {
            let found = memchr::memmem::find(read.text.as_bytes(), mark.as_bytes());
            if let Some(at) = found.filter(|_| (number == 2) == is_crypt) {
                ledger.add("A2", Grade::SetUp, view.corpus.place(file, at), says);
            }
        }
    }
    let workloads = view.manifests.iter().filter(|it| it.is_workload());
    for it in workloads
        .filter(|it| !references(it.value).is_empty())
        .take(2)
    {
        let says = format!(
            "{} `{}` takes values from secrets of the cluster",
            it.kind, it.name
        );
        ledger.add("A2", Grade::SetUp, view.corpus.at(it.file, it.value), says);
    }
}

/// Returns the names of the Secrets that a workload refers to.
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

/// Reports secrets of compose files that are read from files in the repository.
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
        // Where Terraform keeps its state is not a setting of the system.
        let is_of_state =
            crate::lexicon::path::has_word(&file.path, |it| it.starts_with("backend"));
        is_for_production(&file.path)
            && file.role == Role::Shipped
            && !(is_of_state && own.ends_with(".tfvars"))
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

/// Reports the signing secret of tokens in templates of settings.
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
