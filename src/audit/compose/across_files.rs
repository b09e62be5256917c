//! Tests of what a Compose file means together with others.

use std::collections::BTreeMap;

use crate::audit::{Files, Outcome, Policy, Project, Source};

struct Tree(BTreeMap<String, String>);

impl Files for Tree {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes())
    }
}

/// The rules found in each file of a tree, with their lines.
fn audit(files: &[(&str, &str)]) -> Vec<(String, String, u32)> {
    audit_with(files, &Policy::default())
}

fn audit_with(files: &[(&str, &str)], policy: &Policy) -> Vec<(String, String, u32)> {
    let owned = |&(path, text): &(&str, &str)| (path.to_owned(), text.to_owned());
    let tree = Tree(files.iter().map(owned).collect());
    let sources = files
        .iter()
        .filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = files.iter().map(|(path, _)| (*path).to_owned());
    let project = Project::new(sources, paths, &tree, policy);
    let mut found = Vec::new();
    for (path, outcome) in project.audit() {
        if let Outcome::Audited(findings) = outcome {
            found.extend(findings.into_iter().map(|finding| {
                let line = finding.location.region.start.line;
                (path.to_owned(), finding.rule.to_string(), line)
            }));
        }
    }
    found
}

/// Asserts that `rule` is found at exactly these places of a tree.
#[track_caller]
fn check(rule: &str, files: &[(&str, &str)], expected: &[(&str, u32)]) {
    let all = audit(files);
    let found: Vec<_> = all
        .iter()
        .filter(|(_, found, _)| found == rule)
        .map(|(path, _, line)| (path.as_str(), *line))
        .collect();
    assert_eq!(found, expected, "{rule} in {files:#?}");
}

const SAFE: &str =
    "services:\n  base:\n    image: app:1\n    security_opt: [\"no-new-privileges:true\"]\n";
const NNP: &str = "compose/no-new-privileges";
const OPEN: &str = "compose/port-all-interfaces";

#[test]
fn what_is_extended_in_another_file_counts() {
    let web = "services:\n  web:\n    extends: {file: ../base.yml, service: base}\n";
    check(NNP, &[("a/compose.yaml", web), ("base.yml", SAFE)], &[]);
    let bare = SAFE.replace("true", "false");
    check(
        NNP,
        &[("a/compose.yaml", web), ("base.yml", &bare)],
        &[("base.yml", 4)],
    );
    // Along a chain, each path is resolved from the file that names it.
    let middle =
        "services:\n  base:\n    extends:\n      file: deep/base.yml\n      service: base\n";
    let tree = [
        ("a/compose.yaml", web),
        ("base.yml", middle),
        ("deep/base.yml", SAFE),
    ];
    check(NNP, &tree, &[]);
    let lacks = "services:\n  base:\n    image: app:1\n";
    let tree = [
        ("a/compose.yaml", web),
        ("base.yml", middle),
        ("deep/base.yml", lacks),
    ];
    check(
        NNP,
        &tree,
        &[("a/compose.yaml", 2), ("base.yml", 2), ("deep/base.yml", 2)],
    );
}

#[test]
fn what_cannot_be_seen_is_not_missed() {
    let web = "services:\n  web:\n    image: app:1\n    extends: {file: base.yml, service: base}\n";
    check(NNP, &[("compose.yaml", web)], &[]);
    check(
        NNP,
        &[("compose.yaml", web), ("base.yml", "services: [")],
        &[],
    );
    check(
        NNP,
        &[
            ("compose.yaml", web),
            ("base.yml", "services:\n  other:\n    build: .\n"),
        ],
        &[("base.yml", 2)],
    );
    check(
        "compose/unresolved-part",
        &[("compose.yaml", web)],
        &[("compose.yaml", 4)],
    );
}

#[test]
fn files_that_extend_each_other_end() {
    let a = "services:\n  web:\n    image: app:1\n    extends: {file: b.yml, service: web}\n";
    let b = a.replace("b.yml", "a.yml");
    check(
        NNP,
        &[("a.yml", a), ("b.yml", &b)],
        &[("a.yml", 2), ("b.yml", 2)],
    );
}

