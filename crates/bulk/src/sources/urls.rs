//! Addresses that git clones from: `https`, `ssh` and `file`.

use std::fmt;

use super::{Place, Target};
use crate::error::Error;

/// An address without credentials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    url: String,
    host: String,
    path: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Address {
    /// Parses an address; `None` if `text` is the name of a directory or file instead.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, Error> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self::parse_scp(text);
        };
        let refused = |why: &str| Err(Error::usage(format!("{scheme}://…: {why}")));
        let is_plain = scheme == "http" && is_loopback(rest.split('/').next().unwrap_or_default());
        if !matches!(scheme, "https" | "ssh" | "file") && !is_plain {
            return refused("repositories are cloned by https, ssh and file only");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refused("an address has no spaces and no control characters");
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        // It would end up in process lists, in logs and in `.git/config`.
        if user.contains(':') || scheme.starts_with("http") && !user.is_empty() {
            let why = "an address must not hold a user or a password: name the variable that has the token by \
                       --token HOST=VARIABLE";
            return refused(why);
        }
        if rest.contains('?') || rest.contains('#') {
            return refused("an address of a repository has no `?` and no `#`");
        }
        if path.is_empty() || host.is_empty() && scheme != "file" || host.starts_with('-') {
            return refused("the address names no repository");
        }
        let host = host.to_ascii_lowercase();
        let host = if scheme == "file" {
            "file".to_owned()
        } else {
            host
        };
        Ok(Some(Self::new(text, host, path)))
    }

    /// Parses `git@host:path`, the short form for ssh.
    fn parse_scp(text: &str) -> Result<Option<Self>, Error> {
        let Some((left, path)) = text.split_once(':') else {
            return Ok(None);
        };
        let Some((user, host)) = left.split_once('@') else {
            return Ok(None);
        };
        let is_word = |word: &str| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !word.is_empty() && !word.starts_with('-') && word.chars().all(is_part)
        };
        if !is_word(user) || !is_word(host) {
            return Ok(None);
        }
        let is_path =
            !path.is_empty() && !path.chars().any(|c| c.is_control() || c.is_whitespace());
        if !is_path {
            return Err(Error::usage(format!(
                "{left}:…: the address names no repository"
            )));
        }
        Ok(Some(Self::new(text, host.to_ascii_lowercase(), path)))
    }

    fn new(url: &str, host: String, path: &str) -> Self {
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Self {
            url: url.to_owned(),
            host,
            path: path.to_owned(),
        }
    }

    /// Returns the URL without an optional suffix.
    pub(super) fn bare(&self) -> &str {
        let url = self.url.trim_end_matches('/');
        url.strip_suffix(".git").unwrap_or(url)
    }

    /// Returns its path on the host.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the URL as git takes it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the host that credentials may be for, in the form in which git asks for them: with the port, and only
    /// for `https` or this machine.
    pub(crate) fn token_host(&self) -> Option<&str> {
        let may = self.url.starts_with("https://") || self.is_plain();
        may.then_some(self.host.as_str())
    }

    /// Whether it is an unencrypted address on this machine.
    pub(crate) fn is_plain(&self) -> bool {
        self.url.starts_with("http://")
    }

    pub(super) fn into_target(self) -> Target {
        Target {
            host: self.host.clone(),
            provider_id: self.path.clone(),
            label: self.path.clone(),
            place: Place::Address(self),
            pushed: None,
            is_optional: false,
            parent: None,
            network: None,
        }
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_what_a_repository_is_called_on_which_host() {
        let parts = |text: &str| {
            let address = Address::parse(text).unwrap()?;
            Some((address.host, address.path))
        };
        let pair = |host: &str, path: &str| Some((host.to_owned(), path.to_owned()));
        assert_eq!(
            parts("https://Git.Example:8443/a/b.git"),
            pair("git.example:8443", "a/b")
        );
        assert_eq!(
            parts("ssh://git@git.example/a/b/"),
            pair("git.example", "a/b")
        );
        assert_eq!(parts("git@git.example:a/b.git"), pair("git.example", "a/b"));
        assert_eq!(parts("file:///srv/git/a.git"), pair("file", "srv/git/a"));
        for folder in ["mirrors", "./a@b", "C:\\git", "a:b", "a b@c:d"] {
            assert_eq!(parts(folder), None, "{folder}");
        }
    }

    #[test]
    fn what_runs_programs_or_shows_credentials_is_refused() {
        for text in [
            "ext::sh -c id://",
            "http://git.example/a",
            "http://127.0.0.1.git.example/a",
            "http://127.0.0.1@git.example/a",
            "http://user@127.0.0.1/a",
            "git://git.example/a",
            "https://user@git.example/a",
            "https://user:word@git.example/a",
            "ssh://-oProxyCommand=id/a",
            "https://git.example",
            "https://git.example/a?token=x",
            "file://",
            "git@host:",
        ] {
            let error = Address::parse(text).err();
            let error = error.unwrap_or_else(|| panic!("{text}")).to_string();
            assert!(!error.contains("user:"), "{error}");
        }
    }
}
