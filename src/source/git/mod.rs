//! A git repository: its objects, its refs, its index.
//!
//! gix opens repositories and parses objects; this module walks through the objects itself (see `walk`), because only
//! then is every object rebuilt just once.

mod attribution;
mod environment;
mod held;
mod history;
mod hooks;
mod own_files;
mod people;
mod pick;
mod provenance;
mod quarantine;
mod reader;
mod rebuild;
mod refs;
mod removal;
mod revisions;
mod seen;
mod special;
mod store;
mod submodules;
mod walk;

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::SourceError;
use super::path::path_text;
use crate::model::{self, Gap, GapKind};
use quarantine::Quarantine;

use attribution::{attribute, bits, directory, graph, order, search, strips, tree_visitor, trees};
use pick::{commit_files, entries, index_files, left_out, picked, range, staged, whole};
use store::{buckets, forest, names, odb, pack};

pub(in crate::source) use commit_files::CommitFiles;
pub(in crate::source) type Ids = rustc_hash::FxHashMap<String, ObjectId>;

pub use attribute::{Asked, Attribution, Attributions, Named, Place};
pub use environment::follow_environment;
pub use held::{Hold, hold_repository};
pub use history::{History, Memory, walk_history};
pub use hooks::hooks_folder;
pub use index_files::IndexFiles;
pub use left_out::walk_left_out;
pub use range::walk_range;
pub use reader::{Reader, keep_objects};
pub use rebuild::{Rebuilt, rebuild};
pub use removal::Line;
pub use revisions::{RangeState, base_of, check_range, range_state, sent_range};
pub use seen::{Key, Record, Seen};
pub use staged::walk_staged;
pub use store::delta;
pub use trees::IsNamed;
pub use whole::{walk_files, walk_index, walk_tree};

/// An open repository.
#[derive(Debug)]
pub struct Repo {
    shared: gix::ThreadSafeRepository,
    path: PathBuf,
    /// Where the objects are while a git hook judges a push.
    _quarantine: Option<Quarantine>,
}

/// Returns the SHA-1 of bytes as hexadecimal digits; empty if the bytes are a collision attack.
pub fn sha1(bytes: &[u8]) -> String {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher
        .try_finalize()
        .map(|id| id.to_string())
        .unwrap_or_default()
}

impl Repo {
    /// Opens the repository whose working tree or git directory is `path`; `None` if there is none at exactly this
    /// path.
    ///
    /// Only the repository's own configuration is read, and none of its hooks, filters or helpers is ever run.
    ///
    /// # Errors
    ///
    /// Fails if the path does not exist, or the repository has a format that gix cannot read.
    pub fn open(path: &Path) -> Result<Option<Self>, SourceError> {
        if !path.exists() {
            return Err(SourceError::NotFound {
                path: path.to_owned(),
            });
        }
        let named = environment::named_at(path);
        if named.is_none() && !looks_like_repository(path) {
            return Ok(None);
        }
        if let Some(shared) = held::opened(path) {
            return Ok(Some(Self {
                shared,
                path: path.to_owned(),
                _quarantine: None,
            }));
        }
        if let Some(special) = special::find(path) {
            let below = special.strip_prefix(path).unwrap_or(&special);
            let below = below.display();
            let reason = format!(
                "cannot open the Git repository: {below} is neither a file nor a directory"
            );
            return Err(SourceError::Unreadable {
                path: path.to_owned(),
                reason,
            });
        }
        // Trust decides whether a repository's settings may run programs. None are run here, so a repository that
        // belongs to another user, as in most CI containers, is as good as one's own.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        // Objects are scanned as they are stored, so findings must read them the same way.
        let options = options.config_overrides(["core.useReplaceRefs=false"]);
        let unreadable = |error: String| SourceError::Unreadable {
            path: path.to_owned(),
            reason: format!("cannot open the Git repository: {error}"),
        };
        let opened = options.open(named.map_or(path, |named| &named.git));
        let mut shared = opened.map_err(|error| unreadable(pack::one_line(&error)))?;
        if let Some(top) = named.and_then(|named| named.top.as_ref()) {
            let mut local = shared.to_thread_local();
            let set = local.set_workdir(top.clone());
            set.map_err(|error| unreadable(pack::one_line(&error)))?;
            shared = local.into_sync();
        }
        let quarantine =
            Quarantine::of(shared.objects.path()).map_err(|error| unreadable(error.to_string()))?;
        if let Some(quarantine) = &quarantine {
            let store = quarantine.store(shared.objects.object_hash());
            shared.objects = store.map_err(|error| unreadable(error.to_string()))?.into();
        } else {
            held::keep(path, &shared);
        }
        Ok(Some(Self {
            shared,
            path: path.to_owned(),
            _quarantine: quarantine,
        }))
    }

