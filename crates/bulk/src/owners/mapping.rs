//! A mapping from repositories and paths to owners.
//!
//! Each line has a repository pattern, optionally a path pattern, and owners. The last matching line counts, as in
//! CODEOWNERS. One that names a repository or a path says more than who committed last; one for everything says less.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use crate::error::Error;

/// Larger files are not mappings.
const MAX_BYTES: u64 = 16 << 20;

/// Who owns what.
#[derive(Default)]
pub(crate) struct Mapping(Vec<Line>);

struct Line {
    number: usize,
    /// The pattern as it was written.
    name: String,
    repository: Override,
    path: Option<Override>,
    owners: String,
}

impl Mapping {
    /// Reads the mapping in `file`.
    pub(crate) fn read(file: &Path) -> Result<Self, Error> {
        let text = gonogo::source::read_text_file(file, MAX_BYTES);
        let text = text.map_err(|error| Error::file(file, error))?;
        Self::parse(&text)
            .map_err(|(line, why)| Error::usage(format!("{}:{line}: {why}", file.display())))
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            let words: Vec<String> = line.split_whitespace().map(super::plain_name).collect();
            if words.is_empty() {
                continue;
            }
            let failed = |why: String| (number, why);
            let pattern = |word: &str| {
                let mut builder = OverrideBuilder::new("/");
                builder
                    .add(word)
                    .and_then(|builder| builder.build())
                    .map_err(|error| failed(error.to_string()))
            };
            let (patterns, owners) = match words.iter().position(|word| word.contains('@')) {
                Some(at @ (1 | 2)) => words.split_at(at),
                _ => {
                    return Err(failed(
                        "write REPOSITORY [PATH] OWNER, with an `@` in each owner".to_owned(),
                    ));
                }
            };
            let path = patterns.get(1).map(|word| pattern(word)).transpose()?;
            lines.push(Line {
                number,
                name: patterns[0].clone(),
                repository: pattern(&patterns[0])?,
                path,
                owners: owners.join(" "),
            });
        }
        Ok(Self(lines))
    }

    /// Returns the owners of a file, and whether the line that says so names a repository or a path.
    pub(crate) fn owners(&self, repository: &str, path: &str) -> Option<(&str, bool)> {
        let matching = |line: &&Line| {
            line.is_about(repository) && line.path.as_ref().is_none_or(|it| is_in(it, path))
        };
        let line = self.0.iter().rev().find(matching)?;
        let is_for_all = line.path.is_none() && matches!(line.name.as_str(), "*" | "**");
        Some((&line.owners, !is_for_all))
    }

    /// Returns the lines that are about none of these repositories: their numbers, and the patterns in them.
    pub(crate) fn idle(&self, repositories: &[&str]) -> Vec<(usize, &str)> {
        let lines = self.0.iter();
        let idle = lines.filter(|line| !repositories.iter().any(|it| line.is_about(it)));
        idle.map(|line| (line.number, line.name.as_str())).collect()
    }
}

impl Line {
    /// Whether it is about a repository, which may be written without `.git`.
    fn is_about(&self, repository: &str) -> bool {
        let bare = repository.strip_suffix(".git");
        let mut names = std::iter::once(repository).chain(bare);
        names.any(|name| is_in(&self.repository, name))
    }
}

fn is_in(pattern: &Override, name: &str) -> bool {
    let name = name.trim_start_matches('/');
    let mut above = Path::new(name)
        .ancestors()
        .filter(|it| !it.as_os_str().is_empty());
    above.any(|it| pattern.matched(it, it != Path::new(name)).is_whitelist())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_matches_counts() {
        let mapping = Mapping::parse(
            "# who has what\n* security@example.com\nshop-* @shop\nshop-* infra/ @ops @sre\n",
        );
        let mapping = mapping.ok().unwrap();
        let owners = |repository: &str, path: &str| {
            let found = mapping.owners(repository, path);
            found.map_or("", |(owners, _)| owners).to_owned()
        };
        assert_eq!(owners("web.git", "a"), "security@example.com");
        assert_eq!(owners("shop-api.git", "src/a"), "@shop");
        assert_eq!(owners("shop-api.git", "infra/a/b"), "@ops @sre");
        assert_eq!(owners("shop-web", "a"), "@shop");
        let says = |path: &str| mapping.owners("web.git", path).map(|(_, says)| says);
        assert_eq!(says("a"), Some(false));
        let names = ["web.git", "other"];
        assert_eq!(mapping.idle(&names), [(3, "shop-*"), (4, "shop-*")]);
        assert_eq!(Mapping::parse("\nshop\n").err().unwrap().0, 2);
    }
}
