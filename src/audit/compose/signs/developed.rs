//! Signs that only the developers of a program start a Compose file.

use crate::audit::Project;
use crate::audit::compose::checks::{development_server, is_debugging};
use crate::audit::compose::env_file;
use crate::audit::compose::file::{File, is_laravel_sail};
use crate::audit::compose::image;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::roles::{command, is_kind};
use crate::audit::compose::service::{Service, Setting, variables};
use crate::audit::compose::volume::mounts;
use crate::audit::environment::{Runs, restarts_on_changes, works_on};
use crate::audit::yaml::ELSEWHERE;
use crate::lexicon::path::{self, Role, has_word};

use super::deployed::says;
use super::uses::{built, is_over_work, source};
use super::{Found, kinds};

/// Signs that are sufficient: an env file, a stage or a Dockerfile for developers, or a service that only they start
/// beside a program.
pub(super) fn sure(path: &str, file: &File) -> Option<Found> {
    if is_laravel_sail(file.text) {
        let says = "it is that of Laravel Sail";
        return Some((says.to_owned(), ELSEWHERE));
    }
    file.services.iter().find_map(|service| {
        env_file_of_developers(service)
            .or_else(|| stage_of_developers(service))
            .or_else(|| packages_of_developers(path, service))
            .or_else(|| aid_of_developers(service))
    })
}

/// Signs that count if the services do not start with the machine.
pub(super) fn likely(path: &str, file: &File) -> Option<Found> {
    let each = |sign: fn(&str, &Service) -> Option<Found>| {
        file.services.iter().find_map(|it| sign(path, it))
    };
    project_of_developers(path, file)
        .or_else(|| each(|_, service| says(service, Runs::Development)))
        .or_else(|| each(|_, service| database_of_developers(service)))
        .or_else(|| each(|_, service| password_of_developers(service)))
        .or_else(|| each(|_, service| argument_of_developers(service)))
        .or_else(|| each(|_, service| file_of_developers(service)))
        .or_else(|| each(|_, service| image_of_developers(service)))
        .or_else(|| each(restarted_on_changes))
        .or_else(|| each(worked_on_in_debug_mode))
}

/// Signs that count if no page instructs users to start the file: a program that runs from its source, or in the way
/// developers run it.
pub(super) fn worked_on(path: &str, programs: &[&Service], project: &Project<'_>) -> Option<Found> {
    let each = |sign: &dyn Fn(&Service) -> Option<Found>| programs.iter().find_map(|it| sign(it));
    let mounted = each(&|service| {
        let mount = source(path, service).filter(|_| service.setting("build").is_some())?;
        is_over_work(&mount, path, service, project)
            .then(|| ("it mounts the source directory".to_owned(), mount.span))
    });
    let served = || each(&|service| started(service, development_server));
    let named = || {
        each(&|service| {
            let is_word = matches!(service.name, "dev" | "devcontainer" | "development");
            is_word.then(|| {
                (
                    format!("its service is `{}`", service.name),
                    service.key.span(),
                )
            })
        })
    };
    mounted.or_else(served).or_else(named)
}

/// Signs that a file is for development if something else is deployed; and whether the only sign is that it builds the
/// program.
pub(super) fn of_desk(path: &str, file: &File, programs: &[&Service]) -> (Option<Found>, bool) {
    if programs.is_empty() {
        let says = "it starts no program of its own".to_owned();
        return (
            (!file.services.is_empty()).then_some((says, ELSEWHERE)),
            false,
        );
    }
    let is_built = |service: &&&Service| service.setting("build").is_some();
    for service in programs.iter().filter(is_built) {
        if let Some(mount) = source(path, service) {
            return (
                Some(("it mounts the source directory".to_owned(), mount.span)),
                false,
            );
        }
        let sign = started(service, development_server).or_else(|| terminal(service));
        if sign.is_some() {
            return (sign, false);
        }
    }
    let debugging = programs.iter().find_map(|it| debugging(it));
    if debugging.is_some() {
        return (debugging, false);
    }
    let is_front = |service: &&&Service| is_kind(service, image::is_reverse_proxy);
    let mut own = programs.iter().filter(|it| !is_front(it)).peekable();
    let builds = own.peek().is_some() && own.all(|it| is_built(&it));
    let sign = builds.then(|| ("it builds the program".to_owned(), ELSEWHERE));
    (sign, builds)
}

