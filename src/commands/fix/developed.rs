//! Which compose files developers run, whatever they are called, by what is in them.
//!
//! A file that is taken for one of developers by mistake only gets less than it could; one that is not gets what is in the
//! way of those who work with it.

use std::collections::BTreeSet;

use crate::audit::development_server;
use crate::lexicon::path::has_word;
use crate::model::Finding;

/// Returns the compose files that developers run: their programs run in debug mode, and from the source that is mounted into
/// them, or what they use is called after development.
pub(super) fn developed(
    findings: &[Finding],
    text: &dyn Fn(&str) -> Option<String>,
    is_beside_program: &dyn Fn(&str) -> bool,
) -> BTreeSet<String> {
    let paths = |rule: &str| -> BTreeSet<String> {
        let of_rule = findings.iter().filter(|it| it.rule.as_str() == rule);
        of_rule.map(|it| it.location.path.clone()).collect()
    };
    let mounted = paths("compose/source-mounted");
    let mut developed: BTreeSet<String> = paths("compose/debug-mode")
        .intersection(&mounted)
        .cloned()
        .collect();
    let of_compose = findings.iter().filter(|it| it.rule.family() == "compose");
    let all: BTreeSet<&str> = of_compose.map(|it| it.location.path.as_str()).collect();
    let signed = all.into_iter().filter(|path| {
        text(path).is_some_and(|text| {
            is_of_developers(path, &text) || starts_only_stores(&text) && is_beside_program(path)
        })
    });
    developed.extend(signed.map(str::to_owned));
    developed
}

/// Returns whether a compose file starts something again with the machine.
pub(super) fn keeps_running(text: &str) -> bool {
    let policies = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("restart:"));
    let mut policies = policies.map(unquoted);
    policies.any(|policy| policy == "always" || policy == "unless-stopped")
}

/// What those who change a program start beside it, while it runs on their machine.
#[rustfmt::skip]
const STORES: [&str; 24] = [
    "postgres", "postgis", "pgvector", "timescaledb", "redis", "valkey", "mysql", "mariadb", "mongo", "elasticsearch",
    "opensearch", "rabbitmq", "nats", "minio", "memcached", "mailhog", "mailpit", "maildev", "mailcatcher", "localstack",
    "azurite", "adminer", "pgadmin4", "meilisearch",
];

/// The files of a program in the folder of a compose file.
#[rustfmt::skip]
pub(super) const PROGRAMS: [&str; 12] = [
    "package.json", "Gemfile", "go.mod", "Cargo.toml", "pyproject.toml", "requirements.txt", "pom.xml", "build.gradle",
    "build.gradle.kts", "composer.json", "mix.exs", "manage.py",
];

/// Whether a compose file starts databases and the like, no program of its own, and nothing with the machine.
fn starts_only_stores(text: &str) -> bool {
    let mut images = 0;
    for line in text.lines().map(str::trim) {
        if line.starts_with("build:")
            || line.starts_with("extends:")
            || line.starts_with("include:")
        {
            return false;
        }
        let Some(image) = line.strip_prefix("image:") else {
            continue;
        };
        let last = unquoted(image).rsplit('/').next().unwrap_or_default();
        let name = last.split([':', '@']).next().unwrap_or(last);
        if !STORES.contains(&name) {
            return false;
        }
        images += 1;
    }
    images > 0 && !keeps_running(text)
}

/// Words of a path that say that only developers use what is there.
const OF_DEVELOPERS: [&str; 5] = ["dev", "devel", "develop", "development", "devcontainer"];

/// Words of a path that say that the file is for servers.
#[rustfmt::skip]
const OF_SERVERS: [&str; 9] = [
    "prod", "production", "deploy", "deployment", "release", "live", "staging", "selfhost", "selfhosted",
];

/// What a compose file shows of who starts it.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a sign that was seen or not"
)]
struct Signs {
    is_of_developers: bool,
    is_deployed: bool,
    /// Whether the source is mounted, for a program that is built here.
    mounts_source: bool,
    builds: bool,
    kept_running: usize,
}

/// Whether a text says that developers start it, and nothing in it says that servers do.
fn is_of_developers(path: &str, text: &str) -> bool {
    let is_for_servers = |word: &str| OF_SERVERS.contains(&word);
    if has_word(&path.to_ascii_lowercase(), is_for_servers) {
        return false;
    }
    let mut signs = Signs::default();
    for line in text.lines().map(str::trim) {
        if !line.starts_with('#') {
            signs.read(line);
        }
    }
    let is_worked_on = signs.mounts_source && signs.builds && signs.kept_running == 0;
    !signs.is_deployed && (signs.is_of_developers || is_worked_on)
}

impl Signs {
    fn read(&mut self, line: &str) {
        let item = line.strip_prefix("- ").map(str::trim_start);
        let content = unquoted(item.unwrap_or(line));
        if let Some(item) = item {
            self.read_mount(unquoted(item));
        }
        let Some((key, value)) = content.split_once(['=', ':']) else {
            return;
        };
        let (key, value) = (key.trim(), unquoted(value.trim()));
        match key {
            "build" => self.builds = true,
            "dockerfile" | "env_file" | "source" | "target" => {
                self.is_of_developers |= is_called_so(value) && !value.starts_with('/');
            }
            "restart" => {
                self.kept_running +=
                    usize::from(value.starts_with("always") || value.starts_with("unless"));
            }
            "command" | "entrypoint" => {
                self.is_of_developers |= development_server(value).is_some();
            }
            _ if is_variable(key) => self.read_variable(key, value),
            _ => {}
        }
        let has = |word: &str| value.contains(word);
        self.is_deployed |= has("letsencrypt") || has("certbot") || has("certresolver");
    }

