//! `gha/unpinned-action`: an action whose code may change.

use rustc_hash::FxHashMap;

use crate::audit::fix::Fix;
use crate::audit::workflow::releases::{Release, pin, release_of};
use crate::audit::yaml::Span;

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Severity, Sighting,
    Value, workflow,
};

pub(super) struct UnpinnedAction;

impl Check<File<'_>> for UnpinnedAction {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for complaint in complaints(file) {
            let fix = complaint.fix(file.text, &mut release_of);
            let mut sighting = Sighting::new(&CARD, complaint.span(), complaint.message);
            sighting.severity = complaint.severity;
            // An action without a known release does not keep the others from being fixed.
            sighting.fixes.extend(fix);
            report.add(&CARD, sighting);
        }
        for (job, image) in images(file) {
            let Some(text) = image.text().filter(|text| is_moving(text)) else {
                continue;
            };
            let message = format!(
                "image `{text}` of job `{}` has no version and can change without notice",
                job.name
            );
            let sighting = Sighting::new(&CARD, image.span(), message).weighing(Severity::Low);
            report.add(&CARD, sighting);
        }
    }
}

/// Returns the images that jobs and their services run in.
fn images<'f, 't>(file: &'f File<'t>) -> impl Iterator<Item = (&'f Job<'t>, Value<'t>)> {
    file.jobs.iter().flat_map(|job| {
        let services = job
            .root
            .get("services")
            .into_iter()
            .flat_map(Value::entries);
        let all = services
            .map(|entry| entry.value)
            .chain(job.root.get("container"));
        let images = all.map(|it| it.get("image").unwrap_or(it));
        images.map(move |image| (job, image))
    })
}

/// Whether the content of an image may change: it has no tag, or `latest`.
fn is_moving(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let is_whole = !image.is_empty() && !image.contains("${{") && !image.contains("@sha256:");
    is_whole && name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

/// The subject of one finding: an action of others, or all those of GitHub together.
struct Complaint<'t> {
    message: String,
    severity: Severity,
    /// Each action with all its places.
    actions: Vec<Vec<Value<'t>>>,
}

impl Complaint<'_> {
    fn span(&self) -> Span {
        self.actions[0][0].span()
    }

    /// Returns a fix that pins the actions whose release `find` knows.
    fn fix(&self, text: &str, find: &mut dyn FnMut(&str) -> Option<Release>) -> Option<Fix> {
        let fixes = self.actions.iter().filter_map(|uses| {
            let release = find(uses[0].text()?)?;
            pin(&CARD, text, uses, &release)
        });
        let fixes: Vec<Fix> = fixes.collect();
        Fix::all(&fixes)
    }
}

fn complaints<'t>(file: &File<'t>) -> Vec<Complaint<'t>> {
    let (of_github, others): (Vec<_>, Vec<_>) = unpinned(file)
        .into_iter()
        .partition(|(text, _)| text.starts_with("actions/") || text.starts_with("github/"));
    let mut complaints: Vec<_> = others
        .into_iter()
        .map(|(text, uses)| complaint(file, text, uses))
        .collect();
    if !of_github.is_empty() {
        let mut names: Vec<_> = of_github.iter().map(|(text, _)| *text).collect();
        names.sort_unstable();
        names.truncate(6);
        complaints.push(Complaint {
            message: format!(
                "{} is not pinned to a commit and can change without notice",
                names.join(", ")
            ),
            severity: Severity::Low,
            actions: of_github.into_iter().map(|(_, uses)| uses).collect(),
        });
    }
    complaints
}

