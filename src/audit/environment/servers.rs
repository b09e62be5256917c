//! Which scripts and pipelines work on servers.

use crate::lexicon::path::{self, has_word};

/// Words for deploying a program to a server.
const DEPLOYS: &[&str] = &[
    "deploy",
    "deployment",
    "release",
    "prod",
    "production",
    "staging",
    "cd",
    "provision",
];

/// Words for changes that a server makes to itself. In pipelines they may mean something else: `update-snapshots.yml`.
const CHANGES: &[&str] = &["install", "update", "upgrade", "ansible", "tf"];

/// Commands that log in to a server, or move files there.
const SIGNS: &[&str] = &[
    "ssh-action",
    "ssh ",
    "scp ",
    "scp-action",
    "rsync ",
    "stack deploy",
    "DOCKER_HOST",
];

/// Whether a file works on servers, judged by its name or because it logs in to one.
pub(super) fn is_for_servers(path: &str, text: &str) -> bool {
    let path = path.to_ascii_lowercase();
    if gets_data(&path) {
        return false;
    }
    let is_named = |words: &[&str]| has_word(&path, |word| words.contains(&word));
    is_named(DEPLOYS)
        || is_named(CHANGES) && !runs_on_hosted(&path, text)
        || path.ends_with(".service")
        || SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether every job of a pipeline runs on a machine that the provider discards afterwards, together with the
/// containers that were started there.
fn runs_on_hosted(path: &str, text: &str) -> bool {
    const HOSTED: &[&str] = &["ubuntu", "macos", "windows"];
    let is_pipeline = path.split('/').any(path::is_ci_folder);
    let mut jobs = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("runs-on:"));
    is_pipeline && jobs.all(|it| HOSTED.iter().any(|name| it.contains(name)))
}

/// Whether a script is named after bringing production data to a developer's machine: `get-prod-db.sh`.
fn gets_data(path: &str) -> bool {
    const GETS: &[&str] = &[
        "get", "fetch", "dump", "download", "clone", "import", "pull",
    ];
    const DATA: &[&str] = &[
        "db", "database", "data", "dump", "dumps", "sql", "backup", "snapshot",
    ];
    const DEPLOYS: &[&str] = &[
        "deploy",
        "deployment",
        "release",
        "install",
        "update",
        "upgrade",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let has = |words: &[&str]| has_word(name, |word| words.contains(&word));
    has(GETS) && has(DATA) && has(&["prod", "production", "live", "staging"]) && !has(DEPLOYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_get_data_deploy_nothing() {
        let text = "ssh host pg_dump > a.sql\ndocker compose up -d db\n";
        for path in ["scripts/get-prod-db.sh", "bin/pull_production_data.sh"] {
            assert!(!is_for_servers(path, text), "{path}");
        }
        for path in [
            "scripts/prod.sh",
            "bin/update-prod-db.sh",
            "scripts/pull-prod.sh",
        ] {
            assert!(is_for_servers(path, text), "{path}");
        }
    }

    #[test]
    fn pipelines_on_machines_of_the_provider_update_no_server() {
        let text = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: docker compose up -d\n";
        let own = text.replace("ubuntu-latest", "[self-hosted, prod]");
        let by_ssh = text.replace("docker", "ssh host docker");
        let update = ".github/workflows/update-snapshots.yml";
        assert!(!is_for_servers(update, text));
        assert!(is_for_servers(update, &own));
        assert!(is_for_servers(update, &by_ssh));
        assert!(is_for_servers(".github/workflows/deploy.yml", text));
        assert!(is_for_servers("update.sh", "docker compose up -d\n"));
    }
}
