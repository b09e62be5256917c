//! `env/debug`: a deployment that shows its internals.

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, at, env};
use crate::audit::purpose::Purpose;

pub(super) struct Debug;

impl Check<File<'_>> for Debug {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let name = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or(file.path)
            .to_ascii_lowercase();
        if file.purpose != Purpose::Shipped {
            return;
        }
        let is_production =
            name.contains("prod") || name.contains("live") || name.contains("staging");
        for entry in file
            .entries
            .iter()
            .filter(|entry| is_debug(entry.key, entry.value))
        {
            let message = format!("`{}` enables debug or development mode", entry.key);
            let mut sighting = Sighting::new(&CARD, entry.span.clone(), message);
            // A plain `.env` is usually a developer's.
            if !is_production {
                sighting.severity = Severity::Low;
                sighting.confidence = Confidence::Medium;
            }
            report.add(&CARD, sighting);
        }
    }
}

fn is_debug(key: &str, value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let is_yes = matches!(value.as_str(), "1" | "true" | "yes" | "on");
    match key {
        "DEBUG" | "APP_DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" | "WP_DEBUG" | "WORDPRESS_DEBUG"
        | "WERKZEUG_DEBUG_PIN" => is_yes,
        "NODE_ENV"
        | "APP_ENV"
        | "RAILS_ENV"
        | "RACK_ENV"
        | "FLASK_ENV"
        | "ASPNETCORE_ENVIRONMENT"
        | "DOTNET_ENVIRONMENT" => {
            matches!(value.as_str(), "development" | "dev" | "local")
        }
        _ => false,
    }
}

static CARD: Card = Card {
    id: "env/debug",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Debug mode enabled in an env file",
    description: "In debug mode, programs disclose source code, settings and sometimes an interactive console to \
                  anyone who triggers an error.",
    remedy: "Disable it in deployments: `DEBUG=false`, `NODE_ENV=production`.",
    references: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#debug",
        "https://flask.palletsprojects.com/en/stable/debugging/",
    ],
    tags: &["env", "debug", "CWE-489"],
    examples: &[
        env("DEBUG=true # here\n"),
        env("NODE_ENV=development # here\n"),
        at(".env", "APP_DEBUG=1 # here\n", &[]),
    ],
    negatives: &[
        env("DEBUG=false\nNODE_ENV=production\nDEBUG=app:*\n"),
        at(".env.development", "DEBUG=true\n", &[]),
        at(".env.example", "DEBUG=true\n", &[]),
    ],
};
