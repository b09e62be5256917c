//! Which datastores of a cluster others can reach: a password of one that has no service to the outside is of use only
//! to those who are in the cluster already.

use crate::audit::Project;
use crate::audit::compose::{kind_of_image, kinds_named_by};
use crate::audit::yaml::{self, Merging, Value};

use super::Kubernetes;
use super::manifest::File;
use super::scalar::is_true;

/// A datastore that the manifests of one folder run.
#[derive(Debug)]
pub(in crate::audit) struct Store {
    folder: String,
    kind: &'static str,
    name: String,
    is_open: bool,
}

/// What leads to pods from outside of the cluster: its folder, its own name, and the labels of the pods.
struct Door {
    folder: String,
    labels: Vec<(String, String)>,
}

/// Returns the datastores of all manifests of a project.
pub(in crate::audit) fn stores(project: &Project<'_>) -> Vec<Store> {
    let (mut stores, mut doors) = (Vec::new(), Vec::new());
    for source in project.claimed_by(&Kubernetes) {
        let Ok(tree) = yaml::parse_merging(&source.text, Merging::InOrder) else {
            continue;
        };
        let Some(file) = File::recognise(&source.path, &source.text, &tree, project) else {
            continue;
        };
        let folder = folder_of(&source.path);
        for object in file
            .objects
            .iter()
            .filter(|object| object.kind == "Service")
        {
            let spec = object.root.get("spec");
            let kind = spec.and_then(|spec| spec.get("type")).and_then(Value::text);
            if matches!(kind, Some("LoadBalancer" | "NodePort")) {
                let labels = spec.and_then(|spec| spec.get("selector"));
                let (folder, labels) = (folder.to_owned(), pairs(labels));
                doors.push(Door { folder, labels });
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
                folder: folder.to_owned(),
                kind,
                name: workload.name.to_owned(),
                is_open: is_on_host || has_port,
            };
            stores.push((store, pairs(labels)));
        }
    }
    let open = |store: Store, labels: &[(String, String)]| {
        let leads = |door: &Door| {
            door.folder == store.folder
                && !door.labels.is_empty()
                && door.labels.iter().all(|label| labels.contains(label))
        };
        let is_open = store.is_open || doors.iter().any(leads);
        Store { is_open, ..store }
    };
    stores
        .into_iter()
        .map(|(store, labels)| open(store, &labels))
        .collect()
}

/// Returns the name of the datastore that a credential in the file at `path` opens, when all that it may open are out of
/// reach. `about` are the names of the credential and of what has it.
pub(super) fn closed_store<'p>(
    project: &'p Project<'_>,
    path: &str,
    about: &str,
) -> Option<&'p str> {
    let kinds = kinds_named_by(about);
    let folder = folder_of(path);
    let is_opened = |store: &&Store| store.folder == folder && kinds.contains(&store.kind);
    let mut opened = project.cluster_stores().iter().filter(is_opened).peekable();
    let first = opened.peek()?.name.as_str();
    opened.all(|store| !store.is_open).then_some(first)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The entries of a mapping of labels.
fn pairs(labels: Option<Value<'_>>) -> Vec<(String, String)> {
    let entries = labels.into_iter().flat_map(Value::entries);
    let pairs = entries.filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)));
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
