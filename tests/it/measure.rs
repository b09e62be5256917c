//! The commands that verify and measure gonogo itself: what they cover, and how they end.

use crate::harness::{Repo, World, many_lines, secret_line, token};

/// A repository whose versions are stored as deltas of each other, with secrets that stay, move, change and disappear.
fn chain(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    for version in 0..20 {
        let (mut head, mut tail) = (many_lines(100), many_lines(200 + version));
        if version % 3 != 0 {
            head += &secret_line("stays");
        }
        if version > 5 {
            tail = format!("# moves\n{}{tail}", secret_line("moves"));
        }
        let changes = secret_line(&format!("version {version}"));
        repo.commit_file("app.conf", head + &changes + &tail);
    }
    repo.commit_file("logo.bin", b"\0\x01\x02");
    repo.git(&["tag", "-a", "v1", "-m", "One"]);
    repo.pack_all();
    repo
}

#[test]
fn scanning_deltas_comes_to_the_same_as_scanning_everything() {
    let world = World::new();
    let repo = chain(&world);
    let run = repo.gonogo().arg("verify-delta").run();
    assert_eq!(run.code, 0, "{run:?}");
    // Twenty versions, twenty-one commits and the tag; one of the versions is stored whole.
    assert!(
        run.stdout.starts_with(".: 42 texts, 19 of them derived; "),
        "{run:?}"
    );
    assert!(
        run.stdout.ends_with(" matches, 0 mismatches, 0 gaps\n"),
        "{run:?}"
    );
    assert!(!run.stdout.contains(&token("stays")));
}

#[test]
fn a_walk_rebuilds_every_object_once() {
    let world = World::new();
    let repo = chain(&world);
    let run = repo.gonogo().arg("walk").run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.starts_with(".: 21 blobs, 21 commits, 1 tags; "),
        "{run:?}"
    );
    let threads = |count| repo.gonogo().args(["walk", "-j", count]).run().stdout;
    assert_eq!(threads("1"), threads("2"));
}

#[test]
fn what_cannot_be_rebuilt_is_neither_verified_nor_forgotten() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    let blob = repo.id("HEAD:app.conf");
    crate::harness::overwrite(&repo.loose_object(&blob), b"damaged");
    for command in ["walk", "verify-delta"] {
        let run = repo.gonogo().arg(command).run();
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stdout.contains("1 gaps"), "{run:?}");
    }
}

#[test]
fn only_repositories_are_measured() {
    let world = World::new();
    let folder = world.folder("plain");
    for (command, why) in [
        ("walk", "rebuilds the objects of a repository"),
        ("verify-delta", "verifies the deltas of a repository"),
    ] {
        let run = world.gonogo(&folder).arg(command).run();
        run.refused(&format!(
            ".: not a Git repository: {why}: name a repository"
        ));
    }
}
