//! Services that end once their work is done, and services that are started by hand for a single call.

use std::collections::BTreeMap;

use memchr::memmem;

use crate::audit::Project;
use crate::lexicon::path::{self, has_word};

use super::file::File;
use super::image;
use super::roles::command;
use super::service::Service;

/// Limits: pages and scripts read, and bytes of each.
const MAX_FILES: usize = 150;
const MAX_BYTES: usize = 256 << 10;

/// Commands that end whatever their arguments.
#[rustfmt::skip]
const ENDING: &[&str] = &[
    "true", ":", "echo", "printf", "mkdir", "chown", "chmod", "cp", "mv", "rm", "ln", "touch", "install", "ls", "exit",
    "set", "cd", "test", "[", "[[", "apk", "apt", "apt-get", "sed", "envsubst", "openssl", "keytool",
    "update-ca-certificates", "aws", "awslocal", "curl", "wget", "psql", "createdb", "mysql", "mongosh", "pg_isready",
    "pg_restore", "kafka-topics", "kafka-topics.sh", "find", "tar", "unzip", "export", "setfacl",
];

/// Shell keywords and prefixes that precede a command.
const BEFORE: &[&str] = &[
    "if", "then", "else", "elif", "until", "do", "for", "{", "(", "!", "exec", "sudo",
];

/// Words that are no commands.
const ENDS: &[&str] = &["fi", "done", "}", ")", "esac"];

/// Signs that a command keeps running, whatever else it does.
#[rustfmt::skip]
const GOING_ON: &[&str] = &[
    "while ", "sleep", "tail ", "trap ", "daemon", "cron", "watch", "supervis", "--interval", "serve",
];

/// Images whose program does one thing and ends, unless its arguments make it keep running.
#[rustfmt::skip]
const ONCE: &[&str] = &[
    "certbot", "acme.sh", "lego", "dehydrated", "flyway", "liquibase", "hello-world", "aws-cli", "awscli",
];

/// Whether the command of a service ends: all of its steps do, or its image does one thing only.
pub(super) fn ends(service: &Service) -> bool {
    let given = ["entrypoint", "command"].map(|key| command(service, key).unwrap_or_default());
    let text = given.join(" ");
    let image = service.text("image").unwrap_or_default();
    let name = image::short_name(&image);
    let changes_database = has_word(&name, |word| {
        ["migrate", "migration", "migrations", "migrator"]
            .iter()
            .any(|it| word.eq_ignore_ascii_case(it))
    });
    let is_once =
        ONCE.contains(&name.as_str()) || image.contains("certbot/dns-") || changes_database;
    let goes_on = || GOING_ON.iter().any(|sign| text.contains(sign));
    is_once && !goes_on() || all_end(text.trim())
}

/// Whether every step of a command ends.
fn all_end(text: &str) -> bool {
    let script = within_shell(text);
    let steps = script.split(['\n', ';', '&', '|']);
    let mut steps = steps.filter_map(first_word).peekable();
    steps.peek().is_some() && steps.all(|word| ENDING.contains(&word) || is_wait(word))
}

/// Whether a word is a step of a script that waits for something.
fn is_wait(word: &str) -> bool {
    matches!(word, "sleep" | "nc" | "wait-for-it" | "wait-for-it.sh")
}

/// The script passed to a shell: `sh -c "chown …"`.
fn within_shell(text: &str) -> &str {
    let mut rest = text.trim();
    for shell in ["/bin/sh", "/bin/bash", "sh", "bash", "ash", "/bin/ash"] {
        let inner = rest.strip_prefix(shell).map(str::trim_start);
        let inner = inner.and_then(|inner| {
            let (options, script) = inner.split_once(' ')?;
            (options.starts_with('-') && options.contains('c')).then_some(script)
        });
        if let Some(inner) = inner {
            rest = inner;
            break;
        }
    }
    rest.trim_matches(['"', '\'', ' '])
}

/// The program of a step, without its directory; `None` if it is no command.
fn first_word(step: &str) -> Option<&str> {
    let mut words = step
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']));
    let word =
        words.find(|word| !BEFORE.contains(word) && !word.contains('=') && !word.is_empty())?;
    let name = word.rsplit('/').next().unwrap_or(word);
    (!ENDS.contains(&word) && !word.starts_with('#')).then_some(name)
}

/// The services that pages and scripts of a project start with `docker compose run`, and whether some call has nothing
/// after the name and so runs the command of the service.
struct Calls(BTreeMap<String, bool>);

