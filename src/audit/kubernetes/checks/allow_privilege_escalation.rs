//! `k8s/allow-privilege-escalation`: processes that may gain privileges.

use crate::audit::compose::Helpers;
use crate::audit::fix::{Edit, Fix};
use crate::audit::kubernetes::charts::Charts;
use crate::audit::kubernetes::container::Container;
use crate::audit::yaml::{Value, Written};

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SECURITY_CONTEXT, STANDARDS, Severity,
    Sighting, is_true, manifest,
};

pub(super) struct AllowPrivilegeEscalation;

impl Check<File<'_>> for AllowPrivilegeEscalation {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            match container.own("allowPrivilegeEscalation") {
                Some(value) if is_true(value) => {
                    let message = format!(
                        "processes of container `{}` can escalate their privileges",
                        container.name
                    );
                    // Someone decided that, so that a person has to decide otherwise: there is no fix.
                    let sighting =
                        Sighting::new(&CARD, value.span(), message).weighing(CARD.severity);
                    file.add(report, &CARD, sighting);
                }
                // A privileged container has all privileges already.
                None if !container.is_privileged() => file.miss_with(
                    report,
                    &CARD,
                    container,
                    (
                        "`allowPrivilegeEscalation: false`",
                        fix(added(file, container)),
                    ),
                ),
                _ => {}
            }
        }
    }
}

/// Returns the edit that forbids it, in the security context of the container or in a new one.
fn added(file: &File, container: &Container) -> Option<Vec<Edit>> {
    // Programs may need escalation to use the capabilities that the container adds.
    if !container.capabilities("add").is_empty() {
        return None;
    }
    // A chart would go on to allow it, and what gains rights on purpose stops to work in any cluster.
    let image = container.image().and_then(Value::text).unwrap_or_default();
    if file.project.shared(Charts::of).have(container.name)
        || file.project.shared(Helpers::of).has(image)
    {
        return None;
    }
    let value = Written::Scalar("false");
    let edit = if let Some(context) = container.root.get("securityContext") {
        file.editor.add_key(context, KEY, value, None)
    } else {
        let context = Written::Mapping(&[(KEY, value)]);
        let editor = &file.editor;
        editor.add_key(container.root, "securityContext", context, None)
    };
    Some(vec![edit?])
}

fn fix(edits: Option<Vec<Edit>>) -> Option<Fix> {
    let description = format!("set `{KEY}: false`");
    edits.map(|edits| Fix::new(&CARD, description, edits))
}

const KEY: &str = "allowPrivilegeEscalation";

static CARD: Card = Card {
    id: "k8s/allow-privilege-escalation",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Privilege escalation allowed",
    description: "Unless it is disabled, a process in the container can gain privileges through setuid binaries and \
                  file capabilities, so a flaw in one program is enough to become root there.",
    remedy: "Add to the container: `securityContext: {allowPrivilegeEscalation: false}`",
    references: &[SECURITY_CONTEXT, STANDARDS, OWASP],
    tags: &[
        "kubernetes",
        "hardening",
        "CWE-250",
        "CIS-Kubernetes-5.2.6",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: &app web\nspec:\n  containers:\n    - name: *app # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        allowPrivilegeEscalation: true # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        allowPrivilegeEscalation: false\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  nodeSelector:\n    kubernetes.io/os: windows\n  containers:\n    - name: web\n      image: app:1\n",
        ),
    ],
};
