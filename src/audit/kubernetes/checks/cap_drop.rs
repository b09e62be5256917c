//! `k8s/cap-drop`: capabilities of root that are not dropped.

use crate::audit::yaml::Value;

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SECURITY_CONTEXT, STANDARDS, Severity,
    manifest,
};

pub(super) struct CapDrop;

impl Check<File<'_>> for CapDrop {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            let dropped = container.capabilities("drop");
            let drops_all = dropped.iter().any(|name| is_all(*name));
            if !drops_all && !container.is_privileged() {
                file.miss(report, &CARD, container, "`capabilities: {drop: [ALL]}`");
            }
        }
    }
}

/// Whether this drops every capability. There is no capability named `CAP_ALL`.
fn is_all(name: Value) -> bool {
    name.text()
        .is_some_and(|name| name.eq_ignore_ascii_case("all"))
}

static CARD: Card = Card {
    id: "k8s/cap-drop",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Default Linux capabilities not dropped",
    description: "A container that runs as root starts with fourteen capabilities, and hardly any program needs one. \
                  Least privilege: a capability that is dropped cannot be abused.",
    remedy: "Add to the container: `securityContext: {capabilities: {drop: [ALL]}}`, and add back what the program \
             needs.",
    references: &[SECURITY_CONTEXT, STANDARDS, OWASP],
    tags: &[
        "kubernetes",
        "hardening",
        "CWE-250",
        "CIS-Kubernetes-5.2.9",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n      securityContext:\n        capabilities:\n          drop:\n            - NET_RAW\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        capabilities:\n          drop: [ALL]\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n",
        ),
    ],
};
