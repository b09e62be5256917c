//! One rich report to test every format with: each kind of finding, place, state and gap.

use proptest::prelude::*;

use super::{Document, FormatName, Options};
use crate::model::{
    Category, CommitSummary, Confidence, Coverage, Edit, Evidence, Excerpt, Fact, Finding, Fix,
    Gap, GapKind, History, LineIndex, Location, ObjectId, Origin, Presence, Proof, Provenance,
    Related, Rule, RuleId, Secret, Severity, Suppression, SuppressionKind, Verdict,
};
use crate::redact::{Redacted, Shown};

/// The secrets of the sample; made up, and shaped like no real tokens.
pub(super) const TOKEN: &str = "smpl_n0t-a-real-t0ken_5f3a";
const PASSWORD: &str = "c0rrect-h0rse";
const KEY: &str = "bm90IGEga2V5\nYnV0IGxvbmcg\nZW5vdWdo\n";

/// All that a sample document borrows.
pub(super) struct Sample {
    /// What was found.
    pub(super) findings: Vec<Shown>,
    /// Findings that are suppressed.
    pub(super) suppressed: Vec<Shown>,
    /// The rules, unsorted, and one that found nothing.
    pub(super) rules: Vec<Rule>,
    /// What was scanned, with gaps of every kind.
    pub(super) coverage: Redacted<Coverage>,
    /// What the user asked to scan.
    pub(super) roots: Redacted<Vec<String>>,
    /// Where the scanned files come from.
    pub(super) provenance: Redacted<Vec<Provenance>>,
}

impl Sample {
    /// Returns the document that a report is written from.
    pub(super) fn document(&self) -> Document<'_> {
        Document {
            findings: &self.findings,
            rules: &self.rules,
            coverage: &self.coverage,
            verdict: Verdict::NoGo,
            threshold: Severity::High,
            suppressed: &self.suppressed,
            not_shown: 3,
            not_sure: 4,
            not_asked: 0,
            roots: &self.roots,
            provenance: &self.provenance,
            is_change: false,
        }
    }
}

