//! Finds out which commit brought a blob, under which path, and whether it is still there.
//!
//! Trees are gone through once, packs and loose objects alike, and only this is kept of each: which trees it holds,
//! and which of the blobs in question, with their names. All else is done on these numbers in memory.

use std::ops::Range;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::TreeRefIter;
use rustc_hash::FxHashMap;

use super::graph::Graph;
use super::history::History;
use super::odb::Objects;
use super::pack::{Kind, NONE, to_u32};
use super::walk::{Object, Plan, Visit};
use super::{Repo, model_id};
use crate::model::{self, Gap, GapKind, Inherited, Presence};
use crate::source::Meter;

/// Where a blob, a commit message or a tag message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The earliest commit that holds it, and the path there. Commits that refs lead to come before all others.
    pub first: Option<Place>,
    /// A path in the tree of HEAD.
    pub head_path: Option<String>,
    /// Where it can still be reached.
    pub presence: Presence,
}

/// A path in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The commit.
    pub commit: model::ObjectId,
    /// Its rank when all commits are ordered, oldest first.
    pub rank: u32,
    /// The path; empty for messages.
    pub path: String,
}

/// The origins of all blobs that were asked for.
#[derive(Debug, Default)]
pub struct Attributions {
    /// By id of the blob.
    pub blobs: std::collections::BTreeMap<model::ObjectId, Attribution>,
    /// By id of the commit or tag whose message it is.
    pub messages: std::collections::BTreeMap<model::ObjectId, Attribution>,
    /// What was missing or damaged on the way.
    pub gaps: Vec<Gap>,
}

impl History {
    /// Finds out where `blobs` and the messages of the commits and tags in `messages` come from.
    pub fn attribute(
        self,
        repo: &Repo,
        blobs: Vec<model::ObjectId>,
        messages: Vec<model::ObjectId>,
    ) -> Attributions {
        let mut attributions = Attributions::default();
        let is_partial = repo.is_partial();
        let shallow = repo.shallow_gap().is_some();
        let graph = Graph::new(self.commits);
        if !shallow {
            let missing = graph.missing.iter().map(|id| absent("commit", *id));
            attributions.gaps.extend(missing);
        }
        let tips = repo.tips();
        let order = Order::new(&graph, &tips);
        attributions.messages = order.messages(&graph, repo, &tips, messages);
        if blobs.is_empty() && !is_partial {
            return attributions;
        }
        let plan = Plan {
            repo: &repo.shared,
            objects: &self.objects,
            kinds: &[Kind::Tree],
            limits: self.limits,
            meter: &Meter::default(),
        };
        let wanted = Wanted::new(blobs);
        let trees = Trees::collect(&plan, &wanted, is_partial);
        attributions.gaps.extend(trees.gaps.iter().cloned());
        let absent = trees.absent(&graph, &self.objects, repo.hash());
        attributions.gaps.extend(absent);
        attributions.gaps.sort();
        attributions.gaps.dedup();
        attributions.blobs = Search {
            graph: &graph,
            trees: &trees,
            order: &order,
        }
        .run(&wanted, &tips);
        attributions
    }
}

fn absent(kind: &str, id: ObjectId) -> Gap {
    let reason = format!("the {kind} is not in this clone: fetch it, or scan a full clone");
    Gap {
        kind: GapKind::Missing,
        place: format!("object {id}"),
        reason,
    }
}

/// The commits in order, and how near each is.
struct Order {
    /// Commits that refs lead to, oldest first, and then all others, oldest first.
    commits: Vec<u32>,
    rank: Vec<u32>,
    presence: Vec<Presence>,
}

impl Order {
    fn new(graph: &Graph, tips: &super::Tips) -> Self {
        let numbers = |ids: &[ObjectId]| {
            ids.iter()
                .filter_map(|id| graph.number(id))
                .collect::<Vec<_>>()
        };
        let from_head = graph.reachable(tips.head.and_then(|head| graph.number(&head)));
        let from_refs = graph.reachable(numbers(&tips.refs));
        let presence = from_head.iter().zip(&from_refs).map(|near| match near {
            (true, _) => Presence::History,
            (false, true) => Presence::Refs,
            (false, false) => Presence::Unreachable,
        });
        let mut commits = graph.oldest_first();
        commits.sort_by_key(|&commit| !from_refs[commit as usize]);
        let mut rank = vec![NONE; graph.commits.len()];
        for (at, &commit) in (0..).zip(&commits) {
            rank[commit as usize] = at;
        }
        Self {
            commits,
            rank,
            presence: presence.collect(),
        }
    }

