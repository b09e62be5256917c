//! Options that determine where reports go, what they leave out, and what else is printed on a terminal.

use std::fs;

use crate::harness::{Repo, Run, World, secret_line};

/// A repository with a token in a file, one in a folder, one that is allowed, and one only in the history.
fn repo(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.commit_file("app.conf", secret_line("app"));
    repo.commit_file("data/sample.conf", secret_line("sample"));
    let allowed = format!(
        "{} # gonogo:allow known\n",
        secret_line("allowed").trim_end()
    );
    repo.commit_file("allowed.conf", allowed);
    repo
}

fn scan(repo: &Repo<'_>, options: &[&str]) -> Run {
    repo.gonogo().arg("scan").args(options).run()
}

#[test]
fn the_main_report_goes_to_a_file_whose_name_may_choose_the_format() {
    let world = World::new();
    let repo = repo(&world);
    let out = world.path("out.sarif").display().to_string();
    let run = scan(&repo, &["-o", &out]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(fs::read_to_string(&out).unwrap().contains("\"version\""));
    // Even if nothing is to be printed on the terminal.
    let out = world.path("out.txt").display().to_string();
    let run = scan(&repo, &["--quiet", "--output", &out]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert!(fs::read_to_string(&out).unwrap().contains("\nNO-GO: "));
}

#[test]
fn a_report_on_standard_output_takes_the_place_of_the_text() {
    let world = World::new();
    let repo = repo(&world);
    let run = scan(&repo, &["--report", "json=-"]);
    assert!(run.stdout.starts_with('{') && !repo.join("-").exists());
    for both in [
        ["--report", "json=-", "--report", "csv=-"],
        ["--report", "json=-", "--format", "text"],
        ["--report", "json=a", "--output", "a"],
    ] {
        let run = scan(&repo, &both);
        assert_eq!(run.code, 2, "{both:?}");
        assert!(run.stderr.contains("two reports"), "{}", run.stderr);
    }
}

#[test]
fn paths_and_rules_are_left_out_and_counted() {
    let world = World::new();
    let repo = repo(&world);
    let all = scan(&repo, &[]).stdout;
    assert!(
        all.contains("data/sample.conf") && all.contains("old.conf"),
        "{all}"
    );
    let run = scan(&repo, &["--exclude", "data/", "--exclude", "old.*"]);
    assert!(!run.stdout.contains("data/sample.conf") && !run.stdout.contains("old.conf"));
    assert!(
        run.stdout.contains("2 left out by --exclude"),
        "{}",
        run.stdout
    );
    for (options, code) in [
        (["--skip", "github/*"], 0),
        (["--rule", "compose/*"], 0),
        (["--rule", "github/personal-access-token"], 1),
    ] {
        assert_eq!(scan(&repo, &options).code, code, "{options:?}");
    }
    let run = scan(&repo, &["--skip", "github/personal-acces-token"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("did you mean `github/personal-access-token`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn nothing_fails_with_never() {
    let world = World::new();
    let repo = repo(&world);
    let run = scan(&repo, &["--fail-on", "never"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("\nNO-GO: 3 findings"), "{}", run.stdout);
    // An error remains an error.
    assert_eq!(scan(&repo, &["--fail-on", "never", "absent"]).code, 2);
}

#[test]
fn what_is_suppressed_can_be_seen() {
    let world = World::new();
    let repo = repo(&world);
    let run = scan(&repo, &[]);
    assert!(run.stdout.contains("1 suppressed: 1 by "), "{}", run.stdout);
    assert!(!run.stdout.contains("allowed.conf:1"), "{}", run.stdout);
    let run = scan(&repo, &["--show-suppressed"]);
    assert!(run.stdout.contains("allowed.conf:1"), "{}", run.stdout);
}

#[test]
fn lines_fit_the_terminal() {
    let world = World::new();
    let repo = repo(&world);
    for width in ["80", "100"] {
        let run = repo.gonogo().arg("scan").env("COLUMNS", width).run();
        // A word is never broken: paths and URLs must stay whole.
        let is_wide = |line: &&str| line.chars().count() > width.parse().unwrap();
        let wide: Vec<_> = run.stdout.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

#[test]
fn the_summary_begins_where_the_reader_should() {
    let world = World::new();
    let repo = repo(&world);
    repo.commit_file("b.conf", secret_line("b"));
    let report = scan(&repo, &[]).stdout;
    let at = |text: &str| {
        report
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {report}"))
    };
    assert!(at("Git history: 1 finding") < at("Files: 3 findings"));
    assert!(at("Files: 3 findings") < at("Start with   1. critical"));
    let place = report[at("Start with")..].lines().next().unwrap();
    assert!(!place.contains("old.conf"), "{place}");
    let short = report[at("Git history")..at("Files: 3")].lines().count();
    assert!(short <= 7, "{short} lines about one old finding");
}

#[test]
fn a_line_is_explained() {
    let world = World::new();
    let repo = repo(&world);
    repo.write("more.py", "password = os.environ['X']\nprint(1)\n");
    let why = |line: &str| repo.gonogo().args(["explain", "--why", line]).run();
    let found = why("app.conf:1");
    assert_eq!(found.code, 0);
    assert!(
        found.stdout.contains("reaches the threshold"),
        "{}",
        found.stdout
    );
    let allowed = why("allowed.conf:1");
    assert!(
        allowed.stdout.contains("suppressed by "),
        "{}",
        allowed.stdout
    );
    let nothing = why("more.py:1");
    assert!(
        nothing.stdout.contains("no literal value"),
        "{}",
        nothing.stdout
    );
    assert!(why("more.py:2").stdout.contains("No keyword"));
    for wrong in ["more.py:9", "more.py", "absent.py:1"] {
        assert_eq!(why(wrong).code, 2, "{wrong}");
    }
}

#[test]
fn hooks_are_removed_again_and_others_stay() {
    let world = World::new();
    let repo = repo(&world);
    let run = |command: &str| repo.gonogo().args(["--quiet", command]).run();
    let hook = repo.git_folder().join("hooks/pre-commit");
    let installed = run("install-hook");
    assert_eq!((installed.code, installed.stdout.as_str()), (0, ""));
    assert!(hook.exists());
    assert_eq!(run("uninstall-hook").code, 0);
    assert!(!hook.exists());
    fs::write(&hook, "#!/bin/sh\n").unwrap();
    let run = repo.gonogo().arg("uninstall-hook").run();
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("nothing to remove"),
        "{}",
        run.stdout
    );
    assert!(hook.exists());
}

#[test]
fn shells_and_packages_get_what_they_need() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = world
            .gonogo(&world.path("."))
            .args(["completions", shell])
            .run();
        assert!(
            run.code == 0 && run.stdout.contains("show-suppressed"),
            "{shell}"
        );
    }
    let folder = world.path("man");
    let run = world.gonogo(&world.path(".")).arg("man").arg(&folder).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(folder.join("gonogo-scan.1").exists());
}
