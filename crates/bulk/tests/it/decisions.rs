//! Decisions of the security team, and the gate that heeds them.

use crate::harness::{World, env, password};
use crate::trial::RULES;

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

#[test]
fn what_other_rules_find_or_leave_is_neither_a_leak_nor_fixed() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1)), ("x.txt", "acme-123456\n")]);
    world.repo("src/b", &[("readme", "nothing\n")]);
    let high = RULES.replace("\"low\"", "\"high\"");
    std::fs::write(world.path("rules.toml"), high).unwrap();
    world.scan(&[]);
    world.scan(&[]);
    assert_eq!(gate(&world, "new"), Some(0));
    let states = |since: &str| {
        let findings = world.findings(&["--since", since]);
        let of = |it: &serde_json::Value| {
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            (text("label"), text("rule"), text("state"), text("change"))
        };
        let secrets = findings.iter().filter(|it| it["category"] == "secret");
        secrets.map(of).collect::<Vec<_>>()
    };
    let acme = |label: &str, state: &str, change: &str| {
        [label, "acme/ticket", state, change]
            .map(str::to_owned)
            .into()
    };
    // Meanwhile a repository has brought a match of the new rule itself: that is no leak either, since whether it was
    // there before is not known.
    world.commit(
        "src/b",
        &[("y.txt", "acme-654321\n"), (".env", &env(2))],
        "Add",
    );
    world.scan(&["--rules", "rules.toml"]);
    let found = states("last");
    assert!(
        found.contains(&acme("a", "open", "new by a rule")),
        "{found:?}"
    );
    assert!(
        found.contains(&acme("b", "open", "new by a rule")),
        "{found:?}"
    );
    let leak = ["b", "env/hardcoded-secret", "open", "new"]
        .map(str::to_owned)
        .into();
    assert!(found.contains(&leak) && found.len() == 3, "{found:?}");
    assert_eq!(gate(&world, "new"), Some(1));
    world.scan(&["--rules", "rules.toml"]);
    // Without the rule: even where something is missing, nothing is fixed and nothing decides.
    let blob = world.git("src/b", &["rev-parse", "HEAD:readme"]);
    let object = format!("src/b/.git/objects/{}/{}", &blob[..2], &blob[2..]);
    let kept = std::fs::read(world.path(&object)).unwrap();
    std::fs::remove_file(world.path(&object)).unwrap();
    world.scan(&[]);
    let found = states("last");
    assert!(
        found.contains(&acme("a", "retired", "no longer looked for")),
        "{found:?}"
    );
    assert!(
        found.contains(&acme("b", "retired", "no longer looked for")),
        "{found:?}"
    );
    assert_eq!(found.len(), 2, "{found:?}");
    let decides = |rule: &str| {
        let findings = world.findings(&[]);
        findings
            .iter()
            .filter(|it| it["rule"] == rule && it["decides"] == true)
            .count()
    };
    assert_eq!(
        (decides("acme/ticket"), decides("env/hardcoded-secret")),
        (0, 2)
    );
    // Other rules alone are no reason for the gate.
    std::fs::write(world.path(&object), kept).unwrap();
    world.scan(&[]);
    world.scan(&["--rules", "rules.toml"]);
    assert!(states("last").contains(&acme("a", "open", "new by a rule")));
    let run = world.bulk(&["status", "--store", "s.db", "--gate", "new"]);
    assert!(
        run.code == Some(0) && run.out.contains("2 findings by other rules"),
        "{run:?}"
    );
    assert_eq!(gate(&world, "all"), Some(1));
}

#[test]
fn who_decides_is_known_and_what_has_one_name_is_listed() {
    let world = World::new();
    world.repo("src/one/app", &[(".env", &env(1))]);
    world.repo("src/two/app", &[(".env", &env(2))]);
    std::fs::create_dir_all(world.path("src/empty")).unwrap();
    world.git("src/empty", &["init", "-q"]);
    world.scan(&[]);
    let first = fingerprint(&world, "env/hardcoded-secret");
    let args = ["accept", &first, "--store", "s.db", "--reason", "known"];
    let mut command = world.command(crate::harness::program());
    let command = command.args(args).env_remove("USER").env_remove("LOGNAME");
    crate::harness::Run::of(command.output().unwrap()).error("--by: ");
    let run = world.bulk(&[&args[..], &["--repository", "app"]].concat());
    run.error("names 2 repositories");
    assert!(
        run.err.contains("src/one/app") && run.err.contains("src/two/app"),
        "{run:?}"
    );
    // There is nothing to decide about a repository that is empty.
    assert_eq!(
        world.bulk(&[&args[..], &["--by", "me"]].concat()).code,
        Some(0)
    );
    let all = ["status", "--store", "s.db", "--gate", "new"];
    world.scan(&[]);
    assert_eq!(world.bulk(&all).code, Some(2));
    assert_eq!(
        world.bulk(&[&all[..], &["--allow-empty"]].concat()).code,
        Some(0)
    );
}
