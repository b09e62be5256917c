//! Finds which commit brought a blob, under which path, and whether it is still there.
//!
//! Trees are walked once, from packs and loose objects alike, and little is kept of each: the trees it contains and the
//! wanted blobs in it, with their names. Everything else is computed from these numbers in memory.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;

use crate::model::{self, Gap, GapKind, Presence};
use crate::source::git::Repo;
use crate::source::git::graph::{Commits, Graph};
use crate::source::git::history::History;
use crate::source::git::odb::Objects;
use crate::source::git::order::Order;
use crate::source::git::pack::Kind;
use crate::source::git::refs::Tips;
use crate::source::git::removal::Line;
use crate::source::git::search::{Found, Search};
use crate::source::git::seen::{Growth, Record, Seen};
use crate::source::git::trees::{IsNamed, Missing, Trees, Wanted};
use crate::source::git::walk::Plan;
use crate::source::{Meter, Stage, Watch};

/// Where a blob, a commit message or a tag message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Every path under which a commit has it, each with the earliest such commit, earliest first. Commits that refs
    /// lead to come before all others. If a blob has very many paths, only the first ones are listed.
    pub places: Vec<Place>,
    /// Its paths in the tree of HEAD.
    pub head_paths: Vec<String>,
    /// Where it can still be reached.
    pub presence: Presence,
    /// The oldest commit with this presence that holds it; for [`Presence::Head`], one in the history of HEAD. None for
    /// messages, and for what no searched commit leads to.
    pub(in crate::source::git) witness: Option<ObjectId>,
}

impl Attribution {
    /// Returns its presence under `path`: if HEAD has it only under other paths, it is gone from this one.
    pub fn presence_at(&self, path: &str) -> Presence {
        let is_elsewhere = self.presence == Presence::Head
            && !path.is_empty()
            && !self.head_paths.iter().any(|own| own == path);
        if is_elsewhere {
            Presence::History
        } else {
            self.presence
        }
    }
}

/// A path in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The commit.
    pub commit: model::ObjectId,
    /// Its rank in the order of all commits, oldest first.
    pub rank: u32,
    /// The path; empty for messages.
    pub path: String,
}

/// What to attribute.
pub struct Asked {
    /// Blobs by id.
    pub blobs: Vec<model::ObjectId>,
    /// Commits and tags whose messages to attribute.
    pub messages: Vec<model::ObjectId>,
    /// Files by name.
    pub is_named: IsNamed,
}

/// A blob that was found by name.
#[derive(Debug, Clone)]
pub struct Named {
    /// Where it comes from, considering only the places where it has such a name.
    pub attribution: Attribution,
    /// Whether an earlier scan knew all of its paths.
    pub is_known: bool,
}

/// Where everything that was asked for comes from.
#[derive(Default)]
pub struct Attributions {
    /// By id of the blob.
    pub blobs: BTreeMap<model::ObjectId, Attribution>,
    /// What was found by name, by id of the blob.
    pub named: BTreeMap<model::ObjectId, Named>,
    /// By id of the commit or tag whose message it is.
    pub messages: BTreeMap<model::ObjectId, Attribution>,
    /// What was missing or damaged on the way.
    pub gaps: Vec<Gap>,
    /// Whether all refs could be followed, so that what is unreachable is known.
    pub knows_refs: bool,
    /// What was seen, if it is to be kept.
    pub record: Option<Record>,
    /// The first-parent history of HEAD.
    pub line: Line,
    /// Objects that no ref leads to and that only another repository has, of which this one borrows objects.
    pub borrowed: BTreeSet<model::ObjectId>,
}

impl Attributions {
    /// Sets `named` to the blobs among `blobs` that have such a name.
    pub fn pick(&mut self, is_named: IsNamed) {
        let has_name = |place: &Place| {
            let name = place.path.rsplit('/').next();
            name.is_some_and(|name| is_named(name.as_bytes()))
        };
        let named = self.blobs.iter();
        let named = named.filter(|(_, blob)| blob.places.iter().any(has_name));
        self.named = fresh(named.map(|(id, blob)| (*id, blob.clone())).collect());
    }
}

