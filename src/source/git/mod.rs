//! A git repository: its objects, its refs, its index.
//!
//! gix opens and parses; how objects are gone through is this module's own (see `walk`), because only then is every
//! object rebuilt once.

mod attribute;
pub mod delta;
mod directory;
mod graph;
mod history;
mod hooks;
mod index_files;
mod odb;
mod order;
mod pack;
mod picked;
mod range;
mod reader;
mod rebuild;
mod search;
mod seen;
mod special;
mod staged;
mod strips;
mod tree_visitor;
mod trees;
mod walk;
mod whole;

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::SourceError;
use crate::model::{self, Gap, GapKind};

pub use attribute::{Asked, Attribution, Attributions, Named, Place};
pub use history::{History, Memory, walk_history};
pub use hooks::hooks_folder;
pub use index_files::IndexFiles;
pub use range::{RangeState, check_range, range_state, walk_range};
pub use reader::Reader;
pub use rebuild::{Rebuilt, rebuild};
pub use seen::{Key, Record, Seen};
pub use staged::walk_staged;
pub use trees::IsNamed;
pub use whole::{walk_head, walk_index, walk_tree};

/// An open repository.
#[derive(Debug)]
pub struct Repo {
    shared: gix::ThreadSafeRepository,
    path: PathBuf,
}

/// Where walking the commits begins.
#[derive(Debug, Default)]
struct Tips {
    head: Option<ObjectId>,
    /// Everything that refs but the stash lead to, HEAD of this and of other worktrees among them.
    refs: Vec<ObjectId>,
    /// The entries of the stash.
    stash: Vec<ObjectId>,
}

/// The SHA-1 of bytes in hexadecimal digits; empty where it was forged.
pub fn sha1(bytes: &[u8]) -> String {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher
        .try_finalize()
        .map(|id| id.to_string())
        .unwrap_or_default()
}

impl Repo {
    /// Opens the repository whose working tree or git folder is `path`; `None` when there is none just there.
    ///
    /// Only the repository's own configuration is read, and none of its hooks, filters or helpers is ever run.
    ///
    /// # Errors
    ///
    /// The path does not exist, or there is a repository in a format that gix cannot read.
    pub fn open(path: &Path) -> Result<Option<Self>, SourceError> {
        if !path.exists() {
            return Err(SourceError::NotFound {
                path: path.to_owned(),
            });
        }
        if !looks_like_repository(path) {
            return Ok(None);
        }
        if let Some(special) = special::find(path) {
            let below = special.strip_prefix(path).unwrap_or(&special);
            let below = below.display();
            let reason =
                format!("cannot open the git repository: {below} is neither a file nor a folder");
            return Err(SourceError::Unreadable {
                path: path.to_owned(),
                reason,
            });
        }
        // Trust decides whether a repository's settings may run programs. None are run here, so one that belongs to
        // somebody else, as in most CI containers, is as good as one's own.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        // Objects are scanned as they are stored, so they must be read so, too, when findings are shown.
        let options = options.config_overrides(["core.useReplaceRefs=false"]);
        match options.open(path) {
            Ok(shared) => Ok(Some(Self {
                shared,
                path: path.to_owned(),
            })),
            Err(error) => {
                let reason = format!("cannot open the git repository: {}", pack::one_line(&error));
                Err(SourceError::Unreadable {
                    path: path.to_owned(),
                    reason,
                })
            }
        }
    }

    /// Opens the repository that `path` lies in, at whatever depth; `None` when there is none.
    ///
    /// # Errors
    ///
    /// The path does not exist, or the repository is in a format that gix cannot read.
    pub fn discover(path: &Path) -> Result<Option<Self>, SourceError> {
        let found = path.canonicalize().map_err(|_| SourceError::NotFound {
            path: path.to_owned(),
        })?;
        for folder in found.ancestors() {
            if let Some(repo) = Self::open(folder)? {
                return Ok(Some(repo));
            }
        }
        Ok(None)
    }

    /// What stands in the way of reading all objects: a thing among them that is no file.
    pub fn unreadable_objects(&self) -> Option<Gap> {
        let special = special::find_object(self.shared.objects.path())?;
        let reason = "this is neither a file nor a folder, so the history was not scanned";
        Some(Gap {
            kind: GapKind::Unreadable,
            place: self.below(&special),
            reason: reason.to_owned(),
            accepted: None,
        })
    }

