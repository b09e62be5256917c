//! `gonogo bulk try`: what rules would raise.

use std::fs;

use crate::harness::{World, env};

pub(crate) const RULES: &str = r#"
[[rules]]
id = "acme/ticket"
title = "Acme ticket"
description = "A ticket opens the doors of Acme."
severity = "low"
confidence = "high"
keywords = ["acme-"]
regex = '\bacme-[0-9]{6}\b'
examples = ["a acme-123456", "b acme-654321"]
negatives = ["acme-12", "acme-1234567"]
"#;

#[test]
fn rules_are_tried_and_nothing_is_kept() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1)), ("x.txt", "acme-123456\n")]);
    world.repo("src/b", &[("y.txt", "acme-654321\n")]);
    world.scan(&[]);
    let before = world.findings(&["--stable"]);
    fs::write(world.path("rules.toml"), RULES).unwrap();
    let run = world.bulk(&["try", "rules.toml", "--store", "s.db"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out
            .contains("acme/ticket would raise 2 findings in 2 repositories"),
        "{run:?}"
    );
    assert!(!run.out.contains("env/hardcoded-secret"), "{run:?}");
    assert_eq!(world.findings(&["--stable"]), before);
    fs::write(world.path("rules.toml"), "[[rules]]\nid = 1\n").unwrap();
    world
        .bulk(&["try", "rules.toml", "src"])
        .error("rules.toml");
}

#[test]
fn what_could_not_all_be_looked_at_is_said_to_be_so() {
    let world = World::new();
    world.repo("src/a", &[("x.txt", "acme-123456\n"), ("y.txt", "more\n")]);
    world.repo("src/b", &[("y.txt", "acme-654321\n")]);
    world.scan(&[]);
    fs::write(world.path("rules.toml"), RULES).unwrap();
    fs::rename(world.path("src/b"), world.path("moved")).unwrap();
    let run = world.bulk(&["try", "rules.toml", "--store", "s.db"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.out.contains("not all looked at: ") && run.out.contains("not there any more"),
        "{run:?}"
    );
    let blob = world.git("src/a", &["rev-parse", "HEAD:y.txt"]);
    let object = format!("src/a/.git/objects/{}/{}", &blob[..2], &blob[2..]);
    fs::remove_file(world.path(&object)).unwrap();
    let run = world.bulk(&["try", "rules.toml", "src"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("not all looked at: a: object "), "{run:?}");
    assert!(
        run.out.contains("would raise 1 finding in 1 repository"),
        "{run:?}"
    );
}
