//! `gonogo.toml` in folders: the one nearest to a finding decides, whatever the target and the way of scanning.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Repo, World, secret_line};

/// Rules and paths of findings, with their severities.
type Found = BTreeSet<(String, String)>;

/// Returns the exit code and the report of a scan of `repo`.
fn report(repo: &Repo<'_>, args: &[&str]) -> (i32, Value) {
    let run = repo.gonogo().arg("scan").args(args);
    let run = run.args(["--format", "json"]).run();
    let report = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|_| panic!("{args:?}: {}{}", run.stdout, run.stderr));
    (run.code, report)
}

/// Returns the paths of what is found, with severities; commit messages have no path.
fn found(repo: &Repo<'_>, args: &[&str]) -> Found {
    let (_, report) = report(repo, args);
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let name = |it: &Value| {
        let path = text(&it["location"]["path"]);
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        (name, text(&it["severity"]))
    };
    findings.map(name).collect()
}

fn settings(report: &Value) -> Vec<String> {
    let files = report["coverage"]["settings"].as_array().unwrap().iter();
    files.map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// A repository that allows one finding in its folder `svc`, and sets severities for the findings in `svc/low`.
fn repository(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("README.md", "nothing\n");
    repo.write("gonogo.toml", "[paths]\nexclude = [\"svc/deep/\"]\n");
    repo.write("top.conf", secret_line("top"));
    repo.write("svc/a.conf", secret_line("a"));
    repo.write("svc/b.conf", secret_line("b"));
    repo.write("svc/deep/c.conf", secret_line("c"));
    repo.write("svc/low/d.conf", secret_line("d"));
    repo.write(
        "svc/gonogo.toml",
        "[[allow]]\npath = \"a.conf\"\nreason = \"a test\"\n",
    );
    repo.write(
        "svc/low/gonogo.toml",
        "[rules.severity]\n\"github/*\" = \"low\"\n",
    );
    repo.commit("All");
    repo
}

/// Returns what is expected to be found, by name and severity.
fn expected(names: &[(&str, &str)]) -> Found {
    let names = names.iter();
    names
        .map(|(name, severity)| ((*name).to_owned(), (*severity).to_owned()))
        .collect()
}

#[test]
fn the_nearest_file_decides_in_every_scan() {
    let world = World::new();
    let repo = repository(&world);
    let below = [
        ("b.conf", "critical"),
        ("c.conf", "critical"),
        ("d.conf", "low"),
    ];
    let all = expected(&[&below[..], &[("top.conf", "critical")]].concat());
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    let bare = bare.path().display().to_string();
    let scans: [&[&str]; 6] = [
        &[],
        &["--no-history"],
        &["--no-worktree"],
        &["--range", "HEAD~1..HEAD"],
        &[&bare],
        &["top.conf", "svc"],
    ];
    for args in scans {
        assert_eq!(found(&repo, args), all, "{args:?}");
    }
    assert_eq!(found(&repo, &["svc"]), expected(&below));
    assert_eq!(found(&repo, &["svc/deep"]), expected(&below[1..2]));
    assert_eq!(found(&repo, &["svc/low/d.conf"]), expected(&below[2..]));
    assert_eq!(found(&repo, &["svc/a.conf"]), expected(&[]));
    for path in ["svc/a.conf", "svc/b.conf", "svc/deep/c.conf", "top.conf"] {
        let text = std::fs::read_to_string(repo.join(path)).unwrap();
        repo.write(path, format!("# more\n{text}{}", secret_line(path)));
    }
    repo.git(&["add", "."]);
    let staged = &found(&repo, &["--staged"]);
    let names: BTreeSet<_> = staged.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["b.conf", "c.conf", "top.conf"]));
}

#[test]
fn reports_name_the_files_that_were_used() {
    let world = World::new();
    let repo = repository(&world);
    let (_, whole) = report(&repo, &["--no-history"]);
    assert_eq!(
        settings(&whole),
        ["gonogo.toml", "svc/gonogo.toml", "svc/low/gonogo.toml"].map(str::to_owned)
    );
    repo.remove("svc/low/d.conf");
    let (_, less) = report(&repo, &["--no-history"]);
    assert_eq!(
        settings(&less),
        ["gonogo.toml", "svc/gonogo.toml"].map(str::to_owned)
    );
    let (_, none) = report(&repo, &["--no-history", "--no-config"]);
    assert!(settings(&none).is_empty());
}

