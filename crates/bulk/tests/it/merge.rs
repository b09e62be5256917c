//! Shares that are scanned apart and merged: the same as one machine, however often.

use std::fs;

use crate::harness::{Run, World, env};
use crate::server::{Response, Server};

fn world() -> World {
    let world = World::new();
    for number in 0..7 {
        world.repo(
            &format!("src/r{number}"),
            &[(".env", &env(number)), ("readme", "nothing\n")],
        );
    }
    world
}

fn share(world: &World, index: u32, more: &[&str]) -> Run {
    let (shard, store) = (format!("{index}/3"), format!("part-{index}.db"));
    let args = [
        "scan",
        "src",
        "--shard",
        &shard,
        "--store",
        &store,
        "--key-file",
        "key",
    ];
    world.bulk(&[&args, more].concat())
}

fn merge(world: &World) -> Run {
    world.bulk(&[
        "merge",
        "part-0.db",
        "part-1.db",
        "part-2.db",
        "--store",
        "all.db",
    ])
}

fn export(world: &World, store: &str) -> String {
    let run = world.bulk(&["report", "--store", store, "--format", "jsonl", "--stable"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.out
}

/// The export without how many runs there were.
fn lines(world: &World, store: &str) -> String {
    let text = export(world, store);
    text.lines()
        .filter(|line| !line.contains("\"summary\""))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn shares_come_to_the_same_as_one_machine() {
    let world = world();
    fs::write(world.path("key"), format!("{}\n", "1f".repeat(32))).unwrap();
    world
        .command("chmod")
        .args(["600", "key"])
        .status()
        .unwrap();
    for round in 0..2 {
        let whole = world.bulk(&["scan", "src", "--store", "whole.db", "--key-file", "key"]);
        assert_eq!(whole.code, Some(0), "{whole:?}");
        for index in 0..3 {
            let run = share(&world, index, &[]);
            assert_eq!(run.code, Some(0), "{run:?}");
        }
        let merged = merge(&world);
        assert_eq!(merged.code, Some(0), "{merged:?}");
        let once = export(&world, "all.db");
        assert_eq!(
            lines(&world, "all.db"),
            lines(&world, "whole.db"),
            "{round}"
        );
        let again = merge(&world);
        assert!(
            again.code == Some(0) && again.out.contains("merged before"),
            "{again:?}"
        );
        assert_eq!(export(&world, "all.db"), once);
        // One finding goes, one comes, one repository is new.
        world.commit("src/r1", &[(".env", "nothing\n")], "Remove");
        world.commit("src/r2", &[("b.env", &env(50))], "Add");
        world.repo("src/r9", &[(".env", &env(9))]);
    }
}

#[test]
fn what_is_missing_is_said() {
    let world = world();
    for index in 0..2 {
        assert_eq!(share(&world, index, &[]).code, Some(0));
    }
    let run = world.bulk(&["merge", "part-0.db", "part-1.db", "--store", "all.db"]);
    assert!(
        run.code == Some(2) && run.err.contains("share 2/3 is missing"),
        "{run:?}"
    );
    let other = world.bulk(&["scan", "src", "--shard", "2/3", "--store", "part-2.db"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    merge(&world).error("its key is not that of part-0.db");
    world
        .bulk(&["merge", "all.db", "--store", "all.db"])
        .error("cannot be merged into itself");
    share(&world, 3, &[])
        .code
        .filter(|code| *code == 2)
        .unwrap();
}

#[test]
fn what_is_new_is_sent_once_and_never_a_value() {
    let world = world();
    assert_eq!(world.scan(&[]).code, Some(0));
    let server = Server::start(&world.path("none"), "", |_| Some(Response::new(204, "")));
    let notify = |more: &[&str]| {
        let mut command = world.command(crate::harness::program());
        command.args(["notify", "--store", "s.db"]).args(more);
        command
            .env("HOOK", format!("{}/hook/of-ours", server.url()))
            .env("NO_PROXY", "*");
        Run::of(command.output().unwrap())
    };
    let dry = notify(&[]);
    assert!(
        dry.code == Some(0) && dry.out.contains("gonogo/bulk/notify/1"),
        "{dry:?}"
    );
    assert!(server.take().is_empty());
    let sent = notify(&["--send", "--webhook", "HOOK"]);
    assert!(
        sent.code == Some(0) && sent.out.starts_with("sent: gonogo: "),
        "{sent:?}"
    );
    let seen = server.take();
    assert_eq!(seen.len(), 1);
    let body = String::from_utf8(seen[0].body.clone()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(value["new"].as_u64().unwrap() >= 7, "{value}");
    for number in 0..7 {
        assert!(!body.contains(&crate::harness::password(number)));
    }
    let again = notify(&["--send", "--webhook", "HOOK"]);
    assert!(
        again.out.starts_with("nothing is new") && server.take().is_empty(),
        "{again:?}"
    );
    world.repo("src/r8", &[(".env", &env(8))]);
    world.scan(&[]);
    let later = notify(&["--send", "--webhook", "HOOK"]);
    assert!(later.out.starts_with("sent: "), "{later:?}");
    notify(&["--send", "--webhook", "https://hook.example/x"])
        .error("write the name of a variable");
    notify(&["--send"]).error("name the variable that has it by --webhook");
}
