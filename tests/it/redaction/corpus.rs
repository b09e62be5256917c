//! Made-up secrets on and beside the lines of configuration findings, with one file for each rule, place and kind of
//! secret.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use gonogo::audit::{self, Outcome};

use crate::harness::{FORMATS, Repo, World, token};

/// The fewest rules that the corpus may be made from.
const FEWEST_RULES: usize = 40;

/// A secret as written, and the part that no report may contain.
pub(super) struct Planted {
    written: String,
    secret: String,
}

/// Where a secret is placed.
const PLACES: [&str; 5] = ["comment", "beside", "before", "behind", "within"];

/// The kinds of secrets that are placed there.
const KINDS: [&str; 6] = [
    "token",
    "password",
    "random",
    "address",
    "base64",
    "connection",
];

/// Returns a value that nobody would choose: 22 letters and digits, different ones for every label.
pub(super) fn random(label: &str) -> String {
    token(label)[5..27].to_owned()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn planted(kind: &str, label: &str) -> Planted {
    let random = random(label);
    let (written, secret) = match kind {
        "token" => (token(label), token(label)),
        "password" => (format!("password={random}"), random),
        "random" => (random.clone(), random),
        "address" => (format!("https://app:{random}@db.example.com/x"), random),
        "base64" => {
            let text = base64(&format!("app:{random}"));
            (text.clone(), text)
        }
        _ => (
            format!("Server=db;User Id=sa;Password={random};Timeout=5"),
            random,
        ),
    };
    Planted { written, secret }
}

/// Returns `text` with the secret at `place`, relative to the finding that begins on `line` and ends at byte `end`.
fn plant(text: &str, place: &str, line: usize, end: usize, written: &str) -> String {
    if place == "within" {
        return format!("{}{written}{}", &text[..end], &text[end..]);
    }
    let mut planted = String::new();
    for (number, content) in text.lines().enumerate() {
        let is_it = number + 1 == line;
        match place {
            "before" if is_it => writeln!(planted, "# {written}\n{content}"),
            "behind" if is_it => writeln!(planted, "{content}\n# {written}"),
            "comment" if is_it => writeln!(planted, "{content} # {written}"),
            "beside" if is_it => writeln!(planted, "{content} # see '{written}', as before"),
            _ => writeln!(planted, "{content}"),
        }
        .unwrap();
    }
    planted
}

/// Returns all files of the corpus, and the secrets in them.
pub(super) fn corpus() -> (Vec<(String, String)>, BTreeSet<String>) {
    let (mut files, mut secrets) = (Vec::new(), BTreeSet::new());
    let mut rules = 0;
    let all = audit::rules();
    // Rules of every family, but only as many as take a few seconds.
    let step = (all.len() / (FEWEST_RULES + 8)).max(1);
    for rule in all.into_iter().step_by(step) {
        let Some(example) = audit::illustration(rule.id.as_str()) else {
            continue;
        };
        let Outcome::Audited(findings) = audit::audit(example.path, example.bad.as_bytes()) else {
            continue;
        };
        let own = |found: &&gonogo::model::Finding| found.rules().any(|own| *own == rule.id);
        let Some(finding) = findings.iter().find(own) else {
            continue;
        };
        rules += 1;
        let region = &finding.location.region;
        let quoted = example.bad[..region.end.byte].ends_with(['"', '\'']);
        let end = region.end.byte - usize::from(quoted);
        for place in PLACES {
            for kind in KINDS {
                let label = format!("{}/{place}/{kind}", rule.id);
                let planted = planted(kind, &label);
                let line = region.start.line as usize;
                let text = plant(&example.bad, place, line, end, &planted.written);
                files.push((format!("{label}/{}", example.path), text));
                secrets.insert(planted.secret);
            }
        }
    }
    assert!(rules >= FEWEST_RULES, "{rules}");
    (files, secrets)
}

/// Checks that none of the secrets is in `text`; eight consecutive bytes of one are too many.
#[track_caller]
pub(super) fn check_clean(what: &str, text: &str, secrets: &BTreeSet<String>) {
    let windows = secrets
        .iter()
        .flat_map(|secret| secret.as_bytes().windows(8));
    let windows = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(windows)
        .unwrap();
    let lines = text.lines();
    let shown: Vec<_> = lines.filter(|line| windows.is_match(line)).collect();
    let count = shown.len();
    let first: Vec<String> = shown
        .iter()
        .take(12)
        .map(|line| line.chars().take(400).collect())
        .collect();
    assert!(
        shown.is_empty(),
        "{what}: {count} lines\n{}",
        first.join("\n")
    );
}

/// A repository with the corpus staged.
fn staged<'w>(world: &'w World, files: &[(String, String)]) -> Repo<'w> {
    let repo = world.init("repo");
    for (name, text) in files {
        repo.write(name, text);
    }
    repo.git(&["add", "-A", "-f"]);
    repo
}

