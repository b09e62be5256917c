//! Looks for blobs in the trees of commits, in the order of the commits.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{self, Gap, GapKind, Presence};
use crate::source::Watch;
use crate::source::git::attribute::{Attribution, Place};
use crate::source::git::bits::Bits;
use crate::source::git::graph::Graph;
use crate::source::git::model_id;
use crate::source::git::order::Order;
use crate::source::git::pack::{NONE, to_u32};
use crate::source::git::strips::StripIter;
use crate::source::git::trees::{Entry, Held, Trees, Wanted};
use crate::source::path::path_text;

/// How many paths of a tree are followed, on average. Real ones have one or two; a hostile tree that contains itself
/// twice on each of thirty levels has a billion.
const MAX_PATHS: usize = 8;

/// How many paths of one blob are kept: any copy of a file may be the most severe place.
pub(in crate::source::git) const MAX_PLACES: usize = 1_000;

/// Where blobs come from.
pub(in crate::source::git) type Found = BTreeMap<model::ObjectId, Attribution>;

/// What a search found.
pub(in crate::source::git) struct Searched {
    /// The blobs that were wanted by id.
    pub(in crate::source::git) by_id: Found,
    /// Those that were found by name.
    pub(in crate::source::git) by_name: Found,
    /// Whether some directories or files have more paths than were followed.
    is_cut: bool,
}

impl Searched {
    /// Returns the gap for paths that were not followed.
    pub(in crate::source::git) fn gap(&self) -> Option<Gap> {
        let reason = "directories or files in it have more paths than are followed: findings in them may be more severe under one of the others";
        let gap = || Gap::new(GapKind::NotAudited, "history", reason);
        self.is_cut.then(gap)
    }
}

/// What is searched.
pub(in crate::source::git) struct Search<'a> {
    pub(in crate::source::git) graph: &'a Graph,
    pub(in crate::source::git) trees: &'a Trees,
    pub(in crate::source::git) order: &'a Order,
    /// By number of the commit: the number of its tree.
    pub(in crate::source::git) tops: &'a [Option<u32>],
    /// The commits to search, in order.
    pub(in crate::source::git) commits: &'a [u32],
    /// Ends the search early.
    pub(in crate::source::git) watch: &'a dyn Watch,
}

