//! `k8s/security-profile-off`: kernel protection between a container and its node is switched off.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SECURITY_CONTEXT, STANDARDS, Severity,
    Sighting, manifest,
};
use crate::audit::kubernetes::manifest::Workload;
use crate::audit::yaml::Value;

pub(super) struct SecurityProfileOff;

/// The annotation that older clusters read, before the name of a container.
const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

impl Check<File<'_>> for SecurityProfileOff {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for workload in &file.workloads {
            let mut off = annotated(workload);
            off.extend(
                workload
                    .pod
                    .get("securityContext")
                    .map(switched_off)
                    .into_iter()
                    .flatten(),
            );
            for container in &workload.containers {
                let context = container.root.get("securityContext");
                off.extend(context.map(switched_off).into_iter().flatten());
            }
            for (value, what) in off {
                let severity = if workload.is_of_nodes {
                    Severity::Info
                } else {
                    CARD.severity
                };
                let message = format!("{} `{}` {what}", workload.kind, workload.name);
                let sighting = Sighting::new(&CARD, value.span(), message);
                file.add(report, &CARD, sighting.weighing(severity));
            }
        }
    }
}

/// Returns the settings of one security context that switch protection off, with what each does.
fn switched_off(context: Value<'_>) -> Vec<(Value<'_>, &'static str)> {
    let at = |keys: [&str; 2]| context.get(keys[0])?.get(keys[1]);
    let is = |value: &Value, text: &str| value.text() == Some(text);
    let mut off = Vec::new();
    let seccomp = at(["seccompProfile", "type"]).filter(|value| is(value, "Unconfined"));
    off.extend(seccomp.map(|value| (value, "runs without a seccomp profile")));
    let armor = at(["appArmorProfile", "type"]).filter(|value| is(value, "Unconfined"));
    off.extend(armor.map(|value| (value, "runs without an AppArmor profile")));
    let proc = context
        .get("procMount")
        .filter(|value| is(value, "Unmasked"));
    off.extend(proc.map(|value| (value, "has an unmasked `/proc`")));
    let confined = [
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
    ];
    let label = at(["seLinuxOptions", "type"]);
    let label = label.filter(|value| value.text().is_some_and(|text| !confined.contains(&text)));
    off.extend(label.map(|value| {
        (
            value,
            "runs with an SELinux type that is not meant for containers",
        )
    }));
    for key in ["user", "role"] {
        let label = at(["seLinuxOptions", key]);
        let label = label.filter(|value| value.text().is_some_and(|text| !text.is_empty()));
        off.extend(label.map(|value| (value, "sets its own SELinux user or role")));
    }
    off
}

/// Returns the annotations of a pod that switch AppArmor off.
fn annotated<'t>(workload: &Workload<'t>) -> Vec<(Value<'t>, &'static str)> {
    let annotations = workload
        .metadata
        .and_then(|metadata| metadata.get("annotations"));
    let entries = annotations.into_iter().flat_map(Value::entries);
    let off = entries.filter(|entry| {
        entry
            .key
            .text()
            .is_some_and(|key| key.starts_with(ANNOTATION))
            && entry.value.text() == Some("unconfined")
    });
    off.map(|entry| (entry.value, "runs without an AppArmor profile"))
        .collect()
}

static CARD: Card = Card {
    id: "k8s/security-profile-off",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Security profile disabled (seccomp, AppArmor or SELinux)",
    description: "Seccomp, AppArmor, SELinux and the masked parts of `/proc` keep a compromised process away from the \
                  kernel (container escape). The baseline Pod Security Standard forbids pods that disable them.",
    remedy: "Use the profile of the container runtime: `securityContext: {seccompProfile: {type: RuntimeDefault}}`, and \
             leave the others at their defaults.",
    references: &[STANDARDS, SECURITY_CONTEXT, CIS],
    tags: &["kubernetes", "hardening", "CWE-250", "OWASP-K01"],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    seccompProfile:\n      type: Unconfined # here\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        procMount: Unmasked # here\n        seLinuxOptions:\n          type: spc_t # here\n        appArmorProfile:\n          type: Unconfined # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    container.apparmor.security.beta.kubernetes.io/web: unconfined # here\nspec:\n  containers:\n    - name: web\n      image: app:1\n",
        ),
    ],
    negatives: &[manifest(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n    appArmorProfile:\n      type: RuntimeDefault\n    seLinuxOptions:\n      level: s0:c1,c2\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        procMount: Default\n",
    )],
};