impl Calls {
    fn of(project: &Project<'_>) -> Self {
        let mut paths: Vec<_> = project.paths().filter(|path| may_call(path)).collect();
        // Files nearest to the root are the most relevant.
        paths.sort_by_key(|path| path.matches('/').count());
        let mut calls = BTreeMap::new();
        for path in paths.into_iter().take(MAX_FILES) {
            let Some(text) = project.read_text(path).filter(|text| {
                text.len() <= MAX_BYTES && memmem::find(text.as_bytes(), b" run ").is_some()
            }) else {
                continue;
            };
            for (name, is_bare) in text.lines().filter_map(call) {
                *calls.entry(name.to_owned()).or_default() |= is_bare;
            }
        }
        Self(calls)
    }
}

/// Whether a file may start services, or describe how to.
fn may_call(path: &str) -> bool {
    const ENDINGS: [&str; 7] = [".sh", ".bash", ".mk", ".md", ".mdx", ".rst", ".adoc"];
    const NAMES: [&str; 8] = [
        "makefile",
        "gnumakefile",
        "justfile",
        "taskfile.yml",
        "taskfile.yaml",
        "package.json",
        "readme",
        "jenkinsfile",
    ];
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_pipeline =
        folders.starts_with(".github") && (name.ends_with(".yml") || name.ends_with(".yaml"));
    let is_meant =
        is_pipeline || NAMES.contains(&name) || ENDINGS.iter().any(|end| name.ends_with(end));
    is_meant && !name.contains("changelog") && !lower.split('/').any(path::is_vendored_folder)
}

/// The service that a line starts with `docker compose run`, and whether nothing follows its name.
fn call(line: &str) -> Option<(&str, bool)> {
    const WITH_VALUE: [&str; 15] = [
        "-e",
        "--env",
        "-v",
        "--volume",
        "-u",
        "--user",
        "-w",
        "--workdir",
        "-p",
        "--publish",
        "--name",
        "-l",
        "--label",
        "--entrypoint",
        "--env-from-file",
    ];
    let before = line.find(" run ")?;
    let is_of_compose = |text: &str| text.to_ascii_lowercase().contains("compose");
    is_of_compose(&line[..before]).then_some(())?;
    let mut words = line[before + " run ".len()..].split_whitespace();
    let mut is_bare = true;
    let name = loop {
        let word = words.next()?;
        if !word.starts_with('-') {
            break word.trim_matches(['`', '"', '\'', ',', ')', '.']);
        }
        is_bare &= !word.starts_with("--entrypoint");
        if WITH_VALUE.contains(&word) {
            words.next()?;
        }
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends_there = |word: &str| word.starts_with(['#', '&', '|', ';', '>', '`', '"', '\'']);
    let is_whole = line.trim_end().ends_with(name) || words.next().is_none_or(ends_there);
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, is_bare && is_whole))
}

impl File<'_> {
    /// Whether pages or scripts start a service with `docker compose run`, once per call: its own command ends, or it
    /// takes its arguments from the caller.
    pub(super) fn is_run_by_hand(&self, service: &Service) -> bool {
        let calls = self.project.shared(Calls::of);
        calls.0.get(service.name).is_some_and(|is_bare| {
            let takes_arguments =
                service.setting("entrypoint").is_some() && service.setting("command").is_none();
            *is_bare || takes_arguments
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_or_go_on() {
        for text in [
            "chown -R 1001:1001 /var/uploads",
            "sh -c \"mkdir -p /data && chown -R 1000 /data\"",
            "/bin/sh -ec 'until pg_isready -h db; do sleep 1; done; psql -h db -c \"select 1\"'",
            "echo done",
            "openssl req -x509 -out /certs/a.pem",
        ] {
            assert!(all_end(text), "{text}");
        }
        for text in [
            "",
            "nginx -g 'daemon off;'",
            "sh -c 'chown -R app /data && exec app'",
            "bash -c \"bash run-certbot.sh\"",
            "python manage.py runserver",
            "sleep infinity & app",
        ] {
            assert!(!all_end(text), "{text}");
        }
    }

    #[test]
    fn lines_call_services() {
        for (line, expected) in [
            ("docker compose run --rm tests", Some(("tests", true))),
            (
                "exec docker compose -f a.yml run --rm taiga-manage $@",
                Some(("taiga-manage", false)),
            ),
            (
                "\tdocker-compose run -e A=b --rm web rake",
                Some(("web", false)),
            ),
            ("Run `docker compose run certbot`.", Some(("certbot", true))),
            (
                "$(COMPOSE) run --rm --entrypoint sh web",
                Some(("web", false)),
            ),
            ("docker run --rm app", None),
            ("npm run compose", None),
        ] {
            assert_eq!(call(line), expected, "{line}");
        }
    }
}