    /// What is mounted, where the item is a path of the folder: `./conf/dev.ini:/etc/app.ini`.
    fn read_mount(&mut self, item: &str) {
        let source = item.split(':').next().unwrap_or(item);
        if matches!(source, "." | "./") && item.contains(":/") && !item.contains(":ro") {
            let target = item.split(':').nth(1).unwrap_or_default();
            self.mounts_source |= !target.starts_with("/etc") && !target.starts_with("/conf");
        }
        self.is_of_developers |= source.starts_with('.') && is_called_so(source);
    }

    /// A variable of a service, which may name the kind of installation, or hold something that is called after it.
    fn read_variable(&mut self, key: &str, value: &str) {
        let value = value.to_ascii_lowercase();
        let default = value.rsplit(":-").next().unwrap_or(&value);
        let default = default.trim_end_matches('}');
        let is_mode = key.ends_with("_ENV")
            || key.ends_with("_ENVIRONMENT")
            || key == "ENVIRONMENT"
            || key == "ENV";
        self.is_deployed |= is_mode && matches!(default, "production" | "prod");
        let is_dev = |word: &str| matches!(word, "dev" | "development");
        let names_database =
            (key.contains("DB") || key.contains("DATABASE")) && has_word(&value, is_dev);
        let is_of_names = names_database && !value.contains("://");
        let ends_so =
            key.contains("DB") && (value.ends_with("_dev") || value.ends_with("_development"));
        self.is_of_developers |= is_mode && matches!(default, "dev" | "development" | "local")
            || is_of_names
            || ends_so
            || default.contains("development") && (key.contains("PASS") || key.contains("SECRET"));
    }
}

/// Whether a path names development in one of its parts.
fn is_called_so(path: &str) -> bool {
    has_word(&path.to_ascii_lowercase(), |word| {
        OF_DEVELOPERS.contains(&word)
    })
}

/// Whether a key is written as variables are.
fn is_variable(key: &str) -> bool {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    key.len() > 1 && key.chars().all(is_part)
}

/// A scalar without its quotes and what is behind it.
fn unquoted(text: &str) -> &str {
    text.split(" #")
        .next()
        .unwrap_or(text)
        .trim()
        .trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::{is_of_developers, starts_only_stores};

    #[test]
    fn what_a_file_uses_says_that_developers_start_it() {
        let app = |lines: &str| format!("services:\n  app:\n    build: .\n{lines}");
        for lines in [
            "    environment:\n      - DB_PASSWORD=developmentpassword\n",
            "    environment:\n      POSTGRES_DB: shop_development\n",
            "    environment:\n      RAILS_ENV: development\n",
            "    environment:\n      - NODE_ENV=${NODE_ENV:-development}\n",
            "    volumes:\n      - ./docker/php-dev.ini:/usr/local/etc/php/php.ini\n",
            "    volumes:\n      - \"./hack/dev/rabbitmq.conf:/etc/rabbitmq/rabbitmq.conf\"\n",
            "    volumes:\n      - .:/app:delegated\n",
            "    command: npm run dev\n",
        ] {
            assert!(
                is_of_developers("docker-compose.yml", &app(lines)),
                "{lines}"
            );
        }
        let dockerfile = "services:\n  php:\n    build:\n      context: .\n      dockerfile: docker/development.Dockerfile\n";
        assert!(is_of_developers("compose.yaml", dockerfile));
        assert!(!is_of_developers(
            "docker-compose.production.yml",
            dockerfile
        ));
    }

    #[test]
    fn databases_beside_a_program_are_for_those_who_change_it() {
        let stores = "services:\n  db:\n    image: postgres:16\n  cache:\n    image: docker.io/library/redis\n";
        assert!(starts_only_stores(stores));
        assert!(!starts_only_stores(&format!(
            "{stores}    restart: always\n"
        )));
        assert!(!starts_only_stores(&format!(
            "{stores}  app:\n    image: acme/app:1\n"
        )));
        assert!(!starts_only_stores("services: {}\n"));
    }

    #[test]
    fn what_servers_run_is_not_for_developers() {
        for lines in [
            "    volumes:\n      - /dev/shm:/dev/shm\n      - /dev/dri:/dev/dri\n",
            "    restart: always\n    volumes:\n      - .:/opt/app\n",
            "    volumes:\n      - ./dev.conf:/etc/app.conf\n    environment:\n      APP_ENV: production\n",
            "    volumes:\n      - .:/opt/app:ro\n",
            "    environment:\n      RAILS_ENV: production\n      DEVELOPMENT_MODE: \"false\"\n",
            "    environment:\n      - DEV_URL=https://dev.example.com\n",
            "    # dockerfile: dev.Dockerfile\n",
            "    command: node server.js\n",
            "    environment:\n      - DB_HOST=db\n      - DB_NAME=shop\n",
        ] {
            let text = format!("services:\n  app:\n    build: .\n{lines}");
            assert!(!is_of_developers("docker-compose.yml", &text), "{lines}");
        }
    }
}
