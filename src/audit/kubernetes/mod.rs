//! Kubernetes manifests.
//!
//! Recognised by `apiVersion` and `kind`. A container's own settings take precedence over those of its pod, and what a
//! manifest lacks is only reported if no Kustomize overlay adds it. Helm charts are not manifests before they are
//! rendered, and are left out.

mod charts;
mod checks;
mod container;
pub(crate) mod kustomize;
mod manifest;
mod masking;
mod reach;
mod scalar;
mod secret;

use memchr::memmem;

use super::check::{Card, Format};
use super::document;
use super::purpose;
use super::report::Report;
use super::yaml::{Defect, Merging};
use super::{Outcome, Project, Source};

use manifest::{File, Lacks};

/// The format.
pub(super) struct Kubernetes;

impl Format for Kubernetes {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        (document::is_yaml(path) || path.ends_with(".json"))
            && memmem::find(text, b"apiVersion").is_some()
            && memmem::find(text, b"kind").is_some()
    }

    fn is_certain(&self, path: &str, text: &[u8]) -> bool {
        let has_key = |key| document::has_key(text, key);
        document::is_yaml(path) && has_key(b"apiVersion") && has_key(b"kind")
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let is_certain = self.is_certain(&source.path, source.text.as_bytes());
        let (text, tree) =
            match document::read_merging(source, project, is_certain, Merging::InOrder) {
                Ok(read) => read,
                Err(outcome) => return outcome,
            };
        // Compose joins the documents of a file; Kubernetes reads each by itself, and rejects the file.
        if let Some(byte) = tree.crossing() {
            let defect = Defect::new(byte, "the anchor of this alias is in another document");
            return document::refused(source, project, &defect, is_certain);
        }
        let Some(mut file) = File::recognise(&source.path, text, &tree, project) else {
            return Outcome::NotConfiguration;
        };
        file.lacks_in_the_end = lacks_in_the_end(source, project);
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        Outcome::Audited(report.finish(&source.path, text, || masking::secrets(text, &tree)))
    }
}

/// Returns what containers of a file lack once overlays have patched it, by container and rule; `None` if no
/// kustomization names the file. Overlays for development only count if there are no others.
fn lacks_in_the_end(source: &Source, project: &Project<'_>) -> Option<Lacks> {
    let kustomized = project.shared(kustomize::kustomized);
    let own = kustomized.of(&source.path);
    let is_for_development = |by: &str| purpose::is_for_development(by, project.policy(by));
    let ships = own.iter().any(|it| !is_for_development(&it.by));
    let mut lacks = None;
    for it in own {
        if ships && is_for_development(&it.by) {
            continue;
        }
        let lacks: &mut Lacks = lacks.get_or_insert_default();
        let mut report = Report::new(project.policy(&source.path));
        if let Some(file) = File::recognise(&source.path, &source.text, &it.tree, project) {
            for check in checks::CHECKS {
                check.check(&file, &mut report);
            }
            lacks.extend(file.lacks.into_inner());
        }
    }
    lacks
}
