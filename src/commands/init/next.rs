//! What is left for people to do.

use std::path::Path;

use super::home::Home;
use super::managers::Manager;
use super::{PRE_COMMIT, Step, TAKEN_OVER, exists};

/// The width of the column of commands, in characters.
const WIDTH: usize = 23;

/// Returns the commands to run next, each with what it does.
pub(super) fn next(
    top: &Path,
    steps: &[Step],
    managers: &[Manager],
    home: Option<&Home>,
) -> String {
    let mut text = String::from("\nNext:\n");
    let mut add = |command: &str, what: &str| {
        let between = if command.len() > WIDTH {
            format!("\n{:1$}", "", WIDTH + 3)
        } else {
            " ".to_owned()
        };
        text.push_str(&format!("  {command:<WIDTH$}{between}{what}\n"));
    };
    for (command, what) in installs(steps, managers) {
        add(command, what);
    }
    add(
        "gonogo doctor",
        "see which commits, merges and pushes are checked here",
    );
    add("gonogo scan", "see the current findings");
    let from: Vec<_> = TAKEN_OVER
        .iter()
        .filter(|name| exists(top, name))
        .map(|name| format!(" --from {name}"))
        .collect();
    add(
        &format!("gonogo baseline create{}", from.concat()),
        "accept them: commit .gonogo-baseline, and only new findings count",
    );
    if home.is_none() {
        text.push_str(
            "\nThe hooks run the gonogo that is installed, and colleagues need it, too. Once it is published, as a repository \
             or a fork of one,\n`gonogo init --repository OWNER/NAME@REV` writes hooks that install it by themselves.\n",
        );
    }
    text
}

/// Returns the commands that make git run the hooks, each with what it does.
fn installs(steps: &[Step], managers: &[Manager]) -> Vec<(&'static str, &'static str)> {
    let mut installs = Vec::new();
    for manager in managers {
        installs.push(match manager {
            Manager::PreCommit => (
                "pre-commit install -t pre-commit -t pre-merge-commit -t pre-push",
                "install the hooks in Git",
            ),
            Manager::Prek(_) => (
                "prek install -t pre-commit -t pre-merge-commit -t pre-push",
                "install the hooks in Git",
            ),
            Manager::Husky => ("npm install", "install the hooks with husky, in each clone"),
            Manager::Lefthook(_) => ("lefthook install", "install the hooks in Git"),
            Manager::SimpleGitHooks => ("npx simple-git-hooks", "install the hooks in Git"),
        });
    }
    let is_new =
        |step: &Step| matches!(step, Step::Write { name, is_new: true, .. } if *name == PRE_COMMIT);
    if steps.iter().any(is_new) {
        installs.push((
            "pre-commit install",
            "install the hooks in Git; without pre-commit: gonogo install-hook",
        ));
    }
    installs
}
