//! Input that is wrong, damaged or odd: a clear line, and nothing green.

use std::fs;

use crate::harness::{World, env, password};

#[test]
fn what_cannot_be_read_is_not_covered() {
    let world = World::new();
    world.repo("src/good", &[("readme", "nothing\n")]);
    fs::create_dir_all(world.path("src/empty")).unwrap();
    world.git("src/empty", &["init", "-q"]);
    world.git("src", &["clone", "-q", "--bare", "good", "broken"]);
    fs::write(world.path("src/broken/config"), "[core\n").unwrap();
    let run = world.scan(&[]);
    assert!(run.out.contains("not covered: broken: "), "{run:?}");
    for name in ["empty", "broken"] {
        assert_eq!(world.repository(name)["verdict"], "UNDECIDED", "{name}");
    }
    assert_eq!(world.repository("broken")["tries"], 3);
    let gate = world.bulk(&["status", "--store", "s.db", "--gate"]);
    assert_eq!(gate.code, Some(2), "{gate:?}");
    assert!(
        gate.out
            .contains("gate: UNDECIDED: 2 repositories not all covered: 1 empty, 1 not covered"),
        "{gate:?}"
    );
    // It is tried again in the next run.
    fs::remove_dir_all(world.path("src/broken")).unwrap();
    world.git("src", &["clone", "-q", "--bare", "good", "broken"]);
    world.scan(&[]);
    assert_eq!(world.repository("broken")["verdict"], "GO");
}

#[test]
fn a_damaged_object_hides_nothing_that_was_known() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.scan(&[]);
    world.commit("src/a", &[("readme", "more\n")], "More");
    let blob = world.git("src/a", &["rev-parse", "HEAD:.env"]);
    let path = world
        .path("src/a/.git/objects")
        .join(&blob[..2])
        .join(&blob[2..]);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "damaged").unwrap();
    world.scan(&[]);
    let findings = world.findings(&[]);
    let secret = findings
        .iter()
        .find(|it| it["rule"] == "env/hardcoded-secret")
        .unwrap();
    assert_ne!(secret["state"], "fixed", "{secret}");
    assert_eq!(world.repository("a")["verdict"], "NO-GO");
}

#[test]
fn a_repository_that_vanishes_stays_with_what_was_found() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("readme", "nothing\n")]);
    world.scan(&[]);
    let before = world.findings(&["--stable"]);
    fs::remove_dir_all(world.path("src/a")).unwrap();
    let run = world.scan(&[]);
    assert!(
        run.out.contains("not covered: a: it is not there any more"),
        "{run:?}"
    );
    // What is in the way of a gate is not only what is new.
    let gate = world.bulk(&["status", "--store", "s.db", "--gate", "new"]);
    assert_eq!(gate.code, Some(2), "{gate:?}");
    assert_eq!(world.findings(&["--stable"]), before);
    assert_eq!(world.repository("a")["covered"], false);
}

#[cfg(unix)]
#[test]
fn odd_names_are_names() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let names: [&[u8]; 6] = [
        b"two\nlines",
        b"-rf",
        b"sp ace",
        b"not\xffutf8",
        b"<b>|[x](y)",
        b"\x1b[31mred",
    ];
    world.repo("one", &[(".env", &env(1))]);
    fs::create_dir(world.path("src")).unwrap();
    for name in names {
        let path = world.path("src").join(std::ffi::OsStr::from_bytes(name));
        let copied = world
            .command("cp")
            .arg("-r")
            .arg(world.path("one"))
            .arg(path)
            .status();
        assert!(copied.unwrap().success());
    }
    let run = world.scan(&[]);
    assert!(
        run.out.contains("6 scanned, 0 as they were, 0 not covered"),
        "{run:?}"
    );
    for format in ["html", "markdown", "csv", "jsonl"] {
        let report = world.bulk(&["report", "--store", "s.db", "--format", format]);
        assert_eq!(report.code, Some(0));
        assert!(!report.out.contains('\u{1b}'), "{format}");
        let is_markup = matches!(format, "html" | "markdown");
        assert!(!is_markup || !report.out.contains("<b>|"), "{format}");
    }
    let run = world.bulk(&[
        "report", "--store", "s.db", "--format", "sarif", "--output", "out",
    ]);
    assert_eq!(run.code, Some(0));
    assert_eq!(fs::read_dir(world.path("out")).unwrap().count(), 6);
}

