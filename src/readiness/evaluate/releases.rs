//! Coverage, rollouts, images for rollbacks, and reviews (J2, J4, J7, J10).

use super::View;
use crate::lexicon::path::{is_fixture, is_sample};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::Purpose;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{get, name, text};

static THRESHOLD: Pattern = Pattern::new(
    r#"(?:fail_under\s*=\s*|--cov-fail-under[= ]|--fail-under(?:-lines)?[= ]|fail-under-lines\s+|"(?:lines|statements)"\s*:\s*|\b(?:lines|statements):\s*|minimum_coverage(?:\(|\s+)(?:line:\s*)?)(\d+)"#,
);

/// The same as a fraction, as in `JaCoCo`: `0.85`.
static RATIO: Pattern = Pattern::new(r#"(?:<minimum>|\bminimum\s*=\s*["']?)0?\.(\d+)"#);

/// Reports coverage thresholds in settings, and coverage reports.
pub(super) fn coverage(view: &View<'_>, ledger: &mut Ledger) {
    let is_run = ledger.reaches("J4", Grade::SetUp);
    for (file, read) in view.corpus.files.iter().enumerate() {
        let own = name(&read.path);
        let holds = matches!(
            own,
            "pyproject.toml"
                | "setup.cfg"
                | ".coveragerc"
                | "tox.ini"
                | "package.json"
                | "pom.xml"
                | "Makefile"
        ) || own.starts_with("codecov")
            || own.starts_with("build.gradle")
            || own == "pytest.ini"
            || read.path.starts_with(".github/workflows/");
        if !holds || read.role == crate::lexicon::path::Role::Vendored {
            continue;
        }
        let whole = THRESHOLD.groups(&read.text).into_iter();
        let whole = whole.map(|(at, digits)| (at, digits.to_owned()));
        let parts = RATIO.groups(&read.text).into_iter();
        let parts =
            parts.map(|(at, digits)| (at, format!("{digits:0<2}").chars().take(2).collect()));
        for (at, digits) in whole.chain(parts) {
            let Ok(percent) = digits.parse::<u32>() else {
                continue;
            };
            let place = view.corpus.place(file, at);
            if (80..=100).contains(&percent) {
                let grade = if is_run { Grade::Wired } else { Grade::SetUp };
                ledger.add(
                    "J4",
                    grade,
                    place,
                    format!("coverage has to reach {percent} %"),
                );
            } else if (1..80).contains(&percent) {
                ledger.refute(
                    "J4",
                    place,
                    format!("coverage has to reach {percent} % only"),
                );
            }
        }
        if read.text.contains("--passWithNoTests") {
            let at = read.text.find("--passWithNoTests").unwrap_or(0);
            ledger.add(
                "J4",
                Grade::Nothing,
                view.corpus.place(file, at),
                "no tests at all would pass, too",
            );
        }
    }
    reports(view, ledger);
}

static LINE_RATE: Pattern = Pattern::new(r#"<coverage[^>]*\bline-rate="([\d.]+)""#);

fn reports(view: &View<'_>, ledger: &mut Ledger) {
    let mut judge = |place: Place, percent: f64| {
        let says = format!("a report of coverage: {percent:.1} %");
        if percent >= 80.0 {
            ledger.add("J4", Grade::Exercised, place, says);
        } else {
            ledger.refute("J4", place, says);
        }
    };
    // A program that reads such reports has some as test data.
    let is_own = |path: &str| !is_fixture(path) && !is_sample(path);
    for (file, read) in view.corpus.of(Kind::Xml).filter(|(_, it)| is_own(&it.path)) {
        if let Some(rate) = LINE_RATE
            .group(&read.text)
            .and_then(|it| it.parse::<f64>().ok())
        {
            judge(view.corpus.line(file, 1), rate * 100.0);
        }
    }
    for (file, read) in view.corpus.of(Kind::Json) {
        if name(&read.path) != "coverage-summary.json" || !is_own(&read.path) {
            continue;
        }
        let root = serde_json::from_str::<serde_json::Value>(&read.text).ok();
        if let Some(percent) = root.and_then(|root| root.pointer("/total/lines/pct")?.as_f64()) {
            judge(view.corpus.line(file, 1), percent);
        }
    }
}

pub(super) fn rollouts(view: &View<'_>, ledger: &mut Ledger) {
    for it in view
        .manifests
        .iter()
        .filter(|it| it.kind == "Rollout" || it.kind == "Canary")
    {
        let strategy = [
            "spec.strategy.canary",
            "spec.strategy.blueGreen",
            "spec.analysis",
        ]
        .iter()
        .find_map(|path| get(it.value, path));
        if let Some(strategy) = strategy {
            ledger.add(
                "J2",
                Grade::Wired,
                view.corpus.at(it.file, strategy),
                format!("{} `{}`", it.kind, it.name),
            );
        }
    }
    for it in view.manifests.iter().filter(|it| it.kind == "Deployment") {
        if text(it.value, "spec.strategy.type") == Some("Recreate") && view.target().is_stated() {
            let place =
                get(it.value, "spec.strategy.type").map(|value| view.corpus.at(it.file, value));
            ledger.refute(
                "J2",
                place,
                format!("Deployment `{}` stops before it starts again", it.name),
            );
        }
    }
    for service in &view.services {
        if let Some((file, order)) = service
            .found("deploy.update_config.order")
            .filter(|(_, it)| it.text() == Some("start-first"))
        {
            ledger.add(
                "J2",
                Grade::SetUp,
                view.corpus.at(file, order),
                format!("service `{}` starts before the old one stops", service.name),
            );
        }
        if let Some((file, action)) = service
            .found("deploy.update_config.failure_action")
            .filter(|(_, it)| it.text() == Some("rollback"))
        {
            ledger.add(
                "J7",
                Grade::Wired,
                view.corpus.at(file, action),
                format!("an update of `{}` that fails is taken back", service.name),
            );
        }
        mutable(view, service, ledger);
    }
    cloud_rollouts(view, ledger);
}

/// The same for AWS.
fn cloud_rollouts(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_codedeploy_deployment_group"]) {
        if block
            .within("blue_green_deployment_config")
            .next()
            .is_some()
            || block
                .within("deployment_style")
                .any(|it| it.text("deployment_type") == Some("BLUE_GREEN"))
        {
            ledger.add(
                "J2",
                Grade::SetUp,
                view.block_place(block),
                format!("CodeDeploy group `{}`", block.name()),
            );
        }
    }
    for block in view.resources(&["aws_ecs_service"]) {
        for breaker in block.within("deployment_circuit_breaker") {
            if breaker.is("rollback", true) {
                ledger.add(
                    "J7",
                    Grade::Wired,
                    view.block_place(breaker),
                    format!(
                        "a deployment of `{}` that fails is taken back",
                        block.name()
                    ),
                );
            }
        }
    }
}

/// Reports one of the project's own images with a tag that moves, so that there is nothing to roll back to.
fn mutable(
    view: &View<'_>,
    service: &crate::readiness::read::compose::Service<'_>,
    ledger: &mut Ledger,
) {
    let Some((file, image)) = service
        .found("image")
        .filter(|_| service.purpose == Purpose::App && !service.is_built())
    else {
        return;
    };
    let written = image.text().unwrap_or_default();
    if written.contains(['$', '@']) || !is_own(view, service.file, written) {
        return;
    }
    let last = written.rsplit('/').next().unwrap_or(written);
    let is_mutable = last.split_once(':').is_none_or(|(_, tag)| tag == "latest");
    if is_mutable {
        let says = format!(
            "the image of `{}` has a tag that moves: there is nothing to go back to",
            service.name
        );
        ledger.refute("J7", view.corpus.at(file, image), says);
    }
}

/// Whether an image is the project's own: it comes from a private registry, or is named like the system or its
/// repository.
fn is_own(view: &View<'_>, file: usize, image: &str) -> bool {
    const PRIVATE: &[&str] = &[".amazonaws.com", ".azurecr.io", ".pkg.dev"];
    let host = image.split('/').next().unwrap_or_default();
    let is_private = host.starts_with("registry.")
        && host.contains('.')
        && host != "registry.k8s.io"
        && host != "registry.gitlab.com";
    if image.contains('/') && (is_private || PRIVATE.iter().any(|end| host.ends_with(end))) {
        return true;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    let last = last.split(':').next().unwrap_or(last).to_ascii_lowercase();
    let system = view
        .settings
        .name
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let repository = view.corpus.files[file].repository;
    let name = view
        .names
        .get(repository)
        .map_or("", String::as_str)
        .to_ascii_lowercase();
    let parts = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .map(str::to_owned)
            .collect()
    };
    let is_in = |text: &str| {
        last.len() >= 3 && (text == last || parts(text).contains(&last) || text.contains(&last))
    };
    is_in(&name) || is_in(&system)
}

/// Reports what `.github/settings.yml` requires of changes.
fn settings_of_forge(view: &View<'_>, ledger: &mut Ledger) {
    const COUNT: &str = "protection.required_pull_request_reviews.required_approving_review_count";
    let files = view.corpus.of(Kind::Yaml);
    for (file, _) in files.filter(|(_, read)| read.path == ".github/settings.yml") {
        let documents = view.corpus.documents(file);
        let branches = documents.filter_map(|it| it.get("branches"));
        for branch in branches.flat_map(crate::audit::yaml::Value::items) {
            let Some(count) = get(branch, COUNT) else {
                continue;
            };
            let place = view.corpus.at(file, count);
            if count.text() == Some("0") {
                ledger.refute("J10", place, "a change needs no review");
            } else {
                ledger.add("J10", Grade::SetUp, place, "a change needs a review");
            }
        }
    }
}

pub(super) fn changes(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.of(Kind::Owners) {
        let mut lines = crate::readiness::read::prose::lines(&read.text);
        let owned =
            |(_, line): &(u32, &str)| !line.trim_start().starts_with('#') && line.contains('@');
        if let Some((line, _)) = lines.find(owned) {
            let place = view.corpus.line(file, line);
            ledger.add(
                "J10",
                Grade::SetUp,
                place,
                "CODEOWNERS says who reviews what",
            );
        }
    }
    for block in view.resources(&[
        "github_branch_protection",
        "github_repository_ruleset",
        "gitlab_branch_protection",
    ]) {
        let reviews = block.within("required_pull_request_reviews");
        let mut counts = reviews.filter_map(|it| it.number("required_approving_review_count"));
        if counts.any(|count| count < 1.0) {
            let says = format!("{} `{}` asks for no review", block.resource(), block.name());
            ledger.refute("J10", view.block_place(block), says);
            continue;
        }
        ledger.add(
            "J10",
            Grade::Wired,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
    settings_of_forge(view, ledger);
    for (file, read) in view.corpus.of(Kind::Prose) {
        if read
            .path
            .to_ascii_lowercase()
            .ends_with("pull_request_template.md")
        {
            ledger.add(
                "J10",
                Grade::Said,
                view.corpus.line(file, 1),
                "a template for pull requests",
            );
        }
    }
}
