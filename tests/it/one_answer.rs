//! What is accepted for one command is accepted for every other, from wherever it is called: each way to accept a finding,
//! in each way to scan.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Repo, World, secret_line};

/// Findings of several families: a name, the file below `svc/`, its text, and the line that a comment goes above. Each
/// reaches the threshold.
fn cases() -> Vec<(&'static str, &'static str, String)> {
    let words = ["k8Wq2", "LzPm4tX", "vR7"].concat();
    vec![
        ("github", "app.conf", secret_line("one answer")),
        (
            "generic/password",
            "db.properties",
            format!("db.password={words}\n"),
        ),
        (
            "url/password",
            "url.conf",
            format!("url = postgres://app:{words}@db.internal/app\n"),
        ),
        (
            "compose/privileged",
            "compose.yml",
            "services:\n  web:\n    image: app:1.2.3\n    privileged: true\n".to_owned(),
        ),
        (
            "dockerfile",
            "Dockerfile",
            "FROM debian:12.1\nRUN curl http://example.com/x.sh | sh\nUSER app\n".to_owned(),
        ),
        (
            "nginx",
            "nginx.conf",
            "events {}\nhttp { server { listen 80; location /s { alias /x/; } } }\n".to_owned(),
        ),
        (
            "k8s",
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: app:1.2.3\n      securityContext:\n        privileged: true\n"
                .to_owned(),
        ),
                (
            "postgres",
            "pg_hba.conf",
            "local all all peer\nhost all all 0.0.0.0/0 trust\n".to_owned(),
        ),
    ]
}

/// The ways to accept what is in `svc/`.
const WAYS: [&str; 5] = ["baseline", "path", "exclude", "rules off", "severity"];

/// Findings that a scan reports at or above the threshold, without their lines.
fn failing(repo: &Repo<'_>, args: &[&str]) -> BTreeSet<String> {
    let run = repo.gonogo().arg("scan").args(args);
    let run = run.args(["--format", "json"]).run();
    let report: Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|_| panic!("{args:?}: {}{}", run.stdout, run.stderr));
    let findings = report["findings"].as_array().unwrap().iter();
    let grave = findings.filter(|finding| {
        let severity = finding["severity"].as_str().unwrap();
        severity == "critical" || severity == "high"
    });
    let name = |finding: &Value| finding["rule"].as_str().unwrap().to_owned();
    grave.map(name).collect()
}

/// Makes the settings or the list that accept everything in `svc/`.
fn accept(repo: &Repo<'_>, way: &str, rules: &BTreeSet<String>) {
    let list = |with: &str| {
        let rules: Vec<_> = rules
            .iter()
            .map(|rule| format!("\"{rule}\"{with}"))
            .collect();
        rules.join(", ")
    };
    match way {
        "baseline" => {
            let run = repo.gonogo().args(["baseline", "create"]).run();
            assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        }
        "path" => repo.write(
            "gonogo.toml",
            "[[allow]]\npath = \"svc/\"\nreason = \"a test\"\n",
        ),
        "exclude" => repo.write("gonogo.toml", "[paths]\nexclude = [\"svc/\"]\n"),
        "rules off" => repo.write("gonogo.toml", format!("[rules]\noff = [{}]\n", list(""))),
        _ => repo.write(
            "gonogo.toml",
            format!(
                "[rules.severity]\n{}\n",
                list(" = \"info\"").replace(", ", "\n")
            ),
        ),
    }
}

#[test]
fn what_is_accepted_is_accepted_in_every_scan() {
    for (name, file, text) in cases() {
        for way in WAYS {
            let world = World::new();
            let repo = world.init("repo");
            repo.commit_file("README.md", "nothing\n");
            let file = format!("svc/{file}");
            repo.commit_file(&file, &text);
            let found = failing(&repo, &[]);
            assert!(!found.is_empty(), "{name}: nothing to accept");
            accept(&repo, way, &found);
            repo.commit("accept");
            world.folder("other");
            world.write("other/a.txt", "nothing\n");
            let other = world.path("other").display().to_string();
            let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
            let bare = bare.path().display().to_string();
            let scans: [&[&str]; 7] = [
                &[],
                &["svc"],
                &[&file],
                &[".", &other],
                &["--no-history", "svc", &file],
                &["--range", "HEAD~1..HEAD"],
                &[&bare],
            ];
            for args in scans {
                assert_eq!(
                    failing(&repo, args),
                    BTreeSet::new(),
                    "{name}, {way}: scan {args:?}"
                );
            }
            let mut changed = text.clone();
            changed.push_str("# more\n");
            repo.write(&file, &changed);
            repo.git(&["add", "."]);
            assert_eq!(
                failing(&repo, &["--staged"]),
                BTreeSet::new(),
                "{name}, {way}: staged"
            );
            let hook = repo.gonogo().arg("hook").env("PRE_COMMIT", "1").run();
            assert_eq!(hook.code, 0, "{name}, {way}: hook: {}", hook.stdout);
            let fix = repo.gonogo().args(["fix", "--dry-run", "svc"]);
            let fix = fix
                .args(found.iter().flat_map(|rule| ["--rule", rule]))
                .run();
            assert!(
                !fix.stdout.contains("+++ "),
                "{name}, {way}: fix: {}",
                fix.stdout
            );
        }
    }
}
