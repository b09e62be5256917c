//! What the files of platforms set up: Render, `DigitalOcean` App Platform, Cloud Foundry, App Engine, Kamal and Heroku
//! (A4, B7, B9, E1, E4, E8, E10, H1, H2, I1, I8, J1, N6).

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{get, name, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Yaml) {
        let own = name(&read.path);
        for document in view.corpus.documents(file) {
            let at = |value: Value<'_>| view.corpus.at(file, value);
            if own == "render.yaml" {
                render(document, &at, ledger);
            } else if read.path.ends_with(".do/app.yaml") || own == "app-spec.yaml" {
                digital_ocean(document, &at, ledger);
            } else if document.get("applications").is_some() && own.starts_with("manifest") {
                cloud_foundry(document, &at, ledger);
            } else if own == "app.yaml" && document.get("runtime").is_some() {
                app_engine(document, &at, ledger);
            } else if read.path.ends_with("config/deploy.yml") && document.get("servers").is_some()
            {
                kamal(document, &at, ledger);
            }
        }
    }
    heroku(view, ledger);
    manifests(view, ledger);
}

type At<'a> = &'a dyn Fn(Value<'_>) -> Place;

/// Reports the proxy in front of the programs of a platform.
fn proxy(platform: &str, place: &Place, ledger: &mut Ledger) {
    let tls = format!("the proxy of {platform} terminates TLS");
    let entry = format!("the proxy of {platform} is the entry");
    ledger.add("E8", Grade::SetUp, place.clone(), tls);
    ledger.add("E10", Grade::SetUp, place.clone(), entry);
}

fn instances(value: Value<'_>, key: &str, at: At<'_>, ledger: &mut Ledger) {
    let count = get(value, key).filter(|it| {
        it.text()
            .and_then(|it| it.parse::<u64>().ok())
            .is_some_and(|it| it >= 3)
    });
    if let Some(count) = count {
        let says = format!("{} instances", count.text().unwrap_or_default());
        ledger.add("H1", Grade::SetUp, at(count), says);
    }
}

/// Reports a path that a platform checks before it sends requests to an instance.
fn check(platform: &str, path: Option<Value<'_>>, at: At<'_>, ledger: &mut Ledger) {
    let Some(value) = path else {
        return;
    };
    let asks = format!("{platform} asks for {}", value.text().unwrap_or("a path"));
    ledger.add("I1", Grade::SetUp, at(value), asks);
    let says = format!("{platform} replaces instances that fail a check");
    ledger.add("H2", Grade::SetUp, at(value), says);
}

fn render(root: Value<'_>, at: At<'_>, ledger: &mut Ledger) {
    for service in root.get("services").into_iter().flat_map(Value::items) {
        match text(service, "type") {
            Some("web") => {
                proxy("Render", &at(service), ledger);
                let says = "Render serves HTTPS, and redirects HTTP to it";
                ledger.add("E1", Grade::SetUp, at(service), says);
                ledger.add(
                    "E4",
                    Grade::SetUp,
                    at(service),
                    "Render renews certificates",
                );
            }
            Some("cron") => ledger.add("N6", Grade::SetUp, at(service), "a cron job of Render"),
            _ => {}
        }
        check("Render", service.get("healthCheckPath"), at, ledger);
        instances(service, "numInstances", at, ledger);
        instances(service, "scaling.minInstances", at, ledger);
        let variables = service.get("envVars").into_iter().flat_map(Value::items);
        let given = |it: &Value<'_>| {
            ["fromDatabase", "fromService", "fromGroup"]
                .iter()
                .any(|key| it.get(key).is_some())
                || text(*it, "generateValue") == Some("true")
                || text(*it, "sync") == Some("false")
        };
        if let Some(it) = { variables }.find(given) {
            ledger.add(
                "A4",
                Grade::SetUp,
                at(it),
                "Render hands values over that the file does not hold",
            );
        }
    }
}

