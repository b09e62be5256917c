//! A mapping from repositories and paths to owners, for findings whose owner nothing else names.
//!
//! Each line has a repository pattern, optionally a path pattern, and owners. The last matching line counts, as in
//! CODEOWNERS.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use crate::error::Error;

/// Larger files are not mappings.
const MAX_BYTES: u64 = 16 << 20;

/// Who owns what.
#[derive(Default)]
pub(crate) struct Mapping(Vec<Line>);

struct Line {
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
            let words: Vec<&str> = line.split_whitespace().collect();
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
            lines.push(Line {
                repository: pattern(patterns[0])?,
                path: patterns.get(1).map(|word| pattern(word)).transpose()?,
                owners: owners.join(" "),
            });
        }
        Ok(Self(lines))
    }

    /// Returns the owners of a file.
    pub(crate) fn owners(&self, repository: &str, path: &str) -> Option<&str> {
        let is_in = |pattern: &Override, name: &str| {
            let name = name.trim_start_matches('/');
            let mut above = Path::new(name)
                .ancestors()
                .filter(|it| !it.as_os_str().is_empty());
            above.any(|it| pattern.matched(it, it != Path::new(name)).is_whitelist())
        };
        let matching = |line: &&Line| {
            is_in(&line.repository, repository)
                && line
                    .path
                    .as_ref()
                    .is_none_or(|pattern| is_in(pattern, path))
        };
        self.0
            .iter()
            .rev()
            .find(matching)
            .map(|line| line.owners.as_str())
    }
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
        let owners = |repository: &str, path: &str| mapping.owners(repository, path).unwrap_or("");
        assert_eq!(owners("web.git", "a"), "security@example.com");
        assert_eq!(owners("shop-api.git", "src/a"), "@shop");
        assert_eq!(owners("shop-api.git", "infra/a/b"), "@ops @sre");
        assert_eq!(Mapping::parse("\nshop\n").err().unwrap().0, 2);
    }
}
