//! The most severe place of a secret decides, and what suppresses one place has no effect on another.

use std::fs;

use crate::harness::{Repo, Report, World, secret_line, token};

const PASSWORD: &str = "password: Tr0ub4dor3xKq\n";

#[track_caller]
fn check(report: &Report, verdict: &str, places: &[&str]) {
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|it| it.path().to_owned())
        .collect();
    found.dedup();
    assert_eq!(
        (report.verdict.as_str(), found),
        (verdict, places.iter().map(|it| (*it).to_owned()).collect()),
        "{report:#?}"
    );
}

/// First in a test file, then in one that ships, then in neither.
fn moved_and_gone(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("tests/a.yml", PASSWORD);
    repo.commit_file("zdeploy/a.yml", format!("# of the deployment\n{PASSWORD}"));
    repo.git(&["rm", "-q", "tests/a.yml", "zdeploy/a.yml"]);
    repo.commit_file("b", "nothing\n");
    repo
}

#[test]
fn in_the_history() {
    let world = World::new();
    let repo = moved_and_gone(&world);
    check(&repo.scan(), "NO-GO", &["zdeploy/a.yml"]);
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    check(&bare.scan(), "NO-GO", &["zdeploy/a.yml"]);
    let start = repo.git(&["rev-list", "--max-parents=0", "HEAD"]);
    repo.git(&["tag", "start", &start]);
    check(
        &repo.scan_with(&["--range", "start..HEAD"]),
        "NO-GO",
        &["zdeploy/a.yml"],
    );
}

/// One blob under many paths, the last of which is the most severe.
#[test]
fn among_many_places_of_one_blob() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("README.md", "nothing\n");
    repo.git(&["tag", "start"]);
    for number in 0..12 {
        repo.write(&format!("tests/{number}/a.yml"), PASSWORD);
    }
    repo.commit("add tests");
    repo.commit_file("zdeploy/a.yml", PASSWORD);
    repo.git(&["rm", "-rq", "tests", "zdeploy"]);
    repo.commit("remove them");
    let gravest = ["zdeploy/a.yml"];
    check(&repo.scan(), "NO-GO", &gravest);
    check(
        &repo.scan_with(&["--range", "start..HEAD"]),
        "NO-GO",
        &gravest,
    );
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    check(&bare.scan(), "NO-GO", &gravest);
}

#[test]
fn in_the_working_tree() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("zdeploy/a.yml", PASSWORD);
    repo.git(&["rm", "-q", "zdeploy/a.yml"]);
    repo.commit_file("tests/a.yml", format!("# of a test\n{PASSWORD}"));
    let report = repo.scan();
    // The value did ship, but only in the history; in the tests, it is just a test value.
    check(&report, "NO-GO", &["zdeploy/a.yml", "tests/a.yml"]);
}

/// A Rust file that has the password only in its tests.
const IN_TESTS: &str = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {\n        let password = \"Tr0ub4dor3xKq\";\n    }\n}\n";

/// What a file says about itself lowers the severity of what is in it, under each of its names, but nowhere else.
#[test]
fn each_file_speaks_for_itself() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("src/a.rs", IN_TESTS);
    repo.git(&["mv", "src/a.rs", "src/b.rs"]);
    repo.commit("rename it");
    check(&repo.scan(), "GO", &["src/b.rs"]);
    repo.git(&["rm", "-q", "src/b.rs"]);
    repo.commit_file("b", "nothing\n");
    let gone = repo.scan();
    assert_eq!(gone.verdict, "GO", "{gone:#?}");
    repo.commit_file("zdeploy/a.yml", PASSWORD);
    repo.git(&["rm", "-q", "zdeploy/a.yml"]);
    repo.commit("remove it");
    check(&repo.scan(), "NO-GO", &["zdeploy/a.yml"]);
}

/// A token that was in two places, the first of which is suppressed.
fn in_two_places(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("tests/a.conf", secret_line("a"));
    repo.commit_file(
        "zprod/a.conf",
        format!("# of production\n{}", secret_line("a")),
    );
    repo.git(&["rm", "-q", "tests/a.conf", "zprod/a.conf"]);
    repo.commit_file("b", "nothing\n");
    repo
}

#[test]
fn an_excluded_folder_hides_that_place_only() {
    let world = World::new();
    for (excluded, left) in [("tests/", "zprod/a.conf"), ("zprod/", "tests/a.conf")] {
        let repo = in_two_places(&world);
        repo.write(
            "gonogo.toml",
            format!("[paths]\nexclude = [\"{excluded}\"]\n"),
        );
        check(&repo.scan(), "NO-GO", &[left]);
        repo.write(
            "gonogo.toml",
            "[paths]\nexclude = [\"tests/\", \"zprod/\"]\n",
        );
        let report = repo.scan();
        check(&report, "GO", &[]);
        fs::remove_dir_all(repo.path()).unwrap();
    }
}

#[test]
fn a_baseline_accepts_all_places_or_one() {
    let world = World::new();
    let repo = in_two_places(&world);
    let _ = repo
        .gonogo()
        .args(["baseline", "create", "--reason", "known"])
        .run();
    let baseline = fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    let lines: Vec<_> = baseline
        .lines()
        .filter(|line| line.contains("a.conf"))
        .collect();
    assert_eq!(lines.len(), 2, "{baseline}");
    check(&repo.scan(), "GO", &[]);
    for (kept, left) in [
        ("tests/a.conf", "zprod/a.conf"),
        ("zprod/a.conf", "tests/a.conf"),
    ] {
        let one = baseline
            .lines()
            .filter(|line| !line.contains("a.conf") || line.contains(kept));
        let one: Vec<_> = one.map(|line| format!("{line}\n")).collect();
        repo.write(".gonogo-baseline", one.concat());
        check(&repo.scan(), "NO-GO", &[left]);
    }
}

