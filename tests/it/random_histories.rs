//! Random histories, for which the test itself keeps track of what must be found.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{Random, Repo, World, secret_line, token};

const FILES: u32 = 4;
const TOKENS: u32 = 12;
const COMMITS: u32 = 40;

/// The content of the working tree at one time: lines by path.
type Tree = BTreeMap<String, Vec<String>>;

/// What must be reported about one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    /// The first commit, by its number, and the path there.
    first: (usize, String),
    blobs: BTreeSet<String>,
    is_in_head: bool,
}

/// Changes one file: lines are added, removed and moved; or the file is copied over another one, or removed.
fn change(tree: &mut Tree, random: &mut Random) {
    let name = |random: &mut Random| format!("app-{}.conf", random.below(FILES));
    let path = name(random);
    match random.below(10) {
        0 => {
            tree.remove(&path);
        }
        1 => {
            let copied = tree.get(&name(random)).cloned();
            tree.extend(copied.map(|lines| (path, lines)));
        }
        _ => {
            let lines = tree.entry(path).or_insert_with(|| {
                let lines = (0..60).map(|n| format!("setting-{n} = {n}\n"));
                lines.collect()
            });
            for _ in 0..=random.below(4) {
                edit(lines, random);
            }
        }
    }
}

fn edit(lines: &mut Vec<String>, random: &mut Random) {
    let size = u32::try_from(lines.len()).unwrap();
    let at = random.below(size + 1) as usize;
    match random.below(4) {
        0 if at < lines.len() => {
            lines.remove(at);
        }
        1 if at < lines.len() => {
            // Git's deltas copy parts of lines as well, so a seam may split a token.
            lines[at].insert_str(0, "x ");
        }
        2 => lines.insert(at, secret_line(&random.below(TOKENS).to_string())),
        _ => lines.insert(at, format!("port = {}\n", random.below(1000))),
    }
}

/// Records what the tree of commit number `commit` contains.
fn note(expected: &mut BTreeMap<String, Expected>, tree: &Tree, commit: usize) {
    for found in expected.values_mut() {
        found.is_in_head = false;
    }
    for (path, lines) in tree {
        let text = lines.concat();
        for secret in (0..TOKENS).map(|n| token(&n.to_string())) {
            if text.contains(&secret) {
                let found = expected.entry(secret).or_insert_with(|| Expected {
                    first: (commit, path.clone()),
                    blobs: BTreeSet::new(),
                    is_in_head: true,
                });
                found.blobs.insert(text.clone());
                found.is_in_head = true;
            }
        }
    }
}

/// Returns the `git fast-import` command that commits the tree.
fn commit_command(tree: &Tree, commit: u32) -> String {
    let time = 1_704_067_200 + 60 * commit;
    let mut command = format!(
        "commit refs/heads/main\ncommitter Con Committer <con@example.org> {time} +0000\ndata 0\n\ndeleteall\n"
    );
    for (path, lines) in tree {
        let text = lines.concat();
        command += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    }
    command
}

fn build(repo: &Repo<'_>, seed: u32) -> BTreeMap<String, Expected> {
    let mut random = Random(seed);
    let mut tree = Tree::new();
    let mut expected = BTreeMap::new();
    let mut commands = String::new();
    for commit in 0..COMMITS {
        change(&mut tree, &mut random);
        note(&mut expected, &tree, commit as usize);
        commands += &commit_command(&tree, commit);
    }
    repo.git_with_input(&["fast-import", "--quiet"], commands);
    expected
}

#[track_caller]
fn check(repo: &Repo<'_>, expected: &BTreeMap<String, Expected>, how: &str) {
    let listing = repo.git(&["rev-list", "--reverse", "main"]);
    let commits: Vec<&str> = listing.lines().collect();
    let report = repo.scan_history();
    assert_eq!(report.findings.len(), expected.len(), "{how}");
    for (secret, expected) in expected {
        let found = report.only(secret);
        let (first, path) = &expected.first;
        let presence = if expected.is_in_head {
            "head"
        } else {
            "history"
        };
        assert_eq!(
            (found.first(), found.path(), found.presence()),
            (commits[*first], path.as_str(), presence),
            "{how}"
        );
        assert_eq!(found.life().blobs, expected.blobs.len() as u64, "{how}");
    }
}

#[test]
fn what_was_put_in_is_what_is_found_however_it_is_packed() {
    for seed in 0..6 {
        let world = World::new();
        let repo = world.init("repo");
        let expected = build(&repo, seed);
        assert!(expected.len() > 4, "seed {seed} makes no good test");
        check(&repo, &expected, &format!("seed {seed}, imported"));
        for depth in ["1", "250"] {
            let depth = format!("--depth={depth}");
            repo.git(&["repack", "-q", "-a", "-d", "-f", "--window=50", &depth]);
            check(&repo, &expected, &format!("seed {seed}, {depth}"));
        }
        repo.unpack_all();
        check(&repo, &expected, &format!("seed {seed}, loose"));
    }
}
