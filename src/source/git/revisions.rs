//! Finds the commits that a range names, written `BASE..HEAD`.

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::revision::plumbing::Spec;

use super::{Repo, pack::one_line};
use crate::model::{Gap, GapKind};
use crate::source::SourceError;

/// Returns the commits of a range, oldest first, and its tip.
pub(super) fn commits(
    repo: &gix::Repository,
    range: &str,
) -> Result<(Vec<ObjectId>, ObjectId), String> {
    check_ends(range)?;
    if let Some(pushed) = Pushed::of(range) {
        return pushed.commits(repo);
    }
    let (base, tip) = endpoints(repo, range)?;
    let commits = commits_oldest_first(repo, [base], tip);
    Ok((commits.map_err(|error| one_line(&error))?, tip))
}

/// Refuses a range without one of its ends. Git takes HEAD for it, but nearly always a variable of a pipeline was empty,
/// and `..HEAD` then holds no commits.
fn check_ends(range: &str) -> Result<(), String> {
    let missing = match parts(range) {
        Some(("", _, "")) => "both ends",
        Some(("", ..)) => "the end before the dots",
        Some((.., "")) => "the end after the dots",
        _ => return Ok(()),
    };
    Err(format!(
        "{missing} of the range is empty, perhaps because a variable is: write HEAD if you mean that"
    ))
}

/// Returns what is before the dots of a range, the dots, and what is after them.
fn parts(range: &str) -> Option<(&str, &str, &str)> {
    let with = |dots: &'static str| {
        let (from, to) = range.split_once(dots)?;
        Some((from, dots, to))
    };
    with("...").or_else(|| with(".."))
}

/// Returns the annotated tags that the end of a range is, or leads through, and its beginning does not.
pub(super) fn tags(repo: &gix::Repository, range: &str) -> Vec<ObjectId> {
    let (known, tip) = match (Pushed::of(range), parts(range)) {
        (Some(Pushed::New(tip)), _) => (Vec::new(), tip),
        (Some(Pushed::Sent(known, tip)), _) => (known, tip),
        (None, Some((from, _, to))) => (vec![from], to),
        (Some(Pushed::Deleted), _) | (None, None) => return Vec::new(),
    };
    let known: Vec<_> = known.iter().flat_map(|name| tags_at(repo, name)).collect();
    let mut tags = tags_at(repo, tip);
    tags.retain(|id| !known.contains(id));
    tags
}

/// Returns the tag that a name stands at, and those that it leads through.
fn tags_at(repo: &gix::Repository, name: &str) -> Vec<ObjectId> {
    let mut tags = Vec::new();
    let mut next = repo.rev_parse_single(name).ok().map(gix::Id::detach);
    while let Some(id) = next.take() {
        let tag = repo.find_object(id).ok().filter(|it| it.kind.is_tag());
        let tag = tag.and_then(|tag| tag.try_into_tag().ok());
        if let Some(tag) = tag {
            tags.push(id);
            next = tag.target_id().ok().map(gix::Id::detach);
        }
    }
    tags
}

/// Refuses a range whose base descends from its tip: it holds no commits, so its ends were probably swapped.
///
/// # Errors
///
/// Fails if the ends are swapped or the range cannot be resolved.
pub fn check_range(repo: &Repo, range: &str) -> Result<(), SourceError> {
    let local = repo.shared.to_thread_local();
    let refused = |reason: String| SourceError::Revision {
        spec: range.to_owned(),
        reason,
    };
    check_ends(range).map_err(refused)?;
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
    let turned = parts(range).map(|(from, dots, to)| format!("{to}{dots}{from}"));
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
    // If the past of the base is cut off before the two meet, commits that the base has would look new.
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

/// Returns the two ends of `BASE..HEAD`; for `BASE...HEAD`, the first is their merge base.
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

/// Returns the commit that a range starts from: for `A...B`, their merge base.
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

/// A range with an all-zero id, by which git hooks report refs that are created or deleted.
enum Pushed<'s> {
    /// A new ref: it brings what no other ref leads to.
    New(&'s str),
    /// A ref that is deleted, which brings nothing.
    Deleted,
    /// What a push sends: the commits that the last id, the tip, leads to and none of the others does.
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

    /// Returns the commits that it brings, and the last of them.
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

/// Returns the commits that a push of `tip` to `remote` sends, as a range: those that neither a remote-tracking branch
/// of it nor `known`, the commit that the remote ref is at, leads to. All ancestors if neither is in this clone.
pub fn sent_range(repo: &Repo, remote: &str, known: Option<&str>, tip: &str) -> String {
    let local = repo.shared.to_thread_local();
    let known = known.filter(|id| {
        let id = ObjectId::from_hex(id.as_bytes());
        id.is_ok_and(|id| local.has_object(id))
    });
    let mut ids: Vec<String> = known.map(str::to_owned).into_iter().collect();
    let prefix = format!("refs/remotes/{remote}/");
    let others = of_other_remotes(&local, remote);
    let tracked = local.references().ok().and_then(|refs| {
        let found = refs.prefixed(prefix.as_str()).ok()?;
        let own = found.flatten().filter(|found| {
            let name = found.name().as_bstr().to_string();
            !others
                .iter()
                .any(|(start, end)| name.starts_with(start) && name.ends_with(end))
        });
        let tips = own.filter_map(|mut name| name.peel_to_id().ok());
        Some(tips.map(|id| id.to_string()).collect::<Vec<_>>())
    });
    let mut tracked = tracked.unwrap_or_default();
    tracked.sort();
    tracked.dedup();
    ids.extend(tracked);
    // The space marks a list, even one of no or one entry.
    format!("{} ..{tip}", ids.join(" "))
}

/// Returns what the names of remote-tracking branches of other remotes than `remote` begin and end with: those of a
/// remote `a/b` are below those of `a`.
fn of_other_remotes(repo: &gix::Repository, remote: &str) -> Vec<(String, String)> {
    let mut others = Vec::new();
    for name in repo.remote_names().iter().filter(|name| **name != remote) {
        let Ok(other) = repo.find_remote(name.as_bstr()) else {
            others.push((format!("refs/remotes/{name}/"), String::new()));
            continue;
        };
        let specs = other.refspecs(gix::remote::Direction::Fetch).iter();
        let local = specs.filter_map(|spec| Some(spec.to_ref().local()?.to_string()));
        others.extend(local.map(|spec| match spec.split_once('*') {
            Some((start, end)) => (start.to_owned(), end.to_owned()),
            None => (spec.clone(), spec),
        }));
    }
    others
}

/// Returns the commit that `id` is, or that the tag `id` leads to.
fn commit_of(repo: &gix::Repository, id: ObjectId) -> Result<ObjectId, String> {
    let object = repo.find_object(id).map_err(|error| one_line(&error))?;
    let commit = object.peel_to_kind(gix::objs::Kind::Commit);
    let commit = commit.map_err(|error| {
        let reason = one_line(&error);
        format!("{id} leads to no commit, so there is nothing to compare: {reason}")
    });
    Ok(commit?.id)
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

/// Returns a gap if the commits reach the boundary of a shallow clone: it may hold both ends of a range, but not all
/// commits in between.
pub(super) fn cut_off(repo: &gix::Repository, range: &str, commits: &[ObjectId]) -> Option<Gap> {
    let shallow = repo.shallow_commits().ok().flatten()?;
    let is_cut = commits.iter().any(|id| shallow.contains(id));
    is_cut.then(|| {
        Gap::new(
            GapKind::Shallow,
            range,
            "commits of the range are not in this shallow clone: run `git fetch --unshallow`",
        )
    })
}