    /// Opens the repository that contains `path`, at any depth; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the path does not exist, or the repository has a format that gix cannot read.
    pub fn discover(path: &Path) -> Result<Option<Self>, SourceError> {
        let found = path.canonicalize().map_err(|_| SourceError::NotFound {
            path: path.to_owned(),
        })?;
        if let Some(place) = environment::place_of(&found) {
            return Self::open(place);
        }
        for folder in found.ancestors() {
            if let Some(repo) = Self::open(folder)? {
                return Ok(Some(repo));
            }
        }
        Ok(None)
    }

    /// Returns what prevents reading all objects: something among them that is not a file.
    pub fn unreadable_objects(&self) -> Option<Gap> {
        let special = special::find_object(self.shared.objects.path())?;
        let reason = "not a file or directory, so the history was not scanned";
        Some(Gap::new(GapKind::Unreadable, self.below(&special), reason))
    }

    /// Returns the path with which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what identifies the repository, even in another clone: the URL of its origin, or else its path.
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

    /// Returns the URL of `origin`.
    pub fn remote_url(&self) -> Option<String> {
        let config = self.shared.to_thread_local();
        let url = config.config_snapshot().string("remote.origin.url");
        url.map(|url| url.to_string())
    }

    /// Returns the branch that others start from: that of `origin`, else `main` or `master` if there is one, else that
    /// of HEAD.
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

    /// Returns the top directory of the working tree, if there is one.
    pub fn worktree(&self) -> Option<PathBuf> {
        self.has_worktree_at(&self.path).then(|| self.path.clone())
    }

    /// Returns whether `path` holds files of a working tree, rather than being the git directory itself.
    ///
    /// Does not ask the configuration, which may say that there is none, or that it is elsewhere: what is at the given
    /// path must be scanned in any case.
    pub fn has_worktree_at(&self, path: &Path) -> bool {
        let named = environment::named_at(path);
        path.join(".git").exists() || named.is_some_and(|named| named.top.is_some())
    }

    /// Reads single objects again, for one thread.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.to_thread_local())
    }

    /// Returns the paths below `root` of the files in the index; the working tree may lack some of them.
    ///
    /// # Errors
    ///
    /// Returns a gap if the index cannot be read.
    pub fn tracked_files(&self, root: &Path) -> Result<Vec<String>, Gap> {
        let repo = self.shared.to_thread_local();
        let index = repo
            .index_or_empty()
            .map_err(|error| self.gap(GapKind::Unreadable, &error))?;
        let prefix = self.prefix_of(root);
        let mut paths = Vec::new();
        entries::each(&repo, &index, &|_| false, &mut |entry| {
            let path = path_text(entry.path);
            paths.extend(path.strip_prefix(&prefix).map(str::to_owned));
        });
        Ok(paths)
    }

    /// Returns the prefix of tracked paths that leads to `root`, ending in a slash unless it is empty.
    pub(in crate::source) fn prefix_of(&self, root: &Path) -> String {
        // If the git directory itself was given, its commits are scanned, from their top.
        let top = self.shared.work_dir().filter(|_| self.worktree().is_some());
        let Some(top) = top else {
            return String::new();
        };
        let (Ok(top), Ok(root)) = (top.canonicalize(), root.canonicalize()) else {
            return String::new();
        };
        match root.strip_prefix(top) {
            Ok(below) if below.as_os_str().is_empty() => String::new(),
            Ok(below) => format!("{}/", path_text(below.as_os_str().as_encoded_bytes())),
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

    /// Returns a path as gaps name it: relative to the scanned root, like the paths of files.
    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        if below.as_os_str().is_empty() {
            return ".".to_owned();
        }
        below.display().to_string()
    }

    fn gap(&self, kind: GapKind, error: &dyn std::fmt::Display) -> Gap {
        Gap::new(
            kind,
            self.below(self.shared.git_dir()),
            pack::one_line(error),
        )
    }

    /// Returns whether this clone is shallow, so that its history is cut off.
    pub fn is_shallow(&self) -> bool {
        self.shallow_gap().is_some()
    }

    /// Returns a gap if this clone is shallow: it has commits whose parents were left behind.
    fn shallow_gap(&self) -> Option<Gap> {
        let repo = self.shared.to_thread_local();
        let cut = repo.shallow_commits().ok().flatten()?.len();
        let reason = format!(
            "this clone is shallow: history is cut off at {cut} commits; run `git fetch --unshallow`, or skip the \
             history with --no-history"
        );
        Some(self.gap(GapKind::Shallow, &reason))
    }
}

/// Whether a directory has what git requires to call it a repository.
fn looks_like_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

/// The same id in the model's type.
fn model_id(id: ObjectId) -> model::ObjectId {
    model::ObjectId::from_bytes(id.as_bytes())
        .unwrap_or_else(|| unreachable!("git ids have 20 or 32 bytes"))
}
