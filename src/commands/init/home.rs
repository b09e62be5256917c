//! Where gonogo itself comes from, if that is known.

use super::Options;
use crate::commands::Error;

/// Where gonogo itself comes from.
pub(super) struct Home {
    /// The URL of the repository.
    pub(super) url: String,
    /// The revision to use: a tag or a commit.
    pub(super) rev: String,
}

const GITHUB: &str = "https://github.com/";

impl Home {
    /// Returns the requested repository, or else the one that Cargo.toml names; `None` if neither names one.
    ///
    /// # Errors
    ///
    /// The requested repository is not written as one, or its address has a login.
    pub(super) fn of(options: &Options) -> Result<Option<Self>, Error> {
        let named = options.repository.as_deref();
        let named = named.unwrap_or(env!("CARGO_PKG_REPOSITORY"));
        if named.is_empty() && options.repository.is_none() {
            return Ok(None);
        }
        if has_login(named) {
            return Err(Error::Usage(
                "the address in --repository has a login, which would be written into files that are committed: leave it \
                 out"
                    .to_owned(),
            ));
        }
        let home = Self::read(named).ok_or_else(|| {
            Error::Usage(
                "--repository is written OWNER/NAME or as the address of a repository, with @REV behind it for a tag or \
                 a commit: acme/gonogo@v1.0.0"
                    .to_owned(),
            )
        });
        home.map(Some)
    }

    fn read(named: &str) -> Option<Self> {
        // An `@` before a host, as in git@github.com, does not introduce a revision.
        let at = named
            .rfind('@')
            .filter(|at| !named[*at..].contains(['/', ':']));
        let (url, rev) = match at {
            Some(at) => (&named[..at], &named[at + 1..]),
            None => (named, concat!("v", env!("CARGO_PKG_VERSION"))),
        };
        let is_word = |part: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.is_empty() && part.chars().all(is_plain)
        };
        let is_pair = |text: &str| {
            let parts = text.split_once('/');
            parts.is_some_and(|(owner, name)| is_word(owner) && is_word(name))
        };
        let is_address = |text: &str| {
            let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '#' | '\\');
            let is_start = text.contains("://") || text.starts_with("git@");
            is_start && text.chars().all(is_plain)
        };
        let url = if is_pair(url) {
            format!("{GITHUB}{url}")
        } else if is_address(url) {
            url.trim_end_matches('/').to_owned()
        } else {
            return None;
        };
        let is_rev = rev.split('/').all(is_word) && !rev.starts_with(['-', '.']);
        is_rev.then(|| Self {
            url,
            rev: rev.to_owned(),
        })
    }

    /// Returns the commit of the release, if the revision is one.
    pub(super) fn commit(&self) -> Option<&str> {
        let is_commit =
            matches!(self.rev.len(), 40 | 64) && self.rev.bytes().all(|c| c.is_ascii_hexdigit());
        is_commit.then_some(self.rev.as_str())
    }

    /// Returns what a workflow uses: the action at a commit, since a tag can be moved. `None` if gonogo is not on
    /// GitHub, or no commit is named.
    pub(super) fn action(&self) -> Option<String> {
        let name = self.url.strip_prefix(GITHUB)?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let version = env!("CARGO_PKG_VERSION");
        Some(format!("{name}@{} # v{version}", self.commit()?))
    }
}

/// Whether an address has a password or a token before its host. The user of `ssh` is neither.
fn has_login(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else {
        return false;
    };
    // A revision has neither a slash nor a colon, and a path before it.
    let is_host = |at: usize| rest[at..].contains(['/', ':']) || !rest[..at].contains('/');
    let login = rest.match_indices('@').rev().find(|(at, _)| is_host(*at));
    let login = login.map(|(at, _)| &rest[..at]);
    login.is_some_and(|login| !scheme.ends_with("ssh") || login.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_in_addresses_are_refused() {
        for address in [
            "https://ann:secret@git.example.org/a/b@v2",
            "https://token@git.example.org/a/b",
            "https://token@git.example.org",
            "https://ann:sec?ret@git.example.org/a/b@v2",
            "https://ann:sec/ret@git.example.org/a/b@v2",
            "ssh://git:secret@git.example.org/a/b",
        ] {
            assert!(has_login(address), "{address}");
        }
        for address in [
            "a/b@v2",
            "git@example.org:a/b",
            "ssh://git@example.org/a/b@v1",
            "https://git.example.org/a/b@v2",
            "file:///srv/gonogo@abc",
        ] {
            assert!(!has_login(address), "{address}");
        }
    }

    #[test]
    fn repositories_are_named_in_several_ways() {
        let read = |named: &str| Home::read(named).map(|home| (home.url, home.rev));
        let version = concat!("v", env!("CARGO_PKG_VERSION"));
        let own = |url: &str, rev: &str| Some((url.to_owned(), rev.to_owned()));
        assert_eq!(read("a/b"), own("https://github.com/a/b", version));
        assert_eq!(read("a/b@v2"), own("https://github.com/a/b", "v2"));
        assert_eq!(
            read("https://git.example.org/a/b.git@v2"),
            own("https://git.example.org/a/b.git", "v2")
        );
        assert_eq!(
            read("git@example.org:a/b"),
            own("git@example.org:a/b", version)
        );
        assert_eq!(
            read("file:///srv/gonogo@abc"),
            own("file:///srv/gonogo", "abc")
        );
        for wrong in ["", "a", "a b", "a/b@", "a/b@x y", "a/b/c", "a/b@-x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_a_commit_is_used_in_a_workflow() {
        let id = "0123456789".repeat(4);
        let home = Home::read(&format!("a/b@{id}")).unwrap();
        assert!(home.action().unwrap().starts_with(&format!("a/b@{id} # v")));
        assert_eq!(Home::read("a/b@v1").unwrap().action(), None);
        let elsewhere = Home::read(&format!("https://example.org/a/b@{id}")).unwrap();
        assert_eq!(elsewhere.action(), None);
    }
}
