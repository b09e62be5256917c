//! Tools that apply infrastructure and manifests from a repository without a job in it: Argo CD, Flux, Atlantis,
//! Terraform Cloud and Spacelift (J1, J6, J10).

use super::View;
use super::deploys::names_others;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{get, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    controllers(view, ledger);
    atlantis(view, ledger);
    workspaces(view, ledger);
}

/// Reports Argo CD and Flux, which apply changes of a repository.
fn controllers(view: &View<'_>, ledger: &mut Ledger) {
    for it in &view.manifests {
        let group = text(it.value, "apiVersion").unwrap_or_default();
        let group = group.split('/').next().unwrap_or_default();
        let (tool, policy) = match (it.kind, group) {
            ("Application", "argoproj.io") => {
                ("Argo CD", get(it.value, "spec.syncPolicy.automated"))
            }
            ("ApplicationSet", "argoproj.io") => (
                "Argo CD",
                get(it.value, "spec.template.spec.syncPolicy.automated"),
            ),
            ("Kustomization", "kustomize.toolkit.fluxcd.io") => {
                ("Flux", get(it.value, "spec.path"))
            }
            ("HelmRelease", "helm.toolkit.fluxcd.io") => ("Flux", get(it.value, "spec.chart")),
            _ => continue,
        };
        let is_off = text(it.value, "spec.suspend") == Some("true");
        let path = &view.corpus.files[it.file].path;
        let Some(policy) = policy.filter(|_| !is_off) else {
            continue;
        };
        if names_others(it.name) || names_others(path) || policy.text() == Some("null") {
            continue;
        }
        let says = format!("{tool} applies `{}` as the repository changes", it.name);
        ledger.add("J1", Grade::SetUp, view.corpus.at(it.file, policy), says);
    }
}

/// Reports Atlantis, which plans and applies Terraform on comments in pull requests.
fn atlantis(view: &View<'_>, ledger: &mut Ledger) {
    let files = view.shipped(Kind::Yaml);
    for (file, _) in
        files.filter(|(_, it)| ["atlantis.yaml", "atlantis.yml"].contains(&it.path.as_str()))
    {
        for document in view.corpus.documents(file) {
            let projects = document.get("projects").into_iter().flat_map(Value::items);
            let projects: Vec<_> = projects.collect();
            let Some(first) = projects.first() else {
                continue;
            };
            let place = view.corpus.at(file, *first);
            let says = "Atlantis applies Terraform by comments on pull requests";
            ledger.add("J1", Grade::SetUp, place, says);
            let asked = projects.iter().find_map(|it| {
                let asked = it.get("apply_requirements")?;
                asked.items().find(|it| it.text() == Some("approved"))
            });
            if let Some(asked) = asked {
                let place = view.corpus.at(file, asked);
                let says = "Atlantis applies only what was approved";
                ledger.add("J6", Grade::SetUp, place.clone(), says);
                ledger.add("J10", Grade::SetUp, place, says);
            }
        }
    }
}

/// Reports workspaces of Terraform Cloud and stacks of Spacelift.
fn workspaces(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["tfe_workspace", "spacelift_stack"]) {
        let is_stack = block.resource() == "spacelift_stack";
        let is_connected = is_stack || block.within("vcs_repo").next().is_some();
        let place: Place = view.block_place(block);
        if !is_connected || names_others(block.name()) {
            continue;
        }
        let tool = if is_stack {
            "Spacelift"
        } else {
            "Terraform Cloud"
        };
        let says = format!(
            "{tool} applies `{}` as its repository changes",
            block.name()
        );
        ledger.add("J1", Grade::SetUp, place.clone(), says);
        let key = if is_stack { "autodeploy" } else { "auto_apply" };
        if block.is(key, false) {
            let says = format!("what {tool} has planned is applied once a person confirms it");
            ledger.add("J6", Grade::SetUp, view.attribute_place(block, key), says);
        }
    }
    let settings = view.blocks.iter().filter(|it| it.kind == "terraform");
    for block in settings.filter(|it| it.within("cloud").next().is_some()) {
        let says = "the state is a workspace of Terraform Cloud; what starts a run is not shown";
        ledger.add("J1", Grade::Said, view.block_place(block), says);
    }
}
