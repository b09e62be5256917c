//! Networks of forks: their mirrors share objects, and their reports do not.

use std::fs;
use std::sync::Arc;
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

/// A listing of the same repositories, as GitHub writes it: it says of forks only that they are some, and each says itself
/// what it comes from. `left` requests are left of a hundred.
fn github(request: &Request, left: usize) -> Option<Response> {
    let host = &request.headers["host"];
    let path = request.target.split('?').next().unwrap();
    let one = |id: u64, name: &str, is_fork: bool| {
        json!({
            "id": id, "full_name": format!("acme/{name}"), "private": true, "visibility": "private", "fork": is_fork,
            "archived": false, "html_url": format!("http://{host}/acme/{name}"),
            "clone_url": format!("http://{host}/acme/{name}.git"), "pushed_at": "2026-01-02T03:04:05Z", "topics": [],
            "has_wiki": false,
        })
    };
    let base = json!({ "id": 1, "full_name": "acme/base" });
    let (mut repository, parent) = match path {
        "/api/v3/orgs/acme/repos" => {
            return Some(limited(
                left,
                Response::json(&json!([
                    one(1, "base", false),
                    one(2, "fork", true),
                    one(3, "other", true),
                    one(4, "alone", true),
                ])),
            ));
        }
        "/api/v3/repos/acme/fork" => (one(2, "fork", true), base.clone()),
        "/api/v3/repos/acme/other" => (
            one(3, "other", true),
            json!({ "id": 99, "full_name": "else/fork" }),
        ),
        // The token may not see what it comes from.
        "/api/v3/repos/acme/alone" => {
            let etag = "\"alone\"";
            let response = match request.headers.get("if-none-match") {
                Some(known) if known == etag => Response::new(304, ""),
                _ => Response::json(&one(4, "alone", true)),
            };
            return Some(limited(left, response.with("etag", etag)));
        }
        _ => return None,
    };
    repository["parent"] = parent;
    repository["source"] = base;
    Some(limited(left, Response::json(&repository)))
}

fn limited(left: usize, response: Response) -> Response {
    response
        .with("x-ratelimit-limit", "100")
        .with("x-ratelimit-remaining", left.to_string())
}

/// Which repositories were asked for by themselves, each with whether that was conditional.
fn asked(server: &Server) -> Vec<(String, bool)> {
    let asked = server.take().into_iter().filter_map(|request| {
        let name = request.target.strip_prefix("/api/v3/repos/")?.to_owned();
        Some((name, request.headers.contains_key("if-none-match")))
    });
    asked.collect()
}

#[test]
fn what_forks_of_github_come_from_is_asked_for_once() {
    let world = world_of_forks();
    let left = Arc::new(AtomicUsize::new(19));
    let now = Arc::clone(&left);
    let server = Server::start(&world.path("git"), &token(), move |request| {
        github(request, now.load(SeqCst))
    });
    // Few requests are left: nothing depends on these.
    let listed = scan(&world, &server, "github", &["github:acme"]);
    assert!(
        listed.code == Some(0) && listed.out.contains("4 scanned"),
        "{listed:?}"
    );
    let line = "warning: github:acme: 3 forks may be fetched whole, since what they come from is not known yet: the rate \
                limit leaves few requests";
    assert!(listed.err.contains(line), "{listed:?}");
    assert_eq!(asked(&server), []);
    assert!(mirrors(&world).iter().all(|it| it.1));
    for name in ["s.db", "s.db.work", "s.db.listings"] {
        let path = world.path(name);
        fs::remove_dir_all(&path)
            .or_else(|_| fs::remove_file(&path))
            .unwrap();
    }

    left.store(90, SeqCst);
    let first = scan(&world, &server, "github", &["github:acme"]);
    assert!(
        first.code == Some(0) && first.out.contains("4 scanned"),
        "{first:?}"
    );
    assert!(!first.err.contains("warning"), "{first:?}");
    let names = ["acme/fork", "acme/other", "acme/alone"];
    assert_eq!(asked(&server), names.map(|name| (name.to_owned(), false)));
    // Of four two have all of their objects: `other` comes from what is not listed, which comes from `base`.
    assert_eq!(mirrors(&world).iter().filter(|it| it.1).count(), 2);
    assert_eq!(paths(&world).len(), 7);

    let second = scan(&world, &server, "github", &["github:acme"]);
    assert!(second.out.contains("4 as they were"), "{second:?}");
    assert_eq!(asked(&server), [("acme/alone".to_owned(), true)]);
}
