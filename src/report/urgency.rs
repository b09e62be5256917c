//! Ranks findings by what a reader should fix first, for reports that people read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Document;
use super::fold::{Entry, fold};
use crate::lexicon::host;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::path::{self, Role};
use crate::model::{Category, CommitSummary, Confidence, Presence, Proof, Severity, Weighed};
use crate::redact::Shown;

/// How urgent a finding is: the greatest comes first. What is named first counts most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "each is a step of the order")]
pub(super) struct Urgency {
    /// Whether it counts in the verdict.
    decides: bool,
    /// Whether nothing around it has made it less severe.
    keeps_severity: bool,
    /// Whether it is in what runs in production.
    is_shipped: bool,
    /// How bad it is, with what everyone can try now as the worst, and what was gone for years a step less.
    severity: Severity,
    /// From where what it opens can be reached, as far as its lines show.
    reach: Reach,
    /// Whether it is critical by itself, and nothing removed it: what a vendor gave counts as such wherever it is reached.
    is_critical: bool,
    /// Whether its file runs in production, whatever it is.
    is_of_production: bool,
    /// Where it still is.
    life: Life,
    /// What there is to do about it.
    work: Work,
    /// Until which day the history had it, written as a number: 20260131.
    until: u32,
    /// How far it was checked.
    proof: Proof,
    /// How sure it is.
    confidence: Confidence,
}

/// From where a server can be reached, the farthest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// From the machine itself, or from containers beside it.
    Local,
    /// Nothing says from where.
    Unknown,
    /// From the internet.
    Public,
}

/// From where the server can be reached that a credential opens: the one that its own lines name behind it, as addresses do.
fn reach(finding: &Shown) -> Reach {
    if finding.category == Category::Configuration {
        return Reach::Unknown;
    }
    let (text, marked) = finding.excerpt.revealed();
    let behind = text.get(marked.end.min(text.len())..).unwrap_or_default();
    let line = behind.lines().next().unwrap_or_default();
    let within = text.get(marked).unwrap_or_default();
    // The mark may be the whole address or its password.
    let host = within
        .rsplit_once('@')
        .map(|(_, host)| host)
        .or_else(|| line.strip_prefix('@'))
        .filter(|host| !host.is_empty());
    match host {
        Some(host) if host::is_elsewhere(host) => Reach::Public,
        Some(host) if host::is_near(host) => Reach::Local,
        _ => Reach::Unknown,
    }
}

/// Where a finding still is, the nearest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    /// Only in the history.
    Past,
    /// In what another branch or tag leads to, which may be as current.
    Branch,
    /// In the files.
    Files,
}

/// What there is to do about a finding, the most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    /// To set what would make it harder to get further.
    Harden,
    /// To change a setting that is weak.
    Set,
    /// To look whether it is a credential at all.
    Look,
    /// To replace what only the history has.
    Replace,
    /// To close what is open, or to set what nobody has set.
    Close,
    /// To take a credential out of the files, and to replace it.
    TakeOut,
    /// To replace a key that opens all that is made with it.
    ReplaceKey,
    /// To revoke what a vendor gave, or a private key: who finds it knows what to do with it.
    Revoke,
}

/// How many places a summary names.
const PLACES: usize = 3;

/// After so many days since the last thing of a report, as days are written here, what is gone is old: two years.
const OLD: u32 = 20_000;

/// How urgent `finding` is among others of which the last came on the day `newest`, as far as that is known.
pub(super) fn urgency(finding: &Shown, is_change: bool, newest: u32) -> Urgency {
    let life = match finding.presence() {
        _ if !is_past(finding, is_change) => Life::Files,
        Some(Presence::Refs) => Life::Branch,
        _ => Life::Past,
    };
    let is_current = life > Life::Past;
    let work = work(finding, is_current);
    let reach = if is_of_vendor(finding) {
        // What a vendor gave opens something of the vendor's, which everyone reaches.
        Reach::Public
    } else {
        reach(finding)
    };
    let until = if is_current { u32::MAX } else { until(finding) };
    let is_old = until > 0 && until.saturating_add(OLD) < newest;
    let severity = match finding.severity {
        Severity::High if reach == Reach::Public && !is_old => Severity::Critical,
        severity if is_old && !is_of_vendor(finding) => severity.lowered(),
        severity => severity,
    };
    Urgency {
        decides: finding.decides(),
        keeps_severity: finding.weighed != Weighed::Lowered,
        is_shipped: is_shipped(finding),
        severity,
        reach,
        is_critical: is_current && finding.severity == Severity::Critical,
        is_of_production: is_of_production(finding),
        life,
        work,
        until,
        proof: finding.evidence.proof,
        confidence: finding.confidence,
    }
}

