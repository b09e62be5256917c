//! What the rest of a tree says about the servers that its nginx files are for.

use std::borrow::Cow;

use crate::audit::Project;
use crate::lexicon::path::{self, Role};

use super::Nginx;

/// How many documents and build files are read.
const MOST_READ: usize = 60;

/// Words in the paths of documents that say what a program runs on.
#[rustfmt::skip]
const OF_SYSTEMS: [&str; 12] = [
    "readme", "install", "installation", "installing", "requirements", "prerequisites", "setup", "deploy", "deployment",
    "manual", "hosting", "production",
];

/// Names and releases of systems whose nginx is older than 1.13, and thus without TLS 1.3.
const OLD_SYSTEMS: [(&str, &[&str]); 2] = [
    ("ubuntu", &["12.04", "14.04", "16.04", "trusty", "xenial"]),
    (
        "debian",
        &[
            "wheezy", "jessie", "stretch", "debian 7", "debian 8", "debian 9",
        ],
    ),
];

/// What is read once for all nginx files of a tree.
pub(super) struct Around {
    /// Whether a server somewhere listens with TLS.
    pub(super) has_tls: bool,
    /// Whether the tree says that it runs where nginx is older than 1.13.
    pub(super) is_old: bool,
    /// Directories of servers that pass requests on, and disclose the nginx version in responses.
    fronts: Vec<String>,
}

impl Around {
    pub(super) fn read(project: &Project<'_>) -> Self {
        let own = project.claimed_by(&Nginx);
        let own = own.map(|source| (source.path.as_str(), Cow::Borrowed(source.text.as_str())));
        // A template that a container fills in when it starts is not checked, but it takes effect.
        let filled_in = project.paths().filter(|path| is_filled_in(path));
        let filled_in = filled_in.take(MOST_READ);
        let filled_in = filled_in.filter_map(|path| Some((path, project.read_text(path)?)));
        let texts: Vec<_> = own.chain(filled_in).collect();
        let is_shipped =
            |path: &str| path::role(&format!("{}/nginx.conf", folder(path)), &[]) == Role::Shipped;
        let mut fronts: Vec<String> = Vec::new();
        for (path, text) in &texts {
            let own = folder(path);
            let is_new = || fronts.iter().all(|front| front != own);
            if fronts.len() < MOST_READ
                && text.contains("proxy_pass")
                && is_shipped(path)
                && is_new()
            {
                fronts.push(own.to_owned());
            }
        }
        for (path, text) in &texts {
            if text.contains("server_tokens") || is_whole(text) {
                fronts.retain(|front| front != folder(path));
            }
        }
        Self {
            has_tls: texts
                .iter()
                .any(|(_, text)| text.lines().any(listens_with_tls)),
            is_old: is_old(project),
            fronts,
        }
    }

    /// Returns whether clients reach a server of another directory first, which discloses the version whatever the one
    /// in the file at `path` with this text does.
    pub(super) fn is_behind(&self, path: &str, text: &str) -> bool {
        let own = folder(path);
        let is_other = |front: &String| front != own;
        is_whole(text) && !text.contains("proxy_pass") && self.fronts.iter().any(is_other)
    }
}

/// Whether a file is a configuration template that a program fills in.
fn is_filled_in(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_template = [".template", ".tmpl", ".tpl", ".j2"]
        .iter()
        .any(|end| name.ends_with(end));
    is_template && name.contains(".conf")
}

/// Whether a file has the `http` block and all of its servers, so that the directive can go there.
fn is_whole(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.clone().any(|line| line.starts_with("http"))
        && !lines.any(|line| line.starts_with("include") && !line.contains("mime.types"))
}

fn listens_with_tls(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix("listen");
    rest.is_some_and(|rest| {
        rest.starts_with([' ', '\t'])
            && path::has_word(rest, |it| matches!(it, "ssl" | "443" | "quic"))
    })
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_old(project: &Project<'_>) -> bool {
    let says = |path: &&str| {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        name.contains("dockerfile") || is_about_systems(&lower)
    };
    let mut texts = project.paths().filter(says).take(MOST_READ);
    texts.any(|path| {
        let text = project.read_text(path).unwrap_or_default();
        text.lines()
            .any(|line| names_old(&line.to_ascii_lowercase()))
    })
}

/// Whether a document, by its path in lower case, may say what a program runs on.
fn is_about_systems(path: &str) -> bool {
    let is_prose = [".md", ".rst", ".adoc", ".txt"]
        .iter()
        .any(|end| path.ends_with(end));
    is_prose && path::has_word(path, |word| OF_SYSTEMS.contains(&word))
}

/// Whether a line, in lower case, names a system or an image with an nginx older than 1.13.
fn names_old(line: &str) -> bool {
    let has_system = |(system, releases): &(&str, &[&str])| {
        line.contains(system) && releases.iter().any(|release| line.contains(release))
    };
    let is_old_image = || {
        let (_, version) = line.split_once("nginx:1.")?;
        let end = version.find(|c: char| !c.is_ascii_digit());
        let minor: u32 = version[..end.unwrap_or(version.len())].parse().ok()?;
        Some(minor < 13)
    };
    OLD_SYSTEMS.iter().any(has_system) || is_old_image() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::names_old;

    #[test]
    fn systems_and_images_with_an_old_nginx_are_known() {
        for line in [
            "- ubuntu (18.04, 16.04 and 14.04)",
            "- debian (stretch and jessie)",
            "from nginx:1.11-alpine",
            "from ubuntu:xenial",
        ] {
            assert!(names_old(line), "{line}");
        }
        for line in [
            "- ubuntu 22.04",
            "a stretch goal",
            "from nginx:1.13",
            "from nginx:1.27.1",
            "from nginx:latest",
            "python 3.14.04",
        ] {
            assert!(!names_old(line), "{line}");
        }
    }
}
