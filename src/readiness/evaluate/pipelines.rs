//! Pipelines: what they build, test, scan, deploy and take back (J1–J7, J9, J10).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, purpose};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::{Job, Step, expanded, swallows_failure};
use crate::readiness::read::{get, name, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for job in &view.jobs {
        let texts: Vec<Ran> = job
            .steps
            .iter()
            .map(|step| expand(view, job, step))
            .collect();
        let is_for_production = deploys(view, job, &texts, ledger);
        scans(job, &texts, ledger);
        tests(job, &texts, ledger);
        if is_for_production {
            verifies(job, &texts, ledger);
        }
    }
    coverage(view, ledger);
    rollouts(view, ledger);
    changes(view, ledger);
}

/// A step, with the commands of the scripts that it runs.
struct Ran {
    at: Place,
    text: String,
    may_fail: bool,
    is_action: bool,
}

fn expand(view: &View<'_>, job: &Job, step: &Step) -> Ran {
    let repository = view.corpus.files[job.file].repository;
    Ran {
        at: view.corpus.line(job.file, step.line),
        text: expanded(view.corpus, repository, &step.text),
        may_fail: step.may_fail || job.may_fail || swallows_failure(&step.text),
        is_action: step.is_action,
    }
}

static DEPLOYS: Pattern = Pattern::new(
    r"\bhelm (?:upgrade|install)\b|kubectl (?:apply|set image|rollout restart)|terraform apply|tofu apply|aws ecs update-service|amazon-ecs-deploy-task-definition|gcloud run deploy|deploy-cloudrun|az webapp (?:deploy|up)|azure/webapps-deploy|flyctl deploy|fly deploy|heroku container:release|git push [^\n]*heroku|cap \w+ deploy|ansible-playbook|kamal deploy|serverless deploy|cdk deploy|docker stack deploy|docker[ -]compose[^\n]* up -d|argocd app sync|vercel [^\n]*--prod|netlify deploy|wrangler (?:deploy|publish)|appleboy/ssh-action|eb deploy|aws s3 sync|AzureWebApp@|KubernetesManifest@|pulumi up",
);

fn is_production(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| ["prod", "production", "live", "prd"].contains(&part))
}

/// Whether a pipeline runs for a protected branch or a tag only.
fn is_guarded(job: &Job) -> bool {
    let main = |branch: &String| {
        [
            "main",
            "master",
            "production",
            "prod",
            "release",
            "stable",
            "trunk",
        ]
        .iter()
        .any(|name| {
            branch == name
                || branch.starts_with(&format!("{name}/"))
                || branch == &format!("refs/heads/{name}")
        })
    };
    let branches = &job.triggers.branches;
    job.triggers.has_tags || (!branches.is_empty() && branches.iter().all(main))
}

/// Whether a job deploys to production, and how.
fn deploys(view: &View<'_>, job: &Job, texts: &[Ran], ledger: &mut Ledger) -> bool {
    let step = texts.iter().find(|it| DEPLOYS.is_in(&it.text));
    let Some(Ran { at, text, .. }) = step else {
        return false;
    };
    let file = &view.corpus.files[job.file];
    let named = [
        job.environment.clone().unwrap_or_default(),
        job.name.clone(),
        name(&file.path).to_owned(),
    ];
    let is_for_production = named.iter().any(|it| is_production(it))
        || text
            .lines()
            .any(|line| DEPLOYS.is_in(line) && is_production(line));
    if !is_for_production {
        return false;
    }
    let grade = if is_guarded(job) {
        Grade::Wired
    } else {
        Grade::SetUp
    };
    ledger.add(
        "J1",
        grade,
        at.clone(),
        format!("job `{}` deploys to production", job.name),
    );
    if job.is_manual {
        ledger.add(
            "J6",
            Grade::Wired,
            at.clone(),
            format!("job `{}` has to be started by hand", job.name),
        );
    } else if let Some(environment) = &job.environment {
        let says = format!(
            "job `{}` deploys through the environment `{environment}`; its reviewers are settings of the forge",
            job.name
        );
        ledger.add("J6", Grade::SetUp, at.clone(), says);
    }
    for Ran {
        at, text, may_fail, ..
    } in texts
    {
        if text.lines().any(|line| {
            line.contains("helm")
                && (line.contains("--atomic") || line.contains("--rollback-on-failure"))
        }) {
            ledger.add(
                "J7",
                Grade::Wired,
                at.clone(),
                "a deployment that fails is taken back: `--atomic`",
            );
        }
        if (text.contains("kubectl rollout undo") || text.contains("helm rollback")) && !may_fail {
            ledger.add(
                "J7",
                Grade::Wired,
                at.clone(),
                "a step takes a deployment back",
            );
        }
    }
    true
}

