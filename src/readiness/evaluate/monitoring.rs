//! Health endpoints, metrics, logs, errors, traces, dashboards and external monitoring (I1–I7, I9, B10).

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::View;
use super::facts::place;
use super::telemetry::{agents, dashboards, errors, logs, traces, uptime};
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, Service, joined};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{Hit, get};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    health(view, ledger);
    scraped(view, ledger);
    logs(view, ledger);
    errors(view, ledger);
    agents(view, ledger);
    traces(view, ledger);
    dashboards(view, ledger);
    uptime(view, ledger);
}

static ROUTE: Pattern = Pattern::new(
    r"(?i)(?:\.(?:get|head|all|use|route|handle|handlefunc|any|map|mapget|add_url_rule|add_get|path|endpoint)\s*\(|^\s*(?:get|match|path|re_path|url|route)(?:\s*\(|\s+[\x22'/:])|@\w*(?:get|route|requestmapping|path|controller)\b|request_path|path_info|Route::|HandleFunc|MapHealthChecks|router\.|app\.)",
);

/// Returns the lines of code that define a health endpoint.
fn endpoints<'v>(view: &'v View<'_>) -> Vec<&'v Hit> {
    let is_route = |hit: &&Hit| {
        let line = hit.text.lines().next().unwrap_or_default();
        let calls_out = [
            "fetch(",
            "axios",
            "http://",
            "https://",
            "requests.",
            "curl",
            "wget",
            "href",
            "urljoin",
            "Http::",
            "import ",
            "http.Get(",
        ]
        .iter()
        .any(|word| line.contains(word));
        let is_code = crate::readiness::read::kind::kind(&hit.path, b"") == Kind::Code
            && !hit.path.ends_with(".html");
        let is_client =
            crate::lexicon::path::has_word(&hit.path, |word| word == "client" || word == "clients");
        is_code && !is_client && !calls_out && ROUTE.is_in(line)
    };
    view.corpus.facts("route").filter(is_route).collect()
}

static IN_URL: Pattern = Pattern::new(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[\w${}]+)?(/[\w/.\-]*)",
);

/// Returns the paths that probes request, each with its place and whether it is a path of the project's own program.
fn probes(view: &View<'_>) -> Vec<(Place, String, bool)> {
    let mut all = Vec::new();
    // A path of a data store or a queue is not a route of the program.
    let asked = [Purpose::App, Purpose::Proxy];
    for service in view
        .services
        .iter()
        .filter(|it| asked.contains(&it.purpose))
    {
        if let Some((file, test)) = service.found("healthcheck.test") {
            let command = joined(test);
            if let Some(path) = IN_URL.group(&command) {
                let own = service.is_built() && service.purpose == Purpose::App;
                all.push((view.corpus.at(file, test), path.to_owned(), own));
            }
        }
    }
    for it in view.manifests.iter().filter(|it| it.is_workload()) {
        for container in it.containers() {
            for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                if let Some(path) = container.get(probe).and_then(|it| get(it, "httpGet.path")) {
                    all.push((
                        view.corpus.at(it.file, path),
                        path.text().unwrap_or_default().to_owned(),
                        is_own_image(view, container),
                    ));
                }
            }
        }
    }
    for (file, read) in view.shipped(Kind::Docker) {
        let check = super::containers::instruction(&read.text, "HEALTHCHECK");
        if let Some((line, command)) = check
            && let Some(path) = IN_URL.group(command)
        {
            all.push((view.corpus.line(file, line), path.to_owned(), false));
        }
    }
    for block in view.resources(&["aws_lb_target_group", "aws_alb_target_group"]) {
        for check in block.within("health_check") {
            if let Some(path) = check.text("path") {
                all.push((view.attribute_place(check, "path"), path.to_owned(), false));
            }
        }
    }
    all
}

