//! Which datastores of a cluster can be reached from outside: the password of one without an external service is only
//! useful to those who are already in the cluster.

use rustc_hash::FxHashMap;

use crate::audit::Project;
use crate::audit::compose::{kind_of_image, kinds_named_by};
use crate::audit::yaml::{self, Merging, Value};

use crate::model::steps;

use super::Kubernetes;
use super::manifest::File;
use super::scalar::is_true;

/// A datastore in the manifests of one directory.
struct Store {
    kind: &'static str,
    name: String,
    is_open: bool,
}

/// How many external services of a directory are compared with its datastores; if there are more, every datastore
/// counts as open.
const MOST_DOORS: usize = 200;

/// Keys and their values.
type Labels = Vec<(String, String)>;

/// The datastores of all manifests of a project, by directory.
struct Stores(FxHashMap<String, Vec<Store>>);

/// The datastores in the manifests of one directory, and the pod labels that its external services select.
#[derive(Default)]
struct Folder {
    stores: Vec<(Store, Labels)>,
    doors: Vec<Labels>,
}

impl Folder {
    /// Returns the datastores, each with whether an external service leads to it.
    fn opened(self) -> Vec<Store> {
        let doors: Vec<_> = self.doors.iter().filter(|door| !door.is_empty()).collect();
        let opened = self.stores.into_iter().map(|(store, labels)| {
            steps::look_at(doors.len());
            let leads = |door: &&Labels| door.iter().all(|label| labels.contains(label));
            Store {
                is_open: store.is_open || doors.len() > MOST_DOORS || doors.iter().any(leads),
                ..store
            }
        });
        opened.collect()
    }
}

impl Stores {
    fn new(project: &Project<'_>) -> Self {
        let folders = folders(project).into_iter();
        Self(
            folders
                .map(|(name, folder)| (name, folder.opened()))
                .collect(),
        )
    }
}

fn folders(project: &Project<'_>) -> FxHashMap<String, Folder> {
    let mut folders: FxHashMap<String, Folder> = FxHashMap::default();
    for source in project.claimed_by(&Kubernetes) {
        let Ok(tree) = yaml::parse_merging(&source.text, Merging::InOrder) else {
            continue;
        };
        let Some(file) = File::recognise(&source.path, &source.text, &tree, project) else {
            continue;
        };
        let folder = folders
            .entry(folder_of(&source.path).to_owned())
            .or_default();
        for object in file
            .objects
            .iter()
            .filter(|object| object.kind == "Service")
        {
            let spec = object.root.get("spec");
            let kind = spec.and_then(|spec| spec.get("type")).and_then(Value::text);
            if matches!(kind, Some("LoadBalancer" | "NodePort")) {
                let labels = spec.and_then(|spec| spec.get("selector"));
                folder.doors.push(pairs(labels));
            }
        }
        for workload in &file.workloads {
            let mut images = workload
                .containers
                .iter()
                .filter_map(|it| it.image()?.text());
            let Some(kind) = images.find_map(kind_of_image) else {
                continue;
            };
            let is_on_host = workload.pod.get("hostNetwork").is_some_and(is_true);
            let has_port = workload.containers.iter().any(|container| {
                let mut ports = container
                    .root
                    .get("ports")
                    .into_iter()
                    .flat_map(Value::items);
                ports.any(|port| port.get("hostPort").is_some())
            });
            let labels = workload
                .metadata
                .and_then(|metadata| metadata.get("labels"));
            let store = Store {
                kind,
                name: workload.name.to_owned(),
                is_open: is_on_host || has_port,
            };
            folder.stores.push((store, pairs(labels)));
        }
    }
    folders
}

/// Returns the name of the datastore that a credential in the file at `path` opens, if all that it may open are out of
/// reach from outside. `about` are the names of the credential and of its owner.
pub(super) fn closed_store(project: &Project<'_>, path: &str, about: &str) -> Option<String> {
    let kinds = kinds_named_by(about);
    let stores = project.shared(Stores::new);
    let stores = stores.0.get(folder_of(path))?.iter();
    let mut opened = stores
        .filter(|store| kinds.contains(&store.kind))
        .peekable();
    let first = opened.peek()?.name.clone();
    opened.all(|store| !store.is_open).then_some(first)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns the entries of a mapping of labels.
fn pairs(labels: Option<Value<'_>>) -> Vec<(String, String)> {
    let entries = labels.into_iter().flat_map(Value::entries);
    let pairs = entries.filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)));
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
