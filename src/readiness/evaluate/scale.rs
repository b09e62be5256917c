//! How many instances run, and how they start and stop (H1–H3, H6, H7).

use rustc_hash::FxHashSet;

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{Purpose, is_supporting as is_beside};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::manifest::Manifest;
use crate::readiness::read::{Hit, get, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    kubernetes(view, ledger);
    values(view, ledger);
    terraform(view, ledger);
    compose(view, ledger);
    shutdown(view, ledger);
    local(view, ledger);
    if ledger.reaches("D2", Grade::SetUp) {
        ledger.leave_out("H3", "sessions are kept outside of the instances");
    }
}

/// Reports state that each instance keeps to itself although several run.
fn local(view: &View<'_>, ledger: &mut Ledger) {
    let instances = super::database::instances(view);
    if instances < 2 {
        return;
    }
    let is_sticky = ledger.reaches("H3", Grade::SetUp);
    let sessions = view.corpus.facts("sessions-memory").next();
    if let Some(hit) = sessions.filter(|_| !is_sticky) {
        let says = format!("each of {instances} instances has sessions of its own");
        ledger.refute("H3", super::facts::place(hit), says);
    }
    let is_local = |hit: &&Hit| hit.text.contains("rateLimit({") && !hit.text.contains("store");
    if let Some(hit) = view.corpus.facts("rate-limit").find(is_local) {
        let says = format!("each of {instances} instances counts requests for itself");
        ledger.refute("E12", super::facts::place(hit), says);
    }
}

fn number(value: crate::audit::yaml::Value<'_>, path: &str) -> Option<u64> {
    text(value, path)?.parse().ok()
}

fn kubernetes(view: &View<'_>, ledger: &mut Ledger) {
    for it in view
        .manifests
        .iter()
        .filter(|it| it.kind == "HorizontalPodAutoscaler" || it.kind == "ScaledObject")
    {
        let path = if it.kind == "ScaledObject" {
            "spec.minReplicaCount"
        } else {
            "spec.minReplicas"
        };
        let least = number(it.value, path).unwrap_or(u64::from(it.kind != "ScaledObject"));
        let place = view.corpus.at(it.file, it.value);
        let target = text(it.value, "spec.scaleTargetRef.name").unwrap_or_default();
        let workload = view
            .manifests
            .iter()
            .find(|it| it.is_workload() && it.name == target);
        // The number of instances of supporting services says nothing about the application.
        if is_beside(target) || workload.is_some_and(Manifest::is_supporting) {
            continue;
        }
        let has_requests = workload.is_none_or(|it| {
            it.containers().iter().all(|it| {
                get(*it, "resources.requests").is_some() || get(*it, "resources.limits").is_some()
            })
        });
        if !has_requests && it.kind == "HorizontalPodAutoscaler" {
            ledger.contradict(
                "H1",
                place,
                format!(
                    "`{}` cannot scale `{target}`: its containers have no requests",
                    it.name
                ),
            );
        } else if least >= 3 {
            ledger.add(
                "H1",
                Grade::Wired,
                place,
                format!("`{}` keeps at least {least} instances", it.name),
            );
        } else {
            ledger.add(
                "H1",
                Grade::Nothing,
                place,
                format!("`{}` may go down to {least}", it.name),
            );
        }
    }
    workloads(view, ledger);
    replaced(view, ledger);
}

/// Reports which workloads of the application have three instances without an autoscaler, and which do not.
fn workloads(view: &View<'_>, ledger: &mut Ledger) {
    let scaled: FxHashSet<&str> = view
        .manifests
        .iter()
        .filter_map(|it| text(it.value, "spec.scaleTargetRef.name"))
        .collect();
    let is_own = |it: &&Manifest<'_>| {
        let is_kind = matches!(it.kind, "Deployment" | "Rollout");
        is_kind && !scaled.contains(it.name) && !it.is_supporting()
    };
    let own: Vec<_> = view.manifests.iter().filter(is_own).collect();
    let (three, fewer): (Vec<&Manifest<'_>>, Vec<&Manifest<'_>>) =
        own.into_iter().partition(|it| it.replicas() >= 3);
    let place = |it: &Manifest<'_>| view.corpus.at(it.file, it.value);
    let is_most = three.len() >= fewer.len();
    if let (Some(lacks), false) = (fewer.first(), three.is_empty()) {
        let (count, all) = (three.len(), three.len() + fewer.len());
        let says = format!(
            "{count} of {all} workloads of the application have three instances: not `{}`",
            lacks.name
        );
        ledger.add("H1", Grade::Nothing, place(lacks), says);
    }
    for it in three.iter().filter(|_| is_most) {
        let says = format!("{} `{}` has {} instances", it.kind, it.name, it.replicas());
        ledger.add("H1", Grade::SetUp, place(it), says);
    }
    for it in fewer.iter().filter(|_| view.target().is_stated()) {
        let says = format!("{} `{}` has {}", it.kind, it.name, instances(it.replicas()));
        ledger.refute("H1", place(it), says);
    }
}

