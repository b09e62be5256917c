//! What the scan found: credentials, placeholders, and everything critical or high (A1, A3, A5, A6, Q1).

use rustc_hash::FxHashSet;

use super::View;
use super::replaced::Apart;
use crate::audit::yaml::Value;
use crate::lexicon::path::Role;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::{Kind, role};
use crate::readiness::read::{name, text};
use crate::readiness::{Finding, FindingKind, Grade, Scan};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let Some(scan) = view.scan else {
        return;
    };
    let apart = Apart::of(view);
    let mut for_developers = Aside::default();
    let mut in_code_of_developers = Aside::default();
    let mut replaced = Aside::default();
    let mut low = Aside::default();
    let mut stray = Aside::default();
    let mut names = Aside::default();
    for finding in &scan.findings {
        let says = || format!("{} ({})", finding.message, finding.rule);
        let is_deployed = is_deployed(view, finding);
        let is_aside =
            || is_for_developers(view, finding) || is_composed_for_developers(view, finding);
        if finding.is_grave && is_aside() {
            for_developers.note(finding);
        } else if finding.is_grave && is_name_of_entry(finding) {
            names.note(finding);
        } else if finding.is_grave && finding.is_past {
            let says = format!("{}, in the history", says());
            ledger.refute("Q1", place(finding), says);
        } else if finding.is_grave {
            ledger.refute("Q1", place(finding), says());
        }
        if finding.is_stray && !finding.is_grave {
            stray.note(finding);
        }
        if finding.is_past || finding.is_only_a_name {
            continue;
        }
        match finding.kind {
            FindingKind::Secret if finding.is_likely && is_for_developers(view, finding) => {
                in_code_of_developers.note(finding);
            }
            FindingKind::Secret if finding.is_likely && apart.has(view, finding) => {
                replaced.note(finding);
            }
            FindingKind::Secret if !finding.is_likely && is_deployed => low.note(finding),
            FindingKind::Secret if finding.is_likely && is_deployed => {
                ledger.refute("A3", place(finding), says());
                ledger.refute("A1", place(finding), says());
            }
            FindingKind::Placeholder if is_deployed && is_default(finding) => {
                let says = format!("{}: a default, which a variable replaces", says());
                ledger.add("A6", Grade::Nothing, place(finding), says);
            }
            FindingKind::Placeholder
                if is_deployed && is_to_replace(finding) && !apart.has(view, finding) =>
            {
                ledger.refute("A6", place(finding), says());
            }
            _ => {}
        }
    }
    let aside = set_aside_as(view, scan);
    for_developers.report("Q1", ("critical or high", aside), ledger);
    let anew = "in what the deployment writes anew, or only a build has";
    let minor = "of which the scan says that it is a sample, a word, or low";
    for item in ["A1", "A3"] {
        in_code_of_developers.report(item, ("a credential", aside), ledger);
        replaced.report(item, ("a credential", anew), ledger);
        low.report(item, ("a credential", minor), ledger);
    }
    in_code_of_developers.count += replaced.count;
    let here = "in history that no branch or tag of this copy reaches";
    stray.report("Q1", ("critical or high", here), ledger);
    names.report(
        "Q1",
        ("critical or high", "where the entry of a secret is named"),
        ledger,
    );
    for_developers.count += stray.count + names.count;
    looked_at(view, scan, [for_developers, in_code_of_developers], ledger);
    if scan.has_history {
        history(view, scan, &apart, ledger);
    }
}

/// Reports what is clean and what could not be scanned. Gaps in the history do not affect what is shown about files.
fn looked_at(view: &View<'_>, scan: &Scan, aside: [Aside; 2], ledger: &mut Ledger) {
    if scan.gaps.iter().all(|(_, gap)| gap.kind.is_of_history()) {
        let items: &[&str] = if scan.is_whole {
            &["A1", "A3", "A6", "Q1"]
        } else {
            &["A1", "A6"]
        };
        clean(view, ledger, aside, items);
    }
    not_scanned(scan, ledger);
}

