//! Places that can contain bytes but are not scanned: each is a gap that names it and says what to do.

use std::fs;
use std::io::Write as _;

use super::scan_files;
use crate::harness::{Repo, World, overwrite, secret_line, token};

#[track_caller]
fn check(repo: &Repo<'_>, kind: &str, place: &str, verdict: &str) {
    let report = repo.scan();
    let gap = report.gap(kind);
    assert_eq!(
        (gap.place.as_str(), report.verdict.as_str()),
        (place, verdict),
        "{report:#?}"
    );
    assert!(gap.reason.len() > 20, "{}", gap.reason);
}

#[test]
fn objects_that_are_named_and_not_there() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    let blob = repo.id("HEAD:a.conf");
    repo.commit_file("a.conf", "a = 2\n");
    let bare = world.clone_of(&repo, "bare.git", &["--bare", "--no-hardlinks"]);
    for repo in [&repo, &bare] {
        repo.unpack_all();
        fs::remove_file(repo.loose_object(&blob)).unwrap();
        check(repo, "missing", &format!("object {blob}"), "UNDECIDED");
    }
}

#[test]
fn refs_that_lead_nowhere() {
    let world = World::new();
    let repo = world.init("repo");
    let commit = repo.commit_file("a.conf", "a = 1\n");
    let absent = "1".repeat(commit.len());
    let folder = repo.git_folder().join("refs/tags");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("v1"), format!("{absent}\n")).unwrap();
    check(&repo, "missing", "refs/tags/v1", "UNDECIDED");
    fs::remove_file(folder.join("v1")).unwrap();
    assert_eq!(repo.scan().verdict, "GO");
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/nowhere"]);
    check(&repo, "missing", "HEAD", "UNDECIDED");
}

#[test]
fn refs_that_cannot_be_read_keep_everything_from_being_local() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", secret_line("a"));
    repo.commit_removal("a.conf");
    fs::create_dir_all(repo.git_folder().join("reftable")).unwrap();
    let report = repo.scan();
    assert!(report.gap("unreadable-refs").undecided);
    assert!(!report.only(&token("a")).local);
    assert_eq!(report.verdict, "NO-GO");
}

#[test]
fn submodules_and_what_is_left_of_them() {
    let world = World::new();
    let inner = world.init("inner");
    inner.commit_file("a.conf", "a = 1\n");
    let repo = world.init("repo");
    repo.commit_file("b.conf", "b = 1\n");
    let url = inner.path().display().to_string();
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        &url,
        "lib/inner",
    ]);
    let staged = repo.scan_with(&["--staged"]);
    assert_eq!(staged.gap("submodule").place, "lib/inner");
    repo.commit("Add a submodule");
    check(&repo, "submodule", "lib/inner", "GO");
    repo.git(&["rm", "-q", "-f", "lib/inner"]);
    repo.commit("Remove it");
    check(&repo, "submodule", ".git/modules/lib/inner", "GO");
}

#[test]
fn repositories_within_what_is_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    let inner = world.init("repo/inner");
    inner.commit_file("a.conf", "a = 1\n");
    check(&repo, "nested-repository", "inner", "GO");
    fs::remove_dir_all(inner.path()).unwrap();
    world.clone_of(&repo, "repo/kept", &["--bare"]);
    check(&repo, "nested-repository", "kept", "GO");
    fs::remove_dir_all(repo.join("kept")).unwrap();
    // A linked working tree shares the history of the repository around it.
    repo.git(&["worktree", "add", "-q", "linked"]);
    assert_eq!(repo.scan().gap_kinds(), [""; 0]);
}

#[test]
fn a_folder_of_repositories() {
    let world = World::new();
    for name in ["all/a", "all/b", "all/c"] {
        world.init(name).commit_file("a.conf", "a = 1\n");
    }
    let report = world.gonogo(&world.path("all")).arg("scan").report();
    let gap = report.gap("repositories");
    assert!(
        gap.reason.starts_with("it contains 3 repositories"),
        "{}",
        gap.reason
    );
    assert_eq!(report.coverage.gaps.len(), 1);
}

#[test]
fn pointers_bundles_and_stores() {
    let lfs = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n",
        "0".repeat(64)
    );
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("big.bin", &lfs);
    let report = repo.scan();
    let places: Vec<_> = report
        .coverage
        .gaps
        .iter()
        .map(|gap| (gap.kind.as_str(), gap.place.as_str()))
        .collect();
    assert_eq!(
        places,
        [("lfs-pointer", ".git/objects"), ("lfs-pointer", "big.bin")]
    );
    repo.git(&["bundle", "create", "-q", "a.bundle", "HEAD"]);
    repo.remove("big.bin");
    let report = scan_files(&[("a.bundle", &fs::read(repo.join("a.bundle")).unwrap())]);
    assert_eq!(report.gap("bundle").place, "a.bundle");
    let report = scan_files(&[("a.pointer", b"/annex/objects/SHA256E-s1--00\n")]);
    assert_eq!(report.gap("annex-pointer").place, "a.pointer");
    let report = scan_files(&[
        (".jj/repo/store/git/objects/info/a", b"a"),
        (".jj/repo/store/git/HEAD", b"a"),
    ]);
    assert_eq!(report.gap("jujutsu").place, ".jj/repo/store/git");
}

#[test]
fn archives_that_are_not_unpacked() {
    let sevenz = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0\0\0\0\0";
    let report = scan_files(&[("a.bin", sevenz)]);
    assert_eq!(
        report.gap("archive").reason,
        "7z is not unpacked: unpack it and scan the result"
    );
    assert_eq!(report.verdict, "GO");
}

