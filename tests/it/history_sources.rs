//! The report is the same however git stores its objects.

use std::fs;

use crate::harness::{Repo, World, many_lines, secret_line, token};

/// Builds a history with secrets in old and new versions, in messages, on a branch, and in unreachable objects.
fn build<'w>(world: &'w World, options: &[&str]) -> Repo<'w> {
    let repo = world.init_with("repo", options);
    let lines = many_lines(200);
    for n in 0..5 {
        let secret = secret_line(&format!("version {n}"));
        repo.commit_file("app.conf", format!("# {n}\n{lines}{secret}"));
    }
    repo.commit_removal("app.conf");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("deep/er/side.conf", secret_line("side"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit(&token("message"));
    repo.git(&["tag", "-a", "v1", "-m", &token("tag")]);
    repo.store_blob(secret_line("nowhere"));
    repo
}

const LABELS: [&str; 9] = [
    "version 0",
    "version 1",
    "version 2",
    "version 3",
    "version 4",
    "side",
    "message",
    "tag",
    "nowhere",
];

/// Returns the report as JSON, byte for byte.
fn json(repo: &Repo<'_>) -> String {
    let run = repo
        .gonogo()
        .args(["scan", "--no-worktree", "--format", "json"])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    run.stdout
}

#[track_caller]
fn check_all_found(repo: &Repo<'_>) {
    let report = repo.scan_history();
    for label in LABELS {
        report.only(&token(label));
    }
    assert_eq!(report.findings.len(), LABELS.len());
    assert!(report.coverage.gaps.is_empty(), "{:?}", report.coverage);
}

#[test]
fn loose_packed_and_several_packs_give_the_same_bytes() {
    let world = World::new();
    let repo = build(&world, &[]);
    assert!(repo.packs("pack").is_empty());
    check_all_found(&repo);
    let loose = json(&repo);

    repo.pack_all();
    assert_eq!(repo.packs("pack").len(), 1);
    assert_eq!(json(&repo), loose);

    repo.unpack_all();
    assert!(repo.packs("pack").is_empty());
    assert_eq!(json(&repo), loose);

    let some = repo.git(&["rev-list", "--objects", "--no-object-names", "HEAD~3"]);
    repo.git_with_input(&["pack-objects", "-q", ".git/objects/pack/pack"], some);
    repo.pack_loose();
    assert!(repo.packs("pack").len() > 1);
    assert_eq!(json(&repo), loose, "stored twice, reported once");
}

#[test]
fn packs_by_chance_of_every_depth_give_the_same_bytes() {
    let world = World::new();
    let repo = build(&world, &[]);
    let loose = json(&repo);
    for depth in ["--depth=0", "--depth=1", "--depth=50"] {
        repo.git(&[
            "repack",
            "-q",
            "-a",
            "-d",
            "-f",
            depth,
            "--keep-unreachable",
        ]);
        assert_eq!(json(&repo), loose, "{depth}");
    }
}

/// Makes two packs with a multi-pack index over both.
fn with_multi_pack_index(repo: &Repo<'_>) {
    let some = repo.git(&["rev-list", "--objects", "--no-object-names", "HEAD~3"]);
    repo.git_with_input(&["pack-objects", "-q", ".git/objects/pack/pack"], some);
    repo.git(&["prune-packed"]);
    repo.pack_loose();
    // Unreachable objects are packed, too, so that no loose objects can help out.
    let nowhere = repo.store_blob(secret_line("nowhere"));
    repo.git_with_input(&["pack-objects", "-q", ".git/objects/pack/pack"], nowhere);
    repo.git(&["prune-packed"]);
    repo.git(&["multi-pack-index", "write"]);
    assert!(repo.packs("pack").len() >= 3);
}

#[test]
fn a_multi_pack_index_gives_the_same_bytes_even_alone() {
    let world = World::new();
    let repo = build(&world, &[]);
    let loose = json(&repo);
    with_multi_pack_index(&repo);
    assert_eq!(json(&repo), loose);
    for index in repo.packs("idx") {
        fs::remove_file(index).unwrap();
    }
    assert_eq!(json(&repo), loose);
}

#[test]
fn a_pack_without_any_index_is_a_gap_that_says_what_to_do() {
    let world = World::new();
    let repo = build(&world, &[]);
    repo.pack_all();
    for index in repo.packs("idx") {
        fs::remove_file(index).unwrap();
    }
    repo.write("left.conf", secret_line("left"));
    let report = repo.scan();
    report.only(&token("left"));
    let gap = report.gap("corrupt");
    assert!(gap.reason.contains("git index-pack"), "{gap:?}");
}

#[test]
fn git_gc_changes_nothing() {
    let world = World::new();
    let repo = build(&world, &[]);
    let loose = json(&repo);
    repo.git(&["gc", "-q", "--prune=never"]);
    assert_eq!(json(&repo), loose);
}

#[test]
fn packed_refs_are_refs() {
    let world = World::new();
    let repo = build(&world, &[]);
    let before = json(&repo);
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(json(&repo), before);
}

#[test]
fn a_sha256_repository_is_scanned() {
    let world = World::new();
    let repo = build(&world, &["--object-format=sha256"]);
    check_all_found(&repo);
    let loose = json(&repo);
    repo.pack_all();
    assert_eq!(json(&repo), loose);
    assert_eq!(repo.id("HEAD").len(), 64);
}

#[test]
fn a_bare_repository_is_scanned_and_has_no_files() {
    let world = World::new();
    let repo = build(&world, &[]);
    let bare = world.clone_of(&repo, "bare.git", &["--mirror"]);
    let report = bare.scan();
    report.only(&token("version 0"));
    assert!(
        report.all(&token("nowhere")).is_empty(),
        "it was not cloned"
    );
    assert_eq!(report.findings.len(), LABELS.len() - 1);
    assert_eq!(report.coverage.files, 0);
}

#[test]
fn a_git_folder_given_as_path_is_its_repository() {
    let world = World::new();
    let repo = build(&world, &[]);
    let report = repo.gonogo().args(["scan", ".git"]).report();
    assert_eq!(report.findings.len(), LABELS.len());
    assert_eq!(report.coverage.files, 0);
}

#[test]
fn a_linked_worktree_has_the_history_and_its_own_files() {
    let world = World::new();
    let repo = build(&world, &[]);
    repo.git(&["worktree", "add", "-q", "../linked", "side"]);
    let linked = Repo::at(&world, world.path("linked"));
    let report = linked.scan();
    assert_eq!(report.findings.len(), LABELS.len());
    let side = report.only(&token("side"));
    assert_eq!(
        (side.place().as_str(), side.presence()),
        ("deep/er/side.conf:1", "head")
    );
    assert_eq!(report.only(&token("version 4")).presence(), "history");
}

#[test]
fn a_submodule_has_a_history_of_its_own() {
    let world = World::new();
    let library = world.init("library");
    library.commit_file("lib.conf", secret_line("library"));
    library.commit_removal("lib.conf");
    library.commit_file("lib.txt", "lib\n");
    let repo = world.init("app");
    repo.commit_file("app.conf", secret_line("app"));
    repo.git(&["submodule", "--quiet", "add", "../library", "lib"]);
    repo.commit("Use the library");

    let inside = Repo::at(&world, repo.join("lib"));
    let report = inside.scan();
    assert_eq!(report.only(&token("library")).path(), "lib.conf");
    assert_eq!(report.findings.len(), 1);
    // The repository around it is scanned without that history, and does not mistake the commit for a missing object.
    let report = repo.scan();
    report.only(&token("app"));
    assert_eq!(report.gap_kinds(), ["submodule"]);
    assert_eq!(report.gap("submodule").place, "lib");
}

#[test]
fn what_a_clone_borrows_from_its_source_is_scanned() {
    let world = World::new();
    let repo = build(&world, &[]);
    repo.pack_all();
    let copy = world.clone_from("repo", "copy", &["-s"]);
    copy.commit_file("own.conf", secret_line("own"));
    let report = copy.scan_history();
    report.only(&token("own"));
    for label in LABELS {
        report.only(&token(label));
    }
    assert!(report.coverage.gaps.is_empty(), "{:?}", report.coverage);
}

#[test]
fn an_empty_repository_holds_nothing_to_decide_on() {
    let world = World::new();
    let repo = world.init("repo");
    let report = repo.scan();
    assert_eq!((report.code, report.verdict.as_str()), (2, "UNDECIDED"));
    assert_eq!(report.coverage.commits + report.coverage.files, 0);
}

#[test]
fn a_repository_without_commits_has_files() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.scan().only(&token("a"));
    repo.git(&["add", "."]);
    repo.remove("app.conf");
    let report = repo.scan();
    assert_eq!(report.only(&token("a")).presence(), "index");
}

