//! Which files of a working tree are scanned, and how they are decoded.

use std::fs;

use crate::harness::{Report, World, secret_line, token};

/// Scans a folder with these files, each with a secret named after it.
fn scan_files(world: &World, names: &[&str], options: &[&str]) -> Report {
    let folder = world.folder("tree");
    for name in names {
        world.write(&format!("tree/{name}"), secret_line(name));
    }
    world.gonogo(&folder).arg("scan").args(options).report()
}

#[test]
fn hidden_files_and_folders_are_scanned_however_deep() {
    let world = World::new();
    let names = [".a/.b/c/d/e/f.conf", ".env", "a/.config/app.conf"];
    let report = scan_files(&world, &names, &[]);
    assert_eq!(
        report.places(),
        [".a/.b/c/d/e/f.conf:1", ".env:1", "a/.config/app.conf:1"]
    );
    assert_eq!((report.code, report.coverage.files), (1, 3));
}

#[test]
fn the_git_folder_is_never_taken_for_files() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".git/info/draft.conf", secret_line("a"));
    repo.write("app.conf", secret_line("b"));
    for options in [&[][..], &["--no-ignore"]] {
        let report = repo.scan_with(options);
        let own = report.findings.iter().filter(|finding| !finding.local);
        let own: Vec<_> = own.map(|finding| finding.path().to_owned()).collect();
        assert_eq!(
            (own, report.coverage.files),
            (vec!["app.conf".to_owned()], 1)
        );
    }
}

#[test]
fn what_git_ignores_is_left_out_unless_asked_for() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".gitignore", "*.log\n/build/\n");
    repo.write("sub/.gitignore", "*.tmp\n!keep.tmp\n");
    repo.write(".git/info/exclude", "private.conf\n");
    for name in [
        "app.conf",
        "build/out.conf",
        "private.conf",
        "sub/a.log",
        "sub/a.tmp",
        "sub/keep.tmp",
    ] {
        repo.write(name, secret_line(name));
    }
    assert_eq!(repo.scan().places(), ["app.conf:1", "sub/keep.tmp:1"]);
    assert_eq!(repo.scan_with(&["--no-ignore"]).places().len(), 6);
}

#[test]
fn ignore_files_mean_nothing_where_there_is_no_repository() {
    let world = World::new();
    world.write("tree/.gitignore", "*.conf\n");
    let report = scan_files(&world, &["app.conf"], &[]);
    assert_eq!(report.places(), ["app.conf:1"]);
}

#[test]
fn ignore_files_of_other_tools_hide_nothing() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".ignore", "*\n");
    repo.write(".rgignore", "*\n");
    repo.write("app.conf", secret_line("a"));
    assert_eq!(repo.scan().places(), ["app.conf:1"]);
}

#[test]
fn what_git_tracks_is_scanned_even_if_it_is_ignored() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("sub/.env", "port = 1\n");
    repo.write(".gitignore", ".env\n");
    repo.commit("Ignore it, too late");
    repo.write("sub/.env", secret_line("a"));
    repo.write("sub/other.conf", "port = 1\n");
    assert_eq!(repo.scan().places(), ["sub/.env:1"]);
}

#[test]
fn a_folder_is_a_path() {
    let world = World::new();
    scan_files(&world, &["in/app.conf", "out.conf"], &[]).places();
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "tree/in"])
        .report();
    assert_eq!(report.places(), ["app.conf:1"]);
}

#[test]
fn a_file_is_a_path() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    world.write("tree/other.conf", secret_line("b"));
    for path in ["tree/app.conf", "./tree/app.conf"] {
        let report = world.gonogo(&world.path(".")).args(["scan", path]).report();
        assert_eq!(report.places(), ["tree/app.conf:1"]);
    }
}

#[test]
fn an_ignored_file_that_is_named_is_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".gitignore", ".env\n");
    repo.write(".env", secret_line("a"));
    let report = repo.gonogo().args(["scan", ".env"]).report();
    assert_eq!(report.places(), [".env:1"]);
}

#[test]
fn several_paths_are_told_apart() {
    let world = World::new();
    let repo = world.init("one");
    repo.commit_file("app.conf", secret_line("one"));
    repo.commit_removal("app.conf");
    world.write("two/app.conf", secret_line("two"));
    world.write("three.conf", secret_line("three"));
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "one", "two/", "three.conf"])
        .report();
    assert_eq!(report.only(&token("one")).place(), "one/app.conf:1");
    assert_eq!(report.only(&token("two")).place(), "two/app.conf:1");
    assert_eq!(report.only(&token("three")).place(), "three.conf:1");
}

