//! What headings, sentences, comments and commands say about who starts something.

use crate::audit::compose::development_server;
use crate::lexicon::path::has_word;

/// What is said about a Compose file, the weakest first: if several places say something, the strongest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// A page for contributors starts it, and says nothing else about it.
    Contributes,
    /// Developers start it.
    Develops,
    /// Those who install the program start it.
    Installs,
    /// It is started in production.
    Deploys,
}

/// Words for those who change a program.
#[rustfmt::skip]
const DEVELOPS: &[&str] = &[
    "develop", "developer", "developers", "developing", "development", "dev", "contribute", "contributing", "contributors",
    "hacking",
];

/// The same in headings: the program runs on the reader's machine.
const AT_DESK: &[&str] = &["local", "locally", "test", "tests", "testing"];

/// Words for what runs for others.
#[rustfmt::skip]
const DEPLOYS: &[&str] = &[
    "production", "deploy", "deploys", "deployed", "deploying", "deployment", "deployments", "selfhost", "selfhosted",
    "selfhosting",
];

/// The same, in headings.
const ON_SERVERS: &[&str] = &["host", "hosting", "hosted", "server"];

#[rustfmt::skip]
const INSTALLS: &[&str] = &[
    "install", "installation", "installing", "quickstart", "start", "started", "usage", "running", "docker", "compose", "setup",
];

/// Returns what a heading says, or the name of a page.
pub(super) fn of_heading(heading: &str) -> Option<Said> {
    let heading = without_denials(&heading.to_ascii_lowercase());
    let has = |words: &[&str]| has_word(&heading, |word| words.contains(&word));
    // A page on how to build and deploy is about something that is deployed in some way.
    let is_general = has(&["build", "building"]);
    let deploys = has(DEPLOYS) || heading.contains("self-host");
    if has(DEVELOPS) || has(AT_DESK) || denies(&heading) {
        // A heading about both says neither.
        Some(if deploys {
            Said::Installs
        } else {
            Said::Develops
        })
    } else if (deploys || has(ON_SERVERS)) && !is_general {
        Some(Said::Deploys)
    } else {
        (is_general || has(INSTALLS)).then_some(Said::Installs)
    }
}

/// Returns what a heading says in a page for contributors: there, a server is one of those that they start.
pub(super) fn of_heading_for_developers(heading: &str) -> Option<Said> {
    let said = of_heading(heading)?;
    let lower = heading.to_ascii_lowercase();
    let deploys = has_word(&lower, |word| DEPLOYS.contains(&word)) || lower.contains("self-host");
    let is_weak = said == Said::Deploys && !deploys;
    Some(if is_weak { Said::Installs } else { said })
}

/// Returns what a sentence says by itself; `None` if it mentions both.
pub(super) fn of_sentence(sentence: &str) -> Option<Said> {
    let sentence = without_denials(&sentence.to_ascii_lowercase());
    let has = |words: &[&str]| has_word(&sentence, |word| words.contains(&word));
    let develops = has(DEVELOPS) || denies(&sentence) || {
        sentence.contains("locally") || sentence.contains("local environment")
    };
    let deploys = has(DEPLOYS) || sentence.contains("self-host");
    match (develops, deploys) {
        (true, false) => Some(Said::Develops),
        (false, true) => Some(Said::Deploys),
        _ => None,
    }
}

/// Replaces phrases that say that something is not for production.
const DENIED: &str = "\u{0}";

/// Replaces phrases that say that something is not for production by [`DENIED`].
fn without_denials(text: &str) -> String {
    #[rustfmt::skip]
    const DENIALS: &[&str] = &[
        "not for production", "not for use in production", "not intended for production", "not meant for production",
        "not suitable for production", "not be used in production", "not use in production", "not use this in production",
        "not use it in production", "not production ready", "not production-ready", "never in production",
        "not recommended for production", "not be used for production", "not be deployed", "non-production",
    ];
    let mut text = text.to_owned();
    for denial in DENIALS {
        if text.contains(denial) {
            text = text.replace(denial, DENIED);
        }
    }
    text
}

fn denies(text: &str) -> bool {
    text.contains(DENIED)
}

/// Returns what the path of a page says about everything in it: its name, or else its directories.
pub(super) fn of_page(path: &str) -> Option<Said> {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    // Instructions for assistants that change the program.
    let is_for_assistants = [
        "agents.md",
        "claude.md",
        "gemini.md",
        "copilot-instructions.md",
    ]
    .contains(&name)
        || folders.split('/').any(|it| it == ".cursor");
    if is_for_assistants {
        return Some(Said::Contributes);
    }
    let weaker = |said: Said| match said {
        Said::Develops => Said::Contributes,
        said => said,
    };
    let of_name = of_heading(name).map(weaker);
    if of_name.is_some_and(|said| said != Said::Installs) {
        return of_name;
    }
    let of_folders = of_heading(folders).filter(|said| *said != Said::Installs);
    of_folders.map(weaker).or(of_name)
}

