//! `k8s/privileged`: a container with full control over its node.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, STANDARDS, Severity, Sighting,
    manifest,
};

pub(super) struct Privileged;

impl Check<File<'_>> for Privileged {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (workload, container) in file.containers() {
            let privileged = container
                .own("privileged")
                .filter(|_| container.is_privileged());
            if let Some(privileged) = privileged.or_else(|| container.host_process()) {
                let severity = if workload.is_of_nodes {
                    Severity::Low
                } else {
                    CARD.severity
                };
                let message = format!(
                    "container `{}` is privileged, with full access to its node",
                    container.name
                );
                file.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, privileged.span(), message).weighing(severity),
                );
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/privileged",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Privileged container",
    description: "A privileged container has every capability and every device of its node, and no confinement: an \
                  attacker who compromises it controls the node (container escape), and with the node's credentials \
                  often the cluster.",
    remedy: "Remove `privileged: true`. If one capability is needed, add only that one: `securityContext: \
             {capabilities: {drop: [ALL], add: [NET_ADMIN]}}`",
    references: &[STANDARDS, OWASP, CIS],
    tags: &[
        "kubernetes",
        "CWE-250",
        "CIS-Kubernetes-5.2.2",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
        "BSI-APP.4.4.A4",
    ],
    examples: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        privileged: true # here\n",
    )],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        privileged: false\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest("kind: Pod\nprivileged: true\n"),
        manifest("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    privileged: true\n"),
    ],
};
