//! Single points of failure (H4): parts that requests pass through and that run as a single instance.

use super::View;
use crate::readiness::Grade;
use crate::readiness::graph::Graph;
use crate::readiness::ledger::Ledger;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let graph = Graph::of(view);
    let single: Vec<_> = graph.single().collect();
    let is_stated = view.target().is_stated();
    for node in &single {
        let says = format!(
            "requests pass through the {} `{}`, which exists once",
            node.what, node.name
        );
        // Only the owner can say how much failure the system must tolerate, so without a target nothing is refuted.
        let grade = if is_stated {
            Grade::Refuted
        } else {
            Grade::Nothing
        };
        ledger.add("H4", grade, node.place.clone(), says);
    }
    entry(&graph, ledger);
    let on_path: Vec<_> = graph.nodes.iter().filter(|it| it.is_on_path).collect();
    let is_whole = single.is_empty() && on_path.len() >= 2;
    if let Some(first) = on_path.first().filter(|_| is_whole) {
        let says = format!(
            "all {} parts that requests pass through exist at least twice",
            on_path.len()
        );
        ledger.add("H4", Grade::SetUp, first.place.clone(), says);
    }
    for it in view
        .manifests
        .iter()
        .filter(|it| it.kind == "PodDisruptionBudget")
    {
        if is_whole {
            ledger.add(
                "H4",
                Grade::Wired,
                view.corpus.at(it.file, it.value),
                format!("PodDisruptionBudget `{}`", it.name),
            );
        }
    }
}

/// Reports a proxy that is the only entry. It refutes nothing: a load balancer in front may be defined elsewhere.
fn entry(graph: &Graph, ledger: &mut Ledger) {
    let proxies: Vec<_> = graph.nodes.iter().filter(|it| it.what == "proxy").collect();
    let [only] = proxies[..] else {
        return;
    };
    if only.count > 1 || ledger.reaches("E10", Grade::SetUp) {
        return;
    }
    let says = format!("requests enter by `{}` alone, one container", only.name);
    ledger.add("E10", Grade::Nothing, only.place.clone(), says);
}
