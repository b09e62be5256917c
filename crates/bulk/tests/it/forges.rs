//! Forges as sources: what is listed, kept, filtered, fetched and refused.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use serde_json::{Value, json};

use crate::harness::{Run, World, env, program};
use crate::server::{Request, Response, Server};

/// What the server takes for a token: made when a test runs.
pub(crate) fn token() -> String {
    format!("{}-{}", "word", "of-the-robot-7261")
}

/// A bare repository that git can clone from a plain server.
fn publish(world: &World, path: &str, files: &[(&str, &str)]) {
    let source = format!("made/{path}");
    world.repo(&source, files);
    fs::create_dir_all(world.path("git").join(path).parent().unwrap()).unwrap();
    let bare = format!("git/{path}");
    world.git(".", &["clone", "-q", "--bare", &source, &bare]);
    world.git(&bare, &["update-server-info"]);
}

/// A repository, as GitHub lists it.
fn github(port: u16, id: u64, name: &str) -> Value {
    json!({
        "id": id, "full_name": name, "private": true, "visibility": "private", "fork": false, "archived": false,
        "html_url": format!("http://127.0.0.1:{port}/{name}"), "clone_url": format!("http://127.0.0.1:{port}/{name}.git"), "pushed_at": "2026-01-02T03:04:05Z",
        "topics": ["web"], "has_wiki": false,
    })
}

fn command(world: &World, server: &Server, kind: &str, args: &[&str]) -> std::process::Command {
    let mut command = world.command(program());
    command.args([
        "scan",
        "--store",
        "s.db",
        "--forge-url",
        &format!("{kind}={}", server.url()),
    ]);
    command
        .args(["--token", &format!("127.0.0.1:{}=ROBOT", server.port)])
        .args(args);
    command
        .env("ROBOT", token())
        .env("NO_PROXY", "*")
        .env("no_proxy", "*");
    command.stdin(Stdio::null());
    command
}

pub(crate) fn scan(world: &World, server: &Server, kind: &str, args: &[&str]) -> Run {
    Run::of(command(world, server, kind, args).output().unwrap())
}

/// A page of repositories of `acme`, of three in all, one on each page.
fn page(request: &Request, names: &[(u64, &str)]) -> Option<Response> {
    let rest = request.target.strip_prefix("/api/v3/orgs/acme/repos?")?;
    let host = request.headers["host"].clone();
    let port = host.rsplit(':').next().unwrap().parse().unwrap();
    let number = rest
        .split('&')
        .find_map(|it| it.strip_prefix("page="))
        .map_or(1, |it| it.parse().unwrap());
    // GitHub answers an empty page behind the last one.
    let Some((id, name)) = names.get(number - 1).copied() else {
        return Some(Response::json(&json!([])));
    };
    let etag = format!("\"{number}-{name}\"");
    let next = format!(
        "<http://{host}/api/v3/orgs/acme/repos?per_page=1&page={}>; rel=\"next\"",
        number + 1
    );
    let response = if request.headers.get("if-none-match") == Some(&etag) {
        Response::new(304, "")
    } else {
        Response::json(&json!([github(port, id, name)]))
    };
    let response = response.with("etag", etag);
    Some(if number < names.len() {
        response.with("link", next)
    } else {
        response
    })
}

const NAMES: &[(u64, &str)] = &[(11, "acme/a"), (12, "acme/b"), (13, "acme/c")];

fn world_of_three() -> World {
    let world = World::new();
    for (number, name) in ["acme/a.git", "acme/b.git", "acme/c.git"]
        .iter()
        .enumerate()
    {
        publish(
            &world,
            name,
            &[(".env", &env(u64::try_from(number).unwrap()))],
        );
    }
    world
}

