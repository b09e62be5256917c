//! Personal data: how long it is kept, which rights people have, what is published (M1–M4, M6, O2).

use super::View;
use super::facts::place;
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::Hit;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::name;
use crate::readiness::read::pattern::Pattern;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    retention(view, ledger);
    super::periods::evaluate(view, ledger);
    rights(view, ledger);
    consent(view, ledger);
    policies(view, ledger);
    dumps(view, ledger);
}

static DELETES: Pattern = Pattern::new(
    r"(?i)\bDELETE FROM \w+[^;]*(?:interval|created_at|older|now\(\))|clearsessions|purge_(?:old|expired)|cleanup_old|data_retention|prune_old",
);

fn retention(view: &View<'_>, ledger: &mut Ledger) {
    for it in view.scheduled.iter().filter(|it| !it.is_off) {
        if DELETES.is_in(&it.command) {
            ledger.add(
                "M1",
                Grade::Wired,
                it.place.clone(),
                format!("{} deletes old data", it.by),
            );
        }
    }
    for block in view.resources(&["aws_s3_bucket_lifecycle_configuration"]) {
        let expires = block
            .within("rule")
            .any(|it| it.within("expiration").next().is_some());
        if expires {
            ledger.add(
                "M1",
                Grade::SetUp,
                view.block_place(block),
                format!("objects of `{}` expire", block.name()),
            );
        }
    }
    for block in view.resources(&["aws_cloudwatch_log_group"]) {
        if block.number("retention_in_days") == Some(0.0) {
            ledger.refute(
                "M1",
                view.attribute_place(block, "retention_in_days"),
                format!("logs of `{}` never expire", block.name()),
            );
        }
    }
}

/// Reports deletion and export of personal data; one of them alone is not enough.
fn rights(view: &View<'_>, ledger: &mut Ledger) {
    let first = |name: &str| view.corpus.facts(name).next();
    // If something purges later, setting a mark is the first step of deleting.
    let purges = ledger.reaches("M1", Grade::Wired);
    let marking = view.corpus.facts("erasure").find(|hit| only_marks(hit));
    if let Some(hit) = marking.filter(|_| !purges) {
        let says = "a deleted account is marked, and its data stays";
        ledger.refute("M2", place(hit), says);
    }
    match (first("erasure"), first("export")) {
        (Some(erasure), Some(export)) => {
            ledger.add(
                "M2",
                Grade::SetUp,
                place(erasure),
                "accounts can be deleted",
            );
            ledger.add("M2", Grade::SetUp, place(export), "data can be exported");
        }
        (Some(hit), None) => ledger.add(
            "M2",
            Grade::Said,
            place(hit),
            "accounts can be deleted; an export is not shown",
        ),
        (None, Some(hit)) => ledger.add(
            "M2",
            Grade::Said,
            place(hit),
            "data can be exported; deletion is not shown",
        ),
        (None, None) => {}
    }
}

/// Whether the code that deletes an account sets a mark and deletes nothing.
fn only_marks(hit: &Hit) -> bool {
    let marks = [
        "deleted_at =",
        "deletedAt:",
        "deletedAt =",
        "is_active = False",
        "is_deleted = True",
        "isDeleted: true",
        "softDelete(",
    ];
    let deletes = [
        ".delete(",
        "destroy",
        "DELETE FROM",
        ".remove(",
        "deleteMany(",
        "purge",
    ];
    let has = |words: &[&str]| words.iter().any(|word| hit.text.contains(word));
    has(&marks) && !has(&deletes)
}

fn consent(view: &View<'_>, ledger: &mut Ledger) {
    let trackers: Vec<_> = view.corpus.facts("tracker").collect();
    if trackers.is_empty() {
        return;
    }
    if !ledger.reaches("M3", Grade::SetUp) {
        // A script that decides whether to load it may ask for consent first.
        let is_plain = |hit: &&&Hit| {
            let extension = hit.path.rsplit_once('.').map_or("", |(_, end)| end);
            let is_page = ["html", "htm", "erb", "ejs", "hbs", "twig"].contains(&extension);
            is_page
                && hit
                    .text
                    .lines()
                    .next()
                    .is_some_and(|line| line.contains("<script"))
        };
        for hit in trackers.iter().filter(is_plain).take(3) {
            ledger.refute(
                "M3",
                place(hit),
                "a tracker is loaded, and nothing asks for consent",
            );
        }
    }
}

static TEMPLATE: Pattern = Pattern::new(
    r"\[(?:Company|Your Company|COMPANY|Company Name|company name|Date|INSERT)[^\]]*\]|<COMPANY>|Lorem ipsum",
);

fn policies(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.files.iter().enumerate() {
        let own = name(&read.path).to_ascii_lowercase();
        let is_policy =
            read.kind == Kind::Prose && own.contains("privacy") && read.role == Role::Shipped;
        if !is_policy {
            continue;
        }
        if let Some(found) = TEMPLATE.find(&read.text) {
            ledger.refute(
                "M4",
                view.corpus.place(file, found.start),
                "the text of a template is left in the privacy policy",
            );
        } else if read.text.len() > 1500 {
            ledger.add(
                "M4",
                Grade::SetUp,
                view.corpus.line(file, 1),
                "a privacy policy",
            );
        }
    }
    for (repository, paths) in view.corpus.paths.iter().enumerate() {
        let mut pages: Vec<_> = paths
            .iter()
            .filter(|path| {
                let own = name(path).to_ascii_lowercase();
                let stem = own.split('.').next().unwrap_or_default();
                let is_page = [
                    ".html", ".tsx", ".jsx", ".vue", ".svelte", ".erb", ".haml", ".ejs", ".php",
                    ".twig",
                ]
                .iter()
                .any(|end| own.ends_with(end));
                is_page
                    && [
                        "privacy",
                        "privacy-policy",
                        "privacy_policy",
                        "privacypolicy",
                    ]
                    .contains(&stem)
            })
            .collect();
        pages.sort();
        if let Some(path) = pages.first() {
            let place = crate::readiness::ledger::Place {
                repository,
                path: (*path).clone(),
                line: 1,
            };
            ledger.add("M4", Grade::Said, place, "a page for a privacy policy");
        }
    }
}

static ADDRESS: Pattern = Pattern::new(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.[A-Za-z0-9.-]+)");

/// How many addresses make a file a list of people.
const PERSONS: usize = 20;

/// Reports dumps with addresses of people.
fn dumps(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Sql) {
        if !read.text.contains("INSERT INTO") && !read.text.contains("COPY ") {
            continue;
        }
        let is_made_up = |host: &str| {
            [
                "example",
                "test",
                "localhost",
                "invalid",
                "acme",
                "domain",
                "email.com",
                "mail.com",
                "demo",
                "foo",
                "bar",
            ]
            .iter()
            .any(|word| host.contains(word))
        };
        let found = ADDRESS.groups(&read.text);
        let real: std::collections::BTreeSet<_> = found
            .iter()
            .filter(|(_, host)| !is_made_up(host))
            .map(|(at, _)| read.text[*at..].split(['\'', '"', ',', '\t']).next())
            .collect();
        if real.len() >= PERSONS {
            ledger.refute(
                "M6",
                view.corpus.line(file, 1),
                format!("{} e-mail addresses in a dump", real.len()),
            );
        }
    }
}