/// Returns whether a text begins by saying that its subject is for developers.
pub(super) fn begins_with_development(head: &str) -> bool {
    #[rustfmt::skip]
    const SAYS: &[&str] = &[
        "local environment", "local development", "development environment", "for development", "allow a developer",
        "for developers", "local testing", "local setup",
    ];
    let words: Vec<_> = head.split_whitespace().collect();
    let text = without_denials(&words.join(" ").to_ascii_lowercase());
    SAYS.iter().any(|says| text.contains(says))
        && !text.contains("production")
        && !text.contains("deploy")
}

/// Returns the line of a comment at the top of the file at `path` that says that the file is for developers; a comment
/// may also say so about another file.
pub(in crate::audit) fn says_development(comment: &str, path: &str) -> Option<u32> {
    #[rustfmt::skip]
    const SAYS: &[&str] = &[
        "for development", "for the development", "local dev only", "for local experimentation", "development setup", "development environment", "for local development",
        "local development", "development only", "for developers", "dev environment", "development stack", DENIED,
    ];
    let own = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    for (line, number) in comment.lines().zip(1..) {
        let plain: String = line
            .chars()
            .map(|c| if "#*_`/".contains(c) { ' ' } else { c })
            .collect();
        let plain: Vec<_> = plain.split_whitespace().collect();
        let line = without_denials(&plain.join(" ").to_ascii_lowercase());
        for sentence in line.split(". ") {
            let is_of_other = sentence
                .split_whitespace()
                .map(|word| word.trim_matches(['.', ',', ':', '(', ')', '"', '\'']))
                .any(|word| (word.ends_with(".yml") || word.ends_with(".yaml")) && word != own);
            let has_other = sentence.contains("production") || sentence.contains("deploy");
            if !is_of_other && !has_other && SAYS.iter().any(|says| sentence.contains(says)) {
                return Some(number);
            }
        }
    }
    None
}

/// Commands that run a program under development: the program, what follows it, and what they start.
#[rustfmt::skip]
const DESK_COMMANDS: &[(&str, &[&str], &str)] = &[
    ("mvn", &["spring-boot:run", "quarkus:dev"], "the program with Maven"),
    ("mvnw", &["spring-boot:run", "quarkus:dev"], "the program with Maven"),
    ("mix", &["phx.server"], "the server of Phoenix with Mix"),
    ("rails", &["s", "server"], "the server of Rails"),
    ("flask", &["run"], "the development server of Flask"),
    ("dotnet", &["watch"], RESTARTS),
    ("cargo", &["watch"], RESTARTS),
    ("tsx", &["watch"], RESTARTS),
    ("artisan", &["serve"], "the development server of Laravel"),
    ("symfony", &["serve", "server:start"], "the development server of Symfony"),
    ("sleep", &["infinity"], NOTHING),
];

const RESTARTS: &str = "a program that restarts on changes";
const NOTHING: &str = "nothing but a container to work in";

/// Programs that restart others when their source changes.
#[rustfmt::skip]
const RESTARTING: &[&str] = &[
    "air", "nodemon", "watchexec", "reflex", "ts-node-dev", "tsnd", "CompileDaemon", "watchmedo", "watchfiles", "entr", "wgo",
    "modd", "denon", "hupper", "cargo-watch", "watchman-make", "browser-sync", "livereload", "pm2-dev",
];

/// Options that make a program restart when its source changes, and the programs that have them.
#[rustfmt::skip]
const RELOADING: &[(&[&str], &[&str])] = &[
    (
        &["--watch", "--hot"],
        &["node", "bun", "deno", "tsx", "nest", "webpack", "vite", "tailwindcss", "esbuild", "tsc", "sass", "octane:start"],
    ),
    (
        &["--reload", "--auto-reload", "--autoreload"],
        &[
            "uvicorn", "gunicorn", "hypercorn", "granian", "fastapi", "litestar", "sanic", "robyn", "quart", "flask", "celery",
            "chainlit",
        ],
    ),
    (&["--dev=all", "--dev=reload", "--dev=xml,reload"], &["odoo", "odoo-bin"]),
];

/// Returns whether a command restarts a program whenever its source changes, which deployed programs do not do.
pub(in crate::audit) fn restarts_on_changes(command: &str) -> bool {
    let words: Vec<_> = command.split_whitespace().collect();
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    let has = |wanted: &[&str]| words.iter().any(|it| wanted.contains(&&*name(it)));
    let reloads = |(options, programs): &(&[&str], &[&str])| {
        words.iter().any(|word| options.contains(word)) && has(programs)
    };
    has(RESTARTING) || RELOADING.iter().any(reloads)
}

