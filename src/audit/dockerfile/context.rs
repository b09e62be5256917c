//! What a build gets of the project: the directory around the Dockerfile, except for what `.dockerignore` lists.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::audit::Project;
use crate::audit::compose::Builds;

/// The directory that a build gets, and what is left out of it.
pub(super) struct Context {
    /// Its path; empty for the root.
    pub(super) folder: String,
    /// The patterns of what is left out; `None` if there are none.
    ignored: Option<Gitignore>,
    /// Whether the directory is only assumed, because a `.dockerignore` is in it.
    pub(super) is_assumed: bool,
}

impl Context {
    /// Returns the build context of the Dockerfile at `path`: the one that Compose files name, or else the nearest
    /// directory at or above it that has a `.dockerignore`, or else its own.
    pub(super) fn of(path: &str, project: &Project<'_>) -> Self {
        let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let read = |path: &str| {
            let bytes = project.read(path)?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        let special = read(&format!("{path}.dockerignore"));
        let list = |folder: &str| read(&join(folder, ".dockerignore"));
        let builds = project.shared(Builds::new);
        let named = builds.of(path).first();
        let named = named.map(|build| build.context.clone());
        let is_named = named.is_some();
        let (folder, text) = if let Some(folder) = named {
            let text = list(&folder);
            (folder, text)
        } else {
            let found = ancestors(own).find_map(|folder| Some((folder.to_owned(), list(folder)?)));
            found.map_or_else(
                || (own.to_owned(), None),
                |(folder, text)| (folder, Some(text)),
            )
        };
        Self {
            is_assumed: !is_named && folder != own,
            folder,
            ignored: special.or(text).and_then(|text| patterns(&text)),
        }
    }

    /// Returns whether anything is left out.
    pub(super) fn is_filtered(&self) -> bool {
        self.ignored.is_some()
    }

    /// Returns whether a file of the context reaches the build.
    pub(super) fn sends(&self, name: &str, is_folder: bool) -> bool {
        let matched = |ignored: &Gitignore| {
            ignored
                .matched_path_or_any_parents(name, is_folder)
                .is_ignore()
        };
        !self.ignored.as_ref().is_some_and(matched)
    }

    /// Returns the path of a file of the context.
    pub(super) fn path_of(&self, name: &str) -> String {
        join(&self.folder, name)
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Returns a directory and its ancestors, up to the root.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(folder);
    std::iter::from_fn(move || {
        let current = next?;
        next = match current.rsplit_once('/') {
            Some((above, _)) => Some(above),
            None => (!current.is_empty()).then_some(""),
        };
        Some(current)
    })
}

/// Parses a `.dockerignore`, whose patterns are all relative to its directory.
fn patterns(text: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (mark, pattern) = line
            .strip_prefix('!')
            .map_or(("", line), |rest| ("!", rest));
        let pattern = pattern
            .trim_start_matches("./")
            .trim_start_matches('/')
            .trim_end_matches('/');
        // An invalid pattern leaves nothing out.
        let _ = builder.add_line(None, &format!("{mark}/{pattern}"));
    }
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_at_the_folder() {
        let context = Context {
            folder: String::new(),
            is_assumed: false,
            ignored: patterns("# a\n.env*\n!.env.example\n**/node_modules\n.git/\n./x\n"),
        };
        for (name, is_folder, expected) in [
            (".env", false, false),
            (".env.example", false, true),
            ("a/.env", false, true),
            ("a/node_modules", true, false),
            (".git", true, false),
            ("x", false, false),
            ("y", false, true),
        ] {
            assert_eq!(context.sends(name, is_folder), expected, "{name}");
        }
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(ancestors("").collect::<Vec<_>>(), [""]);
    }
}