impl Search<'_> {
    /// Finds the places of all wanted blobs, both those wanted by id and those found by name.
    pub(in crate::source::git) fn run(
        &self,
        wanted: &Wanted,
        tips: &crate::source::git::refs::Tips,
    ) -> Searched {
        let head = tips.head.and_then(|head| self.graph.number(&head));
        // A ref may lead to a tree or a blob without any commit, as one tag of the Linux kernel does.
        let direct: Vec<u32> = tips
            .refs
            .iter()
            .filter_map(|id| self.trees.number_of(id))
            .collect();
        let reach = || {
            let mut reach = Reach::new(self.trees);
            reach.enter(self.near(Presence::History));
            let in_history = reach.found.clone();
            let direct = direct.into_iter().map(|tree| (DIRECT, tree));
            reach.enter(self.near(Presence::Refs).chain(direct));
            let in_refs = reach.found.clone();
            if !tips.stash.is_empty() {
                reach.enter(self.near(Presence::Stash));
            }
            let in_head = Descent::run(self.trees, self.roots(&mut head.into_iter()), self.watch);
            ((in_history, in_refs, reach.found), in_head)
        };
        let descend = || {
            let commits = self.roots(&mut self.commits.iter().copied());
            Descent::run(self.trees, commits, self.watch)
        };
        let (((in_history, mut in_refs, in_stash), in_head), anywhere) =
            rayon::join(reach, descend);
        for blob in tips.refs.iter().filter_map(|id| wanted.numbers.get(id)) {
            let first = &mut in_refs[*blob as usize];
            *first = (*first).min(DIRECT);
        }
        let attribution = |blob: usize| Attribution {
            presence: match () {
                () if !in_head.blobs[blob].is_empty() => Presence::Head,
                () if in_history[blob] != NONE => Presence::History,
                () if in_refs[blob] != NONE => Presence::Refs,
                () if in_stash[blob] != NONE => Presence::Stash,
                () => Presence::Unreachable,
            },
            witness: [in_history[blob], in_refs[blob], in_stash[blob]]
                .into_iter()
                .find(|commit| *commit != NONE)
                .filter(|commit| *commit != DIRECT)
                .map(|commit| self.graph.id(commit)),
            places: self.places(&anywhere, blob),
            head_paths: in_head.blobs[blob]
                .iter()
                .map(|(_, path)| in_head.paths.text(self.trees, *path))
                .collect(),
        };
        let ids = wanted.ids.iter().copied().enumerate();
        let by_id: Found = ids.map(|(blob, id)| (id, attribution(blob))).collect();
        let named = (wanted.ids.len()..).zip(self.trees.named());
        let by_name = named.map(|(blob, id)| (model_id(*id), attribution(blob)));
        Searched {
            by_id,
            by_name: by_name.collect(),
            is_cut: anywhere.is_cut || in_head.is_cut,
        }
    }

    fn places(&self, descent: &Descent<'_>, blob: usize) -> Vec<Place> {
        let place = |&(commit, path): &(u32, u32)| {
            self.order
                .place(self.graph, commit, descent.paths.text(self.trees, path))
        };
        descent.blobs[blob].iter().map(place).collect()
    }

    /// Pairs commits with the numbers of their trees.
    fn roots(&self, commits: &mut dyn Iterator<Item = u32>) -> Vec<(u32, u32)> {
        let tree = |commit: u32| self.tops[commit as usize];
        commits
            .filter_map(|commit| Some((commit, tree(commit)?)))
            .collect()
    }

    /// Returns the commits at least as near as `presence`, with their trees.
    fn near(&self, presence: Presence) -> impl Iterator<Item = (u32, u32)> + '_ {
        let near = move |commit: &u32| self.order.presence[*commit as usize] <= presence;
        let commits = self.commits.iter().copied().filter(near);
        commits.filter_map(|commit| Some((commit, self.tops[commit as usize]?)))
    }
}

/// Which blobs some trees lead to.
struct Reach<'t> {
    trees: &'t Trees,
    entered: Vec<bool>,
    /// By pool: the entries that were looked at.
    seen: Vec<Bits>,
    /// By number of the blob: the first commit that led to it, [`DIRECT`], or [`NONE`].
    found: Vec<u32>,
}

/// Reached from no commit, but from a ref that leads to a tree or a blob.
const DIRECT: u32 = NONE - 1;

impl<'t> Reach<'t> {
    fn new(trees: &'t Trees) -> Self {
        Self {
            trees,
            entered: vec![false; trees.len()],
            seen: trees.pools().map(|pool| Bits::new(pool.len())).collect(),
            found: vec![NONE; trees.blobs()],
        }
    }

    /// Notes what `roots`, pairs of commit and tree, lead to and earlier roots did not.
    fn enter(&mut self, roots: impl Iterator<Item = (u32, u32)>) {
        let mut open: Vec<u32> = Vec::new();
        for (commit, root) in roots {
            open.push(root);
            while let Some(tree) = open.pop() {
                if std::mem::replace(&mut self.entered[tree as usize], true) {
                    continue;
                }
                let (number, strips) = self.trees.strips(tree);
                let pool = self.trees.pool(number);
                // Trees that were not read are in no pool.
                let Some(seen) = self.seen.get_mut(number) else {
                    continue;
                };
                for strip in strips {
                    seen.insert_all(strip, |at| match pool[at as usize].held() {
                        Held::Blob(blob) => {
                            let first = &mut self.found[blob as usize];
                            *first = if *first == NONE { commit } else { *first };
                        }
                        Held::Tree(tree) if !self.entered[tree as usize] => open.push(tree),
                        Held::Tree(_) => {}
                    });
                }
            }
        }
    }
}

