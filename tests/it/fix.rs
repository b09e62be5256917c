//! `gonogo fix`: what it changes in a working tree, what it prints, and what it leaves alone.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::harness::{Repo, Run, World};

const BEFORE: &str = "# the stack\nservices:\n  web:\n    image: app:1 # pinned\n    ports: [ \"8080:80\" ]\n    environment:\n      API_TOKEN: 'hunter2xyz'\n";
const RULES: [&str; 4] = [
    "--rule",
    "compose/port-all-interfaces",
    "--rule",
    "compose/hardcoded-credential",
];

fn after() -> String {
    BEFORE
        .replace("8080:80", "127.0.0.1:8080:80")
        .replace("hunter2xyz", "${API_TOKEN:?set API_TOKEN}")
}

fn fix(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("fix").args(args).run()
}

fn read(repo: &Repo<'_>, name: &str) -> String {
    fs::read_to_string(repo.join(name)).unwrap()
}

#[test]
fn what_is_mended_stays_mended_and_all_else_as_it_was() {
    let world = World::new();
    let repo = world.init("repo");
    for (name, line_end, mark) in [
        ("a/compose.yml", "\n", ""),
        ("b/compose.yml", "\r\n", "\u{feff}"),
    ] {
        repo.write(name, mark.to_owned() + &BEFORE.replace('\n', line_end));
    }
    repo.write("compose.txt", BEFORE);
    let run = fix(&repo, &RULES);
    assert!(
        run.stdout.contains("fixed 4 findings in 2 files"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("hunter2xyz"));
    assert_eq!(read(&repo, "a/compose.yml"), after());
    assert_eq!(
        read(&repo, "b/compose.yml"),
        "\u{feff}".to_owned() + &after().replace('\n', "\r\n")
    );
    assert_eq!(read(&repo, "compose.txt"), BEFORE);
    let again = fix(&repo, &RULES);
    assert!(
        again.stdout.contains("nothing that can be fixed"),
        "{}",
        again.stdout
    );
    assert_eq!(read(&repo, "a/compose.yml"), after());
    assert_eq!(fs::read_dir(repo.join("a")).unwrap().count(), 1);
}

#[test]
fn a_dry_run_changes_nothing_and_shows_no_secret() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    let run = fix(&repo, &[&RULES[..], &["--dry-run"]].concat());
    assert_eq!(run.code, 1);
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
    assert!(
        run.stdout
            .starts_with("--- a/compose.yml\n+++ b/compose.yml\n@@ "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains(
            "\n-      API_TOKEN: '********'\n+      API_TOKEN: '${API_TOKEN:?set API_TOKEN}'\n"
        ),
        "{}",
        run.stdout
    );
    assert!(!(run.stdout + &run.stderr).contains("hunter2xyz"));
}

#[test]
fn the_diff_of_a_dry_run_can_be_applied() {
    let world = World::new();
    let repo = world.init("repo");
    for ending in ["\n", ""] {
        let before = BEFORE.trim_end().to_owned() + ending;
        repo.write("compose.yml", &before);
        let run = fix(&repo, &[&RULES[..], &["-n", "--show-secrets"]].concat());
        repo.git_with_input(&["apply", "-"], run.stdout);
        assert_eq!(
            read(&repo, "compose.yml"),
            after().trim_end().to_owned() + ending
        );
    }
}

#[test]
fn the_verdict_is_that_on_what_is_left() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    assert_eq!(fix(&repo, &[]).code, 0);
    assert_eq!(fix(&repo, &["--fail-on", "medium"]).code, 1);
    assert_eq!(fix(&repo, &["--dry-run"]).code, 0, "nothing is left to fix");
    repo.write("compose.yml", BEFORE.to_owned() + "    privileged: true\n");
    let run = fix(&repo, &[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("high[compose/privileged]"),
        "{}",
        run.stdout
    );
    repo.write("compose.yml", "services: {}\n");
    assert_eq!(fix(&repo, &[]).code, 0);
}

#[test]
fn only_what_the_named_rules_find_is_mended() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    let run = fix(&repo, &RULES[..2]);
    assert_eq!(run.code, 1, "the credential is left");
    assert_eq!(
        read(&repo, "compose.yml"),
        BEFORE.replace("8080:80", "127.0.0.1:8080:80")
    );
    let unknown = fix(&repo, &["--rule", "compose/privilegde"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `compose/privileged`"),
        "{}",
        unknown.stderr
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_permissions_are_kept() {
    let world = World::new();
    let repo = world.init("repo");
    let outside = world.init("outside");
    outside.write("compose.yml", BEFORE);
    symlink(outside.join("compose.yml"), repo.join("compose.yml")).unwrap();
    symlink(outside.path(), repo.join("folder")).unwrap();
    repo.write("own/compose.yml", BEFORE);
    let own = repo.join("own/compose.yml");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(fix(&repo, &RULES).code, 0);
    assert_eq!(read(&outside, "compose.yml"), BEFORE);
    assert_eq!(read(&repo, "own/compose.yml"), after());
    assert_eq!(
        fs::metadata(&own).unwrap().permissions().mode() & 0o777,
        0o604
    );
    let link = fix(&repo, &[&["compose.yml"], &RULES[..]].concat());
    assert_eq!(link.code, 2, "{}", link.stdout);
    assert_eq!(read(&outside, "compose.yml"), BEFORE);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_left_and_told_of() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    fs::set_permissions(repo.join("compose.yml"), fs::Permissions::from_mode(0o444)).unwrap();
    let run = fix(&repo, &RULES);
    assert_eq!(run.code, 2);
    assert!(
        run.stdout
            .contains("left compose.yml as it is: it is read-only"),
        "{}",
        run.stdout
    );
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
}

#[test]
fn text_in_another_encoding_is_left() {
    let world = World::new();
    let repo = world.init("repo");
    let utf16: Vec<u8> = ("\u{feff}".to_owned() + BEFORE)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    repo.write("compose.yml", &utf16);
    let run = fix(&repo, &RULES);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("is not UTF-8"), "{}", run.stdout);
    assert_eq!(fs::read(repo.join("compose.yml")).unwrap(), utf16);
}

#[test]
fn several_roots_are_told_apart() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("a/compose.yml", BEFORE);
    repo.write("b/compose.yml", BEFORE);
    let run = fix(&repo, &[&["a", "b/compose.yml"], &RULES[..]].concat());
    assert!(
        run.stdout.contains("fixed a/compose.yml") && run.stdout.contains("fixed b/compose.yml"),
        "{}",
        run.stdout
    );
    assert_eq!(
        (read(&repo, "a/compose.yml"), read(&repo, "b/compose.yml")),
        (after(), after())
    );
}

#[test]
fn what_is_accepted_is_not_mended() {
    let world = World::new();
    for (name, text) in [
        ("gonogo.toml", "[paths]\nexclude = [\"compose.yml\"]\n"),
        (
            "gonogo.toml",
            "[[allow]]\npath = \"*.yml\"\nreason = \"on a laptop only\"\n",
        ),
        (
            "gonogo.toml",
            "[rules]\noff = [\"compose/*\", \"generic/*\"]\n",
        ),
    ] {
        let repo = world.init("settings");
        repo.write("compose.yml", BEFORE);
        repo.write(name, text);
        let run = fix(&repo, &[]);
        assert_eq!(
            (run.code, read(&repo, "compose.yml").as_str()),
            (0, BEFORE),
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains("needs a person"), "{}", run.stdout);
        fs::remove_dir_all(repo.path()).unwrap();
    }
    let repo = world.init("baseline");
    repo.write("compose.yml", BEFORE);
    let create = repo.gonogo().args(["baseline", "create"]).run();
    assert_eq!(create.code, 0, "{}", create.stderr);
    assert_eq!(fix(&repo, &[]).code, 0);
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
    let allowed = BEFORE.replace(
        "    ports",
        "    # gonogo:allow compose/port-all-interfaces it is meant\n    ports",
    );
    repo.write("compose.yml", &allowed);
    repo.remove(".gonogo-baseline");
    let _ = fix(&repo, &RULES);
    let left = read(&repo, "compose.yml");
    assert!(
        left.contains("\"8080:80\"") && left.contains("${API_TOKEN:?"),
        "{left}"
    );
}

#[test]
fn the_threshold_is_that_of_the_settings() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "compose.yml",
        BEFORE.replace("ports", "privileged: true\n    ports"),
    );
    assert_eq!(fix(&repo, &[]).code, 1);
    repo.write(
        "gonogo.toml",
        "[rules]\nseverity = { \"compose/privileged\" = \"low\" }\n",
    );
    assert_eq!(fix(&repo, &[]).code, 0);
    repo.write("gonogo.toml", "[rules]\nseverity = { \"compose/privileged\" = \"medium\" }\n[report]\nfail-on = \"medium\"\n");
    assert_eq!(fix(&repo, &[]).code, 1);
}