/// Whether a finding is in what runs in production: also in a sample that is put into place as it is, and what a vendor issued,
/// wherever it is. Workflows run with the rights of the repository, wherever they are.
fn is_shipped(finding: &Shown) -> bool {
    is_of_vendor(finding) || is_of_production(finding)
}

/// The same, by its file alone.
fn is_of_production(finding: &Shown) -> bool {
    finding.rule.family() == "gha"
        || finding.weighed == Weighed::Raised
        || path::role(&finding.location.path, &[]) == Role::Shipped
}

/// Families of rules for credentials that show of no vendor.
#[rustfmt::skip]
const OF_NO_VENDOR: &[&str] = &[
    "generic", "url", "http", "env", "compose", "k8s", "dockerfile", "redis", "nginx", "postgresql", "mysql", "rails",
    "laravel", "symfony", "django", "jwt", "placeholder", "gha", "jwk",
];

/// Whether a credential is one that a vendor issued: it opens what is the vendor's, wherever it is written.
fn is_of_vendor(finding: &Shown) -> bool {
    let rule = &finding.rule;
    finding.category == Category::Secret
        && !OF_NO_VENDOR.contains(&rule.family())
        && !rule.is_self_made()
}

fn work(finding: &Shown, is_current: bool) -> Work {
    let is_grave = finding.severity >= Severity::High;
    let is_sure = finding.confidence == Confidence::High;
    match finding.category {
        Category::Secret if finding.evidence.is_checksum => Work::Revoke,
        Category::Secret if !OF_NO_VENDOR.contains(&finding.rule.family()) => Work::Revoke,
        Category::Secret if !is_current && is_sure => Work::Replace,
        Category::Secret if !is_current => Work::Look,
        Category::Secret | Category::Placeholder if is_grave && is_master_key(finding) => {
            Work::ReplaceKey
        }
        Category::Secret if is_sure => Work::TakeOut,
        Category::Placeholder | Category::Configuration if is_grave => Work::Close,
        Category::Secret | Category::Placeholder => Work::Look,
        Category::Configuration if finding.covers.len() < 2 => Work::Set,
        Category::Configuration => Work::Harden,
    }
}

/// Whether a finding is about the key of the application itself, by which everybody can pose as its users: the first thing
/// that its message names is called so.
fn is_master_key(finding: &Shown) -> bool {
    let named = finding.message.split('`').nth(1).unwrap_or_default();
    let is_framework = ["rails", "laravel", "symfony", "django"].contains(&finding.rule.family());
    let kind = name::classify(named);
    is_framework
        || matches!(
            kind,
            Some(CredentialName::SigningKey | CredentialName::EncryptionKey)
        )
        || named.to_ascii_lowercase().contains("jwt")
}

/// The last day on which something that was found came or went, written as a number; 0 where none is known.
pub(super) fn newest(findings: &[Shown]) -> u32 {
    let of_history = |finding: &Shown| {
        let history = finding.history.as_ref();
        let came = history.and_then(|history| history.first.as_ref());
        came.map_or(0, day).max(until(finding))
    };
    findings.iter().map(of_history).max().unwrap_or(0)
}

/// The day of a commit, written as a number; 0 where it is not known.
fn day(commit: &CommitSummary) -> u32 {
    let day = commit.date.get(..10);
    day.map_or(0, |day| day.replace('-', "").parse().unwrap_or(0))
}

/// Until when the history had a finding, as far as that is known.
fn until(finding: &Shown) -> u32 {
    let history = finding.history.as_ref();
    let last = history.and_then(|history| history.removed.as_ref().or(history.first.as_ref()));
    last.map_or(0, day)
}

/// Whether only the git history has the finding, so that no edit removes it. Of a change that is judged, the commits can
/// still be rewritten.
pub(super) fn is_past(finding: &Shown, is_change: bool) -> bool {
    let is_current = matches!(finding.presence(), Some(Presence::Head | Presence::Index));
    finding.origin.is_history() && !is_current && !is_change
}