/// Paths as chains of names, each numbered once.
#[derive(Default)]
struct Paths {
    numbers: FxHashMap<(u32, u32), u32>,
    /// The parent path ([`NONE`] for the top) and the last name.
    links: Vec<(u32, u32)>,
}

impl Paths {
    fn below(&mut self, parent: u32, name: u32) -> u32 {
        let next = to_u32(self.links.len());
        let number = *self.numbers.entry((parent, name)).or_insert(next);
        if number == next {
            self.links.push((parent, name));
        }
        number
    }

    fn text(&self, trees: &Trees, mut path: u32) -> String {
        let mut parts = Vec::new();
        while let Some(&(parent, name)) = self.links.get(path as usize) {
            parts.push(path_text(trees.name(name)));
            path = parent;
        }
        parts.reverse();
        parts.join("/")
    }
}

/// A path for each tree number, or [`UNSEEN`]: for all trees, or for the few of a single commit.
enum Entered {
    All(Vec<u32>),
    Few(FxHashMap<u32, u32>),
}

impl Entered {
    fn new(trees: Option<usize>) -> Self {
        let few = || Self::Few(FxHashMap::default());
        trees.map_or_else(few, |trees| Self::All(vec![UNSEEN; trees]))
    }

    fn get(&self, tree: u32) -> u32 {
        match self {
            Self::All(paths) => paths[tree as usize],
            Self::Few(paths) => paths.get(&tree).copied().unwrap_or(UNSEEN),
        }
    }

    /// Notes the path unless the tree has one, and returns what was there before.
    fn enter(&mut self, tree: u32, path: u32) -> u32 {
        let first = match self {
            Self::All(paths) => &mut paths[tree as usize],
            Self::Few(paths) => paths.entry(tree).or_insert(UNSEEN),
        };
        let before = *first;
        if before == UNSEEN {
            *first = path;
        }
        before
    }
}

/// One descent, which enters each tree once for each of its paths.
struct Descent<'t> {
    trees: &'t Trees,
    paths: Paths,
    /// By number of the tree: the path under which it was entered first.
    entered: Entered,
    /// By pool and entry: the path of the first tree in which it was looked at, or [`UNSEEN`]. Not kept for a single
    /// commit, which rarely has anything twice.
    seen: Vec<Vec<u32>>,
    /// Trees that were entered under further paths.
    again: FxHashSet<(u32, u32)>,
    /// Whether there are more paths than are followed.
    is_cut: bool,
    /// The paths of blobs that have many, with the number of the blob.
    many: FxHashSet<(u32, u32)>,
    /// By number of the blob: in which commit it was first seen under which path.
    blobs: Vec<Vec<(u32, u32)>>,
}

/// A tree that was not entered, or an entry that was not looked at.
const UNSEEN: u32 = NONE - 1;

/// A tree that is being walked.
struct Open<'t> {
    path: u32,
    number: usize,
    pool: &'t [Entry],
    strips: StripIter<'t>,
    strip: Range<usize>,
}

impl<'t> Open<'t> {
    fn new(trees: &'t Trees, tree: u32, path: u32) -> Self {
        let (number, strips) = trees.strips(tree);
        Self {
            path,
            number,
            pool: trees.pool(number),
            strips,
            strip: 0..0,
        }
    }

    /// Returns the next entry that was not looked at under the same path, as most were in an earlier version of the
    /// tree.
    fn next(&mut self, seen: &mut [Vec<u32>]) -> Option<&'t Entry> {
        loop {
            if let Some(ahead) = self.ahead(seen) {
                let at = self.strip.start + ahead;
                self.strip.start = at + 1;
                return Some(&self.pool[at]);
            }
            let strip = self.strips.next()?;
            self.strip = strip.start as usize..strip.end as usize;
        }
    }

    /// Returns how far ahead in the strip that entry is.
    fn ahead(&self, seen: &mut [Vec<u32>]) -> Option<usize> {
        let Some(seen) = seen.get_mut(self.number) else {
            return (!self.strip.is_empty()).then_some(0);
        };
        let rest = &mut seen[self.strip.clone()];
        let ahead = rest.iter().position(|path| *path != self.path)?;
        if rest[ahead] == UNSEEN {
            rest[ahead] = self.path;
        }
        Some(ahead)
    }
}

