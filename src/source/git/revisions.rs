//! Which commits a range names, written `BASE..HEAD`.

use gix::ObjectId;
use gix::revision::plumbing::Spec;

use super::{Repo, pack::one_line};
use crate::model::{Gap, GapKind};
use crate::source::SourceError;

/// The commits of a range, oldest first, and the last of them.
pub(super) fn commits(
    repo: &gix::Repository,
    range: &str,
) -> Result<(Vec<ObjectId>, ObjectId), String> {
    if let Some(pushed) = Pushed::of(range) {
        return pushed.commits(repo);
    }
    let (base, tip) = endpoints(repo, range)?;
    let commits = commits_oldest_first(repo, [base], tip);
    Ok((commits.map_err(|error| one_line(&error))?, tip))
}

/// Refuses a range whose first end descends from its second: it holds no commit, and was typed the wrong way round.
///
/// # Errors
///
/// It is such a range, or none at all.
pub fn check_range(repo: &Repo, range: &str) -> Result<(), SourceError> {
    let local = repo.shared.to_thread_local();
    let refused = |reason: String| SourceError::Revision {
        spec: range.to_owned(),
        reason,
    };
    if Pushed::of(range).is_some() {
        return Ok(());
    }
    let (base, tip) = ends(&local, range).map_err(refused)?;
    let descends = || {
        local
            .merge_base(base, tip)
            .is_ok_and(|common| common.is_some_and(|common| common == tip))
    };
    if base == tip || !descends() {
        return Ok(());
    }
    let dots = if range.contains("...") { "..." } else { ".." };
    let turned = range
        .split_once(dots)
        .map(|(from, to)| format!("{to}{dots}{from}"));
    let turned = turned.unwrap_or_default();
    let reason =
        format!("the first commit descends from the second, so the range is empty: write {turned}");
    Err(refused(reason))
}

/// How much of a range is in a clone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeState {
    /// All of it.
    Whole,
    /// Both ends, but not all that lies between them.
    Cut,
    /// Not both ends.
    Absent,
}

/// Returns whether all commits of `range` are in this clone, which may be shallow.
pub fn range_state(repo: &Repo, range: &str) -> RangeState {
    let local = repo.shared.to_thread_local();
    let Ok((base, tip)) = endpoints(&local, range) else {
        return RangeState::Absent;
    };
    // Where the past of the base is cut off before the two meet, commits that it has would pass for new ones.
    let is_whole = |from, to| {
        let commits = commits_oldest_first(&local, [from], to);
        commits.is_ok_and(|commits| cut_off(&local, range, &commits).is_none())
    };
    if is_whole(base, tip) && is_whole(tip, base) {
        RangeState::Whole
    } else {
        RangeState::Cut
    }
}

/// The two commits of `BASE..HEAD`; `BASE...HEAD` begins where the two have parted.
fn endpoints(repo: &gix::Repository, range: &str) -> Result<(ObjectId, ObjectId), String> {
    let (from, to) = ends(repo, range)?;
    if !range.contains("...") {
        return Ok((from, to));
    }
    let base = repo
        .merge_base(from, to)
        .map_err(|error| one_line(&error))?;
    let base = base.ok_or("the two have no common ancestor")?;
    Ok((base.detach(), to))
}

/// Returns the commit that the commits of a range come after: for `A...B`, what both have in common.
pub fn base_of(repo: &Repo, range: &str) -> Option<String> {
    let local = repo.shared.to_thread_local();
    let (base, tip) = ends(&local, range).ok()?;
    let base = if range.contains("...") {
        local.merge_base(base, tip).ok()??.detach()
    } else {
        base
    };
    Some(base.to_string())
}

/// The two commits that a range names.
fn ends(repo: &gix::Repository, range: &str) -> Result<(ObjectId, ObjectId), String> {
    let spec = repo.rev_parse(range).map_err(|error| {
        let reason = one_line(&error);
        format!(
            "{reason}; if this is a shallow clone, fetch the base first (git fetch --unshallow)"
        )
    })?;
    let (from, to) = match spec.detach() {
        Spec::Range { from, to } => (from, to),
        Spec::Merge { theirs, ours } => (theirs, ours),
        _ => return Err("not a range: write BASE..HEAD".to_owned()),
    };
    Ok((commit_of(repo, from)?, commit_of(repo, to)?))
}

/// A range with an id of nothing but zeros, by which hooks of git learn of refs that are made or deleted.
enum Pushed<'s> {
    /// A ref that is not there yet: what it brings is what no ref leads to.
    New(&'s str),
    /// A ref that is deleted, which brings nothing.
    Deleted,
    /// What a push sends: the commits of a tip that none of the others leads to.
    Sent(Vec<&'s str>, &'s str),
}

