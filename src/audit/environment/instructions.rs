//! What pages for people say about a compose file: that one deploys with it, or develops with it.

use crate::audit::Project;
use crate::lexicon::path::{self, has_word};

use super::deployment::{is_default_name, starts};

/// How many pages are read, and how much of each.
const MAX_PAGES: usize = 80;
const MAX_BYTES: usize = 256 << 10;
/// How much of a page says what all of it is about.
const HEAD: usize = 700;

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// Those who develop start it.
    Develops,
    /// Those who install the program start it.
    Installs,
    /// It is started in production.
    Deploys,
}

/// A line that may start a compose file.
struct Line {
    page: String,
    number: usize,
    text: String,
    said: Option<Said>,
}

/// What all pages say.
pub(super) struct Instructions {
    lines: Vec<Line>,
    /// Pages that begin with what they are for, and say that it is development.
    of_development: Vec<String>,
}

impl Instructions {
    pub(super) fn new(project: &Project<'_>) -> Self {
        let mut pages: Vec<_> = project.paths().filter(|path| is_page(path)).collect();
        // Those nearest to the top say most.
        pages.sort_by_key(|path| path.matches('/').count());
        let (mut lines, mut of_development) = (Vec::new(), Vec::new());
        for page in pages.into_iter().take(MAX_PAGES) {
            let Some(text) = project
                .read_text(page)
                .filter(|text| text.len() <= MAX_BYTES)
            else {
                continue;
            };
            read(page, &text, &mut lines);
            let head: String = text.chars().take(HEAD).collect();
            if says_development(&head) {
                of_development.push(page.to_owned());
            }
        }
        Self {
            lines,
            of_development,
        }
    }

    /// What is said about the compose file at `path`, and where.
    pub(super) fn on(&self, path: &str) -> Option<(Said, String)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_default = is_default_name(name);
        let about = self.lines.iter().filter(|line| {
            let of_page = folder_of(&line.page);
            let is_near = of_page == folder || folder.is_empty() && is_of_documents(of_page);
            is_near && starts(&line.text, name, is_default)
                || !folder.is_empty() && line.text.contains(path)
        });
        let said =
            about.filter_map(|line| Some((line.said?, format!("{}:{}", line.page, line.number))));
        // Of what several pages say, what weighs most.
        let said = said.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
        said.or_else(|| {
            let mut pages = self.of_development.iter();
            let page = pages.find(|page| !folder.is_empty() && folder_of(page) == folder)?;
            Some((Said::Develops, page.clone()))
        })
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a folder holds pages about the whole.
fn is_of_documents(folder: &str) -> bool {
    folder.is_empty()
        || has_word(&folder.to_ascii_lowercase(), |word| {
            matches!(word, "doc" | "docs" | "documentation" | "wiki")
        })
}

fn is_page(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".md", ".mdx", ".rst", ".adoc", ".txt"]
        .iter()
        .any(|end| lower.ends_with(end))
        && (!lower.ends_with(".txt") || lower.contains("readme") || lower.contains("install"))
        && !lower.contains("changelog")
        && !lower.split('/').any(path::is_vendored_folder)
}

/// Whether a text begins by saying that what it is about is for those who develop.
fn says_development(head: &str) -> bool {
    const SAYS: &[&str] = &[
        "local environment",
        "local development",
        "development environment",
        "for development",
        "allow a developer",
        "for developers",
        "local testing",
        "local setup",
    ];
    let words: Vec<_> = head.split_whitespace().collect();
    let text = words.join(" ").to_ascii_lowercase();
    SAYS.iter().any(|says| text.contains(says))
        && !text.contains("production")
        && !text.contains("deploy")
}

/// Takes the lines of a page that may start something, with what their headings say.
fn read(page: &str, text: &str, lines: &mut Vec<Line>) {
    // The headings that a line is below, by their depth.
    let mut headings: Vec<(usize, Option<Said>)> = Vec::new();
    let of_page = said(page.rsplit('/').next().unwrap_or(page));
    let mut is_code = false;
    for (text, number) in text.lines().zip(1..) {
        let own = text.trim();
        is_code ^= own.starts_with("```");
        let depth = own
            .bytes()
            .take_while(|byte| matches!(byte, b'#' | b'='))
            .count();
        if depth > 0 && !is_code && own[depth..].starts_with(' ') {
            headings.retain(|(above, _)| *above < depth);
            headings.push((depth, said(own)));
        } else if own.contains("compose") || own.contains("stack deploy") {
            // What is below a heading about development may be under one about Docker.
            let of_headings = headings.iter().rev().filter_map(|(_, said)| *said);
            let telling = of_headings.clone().find(|said| *said != Said::Installs);
            let nearest = telling.or_else(|| of_headings.clone().next());
            lines.push(Line {
                page: page.to_owned(),
                number,
                text: own.to_owned(),
                said: nearest.or(of_page),
            });
        }
    }
}

/// What a heading says.
fn said(heading: &str) -> Option<Said> {
    let heading = heading.to_ascii_lowercase();
    let has = |words: &[&str]| has_word(&heading, |word| words.contains(&word));
    let develops = [
        "develop",
        "developer",
        "developers",
        "developing",
        "development",
        "dev",
        "local",
        "locally",
        "contribute",
        "contributing",
        "hacking",
        "test",
        "tests",
        "testing",
    ];
    let deploys = [
        "deploy",
        "deploying",
        "deployment",
        "production",
        "host",
        "hosting",
        "hosted",
        "selfhost",
        "selfhosting",
        "server",
    ];
    let installs = [
        "install",
        "installation",
        "installing",
        "quickstart",
        "start",
        "started",
        "usage",
        "running",
        "docker",
        "compose",
        "setup",
    ];
    // How one builds and deploys it, says a page of what is deployed in some way.
    let is_general = has(&["build", "building"]);
    if has(&develops) {
        Some(Said::Develops)
    } else if has(&deploys) && !is_general {
        Some(Said::Deploys)
    } else {
        (is_general || has(&installs)).then_some(Said::Installs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(page: &str, text: &str, path: &str) -> Option<Said> {
        let mut lines = Vec::new();
        read(page, text, &mut lines);
        let all = Instructions {
            lines,
            of_development: Vec::new(),
        };
        all.on(path).map(|(said, _)| said)
    }

    #[test]
    fn headings_say_what_a_file_is_for() {
        let text = "# Shop\n\n## Development\n\n### With Docker\n\n    docker compose up\n";
        assert_eq!(on("README.md", text, "compose.yaml"), Some(Said::Develops));
        let text = "# Shop\n\n## Docker\n\n    docker compose up\n";
        assert_eq!(on("README.md", text, "compose.yaml"), Some(Said::Installs));
        let text = "# Shop\n\n## Development\n\n```\n# start\ndocker compose up\n```\n";
        assert_eq!(on("README.md", text, "compose.yaml"), Some(Said::Develops));
        assert_eq!(on("README.md", text, "a/compose.yaml"), None);
        assert_eq!(on("README.md", text, "compose.prod.yaml"), None);
        let text =
            "# Shop\n\n## Building and deploying\n\n### Running it\n\n    docker compose up\n";
        assert_eq!(on("README.md", text, "compose.yaml"), Some(Said::Installs));
        let text = "# Shop\n\n## Self-hosting\n\ndocker compose up -d\n\n## Running locally\n\ndocker compose up\n";
        assert_eq!(
            on("README.md", text, "docker-compose.yml"),
            Some(Said::Deploys)
        );
        assert_eq!(
            on("docs/deploy.md", "docker compose up", "docker-compose.yml"),
            Some(Said::Deploys)
        );
    }
}