/// Reports probes, and pods that wait before they stop.
fn replaced(view: &View<'_>, ledger: &mut Ledger) {
    let probed = view
        .manifests
        .iter()
        .filter(|it| it.is_workload() && !it.is_supporting())
        .find(|it| {
            let containers = it.containers();
            !containers.is_empty()
                && containers
                    .iter()
                    .any(|it| it.get("livenessProbe").is_some())
                && containers
                    .iter()
                    .any(|it| it.get("readinessProbe").is_some())
        });
    if let Some(it) = probed {
        ledger.add(
            "H2",
            Grade::Wired,
            view.corpus.at(it.file, it.value),
            format!(
                "{} `{}` has liveness and readiness probes",
                it.kind, it.name
            ),
        );
    }
    for it in view.manifests.iter().filter(|it| it.is_workload()) {
        for container in it.containers() {
            let hook = get(container, "lifecycle.preStop");
            if hook.is_some_and(super::charts::waits) && !it.is_supporting() {
                ledger.add(
                    "H6",
                    Grade::SetUp,
                    view.corpus.at(it.file, container),
                    format!("{} `{}` waits before it stops", it.kind, it.name),
                );
            }
        }
    }
}

fn instances(count: u64) -> String {
    if count == 1 {
        "1 instance".to_owned()
    } else {
        format!("{count} instances")
    }
}

fn values(view: &View<'_>, ledger: &mut Ledger) {
    for it in &view.values {
        let place = view.corpus.at(it.file, it.value);
        let scales = text(it.value, "autoscaling.enabled") == Some("true");
        let least = number(it.value, "autoscaling.minReplicas");
        match least.filter(|_| scales) {
            Some(least) if least >= 3 => ledger.add(
                "H1",
                Grade::Wired,
                place,
                format!("the chart keeps at least {least} instances"),
            ),
            Some(least) => ledger.add(
                "H1",
                Grade::Nothing,
                place,
                format!("the chart may go down to {}", instances(least)),
            ),
            None => {
                if number(it.value, "replicaCount").is_some_and(|count| count >= 3) {
                    ledger.add(
                        "H1",
                        Grade::SetUp,
                        place,
                        "the chart has three instances or more",
                    );
                }
            }
        }
    }
}

fn terraform(view: &View<'_>, ledger: &mut Ledger) {
    let groups = view.resources(&["aws_autoscaling_group"]);
    for block in groups.filter(|it| !is_beside(&it.name().replace('_', "-"))) {
        if let Some(least) = block.number("min_size") {
            let place = view.attribute_place(block, "min_size");
            if least >= 3.0 {
                ledger.add(
                    "H1",
                    Grade::Wired,
                    place,
                    format!("`{}` keeps at least {least} instances", block.name()),
                );
            } else {
                ledger.refute(
                    "H1",
                    place,
                    format!("`{}` may go down to {least}", block.name()),
                );
            }
        }
        let has_balancer =
            block.get("target_group_arns").is_some() || block.get("load_balancers").is_some();
        match block.text("health_check_type") {
            Some("ELB") => ledger.add(
                "H2",
                Grade::Wired,
                view.attribute_place(block, "health_check_type"),
                format!(
                    "`{}` replaces what the load balancer finds unhealthy",
                    block.name()
                ),
            ),
            Some("EC2") if has_balancer => ledger.refute(
                "H2",
                view.attribute_place(block, "health_check_type"),
                format!(
                    "`{}` replaces machines only, whatever the load balancer finds",
                    block.name()
                ),
            ),
            _ => {}
        }
    }
    tasks(view, ledger);
}

