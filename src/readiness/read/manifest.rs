//! Kubernetes manifests and chart values.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::yaml::Value;
use crate::lexicon::path::Role;

use super::kind::{Kind, role};
use super::{Corpus, folder, name, text};

/// A manifest.
#[derive(Clone, Copy)]
pub(crate) struct Manifest<'t> {
    /// The file.
    pub(crate) file: usize,
    /// Its kind: `Deployment`.
    pub(crate) kind: &'t str,
    /// Its name.
    pub(crate) name: &'t str,
    /// The whole document.
    pub(crate) value: Value<'t>,
}

/// The values of a chart in this system.
#[derive(Clone, Copy)]
pub(crate) struct Values<'t> {
    /// The file.
    pub(crate) file: usize,
    /// The whole document.
    pub(crate) value: Value<'t>,
}

/// Returns all manifests that ship: those that kustomizations render, and those that no kustomization uses.
pub(crate) fn manifests(corpus: &Corpus) -> Vec<Manifest<'_>> {
    let mut all = Vec::new();
    for (file, read) in corpus.shipped(Kind::Yaml) {
        if corpus.kustomized[read.repository].uses(&read.path) {
            continue;
        }
        if is_of_chart(&read.path) || read.path.contains("crds/") || corpus.is_template(file) {
            continue;
        }
        if is_beside_production(corpus, read.repository, &read.path) {
            continue;
        }
        for document in corpus.documents(file) {
            let listed = text(document, "kind") == Some("List");
            let items: Vec<_> = if listed {
                document
                    .get("items")
                    .into_iter()
                    .flat_map(Value::items)
                    .collect()
            } else {
                vec![document]
            };
            all.extend(items.into_iter().filter_map(|value| manifest(file, value)));
        }
    }
    all.extend(kustomized(corpus));
    all
}

fn is_of_chart(path: &str) -> bool {
    path.contains("/templates/") || path.starts_with("templates/")
}

/// Whether a file is for an environment other than production, with a file for production next to it.
fn is_beside_production(corpus: &Corpus, repository: usize, path: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "staging",
        "stage",
        "dev",
        "development",
        "test",
        "testing",
        "uat",
        "preprod",
        "qa",
    ];
    let own = name(path);
    let words = super::compose::words(own);
    let Some(other) = words.iter().find(|word| OTHERS.contains(&word.as_str())) else {
        return false;
    };
    let start = &path[..path.len() - own.len()];
    ["production", "prod"].iter().any(|word| {
        let sibling = own.replacen(other.as_str(), word, 1);
        corpus.paths[repository].contains(&format!("{start}{sibling}"))
    })
}

/// Returns manifests that are templates. What they contain counts; what they lack may be added when they are rendered.
pub(crate) fn templates(corpus: &Corpus) -> Vec<Manifest<'_>> {
    let files = corpus.shipped(Kind::Yaml);
    let files = files.filter(|(file, read)| is_of_chart(&read.path) || corpus.is_template(*file));
    let documents = files.flat_map(|(file, _)| corpus.documents(file).map(move |it| (file, it)));
    documents
        .filter_map(|(file, value)| manifest(file, value))
        .collect()
}

/// Returns what kustomizations render. If several share a file, those for production are used where there are any.
fn kustomized(corpus: &Corpus) -> Vec<Manifest<'_>> {
    let mut all = Vec::new();
    for (repository, whole) in corpus.kustomized.iter().enumerate() {
        let own = corpus.files.iter().enumerate();
        let own = own.filter(|(_, file)| file.repository == repository);
        let by_path: FxHashMap<_, _> = own.map(|(at, file)| (file.path.as_str(), at)).collect();
        let rendered = whole.rendered.iter();
        let rendered: Vec<_> = rendered
            .filter(|it| role(&it.by, Kind::Yaml) == Role::Shipped)
            .collect();
        let is_for_production = |by: &str| {
            let is_word = |word: &str| word == "prod" || word == "production";
            crate::lexicon::path::has_word(&by.to_ascii_lowercase(), is_word)
        };
        let in_production: FxHashSet<_> = rendered
            .iter()
            .filter(|it| is_for_production(&it.by))
            .map(|it| it.path.as_str())
            .collect();
        let outdone: FxHashSet<_> = rendered
            .iter()
            .filter(|it| in_production.contains(it.path.as_str()) && !is_for_production(&it.by))
            .map(|it| it.by.as_str())
            .collect();
        for it in rendered
            .iter()
            .filter(|it| !outdone.contains(it.by.as_str()))
        {
            if let Some(file) = by_path.get(it.path.as_str()) {
                all.extend(
                    it.tree
                        .documents()
                        .filter_map(|value| manifest(*file, value)),
                );
            }
        }
    }
    all
}

