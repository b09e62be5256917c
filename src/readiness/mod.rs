//! Whether a system is ready for production: what its files show, what they refute, and what people say.
//!
//! The standard is data (`standard/*.toml`). Evaluators read the files of a system, each once, and grade what they find:
//! a word is *said*, a setting *set up*, what something deploys or schedules *wired*, a dated result *exercised*. What a
//! file refutes stays refuted, whatever people say.

pub mod amount;
mod decide;
mod evaluate;
mod grade;
mod graph;
mod ledger;
mod read;
mod redaction;
pub mod report;
pub mod settings;
mod standard;
pub mod statement;

use std::path::PathBuf;

use crate::model::{Gap, Verdict};
use crate::source::SourceError;

pub use decide::{Decision, Decisions, Score, State, said_by};
pub use grade::Grade;
pub use graph::{Graph, Node};
pub use ledger::{Contradiction, Evidence, Notice, Place};
pub use redaction::Masks;
pub use settings::Settings;
pub use standard::{Area, Item, ROLES, Standard};

pub(crate) use read::{enclosing, is_comment};

use ledger::Ledger;
use statement::{Circumstances, Judged};

/// What a scan found, as far as readiness goes by it.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Whether everything was looked at that should have been.
    pub is_whole: bool,
    /// Whether histories were looked at, too.
    pub has_history: bool,
    /// What could not be looked at that should have been, by repository.
    pub gaps: Vec<(usize, Gap)>,
}

/// Something that the scan found.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked by itself, and none follows from another"
)]
pub struct Finding {
    /// The repository.
    pub repository: usize,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The rule.
    pub rule: String,
    /// The file.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What was found, in one line.
    pub message: String,
    /// Whether it is critical or high, and decides.
    pub is_grave: bool,
    /// Whether it is critical or high, and only this copy of the repository has it: no branch or tag reaches it.
    pub is_stray: bool,
    /// Whether it is more likely right than wrong.
    pub is_likely: bool,
    /// Whether it is a comment, or within something that is named for development or tests.
    pub is_for_development: bool,
    /// Whether it is used where nothing else is set: the second argument of what reads a variable, or the value that
    /// settings for production replace.
    pub is_fallback: bool,
    /// The variable that is read there, and of which it is the value where nothing else is given.
    pub variable: Option<String>,
    /// Whether it names a credential and is none: the identifier of a key, or the name of an entry of a secret.
    pub is_only_a_name: bool,
    /// Whether only the history has it.
    pub is_past: bool,
    /// Whether the history has it.
    pub was_committed: bool,
}

/// What kind of thing a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// A credential.
    Secret,
    /// A value that nobody has replaced.
    Placeholder,
    /// A setting.
    Configuration,
}

/// A repository of a system.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in reports; empty where there is only one.
    pub name: String,
    /// The commit that is checked out.
    pub commit: Option<String>,
}

/// What is assessed.
pub struct Request<'a> {
    /// The repositories.
    pub repositories: Vec<Repository>,
    /// The standard.
    pub standard: &'a Standard,
    /// The settings.
    pub settings: &'a Settings,
    /// What the scan found; none where nothing was scanned.
    pub scan: Option<&'a Scan>,
    /// Statements, each a name and its text.
    pub statements: Vec<(String, String)>,
    /// The day, written `2026-01-31`.
    pub today: String,
    /// How many threads to use.
    pub threads: usize,
}

/// An assessment.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The name of the system.
    pub name: String,
    /// Where it runs.
    pub environment: Option<String>,
    /// The day.
    pub today: String,
    /// The repositories.
    pub repositories: Vec<Repository>,
    /// The settings.
    pub settings: Settings,
    /// The standard.
    pub standard: Standard,
    /// What was decided.
    pub decisions: Decisions,
    /// What contradicts what.
    pub contradictions: Vec<Contradiction>,
    /// What a reader has to know before the verdict.
    pub notices: Vec<Notice>,
    /// What is wrong with statements, a line each.
    pub problems: Vec<String>,
    /// The deployment.
    pub graph: Graph,
    /// What could not be read, by repository.
    pub gaps: Vec<(usize, Gap)>,
    /// How many files there are.
    pub files: usize,
    /// Whether secrets were scanned for.
    pub is_scanned: bool,
}

