//! `k8s/image-tag`: an image whose tag may change its content.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::audit::Project;

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
    // It is filled in later, or names a place in a build.
    if image.contains(['$', '{', '<', '%', '@', ' ']) || image.contains("://") {
        return false;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => true,
        Some((_, tag)) => tag == "latest",
    }
}

/// Whether a kustomization of the tree, or a tool that builds images, may set the tag of the image.
fn is_set_elsewhere(file: &File, image: &str) -> bool {
    let name = image.split(':').next().unwrap_or(image);
    file.project.shared(Setters::new).name(name)
}

/// How many files are searched for the names of images.
const MAX_SETTERS: usize = 100;

/// The files of a tree that may set tags of images, read once, and the names that were looked up in them.
struct Setters {
    texts: Vec<Vec<u8>>,
    known: Mutex<FxHashMap<String, bool>>,
}

impl Setters {
    fn new(project: &Project<'_>) -> Self {
        let sets = |path: &&str| {
            let file_name = path.rsplit('/').next().unwrap_or(path);
            matches!(
                file_name,
                "kustomization.yaml" | "kustomization.yml" | "skaffold.yaml" | "Tiltfile"
            )
        };
        let paths = project.paths().filter(sets).take(MAX_SETTERS);
        Self {
            texts: paths
                .filter_map(|path| Some(project.read(path)?.into_owned()))
                .collect(),
            known: Mutex::default(),
        }
    }

    /// Whether one of them names an image.
    fn name(&self, image: &str) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(image) {
            return *known;
        }
        let finder = memchr::memmem::Finder::new(image);
        let is_named = self.texts.iter().any(|text| finder.find(text).is_some());
        known.insert(image.to_owned(), is_named);
        is_named
    }
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
