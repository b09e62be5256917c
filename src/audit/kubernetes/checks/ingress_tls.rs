//! `k8s/ingress-tls`: an ingress without TLS.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, manifest};
use crate::audit::yaml::Value;

pub(super) struct IngressTls;

impl Check<File<'_>> for IngressTls {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for object in file
            .objects
            .iter()
            .filter(|object| object.kind == "Ingress")
        {
            let Some(spec) = object
                .root
                .get("spec")
                .filter(|spec| spec.get("rules").is_some())
            else {
                continue;
            };
            let annotations = object
                .root
                .get("metadata")
                .and_then(|metadata| metadata.get("annotations"));
            let mut keys = annotations
                .into_iter()
                .flat_map(Value::entries)
                .filter_map(|entry| entry.key.text());
            // Cloud load balancers take their certificates from annotations.
            let is_elsewhere = keys.any(|key| {
                ["certificate", "cert", "tls", "ssl", "https"]
                    .iter()
                    .any(|word| key.contains(word))
            });
            if spec.get("tls").is_none() && !is_elsewhere {
                let span = object
                    .root
                    .get("kind")
                    .map_or_else(|| object.root.span(), crate::audit::yaml::Value::span);
                let message = format!(
                    "Ingress `{}` has no `tls`, so traffic is not encrypted",
                    object.name
                );
                file.add(report, &CARD, Sighting::new(&CARD, span, message));
            }
        }
    }
}

static CARD: Card = Card {
    id: "k8s/ingress-tls",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Ingress without TLS",
    description: "A man-in-the-middle can read and change traffic that arrives without TLS. Unless a load balancer in \
                  front of the cluster terminates TLS, passwords and sessions are exposed.",
    remedy: "Add to the spec: `tls: [{hosts: [app.example.com], secretName: app-tls}]`, with a certificate from \
             cert-manager.",
    references: &[
        "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
        OWASP,
    ],
    tags: &[
        "kubernetes",
        "tls",
        "CWE-319",
        "OWASP-K05",
        "BSI-APP.4.4.A7",
    ],
    examples: &[manifest(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress # here\nmetadata:\n  name: a\nspec:\n  rules:\n    - host: a.example\n",
    )],
    negatives: &[
        manifest(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  tls:\n    - secretName: a\n  rules:\n    - host: a.example\n",
        ),
        manifest(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n    alb.ingress.kubernetes.io/certificate-arn: arn\nspec:\n  rules:\n    - host: a.example\n",
        ),
    ],
};