fn health(view: &View<'_>, ledger: &mut Ledger) {
    let endpoints = endpoints(view);
    actuator(view, ledger);
    for hit in endpoints.iter().take(3) {
        ledger.add(
            "I1",
            Grade::SetUp,
            place(hit),
            "the program has a health endpoint",
        );
    }
    let mut known: FxHashMap<String, bool> = FxHashMap::default();
    for (at, path, is_own) in probes(view) {
        let last = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        if last.is_empty() {
            continue;
        }
        // Many probes request the same path.
        let is_known = *known.entry(last.to_owned()).or_insert_with(|| {
            let finder = memmem::Finder::new(last);
            let mut literals = view.corpus.literals.iter().flatten();
            literals.any(|word| finder.find(word.as_bytes()).is_some())
        });
        if is_known && !endpoints.is_empty() {
            ledger.add("I1", Grade::Wired, at, format!("a probe asks for {path}"));
        } else if is_known || !has_code(view) {
            ledger.add("I1", Grade::SetUp, at, format!("a probe asks for {path}"));
        } else if is_own && !is_known && has_code(view) && !in_proxy(view, last) {
            ledger.contradict(
                "I1",
                at,
                format!("a probe asks for {path}, which no code has"),
            );
        }
    }
}

/// Reports probes that the settings of Spring Boot turn on.
fn actuator(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Yaml) {
        if !crate::readiness::read::name(&read.path).starts_with("application") {
            continue;
        }
        let mut documents = view.corpus.documents(file);
        if let Some(value) = documents.find_map(|it| get(it, "management.endpoint.health")) {
            let says = "the settings of the program set up its health endpoint";
            ledger.add("I1", Grade::SetUp, view.corpus.at(file, value), says);
        }
    }
}

/// Whether there is enough code for its routes to be known.
fn has_code(view: &View<'_>) -> bool {
    const ENOUGH: usize = 20;
    let literals = view.corpus.literals.iter();
    literals.map(rustc_hash::FxHashSet::len).sum::<usize>() > ENOUGH
        || view.corpus.facts("routes").nth(1).is_some()
}

/// Whether the image of a container is the project's own program: it is the only application image, and there is a
/// Dockerfile.
fn is_own_image(view: &View<'_>, container: Value<'_>) -> bool {
    let is_program = |image: &str| crate::readiness::read::compose::purpose(image) == Purpose::App;
    let image = |it: Value<'_>| {
        let image = it.get("image").and_then(Value::text)?;
        let name = image.split([':', '@']).next().unwrap_or(image);
        is_program(image).then(|| name.to_owned())
    };
    let Some(own) = image(container) else {
        return false;
    };
    let workloads = view.manifests.iter().filter(|it| it.is_workload());
    let mut others = workloads
        .flat_map(super::super::read::manifest::Manifest::containers)
        .filter_map(image);
    others.all(|it| it == own) && view.shipped(Kind::Docker).next().is_some()
}

/// Whether a configuration file, a shell script or a Dockerfile contains the word, and so may answer the probe.
fn in_proxy(view: &View<'_>, word: &str) -> bool {
    let mut files = view.corpus.files.iter();
    files.any(|file| {
        matches!(file.kind, Kind::Conf | Kind::Shell | Kind::Docker) && file.text.contains(word)
    })
}

/// Reports scrape jobs, and whether their targets are services.
fn scraped(view: &View<'_>, ledger: &mut Ledger) {
    let targets = targets(view, ledger);
    exported(view, &targets, ledger);
    for (at, target) in &targets {
        let host = host_of(target);
        let is_simple = !host.is_empty() && !host.contains(['.', '$', '{']) && host != "localhost";
        let named = view.services.iter().find(|it| is_called(it, host));
        match named {
            // That Prometheus scrapes itself says nothing about the system.
            Some(service) if !watches(service) => {
                ledger.add(
                    "I2",
                    Grade::Wired,
                    at.clone(),
                    format!("`{host}` is scraped"),
                );
            }
            None if is_simple
                && !view.services.is_empty()
                && !view.service_names.contains(host) =>
            {
                let says = format!("a scrape job asks `{host}`, which is no service");
                ledger.contradict("I2", at.clone(), says);
            }
            _ => {}
        }
    }
    for service in view
        .services
        .iter()
        .filter(|it| it.image_name().contains("exporter"))
    {
        let place = view.service_place(service);
        let name = &service.name;
        if targets
            .iter()
            .any(|(_, target)| is_called(service, host_of(target)))
        {
            ledger.add(
                "B10",
                Grade::Wired,
                place,
                format!("exporter `{name}` is scraped"),
            );
        } else if targets.is_empty() {
            let says = format!("exporter `{name}`; no scrape job is here");
            ledger.add("B10", Grade::SetUp, place, says);
        } else {
            ledger.contradict(
                "B10",
                place,
                format!("exporter `{name}` is scraped by no job"),
            );
        }
    }
    for it in view
        .manifests
        .iter()
        .filter(|it| it.kind == "ServiceMonitor" || it.kind == "PodMonitor")
    {
        let says = format!("{} `{}`", it.kind, it.name);
        ledger.add("I2", Grade::Wired, view.corpus.at(it.file, it.value), says);
    }
}

