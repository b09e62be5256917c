//! `gonogo init`: writes the files a repository needs to be judged, and never overwrites what is there.

mod home;
mod husky;
mod lefthook;
mod managers;
mod next;
mod package;
mod pre_commit;
mod prek;
mod workflow;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::FILE_NAME;
use crate::source::{self, MAX_RULES_BYTES};

use super::hook;
use super::hunk;
use super::{Error, secrets_in};
use crate::commands::output::print;
use crate::scan::known;
use crate::scan::needs_repo;
use home::Home;
use managers::Manager;

/// The configuration file of pre-commit.
const PRE_COMMIT: &str = ".pre-commit-config.yaml";
/// A name that prek reads, too, but pre-commit does not.
const PRE_COMMIT_OF_PREK: &str = ".pre-commit-config.yml";
/// The configuration file of simple-git-hooks.
const PACKAGE: &str = "package.json";
/// Where Git's merge drivers are configured.
const ATTRIBUTES: &str = ".gitattributes";
/// Files of other scanners that gonogo honours in place.
const HONOURED: [&str; 4] = [
    ".gitleaks.toml",
    ".betterleaks.toml",
    ".gitleaksignore",
    ".betterleaksignore",
];
/// Files of other scanners that are imported once.
const TAKEN_OVER: [&str; 1] = [".secrets.baseline"];

/// What `gonogo init` was asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Somewhere in the repository.
    pub path: PathBuf,
    /// Print what would be written without writing anything.
    pub dry_run: bool,
    /// The repository that gonogo comes from, as `OWNER/NAME` or a URL, optionally followed by `@REV`. By default, the
    /// one that Cargo.toml names, if any.
    pub repository: Option<String>,
    /// Have the workflow send findings to code scanning.
    pub code_scanning: bool,
    /// Whether to print nothing about what was written.
    pub quiet: bool,
}