static SCANNERS: [(&str, Pattern); 12] = [
    (
        "Trivy",
        Pattern::new(r"aquasecurity/trivy-action|\btrivy (?:image|fs|config|repo)\b"),
    ),
    ("CodeQL", Pattern::new(r"github/codeql-action/analyze")),
    (
        "Snyk",
        Pattern::new(r"snyk/actions|\bsnyk (?:test|container|code|iac)\b"),
    ),
    ("gonogo", Pattern::new(r"\bgonogo (?:scan|ci)\b|/gonogo@")),
    (
        "Semgrep",
        Pattern::new(r"semgrep/semgrep|\bsemgrep (?:ci|scan|--config)"),
    ),
    (
        "Gitleaks",
        Pattern::new(r"gitleaks/gitleaks-action|\bgitleaks (?:detect|git|dir|protect)\b"),
    ),
    ("npm audit", Pattern::new(r"\b(?:npm|yarn|pnpm) audit\b")),
    (
        "pip-audit",
        Pattern::new(r"\bpip-audit\b|pypa/gh-action-pip-audit"),
    ),
    (
        "cargo audit",
        Pattern::new(
            r"\bcargo (?:audit|deny check)\b|rustsec/audit-check|EmbarkStudios/cargo-deny-action",
        ),
    ),
    (
        "govulncheck",
        Pattern::new(r"govulncheck|securego/gosec|\bgosec \./"),
    ),
    ("Bandit", Pattern::new(r"\bbandit -|PyCQA/bandit-action")),
    (
        "Brakeman",
        Pattern::new(r"\bbrakeman\b|bundle(?:r)?[- ]audit"),
    ),
];

fn scans(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    for Ran {
        at, text, may_fail, ..
    } in texts
    {
        for (tool, pattern) in &SCANNERS {
            if !pattern.is_in(text) {
                continue;
            }
            let squeezed = text.replace(['"', '\''], "");
            // What findings do is decided by the forge for CodeQL; Trivy passes unless an option says otherwise.
            let never_fails = *may_fail
                || squeezed.contains("exit-code: 0")
                || squeezed.contains("--exit-code 0")
                || (*tool == "Trivy" && !squeezed.contains("exit-code"));
            if never_fails {
                ledger.add(
                    "J3",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs {tool}, which cannot stop it", job.name),
                );
            } else if job.triggers.has_changes || !job.triggers.branches.is_empty() {
                ledger.add(
                    "J3",
                    Grade::Wired,
                    at.clone(),
                    format!("job `{}` runs {tool}", job.name),
                );
            } else {
                ledger.add(
                    "J3",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs {tool}, but not on changes", job.name),
                );
            }
        }
    }
}

static UNIT: Pattern = Pattern::new(
    r"\bpytest\b|python -m unittest|manage\.py test|(?:npm|yarn|pnpm|bun)(?: run)? test|\bjest\b|\bvitest\b|\bgo test\b|\bcargo (?:test|nextest)|\brspec\b|rails test|\bmvn\b[^\n]*(?:test|verify|install)|gradlew?\b[^\n]*(?:test|check|build)|\bphpunit\b|artisan test|mix test|dotnet test|make test|\btox\b|bundle exec rake|nox\b",
);
static E2E: Pattern = Pattern::new(
    r"playwright test|cypress run|cypress-io/github-action|\bnewman run|testcafe|webdriverio|\bwdio run|test:e2e|e2e:test|make (?:test-)?e2e",
);
static PERFORMANCE: Pattern = Pattern::new(
    r"\bk6 run\b|grafana/(?:k6-action|run-k6-action)|\blocust -|\bjmeter -|artillery run|gatling:test|lhci autorun",
);
static DYNAMIC: Pattern = Pattern::new(r"zaproxy/action|zap-baseline|zap-full-scan|nuclei -");