    /// The folder by which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What tells it from other repositories, also when it is cloned anew: where it comes from, or else where it is.
    pub fn identity(&self) -> String {
        let config = self.shared.to_thread_local();
        let origin = config.config_snapshot().string("remote.origin.url");
        let here = || {
            let folder = self.shared.git_dir();
            let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            folder.display().to_string()
        };
        origin.map_or_else(here, |url| url.to_string())
    }

    /// Where `origin` is.
    pub fn remote_url(&self) -> Option<String> {
        let config = self.shared.to_thread_local();
        let url = config.config_snapshot().string("remote.origin.url");
        url.map(|url| url.to_string())
    }

    /// The branch that others begin at: that of `origin`, else `main` or `master` if there is one, else that of HEAD.
    pub fn default_branch(&self) -> Option<String> {
        const REMOTE: &str = "refs/remotes/origin/";
        let repo = self.shared.to_thread_local();
        let named = |name: &gix::refs::FullNameRef, prefix: &str| {
            let name = name.as_bstr().to_string();
            name.strip_prefix(prefix).map(str::to_owned)
        };
        let remote = repo.find_reference("refs/remotes/origin/HEAD").ok();
        let remote = remote.and_then(|head| named(head.target().try_name()?, REMOTE));
        let usual = || {
            let is_there =
                |branch: &&str| repo.find_reference(&format!("refs/heads/{branch}")).is_ok();
            ["main", "master"]
                .iter()
                .copied()
                .find(is_there)
                .map(str::to_owned)
        };
        let head = || {
            repo.head_name()
                .ok()
                .flatten()
                .and_then(|name| named(name.as_ref(), "refs/heads/"))
        };
        remote.or_else(usual).or_else(head)
    }

    /// The top of the working tree, if there is one.
    pub fn worktree(&self) -> Option<PathBuf> {
        self.has_worktree_at(&self.path).then(|| self.path.clone())
    }

    /// Whether `path` holds files of a working tree, rather than being the git folder itself.
    ///
    /// Not asked of the configuration: it may say that there is none, or that it stands elsewhere, and what lies at the
    /// path that was named must be scanned even so.
    pub fn has_worktree_at(&self, path: &Path) -> bool {
        path.join(".git").exists()
    }

