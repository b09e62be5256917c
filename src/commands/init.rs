//! `gonogo init`: writes what a repository needs to be judged, and never over what is there.

mod home;
mod pre_commit;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::FILE_NAME;
use crate::source::git::Repo;
use crate::source::{self, MAX_RULES_BYTES};

use super::Error;
use super::hunk::{self, Line};
use crate::commands::output::print;
use crate::scan::known;
use crate::scan::needs_repo;
use home::{COMMIT, Home, OWNER};

/// Where pre-commit is configured.
const PRE_COMMIT: &str = ".pre-commit-config.yaml";
/// Where the workflow goes.
const WORKFLOW: &str = ".github/workflows/gonogo.yml";
/// Where git is told how to merge files.
const ATTRIBUTES: &str = ".gitattributes";
/// Files of other scanners that gonogo honours where they are.
const HONOURED: [&str; 4] = [
    ".gitleaks.toml",
    ".betterleaks.toml",
    ".gitleaksignore",
    ".betterleaksignore",
];
/// Files of other scanners that are taken over once.
const TAKEN_OVER: [&str; 1] = [".secrets.baseline"];

/// What `gonogo init` was asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Somewhere in the repository.
    pub path: PathBuf,
    /// Print what would be written, and write nothing.
    pub dry_run: bool,
    /// The repository that gonogo comes from, written `OWNER/NAME` or `OWNER/NAME@COMMIT`; where Cargo.toml names one,
    /// that.
    pub repository: Option<String>,
}