#[test]
fn repositories_in_archives_and_binary_patches() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("a/.git/objects/00/11", options).unwrap();
    zip.write_all(b"x\x9c\x01").unwrap();
    let report = scan_files(&[("a.zip", &zip.finish().unwrap().into_inner())]);
    assert!(report.gap("archive").reason.contains("a Git repository"));
    let patch = b"diff --git a/a b/a\nindex 0..1 100644\nGIT binary patch\nliteral 1\n";
    let report = scan_files(&[("a.patch", patch)]);
    assert!(report.gap("archive").reason.contains("binary files"));
}

/// A ZIP archive with one file in it.
fn zip(text: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.conf", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn archives_behind_other_bytes_are_unpacked() {
    let (a, b) = (zip(&secret_line("a")), zip(&secret_line("b")));
    let program = [&b"\x7fELF\x02\x01\x01\0\0\0\x03\x04"[..], &a].concat();
    scan_files(&[("setup", &program)]).only(&token("a"));
    let report = scan_files(&[("two.zip", &[a, b].concat())]);
    report.only(&token("a"));
    report.only(&token("b"));
}

#[test]
fn every_frame_of_a_zstandard_file_is_read() {
    let frame = |label: &str| {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        ruzstd::encoding::compress_to_vec(secret_line(label).as_bytes(), level)
    };
    let report = scan_files(&[("log.zst", &[frame("a"), frame("b")].concat())]);
    report.only(&token("a"));
    report.only(&token("b"));
}

#[test]
fn configuration_in_archives_is_one_gap() {
    let compose = "services:\n  a:\n    image: a\n    privileged: true\n";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a/compose.yml", "b/compose.yml", "c.txt"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(compose.as_bytes()).unwrap();
    }
    let report = scan_files(&[("a.zip", &zip.finish().unwrap().into_inner())]);
    let gap = report.gap("packed-configuration");
    assert_eq!((gap.place.as_str(), gap.undecided), ("a.zip", false));
    assert!(
        gap.reason.starts_with("2 configuration files"),
        "{}",
        gap.reason
    );
    assert_eq!(report.verdict, "GO");
}

#[test]
fn damaged_objects_stay_undecided() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    let blob = repo.loose_object(&repo.id("HEAD:a.conf"));
    overwrite(&blob, b"no object");
    assert_eq!(repo.scan().verdict, "UNDECIDED");
}

/// What a clone keeps beside its objects is on no server, and in no other clone.
#[test]
fn settings_hooks_and_logs_of_this_copy_are_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    let line = |label: &str| format!("# {}", secret_line(label));
    for (place, label) in [
        ("hooks/post-commit", "hook"),
        ("hooks/pre-push.sample", "sample"),
        ("info/attributes", "attributes"),
        ("logs/refs/heads/old/one", "log"),
        ("modules/lib/config", "module"),
        ("COMMIT_EDITMSG", "draft"),
        ("config.worktree", "worktree"),
        ("objects/info/notes", "object"),
    ] {
        let path = repo.git_folder().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, line(label)).unwrap();
    }
    let url = format!("https://bot:{}@git.example.com/a.git", token("config"));
    repo.git(&["config", "remote.origin.url", &url]);
    // What a commit contains is found there, and not again in the branch's log.
    repo.git(&["commit", "-q", "--allow-empty", "-m", &token("message")]);
    let report = repo.scan();
    let local = report.findings.iter().filter(|finding| finding.local);
    let places: Vec<_> = local.map(|finding| finding.path().to_owned()).collect();
    let mut expected = [
        "COMMIT_EDITMSG",
        "config",
        "config.worktree",
        "hooks/post-commit",
        "info/attributes",
        "logs/refs/heads/old/one",
        "modules/lib/config",
    ]
    .map(|name| format!(".git/{name}"));
    expected.sort();
    let mut found = places.clone();
    found.sort();
    // By now, the draft is that of the last commit.
    assert_eq!(found, expected[1..], "{report:#?}");
    assert_eq!(report.only(&token("message")).life().presence, "history");
    assert_eq!(report.verdict, "NO-GO", "for the message");
    let report = repo.scan_with(&["--no-worktree"]);
    assert!(report.all(&token("hook")).is_empty(), "{report:#?}");
}

#[test]
fn names_of_branches_and_tags_are_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    repo.git(&["branch", &format!("fix/{}", token("branch"))]);
    repo.git(&["tag", &token("tag")]);
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    for (repo, place) in [(&repo, ".git/refs"), (&bare, "refs")] {
        let report = repo.scan();
        for label in ["branch", "tag"] {
            assert_eq!(report.only(&token(label)).path(), place);
        }
        assert_eq!(report.verdict, "NO-GO");
    }
}

#[test]
fn names_and_addresses_of_people_are_scanned_where_they_are_no_names() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    let author = format!("{} <a@example.org>", token("author"));
    repo.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "add",
        "--author",
        &author,
    ]);
    let commit = repo.id("HEAD");
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    for report in [
        repo.scan(),
        bare.scan(),
        repo.scan_with(&["--range", "HEAD~1..HEAD"]),
    ] {
        let found = report.only(&token("author"));
        assert_eq!(found.origin.object.as_deref(), Some(commit.as_str()));
        assert_eq!(report.verdict, "NO-GO");
    }
}
