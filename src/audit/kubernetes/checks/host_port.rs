//! `k8s/host-port`: a port of the node that is forwarded to a container.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, STANDARDS, Severity, Sighting, integer,
    manifest,
};
use crate::audit::yaml::Value;

pub(super) struct HostPort;

impl Check<File<'_>> for HostPort {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (workload, container) in file.containers() {
            let ports = container.root.get("ports").into_iter();
            let ports = ports.flat_map(Value::items);
            let of_node = ports.filter_map(|port| port.get("hostPort"));
            for port in of_node.filter(|port| integer(*port).is_some_and(|number| number != 0)) {
                let severity = if workload.is_of_nodes {
                    Severity::Info
                } else {
                    CARD.severity
                };
                let message = format!("container `{}` exposes a port on its node", container.name);
                let sighting = Sighting::new(&CARD, port.span(), message);
                file.add(report, &CARD, sighting.weighing(severity));
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/host-port",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Host port exposed by a pod",
    description: "A `hostPort` is open on every node that runs the pod, bypassing Services and, with some network \
                  plugins, network policies. The baseline Pod Security Standard forbids it.",
    remedy: "Remove `hostPort` and expose the pod through a Service.",
    references: &[STANDARDS, OWASP],
    tags: &[
        "kubernetes",
        "network",
        "CWE-668",
        "CIS-Kubernetes-5.2.12",
        "OWASP-K07",
    ],
    examples: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      ports:\n        - containerPort: 80\n          hostPort: 8080 # here\n",
    )],
    negatives: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      ports:\n        - containerPort: 80\n        - containerPort: 81\n          hostPort: 0\n",
    )],
};
