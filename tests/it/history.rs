//! What is reported about a secret's life in git: when it was added, under which path, in how many versions, and
//! whether it is gone.

use crate::harness::{Repo, World, token};

fn secret_line() -> String {
    format!("token = {}\n", token("a"))
}

#[track_caller]
fn check(repo: &Repo<'_>, path: &str, commit: &str, presence: &str, blobs: u64) {
    let report = repo.scan_history();
    let found = report.only(&token("a"));
    assert_eq!(
        (
            found.path(),
            found.first(),
            found.presence(),
            found.life().blobs
        ),
        (path, commit, presence, blobs)
    );
    // What exists only in this clone does not decide.
    let is_local = matches!(presence, "stash" | "unreachable");
    assert_eq!((found.local, report.code), (is_local, i32::from(!is_local)));
}

#[test]
fn a_secret_that_was_removed_is_still_there() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("app.conf", secret_line());
    repo.commit_removal("app.conf");
    check(&repo, "app.conf", &first, "history", 1);
}

#[test]
fn a_secret_that_came_back_came_with_its_first_commit() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    let first = repo.commit_file("app.conf", secret_line());
    repo.commit_file("app.conf", "");
    repo.commit_file("other.conf", "# again\n".to_owned() + &secret_line());
    check(&repo, "app.conf", &first, "head", 2);
}

#[test]
fn the_commit_is_told_with_author_and_date() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line());
    let report = repo.scan_history();
    let first = report.only(&token("a")).life().first.as_ref().unwrap();
    assert_eq!(
        (
            first.author.as_str(),
            first.email.as_str(),
            first.date.as_str()
        ),
        // Everything before it, `git init` and `git add`, has advanced the clock.
        ("Ann Author", "ann@example.org", "2024-01-01T00:02:00+00:00")
    );
}

#[test]
fn a_blob_under_several_paths_is_one_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("b/app.conf", secret_line());
    repo.write("a/app.conf", secret_line());
    repo.write("a.conf", secret_line());
    let first = repo.commit("Add three copies");
    check(&repo, "a.conf", &first, "head", 1);
}

#[test]
fn a_blob_that_moved_is_found_where_it_was_first() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("old/app.conf", secret_line());
    repo.git(&["mv", "old", "new"]);
    repo.commit("Move it");
    check(&repo, "old/app.conf", &first, "head", 1);
}

#[test]
fn fifty_versions_are_one_finding() {
    let world = World::new();
    let repo = world.init("repo");
    let version = |n: u32| format!("version = {n}\n{}", secret_line());
    let first = repo.commit_file("app.conf", version(0));
    for n in 1..50 {
        repo.commit_file("app.conf", version(n));
    }
    check(&repo, "app.conf", &first, "head", 50);
    repo.pack_all();
    check(&repo, "app.conf", &first, "head", 50);
}

#[test]
fn a_secret_twice_in_one_version_counts_once() {
    let world = World::new();
    let repo = world.init("repo");
    let other = format!("token = {}\n", token("b"));
    let first = repo.commit_file("app.conf", secret_line() + &other + &secret_line());
    check(&repo, "app.conf", &first, "head", 1);
}

#[test]
fn a_secret_in_the_working_tree_and_in_history_is_one_finding() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("old.conf", secret_line());
    repo.git(&["mv", "old.conf", "app.conf"]);
    repo.commit("Move it");
    repo.write("app.conf", "# edited\n".to_owned() + &secret_line());
    let report = repo.scan();
    let found = report.only(&token("a"));
    assert_eq!(found.place(), "app.conf:2");
    assert_eq!(found.origin.kind, "worktree");
    assert_eq!((found.first(), found.presence()), (first.as_str(), "head"));
}

#[test]
fn a_secret_of_the_working_tree_alone_has_no_history() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.write("app.conf", secret_line());
    assert!(repo.scan().only(&token("a")).history.is_none());
}

#[test]
fn of_two_roots_the_earlier_one_brought_it() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("app.conf", secret_line());
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.git(&["rm", "-q", "-r", "-f", "."]);
    repo.commit_file("copy.conf", secret_line());
    check(&repo, "app.conf", &first, "head", 1);
}

#[test]
fn two_roots_that_were_merged_are_both_searched() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.git(&["rm", "-q", "-r", "-f", "."]);
    let first = repo.commit_file("imported.conf", secret_line());
    repo.commit_removal("imported.conf");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--allow-unrelated-histories", "other"]);
    repo.git(&["branch", "-q", "-D", "other"]);
    check(&repo, "imported.conf", &first, "history", 1);
}

#[test]
fn across_merges_the_earliest_commit_is_the_one_before_all_others() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let first = repo.commit_file("side.conf", secret_line());
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("app.conf", secret_line());
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    check(&repo, "side.conf", &first, "head", 1);
}

