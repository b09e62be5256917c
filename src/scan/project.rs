//! Audits the configuration among the files of one walk, together.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{self, Environment, Outcome, Policies, Project, Source};
use crate::lexicon::path::{self, Role};
use crate::model::{Coverage, Finding, Gap, GapKind, ObjectId, Origin, Severity, Suppression};
use crate::source::FolderFiles;
use crate::source::git::IndexFiles;
use crate::triage;

use super::overrides;
use super::text::TextWorker;

/// Files that can be read besides those of a walk.
pub(crate) enum Beside<'a> {
    /// The files of a directory.
    Folder(Box<FolderFiles<'a>>),
    /// The files of a directory, and those of its repository that are not checked out there.
    Sparse(Box<FolderFiles<'a>>, Box<IndexFiles<'a>>),
    /// The files of the index.
    Index(Box<IndexFiles<'a>>),
    /// The files of a commit, all of which were walked.
    Tree(Box<IndexFiles<'a>>),
    /// None.
    Nothing,
}

impl Beside<'_> {
    /// Returns the object that holds the file at `path`, if files are objects.
    pub(crate) fn object(&self, path: &str) -> Option<ObjectId> {
        match self {
            Self::Tree(files) | Self::Sparse(_, files) => files.id(path),
            Self::Folder(_) | Self::Index(_) | Self::Nothing => None,
        }
    }
}

impl audit::Files for Beside<'_> {
    fn is_whole(&self) -> bool {
        matches!(self, Self::Folder(_) | Self::Sparse(..) | Self::Tree(_))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Self::Folder(files) => files.read(path),
            Self::Sparse(files, others) => files.read(path).or_else(|| others.read(path)),
            Self::Index(files) | Self::Tree(files) => files.read(path),
            Self::Nothing => None,
        }
    }

    fn is_too_large(&self, path: &str) -> bool {
        match self {
            Self::Folder(files) | Self::Sparse(files, _) => files.is_too_large(path),
            Self::Index(_) | Self::Tree(_) | Self::Nothing => false,
        }
    }

    fn is_tracked(&self, path: &str) -> Option<bool> {
        match self {
            Self::Folder(files) | Self::Sparse(files, _) => files.is_tracked(path),
            Self::Index(files) | Self::Tree(files) => Some(files.is_tracked(path)),
            Self::Nothing => None,
        }
    }

    fn is_ignored(&self, path: &str) -> Option<bool> {
        match self {
            Self::Folder(files) | Self::Sparse(files, _) => files.is_ignored(path),
            Self::Index(_) | Self::Tree(_) | Self::Nothing => None,
        }
    }
}

/// Files that are not to be changed like what is deployed.
#[derive(Debug, Default)]
pub(crate) struct SetApart {
    /// Those that only developers use, or no one any more.
    pub(crate) developed: BTreeSet<String>,
    /// Those that something writes, with what does.
    pub(crate) generated: BTreeMap<String, String>,
    /// Those of which a page says that they are out of use.
    pub(crate) retired: BTreeSet<String>,
}

/// What the workers of one walk have found and set aside.
#[derive(Clone, Default)]
pub(crate) struct Walked {
    sources: BTreeMap<String, Source>,
    paths: Vec<String>,
    /// How many members of archives are configuration, by the path of the archive.
    packed: BTreeMap<String, u64>,
    /// How many files are in formats without checks, by format.
    unaudited: BTreeMap<&'static str, u64>,
    /// The detected findings, by path.
    detected: BTreeMap<String, Vec<Finding>>,
}

impl From<Vec<TextWorker<'_>>> for Walked {
    fn from(workers: Vec<TextWorker<'_>>) -> Self {
        let mut walked = Self::default();
        for worker in workers {
            let sources = worker.sources.into_iter();
            walked
                .sources
                .extend(sources.map(|source| (source.path.clone(), source)));
            walked.paths.extend(worker.paths);
            walked.packed.extend(worker.packed);
            for (format, files) in worker.unaudited {
                *walked.unaudited.entry(format).or_default() += files;
            }
            for finding in worker.findings {
                let path = finding.location.full_path().into_owned();
                walked.detected.entry(path).or_default().push(finding);
            }
        }
        // Files arrive in the order in which threads finish, and some code that asks for all of them only examines the
        // first ones.
        walked.paths.sort_unstable();
        walked
    }
}

impl Walked {
    /// Returns what to audit in a tree with these paths.
    pub(crate) fn of(sources: impl IntoIterator<Item = Source>, paths: Vec<String>) -> Self {
        let sources = sources.into_iter();
        Self {
            sources: sources
                .map(|source| (source.path.clone(), source))
                .collect(),
            paths,
            packed: BTreeMap::new(),
            unaudited: BTreeMap::new(),
            detected: BTreeMap::new(),
        }
    }

