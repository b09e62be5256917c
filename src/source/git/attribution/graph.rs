//! The commits of a repository: their order in time, and which of them can be reached from refs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::ObjectId;
use gix::objs::commit::ref_iter::Token;
use gix::objs::{CommitRefIter, TagRef};
use rayon::prelude::*;

use crate::source::git::buckets::{Buckets, Ids};
use crate::source::git::pack::{one_line, to_u32};
use crate::source::git::people;

/// A commit, as far as ordering and reachability need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source::git) struct Commit {
    pub(in crate::source::git) id: ObjectId,
    pub(in crate::source::git) tree: ObjectId,
    pub(in crate::source::git) parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970.
    pub(in crate::source::git) time: i64,
}

impl Commit {
    /// Reads the header of a commit object.
    pub(in crate::source::git) fn parse(
        id: ObjectId,
        bytes: &[u8],
        hash: gix::hash::Kind,
    ) -> Result<Self, String> {
        match Self::parse_usual(id, bytes, hash) {
            Some(commit) => Ok(commit),
            None => Self::parse_any(id, bytes, hash),
        }
    }

    /// Does the same for a header as git writes it; `None` for any other. Skips names and addresses, which saves four
    /// fifths of the time, so it does not notice a damaged author.
    fn parse_usual(id: ObjectId, bytes: &[u8], hash: gix::hash::Kind) -> Option<Self> {
        let (tree, mut rest) = id_field(bytes, b"tree ", hash)?;
        let mut parents = Vec::with_capacity(1);
        while let Some((parent, behind)) = id_field(rest, b"parent ", hash) {
            parents.push(parent);
            rest = behind;
        }
        let rest = rest.strip_prefix(b"author ")?;
        let author = memchr::memchr(b'\n', rest)?;
        let rest = rest[author + 1..].strip_prefix(b"committer ")?;
        let committer = &rest[..memchr::memchr(b'\n', rest)?];
        let (person, date) = committer.split_at(memchr::memrchr(b'>', committer)? + 1);
        memchr::memchr(b'<', person)?;
        let (seconds, zone) = date.strip_prefix(b" ")?.split_at_checked(10)?;
        let is_plain = seconds.iter().all(u8::is_ascii_digit)
            && matches!(zone, [b' ', b'+' | b'-', offset @ ..]
                if offset.len() == 4 && offset.iter().all(u8::is_ascii_digit));
        let time = std::str::from_utf8(seconds).ok()?.parse().ok()?;
        is_plain.then_some(Self {
            id,
            tree,
            parents,
            time,
        })
    }

    /// Does the same for a header in any form.
    fn parse_any(id: ObjectId, bytes: &[u8], hash: gix::hash::Kind) -> Result<Self, String> {
        let mut fields = CommitRefIter::from_bytes(bytes, hash);
        let tree = fields.tree_id().map_err(|error| one_line(&error))?;
        let (mut parents, mut time) = (Vec::new(), None);
        for field in fields {
            match field {
                Ok(Token::Parent { id }) => parents.push(id),
                Ok(Token::Author { .. }) => {}
                Ok(Token::Committer { signature }) => {
                    time = signature.time().ok();
                    break;
                }
                // An unreadable date is no reason to lose the commit.
                _ => break,
            }
        }
        Ok(Self {
            id,
            tree,
            parents,
            time: time.map_or(0, |time| time.seconds),
        })
    }
}

/// Returns the id on a line that begins with `name`, and the text after the line.
fn id_field<'b>(
    bytes: &'b [u8],
    name: &[u8],
    hash: gix::hash::Kind,
) -> Option<(ObjectId, &'b [u8])> {
    let digits = 2 * hash.len_in_bytes();
    let (hex, rest) = bytes.strip_prefix(name)?.split_at_checked(digits)?;
    Some((ObjectId::from_hex(hex).ok()?, rest.strip_prefix(b"\n")?))
}

