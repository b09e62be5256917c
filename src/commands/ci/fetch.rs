//! Fetches the commits to be judged that a shallow or partial clone lacks.
//!
//! It runs git, which has the credentials of the checkout.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::commands::Error;
use crate::scan::{Change, needs_repo};
use crate::source::git::{RangeState, Repo, range_state};

use super::event::{self, Base, CHECKED_OUT, Plan};

/// How many commits to deepen a shallow clone by, step by step, before fetching all of it.
const STEPS: [u32; 3] = [50, 500, 5000];

/// Where the clone keeps the branches of its remote.
const REMOTE: &str = "refs/remotes/origin/";

/// The command that fetches objects without changing anything but the requested branches.
const FETCH: [&str; 5] = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
];

/// The clone that the pipeline has checked out.
pub(super) struct Clone<'a> {
    path: &'a Path,
    may_fetch: bool,
    /// The setting that makes the pipeline check out all commits.
    advice: &'static str,
    /// What was fetched and what failed, one entry per line.
    pub(super) log: Vec<String>,
}

impl<'a> Clone<'a> {
    pub(super) fn new(path: &'a Path, may_fetch: bool, advice: &'static str) -> Self {
        Self {
            path,
            may_fetch,
            advice,
            log: Vec::new(),
        }
    }

    /// Fills in the id of the checked-out commit if no variable named the commit.
    pub(super) fn resolve(&self, plan: Plan) -> Result<Plan, Error> {
        // Check this before running git: there may be no repository.
        self.repo()?;
        if plan.head != CHECKED_OUT {
            return Ok(plan);
        }
        let ids = self.run(&["rev-parse", "--verify", "HEAD^{commit}"]);
        let ids = ids.map_err(|reason| {
            Error::Usage(format!(
                "no commit is checked out ({reason}): check out the commit to scan first"
            ))
        })?;
        Ok(Plan {
            head: event::commit(CHECKED_OUT, ids.first().map_or("", String::as_str))?,
            ..plan
        })
    }