#[test]
fn a_comment_allows_that_place_only() {
    let world = World::new();
    let repo = world.init("repo");
    let allowed = secret_line("a").trim_end().to_owned() + " # gonogo:allow for tests\n";
    repo.commit_file("zprod/a.conf", secret_line("a"));
    repo.git(&["rm", "-q", "zprod/a.conf"]);
    repo.commit_file("tests/a.conf", &allowed);
    check(&repo.scan(), "NO-GO", &["zprod/a.conf"]);
    let repo = world.init("other");
    repo.commit_file("tests/a.conf", secret_line("b"));
    repo.commit_file(
        "tests/a.conf",
        secret_line("b").trim_end().to_owned() + " # gonogo:allow\n",
    );
    check(&repo.scan(), "GO", &[]);
}

#[test]
fn a_credential_of_a_workflow_stays_one() {
    let world = World::new();
    let repo = world.init("repo");
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: ./deploy\n      env: {DEPLOY_TOKEN: 9382dffx1kVZQ2tqMnMcLRkBOzZU3G8x}\n";
    repo.commit_file(".github/workflows/a.yml", workflow);
    assert_eq!(repo.scan().verdict, "NO-GO");
    repo.commit_file(".github/workflows/a.yml", "on: push\njobs: {}\n");
    let report = repo.scan();
    assert_eq!(report.verdict, "NO-GO", "{report:#?}");
}

#[test]
fn what_only_this_copy_has_is_reported_and_does_not_decide() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    // What a hook stopped, a reverted commit, and a stash.
    repo.write("a.conf", secret_line("stopped"));
    repo.git(&["add", "."]);
    check(&repo.scan(), "NO-GO", &["a.conf"]);
    repo.write("a.conf", "a = 1\n");
    check(&repo.scan_history(), "NO-GO", &[""]);
    repo.git(&["add", "."]);
    repo.commit_file("b.conf", secret_line("reverted"));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.write("a.conf", secret_line("stashed"));
    repo.git(&["stash", "-q"]);
    let report = repo.scan();
    assert_eq!(report.verdict, "GO", "{report:#?}");
    for (label, presence) in [
        ("stopped", "unreachable"),
        ("reverted", "unreachable"),
        ("stashed", "stash"),
    ] {
        let found = report.only(&token(label));
        assert_eq!((found.presence(), found.local), (presence, true));
    }
    let text = repo.gonogo().arg("scan").run();
    for command in ["git gc --prune=now", "git stash drop"] {
        assert!(text.stdout.contains(command), "{}", text.stdout);
    }
    // No other clone has it, so no baseline does.
    let _ = repo
        .gonogo()
        .args(["baseline", "create", "--reason", "a"])
        .run();
    let baseline = fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    assert!(!baseline.contains("github/"), "{baseline}");
    // If there is no working tree, others clone from here.
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    bare.store_blob(secret_line("left"));
    let report = bare.scan();
    assert_eq!(report.verdict, "NO-GO");
    assert!(!report.only(&token("left")).local);
}

/// What HEAD has under a name for developers is for developers, whatever the file was called before.
#[test]
fn a_file_that_is_called_after_developers_now_is_reported_once() {
    let world = World::new();
    for (before, after) in [
        ("realm/default.yml", "realm/local.yml"),
        ("realm/default.yml", "dev/default.yml"),
    ] {
        let repo = world.init("repo");
        repo.commit_file(before, PASSWORD);
        repo.git(&["rm", "-q", before]);
        repo.commit_file(after, PASSWORD);
        check(&repo.scan(), "GO", &[after]);
        // It is still the same file once it has changed.
        repo.commit_file(after, format!("# changed\n{PASSWORD}"));
        check(&repo.scan(), "GO", &[after]);
        let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
        check(&bare.scan(), "GO", &[after]);
        fs::remove_dir_all(bare.path()).unwrap();
        // Once deleted, it is what it was before.
        repo.git(&["rm", "-q", after]);
        repo.commit_file("b", "nothing\n");
        check(&repo.scan(), "NO-GO", &[before]);
        fs::remove_dir_all(repo.path()).unwrap();
    }
    // The same applies to credentials in configuration.
    let repo = world.init("repo");
    let service = "services:\n  web:\n    image: a/web:1\n    environment:\n      DB_";
    let compose = format!("{service}{}", PASSWORD.replace("password", "PASSWORD"));
    repo.commit_file("compose.yaml", &compose);
    repo.git(&["mv", "compose.yaml", "compose.dev.yaml"]);
    repo.commit("rename it");
    let report = repo.scan();
    for found in &report.findings {
        assert_eq!(found.path(), "compose.dev.yaml", "{report:#?}");
    }
    fs::remove_dir_all(repo.path()).unwrap();
    // What was named for production was in use there, and the name of another file shows nothing about it.
    for (before, text) in [
        ("production/realm.yml", PASSWORD.to_owned()),
        ("realm/default.yml", format!("# of the realm\n{PASSWORD}")),
    ] {
        let repo = world.init("repo");
        repo.commit_file(before, text);
        repo.git(&["rm", "-q", before]);
        repo.commit_file("realm/local.yml", PASSWORD);
        check(&repo.scan(), "NO-GO", &[before, "realm/local.yml"]);
        fs::remove_dir_all(repo.path()).unwrap();
    }
}
