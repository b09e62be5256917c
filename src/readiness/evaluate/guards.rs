//! What pipelines let through: deployments from any branch, scans that block nothing, tests that nothing runs
//! (J1–J3, J5, J6).

use super::View;
use super::gates::may_be_held_back;
use super::pipelines::SCANNERS;
use super::steps::{Ran, expand};
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::Job;
use crate::readiness::read::prose::code_lines;
use crate::readiness::read::{name, text};

static RESTARTS: Pattern =
    Pattern::new(r"docker[ -]compose[^\n&;]* down\b[^#]{0,120}?docker[ -]compose[^\n]* up\b");

/// Reports a deployment to production that nothing holds back, or that stops the program first.
pub(super) fn unguarded(view: &View<'_>, job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    let Some(step) = texts.iter().find(|it| it.deploys()) else {
        return;
    };
    // A called workflow decides by itself who may start it, and from where.
    if step.text.contains(".github/workflows/") {
        return;
    }
    let branches = &job.triggers.branches;
    let asks_for_a_ref = ["ref", "tag", "branch", "event"]
        .iter()
        .any(|word| job.conditions.contains(word));
    // What keeps a job from running is only known for GitHub.
    let is_known = view.corpus.files[job.file].path.starts_with(".github/");
    if is_known && branches.iter().any(|it| it == "**" || it == "*") && !asks_for_a_ref {
        let says = format!("job `{}` deploys to production from any branch", job.name);
        ledger.refute("J1", step.at.clone(), says);
    }
    let is_by_push = !branches.is_empty() && !job.triggers.has_tags && !job.triggers.is_by_file;
    if is_known && is_by_push && !may_be_held_back(view, job) {
        let says = format!(
            "job `{}` deploys to production at every push, and no one approves",
            job.name
        );
        ledger.refute("J6", step.at.clone(), says);
    }
    if let Some(step) = texts.iter().find(|it| RESTARTS.is_in(&it.text)) {
        let says = format!(
            "job `{}` stops the program before it starts the new one",
            job.name
        );
        ledger.refute("J2", step.at.clone(), says);
    }
}

/// Reports security scans that a GitLab pipeline includes unchanged: their jobs are allowed to fail.
pub(super) fn included(view: &View<'_>, ledger: &mut Ledger) {
    const SCANS: [(&str, &str); 6] = [
        ("Container-Scanning", "container scanning"),
        ("DAST", "DAST"),
        ("Dependency-Scanning", "dependency scanning"),
        ("IaC", "scanning of infrastructure"),
        ("SAST", "SAST"),
        ("Secret-Detection", "secret detection"),
    ];
    let files = view.corpus.of(Kind::Yaml);
    for (file, _) in files.filter(|(_, it)| name(&it.path).ends_with(".gitlab-ci.yml")) {
        let documents = view.corpus.documents(file);
        let included = documents.filter_map(|it| it.get("include"));
        for value in included.flat_map(|it| it.items().chain([it])) {
            let template = text(value, "template").unwrap_or_default();
            let template = template.rsplit('/').next().unwrap_or(template);
            let scan = SCANS.iter().find(|(start, _)| template.starts_with(start));
            if let Some((_, what)) = scan {
                let says = format!("GitLab's template runs {what}, whose jobs may fail");
                ledger.add("J3", Grade::SetUp, view.corpus.at(file, value), says);
            }
        }
    }
}

static SWALLOWED: Pattern = Pattern::new(r"exit-code[:= ]\s*[\x22']?0\b");

/// Reports security scans that cannot stop a build.
pub(super) fn powerless(view: &View<'_>, ledger: &mut Ledger) {
    if ledger.reaches("J3", Grade::Wired) {
        return;
    }
    for job in &view.jobs {
        let texts: Vec<_> = job
            .steps
            .iter()
            .map(|step| expand(view, job, step))
            .collect();
        // The forge decides about results that are uploaded to it.
        let is_uploaded = texts.iter().any(|it| it.text.contains("upload-sarif"));
        for step in texts.iter().filter(|_| !is_uploaded) {
            let tool = SCANNERS
                .iter()
                .find(|(_, pattern)| pattern.is_in(&step.text));
            let Some((tool, _)) = tool.filter(|_| step.may_fail || SWALLOWED.is_in(&step.text))
            else {
                continue;
            };
            let says = format!(
                "job `{}` runs {tool}, and whatever it finds passes",
                job.name
            );
            ledger.refute("J3", step.at.clone(), says);
        }
    }
}

static RUN_BY_TEST: Pattern =
    Pattern::new(r"\x22(?:test|ci|check|verify)\x22\s*:\s*\x22[^\x22]*(?:playwright|cypress|e2e)");

