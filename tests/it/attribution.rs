//! Where secrets come from in generated repositories, compared with a simple answer to the same question.
//!
//! The simple answer is slow and obvious: it walks all commits, oldest first, each with all of its files, using only
//! git itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{Finding, Repo, World, token};

/// How many repositories are generated.
const REPOSITORIES: u64 = 16;

/// How many secrets there are to find in each.
const TOKENS: usize = 5;

/// Files of one kind, so that the severity of a secret does not depend on its place. Their order by name differs from
/// that of the folders and files along the way.
const PATHS: [&str; 9] = [
    "a.conf",
    "a/app.conf",
    "a/b/app.conf",
    "a-b.conf",
    "a0/app.conf",
    "b/app.conf",
    "b/c/d/app.conf",
    "b.conf",
    "z.conf",
];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// Returns true once in `rolls` calls on average.
    fn once_in(&mut self, rolls: usize) -> bool {
        self.roll(rolls) == 0
    }
}

fn label(number: usize) -> String {
    format!("attribution {number}")
}

/// Returns one of a few texts, so that the same text is often written again elsewhere or later.
fn content(dice: &mut Dice) -> String {
    let mut text = format!("port = {}\n", dice.roll(3));
    for number in 0..TOKENS {
        // The last ones are rare, so that some of them are in a blob that no commit has.
        if dice.once_in(3 + 8 * number) {
            text += &format!("token = {}\n", token(&label(number)));
        }
    }
    text
}

type Files = BTreeMap<&'static str, String>;

/// Makes a commit's changes to the files of its parents.
fn edit(dice: &mut Dice, files: &mut Files) {
    for _ in 0..=dice.roll(2) {
        let path = PATHS[dice.roll(PATHS.len())];
        let other = files.keys().copied().nth(dice.roll(PATHS.len()));
        match (dice.roll(8), other) {
            (0, _) => files.clear(),
            (1 | 2, Some(other)) => drop(files.remove(other)),
            (3, Some(other)) => drop(files.insert(path, files[other].clone())),
            (4, Some(other)) => {
                let moved = files.remove(other).unwrap();
                files.insert(path, moved);
            }
            _ => drop(files.insert(path, content(dice))),
        }
    }
}

/// Returns a history for `git fast-import`: several roots, merges, wrong clocks, and commits of the same second. Every
/// commit has a ref `refs/build/<number>`.
fn history(dice: &mut Dice, commits: usize) -> String {
    let mut stream = String::new();
    let mut trees: Vec<Files> = Vec::new();
    for number in 1..=commits {
        let mut parents: Vec<usize> = Vec::new();
        if number > 1 && !dice.once_in(8) {
            // Usually one of the last few, so that there are long chains of commits.
            parents.push(number - 1 - dice.roll(4).min(number - 2));
            while dice.once_in(4) {
                parents.push(1 + dice.roll(number - 1));
            }
        }
        let mut files = Files::new();
        for parent in parents.iter().rev() {
            files.extend(trees[parent - 1].clone());
        }
        edit(dice, &mut files);
        let time = 1_700_000_000 + 10 * (number + dice.roll(6));
        stream += &format!(
            "commit refs/build/{number}\nmark :{number}\n\
             committer Con Committer <con@example.org> {time} +0000\ndata 0\n"
        );
        for (at, parent) in parents.iter().enumerate() {
            stream += &format!("{} :{parent}\n", if at == 0 { "from" } else { "merge" });
        }
        stream += "deleteall\n";
        for (path, text) in &files {
            stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
        trees.push(files);
    }
    stream
}

/// Builds a repository in which some commits are lost, and returns it.
fn generate(world: &World, seed: u64) -> Repo<'_> {
    let mut dice = Dice(seed);
    dice.roll(1);
    let commits = 8 + dice.roll(16);
    let repo = world.init_with(&format!("repo{seed}"), &["--bare"]);
    // Half of the repositories have their objects in a pack, mostly as deltas.
    let unpack_limit = format!("fastimport.unpackLimit={}", 1 + 1000 * (seed % 2));
    let import = ["-c", &unpack_limit, "fast-import", "--quiet", "--force"];
    repo.git_with_input(&import, history(&mut dice, commits));
    let mut refs = vec![("refs/heads/main".to_owned(), commits - dice.roll(3))];
    for number in 0..dice.roll(4) {
        refs.push((format!("refs/heads/side{number}"), 1 + dice.roll(commits)));
    }
    refs.push(("refs/tags/old".to_owned(), 1 + dice.roll(commits)));
    for (name, commit) in refs {
        repo.git(&["update-ref", &name, &format!("refs/build/{commit}")]);
    }
    // Blobs that no commit has, but a tag may.
    for tag in ["refs/tags/blob", "refs/build/blob"] {
        let blob = repo.store_blob(content(&mut dice));
        repo.git(&["update-ref", tag, &blob]);
    }
    let built = repo.git(&["for-each-ref", "--format=delete %(refname)", "refs/build"]);
    repo.git_with_input(&["update-ref", "--stdin"], built + "\n");
    repo
}

