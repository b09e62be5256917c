//! Statements by people: written by `confirm`, valid for a limited time, and never stronger than what a file shows.

use crate::harness::{Repo, Run, World};

use super::{Assessed, TODAY, write};

fn confirm(repo: &Repo<'_>, args: &[&str]) -> Run {
    let base = [
        "readiness",
        "confirm",
        "--at",
        TODAY,
        "--by",
        "ann@example.org",
    ];
    repo.gonogo().args(base).args(args).run()
}

fn problems(assessed: &Assessed) -> Vec<String> {
    let all = assessed.json["problems"].as_array().unwrap().iter();
    all.map(|it| it.as_str().unwrap().to_owned()).collect()
}

const SYSTEM: &str = ">>>> compose.yml\nservices:\n  db: {image: postgres:16}\n>>>> drill.md\nRestored.\n\
    >>>> readiness.toml\n[signers]\n\"ann@example.org\" = [\"devops\", \"qa\"]\n";

#[test]
fn a_statement_counts_until_its_file_changes_or_its_day_is_over() {
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, SYSTEM);
    let run = confirm(
        &repo,
        &[
            "L9",
            "--role",
            "devops",
            "--until",
            "2026-03-31",
            "--evidence",
            "drill.md",
        ],
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(
        run.stdout,
        "wrote ./.gonogo/attestations/L9-ann-example-org-2026-01-15.toml: commit it\n"
    );
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    assert_eq!(assessed.state("L9"), "said by a person");
    assert_eq!(assessed.grade("L9"), "nothing");
    repo.write("drill.md", "Restored, twice.\n");
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    assert_eq!(assessed.state("L9"), "open");
    assert_eq!(
        problems(&assessed),
        [".gonogo/attestations/L9-ann-example-org-2026-01-15.toml: stale: drill.md has changed"]
    );
    repo.write("drill.md", "Restored.\n");
    let run = repo
        .gonogo()
        .args(["readiness", "--no-scan", "--at", "2026-04-01"])
        .run();
    assert!(
        run.stdout
            .contains("L9-ann-example-org-2026-01-15.toml: expired on 2026-03-31"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_a_file_refutes_stays_refuted_whoever_says_otherwise() {
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, SYSTEM);
    repo.write(
        "main.tf",
        "resource \"aws_db_instance\" \"main\" {\n  backup_retention_period = 0\n}\n",
    );
    let run = confirm(&repo, &["C7", "--role", "devops", "--until", "2026-03-31"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    assert_eq!(assessed.state("C7"), "refuted");
    assert_eq!(assessed.verdict(), "NO-GO");
}

#[test]
fn two_statements_that_contradict_each_other_are_no_pass() {
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, SYSTEM);
    for deny in [&[][..], &["--deny"]] {
        let args = [&["L9", "--role", "devops", "--until", "2026-03-31"], deny].concat();
        assert_eq!(confirm(&repo, &args).code, 0);
    }
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    assert_eq!(assessed.state("L9"), "refuted");
    assert_eq!(problems(&assessed).len(), 1);
    assert!(problems(&assessed)[0].contains("contradict each other about L9"));
}

#[test]
fn a_statement_that_cannot_count_is_not_written() {
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, SYSTEM);
    let check = |args: &[&str], message: &str| confirm(&repo, args).refused(message);
    let until = ["--until", "2026-03-31"];
    check(
        &[&["l9", "--role", "devops"][..], &until].concat(),
        "there is no item `l9`: did you mean `L9` (Disaster recovery was tested in the last quarter)?",
    );
    check(
        &[&["L9", "--role", "devop"][..], &until].concat(),
        "there is no role `devop`: did you mean `devops`?",
    );
    check(
        &[&["A1", "--role", "security"][..], &until].concat(),
        "A1: files decide this, and a statement would not count",
    );
    check(
        &[&["SIGN-qa", "--role", "legal"][..], &until].concat(),
        "SIGN-qa is signed by the role qa",
    );
    check(
        &["L9", "--role", "devops", "--until", "2025-12-31"],
        "--until 2025-12-31 has passed",
    );
    check(
        &[
            &["L9", "--role", "devops", "--evidence", "gone.md"][..],
            &until,
        ]
        .concat(),
        "--evidence gone.md: there is no such file below .",
    );
    assert!(!repo.join(".gonogo").exists());
}

#[test]
fn sign_offs_are_statements() {
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, SYSTEM);
    let run = confirm(&repo, &["SIGN-qa", "--role", "qa", "--until", "2026-03-31"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    assert_eq!(assessed.states("sign_offs")["SIGN-qa"], "said by a person");
    assert_eq!(assessed.states("sign_offs")["SIGN-legal"], "open");
}