#[test]
fn a_commit_that_refs_lead_to_comes_before_an_earlier_one_that_was_dropped() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.commit_file("draft.conf", secret_line());
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let kept = repo.commit_file("app.conf", secret_line());
    check(&repo, "app.conf", &kept, "head", 1);
}

#[test]
fn a_commit_that_was_amended_away_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("app.conf", secret_line());
    repo.write("app.conf", "");
    repo.git(&["commit", "-q", "-a", "--amend", "-m", "Nothing to see"]);
    check(&repo, "app.conf", &first, "unreachable", 1);
}

#[test]
fn every_stash_counts_not_only_the_last_one() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.write("app.conf", secret_line());
    repo.git(&["stash", "-q"]);
    let first = repo.id("stash@{0}");
    repo.write("app.conf", "harmless\n");
    repo.git(&["stash", "-q"]);
    check(&repo, "app.conf", &first, "stash", 1);
}

#[test]
fn another_branch_is_not_head() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let first = repo.commit_file("app.conf", secret_line());
    repo.git(&["checkout", "-q", "main"]);
    check(&repo, "app.conf", &first, "refs", 1);
}

#[test]
fn the_head_of_another_worktree_is_a_ref() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = Repo::at(&world, world.path("linked"));
    let first = linked.commit_file("app.conf", secret_line());
    check(&repo, "app.conf", &first, "refs", 1);
    check(&linked, "app.conf", &first, "head", 1);
}

#[test]
fn a_blob_that_no_commit_holds_is_found_without_a_path() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    let blob = repo.store_blob(secret_line());
    check(&repo, "", "", "unreachable", 1);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("a")).origin.object.as_ref(), Some(&blob));
}

#[test]
fn a_tag_on_a_blob_is_a_ref() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    let blob = repo.store_blob(secret_line());
    repo.git(&["tag", "key", &blob]);
    check(&repo, "", "", "refs", 1);
    repo.git(&["tag", "-d", "key"]);
    repo.git(&["tag", "-a", "-m", "A public key", "signed-key", &blob]);
    check(&repo, "", "", "refs", 1);
}

#[test]
fn a_tag_on_a_tree_leads_to_its_blobs() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    let blob = repo.store_blob(secret_line());
    let entry = format!("100644 blob {blob}\tapp.conf\n");
    let tree = repo.git_with_input(&["mktree"], entry);
    repo.git(&["tag", "tree", &tree]);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("a")).presence(), "refs");
}

#[test]
fn a_message_of_a_dropped_tag_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    let commit = repo.commit_file("app.conf", "");
    repo.git(&["tag", "-a", "v1", "-m", &token("a")]);
    repo.git(&["tag", "-d", "v1"]);
    check(&repo, "", &commit, "unreachable", 1);
}

#[test]
fn an_object_that_was_replaced_is_found_as_it_is_stored() {
    let world = World::new();
    let repo = world.init("repo");
    let first = repo.commit_file("app.conf", "# padding\n".repeat(9) + &secret_line());
    let blob = repo.id("HEAD:app.conf");
    let other = repo.store_blob("");
    repo.git(&["replace", &blob, &other]);
    check(&repo, "app.conf", &first, "head", 1);
    repo.pack_all();
    check(&repo, "app.conf", &first, "head", 1);
}

#[test]
fn a_commit_that_was_replaced_is_still_the_first() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    let first = repo.commit_file("app.conf", secret_line());
    repo.commit_removal("app.conf");
    let tree = repo.id("HEAD^{tree}");
    let other = repo.git(&["commit-tree", "-m", "Other", &tree]);
    repo.git(&["replace", &first, &other]);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("a")).first(), first);
    report.only(&token("a"));
}

#[test]
fn a_commit_with_a_strange_head_is_still_searched() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line());
    let tree = repo.id("HEAD^{tree}");
    for line in [
        "author Ann <ann@example.org> 99999999999999999999 +9999",
        "author <> 0 -0000",
        "author \u{ff} <\u{ff}> 1 +0000",
        "author nobody",
    ] {
        let text = format!(
            "tree {tree}\n{line}\n{}\n\nStrange\n",
            line.replace("author", "committer")
        );
        let args = [
            "hash-object",
            "-w",
            "--literally",
            "-t",
            "commit",
            "--stdin",
        ];
        let commit = repo.git_with_input(&args, text);
        repo.git(&["update-ref", "refs/heads/strange", &commit]);
        let report = repo.scan_history();
        assert_eq!(report.only(&token("a")).path(), "app.conf", "{line}");
    }
}

#[test]
fn a_note_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "");
    repo.git(&["notes", "add", "-m", &token("a")]);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("a")).presence(), "refs");
}