/// A place to look at first.
pub(super) struct Place<'a> {
    /// Its most urgent finding.
    pub(super) worst: &'a Shown,
    /// How many more findings in its file reach the threshold or are as severe, and are not named.
    pub(super) more: usize,
    /// How many findings of its kind in other files do, which no other place names.
    pub(super) elsewhere: usize,
    /// What else is one thing with it, in other places.
    pub(super) others: Option<String>,
}

/// The places to look at first, the most urgent one first. What something around it has made less severe is none.
pub(super) fn places<'a>(document: &Document<'a>) -> Vec<Place<'a>> {
    let newest = newest(document.findings);
    let rank = |finding: &Shown| urgency(finding, document.is_change, newest);
    let entries = fold(document.findings, document.is_change);
    let mut sorted = super::fold::counted(document.findings, document.is_change);
    sorted.retain(|finding| !finding.is_old && finding.weighed != Weighed::Lowered);
    // What does not reach the threshold is no place to begin while something else does.
    let is_grave = |finding: &&Shown| finding.decides() && finding.severity >= document.threshold;
    if sorted.iter().any(is_grave) {
        sorted.retain(is_grave);
    }
    sorted.sort_by_key(|finding| std::cmp::Reverse(rank(finding)));
    let subject = |finding: &'a Shown| spot(finding, document.is_change);
    let chosen = choose(&sorted, document.is_change);
    let counts = |worst: &Shown, it: &Shown| {
        let least = worst.severity.min(document.threshold);
        it.severity >= least && it.decides() == worst.decides()
    };
    let more = |at: usize| {
        let worst = chosen[at];
        let counts = |it: &&&'a Shown| subject(it) == subject(worst) && counts(worst, it);
        // Said once, where the file is named last.
        let is_last = !chosen[at + 1..]
            .iter()
            .any(|it| subject(it) == subject(worst));
        let all = sorted.iter().filter(counts).count();
        let named = chosen.iter().filter(counts).count();
        if is_last { all - named } else { 0 }
    };
    let elsewhere = |at: usize| {
        let worst = chosen[at];
        let is_named = |it: &'a Shown| chosen.iter().any(|named| subject(named) == subject(it));
        let is_last = !chosen[at + 1..].iter().any(|it| kind(it) == kind(worst));
        let of_kind = sorted.iter().filter(|it| kind(it) == kind(worst));
        let of_kind = of_kind.filter(|it| counts(worst, it) && !is_named(it));
        if is_last { of_kind.count() } else { 0 }
    };
    let others = |worst: &Shown| {
        let entry = entries.iter().find(|it| std::ptr::eq(it.finding, worst));
        entry.and_then(Entry::others)
    };
    let places = (0..chosen.len()).map(|at| Place {
        worst: chosen[at],
        more: more(at),
        elsewhere: elsewhere(at),
        others: others(chosen[at]),
    });
    places.collect()
}

/// Moves the findings that [`places`] names to the end of `findings`, the first of them last: a reader of a long report
/// finds them above the summary in which they are listed.
pub(super) fn set_places_last<'a>(document: &Document<'a>, findings: &mut Vec<&'a Shown>) {
    let mut named: Vec<&'a Shown> = places(document).iter().map(|place| place.worst).collect();
    named.retain(|named| findings.iter().any(|it| std::ptr::eq(*it, *named)));
    findings.retain(|it| !named.iter().any(|named| std::ptr::eq(*it, *named)));
    findings.extend(named.into_iter().rev());
}

/// The file of a finding, and whether only the history has it: what is to be revoked is another work than what is to be edited.
fn spot(finding: &Shown, is_change: bool) -> (Cow<'_, str>, bool) {
    (super::place::subject(finding), is_past(finding, is_change))
}

/// What findings have in common that are one kind of work: their rule, or that nobody has set a value.
fn kind(finding: &Shown) -> &str {
    match finding.category {
        Category::Placeholder => "placeholder",
        Category::Secret | Category::Configuration => finding.rule.as_str(),
    }
}