#[test]
fn thresholds_are_those_of_the_folder() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("lax/a.conf", secret_line("a"));
    let privileged = "services:\n  web:\n    image: app\n    restart: always\n";
    repo.commit_file("strict/compose.yml", privileged);
    let code = || report(&repo, &["--no-history"]).0;
    assert_eq!(code(), 1);
    repo.write(
        "lax/gonogo.toml",
        "[rules.severity]\n\"github/*\" = \"high\"\n[report]\nfail-on = \"critical\"\n",
    );
    assert_eq!(code(), 0, "nothing in lax/ is critical");
    repo.write("strict/gonogo.toml", "[report]\nfail-on = \"low\"\n");
    assert_eq!(code(), 1, "something in strict/ is low");
    let lax = report(&repo, &["--no-history", "lax"]).0;
    let strict = report(&repo, &["--no-history", "strict"]).0;
    assert_eq!((lax, strict), (0, 1), "alone, too");
    repo.write("strict/gonogo.toml", "[paths]\nexclude = [\"*\"]\n");
    assert_eq!(code(), 0);
    assert_eq!(
        report(&repo, &["--no-history", "--fail-on", "high"]).0,
        1,
        "what was typed counts"
    );
}

#[test]
fn policies_are_those_of_the_folder() {
    let world = World::new();
    let repo = world.init("repo");
    let tls = "events {}\nhttp { server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate a; ssl_certificate_key b; } }\n";
    repo.commit_file("old/nginx.conf", tls);
    repo.commit_file("new/nginx.conf", tls);
    let has_rule = |args: &[&str]| {
        let (_, report) = report(&repo, args);
        let findings = report["findings"].as_array().unwrap().iter();
        let of_rule = findings.filter(|it| it["rule"] == "nginx/tls-protocol");
        let path = |it: &Value| it["location"]["path"].as_str().unwrap().to_owned();
        of_rule.map(path).collect::<Vec<_>>()
    };
    assert!(has_rule(&["--no-history"]).is_empty());
    repo.write("new/gonogo.toml", "[policy]\nmin-tls = \"1.3\"\n");
    assert_eq!(has_rule(&["--no-history"]), ["new/nginx.conf"]);
    repo.commit("Settings");
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    assert_eq!(
        has_rule(&[&bare.path().display().to_string()]),
        ["new/nginx.conf"]
    );
}

#[test]
fn settings_in_vendored_and_ignored_folders_do_not_count() {
    let world = World::new();
    let repo = world.init("repo");
    let allow = "[rules]\noff = [\"*\"]\n";
    repo.write(".gitignore", "build/\n");
    repo.write("build/gonogo.toml", allow);
    repo.write("build/a.conf", secret_line("a"));
    repo.write("vendor/gonogo.toml", allow);
    repo.write("vendor/b.conf", secret_line("b"));
    repo.commit("All");
    let names: BTreeSet<_> = found(&repo, &["--no-ignore", "--no-history"])
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["a.conf".to_owned(), "b.conf".to_owned()])
    );
}

#[test]
fn a_broken_file_in_a_folder_costs_no_findings() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("svc/gonogo.toml", "nonsense = 1\n");
    repo.write("svc/a.conf", secret_line("a"));
    repo.commit("All");
    let (code, report) = report(&repo, &["--no-history"]);
    assert_eq!(code, 1);
    let gaps = report["coverage"]["gaps"].as_array().unwrap();
    assert_eq!(gaps[0]["place"], "svc/gonogo.toml");
    assert!(gaps[0]["reason"].as_str().unwrap().contains("nonsense"));
    repo.write("svc/gonogo.toml", "[rules]\noff = [\"github/nothing\"]\n");
    let (_, report) = self::report(&repo, &["--no-history"]);
    let gaps = report["coverage"]["gaps"].as_array().unwrap();
    assert!(gaps[0]["reason"].as_str().unwrap().contains("unknown rule"));
}

#[test]
fn a_change_is_judged_by_the_settings_of_folders_before_it() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file(
        "svc/gonogo.toml",
        "[rules.severity]\n\"github/*\" = \"low\"\n",
    );
    let base = repo.id("HEAD");
    repo.commit_file("svc/a.conf", secret_line("a"));
    let ci = |base: &str| {
        let ci = repo
            .gonogo()
            .args(["ci", "--provider", "jenkins", "--base", base]);
        ci.run().code
    };
    assert_eq!(ci(&base), 0, "the folder said so before");
    let base = repo.id("HEAD");
    repo.write("other/gonogo.toml", "[rules]\noff = [\"*\"]\n");
    repo.commit_file("other/b.conf", secret_line("b"));
    assert_eq!(ci(&base), 1, "the change may not say so itself");
}

#[test]
fn fixes_leave_what_the_folder_allows() {
    let world = World::new();
    let repo = world.init("repo");
    let text = "services:\n  web:\n    image: app:1.2.3\n    ports: [\"5432:5432\"]\n";
    repo.commit_file("svc/compose.yml", text);
    let fixes = |args: &[&str]| {
        let run = repo.gonogo().args(["fix", "--dry-run"]).args(args).run();
        run.stdout.contains("+++ ")
    };
    assert!(fixes(&[]), "there is something to fix");
    repo.write("svc/gonogo.toml", "[rules]\noff = [\"compose/*\"]\n");
    for args in [&[][..], &["svc"], &["svc/compose.yml"]] {
        assert!(!fixes(args), "{args:?}");
    }
}
