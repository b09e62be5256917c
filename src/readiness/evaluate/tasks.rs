//! ECS tasks in Terraform: what their containers are given, and how they are confined (A2, A4, B2, B3, B5–B7).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::terraform::{Block, Given};

/// Returns the containers of all tasks, as pairs of task and container.
pub(super) fn containers<'v>(view: &'v View<'_>) -> Vec<(&'v Block, &'v Block)> {
    let tasks = view.resources(&["aws_ecs_task_definition"]);
    let containers = tasks.flat_map(|task| {
        task.within("container_definitions")
            .map(move |it| (task, it))
    });
    containers.collect()
}

/// Returns the setting of a container that refutes a claim, if it has one.
type Setting = fn(&Block) -> Option<&'static str>;

/// A claim that holds for every container or fails for some.
struct Claim {
    item: &'static str,
    holds: &'static str,
    /// The setting that refutes it, and the evidence it gives.
    fails: Option<(Setting, &'static str)>,
    passes: fn(&Block, &Block) -> bool,
}

const CLAIMS: [Claim; 5] = [
    Claim {
        item: "B2",
        holds: "every container of the tasks runs as an unprivileged user",
        fails: Some((|it| is_root(it).then_some("user"), "runs as root")),
        passes: |_, it| it.text("user").is_some() && !is_root(it),
    },
    Claim {
        item: "B3",
        holds: "every container of the tasks drops its capabilities",
        fails: Some((
            |it| it.is("privileged", true).then_some("privileged"),
            "is privileged",
        )),
        passes: |_, it| {
            let mut dropped = it
                .within("linuxParameters")
                .flat_map(|it| it.within("capabilities"))
                .filter_map(|it| it.get("drop"));
            dropped
                .any(|it| matches!(it, Given::List(_, names) if names.iter().any(|it| it == "ALL")))
        },
    },
    Claim {
        item: "B5",
        holds: "every container of the tasks has a read-only root",
        fails: None,
        passes: |_, it| it.is("readonlyRootFilesystem", true),
    },
    Claim {
        item: "B6",
        holds: "every container of the tasks has a health check",
        fails: None,
        passes: |_, it| it.within("healthCheck").next().is_some(),
    },
    Claim {
        item: "B7",
        holds: "every task has a memory limit, and ECS starts it again",
        fails: None,
        passes: |task, it| task.get("memory").is_some() || it.get("memory").is_some(),
    },
];

fn is_root(container: &Block) -> bool {
    let user = container.text("user").unwrap_or_default();
    let user = user.split(':').next().unwrap_or_default();
    user == "0" || user == "root"
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let all = containers(view);
    let Some((first, _)) = all.first() else {
        return;
    };
    let is_run = view
        .resources(&["aws_ecs_service", "aws_cloudwatch_event_target"])
        .next()
        .is_some();
    let most = if is_run { Grade::Wired } else { Grade::SetUp };
    // The containers of some tasks are only known when Terraform plans them.
    let tasks = || view.resources(&["aws_ecs_task_definition"]);
    let is_unread = |task: &Block| task.within("container_definitions").next().is_none();
    for claim in &CLAIMS {
        // The task itself may have the limit.
        let is_partial =
            tasks().any(|it| is_unread(it) && !(claim.item == "B7" && it.get("memory").is_some()));
        let holds = all.iter().all(|(task, it)| (claim.passes)(task, it));
        if holds && is_partial {
            let says = format!("{}, of those that are written out", claim.holds);
            ledger.add(claim.item, Grade::Said, view.block_place(first), says);
        } else if holds {
            ledger.add(claim.item, most, view.block_place(first), claim.holds);
        }
        let Some((setting, fails)) = claim.fails else {
            continue;
        };
        for (task, container) in &all {
            if let Some(key) = setting(container) {
                let name = container.text("name").unwrap_or(task.name());
                let says = format!("container `{name}` of task `{}` {fails}", task.name());
                ledger.refute(claim.item, view.attribute_place(container, key), says);
            }
        }
    }
    for (task, container) in &all {
        let mut given = container.within("secrets");
        let Some(secret) = given.find(|it| it.get("valueFrom").is_some()) else {
            continue;
        };
        let says = format!("task `{}` is given its secrets by AWS", task.name());
        for item in ["A2", "A4"] {
            ledger.add(item, most, view.block_place(secret), says.clone());
        }
    }
}
