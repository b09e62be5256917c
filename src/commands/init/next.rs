//! What is left to do for people.

use std::path::Path;

use super::home::Home;
use super::managers::Manager;
use super::{PRE_COMMIT, Step, TAKEN_OVER, exists};

/// The next commands, each with what it does.
pub(super) fn next(
    top: &Path,
    steps: &[Step],
    managers: &[Manager],
    home: Option<&Home>,
) -> String {
    let mut text = String::from("\nNext:\n");
    let mut add = |command: &str, what: &str| text.push_str(&format!("  {command:<23} {what}\n"));
    for (command, what) in installs(steps, managers) {
        add(command, what);
    }
    add(
        "gonogo doctor",
        "see which commits, merges and pushes are checked here",
    );
    add("gonogo scan", "see what is there");
    let from: Vec<_> = TAKEN_OVER
        .iter()
        .filter(|name| exists(top, name))
        .map(|name| format!(" --from {name}"))
        .collect();
    add(
        &format!("gonogo baseline create{}", from.concat()),
        "accept what is known: commit .gonogo-baseline, and only what is new counts",
    );
    if home.is_none() {
        text.push_str(
            "\nThe hooks run the gonogo that is installed, and colleagues need it, too. Once it is published, as a repository \
             or a fork of one,\n`gonogo init --repository OWNER/NAME@REV` writes hooks that install it by themselves.\n",
        );
    }
    text
}

/// How git comes to run the hooks.
fn installs(steps: &[Step], managers: &[Manager]) -> Vec<(&'static str, &'static str)> {
    let mut installs = Vec::new();
    for manager in managers {
        installs.push(match manager {
            Manager::PreCommit => (
                "pre-commit install -t pre-commit -t pre-merge-commit -t pre-push",
                "have git run the hooks",
            ),
            Manager::Husky => ("npm install", "have husky set up the hooks, in each clone"),
            Manager::Lefthook(_) => ("lefthook install", "have git run the hooks"),
            Manager::SimpleGitHooks => ("npx simple-git-hooks", "have git run the hooks"),
        });
    }
    let is_new =
        |step: &Step| matches!(step, Step::Write { name, is_new: true, .. } if *name == PRE_COMMIT);
    if steps.iter().any(is_new) {
        installs.push((
            "pre-commit install",
            "have git run the hooks; without pre-commit: gonogo install-hook",
        ));
    }
    installs
}
