//! The graph of a deployment: what requests pass through, and how often each of it exists.

use super::evaluate::View;
use super::ledger::Place;
use super::read::compose::{Purpose, Service};
use super::read::text;

/// A part of the deployment.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it is: `database`.
    pub what: &'static str,
    /// How many of it run.
    pub count: u64,
    /// Where it is written.
    pub place: Place,
    /// Whether every request passes through it.
    pub is_on_path: bool,
}

/// A deployment.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Its parts, in the order in which they are written.
    pub nodes: Vec<Node>,
    /// Which part needs which, by number.
    pub edges: Vec<(usize, usize)>,
}

impl Graph {
    /// The graph of the compose files, or else of the manifests.
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
        for (from, service) in services.iter().enumerate() {
            for (to, other) in services.iter().enumerate() {
                if from != to && needs(view, service, other) {
                    graph.edges.push((from, to));
                }
            }
        }
        let entries: Vec<_> = entries(&services);
        graph.mark(entries);
        graph
    }

    /// Marks all that can be reached from the entries.
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

    /// The parts that requests pass through and that exist once.
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

/// Whether a service needs another: it says so, or its settings name the other as a host.
fn needs(view: &View<'_>, service: &Service<'_>, other: &Service<'_>) -> bool {
    let name = other.name.as_str();
    let depends = service.get("depends_on").is_some_and(|it| {
        it.items().any(|item| item.text() == Some(name)) || it.get(name).is_some()
    });
    let links = service.get("links").is_some_and(|it| {
        it.items()
            .filter_map(super::super::audit::yaml::Value::text)
            .any(|link| link.split(':').next() == Some(name))
    });
    let is_host = |value: &str| {
        [
            format!("//{name}:"),
            format!("//{name}/"),
            format!("@{name}:"),
            format!("@{name}/"),
        ]
        .iter()
        .any(|host| value.contains(host.as_str()))
            || value == name
            || value.ends_with(&format!("//{name}"))
    };
    let named = service
        .environment()
        .iter()
        .any(|(_, value, _)| is_host(value));
    depends || links || named || proxies(view, service, name)
}

/// Whether the configuration that a proxy mounts passes requests on to a host.
fn proxies(view: &View<'_>, service: &Service<'_>, host: &str) -> bool {
    if service.purpose != Purpose::Proxy {
        return false;
    }
    let repository = view.corpus.files[service.file].repository;
    let mut sources = service.volumes().into_iter();
    sources.any(|(source, _)| {
        let path = source.trim_start_matches("../").trim_start_matches("./");
        let file = view
            .corpus
            .named(repository, path)
            .map(|file| &view.corpus.files[file]);
        file.is_some_and(|file| {
            [
                format!("//{host}:"),
                format!("//{host};"),
                format!("server {host}:"),
                format!("//{host}/"),
            ]
            .iter()
            .any(|word| file.text.contains(word.as_str()))
        })
    })
}

/// Where requests come in: proxies that publish a port, or else whatever does.
fn entries(services: &[&Service<'_>]) -> Vec<usize> {
    let publishes = |it: &Service<'_>| {
        it.get("ports").is_some()
            || it
                .get("network_mode")
                .and_then(super::super::audit::yaml::Value::text)
                == Some("host")
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

/// Workloads behind services; what they need is not written in manifests, so that only they themselves count.
fn of_manifests(view: &View<'_>) -> Graph {
    let mut graph = Graph::default();
    for it in view
        .manifests
        .iter()
        .filter(|it| it.is_workload() && it.kind != "DaemonSet")
    {
        let labels = super::read::get(it.value, "spec.template.metadata.labels");
        let is_selected = view
            .manifests
            .iter()
            .filter(|it| it.kind == "Service")
            .any(|service| {
                let selector = super::read::get(service.value, "spec.selector");
                selector.is_some_and(|selector| {
                    selector.size() > 0
                        && selector.entries().all(|entry| {
                            let key = entry.key.text().unwrap_or_default();
                            labels
                                .and_then(|labels| labels.get(key))
                                .and_then(super::super::audit::yaml::Value::text)
                                == entry.value.text()
                        })
                })
            });
        let scaled = view
            .manifests
            .iter()
            .find(|other| text(other.value, "spec.scaleTargetRef.name") == Some(it.name));
        let least = scaled
            .and_then(|it| text(it.value, "spec.minReplicas"))
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
