//! `compose/debug-mode`: a program that runs in the way its developers run it.

use super::{
    Card, Category, Check, Confidence, Example, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::roles::command;

pub(super) struct DebugMode;

impl Check<File<'_>> for DebugMode {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let services = file.services.iter();
        for service in services.filter(|service| !file.is_for_developers(service)) {
            for variable in service.own_variables("environment") {
                let value = with_defaults(&variable.value);
                let Some(severity) = weight(&variable.name, value.trim()) else {
                    continue;
                };
                let message = format!(
                    "`{}` runs service `{}` in debug or development mode",
                    variable.name, service.name
                );
                let span = variable.place_of(&variable.written, 0, file.text);
                let mut sighting = Sighting::new(&CARD, span, message);
                sighting.severity = severity;
                report.add(&CARD, file.sighted(service, variable.via.clone(), sighting));
            }
            for key in ["command", "entrypoint"] {
                let (Some(setting), Some(command)) = (service.setting(key), command(service, key))
                else {
                    continue;
                };
                let Some(what) = development_server(&command) else {
                    continue;
                };
                let message = format!("service `{}` runs {what}", service.name);
                let sighting = Sighting::new(&CARD, setting.value.span(), message);
                report.add(&CARD, file.sighted(service, setting.via(), sighting));
            }
        }
    }
}

/// The severity of a variable with this value; `None` if it does not indicate debugging.
fn weight(name: &str, value: &str) -> Option<Severity> {
    let name = name.to_ascii_uppercase();
    let word = value.to_ascii_lowercase();
    let is_on = ["1", "true", "on", "yes"].contains(&word.as_str());
    let is_development = ["development", "dev", "local", "debug"].contains(&word.as_str());
    match name.as_str() {
        "APP_DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" | "WP_DEBUG" | "WORDPRESS_DEBUG"
        | "SYMFONY_DEBUG" | "WERKZEUG_DEBUG_PIN" => is_on.then_some(Severity::Medium),
        // Many programs merely log more.
        "DEBUG" => is_on.then_some(Severity::Low),
        "NODE_ENV"
        | "FLASK_ENV"
        | "RAILS_ENV"
        | "RACK_ENV"
        | "APP_ENV"
        | "MIX_ENV"
        | "DJANGO_ENV"
        | "ASPNETCORE_ENVIRONMENT"
        | "DOTNET_ENVIRONMENT"
        | "SYMFONY_ENV" => is_development.then_some(Severity::Medium),
        _ => None,
    }
}

/// Whether a variable with this value puts a program into debug or development mode.
pub(in crate::audit) fn is_debugging(name: &str, value: &str) -> bool {
    weight(name, value).is_some()
}

/// The development server that a command starts, if any.
pub(in crate::audit) fn development_server(command: &str) -> Option<&'static str> {
    let words: Vec<_> = command.split_whitespace().collect();
    let follows = |first: &str, second: &str| {
        let is_program = |word: &str| word == first || word.ends_with(&format!("/{first}"));
        words
            .windows(2)
            .any(|pair| is_program(pair[0]) && pair[1] == second)
    };
    let has = |word: &str| words.contains(&word);
    if follows("manage.py", "runserver") || has("runserver") {
        Some("Django's development server")
    } else if has("--reload")
        && ["uvicorn", "gunicorn", "fastapi", "hypercorn"]
            .iter()
            .any(|name| command.contains(name))
    {
        Some("a development server with automatic reload")
    } else if ["npm", "yarn", "pnpm", "run"]
        .iter()
        .any(|name| follows(name, "dev") || follows(name, "start:dev"))
        || has("nodemon")
        || follows("next", "dev")
    {
        Some("a development server")
    } else if has("flask") && has("--debug") {
        Some("Flask's development server with its debugger")
    } else {
        None
    }
}

static CARD: Card = Card {
    id: "compose/debug-mode",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Debug or development mode enabled",
    description: "In development mode, programs disclose source code, settings and stack traces in error pages, some \
                  execute code typed into the error page (Werkzeug's debugger), and none is built for production load.",
    remedy: "Set production values: `NODE_ENV: production`, `DEBUG: \"0\"`, a production server such as gunicorn; keep \
             the development values in `compose.override.yaml`.",
    references: &[
        "https://docs.docker.com/compose/how-tos/production/",
        SERVICES,
    ],
    tags: &["docker", "compose", "operations", "CWE-489"],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      NODE_ENV: development # here\n      DEBUG: \"true\" # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      - APP_DEBUG=${APP_DEBUG:-true} # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    command: python manage.py runserver 0.0.0.0:8000 # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    command: [uvicorn, main:app, --reload] # here\n",
        ),
        compose("services:\n  web:\n    image: node:22\n    command: npm run dev # here\n"),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      NODE_ENV: production\n      DEBUG: \"0\"\n      APP_DEBUG: ${APP_DEBUG:-false}\n      RAILS_ENV: test\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      NODE_ENV: ${NODE_ENV}\n      DEBUG: app:*\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    command: gunicorn app:app\n"),
        Example {
            path: "compose.override.yaml",
            text: "services:\n  web:\n    image: app:1\n    command: npm run dev\n    environment:\n      NODE_ENV: development\n",
            beside: &[],
        },
    ],
};