#[test]
fn two_of_one_name_are_told_apart() {
    let world = World::new();
    world.repo("src/one/app", &[(".env", &env(1))]);
    world.repo("more/two/app", &[("readme", "nothing\n")]);
    let run = world.bulk(&["scan", "src/one", "more/two", "--store", "s.db"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(world.repository("one/app")["verdict"], "NO-GO");
    assert_eq!(world.repository("two/app")["verdict"], "GO");
}

#[test]
fn lists_name_folders_and_addresses() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    fs::write(world.path("list"), "# ours\nnowhere\n").unwrap();
    world
        .bulk(&["scan", "list", "--store", "s.db"])
        .error("list:2: ");
    fs::write(
        world.path("list"),
        "src/a\nhttps://user:word@git.example/a\n",
    )
    .unwrap();
    let run = world.bulk(&["scan", "list", "--store", "s.db"]);
    run.error("list:2: ");
    assert!(!run.err.contains("word@"), "{run:?}");
    fs::write(world.path("list"), "src/a\n").unwrap();
    let run = world.bulk(&["scan", "list", "--store", "s.db"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    world
        .bulk(&["scan", "nowhere", "--store", "s.db"])
        .error("nowhere");
    fs::create_dir(world.path("none")).unwrap();
    let run = world.bulk(&["scan", "none", "--store", "t.db"]);
    run.error("there is no repository in what was named");
    assert!(!world.path("t.db").exists());
}

#[test]
fn a_repository_that_takes_too_long_is_not_covered() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    let lines: Vec<String> = (0..600_000)
        .map(|n| format!("password = value{n}"))
        .collect();
    let text = lines.join("\n");
    world.commit("src/a", &[("large.txt", &text)], "Large");
    let run = world.bulk(&["scan", "src", "--store", "s.db", "--timeout", "1s"]);
    if run.out.contains("1 scanned") {
        // A fast machine.
        return;
    }
    assert!(
        run.out
            .contains("not covered: a: it was not done after 1 s"),
        "{run:?}"
    );
    assert_eq!(world.repository("a")["verdict"], "UNDECIDED");
}

/// The only pack of a repository, and its content.
fn pack(world: &World, git: &str) -> (String, Vec<u8>) {
    world.git(git, &["repack", "-q", "-a", "-d"]);
    let folder = format!("{git}/objects/pack");
    let names = fs::read_dir(world.path(&folder)).unwrap();
    let names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
    let pack = names.into_iter().find(|name| name.ends_with(".pack"));
    let path = format!("{folder}/{}", pack.unwrap());
    let bytes = fs::read(world.path(&path)).unwrap();
    (path, bytes)
}

#[test]
fn a_pack_that_cannot_be_read_is_not_empty() {
    let world = World::new();
    world.repo("one", &[(".env", &env(1))]);
    fs::create_dir(world.path("src")).unwrap();
    world.git("src", &["clone", "-q", "--bare", "../one", "a.git"]);
    let (path, _) = pack(&world, "src/a.git");
    fs::remove_file(world.path(&path)).unwrap();
    fs::write(world.path(&path), "damaged").unwrap();
    let run = world.bulk(&["scan", "src", "--store", "s.db"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let row = world.repository("a.git");
    assert_eq!(row["verdict"], "UNDECIDED");
    assert!(
        !row["why"].as_str().unwrap().contains("it is empty"),
        "{row}"
    );
    let status = world.bulk(&["status", "--store", "s.db"]);
    assert!(status.out.contains("in part: 1"), "{status:?}");
}

#[test]
fn a_pack_that_is_cut_off_brings_nothing_new() {
    let world = World::new();
    world.repo("one", &[("readme", "nothing\n")]);
    let noise: Vec<String> = (0..400).map(password).collect();
    let address = format!("postgres://admin:{}@db.example.com/x", password(1));
    // The milder place of the secret comes first in the pack, and the severe one last.
    let files = [
        (
            "a/tests/app.ini",
            &*format!("# for tests\nurl = {address}\n"),
        ),
        ("b/notes", &*noise.join("\n")),
        ("z/app.ini", &*format!("url = {address}\n")),
    ];
    world.commit("one", &files, "Add");
    fs::create_dir(world.path("src")).unwrap();
    world.git("src", &["clone", "-q", "--bare", "../one", "a.git"]);
    world.scan(&[]);
    let count = |world: &World| {
        let found = world.findings(&[]);
        let decides = found.iter().filter(|it| it["decides"] == true).count();
        (found.len(), decides)
    };
    let before = count(&world);
    assert!(before.1 > 0);
    let (path, bytes) = pack(&world, "src/a.git");
    // However much of it is left.
    for part in [9, 7, 5, 3] {
        fs::remove_file(world.path(&path)).unwrap();
        fs::write(world.path(&path), &bytes[..bytes.len() * part / 10]).unwrap();
        world.scan(&[]);
        assert_eq!(count(&world), before, "{part} of 10");
        let gate = world.bulk(&["status", "--store", "s.db", "--gate", "new"]);
        assert_eq!(gate.code, Some(2), "{gate:?}");
    }
    // Once it is whole again, all is as it was.
    fs::remove_file(world.path(&path)).unwrap();
    fs::write(world.path(&path), &bytes).unwrap();
    world.scan(&[]);
    assert_eq!(count(&world), before);
    assert!(world.findings(&[]).iter().all(|it| it["state"] != "unseen"));
}