    /// Returns the change that a plan describes, now complete in this clone; `None` means that everything is to be
    /// scanned.
    pub(super) fn change(&mut self, plan: &Plan) -> Result<Option<Change>, Error> {
        for base in &plan.bases {
            let Some(base) = self.found(base) else {
                continue;
            };
            if let Some(range) = self.range(&base, &plan.head)? {
                self.contents_of_change(&range, &plan.head);
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
        self.contents(&[&["--all", &plan.head]]);
        Ok(None)
    }

    /// Resolves a base to a commit or branch; `None` for the default branch if it is unknown or the one that was
    /// pushed.
    fn found(&mut self, base: &Base) -> Option<Base> {
        let Base::DefaultBranch { pushed } = base else {
            return Some(base.clone());
        };
        let branch = self.default_branch()?;
        (pushed.as_ref() != Some(&branch)).then_some(Base::Branch(branch))
    }

    /// Returns the remote's default branch. A clone records it; a repository that was only fetched into does not.
    fn default_branch(&mut self) -> Option<String> {
        let kept = format!("{REMOTE}HEAD");
        let kept = self.lines(&["symbolic-ref", "--quiet", &kept]);
        let branch = |name: &str| event::branch("HEAD", name).ok();
        if let Some(name) = kept.iter().find_map(|name| branch(name)) {
            return Some(name);
        }
        if !self.may_fetch {
            return None;
        }
        let heads = self.lines(&["ls-remote", "--symref", "origin", "HEAD"]);
        let mut heads = heads.iter().filter_map(|line| line.strip_prefix("ref: "));
        let name = heads.find_map(|line| branch(line.split('\t').next()?));
        if name.is_none() {
            let line = "git ls-remote origin: no default branch to compare with";
            self.log.push(line.to_owned());
        }
        name
    }

    /// Returns the range from `base` to `head` once this clone has all of it.
    fn range(&mut self, base: &Base, head: &str) -> Result<Option<String>, Error> {
        let (name, wanted) = match base {
            Base::Branch(branch) => {
                let local = format!("{REMOTE}{branch}");
                let wanted = format!("+refs/heads/{branch}:{local}");
                (local, wanted)
            }
            Base::Commit(id) => (id.clone(), id.clone()),
            Base::DefaultBranch { .. } => return Ok(None),
        };
        let range = format!("{name}..{head}");
        if matches!(base, Base::Branch(_)) && self.may_fetch && self.has(&name)? {
            // A reused workspace has the branch as it was at the last fetch, so what others have added since would
            // look new. If the fetch fails, for example for lack of credentials, use the branch as it is.
            self.fetch(&[], &[&wanted]);
        }
        if self.state(&range)? == RangeState::Whole {
            return Ok(Some(range));
        }
        for (revision, wanted) in [(head, head), (&name, &wanted)] {
            if !self.has(revision)? && !self.fetch(&["--depth=1"], &[wanted]) {
                return Ok(None);
            }
        }
        let mut ends = self.ends(head);
        ends.push(wanted);
        let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
        let deepen = STEPS.iter().map(|step| format!("--deepen={step}"));
        for option in deepen.chain(["--unshallow".to_owned()]) {
            if self.state(&range)? == RangeState::Whole {
                return Ok(Some(range));
            }
            if !self.fetch(&[&option], &ends) {
                break;
            }
        }
        Ok((self.state(&range)? == RangeState::Whole).then_some(range))
    }

    /// Returns the commits to request so that the remote sends everything leading to `head`, which is here already. If
    /// the checkout made a merge, the remote has only its parents.
    fn ends(&self, head: &str) -> Vec<String> {
        let parents = self.lines(&["rev-parse", "--revs-only", &format!("{head}^@")]);
        if parents.len() > 1 {
            parents
        } else {
            vec![head.to_owned()]
        }
    }

    /// Fetches the blobs of a change, and of what it is compared with, that a partial clone lacks.
    fn contents_of_change(&mut self, range: &str, head: &str) {
        let base = range.split("..").next().unwrap_or(head);
        self.contents(&[&[range], &["--no-walk", base, head]]);
    }

    /// Fetches the trees and blobs of `revisions` that a partial clone lacks. Each of `revisions` is listed by itself.
    /// What cannot be fetched becomes a gap of the scan.
    fn contents(&mut self, revisions: &[&[&str]]) {
        let promised = ["config", "--type=bool", "--get", "remote.origin.promisor"];
        if self.lines(&promised) != ["true"] {
            return;
        }
        let listing = ["rev-list", "--objects", "--missing=print"];
        let mut before = BTreeSet::new();
        // Which files there are is only known once their trees are there.
        loop {
            let missing: BTreeSet<String> = revisions
                .iter()
                .flat_map(|revisions| self.lines(&[&listing, *revisions].concat()))
                .filter_map(|line| line.strip_prefix('?').map(str::to_owned))
                .collect();
            if missing.is_empty() || missing == before || !self.objects(&missing) {
                return;
            }
            before = missing;
        }
    }

    /// Fetches these objects, of trees also what is below except for blobs, and returns whether that succeeded.
    fn objects(&mut self, missing: &BTreeSet<String>) -> bool {
        if !self.may_fetch {
            self.log.push("fetching is disabled".to_owned());
            return false;
        }
        let mut git = self.git(&["-c", "fetch.negotiationAlgorithm=noop"]);
        git.args(FETCH)
            .args(["--filter=blob:none", "--stdin", "origin"]);
        let ids: Vec<_> = missing.iter().map(String::as_str).collect();
        let output = with_input(git, &(ids.join("\n") + "\n"));
        let what = format!("{} objects missing from the partial clone", missing.len());
        self.note(&what, output)
    }

    /// Turns a shallow clone into a complete one.
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

    /// Opens the repository anew each time, since its shallow boundary is read only once.
    fn repo(&self) -> Result<Repo, Error> {
        needs_repo(
            self.path,
            "`gonogo ci` scans commits: check out the repository first",
        )
    }

    fn state(&self, range: &str) -> Result<RangeState, Error> {
        Ok(range_state(&self.repo()?, range))
    }

    fn has(&self, revision: &str) -> Result<bool, Error> {
        Ok(self.state(&format!("{revision}..{revision}"))? != RangeState::Absent)
    }

    fn incomplete(&self) -> Error {
        let why = match self.log.last() {
            Some(last) => format!(" ({last})"),
            None => String::new(),
        };
        Error::Usage(format!(
            "some commits of the change are missing from this clone{why}: {}",
            self.advice
        ))
    }

    /// Runs `git fetch`, and returns whether it succeeded.
    fn fetch(&mut self, options: &[&str], wanted: &[&str]) -> bool {
        if !self.may_fetch {
            self.log.push("fetching is disabled".to_owned());
            return false;
        }
        // A complete clone cannot be deepened, and fetching with a depth would make it shallow.
        let is_shallow = self.repo().is_ok_and(|repo| repo.is_shallow());
        let options = if is_shallow { options } else { &[] };
        let mut git = self.git(&[]);
        git.args(FETCH).args(options).arg("origin").args(wanted);
        let output = git.stdin(Stdio::null()).output();
        self.note(&options.join(" "), output)
    }

    /// Logs how fetching `what` ended, and returns whether it succeeded.
    fn note(&mut self, what: &str, output: io::Result<Output>) -> bool {
        let failure = checked(output).err();
        let is_done = failure.is_none();
        let how = failure.unwrap_or_else(|| "done".to_owned());
        self.log.push(format!("git fetch {what} origin: {how}"));
        is_done
    }

    /// Returns the lines git prints, or why it failed.
    fn run(&self, args: &[&str]) -> Result<Vec<String>, String> {
        let output = checked(self.git(args).stdin(Stdio::null()).output())?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Returns the lines git prints, or none if it fails.
    fn lines(&self, args: &[&str]) -> Vec<String> {
        self.run(args).unwrap_or_default()
    }

    /// Git in this clone, set up to run nothing from the repository and never to prompt.
    fn git(&self, args: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.current_dir(self.path)
            .args(["-c", "core.hooksPath=/dev/null"])
            .args(["-c", "core.fsmonitor=false"])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(args)
            .env("GIT_TERMINAL_PROMPT", "0")
            // Fetch what a partial clone lacks all at once, not object by object.
            .env("GIT_NO_LAZY_FETCH", "1");
        git
    }
}

/// Runs `git` with `input` on standard input.
fn with_input(mut git: Command, input: &str) -> io::Result<Output> {
    let git = git
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = git.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Git reads all of its input before printing anything. If it exits early, its status shows that.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output()
}

/// Returns git's output, or why it failed.
fn checked(output: io::Result<Output>) -> Result<Output, String> {
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    // The last line has the reason. Lines with a URL are left out, since it may contain credentials.
    let last = text.lines().rev().find(|line| line.starts_with("fatal:"));
    let last = last.filter(|line| !line.contains("://"));
    Err(last.unwrap_or("it failed").to_owned())
}