#[test]
fn an_organisation_is_scanned_and_what_did_not_change_is_not_fetched() {
    let world = world_of_three();
    let server = Server::start(&world.path("git"), &token(), |request| page(request, NAMES));
    let first = scan(&world, &server, "github", &["github:acme"]);
    assert!(
        first.code == Some(0) && first.out.contains("3 scanned"),
        "{first:?}"
    );
    let lines = world.lines(&[]);
    let ids: Vec<_> = lines
        .iter()
        .filter(|it| it["type"] == "repository")
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(ids, ["11", "12", "13"]);
    server.take();
    let second = scan(&world, &server, "github", &["github:acme"]);
    assert!(
        second.out.contains("0 scanned, 3 as they were"),
        "{second:?}"
    );
    let seen = server.take();
    // Three pages, of which two are as they were; nothing is asked of git.
    assert_eq!(seen.len(), 3, "{seen:?}");
    let conditional = seen
        .iter()
        .filter(|it| it.headers.contains_key("if-none-match"));
    assert_eq!(conditional.count(), 2);
    assert!(
        seen.iter()
            .all(|it| it.headers["authorization"] == format!("Bearer {}", token()))
    );
}

#[test]
fn a_name_may_change_and_a_repository_may_go() {
    let world = world_of_three();
    let round = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&round);
    let server = Server::start(&world.path("git"), &token(), move |request| {
        match now.load(SeqCst) {
            0 => page(request, NAMES),
            _ => page(request, &[(11, "acme/renamed"), (12, "acme/b")]),
        }
    });
    assert_eq!(
        scan(&world, &server, "github", &["github:acme"]).code,
        Some(0)
    );
    let before = world.findings(&["--stable"]).len();
    fs::rename(
        world.path("git/acme/a.git"),
        world.path("git/acme/renamed.git"),
    )
    .unwrap();
    round.store(1, SeqCst);
    let run = scan(&world, &server, "github", &["github:acme"]);
    assert!(
        run.out.contains("0 scanned, 2 as they were, 1 not covered"),
        "{run:?}"
    );
    assert!(
        run.out.contains("acme/c: it is not there any more"),
        "{run:?}"
    );
    assert_eq!(world.repository("acme/renamed")["id"], "11");
    assert_eq!(world.findings(&["--stable"]).len(), before);
}

#[test]
fn a_listing_that_is_interrupted_goes_on() {
    for stop_at in 1..=3 {
        let world = world_of_three();
        let count = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&count);
        let server = Server::start(&world.path("git"), &token(), move |request| {
            let is_page = request.target.contains("/orgs/");
            let number = if is_page {
                now.fetch_add(1, SeqCst) + 1
            } else {
                0
            };
            if number == stop_at {
                return Some(Response::new(401, "{\"message\":\"Bad credentials\"}"));
            }
            page(request, NAMES)
        });
        scan(&world, &server, "github", &["github:acme"])
            .error("github:acme: the token was refused (401: Bad credentials)");
        assert!(!world.path("s.db").exists());
        server.take();
        let run = scan(&world, &server, "github", &["github:acme"]);
        assert!(run.out.contains("3 scanned"), "{stop_at} {run:?}");
        let pages = server
            .take()
            .into_iter()
            .filter(|it| it.target.contains("/orgs/"))
            .count();
        // The last page that is kept is asked for again, those before it are not.
        let expected = if stop_at == 1 {
            3
        } else {
            3 - (stop_at - 1) + 1
        };
        assert_eq!(pages, expected, "{stop_at}");
    }
}

#[test]
fn what_a_forge_refuses_is_one_clear_line() {
    let world = World::new();
    let refused =
        |status: u16, headers: &'static [(&'static str, &'static str)], body: &'static str| {
            let server = Server::start(&world.path("git"), &token(), move |_| {
                let response = Response::new(status, body);
                Some(headers.iter().fold(response, |response, (name, value)| {
                    response.with(name, *value)
                }))
            });
            scan(&world, &server, "github", &["github:acme", "--quiet"])
        };
    refused(401, &[], "{\"message\":\"Bad credentials\"}").error("check the variable ROBOT");
    refused(
        403,
        &[],
        "{\"message\":\"Resource protected by organization SAML enforcement\"}",
    )
    .error("this is forbidden (403: Resource protected by organization SAML enforcement)");
    refused(404, &[], "{}").error("there is none that this token may see (404)");
    refused(200, &[], "[]").error("it has no repository that this token may see");
    refused(200, &[], "<html>").error("its answer is not what a github server answers");
    refused(302, &[("location", "https://evil.example/x")], "")
        .error("its answer leads to another host");
    refused(503, &[("retry-after", "0")], "{}")
        .error("the server failed (503), 4 times: try again later");
    refused(429, &[("retry-after", "9999")], "{}")
        .error("that is lifted in 2 h 46 min only: run this again then");
    let none = |args: &[&str]| {
        let mut command = world.command(program());
        Run::of(
            command
                .args(["scan", "--store", "s.db"])
                .args(args)
                .output()
                .unwrap(),
        )
    };
    none(&["gitea:no-such-host.invalid/acme"]).error("the host no-such-host.invalid is not known");
    none(&["github:acme", "--ca", "github.com=missing.pem"]).error("missing.pem: No such file");
    none(&["gitea:acme"]).error("name the host, too");
    none(&["github:acme", "--token", "github.com=UNSET_VARIABLE"])
        .error("the variable UNSET_VARIABLE");
    none(&["gitea:127.0.0.1:1/acme", "--quiet"]).error("127.0.0.1:1");
    assert!(!world.path("s.db").exists());
}

