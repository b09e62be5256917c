//! `gonogo fix`: what it asks the repositories of actions, and changes it does not make because others depend on them.

use std::fs;

use crate::harness::{Repo, Run, World};

fn fix(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("fix").args(args).run()
}

fn read(repo: &Repo<'_>, name: &str) -> String {
    fs::read_to_string(repo.join(name)).unwrap()
}

const WORKFLOW: &str = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      \
    - uses: owner/thing@v2\n      - uses: \"owner/thing/sub@v2\" # why\n      - uses: owner/thing@main\n      \
    - uses: owner/gone@v1\n";

/// Creates repositories of actions below the folder `server`; returns its URL and the commit of `v2`.
fn server(world: &World) -> (String, String) {
    let thing = world.init("server/owner/thing");
    thing.commit_file("action.yml", "name: thing\n");
    thing.git(&["tag", "v2.0.9"]);
    thing.commit_file("more", "more\n");
    thing.git(&["tag", "v2.1.0"]);
    // An annotated tag, as forges create them: its own id differs from the commit's.
    thing.git(&["tag", "-a", "v2", "-m", "The second", "v2.1.0"]);
    let address = format!("file://{}", world.path("server").display());
    (address, thing.id("HEAD"))
}

#[test]
fn tags_are_resolved_by_the_repositories_themselves() {
    let world = World::new();
    let (address, commit) = server(&world);
    let repo = world.init("repo");
    repo.write(".github/workflows/a.yml", WORKFLOW);
    let option = format!("--resolve={address}");
    let run = fix(&repo, &[&option]);
    let text = read(&repo, ".github/workflows/a.yml");
    assert!(
        text.contains(&format!("uses: owner/thing@{commit} # v2.1.0\n")),
        "{text}"
    );
    assert!(
        text.contains(&format!("uses: owner/thing/sub@{commit} # v2.1.0 # why\n")),
        "{text}"
    );
    assert!(
        text.contains("owner/thing@main") && text.contains("owner/gone@v1"),
        "{text}"
    );
    for line in [
        "`owner/thing@main` stays as it is",
        "has no tag `main`; use the tag of a release",
        "owner/gone` failed:",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
    assert!(
        fix(&repo, &[&option])
            .stdout
            .contains("nothing can be fixed")
    );
    assert_eq!(read(&repo, ".github/workflows/a.yml"), text);
}

#[test]
fn a_server_that_cannot_be_reached_is_one_line() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".github/workflows/a.yml", WORKFLOW);
    let run = fix(&repo, &["--resolve=http://127.0.0.1:9"]);
    let lines = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("not resolved"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 1, "{}", run.stdout);
    assert!(
        lines[0].contains("no other repository was asked"),
        "{}",
        lines[0]
    );
    assert_eq!(read(&repo, ".github/workflows/a.yml"), WORKFLOW);
}

#[test]
fn steps_of_dockerfiles_are_joined_where_that_is_certain() {
    let world = World::new();
    let repo = world.init("repo");
    let before = "FROM debian:12.5\nRUN apt-get update\nRUN apt-get install -y curl\nRUN sudo make && sudo -E b\nUSER 1001\nRUN sudo d\n";
    repo.write("Dockerfile", before);
    repo.write(
        "other/Dockerfile",
        "FROM debian:12.5\nRUN apt-get update;\nRUN apt-get install -y curl\nUSER 1001\n",
    );
    let _ = fix(&repo, &[]);
    assert_eq!(
        read(&repo, "Dockerfile"),
        "FROM debian:12.5\nRUN apt-get update \\\n    && apt-get install -y curl\nRUN make && sudo -E b\nUSER 1001\nRUN sudo d\n"
    );
    assert!(read(&repo, "other/Dockerfile").contains("update;\nRUN"));
}

/// Returns a compose file with a database, and a program that is built beside it.
fn stack(password: &str) -> String {
    format!(
        "services:\n  app:\n    build: .\n    restart: always\n    environment:\n      DB_PASSWORD: {password}\n  db:\n    \
         image: postgres:16\n    restart: always\n    environment:\n      POSTGRES_PASSWORD: {password}\n"
    )
}

