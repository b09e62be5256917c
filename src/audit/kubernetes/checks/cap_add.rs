//! `k8s/cap-add`: capabilities that amount to full privileges.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SECURITY_CONTEXT, STANDARDS, Severity,
    Sighting, manifest,
};

pub(super) struct CapAdd;

impl Check<File<'_>> for CapAdd {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        const ALL: &[&str] = &[
            "ALL",
            "SYS_ADMIN",
            "SYS_MODULE",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "DAC_READ_SEARCH",
            "BPF",
        ];
        // What the baseline Pod Security Standard allows.
        const GIVEN: &[&str] = &[
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT",
        ];
        for (workload, container) in file.containers() {
            for added in container.capabilities("add") {
                let name = added
                    .text()
                    .unwrap_or("")
                    .trim_start_matches("CAP_")
                    .to_ascii_uppercase();
                if !name.is_empty() && !GIVEN.contains(&name.as_str()) {
                    let severity = match (workload.is_of_nodes, ALL.contains(&name.as_str())) {
                        (true, true) => Severity::Low,
                        (true, false) => Severity::Info,
                        (false, true) => CARD.severity,
                        (false, false) => Severity::Medium,
                    };
                    // A value that is not a capability may be anything, so it is not repeated.
                    let is_plain = name.len() <= 20
                        && name
                            .bytes()
                            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
                    let message = if is_plain {
                        format!(
                            "container `{}` adds the dangerous capability `{name}`",
                            container.name
                        )
                    } else {
                        format!("container `{}` adds an unknown capability", container.name)
                    };
                    file.add(
                        report,
                        &CARD,
                        Sighting::new(&CARD, added.span(), message).weighing(severity),
                    );
                }
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/cap-add",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Dangerous Linux capability added",
    description: "With one of these capabilities a process can escape its container: it can mount disks, load kernel \
                  modules, or read the memory of other processes.",
    remedy: "Remove it from `securityContext.capabilities.add`. For ports below 1024 `NET_BIND_SERVICE` is enough.",
    references: &[SECURITY_CONTEXT, STANDARDS, OWASP],
    tags: &[
        "kubernetes",
        "CWE-250",
        "CIS-Kubernetes-5.2.8",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        capabilities:\n          add:\n            - SYS_ADMIN # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        capabilities:\n          add:\n            - NET_ADMIN # here\n",
        ),
    ],
    negatives: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        capabilities:\n          add: [NET_BIND_SERVICE]\n",
    )],
};
