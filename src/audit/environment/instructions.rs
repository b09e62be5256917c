//! What documentation says about a Compose file: that it is for deployment, or for development.

use crate::audit::Project;
use crate::lexicon::path::{self, has_word};

use super::deployment::{is_default_name, starts};
use super::pages::{self, Line, speaks_of_environment};
use super::said::{Said, begins_with_development};

/// How many pages are read, and how many bytes of each.
const MAX_PAGES: usize = 80;
const MAX_BYTES: usize = 256 << 10;
/// How many characters at the beginning of a page say what it is about.
const HEAD: usize = 700;

/// What a page says about one Compose file.
pub(super) struct Spoken {
    pub(super) said: Said,
    /// The path of the page.
    pub(super) page: String,
    /// The line number.
    pub(super) line: u32,
    /// Whether the program is then started without a container.
    pub(super) is_followed: bool,
}

/// What all pages say.
pub(super) struct Instructions {
    lines: Vec<Line>,
    /// Pages that begin by saying that they are about development.
    of_development: Vec<String>,
}

impl Instructions {
    pub(super) fn new(project: &Project<'_>) -> Self {
        let mut pages: Vec<_> = project.paths().filter(|path| is_page(path)).collect();
        // Pages nearest to the root, and those with a telling name, say most.
        pages.sort_by_cached_key(|path| (!is_telling(path), path.matches('/').count()));
        let (mut lines, mut of_development) = (Vec::new(), Vec::new());
        for page in pages.into_iter().take(MAX_PAGES) {
            let Some(text) = project
                .read_text(page)
                .filter(|text| text.len() <= MAX_BYTES)
            else {
                continue;
            };
            pages::read(page, &text, &mut lines);
            let head: String = text.chars().take(HEAD).collect();
            if begins_with_development(&head) {
                of_development.push(page.to_owned());
            }
        }
        Self {
            lines,
            of_development,
        }
    }

    /// Returns how many bytes the lookup of one Compose file reads.
    pub(super) fn weight(&self) -> usize {
        self.lines.iter().map(|line| line.text.len()).sum()
    }

    /// Returns what pages say about the Compose file at `path`, and where.
    pub(super) fn on(&self, path: &str) -> Option<Spoken> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_default = is_default_name(name);
        let about = self.lines.iter().filter(|line| {
            let of_page = folder_of(&line.page);
            let is_near = of_page == folder || folder.is_empty() && is_of_documents(of_page);
            is_near && is_about(line, name, is_default)
                || !folder.is_empty() && line.text.contains(path)
        });
        let spoken = about.filter_map(|line| {
            let said = laid_over(&line.text, name).or(line.said)?;
            Some(Spoken {
                said,
                page: line.page.clone(),
                line: line.number,
                is_followed: line.is_followed,
            })
        });
        // If several pages say something, the strongest statement counts, or the first of several equal ones.
        let spoken = spoken.max_by(|a, b| {
            let place = |it: &Spoken| (it.page.clone(), it.line);
            a.said.cmp(&b.said).then_with(|| place(b).cmp(&place(a)))
        });
        spoken.or_else(|| {
            let mut pages = self.of_development.iter();
            let page = pages.find(|page| !folder.is_empty() && folder_of(page) == folder)?;
            Some(Spoken {
                said: Said::Develops,
                page: page.clone(),
                line: 1,
                is_followed: false,
            })
        })
    }
}

/// Whether a line is about the Compose file of this name: a command that starts it, or a statement.
fn is_about(line: &Line, name: &str, is_default: bool) -> bool {
    // A statement with a link is about something elsewhere.
    let is_elsewhere = line.is_statement && line.text.contains("://");
    if starts(&line.text, name, is_default) && !is_elsewhere {
        return true;
    }
    let names_other = [".yml", ".yaml"].iter().any(|end| line.text.contains(end));
    line.is_statement
        && is_default
        && !names_other
        && !is_elsewhere
        && (is_compose(&line.text)
            || is_setup_of_developers(line)
            || speaks_of_environment(&line.text))
}

/// Whether a text names Compose itself.
fn is_compose(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["docker compose", "docker-compose", "podman-compose"]
        .iter()
        .any(|name| text.contains(name))
}

