//! `k8s/auth-disabled`: a server without authentication.

use crate::audit::compose::openness::open_among;
use crate::audit::yaml::Value;

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, manifest};

pub(super) struct AuthDisabled;

impl Check<File<'_>> for AuthDisabled {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file.containers() {
            // Variables that are all taken from another object or a file are not visible here.
            if container.root.get("envFrom").is_some() {
                continue;
            }
            let all: Vec<(&str, &str)> = container
                .names()
                .map(|(name, value)| (name, value.and_then(Value::text).unwrap_or("?")))
                .collect();
            for (name, value) in container.variables() {
                let text = value.text().unwrap_or_default();
                let any = |is_wanted: &dyn Fn(&str, &str) -> bool| {
                    all.iter().any(|(name, value)| is_wanted(name, value))
                };
                if let Some(what) = open_among(&any, name, text.trim()) {
                    let message = format!("container `{}` {what}", container.name);
                    let sighting = Sighting::new(&CARD, value.span(), message);
                    file.add(report, &CARD, sighting);
                }
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/auth-disabled",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Authentication disabled",
    description: "The container accepts every connection without authentication. Unless a network policy forbids it, each pod of the cluster can reach it, and has full access then.",
    remedy: "Remove the variable, and give the container a password from a Secret: `valueFrom: {secretKeyRef: {name: db, key: password}}`.",
    references: &["https://cwe.mitre.org/data/definitions/306.html", OWASP],
    tags: &["kubernetes", "credential", "CWE-306", "BSI-SYS.1.6.A5"],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_HOST_AUTH_METHOD\n          value: trust # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: mysql:8\n      env:\n        - name: MYSQL_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: user}}\n        - name: MYSQL_ALLOW_EMPTY_PASSWORD\n          value: \"yes\" # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: mysql:8\n      env:\n        - name: MYSQL_ROOT_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: root}}\n        - name: MYSQL_ALLOW_EMPTY_PASSWORD\n          value: \"yes\"\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_HOST_AUTH_METHOD\n          value: scram-sha-256\n",
        ),
    ],
};