/// Returns the message in a commit object: everything after the first empty line, preceded by the lines that name
/// people if those may hold more than names.
pub(in crate::source::git) fn message(bytes: &[u8]) -> Option<&[u8]> {
    let end = memchr::memmem::find(bytes, b"\n\n")?;
    let start = people::people(&bytes[..end]);
    if people::is_worth_a_look(&bytes[start..end]) {
        return Some(&bytes[start..]);
    }
    Some(&bytes[end + 2..])
}

/// Returns the message in a tag object without its signature, preceded by the line that names the tagger if that may
/// hold more than a name.
pub(in crate::source::git) fn tag_message(
    bytes: &[u8],
    hash: gix::hash::Kind,
) -> Result<&[u8], String> {
    let tag = TagRef::from_bytes(bytes, hash).map_err(|error| one_line(&error))?;
    let message: &[u8] = tag.message;
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let start = people::people(&bytes[..end]);
    if people::is_worth_a_look(&bytes[start..end]) {
        let last = bytes.len().min(end + 2 + message.len());
        return Ok(&bytes[start..last]);
    }
    Ok(message)
}

/// Commits in any order, possibly more than once, in about sixty bytes each.
#[derive(Default)]
pub(in crate::source::git) struct Commits {
    ids: Ids,
    trees: Ids,
    /// By commit: where its parents end.
    ends: Vec<u32>,
    parents: Ids,
    times: Vec<i64>,
}

impl Commits {
    pub(in crate::source::git) fn push(&mut self, commit: &Commit) {
        let parents = commit.parents.iter().map(|parent| parent.as_bytes());
        let tree = commit.tree.as_bytes();
        self.push_raw((commit.id.as_bytes(), tree), parents, commit.time);
    }

    /// Adds a commit from the raw ids of the commit, its tree and its parents.
    pub(in crate::source::git) fn push_raw<'i>(
        &mut self,
        (id, tree): (&[u8], &[u8]),
        parents: impl Iterator<Item = &'i [u8]>,
        time: i64,
    ) {
        self.ids.push(id);
        self.trees.push(tree);
        for parent in parents {
            self.parents.push(parent);
        }
        self.ends.push(to_u32(self.parents.len()));
        self.times.push(time);
    }

    pub(in crate::source::git) fn append(&mut self, mut other: Self) {
        let before = to_u32(self.parents.len());
        self.ids.append(other.ids);
        self.trees.append(other.trees);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.parents.append(other.parents);
        self.times.append(&mut other.times);
    }

    /// Returns the commits in the order of their ids, each once.
    fn sorted(&self) -> Vec<u32> {
        let all = to_u32(self.ids.len());
        let ascends = |at: &u32| self.ids.bytes(at - 1) < self.ids.bytes(*at);
        let known = (1..all).take_while(ascends).count() + 1;
        let known = to_u32(known).min(all);
        // Those that an earlier scan has seen come first, in order.
        if all - known <= known / 4 {
            return self.merged(known, self.sorted_within(known..all));
        }
        self.sorted_within(0..all)
    }

    fn sorted_within(&self, part: std::ops::Range<u32>) -> Vec<u32> {
        let mut order: Vec<u32> = part.collect();
        order.par_sort_unstable_by(|a, b| self.ids.bytes(*a).cmp(self.ids.bytes(*b)));
        order.dedup_by(|a, b| self.ids.bytes(*a) == self.ids.bytes(*b));
        order
    }

    /// Merges the first `known` commits, which are sorted by id, with `others`, which are, too.
    fn merged(&self, known: u32, others: Vec<u32>) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.ids.len());
        let mut done = 0;
        for other in others {
            let id = self.ids.bytes(other);
            let (mut start, mut end) = (done, known);
            while start < end {
                let middle = start + (end - start) / 2;
                if self.ids.bytes(middle) < id {
                    start = middle + 1;
                } else {
                    end = middle;
                }
            }
            order.extend(done..start);
            done = start;
            if start == known || self.ids.bytes(start) != id {
                order.push(other);
            }
        }
        order.extend(done..known);
        order
    }
}