/// The name of the project, if it contains a development word: `name: shop-dev`.
fn project_of_developers(path: &str, file: &File) -> Option<Found> {
    let name = file.parts.top(path, "name")?;
    let text = with_defaults(name.text()?).to_ascii_lowercase();
    let is_meant = |word: &str| {
        matches!(
            word,
            "local" | "localdev" | "test" | "tests" | "testing" | "e2e" | "ci"
        ) || is_word_of_developers(word)
    };
    has_word(&text, is_meant).then(|| (format!("its name is `{text}`"), name.span()))
}

/// The tag of a locally built image, if it contains a word for development or tests: `shop:dev`.
fn image_of_developers(service: &Service) -> Option<Found> {
    service.setting("build")?;
    let setting = service.setting("image")?;
    let image = service.text("image")?;
    let (_, tag) = image
        .rsplit_once(':')
        .filter(|(_, tag)| !tag.contains('/'))?;
    let is_meant =
        |word: &str| matches!(word, "local" | "test" | "debug") || is_word_of_developers(word);
    has_word(&tag.to_ascii_lowercase(), is_meant).then(|| {
        (
            format!("it builds the image `{image}`"),
            setting.value.span(),
        )
    })
}

/// A program that restarts whenever mounted files change.
fn restarted_on_changes(_: &str, service: &Service) -> Option<Found> {
    let mounted = mounts(service);
    let is_own = |source: &str| source.starts_with('.') && !source.starts_with("./data");
    { mounted.iter() }.find(|mount| mount.source.as_deref().is_some_and(is_own))?;
    let restarts = |command: &str| {
        restarts_on_changes(command).then_some("a program that restarts on changes")
    };
    started(service, restarts)
}

/// An env file named for developers.
fn env_file_of_developers(service: &Service) -> Option<Found> {
    let files = service.setting("env_file")?;
    let mut named = env_file::named(files.value).into_iter();
    let file = named.find(|it| {
        let name = it.path.rsplit('/').next().unwrap_or(&it.path);
        path::role(name, &[]) == Role::Development
    })?;
    Some((format!("it reads `{}`", file.path), file.value.span()))
}

/// A build stage or Dockerfile named for developers.
fn stage_of_developers(service: &Service) -> Option<Found> {
    let build = service.setting("build")?;
    let part = |key: &str| {
        let value = build.part(key)?.value;
        Some((with_defaults(value.text()?), value.span()))
    };
    let is_meant =
        |word: &str| path::is_development_word(word, &[]) || word == "local" || word == "debug";
    let target = part("target")
        .filter(|(target, _)| has_word(&target.to_ascii_lowercase(), is_meant))
        .map(|(target, span)| (format!("it builds the stage `{target}`"), span));
    target.or_else(|| {
        let (dockerfile, span) = part("dockerfile").filter(|(it, _)| is_called_so(it))?;
        Some((format!("it builds `{dockerfile}`"), span))
    })
}

/// An image built from a package below `vendor`: a package manager installs development packages only for developers.
fn packages_of_developers(path: &str, service: &Service) -> Option<Found> {
    let (context, _) = built(path, service)?;
    let build = service.setting("build")?;
    (context.split('/').next() == Some("vendor"))
        .then(|| (format!("it builds from `{context}`"), build.value.span()))
}

fn aid_of_developers(service: &Service) -> Option<Found> {
    let setting = service.setting("image")?;
    let image = service.text("image")?;
    kinds::is_for_trying(&image).then(|| {
        let says = format!("it starts `{}`", image::short_name(&image));
        (says, setting.value.span())
    })
}

