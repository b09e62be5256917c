//! What the files of a Rails application set up: encrypted credentials and scheduled jobs (A2, A4, N6).

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    credentials(view, ledger);
    recurring(view, ledger);
}

/// Reports credentials that are encrypted in the repository with a key that is elsewhere.
fn credentials(view: &View<'_>, ledger: &mut Ledger) {
    for (repository, paths) in view.corpus.paths.iter().enumerate() {
        let files = [
            ("config/credentials.yml.enc", "config/master.key"),
            (
                "config/credentials/production.yml.enc",
                "config/credentials/production.key",
            ),
        ];
        for (path, key) in files {
            if !paths.contains(path) || paths.contains(key) {
                continue;
            }
            let place = Place {
                repository,
                path: path.to_owned(),
                line: 1,
            };
            let says = "credentials are encrypted by Rails, and the key is not here";
            ledger.add("A2", Grade::SetUp, place.clone(), says);
            if path.contains("production") {
                let says = "production has encrypted credentials of its own";
                ledger.add("A4", Grade::SetUp, place, says);
            }
        }
    }
}

/// Reports scheduled jobs of Solid Queue and Sidekiq.
fn recurring(view: &View<'_>, ledger: &mut Ledger) {
    const FILES: [&str; 4] = [
        "config/recurring.yml",
        "config/schedule.yml",
        "config/sidekiq_cron.yml",
        "config/sidekiq_schedule.yml",
    ];
    let files = view.shipped(Kind::Yaml);
    for (file, _) in files.filter(|(_, it)| FILES.contains(&it.path.as_str())) {
        let is_job = |it: &Value<'_>| {
            let runs = ["class", "command", "job_class"];
            let when = ["schedule", "cron", "every"];
            runs.iter().any(|key| it.get(key).is_some())
                && when.iter().any(|key| it.get(key).is_some())
        };
        let roots = view.corpus.documents(file);
        let roots = roots.flat_map(|it| it.get("production").into_iter().chain([it]));
        let mut jobs = roots
            .flat_map(Value::entries)
            .map(|it| it.value)
            .filter(is_job);
        if let Some(first) = jobs.next() {
            let says = format!("{} jobs run at set times", 1 + jobs.count());
            let says = if says.starts_with("1 ") {
                "a job runs at set times".to_owned()
            } else {
                says
            };
            ledger.add("N6", Grade::SetUp, view.corpus.at(file, first), says);
        }
    }
}
