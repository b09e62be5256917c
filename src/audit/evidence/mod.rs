//! What a repository that deploys something should show, but does not.
//!
//! Files can only show absence: a script called `backup.sh` does not mean that anything is backed up. So a single word
//! counts as evidence, and everything that is missing is one finding, which is never more than a hint. It is reported
//! only if settings ask for it: `gonogo readiness` judges what files really set up.

mod table;

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::model::{Confidence, Excerpt, Finding, Severity};

use super::check::{Card, Format};
use super::report::{Absence, Report};
use super::{Outcome, Policy, Project, Source, compose, kubernetes, purpose};

use table::{Question, Where, questions};

/// The evidence of a whole repository. This format claims no file, and reads all of them.
pub(super) struct Evidence;

impl Format for Evidence {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn cards(&self) -> Vec<&'static Card> {
        questions().map(|question| &question.card).collect()
    }

    fn claims(&self, _path: &str, _text: &[u8]) -> bool {
        false
    }

    fn is_certain(&self, _path: &str, _text: &[u8]) -> bool {
        false
    }

    fn audit(&self, _source: &Source, _project: &Project<'_>) -> Outcome {
        Outcome::NotConfiguration
    }

    /// Adds what the tree shows no evidence of to the findings of the topmost file that deploys something.
    fn complete(&self, project: &Project<'_>, outcomes: &mut [(&str, Outcome)]) {
        let audited = outcomes
            .iter_mut()
            .filter_map(|(path, outcome)| match outcome {
                Outcome::Audited(findings) => Some((project.source(path)?, findings)),
                _ => None,
            });
        let deployable =
            audited.filter(|(source, _)| is_deployable(source, project.policy(&source.path)));
        let topmost = deployable.min_by_key(|(source, _)| source.path.matches('/').count());
        if let Some((source, findings)) = topmost
            && project.policy(&source.path).asks_for_evidence
        {
            findings.extend(finding(project, source));
        }
    }
}

/// How many files are read.
const MAX_FILES: usize = 400;
/// How many bytes of each are read.
const MAX_BYTES: usize = 200_000;
/// How many files a tree must have to show anything about its operation.
const LEAST_FILES: usize = 4;

/// Returns whether a file shows that the repository deploys something.
fn is_deployable(source: &Source, policy: &Policy) -> bool {
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    let is_image = name == "Dockerfile" || name == "Containerfile";
    !purpose::is_for_development(&source.path, policy)
        && (is_image || source.is_of(&compose::Compose) || source.is_of(&kubernetes::Kubernetes))
}

/// Returns what the repository shows no evidence of, reported at `anchor`, a file that deploys it.
fn finding(project: &Project<'_>, anchor: &Source) -> Option<Finding> {
    if project.paths().take(LEAST_FILES).count() < LEAST_FILES {
        return None;
    }
    let text = anchor.text.as_str();
    let shown = shown(project)?;
    let span = 0..text.lines().next().unwrap_or("").len();
    let missing = questions().enumerate();
    let missing = missing
        .filter(|(number, question)| question.applies(&shown) && !shown.questions.contains(number));
    let missing: Vec<_> = missing.map(|(_, question)| question).collect();
    told(&anchor.path, text, &span, &missing)
}

fn told(
    path: &str,
    text: &str,
    span: &Range<usize>,
    missing: &[&'static Question],
) -> Option<Finding> {
    let mut report = Report::default();
    for question in missing {
        let absence = Absence {
            fixes: Vec::new(),
            remedy: None,
            span: span.clone(),
            owner: "the repository".to_owned(),
            thing: question.thing,
            severity: Severity::Info,
            confidence: Confidence::Medium,
        };
        report.miss(&question.card, absence);
    }
    let mut finding = report.finish(path, text, Vec::new).pop()?;
    let things: Vec<_> = missing.iter().map(|question| question.thing).collect();
    finding.message = format!("no evidence found of {}", things.join(", "));
    // It is about no particular line of the file.
    finding.excerpt = Excerpt::default();
    Some(finding)
}

/// What was found.
#[derive(Default)]
pub(super) struct Shown {
    /// The indices of questions that have an answer.
    questions: BTreeSet<usize>,
    pub(super) has_workflows: bool,
    pub(super) has_database: bool,
}

fn shown(project: &Project<'_>) -> Option<Shown> {
    let mut shown = Shown::default();
    let words: Vec<(usize, Where, &str)> = questions()
        .enumerate()
        .flat_map(|(number, question)| {
            let words = question.words.iter();
            words.map(move |word| (number, question.place, *word))
        })
        .collect();
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words.iter().map(|(_, _, word)| *word))
        .ok()?;
    let mut read = 0;
    for path in project.paths() {
        let is_pipeline = is_pipeline(path);
        shown.has_workflows |= is_pipeline;
        let mut take = |text: &[u8]| {
            for found in finder.find_overlapping_iter(text) {
                let (number, place, _) = words[found.pattern().as_usize()];
                if is_pipeline || place == Where::Anywhere {
                    shown.questions.insert(number);
                }
            }
        };
        take(path.as_bytes());
        if read < MAX_FILES
            && tells(path)
            && let Some(text) = project.read(path)
        {
            read += 1;
            let text = &text[..text.len().min(MAX_BYTES)];
            take(text);
            shown.has_database |= has_database(text);
        }
    }
    Some(shown)
}

fn has_database(text: &[u8]) -> bool {
    ["postgres", "mysql", "mariadb", "mongo", "sqlserver"]
        .iter()
        .any(|name| memchr::memmem::find(text, name.as_bytes()).is_some())
}

/// Whether a file belongs to a pipeline.
fn is_pipeline(path: &str) -> bool {
    const FILES: &[&str] = &[
        ".gitlab-ci.yml",
        "Jenkinsfile",
        ".circleci/config.yml",
        "azure-pipelines.yml",
        ".drone.yml",
        "bitbucket-pipelines.yml",
        ".woodpecker.yml",
        ".travis.yml",
    ];
    path.starts_with(".github/workflows/")
        || FILES.contains(&path)
        || path.starts_with(".woodpecker/")
}

/// Whether a file shows how the project is built and run: settings, dependencies, scripts, documentation.
fn tells(path: &str) -> bool {
    const NAMES: &[&str] = &[
        "package.json",
        "requirements.txt",
        "pyproject.toml",
        "go.mod",
        "Cargo.toml",
        "composer.json",
        "Gemfile",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "Makefile",
        "Dockerfile",
        "Jenkinsfile",
        "Procfile",
        "mix.exs",
        "Pipfile",
        "setup.cfg",
        ".coveragerc",
        "justfile",
        "Taskfile.yml",
    ];
    const ENDINGS: &[&str] = &[
        ".yml",
        ".yaml",
        ".sh",
        ".md",
        ".tf",
        ".conf",
        ".csproj",
        ".ini",
        ".toml",
        ".env.example",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_vendored = [
        "node_modules/",
        "vendor/",
        "third_party/",
        "testdata/",
        "CHANGELOG",
    ]
    .iter()
    .any(|part| path.contains(part));
    !is_vendored && (NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending)))
}