/// Judges an action of others; it is more severe if the action gets keys to other machines or repositories.
fn complaint<'t>(file: &File<'t>, text: &str, uses: Vec<Value<'t>>) -> Complaint<'t> {
    let places: Vec<usize> = uses.iter().map(|uses| uses.span().start).collect();
    let is_here = |step: &Value<'_>| {
        let uses = step.get("uses");
        uses.is_some_and(|uses| places.contains(&uses.span().start))
    };
    let mut roots = file.steps().map(|(_, step)| step).filter(is_here);
    let is_own = file.owner.is_some() && file.owner.as_deref() == Some(owner_of(text));
    let handed = roots.find_map(key_handed_to).filter(|_| !is_own);
    let branch = branch_of(text).filter(|_| !is_own);
    let used = file.jobs.iter().filter(|job| {
        let own = job.root.get("uses").into_iter();
        let uses = job
            .steps
            .iter()
            .filter_map(|step| step.get("uses"))
            .chain(own);
        uses.into_iter()
            .any(|uses| places.contains(&uses.span().start))
    });
    let (message, severity) = match (handed, branch) {
        (None, Some(branch)) => {
            let mut used = used.filter_map(|job| power_of(file, job));
            let power = used.next();
            (
                format!(
                    "`{text}` runs whatever is on the branch `{branch}` of its owner at that moment{}",
                    power
                        .as_deref()
                        .map(|it| format!(", in a job with {it}"))
                        .unwrap_or_default()
                ),
                if power.is_some() {
                    Severity::High
                } else {
                    Severity::Medium
                },
            )
        }
        (Some(name), _) => (
            format!(
                "`{text}` is not pinned to a commit, and is handed `{name}`: anyone who moves its branch or tag gets that"
            ),
            Severity::High,
        ),
        (None, None) => (
            format!("`{text}` is not pinned to a commit, so its owner can change the code it runs"),
            if is_own {
                Severity::Low
            } else {
                Severity::Medium
            },
        ),
    };
    Complaint {
        message,
        severity,
        actions: vec![uses],
    }
}

/// The branch that an action is taken from, where its name can be no tag: every commit to it is run.
fn branch_of(uses: &str) -> Option<&str> {
    const BRANCHES: &[&str] = &[
        "main",
        "master",
        "develop",
        "development",
        "dev",
        "trunk",
        "next",
        "nightly",
        "edge",
        "canary",
        "HEAD",
    ];
    let (_, revision) = uses.split_once('@')?;
    let name = revision.strip_prefix("refs/heads/").unwrap_or(revision);
    (BRANCHES.contains(&name) || name != revision).then_some(name)
}

/// What a token may write that changes a repository, or what is made of it.
const SCOPES: &[&str] = &[
    "contents",
    "packages",
    "id-token",
    "actions",
    "deployments",
    "pages",
];

