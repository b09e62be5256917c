//! `k8s/unsafe-sysctl`: a kernel setting that affects more than the pod.

use super::{
    Card, Category, Check, Confidence, File, Report, STANDARDS, Severity, Sighting, manifest,
};
use crate::audit::yaml::Value;

pub(super) struct UnsafeSysctl;

/// What the baseline Pod Security Standard allows, as of 1.32.
const SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

impl Check<File<'_>> for UnsafeSysctl {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for workload in &file.workloads {
            let context = workload.pod.get("securityContext");
            let sysctls = context.and_then(|context| context.get("sysctls"));
            let names = sysctls.into_iter().flat_map(Value::items);
            for name in names.filter_map(|sysctl| sysctl.get("name")) {
                // `net/ipv4/x` is another spelling of `net.ipv4.x`.
                let text = name.text().unwrap_or("").replace('/', ".");
                if text.is_empty() || SAFE.contains(&text.as_str()) {
                    continue;
                }
                let message = format!(
                    "{} `{}` sets the unsafe kernel parameter `{text}`",
                    workload.kind, workload.name
                );
                file.add(report, &CARD, Sighting::new(&CARD, name.span(), message));
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/unsafe-sysctl",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Unsafe sysctl",
    description: "Kernel parameters outside the safe set can affect other pods or exhaust the resources of the node. A \
                  kubelet accepts them only if `--allowed-unsafe-sysctls` lists them, and the baseline Pod Security \
                  Standard forbids them.",
    remedy: "Remove it from `securityContext.sysctls`, or set it on the node.",
    references: &[
        "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
        STANDARDS,
    ],
    tags: &["kubernetes", "hardening", "CWE-250", "OWASP-K01"],
    examples: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    sysctls:\n      - name: kernel.msgmax # here\n        value: \"65536\"\n  containers:\n    - name: web\n      image: app:1\n",
    )],
    negatives: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    sysctls:\n      - name: net.ipv4.tcp_syncookies\n        value: \"1\"\n  containers:\n    - name: web\n      image: app:1\n",
    )],
};