impl Assessment {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.decisions.verdict
    }

    /// A place as reports write it: `infra:docker/production.yml:12`.
    pub fn shown(&self, place: &Place) -> String {
        let repository = self.repositories.get(place.repository);
        match repository
            .map(|it| it.name.as_str())
            .filter(|name| !name.is_empty())
        {
            Some(name) => format!("{name}:{}:{}", place.path, place.line),
            None => format!("{}:{}", place.path, place.line),
        }
    }
}

/// Assesses a system.
///
/// # Errors
///
/// A repository cannot be opened.
pub fn assess(request: Request<'_>) -> Result<Assessment, SourceError> {
    let roots: Vec<_> = request
        .repositories
        .iter()
        .map(|it| it.path.clone())
        .collect();
    let corpus = read::read(&roots, request.threads)?;
    let today = amount::day_number(&request.today).unwrap_or_default();
    let mut view = evaluate::View::new(
        &corpus,
        (request.standard, request.settings),
        request.scan,
        today,
    );
    view.names = request.repositories.iter().map(folder_name).collect();
    let mut ledger = Ledger::default();
    let graph = evaluate::run(&view, &mut ledger);
    let judged = judged(&request);
    let decisions = decide::decide(request.standard, request.settings, &ledger, &judged);
    let mut gaps: Vec<_> = corpus.gaps.clone();
    gaps.extend(view.broken.iter().map(|file| {
        let file = &corpus.files[*file];
        let reason = "it is no Terraform that can be read";
        (
            file.repository,
            Gap::new(crate::model::GapKind::Unparsable, file.path.clone(), reason),
        )
    }));
    let of_scan = request.scan.into_iter().flat_map(|scan| &scan.gaps);
    for (repository, gap) in of_scan {
        if !gaps
            .iter()
            .any(|it| (it.0, &it.1.place) == (*repository, &gap.place))
        {
            gaps.push((*repository, gap.clone()));
        }
    }
    gaps.sort_by(|a, b| (a.0, &a.1.place).cmp(&(b.0, &b.1.place)));
    Ok(Assessment {
        name: request.settings.name.clone().unwrap_or_else(|| {
            let first = request.repositories.first();
            first.map_or_else(|| "this system".to_owned(), folder_name)
        }),
        environment: request.settings.environment.clone(),
        today: request.today,
        settings: request.settings.clone(),
        standard: request.standard.clone(),
        decisions,
        contradictions: ledger.contradictions(),
        notices: ledger.notices(),
        problems: judged.problems,
        graph,
        gaps,
        files: corpus.count,
        is_scanned: request.scan.is_some(),
        repositories: request.repositories,
    })
}

fn judged(request: &Request<'_>) -> Judged {
    let top = request
        .repositories
        .first()
        .map(|it| it.path.clone())
        .unwrap_or_default();
    let files = crate::source::FolderFiles::new(&top, None);
    let hash = |name: &str| files.read(name).map(|bytes| statement::digest(&bytes));
    let commit = request
        .repositories
        .first()
        .and_then(|it| it.commit.as_deref());
    let circumstances = Circumstances {
        standard: request.standard,
        settings: request.settings,
        today: &request.today,
        commit,
        hash: &hash,
    };
    statement::judge(&request.statements, &circumstances)
}

fn folder_name(repository: &Repository) -> String {
    let full = repository.path.canonicalize().ok();
    let name = full.as_deref().and_then(std::path::Path::file_name);
    name.map_or_else(
        || "this system".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
