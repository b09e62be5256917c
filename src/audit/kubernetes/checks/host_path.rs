//! `k8s/host-path`: a directory of the node mounted into a pod.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, STANDARDS, Severity, Sighting,
    manifest,
};
use crate::audit::kubernetes::manifest::Object;
use crate::audit::yaml::Value;

pub(super) struct HostPath;

impl Check<File<'_>> for HostPath {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for object in &file.objects {
            volume(file, object, report);
        }
        for workload in &file.workloads {
            let volumes = workload
                .pod
                .get("volumes")
                .into_iter()
                .flat_map(Value::items);
            let paths = volumes.filter_map(|volume| {
                let path = volume.get("hostPath")?.get("path")?;
                Some((path, path.text()?))
            });
            let paths: Vec<_> = paths.collect();
            let weight = |text: &str| severity(text, workload.is_of_nodes);
            // The first of the most severe paths; all of them are fixed together.
            let Some((path, _)) = paths.iter().rev().max_by_key(|(_, text)| weight(text)) else {
                continue;
            };
            let mut names: Vec<_> = paths.iter().map(|(_, text)| format!("`{text}`")).collect();
            if names.len() > 4 {
                names.truncate(3);
                names.push(format!("{} more", paths.len() - 3));
            }
            let message = format!(
                "{} `{}` mounts {} of its node",
                workload.kind,
                workload.name,
                names.join(", ")
            );
            let severity = path.text().map_or(CARD.severity, weight);
            file.add(
                report,
                &CARD,
                Sighting::new(&CARD, path.span(), message).weighing(severity),
            );
        }
    }
}

/// Reports a persistent volume that is a directory of whichever node the pod runs on.
fn volume(file: &File, object: &Object, report: &mut Report) {
    if object.kind != "PersistentVolume" {
        return;
    }
    let path = object
        .root
        .get("spec")
        .and_then(|spec| spec.get("hostPath")?.get("path"));
    let Some((path, text)) = path.and_then(|path| Some((path, path.text()?))) else {
        return;
    };
    let message = format!("PersistentVolume `{}` uses `{text}` of a node", object.name);
    // A dedicated directory is fine for clusters with a single node.
    let severity = match severity(text, false) {
        Severity::High => Severity::High,
        _ => Severity::Low,
    };
    let sighting = Sighting::new(&CARD, path.span(), message);
    file.add(report, &CARD, sighting.weighing(severity));
}

/// Returns the severity: sockets of container engines give control over the node, and so do its system files.
fn severity(path: &str, is_of_nodes: bool) -> Severity {
    let is_socket = path.contains("docker.sock")
        || path.contains("containerd.sock")
        || path.contains("crio.sock");
    let trimmed = path.trim_end_matches('/');
    let is_of_system = [
        "/etc",
        "/root",
        "/var/lib/kubelet",
        "/proc",
        "/boot",
        "/var/run",
        "/run",
        "/home",
    ]
    .contains(&trimmed)
        || trimmed.is_empty()
        || trimmed.starts_with("/etc/kubernetes")
        || trimmed.starts_with("/var/lib/docker");
    match (is_of_nodes, is_socket || is_of_system) {
        (true, true) => Severity::Low,
        (true, false) => Severity::Info,
        (false, true) => Severity::High,
        (false, false) => Severity::Medium,
    }
}

static CARD: Card = Card {
    id: "k8s/host-path",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Host path mounted into a pod",
    description: "Through a host path a pod can read or change files of other pods or of the node itself. The \
                  container engine's socket gives full control of the node (container escape).",
    remedy: "Use a volume provided by the cluster: `persistentVolumeClaim: {claimName: data}`, or `emptyDir: {}` for \
             temporary data.",
    references: &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        STANDARDS,
        OWASP,
        CIS,
    ],
    tags: &[
        "kubernetes",
        "CWE-668",
        "CWE-250",
        "CIS-Kubernetes-5.2.12",
        "OWASP-K01",
        "BSI-SYS.1.6.A19",
    ],
    examples: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  volumes:\n    - name: s\n      hostPath:\n        path: /var/run/docker.sock # here\n    - name: d\n      hostPath: {path: /data}\n  containers:\n    - name: web\n      image: app:1\n",
    )],
    negatives: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  volumes:\n    - name: s\n      emptyDir: {}\n  containers:\n    - name: web\n      image: app:1\n",
    )],
};