fn digital_ocean(root: Value<'_>, at: At<'_>, ledger: &mut Ledger) {
    for service in root.get("services").into_iter().flat_map(Value::items) {
        proxy("App Platform", &at(service), ledger);
        ledger.add("E1", Grade::SetUp, at(service), "App Platform serves HTTPS");
        check(
            "App Platform",
            get(service, "health_check.http_path"),
            at,
            ledger,
        );
        instances(service, "instance_count", at, ledger);
    }
    for alert in root
        .get("alerts")
        .into_iter()
        .flat_map(Value::items)
        .take(1)
    {
        ledger.add("I8", Grade::SetUp, at(alert), "an alert of App Platform");
    }
}

fn cloud_foundry(root: Value<'_>, at: At<'_>, ledger: &mut Ledger) {
    for app in root.get("applications").into_iter().flat_map(Value::items) {
        ledger.add(
            "B9",
            Grade::SetUp,
            at(app),
            "an application of Cloud Foundry",
        );
        instances(app, "instances", at, ledger);
        let asked = app.get("health-check-http-endpoint").or_else(|| {
            let mut processes = app.get("processes").into_iter().flat_map(Value::items);
            processes.find_map(|it| it.get("health-check-http-endpoint"))
        });
        check("Cloud Foundry", asked, at, ledger);
        if let Some(memory) = app.get("memory") {
            let says = "Cloud Foundry limits the memory of each instance, and starts it again";
            ledger.add("B7", Grade::SetUp, at(memory), says);
        }
        if let Some(routes) = app.get("routes").filter(|it| it.size() > 0) {
            proxy("Cloud Foundry", &at(routes), ledger);
        }
        if let Some(services) = app.get("services").filter(|it| it.size() > 0) {
            let says = "Cloud Foundry hands over the credentials of the services that are bound";
            ledger.add("A4", Grade::SetUp, at(services), says);
        }
    }
}

fn app_engine(root: Value<'_>, at: At<'_>, ledger: &mut Ledger) {
    proxy("App Engine", &at(root), ledger);
    for key in ["liveness_check.path", "readiness_check.path"] {
        check("App Engine", get(root, key), at, ledger);
    }
    instances(root, "automatic_scaling.min_instances", at, ledger);
    instances(root, "automatic_scaling.min_num_instances", at, ledger);
    let handlers = root.get("handlers").into_iter().flat_map(Value::items);
    if let Some(secure) = { handlers }.find(|it| text(*it, "secure") == Some("always")) {
        ledger.add(
            "E1",
            Grade::Wired,
            at(secure),
            "App Engine redirects to HTTPS",
        );
    }
}

fn kamal(root: Value<'_>, at: At<'_>, ledger: &mut Ledger) {
    if let Some(ssl) = get(root, "proxy.ssl").filter(|it| it.text() != Some("false")) {
        ledger.add(
            "E1",
            Grade::Wired,
            at(ssl),
            "the proxy of Kamal serves HTTPS, and redirects to it",
        );
        ledger.add(
            "E4",
            Grade::Wired,
            at(ssl),
            "the proxy of Kamal obtains and renews certificates",
        );
        proxy("Kamal", &at(ssl), ledger);
    }
    check("Kamal", get(root, "proxy.healthcheck.path"), at, ledger);
    if let Some(secrets) = get(root, "env.secret").filter(|it| it.size() > 0) {
        ledger.add(
            "A4",
            Grade::SetUp,
            at(secrets),
            "Kamal hands secrets over that the file does not hold",
        );
    }
    let servers = root.get("servers").into_iter();
    let web = servers.map(|it| get(it, "web.hosts").or_else(|| it.get("web")).unwrap_or(it));
    if let Some(hosts) = { web }.find(|it| it.items().count() >= 3) {
        let says = format!("{} servers", hosts.items().count());
        ledger.add("H1", Grade::SetUp, at(hosts), says);
    }
}