#[test]
fn a_clean_repository_is_a_go_and_says_what_was_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("app.conf", "port = 2\n");
    repo.commit_file("logo.bin", b"\0\x01\x02");
    repo.git(&["tag", "-a", "v1", "-m", "One"]);
    let report = repo.scan();
    assert_eq!((report.code, report.verdict.as_str()), (0, "GO"));
    let covered = &report.coverage;
    assert_eq!(
        (
            covered.files,
            covered.blobs,
            covered.commits,
            covered.tags,
            covered.binary
        ),
        (1, 2, 3, 1, 2),
    );
}

#[test]
fn a_folder_inside_a_repository_is_scanned_without_its_history() {
    let world = World::new();
    let repo = build(&world, &[]);
    repo.write("inner/app.conf", secret_line("inner"));
    let report = world.gonogo(&repo.join("inner")).arg("scan").report();
    report.only(&token("inner"));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.coverage.blobs, 0);
}

/// What other programs than git write into the header of a commit, and what somebody calls the author of a tag.
#[test]
fn headers_of_commits_and_tags_are_looked_at() {
    let world = World::new();
    let repo = world.init("repo");
    let head = repo.commit_file("app.conf", "port = 1\n");
    let tree = repo.id("HEAD^{tree}");
    let person = "a <a@example.org> 1700000000 +0000";
    let commit = format!(
        "tree {tree}\nparent {head}\nauthor {person}\ncommitter {person}\nx-note {}\n\nChange it\n",
        token("commit")
    );
    let write = |kind: &str, text: &str| {
        let args = ["hash-object", "-t", kind, "-w", "--stdin"];
        repo.git_with_input(&args, text).trim().to_owned()
    };
    let id = write("commit", &commit);
    repo.git(&["update-ref", "refs/heads/main", &id]);
    let name = token("tag");
    let tag = format!(
        "object {id}\ntype commit\ntag v1\ntagger {name} <a@example.org> 1700000000 +0000\n\nv1\n"
    );
    let tag = write("tag", &tag);
    repo.git(&["update-ref", "refs/tags/v1", &tag]);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("commit")).origin.kind, "commit-message");
    assert_eq!(report.only(&token("tag")).origin.kind, "tag-message");
    let report = repo.scan_with(&["--range", &format!("{head}..v1")]);
    report.only(&token("commit"));
    report.only(&token("tag"));
}

/// A submodule is listed whether there is a working tree or not.
#[test]
fn a_submodule_is_a_gap_without_a_working_tree() {
    let world = World::new();
    let repo = world.init("repo");
    let commit = repo.commit_file("a", "1\n");
    let entry = format!("160000,{commit},lib/inner");
    repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
    repo.git(&["commit", "-q", "-m", "Add a submodule"]);
    let bare = world.clone_of(&repo, "bare", &["--bare"]);
    for report in [repo.scan(), repo.scan_with(&["--no-worktree"]), bare.scan()] {
        assert_eq!(report.gap("submodule").place, "lib/inner");
        assert_eq!(report.gap_kinds(), ["submodule"]);
    }
}
