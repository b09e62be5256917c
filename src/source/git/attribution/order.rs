//! The commits of a repository in the order in which they are searched for blobs.

use std::collections::BTreeMap;

use gix::ObjectId;

use crate::model::{self, Presence};
use crate::source::git::attribute::{Attribution, Place};
use crate::source::git::graph::Graph;
use crate::source::git::pack::NONE;
use crate::source::git::{Repo, model_id};

/// The commits in order, and the presence of each.
pub(in crate::source::git) struct Order {
    /// Commits that refs lead to, oldest first, followed by all others, oldest first.
    pub(in crate::source::git) commits: Vec<u32>,
    rank: Vec<u32>,
    /// By number of the commit: the nearest presence that its contents can have, apart from HEAD's own tree.
    pub(in crate::source::git) presence: Vec<Presence>,
}

impl Order {
    pub(in crate::source::git) fn new(
        graph: &Graph,
        tips: &crate::source::git::refs::Tips,
    ) -> Self {
        let numbers = |ids: &[ObjectId]| {
            ids.iter()
                .filter_map(|id| graph.number(id))
                .collect::<Vec<_>>()
        };
        let from_head = graph.reachable(tips.head.and_then(|head| graph.number(&head)));
        let from_refs = graph.reachable(numbers(&tips.refs));
        let from_stash = graph.reachable(numbers(&tips.stash));
        let near = from_head.iter().zip(&from_refs).zip(&from_stash);
        let presence = near.map(|((head, refs), stash)| match (head, refs, stash) {
            (true, ..) => Presence::History,
            (false, true, _) => Presence::Refs,
            (false, false, true) => Presence::Stash,
            (false, false, false) => Presence::Unreachable,
        });
        let presence: Vec<_> = presence.collect();
        let mut commits = graph.oldest_first();
        commits.sort_by_key(|&commit| presence[commit as usize] == Presence::Unreachable);
        let mut rank = vec![NONE; graph.len()];
        for (at, &commit) in (0..).zip(&commits) {
            rank[commit as usize] = at;
        }
        Self {
            commits,
            rank,
            presence,
        }
    }

    /// Returns the position of a commit in the order.
    pub(in crate::source::git) fn rank(&self, commit: u32) -> u32 {
        self.rank[commit as usize]
    }

    /// Returns a place in a commit.
    pub(in crate::source::git) fn place(&self, graph: &Graph, commit: u32, path: String) -> Place {
        let id = graph.id(commit);
        Place {
            commit: model_id(id),
            rank: self.rank[commit as usize],
            path,
        }
    }

    /// Returns where messages come from: a commit's message from that commit, a tag's from what the tag points at.
    pub(in crate::source::git) fn messages(
        &self,
        graph: &Graph,
        repo: &Repo,
        tips: &crate::source::git::refs::Tips,
        messages: Vec<model::ObjectId>,
    ) -> BTreeMap<model::ObjectId, Attribution> {
        let local = repo.shared.to_thread_local();
        let attribute = |id: model::ObjectId| {
            let object = ObjectId::try_from(id.as_bytes()).ok()?;
            if let Some(commit) = graph.number(&object) {
                let places = vec![self.place(graph, commit, String::new())];
                return Some(Attribution {
                    places,
                    head_paths: Vec::new(),
                    presence: self.presence[commit as usize],
                    witness: None,
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
            let place = commit.map(|commit| self.place(graph, commit, String::new()));
            Some(Attribution {
                places: place.into_iter().collect(),
                head_paths: Vec::new(),
                presence,
                witness: None,
            })
        };
        messages
            .into_iter()
            .filter_map(|id| Some((id, attribute(id)?)))
            .collect()
    }
}
