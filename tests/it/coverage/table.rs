//! The tables of docs/coverage.md, generated: every reason, in every format, from every command.

use std::fs;
use std::path::Path;

use gonogo::model::{Coverage, Gap, GapKind, Severity, Verdict};
use gonogo::redact::{Known, NoFinder, Redacted, Redactor};
use gonogo::report::{Document, FormatName, Options};
use serde_json::json;

use crate::harness::{Repo, Run, World};

/// Set this to write the page.
const WRITE: &str = "GONOGO_WRITE_DOCS";

#[test]
fn the_page_about_coverage_is_the_one_of_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let page = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let mut expected = page.clone();
    for (name, table) in [
        ("reasons", reasons()),
        ("formats", formats()),
        ("commands", commands()),
    ] {
        let (begin, end) = (
            format!("<!-- {name}: generated -->\n"),
            format!("<!-- {name}: end -->\n"),
        );
        let from = expected
            .find(&begin)
            .expect("the page has a place for the table")
            + begin.len();
        let to = expected.find(&end).expect("the table ends");
        expected.replace_range(from..to, &format!("\n{table}\n"));
    }
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(
        page == expected,
        "docs/coverage.md is old: run this test with {WRITE}=1"
    );
}

/// Returns the coverage of a scan with one gap.
fn with_gap(kind: GapKind) -> Coverage {
    let mut coverage = Coverage::default();
    coverage.files = 1;
    coverage.gaps = vec![Gap::new(kind, "the/place", "the reason")];
    coverage
}

fn reasons() -> String {
    let mut table =
        "| reason | what it means | verdict | what to do |\n|---|---|---|---|\n".to_owned();
    for &kind in GapKind::ALL {
        let verdict = Verdict::decide(None, Severity::High, &with_gap(kind));
        let (name, meaning, advice) = (kind.name(), kind.meaning(), kind.advice());
        table.push_str(&format!(
            "| `{name}` | {meaning} | {verdict} | {advice} |\n"
        ));
    }
    table
}

/// Returns what a format says about a gap: its kind, its place and its reason.
fn said(format: FormatName, kind: GapKind) -> String {
    let known = Known::default();
    let redactor = Redactor::new(&known, &NoFinder);
    let coverage = redactor.coverage(with_gap(kind));
    let roots = redactor.names(&[]);
    let document = Document {
        findings: &[],
        rules: &[],
        coverage: &coverage,
        verdict: Verdict::decide(None, Severity::High, &coverage),
        threshold: Severity::High,
        suppressed: &[],
        not_shown: 0,
        not_sure: 0,
        not_asked: 0,
        roots: &roots,
        provenance: &Redacted::default(),
        is_change: false,
    };
    let mut report = Vec::new();
    format
        .writer(Options::default())
        .write(&document, &mut report)
        .unwrap();
    let report = String::from_utf8(report).unwrap();
    let words = [(kind.name(), "K"), ("the/place", "P"), ("the reason", "R")];
    let words = words.iter().filter(|(word, _)| report.contains(word));
    let mut said: String = words.map(|(_, letter)| *letter).collect();
    if report.contains("UNDECIDED") {
        said.push('V');
    }
    if said.is_empty() {
        "–".to_owned()
    } else {
        said
    }
}

fn formats() -> String {
    let names = FormatName::ALL.iter().map(|format| format.as_str());
    let mut table = format!("| reason | {} |\n", names.collect::<Vec<_>>().join(" | "));
    table.push_str(&format!("|---|{}\n", "---|".repeat(FormatName::ALL.len())));
    for &kind in GapKind::ALL {
        let cells = FormatName::ALL.iter().map(|format| said(*format, kind));
        let cells = cells.collect::<Vec<_>>().join(" | ");
        table.push_str(&format!("| `{}` | {cells} |\n", kind.name()));
    }
    table
}

/// Machine-readable reports contain every gap, whatever its kind.
#[test]
fn every_reason_is_in_every_format_that_tells_of_coverage() {
    for &kind in GapKind::ALL {
        for &format in FormatName::ALL {
            let said = said(format, kind);
            let is_open = kind.is_undecided();
            let has_place_for_it = is_open || format.as_str() != "junit";
            let expected = match format.as_str() {
                "github" if is_open => "V",
                // These have no place for anything but findings.
                "csv" | "github" | "codequality" => "–",
                "junit" | "gitlab" => "PR",
                "jsonl" | "json" | "text" | "markdown" | "html" if is_open => "KPRV",
                _ => "KPR",
            };
            let expected = if has_place_for_it { expected } else { "–" };
            assert_eq!(said, expected, "{format} of {}", kind.name());
        }
    }
}

