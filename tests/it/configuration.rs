//! Configuration files are audited wherever their path is known, and their text is scanned as well.

use crate::harness::{Finding, Report, World, secret_line, token};

const COMPOSE: &str = "services:
  app:
    image: app:1
    privileged: true
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
  db:
    image: postgres:16
    ports:
      - \"5432:5432\"
";

/// Returns the rules of the compose family with the lines they point at.
fn audited(report: &Report) -> Vec<(&str, u32)> {
    let findings = report.findings.iter();
    let mut found: Vec<_> = findings
        .filter(|found| found.rule.starts_with("compose/"))
        .map(|found| (found.rule.as_str(), found.location.start.line))
        .collect();
    found.sort_unstable();
    found
}

#[track_caller]
fn check(report: &Report) {
    let found = audited(report);
    for expected in [
        ("compose/datastore-port-published", 10),
        ("compose/docker-socket", 6),
        ("compose/privileged", 4),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(report.code, 1);
}

#[test]
fn a_compose_file_is_audited_in_the_working_tree() {
    let world = World::new();
    world.write("tree/deploy/docker-compose.yml", COMPOSE);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    check(&report);
    let places = report.findings.iter().map(Finding::path);
    assert!(
        places
            .into_iter()
            .all(|path| path == "deploy/docker-compose.yml")
    );
}

#[test]
fn a_compose_file_is_audited_as_it_is_staged() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("docker-compose.yml", COMPOSE);
    repo.git(&["add", "."]);
    repo.write("docker-compose.yml", "services: {}\n");
    check(&repo.scan_with(&["--staged"]));
}

#[test]
fn a_compose_file_is_audited_from_standard_input() {
    let world = World::new();
    let scan = world.gonogo(&world.path("."));
    let scan = scan.args(["scan", "--stdin", "--stdin-name", "compose.yaml"]);
    check(&scan.input(COMPOSE).report());
}

#[test]
fn what_was_once_configured_badly_is_no_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("docker-compose.yml", COMPOSE);
    repo.commit_removal("docker-compose.yml");
    let report = repo.scan();
    assert!(audited(&report).is_empty(), "{report:#?}");
}

#[test]
fn yaml_that_does_not_parse_is_told_and_its_text_scanned() {
    let world = World::new();
    let broken = COMPOSE.to_owned() + "   ]: {\n# " + &secret_line("a");
    world.write("tree/docker-compose.yml", broken);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    report.only(&token("a"));
    let gap = report.gap("unparsable");
    assert_eq!(gap.place, "docker-compose.yml");
    assert!(gap.reason.starts_with("line "), "{gap:?}");
}

#[test]
fn yaml_that_doubles_itself_again_and_again_ends() {
    let world = World::new();
    let mut bomb = "x0: &x0 [a, a]\n".to_owned();
    for n in 1..60 {
        bomb += &format!("x{n}: &x{n} [*x{m}, *x{m}, *x{m}]\n", m = n - 1);
    }
    bomb += "services:\n  app: *x59\n  web:\n    image: web:1\n    privileged: true\n";
    world.write("tree/docker-compose.yml", bomb + "# " + &secret_line("a"));
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    report.only(&token("a"));
}

#[test]
fn yaml_that_is_nested_without_end_ends() {
    for nested in ["[", "{a: ", "- "] {
        let world = World::new();
        let deep = nested.repeat(100_000);
        let text = format!("services:\n  app: {deep}\n# {}", secret_line("a"));
        world.write("tree/docker-compose.yml", text);
        let report = world.gonogo(&world.path("tree")).arg("scan").report();
        report.only(&token("a"));
    }
}

#[test]
fn a_placeholder_counts_where_it_is_deployed_and_not_once_it_was_replaced() {
    let world = World::new();
    let repo = world.init("repo");
    let placeholder = "DB_PASSWORD=CHANGE_ME\n";
    repo.commit_file("deploy/app.env", placeholder);
    let report = repo.scan();
    let is_placeholder = |report: &Report| {
        let mut rules = report.findings.iter().map(|found| &found.rule);
        rules.any(|rule| rule.contains("placeholder"))
    };
    assert!(is_placeholder(&report), "{report:#?}");
    assert_eq!(report.code, 1);
    repo.commit_file("deploy/app.env", "DB_PASSWORD=${DB_PASSWORD}\n");
    assert!(!is_placeholder(&repo.scan()));
    repo.commit_file("deploy/app.env.example", placeholder);
    assert!(!is_placeholder(&repo.scan()));
}
