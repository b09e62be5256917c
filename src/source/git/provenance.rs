//! Where a repository comes from, as an address that is safe to show.

use super::Repo;
use crate::model::Provenance;

impl Repo {
    /// Returns the commit that is checked out; none before the first commit.
    pub fn head(&self) -> Option<String> {
        let local = self.shared.to_thread_local();
        local.head_id().ok().map(|id| id.to_string())
    }

    /// Returns where it comes from, with the commit that `revision` names.
    pub fn provenance(&self, revision: &str, is_root: bool) -> Provenance {
        let repository = self.remote_url().and_then(|remote| address(&remote));
        let local = self.shared.to_thread_local();
        let commit = local.rev_parse_single(revision).ok();
        let head = local.head_id().ok();
        let head_name = local.head_name().ok().flatten();
        // A commit other than HEAD need not be on its branch.
        let is_head = commit.is_some() && commit == head;
        let branch = head_name.filter(|_| is_head).and_then(|name| {
            let name = name.as_bstr().to_string();
            name.strip_prefix("refs/heads/").map(str::to_owned)
        });
        let object = commit.and_then(|id| id.object().ok()?.try_into_commit().ok());
        let time = object.and_then(|commit| commit.time().ok());
        Provenance {
            name: self.name(repository.as_deref()),
            repository,
            revision: commit.map(|id| id.to_string()),
            date: time.and_then(|time| time.format(gix::date::time::format::ISO8601_STRICT).ok()),
            branch,
            is_root,
        }
    }

    /// Returns what people call it.
    fn name(&self, address: Option<&str>) -> String {
        let last = |text: &str| {
            let name = text
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default();
            name.strip_suffix(".git").unwrap_or(name).to_owned()
        };
        let full = || self.path().canonicalize().ok();
        let folder = || full().map(|path| last(&path.display().to_string()));
        address.map(last).or_else(folder).unwrap_or_default()
    }
}

/// Returns the address of a remote as a URI without credentials, parameters and fragment; none for local paths.
fn address(remote: &str) -> Option<String> {
    let remote = remote.trim();
    let (scheme, rest) = if let Some((scheme, rest)) = remote.split_once("://") {
        (scheme.to_ascii_lowercase(), rest.to_owned())
    } else {
        // Git's short form: `user@host:path`.
        let (host, path) = remote.split_once(':')?;
        // With a sign there, the short form may be a login without its scheme.
        if host.contains('/') || host.len() < 2 || path.starts_with(':') || path.contains('@') {
            return None;
        }
        let rest = format!("{host}/{}", path.trim_start_matches('/'));
        ("ssh".to_owned(), rest)
    };
    if !matches!(scheme.as_str(), "https" | "http" | "ssh" | "git") {
        return None;
    }
    let whole = rest.as_str();
    let rest = whole.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._~:[]".contains(c);
    if host.is_empty() || !host.chars().all(is_host) || may_be_login(authority, whole) {
        return None;
    }
    Some(format!("{scheme}://{host}/{}", encoded(path)))
}

/// Whether what precedes the path may be the beginning of a login whose password has a `/`, `?` or `#` that should have been
/// escaped: then that would be part of what is shown.
fn may_be_login(authority: &str, whole: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let behind_address = host.rsplit(']').next().unwrap_or_default();
    let port = behind_address.split_once(':').map(|(_, port)| port);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = || !authority.contains('@') && whole.contains('@');
    port.is_some_and(|port| !is_port(port) || goes_on())
}

/// Percent-encodes what a URI may not have in a path.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'%' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'+' | b',' | b'=' => {
                text.push(byte.into());
            }
            byte if byte.is_ascii_alphanumeric() => text.push(byte.into()),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_no_credentials_away() {
        let password = ["hunter2", "hunter2"].concat();
        for (remote, expected) in [
            (
                "https://example.org/a/b.git",
                Some("https://example.org/a/b.git"),
            ),
            (
                &format!("https://user:{password}@example.org/a/b.git"),
                Some("https://example.org/a/b.git"),
            ),
            (
                &format!("HTTPS://{password}@example.org:8443/a?token={password}#{password}"),
                Some("https://example.org:8443/a"),
            ),
            (
                &format!("https://a@b:{password}@example.org/a"),
                Some("https://example.org/a"),
            ),
            (&format!("https://user:a/{password}@example.org/a"), None),
            (&format!("https://user:1/{password}@example.org/a"), None),
            (&format!("https://user:1#{password}@example.org/a"), None),
            (&format!("https://user:a?{password}@example.org/a"), None),
            (&format!("user:{password}@example.org:a/b.git"), None),
            (
                "https://example.org:8443/a/b",
                Some("https://example.org:8443/a/b"),
            ),
            (
                "https://example.org/@scope/b",
                Some("https://example.org/@scope/b"),
            ),
            ("ssh://[::1]:22/a/b", Some("ssh://[::1]:22/a/b")),
            ("git@example.org:a/b.git", Some("ssh://example.org/a/b.git")),
            ("host:/srv/a b.git", Some("ssh://host/srv/a%20b.git")),
            (
                "ssh://git@example.org:22/~a/b",
                Some("ssh://example.org:22/~a/b"),
            ),
            ("file:///home/user/a", None),
            ("/home/user/a", None),
            ("../a", None),
            ("C:/a", None),
            ("ext::sh -c x", None),
            ("https://", None),
            ("https://exa mple/", None),
            ("", None),
        ] {
            assert_eq!(address(remote).as_deref(), expected, "{remote}");
        }
    }
}
