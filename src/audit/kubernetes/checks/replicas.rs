//! `k8s/replicas`: a deployment that goes down with a single node.

use super::{
    Card, Category, Check, Confidence, File, Report, Severity, Sighting, integer, manifest,
};

pub(super) struct Replicas;

impl Check<File<'_>> for Replicas {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let is_scaled = file.objects.iter().any(|object| {
            object.kind == "HorizontalPodAutoscaler" || object.kind == "ScaledObject"
        });
        for workload in file
            .workloads
            .iter()
            .filter(|workload| workload.kind == "Deployment" && !is_scaled)
        {
            let replicas = workload
                .root
                .get("spec")
                .and_then(|spec| spec.get("replicas"));
            if let Some(replicas) = replicas.filter(|replicas| integer(*replicas) == Some(1)) {
                let message = format!("Deployment `{}` has a single replica", workload.name);
                file.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, replicas.span(), message).weighing(CARD.severity),
                );
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/replicas",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Single replica",
    description: "With one replica, the service is down whenever its node fails or is updated.",
    remedy: "Set `replicas: 3` and spread them: `topologySpreadConstraints`, with a PodDisruptionBudget of \
             `minAvailable: 2`.",
    references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
    tags: &["kubernetes", "availability", "CWE-1188", "BSI-APP.4.4.A11"],
    examples: &[manifest(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 1 # here\n  template:\n    spec:\n      containers: []\n",
    )],
    negatives: &[manifest(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers: []\n",
    )],
};
