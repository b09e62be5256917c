//! The commits of a repository: their order in time, and which of them refs lead to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::CommitRefIter;
use gix::objs::commit::ref_iter::Token;
use rayon::prelude::*;

use super::pack::one_line;
use super::people;

/// A commit, as far as ordering and reaching it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970.
    pub(super) time: i64,
}

impl Commit {
    /// Reads the header of a commit object.
    pub(super) fn parse(id: ObjectId, bytes: &[u8], hash: gix::hash::Kind) -> Result<Self, String> {
        match Self::parse_usual(id, bytes, hash) {
            Some(commit) => Ok(commit),
            None => Self::parse_any(id, bytes, hash),
        }
    }

    /// The same for a header as git writes it; `None` for any other. Names and addresses are passed over, which takes a
    /// fifth of the time; so who wrote it may be damaged.
    fn parse_usual(id: ObjectId, bytes: &[u8], hash: gix::hash::Kind) -> Option<Self> {
        let (tree, mut rest) = id_field(bytes, b"tree ", hash)?;
        let mut parents = Vec::new();
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

    /// The same however it is written.
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
                // A date that cannot be read is no reason to lose the commit.
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

/// The id on a line that begins with `name`, and what stands behind the line.
fn id_field<'b>(
    bytes: &'b [u8],
    name: &[u8],
    hash: gix::hash::Kind,
) -> Option<(ObjectId, &'b [u8])> {
    let digits = 2 * hash.len_in_bytes();
    let (hex, rest) = bytes.strip_prefix(name)?.split_at_checked(digits)?;
    Some((ObjectId::from_hex(hex).ok()?, rest.strip_prefix(b"\n")?))
}

/// The message in a commit object: all behind the first empty line, and what names people where that may hold more than
/// names.
pub(super) fn message(bytes: &[u8]) -> Option<&[u8]> {
    let end = memchr::memmem::find(bytes, b"\n\n")?;
    let start = people::people(&bytes[..end]);
    if people::is_worth_a_look(&bytes[start..end], &bytes[..start]) {
        return Some(&bytes[start..]);
    }
    Some(&bytes[end + 2..])
}

/// Commits with their parents resolved.
pub(super) struct Graph {
    /// In the order of their ids.
    pub(super) commits: Vec<Commit>,
    numbers: HashMap<ObjectId, u32>,
    parents: Vec<Vec<u32>>,
    /// Parents that are named but not there.
    pub(super) missing: Vec<ObjectId>,
}

impl Graph {
    /// Joins commits, given in any order and possibly more than once.
    pub(super) fn new(mut commits: Vec<Commit>) -> Self {
        commits.par_sort_unstable_by(|a, b| a.id.cmp(&b.id));
        commits.dedup_by(|a, b| a.id == b.id);
        let numbers: HashMap<_, _> = commits
            .iter()
            .zip(0..)
            .map(|(commit, number)| (commit.id, number))
            .collect();
        let mut missing = Vec::new();
        let parents = commits
            .iter()
            .map(|commit| {
                let known = commit.parents.iter().filter_map(|parent| {
                    let number = numbers.get(parent).copied();
                    if number.is_none() {
                        missing.push(*parent);
                    }
                    number
                });
                known.collect()
            })
            .collect();
        missing.sort_unstable();
        missing.dedup();
        Self {
            commits,
            numbers,
            parents,
            missing,
        }
    }

    /// The number of a commit.
    pub(super) fn number(&self, id: &gix::oid) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// Which commits can be reached from `tips`, tips included.
    pub(super) fn reachable(&self, tips: impl IntoIterator<Item = u32>) -> Vec<bool> {
        let mut reached = vec![false; self.commits.len()];
        let mut open: Vec<u32> = tips.into_iter().collect();
        while let Some(commit) = open.pop() {
            if !std::mem::replace(&mut reached[commit as usize], true) {
                open.extend(&self.parents[commit as usize]);
            }
        }
        reached
    }

    /// All commits, parents before their children; among those that could come next the earliest comes first, and of
    /// commits of the same second the one with the smaller id.
    pub(super) fn oldest_first(&self) -> Vec<u32> {
        let mut children = vec![Vec::new(); self.commits.len()];
        let mut waiting_for = vec![0; self.commits.len()];
        for (commit, parents) in (0..).zip(&self.parents) {
            waiting_for[commit as usize] = parents.len();
            for &parent in parents {
                children[parent as usize].push(commit);
            }
        }
        let key = |commit: u32| Reverse((self.commits[commit as usize].time, commit));
        let roots = (0..).zip(&waiting_for).filter(|(_, count)| **count == 0);
        let mut ready: BinaryHeap<_> = roots.map(|(commit, _)| key(commit)).collect();
        let mut order = Vec::with_capacity(self.commits.len());
        while let Some(Reverse((_, commit))) = ready.pop() {
            order.push(commit);
            for &child in &children[commit as usize] {
                waiting_for[child as usize] -= 1;
                if waiting_for[child as usize] == 0 {
                    ready.push(key(child));
                }
            }
        }
        order
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
            .map(|at| graph.commits[at as usize].id.as_bytes()[0])
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
        // Where the quick way gives an answer at all, it is the same, however the header was damaged; but it does not look
        // at the author.
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
    fn reaching_follows_all_parents_and_missing_ones_are_told() {
        let graph = graph(&[(1, &[], 0), (2, &[], 0), (3, &[1, 2], 0), (4, &[3, 77], 0)]);
        let from = |n| graph.reachable(graph.number(&id(n)));
        assert_eq!(from(3), [true, true, true, false]);
        assert_eq!(from(2), [false, true, false, false]);
        assert_eq!(graph.missing, [id(77)]);
    }
}