/// Reports ECS tasks, and health checks of target groups.
fn tasks(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_appautoscaling_target"]) {
        if let Some(least) = block.number("min_capacity") {
            let grade = if least >= 3.0 {
                Grade::Wired
            } else {
                Grade::Nothing
            };
            ledger.add(
                "H1",
                grade,
                view.attribute_place(block, "min_capacity"),
                format!("`{}` keeps at least {least} instances", block.name()),
            );
        }
    }
    for block in view.resources(&["aws_ecs_service"]) {
        let is_scaled = view
            .resources(&["aws_appautoscaling_target"])
            .next()
            .is_some();
        let is_own = !is_beside(&block.name().replace('_', "-"));
        if let Some(count) = block
            .number("desired_count")
            .filter(|_| !is_scaled && is_own)
        {
            let place = view.attribute_place(block, "desired_count");
            if count >= 3.0 {
                ledger.add(
                    "H1",
                    Grade::SetUp,
                    place,
                    format!("`{}` has {count} instances", block.name()),
                );
            } else if view.target().is_stated() {
                ledger.refute("H1", place, format!("`{}` has {count}", block.name()));
            }
        }
    }
    // ECS, and groups that use the health check of the load balancer, replace what it finds unhealthy.
    let is_replaced = view
        .resources(&["aws_ecs_service"])
        .any(|it| it.has("load_balancer"))
        || view
            .resources(&["aws_autoscaling_group"])
            .any(|it| it.text("health_check_type") == Some("ELB"));
    for block in view.resources(&["aws_lb_target_group", "aws_alb_target_group"]) {
        if block.within("health_check").next().is_some() {
            let (grade, says) = if is_replaced {
                (Grade::Wired, ", and what fails is replaced")
            } else {
                (Grade::SetUp, "")
            };
            let says = format!("target group `{}` checks health{says}", block.name());
            ledger.add("H2", grade, view.block_place(block), says);
        }
    }
}

fn compose(view: &View<'_>, ledger: &mut Ledger) {
    let own: Vec<_> = view
        .of(Purpose::App)
        .filter(|it| !it.is_one_shot() && !is_beside(&it.image_name()) && !is_beside(&it.name))
        .collect();
    for service in &own {
        if service.replicas() >= 3 {
            ledger.add(
                "H1",
                Grade::SetUp,
                view.service_place(service),
                format!(
                    "service `{}` has {} instances",
                    service.name,
                    service.replicas()
                ),
            );
        }
        if let Some((file, value)) = service.found("stop_grace_period") {
            ledger.add(
                "H6",
                Grade::SetUp,
                view.corpus.at(file, value),
                format!("service `{}` has time to stop", service.name),
            );
        }
    }
    let single: Vec<_> = own.iter().filter(|it| it.replicas() == 1).collect();
    if view.target().is_stated() && !ledger.reaches("H1", Grade::SetUp) && own.len() == single.len()
    {
        for service in single {
            let says = format!("service `{}` has 1 instance", service.name);
            ledger.refute("H1", view.service_place(service), says);
        }
    }
}

/// Whether the shell of the base image replaces itself with the last command: `BusyBox` and bash do, dash does not.
fn leaves_its_place(dockerfile: &str) -> bool {
    const BASES: [&str; 10] = [
        "alpine",
        "busybox",
        "ubi",
        "fedora",
        "rockylinux",
        "almalinux",
        "amazonlinux",
        "centos",
        "oraclelinux",
        "opensuse",
    ];
    super::containers::instruction(dockerfile, "FROM").is_some_and(|(_, image)| {
        BASES
            .iter()
            .any(|base| image.to_ascii_lowercase().contains(base))
    })
}

/// Reports image commands that run in a shell, because some shells do not forward signals.
fn shutdown(view: &View<'_>, ledger: &mut Ledger) {
    for service in view
        .services
        .iter()
        .filter(|it| it.is_built() && it.get("command").is_none() && it.get("entrypoint").is_none())
    {
        let Some(file) = super::containers::dockerfile(view, service) else {
            continue;
        };
        let text = &view.corpus.files[file].text;
        if super::containers::instruction(text, "ENTRYPOINT").is_some() {
            continue;
        }
        let Some((line, command)) = super::containers::instruction(text, "CMD") else {
            continue;
        };
        let is_shell = !command.starts_with('[') && !command.starts_with("exec ");
        if is_shell && view.corpus.files[file].kind == Kind::Docker && !leaves_its_place(text) {
            let says = format!(
                "the image of `{}` starts in a shell, which does not hand SIGTERM on",
                service.name
            );
            ledger.refute("H6", view.corpus.line(file, line), says);
        }
    }
}
