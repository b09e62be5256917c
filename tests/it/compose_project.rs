//! What a compose file means depends on other files: those it extends and includes, its override, and `.env`.

use crate::harness::{Report, World};

/// Returns the places of one rule's findings.
fn places(report: &Report, rule: &str) -> Vec<String> {
    let found = report.findings.iter();
    let found = found.filter(|found| found.rule == rule);
    found.map(crate::harness::Finding::place).collect()
}

const OPEN: &str = "compose/port-all-interfaces";
const PRIVILEGES: &str = "compose/no-new-privileges";
const WEB: &str =
    "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:8080:80\n";

/// Scans the same files in a folder, in a repository, and as they are staged, and asserts where `rule` is found.
#[track_caller]
fn check(files: &[(&str, &str)], rule: &str, expected: &[&str]) {
    let world = World::new();
    let repo = world.init("repo");
    for (name, text) in files {
        world.write(&format!("tree/{name}"), text);
        repo.write(name, text);
    }
    let all = ["--min-severity", "info"];
    let folder = world.gonogo(&world.path("tree")).arg("scan").args(all);
    let folder = folder.report();
    assert_eq!(places(&folder, rule), expected, "in a folder");
    repo.git(&["add", "."]);
    let staged = repo.scan_with(&["--staged", all[0], all[1]]);
    assert_eq!(places(&staged, rule), expected, "as staged");
    repo.commit("all of it");
    let scan = repo.scan_with(&all);
    assert_eq!(places(&scan, rule), expected, "in a repository");
}

#[test]
fn the_env_file_beside_it_decides_who_reaches_a_port() {
    let at = |env: &'static str| [("deploy/compose.yaml", WEB), ("deploy/.env", env)];
    check(&at("BIND=0.0.0.0\n"), OPEN, &["deploy/compose.yaml:5"]);
    check(&at("BIND=127.0.0.1\n"), OPEN, &[]);
    check(&[("compose.yaml", WEB)], OPEN, &[]);
}

#[test]
fn an_env_file_that_git_ignores_counts_all_the_same() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".gitignore", ".env\n");
    repo.write("compose.yaml", WEB);
    repo.write(".env", "BIND=0.0.0.0\n");
    repo.git(&["add", "."]);
    repo.commit("all but one");
    assert_eq!(places(&repo.scan(), OPEN), ["compose.yaml:5"]);
}

#[test]
fn what_a_base_file_brings_is_not_missing() {
    let web = "services:\n  web:\n    extends: {file: ../base.yml, service: base}\n";
    let base =
        "services:\n  base:\n    image: app:1\n    security_opt: [\"no-new-privileges:true\"]\n";
    let files = [("app/compose.yaml", web), ("base.yml", base)];
    check(&files, PRIVILEGES, &[]);
    let lax = base.replace("true", "false");
    let files = [("app/compose.yaml", web), ("base.yml", lax.as_str())];
    check(&files, PRIVILEGES, &["base.yml:4"]);
    let absent = [("app/compose.yaml", web)];
    check(&absent, PRIVILEGES, &[]);
    check(&absent, "compose/unresolved-part", &["app/compose.yaml:3"]);
}

#[test]
fn an_override_is_merged_onto_its_base() {
    let open = "services:\n  web:\n    image: app:1\n    ports: [8080:80]\n";
    let over = "services:\n  web:\n    security_opt: [no-new-privileges]\n    ports: !reset []\n";
    let files = [
        ("docker-compose.yml", open),
        ("docker-compose.override.yml", over),
    ];
    check(&files, OPEN, &[]);
    check(&files, PRIVILEGES, &[]);
    let named = [
        ("docker-compose.yml", open),
        ("docker-compose.ci.yml", over),
    ];
    check(&named, OPEN, &["docker-compose.yml:4"]);
}

#[test]
fn of_a_change_to_an_override_the_base_is_read_from_the_index() {
    let world = World::new();
    let repo = world.init("repo");
    let base = "services:\n  db:\n    image: postgres:16\n";
    repo.commit_file("compose.yaml", base);
    repo.write(
        "compose.override.yaml",
        "services:\n  db:\n    ports: [15432:5555]\n",
    );
    repo.git(&["add", "."]);
    let report = repo.scan_with(&["--staged"]);
    let rule = "compose/datastore-port-published";
    assert_eq!(places(&report, rule), ["compose.override.yaml:3"]);
}

#[test]
fn an_included_file_takes_variables_from_where_it_is_included() {
    let root = "include:\n  - path: part/web.yml\n    env_file: part/defaults.env\n";
    let files = [
        ("compose.yaml", root),
        ("part/web.yml", WEB),
        ("part/defaults.env", "BIND=0.0.0.0\n"),
    ];
    check(&files, OPEN, &["part/web.yml:5"]);
    let closed = [files[0], files[1], files[2], (".env", "BIND=127.0.0.1\n")];
    check(&closed, OPEN, &[]);
}

#[test]
fn a_password_from_the_env_file_is_no_finding_in_the_compose_file() {
    let text =
        "services:\n  db:\n    image: app:1\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD}\n";
    let files = [("compose.yaml", text), (".env", "DB_PASSWORD=hunter2xyz\n")];
    for rule in [
        "compose/hardcoded-credential",
        "compose/credential-optional",
    ] {
        check(&files, rule, &[]);
    }
    check(
        &files[..1],
        "compose/credential-optional",
        &["compose.yaml:5"],
    );
}
