//! Litestream, which replicates SQLite databases as they change (C7, C8, L4, L6).

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::name;
use crate::readiness::read::pattern::Pattern;

static RUNS: Pattern = Pattern::new(r"\blitestream(?:/litestream\b|\s+replicate\b)");

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let files = view.shipped(Kind::Yaml);
    for (file, _) in
        files.filter(|(_, it)| ["litestream.yml", "litestream.yaml"].contains(&name(&it.path)))
    {
        let databases = view.corpus.documents(file).filter_map(|it| it.get("dbs"));
        let replica = databases.flat_map(Value::items).find_map(|database| {
            let several = database.get("replicas").into_iter().flat_map(Value::items);
            database.get("replica").into_iter().chain(several).next()
        });
        let Some(replica) = replica else {
            continue;
        };
        let grade = if is_run(view) {
            Grade::Wired
        } else {
            Grade::SetUp
        };
        let place = view.corpus.at(file, replica);
        let says = "Litestream replicates the database as it changes";
        ledger.add("C7", grade, place.clone(), says);
        let says = "Litestream restores the database as it was at any time that is kept";
        ledger.add("C8", grade, place.clone(), says);
        let text = |key: &str| replica.get(key).and_then(Value::text);
        let kind = text("type").or_else(|| text("url")?.split(':').next());
        if let Some(kind @ ("s3" | "gs" | "gcs" | "abs" | "sftp")) = kind {
            let says = format!("Litestream sends it to another place: {kind}");
            ledger.add("L4", grade, place, says);
        }
    }
}

/// Whether a deployed file starts it.
fn is_run(view: &View<'_>) -> bool {
    let kinds = [Kind::Docker, Kind::Shell, Kind::Yaml, Kind::Unit];
    kinds
        .into_iter()
        .any(|kind| view.shipped(kind).any(|(_, file)| RUNS.is_in(&file.text)))
}