#[test]
fn limits_are_waited_for() {
    let world = world_of_three();
    let count = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&count);
    let server = Server::start(&world.path("git"), &token(), move |request| {
        let is_page = request.target.contains("/orgs/");
        match if is_page { now.fetch_add(1, SeqCst) } else { 9 } {
            0 => Some(Response::new(429, "{}").with("retry-after", "1")),
            1 => Some(
                Response::new(
                    403,
                    "{\"message\":\"You have exceeded a secondary rate limit\"}",
                )
                .with("retry-after", "1"),
            ),
            2 => Some(Response::new(502, "")),
            _ => page(request, NAMES),
        }
    });
    let begun = std::time::Instant::now();
    let run = scan(&world, &server, "github", &["github:acme"]);
    assert!(run.out.contains("3 scanned"), "{run:?}");
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2));
}

#[test]
fn one_of_several_that_cannot_be_listed_does_not_keep_the_others_back() {
    let world = world_of_three();
    let server = Server::start(&world.path("git"), &token(), |request| {
        if request.target.contains("/other/") {
            Some(Response::new(404, "{}"))
        } else {
            page(request, NAMES)
        }
    });
    let run = scan(&world, &server, "github", &["github:acme", "github:other"]);
    assert!(
        run.code == Some(2) && run.out.contains("3 scanned"),
        "{run:?}"
    );
    assert!(run.err.contains("github:other: there is none"), "{run:?}");
}

#[test]
fn filters_and_wikis_are_read_from_a_file() {
    let world = world_of_three();
    publish(&world, "acme/b.wiki.git", &[("Home.md", "nothing\n")]);
    let server = Server::start(&world.path("git"), &token(), |request| {
        request.target.starts_with("/api/").then(|| {
            let port = request.headers["host"]
                .rsplit(':')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let mut all: Vec<Value> = NAMES
                .iter()
                .map(|(id, name)| github(port, *id, name))
                .collect();
            all[0]["archived"] = json!(true);
            all[1]["has_wiki"] = json!(true);
            // What a listing does not promise.
            all[1]
                .as_object_mut()
                .unwrap()
                .retain(|name, _| !matches!(name.as_str(), "clone_url" | "visibility"));
            all[2]["has_wiki"] = json!(true);
            Response::json(&json!(all))
        })
    });
    let list = format!(
        "[[forge]]\nsource = \"github:acme\"\nurl = \"{}\"\ntoken-file = \"robot\"\narchived = false\nwikis = true\n",
        server.url()
    );
    fs::write(world.path("forges.toml"), list).unwrap();
    fs::write(world.path("robot"), token()).unwrap();
    let run = scan(&world, &server, "github", &["forges.toml"]);
    // The wiki of the third one was never begun.
    assert!(
        run.code == Some(0) && run.out.contains("3 scanned, 0 as they were, 0 not covered"),
        "{run:?}"
    );
    assert_eq!(world.repository("acme/b (wiki)")["id"], "12/wiki");
    fs::write(
        world.path("forges.toml"),
        "[[forge]]\nsource = \"github:acme\"\ntoken = \"x\"\n",
    )
    .unwrap();
    scan(&world, &server, "github", &["forges.toml"]).error("forges.toml:");
}

