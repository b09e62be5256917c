//! Env files, images and servers, judged across the files of a repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::harness::{Report, World};

/// Returns the rules that found something in a file, with lines and severities.
fn found<'r>(report: &'r Report, path: &str) -> Vec<(&'r str, u32, &'r str)> {
    let findings = report.findings.iter().filter(|found| found.path() == path);
    let mut found: Vec<_> = findings
        .map(|found| {
            (
                found.rule.as_str(),
                found.location.start.line,
                found.severity.as_str(),
            )
        })
        .collect();
    found.sort_unstable();
    found
}

#[track_caller]
fn has(report: &Report, path: &str, expected: (&str, u32, &str)) {
    let found = found(report, path);
    assert!(found.contains(&expected), "{expected:?} in {found:?}");
}

/// Returns a value that looks like a password and that nobody uses.
fn password() -> String {
    ["x9Kq7", "QzL2mWe"].join("-")
}

#[test]
fn a_production_file_that_leaves_its_secrets_to_themselves() {
    let world = World::new();
    let text = "NODE_ENV=production\nJWT_SECRET=\"${JWT_SECRET}\"\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db.acme.io:5432/app\n";
    world.write("tree/.env.production", text);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    has(&report, ".env.production", ("env/self-reference", 2, "low"));
    has(&report, ".env.production", ("db/sslmode", 3, "medium"));
}

#[test]
fn sessions_that_are_kept_on_disk_and_evicted() {
    let world = World::new();
    world.write(
        "tree/redis.conf",
        "appendonly yes\nappendfsync everysec\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru\n",
    );
    world.write(
        "tree/compose.yaml",
        "services:\n  sessions:\n    image: redis:7-alpine\n    command: redis-server --appendonly yes --maxmemory-policy allkeys-lru\n",
    );
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    has(&report, "redis.conf", ("redis/eviction", 4, "low"));
    has(&report, "redis.conf", ("redis/no-auth", 1, "medium"));
    has(&report, "compose.yaml", ("redis/eviction", 4, "low"));
    has(&report, "compose.yaml", ("redis/no-auth", 2, "low"));
}

#[test]
fn an_env_file_that_was_copied_from_its_sample() {
    let world = World::new();
    let repo = world.init("repo");
    let text = format!("PORT=80\nAPI_TOKEN={}\n", password());
    repo.commit_file(".env.example", &text);
    repo.commit_file(".env", &text);
    let report = repo.scan();
    has(&report, ".env", ("env/secret-reused", 2, "high"));
    has(&report, ".env", ("env/hardcoded-secret", 2, "critical"));
    has(&report, ".env", ("env/tracked", 2, "medium"));
    assert_eq!(report.code, 1);
}

#[test]
fn one_value_is_one_finding() {
    let world = World::new();
    let text = format!(
        "DB_PASSWORD={}\nREDIS_PASSWORD=CHANGE_ME\nPOSTGRES_PASSWORD=postgres\n",
        password()
    );
    world.write("tree/deploy/app.env", text);
    world.write(
        "tree/Dockerfile",
        format!("FROM node:20\nUSER 1001\nENV DB_PASSWORD={}\n", password()),
    );
    // The same bytes, which one rule reads as they are and another one decodes.
    let encoded = STANDARD.encode(password());
    world.write(
        "tree/secret.yaml",
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  password: {encoded}\n"
        ),
    );
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    assert_eq!(
        found(&report, "secret.yaml"),
        [("k8s/secret-in-manifest", 6, "high")]
    );
    assert_eq!(
        found(&report, "deploy/app.env"),
        [
            ("env/hardcoded-secret", 1, "high"),
            ("env/placeholder", 2, "high"),
            ("env/weak-secret", 3, "high"),
        ]
    );
    assert_eq!(
        found(&report, "Dockerfile"),
        [("dockerfile/secret-in-env-arg", 3, "high")]
    );
}

#[test]
fn an_env_file_that_the_next_commit_takes_along() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    repo.write(".env", format!("API_TOKEN={}\n", password()));
    has(&repo.scan(), ".env", ("env/not-ignored", 1, "medium"));
    repo.write(".gitignore", ".env\n");
    let report = repo.scan();
    assert!(found(&report, ".env").is_empty(), "{report:#?}");
}

#[test]
fn compose_files_complete_what_a_dockerfile_leaves_out() {
    let world = World::new();
    let dockerfile =
        "FROM node:20 AS dev\nCMD npm run dev\nFROM node:20\nEXPOSE 80\nCMD [\"node\", \"a.js\"]\n";
    world.write("tree/web/Dockerfile", dockerfile);
    let scan = || {
        world
            .gonogo(&world.path("tree"))
            .args(["scan", "--min-confidence", "low"])
            .report()
    };
    let text = || {
        let scan = world.gonogo(&world.path("tree")).arg("scan");
        scan.run().stdout
    };
    let report = scan();
    has(
        &report,
        "web/Dockerfile",
        ("dockerfile/user-missing", 3, "medium"),
    );
    // Everything it lacks is one finding.
    assert_eq!(found(&report, "web/Dockerfile").len(), 1);
    assert!(text().contains("the image has no `USER` or health check"));
    world.write(
        "tree/compose.yaml",
        "services:\n  web:\n    build: web\n    user: '1001'\n    healthcheck:\n      test: wget -qO- localhost\n",
    );
    assert_eq!(found(&scan(), "web/Dockerfile"), []);
    world.write(
        "tree/compose.yaml",
        "services:\n  web:\n    build:\n      context: ./web\n      target: dev\n",
    );
    has(
        &scan(),
        "web/Dockerfile",
        ("dockerfile/user-missing", 1, "medium"),
    );
}