fn manifest(file: usize, value: Value<'_>) -> Option<Manifest<'_>> {
    text(value, "apiVersion")?;
    Some(Manifest {
        file,
        kind: text(value, "kind")?,
        name: text(value, "metadata.name").unwrap_or_default(),
        value,
    })
}

/// Returns the values with which charts in this system are installed: those next to a `Chart.yaml`, and those for
/// production.
pub(crate) fn values(corpus: &Corpus) -> Vec<Values<'_>> {
    let mut all = Vec::new();
    // Values for each environment may be in the directory above the chart.
    let charts = corpus.of(Kind::Yaml).map(|(_, file)| file);
    let charts = charts.filter(|file| name(&file.path) == "Chart.yaml");
    let above: FxHashSet<_> = charts
        .map(|file| (file.repository, folder(folder(&file.path))))
        .collect();
    for (file, read) in corpus.shipped(Kind::Yaml) {
        let is_named = name(&read.path).starts_with("values");
        let chart = format!("{}/Chart.yaml", folder(&read.path));
        let chart = chart.trim_start_matches('/');
        let is_beside = corpus.paths[read.repository].contains(chart)
            || above.contains(&(read.repository, folder(&read.path)));
        if !is_named || !is_beside || is_beside_production(corpus, read.repository, &read.path) {
            continue;
        }
        let documents = corpus.documents(file);
        all.extend(documents.map(|value| Values { file, value }));
    }
    all
}

impl<'t> Manifest<'t> {
    /// Whether it runs a process that is meant to keep running.
    pub(crate) fn is_workload(&self) -> bool {
        matches!(
            self.kind,
            "Deployment" | "StatefulSet" | "DaemonSet" | "Rollout"
        )
    }

    /// Whether it is beside the application rather than part of it: its name says so, or it only runs data stores,
    /// proxies, monitoring or the like.
    pub(crate) fn is_supporting(&self) -> bool {
        let containers = self.containers();
        let images = containers.iter().filter_map(|it| text(*it, "image"));
        let images: Vec<_> = images.filter(|it| !it.is_empty()).collect();
        super::compose::is_supporting(self.name)
            || !images.is_empty() && images.iter().all(|it| super::compose::is_supporting(it))
    }

    /// Returns the specification of its pods.
    pub(crate) fn pod(&self) -> Option<Value<'t>> {
        let path = match self.kind {
            "CronJob" => "spec.jobTemplate.spec.template.spec",
            "Pod" => "spec",
            _ => "spec.template.spec",
        };
        super::get(self.value, path)
    }

    /// Returns its containers.
    pub(crate) fn containers(&self) -> Vec<Value<'t>> {
        let containers = self.pod().and_then(|pod| pod.get("containers"));
        containers.into_iter().flat_map(Value::items).collect()
    }

    /// Returns how many replicas of it run.
    pub(crate) fn replicas(&self) -> u64 {
        let count = text(self.value, "spec.replicas").and_then(|text| text.parse().ok());
        count.unwrap_or(if self.kind == "DaemonSet" { 2 } else { 1 })
    }

    /// Returns its commands, with their arguments.
    pub(crate) fn commands(&self) -> String {
        let mut all = String::new();
        for container in self.containers() {
            for key in ["command", "args"] {
                if let Some(value) = container.get(key) {
                    all.push_str(&super::compose::joined(value));
                    all.push(' ');
                }
            }
        }
        all
    }
}
