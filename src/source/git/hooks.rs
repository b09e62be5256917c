//! Where git looks for the hooks of a repository.

use std::path::{Path, PathBuf};

use super::pack::one_line;
use crate::source::SourceError;

/// Returns the directory in which git looks for the hooks of the repository that contains `path`: the one that
/// `core.hooksPath` names, even for all repositories of a user or a machine, or else the git directory's own. It need
/// not exist.
///
/// # Errors
///
/// Fails if there is no repository, or it cannot be read.
pub fn hooks_folder(path: &Path) -> Result<PathBuf, SourceError> {
    let unreadable = |reason: String| SourceError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let repo = gix::discover(path)
        .map_err(|error| unreadable(format!("not a Git repository: {}", one_line(&error))))?;
    let config = repo.config_snapshot();
    let folder = config.trusted_path("core.hooksPath");
    let Some(folder) = folder.map_err(|error| unreadable(one_line(&error)))? else {
        return Ok(repo.common_dir().join("hooks"));
    };
    // Hooks run at the top of the working tree, so relative paths start there.
    let top = repo.workdir().unwrap_or_else(|| repo.git_dir());
    Ok(top.join(folder))
}
