//! Asks the repositories of actions which commits their tags point to (`gonogo fix --resolve`).
//!
//! It runs git, and asks only for the tags of repositories that workflows name. git runs where no configuration of a
//! scanned repository applies, and never prompts for a password.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::audit::Release;
use crate::lexicon::host::login_of;

/// The default server of actions.
pub const GITHUB: &str = "https://github.com";

/// The most tags to read of one repository.
const MAX_TAGS: usize = 20_000;

/// The tags of one repository, with the commits that they point to.
type Tags = BTreeMap<String, String>;

/// Looks up which release an action reference names.
pub(super) struct Resolver {
    server: String,
    /// The answers so far, by `OWNER/NAME`; `None` if there was no answer.
    known: BTreeMap<String, Option<Tags>>,
    /// What went wrong, one entry per line.
    pub(super) problems: Vec<String>,
    is_down: bool,
}

impl Resolver {
    /// Returns a resolver that asks `server`.
    pub(super) fn new(server: &str) -> Self {
        Self {
            server: server.trim_end_matches('/').to_owned(),
            known: BTreeMap::new(),
            problems: Vec::new(),
            is_down: false,
        }
    }

    /// Returns the release that `uses`, as `OWNER/NAME/PATH@TAG`, names; `None` for a branch, or if there is no answer.
    pub(super) fn release(&mut self, uses: &str) -> Option<Release> {
        let (name, tag) = uses.split_once('@')?;
        let mut parts = name.split('/');
        let repository = format!("{}/{}", parts.next()?, parts.next()?);
        if !is_plain(&repository) || name.starts_with("docker:") {
            return None;
        }
        if !self.known.contains_key(&repository) {
            let tags = self.ask(&repository);
            self.known.insert(repository.clone(), tags);
        }
        let tags = self.known.get(&repository)?.as_ref()?;
        let Some(commit) = tags.get(tag) else {
            self.problems.push(format!(
                "`{uses}` stays as it is: {}/{repository} has no tag `{tag}`; use the tag of a release",
                self.server
            ));
            return None;
        };
        Some(Release {
            version: longest(tags, tag, commit).to_owned(),
            commit: commit.clone(),
        })
    }

    fn ask(&mut self, repository: &str) -> Option<Tags> {
        if self.is_down {
            return None;
        }
        let url = format!("{}/{repository}", self.server);
        match tags(&url) {
            Ok(tags) => Some(tags),
            Err(reason) => {
                // A missing repository says nothing about others, but a server that cannot be reached is not asked
                // again.
                let lower = reason.to_ascii_lowercase();
                self.is_down = [
                    "resolve host",
                    "connect",
                    "timed out",
                    "no such file or directory (os",
                ]
                .iter()
                .any(|word| lower.contains(word));
                let rest = if self.is_down {
                    "; no other repository was asked"
                } else {
                    ""
                };
                self.problems.push(format!(
                    "`git ls-remote --tags {url}` failed: {reason}{rest}"
                ));
                None
            }
        }
    }
}

/// Whether a repository has a name that a forge could give it, so that its URL cannot mean anything else.
fn is_plain(repository: &str) -> bool {
    let is_part = |part: &str| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !part.is_empty() && !part.starts_with(['-', '.']) && part.chars().all(is_letter)
    };
    repository.split('/').all(is_part)
}

/// Returns the most specific tag of this commit: `v4.2.0` for `v4`.
fn longest<'t>(tags: &'t Tags, tag: &'t str, commit: &str) -> &'t str {
    let is_version = |name: &&String| {
        name.strip_prefix(tag)
            .is_some_and(|rest| rest.starts_with('.') && rest.split('.').skip(1).all(is_number))
    };
    let same = tags
        .iter()
        .filter(|(_, own)| *own == commit)
        .map(|(name, _)| name);
    let found = same
        .filter(is_version)
        .max_by_key(|name| name.matches('.').count());
    found.map_or(tag, String::as_str)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn tags(url: &str) -> Result<Tags, String> {
    let top = std::env::current_dir().unwrap_or_default();
    let top = top.ancestors().last().unwrap_or(Path::new("/"));
    let mut git = Command::new("git");
    git.current_dir(top)
        .args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=20"])
        .args(["-c", "protocol.ext.allow=never"])
        .args(["ls-remote", "--tags", "--", url])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "")
        .env("SSH_ASKPASS", "")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
    ] {
        git.env_remove(name);
    }
    let output = git
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let has_password = login_of(url).is_some_and(|(login, _)| login.contains(':'));
        let line = text
            .lines()
            .find(|line| line.starts_with("fatal:"))
            .or(text.lines().next());
        let line = line
            // git takes the login to end at its first `@`, so its messages may contain the rest of a password, which
            // nothing marks as one.
            .filter(|line| !(has_password && line.contains("://")))
            .unwrap_or("git failed")
            .trim_start_matches("fatal:")
            .trim();
        return Err(line.trim_end_matches('.').to_owned());
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Parses the output of `git ls-remote`. For an annotated tag, the line with `^{}` has the commit, and comes last.
fn parse(text: &str) -> Tags {
    let mut tags = Tags::new();
    for line in text.lines().take(2 * MAX_TAGS) {
        let Some((id, name)) = line.split_once('\t') else {
            continue;
        };
        let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(tag) = name.strip_prefix("refs/tags/").filter(|_| is_id) {
            tags.insert(tag.trim_end_matches("^{}").to_owned(), id.to_owned());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_of_a_tag_object_and_the_longest_name_count() {
        let (object, commit, other) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let text = format!(
            "{object}\trefs/tags/v4\n{commit}\trefs/tags/v4^{{}}\n{commit}\trefs/tags/v4.1.2\n\
             {commit}\trefs/tags/v4.1.2-rc\n{other}\trefs/tags/v4.9.9\n{commit}\trefs/heads/v5\nwarning: x\n"
        );
        let tags = parse(&text);
        assert_eq!(tags.len(), 4, "{tags:?}");
        assert_eq!(tags["v4"], commit);
        assert_eq!(longest(&tags, "v4", &commit), "v4.1.2");
        assert_eq!(longest(&tags, "v4.9.9", &other), "v4.9.9");
    }

    #[test]
    fn no_reason_has_a_part_of_a_password() {
        for (login, has_reason) in [
            ("ann:kX9@vTq27@", false),
            ("ann:kX9@", false),
            ("ann@", true),
            ("", true),
        ] {
            let url = format!("http://{login}127.0.0.1:1/a/b");
            let reason = tags(&url).unwrap_err();
            assert!(!reason.contains("vTq27"), "{reason}");
            assert_eq!(reason != "git failed", has_reason, "{reason}");
        }
    }

    #[test]
    fn names_that_no_forge_gives_are_not_asked_about() {
        let mut resolver = Resolver::new("https://example.invalid/");
        for uses in [
            "-u/x@v1",
            "a/..@v1",
            "a/b c@v1",
            "./local@v1",
            "docker://a/b@v1",
            "a@v1",
            "a/b",
        ] {
            assert_eq!(resolver.release(uses), None, "{uses}");
        }
        assert!(resolver.problems.is_empty(), "{:?}", resolver.problems);
    }
}
