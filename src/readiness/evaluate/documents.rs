//! Documents and the files that they name (N1, N2, J8), and documents that contradict themselves.

use super::View;
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::{
    Document, code_lines, enters_container, heading, lines, open_box, runs_in_container,
};
use crate::readiness::read::{Hit, folder, name};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    api(view, ledger);
    for document in &view.documents {
        super::names::evaluate(view, document, ledger);
        runbook(view, document, ledger);
        commands(view, document, ledger);
        boxes(view, document, ledger);
    }
}

static CODE_ROUTE: Pattern = Pattern::new(r#"(?:get|post|put|delete|patch)\(\s*["'](/[^"']*)["']"#);

/// Reports API descriptions, and whether they cover the routes of the code.
fn api(view: &View<'_>, ledger: &mut Ledger) {
    let routes = routes(view);
    for (file, paths) in descriptions(view) {
        let place = view.corpus.line(file, 1);
        if is_of_another(view, file) {
            let says = "a description from which a client is generated: the API of another program";
            ledger.add("N1", Grade::Nothing, place, says);
            continue;
        }
        if paths.is_empty() {
            ledger.refute("N1", place, "a description of an API without a path");
            continue;
        }
        let says = match paths.len() {
            1 => "OpenAPI with 1 path".to_owned(),
            count => format!("OpenAPI with {count} paths"),
        };
        ledger.add("N1", Grade::SetUp, place.clone(), says);
        let known: Vec<String> = paths.iter().map(|path| shape(path)).collect();
        let is_known = |route: &str| known.iter().any(|path| path.ends_with(&shape(route)));
        let missing: Vec<_> = routes.iter().filter(|route| !is_known(route)).collect();
        // Routes are only known for some frameworks, and only if they are literals.
        let is_telling = missing.len() * 2 > routes.len()
            && routes.len() <= MOST_ROUTES
            && paths.len() < routes.len();
        if is_telling {
            let some = missing.iter().take(3).map(|route| format!("`{route}`"));
            let (some, missing) = (some.collect::<Vec<_>>().join(", "), missing.len());
            let all = routes.len();
            let says = format!("{missing} of {all} routes of the code are not described: {some}");
            ledger.refute("N1", place, says);
        }
    }
}

/// Whether a build file or a script generates a client from a description, which is then of an API that the system
/// calls.
fn is_of_another(view: &View<'_>, file: usize) -> bool {
    const GENERATORS: [&str; 9] = [
        "openapi-generator",
        "openApiGenerate",
        "org.openapi.generator",
        "openapitools.generator",
        "openapi-typescript",
        "openapi-ts",
        "swagger-codegen",
        "oapi-codegen",
        "orval",
    ];
    let file = &view.corpus.files[file];
    let own = name(&file.path);
    let above = name(folder(&file.path));
    view.corpus.files.iter().any(|it| {
        let builds = matches!(it.kind, Kind::Dependencies | Kind::Shell)
            || it.path.ends_with(".gradle.kts")
            || it.path.ends_with(".gradle");
        let has = |word: &str| !word.is_empty() && it.text.contains(word);
        it.repository == file.repository
            && builds
            && GENERATORS.iter().any(|word| has(word))
            && (has(own) || above.len() > 4 && has(above))
            && !has("-server")
            && !has("\"spring\"")
    })
}

/// The most routes that are compared with a description.
const MOST_ROUTES: usize = 200;

/// Replaces the parameters of a path with `*`.
fn shape(path: &str) -> String {
    let is_parameter = |part: &str| part.starts_with(['{', ':', '<']);
    let parts = path
        .split('/')
        .map(|part| if is_parameter(part) { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Returns the routes that code defines, except those for operations.
fn routes(view: &View<'_>) -> Vec<String> {
    let route = |hit: &Hit| {
        CODE_ROUTE
            .group(hit.text.lines().next()?)
            .map(str::to_owned)
    };
    let is_own = |route: &String| {
        !["/", "/metrics", "/ready"].contains(&route.as_str()) && !route.starts_with("/health")
    };
    view.corpus
        .facts("routes")
        .filter_map(route)
        .filter(is_own)
        .collect()
}

/// Returns the API descriptions, each with its paths.
fn descriptions(view: &View<'_>) -> Vec<(usize, Vec<String>)> {
    let mut all = Vec::new();
    for (file, read) in view.corpus.files.iter().enumerate() {
        if matches!(read.role, Role::Vendored | Role::Development) {
            continue;
        }
        match read.kind {
            Kind::Yaml => {
                for document in view.corpus.documents(file) {
                    let is_api = ["openapi", "swagger"]
                        .iter()
                        .any(|key| document.get(key).is_some());
                    if let Some(paths) = document.get("paths").filter(|_| is_api) {
                        let paths = paths.entries().filter_map(|entry| entry.key.text());
                        all.push((file, paths.map(str::to_owned).collect()));
                    }
                }
            }
            Kind::Json if read.text.contains("\"paths\"") => {
                let root = serde_json::from_str::<serde_json::Value>(&read.text);
                let root = root.unwrap_or_default();
                let is_api = ["openapi", "swagger"]
                    .iter()
                    .any(|key| root.get(key).is_some());
                let paths = root.get("paths").and_then(|it| it.as_object());
                if let Some(paths) = paths.filter(|_| is_api) {
                    all.push((file, paths.keys().cloned().collect()));
                }
            }
            _ => {}
        }
    }
    all
}

const DIAGRAMS: &[&str] = &["```mermaid", "@startuml", "```plantuml"];

fn runbook(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let is_named = path.contains("runbook");
    let line = document.heading(&["runbook"]);
    let has_commands = code_lines(document.text).len() >= 2;
    if (is_named || line.is_some()) && has_commands {
        let place = view.corpus.line(document.file, line.unwrap_or(1));
        ledger.add("N2", Grade::SetUp, place, "a runbook with commands");
    } else if line.is_some() || is_named {
        let place = view.corpus.line(document.file, line.unwrap_or(1));
        ledger.add("N2", Grade::Said, place, "a runbook without commands");
    }
    let diagram = DIAGRAMS.iter().find_map(|mark| document.text.find(mark));
    let is_below = |at: usize| {
        let above = document.text[..at].lines().rev().find_map(heading);
        above.is_some_and(|it| it.to_ascii_lowercase().contains("architecture"))
    };
    if let Some(at) = diagram.filter(|at| path.contains("architect") || is_below(*at)) {
        ledger.add(
            "N2",
            Grade::SetUp,
            view.corpus.place(document.file, at),
            "a diagram of the architecture",
        );
    }
}

static COMPOSE_FILE: Pattern =
    Pattern::new(r"docker[ -]compose\s+(?:[^\n]*?\s)?(?:-f|--file)[ =](\S+\.ya?ml)");
static SCRIPT: Pattern = Pattern::new(
    r"(?:^|[;&|]\s*|\bbash |\bsh |\bsudo )((?:\./|scripts/|bin/|ops/|deploy/)[\w./-]+\.(?:sh|py))\b",
);
static APPLIED: Pattern = Pattern::new(r"kubectl apply\s+(?:[^\n]*?\s)?-f\s+([\w./-]+\.ya?ml)");

/// The most lines of commands that are followed in one document.
const MOST_COMMANDS: usize = 500;

fn is_operations(view: &View<'_>, document: &Document<'_>) -> bool {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let of_path = [
        "deploy",
        "runbook",
        "operations",
        "install",
        "production",
        "backup",
        "restore",
        "recovery",
    ]
    .iter()
    .any(|word| path.contains(word));
    of_path || folder(&path).is_empty() && name(&path).starts_with("readme")
}

/// Whether the name of a file that a command names is about deploying.
fn deploys(named: &str) -> bool {
    const WORDS: &[&str] = &[
        "deploy", "install", "setup", "release", "prod", "compose", "k8s", "kube", "upgrade",
    ];
    let named = named.to_ascii_lowercase();
    let is_of_developers = crate::lexicon::path::has_word(&named, is_of_developers);
    !is_of_developers && WORDS.iter().any(|word| named.contains(word))
}

fn is_of_developers(word: &str) -> bool {
    [
        "dev",
        "develop",
        "development",
        "local",
        "locally",
        "test",
        "testing",
        "tests",
    ]
    .contains(&word)
}

/// Whether a line is below a heading about development or tests.
fn is_below_development(text: &str, line: u32) -> bool {
    let above = lines(text).take(line as usize);
    let last = above.filter_map(|(_, line)| heading(line)).last();
    last.is_some_and(|it| {
        crate::lexicon::path::has_word(&it.to_ascii_lowercase(), is_of_developers)
    })
}

/// Whether a Make target creates a file, or a script of the repository writes it.
pub(super) fn is_made(view: &View<'_>, repository: usize, named: &str) -> bool {
    let named = named.trim_start_matches("./");
    let target = format!("{named}:");
    let mut scripts = view.shipped(Kind::Shell);
    scripts.any(|(_, file)| {
        file.repository == repository
            && file.text.contains(named)
            && file
                .text
                .lines()
                .any(|line| line.starts_with(&target) || line.contains(&format!("-o {named}")))
    })
}

/// Reports files that the commands of a document name and that do not exist.
fn commands(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    if !is_operations(view, document) {
        return;
    }
    let file = &view.corpus.files[document.file];
    let is_recovery = {
        let path = file.path.to_ascii_lowercase();
        ["runbook", "backup", "restore", "recovery"]
            .iter()
            .any(|word| path.contains(word))
    };
    let entered = enters_container(document.text).unwrap_or(u32::MAX);
    let mut is_elsewhere = false;
    for (number, line) in code_lines(document.text).into_iter().take(MOST_COMMANDS) {
        // Files that earlier commands fetched or created are not in the repository.
        is_elsewhere |= [
            "git clone",
            "curl -",
            "wget ",
            "cat >",
            "cat <<",
            "touch ",
            "mkdir",
            "cp ",
            "npx ",
            "> ",
            "make bin/",
            "make scripts/",
        ]
        .iter()
        .any(|word| line.contains(word))
            || line.starts_with("cd ")
            || number >= entered;
        let named = [&COMPOSE_FILE, &SCRIPT, &APPLIED]
            .iter()
            .find_map(|pattern| pattern.group(line));
        let Some(named) = named.filter(|it| {
            !it.contains(['$', '<', '{', '*']) && !it.starts_with('/') && !it.contains("://")
        }) else {
            continue;
        };
        let beside = super::containers::normal(&format!("{}/{named}", folder(&file.path)));
        let exists = view.corpus.has_path(file.repository, named)
            || view.corpus.has_path(file.repository, &beside);
        let place = view.corpus.line(document.file, number);
        if exists {
            let is_deploying = deploys(named) && !is_below_development(document.text, number);
            let grade = if is_deploying {
                Grade::SetUp
            } else {
                Grade::Nothing
            };
            let says = format!("a command names {named}, which is there");
            ledger.add("J8", grade, place, says);
        } else if !is_elsewhere
            && !runs_in_container(line)
            && !is_made(view, file.repository, named)
        {
            let says = format!("a command names {named}, which does not exist");
            ledger.contradict("J8", place.clone(), says.clone());
            if is_recovery {
                ledger.contradict("L8", place.clone(), says.clone());
            }
            if file.path.to_ascii_lowercase().contains("runbook") {
                ledger.contradict("N2", place, says);
            }
        }
    }
}

static DECISION: Pattern = Pattern::new(
    r"^[>*_\s-]*(?:(?:Overall|Current|Final|Production)\s+)?(?:Decision|Readiness|Status|Verdict|Recommendation|Result)[*_\s]*:[*_\s]*[^\w\s]*[*_\s]*(?:GO|READY|APPROVED)\b(?:[*_\s.!]|$)",
);

/// Whether a line states the decision to go live.
fn is_decision(line: &str) -> bool {
    let is_no = line.to_ascii_lowercase().contains("not ") || line.contains("NO-GO");
    DECISION.is_in(line) && !is_no
}

/// Words in headings of what must be done before a system goes live.
const BEFORE: &[&str] = &[
    "before",
    "blocker",
    "checklist",
    "criteria",
    "go-live",
    "launch",
    "must",
    "pre-",
    "requirement",
    "sign-off",
];

/// Reports headings that say READY, and decisions to go live, above unchecked boxes.
fn boxes(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let mut done: Vec<Claimed> = Vec::new();
    let mut counts = true;
    for (number, line) in lines(document.text) {
        if let Some(title) = heading(line) {
            done.iter_mut().for_each(Claimed::end_section);
            let lower = title.to_ascii_lowercase();
            counts = BEFORE.iter().any(|word| lower.contains(word));
            let is_ready = title.contains("READY") && !title.contains("NOT READY")
                || title.contains("**DONE**")
                || title.contains("COMPLETE") && !title.contains("INCOMPLETE");
            done.extend(
                is_ready.then(|| Claimed::new(number, "a heading says that it is done", false)),
            );
        } else if is_decision(line) {
            done.push(Claimed::new(
                number,
                "a line says that it may go live",
                true,
            ));
        } else if open_box(line).is_some() {
            for it in done
                .iter_mut()
                .filter(|it| it.is_open && (counts || !it.is_of_document))
            {
                it.boxes += 1;
            }
        }
    }
    for it in done.iter().filter(|it| it.boxes > 0) {
        let boxes = match it.boxes {
            1 => "1 open box".to_owned(),
            boxes => format!("{boxes} open boxes"),
        };
        let says = format!("{}, above {boxes}", it.says);
        ledger.doubt(view.corpus.line(document.file, it.line), says);
    }
}

/// A line that says that everything is done.
struct Claimed {
    line: u32,
    says: &'static str,
    /// Whether it is about the rest of the document, and not only about its section.
    is_of_document: bool,
    is_open: bool,
    boxes: usize,
}

impl Claimed {
    fn new(line: u32, says: &'static str, is_of_document: bool) -> Self {
        Self {
            line,
            says,
            is_of_document,
            is_open: true,
            boxes: 0,
        }
    }

    fn end_section(&mut self) {
        self.is_open &= self.is_of_document;
    }
}
