//! Places where a scan that reads `git log -p`, or the tree of every branch, misses secrets.

use crate::harness::{Finding, Repo, Report, World, many_lines, token};

/// What must be reported about one secret.
struct Expected<'a> {
    label: &'a str,
    path: &'a str,
    origin: &'a str,
    commit: &'a str,
    presence: &'a str,
}

#[track_caller]
fn check(found: &Finding, expected: &Expected<'_>) {
    let life = found.life();
    assert_eq!(
        (
            found.path(),
            found.origin.kind.as_str(),
            found.first(),
            life.presence.as_str(),
            life.blobs,
        ),
        (
            expected.path,
            expected.origin,
            expected.commit,
            expected.presence,
            1,
        ),
        "{}",
        expected.label
    );
}

/// A secret that neither parent has: it was typed while the merge was made.
fn merge_commit(repo: &Repo<'_>) -> String {
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.txt", "side\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.txt", "main\n");
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repo.write("merged.conf", format!("token = {}\n", token("merge")));
    let merge = repo.commit("Merge branch 'side'");
    repo.git(&["branch", "-q", "-D", "side"]);
    repo.commit_removal("merged.conf");
    merge
}

#[cfg(unix)]
fn symlink_to_file(repo: &Repo<'_>) -> String {
    std::os::unix::fs::symlink("main.txt", repo.join("settings.conf")).unwrap();
    repo.commit("Link the settings");
    repo.remove("settings.conf");
    let changed = repo.commit_file(
        "settings.conf",
        format!("token = {}\n", token("type change")),
    );
    repo.remove("settings.conf");
    std::os::unix::fs::symlink("main.txt", repo.join("settings.conf")).unwrap();
    repo.commit("Link the settings again");
    changed
}

/// Enough lines for git to detect a rename, and a secret that is added with it.
fn rename_with_edit(repo: &Repo<'_>) -> String {
    let lines = many_lines(50);
    repo.commit_file("old-name.conf", &lines);
    repo.git(&["mv", "old-name.conf", "new-name.conf"]);
    let edited = lines.clone() + &format!("token = {}\n", token("rename"));
    let renamed = repo.commit_file("new-name.conf", edited);
    repo.commit_file("new-name.conf", &lines);
    renamed
}

/// A commit that no ref and no reflog leads to.
fn dropped_commit(repo: &Repo<'_>) -> String {
    let dropped = repo.commit_file("dropped.conf", format!("token = {}\n", token("dropped")));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["update-ref", "-d", "ORIG_HEAD"]);
    repo.expire_reflogs(&["HEAD", "refs/heads/main"]);
    dropped
}

fn stash(repo: &Repo<'_>) -> String {
    repo.write("main.txt", format!("token = {}\n", token("stash")));
    repo.git(&["stash", "-q"]);
    repo.id("refs/stash")
}

fn tag_message(repo: &Repo<'_>) -> String {
    let message = format!("Release\n\ndeployed with {}", token("tag message"));
    repo.git(&["tag", "-a", "v1", "-m", &message]);
    repo.id("v1^{commit}")
}

fn commit_message(repo: &Repo<'_>) -> String {
    repo.commit(&format!("Fix login\n\nTried {}", token("commit message")))
}

#[cfg(unix)]
#[test]
fn each_is_found_once_with_its_rule_path_commit_and_presence() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("main.txt", "first\n");
    let dropped = dropped_commit(&repo);
    let merge = merge_commit(&repo);
    let type_change = symlink_to_file(&repo);
    let rename = rename_with_edit(&repo);
    let message = commit_message(&repo);
    let tagged = tag_message(&repo);
    let stash = stash(&repo);
    repo.commit_file("main.txt", "last\n");

    let expected = |label, path, commit, presence| Expected {
        label,
        path,
        origin: "blob",
        commit,
        presence,
    };
    let table = [
        expected("merge", "merged.conf", &merge, "history"),
        expected("type change", "settings.conf", &type_change, "history"),
        expected("rename", "new-name.conf", &rename, "history"),
        expected("stash", "main.txt", &stash, "stash"),
        expected("dropped", "dropped.conf", &dropped, "unreachable"),
        Expected {
            origin: "tag-message",
            ..expected("tag message", "", &tagged, "refs")
        },
        Expected {
            origin: "commit-message",
            ..expected("commit message", "", &message, "history")
        },
    ];
    check_report(&repo.scan(), &table);
    repo.pack_all();
    check_report(&repo.scan(), &table);
    check_report(
        &repo.scan_with(&["--no-worktree", "--threads", "1"]),
        &table,
    );
}

#[track_caller]
fn check_report(report: &Report, table: &[Expected<'_>]) {
    for expected in table {
        check(report.only(&token(expected.label)), expected);
    }
    assert_eq!(report.findings.len(), table.len(), "{:#?}", report.findings);
    assert_eq!((report.code, report.verdict.as_str()), (1, "NO-GO"));
    assert!(report.coverage.gaps.is_empty());
}
