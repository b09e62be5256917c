//! Networks of forks: their mirrors share objects, and their reports do not.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use serde_json::{Value, json};

use crate::forges::{scan, token};
use crate::harness::{World, env};
use crate::server::{Request, Response, Server};

/// How often the listing was read.
static LISTED: AtomicUsize = AtomicUsize::new(0);

/// A listing of `acme/base` and its forks, as Gitea writes it.
fn network(request: &Request) -> Option<Response> {
    let host = &request.headers["host"];
    let path = request.target.split('?').next().unwrap();
    if path != "/api/v1/orgs/acme/repos" {
        return None;
    }
    // As if each had been pushed to since the last time.
    let updated = format!("2026-01-02T03:{:02}:05Z", LISTED.fetch_add(1, SeqCst));
    let one = |id: u64, name: &str, parent: Value| {
        json!({
            "id": id, "full_name": format!("acme/{name}"), "clone_url": format!("http://{host}/acme/{name}.git"),
            "private": true, "internal": false, "fork": !parent.is_null(), "archived": false, "parent": parent,
            "updated_at": updated, "topics": null, "has_wiki": false,
        })
    };
    Some(Response::json(&json!([
        one(1, "base", Value::Null),
        one(2, "fork", json!({ "id": 1, "full_name": "acme/base" })),
        one(3, "other", json!({ "id": 2, "full_name": "acme/fork" })),
        one(4, "alone", Value::Null),
    ])))
}

/// A repository with two forks, each with a secret of its own, and one that has nothing to do with them.
fn world_of_forks() -> World {
    let world = World::new();
    // Nothing that git could pack well.
    let lines = (0..40_000_u64).map(|line| line.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_string());
    let text = lines.collect::<Vec<_>>().join(
        "
",
    );
    world.repo("made/base", &[("data.txt", &text), (".env", &env(0))]);
    world.repo("made/alone", &[(".env", &env(9))]);
    for name in ["fork", "other"] {
        world.git(".", &["clone", "-q", "made/base", &format!("made/{name}")]);
    }
    for (number, name) in [(1, "base"), (2, "fork"), (3, "other")] {
        world.commit(
            &format!("made/{name}"),
            &[(&format!("{name}/.env"), &env(number))],
            "Own",
        );
    }
    for name in ["base", "fork", "other", "alone"] {
        let bare = format!("git/acme/{name}.git");
        world.git(
            ".",
            &["clone", "-q", "--bare", &format!("made/{name}"), &bare],
        );
        world.git(&bare, &["update-server-info"]);
    }
    world
}

/// The mirrors, each with whether it has objects of its own only.
fn mirrors(world: &World) -> Vec<(String, bool)> {
    let mut mirrors: Vec<(String, bool)> = fs::read_dir(world.path("s.db.work"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let is_shared = entry.path().join("objects/info/alternates").exists();
            (entry.file_name().into_string().unwrap(), !is_shared)
        })
        .collect();
    mirrors.sort();
    mirrors
}

/// The number of the mirror that has the objects of others. Repositories are noted in the order of their ids, from 1 on.
fn base_of_network(world: &World) -> Option<usize> {
    let names = mirrors(world).into_iter().map(|(name, _)| name);
    let mut bases = names.filter(|name| {
        let note = format!("s.db.work/{name}/gonogo-network");
        world.path(&note).exists()
    });
    bases.next()?.strip_suffix(".git")?.parse().ok()
}

/// Which paths have findings in which repository.
fn paths(world: &World) -> Vec<(String, String)> {
    let of = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let findings = world.findings(&[]);
    let mut paths: Vec<_> = findings
        .iter()
        .map(|it| (of(it, "repository"), of(it, "path")))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[test]
fn forks_have_one_store_of_objects_and_each_its_own_findings() {
    let world = world_of_forks();
    let server = Server::start(&world.path("git"), &token(), network);
    let first = scan(&world, &server, "gitea", &["gitea:acme"]);
    assert!(
        first.code == Some(0) && first.out.contains("4 scanned"),
        "{first:?}"
    );
    let expected = [
        ("1", ".env"),
        ("1", "base/.env"),
        ("2", ".env"),
        ("2", "fork/.env"),
        ("3", ".env"),
        ("3", "other/.env"),
        ("4", ".env"),
    ]
    .map(|(repository, path)| (repository.to_owned(), path.to_owned()));
    assert_eq!(paths(&world), expected);
    // One has the objects, and the two others what they add.
    let all = mirrors(&world);
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(all.iter().filter(|it| it.1).count(), 2, "{all:?}");
    for (name, _) in all.iter().filter(|it| !it.1) {
        let mirror = format!("s.db.work/{name}");
        let said = world.git(&mirror, &["count-objects", "-v"]);
        let of = |key: &str| -> u64 {
            let line = said.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap().trim().parse().unwrap()
        };
        assert!(of("size:") + of("size-pack:") < 100, "{name}: {said}");
        world.git(&mirror, &["fsck", "--connectivity-only"]);
    }
    // The one that has the objects goes: the others are made anew when something is new.
    let base = base_of_network(&world).unwrap();
    fs::remove_dir_all(world.path(&format!("s.db.work/{base}.git"))).unwrap();
    for name in ["base", "fork", "other"] {
        world.commit(&format!("made/{name}"), &[("new.txt", name)], "New");
        world.git(
            &format!("made/{name}"),
            &[
                "push",
                "-q",
                &world
                    .path(&format!("git/acme/{name}.git"))
                    .display()
                    .to_string(),
                "main",
            ],
        );
        world.git(&format!("git/acme/{name}.git"), &["update-server-info"]);
    }
    let again = scan(&world, &server, "gitea", &["gitea:acme"]);
    assert!(
        again.code == Some(0) && again.out.contains("3 scanned, 1 as they were"),
        "{again:?}"
    );
    assert_eq!(paths(&world), expected);
    assert_eq!(mirrors(&world).iter().filter(|it| it.1).count(), 2);
    // One that is forgotten takes along those that need its objects.
    let number = base_of_network(&world).unwrap();
    let label = ["acme/base", "acme/fork", "acme/other"][number - 1];
    let forgotten = world.bulk(&["forget", label, "--store", "s.db"]);
    assert_eq!(forgotten.code, Some(0), "{forgotten:?}");
    assert_eq!(mirrors(&world).len(), 1);
}

#[test]
fn forks_are_removed_together() {
    let world = world_of_forks();
    let server = Server::start(&world.path("git"), &token(), network);
    let run = scan(
        &world,
        &server,
        "gitea",
        &["gitea:acme", "--work-budget", "1"],
    );
    assert!(
        run.code == Some(0) && run.out.contains("4 scanned"),
        "{run:?}"
    );
    assert_eq!(mirrors(&world), []);
    assert_eq!(paths(&world).len(), 7);
}