    fn place(&self, graph: &Graph, commit: u32, path: String) -> Place {
        let id = graph.commits[commit as usize].id;
        Place {
            commit: model_id(id),
            rank: self.rank[commit as usize],
            path,
        }
    }

    /// A commit's message comes from that commit; a tag's from what it points at.
    fn messages(
        &self,
        graph: &Graph,
        repo: &Repo,
        tips: &super::Tips,
        messages: Vec<model::ObjectId>,
    ) -> std::collections::BTreeMap<model::ObjectId, Attribution> {
        let local = repo.shared.to_thread_local();
        let attribute = |id: model::ObjectId| {
            let object = ObjectId::try_from(id.as_bytes()).ok()?;
            if let Some(commit) = graph.number(&object) {
                let first = Some(self.place(graph, commit, String::new()));
                return Some(Attribution {
                    first,
                    head_path: None,
                    presence: self.presence[commit as usize],
                });
            }
            let target = local
                .find_tag(object)
                .ok()
                .and_then(|tag| Some(tag.target_id().ok()?.detach()));
            let commit = target.and_then(|target| graph.number(&target));
            let presence = match tips.refs.binary_search(&object) {
                Ok(_) => Presence::Refs,
                Err(_) => Presence::Unreachable,
            };
            let first = commit.map(|commit| self.place(graph, commit, String::new()));
            Some(Attribution {
                first,
                head_path: None,
                presence,
            })
        };
        messages
            .into_iter()
            .filter_map(|id| Some((id, attribute(id)?)))
            .collect()
    }
}

/// The blobs in question, numbered.
struct Wanted {
    ids: Vec<model::ObjectId>,
    numbers: HashMap<ObjectId, u32>,
}

impl Wanted {
    fn new(mut ids: Vec<model::ObjectId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let numbers = ids
            .iter()
            .zip(0..)
            .filter_map(|(id, number)| Some((ObjectId::try_from(id.as_bytes()).ok()?, number)));
        let numbers = numbers.collect();
        Self { ids, numbers }
    }
}

/// Something that a tree holds: the number of a tree or a wanted blob, and the number of its name.
#[derive(Debug, Clone, Copy)]
struct Entry {
    target: u32,
    name: u32,
    is_tree: bool,
}

/// All trees, reduced to what is needed here.
#[derive(Default)]
struct Trees {
    numbers: HashMap<ObjectId, u32>,
    /// By number of the tree; empty for trees that are not there.
    entries: Vec<Range<usize>>,
    present: Vec<bool>,
    pool: Vec<Entry>,
    names: Vec<Box<[u8]>>,
    gaps: Vec<Gap>,
}

impl Trees {
    fn collect(plan: &Plan<'_>, wanted: &Wanted, find_missing: bool) -> Self {
        let known = find_missing.then(|| known_objects(plan));
        let visitors = plan.run(&|| TreeVisitor {
            wanted,
            known: known.as_ref(),
            ..TreeVisitor::new(wanted, plan)
        });
        let mut trees = Self::default();
        let mut name_numbers: FxHashMap<Box<[u8]>, u32> = FxHashMap::default();
        for visitor in visitors {
            trees.absorb(visitor, &mut name_numbers);
        }
        trees.gaps.sort();
        trees.gaps.dedup();
        trees
    }

    /// Trees that commits or other trees hold, but that are not there. Git knows the empty tree without storing it.
    fn absent(&self, graph: &Graph, objects: &Objects, hash: gix::hash::Kind) -> Vec<Gap> {
        let is_read = |id: &ObjectId| {
            let number = self.numbers.get(id);
            number.is_some_and(|&number| self.present[number as usize])
        };
        let roots = graph.commits.iter().map(|commit| &commit.tree);
        let mut ids: Vec<_> = roots.chain(self.numbers.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        // What is there but was not read is damaged, and was told to be.
        ids.retain(|id| !is_read(id) && *id != ObjectId::empty_tree(hash) && !objects.contains(id));
        ids.into_iter().map(|id| absent("tree", id)).collect()
    }

    fn number(&mut self, id: ObjectId) -> u32 {
        let next = to_u32(self.entries.len());
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.entries.push(0..0);
            self.present.push(false);
        }
        number
    }