/// What happens to one file.
enum Step {
    /// It is written.
    Write {
        name: &'static str,
        text: String,
        is_new: bool,
    },
    /// It stays as it is, for the reason `why`.
    Keep { name: &'static str, why: String },
    /// None is written, for the reason `why`.
    Skip { name: &'static str, why: String },
}

/// Writes the files that do not exist yet, and prints which.
///
/// # Errors
///
/// There is no repository, or a file cannot be read or written.
pub fn run(options: &Options) -> Result<(), Error> {
    let repo = needs_repo(&options.path, "gonogo init needs a repository")?;
    let top = repo.worktree().ok_or_else(|| {
        Error::Usage("the repository has no working tree to write into".to_owned())
    })?;
    let home = Home::of(options)?;
    let home = home.as_ref();
    let managers = managers::found(&top);
    let mut steps = vec![settings(&top)];
    steps.extend(hook_steps(&top, &managers, home)?);
    steps.push(workflow::step(&top, &repo, home, options.code_scanning));
    steps.push(attributes(&top)?);
    let mut report = String::new();
    for step in &steps {
        report.push_str(&carry_out(step, &top, options.dry_run)?);
    }
    if managers.is_empty() && home.is_none() {
        report.push_str(&hook::install_alone(&top, options.dry_run)?);
    }
    report.push_str(&next::next(&top, &steps, &managers, home));
    if options.quiet {
        Ok(())
    } else {
        print(&report)
    }
}

/// Returns the steps that add gonogo to the hooks, in the way the manager that runs them requires.
fn hook_steps(top: &Path, managers: &[Manager], home: Option<&Home>) -> Result<Vec<Step>, Error> {
    if managers.is_empty() {
        // Without a repository to install gonogo from, pre-commit could only run an installed gonogo, which Git can do
        // by itself.
        return home
            .map(|_| pre_commit_step(top, PRE_COMMIT, home))
            .into_iter()
            .collect();
    }
    let mut steps = Vec::new();
    for manager in managers {
        match manager {
            Manager::PreCommit => steps.push(pre_commit_step(top, PRE_COMMIT, home)?),
            Manager::Prek(prek::FILE) => steps.push(prek_step(top, home)?),
            Manager::Prek(name) => steps.push(pre_commit_step(top, name, home)?),
            Manager::Husky => steps.extend(husky_steps(top)?),
            Manager::Lefthook(name) => steps.push(changed(
                name,
                &read(top, name)?,
                (lefthook::has_gonogo, lefthook::adds_to(name)),
                &format!("its hooks are written in a way that is not changed here; add\n{}", lefthook::whole(name)),
            )),
            Manager::SimpleGitHooks => steps.push(changed(
                PACKAGE,
                &read(top, PACKAGE)?,
                (package::has_gonogo, package::add),
                "its hooks are written in a way that is not changed here; have `pre-commit` below `simple-git-hooks` begin \
                 with `gonogo hook && `",
            )),
        }
    }
    Ok(steps)
}

/// Adds gonogo to a text; `None` if that cannot be done with certainty.
type Add = fn(&str) -> Option<String>;

/// Returns the step that adds gonogo to a file, unless it has gonogo already or cannot be changed.
fn changed(
    name: &'static str,
    text: &str,
    (has_gonogo, add): (fn(&str) -> bool, Add),
    otherwise: &str,
) -> Step {
    if has_gonogo(text) {
        return keep(name, "it already runs gonogo");
    }
    match add(text) {
        Some(text) => Step::Write {
            name,
            text,
            is_new: false,
        },
        None => keep(name, otherwise),
    }
}

fn husky_steps(top: &Path) -> Result<Vec<Step>, Error> {
    let texts = husky::HOOKS.map(|name| {
        let text = exists(top, name).then(|| read(top, name)).transpose();
        text.map(|text| (name, text))
    });
    let mut known = Vec::new();
    for text in texts {
        known.push(text?);
    }
    let other = known.iter().find_map(|(_, text)| text.clone());
    let step = |(name, text): &(&'static str, Option<String>)| match husky::with_gonogo(
        name,
        text.as_deref(),
        other.as_deref(),
    ) {
        Some(with) => Step::Write {
            name,
            text: with,
            is_new: text.is_none(),
        },
        None => keep(name, "it already runs gonogo"),
    };
    Ok(known.iter().map(step).collect())
}

/// Returns the pipeline in the working tree at `top` that runs gonogo, if there is one.
pub(super) fn pipeline(top: &Path) -> Option<String> {
    workflow::pipeline(top)
}

fn exists(top: &Path, name: &str) -> bool {
    fs::symlink_metadata(top.join(name)).is_ok()
}

fn read(top: &Path, name: &str) -> Result<String, Error> {
    let path = top.join(name);
    source::read_text_file(&path, MAX_RULES_BYTES).map_err(|error| Error::File { path, error })
}

fn keep(name: &'static str, why: &str) -> Step {
    Step::Keep {
        name,
        why: why.to_owned(),
    }
}

fn settings(top: &Path) -> Step {
    if exists(top, FILE_NAME) {
        return keep(FILE_NAME, "it already exists");
    }
    let mut text = String::from(
        "# Project settings of gonogo. Every key is optional; `gonogo scan` reports mistakes in this file.\n\n[paths]\n# Findings in these files are ignored; patterns as in .gitignore.\nexclude = []\n\n[rules]\n# Rules (\"generic/password\") and families (\"compose/*\") to disable: see `gonogo rules list`.\noff = []\n\n[report]\n# NO-GO at or above this severity: info, low, medium, high, critical.\nfail-on = \"high\"\n",
    );
    let honoured: Vec<_> = HONOURED
        .iter()
        .filter(|name| exists(top, name))
        .copied()
        .collect();
    if !honoured.is_empty() {
        text.push_str(&format!(
            "\n# Honoured beside this file: {}.\n",
            honoured.join(", ")
        ));
    }
    Step::Write {
        name: FILE_NAME,
        text,
        is_new: true,
    }
}

fn pre_commit_step(top: &Path, name: &'static str, home: Option<&Home>) -> Result<Step, Error> {
    let entry = |indent: &str| pre_commit::entry(home, indent);
    if !exists(top, name) {
        return Ok(Step::Write {
            name,
            // Otherwise, only the `pre-commit` hook would be installed.
            text: format!(
                "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\nrepos:\n{}",
                entry("  ")
            ),
            is_new: true,
        });
    }
    let text = read(top, name)?;
    if pre_commit::has_gonogo(&text) {
        return Ok(keep(name, "it already runs gonogo"));
    }
    Ok(match pre_commit::add(&text, &entry) {
        Some(text) => Step::Write {
            name,
            text,
            is_new: false,
        },
        None => Step::Keep {
            name,
            why: format!(
                "its list `repos` cannot be edited automatically; add\n{}",
                entry("  ")
            ),
        },
    })
}

fn prek_step(top: &Path, home: Option<&Home>) -> Result<Step, Error> {
    let (name, text) = (prek::FILE, read(top, prek::FILE)?);
    if prek::has_gonogo(&text) {
        return Ok(keep(name, "it already runs gonogo"));
    }
    let entry = prek::entry(home);
    Ok(match prek::add(&text, &entry) {
        Some(text) => Step::Write {
            name,
            text,
            is_new: false,
        },
        None => keep(
            name,
            &format!("its `repos` cannot be edited automatically; add\n{entry}"),
        ),
    })
}

/// Makes git keep the lines of both sides when two branches add to the baseline at the same place.
fn attributes(top: &Path) -> Result<Step, Error> {
    let line = format!("{} merge=union\n", known::FILE_NAME);
    if !exists(top, ATTRIBUTES) {
        return Ok(Step::Write {
            name: ATTRIBUTES,
            text: line,
            is_new: true,
        });
    }
    let mut text = read(top, ATTRIBUTES)?;
    if text.contains(known::FILE_NAME) {
        return Ok(keep(ATTRIBUTES, "it already mentions the baseline"));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&line);
    Ok(Step::Write {
        name: ATTRIBUTES,
        text,
        is_new: false,
    })
}

/// Carries out a step, unless `dry_run`, and returns a report of it.
fn carry_out(step: &Step, top: &Path, dry_run: bool) -> Result<String, Error> {
    let (name, text, is_new) = match step {
        Step::Keep { name, why } => {
            return Ok(format!(
                "kept {name}: {}\n",
                crate::report::visible_lines(why)
            ));
        }
        Step::Skip { name, why } => {
            return Ok(format!(
                "no {name}: {}\n",
                crate::report::visible_lines(why)
            ));
        }
        Step::Write { name, text, is_new } => (*name, text, *is_new),
    };
    if dry_run {
        let before = if is_new {
            String::new()
        } else {
            read(top, name)?
        };
        let (from, to) = if is_new {
            ("/dev/null", name)
        } else {
            (name, name)
        };
        let secrets = |text: &str| secrets_in(name, text);
        let hunks = hunk::masked((&before, &secrets(&before)), (text, &secrets(text)));
        return Ok(format!("--- {from}\n+++ {to}\n{hunks}"));
    }
    write(top, name, text, is_new)?;
    let did = if is_new { "wrote" } else { "added gonogo to" };
    Ok(format!("{did} {name}\n"))
}

/// Writes a file atomically. A new file never replaces one that appeared in the meantime, and a symbolic link is never
/// followed.
fn write(top: &Path, name: &str, text: &str, is_new: bool) -> Result<(), Error> {
    let path = top.join(name);
    let written = || {
        let folder = path.parent().unwrap_or(top);
        // Create nothing behind a symbolic link, not even a folder.
        let within = folder.strip_prefix(top).unwrap_or(Path::new(""));
        let mut above = within.ancestors().map(|part| top.join(part));
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
        let leads_away = above.any(|part| part != top && is_link(&part)) || is_link(&path);
        if leads_away {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a link leads out of the repository",
            ));
        }
        fs::create_dir_all(folder)?;
        if is_new {
            source::create_file(&path, text.as_bytes())?;
            make_executable(&path, husky::HOOKS.contains(&name))
        } else {
            source::replace_file(&path, text.as_bytes())
        }
    };
    written().map_err(|error| Error::File {
        path: path.clone(),
        error,
    })
}

/// Makes a hook executable, which husky up to version 8 needs.
fn make_executable(path: &Path, is_hook: bool) -> io::Result<()> {
    #[cfg(unix)]
    if is_hook {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = (path, is_hook);
    Ok(())
}
