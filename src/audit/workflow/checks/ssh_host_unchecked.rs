//! `gha/ssh-host-unchecked`: an SSH connection that accepts any server.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, see,
    workflow,
};

pub(super) struct SshHostUnchecked;

/// Options that switch off host key checking on a command line or in `~/.ssh/config`, in lower case and without the
/// characters between words.
const OPTIONS: &[&str] = &[
    "stricthostkeycheckingno",
    "stricthostkeycheckingoff",
    "hostkeycheckingfalse",
];

/// Variables and inputs of actions that switch it off if `true`, in lower case.
const SWITCHES: &[&str] = &["git_ssh_no_verify_host"];

/// Variables that switch it off if `false`.
const GUARDS: &[&str] = &["ansible_host_key_checking"];

impl Check<File<'_>> for SshHostUnchecked {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, _, script) in file.scripts() {
            let text = script.text().unwrap_or_default();
            if let Some(line) = text.lines().find(|line| turns_off(line)) {
                let span = file.place_of(script, line.trim(), 0);
                add(report, span);
            }
        }
        let jobs = file.jobs.iter().map(|job| job.root);
        let steps = file.steps().map(|(_, step)| step);
        for root in std::iter::once(file.root).chain(jobs).chain(steps) {
            let given = [root.get("env"), root.get("with")];
            let switch = given.into_iter().flatten().find_map(switched_off);
            if let Some(value) = switch {
                add(report, value.span());
            }
        }
    }
}

fn add(report: &mut Report, span: std::ops::Range<usize>) {
    let message =
        "the key of the SSH server is not checked, so anyone who answers in its place gets what is sent".to_owned();
    see(report, &CARD, CARD.severity, span, message);
}

/// Whether a line of a script switches it off.
fn turns_off(line: &str) -> bool {
    let has_word = |word: &str| memchr::memmem::find(line.as_bytes(), word.as_bytes()).is_some();
    if line.trim_start().starts_with('#') || !has_word("ost") {
        return false;
    }
    let plain: String = line
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    OPTIONS.iter().any(|option| {
        plain.match_indices(option).any(|(at, _)| {
            // `nothing` begins with `no`, too.
            let rest = &plain[at + option.len()..];
            !rest.starts_with("ne") && !rest.starts_with('t')
        })
    })
}

/// Returns the value of a variable or input that switches it off.
fn switched_off(given: Value<'_>) -> Option<Value<'_>> {
    given.entries().find_map(|entry| {
        let name = entry.key.text()?.to_ascii_lowercase();
        let value = entry.value.text()?.to_ascii_lowercase();
        let is_off = matches!(value.as_str(), "true" | "1" | "yes")
            && SWITCHES.contains(&name.as_str())
            || matches!(value.as_str(), "false" | "0" | "no") && GUARDS.contains(&name.as_str())
            || name.contains("ssh") && turns_off(&value);
        is_off.then_some(entry.value)
    })
}

static CARD: Card = Card {
    id: "gha/ssh-host-unchecked",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "SSH host key not checked",
    description: "Without the check of its host key, anyone between the runner and the server can pose as the server, receive what is deployed, and relay the session.",
    remedy: "Keep the host key of the server in a variable, and write it to `~/.ssh/known_hosts` before the first connection: `echo \"$KNOWN_HOSTS\" >> ~/.ssh/known_hosts`.",
    references: &[
        "https://man.openbsd.org/ssh_config#StrictHostKeyChecking",
        HARDENING,
        OWASP,
    ],
    tags: &["github-actions", "ci", "ssh", "CWE-295", "CWE-322"],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          ssh -o StrictHostKeyChecking=no deploy@host.example ./update # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          printf 'Host *\\n  StrictHostKeyChecking no\\n' >> ~/.ssh/config # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/mirror@0123456789012345678901234567890123456789\n        env:\n          GIT_SSH_NO_VERIFY_HOST: \"true\" # here\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          ssh-keyscan host.example >> ~/.ssh/known_hosts\n          ssh -o StrictHostKeyChecking=yes deploy@host.example ./update\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: \"# StrictHostKeyChecking=no\"\n        env:\n          GIT_SSH_NO_VERIFY_HOST: \"false\"\n",
        ),
    ],
};