/// Reports the configuration of end-to-end tests that no job runs.
pub(super) fn unused(view: &View<'_>, ledger: &mut Ledger) {
    for (repository, paths) in view.corpus.paths.iter().enumerate() {
        let is_settings = |path: &&String| {
            let own = name(path);
            let is_it = own.starts_with("playwright.config.") || own.starts_with("cypress.config.");
            let role = crate::readiness::read::kind::role(path, Kind::Code);
            is_it && !matches!(role, Role::Vendored | Role::Sample)
        };
        let mut settings: Vec<_> = paths.iter().filter(is_settings).collect();
        settings.sort();
        let Some(path) = settings.first() else {
            continue;
        };
        let mut jobs = view.jobs.iter();
        let own = |job: &&Job| view.corpus.files[job.file].repository == repository;
        let mut own = jobs.by_ref().filter(own).peekable();
        if own.peek().is_none() {
            continue;
        }
        let runs = |job: &Job| {
            let of_file = name(&view.corpus.files[job.file].path);
            let steps = job.steps.iter().map(|step| expand(view, job, step).whole());
            let mut texts = steps.chain([job.name.clone(), of_file.to_owned()]);
            texts.any(|text| {
                let text = text.to_ascii_lowercase();
                // The last four may run the tests: what they start is not read.
                [
                    "playwright",
                    "cypress",
                    "e2e",
                    "end-to-end",
                    "make ",
                    "docker compose",
                    "turbo ",
                    "nx ",
                ]
                .iter()
                .any(|word| text.contains(word))
            })
        };
        let is_run = own.any(runs)
            || view
                .corpus
                .of(Kind::Dependencies)
                .any(|(_, file)| RUN_BY_TEST.is_in(&file.text));
        if !is_run {
            let place = Place {
                repository,
                path: (*path).clone(),
                line: 1,
            };
            ledger.refute(
                "J5",
                place,
                "end-to-end tests are set up, and no job runs them",
            );
        }
    }
}

/// A command that copies files to a server, with the path there as its last argument.
static COPIED: Pattern = Pattern::new(
    r"\b(?:scp|rsync)\s[^\n]*\s[\x22']?[\w.$<{}>-]+@[\w.$<{}>-]+:(\S*)\s*(?:$|[&;|#])",
);

/// Whether a command copies the program to a server, and not data, keys or certificates.
fn copies_program(line: &str) -> bool {
    const DATA: &[&str] = &[
        "backup", "backups", "dump", "dumps", "sql", "home", "homes", "data", "db", "database",
        "export", "exports", "uploads", "media", "key", "keys", "pem", "crt", "cert", "certs",
        "ssl", "tls", "pub",
    ];
    let is_data = |word: &str| DATA.contains(&word);
    let words = line
        .split_whitespace()
        .filter(|word| !word.starts_with('-'));
    let mut paths = words.filter(|word| !word.contains('@'));
    COPIED.is_in(line)
        && !paths.any(|path| crate::lexicon::path::has_word(&path.to_ascii_lowercase(), is_data))
}

/// Reports deployments by hand: a document copies files to the server, or a script stops the program first.
pub(super) fn by_hand(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Shell) {
        let is_deploy = name(&read.path).to_ascii_lowercase().contains("deploy");
        if let Some(found) = RESTARTS.find(&read.text).filter(|_| is_deploy) {
            let says = "the script stops the program before it starts the new one";
            ledger.refute("J2", view.corpus.place(file, found.start), says);
        }
    }
    if ledger.reaches("J1", Grade::SetUp) {
        return;
    }
    for document in &view.documents {
        let path = view.corpus.files[document.file].path.to_ascii_lowercase();
        if !path.contains("deploy") && document.heading(&["deploy"]).is_none() {
            continue;
        }
        let lines = code_lines(document.text);
        if let Some((line, _)) = lines.iter().find(|(_, line)| copies_program(line)) {
            let place = view.corpus.line(document.file, *line);
            ledger.refute(
                "J1",
                place,
                "it is deployed by hand, from one's own machine",
            );
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_copied_to_servers() {
        for (line, expected) in [
            ("scp app.tar.gz deploy@app.example.com:/srv/app", true),
            ("rsync -avz dist/ web@$HOST:/var/www", true),
            (
                "scp -r -i transfer-key ubuntu@old:/export/homes/a /export/homes/a",
                false,
            ),
            ("scp backup.sql web@host:/tmp", false),
            ("rsync -a uploads/ web@host:/srv/uploads", false),
            ("scp web@host:/srv/app/app.log .", false),
        ] {
            assert_eq!(copies_program(line), expected, "{line}");
        }
    }
}
