//! `gonogo walk`: rebuilds everything a scan of the history would read, without scanning it.
//!
//! No scan of the history can be faster than this, so scans are measured against it.

use std::path::{Path, PathBuf};

use crate::model::{Gap, Verdict};
use crate::source::git::{self, Rebuilt};
use crate::source::{Limits, Meter, Stage};

use crate::commands::output::print;
use crate::commands::progress::Progress;
use crate::scan::Error;
use crate::scan::needs_repo;

/// Rebuilds every blob, commit and tag of the repositories, and prints how many there were.
///
/// [`Verdict::Undecided`] means that something could not be rebuilt.
///
/// # Errors
///
/// One of the paths is not a repository, or writing to standard output failed.
pub fn run(paths: &[PathBuf], limits: Limits, progress: bool) -> Result<Verdict, Error> {
    let mut verdict = Verdict::Go;
    for path in paths {
        let repo = needs_repo(path, "rebuilds the objects of a repository")?;
        let progress = Progress::new(progress);
        let meter = Meter::new(Stage::Rebuilding, &progress);
        let rebuilt = git::rebuild(&repo, limits, &meter);
        drop(progress);
        print(&text(path, &rebuilt))?;
        if rebuilt.gaps.iter().any(Gap::is_undecided) {
            verdict = Verdict::Undecided;
        }
    }
    Ok(verdict)
}

fn text(path: &Path, rebuilt: &Rebuilt) -> String {
    let Rebuilt {
        blobs,
        commits,
        tags,
        deltas,
        bytes,
        inherited,
        gaps,
    } = rebuilt;
    let fresh = bytes - inherited;
    format!(
        "{}: {blobs} blobs, {commits} commits, {tags} tags; {deltas} of them deltas\n\
         {bytes} bytes rebuilt, {fresh} of them not copied from a base; {} gaps\n",
        path.display(),
        gaps.len()
    )
}