    /// Returns the paths of audited files.
    pub(crate) fn audited_paths(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// Returns the text of an audited file; `None` if it could not be written back unchanged.
    pub(crate) fn text_of(&self, path: &str) -> Option<String> {
        let source = self.sources.get(path).filter(|source| source.is_exact)?;
        Some(source.text.clone())
    }

    /// Returns which of `paths` are not to be changed like what is deployed, for reasons that their paths do not give.
    pub(crate) fn set_apart<'p>(
        &self,
        paths: impl Iterator<Item = &'p str>,
        beside: &Beside<'_>,
        policies: &dyn Policies,
    ) -> SetApart {
        let sources = self.sources.values().cloned();
        let project = Project::new(sources, self.paths.clone(), beside, policies);
        let mut apart = SetApart::default();
        for path in paths {
            if project.development(path).is_some() {
                apart.developed.insert(path.to_owned());
            }
            if let Some(by) = project.generated(path) {
                apart.generated.insert(path.to_owned(), by);
            }
            if project.environment(path).environment == Environment::Retired {
                apart.retired.insert(path.to_owned());
            }
        }
        apart
    }

    /// Replaces the findings and sources of the file at `path`.
    pub(crate) fn replace(&mut self, path: &str, other: Self) {
        self.sources.remove(path);
        self.detected.remove(path);
        // `append` would build the maps of all files anew.
        self.sources.extend(other.sources);
        self.detected.extend(other.detected);
    }
}

/// The gap for a file that was not audited, which a comment at its top may accept.
fn gap_at(path: &str, (kind, reason): (GapKind, String), top: &str) -> Gap {
    let comment = triage::accepting_comment(top, kind);
    let accepted = comment.map(|(line, suppression)| Suppression {
        by: format!("{path}:{line}"),
        ..suppression
    });
    Gap {
        accepted,
        ..Gap::new(kind, path, reason)
    }
}

/// The gap for an archive that holds configuration.
fn packed((path, count): (&String, &u64)) -> Gap {
    let files = if *count == 1 {
        "1 configuration file".to_owned()
    } else {
        format!("{count} configuration files")
    };
    let reason = format!(
        "{files} in it: scanned for secrets, not audited; unpack it and scan the directory"
    );
    Gap::new(GapKind::PackedConfiguration, path, reason)
}

/// Weighs findings by the purpose of their files, as far as the surrounding files show it. Findings in the same file
/// must be adjacent.
fn weigh_by_use(findings: &mut [Finding], project: &Project<'_>) {
    for of_file in findings.chunk_by_mut(|a, b| a.location.path == b.location.path) {
        let path = of_file[0].location.path.clone();
        if of_file.iter().any(|it| it.severity > Severity::Medium)
            && let Some(why) = project
                .development(&path)
                .or_else(|| project.on_machine(&path))
        {
            for finding in of_file.iter_mut() {
                triage::lower_developed(finding, &why);
            }
        }
        if path::role(&path, &[]) != Role::Sample {
            continue;
        }
        for finding in of_file.iter_mut().filter(|it| triage::may_be_installed(it)) {
            let name = overrides::leaf(&finding.site.keys).unwrap_or("");
            if let Some(place) = project.installed(&path, name) {
                triage::raise_installed(finding, &place);
            }
        }
    }
}

/// Audits what one walk set aside, and keeps the most specific one of several findings about the same bytes.
pub(crate) fn findings(
    walked: Walked,
    coverage: &mut Coverage,
    origin: &Origin,
    beside: &Beside<'_>,
    policies: &dyn Policies,
) -> Vec<Finding> {
    let sources = walked.sources.into_values();
    let paths = walked.paths.clone();
    coverage.unaudited = walked.unaudited;
    let project = Project::new(sources, walked.paths, beside, policies);
    let mut by_path = walked.detected;
    for (path, outcome) in project.audit() {
        coverage.templates += u64::from(outcome.is_template());
        let gap = outcome.gap(path);
        coverage
            .gaps
            .extend(gap.map(|gap| gap_at(path, gap, project.top_of(path))));
        if let Outcome::Audited(mut found) = outcome {
            coverage.audited += 1;
            for finding in &mut found {
                finding.origin = origin.clone();
            }
            // Audited findings come first, and stay unless a rule says more.
            let detected = by_path.entry(path.to_owned()).or_default();
            found.append(detected);
            *detected = found;
        }
    }
    for (path, kind, reason) in project.left_out() {
        let gap = gap_at(&path, (kind, reason), project.top_of(&path));
        coverage.gaps.push(gap);
    }
    coverage.gaps.extend(walked.packed.iter().map(packed));
    for gap in &mut coverage.gaps {
        // Configuration is what the scan is for, so leaving it out has to affect the verdict.
        if gap.kind == GapKind::Oversized && audit::is_configuration_by_name(&gap.place) {
            gap.kind = GapKind::NotAudited;
        }
    }
    coverage.gaps.sort();
    for (path, findings) in &mut by_path {
        triage::hold_back(findings, policies.of(path).as_of);
    }
    let mut findings: Vec<Finding> = by_path.into_values().flat_map(triage::keep_best).collect();
    triage::level_alike(&mut findings);
    weigh_by_use(&mut findings, &project);
    overrides::apply(&mut findings, &paths, &|path| {
        audit::Files::read(beside, path)
    });
    findings
}
