//! Kustomize: renders the manifests that kustomizations name.
//!
//! A manifest that a kustomization names is deployed as its overlays have patched it, and a patch is not a manifest.
//! Every kustomization that no other one builds upon is rendered. Remote bases, charts, and the output of plugins are
//! left out.

mod patch;
mod transform;

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Project;
use crate::audit::project::resolve;
use crate::audit::yaml::{self, Body, Part, Tree};

use transform::{generated, set_images, set_replicas};

/// How many kustomizations of one tree are read.
const MAX_KUSTOMIZATIONS: usize = 1_000;

/// The total of nodes in all rendered objects and bytes of all applied patches: a short text may refer to a long one
/// many times.
const MAX_WORK: usize = 4_000_000;

/// How deeply kustomizations may build upon each other.
const MAX_DEPTH: usize = 16;

/// What all kustomizations of a tree render.
#[derive(Debug, Default)]
pub(crate) struct Kustomized {
    /// The rendered objects, sorted by the paths of their files.
    pub(crate) rendered: Vec<Rendered>,
    used: BTreeSet<String>,
}

/// An object as it is deployed.
#[derive(Debug)]
pub(crate) struct Rendered {
    /// The top-level kustomization, upon which no other one builds.
    pub(crate) by: String,
    /// The file with the object before it is patched; all positions are in that file.
    pub(crate) path: String,
    /// The object.
    pub(crate) tree: Tree,
}

/// Returns whether a file is named like a kustomization.
pub(crate) fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

/// Returns what the kustomizations of a project render.
pub(super) fn kustomized(project: &Project<'_>) -> Kustomized {
    let read = |path: &str| {
        let tree = yaml::parse(&project.read_text(path)?).ok()?;
        Some(documents(&tree))
    };
    Kustomized::read(project.paths(), &read)
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
            files: BTreeMap::new(),
            left: MAX_WORK,
        };
        let mut whole = Self::default();
        let mut by_root = Vec::new();
        for (folder, (path, document)) in &all {
            if document.text_of("kind") == Some("Component") {
                renderer.note_files(path, document);
            } else {
                by_root.push((folder, path, renderer.render(folder, 0)));
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
        whole.rendered.sort_by(|a, b| a.path.cmp(&b.path));
        whole
    }

    /// Returns the objects of the file at `path`, as each kustomization renders them.
    pub(crate) fn of(&self, path: &str) -> &[Rendered] {
        let start = self.rendered.partition_point(|it| it.path.as_str() < path);
        let rest = &self.rendered[start..];
        &rest[..rest.partition_point(|it| it.path == path)]
    }

    /// Returns whether the file at `path` is an input of kustomizations, and means nothing by itself.
    pub(crate) fn uses(&self, path: &str) -> bool {
        self.used.contains(path)
    }
}

/// Returns the documents of a text as [`Kustomized::read`] requires them.
pub(crate) fn documents(tree: &Tree) -> Vec<Part> {
    tree.documents().filter_map(Part::of).collect()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// An object that is being rendered.
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
    /// Kustomizations by directory.
    all: &'a BTreeMap<String, (String, Part)>,
    read: &'a dyn Fn(&str) -> Option<Vec<Part>>,
    used: BTreeSet<String>,
    built_upon: BTreeSet<String>,
    /// The documents of the files read so far, with the number of nodes of each.
    files: BTreeMap<String, Vec<(Part, usize)>>,
    /// How much work is left; see [`MAX_WORK`].
    left: usize,
}