/// Returns a phrase for where the findings are that were set aside.
fn set_aside_as(view: &View<'_>, scan: &Scan) -> &'static str {
    let is_retired = |it: &Finding| view.corpus.aside.has(it.repository, &it.path);
    if scan.findings.iter().any(is_retired) {
        "in what only developers or tests use, or nothing any more"
    } else {
        "in what only developers or tests use"
    }
}

/// Findings that are set aside because they do not concern production.
#[derive(Default)]
struct Aside {
    first: Option<Place>,
    count: usize,
}

impl Aside {
    fn note(&mut self, finding: &Finding) {
        self.count += 1;
        self.first.get_or_insert_with(|| place(finding));
    }

    fn report(&self, item: &str, (what, there): (&str, &str), ledger: &mut Ledger) {
        if let Some(first) = &self.first {
            let says = match self.count {
                1 => format!("1 finding, {what}, {there}"),
                count => format!("{count} findings, {what}, {there}"),
            };
            ledger.add(item, Grade::Nothing, first.clone(), says);
        }
    }
}

/// Reports what a scan shows that found nothing and has no gaps in files.
fn clean(view: &View<'_>, ledger: &mut Ledger, aside: [Aside; 2], items: &[&str]) {
    let [grave, secrets] = aside;
    let deployed = deployed_files(view);
    let files = match deployed {
        1 => "the file that deploys it".to_owned(),
        count => format!("the {count} files that deploy it"),
    };
    for (item, says, counts) in [
        ("A1", format!("no credential in {files}"), deployed > 0),
        (
            "A3",
            "no credential in the files".to_owned(),
            secrets.count == 0,
        ),
        ("A6", format!("no placeholder in {files}"), deployed > 0),
        (
            "Q1",
            "no critical or high finding".to_owned(),
            grave.count == 0,
        ),
    ] {
        let counts = counts && items.contains(&item);
        if counts && ledger.grade(item) != Grade::Refuted {
            ledger.add(item, Grade::Exercised, None, format!("scanned: {says}"));
        }
    }
    if deployed == 0 {
        for item in ["A1", "A6"] {
            let says = "scanned; which files deploy it is not known";
            ledger.add(item, Grade::Nothing, None, says);
        }
    }
}

/// Reports that what could not be scanned is not known to be clean.
fn not_scanned(scan: &Scan, ledger: &mut Ledger) {
    let Some((repository, first)) = scan.gaps.first() else {
        return;
    };
    let count = match scan.gaps.len() {
        1 => "1 place was not scanned".to_owned(),
        count => format!("{count} places were not scanned"),
    };
    let says = format!(
        "{count}, so that nothing shows that it is clean: {}",
        first.reason
    );
    let is_of_files = scan.gaps.iter().any(|(_, gap)| !gap.kind.is_of_history());
    let items: &[&str] = if is_of_files {
        &["A1", "A3", "A5", "A6", "Q1"]
    } else {
        &["A3", "A5", "Q1"]
    };
    let place = (!first.kind.is_of_history()).then(|| Place {
        repository: *repository,
        path: first.place.clone(),
        line: 1,
    });
    for item in items {
        ledger.add(item, Grade::Nothing, place.clone(), says.clone());
    }
}

/// Returns how many files deploy or configure the running system.
fn deployed_files(view: &View<'_>) -> usize {
    let mut files: FxHashSet<usize> = view.services.iter().map(|it| it.file).collect();
    files.extend(view.manifests.iter().map(|it| it.file));
    files.extend(view.values.iter().map(|it| it.file));
    let kinds = [Kind::Terraform, Kind::Docker, Kind::Unit, Kind::Env];
    let is_deploying = |(number, file): &(usize, &crate::readiness::read::File)| {
        let own = name(&file.path);
        let is_settings = file.kind == Kind::Conf
            && (own.ends_with(".conf") || own.ends_with(".properties") || own == "fly.toml")
            || file.kind == Kind::Yaml
                && (own.starts_with("application")
                    || file.path.starts_with("config/")
                    || file.path.contains("group_vars/")
                    || file.path.contains("host_vars/"));
        let is_kind = kinds.contains(&file.kind) || is_settings;
        is_kind && file.role == Role::Shipped && !view.for_developers.contains(number)
    };
    let all = view.corpus.files.iter().enumerate();
    files.extend(all.filter(is_deploying).map(|(number, _)| number));
    files.len()
}

fn place(finding: &Finding) -> Place {
    Place {
        repository: finding.repository,
        path: finding.path.clone(),
        line: finding.line,
    }
}

/// Whether a finding is about the name of a secret's entry, and not about its value.
fn is_name_of_entry(finding: &Finding) -> bool {
    finding.is_only_a_name && finding.kind == FindingKind::Placeholder
}

/// Whether only developers or tests use the file of a finding, or the part of the file that it is in.
fn is_for_developers(view: &View<'_>, finding: &Finding) -> bool {
    let file = view.corpus.file(finding.repository, &finding.path);
    let plays_a_cloud = |word: &str| ["localstack", "azurite", "minikube"].contains(&word);
    finding.is_for_development
        || view.corpus.aside.has(finding.repository, &finding.path)
        || crate::lexicon::path::is_list_of_findings(&finding.path)
        || crate::lexicon::path::has_word(&finding.path, plays_a_cloud)
        || file.is_some_and(|file| view.for_developers.contains(&file))
}

/// Whether a finding is in a compose file whose path says that it is for developers or tests.
fn is_composed_for_developers(view: &View<'_>, finding: &Finding) -> bool {
    let file = view.corpus.file(finding.repository, &finding.path);
    file.is_some_and(|file| {
        let mut documents = view.corpus.documents(file);
        view.corpus.files[file].role == Role::Development
            && documents.any(|it| it.get("services").is_some())
    })
}

/// Whether a finding is about the running system, and not about tests, samples, containers for developers or API
/// descriptions.
fn is_deployed(view: &View<'_>, finding: &Finding) -> bool {
    let kind = crate::readiness::read::kind::kind(&finding.path, b"");
    if matches!(
        role(&finding.path, kind),
        Role::Development | Role::Sample | Role::Vendored
    ) || kind == Kind::Prose
        || crate::lexicon::path::is_for_developers(&name(&finding.path).to_ascii_lowercase())
    {
        return false;
    }
    let file = view.corpus.file(finding.repository, &finding.path);
    !is_for_developers(view, finding) && file.is_none_or(|file| !describes_api(view, file))
}

/// Whether a placeholder must be replaced before the system runs. In a script, a default word may be meant literally.
fn is_to_replace(finding: &Finding) -> bool {
    let own = name(&finding.path);
    let own = [".j2", ".erb", ".tmpl", ".tpl"]
        .iter()
        .find_map(|end| own.strip_suffix(end))
        .unwrap_or(own);
    let is_script = crate::readiness::read::kind::kind(own, b"") == Kind::Shell;
    !(is_script && finding.rule == "placeholder/default-word")
}

/// Whether a placeholder is the default of a variable in code or in Rails settings, which a deployment may set.
fn is_default(finding: &Finding) -> bool {
    let kind = crate::readiness::read::kind::kind(&finding.path, b"");
    let is_of_rails = kind == Kind::Yaml && finding.path.contains("config/");
    finding.is_fallback && (kind == Kind::Code || is_of_rails)
}

/// Whether a file is an `OpenAPI` description, whose values are examples.
fn describes_api(view: &View<'_>, file: usize) -> bool {
    let is_description =
        |it: Value<'_>| text(it, "openapi").is_some() || text(it, "swagger").is_some();
    view.corpus.documents(file).any(is_description)
        || view.corpus.files[file].kind == Kind::Json
            && ["\"openapi\"", "\"swagger\""]
                .iter()
                .any(|key| view.corpus.files[file].text.contains(key))
}

/// Reports credentials that the history still contains and that may still be in use.
fn history(view: &View<'_>, scan: &Scan, apart: &Apart, ledger: &mut Ledger) {
    let is_secret = |it: &&Finding| {
        it.kind == FindingKind::Secret
            && it.is_likely
            && !it.is_only_a_name
            && is_deployed(view, it)
            && (it.is_past || !apart.has(view, it))
    };
    let of_history = scan.findings.iter().filter(|it| it.is_past);
    let past: Vec<_> = of_history.filter(is_secret).collect();
    let present = scan.findings.iter().filter(|it| !it.is_past);
    let present = present.filter(is_secret).filter(|it| it.was_committed);
    let mut has_fallback = false;
    for finding in present {
        if finding.is_fallback {
            has_fallback = true;
            let says =
                "the history holds it; here it is a default, and whether it is in use is not shown";
            ledger.add("A5", Grade::Nothing, place(finding), says);
        } else {
            let says = "the history holds it, and it is still in use here";
            ledger.refute("A5", place(finding), says);
        }
    }
    if let Some(first) = past.first() {
        let says = format!(
            "the history holds {}: whether they were rotated is not known",
            match past.len() {
                1 => "1 credential".to_owned(),
                count => format!("{count} credentials"),
            }
        );
        ledger.add("A5", Grade::Nothing, place(first), says);
    } else if !has_fallback && scan.is_whole {
        let says = "scanned: the history holds no credential that is not in the files";
        ledger.add("A5", Grade::Exercised, None, says);
    }
}
