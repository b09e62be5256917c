//! `k8s/run-as-non-root`: processes that run as root, or may.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SECURITY_CONTEXT, STANDARDS, Severity,
    Sighting, integer, is_false, is_true, manifest,
};

pub(super) struct RunAsNonRoot;

impl Check<File<'_>> for RunAsNonRoot {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            let user = container.effective("runAsUser");
            let non_root = container.effective("runAsNonRoot");
            let is_refused = non_root.is_some_and(is_true);
            if let Some(user) = user.filter(|user| integer(*user) == Some(0)) {
                // The kubelet refuses to start such a container with `runAsNonRoot: true`.
                if is_refused {
                    continue;
                }
                let message = format!("container `{}` runs as root", container.name);
                file.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, user.span(), message).weighing(CARD.severity),
                );
            } else if let Some(value) = non_root.filter(|value| is_false(*value) && user.is_none())
            {
                let message = format!(
                    "container `{}` may run as root, since neither user nor `runAsNonRoot` is set",
                    container.name
                );
                file.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, value.span(), message).weighing(CARD.severity),
                );
            } else if user.is_none() && !is_refused {
                file.miss(report, &CARD, container, "`runAsNonRoot: true`");
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/run-as-non-root",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Container allowed to run as root",
    description: "Unless the image or the manifest sets another user, the program runs as root, and an attacker who \
                  compromises it has root privileges in the container and, through a kernel vulnerability, on the \
                  node.",
    remedy: "Add to the pod or the container: `securityContext: {runAsNonRoot: true, runAsUser: 10001}`",
    references: &[SECURITY_CONTEXT, STANDARDS, OWASP],
    tags: &[
        "kubernetes",
        "hardening",
        "CWE-250",
        "CIS-Kubernetes-5.2.7",
        "OWASP-K01",
        "BSI-SYS.1.6.A17",
        "BSI-SYS.1.6.A23",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        runAsUser: 0 # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        runAsNonRoot: false # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    runAsUser: 1000\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        runAsUser: 0 # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        runAsNonRoot: true\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        runAsUser: 1000\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  securityContext:\n    runAsNonRoot: true\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n",
        ),
    ],
};
