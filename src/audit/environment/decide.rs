//! Decides whether a Compose file is for developers or deployed, from all the signs for either.
//!
//! A comment at the top of the file itself decides. Otherwise, signs that it is deployed win over all signs of the
//! opposite. Then come signs that it is for developers, in the file and on pages, and last the weaker ones: a page that
//! tells users to start the file outweighs those.

use crate::audit::Project;
use crate::audit::compose::{Shown, Signs};
use crate::lexicon::path::has_word;

use super::deployment::{Deployment, is_default_name};
use super::instructions::{Instructions, Spoken};
use super::judged::{Judged, Sign};
use super::said::Said;
use super::settings::{Runs, of_env_beside};

/// The surroundings of a Compose file.
pub(super) struct Around<'a> {
    pub(super) project: &'a Project<'a>,
    pub(super) deployment: &'a Deployment,
    pub(super) instructions: &'a Instructions,
    pub(super) all: &'a [Signs],
}

/// Files that show that a program is in the directory of a Compose file.
#[rustfmt::skip]
const PROGRAMS: &[&str] = &[
    "package.json", "Gemfile", "go.mod", "Cargo.toml", "pyproject.toml", "requirements.txt", "pom.xml", "build.gradle",
    "build.gradle.kts", "composer.json", "mix.exs", "manage.py",
];

/// Judges the Compose file with these signs.
pub(super) fn judge(signs: &Signs, around: &Around<'_>) -> Judged {
    let at = |shown: &Shown| of_file(&signs.path, shown);
    let spoken = around.instructions.on(&signs.path);
    if let Some(comment) = &signs.comment {
        return Judged::development(at(comment));
    }
    if let Some(sign) = deployed(signs, around, spoken.as_ref()) {
        return Judged::deployed(sign);
    }
    if let Some(published) = &signs.published {
        return Judged::deployed(at(published));
    }
    let beside = beside(signs, around);
    if let Some((Runs::Production, sign)) = beside {
        return Judged::deployed(sign);
    }
    let beside = beside.map(|(_, sign)| sign);
    let likely = || {
        let shown = signs.likely.as_ref().filter(|_| !signs.is_kept_whole);
        shown.map(at).or(beside.filter(|_| !signs.is_kept_whole))
    };
    let said = |wanted: Said| spoken.as_ref().filter(|it| it.said == wanted).map(by_page);
    let sign = signs.sure.as_ref().map(at).or_else(likely);
    if let Some(sign) = sign.or_else(|| said(Said::Develops)) {
        return Judged::development(sign);
    }
    if signs.is_kept_running {
        // Datastores alone, if another file starts the program with datastores of its own.
        let is_beside =
            signs.only_stores && around.all.iter().any(|it| !it.only_stores && !it.is_aside);
        let sign = tested_with(signs, around, spoken.as_ref()).filter(|_| is_beside);
        return sign.map_or(Judged::UNKNOWN, Judged::development);
    }
    let sign = said(Said::Contributes)
        .or_else(|| worked_on(signs, around, spoken.as_ref()))
        .or_else(|| tested_with(signs, around, spoken.as_ref()))
        .or_else(|| of_desk(signs, around, spoken.as_ref()));
    sign.map_or(Judged::UNKNOWN, Judged::development)
}

/// Returns a sign that is in the file itself.
fn of_file(path: &str, shown: &Shown) -> Sign {
    match shown.line {
        Some(line) => {
            let says = format!("{} in line {line}", shown.says);
            Sign::new(says, Some((path.to_owned(), line)))
        }
        None => Sign::new(shown.says.clone(), None),
    }
}

fn by_page(spoken: &Spoken) -> Sign {
    Sign::by(&spoken.page, spoken.line, "says so")
}

/// Returns a sign that it is deployed, which outweighs most others.
fn deployed(signs: &Signs, around: &Around<'_>, spoken: Option<&Spoken>) -> Option<Sign> {
    if let Some(shown) = &signs.deployed {
        return Some(of_file(&signs.path, shown));
    }
    if let Some((by, line)) = around.deployment.starts(&signs.path) {
        return Some(Sign::by(by, line, "starts it"));
    }
    let spoken = spoken.filter(|it| it.said == Said::Deploys)?;
    Some(Sign::by(&spoken.page, spoken.line, "says to deploy it"))
}

