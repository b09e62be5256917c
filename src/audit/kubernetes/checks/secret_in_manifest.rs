//! `k8s/secret-in-manifest`: a credential that everyone who can read the manifest can use.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, manifest};
use crate::audit::compose;
use crate::audit::kubernetes::reach;
use crate::audit::kubernetes::secret::{self, Slot};

pub(super) struct SecretInManifest;

impl Check<File<'_>> for SecretInManifest {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for slot in secret::slots(file) {
            let kind = match slot.kind {
                Some(kind) => kind.as_str(),
                None if slot.is_beside => "value as random as the credentials beside it",
                None => "private key or login",
            };
            let weight = if slot.is_weak && !slot.is_placeholder {
                format!(
                    ", {}",
                    crate::audit::slot::weakness(slot.secret.value.reveal())
                )
            } else {
                String::new()
            };
            let (severity, what) = if slot.is_placeholder {
                (Severity::Low, "placeholder for a credential")
            } else if secret::is_hash(slot.secret.value.reveal()) {
                // A hash must be cracked before it opens anything.
                (Severity::Medium, "password hash")
            } else {
                (CARD.severity, kind)
            };
            let mut message = format!(
                "`{}` of {} contains a hard-coded {what}{weight}",
                slot.name, slot.owner
            );
            let mut severity = severity;
            if severity > Severity::Medium
                && is_guessable(&slot)
                && let Some(store) = reach::closed_store(
                    file.project,
                    file.path,
                    &format!("{} {}", slot.name, slot.owner),
                )
            {
                severity = Severity::Medium;
                message.push_str(&format!(
                    "; `{store}` has no service to the outside, so it is reachable only from the cluster"
                ));
            }
            let mut sighting = Sighting::new(&CARD, slot.span, message);
            sighting.severity = severity;
            sighting.secret = Some(slot.secret);
            file.add(report, &CARD, sighting);
        }
    }
}

/// Whether a value is guessable or publicly known.
fn is_guessable(slot: &Slot) -> bool {
    slot.is_weak || compose::is_guessable(&String::from_utf8_lossy(slot.secret.value.reveal()))
}

static CARD: Card = Card {
    id: "k8s/secret-in-manifest",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Hard-coded credential in a manifest",
    description: "Base64 is not encryption: everyone who can read the repository, now or later, has the credential, \
                  and so does everyone who can read the object in the cluster.",
    remedy: "Let the cluster fetch the credential from a secret manager, and change it wherever it is in use: an \
             `ExternalSecret` of External Secrets, a `SealedSecret`, or a file encrypted with sops; containers read it with `valueFrom: \
             {secretKeyRef: {name: app, key: password}}`",
    references: &[
        "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
        OWASP,
    ],
    tags: &[
        "kubernetes",
        "credential",
        "CWE-798",
        "CWE-312",
        "CIS-Kubernetes-5.4.2",
        "OWASP-K08",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  password: aHVudGVyMnh5eg== # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  DB_PASSWORD: hunter2xyz # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: x9Kq7QzL2mWe4Rt6 # here\n  jwt: Zp3vQ8xL1mKt7WbN5cRd # here\n  user: orders\n",
        ),
        manifest(
            "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: a\n    data:\n      DB_PASSWORD: hunter2xyz # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      env:\n        - name: DB_PASSWORD\n          value: hunter2xyz # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  password: \"\"\n  user: aHVudGVyMnh5eg==\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  seed: Zp3vQ8xL1mKt7WbN5cRd\n  host: db.acme.test\n  publicKey: Zp3vQ8xL1mKt7WbN5cRd\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: ENC[AES256_GCM,data:x]\nsops:\n  version: 1\n",
        ),
        manifest(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\nspec:\n  encryptedData:\n    password: AgBy3i4OJSWK\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n      env:\n        - name: DB_PASSWORD\n          valueFrom:\n            secretKeyRef: {name: a, key: b}\n        - name: TOKEN\n          value: $(OTHER)\n        - name: PASSWORD_FILE\n          value: /run/secrets/x\n",
        ),
    ],
};
