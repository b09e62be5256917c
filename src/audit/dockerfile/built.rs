//! Which stages of a Dockerfile are built at all: BuildKit skips those that no result depends on.

use memchr::memmem;

use crate::audit::Project;

use super::file::Result;
use super::stage::{Dockerfile, Stage};

/// How many files are searched for the name of a stage.
const MAX_FILES: usize = 200;

/// Returns the numbers of the stages that are built: those that become images, and all that these are built on or copy
/// from. A stage that some file of the tree names as a target counts, too.
pub(super) fn stages(docker: &Dockerfile, results: &[Result], project: &Project<'_>) -> Vec<usize> {
    let mut built: Vec<usize> = Vec::new();
    let mut open: Vec<usize> = results.iter().map(|result| result.stage).collect();
    follow(docker, &mut open, &mut built);
    if built.len() < docker.stages.len() {
        let named = targets(docker, project);
        open.extend(named);
        follow(docker, &mut open, &mut built);
    }
    built.sort_unstable();
    built
}

fn follow(docker: &Dockerfile, open: &mut Vec<usize>, built: &mut Vec<usize>) {
    while let Some(number) = open.pop() {
        if built.contains(&number) {
            continue;
        }
        let Some(stage) = docker.stages.get(number) else {
            continue;
        };
        built.push(number);
        open.extend(stage.base.stage);
        let sources = stage.steps.iter().flat_map(|step| &step.instruction.flags);
        for flag in sources {
            let names = match flag.name.as_str() {
                "from" => Some(flag.value.as_str()),
                "mount" => flag
                    .value
                    .split(',')
                    .find_map(|part| part.strip_prefix("from=")),
                _ => None,
            };
            open.extend(names.and_then(|name| docker.stage_number(Some(name))));
        }
    }
}

/// Returns the stages that a script, a bake file or a workflow of the tree builds by name.
fn targets(docker: &Dockerfile, project: &Project<'_>) -> Vec<usize> {
    let names = docker.stages.iter().enumerate();
    let names = names.filter_map(|(number, stage)| Some((number, target_marks(stage)?)));
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Vec::new();
    }
    let lines = project.shared(Targets::new);
    let has = |mark: &String| memmem::find(&lines.0, mark.as_bytes()).is_some();
    let named = names.iter().filter(|(_, marks)| marks.iter().any(has));
    named.map(|(number, _)| *number).collect()
}

/// Lines that may name targets, from the files of a tree that may build images: read once for all Dockerfiles.
struct Targets(Vec<u8>);

impl Targets {
    fn new(project: &Project<'_>) -> Self {
        let paths = project.paths().filter(|path| may_build(path));
        let texts = paths.take(MAX_FILES).filter_map(|path| project.read(path));
        let mut lines = Vec::new();
        for text in texts {
            let all = text.split_inclusive(|byte| *byte == b'\n');
            for line in all.filter(|line| memmem::find(line, b"target").is_some()) {
                lines.extend_from_slice(line);
            }
            lines.push(b'\n');
        }
        Self(lines)
    }
}

/// Returns the ways in which command lines, YAML and HCL name a stage as the target.
fn target_marks(stage: &Stage) -> Option<Vec<String>> {
    let name = stage.name.as_deref()?;
    let starts = [
        "--target ",
        "--target=",
        "target: ",
        "target = \"",
        "\"target\": \"",
        "target=\"",
    ];
    Some(
        starts
            .iter()
            .map(|start| format!("{start}{name}"))
            .collect(),
    )
}

fn may_build(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    [
        "makefile",
        "justfile",
        "jenkinsfile",
        "earthfile",
        "tiltfile",
    ]
    .contains(&name.as_str())
        || [
            ".mk", ".sh", ".yml", ".yaml", ".hcl", ".json", ".toml", ".ps1", ".md",
        ]
        .iter()
        .any(|it| ends(it))
}
