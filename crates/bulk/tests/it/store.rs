//! The store: who may read it, what is in it, and what happens when it cannot be used.

use std::fs::{self, File};

use crate::harness::{World, env, password};

fn world() -> World {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.scan(&[]);
    world
}

#[test]
fn no_value_is_in_it_or_beside_it() {
    let world = world();
    let value = password(1);
    let mut files = vec![world.path("s.db")];
    let mut folders = vec![world.path("s.db.cache")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let has = bytes
            .windows(value.len())
            .any(|window| window == value.as_bytes());
        assert!(!has, "{}", file.display());
    }
    for format in ["html", "markdown", "csv", "jsonl", "sarif"] {
        let report = world.bulk(&["report", "--store", "s.db", "--format", format]);
        assert!(
            report.code == Some(0) && !report.out.contains(&value),
            "{format}"
        );
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    for name in ["s.db", "s.db.key"] {
        let mode = fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    fs::set_permissions(world.path("s.db"), fs::Permissions::from_mode(0o644)).unwrap();
    world.scan(&[]);
    assert_eq!(
        fs::metadata(world.path("s.db"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn another_key_is_an_error() {
    let world = world();
    world.bulk(&["scan", "src", "--store", "other.db"]);
    let run = world.bulk(&[
        "scan",
        "src",
        "--store",
        "s.db",
        "--key-file",
        "other.db.key",
    ]);
    run.error("another key");
    fs::remove_file(world.path("s.db.key")).unwrap();
    world
        .bulk(&["scan", "src", "--store", "s.db"])
        .error("no such key file");
    // What needs no key goes on.
    assert_eq!(world.bulk(&["status", "--store", "s.db"]).code, Some(0));
}

#[test]
fn one_program_writes_at_a_time_and_others_may_read() {
    let world = world();
    let lock = File::options()
        .write(true)
        .open(world.path("s.db.lock"))
        .unwrap();
    lock.lock().unwrap();
    world
        .bulk(&["scan", "src", "--store", "s.db"])
        .error("another `gonogo bulk` works on it");
    assert_eq!(world.bulk(&["report", "--store", "s.db"]).code, Some(0));
}

#[test]
fn what_is_no_store_is_refused() {
    let world = world();
    fs::write(
        world.path("text"),
        "this is text, and long enough for a header of a database\n".repeat(20),
    )
    .unwrap();
    for args in [["scan", "src"], ["status", "--all"], ["report", "--stable"]] {
        world
            .bulk(&[&args[..], &["--store", "text"]].concat())
            .error("no store of gonogo bulk");
    }
    world
        .bulk(&["status", "--store", "none.db"])
        .error("there is no such store");
    let other = rusqlite::Connection::open(world.path("other.db")).unwrap();
    other.execute_batch("CREATE TABLE a (b)").unwrap();
    world
        .bulk(&["scan", "src", "--store", "other.db"])
        .error("no store of gonogo bulk");
}

#[test]
fn a_newer_store_is_refused_and_stays_as_it_is() {
    let world = world();
    let db = rusqlite::Connection::open(world.path("s.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    world
        .bulk(&["scan", "src", "--store", "s.db"])
        .error("a newer gonogo-bulk has made it");
    world
        .bulk(&["status", "--store", "s.db"])
        .error("a newer gonogo-bulk has made it");
}

#[test]
fn a_full_disk_is_one_line_and_loses_nothing() {
    let world = world();
    let before = world.findings(&["--stable"]);
    world.repo("src/b", &[(".env", &env(2))]);
    let db = rusqlite::Connection::open(world.path("s.db")).unwrap();
    // What SQLite says is the same as on a full disk.
    db.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON findings BEGIN SELECT raise(ABORT, 'full'); END",
    )
    .unwrap();
    let run = world.bulk(&["scan", "src", "--store", "s.db", "--quiet"]);
    run.error("the store");
    db.execute_batch("DROP TRIGGER full").unwrap();
    drop(db);
    assert_eq!(world.findings(&["--stable"]), before);
    let run = world.scan(&[]);
    assert!(
        run.out.starts_with("run 2: "),
        "the same run goes on: {run:?}"
    );
    assert_eq!(world.repository("b")["verdict"], "NO-GO");
}

#[test]
fn where_nothing_can_be_written_is_one_line_and_readers_go_on() {
    let world = world();
    let scan = |store: &str| world.bulk(&["scan", "src", "--store", store, "--quiet"]);
    scan("nowhere/s.db").error("nowhere/s.db.key: there is no such file or folder");
    fs::create_dir(world.path("folder.db")).unwrap();
    scan("folder.db").error("folder.db: ");
    // SQLite cannot write its log, as on a read-only disk.
    for end in ["", ".key"] {
        let name = |name: &str| world.path(&format!("{name}{end}"));
        fs::copy(name("s.db"), name("closed.db")).unwrap();
    }
    fs::create_dir(world.path("closed.db-wal")).unwrap();
    scan("closed.db").error("closed.db: it cannot be opened");
    for command in ["status", "report"] {
        let run = world.bulk(&[command, "--store", "closed.db"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.contains("NO-GO"), "{run:?}");
    }
}

/// A file that only its owner may write, and another one reads.
#[cfg(unix)]
#[test]
fn a_store_of_another_owner_can_be_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    let mode = |name: &str, mode| {
        fs::set_permissions(world.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["", "src", "src/a", "src/a/.git"] {
        mode(name, 0o755);
    }
    mode("s.db", 0o644);
    let as_nobody = |args: &[&str]| {
        let mut command = world.command("setpriv");
        let command = command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
        let output = command.arg(crate::harness::program()).args(args).output();
        output.ok().map(crate::harness::Run::of)
    };
    // Only root may become another user, and not everywhere may another user start the program.
    let Some(run) = as_nobody(&["status", "--store", "s.db"]) else {
        return;
    };
    if run.code != Some(0) && run.err.contains("setpriv") {
        return;
    }
    assert!(run.out.contains("NO-GO"), "{run:?}");
    let run = as_nobody(&["forget", "a", "--store", "s.db"]).unwrap();
    run.error("s.db");
    assert!(run.err.contains("check its owner"), "{run:?}");
}

#[test]
fn what_is_forgotten_is_gone() {
    let world = world();
    world
        .bulk(&["forget", "nothing", "--store", "s.db"])
        .error("there is no repository `nothing`");
    assert_eq!(
        world.bulk(&["forget", "a", "--store", "s.db"]).code,
        Some(0)
    );
    assert_eq!(world.findings(&[]).len(), 0);
    let db = rusqlite::Connection::open(world.path("s.db")).unwrap();
    let left: i64 = db
        .query_row("SELECT count(*) FROM secrets", (), |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn what_was_moved_goes_on_where_it_is() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("readme", "nothing\n")]);
    world.git("src", &["clone", "-q", "--bare", "a", "bare.git"]);
    world.scan(&[]);
    let first = |label: &str| {
        let findings = world.findings(&[]);
        let mut of = findings.iter().filter(|it| it["label"] == label);
        let found = of
            .find(|it| it["rule"] == "env/hardcoded-secret")
            .unwrap()
            .clone();
        (found["first_run"].clone(), found["state"].clone())
    };
    let labels = || {
        let lines = world.lines(&[]).into_iter();
        let rows = lines.filter(|it| it["type"] == "repository");
        rows.map(|it| it["label"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let rename = |old: &str, new: &str| world.bulk(&["rename", old, new, "--store", "s.db"]);
    rename("a", "src/a").error("is still there");
    // By name; what a run has meanwhile called new is old, and decisions about it stay.
    std::fs::rename(world.path("src/a"), world.path("src/moved")).unwrap();
    world.scan(&[]);
    assert_eq!(labels(), ["a", "b", "bare.git", "moved"]);
    let found = world.findings(&[]);
    let new = found
        .iter()
        .find(|it| it["label"] == "moved" && it["category"] == "secret")
        .unwrap();
    let fingerprint = new["fingerprint"].as_str().unwrap();
    let args = [
        "accept",
        fingerprint,
        "--store",
        "s.db",
        "--reason",
        "x",
        "--repository",
        "moved",
    ];
    assert_eq!(world.bulk(&args).code, Some(0));
    assert_eq!(rename("a", "src/moved").code, Some(0));
    let run = world.scan(&[]);
    assert!(
        run.out.contains("0 scanned, 3 as they were, 0 not covered"),
        "{run:?}"
    );
    assert_eq!(labels(), ["b", "bare.git", "moved"]);
    assert_eq!(first("moved"), (1.into(), "accepted".into()));
    // A folder of all of them.
    std::fs::rename(world.path("src"), world.path("elsewhere")).unwrap();
    rename("src", "nowhere").error("nowhere");
    rename("other", "elsewhere").error("no repository in it that the store knows");
    let run = rename("src", "elsewhere");
    assert!(
        run.code == Some(0) && run.out.contains("3 repositories renamed"),
        "{run:?}"
    );
    let run = world.bulk(&["scan", "elsewhere", "--store", "s.db"]);
    assert!(
        run.out.contains("0 scanned, 3 as they were, 0 not covered"),
        "{run:?}"
    );
    assert_eq!(first("bare.git"), (1.into(), "open".into()));
}

#[test]
fn the_past_stays_as_it_was() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[(".env", &env(2))]);
    world.scan(&[]);
    let trend = || {
        let page = world
            .bulk(&["report", "--store", "s.db", "--format", "html"])
            .out;
        let data = page.split("id=\"data\">").nth(1).unwrap();
        let data = data
            .split("</script>")
            .next()
            .unwrap()
            .replace("\\u003c", "<");
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        data["trend"].as_array().unwrap().clone()
    };
    let first = trend()[0].clone();
    assert!(first[2].as_u64() > Some(1) && first[6] == 2, "{first}");
    std::fs::rename(world.path("src/b"), world.path("b")).unwrap();
    world.scan(&["--quiet"]);
    assert_eq!(
        world.bulk(&["forget", "b", "--store", "s.db"]).code,
        Some(0)
    );
    let after = trend();
    assert_eq!(after[0], first);
    assert!(
        after[1][2].as_u64() < first[2].as_u64() && after[1][6] == 1,
        "{after:?}"
    );
}