impl Renderer<'_> {
    /// Renders the kustomization in a directory.
    fn render(&mut self, folder: &str, depth: usize) -> Vec<Object> {
        let mut objects = Vec::new();
        self.apply(folder, depth, &mut objects);
        objects
    }

    /// Adds the objects that the kustomization in a directory names to `objects`, and patches all of them.
    fn apply(&mut self, folder: &str, depth: usize, objects: &mut Vec<Object>) {
        let Some((path, document)) = self.all.get(folder).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        // Two that name each other many times would take very long.
        if !self.works(1) {
            return;
        }
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
                    self.add_file(&target, objects);
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

    /// Accounts for `work`. Returns whether that much was left.
    fn works(&mut self, work: usize) -> bool {
        let left = self.left.checked_sub(work);
        self.left = left.unwrap_or_default();
        left.is_some()
    }

    /// Returns the documents of a file, as far as there is work left.
    fn documents(&mut self, path: &str) -> Vec<Part> {
        self.used.insert(path.to_owned());
        if !self.files.contains_key(path) {
            let documents = (self.read)(path).unwrap_or_default().into_iter();
            let documents = documents.map(|part| {
                let size = part.size();
                (part, size)
            });
            self.files.insert(path.to_owned(), documents.collect());
        }
        let all = self.files.get(path).map(Vec::as_slice).unwrap_or_default();
        let mut left = self.left;
        let fit = all
            .iter()
            .take_while(|(_, size)| match left.checked_sub(*size) {
                Some(rest) => {
                    left = rest;
                    true
                }
                None => false,
            });
        let documents = fit.map(|(part, _)| part.clone()).collect();
        self.left = left;
        documents
    }

    fn add_file(&mut self, path: &str, objects: &mut Vec<Object>) {
        let documents = self.documents(path).into_iter();
        for root in documents.filter(|root| root.get("kind").is_some()) {
            objects.push(Object {
                path: path.to_owned(),
                root,
            });
        }
    }

    /// Marks the files of a component as used, which may have no user.
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
                self.inline(text)
            } else {
                self.documents_of(path, text)
            };
            self.apply_all(&patches, None, objects);
        }
        for key in ["patches", "patchesJson6902"] {
            for it in document.items_of(key) {
                let patches = match (it.text_of("path"), it.text_of("patch")) {
                    (Some(named), _) => self.documents_of(path, named),
                    (_, Some(text)) => self.inline(text),
                    _ => continue,
                };
                self.apply_all(&patches, it.get("target"), objects);
            }
        }
    }

    fn documents_of(&mut self, path: &str, named: &str) -> Vec<Part> {
        let documents = resolve(path, named).map(|target| self.documents(&target));
        let documents = documents.unwrap_or_default().into_iter();
        documents.map(Part::unplaced).collect()
    }

    /// Returns the documents of an inline patch.
    fn inline(&mut self, text: &str) -> Vec<Part> {
        if !self.works(text.len()) {
            return Vec::new();
        }
        let tree = yaml::parse(text).unwrap_or_default();
        documents(&tree).into_iter().map(Part::unplaced).collect()
    }

    /// Applies patches to the objects that match `target`, or else to those that the patches name.
    fn apply_all(&mut self, patches: &[Part], target: Option<&Part>, objects: &mut Vec<Object>) {
        for it in patches {
            let meant = Meant { patch: it, target };
            let count = objects.iter().filter(|object| meant.is(object)).count();
            if !self.works(count.saturating_mul(it.size())) {
                return;
            }
            if it.text_of("$patch") == Some("delete") {
                objects.retain(|object| !meant.is(object));
                continue;
            }
            for object in objects.iter_mut().filter(|object| meant.is(object)) {
                meant.apply(object);
            }
        }
    }
}

/// A patch and its target.
struct Meant<'p> {
    patch: &'p Part,
    target: Option<&'p Part>,
}

impl Meant<'_> {
    fn is(&self, object: &Object) -> bool {
        if let Some(target) = self.target {
            return is_target(object, target);
        }
        let metadata = self.patch.get("metadata");
        let name = metadata.and_then(|it| it.text_of("name"));
        let is_merge = matches!(self.patch.body, Body::Map(_));
        is_merge
            && object.kind() == self.patch.text_of("kind").unwrap_or_default()
            && object.name() == name.unwrap_or_default()
    }

    fn apply(&self, object: &mut Object) {
        if let Body::List(operations) = &self.patch.body {
            patch::operate(&mut object.root, operations);
        } else if self.target.is_none() {
            patch::merge(&mut object.root, self.patch);
        } else {
            // The target overrides the kind and name in the patch.
            let mut own = self.patch.clone();
            own.remove("kind");
            if let Some(metadata) = own.get_mut("metadata") {
                metadata.remove("name");
            }
            patch::merge(&mut object.root, &own);
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

/// Whether the pattern of a target matches a name: alternatives of literals with `.*` in them.
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