impl<'t> Descent<'t> {
    /// Goes down from `roots`, pairs of commit and tree, in their order.
    fn run(trees: &'t Trees, roots: Vec<(u32, u32)>, watch: &dyn Watch) -> Self {
        let has_versions = roots.len() > 1;
        // Memory that is written at once costs less than zeroed memory, which the system first maps for reading and
        // again for writing.
        let unseen = || trees.pools().map(|pool| vec![UNSEEN; pool.len()]).collect();
        let seen: Option<Vec<_>> = has_versions.then(unseen);
        let seen = seen.unwrap_or_default();
        let mut descent = Self {
            trees,
            paths: Paths::default(),
            entered: Entered::new(has_versions.then(|| trees.len())),
            seen,
            again: FxHashSet::default(),
            is_cut: false,
            many: FxHashSet::default(),
            blobs: vec![Vec::new(); trees.blobs()],
        };
        for (commit, root) in roots {
            if watch.is_cancelled() {
                break;
            }
            descent.enter_root(commit, root);
        }
        descent
    }

    /// Walks in git's order of entries, so that of several new paths the first one comes first.
    fn enter_root(&mut self, commit: u32, root: u32) {
        let trees = self.trees;
        let mut open = Vec::new();
        if self.is_new(root, NONE) {
            open.push(Open::new(trees, root, NONE));
        }
        while let Some(tree) = open.last_mut() {
            let parent = tree.path;
            let Some(entry) = tree.next(&mut self.seen) else {
                open.pop();
                continue;
            };
            match entry.held() {
                Held::Blob(blob) => self.note(blob, commit, (parent, entry.name)),
                Held::Tree(tree) if self.is_known(tree, (parent, entry.name)) => {}
                Held::Tree(tree) => {
                    let path = self.paths.below(parent, entry.name);
                    if self.is_new(tree, path) {
                        open.push(Open::new(trees, tree, path));
                    }
                }
            }
        }
    }

    /// Whether a tree was first entered under exactly this path, as nearly all were. Does not need the path's number.
    fn is_known(&self, tree: u32, path: (u32, u32)) -> bool {
        let first = self.entered.get(tree);
        self.paths.links.get(first as usize) == Some(&path)
    }

    fn is_new(&mut self, tree: u32, path: u32) -> bool {
        let first = self.entered.enter(tree, path);
        // Few trees have a second path, so a bound on their number bounds the work even for a hostile tree with very
        // many.
        if first == UNSEEN {
            return true;
        }
        if first == path || self.again.contains(&(tree, path)) {
            return false;
        }
        let is_full = self.again.len() >= MAX_PATHS * self.trees.len();
        self.is_cut |= is_full;
        !is_full && self.again.insert((tree, path))
    }

    fn note(&mut self, blob: u32, commit: u32, (parent, name): (u32, u32)) {
        let path = self.paths.below(parent, name);
        let places = &mut self.blobs[blob as usize];
        // Comparing each place of a blob with all others would be quadratic.
        let is_known = match places.len() {
            ..MAX_PATHS => places.iter().any(|(_, known)| *known == path),
            MAX_PATHS => {
                let all = places.iter().map(|(_, path)| (blob, *path));
                self.many.extend(all);
                !self.many.insert((blob, path))
            }
            _ => !self.many.insert((blob, path)),
        };
        match places.len() {
            _ if is_known => {}
            ..MAX_PLACES => places.push((commit, path)),
            _ => self.is_cut = true,
        }
    }
}
