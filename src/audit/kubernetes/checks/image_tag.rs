//! `k8s/image-tag`: an image that is another one tomorrow.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, manifest};

pub(super) struct ImageTag;

impl Check<File<'_>> for ImageTag {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, container) in file.containers() {
            let Some(image) = container.image() else {
                continue;
            };
            let text = image.text().unwrap_or("");
            if is_floating(text) && !is_set_elsewhere(file, text) {
                let message = format!(
                    "container `{}` runs `{text}`, which has no fixed version",
                    container.name
                );
                file.add(report, &CARD, Sighting::new(&CARD, image.span(), message));
            }
        }
    }
}

fn is_floating(image: &str) -> bool {
    // Something fills it in, or it names a place of a build.
    if image.contains(['$', '{', '<', '%', '@', ' ']) || image.contains("://") {
        return false;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => true,
        Some((_, tag)) => tag == "latest",
    }
}

/// Whether a kustomization of the tree may give the image its tag, or a tool that builds images does.
fn is_set_elsewhere(file: &File, image: &str) -> bool {
    let name = image.split(':').next().unwrap_or(image);
    let sets = |path: &&str| {
        let file_name = path.rsplit('/').next().unwrap_or(path);
        matches!(
            file_name,
            "kustomization.yaml" | "kustomization.yml" | "skaffold.yaml" | "Tiltfile"
        )
    };
    file.project.paths().filter(sets).take(100).any(|path| {
        let text = file.project.read(path);
        text.is_some_and(|text| memchr::memmem::find(&text, name.as_bytes()).is_some())
    })
}

static CARD: Card = Card {
    id: "k8s/image-tag",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Image without a fixed version",
    description: "Without a tag, or with `latest`, every start can run a different image: it is unknown what runs, and \
                  there is no way to roll back.",
    remedy: "Pin the version, ideally with its digest: `image: registry.example.com/app:1.4.2@sha256:…`",
    references: &[
        "https://kubernetes.io/docs/concepts/containers/images/",
        OWASP,
    ],
    tags: &[
        "kubernetes",
        "supply-chain",
        "CWE-1104",
        "CWE-829",
        "OWASP-K02",
        "BSI-SYS.1.6.A6",
    ],
    examples: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: nginx # here\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: registry:5000/app:latest # here\n",
        ),
    ],
    negatives: &[
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app:1\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: app@sha256:0000\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: ${IMAGE}\n",
        ),
        manifest(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: web\n      image: registry:5000/app:v2\n",
        ),
    ],
};