    /// Reads single objects again, for one thread.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.to_thread_local())
    }

    /// Paths below `root` of the files that the index names; the working tree may lack some of them.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn tracked_files(&self, root: &Path) -> Result<Vec<String>, Gap> {
        let repo = self.shared.to_thread_local();
        let index = repo
            .index_or_empty()
            .map_err(|error| self.gap(GapKind::Unreadable, &error))?;
        let prefix = self.prefix_of(root);
        let paths = index
            .entries()
            .iter()
            .map(|entry| entry.path(&index).to_string());
        Ok(paths
            .filter_map(|path| Some(path.strip_prefix(&prefix)?.to_owned()))
            .collect())
    }

    /// The paths of the submodules that the index names.
    pub fn submodules(&self) -> std::collections::BTreeSet<String> {
        let repo = self.shared.to_thread_local();
        let Ok(index) = repo.index_or_empty() else {
            return std::collections::BTreeSet::new();
        };
        let entries = index.entries().iter();
        let modules = entries.filter(|entry| entry.mode == gix::index::entry::Mode::COMMIT);
        modules
            .map(|entry| entry.path(&index).to_string())
            .collect()
    }

    /// The gaps for histories of submodules that the repository still keeps, and that no folder of it belongs to any more.
    pub fn lost_submodules(&self) -> Vec<Gap> {
        let repo = self.shared.to_thread_local();
        let kept = repo.common_dir().join("modules");
        let Some(top) = repo.workdir().filter(|_| kept.is_dir()) else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        let mut open = vec![kept.clone()];
        while let Some(folder) = open.pop() {
            let folders = std::fs::read_dir(folder).into_iter().flatten().flatten();
            for folder in folders.map(|entry| entry.path()) {
                if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
                    let name = folder.strip_prefix(&kept).unwrap_or(&folder);
                    let path = self.below(&folder);
                    let reason = format!(
                        "what is left of a submodule, in this copy only: its history was not scanned; name {path} to scan \
                         it, or remove the folder"
                    );
                    let is_lost = !top.join(name).join(".git").exists();
                    gaps.extend(is_lost.then(|| Gap::new(GapKind::Submodule, path, reason)));
                } else if folder.is_dir() && !folder.is_symlink() {
                    open.push(folder);
                }
            }
        }
        gaps.sort();
        gaps
    }

    /// The part of tracked paths that leads to `root`, with a slash at its end unless it is empty.
    fn prefix_of(&self, root: &Path) -> String {
        let Some(top) = self.shared.work_dir() else {
            return String::new();
        };
        let (Ok(top), Ok(root)) = (top.canonicalize(), root.canonicalize()) else {
            return String::new();
        };
        match root.strip_prefix(top) {
            Ok(below) if below.as_os_str().is_empty() => String::new(),
            Ok(below) => format!("{}/", below.to_string_lossy()),
            Err(_) => String::new(),
        }
    }

    fn hash(&self) -> gix::hash::Kind {
        self.shared.objects.object_hash()
    }

    fn objects(&self, seen: Option<&Seen>) -> odb::Objects {
        let seen = seen.map(|seen| std::sync::Arc::clone(&seen.table));
        let mut objects = odb::Objects::open(self.shared.objects.path(), self.hash(), seen);
        for gap in &mut objects.gaps {
            gap.place = self.below(Path::new(&gap.place));
        }
        objects
    }

    /// A path as gaps name it: relative to the scanned root, as the paths of files are.
    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        if below.as_os_str().is_empty() {
            return ".".to_owned();
        }
        below.display().to_string()
    }

    fn gap(&self, kind: GapKind, error: &dyn std::fmt::Display) -> Gap {
        Gap {
            kind,
            place: self.below(self.shared.git_dir()),
            reason: pack::one_line(error),
            accepted: None,
        }
    }

    /// Whether the history of this clone is cut off.
    pub fn is_shallow(&self) -> bool {
        self.shallow_gap().is_some()
    }

    /// A shallow clone has commits whose parents were left behind.
    fn shallow_gap(&self) -> Option<Gap> {
        let repo = self.shared.to_thread_local();
        let cut = repo.shallow_commits().ok().flatten()?.len();
        let reason = format!(
            "this clone is shallow: history is cut off at {cut} commits; run `git fetch --unshallow`, \
             or leave the history out with --no-history"
        );
        Some(self.gap(GapKind::Shallow, &reason))
    }

    /// The blobs that are staged, in this and in linked working trees.
    fn staged_blobs(&self) -> rustc_hash::FxHashSet<ObjectId> {
        let repo = self.shared.to_thread_local();
        let own = repo.index_or_empty().ok();
        let others = repo.worktrees().unwrap_or_default().into_iter();
        let others = others.filter_map(|other| {
            let other = other.into_repo_with_possibly_inaccessible_worktree().ok()?;
            other.index_or_empty().ok()
        });
        let ids = own.into_iter().chain(others).flat_map(|index| {
            let ids: Vec<_> = index.entries().iter().map(|entry| entry.id).collect();
            ids
        });
        ids.collect()
    }

    /// Why it cannot be said what refs lead to, and so what is only in this copy; empty where it can.
    fn ref_gaps(&self, graph: &graph::Graph) -> Vec<Gap> {
        let repo = self.shared.to_thread_local();
        let folder = repo.common_dir();
        if folder.join("reftable").is_dir() {
            let reason = "its refs are stored as a reftable, which is not read here: everything was scanned, but it is \
                          not known what refs lead to; `git refs migrate --ref-format=files` in a copy changes that";
            return vec![self.gap(GapKind::UnreadableRefs, &reason)];
        }
        let platform = repo.references();
        let all = platform.as_ref().map(|platform| platform.all());
        let Ok(Ok(all)) = all else {
            return vec![self.gap(GapKind::UnreadableRefs, &"its refs cannot be read")];
        };
        let mut gaps = Vec::new();
        for reference in all {
            match reference {
                Ok(reference) => {
                    let id = reference.try_id().map(gix::Id::detach);
                    let missing =
                        id.filter(|id| graph.number(id).is_none() && !repo.has_object(id));
                    gaps.extend(missing.map(|id| {
                        let name = reference.name().as_bstr();
                        let reason = format!(
                            "it leads to object {id}, which is not in this clone: fetch it"
                        );
                        Gap::new(GapKind::Missing, name.to_string(), reason)
                    }));
                }
                Err(error) => gaps.push(self.gap(GapKind::UnreadableRefs, &error)),
            }
        }
        gaps.extend(self.head_gap(&repo, graph));
        gaps
    }

    /// A HEAD that leads nowhere although there are commits.
    fn head_gap(&self, repo: &gix::Repository, graph: &graph::Graph) -> Option<Gap> {
        if graph.commits.is_empty() || head_of(repo).is_some_and(|id| graph.number(&id).is_some()) {
            return None;
        }
        let name = repo.head_name().ok().flatten();
        let target = name.map_or_else(|| "a commit".to_owned(), |name| name.as_bstr().to_string());
        let reason = format!(
            "it leads to {target}, which is not there: `git symbolic-ref HEAD refs/heads/NAME` names another branch"
        );
        Some(Gap::new(GapKind::Missing, "HEAD", reason))
    }

    fn tips(&self, graph: &graph::Graph) -> Tips {
        let repo = self.shared.to_thread_local();
        let mut tips = Tips {
            head: head_of(&repo),
            refs: Vec::new(),
            stash: stash_entries(&repo),
        };
        tips.refs.extend(tips.head);
        if let Ok(platform) = repo.references() {
            for reference in platform.all().into_iter().flatten().flatten() {
                if reference.name().as_bstr() == STASH {
                    tips.stash.extend(reference.try_id().map(gix::Id::detach));
                    continue;
                }
                tips.refs.extend(reference.try_id().map(gix::Id::detach));
                // What a symbolic one leads to is listed by itself.
                let target = reference.try_id();
                // A commit leads to nothing else, and is nearly all that refs point at.
                let target = target.filter(|target| graph.number(target).is_none());
                tips.refs
                    .extend(target.and_then(|target| peel(&repo, target.detach())));
            }
        }
        for worktree in repo.worktrees().unwrap_or_default() {
            let other = worktree
                .into_repo_with_possibly_inaccessible_worktree()
                .ok();
            tips.refs.extend(other.and_then(|other| head_of(&other)));
        }
        tips.refs.sort_unstable();
        tips.refs.dedup();
        tips.stash.sort_unstable();
        tips.stash.dedup();
        tips
    }
}