impl Attributions {
    /// Notes what refs and commits lead to that is not there.
    fn note_refs(&mut self, repo: &Repo, graph: &Graph, tips: &Tips) {
        self.line = Line::new(graph, tips);
        if repo.shallow_gap().is_none() {
            let missing = graph.missing.iter().map(|id| absent("commit", *id));
            self.gaps.extend(missing);
        }
        self.knows_refs = tips.gaps.is_empty();
        self.gaps.extend_from_slice(&tips.gaps);
    }

    /// Notes which trees could not be read, and what trees reference that is not there.
    fn note_trees(&mut self, gaps: &mut Vec<Gap>, missing: &[Missing]) {
        self.gaps.append(gaps);
        self.gaps.extend(missing.iter().map(absent_entry));
        self.gaps.sort();
        self.gaps.dedup();
    }

    /// Notes of what no ref leads to whether it is staged, and whether it is only in the objects of another repository.
    fn note_local(&mut self, repo: &Repo, objects: &Objects) {
        self.note_staged(repo);
        self.note_borrowed(objects);
    }

    /// Notes what is only in the objects of another repository: a pool of forks has what others pushed, too.
    fn note_borrowed(&mut self, objects: &Objects) {
        if !objects.has_alternates() || !self.knows_refs {
            return;
        }
        let named = self
            .named
            .iter()
            .map(|(id, named)| (id, &named.attribution));
        let all = self.blobs.iter().chain(&self.messages).chain(named);
        let is_borrowed = |(id, attribution): &(&model::ObjectId, &Attribution)| {
            let own = ObjectId::try_from(id.as_bytes()).is_ok_and(|id| objects.is_own(&id));
            attribution.presence == Presence::Unreachable && !own
        };
        self.borrowed = all.filter(is_borrowed).map(|(id, _)| *id).collect();
    }

    /// Marks blobs that no ref leads to but that are staged: they are about to be committed.
    fn note_staged(&mut self, repo: &Repo) {
        let named = self.named.iter_mut();
        let named = named.map(|(id, named)| (id, &mut named.attribution));
        let local = self.blobs.iter_mut().chain(named);
        let mut local = local
            .filter(|(_, attribution)| attribution.presence.is_local())
            .peekable();
        if local.peek().is_none() {
            return;
        }
        let staged = repo.staged_blobs();
        for (id, attribution) in local {
            let id = ObjectId::try_from(id.as_bytes());
            if id.is_ok_and(|id| staged.contains(&id)) {
                attribution.presence = Presence::Index;
            }
        }
    }
}

