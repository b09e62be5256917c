//! The repository that git names to its hooks in `GIT_DIR` and `GIT_WORK_TREE`.
//!
//! Most hooks run where git would find the same repository without them. But `git --git-dir=… --work-tree=…`, by which
//! many people keep the files of their home directory, has no `.git` there, or that of another repository.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Repo;
use super::pack::one_line;
use crate::source::SourceError;

/// The repository that is named, if it is not the one that would be found.
static NAMED: OnceLock<Named> = OnceLock::new();

/// A repository apart from its working tree. The paths are full.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) git: PathBuf,
    /// The working tree; `None` for a bare repository.
    pub(super) top: Option<PathBuf>,
}

/// Takes the repository of the current directory from the environment, as git does, for as long as this process lives.
///
/// # Errors
///
/// Fails if the variables name no repository or no working tree that contains the current directory.
pub fn follow_environment() -> Result<(), SourceError> {
    let Some(dir) = variable("GIT_DIR") else {
        return Ok(());
    };
    let refused = |path: &Path, reason: String| SourceError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let no_repository = |why: String| {
        let reason = format!("GIT_DIR names it, but it is no Git repository ({why}): unset it");
        refused(&dir, reason)
    };
    let opened = gix::open::Options::isolated().with(gix::sec::Trust::Full);
    let opened = opened.open(&dir);
    let opened = opened.map_err(|error| no_repository(one_line(&error)))?;
    let local = opened.to_thread_local();
    let full = |path: &Path| path.canonicalize();
    let git = full(local.git_dir()).map_err(|error| no_repository(error.to_string()))?;
    let here = full(Path::new(".")).map_err(|error| no_repository(error.to_string()))?;
    let named_top = match variable("GIT_WORK_TREE") {
        Some(top) => Some(full(&top).map_err(|error| {
            refused(
                &top,
                format!("GIT_WORK_TREE names it, but {error}: unset it"),
            )
        })?),
        None => None,
    };
    let found = Repo::discover(&here).ok().flatten();
    let is_found = found.is_some_and(|found| {
        let own = full(found.shared.git_dir());
        let is_top = |top: &PathBuf| full(&found.path).is_ok_and(|path| path == *top);
        own.is_ok_and(|own| own == git) && named_top.as_ref().is_none_or(is_top)
    });
    if is_found {
        return Ok(());
    }
    let top = named_top.or_else(|| top_of(&local, &git, &here));
    if let Some(top) = top.as_ref().filter(|top| !here.starts_with(top)) {
        let reason = "it is the working tree of the repository in GIT_DIR: run gonogo there";
        return Err(refused(top, reason.to_owned()));
    }
    // The variables do not change, so a second value would be the same.
    let _ = NAMED.set(Named { git, top });
    Ok(())
}

/// The working tree of a repository that is named without one: what its configuration says, or the current directory.
fn top_of(repo: &gix::Repository, git: &Path, here: &Path) -> Option<PathBuf> {
    let config = repo.config_snapshot();
    if let Some(top) = config.string("core.worktree") {
        return git.join(top.to_string()).canonicalize().ok();
    }
    (config.boolean("core.bare") != Some(true)).then(|| here.to_owned())
}

/// Returns the named repository whose working tree, or git directory if there is none, is at `path`.
pub(super) fn named_at(path: &Path) -> Option<&'static Named> {
    let named = NAMED.get()?;
    let own = named.top.as_ref().unwrap_or(&named.git);
    path.canonicalize()
        .is_ok_and(|path| path == *own)
        .then_some(named)
}

/// Returns the path at which the named repository is opened, if `path`, which is full, belongs to it.
pub(super) fn place_of(path: &Path) -> Option<&'static Path> {
    let named = NAMED.get()?;
    if let Some(top) = &named.top {
        return path.starts_with(top).then_some(top);
    }
    let here = Path::new(".").canonicalize();
    here.is_ok_and(|here| here == path).then_some(&*named.git)
}

fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}
