//! The audit of configuration in the history: credentials and placeholders in old versions.

use crate::harness::{Finding, Repo, Report, World};

/// Returns a compose file whose database has `password`, and a setting that an audit would report.
fn compose(password: &str) -> String {
    format!(
        "services:\n  db:\n    image: postgres:16\n    privileged: true\n    environment:\n      POSTGRES_PASSWORD: {password}\n"
    )
}

/// Returns the only finding of this rule.
#[track_caller]
fn only<'r>(report: &'r Report, rule: &str) -> &'r Finding {
    let mut found = report.findings.iter().filter(|it| it.rule == rule);
    let first = found.next().expect("it is found");
    assert!(found.next().is_none(), "{report:#?}");
    first
}

#[track_caller]
fn check(found: &Finding, (path, commit, presence, blobs): (&str, &str, &str, u64)) {
    let life = found.life();
    assert_eq!(
        (found.path(), found.first(), found.presence(), life.blobs),
        (path, commit, presence, blobs)
    );
}

const RULE: &str = "compose/hardcoded-credential";

/// Returns a repository whose compose file used to have a password.
fn removed(world: &World) -> (Repo<'_>, String) {
    let repo = world.init("repo");
    repo.commit_file("README.md", "Read me.\n");
    let first = repo.commit_file("deploy/compose.yml", compose("hunter2xyz"));
    repo.commit_file("deploy/compose.yml", "# moved\n");
    (repo, first)
}

#[test]
fn a_password_that_was_removed_is_told_with_its_commit() {
    let world = World::new();
    let (repo, first) = removed(&world);
    let report = repo.scan();
    let found = only(&report, RULE);
    check(found, ("deploy/compose.yml", &first, "history", 1));
    assert_eq!((report.code, found.location.start.line), (1, 6));
    assert_eq!(found.severity, "high");
    // Other problems of an old version need no fix.
    assert_eq!(report.findings.len(), 1, "{report:#?}");
}

#[test]
fn a_value_of_a_secret_is_reported_once_and_so_are_those_beside_it() {
    let world = World::new();
    let repo = world.init("repo");
    let secret = |name: &str, encoded: &str| format!("  {name}: \"{encoded}\"\n");
    let encoded = ["eDlLcTdRekwybVdl", "NFJ0Ng=="].concat();
    let other = ["WnAzdlE4eEwxbUt0", "N1diTjVjUmQ="].concat();
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n{}{}",
        secret("db-password", &encoded),
        secret("jwt", &other),
    );
    repo.commit_file("render.yaml", manifest);
    repo.commit_removal("render.yaml");
    let report = repo.scan();
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|it| (it.rule.as_str(), it.location.start.line))
        .collect();
    found.sort_unstable();
    let rule = "k8s/secret-in-manifest";
    assert_eq!(found, [(rule, 6), (rule, 7)]);
}

#[test]
fn on_another_branch_or_nowhere_it_is_told_so() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("README.md", "Read me.\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let first = repo.commit_file("compose.yml", compose("hunter2xyz"));
    repo.git(&["checkout", "-q", "main"]);
    let report = repo.scan();
    check(only(&report, RULE), ("compose.yml", &first, "refs", 1));
    repo.git(&["branch", "-q", "-D", "side"]);
    let report = repo.scan();
    check(
        only(&report, RULE),
        ("compose.yml", &first, "unreachable", 1),
    );
}

#[test]
fn what_is_still_there_is_one_finding_with_its_past() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("compose.yml", compose("hunter2xyz"));
    repo.commit_file(
        "compose.yml",
        "# more\n".to_owned() + &compose("hunter2xyz"),
    );
    let report = repo.scan();
    let found = only(&report, RULE);
    check(found, ("compose.yml", &first, "head", 2));
    assert_eq!(found.origin.kind, "worktree");
    let about_it = |it: &&Finding| it.secret.as_deref() == Some("hunter2xyz");
    assert_eq!(report.findings.iter().filter(about_it).count(), 1);
}

#[test]
fn one_secret_in_several_files_and_versions_is_one_finding() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file(".env", "DB_PASSWORD=kV93nxTq2LmZ\n");
    repo.commit_file("a/compose.yml", compose("kV93nxTq2LmZ"));
    repo.commit_file(
        "a/compose.yml",
        "# x\n".to_owned() + &compose("kV93nxTq2LmZ"),
    );
    repo.remove(".env");
    repo.commit_removal("a/compose.yml");
    let report = repo.scan();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    assert_eq!(report.findings[0].first(), first);
    assert_eq!(report.findings[0].presence(), "history");
}

#[test]
fn a_file_that_is_gone_is_gone_whatever_else_has_its_value() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file(".env", "APP_SECRET=kV93nxTq2LmZ8wRb\n");
    repo.commit_file("tests/app.yml", "app_secret: kV93nxTq2LmZ8wRb\n");
    repo.commit_removal(".env");
    let report = repo.scan();
    let found = only(&report, "env/hardcoded-secret");
    check(found, (".env", &first, "history", 2));
    assert!(!found.message.contains("tracked"), "{}", found.message);
}

