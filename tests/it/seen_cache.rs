//! `--cache`: a second scan costs only what is new, and reports the same as a scan without the cache.

use std::fs;
use std::path::PathBuf;

use crate::harness::{Random, Repo, Run, World, overwrite, secret_line, token};

fn scan(repo: &Repo<'_>, options: &[&str]) -> Run {
    let scan = repo.gonogo().args(["scan", ".", "--format", "json"]);
    scan.args(options).run()
}

/// Scans with the cache, and compares the result with a scan without it.
#[track_caller]
fn check(repo: &Repo<'_>, how: &str) {
    let cached = scan(repo, &["--cache", "../cache"]);
    let plain = scan(repo, &[]);
    assert_eq!(cached.stderr, "", "{how}");
    assert!(
        cached.stdout == plain.stdout && cached.code == plain.code,
        "{how}\n{}\n{}",
        cached.stdout,
        plain.stdout
    );
}

/// Returns the only file in the cache.
fn cache_file(world: &World) -> PathBuf {
    let mut files = fs::read_dir(world.path("cache")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

/// A few files with a secret each, in an old and a new version, all of it packed.
fn two_commits(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    for n in 0..5 {
        repo.write(&format!("d/app-{n}.conf"), secret_line(&n.to_string()));
    }
    repo.commit("First");
    repo.write("d/app-0.conf", secret_line("new"));
    repo.commit(&format!("Second, {}", token("message")));
    repo.pack_all();
    repo
}

#[test]
fn what_was_seen_is_not_read_again() {
    let world = World::new();
    let repo = two_commits(&world);
    repo.unpack_all();
    check(&repo, "first");
    // Damage that a scan would report if it read the object.
    let old = repo.id("HEAD~1:d/app-0.conf");
    overwrite(&repo.loose_object(&old), b"damaged");
    repo.commit_file("e.conf", secret_line("e"));
    let plain = scan(&repo, &["--no-worktree"]);
    assert!(plain.stdout.contains("\"corrupt\""), "{}", plain.stdout);
    let other = scan(&repo, &["--cache", "../other", "--no-worktree"]);
    assert!(other.stdout.contains("\"corrupt\""), "{}", other.stdout);
    let again = scan(&repo, &["--cache", "../other", "--no-worktree"]);
    assert_eq!(again.stdout, other.stdout, "what is damaged is told again");
}

#[test]
fn the_second_scan_reads_only_what_is_new() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "harmless = 1\n");
    repo.commit_file("a.conf", "harmless = 2\n");
    let plain = scan(&repo, &["--cache", "../cache", "--no-worktree"]);
    overwrite(&repo.loose_object(&repo.id("HEAD~1:a.conf")), b"damaged");
    let cached = scan(&repo, &["--cache", "../cache", "--no-worktree"]);
    assert_eq!((cached.code, &cached.stdout), (0, &plain.stdout));
    assert_eq!(scan(&repo, &["--no-worktree"]).code, 2);
}

/// An archive without findings counts with all its content, and is not unpacked again; one with a secret is.
#[test]
fn archives_in_which_nothing_is_are_not_unpacked_again() {
    let world = World::new();
    let repo = world.init("repo");
    for (name, text) in [
        ("harmless.zip", "harmless = 1\n".to_owned()),
        ("other.zip", secret_line("zip")),
    ] {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file("a.conf", options).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
        repo.write(name, zip.finish().unwrap().into_inner());
    }
    repo.commit("Archives");
    let plain = scan(&repo, &["--cache", "../cache", "--no-worktree"]);
    assert!(plain.stdout.contains("other.zip"), "{}", plain.stdout);
    overwrite(
        &repo.loose_object(&repo.id("HEAD:harmless.zip")),
        b"damaged",
    );
    let cached = scan(&repo, &["--cache", "../cache", "--no-worktree"]);
    assert_eq!((cached.code, &cached.stdout), (plain.code, &plain.stdout));
}

