//! The library as used by a program that embeds it: scanners, sinks, and what they return.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use gonogo::{
    Confidence, Document, Error, Finding, Gap, Plan, Presence, Progress, Scanner, SettingsSource,
    Sink, Stage, Target, Verdict,
};

use crate::harness::{Repo, World, token};

/// The number of threads that scans use here.
const THREADS: usize = 2;

/// The most time a cancelled scan may take to return on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// A repository with so many commits, each with a file of its own, and a secret in the first.
fn repository<'w>(world: &'w World, name: &str, commits: usize) -> Repo<'w> {
    let repo = world.init(name);
    repo.commit_file("settings.conf", format!("token = {}\n", token(name)));
    for number in 0..commits {
        let line = format!("line {number} of {name}\n");
        repo.commit_file(&format!("files/{number}.txt"), line.repeat(200));
    }
    repo.commit_removal("settings.conf");
    repo
}

/// Cancels a scan once it has read so many objects, and counts what happens after that.
#[derive(Default)]
struct Canceller {
    after: u64,
    is_cancelled: AtomicBool,
    polls: AtomicU64,
    /// How many objects are processed after that.
    late: AtomicU64,
    findings: usize,
}

impl Sink for Canceller {
    fn finding(&mut self, _finding: &Finding) {
        self.findings += 1;
    }

    fn progress(&self, progress: Progress) {
        if self.is_cancelled.load(SeqCst) {
            self.late.fetch_add(1, SeqCst);
        } else if progress.stage == Stage::History && progress.done >= self.after {
            self.is_cancelled.store(true, SeqCst);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.polls.fetch_add(1, SeqCst);
        self.is_cancelled.load(SeqCst)
    }
}

/// The most time a cancelled scan takes to return on an idle machine.
const AT_ONCE: Duration = Duration::from_millis(50);

/// Cancels a scan while objects are read, and records when.
#[derive(Default)]
struct Stopper {
    cancelled: OnceLock<Instant>,
}

impl Sink for Stopper {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::History && progress.done >= 10 {
            self.cancelled.get_or_init(Instant::now);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.get().is_some()
    }
}

/// Keeps what a scan passes to it.
#[derive(Default)]
struct Keeper {
    rules: Vec<String>,
    gaps: usize,
    read: AtomicU64,
}

impl Sink for Keeper {
    fn finding(&mut self, finding: &Finding) {
        self.rules.push(finding.rule.clone());
    }

    fn gap(&mut self, _gap: &Gap) {
        self.gaps += 1;
    }

    fn progress(&self, _progress: Progress) {
        self.read.fetch_add(1, SeqCst);
    }
}

fn scanner() -> Scanner {
    Scanner::builder().threads(THREADS).build().unwrap()
}

/// Counts the threads of this process that a scanner started, directly or indirectly.
fn own_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: &Path| std::fs::read_to_string(task.join("comm")).unwrap_or_default();
    let names = tasks.map(|task| name(&task.unwrap().path()));
    names.filter(|name| name.starts_with("gonogo-")).count()
}

#[test]
fn one_scan_is_cancelled_and_the_others_are_whole() {
    let world = World::new();
    let (first, second) = (
        repository(&world, "first", 60),
        repository(&world, "second", 20),
    );
    let targets = [first.path(), second.path()].map(Target::new);
    let scanner = scanner();
    let mut canceller = Canceller {
        after: 10,
        ..Canceller::default()
    };
    let mut keeper = Keeper::default();
    let (cancelled, whole, text) = thread::scope(|scope| {
        let cancelled = scope.spawn(|| {
            let start = Instant::now();
            let result = scanner.scan(&targets[0], &Plan::History, &mut canceller);
            (result, start.elapsed())
        });
        let whole = scope.spawn(|| scanner.scan(&targets[1], &Plan::Everything, &mut keeper));
        let line = format!("token = {}\n", token("text"));
        let text = scanner.text("a/settings.conf", line.as_bytes());
        (cancelled.join().unwrap(), whole.join().unwrap(), text)
    });

    let (result, took) = cancelled;
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert!(took < PATIENCE, "{took:?}");
    // Each thread may finish its current object, but begins no other.
    let late = canceller.late.load(SeqCst);
    assert!(late <= THREADS as u64, "{late} objects after the end");
    assert!(canceller.polls.load(SeqCst) >= canceller.after);
    assert_eq!(canceller.findings, 0);

    let whole = whole.unwrap();
    assert_eq!(whole.verdict, Verdict::NoGo);
    let found = &whole.findings[0];
    assert_eq!((whole.findings.len(), keeper.rules.len()), (1, 1));
    assert_eq!(found.presence, Some(Presence::History));
    assert_eq!(
        (found.place.path.as_str(), found.place.line),
        ("settings.conf", 1)
    );
    assert_eq!(found.reveal(), Some(token("second").as_bytes()));
    let commit = found.place.commit.as_ref().unwrap();
    assert!(commit.date.starts_with("2024-01-01"), "{commit:?}");
    assert_eq!(
        (whole.gaps().len(), keeper.gaps),
        (0, 0),
        "{:?}",
        whole.gaps()
    );
    assert!(keeper.read.load(SeqCst) > 40 && whole.coverage.blobs >= 21);

    let text = text.unwrap();
    assert_eq!(text.verdict, Verdict::NoGo);
    assert_eq!(text.findings[0].reveal(), Some(token("text").as_bytes()));

    assert!(!cfg!(target_os = "linux") || own_threads() > 0);
    drop(scanner);
    if cfg!(target_os = "linux") {
        let start = Instant::now();
        while own_threads() > 0 && start.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(own_threads(), 0);
    }
}