/// Returns the range of a commit's parents among all parents.
fn span(ends: &[u32], commit: u32) -> std::ops::Range<u32> {
    let before = commit.checked_sub(1);
    before.map_or(0, |before| ends[before as usize])..ends[commit as usize]
}

impl FromIterator<Commit> for Commits {
    fn from_iter<I: IntoIterator<Item = Commit>>(commits: I) -> Self {
        let mut list = Self::default();
        for commit in commits {
            list.push(&commit);
        }
        list
    }
}

/// Commits with their parents resolved; their numbers are their positions in the order of ids.
pub(in crate::source::git) struct Graph {
    ids: Ids,
    buckets: Buckets,
    trees: Ids,
    times: Vec<i64>,
    /// By commit: where its parents begin; plus one entry for where the last one's end.
    first_parent: Vec<u32>,
    parents: Vec<u32>,
    /// Parents that are referenced but not there.
    pub(in crate::source::git) missing: Vec<ObjectId>,
    /// The commits that reference them.
    cut: Vec<(u32, ObjectId)>,
}

impl Graph {
    /// Builds the graph.
    pub(in crate::source::git) fn new(commits: Commits) -> Self {
        let order = commits.sorted();
        let (ids, trees) = (commits.ids.picked(&order), commits.trees.picked(&order));
        let mut graph = Self {
            buckets: Buckets::new(ids.len(), ids.iter()),
            times: order.iter().map(|at| commits.times[*at as usize]).collect(),
            first_parent: Vec::with_capacity(order.len() + 1),
            parents: Vec::with_capacity(commits.parents.len()),
            missing: Vec::new(),
            cut: Vec::new(),
            ids,
            trees,
        };
        for (number, &commit) in (0..).zip(&order) {
            graph.first_parent.push(to_u32(graph.parents.len()));
            for parent in span(&commits.ends, commit) {
                let parent = commits.parents.bytes(parent);
                match graph.number_of(parent) {
                    Some(parent) => graph.parents.push(parent),
                    None => graph.miss(number, parent),
                }
            }
        }
        graph.first_parent.push(to_u32(graph.parents.len()));
        graph.missing.sort_unstable();
        graph.missing.dedup();
        graph
    }

    fn miss(&mut self, commit: u32, parent: &[u8]) {
        let parent = ObjectId::try_from(parent).ok();
        self.missing.extend(parent);
        self.cut.extend(parent.map(|parent| (commit, parent)));
    }

    /// Returns how many commits there are.
    pub(in crate::source::git) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the number of a commit.
    pub(in crate::source::git) fn number(&self, id: &gix::oid) -> Option<u32> {
        self.number_of(id.as_bytes())
    }

    fn number_of(&self, id: &[u8]) -> Option<u32> {
        self.buckets.find(id, |at| self.ids.bytes(at))
    }

    /// Returns the id of a commit.
    pub(in crate::source::git) fn id(&self, commit: u32) -> ObjectId {
        self.ids.get(commit)
    }

