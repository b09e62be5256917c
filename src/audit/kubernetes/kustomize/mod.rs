//! Kustomize: what kustomizations make of the manifests that they name.
//!
//! A manifest that a kustomization names is deployed as its overlays have patched it, and a patch is no manifest. Each
//! kustomization that no other one builds upon is rendered. Bases at other addresses, charts, and what plugins generate
//! are not.

mod patch;
mod transform;

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::project::resolve;
use crate::audit::yaml::{self, Body, Part, Tree};

use transform::{generated, set_images, set_replicas};

/// Kustomizations of one tree that people write.
const MAX_KUSTOMIZATIONS: usize = 1_000;

/// Objects that all of them may render.
const MAX_OBJECTS: usize = 20_000;

/// Kustomizations that build upon each other.
const MAX_DEPTH: usize = 16;

/// What all kustomizations of a tree make of its manifests.
#[derive(Debug, Default)]
pub(crate) struct Kustomized {
    /// The objects, with what renders them.
    pub(crate) rendered: Vec<Rendered>,
    used: BTreeSet<String>,
}

/// An object as it is deployed.
#[derive(Debug)]
pub(crate) struct Rendered {
    /// The kustomization that no other builds upon.
    pub(crate) by: String,
    /// The file that has the object before it is patched; its places are in there.
    pub(crate) path: String,
    /// The object.
    pub(crate) tree: Tree,
}

/// Returns whether a file is called as a kustomization is.
pub(crate) fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

impl Kustomized {
    /// Renders all kustomizations among `paths`; `read` returns the documents of a file.
    pub(crate) fn read<'p>(
        paths: impl Iterator<Item = &'p str>,
        read: &dyn Fn(&str) -> Option<Vec<Part>>,
    ) -> Self {
        let mut all = BTreeMap::new();
        for path in paths
            .filter(|path| is_kustomization(path))
            .take(MAX_KUSTOMIZATIONS)
        {
            let document = read(path).and_then(|documents| documents.into_iter().next());
            let is_one = |document: &Part| {
                let version = document.text_of("apiVersion");
                version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"))
            };
            if let Some(document) = document.filter(is_one) {
                all.insert(folder(path).to_owned(), (path.to_owned(), document));
            }
        }
        let mut renderer = Renderer {
            all: &all,
            read,
            used: BTreeSet::new(),
            built_upon: BTreeSet::new(),
            left: MAX_OBJECTS,
        };
        let mut whole = Self::default();
        let mut by_root = Vec::new();
        for (folder, (path, document)) in &all {
            if document.text_of("kind") != Some("Component") {
                by_root.push((folder, path, renderer.render(folder, 0)));
            } else {
                renderer.note_files(path, document);
            }
        }
        by_root.retain(|(folder, _, _)| !renderer.built_upon.contains(*folder));
        for (_, path, objects) in by_root {
            let rendered = objects.into_iter().map(|object| Rendered {
                by: path.clone(),
                path: object.path,
                tree: Tree::of(&object.root),
            });
            whole.rendered.extend(rendered);
        }
        whole.used = renderer.used;
        whole
    }

    /// Returns whether the file at `path` is a part of what kustomizations render, and means nothing by itself.
    pub(crate) fn uses(&self, path: &str) -> bool {
        self.used.contains(path)
    }
}

/// Returns the documents of a text as [`Kustomized::read`] asks for them.
pub(crate) fn documents(tree: &Tree) -> Vec<Part> {
    tree.documents().filter_map(Part::of).collect()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// An object on its way.
struct Object {
    path: String,
    root: Part,
}

impl Object {
    fn kind(&self) -> &str {
        self.root.text_of("kind").unwrap_or_default()
    }

    fn name(&self) -> &str {
        let metadata = self.root.get("metadata");
        metadata
            .and_then(|it| it.text_of("name"))
            .unwrap_or_default()
    }

    fn has_labels(&self, selector: &str) -> bool {
        let labels = self.root.get("metadata").and_then(|it| it.get("labels"));
        let mut pairs = selector.split(',').filter_map(|pair| pair.split_once('='));
        pairs.all(|(key, value)| {
            let own = labels.and_then(|it| it.text_of(key.trim()));
            own == Some(value.trim_start_matches('=').trim())
        })
    }
}

struct Renderer<'a> {
    /// Kustomizations by their folders.
    all: &'a BTreeMap<String, (String, Part)>,
    read: &'a dyn Fn(&str) -> Option<Vec<Part>>,
    used: BTreeSet<String>,
    built_upon: BTreeSet<String>,
    /// How many objects may still be rendered.
    left: usize,
}