#[test]
fn every_vendor_is_read_as_it_documents() {
    for kind in ["gitlab", "gitea", "bitbucket", "azure"] {
        let world = World::new();
        let path = match kind {
            "azure" => "acme/web/_git/a",
            _ => "acme/a.git",
        };
        publish(&world, path, &[(".env", &env(1))]);
        let server = Server::start(&world.path("git"), &token(), move |request| {
            listing(kind, request)
        });
        let source = match kind {
            "gitlab" => "gitlab:acme/sub",
            "gitea" => "gitea:acme",
            "bitbucket" => "bitbucket:acme",
            _ => "azure:acme/web",
        };
        let run = scan(&world, &server, kind, &[source]);
        assert!(
            run.code == Some(0) && run.out.contains("1 scanned"),
            "{kind} {run:?}"
        );
        let lines = world.lines(&[]);
        assert_eq!(lines[0]["host"], format!("127.0.0.1:{}", server.port));
        let id = match kind {
            "bitbucket" => "b3a1f0e0-0000-4000-8000-000000000001",
            "azure" => "5febef5a-0000-4000-8000-000000000002",
            _ => "42",
        };
        assert_eq!(lines[0]["id"], id, "{kind}");
    }
}

/// A listing with one repository, in the shape that the vendor documents.
fn listing(kind: &str, request: &Request) -> Option<Response> {
    let host = &request.headers["host"];
    let path = request.target.split('?').next().unwrap();
    Some(Response::json(&match (kind, path) {
        ("gitlab", "/api/v4/groups/acme%2Fsub/projects") => json!([{
            "id": 42, "path_with_namespace": "acme/sub/a", "http_url_to_repo": format!("http://{host}/acme/a.git"),
            "last_activity_at": "2026-01-02T03:04:05.000Z", "visibility": "internal", "archived": false,
            "topics": [], "wiki_enabled": true,
        }]),
        ("gitea", "/api/v1/orgs/acme/repos") => json!([{
            "id": 42, "full_name": "acme/a", "clone_url": format!("http://{host}/acme/a.git"), "private": true,
            "internal": false, "fork": false, "archived": false, "updated_at": "2026-01-02T03:04:05Z",
            "topics": null, "has_wiki": false,
        }]),
        ("bitbucket", "/2.0/repositories/acme") => json!({ "pagelen": 100, "values": [{
            "uuid": "{b3a1f0e0-0000-4000-8000-000000000001}", "full_name": "acme/a", "is_private": true,
            "updated_on": "2026-01-02T03:04:05.678901+00:00", "has_wiki": false, "links": { "clone": [
                { "name": "https", "href": format!("http://robot@{host}/acme/a.git") },
                { "name": "ssh", "href": "git@bitbucket.org:acme/a.git" },
            ] },
        }] }),
        ("azure", "/acme/web/_apis/git/repositories") => json!({ "count": 1, "value": [{
            "id": "5febef5a-0000-4000-8000-000000000002", "name": "a",
            "project": { "id": "6ce954b1-0000-4000-8000-000000000003", "name": "web", "visibility": "private" },
            "remoteUrl": "https://acme@dev.azure.com/acme/web/_git/a", "size": 728,
        }] }),
        _ => return None,
    }))
}

