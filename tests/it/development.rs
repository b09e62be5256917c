//! What files are for, judged by their content and surroundings, and what a report begins with.

use crate::harness::{Repo, World, secret_line};

const APP: &str = "services:\n  web:\n    build: .\n    environment:\n      ENVIRONMENT: local\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n";
const PORT: &str = "compose/datastore-port-published";

fn severity(repo: &Repo<'_>, rule: &str) -> String {
    let report = repo.scan();
    let mut found = report.findings.iter().filter(|found| found.rule == rule);
    found
        .next()
        .map(|it| it.severity.clone())
        .unwrap_or_default()
}

#[test]
fn a_compose_file_of_developers_does_not_decide() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("compose.yaml", APP);
    assert_eq!(severity(&repo, PORT), "medium");
    // A page that says to deploy with it counts more.
    repo.commit_file(
        "README.md",
        "# Shop\n\n## Self-hosting\n\n    docker compose up -d\n",
    );
    assert_eq!(severity(&repo, PORT), "high");
}

#[test]
fn a_repository_without_a_working_tree_is_judged_alike() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("compose.yaml", APP);
    let bare = world.clone_of(&repo, "bare", &["--bare"]);
    assert_eq!(severity(&bare, PORT), "medium");
}

/// Returns a random key, made up for each run.
fn key(label: &str) -> String {
    let token = crate::harness::token(label);
    let random: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
    random[random.len() - 32..].to_owned()
}

#[test]
fn a_key_that_every_installation_has_decides() {
    let world = World::new();
    let repo = world.init("repo");
    let sample = format!("APP_ENV=production\nJWT_SECRET={}\n", key("installed"));
    repo.commit_file(".env.example", &sample);
    assert_ne!(severity(&repo, "generic/secret"), "high");
    repo.commit_file(
        "docker/entrypoint.sh",
        "#!/bin/sh\ncp .env.example .env\nexec node .\n",
    );
    let report = repo.scan();
    let found = report
        .findings
        .iter()
        .find(|it| it.path() == ".env.example");
    let found = found.unwrap();
    assert_eq!(found.severity, "high", "{}", found.rule);
    assert!(
        found.message.contains("docker/entrypoint.sh:2"),
        "{}",
        found.message
    );
}

#[test]
fn the_history_says_since_when_a_secret_is_gone() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("gone"));
    for number in 0..20 {
        repo.commit_file("other.txt", format!("{number}\n"));
    }
    let removing = repo.commit_file("app.conf", "# moved\n");
    for number in 20..30 {
        repo.commit_file("other.txt", format!("{number}\n"));
    }
    let json = repo.scan_json(&[]);
    let history = &json["findings"][0]["history"];
    assert_eq!(history["removed"]["id"], removing.as_str());
    let text = repo.gonogo().arg("scan").run().stdout;
    assert!(
        text.contains("removed in commit") || text.contains("removed 20"),
        "{text}"
    );
}

#[test]
fn formats_count_alike() {
    let world = World::new();
    let repo = world.init("repo");
    let line = secret_line("same");
    repo.commit_file("a.conf", &line);
    repo.commit_file("b.conf", &line);
    repo.commit_file("dev/c.conf", &line);
    let json = repo.scan_json(&[]);
    let text = repo.gonogo().arg("scan").run().stdout;
    let reason = json["reason"].as_str().unwrap();
    assert!(
        text.contains(&format!("NO-GO: {reason}")),
        "{reason}\n{text}"
    );
    assert!(text.contains("in 1 entry"), "{text}");
}

#[test]
fn what_no_ref_leads_to_is_told_apart() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    repo.commit_file("app.conf", secret_line("lost"));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let text = repo.gonogo().arg("scan").run().stdout;
    let said = "1 of these (1 critical) is in objects that no branch or tag leads to, and not counted in the verdict";
    assert!(text.contains(said), "{text}");
    assert!(!text.contains("only this copy"), "{text}");
}

/// Returns a compose file with a program, and a database whose port anyone can reach.
fn app(lines: &str) -> String {
    format!(
        "services:\n  web:\n    build: .\n{lines}  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n"
    )
}

fn compose(text: &str) -> (&str, &str) {
    ("compose.yaml", text)
}