/// Returns what the `.env` next to it says, if that file belongs to the project rather than to a user.
fn beside(signs: &Signs, around: &Around<'_>) -> Option<(Runs, Sign)> {
    let (folder, name) = signs.path.rsplit_once('/').unwrap_or(("", &signs.path));
    let path = match folder {
        "" => ".env".to_owned(),
        folder => format!("{folder}/.env"),
    };
    if !around.project.is_scanned(&path) {
        return None;
    }
    let text = around.project.read_text(&path)?;
    let mut listed = text
        .lines()
        .filter_map(|it| it.strip_prefix("COMPOSE_FILE="));
    let is_listed = listed.next().map(|files| files.contains(name));
    if !is_listed.unwrap_or(is_default_name(name)) {
        return None;
    }
    let (runs, says, line) = of_env_beside(&text)?;
    let says = format!("{says} in `{path}:{line}`");
    Some((runs, Sign::new(says, Some((path, line)))))
}

/// Whether pages instruct those who install the program to start it.
fn is_installed(spoken: Option<&Spoken>) -> bool {
    spoken.is_some_and(|it| it.said == Said::Installs)
}

/// Returns a sign that the program is under development while it runs, unless a page instructs its users to start it.
fn worked_on(signs: &Signs, around: &Around<'_>, spoken: Option<&Spoken>) -> Option<Sign> {
    if is_below_production(signs, around) {
        return None;
    }
    // Databases for a program that its developers run next to them.
    let is_followed = spoken.is_some_and(|it| it.is_followed);
    if signs.only_stores && (is_followed || !is_installed(spoken)) {
        let program = program_beside(signs, around)?;
        let says = format!("it starts only what `{program}` needs beside it");
        return Some(Sign::new(says, None));
    }
    if is_installed(spoken) {
        return None;
    }
    let shown = signs.worked_on.as_ref();
    shown.map(|it| of_file(&signs.path, it)).or_else(|| {
        let (by, line) = around.deployment.works_on(&signs.path)?;
        Some(Sign::by(by, line, "starts it"))
    })
}

/// Returns a sign that only pipelines start it, to test something: no page is about it, and it has no default name or
/// something else is deployed.
fn tested_with(signs: &Signs, around: &Around<'_>, spoken: Option<&Spoken>) -> Option<Sign> {
    let name = signs.path.rsplit('/').next().unwrap_or(&signs.path);
    let is_meant = !is_default_name(name) || around.deployment.elsewhere().is_some();
    if spoken.is_some() || !is_meant || is_below_production(signs, around) {
        return None;
    }
    let (by, line) = around.deployment.tests_with(&signs.path)?;
    Some(Sign::by(by, line, "is all that starts it"))
}

/// Returns a dependency list, or a main program, in the directory of a Compose file.
fn program_beside(signs: &Signs, around: &Around<'_>) -> Option<String> {
    let folder = signs.path.rsplit_once('/').map(|(folder, _)| folder);
    let path = |name: &&str| match folder {
        Some(folder) => format!("{folder}/{name}"),
        None => (*name).to_owned(),
    };
    PROGRAMS.iter().map(path).find(|it| around.project.has(it))
}

/// Returns a sign that it is for a developer's machine, given that something else is deployed.
fn of_desk(signs: &Signs, around: &Around<'_>, spoken: Option<&Spoken>) -> Option<Sign> {
    let shown = signs.of_desk.as_ref()?;
    if signs.only_builds && is_installed(spoken) || is_below_production(signs, around) {
        return None;
    }
    let elsewhere = around.deployment.elsewhere();
    let by = elsewhere
        .or_else(|| whole_production(Some(&signs.path), around.all))
        .or_else(|| around.project.deployed_by())?;
    let mut sign = of_file(&signs.path, shown);
    sign.says = format!("{}, and `{by}` deploys", shown.says);
    Some(sign)
}

/// Whether a Compose file is named after production.
fn is_for_production(other: &Signs) -> bool {
    let name = other.path.rsplit('/').next().unwrap_or(&other.path);
    let name = name.to_ascii_lowercase();
    let is_word = |word: &str| matches!(word, "prod" | "production");
    !other.is_aside && has_word(&name, is_word)
}

/// Whether a Compose file for production extends this one, so that its contents are deployed, too.
fn is_below_production(signs: &Signs, around: &Around<'_>) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let own = folder(&signs.path);
    let mut others = around.all.iter().filter(|it| is_for_production(it));
    others.any(|other| {
        other.below.contains(&signs.path) || !other.is_whole && folder(&other.path) == own
    })
}

/// Returns a self-contained Compose file for production, other than the one at `path`.
pub(super) fn whole_production<'a>(path: Option<&str>, all: &'a [Signs]) -> Option<&'a str> {
    let is_it = |it: &&Signs| is_for_production(it) && it.is_whole && Some(&*it.path) != path;
    let found = all.iter().find(is_it)?;
    Some(found.path.as_str())
}