/// Returns `document` written in `format`.
pub(super) fn written(document: &Document<'_>, format: FormatName, options: Options) -> String {
    let mut out = Vec::new();
    format.writer(options).write(document, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns every string that only a revealing report may contain.
pub(super) fn secrets() -> Vec<&'static str> {
    let mut secrets = vec![TOKEN, PASSWORD];
    secrets.extend(KEY.lines());
    secrets
}

/// Excerpts of mostly short lines, and some that must be cropped; `secret` is somewhere in them, masked.
pub(super) fn any_excerpt(secret: &'static str) -> impl Strategy<Value = Excerpt> {
    let line = prop_oneof![
        9 => "[a-cä\u{202e}\t\r]{0,9}",
        1 => "[a-cä日\u{202e}\t\r]{200,600}",
    ];
    let lines = (1..20_usize, 0..2_usize).prop_map(|(n, many)| n + 280 * many);
    (
        lines.prop_flat_map(move |n| prop::collection::vec(line.clone(), n)),
        any::<[prop::sample::Index; 3]>(),
    )
        .prop_map(move |(lines, places)| {
            let mut text = lines.join("\n");
            let at = |text: &str, place: &prop::sample::Index| {
                let ends: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
                ends.get(place.index(ends.len() + 1))
                    .copied()
                    .unwrap_or(text.len())
            };
            let start = at(&text, &places[0]);
            text.insert_str(start, secret);
            let hidden = start..start + secret.len();
            let (a, b) = (at(&text, &places[1]), at(&text, &places[2]));
            Excerpt::new(1, text, vec![hidden], a.min(b)..a.max(b))
        })
}

/// Returns the sample.
pub(super) fn sample() -> Sample {
    sample_with(Shown::alone)
}

/// Returns the sample for a user who asked for secrets.
pub(super) fn revealing_sample() -> Sample {
    sample_with(Redacted::made_up)
}

fn sample_with(shown: fn(Finding) -> Shown) -> Sample {
    let mut findings = files();
    findings.extend(history());
    for (finding, number) in findings.iter_mut().zip(1..) {
        finding.fingerprint.group[0] = number;
        finding.fingerprint.occurrence = 1 + u32::from(number == 2);
    }
    Sample {
        findings: findings.into_iter().map(shown).collect(),
        suppressed: suppressed().into_iter().map(shown).collect(),
        rules: rules(),
        coverage: Redacted::made_up(coverage()),
        roots: Redacted::made_up(vec![".".to_owned()]),
        provenance: Redacted::made_up(vec![Provenance {
            name: "sample".to_owned(),
            date: Some("2026-11-28T09:00:00+00:00".to_owned()),
            repository: Some("https://example.org/a/b.git".to_owned()),
            revision: Some("0".repeat(40)),
            branch: Some("main\u{202e}".to_owned()),
            is_root: true,
        }]),
    }
}

fn suppressed() -> Vec<Finding> {
    let kinds = [SuppressionKind::InSource, SuppressionKind::External];
    let allowed = kinds.map(|kind| {
        let (path, text) = ("tests/login.py", "password = \"<>\"\n");
        let mut finding = found("sample/password", path, text, PASSWORD);
        finding.suppression = Some(Suppression {
            kind,
            by: "what says so\x1b".to_owned(),
            reason: "a test\u{202e}".to_owned(),
        });
        finding
    });
    allowed.into()
}

fn files() -> Vec<Finding> {
    let key =
        format!("key = '''\n-----BEGIN PRIVATE KEY-----\n{KEY}-----END PRIVATE KEY-----\n'''\n");
    let mut proven = found(
        "sample/token",
        "deploy/prod.env",
        "# production\nREGION=eu-1\nTOKEN=<>\n",
        TOKEN,
    );
    proven.evidence = Evidence {
        proof: Proof::Proven,
        is_checksum: true,
        facts: vec![fact("checksum", "matches"), fact("account", "123456789012")],
    };
    let mut plausible = found(
        "sample/password",
        "src/settings.py",
        "DEBUG = True\npassword = \"<>\"  # TODO\n",
        PASSWORD,
    );
    plausible.confidence = Confidence::Medium;
    let compose = "services:\n  db:\n    image: postgres:16\n    ports:\n      - \"5432:5432\"\n";
    let mut setting = found(
        "compose/open-port",
        "docker-compose.yml",
        compose,
        "\"5432:5432\"",
    );
    setting.related = vec![Related {
        location: place(
            "docker-compose.override.yml",
            "services:\n  db:\n    ports: []\n",
            "ports",
        ),
        message: "the override [of `db`] keeps it".to_owned(),
    }];
    setting.fixes = vec![fix(&setting)];
    let mut hostile = found(
        "sample/password",
        "docs/naïve plan\n\u{202e}lmy.exe/日本 \x1b[31m100%.yml",
        "a: \x1b[2J\u{200b}\tb\r\npassword: <> # \u{202e}gnp\u{9b}31m\u{feff}\n",
        PASSWORD,
    );
    hostile.message = "a password \x1b]0;owned\x07 [click](https://example.org)".to_owned();
    hostile.history = Some(History {
        first: Some(commit(
            7,
            "Mallory\x1b[1A\u{202e}",
            "m@example.org\n",
            "2024-02-29T12:00:00+01:00",
        )),
        first_path: None,
        removed: None,
        presence: Presence::Head,
        blobs: 1,
    });
    let rule = "compose/no-healthcheck";
    let mut unplaced = found(rule, "docker-compose.yml", compose, "db");
    unplaced.excerpt = Excerpt::default();
    unplaced.covers = vec![
        unplaced.rule.clone(),
        RuleId::new("compose/no-limit"),
        RuleId::new("image/no-user"),
    ];
    let placeholder = found(
        "sample/placeholder",
        "docker-compose.yml",
        "environment:\n  SECRET_KEY: <>\n",
        "CHANGE_ME",
    );
    let key = found("sample/private-key", "config/id.toml", &key, KEY);
    vec![
        proven,
        key,
        plausible,
        hostile,
        placeholder,
        setting,
        unplaced,
    ]
}

fn history() -> Vec<Finding> {
    let mut removed = found(
        "sample/token",
        "config/old.yml",
        "old:\n  token: <>\n",
        TOKEN,
    );
    removed.origin = Origin::Blob(id(1));
    removed.history = Some(History {
        first: Some(commit(
            2,
            "Ann Author",
            "ann@example.org",
            "2021-03-04T10:00:00+01:00",
        )),
        first_path: None,
        removed: None,
        presence: Presence::History,
        blobs: 3,
    });
    let mut renamed = found(
        "sample/password",
        "app/new.ini",
        "[db]\npassword = <>\n",
        PASSWORD,
    );
    renamed.origin = Origin::Blob(id(3));
    renamed.history = Some(History {
        first: Some(commit(4, "Zoë", "zoe@example.org", "2020-12-31T23:59:59Z")),
        first_path: Some("app/old.ini".to_owned()),
        removed: None,
        presence: Presence::Refs,
        blobs: 1_204,
    });
    let mut unreachable = found("sample/token", "", "<>", TOKEN);
    unreachable.origin = Origin::Blob(id(5));
    unreachable.history = Some(History {
        first: None,
        first_path: None,
        removed: None,
        presence: Presence::Unreachable,
        blobs: 1,
    });
    let mut message = found(
        "sample/token",
        "",
        "Rotate the token\n\nIt was <> before.\n",
        TOKEN,
    );
    message.origin = Origin::CommitMessage(id(6));
    message.history = Some(History {
        first: Some(commit(
            6,
            "Ann Author",
            "ann@example.org",
            "2022-01-01T00:00:00Z",
        )),
        first_path: None,
        removed: None,
        presence: Presence::History,
        blobs: 0,
    });
    vec![removed, renamed, unreachable, message]
}

/// Returns a fix of `setting`.
fn fix(setting: &Finding) -> Fix {
    Fix {
        rule: setting.rule.clone(),
        description: "bind it to 127.0.0.1".to_owned(),
        edits: vec![Edit {
            region: setting.location.region.clone(),
            replacement: "\"127.0.0.1:5432:5432\"".to_owned(),
        }],
        is_optional: false,
    }
}

/// Returns a finding of `rule` at `value`, or where `text` has `<>`, which `value` replaces.
fn found(rule: &str, path: &str, text: &str, value: &str) -> Finding {
    let rules = rules();
    let rule = rules
        .iter()
        .find(|known| known.id.as_str() == rule)
        .unwrap();
    let text = text.replace("<>", value);
    let location = place(path, &text, value);
    let mut finding = Finding::new(rule, format!("{} in plain sight", rule.title), location);
    let marked = finding.location.region.bytes();
    let is_secret = rule.category == Category::Secret;
    let masked = if is_secret {
        vec![marked.clone()]
    } else {
        vec![]
    };
    finding.secret =
        (rule.category != Category::Configuration).then(|| Secret::new(value.as_bytes()));
    finding.excerpt = Excerpt::new(1, text, masked, marked);
    finding
}

fn place(path: &str, text: &str, value: &str) -> Location {
    let start = text.find(value).unwrap();
    let region = LineIndex::new(text.as_bytes()).region(start..start + value.len());
    Location::new(path.to_owned(), region)
}

fn fact(name: &'static str, value: &str) -> Fact {
    Fact {
        name,
        value: value.to_owned(),
    }
}

fn id(n: u8) -> ObjectId {
    ObjectId::from_bytes(&[n.wrapping_mul(0x1f); 20]).unwrap()
}

fn commit(n: u8, author: &str, email: &str, date: &str) -> CommitSummary {
    CommitSummary {
        id: id(n),
        author: author.to_owned(),
        email: email.to_owned(),
        date: date.to_owned(),
    }
}

fn rules() -> Vec<Rule> {
    vec![
        rule(
            "sample/token",
            Category::Secret,
            Severity::Critical,
            "Sample API token",
        ),
        rule(
            "sample/unused",
            Category::Secret,
            Severity::Low,
            "Found nowhere",
        ),
        rule(
            "sample/private-key",
            Category::Secret,
            Severity::Critical,
            "Private key",
        ),
        rule(
            "sample/password",
            Category::Secret,
            Severity::High,
            "Password",
        ),
        rule(
            "sample/placeholder",
            Category::Placeholder,
            Severity::High,
            "Placeholder",
        ),
        rule(
            "compose/open-port",
            Category::Configuration,
            Severity::Medium,
            "Open port",
        ),
        rule(
            "compose/no-healthcheck",
            Category::Configuration,
            Severity::Low,
            "No health check",
        ),
        rule(
            "compose/no-limit",
            Category::Configuration,
            Severity::Low,
            "No limit",
        ),
    ]
}

fn rule(id: &str, category: Category, severity: Severity, title: &'static str) -> Rule {
    Rule {
        id: RuleId::new(id),
        category,
        title: title.into(),
        description: "Whoever reads the repository can use it.".into(),
        remedy: "Take it out, and replace it where it was used.".into(),
        severity,
        confidence: Confidence::High,
        references: vec!["https://example.org/why".into()],
        tags: vec!["sample".into(), "CWE-798".into()],
        since: None,
    }
}

fn coverage() -> Coverage {
    let kinds = [
        (
            GapKind::Oversized,
            "data/dump.sql",
            "312.0 MiB is above the limit of 64.0 MiB",
        ),
        (GapKind::Special, "run/app.sock", "a socket"),
        (
            GapKind::BrokenLink,
            "latest",
            "leads to `build/latest`, which is not there",
        ),
        (
            GapKind::Unparsable,
            "compose.bad.yml",
            "line 3: found a tab where a space must be",
        ),
        (
            GapKind::Unreadable,
            "secrets/\x1b[2Kroot.key",
            "permission denied",
        ),
        (
            GapKind::Corrupt,
            "8f3c1d2e4b5a",
            "the object does not inflate",
        ),
        (
            GapKind::Missing,
            "77aa01bc93de",
            "not in this partial clone: fetch it with `git fetch`",
        ),
        (
            GapKind::Shallow,
            ".",
            "the history is cut off: run `git fetch --unshallow`",
        ),
        (
            GapKind::Oversized,
            "data/b.sql",
            "65.0 MiB is above the limit of 64.0 MiB",
        ),
        (
            GapKind::Oversized,
            "data/c.sql",
            "65.0 MiB is above the limit of 64.0 MiB",
        ),
        (GapKind::Special, "run/b.sock", "a socket"),
        (GapKind::Special, "run/c.sock", "a socket"),
    ];
    let gaps = kinds
        .into_iter()
        .map(|(kind, place, reason)| Gap::new(kind, place, reason));
    Coverage {
        files: 1_204,
        blobs: 70_405,
        commits: 12_345,
        tags: 1,
        bytes: 5_800_000_000,
        members: 3,
        binary: 14,
        audited: 8,
        templates: 2,
        unaudited: [("Ansible", 1), ("Terraform", 12)].into(),
        vacuous: false,
        settings: vec!["gonogo.toml".to_owned()],
        gaps: gaps.collect(),
        allowed: Vec::new(),
    }
}
