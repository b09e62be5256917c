//! `k8s/read-only-rootfs`: a container that can change its own programs.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SECURITY_CONTEXT, Severity, Sighting,
    is_false, manifest,
};

pub(super) struct ReadOnlyRootfs;

impl Check<File<'_>> for ReadOnlyRootfs {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file
            .containers()
            .filter(|(_, container)| container.is_judged())
        {
            match container.own("readOnlyRootFilesystem") {
                None => file.miss(report, &CARD, container, "`readOnlyRootFilesystem: true`"),
                Some(value) if is_false(value) => {
                    let message = format!(
                        "container `{}` has a writable root file system",
                        container.name
                    );
                    file.add(report, &CARD, Sighting::new(&CARD, value.span(), message));
                }
                Some(_) => {}
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/read-only-rootfs",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Writable root file system",
    description: "An attacker who compromises a process can add tools and replace programs as long as the container's \
                  file system is writable.",
    remedy: "Add `securityContext: {readOnlyRootFilesystem: true}` and an `emptyDir` for each directory that the \
             program writes to.",
    references: &[SECURITY_CONTEXT, OWASP],
    tags: &[
        "kubernetes",
        "hardening",
        "CWE-732",
        "OWASP-K01",
        "BSI-SYS.1.6.A23",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web # here\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        readOnlyRootFilesystem: false # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        readOnlyRootFilesystem: true\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n",
        ),
    ],
};