#[test]
fn what_documentation_shows_is_reported_there() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file(".env", "APP_SECRET=kV93nxTq2LmZ8wRb\n");
    repo.commit_file("docs/start.md", "```\nAPP_SECRET=kV93nxTq2LmZ8wRb\n```\n");
    repo.commit_removal(".env");
    let report = repo.scan();
    let paths: Vec<_> = report.findings.iter().map(Finding::path).collect();
    assert_eq!(paths, ["docs/start.md"]);
    assert_eq!(report.findings[0].presence(), "head");
    assert_eq!(report.code, 0, "{report:#?}");
}

#[test]
fn what_everybody_tries_is_told_once_and_mildly() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a/compose.yml", compose("postgres"));
    repo.commit_file("b/compose.yml", compose("postgres"));
    repo.remove("a/compose.yml");
    repo.commit_removal("b/compose.yml");
    let report = repo.scan();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    assert_eq!(
        (report.findings[0].severity.as_str(), report.code),
        ("low", 0)
    );
}

#[test]
fn a_placeholder_that_was_replaced_is_no_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("compose.yml", compose("changeme"));
    repo.commit_file("compose.yml", "# moved\n");
    assert_eq!(repo.scan().findings.len(), 0);
}

#[test]
fn a_range_tells_of_what_it_adds() {
    let world = World::new();
    let (repo, first) = removed(&world);
    let report = repo.scan_with(&["--range", "HEAD~2..HEAD"]);
    check(
        only(&report, RULE),
        ("deploy/compose.yml", &first, "history", 1),
    );
    let report = repo.scan_with(&["--range", "HEAD~1..HEAD"]);
    assert_eq!(report.findings.len(), 0, "{report:#?}");
}

#[test]
fn with_and_without_a_cache_it_is_the_same() {
    let world = World::new();
    let repo = world.init("repo");
    let scan = |options: &[&str]| {
        let scan = repo.gonogo().args(["scan", ".", "--format", "json"]);
        scan.args(options).run()
    };
    let steps: [(&str, &str, &str); 7] = [
        ("compose.yml", "hunter2xyz", "first"),
        (
            "notes.txt",
            "kV93nxTq2LmZ",
            "under no name of configuration",
        ),
        ("compose.yml", "postgres", "another version"),
        ("later.yml", "kV93nxTq2LmZ", "now under such a name"),
        (
            "x/compose.yml",
            "hunter2xyz",
            "an old version under a new path",
        ),
        ("compose.yml", "changeme", "a placeholder"),
        ("compose.yml", "kV93nxTq2LmZ", "a placeholder that is gone"),
    ];
    for (path, password, how) in steps {
        repo.commit_file(path, compose(password));
        let (cached, plain) = (scan(&["--cache", "../cache"]), scan(&[]));
        assert_eq!(cached.stdout, plain.stdout, "{how}");
        let again = scan(&["--cache", "../cache", "--threads", "1"]);
        assert_eq!(
            (again.stdout, again.stderr.as_str()),
            (plain.stdout, ""),
            "{how}"
        );
    }
    repo.git(&["checkout", "-q", "HEAD~1", "--", "compose.yml"]);
    repo.commit("Back to the placeholder");
    assert_eq!(scan(&["--cache", "../cache"]).stdout, scan(&[]).stdout);
}

/// Returns what is found, as `rule path:line`, in order.
fn found(report: &Report) -> Vec<String> {
    let found = report.findings.iter();
    let mut found: Vec<_> = found
        .map(|it| format!("{} {}", it.rule, it.place()))
        .collect();
    found.sort();
    found
}

#[test]
fn head_of_a_bare_repository_is_audited_as_its_files_would_be() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("deploy/compose.yml", compose("${PASSWORD:?}"));
    repo.write(
        "deploy/nginx.conf",
        "server {\n  listen 443 ssl;\n  server_name a.test;\n  ssl_protocols TLSv1;\n}\n",
    );
    repo.write("Dockerfile", "FROM alpine:latest\nCMD [\"sleep\", \"1\"]\n");
    repo.write(".env", "DB_PASSWORD=kV93nxTq2LmZ\n");
    let first = repo.commit("First");
    repo.commit_file("old/compose.yml", compose("hunter2xyz"));
    repo.commit_removal("old/compose.yml");
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    let (report, checkout) = (bare.scan(), repo.scan());
    assert_eq!(found(&report), found(&checkout));
    assert!(report.findings.len() > 5, "{report:#?}");
    check(
        only(&report, "env/hardcoded-secret"),
        (".env", &first, "head", 1),
    );
    let privileged = only(&report, "compose/privileged");
    assert_eq!(privileged.place(), "deploy/compose.yml:4");
    let blob = repo.id("HEAD:deploy/compose.yml");
    assert_eq!(privileged.origin.object.as_deref(), Some(blob.as_str()));
    assert_eq!(report.coverage.files, 0);
}

#[test]
fn a_bare_repository_without_commits_has_nothing_to_audit() {
    let world = World::new();
    let repo = world.init_with("bare.git", &["--bare"]);
    assert_eq!(repo.scan().findings.len(), 0);
}
