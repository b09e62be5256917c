//! What may not be read, or is not there any more: it is not covered, and nothing is green.

use std::fs;

use crate::harness::{World, env, password};

/// Scans as a user who may not read everything.
fn scan(world: &World, sources: &[&str]) -> crate::harness::Run {
    let args = [&["scan"], sources, &["--store", "s.db"]].concat();
    world.bulk_as_user(&args, "")
}

/// What the store says of each repository: its label, and why it is not covered.
fn open(world: &World) -> Vec<(String, String)> {
    let lines = world.bulk_as_user(&["report", "--store", "s.db", "--format", "jsonl"], "");
    let lines = lines.out.lines();
    let rows = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let rows = rows.filter(|row| row["type"] == "repository" && row["covered"] == false);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    rows.map(|row| (text(&row["label"]), text(&row["why"])))
        .collect()
}

fn gate(world: &World) -> Option<i32> {
    let gate = ["status", "--store", "s.db", "--gate", "all"];
    world.bulk_as_user(&gate, "").code
}

#[test]
fn a_folder_that_may_not_be_read_is_not_covered() {
    let world = World::new();
    world.repo("src/ok", &[("readme", "nothing\n")]);
    world.repo("src/team/a", &[(".env", &env(1))]);
    for mode in [0o000, 0o444] {
        world.set_mode("src/team", mode);
        let run = scan(&world, &["src"]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.out.contains("not covered: team: "), "{run:?}");
        assert!(run.err.contains("src/team: "), "{run:?}");
        let open = open(&world);
        assert!(
            open.len() == 1 && open[0].0 == "team" && open[0].1.contains("permissions"),
            "{open:?}"
        );
        assert_eq!(gate(&world), Some(2));
        let found = world.bulk_as_user(&["find", "src"], &password(1));
        assert_eq!(found.code, Some(2), "{found:?}");
        assert!(found.out.contains("not all searched: team: "), "{found:?}");
        assert!(found.out.contains("found in 1 repository"), "{found:?}");
    }
    // Once it can be read, what is in it is scanned, and nothing else is left of it.
    world.set_mode("src/team", 0o755);
    let run = scan(&world, &["src"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!((open(&world), gate(&world)), (Vec::new(), Some(1)));
    let labels: Vec<_> = world
        .lines(&[])
        .into_iter()
        .filter(|it| it["type"] == "repository")
        .map(|it| it["label"].clone())
        .collect();
    assert_eq!(labels, ["ok", "team/a"]);
    // What is known of it stays, and is not said to be gone.
    world.set_mode("src/team", 0o000);
    let run = scan(&world, &["src"]);
    assert!(
        run.code == Some(2) && !run.out.contains("forget"),
        "{run:?}"
    );
    let open = open(&world);
    assert!(
        open.iter()
            .any(|(label, why)| label == "team/a" && why.contains("permissions")),
        "{open:?}"
    );
    world.set_mode("src/team", 0o755);
}

#[test]
fn a_source_that_may_not_be_read_does_not_keep_others_from_being_scanned() {
    let world = World::new();
    world.repo("src/ok", &[("readme", "nothing\n")]);
    world.repo("other/a", &[(".env", &env(1))]);
    world.set_mode("other", 0o000);
    let run = scan(&world, &["src", "other"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("1 scanned"), "{run:?}");
    assert_eq!((open(&world).len(), gate(&world)), (1, Some(2)));
    let alone = world.bulk_as_user(&["scan", "other", "--store", "s2.db"], "");
    assert_eq!(alone.code, Some(2), "{alone:?}");
    world.set_mode("other", 0o755);
}

#[test]
fn a_repository_that_may_not_be_read_is_not_gone() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[(".env", &env(2))]);
    world.git("src", &["clone", "-q", "--bare", "a", "bare.git"]);
    let run = scan(&world, &["src"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for locked in ["src/bare.git", "src/b/.git", "src/bare.git/objects"] {
        world.set_mode(locked, 0o000);
        let run = scan(&world, &["src"]);
        world.set_mode(locked, 0o755);
        assert!(
            run.out.contains("permissions") && !run.out.contains("forget"),
            "{locked}: {run:?}"
        );
        let open = open(&world);
        assert_eq!(open.len(), 1, "{locked}: {open:?}");
        assert!(!open[0].1.contains("any more"), "{locked}: {open:?}");
    }
    assert_eq!(scan(&world, &["src"]).code, Some(0));
    assert_eq!(open(&world), []);
}

#[test]
fn a_path_in_a_list_that_is_not_there_is_not_covered_and_the_rest_is_scanned() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    world.repo("src/b", &[(".env", &env(1))]);
    fs::write(world.path("list"), "src/a\nsrc/gone\nsrc/b\n").unwrap();
    let run = scan(&world, &["list"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("2 scanned"), "{run:?}");
    assert!(run.err.contains("list:2: "), "{run:?}");
    let rows = open(&world);
    assert!(rows.len() == 1 && rows[0].0 == "src/gone", "{rows:?}");
    // One that the store knows is not covered under its own name, and what was found in it stays.
    fs::write(world.path("list"), "src/a\nsrc/b\n").unwrap();
    fs::rename(world.path("src/b"), world.path("moved")).unwrap();
    let run = scan(&world, &["list"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let rows = open(&world);
    assert!(rows.iter().any(|(label, _)| label == "b"), "{rows:?}");
    assert!(rows.iter().all(|(label, _)| label != "src/b"), "{rows:?}");
    fs::rename(world.path("moved"), world.path("src/b")).unwrap();
    // One that is locked.
    world.set_mode("src/b", 0o000);
    let run = scan(&world, &["list"]);
    assert!(
        run.code == Some(2) && run.out.contains("1 as they were"),
        "{run:?}"
    );
    world.set_mode("src/b", 0o755);
    // A file in which nothing is there is no list.
    fs::write(world.path("text"), "some words\nand more\n").unwrap();
    scan(&world, &["text"]).error("text:2: ");
}