/// Returns what a command starts, if that is under development while it runs: it reloads changes, runs what was not
/// built before, or waits for a shell.
pub(in crate::audit) fn works_on(command: &str) -> Option<&'static str> {
    if let Some(what) = development_server(command) {
        return Some(what);
    }
    let words: Vec<_> = command.split_whitespace().collect();
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    let has = |wanted: &[&str]| words.iter().any(|it| wanted.contains(&&*name(it)));
    let follows = |(first, next, _): &&(&str, &[&str], &str)| {
        let mut pairs = words.windows(2);
        pairs.any(|pair| name(pair[0]) == *first && next.contains(&pair[1]))
    };
    let known = DESK_COMMANDS.iter().find(follows).map(|(_, _, what)| *what);
    let is_task =
        |word: &&str| word.trim_start_matches(':').ends_with("run") || word.ends_with("Run");
    let by_gradle = || has(&["gradlew", "gradle"]) && words.iter().any(is_task);
    let by_script = || {
        has(&["npm", "yarn", "pnpm", "bun", "npx", "run", "vite", "ng"])
            && words
                .iter()
                .any(|it| ["dev", "serve", "watch", "develop"].contains(it))
    };
    known
        .or_else(|| by_gradle().then_some("the program with Gradle"))
        .or_else(|| restarts_on_changes(command).then_some(RESTARTS))
        .or_else(|| by_script().then_some("a development server"))
        .or_else(|| command.contains("tail -f /dev/null").then_some(NOTHING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_sentences_say_what_is_started() {
        for (heading, expected) in [
            (
                "Development environment via docker-compose",
                Some(Said::Develops),
            ),
            ("Local setup", Some(Said::Develops)),
            ("Not for production", Some(Said::Develops)),
            ("Installation", Some(Said::Installs)),
            ("Development and production", Some(Said::Installs)),
            ("Self-hosting", Some(Said::Deploys)),
            ("Production deployment", Some(Said::Deploys)),
            ("License", None),
        ] {
            assert_eq!(of_heading(heading), expected, "{heading}");
        }
        for (sentence, expected) in [
            (
                "To run it in a development environment, you can use `docker compose`",
                Some(Said::Develops),
            ),
            (
                "In production, run docker compose up -d",
                Some(Said::Deploys),
            ),
            ("This is not intended for production", Some(Said::Develops)),
            (
                "In development as in production, run docker compose up",
                None,
            ),
            ("Run docker compose up", None),
        ] {
            assert_eq!(of_sentence(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn pages_are_for_those_whom_their_paths_name() {
        for (path, expected) in [
            ("README.md", None),
            ("CONTRIBUTING.md", Some(Said::Contributes)),
            ("AGENTS.md", Some(Said::Contributes)),
            ("docs/development/setup.md", Some(Said::Contributes)),
            ("docs/setup/local-server.md", Some(Said::Contributes)),
            ("docs/deploy.md", Some(Said::Deploys)),
            ("docs/deployment/docker.md", Some(Said::Deploys)),
            ("docs/install.md", Some(Said::Installs)),
        ] {
            assert_eq!(of_page(path), expected, "{path}");
        }
    }

    #[test]
    fn comments_speak_of_their_own_file() {
        let says = |comment: &str| says_development(comment, "compose.yaml");
        assert_eq!(says("# Shop\n# This file is for **development**."), Some(2));
        assert_eq!(says("# Do not use in production"), Some(1));
        assert_eq!(says("# compose.yaml: local development stack"), Some(1));
        assert_eq!(says("# Use compose.dev.yaml for development"), None);
        assert_eq!(says("# For development and production"), None);
        assert_eq!(says("# Runs the shop"), None);
    }

    #[test]
    fn commands_work_on_programs() {
        for command in [
            "yarn dev",
            "npm run start:dev",
            "python manage.py runserver 0.0.0.0:8000",
            "./gradlew :api:bootRun --continuous",
            "mix phx.server",
            "bundle exec rails s -b 0.0.0.0",
            "flask run --debug",
            "uvicorn app:app --reload",
            "/go/bin/air -c .air.toml",
            "dotnet watch run",
            "sleep infinity",
            "watchmedo auto-restart --recursive -- gunicorn app.wsgi",
            "node --watch server.js",
            "celery -A shop worker --autoreload",
            "odoo --dev=all",
        ] {
            assert!(works_on(command).is_some(), "{command}");
        }
        for command in [
            "watchmedo auto-restart -- python manage.py qcluster",
            "gunicorn --reload app:app",
            "/go/bin/air",
            "bun --hot run index.ts",
        ] {
            assert!(restarts_on_changes(command), "{command}");
        }
        for command in [
            "traefik --providers.file --watch",
            "haproxy --reload",
            "gunicorn app:app",
            "fair",
        ] {
            assert!(!restarts_on_changes(command), "{command}");
        }
        for command in [
            "npm start",
            "node server.js",
            "gunicorn app:app",
            "java -jar app.jar",
            "./gradlew build",
            "dotnet App.dll",
            "uvicorn app:app",
            "bin/airflow webserver",
        ] {
            assert_eq!(works_on(command), None, "{command}");
        }
    }
}