    /// Takes over what one thread has found, with that thread's numbers turned into common ones.
    fn absorb(&mut self, visitor: TreeVisitor<'_>, name_numbers: &mut FxHashMap<Box<[u8]>, u32>) {
        let mut names = vec![NONE; visitor.names.len()];
        #[expect(
            clippy::iter_over_hash_type,
            reason = "numbers of names never show in a result"
        )]
        for (name, local) in visitor.names {
            let next = to_u32(self.names.len());
            let number = *name_numbers.entry(name.clone()).or_insert(next);
            if number == next {
                self.names.push(name);
            }
            names[local as usize] = number;
        }
        let subtrees: Vec<u32> = visitor
            .subtree_ids
            .into_iter()
            .map(|id| self.number(id))
            .collect();
        for (id, range) in visitor.trees {
            let tree = self.number(id);
            let start = self.pool.len();
            self.pool
                .extend(visitor.pool[range].iter().map(|entry| Entry {
                    target: if entry.is_tree {
                        subtrees[entry.target as usize]
                    } else {
                        entry.target
                    },
                    name: names[entry.name as usize],
                    is_tree: entry.is_tree,
                }));
            self.entries[tree as usize] = start..self.pool.len();
            self.present[tree as usize] = true;
        }
        self.gaps.extend(visitor.gaps);
    }
}

/// The ids of all objects, for telling which are named in a tree but absent.
fn known_objects(plan: &Plan<'_>) -> gix::hashtable::HashSet<ObjectId> {
    let packed = plan
        .objects
        .packs
        .iter()
        .flat_map(|(pack, forest)| forest.nodes.iter().map(|node| pack.id(node)));
    let loose = plan
        .objects
        .loose
        .iter()
        .flat_map(|(_, ids)| ids.iter().copied());
    packed.chain(loose).collect()
}

/// Reads trees on one thread. Numbers are the thread's own.
struct TreeVisitor<'a> {
    wanted: &'a Wanted,
    known: Option<&'a gix::hashtable::HashSet<ObjectId>>,
    hash: gix::hash::Kind,
    trees: Vec<(ObjectId, Range<usize>)>,
    pool: Vec<Entry>,
    names: FxHashMap<Box<[u8]>, u32>,
    subtrees: HashMap<ObjectId, u32>,
    subtree_ids: Vec<ObjectId>,
    gaps: Vec<Gap>,
}

impl<'a> TreeVisitor<'a> {
    fn new(wanted: &'a Wanted, plan: &Plan<'_>) -> Self {
        Self {
            wanted,
            known: None,
            hash: plan.repo.objects.object_hash(),
            trees: Vec::new(),
            pool: Vec::new(),
            names: FxHashMap::default(),
            subtrees: HashMap::default(),
            subtree_ids: Vec::new(),
            gaps: Vec::new(),
        }
    }

    fn push(&mut self, target: u32, name: &[u8], is_tree: bool) {
        let name = if let Some(&number) = self.names.get(name) {
            number
        } else {
            let number = to_u32(self.names.len());
            self.names.insert(name.into(), number);
            number
        };
        self.pool.push(Entry {
            target,
            name,
            is_tree,
        });
    }

    fn subtree(&mut self, id: ObjectId) -> u32 {
        let next = to_u32(self.subtree_ids.len());
        let number = *self.subtrees.entry(id).or_insert(next);
        if number == next {
            self.subtree_ids.push(id);
        }
        number
    }
}

impl Visit for TreeVisitor<'_> {
    type Memory = ();

    fn object(&mut self, object: Object<'_>, _base: Option<(&(), &[Inherited])>) -> Option<()> {
        let Object { id, bytes, .. } = object;
        let start = self.pool.len();
        for entry in TreeRefIter::from_bytes(bytes, self.hash) {
            let Ok(entry) = entry else {
                let reason = "the tree is damaged".to_owned();
                self.gaps.push(Gap {
                    kind: GapKind::Corrupt,
                    place: format!("object {id}"),
                    reason,
                });
                break;
            };
            if entry.mode.is_tree() {
                let number = self.subtree(entry.oid.to_owned());
                self.push(number, entry.filename, true);
            } else if let Some(&number) = self.wanted.numbers.get(entry.oid) {
                self.push(number, entry.filename, false);
            }
            // A submodule's commit is never an object of this repository.
            if self
                .known
                .is_some_and(|known| !entry.mode.is_commit() && !known.contains(entry.oid))
            {
                let kind = if entry.mode.is_tree() { "tree" } else { "blob" };
                self.gaps.push(absent(kind, entry.oid.to_owned()));
            }
        }
        self.trees.push((id, start..self.pool.len()));
        None
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }
}

/// Looks for the wanted blobs in the trees of commits.
struct Search<'a> {
    graph: &'a Graph,
    trees: &'a Trees,
    order: &'a Order,
}

/// Where something was first come upon: in which tree, under which name.
type Above = Option<(u32, u32)>;

/// One descent through trees, which enters each tree once.
struct Descent {
    /// By number of the tree: from where it was entered; `None` when it was not, or is a root.
    trees: Vec<Above>,
    entered: Vec<bool>,
    /// By number of the blob: where it was found, and in which commit.
    blobs: Vec<Option<(u32, Above)>>,
}