#[test]
fn a_path_that_is_not_there_is_refused_in_one_line() {
    let world = World::new();
    world.write("app.conf", secret_line("a"));
    let run = world
        .gonogo(&world.path("."))
        .args(["scan", "app.conf", "absent"])
        .run();
    run.refused("absent: no such file or directory");
    for options in ["--no-worktree", "--no-history", "--staged"] {
        let scan = world.gonogo(&world.path("."));
        let run = scan.args(["scan", options, "absent"]).run();
        run.refused("absent: no such file or directory");
    }
}

#[test]
fn nothing_scanned_is_undecided() {
    let world = World::new();
    let empty = world.folder("empty");
    let report = world.gonogo(&empty).arg("scan").report();
    assert_eq!((report.code, report.verdict.as_str()), (2, "UNDECIDED"));
    let ignored = world.init("repo");
    ignored.write(".git/info/exclude", "*\n");
    ignored.write("app.conf", "port = 1\n");
    assert_eq!(ignored.scan().code, 2);
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

/// Scans one file with these bytes; the secret is on line 2, after an umlaut.
#[track_caller]
fn check_encoding(name: &str, bytes: impl AsRef<[u8]>) {
    let world = World::new();
    world.write("tree/app.conf", bytes);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    let found = report.only(&token("a"));
    let start = &found.location.start;
    assert_eq!((start.line, start.column), (2, 11), "{name}");
    assert_eq!((report.coverage.files, report.coverage.binary), (1, 0));
}

#[test]
fn text_is_read_in_every_usual_encoding() {
    let text = format!("# first\r\nä token = {}\r\n", token("a"));
    let (little, big) = (
        utf16(&text, u16::to_le_bytes),
        utf16(&text, u16::to_be_bytes),
    );
    check_encoding("UTF-8", &text);
    check_encoding(
        "UTF-8 with mark",
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
    );
    check_encoding(
        "UTF-16 LE with mark",
        [b"\xff\xfe", little.as_slice()].concat(),
    );
    check_encoding(
        "UTF-16 BE with mark",
        [b"\xfe\xff", big.as_slice()].concat(),
    );
    check_encoding("UTF-16 LE", little);
    check_encoding("UTF-16 BE", big);
    let latin1: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    check_encoding("Latin-1", latin1);
}

#[test]
fn text_in_the_history_is_read_in_every_usual_encoding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("le.conf", utf16(&secret_line("le"), u16::to_le_bytes));
    repo.write("be.conf", utf16(&secret_line("be"), u16::to_be_bytes));
    repo.write(
        "l1.conf",
        [b"# \xe4\n", secret_line("l1").as_bytes()].concat(),
    );
    repo.commit("Add them");
    let report = repo.scan_history();
    for label in ["le", "be", "l1"] {
        report.only(&token(label));
    }
}

#[test]
fn invalid_utf8_around_a_secret_does_not_hide_it() {
    let world = World::new();
    let line = [b"\xff\xfe\xfd\x80 \xc3\x28 token = ", token("a").as_bytes()].concat();
    // A byte order mark at the very beginning would make it UTF-16.
    world.write("tree/app.conf", [b"#\n", line.as_slice()].concat());
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    assert_eq!(report.only(&token("a")).place(), "app.conf:2");
}

#[test]
fn binary_files_are_counted_not_skipped_silently() {
    let world = World::new();
    world.write("tree/app.bin", b"\x7fELF\0\0\0password = 'k8Wq2LzPm4tX'\0");
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    assert!(report.findings.is_empty());
    assert_eq!((report.coverage.files, report.coverage.binary), (0, 1));
    assert_eq!(report.code, 0, "it was looked at, and is no text");
}

#[test]
fn one_file_that_holds_a_secret_twice_is_shown_at_both_places() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a") + &secret_line("a"));
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    assert_eq!(report.places(), ["app.conf:1", "app.conf:2"]);
}

#[test]
fn names_that_are_no_unicode_are_shown_escaped() {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let world = World::new();
        let folder = world.folder("tree");
        let name = std::ffi::OsStr::from_bytes(b"\xff.conf");
        fs::write(folder.join(name), secret_line("a")).unwrap();
        let report = world.gonogo(&folder).arg("scan").report();
        assert_eq!(report.places(), ["\\xFF.conf:1"]);
    }
}