#[test]
fn no_report_shows_what_stands_beside_a_finding() {
    let world = World::new();
    let (files, secrets) = corpus();
    let repo = staged(&world, &files);
    let mut scan = repo.gonogo().args(["scan", "--no-history"]);
    scan = scan.args(["--min-severity", "info", "--min-confidence", "low"]);
    for format in FORMATS {
        let path = world.path(&format!("report.{format}"));
        scan = scan
            .arg("--report")
            .arg(format!("{format}={}", path.display()));
    }
    let run = scan.run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    check_clean("standard output", &run.stdout, &secrets);
    for format in FORMATS {
        let report = std::fs::read_to_string(world.path(&format!("report.{format}"))).unwrap();
        assert!(
            report.len() > 5_000 || format == "gitlab",
            "{format}: {}",
            report.len()
        );
        check_clean(format, &report, &secrets);
    }
    let json = std::fs::read_to_string(world.path("report.json")).unwrap();
    let found = audit::rules()
        .iter()
        .filter(|rule| json.contains(&format!("\"{}\"", rule.id)))
        .count();
    assert!(found >= FEWEST_RULES, "{found}");
}

#[test]
fn no_command_shows_what_stands_beside_a_finding() {
    let world = World::new();
    let (mut files, secrets) = corpus();
    // These commands differ in where they write, but not in what is found.
    let mut kept = 0..;
    files.retain(|_| {
        kept.next()
            .is_some_and(|number: usize| number.is_multiple_of(4))
    });
    let repo = staged(&world, &files);
    for args in [
        &["hook"][..],
        &["fix", "--dry-run", "."],
        &["baseline", "create", "."],
        &["scan", "--format", "text", "--no-history", "."],
    ] {
        let run = repo.gonogo().args(args).run();
        assert!(!run.stdout.is_empty(), "{args:?}: {}", run.stderr);
        check_clean(&format!("{args:?}"), &run.stdout, &secrets);
        check_clean(&format!("{args:?}: errors"), &run.stderr, &secrets);
    }
    let baseline = std::fs::read_to_string(repo.path().join(".gonogo-baseline")).unwrap();
    check_clean("baseline", &baseline, &secrets);
    std::fs::remove_file(repo.path().join(".gonogo-baseline")).unwrap();
    ci(&world, &repo, &secrets);
}

/// Returns everything that `gonogo ci` writes, except the commands that mask, which must name what they mask.
fn ci(world: &World, repo: &Repo<'_>, secrets: &BTreeSet<String>) {
    let base = repo.commit_file("README.md", "x\n");
    let event = serde_json::json!({ "before": base, "after": base });
    let event = world.write("runner/event.json", event.to_string());
    let summary = world.write("runner/summary", "");
    let output = world.write("runner/output", "");
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let sarif = world.path("ci.sarif");
    let run = repo
        .gonogo()
        .args(["ci", "--sarif"])
        .arg(&sarif)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "schedule")
        .env("GITHUB_EVENT_PATH", &text(&event))
        .env("GITHUB_SHA", &base)
        .env("GITHUB_REF", "refs/heads/main")
        .env("GITHUB_STEP_SUMMARY", &text(&summary))
        .env("GITHUB_OUTPUT", &text(&output))
        .run();
    let log: Vec<_> = run
        .stdout
        .lines()
        .filter(|line| !line.starts_with("::add-mask::"))
        .collect();
    check_clean("log", &log.join("\n"), secrets);
    for path in [&sarif, &summary, &output] {
        let written = std::fs::read_to_string(path).unwrap();
        check_clean(&path.display().to_string(), &written, secrets);
    }
}