impl<'s> Pushed<'s> {
    fn of(range: &'s str) -> Option<Self> {
        let (from, to) = range.split_once("..")?;
        if from.contains(' ') {
            return Some(Self::Sent(from.split_whitespace().collect(), to));
        }
        let is_null = |id: &str| id.len() >= 40 && id.bytes().all(|byte| byte == b'0');
        match (is_null(from), is_null(to)) {
            (_, true) => Some(Self::Deleted),
            (true, false) => Some(Self::New(to)),
            (false, false) => None,
        }
    }

    /// The commits that it brings, and the last of them.
    fn commits(&self, repo: &gix::Repository) -> Result<(Vec<ObjectId>, ObjectId), String> {
        let named = |name: &str| -> Result<ObjectId, String> {
            let id = repo
                .rev_parse_single(name)
                .map_err(|error| one_line(&error))?;
            commit_of(repo, id.detach())
        };
        match self {
            Self::Deleted => Ok((Vec::new(), ObjectId::null(repo.object_hash()))),
            Self::Sent(known, tip) => {
                let tip = named(tip)?;
                let known: Vec<_> = known.iter().filter_map(|name| named(name).ok()).collect();
                let commits = commits_oldest_first(repo, known, tip);
                Ok((commits.map_err(|error| one_line(&error))?, tip))
            }
            Self::New(name) => {
                let tip = named(name)?;
                let refs = repo.references().map_err(|error| one_line(&error))?;
                let refs = refs.all().map_err(|error| one_line(&error))?;
                let tips = refs.flatten().filter_map(|mut name| {
                    let id = name.peel_to_id().ok()?.detach();
                    commit_of(repo, id).ok()
                });
                let commits = commits_oldest_first(repo, tips.collect::<Vec<_>>(), tip);
                Ok((commits.map_err(|error| one_line(&error))?, tip))
            }
        }
    }
}

/// Returns the commits that a push of `tip` to `remote` sends, as a range: those that no remote-tracking branch of it
/// leads to, nor `known`, the commit that the ref has there. All of its past where neither is in this clone.
pub fn sent_range(repo: &Repo, remote: &str, known: Option<&str>, tip: &str) -> String {
    let local = repo.shared.to_thread_local();
    let known = known.filter(|id| {
        let id = ObjectId::from_hex(id.as_bytes());
        id.is_ok_and(|id| local.has_object(id))
    });
    let mut ids: Vec<String> = known.map(str::to_owned).into_iter().collect();
    let prefix = format!("refs/remotes/{remote}/");
    let tracked = local.references().ok().and_then(|refs| {
        let found = refs.prefixed(prefix.as_str()).ok()?;
        let tips = found
            .flatten()
            .filter_map(|mut name| name.peel_to_id().ok());
        Some(tips.map(|id| id.to_string()).collect::<Vec<_>>())
    });
    let mut tracked = tracked.unwrap_or_default();
    tracked.sort();
    tracked.dedup();
    ids.extend(tracked);
    // The space marks a list, also of none or one.
    format!("{} ..{tip}", ids.join(" "))
}

/// The commit that an object is, or that a tag leads to.
fn commit_of(repo: &gix::Repository, id: ObjectId) -> Result<ObjectId, String> {
    let object = repo.find_object(id).map_err(|error| one_line(&error))?;
    let commit = object.peel_to_kind(gix::objs::Kind::Commit);
    Ok(commit.map_err(|error| one_line(&error))?.id)
}

fn commits_oldest_first(
    repo: &gix::Repository,
    hidden: impl IntoIterator<Item = ObjectId>,
    tip: ObjectId,
) -> Result<Vec<ObjectId>, gix::Error> {
    let walk = repo.rev_walk([tip]).with_hidden(hidden).all()?;
    let mut commits = super::graph::Commits::default();
    for info in walk {
        let info = info?;
        let object = info.object()?;
        let commit = super::graph::Commit::parse(info.id, &object.data, repo.object_hash());
        if let Ok(commit) = commit {
            commits.push(&commit);
        }
    }
    let graph = super::graph::Graph::new(commits);
    Ok(graph
        .oldest_first()
        .into_iter()
        .map(|at| graph.id(at))
        .collect())
}

/// Returns a shallow clone may hold both ends of a range, but not all commits between them.
pub(super) fn cut_off(repo: &gix::Repository, range: &str, commits: &[ObjectId]) -> Option<Gap> {
    let shallow = repo.shallow_commits().ok().flatten()?;
    let is_cut = commits.iter().any(|id| shallow.contains(id));
    is_cut.then(|| Gap {
        kind: GapKind::Shallow,
        place: range.to_owned(),
        reason: "commits of the range are not in this shallow clone: run `git fetch --unshallow`"
            .to_owned(),
        accepted: None,
    })
}