impl Renderer<'_> {
    /// The objects that the kustomization in a folder renders.
    fn render(&mut self, folder: &str, depth: usize) -> Vec<Object> {
        let mut objects = Vec::new();
        self.apply(folder, depth, &mut objects);
        objects
    }

    /// Adds what the kustomization in a folder names to `objects`, and patches all of them.
    fn apply(&mut self, folder: &str, depth: usize, objects: &mut Vec<Object>) {
        let Some((path, document)) = self.all.get(folder).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        // Two that name each other many times would be read for a long time.
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        for key in ["resources", "bases"] {
            for named in document.items_of(key).iter().filter_map(Part::text) {
                let Some(target) = resolve(path, named) else {
                    continue;
                };
                if self.all.contains_key(&target) && target != folder {
                    self.built_upon.insert(target.clone());
                    let below = self.render(&target, depth + 1);
                    objects.extend(below);
                } else {
                    self.add_file(target, objects);
                }
            }
        }
        objects.extend(generated(path, document));
        for named in document
            .items_of("components")
            .iter()
            .filter_map(Part::text)
        {
            if let Some(target) = resolve(path, named).filter(|target| target != folder) {
                self.built_upon.insert(target.clone());
                self.apply(&target, depth + 1, objects);
            }
        }
        self.patch(path, document, objects);
        set_images(document, objects);
        set_replicas(document, objects);
    }

    fn documents(&mut self, path: &str) -> Vec<Part> {
        self.used.insert(path.to_owned());
        (self.read)(path).unwrap_or_default()
    }

    fn add_file(&mut self, path: String, objects: &mut Vec<Object>) {
        let documents = self.documents(&path).into_iter();
        for root in documents.filter(|root| root.get("kind").is_some()) {
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            objects.push(Object {
                path: path.clone(),
                root,
            });
        }
    }

    /// Notes the files of a component that nothing may use.
    fn note_files(&mut self, path: &str, document: &Part) {
        for key in ["resources", "patchesStrategicMerge"] {
            let named = document.items_of(key).iter().filter_map(Part::text);
            self.used
                .extend(named.filter_map(|named| resolve(path, named)));
        }
        let patches = document.items_of("patches").iter();
        let named = patches.filter_map(|it| it.text_of("path"));
        self.used
            .extend(named.filter_map(|named| resolve(path, named)));
    }

    /// Applies the patches of a kustomization.
    fn patch(&mut self, path: &str, document: &Part, objects: &mut Vec<Object>) {
        for named in document.items_of("patchesStrategicMerge") {
            let text = named.text().unwrap_or_default();
            let patches = if text.contains('\n') {
                inline(text)
            } else {
                self.documents_of(path, text)
            };
            apply_all(&patches, None, objects);
        }
        for key in ["patches", "patchesJson6902"] {
            for it in document.items_of(key) {
                let patches = match (it.text_of("path"), it.text_of("patch")) {
                    (Some(named), _) => self.documents_of(path, named),
                    (_, Some(text)) => inline(text),
                    _ => continue,
                };
                apply_all(&patches, it.get("target"), objects);
            }
        }
    }

    fn documents_of(&mut self, path: &str, named: &str) -> Vec<Part> {
        let documents = resolve(path, named).map(|target| self.documents(&target));
        let documents = documents.unwrap_or_default().into_iter();
        documents.map(Part::unplaced).collect()
    }
}

/// The documents of a patch that is written where it is named.
fn inline(text: &str) -> Vec<Part> {
    let tree = yaml::parse(text).unwrap_or_default();
    documents(&tree).into_iter().map(Part::unplaced).collect()
}

fn apply_all(patches: &[Part], target: Option<&Part>, objects: &mut Vec<Object>) {
    for it in patches {
        if let Body::List(operations) = &it.body {
            let Some(target) = target else {
                continue;
            };
            for object in objects
                .iter_mut()
                .filter(|object| is_target(object, target))
            {
                patch::operate(&mut object.root, operations);
            }
            continue;
        }
        let metadata = it.get("metadata");
        let name = metadata
            .and_then(|it| it.text_of("name"))
            .unwrap_or_default();
        let kind = it.text_of("kind").unwrap_or_default();
        let is_meant = |object: &Object| match target {
            Some(target) => is_target(object, target),
            None => object.kind() == kind && object.name() == name,
        };
        if it.text_of("$patch") == Some("delete") {
            objects.retain(|object| !is_meant(object));
            continue;
        }
        // A target takes the place of what the patch calls itself.
        let mut it = it.clone();
        if target.is_some() {
            it.remove("kind");
            if let Some(metadata) = it.get_mut("metadata") {
                metadata.remove("name");
            }
        }
        for object in objects.iter_mut().filter(|object| is_meant(object)) {
            patch::merge(&mut object.root, &it);
        }
    }
}

fn is_target(object: &Object, target: &Part) -> bool {
    let fits = |key: &str, own: &str| {
        let asked = target.text_of(key).filter(|it| !it.is_empty());
        asked.is_none_or(|pattern| matches(pattern, own))
    };
    fits("kind", object.kind())
        && fits("name", object.name())
        && target
            .text_of("labelSelector")
            .is_none_or(|selector| object.has_labels(selector))
}

/// Whether the expression of a target means a name: alternatives of texts with `.*` in them.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    let pattern = pattern
        .strip_prefix('(')
        .and_then(|it| it.strip_suffix(')'))
        .unwrap_or(pattern);
    pattern.split('|').any(|pattern| {
        let mut pieces = pattern.split(".*");
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let pieces: Vec<_> = pieces.collect();
        let Some((last, middle)) = pieces.split_last() else {
            return rest.is_empty();
        };
        for piece in middle {
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    })
}

#[cfg(test)]
mod tests;