    /// Returns the numbers of commits by id, quickly if the ids ascend.
    pub(in crate::source::git) fn numbers<'i>(
        &self,
        ids: impl Iterator<Item = &'i [u8]>,
    ) -> impl Iterator<Item = Option<u32>> {
        let (mut next, len) = (0, to_u32(self.len()));
        ids.map(move |id| {
            while next < len && self.ids.bytes(next) < id {
                next += 1;
            }
            if next < len && self.ids.bytes(next) == id {
                return Some(next);
            }
            self.number_of(id)
        })
    }

    /// Returns the id of its tree.
    pub(in crate::source::git) fn tree(&self, commit: u32) -> ObjectId {
        self.trees.get(commit)
    }

    /// When it was committed, in seconds since 1970.
    pub(in crate::source::git) fn time(&self, commit: u32) -> i64 {
        self.times[commit as usize]
    }

    /// Returns those parents of a commit that are there.
    pub(in crate::source::git) fn parents(&self, commit: u32) -> &[u32] {
        let commit = commit as usize;
        &self.parents[self.first_parent[commit] as usize..self.first_parent[commit + 1] as usize]
    }

    /// Returns the ids of all parents of a commit.
    pub(in crate::source::git) fn parent_ids(&self, commit: u32) -> Vec<ObjectId> {
        let known = self.parents(commit).iter().map(|parent| self.id(*parent));
        let start = self.cut.partition_point(|(cut, _)| *cut < commit);
        let missing = self.cut[start..].iter();
        let missing = missing.take_while(|(cut, _)| *cut == commit);
        known.chain(missing.map(|(_, parent)| *parent)).collect()
    }

    /// Returns which commits can be reached from `tips`, including the tips.
    pub(in crate::source::git) fn reachable(
        &self,
        tips: impl IntoIterator<Item = u32>,
    ) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        let mut open: Vec<u32> = tips.into_iter().collect();
        while let Some(commit) = open.pop() {
            if !std::mem::replace(&mut reached[commit as usize], true) {
                open.extend(self.parents(commit));
            }
        }
        reached
    }

    /// Returns all commits, parents before children. Among those that could come next, the earliest comes first, and
    /// among commits of the same second the one with the smaller id.
    pub(in crate::source::git) fn oldest_first(&self) -> Vec<u32> {
        let all = 0..to_u32(self.len());
        let (first_child, children) = self.children();
        let mut waiting_for: Vec<u32> = self
            .first_parent
            .windows(2)
            .map(|at| at[1] - at[0])
            .collect();
        let key = |commit: u32| Reverse((self.time(commit), commit));
        let roots = all.filter(|commit| waiting_for[*commit as usize] == 0);
        let mut ready: BinaryHeap<_> = roots.map(key).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(Reverse((_, commit))) = ready.pop() {
            order.push(commit);
            let commit = commit as usize;
            for &child in &children[first_child[commit] as usize..first_child[commit + 1] as usize]
            {
                waiting_for[child as usize] -= 1;
                if waiting_for[child as usize] == 0 {
                    ready.push(key(child));
                }
            }
        }
        order
    }

    /// Returns where each commit's children begin, and the children.
    fn children(&self) -> (Vec<u32>, Vec<u32>) {
        let mut ends = vec![0; self.len() + 1];
        for parent in &self.parents {
            ends[*parent as usize] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut children = vec![0; self.parents.len()];
        for commit in 0..to_u32(self.len()) {
            for parent in self.parents(commit) {
                let end = &mut ends[*parent as usize];
                *end -= 1;
                children[*end as usize] = commit;
            }
        }
        (ends, children)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[n; 20])
    }

    fn graph(commits: &[(u8, &[u8], i64)]) -> Graph {
        let commits = commits.iter().map(|&(n, parents, time)| Commit {
            id: id(n),
            tree: id(0),
            parents: parents.iter().map(|&parent| id(parent)).collect(),
            time,
        });
        Graph::new(commits.collect())
    }

    fn order(graph: &Graph) -> Vec<u8> {
        graph
            .oldest_first()
            .into_iter()
            .map(|at| graph.id(at).as_bytes()[0])
            .collect()
    }

    #[test]
    fn usual_headers_are_read_as_any_are() {
        let hex = |digit: &str| digit.repeat(40);
        let person = "A > B <a@b.test> 1700000000 +0100";
        let usual = format!(
            "tree {}\nparent {}\nparent {}\nauthor {person}\ncommitter {person}\n\nx\n",
            hex("a"),
            hex("b"),
            hex("c")
        );
        let hash = gix::hash::Kind::Sha1;
        let both = |text: &str| {
            let any = Commit::parse_any(id(1), text.as_bytes(), hash);
            (Commit::parse_usual(id(1), text.as_bytes(), hash), any)
        };
        let (quick, any) = both(&usual);
        assert_eq!(quick.as_ref(), any.as_ref().ok());
        assert_eq!(any.map(|commit| commit.time), Ok(1_700_000_000));
        for end in 0..usual.len() {
            let (quick, any) = both(&usual[..end]);
            assert!(quick.is_none() || quick == any.ok(), "{}", &usual[..end]);
        }
        // Where the fast path gives an answer at all, it is the same, however the header was damaged; but it does not
        // look at the author.
        let author = usual.find("author ").unwrap()..usual.find("committer ").unwrap();
        for at in (0..usual.len()).filter(|at| !author.contains(at)) {
            for new in ["", "0", "\n", " ", ">", "-", "tree "] {
                let text = format!("{}{new}{}", &usual[..at], &usual[at + 1..]);
                let (quick, any) = both(&text);
                assert!(quick.is_none() || quick == any.ok(), "{text}");
            }
        }
    }

    #[test]
    fn parents_come_first_even_when_clocks_were_wrong() {
        assert_eq!(
            order(&graph(&[(3, &[2], 5), (2, &[1], 99), (1, &[], 50)])),
            [1, 2, 3]
        );
    }

    #[test]
    fn of_several_roots_the_earliest_comes_first_and_ids_break_ties() {
        let graph = graph(&[(9, &[], 1), (4, &[], 2), (3, &[], 2), (8, &[9, 4], 3)]);
        assert_eq!(order(&graph), [9, 3, 4, 8]);
    }

    #[test]
    fn commits_that_were_seen_before_are_merged_with_new_ones() {
        let known: Vec<u8> = (1..=40).map(|n| n * 4).collect();
        let others: [&[u8]; 5] = [&[], &[3, 161, 80], &[4, 4, 7], &[200, 1, 200, 82], &[160]];
        for known in [&known[..], &known[..1], &[]] {
            for others in others {
                let all: Vec<u8> = known.iter().chain(others).copied().collect();
                let commits = all.iter().map(|n| Commit {
                    id: id(*n),
                    tree: id(*n),
                    parents: Vec::new(),
                    time: 0,
                });
                let graph = Graph::new(commits.collect());
                let expected: std::collections::BTreeSet<u8> = all.into_iter().collect();
                let expected: Vec<ObjectId> = expected.into_iter().map(id).collect();
                let ids = |of: &dyn Fn(u32) -> ObjectId| (0..to_u32(graph.len())).map(of).collect();
                let (own, trees): (Vec<_>, Vec<_>) =
                    (ids(&|at| graph.id(at)), ids(&|at| graph.tree(at)));
                assert_eq!((&own, &trees), (&expected, &expected));
            }
        }
    }

    #[test]
    fn numbers_are_found_in_any_order() {
        let graph = graph(&[(2, &[], 0), (4, &[], 0), (6, &[], 0), (8, &[], 0)]);
        for asked in [[2, 4, 6, 8], [4, 5, 8, 9], [8, 2, 6, 6], [1, 3, 2, 4]] {
            let ids: Vec<ObjectId> = asked.iter().map(|n| id(*n)).collect();
            let numbers: Vec<_> = graph.numbers(ids.iter().map(|id| id.as_bytes())).collect();
            let expected: Vec<_> = ids.iter().map(|id| graph.number(id)).collect();
            assert_eq!(numbers, expected, "{asked:?}");
        }
    }

    #[test]
    fn reaching_follows_all_parents_and_missing_ones_are_told() {
        let graph = graph(&[(1, &[], 0), (2, &[], 0), (3, &[1, 2], 0), (4, &[3, 77], 0)]);
        let from = |n| graph.reachable(graph.number(&id(n)));
        assert_eq!(from(3), [true, true, true, false]);
        assert_eq!(from(2), [false, true, false, false]);
        assert_eq!(graph.missing, [id(77)]);
    }
}
