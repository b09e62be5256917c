//! `dockerfile/dev-server`: an image that starts a development server.

use super::{
    Card, Category, Check, Confidence, DOCKERFILE, File, Report, Severity, Sighting, at, docker,
};
use crate::audit::dockerfile::shell::Command;
use crate::audit::dockerfile::stage::Step;
use crate::audit::purpose::Purpose;

pub(super) struct DevServer;

impl Check<File<'_>> for DevServer {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.purpose != Purpose::Shipped {
            return;
        }
        for result in &file.results {
            let name = file
                .docker
                .stages
                .get(result.stage)
                .and_then(|stage| stage.name.as_deref());
            if name.is_some_and(|name| name.contains("dev") || name.contains("test")) {
                continue;
            }
            let starts = ["ENTRYPOINT", "CMD"]
                .into_iter()
                .filter_map(|keyword| file.docker.last(result.stage, keyword));
            for command in starts.flat_map(Step::commands) {
                if let Some(what) = development_server(command) {
                    let message = format!("the image starts {what}");
                    report.add(&CARD, Sighting::new(&CARD, command.span(), message));
                }
            }
        }
    }
}

/// Returns what a command starts if it is a development server.
fn development_server(command: &Command) -> Option<&'static str> {
    let skips = [
        "bundle",
        "exec",
        "poetry",
        "run",
        "uv",
        "npx",
        "pipenv",
        "dumb-init",
        "tini",
        "--",
        "-g",
    ];
    let words: Vec<&str> = command
        .words
        .iter()
        .map(|word| word.text.as_str())
        .skip_while(|word| skips.contains(word))
        .collect();
    let program = words
        .first()
        .map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    let second = words.get(1).copied().unwrap_or_default();
    let has = |word: &str| words.iter().skip(1).any(|other| *other == word);
    let is_dev_script = |word: &str| {
        matches!(
            word,
            "dev" | "start:dev" | "develop" | "watch" | "dev:docker" | "serve:dev"
        )
    };
    Some(match program {
        "flask" if has("run") => "Flask's development server",
        "nodemon" | "ts-node-dev" | "webpack-dev-server" | "tsx"
            if program != "tsx" || has("watch") =>
        {
            "a development server that restarts when files change"
        }
        "npm" | "yarn" | "pnpm" | "bun"
            if is_dev_script(second)
                || has("run") && words.iter().any(|word| is_dev_script(word)) =>
        {
            "the project's development script"
        }
        "python" | "python3" | "django-admin" if has("runserver") => "Django's development server",
        _ if program.ends_with("manage.py") && has("runserver") => "Django's development server",
        "python" | "python3" if has("flask") && has("run") => "Flask's development server",
        "uvicorn" | "gunicorn" | "hypercorn" | "granian" | "python" | "python3"
            if has("--reload") =>
        {
            "a development server that reloads its code"
        }
        "fastapi" if second == "dev" => "FastAPI's development server",
        "ng" if second == "serve" => "Angular's development server",
        "vite" if second != "preview" && second != "build" => "Vite's development server",
        "next" | "nuxt" | "nuxi" | "astro" if second == "dev" => {
            "the framework's development server"
        }
        "php" if has("artisan") && has("serve") => "Laravel's development server",
        "php" if words.iter().any(|word| word.starts_with("-S")) => "PHP's development server",
        _ => return None,
    })
}

static CARD: Card = Card {
    id: "dockerfile/dev-server",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Development server in an image",
    description: "Development servers disclose source code and consoles in their error pages and handle few requests \
                  at a time; their documentation warns against using them in production.",
    remedy: "Start a production server: `CMD [\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"app.wsgi\"]`, or build in \
             one stage and run the result in the next: `CMD [\"node\", \"dist/server.js\"]`. Keep the development \
             server in a separate stage.",
    references: &[
        "https://flask.palletsprojects.com/en/stable/deploying/",
        "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
        DOCKERFILE,
    ],
    tags: &["docker", "dockerfile", "debug", "CWE-489"],
    examples: &[
        docker("FROM python:3.12\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"] # here\n"),
        docker(
            "FROM python:3.12\nCMD python manage.py migrate && python manage.py runserver 0.0.0.0:8000 # here\n",
        ),
        docker("FROM node:20\nENTRYPOINT [\"npm\", \"run\", \"dev\"] # here\n"),
        docker("FROM node:20\nCMD yarn dev # here\n"),
        docker("FROM python:3.12\nCMD [\"uvicorn\", \"a:b\", \"--reload\"] # here\n"),
        docker("FROM node:20\nCMD [\"sh\", \"-c\", \"npx nodemon a.js\"] # here\n"),
    ],
    negatives: &[
        docker("FROM node:20 AS dev\nCMD npm run dev\nFROM node:20\nCMD [\"node\", \"a.js\"]\n"),
        at("Dockerfile.dev", "FROM node:20\nCMD npm run dev\n", &[]),
        docker("FROM node:20\nCMD [\"npm\", \"start\"]\n"),
        docker("FROM python:3.12\nCMD [\"gunicorn\", \"a:b\"]\n"),
        docker(
            "FROM node:20\nCMD [\"node\", \"a.js\"]\nFROM node:20 AS development\nCMD npm run dev\n",
        ),
    ],
};