/// The findings to name, of those in `sorted`: the most urgent of each kind, in a file of its own as long as there is one.
/// Where there are few kinds, each credential in a file of its own is a work of its own.
fn choose<'a>(sorted: &[&'a Shown], is_change: bool) -> Vec<&'a Shown> {
    let subject = |finding: &'a Shown| spot(finding, is_change);
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    let mut chosen: Vec<(usize, &'a Shown)> = Vec::new();
    for is_elsewhere in [true, false] {
        for (at, finding) in sorted.iter().copied().enumerate() {
            let is_new = || !chosen.iter().any(|(_, it)| subject(it) == subject(finding));
            if chosen.len() < PLACES
                && !kinds.contains(kind(finding))
                && (!is_elsewhere || is_new())
            {
                kinds.insert(kind(finding));
                chosen.push((at, finding));
            }
        }
    }
    for (at, finding) in sorted.iter().copied().enumerate() {
        let is_new = !chosen.iter().any(|(_, it)| subject(it) == subject(finding));
        if chosen.len() < PLACES && finding.category == Category::Secret && is_new {
            chosen.push((at, finding));
        }
    }
    chosen.sort_by_key(|(at, _)| *at);
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::{Finding, History, ObjectId, Origin, Rule, RuleId};

    fn finding(rule: &str, category: Category, path: &str) -> Finding {
        let mut finding = Finding::clone(&sample::sample().findings[0]);
        finding.rule = RuleId::new(rule);
        finding.category = category;
        finding.location.path = path.to_owned();
        finding.severity = Severity::High;
        finding.evidence = crate::model::Evidence::default();
        finding.history = None;
        finding
    }

    /// The last day of the report.
    const NEWEST: u32 = 20_260_102;

    fn gone(mut finding: Finding, day: &str) -> Finding {
        let commit = |day: &str| crate::model::CommitSummary {
            id: ObjectId::from_bytes(&[8; 20]).unwrap(),
            author: "A".to_owned(),
            email: "a@example.org".to_owned(),
            date: format!("{day}T10:00:00Z"),
        };
        finding.origin = Origin::Blob(ObjectId::from_bytes(&[7; 20]).unwrap());
        finding.history = Some(History {
            first: Some(commit("2016-01-01")),
            first_path: None,
            removed: Some(commit(day)),
            presence: Presence::History,
            blobs: 1,
        });
        finding
    }

    fn named(mut finding: Finding, name: &str) -> Finding {
        finding.message = format!("`{name}` contains a secret");
        finding
    }

    fn secret(rule: &str, path: &str) -> Finding {
        finding(rule, Category::Secret, path)
    }

    fn port(path: &str) -> Finding {
        finding(
            "compose/datastore-port-published",
            Category::Configuration,
            path,
        )
    }

    fn critical(finding: Finding) -> Finding {
        Finding {
            severity: Severity::Critical,
            ..finding
        }
    }

    /// Only in another branch.
    fn branch(finding: Finding) -> Finding {
        let mut finding = gone(finding, "2023-01-01");
        if let Some(history) = &mut finding.history {
            history.presence = Presence::Refs;
            history.removed = None;
        }
        finding
    }

    /// Each comes before all that follow.
    #[test]
    fn what_is_more_urgent_comes_first() {
        let installed = Finding {
            weighed: Weighed::Raised,
            ..secret("laravel/app-key", ".env.example")
        };
        let unsure = Finding {
            confidence: Confidence::Medium,
            ..secret("generic/password", "src/app.py")
        };
        let lowered = Finding {
            weighed: Weighed::Lowered,
            ..critical(secret("generic/secret", "compose.yaml"))
        };
        let local = Finding {
            is_local: true,
            ..critical(secret("github/personal-access-token", "a.py"))
        };
        let hardening = Finding {
            severity: Severity::Medium,
            covers: vec![
                RuleId::new("compose/cpu-limit"),
                RuleId::new("compose/pids-limit"),
            ],
            ..finding("compose/cpu-limit", Category::Configuration, "compose.yaml")
        };
        let setting = Finding {
            severity: Severity::Medium,
            ..finding(
                "compose/image-mutable-tag",
                Category::Configuration,
                "compose.yaml",
            )
        };
        let order = vec![
            secret("slack/webhook", "app.py"),
            gone(secret("slack/webhook", "app.py"), "2024-01-03"),
            secret("slack/webhook", "docs/app.md"),
            critical(gone(
                secret("github/personal-access-token", ".github/workflows/a.yml"),
                "2017-02-01",
            )),
            critical(installed),
            critical(port("compose.yaml")),
            critical(gone(secret("private-key/pem", "a/id_rsa"), "2025-01-01")),
            gone(secret("slack/webhook", "app.py"), "2019-01-01"),
            named(secret("generic/secret", "src/auth.js"), "JWT_SECRET_KEY"),
            named(secret("generic/password", "src/app.py"), "METRICS_PASSWORD"),
            port("compose.yaml"),
            unsure,
            branch(secret("private-key/pem", "b/id_rsa")),
            critical(gone(secret("private-key/pem", "a/id_rsa"), "2017-01-01")),
            gone(secret("generic/secret", "src/app.py"), "2025-07-01"),
            setting,
            hardening,
            gone(secret("generic/secret", "src/app.py"), "2016-01-02"),
            port("dev/compose.yaml"),
            lowered,
            local,
        ];
        let order: Vec<_> = order.into_iter().map(Shown::alone).collect();
        for pair in order.windows(2) {
            let [first, next] = pair else { continue };
            assert!(
                urgency(first, false, NEWEST) > urgency(next, false, NEWEST),
                "{} {}, then {} {}",
                first.rule,
                first.location.path,
                next.rule,
                next.location.path
            );
        }
    }

    /// What everyone reaches comes before what nothing is known of, and that before what is on the machine itself.
    #[test]
    fn what_opens_a_server_counts_by_who_reaches_it() {
        let at = |rule: &str, host: &str| {
            let line = format!("url = postgres://app:****@{host}/app");
            let marked = line.find("****").map_or(0..0, |at| at..at + 4);
            let excerpt = crate::model::Excerpt::new(1, line, Vec::new(), marked);
            let found = finding(rule, Category::Secret, "app.py");
            urgency(&Shown::alone(Finding { excerpt, ..found }), false, 0)
        };
        let key = named(
            finding("generic/secret", Category::Secret, "a.js"),
            "JWT_SECRET",
        );
        let key = urgency(&Shown::alone(key), false, 0);
        let public = at("url/credentials", "db.lamp.supabase.co");
        assert!(at("slack/webhook", "db") > public && public > key);
        for near in ["localhost:5432", "db", "127.0.0.1"] {
            assert!(key > at("url/credentials", near), "{near}");
        }
    }

    fn chosen(findings: &[Shown]) -> Vec<String> {
        let mut sample = sample::sample();
        sample.findings = findings.to_vec();
        sample.rules = Vec::<Rule>::new();
        let places = places(&sample.document());
        places
            .iter()
            .map(|place| format!("{} {}", place.worst.location.path, place.elsewhere))
            .collect()
    }

    #[test]
    fn what_is_to_be_revoked_is_not_counted_with_what_is_to_be_edited() {
        let here = Shown::alone(secret("generic/api-key", "config.php"));
        let past = Shown::alone(branch(secret("generic/password", "config.php")));
        assert_eq!(chosen(&[here, past]), ["config.php 0", "config.php 0"]);
    }

    #[test]
    fn what_is_critical_in_a_branch_comes_before_what_is_high_in_the_files() {
        let high = Shown::alone(secret("slack/webhook", "compose.yaml"));
        let key = branch(critical(secret("azure/service-key", "src/app.yml")));
        let rank = |finding: &Shown| urgency(finding, false, NEWEST);
        assert!(rank(&Shown::alone(key)) > rank(&high));
    }

    #[test]
    fn each_kind_is_named_once() {
        let port = |path: &str| {
            Shown::alone(finding(
                "compose/datastore-port-published",
                Category::Configuration,
                path,
            ))
        };
        let secret = |path: &str| Shown::alone(finding("generic/secret", Category::Secret, path));
        assert_eq!(
            chosen(&[port("a.yml"), port("b.yml"), port("c.yml"), secret("d.py")]),
            ["d.py 0", "a.yml 2"]
        );
        // Each credential is to be replaced by itself.
        assert_eq!(
            chosen(&[
                secret("a.py"),
                secret("b.py"),
                secret("c.py"),
                secret("d.py")
            ]),
            ["a.py 0", "b.py 0", "c.py 1"]
        );
        // One file does not take all places.
        assert_eq!(
            chosen(&[
                secret("a.yml"),
                port("a.yml"),
                Shown::alone(finding("url/credentials", Category::Secret, "b.sh")),
            ]),
            ["a.yml 0", "b.sh 0", "a.yml 0"]
        );
        let lowered = Shown::alone(Finding {
            weighed: Weighed::Lowered,
            severity: Severity::Medium,
            ..finding("generic/secret", Category::Secret, "a.py")
        });
        assert!(chosen(&[lowered]).is_empty());
    }
}