impl History {
    /// Finds where everything in `asked` comes from; what an earlier scan has `seen` is not read again. Once `watch`
    /// asks to end, whatever is returned is incomplete.
    pub fn attribute(
        self,
        repo: &Repo,
        seen: Option<&Seen>,
        asked: Asked,
        watch: &dyn Watch,
    ) -> Attributions {
        let mut attributions = Attributions::default();
        let (mut own, mut record) = (self.objects, self.record);
        let meter = Meter::new(Stage::Origins, watch);
        let wanted = Wanted::new(asked.blobs, asked.is_named);
        let limits = self.limits;
        let collect = |objects: &Objects, named| {
            let plan = Plan {
                repo: &repo.shared,
                objects,
                kinds: &[Kind::Tree],
                limits,
                meter: &meter,
            };
            Trees::collect(&plan, &wanted, named)
        };
        let put_in_order = || Ordered::new(self.commits, repo);
        // What an earlier scan has seen decides which trees are read; without one, the trees need not wait for the
        // commits.
        let (ordered, early) = if seen.is_some() {
            (put_in_order(), None)
        } else {
            let (ordered, trees) = rayon::join(put_in_order, || collect(&own, Vec::new()));
            (ordered, Some(trees))
        };
        let Ordered { graph, tips, order } = ordered;
        attributions.note_refs(repo, &graph, &tips);
        attributions.messages = order.messages(&graph, repo, &tips, asked.messages);
        let growth = seen.and_then(|seen| seen.growth(&graph, &order, &own));
        // A history that has done more than grow is walked again from scratch.
        let is_again = growth.is_none() && own.seen.is_some();
        let mut again = is_again.then(|| repo.objects(None));
        let objects = again.as_mut().unwrap_or(&mut own);
        let mut trees = early.unwrap_or_else(|| {
            let named = growth.as_ref().map(Growth::named).unwrap_or_default();
            collect(objects, named)
        });
        if watch.is_cancelled() {
            return attributions;
        }
        if let Some(record) = &mut record {
            record.add_trees(trees.read());
        }
        let mut missing = std::mem::take(&mut trees.missing);
        if let Some(growth) = &growth {
            missing.extend(growth.missing());
            trees.complete(&repo.shared, &wanted, roots(&graph, &tips, &growth.commits));
        }
        let tops = trees.tops(&graph);
        // The trees of all other commits are known to be there.
        let commits = growth.as_ref().map(Growth::may_lack_tree);
        let commits = commits.as_deref().unwrap_or(&order.commits);
        missing.extend(trees.absent((&graph, &tops), commits, objects, repo.hash()));
        // All walks are done, and what follows needs the memory.
        objects.end_walks();
        missing.sort_unstable();
        missing.dedup_by_key(|missing| (missing.id, missing.is_tree));
        attributions.note_trees(&mut trees.gaps, &missing);
        let search = Search {
            graph: &graph,
            trees: &trees,
            order: &order,
            tops: &tops,
            commits: growth
                .as_ref()
                .map_or(&order.commits, |growth| &growth.commits),
            watch,
        };
        let searched = search.run(&wanted, &tips);
        attributions.gaps.extend(searched.gap());
        attributions.blobs = searched.by_id;
        attributions.named = fresh(searched.by_name);
        if let Some(growth) = &growth {
            growth.complete(&graph, &order, &mut attributions);
        }
        attributions.note_local(repo, objects);
        let new_commits = growth.map(|growth| growth.commits.len());
        let record = record.filter(|record| record.is_worth_writing(new_commits));
        attributions.record = record.map(|mut record| {
            record.add_commits(&graph, &order);
            record.add_origins(missing, &attributions);
            record
        });
        trees.discard();
        discard((graph, order, own));
        attributions
    }
}

/// The commits, and the order in which to search them.
struct Ordered {
    graph: Graph,
    tips: crate::source::git::refs::Tips,
    order: Order,
}

impl Ordered {
    fn new(commits: Commits, repo: &Repo) -> Self {
        let graph = Graph::new(commits);
        let tips = repo.tips(&graph);
        let order = Order::new(&graph, &tips);
        Self { graph, tips, order }
    }
}

/// Drops something large on an idle thread, since freeing memory takes time.
pub(in crate::source::git) fn discard(large: impl Send + 'static) {
    rayon::spawn(move || drop(large));
}

/// Wraps what was found by name, none of it by an earlier scan.
fn fresh(found: Found) -> BTreeMap<model::ObjectId, Named> {
    let new = |attribution| Named {
        attribution,
        is_known: false,
    };
    let found = found.into_iter();
    found.map(|(id, found)| (id, new(found))).collect()
}

/// Returns where a search among `commits` begins: their trees, that of HEAD, and what refs lead to that is not a
/// commit.
fn roots<'g>(
    graph: &'g Graph,
    tips: &'g crate::source::git::refs::Tips,
    commits: &'g [u32],
) -> impl Iterator<Item = ObjectId> + 'g {
    let tree = |commit: u32| graph.tree(commit);
    let head = tips.head.and_then(|head| graph.number(&head));
    let direct = tips.refs.iter().filter(|id| graph.number(id).is_none());
    let of_commits = commits.iter().copied().chain(head).map(tree);
    of_commits.chain(direct.copied())
}

/// Returns the gap for a tree or blob that is referenced but not there.
fn absent_entry(missing: &Missing) -> Gap {
    absent(if missing.is_tree { "tree" } else { "blob" }, missing.id)
}

/// Returns the gap for an object that is referenced but not there.
pub(in crate::source::git) fn absent(kind: &str, id: ObjectId) -> Gap {
    let reason = format!("the {kind} is not in this clone: fetch it, or scan a full clone");
    Gap::new(GapKind::Missing, format!("object {id}"), reason)
}