/// What is known about a secret's life.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Life {
    commit: String,
    path: String,
    blob: String,
    presence: String,
    blobs: u64,
}

impl Life {
    fn reported(finding: &Finding) -> Self {
        Self {
            commit: finding.first().to_owned(),
            path: finding.path().to_owned(),
            blob: finding.origin.object.clone().unwrap_or_default(),
            presence: finding.presence().to_owned(),
            blobs: finding.life().blobs,
        }
    }
}

/// What git itself says about a repository.
struct Plain {
    /// Commits, in an order in which they could have been made.
    commits: Vec<String>,
    parents: BTreeMap<String, Vec<String>>,
    /// By commit: blob and path of each file, in the order of the tree.
    files: BTreeMap<String, Vec<(String, String)>>,
    blobs: BTreeMap<String, String>,
    /// Reachable blobs, from nearest to farthest, with the presence that is reported for each.
    reached: [(&'static str, BTreeSet<String>); 3],
}

impl Plain {
    fn read(repo: &Repo<'_>) -> Self {
        let objects = repo.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
        let of_kind = |kind: &str| -> Vec<String> {
            let objects = objects.lines().map(|line| line.split(' ').collect());
            let wanted = objects.filter(|parts: &Vec<&str>| parts[1] == kind);
            wanted.map(|parts| parts[0].to_owned()).collect()
        };
        let ids = of_kind("commit");
        let (mut parents, mut times) = (BTreeMap::new(), BTreeMap::new());
        let list = ["log", "--no-walk=unsorted", "--stdin", "--format=%H %ct %P"];
        for line in repo.git_with_input(&list, ids.join("\n")).lines() {
            let mut fields = line.split_whitespace().map(str::to_owned);
            let id = fields.next().unwrap();
            times.insert(id.clone(), fields.next().unwrap().parse::<i64>().unwrap());
            parents.insert(id, fields.collect::<Vec<_>>());
        }
        let from_refs = words(&repo.git(&["rev-list", "--all"]));
        let mut commits = oldest_first(ids, &parents, &times);
        commits.sort_by_key(|id| !from_refs.contains(id));
        let blobs = of_kind("blob").into_iter();
        let tree = |id: &String| (id.clone(), files(repo, id));
        let near = |names: &[&str]| words(&repo.git(&[&["rev-list", "--objects"], names].concat()));
        let head = files(repo, "HEAD").into_iter().map(|(blob, _)| blob);
        Self {
            files: commits.iter().map(tree).collect(),
            commits,
            parents,
            blobs: blobs
                .map(|id| (id.clone(), repo.git(&["cat-file", "blob", &id])))
                .collect(),
            reached: [
                ("head", head.collect()),
                ("history", near(&["HEAD"])),
                ("refs", near(&["--all"])),
            ],
        }
    }

    /// Returns where the first commit with `secret` has it, how near it still is, and how many blobs contain it.
    fn life(&self, secret: &str) -> Option<Life> {
        let with_secret = self.blobs.iter().filter(|(_, text)| text.contains(secret));
        let blobs: BTreeSet<&String> = with_secret.map(|(id, _)| id).collect();
        let is_reached = |reached: &BTreeSet<String>| blobs.iter().any(|id| reached.contains(*id));
        let presence = self.reached.iter().find(|(_, reached)| is_reached(reached));
        let (commit, (blob, path)) = self
            .commits
            .iter()
            .find_map(|commit| {
                let mut files = self.files[commit].iter();
                let file = files.find(|(blob, _)| blobs.contains(blob))?;
                Some((commit.clone(), file.clone()))
            })
            // A blob that no commit has is without a path.
            .or_else(|| {
                let blob = blobs.first()?;
                Some((String::new(), ((*blob).clone(), String::new())))
            })?;
        Some(Life {
            commit,
            path,
            blob,
            presence: presence.map_or("unreachable", |(name, _)| name).to_owned(),
            blobs: blobs.len() as u64,
        })
    }
}

/// Returns the first word of each line.
fn words(text: &str) -> BTreeSet<String> {
    let first = |line: &str| line.split(' ').next().unwrap().to_owned();
    text.lines().map(first).collect()
}

/// Returns the blob and path of each file of a commit.
fn files(repo: &Repo<'_>, commit: &str) -> Vec<(String, String)> {
    let listing = repo.git(&["ls-tree", "-r", commit]);
    let file = |line: &str| {
        let (about, path) = line.split_once('\t').unwrap();
        let blob = about.split(' ').nth(2).unwrap();
        (blob.to_owned(), path.to_owned())
    };
    listing.lines().map(file).collect()
}

/// Repeatedly takes the earliest commit whose parents have all been taken.
fn oldest_first(
    mut left: Vec<String>,
    parents: &BTreeMap<String, Vec<String>>,
    times: &BTreeMap<String, i64>,
) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    while !left.is_empty() {
        let ready = |id: &&String| parents[*id].iter().all(|parent| order.contains(parent));
        let ready = left.iter().filter(ready);
        let next = ready.min_by_key(|id| (times[*id], *id)).unwrap().clone();
        left.retain(|id| *id != next);
        order.push(next);
    }
    order
}

#[test]
fn generated_histories_are_attributed_as_a_plain_walk_attributes_them() {
    let world = World::new();
    let mut presences = BTreeSet::new();
    let (mut merges, mut roots, mut pathless) = (0, 0, 0);
    for seed in 0..REPOSITORIES {
        let repo = generate(&world, seed);
        let plain = Plain::read(&repo);
        let report = repo.scan_with(&[]);
        for number in 0..TOKENS {
            let secret = token(&label(number));
            let found: Vec<_> = report
                .all(&secret)
                .into_iter()
                .map(Life::reported)
                .collect();
            let expected: Vec<_> = plain.life(&secret).into_iter().collect();
            assert_eq!(found, expected, "seed {seed}, token {number}");
            for life in expected {
                pathless += usize::from(life.path.is_empty());
                presences.insert(life.presence);
            }
        }
        let count = |wanted: fn(usize) -> bool| {
            let parents = plain.parents.values().map(Vec::len);
            parents.filter(|count| wanted(*count)).count()
        };
        merges += count(|parents| parents > 1);
        roots += count(|parents| parents == 0);
    }
    // Otherwise, these repositories would be too simple to show anything.
    assert_eq!(presences.len(), 4, "{presences:?}");
    assert!(
        merges > 30 && roots > 30 && pathless > 0,
        "{merges} {roots} {pathless}"
    );
}