#[test]
fn an_override_is_merged_onto_the_file_with_the_default_name() {
    let base = "services:\n  web:\n    image: app:1\n    ports: [8080:80]\n  db:\n    image: postgres:16\n";
    let over = "services:\n  web:\n    security_opt: [no-new-privileges]\n    ports: !reset []\n  extra:\n    image: app:1\n";
    let tree = [
        ("docker-compose.yml", base),
        ("docker-compose.override.yml", over),
    ];
    check(
        NNP,
        &tree,
        &[
            ("docker-compose.override.yml", 5),
            ("docker-compose.yml", 5),
        ],
    );
    check(OPEN, &tree, &[]);
    // Files with other names are merged only if something says so.
    let tree = [("prod.yml", base), ("docker-compose.override.yml", over)];
    check(OPEN, &tree, &[("prod.yml", 4)]);
    let tree = [
        ("docker-compose.yml", base),
        ("docker-compose.prod.yml", over),
    ];
    check(OPEN, &tree, &[("docker-compose.yml", 4)]);
    let tree = [
        ("docker-compose.yml", base),
        ("docker-compose.prod.yml", over),
        (
            ".env",
            "COMPOSE_FILE=docker-compose.yml:docker-compose.prod.yml\n",
        ),
    ];
    check(OPEN, &tree, &[]);
}

#[test]
fn an_override_knows_what_it_overrides() {
    let base = "services:\n  db:\n    image: postgres:16\n";
    let over = "services:\n  db:\n    ports: [15432:5555]\n";
    let tree = [("compose.yaml", base), ("compose.override.yaml", over)];
    check(
        "compose/datastore-port-published",
        &tree,
        &[("compose.override.yaml", 3)],
    );
}

#[test]
fn a_credential_that_an_override_replaces_still_stands_there() {
    let base =
        "services:\n  web:\n    image: app:1\n    environment:\n      DB_PASSWORD: hunter2xyz\n";
    let over = "services:\n  web:\n    environment:\n      DB_PASSWORD: ${X}\n";
    let tree = [("compose.yaml", base), ("compose.override.yaml", over)];
    check(
        "compose/hardcoded-credential",
        &tree,
        &[("compose.yaml", 5)],
    );
}

#[test]
fn settings_of_one_mapping_are_merged() {
    let base = "services:\n  web:\n    build:\n      context: .\n      privileged: true\n";
    let over = "services:\n  web:\n    build:\n      target: dev\n";
    let tree = [("compose.yaml", base), ("compose.override.yaml", over)];
    check("compose/privileged", &tree, &[("compose.yaml", 5)]);
    let over = "services:\n  web:\n    build:\n      privileged: false\n";
    let tree = [("compose.yaml", base), ("compose.override.yaml", over)];
    check("compose/privileged", &tree, &[]);
}

#[test]
fn variables_take_the_values_of_the_env_file() {
    let text = "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:80:80\n      - ${OPEN}:81:81\n";
    let at = |env: &'static str| [("a/compose.yaml", text), ("a/.env", env)];
    let default = "compose/port-bind-open-default";
    check(OPEN, &at("X=1\n"), &[]);
    check(default, &at("X=1\n"), &[("a/compose.yaml", 6)]);
    check(OPEN, &at("BIND=0.0.0.0\n"), &[("a/compose.yaml", 5)]);
    check(default, &at("OPEN=127.0.0.1\n"), &[]);
    check(OPEN, &at("OPEN=\n"), &[("a/compose.yaml", 6)]);
    // Only the `.env` beside the file counts.
    check(
        OPEN,
        &[("a/compose.yaml", text), (".env", "BIND=0.0.0.0\n")],
        &[],
    );
}

#[test]
fn credentials_of_the_env_file_are_told_of_there() {
    let text = "services:\n  web:\n    image: app:1\n    environment:\n      A_PASSWORD: ${PW}\n      B_PASSWORD: ${PX:-hunter2xyz}\n";
    let tree = [("compose.yaml", text), (".env", "PW=hunter2xyz\n")];
    check("compose/hardcoded-credential", &tree, &[]);
    check("compose/credential-default", &tree, &[("compose.yaml", 6)]);
}

#[test]
fn included_files_take_the_variables_of_what_includes_them() {
    let part =
        "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:80:80\n";
    let check_with = |include: &str, env: (&str, &str), expected: &[(&str, u32)]| {
        let root = format!("include:\n  - {include}\nservices:\n  a:\n    image: b\n");
        let tree = [("compose.yaml", root.as_str()), ("part/web.yml", part), env];
        check(OPEN, &tree, expected);
    };
    let open = "BIND=0.0.0.0\n";
    let found = [("part/web.yml", 5)];
    check_with("part/web.yml", (".env", open), &found);
    check_with("part/web.yml", ("part/.env", open), &found);
    check_with("path: part/web.yml", ("part/.env", open), &found);
    check_with(
        "{path: part/web.yml, env_file: x.env}",
        ("part/.env", open),
        &[],
    );
    check_with(
        "{path: [part/web.yml], env_file: [x.env]}",
        ("x.env", open),
        &found,
    );
    check_with(
        "{path: part/web.yml, project_directory: up}",
        ("up/.env", open),
        &found,
    );
    check_with("other.yml", (".env", open), &[]);
}

