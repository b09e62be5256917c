//! Which environment settings say that they are for: `APP_ENV=local`, `ENVIRONMENT: production`.

use crate::lexicon::host;
use crate::lexicon::path::has_word;

/// The kind of environment that settings are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Runs {
    /// What developers or tests run.
    Development,
    /// What is deployed.
    Production,
}

/// Returns which environment a variable names.
pub(in crate::audit) fn runs(name: &str, value: &str) -> Option<Runs> {
    let name = name.to_ascii_uppercase();
    let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    // The settings module is named after the environment: `shop.settings.development`.
    let value = match &*name {
        "DJANGO_SETTINGS_MODULE" => value.rsplit('.').next().unwrap_or(&value),
        _ => &value,
    };
    let is_environment = matches!(
        &*name,
        "ENV"
            | "ENVIRONMENT"
            | "DEPLOYMENT_ENVIRONMENT"
            | "QUARKUS_PROFILE"
            | "DJANGO_SETTINGS_MODULE"
    ) || ["_ENV", "_ENVIRONMENT", "_INSTANCE", "_PROFILES_ACTIVE"]
        .iter()
        .any(|end| name.ends_with(end));
    if !is_environment {
        return None;
    }
    match value {
        "local" | "localhost" | "dev" | "devel" | "develop" | "development" | "test"
        | "testing" | "localdev" | "local-dev" | "e2e" => Some(Runs::Development),
        "prod" | "production" | "live" | "staging" | "stage" | "release" => Some(Runs::Production),
        _ => None,
    }
}

/// Returns which environment a variable of the `.env` next to Compose files names.
fn runs_compose(name: &str, value: &str) -> Option<Runs> {
    let lower = value.to_ascii_lowercase();
    let has = |words: &[&str]| has_word(&lower, |word| words.contains(&word));
    match name {
        "COMPOSE_FILE" | "COMPOSE_PROFILES" | "COMPOSE_PROJECT_NAME" => {
            if has(&["prod", "production"]) {
                Some(Runs::Production)
            } else {
                has(&["dev", "development"]).then_some(Runs::Development)
            }
        }
        "RESTART_POLICY" | "RESTART" => (value == "no").then_some(Runs::Development),
        _ => runs(name, value),
    }
}

/// Returns whether a file is named like an env file, or a sample of one: `.env`, `.env-example`, `app.env`,
/// `env.sample`.
pub(super) fn is_env_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_code = [
        ".js", ".ts", ".py", ".rb", ".php", ".go", ".sh", ".yml", ".yaml", ".json", ".md",
    ]
    .iter()
    .any(|end| name.ends_with(end));
    !is_code && has_word(&name, |word| matches!(word, "env" | "dotenv"))
}

/// Words in names of variables that name a database, its server or its URL.
const STORES: &[&str] = &[
    "DB", "DATABASE", "POSTGRES", "PG", "MYSQL", "MARIADB", "REDIS", "MONGO", "MONGODB", "AMQP",
    "RABBITMQ",
];

/// The environment that an env file names, the setting that does, and its line.
pub(super) type Stated = (Runs, String, u32);

/// Returns the environment that an env file names. A file with a database elsewhere is not for a developer's machine,
/// whatever it says.
pub(super) fn of_env_file(text: &str) -> Option<Stated> {
    stated(text, runs)
}

/// Returns the environment that the `.env` next to Compose files names.
pub(super) fn of_env_beside(text: &str) -> Option<Stated> {
    stated(text, runs_compose)
}

fn stated(text: &str, runs: fn(&str, &str) -> Option<Runs>) -> Option<Stated> {
    let mut found = None;
    let (mut database, mut is_on_machine) = (None, false);
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim().trim_start_matches("export ");
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim().trim_matches(['"', '\'']));
        let says = || format!("`{name}` is `{value}`");
        match runs(name, value) {
            Some(Runs::Production) => return Some((Runs::Production, says(), number)),
            Some(Runs::Development) => {
                found.get_or_insert_with(|| (Runs::Development, says(), number));
            }
            None => {}
        }
        let is_of_store = name
            .split('_')
            .any(|word| STORES.iter().any(|it| word.eq_ignore_ascii_case(it)));
        if is_of_store && host::is_elsewhere(value) {
            return None;
        }
        is_on_machine |= is_of_store && host::is_loopback(value);
        if database.is_none() && is_of_store && names_database_of_developers(name, value) {
            database = Some((
                Runs::Development,
                format!("`{name}` names a database of developers on the machine itself"),
                number,
            ));
        }
    }
    found.or(database.filter(|_| is_on_machine))
}