#[cfg(target_os = "linux")]
#[test]
fn the_token_is_nowhere_but_on_its_way() {
    let world = world_of_three();
    let server = Server::start(&world.path("git"), &token(), |request| page(request, NAMES));
    let mut child = command(
        &world,
        &server,
        "github",
        &["github:acme", "--work", "work"],
    )
    .stdout(fs::File::create(world.path("out")).unwrap())
    .stderr(fs::File::create(world.path("err")).unwrap())
    .spawn()
    .unwrap();
    let mut arguments = Vec::new();
    let mut writes_no_core = false;
    while child.try_wait().unwrap().is_none() {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let has_none = |line: &str| line.split_whitespace().nth(4) == Some("0");
        writes_no_core |= core.is_some_and(has_none);
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            arguments.extend(fs::read(entry.path().join("cmdline")).unwrap_or_default());
        }
    }
    assert!(child.wait().unwrap().success(), "{}", world.text("err"));
    assert!(writes_no_core);
    for format in ["html", "markdown", "csv", "jsonl"] {
        let report = world.bulk(&[
            "report",
            "--store",
            "s.db",
            "--format",
            format,
            "--output",
            &format!("r.{format}"),
        ]);
        assert_eq!(report.code, Some(0), "{report:?}");
    }
    fs::write(world.path("arguments"), arguments).unwrap();
    let targets: Vec<String> = server.take().into_iter().map(|it| it.target).collect();
    fs::write(world.path("targets"), targets.join("\n")).unwrap();
    let mut looked = 0;
    let mut folders = vec![world.path(".")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = fs::read(entry.path()).unwrap();
            let has = bytes
                .windows(token().len())
                .any(|part| part == token().as_bytes());
            assert!(!has, "{}", entry.path().display());
            looked += 1;
        }
    }
    // The listing, mirrors, store, reports, outputs and arguments are among them.
    assert!(
        looked > 40 && world.path("work").is_dir() && world.path("s.db.listings").is_dir(),
        "{looked}"
    );
}

#[test]
fn an_app_signs_and_its_token_is_renewed_before_it_ends() {
    let world = world_of_three();
    let made = world
        .command("openssl")
        .args(["genrsa", "-traditional", "-out", "app.pem", "2048"])
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        // Without openssl there is no key to sign with.
        return;
    }
    let server = Server::start(&world.path("git"), &token(), |request| {
        match request.target.as_str() {
            "/api/v3/orgs/acme/installation" => Some(Response::json(&json!({ "id": 77 }))),
            "/api/v3/app/installations/77/access_tokens" => {
                // It is over so soon that a new one is needed each time.
                Some(Response::json(
                    &json!({ "token": token(), "expires_at": "2026-01-02T03:04:05Z" }),
                ))
            }
            _ => page(request, NAMES),
        }
    });
    let list = format!(
        "[[forge]]\nsource = \"github:acme\"\nurl = \"{}\"\napp = {{ id = 5, key-file = \"app.pem\" }}\n",
        server.url()
    );
    fs::write(world.path("forges.toml"), list).unwrap();
    let mut command = world.command(program());
    command
        .args(["scan", "--store", "s.db", "forges.toml"])
        .env("NO_PROXY", "*");
    let run = Run::of(command.output().unwrap());
    assert!(
        run.code == Some(0) && run.out.contains("3 scanned"),
        "{run:?}"
    );
    let seen = server.take();
    let asked = seen
        .iter()
        .filter(|it| it.method == "POST" && it.body == b"{}")
        .count();
    assert!(asked > 3, "{asked}");
    let signed = &seen.iter().find(|it| it.method == "POST").unwrap().headers["authorization"];
    assert_eq!(
        signed.strip_prefix("Bearer ").unwrap().split('.').count(),
        3
    );
    let listed = seen
        .iter()
        .find(|it| it.target.contains("/repos?"))
        .unwrap();
    assert_eq!(
        listed.headers["authorization"],
        format!("Bearer {}", token())
    );
}

#[test]
fn two_organisations_of_one_name_are_told_apart_by_their_hosts() {
    let world = world_of_three();
    let one = Server::start(&world.path("git"), &token(), |request| {
        page(request, &NAMES[..1])
    });
    let other = Server::start(&world.path("git"), &token(), |request| {
        page(request, &NAMES[..1])
    });
    let entry = |server: &Server| {
        format!(
            "[[forge]]\nsource = \"github:acme\"\nurl = \"{}\"\ntoken-file = \"robot\"\n",
            server.url()
        )
    };
    fs::write(
        world.path("forges.toml"),
        format!("{}{}", entry(&one), entry(&other)),
    )
    .unwrap();
    fs::write(world.path("robot"), token()).unwrap();
    let run = world.bulk(&["scan", "--store", "s.db", "forges.toml"]);
    assert!(
        run.code == Some(0) && run.out.contains("2 scanned"),
        "{run:?}"
    );
    for server in [&one, &other] {
        let label = format!("127.0.0.1:{}/acme/a", server.port);
        assert_eq!(world.repository(&label)["id"], "11");
    }
}