#[test]
fn a_value_of_two_names_becomes_one_variable() {
    let world = World::new();
    let repo = world.init("repo");
    let password = ["Qx7", "vLp2", "mZk9"].concat();
    repo.write("compose.yml", stack(&password));
    let run = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    let reference = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}";
    assert_eq!(text.matches(reference).count(), 2, "{text}");
    assert!(
        run.stdout.contains("compose.yml: POSTGRES_PASSWORD\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_value_that_a_program_holds_stays_until_that_is_asked() {
    let world = World::new();
    let repo = world.init("repo");
    let password = ["Qx7", "vLp2", "mZk9"].concat();
    repo.write("compose.yml", stack(&password));
    repo.write(
        "server.js",
        format!("connect('postgres://app:{password}@db/app')\n"),
    );
    let run = fix(&repo, &[]);
    assert!(read(&repo, "compose.yml").contains(&password));
    assert!(run.stdout.contains("`--also shared`"), "{}", run.stdout);
    let _ = fix(&repo, &["--also", "shared"]);
    assert!(!read(&repo, "compose.yml").contains(&password));
}

#[test]
fn what_a_service_needs_is_left_alone() {
    let world = World::new();
    let repo = world.init("repo");
    let compose = "x-logging: &limits\n  options: {max-size: 5m}\nservices:\n  web:\n    image: web:1\n    restart: always\n    \
        logging: *limits\n  root:\n    build: ./root\n    restart: always\n  files:\n    image: minio/minio:1\n    restart: always\n    \
        ports: [\"9000:9000\"]\n    environment: {AWS_ACCESS_KEY: sentry, AWS_SECRET_KEY: sentry}\n";
    repo.write("compose.yml", compose);
    repo.write(
        "root/Dockerfile",
        "FROM debian:12.5\nRUN apt-get update && apt-get install -y sudo\n",
    );
    let _ = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    assert_eq!(text.matches("logging: *limits").count(), 3, "{text}");
    let (_, root) = text.split_once("  root:\n").unwrap();
    let (root, files) = root.split_once("  files:\n").unwrap();
    assert!(
        !root.contains("no-new-privileges") && !root.contains("<<"),
        "{text}"
    );
    assert!(
        files.contains("\"9000:9000\"") && files.contains("AWS_ACCESS_KEY: sentry"),
        "{text}"
    );
    assert!(files.contains("${AWS_SECRET_KEY:?"), "{text}");
}

#[test]
fn samples_for_development_are_not_hardened() {
    let world = World::new();
    let repo = world.init("repo");
    let compose = "services:\n  web:\n    image: web:1\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n";
    repo.write("compose.yml", compose);
    repo.write(
        "README.md",
        "# Samples\n\nThey must not be deployed in\nproduction environments.\n",
    );
    let run = fix(&repo, &[]);
    assert_eq!(
        read(&repo, "compose.yml"),
        compose.replace("5432:5432", "127.0.0.1:5432:5432")
    );
    assert!(
        run.stdout.contains("`--also development`"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_may_be_a_credential_is_neither_shown_nor_sent_to_a_server() {
    let world = World::new();
    let repo = world.init("repo");
    let secret = ["tVnE8uBg", "Va5eJWCa", "vVtL"].concat();
    repo.write(".env", format!("API_TOKEN={secret}\n"));
    let workflow = WORKFLOW.replace("owner/gone", &format!("owner/{secret}"));
    repo.write(".github/workflows/a.yml", &workflow);
    let address = format!("--resolve=file://{}", world.path("none").display());
    for run in [
        fix(&repo, &["--dry-run", &address]),
        fix(&repo, &[&address]),
    ] {
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(
            all.contains("not resolved") && !all.contains(&secret),
            "{all}"
        );
        assert!(!all.contains("owner/****"), "it was sent:\n{all}");
    }
}

#[test]
fn a_password_in_the_default_of_an_address_follows_its_variable() {
    let world = World::new();
    let repo = world.init("repo");
    let compose = "services:\n  app:\n    image: app:1\n    restart: always\n    environment:\n      \
        DATABASE_URL: ${DATABASE_URL:-postgresql://app:postgres@db:5432/app}\n  db:\n    image: postgres:16\n    restart: always\n    \
        environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-postgres}\n";
    repo.write("compose.yml", compose);
    let run = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    let reference = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}";
    let address = format!("${{DATABASE_URL:-postgresql://app:{reference}@db:5432/app}}");
    assert!(text.contains(&address), "{text}");
    assert_eq!(text.matches(reference).count(), 2, "{text}");
    assert!(
        !run.stdout.contains("still has a removed value"),
        "{}",
        run.stdout
    );
    assert!(fix(&repo, &[]).stdout.contains("nothing"), "{text}");
    assert_eq!(read(&repo, "compose.yml"), text);
}

#[test]
fn a_value_that_stays_somewhere_in_a_file_stays_in_all_of_it() {
    let world = World::new();
    let repo = world.init("repo");
    let password = ["Qx7", "vLp2", "mZk9"].concat();
    let command = format!(
        "  job:\n    image: job:1\n    restart: always\n    command: job --password {password}\n"
    );
    repo.write("compose.yml", stack(&password) + &command);
    let run = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    assert_eq!(text.matches(&password).count(), 3, "{text}");
    assert!(run.stdout.contains("`--also shared`"), "{}", run.stdout);
    let _ = fix(&repo, &["--also", "shared"]);
    let text = read(&repo, "compose.yml");
    assert_eq!(text.matches(&password).count(), 1, "{text}");
}

#[test]
fn throw_away_passwords_of_demonstrations_stay_whoever_can_reach_them() {
    let world = World::new();
    let repo = world.init("repo");
    let generated = ["Qx7", "vLp2", "mZk9", "Rt4w"].concat();
    let compose = format!(
        "services:\n  board:\n    image: grafana/grafana:11.1.0\n    ports: [\"3000:3000\"]\n    environment:\n      \
         - GF_SECURITY_ADMIN_PASSWORD=grafana\n  app:\n    image: app:1\n    environment:\n      - API_SECRET={generated}\n"
    );
    repo.write("compose.yml", &compose);
    repo.write("README.md", "# Shop Demo\n\nA shop.\n");
    let _ = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    assert!(
        text.contains("GF_SECURITY_ADMIN_PASSWORD=grafana"),
        "{text}"
    );
    assert!(text.contains(&generated), "{text}");
    // A development file of something that is not a demonstration.
    let other = world.init("other");
    other.write("compose.dev.yml", &compose);
    let _ = fix(&other, &[]);
    let text = read(&other, "compose.dev.yml");
    assert!(
        text.contains("GF_SECURITY_ADMIN_PASSWORD=grafana"),
        "{text}"
    );
}

#[test]
fn what_a_program_cannot_start_without_is_not_taken_from_it() {
    let world = World::new();
    let repo = world.init("repo");
    let compose = "services:\n    web:\n        image: caddy:2.8\n        restart: always\n        user: \"1000:1000\"\n    \
        app:\n        build: .\n        restart: always\n        user: \"1000:1000\"\n    plain:\n        image: app:1\n        \
        restart: always\n        user: \"1000:1000\"\n    store:\n        image: localstack/localstack:3\n        restart: always\n        \
        environment: [AWS_SECRET_ACCESS_KEY=dummy]\n";
    repo.write("compose.yml", compose);
    repo.write(
        "Dockerfile",
        "FROM debian:12.5\nRUN setcap cap_net_bind_service=+ep /usr/bin/app\n",
    );
    let _ = fix(&repo, &[]);
    let text = read(&repo, "compose.yml");
    let (_, plain) = text.split_once("    plain:\n").unwrap();
    assert_eq!(text.matches("cap_drop").count(), 1, "{text}");
    assert!(plain.contains("cap_drop"), "{text}");
    assert!(text.contains("AWS_SECRET_ACCESS_KEY=dummy"), "{text}");
    // Indented like the rest of the file.
    assert!(
        text.starts_with("x-defaults: &defaults\n    security_opt:\n        - no-new"),
        "{text}"
    );
}