/// Whether a line is about what developers use of Compose, in other words: `the compose setup`.
fn is_setup_of_developers(line: &Line) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "compose setup", "compose environment", "compose stack", "compose project", "compose file",
    ];
    let text = line.text.to_ascii_lowercase();
    line.said == Some(Said::Develops) && NAMES.iter().any(|name| text.contains(name))
}

/// Returns what a command does with the Compose file of this name by merging another onto it: one for production, or
/// one that tries out the production image.
fn laid_over(text: &str, name: &str) -> Option<Said> {
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '='));
    let is_file = |word: &&str| word.ends_with(".yml") || word.ends_with(".yaml");
    let (mut has_own, mut others) = (false, Vec::new());
    for word in words.filter(is_file) {
        has_own |= word == name;
        if word != name {
            others.push(word.to_ascii_lowercase());
        }
    }
    let is_production = |word: &str| matches!(word, "prod" | "production");
    let tries = |word: &str| path::is_development_word(word, &[]) || word == "local";
    let is_laid = has_own && text.matches("-f").count() + text.matches("-c").count() > 1;
    let other = others
        .iter()
        .find(|it| has_word(it, is_production))
        .filter(|_| is_laid)?;
    Some(if has_word(other, tries) {
        Said::Develops
    } else {
        Said::Deploys
    })
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a directory holds pages about the whole project.
fn is_of_documents(folder: &str) -> bool {
    folder.is_empty()
        || has_word(&folder.to_ascii_lowercase(), |word| {
            matches!(
                word,
                "doc" | "docs" | "documentation" | "wiki" | "docker" | "github" | "cursor"
            )
        })
}

/// Whether a page is named like one that says how to start a program.
fn is_telling(path: &str) -> bool {
    has_word(&path.to_ascii_lowercase(), |word| {
        matches!(
            word,
            "readme"
                | "contributing"
                | "install"
                | "installation"
                | "deploy"
                | "deployment"
                | "production"
                | "develop"
                | "developing"
                | "development"
                | "developer"
                | "hacking"
                | "agents"
                | "claude"
                | "local"
                | "setup"
                | "hosting"
                | "quickstart"
                | "docker"
        )
    })
}

