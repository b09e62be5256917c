//! Finds out which commit brought a blob, under which path, and whether it is still there.
//!
//! Trees are gone through once, packs and loose objects alike, and only this is kept of each: which trees it holds,
//! and which of the blobs in question, with their names. All else is done on these numbers in memory.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::Repo;
use super::graph::Graph;
use super::history::History;
use super::order::Order;
use super::pack::Kind;
use super::search::Search;
use super::seen::{Record, Seen};
use super::trees::{Trees, Wanted};
use super::walk::Plan;
use crate::model::{self, Gap, GapKind, Presence};
use crate::source::Meter;

/// Where a blob, a commit message or a tag message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Every path under which a commit holds it, each with the earliest such commit, earliest first. Commits that refs
    /// lead to come before all others. A blob with very many paths is listed under the first few.
    pub places: Vec<Place>,
    /// Its paths in the tree of HEAD.
    pub head_paths: Vec<String>,
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
#[derive(Default)]
pub struct Attributions {
    /// By id of the blob.
    pub blobs: BTreeMap<model::ObjectId, Attribution>,
    /// By id of the commit or tag whose message it is.
    pub messages: BTreeMap<model::ObjectId, Attribution>,
    /// What was missing or damaged on the way.
    pub gaps: Vec<Gap>,
    /// What was seen, if it shall be kept.
    pub record: Option<Record>,
}

impl History {
    /// Finds out where `blobs` and the messages of the commits and tags in `messages` come from; what an earlier scan
    /// has `seen` is not read again.
    pub fn attribute(
        self,
        repo: &Repo,
        seen: Option<&Seen>,
        blobs: Vec<model::ObjectId>,
        messages: Vec<model::ObjectId>,
    ) -> Attributions {
        let mut attributions = Attributions::default();
        let graph = Graph::new(self.commits);
        if repo.shallow_gap().is_none() {
            let missing = graph.missing.iter().map(|id| absent("commit", *id));
            attributions.gaps.extend(missing);
        }
        let tips = repo.tips();
        let order = Order::new(&graph, &tips);
        attributions.messages = order.messages(&graph, repo, &tips, messages);
        let is_partial = repo.is_partial();
        if blobs.is_empty() && !is_partial && self.record.is_none() {
            return attributions;
        }
        let growth = seen.and_then(|seen| seen.growth(&graph, &order, &self.objects));
        // A history that has not only grown is gone through anew.
        let is_again = growth.is_none() && self.objects.seen.is_some();
        let objects = if is_again {
            &repo.objects(None)
        } else {
            &self.objects
        };
        let plan = Plan {
            repo: &repo.shared,
            objects,
            kinds: &[Kind::Tree],
            limits: self.limits,
            meter: &Meter::default(),
        };
        let wanted = Wanted::new(blobs);
        let mut trees = Trees::collect(&plan, &wanted, is_partial);
        let mut record = self.record;
        if let Some(record) = &mut record {
            record.add_trees(trees.read());
        }
        let mut missing = std::mem::take(&mut trees.missing);
        if let Some(growth) = &growth {
            missing.extend(growth.missing());
            trees.complete(&repo.shared, &wanted, roots(&graph, &tips, &growth.commits));
        }
        let absent_trees = trees.absent(&graph, objects, repo.hash());
        missing.extend(absent_trees.into_iter().map(|id| (id, true)));
        missing.sort_unstable();
        missing.dedup();
        let kind = |is_tree: bool| if is_tree { "tree" } else { "blob" };
        let gaps = missing
            .iter()
            .map(|(id, is_tree)| absent(kind(*is_tree), *id));
        attributions.gaps.extend(trees.gaps.drain(..).chain(gaps));
        attributions.gaps.sort();
        attributions.gaps.dedup();
        let search = Search {
            graph: &graph,
            trees: &trees,
            order: &order,
            commits: growth
                .as_ref()
                .map_or(&order.commits, |growth| &growth.commits),
        };
        attributions.blobs = search.run(&wanted, &tips);
        if let Some(growth) = &growth {
            growth.complete(&graph, &order, &mut attributions.blobs);
        }
        let has_not_grown = growth.is_some_and(|growth| growth.commits.is_empty());
        record = record.filter(|record| !(has_not_grown && record.is_same()));
        if let Some(record) = &mut record {
            record.add_origins(&graph, &order, missing, &attributions.blobs);
        }
        attributions.record = record;
        attributions
    }
}

/// Where a search among `commits` begins: their trees, that of HEAD, and what refs lead to that is no commit.
fn roots<'g>(
    graph: &'g Graph,
    tips: &'g super::Tips,
    commits: &'g [u32],
) -> impl Iterator<Item = ObjectId> + 'g {
    let tree = |commit: u32| graph.commits[commit as usize].tree;
    let head = tips.head.and_then(|head| graph.number(&head));
    let direct = tips.refs.iter().filter(|id| graph.number(id).is_none());
    let of_commits = commits.iter().copied().chain(head).map(tree);
    of_commits.chain(direct.copied())
}

/// A gap for an object that is named but not there.
pub(super) fn absent(kind: &str, id: ObjectId) -> Gap {
    let reason = format!("the {kind} is not in this clone: fetch it, or scan a full clone");
    Gap {
        kind: GapKind::Missing,
        place: format!("object {id}"),
        reason,
    }
}