/// Whether a variable names a database with a word for development or tests: `DB_NAME=shop_dev`,
/// `DATABASE_URL=postgres://a:b@localhost/shop_test`.
fn names_database_of_developers(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let database = if value.contains("://") {
        let path = value.split(['?', '#']).next().unwrap_or(value);
        path.rsplit_once('/').map_or("", |(_, database)| database)
    } else if ["_NAME", "_DB", "_DATABASE", "DBNAME"]
        .iter()
        .any(|end| upper.ends_with(end))
    {
        value
    } else {
        return false;
    };
    let database = database.to_ascii_lowercase();
    let is_meant = |word: &str| matches!(word, "dev" | "development" | "test" | "local");
    let mut parts = database.split(['_', '-']);
    parts.clone().count() > 1
        && (parts.next().is_some_and(is_meant) || parts.next_back().is_some_and(is_meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_their_environment() {
        for (name, value, expected) in [
            ("APP_ENV", "local", Some(Runs::Development)),
            ("REFORM_ENVIRONMENT", "\"Test\"", Some(Runs::Development)),
            ("ENV", "production", Some(Runs::Production)),
            ("NODE_ENV", "${NODE_ENV}", None),
            ("VIRTUAL_ENV", "/opt/venv", None),
            ("SHOP_INSTANCE", "dev", Some(Runs::Development)),
            (
                "DJANGO_SETTINGS_MODULE",
                "shop.settings.development",
                Some(Runs::Development),
            ),
            ("DJANGO_SETTINGS_MODULE", "shop.settings", None),
            ("ENVOY", "dev", None),
        ] {
            assert_eq!(runs(name, value), expected, "{name}");
        }
    }

    #[test]
    fn env_files_are_for_one_environment() {
        let of = |text: &str| of_env_file(text).map(|(runs, ..)| runs);
        assert_eq!(of("APP_ENV=local\nDB_HOST=db\n"), Some(Runs::Development));
        assert_eq!(of("# APP_ENV=local\nDB_HOST=db\n"), None);
        assert_eq!(
            of("NODE_ENV=test\nAPP_ENV=production\n"),
            Some(Runs::Production)
        );
        let local = "TEI_DB_HOSTNAME=localhost\nTEI_DB_NAME=shop_dev\n";
        assert_eq!(of(local), Some(Runs::Development));
        assert_eq!(of(&local.replace("shop_dev", "shop")), None);
        assert_eq!(of(&local.replace("localhost", "db")), None);
        assert_eq!(of(&local.replace("localhost", "db.acme.io")), None);
        assert_eq!(
            of(&format!("APP_ENV=production\n{local}")),
            Some(Runs::Production)
        );
        assert_eq!(
            of("DATABASE_URL=postgres://a:b@127.0.0.1:5432/shop_development\n"),
            Some(Runs::Development)
        );
        assert_eq!(
            of("DATABASE_URL=postgres://a:b@127.0.0.1:5432/shop\n"),
            None
        );
        assert_eq!(
            of("CLA_ENV=development\nDB_HOST=172.31.29.142\n"),
            Some(Runs::Development)
        );
        // Someone works on a local machine with a remote database.
        assert_eq!(of("APP_ENV=local\nDB_HOST=db.acme.dev\n"), None);
        assert_eq!(
            of("APP_ENV=local\nDATABASE_URL=postgres://a:b@db.acme.dev/c\n"),
            None
        );
        assert_eq!(
            of("APP_ENV=local\nDATABASE_URL=postgres://a:b@localhost/c\n"),
            Some(Runs::Development)
        );
    }

    #[test]
    fn settings_beside_compose_files_say_what_these_run() {
        let of = |text: &str| of_env_beside(text).map(|(runs, _, line)| (runs, line));
        for text in [
            "RESTART_POLICY=no\n",
            "COMPOSE_FILE=docker-compose.yml:docker-compose.dev.yml\n",
            "SHOP_INSTANCE=dev\n",
            "APP_ENV=local\n",
        ] {
            assert_eq!(of(text), Some((Runs::Development, 1)), "{text}");
        }
        for text in [
            "RESTART_POLICY=always\n",
            "COMPOSE_FILE=docker-compose.yml\n",
            "COMPOSE_PROJECT_NAME=shop\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(
            of("RESTART_POLICY=no\nCOMPOSE_FILE=compose.prod.yml\n"),
            Some((Runs::Production, 2))
        );
    }

    #[test]
    fn env_files_are_known_by_their_names() {
        for path in [
            ".env",
            "a/.env-example",
            "env.sample",
            "config/.env.dev.txt",
            "dotenv.example",
            "docker/compose-env",
        ] {
            assert!(is_env_file(path), "{path}");
        }
        for path in ["src/env.ts", "environment.md", "a/env/app.conf"] {
            assert!(!is_env_file(path), "{path}");
        }
    }
}
