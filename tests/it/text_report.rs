//! The whole report for people: findings in files and in the history, what was not scanned, and the verdict.

use crate::harness::{World, secret_line};

/// Removes the advice on findings, whose wording belongs to the rules and may change.
fn without_advice(report: &str) -> String {
    let lines = report
        .lines()
        .map(|line| match line.split_once("= help: ") {
            Some((margin, _)) => format!("{margin}= help: [..]\n"),
            None => format!("{line}\n"),
        });
    lines.collect::<Vec<_>>().concat()
}

#[cfg(unix)]
#[test]
fn a_report_tells_where_what_and_whether_to_ship() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file(
        "old.conf",
        "# moved away\n".to_owned() + &secret_line("old"),
    );
    repo.commit_removal("old.conf");
    repo.commit_file("deploy/app.conf", secret_line("new"));
    repo.commit_file("logo.bin", b"\0\0");
    std::os::unix::fs::symlink("absent", repo.join("link")).unwrap();
    let run = repo.gonogo().arg("scan").run();
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(without_advice(&run.stdout), @r#"
    Git history: 1 finding
    No longer in HEAD, but in its history; a credential here is exposed until it is revoked.

    critical[github/personal-access-token] old.conf:2:9 in commit f2d56fb17d5d: GitHub personal access token (classic)
        added by Ann Author <ann@example.org>, 2024-01-01T00:02:00+00:00; removed 2024-01-01T00:05:00+00:00; checksum valid (offline); fingerprint ab46ab875967d08ff9de

    Files: 1 finding

    critical[github/personal-access-token]: GitHub personal access token (classic)
     --> deploy/app.conf:1:9
      |
    1 | token = ********
      |         ^^^^^^^^
      |
      = checked: checksum valid (offline)
      = history: added in commit de90be4ba7a3 by Ann Author <ann@example.org>, 2024-01-01T00:08:00+00:00
                 still in HEAD
      = fingerprint: 8e0a8af424517231b5ea
      = help: [..]

    Scanned      1 file, 2 blobs, 4 commit messages (231 bytes), strings of 2 binary files
    Not scanned  1 gap:
                 broken-link  link: the link's target does not exist
    Found        2 findings: 2 critical

    NO-GO: 2 findings reach the threshold `high`, first "GitHub personal access token (classic)" at deploy/app.conf:1
    "#);
}

/// The list ends with what the summary begins with, and the repository's folders stay legible.
#[test]
fn the_list_ends_with_the_places_that_the_summary_names() {
    let world = World::new();
    let repo = world.init("repo");
    let login = "DB = {\n    \"PASSWORD\": env(\"POSTGRES_PASSWORD\", \"bookwyrm\"),\n}\n";
    repo.commit_file("bookwyrm/settings.py", login);
    repo.commit_file("site/settings.py", login);
    repo.commit_file("deploy/app.conf", secret_line("new"));
    repo.commit_file(
        "docker-compose.yml",
        "services:\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n",
    );
    let run = repo.gonogo().args(["scan", "--no-history"]).run();
    let (list, summary) = run.stdout.split_once("\nScanned ").unwrap();
    let places = |text: &str, sign: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(sign));
        lines.map(|line| line.trim().to_owned()).collect()
    };
    let mut listed = places(list, "--> ");
    listed.reverse();
    let (_, first) = summary.split_once("Start with   1. ").unwrap();
    let first = first.split_whitespace().nth(1).unwrap();
    assert_eq!(listed[0], first, "{}", run.stdout);
    assert!(
        run.stdout.contains("bookwyrm/settings.py:2"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("\"bookwyrm\""), "{}", run.stdout);
}
