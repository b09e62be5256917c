//! Assesses whether a system is ready for production, from what its files show and refute and what people state.
//!
//! The standard is data (`standard/*.toml`). Each file of a system is read once; evaluators grade what it shows: a
//! claim in a document is *said*, a setting is *set up*, what is deployed or scheduled is *wired*, and a dated result
//! is *exercised*. No statement overrides what a file refutes.

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

/// The part of a scan's results that readiness depends on.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Whether nothing that should have been scanned was left out.
    pub is_whole: bool,
    /// Whether the histories were scanned as well.
    pub has_history: bool,
    /// What should have been scanned and could not be, each with the index of its repository.
    pub gaps: Vec<(usize, Gap)>,
}

/// A finding of the scan.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked by itself, and none follows from another"
)]
pub struct Finding {
    /// The index of the repository.
    pub repository: usize,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The rule.
    pub rule: String,
    /// The path of the file, relative to the repository.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What was found, in one line.
    pub message: String,
    /// Whether it is critical or high and counts towards the verdict of the scan.
    pub is_grave: bool,
    /// Whether it is critical or high, but exists only in this copy of the repository: no branch or tag reaches it.
    pub is_stray: bool,
    /// Whether its confidence and its severity are both at least medium.
    pub is_likely: bool,
    /// Whether it is a comment, or inside something named for development or tests.
    pub is_for_development: bool,
    /// Whether it is only a default: the second argument of a call that reads a variable, or a value that production
    /// settings replace.
    pub is_fallback: bool,
    /// The variable that is read there, whose default this is.
    pub variable: Option<String>,
    /// Whether it only names a credential: the identifier of a key, or the name of a secret's entry.
    pub is_only_a_name: bool,
    /// Whether it was found in the history, not in the working tree.
    pub is_past: bool,
    /// Whether it was ever committed.
    pub was_committed: bool,
}

/// What kind of thing a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// A credential.
    Secret,
    /// A value of a template that was never replaced.
    Placeholder,
    /// An insecure setting.
    Configuration,
}

/// A repository of a system.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// Its directory.
    pub path: PathBuf,
    /// Its name in reports; empty if it is the only one.
    pub name: String,
    /// The commit that is checked out.
    pub commit: Option<String>,
}

/// The input of an assessment.
pub struct Request<'a> {
    /// The repositories.
    pub repositories: Vec<Repository>,
    /// The standard.
    pub standard: &'a Standard,
    /// The settings.
    pub settings: &'a Settings,
    /// The results of the scan; `None` if nothing was scanned.
    pub scan: Option<&'a Scan>,
    /// Statements, as pairs of file name and text.
    pub statements: Vec<(String, String)>,
    /// The day of the assessment, as `2026-01-31`.
    pub today: String,
    /// How many threads to use.
    pub threads: usize,
}

/// An assessment.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The name of the system.
    pub name: String,
    /// The environment it runs in, such as `Production`.
    pub environment: Option<String>,
    /// The day of the assessment, as `2026-01-31`.
    pub today: String,
    /// The repositories.
    pub repositories: Vec<Repository>,
    /// The settings.
    pub settings: Settings,
    /// The standard.
    pub standard: Standard,
    /// The states, the score and the verdict.
    pub decisions: Decisions,
    /// Contradictions between files, or between a file and a target.
    pub contradictions: Vec<Contradiction>,
    /// What a reader must know before the verdict.
    pub notices: Vec<Notice>,
    /// Why statements do not count, one line each.
    pub problems: Vec<String>,
    /// The deployment as a graph.
    pub graph: Graph,
    /// What could not be read or scanned, each with the index of its repository.
    pub gaps: Vec<(usize, Gap)>,
    /// The number of files.
    pub files: usize,
    /// Whether a scan was part of the assessment.
    pub is_scanned: bool,
}

impl Assessment {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.decisions.verdict
    }

    /// Formats a place as reports show it: `infra:docker/production.yml:12`.
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
