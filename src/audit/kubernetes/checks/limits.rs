//! `k8s/limits`: a container that may use all memory of its node.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, Role, Severity, is_zero_quantity,
    manifest,
};

pub(super) struct Limits;

impl Check<File<'_>> for Limits {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            let limits = container
                .root
                .get("resources")
                .and_then(|resources| resources.get("limits"));
            let is_limited = limits.is_some_and(|limits| {
                limits
                    .get("memory")
                    .is_some_and(|limit| !is_zero_quantity(limit))
                    || !limits.is_mapping() && !limits.is_null()
            });
            if container.role == Role::Service && !is_limited {
                file.miss(report, &CARD, container, "memory limit");
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/limits",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Missing memory limit",
    description: "A container without a limit can take all memory of the node, and then other pods are killed as well.",
    remedy: "Add to the container: `resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}`",
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        OWASP,
    ],
    tags: &[
        "kubernetes",
        "availability",
        "CWE-770",
        "OWASP-K01",
        "BSI-SYS.1.6.A15",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n      resources:\n        limits:\n          cpu: 1\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      resources:\n        limits:\n          memory: 1Gi\n",
        ),
        manifest(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          image: a:1\n",
        ),
    ],
};
