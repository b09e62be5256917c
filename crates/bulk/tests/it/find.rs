//! `gonogo bulk find`: values of one's own, in any form and any encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::harness::{World, env, password};

fn find(world: &World, args: &[&str], input: &str) -> crate::harness::Run {
    let run = world.bulk_with(&[&["find"], args].concat(), input);
    for number in 1..9 {
        let value = password(number);
        assert!(
            !run.out.contains(&value) && !run.err.contains(&value),
            "a value is shown"
        );
    }
    run
}

#[test]
fn a_value_is_found_wherever_it_ever_was() {
    let world = World::new();
    let [plain, wrapped, twice, gone] = [1, 2, 3, 4].map(password);
    let long = STANDARD.encode(format!(
        "{} {wrapped} and as much again behind it, or more",
        "x".repeat(60)
    ));
    let lines: Vec<String> = long
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let inner = STANDARD.encode(format!("data for some thing or other: {twice}"));
    let outer = STANDARD.encode(format!("data within data: {inner}"));
    world.repo("src/a", &[("notes.txt", &format!("it is {plain} here\n"))]);
    world.repo(
        "src/b",
        &[
            ("mail.txt", &lines.join("\n")),
            ("b.txt", &format!("v: {outer}\n")),
        ],
    );
    world.commit("src/b", &[("old.txt", &format!("{gone}\n"))], "Add");
    world.git("src/b", &["rm", "-q", "old.txt"]);
    world.commit("src/b", &[], "Remove");
    let input = [&plain, &wrapped, &twice, &gone, &password(5)]
        .map(String::as_str)
        .join("\n");
    let run = find(&world, &["src"], &input);
    assert_eq!(run.code, Some(1), "{run:?}");
    for line in [
        "line 1: 1 place\n  a notes.txt:1: head",
        "line 2: 1 place\n  b mail.txt:2: head",
        "in base64, base64",
        "line 4: 1 place\n  b old.txt:1: history",
        "4 of 5 values found in 2 repositories",
    ] {
        assert!(run.out.contains(line), "{line}: {run:?}");
    }
    let none = find(&world, &["src"], &password(6));
    assert_eq!(none.code, Some(0), "{none:?}");
}

#[test]
fn values_come_from_what_people_have() {
    let world = World::new();
    world.repo(
        "src/a",
        &[(
            "x.txt",
            &format!("{} {} {}\n", password(1), password(2), password(3)),
        )],
    );
    let env = format!("MODE=production\nexport DB_PASSWORD='{}'\n", password(1));
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\ndata:\n  word: {}\n",
        STANDARD.encode(password(2))
    );
    let vault = format!(r#"{{"data":{{"data":{{"key":"{}"}}}}}}"#, password(3));
    for (input, name) in [(env, "DB_PASSWORD"), (secret, "db.word"), (vault, "key")] {
        let run = find(&world, &["src"], &input);
        assert!(
            run.code == Some(1) && run.out.starts_with(&format!("{name}: 1 place")),
            "{run:?}"
        );
    }
    let run = find(&world, &["src"], "abc\n");
    run.error("no value to look for");
    assert_eq!(find(&world, &["src", "--short"], "qzj\n").code, Some(0));
}

#[test]
fn what_cannot_be_searched_leaves_the_answer_open() {
    let world = World::new();
    world.repo("src/a", &[("x.txt", "nothing\n")]);
    world.git("src", &["clone", "-q", "--bare", "a", "broken"]);
    std::fs::write(world.path("src/broken/config"), "[core\n").unwrap();
    let run = find(&world, &["src"], &password(1));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("not all searched: broken"), "{run:?}");
}

#[test]
fn the_store_learns_what_is_still_in_use() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1)), ("b/.env", &env(2))]);
    world.scan(&[]);
    let run = find(&world, &["--store", "s.db"], &password(1));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.out
            .contains("1 of its secrets are still in use, 0 are not, 1 were not compared"),
        "{run:?}"
    );
    let run = find(&world, &["--store", "s.db", "--complete"], &password(1));
    assert!(
        run.out
            .contains("1 of its secrets are still in use, 1 are not, 0 were not compared"),
        "{run:?}"
    );
    let findings = world.findings(&[]);
    let used = |path: &str| {
        let is_it = |it: &&serde_json::Value| it["path"] == path && !it["secret_id"].is_null();
        findings.iter().find(is_it).unwrap()["in_use"].clone()
    };
    assert_eq!((used(".env"), used("b/.env")), (true.into(), false.into()));
    let report = world.bulk(&["report", "--store", "s.db"]);
    assert!(
        report.out.contains("the value is still in use"),
        "{report:?}"
    );
}

#[test]
fn what_is_not_in_a_clone_was_not_searched() {
    let world = World::new();
    world.repo("src/a", &[("x.txt", "nothing\n"), ("y.txt", "more\n")]);
    let blob = world.git("src/a", &["rev-parse", "HEAD:y.txt"]);
    let object = format!("src/a/.git/objects/{}/{}", &blob[..2], &blob[2..]);
    std::fs::remove_file(world.path(&object)).unwrap();
    let run = find(&world, &["src"], &password(1));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.out.contains("not all searched: a: object "), "{run:?}");
    // What is found is there, whatever else is missing.
    let run = find(&world, &["src"], "nothing\n");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.out.contains("not all searched: a: object "), "{run:?}");
}

#[test]
fn what_earlier_comparisons_said_decides_nothing_and_can_be_taken_back() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1)), ("b/.env", &env(2))]);
    world.scan(&[]);
    let compare = |more: &[&str], input: &str| {
        let run = find(&world, &[&["--store", "s.db"], more].concat(), input);
        (run.code, run.out)
    };
    let (code, out) = compare(&[], &password(1));
    assert!(
        code == Some(1) && out.contains("line 1: in the store, 1 finding"),
        "{out}"
    );
    // Another value is nowhere, whatever is known of the first.
    let (code, out) = compare(&["src"], &password(3));
    assert!(
        code == Some(0) && out.contains("0 of 1 value in the store"),
        "{out}"
    );
    // What is not called as a credential, or is too short, is in use nevertheless.
    let all = format!("MODE={}\nDB_PASSWORD={}\n", password(1), password(2));
    let (_, out) = compare(&["--complete"], &all);
    assert!(
        out.contains("2 of its secrets are still in use, 0 are not"),
        "{out}"
    );
    let (code, out) = compare(&["--complete"], &password(3));
    assert!(
        code == Some(0) && out.contains("0 of its secrets are still in use, 2 are not"),
        "{out}"
    );
    let report = world.bulk(&["report", "--store", "s.db"]);
    assert!(
        report.out.contains("is not in use any more \\(as of 20"),
        "{report:?}"
    );
    let (code, out) = compare(&["--forget-marks"], "");
    assert!(
        code == Some(0) && out.contains("2 secrets not compared again"),
        "{out}"
    );
    assert!(world.findings(&[]).iter().all(|it| it["in_use"].is_null()));
    // A secret that is fixed is not there any more.
    std::fs::write(world.path("src/a/.env"), "MODE=test\n").unwrap();
    world.git("src/a", &["commit", "-q", "--amend", "-a", "-m", "First"]);
    world.git("src/a", &["reflog", "expire", "--expire=now", "--all"]);
    world.git("src/a", &["gc", "-q", "--prune=now"]);
    world.scan(&[]);
    let (code, out) = compare(&[], &password(1));
    assert!(code == Some(0), "{out}");
}
