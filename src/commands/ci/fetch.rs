//! Brings what a shallow clone lacks of the commits that are to be judged.
//!
//! This is the only place where gonogo runs a program: git, which has the credentials of the checkout.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::commands::Error;
use crate::commands::scan::{Change, needs_repo};
use crate::source::git::{RangeState, Repo, range_state};

use super::event::{Base, Plan};

/// By how many commits a shallow clone is deepened before all of it is fetched.
const STEPS: [u32; 3] = [50, 500, 5000];

/// The clone that the workflow has checked out.
pub(super) struct Clone<'a> {
    path: &'a Path,
    may_fetch: bool,
    /// What was fetched, and what failed, a line each.
    pub(super) log: Vec<String>,
}

impl<'a> Clone<'a> {
    pub(super) fn new(path: &'a Path, may_fetch: bool) -> Self {
        Self {
            path,
            may_fetch,
            log: Vec::new(),
        }
    }

    /// The change that a plan means, all of it in this clone now; none means that everything is to be scanned.
    pub(super) fn change(&mut self, plan: &Plan) -> Result<Option<Change>, Error> {
        for base in &plan.bases {
            if let Some(range) = self.range(base, &plan.head)? {
                return Ok(Some(Change {
                    range,
                    head: plan.head.clone(),
                }));
            }
        }
        if !plan.or_everything {
            return Err(self.incomplete());
        }
        self.whole_history()?;
        Ok(None)
    }

    /// The range from `base` to `head`, once all of it is here.
    fn range(&mut self, base: &Base, head: &str) -> Result<Option<String>, Error> {
        let (name, wanted) = match base {
            Base::Commit(id) => (id.clone(), id.clone()),
            Base::Branch(branch) => {
                let local = format!("refs/remotes/origin/{branch}");
                let wanted = format!("+refs/heads/{branch}:{local}");
                (local, wanted)
            }
        };
        let range = format!("{name}..{head}");
        if self.state(&range)? == RangeState::Whole {
            return Ok(Some(range));
        }
        for (revision, wanted) in [(head, head), (&name, &wanted)] {
            let is_here = self.state(&format!("{revision}..{revision}"))? != RangeState::Absent;
            if !is_here && !self.fetch(&["--depth=1"], &[wanted]) {
                return Ok(None);
            }
        }
        let deepen = STEPS.iter().map(|step| format!("--deepen={step}"));
        for option in deepen.chain(["--unshallow".to_owned()]) {
            if self.state(&range)? == RangeState::Whole {
                return Ok(Some(range));
            }
            if !self.fetch(&[&option], &[head, &wanted]) {
                break;
            }
        }
        Ok((self.state(&range)? == RangeState::Whole).then_some(range))
    }

    /// Makes a shallow clone a whole one.
    fn whole_history(&mut self) -> Result<(), Error> {
        let is_shallow = |clone: &Self| Ok::<_, Error>(clone.repo()?.is_shallow());
        if is_shallow(self)? {
            self.fetch(&["--unshallow"], &[]);
        }
        if is_shallow(self)? {
            return Err(self.incomplete());
        }
        Ok(())
    }

    /// Opened anew each time: what was cut off is read only once.
    fn repo(&self) -> Result<Repo, Error> {
        needs_repo(
            self.path,
            "commits are what is judged; check them out first",
        )
    }

    fn state(&self, range: &str) -> Result<RangeState, Error> {
        Ok(range_state(&self.repo()?, range))
    }

    fn incomplete(&self) -> Error {
        let why = match self.log.last() {
            Some(last) => format!(" ({last})"),
            None => String::new(),
        };
        Error::Usage(format!(
            "the commits that are to be judged are not all in this clone{why}: \
             give actions/checkout the input `fetch-depth: 0`"
        ))
    }

    /// Runs `git fetch`; tells whether it succeeded.
    fn fetch(&mut self, options: &[&str], wanted: &[&str]) -> bool {
        if !self.may_fetch {
            self.log.push("fetching is switched off".to_owned());
            return false;
        }
        // A clone that is not shallow cannot be made deeper, and would become shallow by a depth.
        let is_shallow = self.repo().is_ok_and(|repo| repo.is_shallow());
        let options = if is_shallow { options } else { &[] };
        let mut git = Command::new("git");
        git.current_dir(self.path)
            // Nothing of the repository's own is run on the way.
            .args([
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.fsmonitor=false",
            ])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args([
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-recurse-submodules",
                "--no-write-fetch-head",
            ])
            .args(options)
            .arg("origin")
            .args(wanted)
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let said = |text: String| format!("git fetch {} origin: {text}", options.join(" "));
        let failure = match git.output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stderr);
                // The last line says why; addresses may hold credentials, and are left out.
                let last = text.lines().rev().find(|line| line.starts_with("fatal:"));
                let last = last.filter(|line| !line.contains("://"));
                Some(last.unwrap_or("it failed").to_owned())
            }
            Err(error) => Some(error.to_string()),
        };
        let is_done = failure.is_none();
        self.log
            .push(said(failure.unwrap_or_else(|| "done".to_owned())));
        is_done
    }
}