/// A database named for a test or for development.
fn database_of_developers(service: &Service) -> Option<Found> {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "POSTGRES_DB", "POSTGRES_DBNAME", "MYSQL_DATABASE", "MARIADB_DATABASE", "MONGO_INITDB_DATABASE", "DB_NAME",
        "DB_DATABASE", "DATABASE_NAME", "MSSQL_DB", "MSSQL_DATABASE", "INFLUXDB_DB", "CLICKHOUSE_DB",
    ];
    let variables = service.variables("environment");
    let mut variables = variables
        .iter()
        .filter(|it| NAMES.contains(&it.name.as_str()));
    variables.find_map(|it| {
        let value = with_defaults(&it.value);
        let mut words = value.split([',', ' ']).flat_map(|name| {
            let first = name.split(['_', '-']).next();
            let last = name.rsplit(['_', '-']).next();
            first.into_iter().chain(last)
        });
        let is_meant =
            |word: &str| matches!(word, "dev" | "development" | "test" | "tests" | "testing");
        words
            .any(is_meant)
            .then(|| (format!("`{}` is `{value}`", it.name), it.scalar.span()))
    })
}

/// A password that contains a development word. It is not repeated in the message.
fn password_of_developers(service: &Service) -> Option<Found> {
    let variables = service.variables("environment");
    variables.iter().find_map(|it| {
        let is_credential = it.name.contains("PASS") || it.name.contains("SECRET");
        let value = with_defaults(&it.value).to_ascii_lowercase();
        (is_credential && value.contains("development"))
            .then(|| (format!("`{}` says so", it.name), it.scalar.span()))
    })
}

/// A build argument that is for developers: `DEVEL: "yes"`.
fn argument_of_developers(service: &Service) -> Option<Found> {
    let arguments = variables(service.layers.iter(), &["build", "args"]);
    arguments.iter().find_map(|it| {
        let value = with_defaults(&it.value).to_ascii_lowercase();
        let is_off = ["", "0", "no", "off", "false"].contains(&value.trim());
        let is_meant = matches!(&*it.name, "DEV" | "DEVEL" | "DEVELOPMENT") && !is_off;
        is_meant.then(|| (format!("it builds with `{}`", it.name), it.scalar.span()))
    })
}

/// A mounted file or directory of the project that is named for development.
fn file_of_developers(service: &Service) -> Option<Found> {
    mounts(service).into_iter().find_map(|mount| {
        let source = mount.source.filter(|it| it.starts_with('.'))?;
        is_called_so(&source).then(|| (format!("it mounts `{source}`"), mount.span))
    })
}

/// A program that runs from its mounted source, in the way its developers run it.
fn worked_on_in_debug_mode(path: &str, service: &Service) -> Option<Found> {
    source(path, service)?;
    started(service, works_on).or_else(|| debugging(service))
}

/// A command of a service that is for developers.
fn started(service: &Service, what: fn(&str) -> Option<&'static str>) -> Option<Found> {
    ["command", "entrypoint"].iter().find_map(|key| {
        let what = what(&command(service, key)?)?;
        Some((
            format!("it starts {what}"),
            service.setting(key)?.value.span(),
        ))
    })
}

/// The variable that runs a program in debug mode.
fn debugging(service: &Service) -> Option<Found> {
    let variables = service.variables("environment");
    variables.iter().find_map(|it| {
        let value = with_defaults(&it.value);
        is_debugging(&it.name, value.trim())
            .then(|| (format!("`{}` is `{value}`", it.name), it.scalar.span()))
    })
}

/// Whether a program waits for input at a terminal.
fn terminal(service: &Service) -> Option<Found> {
    ["tty", "stdin_open"].iter().find_map(|key| {
        let setting = service.setting(key).filter(Setting::is_true)?;
        Some((format!("it sets `{key}`"), setting.value.span()))
    })
}

/// Whether a part of a path is a word for development.
fn is_called_so(path: &str) -> bool {
    !path.starts_with('/') && has_word(&path.to_ascii_lowercase(), is_word_of_developers)
}

fn is_word_of_developers(word: &str) -> bool {
    matches!(
        word,
        "dev" | "devel" | "develop" | "development" | "devcontainer"
    )
}