/// A file that is to be there.
enum Step {
    /// It is written.
    Write {
        name: &'static str,
        text: String,
        is_new: bool,
    },
    /// It stays as it is, and why.
    Keep { name: &'static str, why: String },
}

/// Writes the files that are not there yet, and says which.
///
/// # Errors
///
/// There is no repository, or a file cannot be read or written.
pub fn run(options: &Options) -> Result<(), Error> {
    let repo = needs_repo(&options.path, "what is judged is a repository")?;
    let top = repo.worktree().ok_or_else(|| {
        Error::Usage("the repository has no working tree to write into".to_owned())
    })?;
    let home = Home::of(options)?;
    let steps = [
        settings(&top),
        pre_commit_step(&top, &home)?,
        workflow(&top, &repo, &home),
        attributes(&top)?,
    ];
    let mut told = String::new();
    for step in &steps {
        told.push_str(&carry_out(step, &top, options.dry_run)?);
    }
    told.push_str(&next(&top, &steps, &home));
    print(&told)
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
        return keep(FILE_NAME, "it is there already");
    }
    let mut text = String::from(
        "# What gonogo goes by here. All of it may be left out; `gonogo scan` says when it finds a mistake.\n\n\
         [paths]\n# Findings in these files do not count; patterns are those of .gitignore.\nexclude = []\n\n\
         [rules]\n# Rules (\"generic/password\") and families (\"compose/*\") that do not count: see `gonogo rules list`.\n\
         off = []\n\n\
         [report]\n# NO-GO from this severity on: info, low, medium, high, critical.\nfail-on = \"high\"\n",
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

fn pre_commit_step(top: &Path, home: &Home) -> Result<Step, Error> {
    let entry = |indent: &str| pre_commit::entry(home.is_known.then_some(&home.name), indent);
    if !exists(top, PRE_COMMIT) {
        return Ok(Step::Write {
            name: PRE_COMMIT,
            // Else only the hook before commits would be installed.
            text: format!(
                "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\nrepos:\n{}",
                entry("  ")
            ),
            is_new: true,
        });
    }
    let text = read(top, PRE_COMMIT)?;
    if pre_commit::has_gonogo(&text) {
        return Ok(keep(PRE_COMMIT, "it has gonogo already"));
    }
    Ok(match pre_commit::add(&text, &entry) {
        Some(text) => Step::Write {
            name: PRE_COMMIT,
            text,
            is_new: false,
        },
        None => Step::Keep {
            name: PRE_COMMIT,
            why: format!(
                "its list `repos` is written in a way that is not changed here; add\n{}",
                entry("  ")
            ),
        },
    })
}

/// Has git keep the lines of both sides where two branches add to the baseline at the same place.
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
        return Ok(keep(ATTRIBUTES, "it speaks of the baseline already"));
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

fn workflow(top: &Path, repo: &Repo, home: &Home) -> Step {
    if exists(top, WORKFLOW) {
        return keep(WORKFLOW, "it is there already");
    }
    if let Some(other) = other_workflow(top) {
        return Step::Keep {
            name: WORKFLOW,
            why: format!("{other} runs gonogo already"),
        };
    }
    let is_on_github = repo.remote_url().is_some_and(|url| url.contains("github"));
    if !is_on_github && !exists(top, ".github") {
        return keep(WORKFLOW, "the remote is not on GitHub");
    }
    let branch = repo.default_branch().filter(|branch| is_plain(branch));
    let branch = branch.unwrap_or_else(|| "main".to_owned());
    let action = home.action();
    let text = format!(
        "name: gonogo\n\
         on:\n  \
           push:\n    branches: [{branch}]\n  \
           pull_request:\n  \
           merge_group:\n  \
           schedule:\n    - cron: \"17 4 * * 1\" # everything, once a week\n  \
           workflow_dispatch:\n\
         permissions:\n  contents: read\n\
         jobs:\n  \
           gonogo:\n    \
             runs-on: ubuntu-latest\n    \
             steps:\n      \
               - uses: actions/checkout@df4cb1c069e1874edd31b4311f1884172cec0e10 # v6.0.3\n        \
                 with:\n          persist-credentials: true # gonogo fetches the commits that it lacks\n      \
               - uses: {action}\n"
    );
    Step::Write {
        name: WORKFLOW,
        text,
        is_new: true,
    }
}

/// Whether a branch can stand in YAML as it is.
fn is_plain(branch: &str) -> bool {
    branch.starts_with(|c: char| c.is_ascii_alphabetic())
        && branch
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
}

/// A workflow that runs gonogo, if there is one.
fn other_workflow(top: &Path) -> Option<String> {
    let folder = top.join(".github/workflows");
    let entries = fs::read_dir(&folder).ok()?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
        .collect();
    names.sort();
    for name in names {
        let text = source::read_bytes(&folder.join(&name), MAX_RULES_BYTES).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let runs = |line: &str| {
            let line = line.trim_start_matches([' ', '-']);
            line.starts_with("uses:") && line.contains("/gonogo@") || line.contains("gonogo ci")
        };
        if text.lines().any(runs) {
            return Some(format!(".github/workflows/{name}"));
        }
    }
    None
}

/// Does it, unless nothing may be done, and says what was done.
fn carry_out(step: &Step, top: &Path, dry_run: bool) -> Result<String, Error> {
    let (name, text, is_new) = match step {
        Step::Keep { name, why } => {
            return Ok(format!(
                "kept {name}: {}\n",
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
        let lines = |text| -> Vec<&str> { str::split_inclusive(text, '\n').collect() };
        let (old, new) = (lines(&before), lines(text));
        let hunks = hunk::unified(&before, text, |line| match line {
            Line::Kept(at) | Line::Removed(at) => old[at].into(),
            Line::Added(at) => new[at].into(),
        });
        let diff = format!("--- {from}\n+++ {to}\n{hunks}");
        return Ok(crate::report::visible_lines(&diff));
    }
    write(top, name, text, is_new)?;
    let did = if is_new { "wrote" } else { "added gonogo to" };
    Ok(format!("{did} {name}\n"))
}

/// Writes a file in one piece. A new one is never written over something that has come there meanwhile, and a link is
/// never followed.
fn write(top: &Path, name: &str, text: &str, is_new: bool) -> Result<(), Error> {
    let path = top.join(name);
    let written = || {
        let folder = path.parent().unwrap_or(top);
        // Nothing is made behind a link, not even a folder.
        let within = folder.strip_prefix(top).unwrap_or(Path::new(""));
        let mut above = within.ancestors().map(|part| top.join(part));
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
        let leads_away = above.any(|part| part != top && is_link(&part)) || is_link(&path);
        if leads_away {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a link leads away from here",
            ));
        }
        fs::create_dir_all(folder)?;
        if is_new {
            source::create_file(&path, text.as_bytes())
        } else {
            source::replace_file(&path, text.as_bytes())
        }
    };
    written().map_err(|error| Error::File {
        path: path.clone(),
        error,
    })
}

/// What is left to do for people.
fn next(top: &Path, steps: &[Step], home: &Home) -> String {
    let mut text = String::from("\nNext:\n");
    let writes = |wanted: &str| {
        steps
            .iter()
            .any(|step| matches!(step, Step::Write { name, .. } if *name == wanted))
    };
    if writes(WORKFLOW) && !home.is_known {
        text.push_str(&format!(
            "  in {WORKFLOW}, write where your gonogo comes from for {OWNER} and {COMMIT}\n  \
               (`gonogo init --repository OWNER/NAME@COMMIT` writes it by itself)\n"
        ));
    }
    let mut tell = |command: &str, what: &str| text.push_str(&format!("  {command:<23} {what}\n"));
    let is_new = |step: &Step| matches!(step, Step::Write { name, is_new, .. } if *name == PRE_COMMIT && *is_new);
    if steps.iter().any(is_new) {
        tell(
            "pre-commit install",
            "have git run the hooks of .pre-commit-config.yaml",
        );
    } else if writes(PRE_COMMIT) {
        tell(
            "pre-commit install -t pre-commit -t pre-merge-commit -t pre-push",
            "have git run the hooks",
        );
    } else {
        tell(
            "pre-commit install",
            "if git does not run the hooks yet; without pre-commit: gonogo install-hook",
        );
    }
    tell("gonogo scan", "see what is there");
    let from: Vec<_> = TAKEN_OVER
        .iter()
        .filter(|name| exists(top, name))
        .map(|name| format!(" --from {name}"))
        .collect();
    tell(
        &format!("gonogo baseline create{}", from.concat()),
        "accept what is known: commit .gonogo-baseline, and only what is new counts",
    );
    text
}
