//! `k8s/default-namespace`: a workload that shares a namespace with everything else.

use super::{CIS, Card, Category, Check, Confidence, File, Report, Severity, Sighting, manifest};

pub(super) struct DefaultNamespace;

impl Check<File<'_>> for DefaultNamespace {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for workload in &file.workloads {
            let metadata = workload.root.get("metadata");
            let namespace = metadata.and_then(|metadata| metadata.get("namespace"));
            // Without a namespace, whoever applies the file chooses one.
            if let Some(namespace) = namespace.filter(|it| it.text() == Some("default")) {
                let message = format!(
                    "{} `{}` is deployed to the namespace `default`",
                    workload.kind, workload.name
                );
                file.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, namespace.span(), message),
                );
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/default-namespace",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Workload in the default namespace",
    description: "Roles, quotas and network policies apply per namespace. A workload in `default` shares them with \
                  everything else that was deployed without a namespace.",
    remedy: "Create a namespace for the application, `kubectl create namespace shop`, and use it: `metadata: \
             {namespace: shop}`.",
    references: &[
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
        CIS,
    ],
    tags: &["kubernetes", "CWE-653", "BSI-APP.4.4.A1"],
    examples: &[manifest(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  namespace: default # here\nspec:\n  template:\n    spec:\n      containers: []\n",
    )],
    negatives: &[
        manifest(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers: []\n",
        ),
        manifest(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers: []\n",
        ),
    ],
};
