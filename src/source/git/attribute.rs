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
#[derive(Debug, Default)]
pub struct Attributions {
    /// By id of the blob.
    pub blobs: BTreeMap<model::ObjectId, Attribution>,
    /// By id of the commit or tag whose message it is.
    pub messages: BTreeMap<model::ObjectId, Attribution>,
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

/// A gap for an object that is named but not there.
pub(super) fn absent(kind: &str, id: ObjectId) -> Gap {
    let reason = format!("the {kind} is not in this clone: fetch it, or scan a full clone");
    Gap {
        kind: GapKind::Missing,
        place: format!("object {id}"),
        reason,
    }
}