/// The ref of the newest stash; the others stand in its log.
const STASH: &str = "refs/stash";

/// How many tags may point at each other. Nobody nests more than two or three, and in a pack that was tampered with they
/// may go round in a circle.
const MAX_TAGS: usize = 32;

/// What HEAD leads to, through all tags.
fn head_of(repo: &gix::Repository) -> Option<ObjectId> {
    peel(repo, repo.head().ok()?.id()?.detach())
}

/// What an object leads to, through all tags; it need not be there.
fn peel(repo: &gix::Repository, mut id: ObjectId) -> Option<ObjectId> {
    for _ in 0..MAX_TAGS {
        let Ok(object) = repo.find_object(id) else {
            return Some(id);
        };
        let Ok(tag) = object.try_to_tag_ref() else {
            return Some(id);
        };
        id = tag.target();
    }
    None
}

/// All stashes: only the newest is a ref, the others stand in its log.
fn stash_entries(repo: &gix::Repository) -> Vec<ObjectId> {
    let Ok(Some(stash)) = repo.try_find_reference(STASH) else {
        return Vec::new();
    };
    let mut log = stash.log_iter();
    let Ok(Some(lines)) = log.all() else {
        return Vec::new();
    };
    lines.flatten().map(|line| line.new_oid()).collect()
}

/// Whether a folder has what git looks for before it calls it a repository.
fn looks_like_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

/// The same id in the model's type.
fn model_id(id: ObjectId) -> model::ObjectId {
    model::ObjectId::from_bytes(id.as_bytes())
        .unwrap_or_else(|| unreachable!("git ids have 20 or 32 bytes"))
}
