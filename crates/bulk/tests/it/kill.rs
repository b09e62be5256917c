//! Whatever ends the program or a worker: the same command goes on, and comes to the same.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::harness::{World, env, program};

/// Enough repositories for a run to last while it is killed.
fn world() -> World {
    let world = World::new();
    for number in 0..8 {
        let name = format!("src/r{number}");
        world.repo(&name, &[(".env", &env(number))]);
        for commit in 0..6 {
            let text = format!("word = {commit}\n");
            world.commit(
                &name,
                &[("a/b.conf", &text), (".env", &env(number * 10 + commit))],
                "More",
            );
        }
    }
    world
}

fn start(world: &World, store: &str) -> Child {
    let mut command = world.command(program());
    command.args(["scan", "src", "--store", store, "--workers", "2"]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn signal(pid: &str, signal: &str) {
    // It may just have ended.
    let _ = Command::new("kill")
        .args([signal, pid])
        .stderr(Stdio::null())
        .status();
}

/// The workers of a program.
fn workers(pid: u32) -> Vec<String> {
    let mut workers = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        workers.extend(children.split_whitespace().map(str::to_owned));
    }
    workers
}

fn export(world: &World, store: &str) -> String {
    let run = world.bulk(&["report", "--store", store, "--format", "jsonl", "--stable"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.out
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_at_any_moment_comes_to_the_same() {
    let world = world();
    let whole = world.bulk(&["scan", "src", "--store", "whole.db", "--quiet"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let mut random: u64 = 7;
    let (mut killed, mut killed_workers) = (0, 0);
    for round in 0..40 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let moment = Duration::from_millis(10 + (random >> 33) % 300);
        let mut child = start(&world, "s.db");
        sleep(moment);
        // A repository is given up when three workers end over it.
        if round % 5 == 4 && killed_workers < 2 {
            if let Some(worker) = workers(child.id()).first() {
                signal(worker, "-9");
                killed_workers += 1;
            }
            sleep(moment);
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
    }
    let last = world.bulk(&["scan", "src", "--store", "s.db"]);
    assert_eq!(last.code, Some(0), "{last:?}");
    assert!(killed > 0);
    assert_eq!(export(&world, "s.db"), export(&world, "whole.db"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_stops_cleanly_and_the_same_run_goes_on() {
    let world = world();
    let child = start(&world, "s.db");
    // Until there is a store, it ends as any program does.
    while !world.path("s.db-wal").exists() {
        sleep(Duration::from_millis(2));
    }
    sleep(Duration::from_millis(50));
    let pid = child.id();
    signal(&pid.to_string(), "-INT");
    let ended = child.wait_with_output().unwrap().status.code();
    assert!(matches!(ended, Some(0 | 130)), "{ended:?}");
    assert!(workers(pid).is_empty());
    let again = world.bulk(&["scan", "src", "--store", "s.db"]);
    let run = if ended == Some(130) {
        "run 1: "
    } else {
        "run 2: "
    };
    assert!(
        again.code == Some(0) && again.out.starts_with(run),
        "{again:?}"
    );
    assert!(again.out.contains("8 repositories"), "{again:?}");
}

#[test]
fn a_worker_that_ends_over_a_repository_costs_that_one() {
    let world = world();
    // Too little for anything.
    let run = world.bulk(&["scan", "src", "--store", "s.db", "--memory", "1M"]);
    if cfg!(target_os = "linux") {
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.out.contains("8 not covered"), "{run:?}");
        let gate = world.bulk(&["status", "--store", "s.db", "--gate"]);
        assert_eq!(gate.code, Some(2), "{gate:?}");
    }
    let run = world.bulk(&["scan", "src", "--store", "s.db"]);
    assert!(run.out.contains("8 scanned"), "{run:?}");
}
