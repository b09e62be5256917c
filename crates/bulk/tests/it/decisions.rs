//! Decisions of the security team, and the gate that heeds them.

use crate::harness::{World, env, password};

fn fingerprint(world: &World, rule: &str) -> String {
    let findings = world.findings(&[]);
    let finding = findings.iter().find(|it| it["rule"] == rule).unwrap();
    finding["fingerprint"].as_str().unwrap().to_owned()
}

fn gate(world: &World, which: &str) -> Option<i32> {
    world
        .bulk(&["status", "--store", "s.db", "--gate", which])
        .code
}

#[test]
fn a_decision_counts_until_its_day_and_can_be_handed_on() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    let database = format!("production:\n  password: \"{}\"\n", password(2));
    world.commit(
        "src/a",
        &[("config/.env", &env(1)), ("config/database.yml", &database)],
        "Add",
    );
    world.scan(&[]);
    assert_eq!(gate(&world, "all"), Some(1));
    let (first, second) = (
        fingerprint(&world, "env/hardcoded-secret"),
        fingerprint(&world, "generic/password"),
    );
    let accept = |fingerprint: &str, more: &[&str]| {
        world.bulk(&[&["accept", fingerprint, "--store", "s.db"], more].concat())
    };
    accept(&first, &["--reason", "known", "--until", "2020-01-01"]).error("--until");
    accept("00112233445566778899", &["--reason", "known"]).error("no finding in the store");
    accept("x", &["--reason", "known"]).error("not a fingerprint");
    accept(&first, &["--reason", " "]).error("--reason");
    let run = accept(&first, &["--reason", "known", "--until", "2999-01-01"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let line = run.out.lines().last().unwrap();
    assert_eq!(
        line,
        format!("{first} env/hardcoded-secret config/.env until=2999-01-01 known")
    );
    assert_eq!(gate(&world, "all"), Some(1));
    let run = accept(
        &second,
        &[
            "--reason",
            "for tests",
            "--kind",
            "false-positive",
            "--repository",
            "a",
        ],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(gate(&world, "all"), Some(0));
    // It counts after a further scan, too, and can be taken back.
    world.commit("src/a", &[("more", "x\n")], "More");
    world.scan(&[]);
    assert_eq!(gate(&world, "all"), Some(0));
    assert_eq!(accept(&first, &["--undo"]).code, Some(0));
    assert_eq!(gate(&world, "all"), Some(1));
    // The line that was printed means the same to the team.
    world.commit(
        "src/a",
        &[(".gonogo-baseline", &format!("{line}\n"))],
        "Accept",
    );
    world.scan(&[]);
    let findings = world.findings(&[]);
    let accepted = findings
        .iter()
        .find(|it| it["fingerprint"] == first.as_str())
        .unwrap();
    assert_eq!(
        (&accepted["state"], &accepted["accepted"]["reason"]),
        (&"accepted".into(), &"known".into())
    );
}

#[test]
fn the_gate_for_what_is_new_lets_old_findings_pass() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("readme", "nothing\n")]);
    world.scan(&[]);
    assert_eq!(gate(&world, "new"), Some(1));
    world.scan(&[]);
    assert_eq!(
        (gate(&world, "new"), gate(&world, "all")),
        (Some(0), Some(1))
    );
    world.commit("src/b", &[(".env", &env(2))], "Add");
    world.scan(&[]);
    assert_eq!(gate(&world, "new"), Some(1));
}
