//! Options that a server is started with, on the command line of the Compose services that use its file. They override
//! the file.

use crate::audit::Project;
use crate::audit::check::Format;
use crate::audit::compose::Compose;
use crate::model::steps;

/// How many places that name a file are read.
const MOST: usize = 20;

/// Returns the options that all services naming the file at `path` are started with: names without their hyphens, and
/// values.
pub(in crate::audit) fn options(path: &str, project: &Project<'_>) -> Vec<(String, String)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut common: Option<Vec<(String, String)>> = None;
    let files = project.claimed_by(&Compose as &dyn Format);
    let services = files.flat_map(|source| services_with(&source.text, name));
    for service in services.take(MOST) {
        let own = options_in(service);
        common = Some(match common {
            None => own,
            Some(known) => known.into_iter().filter(|it| own.contains(it)).collect(),
        });
    }
    common.unwrap_or_default()
}

/// Returns the texts of the services that name a file.
fn services_with<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    if !text.contains(name) {
        return Vec::new();
    }
    steps::look_at(text.len());
    let mut services: Vec<(usize, &str)> = Vec::new();
    let mut within = false;
    let mut level: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            within = bare == "services:";
            level = None;
        } else if within && *level.get_or_insert(indent) == indent {
            services.push((start, ""));
        }
        if let Some(service) = services.last_mut().filter(|_| within) {
            service.1 = &text[service.0..at];
        }
    }
    let texts = services.into_iter().map(|(_, text)| text);
    texts.filter(|text| text.contains(name)).collect()
}

/// Returns the options in the text of a service, however its command is written.
fn options_in(text: &str) -> Vec<(String, String)> {
    let is_between =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']' | '\\');
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|line| line.split(is_between));
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && *word != "-")
        .collect();
    let mut options = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let option = match word.strip_prefix("--") {
            Some(option) => option,
            // Settings of PostgreSQL: `-c ssl=on`.
            None if *word == "-c" && next.contains('=') => next,
            None => continue,
        };
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, value),
            None if next.starts_with("--") || next.ends_with(':') => (option, ""),
            None => (option, next),
        };
        if !name.is_empty() {
            options.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_those_of_the_service_that_names_the_file() {
        let text = "services:\n  web:\n    command: serve --port 80\n  cache:\n    image: valkey\n    \
                    command: valkey-server /valkey.conf --requirepass ${PW} --appendonly yes\n    \
                    volumes:\n      - ./valkey.conf:/valkey.conf\nvolumes:\n  x: --no\n";
        let services = services_with(text, "valkey.conf");
        assert_eq!(services.len(), 1);
        let options = options_in(services[0]);
        assert_eq!(
            options,
            [
                ("requirepass".to_owned(), "${PW}".to_owned()),
                ("appendonly".to_owned(), "yes".to_owned())
            ]
        );
        assert!(services_with(text, "redis.conf").is_empty());
    }

    #[test]
    fn commands_are_written_in_several_ways() {
        for text in [
            "command: [\"postgres\", \"-c\", \"ssl=on\"]",
            "command:\n  - postgres\n  - -c\n  - ssl=on\n",
            "command: >\n  postgres -c ssl=on\n",
            "command: postgres --ssl=on",
            "command: postgres --ssl on",
        ] {
            let options = options_in(text);
            assert_eq!(options, [("ssl".to_owned(), "on".to_owned())], "{text}");
        }
        assert!(options_in("# --ssl=on\nimage: a\n").is_empty());
    }
}
