//! A file of manifests: its objects, and the pods that they run.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::audit::Project;
use crate::audit::check::Card;
use crate::audit::fix::Fix;
use crate::audit::purpose;
use crate::audit::report::{Absence, Report, Sighting};
use crate::audit::yaml::{Editor, Tree, Value};
use crate::model::{Confidence, Severity};

use super::container::{Container, Role};

/// One object of the cluster.
pub(super) struct Object<'t> {
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    pub(super) root: Value<'t>,
}

/// An object that runs pods, with its pod template.
pub(super) struct Workload<'t> {
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    pub(super) root: Value<'t>,
    pub(super) pod: Value<'t>,
    /// The metadata of the pods.
    pub(super) metadata: Option<Value<'t>>,
    pub(super) containers: Vec<Container<'t>>,
    /// Whether it is part of the cluster itself: drivers of networks and disks, node agents.
    pub(super) is_of_nodes: bool,
}

/// A parsed file.
pub(super) struct File<'t> {
    pub(super) path: &'t str,
    pub(super) text: &'t str,
    pub(super) project: &'t Project<'t>,
    pub(super) objects: Vec<Object<'t>>,
    pub(super) workloads: Vec<Workload<'t>>,
    pub(super) editor: Editor<'t>,
    is_for_development: bool,
    /// What containers were found to lack.
    pub(super) lacks: RefCell<Lacks>,
    /// What containers lack once overlays are applied; `None` if there are none.
    pub(super) lacks_in_the_end: Option<Lacks>,
}

/// What containers lack, as pairs of container name and rule.
pub(super) type Lacks = BTreeSet<(String, &'static str)>;

/// How many objects of one file are read; a list may have more.
const MAX_OBJECTS: usize = 20_000;
/// How many containers of each kind are read in one pod.
const MAX_IN_POD: usize = 1_000;
/// How many containers are read in one file.
const MAX_CONTAINERS: usize = 20_000;

/// Kinds that some check examines, and other common ones.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob",
    "Secret", "ConfigMap", "Ingress", "Service", "ServiceAccount", "Role", "ClusterRole", "RoleBinding",
    "ClusterRoleBinding", "Namespace", "NetworkPolicy", "PersistentVolumeClaim", "PersistentVolume", "StorageClass",
    "HorizontalPodAutoscaler", "PodDisruptionBudget", "CustomResourceDefinition", "PodTemplate",
];

impl<'t> File<'t> {
    /// Returns the manifests in `tree`; `None` if it is another kind of YAML.
    pub(super) fn recognise(
        path: &'t str,
        text: &'t str,
        tree: &'t Tree,
        project: &'t Project<'t>,
    ) -> Option<Self> {
        let mut objects = Vec::new();
        for root in tree.documents() {
            collect(root, &mut objects);
        }
        if !objects.iter().any(|object| KINDS.contains(&object.kind)) {
            return None;
        }
        let mut workloads: Vec<_> = objects.iter().filter_map(Workload::of).collect();
        let mut count = 0;
        // With aliases, a small text may contain many containers.
        workloads.retain(|workload| {
            count += workload.containers.len();
            count <= MAX_CONTAINERS
        });
        let is_cut = |workload: &Workload| {
            let size = |key: &str| workload.pod.get(key).map_or(0, Value::size);
            size("containers").max(size("initContainers")) > MAX_IN_POD
        };
        if count > MAX_CONTAINERS || objects.len() >= MAX_OBJECTS || workloads.iter().any(is_cut) {
            let reason = format!(
                "it has more than {MAX_CONTAINERS} containers, {MAX_IN_POD} containers in a pod or {MAX_OBJECTS} \
                 objects; the rest was not audited"
            );
            project.leave_out(path, reason);
        }
        Some(Self {
            path,
            text,
            project,
            objects,
            workloads,
            editor: Editor::new(text, tree),
            is_for_development: purpose::is_for_development(path, project.policy(path)),
            lacks: RefCell::default(),
            lacks_in_the_end: None,
        })
    }

    /// Returns the containers with their workloads.
    pub(super) fn containers(&self) -> impl Iterator<Item = (&Workload<'t>, &Container<'t>)> {
        let workloads = self.workloads.iter();
        workloads.flat_map(|workload| {
            workload
                .containers
                .iter()
                .map(move |container| (workload, container))
        })
    }

    /// Adds a finding, less severe if only developers use the file.
    pub(super) fn add(&self, report: &mut Report, card: &'static Card, mut sighting: Sighting) {
        sighting.severity = self.scaled(sighting.severity);
        report.add(card, sighting);
    }

    /// Reports that a container lacks something.
    pub(super) fn miss(
        &self,
        report: &mut Report,
        card: &'static Card,
        container: &Container,
        thing: &'static str,
    ) {
        self.miss_with(report, card, container, (thing, None));
    }