/// Reports what the `app.json` of Heroku and Dokku sets up: scheduled jobs, and checks before requests are sent.
fn manifests(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Json) {
        if read.path != "app.json" {
            continue;
        }
        let root = serde_json::from_str::<serde_json::Value>(&read.text).unwrap_or_default();
        let place = |key: &str| {
            let mut lines = crate::readiness::read::prose::lines(&read.text);
            let found = lines.find(|(_, line)| line.contains(key));
            view.corpus
                .line(file, found.map_or(1, |(number, _)| number))
        };
        let has_any = |value: Option<&serde_json::Value>| {
            value.is_some_and(|it| it.as_array().is_some_and(|all| !all.is_empty()))
        };
        if has_any(root.get("cron")) {
            ledger.add(
                "N6",
                Grade::SetUp,
                place("\"cron\""),
                "the platform runs jobs at set times",
            );
        }
        let checks = root.get("healthchecks").and_then(|it| it.as_object());
        if checks.is_some_and(|all| all.values().any(|it| has_any(Some(it)))) {
            let at = place("\"healthchecks\"");
            ledger.add(
                "I1",
                Grade::SetUp,
                at.clone(),
                "the platform asks for the health of what starts",
            );
            let says = "a deployment waits until the new processes pass their checks";
            ledger.add("J9", Grade::SetUp, at, says);
        }
    }
}

/// Reports the router of Heroku, if an `app.json` or a pipeline deploys there.
fn heroku(view: &View<'_>, ledger: &mut Ledger) {
    let mut files = view.corpus.files.iter().enumerate();
    let procfile = files.find(|(_, file)| file.path == "Procfile");
    let Some((file, read)) = procfile else {
        return;
    };
    // If there is a compose file, Heroku is only one of several places to run it.
    let has_manifest =
        view.corpus.paths[read.repository].contains("app.json") && view.services.is_empty();
    let is_deployed = view.jobs.iter().any(|job| {
        job.steps
            .iter()
            .any(|step| step.text.to_ascii_lowercase().contains("heroku"))
    });
    // Dokku reads the same files on one's own host.
    let is_of_dokku = view.jobs.iter().any(|job| {
        let mut steps = job.steps.iter();
        steps.any(|step| step.text.contains("dokku") || step.called.contains("dokku"))
    }) || view.corpus.paths[read.repository]
        .iter()
        .any(|path| path.to_ascii_lowercase().contains("dokku"));
    let only_reviews = deploys_elsewhere(view) || only_reviews_changes(view);
    let has_manifest = has_manifest && !only_reviews;
    let web =
        crate::readiness::read::prose::lines(&read.text).find(|(_, line)| line.starts_with("web:"));
    if let Some((line, _)) = web.filter(|_| is_deployed || has_manifest && !is_of_dokku) {
        proxy("Heroku", &view.corpus.line(file, line), ledger);
    }
}

/// Whether documents say that Heroku only runs the review apps of changes.
fn only_reviews_changes(view: &View<'_>) -> bool {
    const MORE: &[&str] = &[
        "production",
        "release",
        "hosted",
        "deployed to heroku",
        "deploy to heroku",
        "runs on heroku",
    ];
    let mut has_reviews = false;
    for document in &view.documents {
        for (_, line) in crate::readiness::read::prose::lines(document.text) {
            let lower = line.to_ascii_lowercase();
            if !lower.contains("heroku") {
                continue;
            }
            if lower.contains("review app") {
                has_reviews = true;
            } else if MORE.iter().any(|it| lower.contains(it)) {
                return false;
            }
        }
    }
    has_reviews
}

/// Whether a job deploys to something other than Heroku.
fn deploys_elsewhere(view: &View<'_>) -> bool {
    view.jobs.iter().any(|job| {
        let steps = job
            .steps
            .iter()
            .map(|step| super::steps::expand(view, job, step));
        let mut deploying = steps.filter(super::steps::Ran::deploys);
        deploying.any(|it| !it.whole().to_ascii_lowercase().contains("heroku"))
    })
}