fn is_page(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let is_text = [".md", ".mdx", ".mdc", ".markdown", ".rst", ".adoc", ".txt"]
        .iter()
        .any(|end| name.ends_with(end));
    let is_named = [
        "readme",
        "contributing",
        "hacking",
        "install",
        "development",
    ]
    .contains(&name);
    (is_named
        || is_text
            && (!name.ends_with(".txt") || name.contains("readme") || name.contains("install")))
        && !lower.contains("changelog")
        && !lower.split('/').any(path::is_vendored_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(page: &str, text: &str, path: &str) -> Option<Said> {
        let mut lines = Vec::new();
        pages::read(page, text, &mut lines);
        let all = Instructions {
            lines,
            of_development: Vec::new(),
        };
        all.on(path).map(|spoken| spoken.said)
    }

    #[track_caller]
    fn check(text: &str, expected: Option<Said>) {
        assert_eq!(on("README.md", text, "compose.yaml"), expected, "{text}");
    }

    #[test]
    fn headings_say_what_a_file_is_for() {
        check(
            "# Shop\n\n## Development\n\n### With Docker\n\n    docker compose up\n",
            Some(Said::Develops),
        );
        check(
            "# Shop\n\n## Docker\n\n    docker compose up\n",
            Some(Said::Installs),
        );
        let text = "# Shop\n\n## Development\n\n```\n# start\ndocker compose up\n```\n";
        check(text, Some(Said::Develops));
        assert_eq!(on("README.md", text, "a/compose.yaml"), None);
        assert_eq!(on("README.md", text, "compose.prod.yaml"), None);
        check(
            "# Shop\n\n## Building and deploying\n\n### Running it\n\n    docker compose up\n",
            Some(Said::Installs),
        );
        check(
            "# Shop\n\n## Self-hosting\n\ndocker compose up -d\n\n## Running locally\n\ndocker compose up\n",
            Some(Said::Deploys),
        );
        assert_eq!(
            on("docs/deploy.md", "docker compose up", "compose.yaml"),
            Some(Said::Deploys)
        );
        check("Run `docker compose up`.\n", Some(Said::Installs));
        let text = "# Contributing\n\n## Setup\n\nRun `docker compose up`.\n";
        assert_eq!(
            on("CONTRIBUTING.md", text, "compose.yaml"),
            Some(Said::Develops)
        );
        let text = "## Setup\n\nRun `docker compose up`.\n";
        assert_eq!(
            on("AGENTS.md", text, "compose.yaml"),
            Some(Said::Contributes)
        );
    }

    #[test]
    fn a_heading_reaches_to_the_next_one_of_its_level() {
        check(
            "# Shop\n\n## Development\n\nText.\n\n## Docker\n\n    docker compose up\n",
            Some(Said::Installs),
        );
        check(
            "Shop\n====\n\nDevelopment\n-----------\n\nText.\n\nStart\n-----\n\n    docker compose up\n",
            Some(Said::Installs),
        );
        check(
            "Shop\n====\n\nDevelopment\n-----------\n\n### Start\n\n    docker compose up\n",
            Some(Said::Develops),
        );
        let text = "Shop\n####\n\nDevelopment\n***********\n\nStart\n=====\n\n::\n\n    docker compose up\n";
        assert_eq!(on("README.rst", text, "compose.yaml"), Some(Said::Develops));
        let text = "= Shop\n\n== Development\n\n----\ndocker compose up\n----\n";
        assert_eq!(
            on("README.adoc", text, "compose.yaml"),
            Some(Said::Develops)
        );
        check(
            "<h2>Development</h2>\n\n    docker compose up\n",
            Some(Said::Develops),
        );
    }

    #[test]
    fn headings_and_sentences_state_what_a_file_is_for() {
        for text in [
            "# Shop\n\n## Development environment via docker-compose\n\nRun `make up`.\n",
            "# Shop\n\nTo run it in a development environment,\nyou can use `docker compose`.\n",
            "# Shop\n\n## Testing\n\nUse `docker compose up`.\n",
            "# Shop\n\nIt comes with a local, docker-based development environment.\n",
            "# Shop\n\n## Usage\n\nFor development:\n\n    docker compose up\n",
            "# Shop\n\n## Usage\n\n```sh\n# local development\ndocker compose up\n```\n",
            "# Shop\n\n## Usage\n\n- Development: `docker compose up`\n- Production: see Kubernetes\n",
            "# Shop\n\n```\n├── src            The source\n└── compose.yaml   Used for local development\n```\n",
            "# Shop\n\nThe compose setup in compose.yaml is not intended for production.\n",
        ] {
            check(text, Some(Said::Develops));
        }
        for text in [
            "# Shop\n\n## Development\n\nIn production, use `docker compose up -d`.\n",
            "# Shop\n\n## Development\n\nFor production:\n\n    docker compose up -d\n",
            "# Shop\n\nWe deploy with docker compose.\n",
            "# Shop\n\n## Development\n\n    docker compose -f compose.yaml -f compose.prod.yaml up\n",
        ] {
            check(text, Some(Said::Deploys));
        }
        check(
            "# Shop\n\n## Production image\n\n    docker compose -f compose.yaml -f compose.prod-test.yaml up\n",
            Some(Said::Develops),
        );
        // Another repository is for production.
        check(
            "# Shop\n\nThis is for development.\nFor production, use the [docker-compose setup](https://example.com/a).\n\nTo run your development instance,\nuse the docker compose files.\n",
            Some(Said::Develops),
        );
        check(
            "# Shop\n\nFor local development, the compose setup makes a database for you.\n",
            Some(Said::Develops),
        );
        check(
            "# Shop\n\nThe Compose file has one of the deployed instances.\n",
            None,
        );
        // Requirements say nothing about the purpose.
        check("# Shop\n\nYou need Docker and docker compose.\n", None);
        check(
            "# Shop\n\n## Deployment\n\nYou need docker compose.\n",
            None,
        );
        // This is not about containers.
        check(
            "# Shop\n\nThe page in the Docker image is also used for tests in the development environment.\n",
            None,
        );
        // A developers' page about one of many servers says nothing about deployments.
        let text = "# Shop\n\n## Mock server\n\n    docker compose up\n";
        assert_eq!(
            on("docs/development.md", text, "compose.yaml"),
            Some(Said::Contributes)
        );
        assert_eq!(
            on("docs/README.md", text, "compose.yaml"),
            Some(Said::Deploys)
        );
        // The page says both.
        check(
            "# Shop\n\n## Installation\n\n    docker compose up\n\n## Development\n\n    docker compose up\n",
            Some(Said::Installs),
        );
    }
}
