//! `k8s/probes`: a container whose health is not probed.

use super::{Card, Category, Check, Confidence, File, Report, Role, Severity, manifest};

pub(super) struct Probes;

impl Check<File<'_>> for Probes {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (workload, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            let has = |key| container.root.get(key).is_some();
            let is_asked = has("readinessProbe") || has("livenessProbe") || has("startupProbe");
            if container.role == Role::Service && !is_asked && workload.kind != "Pod" {
                file.miss(report, &CARD, container, "readiness or liveness probe");
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/probes",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Missing readiness and liveness probes",
    description: "Without a readiness probe, requests are sent to a container that has not started yet or no longer \
                  responds, and a rollout continues even though the new version does not work.",
    remedy: "Add to the container: `readinessProbe: {httpGet: {path: /health/ready, port: 8080}, periodSeconds: 10}`",
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ],
    tags: &["kubernetes", "availability", "CWE-693", "BSI-APP.4.4.A11"],
    examples: &[manifest(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n        - name: web # here\n          image: app:1\n",
    )],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: app:1\n          readinessProbe:\n            tcpSocket: {port: 80}\n",
        ),
    ],
};