    /// The same, with a fix that adds it.
    pub(super) fn miss_with(
        &self,
        report: &mut Report,
        card: &'static Card,
        container: &Container,
        (thing, fix): (&'static str, Option<Fix>),
    ) {
        let lack = (container.name.to_owned(), card.id);
        let is_added = self.lacks_in_the_end.as_ref();
        if is_added.is_some_and(|lacks| !lacks.contains(&lack)) {
            return;
        }
        self.lacks.borrow_mut().insert(lack);
        let absence = Absence {
            fixes: fix.into_iter().collect(),
            remedy: None,
            span: container.span(),
            owner: format!("container `{}`", container.name),
            thing,
            severity: self.scaled(card.severity),
            confidence: Confidence::High,
        };
        report.miss(card, absence);
    }

    /// Returns `severity`, one step lower if only developers use the file.
    pub(super) fn scaled(&self, severity: Severity) -> Severity {
        if self.is_for_development {
            severity.lowered()
        } else {
            severity
        }
    }
}

/// Collects the objects of a document, including the items of lists.
fn collect<'t>(root: Value<'t>, objects: &mut Vec<Object<'t>>) {
    let mut open = vec![(root, 0, None)];
    while let Some((root, depth, implied)) = open.pop() {
        let text = |key| root.get(key).and_then(Value::text);
        // The items of a `PodList` need not repeat their kind.
        let (Some(_), Some(kind)) = (text("apiVersion").or(implied), text("kind").or(implied))
        else {
            continue;
        };
        if objects.len() >= MAX_OBJECTS {
            return;
        }
        if kind.ends_with("List") && depth < 4 {
            let implied = kind.strip_suffix("List").filter(|kind| !kind.is_empty());
            let items = root.get("items").into_iter().flat_map(Value::items);
            let items: Vec<_> = items
                .take(MAX_OBJECTS)
                .map(|item| (item, depth + 1, implied))
                .collect();
            open.extend(items.into_iter().rev());
            continue;
        }
        let metadata = root.get("metadata");
        let name = metadata
            .and_then(|metadata| metadata.get("name"))
            .and_then(Value::text);
        objects.push(Object {
            kind,
            name: name.unwrap_or(""),
            root,
        });
    }
}

impl<'t> Workload<'t> {
    fn of(object: &Object<'t>) -> Option<Self> {
        let spec = object.root.get("spec").unwrap_or(object.root);
        let template = |owner: Value<'t>| owner.get("template");
        let own = match object.kind {
            "Pod" => Some(object.root),
            "Deployment"
            | "StatefulSet"
            | "DaemonSet"
            | "ReplicaSet"
            | "ReplicationController"
            | "Job" => template(spec),
            "PodTemplate" => template(object.root),
            "CronJob" => spec.get("jobTemplate")?.get("spec").and_then(template),
            _ => None,
        }?;
        let pod = own.get("spec")?;
        let is_windows = is_windows(pod);
        let runs_on = object.kind != "Job"
            && object.kind != "CronJob"
            && pod
                .get("restartPolicy")
                .and_then(Value::text)
                .is_none_or(|policy| policy == "Always");
        let list = |key: &str, role: Role| {
            let items = pod.get(key).into_iter().flat_map(Value::items);
            items
                .take(MAX_IN_POD)
                .map(move |item| Container::new(item, pod, role, is_windows))
                .collect::<Vec<_>>()
        };
        let role = if runs_on { Role::Service } else { Role::Task };
        let mut containers = list("containers", role);
        containers.extend(list("initContainers", Role::Task));
        containers.extend(list("ephemeralContainers", Role::Task));
        Some(Self {
            kind: object.kind,
            name: object.name,
            root: object.root,
            pod,
            metadata: own.get("metadata"),
            containers,
            is_of_nodes: is_of_nodes(object),
        })
    }
}

fn is_windows(pod: Value) -> bool {
    let os = pod
        .get("os")
        .and_then(|os| os.get("name"))
        .and_then(Value::text);
    let selector = pod
        .get("nodeSelector")
        .and_then(|selector| selector.get("kubernetes.io/os"));
    [os, selector.and_then(Value::text)].contains(&Some("windows"))
}

/// Whether a workload needs access to its node to do its work.
fn is_of_nodes(object: &Object) -> bool {
    const WORDS: &[&str] = &[
        "csi",
        "cni",
        "node",
        "exporter",
        "fluent",
        "fluentd",
        "fluentbit",
        "filebeat",
        "promtail",
        "calico",
        "cilium",
        "flannel",
        "weave",
        "kube",
        "proxy",
        "cadvisor",
        "datadog",
        "agent",
        "plugin",
        "device",
        "falco",
        "gpu",
        "nvidia",
        "driver",
        "collector",
        "otel",
        "metricbeat",
        "alloy",
        "vector",
        "provisioner",
        "metallb",
        "speaker",
        "canal",
        "antrea",
    ];
    let metadata = object.root.get("metadata");
    let namespace = metadata
        .and_then(|metadata| metadata.get("namespace"))
        .and_then(Value::text);
    let is_system = namespace == Some("kube-system");
    is_system
        || (object.kind == "DaemonSet"
            && object
                .name
                .split(['-', '.', '_'])
                .any(|word| WORDS.contains(&word)))
}
