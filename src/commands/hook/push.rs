//! What a push sends, as git describes it to a `pre-push` hook.

use std::io::Read;

use crate::commands::Error;
use crate::scan::{Change, What};
use crate::source::git::{self, Repo};

use super::Task;

/// How much of standard input is read, in bytes: 50,000 refs with long names.
const MAX_INPUT: u64 = 16 << 20;

/// A ref that is being pushed.
struct Update {
    /// The object it is set to.
    local: String,
    /// The object it has on the remote; `None` if it is new.
    remote: Option<String>,
}

/// Returns what to scan for the refs that standard input lists: for each tip, the commits that `remote` lacks. Refs
/// that are deleted need nothing.
///
/// # Errors
///
/// Standard input cannot be read, or has lines that git does not write.
pub fn tasks(input: impl Read, remote: &str, repo: &Repo) -> Result<Vec<Task>, Error> {
    let mut text = String::new();
    let read = input.take(MAX_INPUT + 1).read_to_string(&mut text);
    let size = read.map_err(|error| Error::Stream {
        stream: "standard input",
        error,
    })?;
    if size as u64 > MAX_INPUT {
        return Err(Error::Usage(format!(
            "standard input lists more refs than fit into {} MiB: push them in several steps",
            MAX_INPUT >> 20
        )));
    }
    let mut tasks: Vec<Task> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some(update) = update(line)? else {
            continue;
        };
        let task = sent(repo, remote, update.remote.as_deref(), &update.local);
        // Several refs may have the same tip.
        if tasks.iter().all(|known| known.what != task.what) {
            tasks.push(task);
        }
    }
    Ok(tasks)
}

/// Returns the task for pushing `tip` to `remote`, where its ref is at `known`.
pub(super) fn sent(repo: &Repo, remote: &str, known: Option<&str>, tip: &str) -> Task {
    let range = git::sent_range(repo, remote, known, tip);
    let is_first = range.starts_with(" ..");
    let short: String = if tip.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        tip.chars().take(12).collect()
    } else {
        tip.to_owned()
    };
    let says = if is_first {
        format!(
            "all commits of {short}, since nothing is known of what the remote has, and the configuration in it"
        )
    } else {
        format!("the commits of {short} that the remote lacks, and the configuration in it")
    };
    let head = tip.to_owned();
    Task {
        what: What::Change(Change { range, head }),
        says,
    }
}

/// Parses `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`; `None` for a ref that is deleted.
fn update(line: &str) -> Result<Option<Update>, Error> {
    let words: Vec<&str> = line.split(' ').collect();
    let is_id = |word: &str| {
        matches!(word.len(), 40 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_null = |id: &str| id.bytes().all(|byte| byte == b'0');
    match words.as_slice() {
        [_, local, _, remote] if is_id(local) && is_id(remote) => {
            Ok((!is_null(local)).then(|| Update {
                local: (*local).to_owned(),
                remote: (!is_null(remote)).then(|| (*remote).to_owned()),
            }))
        }
        _ => Err(Error::Usage(
            "--pre-push reads what git writes to a pre-push hook, lines of `LOCAL-REF ID REMOTE-REF ID`: have the hook \
             pass its standard input on"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_git_are_read_and_others_refused() {
        let (one, none) = ("1".repeat(40), "0".repeat(40));
        let read = |line: String| update(&line).ok().map(|update| update.map(|it| it.remote));
        assert_eq!(
            read(format!("refs/heads/a {one} refs/heads/a {none}")),
            Some(Some(None))
        );
        assert_eq!(
            read(format!("HEAD {one} refs/heads/a {one}")),
            Some(Some(Some(one.clone())))
        );
        assert_eq!(
            read(format!("(delete) {none} refs/heads/a {one}")),
            Some(None)
        );
        assert_eq!(read("hello".to_owned()), None);
        assert_eq!(read(format!("a {one} b")), None);
    }
}
