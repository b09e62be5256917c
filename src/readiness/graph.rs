//! The graph of a deployment: the parts that requests pass through, and how many instances of each run.

use rustc_hash::FxHashMap;

use super::evaluate::View;
use super::ledger::Place;
use super::read::compose::{Purpose, Service};
use super::read::{folder, get, text};
use crate::audit::yaml::Value;

/// A part of the deployment.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What kind of part it is: `database`.
    pub what: &'static str,
    /// How many instances run.
    pub count: u64,
    /// Where it is defined.
    pub place: Place,
    /// Whether requests pass through it.
    pub is_on_path: bool,
}

/// A deployment.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Its parts, in the order in which they are defined.
    pub nodes: Vec<Node>,
    /// Which part needs which, as pairs of indices into `nodes`.
    pub edges: Vec<(usize, usize)>,
}

impl Graph {
    /// Builds the graph from the compose files, or from the Kubernetes manifests if there are none.
    pub(crate) fn of(view: &View<'_>) -> Self {
        if view.services.is_empty() {
            return of_manifests(view);
        }
        let services: Vec<_> = view.services.iter().filter(|it| is_part(it)).collect();
        let mut graph = Self::default();
        for service in &services {
            graph.nodes.push(Node {
                name: service.name.clone(),
                what: what(service.purpose),
                count: service.replicas(),
                place: view.service_place(service),
                is_on_path: false,
            });
        }
        let projects = projects(view, &services);
        for (from, service) in services.iter().enumerate() {
            let others = &projects[&project(view, service)];
            let mut needed = needed(view, service, others);
            needed.sort_unstable();
            needed.dedup();
            let edges = needed.into_iter().filter(|to| *to != from);
            graph.edges.extend(edges.map(|to| (from, to)));
        }
        let entries: Vec<_> = entries(&services);
        graph.mark(entries);
        graph
    }

    /// Marks every part that can be reached from the entries.
    fn mark(&mut self, entries: Vec<usize>) {
        let mut open = entries;
        while let Some(node) = open.pop() {
            if self.nodes[node].is_on_path {
                continue;
            }
            self.nodes[node].is_on_path = true;
            open.extend(
                self.edges
                    .iter()
                    .filter(|(from, _)| *from == node)
                    .map(|(_, to)| *to),
            );
        }
    }

    /// Returns the parts on the path of requests that run as a single instance.
    pub fn single(&self) -> impl Iterator<Item = &Node> {
        self.nodes
            .iter()
            .filter(|it| it.is_on_path && it.count == 1)
    }
}

fn what(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::App => "application",
        Purpose::Database => "database",
        Purpose::Cache => "cache",
        Purpose::Proxy => "proxy",
        Purpose::Queue => "queue",
        Purpose::Monitoring => "monitoring",
        Purpose::Backup => "backup",
        Purpose::Tool => "tool",
    }
}

fn is_part(service: &Service<'_>) -> bool {
    !service.is_one_shot()
        && !matches!(
            service.purpose,
            Purpose::Monitoring | Purpose::Backup | Purpose::Tool
        )
}

/// The services of one project, by name.
type Project<'s> = FxHashMap<&'s str, usize>;

/// Returns the project of a service: its repository and folder, since names refer to services in the same folder.
fn project<'v>(view: &'v View<'_>, service: &Service<'_>) -> (usize, &'v str) {
    let file = &view.corpus.files[service.file];
    (file.repository, folder(&file.path))
}

fn projects<'s>(
    view: &'s View<'_>,
    services: &[&'s Service<'_>],
) -> FxHashMap<(usize, &'s str), Project<'s>> {
    let mut all: FxHashMap<_, Project<'_>> = FxHashMap::default();
    for (number, service) in services.iter().enumerate() {
        let own = all.entry(project(view, service)).or_default();
        own.entry(service.name.as_str()).or_insert(number);
    }
    all
}

/// Returns the services that one needs: it declares them, or its settings or proxy configuration name them as a host.
fn needed(view: &View<'_>, service: &Service<'_>, others: &Project<'_>) -> Vec<usize> {
    let mut names: Vec<&str> = Vec::new();
    if let Some(depends) = service.get("depends_on") {
        names.extend(depends.items().filter_map(Value::text));
        names.extend(depends.entries().filter_map(|entry| entry.key.text()));
    }
    let links = service.get("links").into_iter().flat_map(Value::items);
    let links = links.filter_map(Value::text);
    names.extend(links.filter_map(|link| link.split(':').next()));
    for (_, value, _) in service.environment() {
        names.push(value);
        for mark in ["//", "@"] {
            names.extend(value.split(mark).skip(1).filter_map(host));
        }
    }
    let mut needed: Vec<_> = names
        .iter()
        .filter_map(|name| others.get(name).copied())
        .collect();
    if service.purpose == Purpose::Proxy {
        let proxied = proxied(view, service);
        let is_named = |host: &str| proxied.iter().any(|text| passes_to(text, host));
        let others = others.iter().filter(|(name, _)| is_named(name));
        needed.extend(others.map(|(_, number)| *number));
    }
    needed
}

/// Returns the host that the rest of an address starts with.
fn host(rest: &str) -> Option<&str> {
    rest.split([':', '/']).next()
}

/// Returns the texts of the configuration files that a proxy mounts.
fn proxied<'v>(view: &'v View<'_>, service: &Service<'_>) -> Vec<&'v str> {
    let repository = view.corpus.files[service.file].repository;
    let sources = service.volumes().into_iter();
    let files = sources.filter_map(|(source, _)| {
        let path = source.trim_start_matches("../").trim_start_matches("./");
        view.corpus.named(repository, path)
    });
    files
        .map(|file| view.corpus.files[file].text.as_str())
        .collect()
}

