//! `k8s/host-namespaces`: a pod that shares the processes, messages or network of its node.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, STANDARDS, Severity, Sighting,
    is_true, manifest,
};

pub(super) struct HostNamespaces;

impl Check<File<'_>> for HostNamespaces {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for workload in &file.workloads {
            for (key, what) in [
                ("hostNetwork", "network"),
                ("hostPID", "processes"),
                ("hostIPC", "shared memory"),
            ] {
                if let Some(value) = workload.pod.get(key).filter(|value| is_true(*value)) {
                    let severity = if workload.is_of_nodes {
                        Severity::Info
                    } else {
                        CARD.severity
                    };
                    let message = format!(
                        "{} `{}` shares the {what} of its node",
                        workload.kind, workload.name
                    );
                    file.add(
                        report,
                        &CARD,
                        Sighting::new(&CARD, value.span(), message).weighing(severity),
                    );
                }
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/host-namespaces",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Host namespace shared with a pod",
    description: "With `hostNetwork` a pod reaches everything that listens on the node's loopback address, bypassing \
                  network policies; with `hostPID` it can read the memory and environment of the node's processes.",
    remedy: "Remove `hostNetwork`, `hostPID` and `hostIPC`, and expose ports through a Service.",
    references: &[STANDARDS, OWASP, CIS],
    tags: &[
        "kubernetes",
        "hardening",
        "CWE-250",
        "CWE-668",
        "CIS-Kubernetes-5.2.3",
        "CIS-Kubernetes-5.2.5",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true # here\n  hostPID: true # here\n  containers:\n    - name: web\n      image: app:1\n",
    )],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: false\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      hostNetwork: \"no\"\n      containers: []\n",
        ),
    ],
};