impl Search<'_> {
    fn run(
        &self,
        wanted: &Wanted,
        tips: &super::Tips,
    ) -> std::collections::BTreeMap<model::ObjectId, Attribution> {
        let roots = |commits: &mut dyn Iterator<Item = u32>| {
            commits.filter_map(|commit| self.root(commit)).collect()
        };
        let all: Vec<_> = roots(&mut self.order.commits.iter().copied());
        let near = |presence: Presence| {
            let near = |commit: &u32| self.order.presence[*commit as usize] <= presence;
            roots(&mut self.order.commits.iter().copied().filter(near))
        };
        let head = tips.head.and_then(|head| self.graph.number(&head));
        let in_head = self.descend(wanted, &roots(&mut head.into_iter()));
        let in_history = self.descend(wanted, &near(Presence::History));
        // Refs may lead to a tree without any commit, as a tag of the Linux kernel does.
        let direct = tips.refs.iter().filter_map(|id| self.trees.numbers.get(id));
        let mut from_refs: Vec<_> = near(Presence::Refs);
        from_refs.extend(direct.map(|&tree| (NONE, tree)));
        let mut in_refs = self.descend(wanted, &from_refs);
        Self::direct_refs(wanted, tips, &mut in_refs);
        let anywhere = self.descend(wanted, &all);

        let attribution = |number: usize| {
            let found = |descent: &Descent| descent.blobs[number].is_some();
            let presence = match () {
                () if found(&in_head) => Presence::Head,
                () if found(&in_history) => Presence::History,
                () if found(&in_refs) => Presence::Refs,
                () => Presence::Unreachable,
            };
            let first = anywhere.blobs[number].map(|(commit, above)| {
                self.order
                    .place(self.graph, commit, self.path(&anywhere, above))
            });
            let head_path = in_head.blobs[number].map(|(_, above)| self.path(&in_head, above));
            Attribution {
                first,
                head_path,
                presence,
            }
        };
        (0..)
            .zip(&wanted.ids)
            .map(|(number, id)| (*id, attribution(number)))
            .collect()
    }

    /// The tree of a commit.
    fn root(&self, commit: u32) -> Option<(u32, u32)> {
        let tree = self.graph.commits[commit as usize].tree;
        Some((commit, *self.trees.numbers.get(&tree)?))
    }

    /// Refs may lead to a blob without any commit.
    fn direct_refs(wanted: &Wanted, tips: &super::Tips, found: &mut Descent) {
        for id in &tips.refs {
            if let Some(&number) = wanted.numbers.get(id) {
                found.blobs[number as usize].get_or_insert((NONE, None));
            }
        }
    }

    /// Goes down from `roots`, pairs of commit and tree, in their order.
    fn descend(&self, wanted: &Wanted, roots: &[(u32, u32)]) -> Descent {
        let trees = self.trees.entries.len();
        let mut descent = Descent {
            trees: vec![None; trees],
            entered: vec![false; trees],
            blobs: vec![None; wanted.ids.len()],
        };
        let mut open: Vec<(u32, Range<usize>)> = Vec::new();
        for &(commit, root) in roots {
            if !std::mem::replace(&mut descent.entered[root as usize], true) {
                open.push((root, self.trees.entries[root as usize].clone()));
            }
            // Strictly in the order in which git sorts entries, so that of several paths the first one is taken.
            while let Some((tree, rest)) = open.last_mut() {
                let (tree, Some(at)) = (*tree, rest.next()) else {
                    open.pop();
                    continue;
                };
                if let Some(subtree) = Self::enter(tree, self.trees.pool[at], commit, &mut descent)
                {
                    open.push((subtree, self.trees.entries[subtree as usize].clone()));
                }
            }
        }
        descent
    }

    /// Notes one entry of `tree`; gives it back when it is a tree that was not entered before.
    fn enter(tree: u32, entry: Entry, commit: u32, descent: &mut Descent) -> Option<u32> {
        let above = Some((tree, entry.name));
        let target = entry.target as usize;
        if !entry.is_tree {
            descent.blobs[target].get_or_insert((commit, above));
        } else if !std::mem::replace(&mut descent.entered[target], true) {
            descent.trees[target] = above;
            return Some(entry.target);
        }
        None
    }

    fn path(&self, descent: &Descent, mut above: Above) -> String {
        let mut parts = Vec::new();
        while let Some((tree, name)) = above {
            parts.push(String::from_utf8_lossy(&self.trees.names[name as usize]));
            above = descent.trees[tree as usize];
        }
        parts.reverse();
        parts.join("/")
    }
}