/// Prefixes of metrics, each with a word from the name of their exporter.
const EXPORTERS: &[(&str, &str)] = &[
    ("pg_", "postgres"),
    ("mysql_", "mysql"),
    ("redis_", "redis"),
    ("node_", "node"),
    ("container_", "cadvisor"),
    ("mongodb_", "mongo"),
];

/// Collectors that can export any metric.
const COLLECTORS: &[&str] = &["otel", "alloy", "agent", "telegraf", "netdata", "vector"];

/// Reports dashboards that query metrics that no scrape target exports.
fn exported(view: &View<'_>, targets: &[(Place, String)], ledger: &mut Ledger) {
    let discovers = ledger.reaches("I2", Grade::Wired)
        && view
            .corpus
            .files
            .iter()
            .any(|file| file.text.contains("_sd_configs"));
    let images = view.services.iter().map(Service::image_name);
    let names = view.service_names.iter().map(|name| (*name).to_owned());
    let collects = images
        .chain(names)
        .any(|it| COLLECTORS.iter().any(|word| it.contains(word)));
    if targets.is_empty() || discovers || collects {
        return;
    }
    let is_exported = |word: &str| {
        targets.iter().any(|(_, target)| target.contains(word))
            || view.services.iter().any(|it| {
                let image = it.image_name();
                image.contains(word) && (image.contains("exporter") || image.contains("cadvisor"))
            })
    };
    for (file, queries) in super::telemetry::queries(view) {
        let asks = |prefix: &str| {
            let mut words = queries.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word.starts_with(prefix))
        };
        let lacking = EXPORTERS
            .iter()
            .find(|(prefix, word)| asks(prefix) && !is_exported(word));
        if let Some((prefix, _)) = lacking {
            let says = format!(
                "the dashboard asks for `{prefix}…`, which nothing that is scraped exports"
            );
            ledger.contradict("I7", view.corpus.line(file, 1), says);
        }
    }
}

fn host_of(target: &str) -> &str {
    target.split(':').next().unwrap_or_default()
}

/// Whether a host is the name of a service.
fn is_called(service: &Service<'_>, host: &str) -> bool {
    let is_it = |key: &str| service.get(key).and_then(Value::text) == Some(host);
    service.name == host || is_it("container_name") || is_it("hostname")
}

fn watches(service: &Service<'_>) -> bool {
    service.purpose == Purpose::Monitoring && !service.image_name().contains("exporter")
}

/// Returns the targets of scrape jobs, and reports jobs that discover theirs.
fn targets(view: &View<'_>, ledger: &mut Ledger) -> Vec<(Place, String)> {
    let mut targets = Vec::new();
    let files = view.shipped(Kind::Yaml);
    for (file, _) in files.filter(|(_, read)| read.text.contains("scrape_configs")) {
        let jobs = view
            .corpus
            .documents(file)
            .filter_map(|it| it.get("scrape_configs"));
        for job in jobs.flat_map(Value::items) {
            let listed = job.get("static_configs").into_iter().flat_map(Value::items);
            let listed = listed
                .filter_map(|it| it.get("targets"))
                .flat_map(Value::items);
            targets.extend(listed.map(|target| {
                let name = target.text().unwrap_or_default().to_owned();
                (view.corpus.at(file, target), name)
            }));
            let discovers =
                |key: Value<'_>| key.text().is_some_and(|key| key.ends_with("_sd_configs"));
            if job.entries().any(|entry| discovers(entry.key)) {
                let says = "a scrape job discovers its targets";
                ledger.add("I2", Grade::Wired, view.corpus.at(file, job), says);
            }
        }
    }
    targets
}
