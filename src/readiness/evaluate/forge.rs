//! Secrets that pipelines get from the forge, and images that they publish for each version (A2, A4, J1, J7).

use super::View;
use super::steps::{Ran, expand};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::is_comment;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::Job;
use crate::readiness::read::prose::lines;

/// A reference to a secret of the forge.
static SECRET: Pattern =
    Pattern::new(r"\$\{\{[^}\n]*\bsecrets\.([A-Za-z_]\w*)|^\s*secrets:\s*(inherit)\s*$");

/// A command or action that publishes an image.
static PUBLISHES: Pattern = Pattern::new(
    r"docker/build-push-action|\bdocker (?:buildx build[^\n]*--push|push)\b|\bpodman push\b|\bkaniko\b|\bskopeo copy\b|\bko (?:build|publish)\b|goreleaser|docker/bake-action|build-and-push|\bbuildah push\b|jib:build|bootBuildImage[^\n]*publish|elgohr/Publish-Docker",
);
/// A tag that identifies the version of an image.
static BY_VERSION: Pattern = Pattern::new(
    r"type=(?:semver|sha|ref,event=tag)|github\.(?:sha|ref_name|event\.release)|GITHUB_(?:SHA|REF_NAME)|CI_COMMIT_(?:SHA|TAG|SHORT_SHA)|CIRCLE_(?:SHA1|TAG)|\bgit rev-parse\b|\bsteps\.\w+\.outputs\.(?:tags|version)|needs\.\w+\.outputs\.(?:tag|version)|inputs\.(?:tag|version)|\$\{?(?:VERSION|TAG|IMAGE_TAG|RELEASE)\b",
);

/// Whether a step publishes an image. Of an action, only its name is compared: its inputs may be any text.
fn publishes(step: &Ran) -> bool {
    let text = match step.text.lines().next() {
        Some(action) if step.is_action => action,
        _ => step.text.as_str(),
    };
    PUBLISHES.is_in(text) && !step.text.contains("push: false")
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut is_published = false;
    for job in &view.jobs {
        let texts: Vec<_> = job
            .steps
            .iter()
            .map(|step| expand(view, job, step))
            .collect();
        let deploys = texts.iter().any(Ran::deploys);
        if let Some(place) = secret(view, job) {
            let (grade, says) = if deploys {
                (
                    Grade::SetUp,
                    "what deploys takes credentials from the secrets of the forge",
                )
            } else {
                (
                    Grade::Said,
                    "a pipeline takes credentials from the secrets of the forge",
                )
            };
            ledger.add("A2", grade, place.clone(), says);
            if let Some(environment) = job.environment.as_ref().filter(|_| deploys) {
                let says = format!(
                    "the deployment to `{environment}` is given its credentials by the forge"
                );
                ledger.add("A4", Grade::SetUp, place, says);
            }
        }
        let publishes = texts.iter().find(|it| publishes(it));
        let Some(step) = publishes.filter(|_| !is_published) else {
            continue;
        };
        is_published = true;
        if !ledger.reaches("J1", Grade::SetUp) {
            let says = format!(
                "job `{}` publishes an image; what deploys it is not shown",
                job.name
            );
            ledger.add("J1", Grade::Said, step.at.clone(), says);
        }
        if texts.iter().any(|it| BY_VERSION.is_in(&it.text)) {
            let says = format!(
                "job `{}` keeps an image of each version; what goes back to one is not shown",
                job.name
            );
            ledger.add("J7", Grade::Said, step.at.clone(), says);
        }
    }
}

/// Returns where a job is given a secret of the forge other than `GITHUB_TOKEN`, which every job has.
fn secret(view: &View<'_>, job: &Job) -> Option<Place> {
    let text = &view.corpus.files[job.file].text;
    let next = view
        .jobs
        .iter()
        .filter(|it| it.file == job.file && it.line > job.line)
        .map(|it| it.line)
        .min()
        .unwrap_or(u32::MAX);
    let own = lines(text).filter(|(line, _)| (job.line..next).contains(line));
    let mut given = own.filter(|(_, line)| !is_comment(line) && SECRET.is_in(line));
    let found = given.find(|(_, line)| SECRET.group(line) != Some("GITHUB_TOKEN"));
    found.map(|(line, _)| view.corpus.line(job.file, line))
}
