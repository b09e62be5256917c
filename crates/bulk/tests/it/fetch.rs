//! Repositories that git fetches: mirrors, hooks, tokens.

use std::fs;

use crate::harness::{World, env, program};

#[test]
fn mirrors_are_fetched_once_and_brought_up_to_date() {
    let world = World::new();
    world.repo("server/a", &[("readme", "nothing\n")]);
    let address = format!("file://{}", world.path("server/a").display());
    let scan = || world.bulk(&["scan", &address, "--store", "s.db", "--work", "work"]);
    let first = scan();
    assert!(
        first.code == Some(0) && first.out.contains("1 scanned"),
        "{first:?}"
    );
    let second = scan();
    assert!(
        second.out.contains("0 scanned, 1 as they were"),
        "{second:?}"
    );
    world.git("server/a", &["checkout", "-q", "-b", "side"]);
    world.commit("server/a", &[(".env", &env(1))], "Add");
    world.git("server/a", &["checkout", "-q", "main"]);
    let third = scan();
    assert!(
        third.out.contains("1 scanned") && third.out.contains("NO-GO"),
        "{third:?}"
    );
    // Without its mirror it is as it was, too.
    fs::remove_dir_all(world.path("work")).unwrap();
    let fourth = scan();
    assert!(
        fourth.out.contains("0 scanned, 1 as they were"),
        "{fourth:?}"
    );
    fs::remove_dir_all(world.path("server")).unwrap();
    let gone = scan();
    assert!(
        gone.out.contains("1 not covered") && gone.out.contains("git: "),
        "{gone:?}"
    );
}

#[test]
fn mirrors_keep_within_their_budget() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.repo(&format!("server/{name}"), &[("readme", name)]);
    }
    let address = |name: &str| format!("file://{}", world.path("server").join(name).display());
    let run = world.bulk(&[
        "scan",
        &address("a"),
        &address("b"),
        &address("c"),
        "--store",
        "s.db",
        "--work",
        "work",
        "--work-budget",
        "1",
    ]);
    assert!(
        run.code == Some(0) && run.out.contains("3 scanned"),
        "{run:?}"
    );
    assert_eq!(fs::read_dir(world.path("work")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn nothing_of_a_repository_or_of_a_server_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.repo("server/a", &[("readme", "nothing\n")]);
    let address = format!("file://{}", world.path("server/a").display());
    let scan = || world.bulk(&["scan", &address, "--store", "s.db", "--work", "work"]);
    assert_eq!(scan().code, Some(0));
    let mirror = fs::read_dir(world.path("work"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    for hook in ["reference-transaction", "post-checkout", "pre-auto-gc"] {
        let path = mirror.join("hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            &path,
            format!("#!/bin/sh\ntouch {}\n", world.path("ran").display()),
        )
        .unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.commit("server/a", &[("more", "x\n")], "More");
    assert_eq!(scan().code, Some(0));
    assert!(!world.path("ran").exists());
}

#[test]
fn a_token_is_for_its_host_only() {
    let world = World::new();
    let ask = |prompt: &str| {
        let mut command = world.command(program());
        command
            .arg(prompt)
            .env("GONOGO_BULK_ASKPASS_HOST", "git.example");
        command
            .env("GONOGO_BULK_ASKPASS_USER", "robot")
            .env("GONOGO_BULK_ASKPASS_TOKEN", "the-token");
        crate::harness::Run::of(command.output().unwrap())
    };
    assert_eq!(ask("Username for 'https://git.example': ").out, "robot\n");
    assert_eq!(
        ask("Password for 'https://robot@git.example': ").out,
        "the-token\n"
    );
    for prompt in [
        "Password for 'https://robot@evil.example': ",
        "Password for 'https://git.example@evil.example': ",
        "anything",
    ] {
        let refused = ask(prompt);
        assert!(
            refused.out.is_empty() && refused.code == Some(1),
            "{refused:?}"
        );
    }
    let run = world.bulk(&[
        "scan",
        "https://git.invalid/a",
        "--token",
        "git.invalid=UNSET_VARIABLE",
        "--store",
        "s.db",
    ]);
    assert!(
        run.out
            .contains("the variable UNSET_VARIABLE, which should have the token"),
        "{run:?}"
    );
}