/// What who controls a step of a job gets: a secret of the repository, or a token that can change it.
fn power_of(file: &File, job: &Job) -> Option<String> {
    let text = file.text.get(job.root.span())?;
    let mut secrets = text.match_indices("secrets.").map(|(at, word)| {
        let rest = &text[at + word.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    let secret =
        secrets.find(|name| !name.is_empty() && !name.eq_ignore_ascii_case("GITHUB_TOKEN"));
    if let Some(secret) = secret {
        return Some(format!("the secret `{secret}`"));
    }
    let permissions = job
        .root
        .get("permissions")
        .or_else(|| file.root.get("permissions"))?;
    if permissions.text() == Some("write-all") {
        return Some("a token that may write everything".to_owned());
    }
    let mut given = permissions.entries().filter(|entry| {
        entry.value.text() == Some("write")
            && entry.key.text().is_some_and(|key| SCOPES.contains(&key))
    });
    let scope = given.next()?.key.text()?;
    Some(format!("`{scope}: write`"))
}

/// Returns the account that an action belongs to.
fn owner_of(uses: &str) -> &str {
    uses.split('/').next().unwrap_or_default()
}

/// Returns the secret that a step passes to its action, if it is an SSH or App key, or a deployment token.
fn key_handed_to(step: Value<'_>) -> Option<&str> {
    let given = [step.get("with"), step.get("env")];
    let mut entries = given.into_iter().flatten().flat_map(Value::entries);
    entries.find_map(|entry| {
        let text = entry.value.text()?;
        let (_, rest) = text.split_once("secrets.")?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let secret = &rest[..end.unwrap_or(rest.len())];
        let key = entry.key.text().unwrap_or_default();
        (opens_much(secret) || opens_much(key) && secret != "GITHUB_TOKEN").then_some(secret)
    })
}

/// Whether a name is that of an SSH or App key, or a deployment token.
fn opens_much(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    if name.contains("public") || name.contains("known_hosts") {
        return false;
    }
    let has = |word: &str| name.split('_').any(|part| part == word);
    let is_key = has("key") || name.ends_with("key");
    name.contains("private_key")
        || name.contains("privatekey")
        || name.contains("ssh") && is_key
        || has("deploy") && (is_key || has("token"))
        || name.contains("deploykey")
        || has("pem")
}

/// Returns fixes that pin the actions of a file to the releases that `find` returns, with where each finding begins.
pub(in crate::audit::workflow) fn fixes(
    file: &File,
    find: &mut dyn FnMut(&str) -> Option<Release>,
) -> Vec<(usize, Fix)> {
    let complaints = complaints(file).into_iter();
    let fixes = complaints.filter_map(|it| Some((it.span().start, it.fix(file.text, find)?)));
    fixes.collect()
}

/// Returns the actions without a commit, each with all its places, in file order.
fn unpinned<'t>(file: &File<'t>) -> Vec<(&'t str, Vec<Value<'t>>)> {
    let mut found: Vec<(&str, Vec<Value>)> = Vec::new();
    let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
    for uses in file.uses() {
        let Some(text) = uses.text().filter(|text| is_unpinned(text)) else {
            continue;
        };
        let number = *numbers.entry(text).or_insert(found.len());
        match found.get_mut(number) {
            Some((_, places)) => places.push(uses),
            None => found.push((text, vec![uses])),
        }
    }
    found
}

/// Whether the code of an action can be changed elsewhere, later. Actions in the same repository change with it.
fn is_unpinned(uses: &str) -> bool {
    if uses.starts_with("./") || uses.starts_with("$/") || uses.contains("${{") {
        return false;
    }
    if let Some(image) = uses.strip_prefix("docker://") {
        return !image.contains("@sha256:");
    }
    match uses.split_once('@') {
        Some((_, version)) => !is_commit(version),
        None => uses.contains('/'),
    }
}

fn is_commit(version: &str) -> bool {
    matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

static CARD: Card = Card {
    id: "gha/unpinned-action",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Action not pinned to a commit",
    description: "A tag or branch of a third-party repository can be moved; a branch does with every commit to it, so one in a \
                  job with secrets or a token that writes is worse. In March 2025 the tags of \
                  `tj-actions/changed-files` were moved to code that printed the secrets of every job \
                  (CVE-2025-30066).",
    remedy: "Pin the full commit SHA, with the version in a comment for readers and update bots: `uses: \
             OWNER/ACTION@COMMIT # v1.2.3`.",
    references: &[HARDENING, OWASP],
    tags: &[
        "github-actions",
        "ci",
        "supply-chain",
        "CWE-829",
        "CWE-1357",
        "OWASP-CICD-3",
    ],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: python # here\n    services:\n      db: {image: postgres:16}\n    steps:\n      - run: make\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4 # here\n      - uses: actions/cache@v4\n      - uses: some/action@main # here\n      - uses: docker://alpine:3 # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/mirror@master # here\n        with:\n          ssh_private_key: ${{ secrets.MIRROR_KEY }}\n",
        ),
        workflow(
            "on: push\npermissions:\n  contents: write\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/action@main # here\n",
        ),
        workflow("on: push\njobs:\n  a:\n    uses: some/repo/.github/workflows/a.yml@v1 # here\n"),
    ],
    negatives: &[workflow(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/action@0123456789012345678901234567890123456789\n      - uses: ./build\n      - uses: docker://alpine@sha256:00\n      - run: true\n",
    )],
};