#[test]
fn words_of_the_house_name_files_for_developers() {
    let text = "services:\n  web:\n    image: app:1\n    privileged: true\n";
    let policy = Policy {
        development_words: vec!["sandbox".to_owned()],
        ..Policy::default()
    };
    let tree = Tree(BTreeMap::new());
    for (path, expected) in [
        ("compose.sandbox.yaml", crate::model::Severity::Medium),
        ("compose.yaml", crate::model::Severity::High),
    ] {
        let source = Source::claim(path, text.as_bytes());
        let project = Project::new(source, [], &tree, &policy);
        let Some((_, Outcome::Audited(found))) = project.audit().pop() else {
            panic!("{path} was not audited");
        };
        let found = found
            .iter()
            .find(|finding| finding.rule.as_str() == "compose/privileged");
        assert_eq!(found.map(|finding| finding.severity), Some(expected));
    }
}

#[test]
fn addresses_that_the_house_allows_are_no_finding() {
    let text = "services:\n  web:\n    image: app:1\n    ports: [8.8.8.8:80:80, 8081:81, \"0.0.0.0:8082:82\"]\n  db:\n    image: postgres:16\n    ports: [5432:5432]\n";
    let allowing = |address: &str| {
        let policy = Policy {
            allowed_bind_addresses: vec![address.to_owned()],
            ..Policy::default()
        };
        let found = audit_with(&[("compose.yaml", text)], &policy);
        let ports = found.iter().filter(|(_, rule, _)| rule.contains("port-"));
        ports.count()
    };
    assert_eq!(allowing("192.0.2.1"), 3);
    assert_eq!(allowing("8.8.8.8"), 2);
    assert_eq!(allowing("0.0.0.0"), 1);
}

#[test]
fn hostile_neighbours_cost_little() {
    use std::fmt::Write as _;
    let env = "A=".to_owned() + &"x".repeat(60_000) + "\n";
    let mut text = "services:\n  a:\n    image: b\n    environment:\n".to_owned();
    for number in 0..20_000 {
        writeln!(text, "      V{number}: $A$A$A").unwrap();
    }
    let mut many = "services:\n".to_owned();
    for number in 0..2_000 {
        writeln!(many, "  s{number}: {{extends: {{file: f{number}.yml, service: a}}, env_file: .env, build: d{number}}}").unwrap();
    }
    let start = std::time::Instant::now();
    let tree = [
        ("compose.yaml", text.as_str()),
        (".env", env.as_str()),
        ("many.yml", many.as_str()),
    ];
    let found = audit(&tree);
    assert!(start.elapsed().as_secs() < 120);
    assert!(!found.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_neighbours_break_the_audit(
        own in proptest::sample::subsequence(LINES, 0..LINES.len()),
        over in proptest::sample::subsequence(LINES, 0..LINES.len()),
        env in "[A-C]=[$={}A-C\"'é#: -]{0,12}\n",
    ) {
        let (own, over) = (format!("services:\n{}", own.concat()), format!("services:\n{}", over.concat()));
        audit(&[("compose.yaml", &own), ("compose.override.yml", &over), (".env", &env)]);
    }
}

/// Lines of which any selection is almost a Compose file.
const LINES: &[&str] = &[
    "  a:\n",
    "    image: postgres:${A}\n",
    "    build: !override\n",
    "      args: [A_TOKEN=$B, B_TOKEN]\n",
    "    command: run --password ${A:-é} -u ü:${B}\n",
    "    ports: !reset\n",
    "      - ${A}:80:80/${B}\n",
    "    environment:\n",
    "      X_PASSWORD: \"${A:-é}${B}\"\n",
    "      NEO4J_AUTH: é/${C:-ü}\n",
    "    env_file: .env\n",
    "    extends: {file: compose.override.yml, service: b}\n",
    "  b:\n",
    "    extends: {file: $A, service: a}\n",
    "    labels: [\"x.basicauth.users=é:$$apr1$$é,b\"]\n",
    "    healthcheck: {test: [CMD, mysql, -p${A:-ü}]}\n",
    "    ports: [\"$A\", \"${B}:1-9:1-9\"]\n",
];