/// Returns whether the scan, fixes and readiness each consider a tree's compose file to be for developers.
fn judged(world: &World, number: usize, files: &[(&str, &str)]) -> [bool; 3] {
    let repo = world.init(&format!("repo{number}"));
    for (path, text) in files {
        repo.write(path, text);
    }
    repo.commit("add the shop");
    let readiness = ["readiness", "--format", "json"];
    let assessed = repo.gonogo().args(readiness).run().stdout;
    let assessed: serde_json::Value = serde_json::from_str(&assessed).unwrap();
    let nodes = assessed["deployment"]["nodes"].as_array().unwrap();
    let is_deployed = nodes.iter().any(|node| node["name"] == "web");
    let severity = severity(&repo, PORT);
    let _ = repo.gonogo().arg("fix").run();
    let fixed = std::fs::read_to_string(repo.join(files[0].0)).unwrap();
    let is_hardened = fixed.contains("no-new-privileges");
    [severity != "high", !is_hardened, !is_deployed]
}

/// All that ask get the same decision.
#[test]
fn scan_fix_and_readiness_agree() {
    let world = World::new();
    let plain = app("");
    let local = app("    environment:\n      ENVIRONMENT: local\n");
    let mounted = app("    volumes:\n      - .:/app\n");
    let served = app("    command: npm run dev\n    volumes:\n      - .:/app\n");
    let kept = app("    restart: always\n    command: npm run dev\n    volumes:\n      - .:/app\n");
    let stage =
        app("    restart: always\n").replace("build: .", "build: {context: ., target: dev}");
    let comment = format!("# Only for local development.\n{plain}");
    let published = app("    restart: always\n").replace("build: .", "image: acme/shop:1");
    let installs = (
        "README.md",
        "# Shop\n\n## Installation\n\n    docker compose up -d\n",
    );
    let develops = (
        "docs/development.md",
        "# Setup\n\nRun `docker compose up`.\n",
    );
    let hosting = (
        "docs/hosting.md",
        "# Self-hosting\n\n    docker compose up -d\n",
    );
    let chart = ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\n");
    let script = ("deploy.sh", "#!/bin/sh\nssh shop docker compose up -d\n");
    let instance = (".env", "SHOP_INSTANCE=dev\n");
    let container = (
        ".devcontainer/devcontainer.json",
        "{\"dockerComposeFile\": \"../compose.yaml\"}\n",
    );
    let production = (
        "compose.prod.yaml",
        "services:\n  shop:\n    image: acme/shop:1\n    restart: always\n",
    );
    let trees: &[(&[(&str, &str)], bool)] = &[
        (&[compose(&plain)], false),
        (&[compose(&plain), installs], false),
        (&[compose(&plain), develops], true),
        (&[compose(&plain), develops, installs], false),
        (&[compose(&plain), chart], true),
        (&[compose(&plain), chart, installs], false),
        (&[compose(&plain), instance], true),
        (&[compose(&plain), container], true),
        (&[compose(&plain), container, installs], false),
        (&[compose(&plain), production], true),
        (&[compose(&local)], true),
        (&[compose(&local), installs], true),
        (&[compose(&local), hosting], false),
        (&[compose(&local), script], false),
        (&[compose(&mounted)], true),
        (&[compose(&mounted), installs], false),
        (&[compose(&served), installs], true),
        (&[compose(&served), hosting], false),
        (&[compose(&stage)], true),
        (&[compose(&comment), installs], true),
        (&[compose(&comment), hosting], true),
        (&[compose(&published), develops], false),
        (&[("docker-compose.dev.yml", &plain)], true),
        (&[("deploy/compose.yaml", &local)], false),
    ];
    for (number, (files, expected)) in trees.iter().enumerate() {
        assert_eq!(judged(&world, number, files), [*expected; 3], "{files:?}");
    }
    // A service that restarts although developers run it points either way, unless its database does not restart.
    assert_eq!(judged(&world, 100, &[compose(&kept)]), [true; 3]);
    let all_kept = kept.replace("postgres:16", "postgres:16\n    restart: always");
    assert_eq!(judged(&world, 101, &[compose(&all_kept)]), [false; 3]);
}
