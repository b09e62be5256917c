//! What runs the programs that pipelines deploy: orchestrators, and platforms with a TLS entry of their own (B7, B9,
//! D5, E1, E8, E10, H2, J7).

use super::View;
use super::deploys::deploying;
use super::pipelines::only_tries;
use super::steps::expand;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::pattern::Pattern;

/// Something that runs programs.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is another thing that it does, and none follows from another"
)]
struct Runtime {
    name: &'static str,
    /// The commands and actions that deploy to it.
    by: Pattern,
    /// Whether it runs containers.
    orchestrates: bool,
    /// Whether it restarts what has exited, and keeps earlier deployments.
    restarts: bool,
    /// Whether its entry terminates TLS and serves nothing without it.
    encrypts: bool,
    /// Whether it serves files from a CDN.
    spreads: bool,
    /// Top-level files of which one exists if the whole system runs there; empty if no such file is needed.
    at_top: &'static [&'static str],
}

const fn orchestrator(name: &'static str, by: &'static str) -> Runtime {
    runtime(name, by, true)
}

const fn runtime(name: &'static str, by: &'static str, orchestrates: bool) -> Runtime {
    Runtime {
        name,
        by: Pattern::new(by),
        orchestrates,
        restarts: true,
        encrypts: false,
        spreads: false,
        at_top: &[],
    }
}

static RUNTIMES: [Runtime; 12] = [
    orchestrator(
        "Kubernetes",
        r"(?i)\bhelm(?: -\S+)* (?:upgrade|install)\b|\bhelmfile\b|\bkubectl\b|\bargo-?cd\b|\bskaffold\b|KubernetesManifest@|k8s-deploy|\bkluctl\b",
    ),
    orchestrator("OpenShift", r"\boc (?:apply|rollout)\b"),
    orchestrator(
        "ECS",
        r"aws ecs update-service|amazon-ecs-deploy-task-definition|ecs-deploy",
    ),
    orchestrator("Nomad", r"\bnomad (?:job )?run\b"),
    orchestrator("Swarm", r"\bdocker stack deploy\b"),
    orchestrator(
        "Cloud Foundry",
        r"\bcf (?:push|deploy)\b|\bcf_command: [\x22']?push\b",
    ),
    Runtime {
        name: "Cloud Run",
        by: Pattern::new(r"gcloud run deploy|deploy-cloudrun"),
        orchestrates: true,
        restarts: true,
        encrypts: true,
        spreads: false,
        at_top: &[],
    },
    Runtime {
        name: "Azure Container Apps",
        by: Pattern::new(r"az containerapp (?:up|update)\b"),
        orchestrates: true,
        restarts: true,
        encrypts: false,
        spreads: false,
        at_top: &[],
    },
    runtime("Fly.io", r"\bfly(?:ctl)? deploy\b", false),
    runtime(
        "Heroku",
        r"(?i)heroku container:release|heroku-deploy|git push [^\n]*heroku",
        false,
    ),
    Runtime {
        name: "Vercel",
        by: Pattern::new(r"\bvercel [^\n]*--prod"),
        orchestrates: false,
        restarts: false,
        encrypts: true,
        spreads: true,
        at_top: &[
            "vercel.json",
            "next.config.js",
            "next.config.mjs",
            "next.config.ts",
        ],
    },
    Runtime {
        name: "Cloudflare",
        by: Pattern::new(r"wrangler (?:-- )?(?:pages )?(?:deploy|publish)\b"),
        orchestrates: false,
        restarts: false,
        encrypts: true,
        spreads: true,
        at_top: &["wrangler.toml", "wrangler.json", "wrangler.jsonc"],
    },
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut seen = [false; RUNTIMES.len()];
    for job in &view.jobs {
        let file = crate::readiness::read::name(&view.corpus.files[job.file].path);
        if only_tries(&job.name) || only_tries(file) {
            continue;
        }
        for step in &job.steps {
            let ran = expand(view, job, step);
            let Some(at) = ran.deployed_at() else {
                continue;
            };
            let whole = ran.whole();
            for (runtime, seen) in RUNTIMES.iter().zip(&mut seen) {
                let mut lines = deploying(&whole);
                if *seen || !lines.any(|(_, line)| runtime.by.is_in(line)) {
                    continue;
                }
                *seen = true;
                let name = runtime.name;
                if runtime.restarts {
                    restarts(name, &at, ledger);
                }
                let mut add = |item: &str, says: String| {
                    ledger.add(item, Grade::SetUp, at.clone(), says);
                };
                if runtime.orchestrates {
                    add("B9", format!("job `{}` deploys to {name}", job.name));
                }
                // If only a part of the system runs there, it says nothing about the whole.
                let paths = &view.corpus.paths[view.corpus.files[job.file].repository];
                let is_whole = runtime.at_top.iter().any(|it| paths.contains(*it))
                    || runtime.at_top.is_empty();
                if !is_whole {
                    continue;
                }
                if runtime.encrypts {
                    add("E1", format!("{name} serves HTTPS"));
                    add("E8", format!("the entry of {name} terminates TLS"));
                    add("E10", format!("{name} spreads requests over the instances"));
                }
                if runtime.spreads {
                    add("D5", format!("{name} serves files from its CDN"));
                }
            }
        }
    }
}

/// Reports what a platform does by itself, which is only half of what the items require.
fn restarts(name: &str, at: &Place, ledger: &mut Ledger) {
    for (item, says) in [
        (
            "H2",
            format!("{name} starts again what has ended; checks are not shown"),
        ),
        (
            "B7",
            format!("{name} starts again what has ended; a limit of memory is not shown"),
        ),
        (
            "J7",
            format!("{name} keeps what was deployed before; what goes back to it is not shown"),
        ),
    ] {
        ledger.add(item, Grade::Said, at.clone(), says);
    }
}