/// Whether the configuration of a proxy passes requests on to a host.
fn passes_to(text: &str, host: &str) -> bool {
    [
        format!("//{host}:"),
        format!("//{host};"),
        format!("server {host}:"),
        format!("//{host}/"),
    ]
    .iter()
    .any(|word| text.contains(word.as_str()))
}

/// Returns where requests enter: proxies that publish a port, else applications that do, else all applications.
fn entries(services: &[&Service<'_>]) -> Vec<usize> {
    let publishes = |it: &Service<'_>| {
        it.get("ports").is_some() || it.get("network_mode").and_then(Value::text) == Some("host")
    };
    let all = || services.iter().enumerate();
    let proxies: Vec<_> = all()
        .filter(|(_, it)| it.purpose == Purpose::Proxy && publishes(it))
        .map(|(at, _)| at)
        .collect();
    if !proxies.is_empty() {
        return proxies;
    }
    let apps: Vec<_> = all()
        .filter(|(_, it)| matches!(it.purpose, Purpose::App | Purpose::Proxy) && publishes(it))
        .map(|(at, _)| at)
        .collect();
    if !apps.is_empty() {
        return apps;
    }
    all()
        .filter(|(_, it)| it.purpose == Purpose::App)
        .map(|(at, _)| at)
        .collect()
}

/// Builds the graph of workloads behind Services. Manifests do not say what a workload needs, so there are no edges.
fn of_manifests(view: &View<'_>) -> Graph {
    let mut graph = Graph::default();
    // Selectors are indexed by their first label, so that each workload is compared with only a few.
    let mut selectors: FxHashMap<(Option<&str>, Option<&str>), Vec<Value<'_>>> =
        FxHashMap::default();
    for service in view.manifests.iter().filter(|it| it.kind == "Service") {
        let selector = get(service.value, "spec.selector");
        let first = selector.and_then(|it| it.entries().next());
        if let Some((selector, first)) = selector.zip(first) {
            let label = (first.key.text(), first.value.text());
            selectors.entry(label).or_default().push(selector);
        }
    }
    let scalers = view.manifests.iter();
    let scalers =
        scalers.filter_map(|it| Some((text(it.value, "spec.scaleTargetRef.name")?, it.value)));
    let scalers: FxHashMap<&str, Value<'_>> = scalers.collect();
    for it in view
        .manifests
        .iter()
        .filter(|it| it.is_workload() && it.kind != "DaemonSet")
        // The cluster's own workloads serve no user requests.
        .filter(|it| text(it.value, "metadata.namespace") != Some("kube-system"))
    {
        let labels = get(it.value, "spec.template.metadata.labels");
        let selects = |selector: &Value<'_>| {
            let mut wanted = selector.entries();
            wanted.all(|entry| {
                let key = entry.key.text().unwrap_or_default();
                let label = labels.and_then(|labels| labels.get(key));
                label.and_then(Value::text) == entry.value.text()
            })
        };
        let mut labels = labels.into_iter().flat_map(Value::entries);
        let is_selected = labels.any(|label| {
            let label = (label.key.text(), label.value.text());
            selectors
                .get(&label)
                .is_some_and(|all| all.iter().any(selects))
        });
        let least = scalers
            .get(it.name)
            .and_then(|scaler| text(*scaler, "spec.minReplicas"))
            .and_then(|it| it.parse().ok());
        graph.nodes.push(Node {
            name: it.name.to_owned(),
            what: "workload",
            count: least.unwrap_or_else(|| it.replicas()),
            place: view.corpus.at(it.file, it.value),
            is_on_path: is_selected,
        });
    }
    graph
}