#[test]
fn a_cancelled_scan_returns_at_once() {
    let world = World::new();
    let repo = repository(&world, "repo", 120);
    let (scanner, target) = (scanner(), Target::new(repo.path()));
    let wait = || {
        let mut stopper = Stopper::default();
        let result = scanner.scan(&target, &Plan::History, &mut stopper);
        assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
        stopper.cancelled.get().unwrap().elapsed()
    };
    // Other tests run at the same time, so the machine may delay some of the scans, but not all.
    let shortest = (0..20).map(|_| wait()).min().unwrap();
    assert!(shortest <= AT_ONCE, "{shortest:?}");
    // A cancelled scan leaves nothing behind: the next one is complete.
    let whole = scanner.scan(&target, &Plan::History, &mut ()).unwrap();
    assert_eq!(whole.findings.len(), 1);
}

#[test]
fn a_report_holds_what_the_command_reports() {
    let world = World::new();
    let repo = repository(&world, "repo", 2);
    repo.commit_file("other.conf", format!("key = {}\n", token("repo")));
    repo.commit_removal("other.conf");
    repo.write(".env", "DEBUG=true\nDB_PASSWORD=changeme\n");
    let report = scanner()
        .scan(&Target::new(repo.path()), &Plan::Everything, &mut ())
        .unwrap();
    let listed = |finding: &Finding| format!("{} {}", finding.rule, finding.fingerprint);
    let mut own: Vec<_> = report.findings.iter().map(listed).collect();
    let json = repo.scan_json(&[]);
    let findings = json["findings"].as_array().unwrap().iter();
    let mut reported: Vec<_> = findings
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("rule"), text("fingerprint"))
        })
        .collect();
    own.sort();
    reported.sort();
    assert_eq!(own, reported);
    assert_eq!(report.verdict.to_string(), json["verdict"]);
    let secret = report
        .findings
        .iter()
        .find(|finding| finding.reveal() == Some(token("repo").as_bytes()));
    let secret = secret.unwrap();
    let elsewhere: Vec<_> = secret.other_places.iter().map(|it| &it.path).collect();
    let mut all = vec![&secret.place.path];
    all.extend(elsewhere);
    all.sort();
    assert_eq!(all, ["other.conf", "settings.conf"]);
    assert!(!format!("{report:?}").contains(&token("repo")));
}

#[test]
fn a_text_is_judged_by_itself() {
    let scanner = Scanner::builder()
        .threads(1)
        .settings(SettingsSource::None)
        .build()
        .unwrap();
    let none = scanner.text("compose.yml", b"").unwrap();
    assert_eq!(none.verdict, Verdict::Go);
    let text = "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n";
    let report = scanner.text("compose.yml", text.as_bytes()).unwrap();
    let has = |rule: &str| report.findings.iter().any(|finding| finding.rule == rule);
    assert!(has("compose/privileged"), "{:?}", report.findings);
    let line = format!("a: {} # gonogo:allow it is a test\n", token("a"));
    let allowed = scanner.text("a.yml", line.as_bytes()).unwrap();
    assert_eq!(
        (allowed.findings.len(), allowed.verdict),
        (0, Verdict::Go),
        "{allowed:?}"
    );
    assert_eq!(
        allowed.accepted[0].accepted.as_ref().unwrap().reason,
        "it is a test"
    );
}

/// Each version of a text is reported as if it were the first one.
#[test]
fn a_document_is_reported_as_a_text_is() {
    let scanner = Scanner::builder()
        .threads(1)
        .settings(SettingsSource::None)
        .build()
        .unwrap();
    let key = token("document");
    let half = &key[..key.len() / 2];
    let lines = "a: 1\n".repeat(300);
    let versions = [
        String::new(),
        format!("services:\n  web:\n    image: nginx:1.27\n{lines}"),
        format!("services:\n  web:\n    image: nginx:1.27\n    privileged: true\n{lines}"),
        format!("services:\n  web:\n    privileged: true\n# {half}\n{lines}"),
        format!("services:\n  web:\n    privileged: true\n# {key}\n{lines}"),
        format!("services:\n  web:\n    privileged: true\n# {key} gonogo:allow a test\n{lines}"),
        format!("# ä\nservices:\n  web:\n    privileged: true\n# {key}\n{lines}# {key}\n"),
        format!("# {key}\n"),
        "\0\u{1}".to_owned(),
        format!("# {key}\n\n"),
    ];
    let mut document = Document::new("compose.yml");
    for (number, text) in versions.iter().enumerate() {
        let whole = scanner.text("compose.yml", text.as_bytes()).unwrap();
        let again = scanner.document(&mut document, text.as_bytes()).unwrap();
        assert_eq!(
            format!("{again:#?}"),
            format!("{whole:#?}"),
            "version {number}"
        );
    }
    // What another scanner found does not count for this one.
    let sure = Scanner::builder()
        .threads(1)
        .settings(SettingsSource::None)
        .min_confidence(Confidence::High)
        .build()
        .unwrap();
    let line = "password = 'Tr0ub4dor-and-3'\n".as_bytes();
    let mut document = Document::new("a.py");
    let found = scanner.document(&mut document, line).unwrap();
    let surely = sure.document(&mut document, line).unwrap();
    let alone = sure.text("a.py", line).unwrap();
    assert_eq!(surely.findings.len(), alone.findings.len());
    assert_eq!(found.findings.len(), 1);
}

#[test]
fn a_target_that_is_not_there_is_an_error() {
    let world = World::new();
    let target = Target::new(world.path("nothing"));
    let error = scanner().scan(&target, &Plan::Everything, &mut ());
    let message = error.unwrap_err().to_string();
    assert!(
        message.ends_with("nothing: no such file or directory"),
        "{message}"
    );
}
