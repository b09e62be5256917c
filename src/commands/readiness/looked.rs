//! Scans the repositories of a system, and keeps what readiness depends on.

use std::path::Path;

use crate::commands::redacted;
use crate::model::{Category, Confidence, Finding, Presence, Severity};
use crate::readiness::{self, FindingKind, Repository, Scan};
use crate::scan::Rules;
use crate::scan::known::Known;
use crate::scan::raw::Raw;
use crate::scan::settings::{Choice, Judged};
use crate::scan::{self, Request, What};
use crate::source::Limits;
use crate::source::git::Repo;
use crate::triage::Selection;

use super::enclosing::{Around, LastFile};
use super::{Error, Options};

/// Rules that detect a key's identifier, which is of no use without the key.
const IDENTIFIERS: &[&str] = &["aws/access-key-id"];

/// The size limit for files, in bytes; the same as the default of `gonogo scan`.
const MAX_FILE_SIZE: u64 = 256 << 20;

/// Returns where the settings of a repository come from. The change that is judged concerns only the repository that
/// the user named.
fn settings_of(path: &Path, options: &Options) -> (Choice, Option<Judged>) {
    let top = |path: &Path| {
        let repo = Repo::discover(path).ok().flatten();
        repo.and_then(|repo| repo.path().canonicalize().ok())
    };
    let named = options.paths.first().and_then(|path| top(path));
    if named.is_some() && top(path) == named {
        (options.settings.clone(), options.judged.clone())
    } else {
        (Choice::Find, None)
    }
}

/// Scans each repository by itself, with its own settings. Also returns the raw results, which are needed to mask the
/// secrets that were found.
pub(super) fn look(
    repositories: &[Repository],
    options: &Options,
) -> Result<(Scan, Vec<Raw>), Error> {
    let mut all = Vec::new();
    let mut scan = Scan {
        is_whole: true,
        has_history: options.history,
        ..Scan::default()
    };
    for (number, repository) in repositories.iter().enumerate() {
        let (settings, judged) = settings_of(&repository.path, options);
        let asked = Request {
            paths: vec![repository.path.clone()],
            what: What::Everything {
                worktree: true,
                history: options.history,
                own_files: false,
            },
            no_ignore: false,
            limits: Limits {
                max_file_size: MAX_FILE_SIZE,
                max_archive_depth: 3,
                threads: options.threads,
            },
            rule_files: Vec::new(),
            min_confidence: None,
            min_severity: None,
            fail_on: None,
            baseline: None,
            settings,
            judged,
            selection: Selection::default(),
            cache: None,
            own_refs_only: false,
            shows_former: false,
            shows_provenance: false,
            keeps_places: false,
        };
        let rules = Rules::new(Vec::new());
        let mut raw = scan::find(&asked, Some(&mut Known::default()), (&rules, &()))?;
        let looked = raw.take_looked(&asked);
        scan.is_whole &= !looked.is_undecided;
        let gaps = looked.gaps.iter().filter(|gap| gap.is_undecided());
        scan.gaps.extend(gaps.map(|gap| (number, gap.clone())));
        let counts = |it: &&Finding| it.suppression.is_none();
        let found = looked.findings.iter().filter(counts);
        let mut last = LastFile::default();
        let place = (number, repository.path.as_path());
        scan.findings
            .extend(found.map(|it| finding(place, it, &mut last)));
        all.push(raw);
    }
    Ok((scan, all))
}

fn finding(
    (repository, root): (usize, &Path),
    found: &Finding,
    last: &mut LastFile,
) -> readiness::Finding {
    let is_past = found.origin.is_history();
    let is_likely = found.confidence >= Confidence::Medium && found.severity >= Severity::Medium;
    let is_high = found.severity >= Severity::High && found.confidence >= Confidence::Medium;
    let path = &found.location.path;
    let line = found.location.region.start.line;
    let is_asked =
        is_likely && found.category == Category::Secret || found.category == Category::Placeholder;
    let around = if is_asked && !is_past {
        last.around(root, path, &found.location.region)
    } else {
        Around::default()
    };
    readiness::Finding {
        repository,
        kind: match found.category {
            Category::Secret => FindingKind::Secret,
            Category::Placeholder => FindingKind::Placeholder,
            Category::Configuration => FindingKind::Configuration,
        },
        rule: found.rule.to_string(),
        path: path.clone(),
        line,
        message: redacted(&found.message).into_owned(),
        is_grave: is_high && found.decides(),
        is_stray: is_high && found.is_local && !found.is_old && !found.is_held_back(),
        is_likely,
        is_for_development: around.is_for_development,
        is_fallback: around.is_fallback,
        variable: around.variable,
        is_only_a_name: around.is_name_of_entry || IDENTIFIERS.contains(&found.rule.as_str()),
        is_past,
        was_committed: is_past || found.presence().is_some_and(|it| it != Presence::Index),
    }
}