/// A file with something that cannot be scanned.
struct Case {
    name: &'static str,
    path: &'static str,
    bytes: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let broken = "services:\n  a:\n    image: a\n   ports: [\n";
    let deep = format!(
        "services:\n  a:\n    image: a\nx-a: {}{}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    let lfs = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1\n",
        "0".repeat(64)
    );
    let case = |name, path, bytes: &[u8]| Case {
        name,
        path,
        bytes: bytes.to_owned(),
    };
    vec![
        case("`unparsable`", "compose.yml", broken.as_bytes()),
        case(
            "`unparsable`, accepted",
            "compose.yml",
            format!("# gonogo:allow not-audited a\n{broken}").as_bytes(),
        ),
        case("`not-audited`", "compose.yml", deep.as_bytes()),
        case("`template`", "{{a}}/compose.yml", broken.as_bytes()),
        case("`test-data`", "tests/compose.yml", broken.as_bytes()),
        case("`archive`", "a.bin", b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0"),
        case("`lfs-pointer`", "a.bin", lfs.as_bytes()),
        case("`annex-pointer`", "a.bin", b"/annex/objects/a\n"),
        case("`bundle`", "a.bin", b"# v2 git bundle\n\n"),
        case("`empty`", "a.yml", b""),
    ]
}

/// The name of a command in the table, and how it is run.
type Command = (&'static str, fn(&World, &Repo<'_>, &Case) -> Run);

const COMMANDS: [Command; 8] = [
    ("`scan`", |_, repo, _| repo.gonogo().arg("scan").run()),
    ("`scan --no-history`", |_, repo, _| {
        repo.gonogo().args(["scan", "--no-history"]).run()
    }),
    ("`scan --no-worktree`", |_, repo, _| {
        repo.gonogo().args(["scan", "--no-worktree"]).run()
    }),
    ("`scan --staged`", |_, repo, _| {
        repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
        let run = repo.gonogo().args(["scan", "--staged"]).run();
        repo.git(&["commit", "-q", "-m", "Again"]);
        run
    }),
    ("`hook`", |_, repo, _| {
        repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
        let run = repo.gonogo().arg("hook").run();
        repo.git(&["commit", "-q", "-m", "Again"]);
        run
    }),
    ("`scan --range`", |_, repo, _| {
        repo.gonogo()
            .args(["scan", "--range", "HEAD~1..HEAD"])
            .run()
    }),
    ("`ci`", |world, repo, _| {
        let before = repo.id("HEAD~1");
        let payload =
            json!({"before": before, "forced": false, "repository": {"default_branch": "main"}});
        let event = world.write("runner/event.json", payload.to_string());
        repo.gonogo()
            .arg("ci")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "push")
            .env("GITHUB_EVENT_PATH", event.to_str().unwrap())
            .env("GITHUB_SHA", &repo.id("HEAD"))
            .env("GITHUB_REF", "refs/heads/main")
            .run()
    }),
    ("`scan --stdin`", |_, repo, case| {
        let scan = repo
            .gonogo()
            .args(["scan", "--stdin", "--stdin-name", case.path]);
        scan.input(&case.bytes).run()
    }),
];

fn commands() -> String {
    let names = COMMANDS.iter().map(|(name, _)| *name);
    let mut table = format!("| reason | {} |\n", names.collect::<Vec<_>>().join(" | "));
    table.push_str(&format!("|---|{}\n", "---|".repeat(COMMANDS.len())));
    for case in cases() {
        let world = World::new();
        let repo = world.init("repo");
        repo.commit_file("first", "nothing\n");
        repo.commit_file(case.path, &case.bytes);
        let kind = case.name.split('`').nth(1).unwrap_or_default();
        let cells = COMMANDS.iter().map(|(_, run)| {
            let run = run(&world, &repo, &case);
            let is_listed = run.stdout.contains(&format!(" {kind} "));
            let verdict = ["UNDECIDED:", "NO-GO:", "GO:"];
            let verdict = verdict.iter().find(|verdict| run.stdout.contains(*verdict));
            let verdict = verdict.map_or("", |verdict| verdict.trim_end_matches(':'));
            let listed = if is_listed { ", listed" } else { "" };
            format!("{verdict} ({}){listed}", run.code)
        });
        let cells = cells.collect::<Vec<_>>().join(" | ");
        table.push_str(&format!("| {} | {cells} |\n", case.name));
    }
    table
}