fn tests(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    let has_services = job.services.iter().any(|image| {
        matches!(
            purpose(image),
            Purpose::Database | Purpose::Cache | Purpose::Queue
        )
    });
    for Ran {
        at,
        text,
        may_fail,
        is_action,
    } in texts
    {
        let unit = !is_action && UNIT.is_in(text);
        if unit && *may_fail {
            ledger.refute(
                "J4",
                at.clone(),
                format!("tests of job `{}` may fail", job.name),
            );
        } else if unit {
            ledger.add(
                "J4",
                Grade::SetUp,
                at.clone(),
                format!("job `{}` runs tests", job.name),
            );
            if has_services {
                ledger.add(
                    "J5",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs tests with a database or its like", job.name),
                );
            }
        }
        if *may_fail {
            continue;
        }
        for (pattern, what) in [
            (&E2E, "end-to-end tests"),
            (&PERFORMANCE, "load tests"),
            (&DYNAMIC, "a scan of the running program"),
        ] {
            if pattern.is_in(text) {
                ledger.add(
                    "J5",
                    Grade::Wired,
                    at.clone(),
                    format!("job `{}` runs {what}", job.name),
                );
            }
        }
    }
}

static SMOKE: Pattern = Pattern::new(r"curl\s[^\n]*(?:-f|--fail|--retry)[^\n]*https?://([^\s/:]+)");

/// A check of the real address after the deployment.
fn verifies(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    let Some(deployed) = texts.iter().position(|it| DEPLOYS.is_in(&it.text)) else {
        return;
    };
    for Ran {
        at, text, may_fail, ..
    } in &texts[deployed..]
    {
        if let Some(host) = SMOKE.group(text) {
            if *may_fail {
                ledger.refute("J9", at.clone(), "the check after the deployment may fail");
            } else if host.starts_with("localhost") || host.starts_with("127.") {
                ledger.refute(
                    "J9",
                    at.clone(),
                    "the check after the deployment asks the machine of the pipeline",
                );
            } else {
                ledger.add(
                    "J9",
                    Grade::Wired,
                    at.clone(),
                    format!("job `{}` asks {host} after the deployment", job.name),
                );
            }
        } else if text.lines().any(|line| {
            DEPLOYS.is_in(line) && (line.contains("--wait") || line.contains("--atomic"))
        }) || text.contains("kubectl rollout status")
            || text.contains("wait-for-service-stability: true")
        {
            ledger.add(
                "J9",
                Grade::Wired,
                at.clone(),
                format!("job `{}` waits until the deployment is healthy", job.name),
            );
        }
    }
}

static THRESHOLD: Pattern = Pattern::new(
    r#"(?:fail_under\s*=\s*|--cov-fail-under[= ]|--fail-under(?:-lines)?[= ]|fail-under-lines\s+|"(?:lines|statements)"\s*:\s*|\b(?:lines|statements):\s*|minimum_coverage(?:\(|\s+)(?:line:\s*)?|<minimum>0\.|minimum\s*=\s*"?0\.)(\d+)"#,
);

/// A threshold of coverage in settings, and reports of coverage.
fn coverage(view: &View<'_>, ledger: &mut Ledger) {
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
        for (at, digits) in THRESHOLD.groups(&read.text) {
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
    for (file, read) in view.corpus.of(Kind::Xml) {
        if let Some(rate) = LINE_RATE
            .group(&read.text)
            .and_then(|it| it.parse::<f64>().ok())
        {
            judge(view.corpus.line(file, 1), rate * 100.0);
        }
    }
    for (file, read) in view.corpus.of(Kind::Json) {
        if name(&read.path) != "coverage-summary.json" {
            continue;
        }
        let root = serde_json::from_str::<serde_json::Value>(&read.text).ok();
        if let Some(percent) = root.and_then(|root| root.pointer("/total/lines/pct")?.as_f64()) {
            judge(view.corpus.line(file, 1), percent);
        }
    }
}

fn rollouts(view: &View<'_>, ledger: &mut Ledger) {
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

/// The same of AWS.
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

/// An image of the project's own under a name that moves: there is nothing to go back to.
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

/// Whether an image is the project's own: it comes from a registry of its own, or has the name of the repository.
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

fn changes(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.of(Kind::Owners) {
        let has_owner = read
            .text
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains('@'));
        if has_owner {
            ledger.add(
                "J10",
                Grade::SetUp,
                view.corpus.line(file, 1),
                "CODEOWNERS says who reviews what",
            );
        }
    }
    for block in view.resources(&[
        "github_branch_protection",
        "github_repository_ruleset",
        "gitlab_branch_protection",
    ]) {
        ledger.add(
            "J10",
            Grade::Wired,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
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