/// What could not be scanned in an archive, and pointers to files elsewhere, are reported again without being read
/// again.
#[test]
fn what_a_blob_lacks_is_known_without_reading_it_again() {
    let world = World::new();
    let repo = world.init("repo");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [
        ("a.conf", &b"harmless = 1\n"[..]),
        ("b", b"\x7fELF\x02\x01"),
    ] {
        zip.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    repo.write("program.zip", &zip);
    repo.write("cut.zip", &zip[..zip.len() - 30]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    repo.write("pointer.psd", pointer);
    // This one also has a part that is not scanned, but it is read again.
    let bundle = format!("# v2 git bundle\n\0{}\n", secret_line("bundle"));
    repo.write("history.bundle", bundle);
    repo.commit("Files");
    let options = ["--cache", "../cache", "--no-worktree"];
    let plain = scan(&repo, &options);
    for part in ["program", "damaged", "Git LFS pointer", "Git bundle"] {
        assert!(plain.stdout.contains(part), "{part}: {}", plain.stdout);
    }
    for name in ["program.zip", "cut.zip", "pointer.psd"] {
        let id = repo.id(&format!("HEAD:{name}"));
        overwrite(&repo.loose_object(&id), b"damaged");
    }
    for again in 1..3 {
        let cached = scan(&repo, &options);
        assert_eq!(
            (cached.code, &cached.stdout),
            (plain.code, &plain.stdout),
            "{again}"
        );
        // Enough for the cache to be rewritten.
        repo.git(&["commit", "-q", "--allow-empty", "-m", "More"]);
        let more = scan(&repo, &options);
        assert_eq!(more.code, plain.code);
        repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
        repo.git(&["reflog", "expire", "--expire=now", "--all"]);
        repo.git(&["prune"]);
    }
}

/// A tiny amount of new objects is read again by each scan, until it is worthwhile to rewrite the cache.
#[test]
fn the_cache_is_written_again_when_it_is_worth_it() {
    let world = World::new();
    let repo = world.init("repo");
    for n in 0..700 {
        repo.write(&format!("d/f-{n}.txt"), format!("harmless = {n}\n"));
    }
    for n in 0..20 {
        repo.commit(&format!("Commit {n}"));
    }
    check(&repo, "first");
    let first = fs::read(cache_file(&world)).unwrap();
    repo.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    check(&repo, "one object more");
    assert!(fs::read(cache_file(&world)).unwrap() == first);
    let link = world.path("link.seen");
    fs::hard_link(cache_file(&world), &link).unwrap();
    for n in 0..3 {
        repo.commit_file(&format!("e-{n}.conf"), secret_line(&n.to_string()));
    }
    check(&repo, "more");
    assert!(fs::read(cache_file(&world)).unwrap() != first);
    assert!(
        fs::read(link).unwrap() == first,
        "another name has it still"
    );
    check(&repo, "nothing more");
}

#[test]
fn histories_that_grow_and_shrink_are_reported_as_without_it() {
    for seed in 0..4 {
        let world = World::new();
        let repo = world.init("repo");
        let mut random = Random(seed);
        repo.commit_file("app.conf", secret_line("0"));
        check(&repo, "first");
        for step in 0..14 {
            let how = format!(
                "seed {seed}, step {step}: {}",
                change(&repo, &mut random, step)
            );
            check(&repo, &how);
        }
    }
}

/// Makes one of the changes that happen to repositories, and returns its name.
fn change(repo: &Repo<'_>, random: &mut Random, step: u32) -> &'static str {
    match random.below(12) {
        0 => {
            let _ = repo.try_git(&["checkout", "-q", "-f", "-B", "side"]);
            "a branch"
        }
        1 => {
            let _ = repo.try_git(&["checkout", "-q", "-f", "main"]);
            "back to main"
        }
        2 => {
            let _ = repo.try_git(&["merge", "-q", "--no-edit", "-X", "ours", "side"]);
            "a merge"
        }
        3 => {
            let _ = repo.try_git(&["reset", "-q", "--hard", "HEAD~1"]);
            "a commit taken back"
        }
        4 => {
            repo.pack_all();
            "all packed"
        }
        5 => {
            repo.expire_reflogs(&["--all"]);
            repo.git(&["gc", "-q", "--prune=now"]);
            "pruned"
        }
        6 => {
            let _ = repo.try_git(&["tag", "-f", "-a", "v1", "-m", &token("tag")]);
            "a tag"
        }
        7 => {
            let _ = repo.try_git(&["mv", "-f", "app.conf", &format!("moved-{step}.conf")]);
            let _ = repo.try_git(&["commit", "-q", "-a", "-m", "Move"]);
            "a move"
        }
        8 => {
            let _ = repo.try_git(&["branch", "-q", "-D", "side"]);
            "a branch deleted"
        }
        _ => {
            let secret = secret_line(&random.below(4).to_string());
            let text = format!("# {step}\n{secret}");
            let name = ["app.conf", "d/app.conf", "d/e/x.conf"][random.below(3) as usize];
            repo.write(name, text);
            repo.git(&["add", "-A"]);
            let _ = repo.try_git(&["commit", "-q", "-m", "Change"]);
            "a commit"
        }
    }
}

#[test]
fn a_clone_in_another_place_and_other_packs_uses_it() {
    let world = World::new();
    let origin = two_commits(&world);
    let one = world.clone_of(&origin, "one", &["--bare"]);
    let first = scan(&one, &["--cache", "../cache"]);
    origin.commit_file("later.conf", secret_line("later"));
    origin.git(&["repack", "-q", "-a", "-d", "-f"]);
    fs::remove_dir_all(one.path()).unwrap();
    let again = world.clone_of(&origin, "one", &["--bare"]);
    check(&again, "cloned anew");
    assert_ne!(first.stdout, scan(&again, &[]).stdout);
    assert!(cache_file(&world).is_file());
}

#[test]
fn a_partial_clone_tells_again_of_what_is_missing_until_it_is_there() {
    let world = World::new();
    let origin = two_commits(&world);
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", origin.path().display());
    let clone = world.clone_from(&url, "partial", &["--bare", "--filter=blob:none"]);
    check(&clone, "first");
    check(&clone, "again");
    clone.git(&["cat-file", "-p", "HEAD~1:d/app-0.conf"]);
    check(&clone, "after one was fetched");
}

#[test]
fn a_shallow_clone_that_is_deepened_is_seen_whole() {
    let world = World::new();
    let origin = two_commits(&world);
    let url = format!("file://{}", origin.path().display());
    let clone = world.clone_from(&url, "shallow", &["--depth=1"]);
    check(&clone, "shallow");
    clone.git(&["fetch", "-q", "--unshallow"]);
    check(&clone, "whole");
}

/// Checks that an unusable cache is reported, and the report is the same as without one.
#[track_caller]
fn check_ignored(repo: &Repo<'_>, why: &str) {
    let cached = scan(repo, &["--cache", "../cache"]);
    let plain = scan(repo, &[]);
    assert_eq!(
        (&cached.stdout, cached.code),
        (&plain.stdout, plain.code),
        "{why}"
    );
    assert!(
        cached.stderr.starts_with("warning: ") && cached.stderr.contains(why),
        "{why}: {}",
        cached.stderr
    );
    // It was replaced by a usable one.
    check(repo, why);
}

#[test]
fn a_damaged_or_foreign_cache_is_told_of_and_ignored() {
    let world = World::new();
    let repo = two_commits(&world);
    check(&repo, "first");
    let file = cache_file(&world);
    let whole = fs::read(&file).unwrap();
    for at in [60, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(&file, &damaged).unwrap();
        check_ignored(&repo, "it is damaged");
    }
    fs::write(&file, &whole[..whole.len() - 7]).unwrap();
    check_ignored(&repo, "it is damaged");
    fs::write(&file, "something else").unwrap();
    check_ignored(&repo, "not written by this version of gonogo");
    fs::write(&file, "").unwrap();
    check_ignored(&repo, "not written by this version of gonogo");
}

#[test]
fn other_rules_and_limits_do_not_use_it() {
    let world = World::new();
    let repo = two_commits(&world);
    check(&repo, "first");
    let run = scan(&repo, &["--cache", "../cache", "--min-confidence", "low"]);
    assert!(
        run.stderr.contains("other rules or options"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, scan(&repo, &["--min-confidence", "low"]).stdout);
}

#[test]
fn it_holds_no_secret() {
    let world = World::new();
    let repo = two_commits(&world);
    check(&repo, "first");
    let bytes = fs::read(cache_file(&world)).unwrap();
    for label in ["0", "4", "new", "message"] {
        let secret = token(label);
        let parts = [secret.as_bytes(), &secret.as_bytes()[4..16]];
        for part in parts {
            assert!(!bytes.windows(part.len()).any(|window| window == part));
        }
    }
}

#[test]
fn one_that_cannot_be_written_does_no_harm() {
    let world = World::new();
    let repo = two_commits(&world);
    world.write("cache", "a file where a folder should be");
    let run = scan(&repo, &["--cache", "../cache"]);
    assert_eq!(run.stdout, scan(&repo, &[]).stdout);
    assert!(run.stderr.starts_with("warning: "), "{}", run.stderr);
}

/// The author of the repository may have made the cache.
#[cfg(unix)]
#[test]
fn a_cache_that_the_repository_brings_along_is_refused() {
    let world = World::new();
    let repo = two_commits(&world);
    let plain = scan(&repo, &[]);
    let first = scan(&repo, &["--cache", "kept"]);
    assert_eq!((first.stdout, first.stderr.as_str()), (plain.stdout, ""));
    let second = scan(&repo, &["--cache", "kept"]);
    assert_eq!(second.stderr, "", "git knows nothing of it");
    repo.commit("Bring it along");
    let committed = scan(&repo, &["--cache", "kept"]);
    assert!(
        committed
            .stderr
            .contains("a file of the scanned repository"),
        "{}",
        committed.stderr
    );
    std::os::unix::fs::symlink(world.folder("elsewhere"), repo.join("link")).unwrap();
    let linked = scan(&repo, &["--cache", "link"]);
    assert!(
        linked.stderr.contains("a link in the scanned repository"),
        "{}",
        linked.stderr
    );
    assert_eq!(fs::read_dir(world.path("elsewhere")).unwrap().count(), 0);
    check(&repo, "elsewhere");
    let file = cache_file(&world);
    let target = world.path("target");
    fs::rename(&file, &target).unwrap();
    std::os::unix::fs::symlink(&target, &file).unwrap();
    let before = fs::read(&target).unwrap();
    let through = scan(&repo, &["--cache", "../cache"]);
    assert!(!through.stderr.is_empty());
    assert_eq!(fs::read(&target).unwrap(), before);
}

/// The cache of one repository may seed that of a fork, whatever either has of its own.
#[test]
fn forks_begin_with_what_was_seen_of_another() {
    for seed in 0..6 {
        let world = World::new();
        let repo = world.init("repo");
        let mut random = Random(seed + 40);
        repo.commit_file("app.conf", secret_line("0"));
        for step in 0..30 {
            change(&repo, &mut random, step);
        }
        repo.git(&["clone", "-q", "--mirror", ".", "../one.git"]);
        let (one, other) = (world.path("one.git"), world.path("other.git"));
        for step in 30..34 {
            change(&repo, &mut random, step);
        }
        repo.git(&["clone", "-q", "--mirror", ".", "../other.git"]);
        // The first has commits that the other lacks, too.
        let own = world.init("own");
        own.git(&["pull", "-q", "../one.git", "HEAD"]);
        for step in 50..54 {
            change(&own, &mut random, step);
        }
        own.git(&["push", "-q", "../one.git", "HEAD:refs/heads/own"]);
        let scan = |path: &str, options: &[&str]| {
            let scan = repo.gonogo().args(["scan", path, "--format", "json"]);
            scan.args(options).run()
        };
        let first = scan("../one.git", &["--cache", "../first"]);
        assert_eq!(first.stderr, "");
        let file = |folder: &str, path: &PathBuf| {
            gonogo::scan::cache_file(&world.path(folder), path).unwrap()
        };
        fs::create_dir_all(world.path("second")).unwrap();
        fs::copy(file("first", &one), file("second", &other)).unwrap();
        let seeded = scan("../other.git", &["--cache", "../second"]);
        let plain = scan("../other.git", &[]);
        assert_eq!(seeded.stderr, "");
        assert_eq!(seeded.stdout, plain.stdout, "seed {seed}");
    }
}

/// A fork whose cache is seeded from another repository, which has the same content in other commits.
#[test]
fn what_forks_have_in_common_by_chance_is_found_in_both() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("0"));
    repo.commit_file("gone.txt", "nothing to find\n");
    repo.git(&["checkout", "-q", "-b", "old"]);
    // First on a branch, and later nearer to HEAD.
    repo.commit_file("d/x.conf", secret_line("1"));
    repo.git(&["checkout", "-q", "-"]);
    repo.commit_file("e/x.conf", secret_line("1"));
    repo.commit_file("e/x.conf", secret_line("new"));
    for step in 0..40 {
        repo.commit_file("filler.txt", format!("{step}\n"));
    }
    let missing = repo.git(&["rev-parse", "HEAD:gone.txt"]);
    let missing = missing.trim();
    for (name, file, secret) in [("one", "one/.env", "1"), ("other", "other/.env", "2")] {
        let own = world.init(name);
        own.git(&["pull", "-q", "../repo", "HEAD"]);
        own.git(&["fetch", "-q", "../repo", "old:old"]);
        // Content of its own, content that both have, and content that was only in the history.
        own.commit_file(file, secret_line(&format!("own {name}")));
        own.commit_file("compose/.env", secret_line("both"));
        own.commit_file(&format!("{name}/x.conf"), secret_line(secret));
        own.commit_file("last.conf", secret_line("0"));
        own.unpack_all();
        own.git(&["clone", "-q", "--mirror", ".", &format!("../{name}.git")]);
        let object = world.path(&format!(
            "{name}.git/objects/{}/{}",
            &missing[..2],
            &missing[2..]
        ));
        fs::remove_file(object).unwrap();
    }
    for (first, second) in [("one", "other"), ("other", "one")] {
        let scan = |name: &str, options: &[&str]| {
            let path = format!("../{name}.git");
            let scan = repo.gonogo().args(["scan", &path, "--format", "json"]);
            scan.args(options).run()
        };
        let cache = format!("../{first}-cache");
        assert_ne!(scan(first, &["--cache", &cache]).stdout, "");
        let file = |folder: &str, name: &str| {
            let path = world.path(&format!("{name}.git"));
            gonogo::scan::cache_file(&world.path(folder), &path).unwrap()
        };
        let own = format!("{first}-{second}");
        fs::create_dir_all(world.path(&own)).unwrap();
        let seed = file(&format!("{first}-cache"), first);
        fs::copy(seed, file(&own, second)).unwrap();
        let seeded = scan(second, &["--cache", &format!("../{own}")]);
        let plain = scan(second, &[]);
        assert_eq!(seeded.stderr, plain.stderr, "{second}");
        assert_eq!(seeded.stdout, plain.stdout, "{second}");
        // What is stored is the fork's own cache.
        let again = scan(second, &["--cache", &format!("../{own}")]);
        assert_eq!(again.stdout, plain.stdout, "{second}");
    }
}
