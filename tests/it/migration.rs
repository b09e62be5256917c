//! Findings known to other scanners are imported: into a baseline, or from their own files.

use serde_json::json;

use crate::harness::{Repo, World, expected, secret_line, token};

/// Returns what counts, as `path:line`, and how much is suppressed.
fn found(repo: &Repo<'_>, args: &[&str]) -> (Vec<String>, u64) {
    repo.found(args, |finding| {
        let location = &finding["location"];
        let path = location["path"].as_str().unwrap_or_default();
        format!("{path}:{}", location["start"]["line"])
    })
}

#[test]
fn gitleaksignore_counts_where_a_credential_stands_exactly_there() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("a.conf", format!("# a\n{}", secret_line("a")));
    repo.commit_file("b.conf", secret_line("b"));
    assert_eq!(found(&repo, &[]), expected(&["a.conf:2", "b.conf:1"], 0));
    let check = |text: &str, expected: (Vec<String>, u64)| {
        repo.write(".gitleaksignore", text);
        assert_eq!(found(&repo, &[]), expected, "{text}");
    };
    check("# known\na.conf:github-pat:2\n", expected(&["b.conf:1"], 1));
    check(
        &format!("{first}:a.conf:github-pat:2\n"),
        expected(&["b.conf:1"], 1),
    );
    check(
        &format!("{first}:b.conf:github-pat:1\n"),
        expected(&["a.conf:2", "b.conf:1"], 0),
    );
    check(
        "a.conf:github-pat:1\n",
        expected(&["a.conf:2", "b.conf:1"], 0),
    );
    repo.write(".gitleaksignore", "a.conf:github-pat:2\nnonsense\n");
    let run = repo.gonogo().args(["scan"]).run();
    assert_eq!(
        run.stderr,
        "warning: .gitleaksignore:2: not a fingerprint, ignored\n"
    );
    assert_eq!(found(&repo, &["--no-config"]).1, 0);
}

#[test]
fn absolute_paths_of_gitleaks_count_below_the_target_only() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", secret_line("a"));
    let top = repo.path().canonicalize().unwrap();
    let here = format!("{}/a.conf:github-pat:1\n", top.display());
    repo.write(".gitleaksignore", &here);
    assert_eq!(found(&repo, &[]), expected(&[], 1));
    let from = repo.gonogo();
    let from = from.args([
        "baseline",
        "create",
        "--from",
        ".gitleaksignore",
        "--dry-run",
    ]);
    assert!(
        from.run()
            .stdout
            .contains(" a.conf known in .gitleaksignore")
    );
    repo.write(".gitleaksignore", "/elsewhere/repo/a.conf:github-pat:1\n");
    assert_eq!(found(&repo, &[]), expected(&["a.conf:1"], 0));
    let run = repo.gonogo().args(["scan"]).run();
    assert_eq!(
        run.stderr,
        "warning: .gitleaksignore: 1 entry has an absolute path that is not below this folder, ignored: write paths \
         from the top of the repository\n"
    );
}

#[test]
fn what_only_the_history_has_is_known_by_its_commit() {
    let world = World::new();
    let repo = world.init("repo");
    let commit = repo.commit_file("a.conf", format!("\n\n{}", secret_line("a")));
    repo.commit_removal("a.conf");
    assert_eq!(found(&repo, &[]), expected(&["a.conf:3"], 0));
    repo.write(
        ".gitleaksignore",
        format!("{commit}:a.conf:generic-api-key:3\n"),
    );
    assert_eq!(found(&repo, &[]), expected(&[], 1));
}

#[test]
fn a_baseline_is_made_of_what_others_know() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("a.conf", secret_line("a"));
    repo.write("b.conf", secret_line("b"));
    repo.write("c.conf", secret_line("c"));
    let report = json!([
        {"RuleID": "github-pat", "StartLine": 9, "EndLine": 9, "Match": token("a"), "Secret": token("a"), "File": "a.conf",
         "SymlinkFile": "", "Commit": "", "Entropy": 4.9, "Tags": [], "Fingerprint": "a.conf:github-pat:9"},
        {"RuleID": "github-pat", "StartLine": 1, "Secret": "REDACTED", "File": "b.conf", "Commit": ""},
        {"RuleID": "github-pat", "StartLine": 1, "Secret": token("x"), "File": "c.conf", "Commit": ""},
    ]);
    world.write("gitleaks.json", report.to_string());
    let create = |from: &str, more: &[&str]| {
        let run = repo
            .gonogo()
            .args([
                "baseline",
                "create",
                "--no-history",
                "--force",
                "--from",
                from,
            ])
            .args(more)
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    let said = create("../gitleaks.json", &[]);
    let told = "../gitleaks.json: 2 of 3 entries match a finding\n../gitleaks.json: not found: c.conf:1\n.gonogo-baseline: 0 kept, 2 added, 0 removed\n";
    assert_eq!(said, told);
    let baseline = || std::fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    assert_eq!(baseline().matches("known in ../gitleaks.json").count(), 2);
    assert!(!baseline().contains(&token("a")));
    let with_baseline = ["--no-history", "--baseline", ".gonogo-baseline"];
    assert_eq!(found(&repo, &with_baseline), expected(&["c.conf:1"], 2));

    let hash = |label: &str| gonogo::source::git::sha1(token(label).as_bytes());
    let known = json!({
        "version": "1.5.0",
        "plugins_used": [{"name": "GitHubTokenDetector"}],
        "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}],
        "results": {
            "b.conf": [{"type": "GitHub Token", "filename": "b.conf", "hashed_secret": hash("b"), "is_verified": false,
                        "line_number": 40}],
            "c.conf": [{"type": "GitHub Token", "filename": "c.conf", "hashed_secret": hash("c"), "is_verified": false,
                        "line_number": 1, "is_secret": true}],
        },
        "generated_at": "2026-01-01T00:00:00Z",
    });
    repo.write(".secrets.baseline", known.to_string());
    let said = create(".secrets.baseline", &["--reason", "from before"]);
    let expected = ".secrets.baseline: 1 of 1 entries match a finding\n.secrets.baseline: 1 entries are marked as real secrets and were not imported\n.gonogo-baseline: 0 kept, 1 added, 0 removed\n";
    assert_eq!(said, expected);
    assert!(
        baseline().contains(" b.conf from before\n"),
        "{}",
        baseline()
    );

    repo.write(".gitleaksignore", "c.conf:github-pat:1\n");
    create(".gitleaksignore", &[]);
    assert!(
        baseline().contains(" c.conf known in .gitleaksignore\n"),
        "{}",
        baseline()
    );
}

#[test]
fn what_is_no_such_file_is_refused_without_its_words() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("a.conf", secret_line("a"));
    repo.write("other.json", "{\"results\": \"hunter2xyz\"}");
    let run = repo
        .gonogo()
        .args(["baseline", "create", "--from", "other.json"])
        .run();
    run.refused("other.json: not a baseline of detect-secrets, at line 1, column 24");
    assert!(!repo.join(".gonogo-baseline").exists());
}
