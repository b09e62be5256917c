//! What people complain about in scanners of this kind, with a test for each complaint that has no better place
//! elsewhere. The name of each test is the complaint, turned into what happens here instead.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::harness::{FORMATS, Repo, Run, World, many_lines, secret_line, token};

fn scan(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("scan").args(args).run()
}

fn hook(repo: &Repo<'_>) -> Run {
    repo.gonogo().arg("hook").run()
}

fn baseline(repo: &Repo<'_>, args: &[&str]) {
    let run = repo.gonogo().arg("baseline").args(args).run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

fn sarif(repo: &Repo<'_>) -> Value {
    let run = scan(repo, &["--format", "sarif"]);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The fingerprints of all results, each with the category that it is uploaded under.
fn alerts(sarif: &Value) -> Vec<(String, String)> {
    let mut alerts = Vec::new();
    for run in sarif["runs"].as_array().unwrap() {
        let category = run["automationDetails"]["id"].to_string();
        for result in run["results"].as_array().unwrap() {
            let known_by = result["partialFingerprints"]["gonogo/v1"].as_str().unwrap();
            alerts.push((category.clone(), known_by.to_owned()));
        }
    }
    alerts
}

// Baselines and allow lists.

#[test]
fn a_baseline_counts_by_itself_for_scans_and_hooks() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("old"));
    assert_eq!(scan(&repo, &[]).code, 1);
    baseline(&repo, &["create"]);
    let run = scan(&repo, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("1 suppressed"), "{}", run.stdout);
    assert!(run.stdout.contains(".gonogo-baseline"), "{}", run.stdout);
    assert_eq!(scan(&repo, &["--no-config"]).code, 1);
    // Touching the file or running the hook by hand does not bring anything back.
    repo.write("app.conf", format!("# moved\n{}", secret_line("old")));
    repo.git(&["add", "."]);
    let run = hook(&repo);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("Settings     .gonogo-baseline\n"),
        "{}",
        run.stdout
    );
    let by_hand = repo.gonogo().arg("hook").env("PRE_COMMIT", "1").run();
    assert_eq!(by_hand.code, 0, "{}", by_hand.stdout);
    let below = repo.join("below");
    fs::create_dir(&below).unwrap();
    assert_eq!(world.gonogo(&below).arg("hook").run().code, 0);
    repo.write("app.conf", secret_line("old") + &secret_line("new"));
    repo.git(&["add", "."]);
    assert_eq!(hook(&repo).code, 1);
}

#[test]
fn somebody_stopped_by_the_hook_is_told_how_to_allow_a_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "."]);
    let run = hook(&repo);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("gonogo:allow RULE REASON"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("= fingerprint: "), "{}", run.stdout);
}

/// If ignores go by line numbers, the second secret is never seen.
#[test]
fn another_secret_on_an_allowed_line_is_found() {
    for way in ["baseline", "settings"] {
        let world = World::new();
        let repo = world.init("repo");
        repo.commit_file("app.conf", secret_line("old"));
        if way == "baseline" {
            baseline(&repo, &["create"]);
        } else {
            let json = scan(&repo, &["--format", "json"]).stdout;
            let json: Value = serde_json::from_str(&json).unwrap();
            let known_by = json["findings"][0]["fingerprint"].as_str().unwrap();
            let allow = format!("[[allow]]\nfingerprint = \"{known_by}\"\nreason = \"known\"\n");
            repo.write("gonogo.toml", allow);
        }
        assert_eq!(scan(&repo, &[]).code, 0, "{way}");
        repo.write("app.conf", secret_line("new"));
        let run = scan(&repo, &[]);
        assert_eq!(run.code, 1, "{way}: {}", run.stdout);
        assert!(run.stdout.contains("app.conf:1"), "{}", run.stdout);
    }
}

#[test]
fn an_accepted_finding_stays_accepted_when_its_branch_is_rebased() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", many_lines(20));
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit_file("app.conf", many_lines(20) + &secret_line("a"));
    repo.commit_file("other.conf", secret_line("b"));
    repo.commit_removal("other.conf");
    baseline(&repo, &["create"]);
    repo.commit("Accept what is known");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("app.conf", format!("# new\n# lines\n{}", many_lines(20)));
    repo.git(&["checkout", "-q", "work"]);
    repo.git(&["rebase", "-q", "main"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let run = scan(&repo, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("2 suppressed"), "{}", run.stdout);
}

#[test]
fn a_baseline_merges_without_a_conflict_when_two_branches_each_add_an_entry() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    assert_eq!(repo.gonogo().arg("init").run().code, 0);
    baseline(&repo, &["create"]);
    repo.commit("Begin with gonogo");
    for branch in ["one", "two", "three"] {
        repo.git(&["checkout", "-q", "-b", branch, "main"]);
        repo.write(&format!("{branch}.conf"), secret_line(branch));
        baseline(&repo, &["update", "--reason", branch]);
        repo.commit(branch);
    }
    repo.git(&["checkout", "-q", "main"]);
    for branch in ["one", "two", "three"] {
        repo.git(&["merge", "-q", "--no-edit", branch]);
    }
    let text = fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    // The branches are in one repository, so each knows what the others found: such lines occur twice.
    let entries = text.lines().filter(|line| !line.starts_with('#'));
    let known: std::collections::BTreeSet<_> = entries.map(|line| line.split(' ').next()).collect();
    assert_eq!(known.len(), 4, "{text}");
    let run = scan(&repo, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    baseline(&repo, &["check"]);
}

#[test]
fn what_settings_already_allow_does_not_fill_the_baseline() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("vendor/app.conf", secret_line("a"));
    repo.commit_file("app.conf", secret_line("b"));
    repo.write("gonogo.toml", "[paths]\nexclude = [\"vendor/\"]\n");
    baseline(&repo, &["create"]);
    let text = fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    assert!(
        text.contains(" app.conf") && !text.contains("vendor"),
        "{text}"
    );
}

#[test]
fn placeholders_in_samples_and_documents_need_no_allow_list() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "README.md",
        "    export API_TOKEN=<your-token>\n    password = CHANGE_ME\n",
    );
    repo.write(".env.example", "DB_PASSWORD=changeme\nAPI_KEY=xxxxxxxx\n");
    repo.write(
        "src/client.py",
        "client = Client(token=os.environ['API_TOKEN'])\n",
    );
    repo.commit("Begin");
    let report = repo.scan();
    assert_eq!((report.code, report.findings.len()), (0, 0), "{report:#?}");
}

// Hooks.

#[test]
fn a_hook_that_had_nothing_to_look_at_says_so() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    let run = hook(&repo);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("gonogo scans the staged changes\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("Scanned      nothing"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_hook_looks_at_what_is_staged_only_and_so_is_quick() {
    let world = World::new();
    let repo = world.init("repo");
    for number in 0..400 {
        repo.write(&format!("src/{number}.conf"), many_lines(50));
    }
    repo.commit("Begin");
    repo.write("src/7.conf", "port = 1\n");
    repo.git(&["add", "."]);
    let before = Instant::now();
    let run = hook(&repo);
    let took = before.elapsed();
    assert!(run.stdout.contains("Scanned      1 file"), "{}", run.stdout);
    // For a build without optimization, on a busy machine.
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[cfg(unix)]
#[test]
fn the_installed_hook_also_looks_at_what_a_merge_brings_along() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit_file("work.conf", secret_line("a"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("app.conf", "port = 2\n");
    assert_eq!(repo.gonogo().arg("install-hook").run().code, 0);
    repo.failing_git(&["merge", "-q", "--no-edit", "work"]);
}

#[test]
fn a_hook_in_a_submodule_looks_at_the_submodule() {
    let world = World::new();
    let part = world.init("part");
    part.commit_file("part.conf", "port = 1\n");
    let whole = world.init("whole");
    let source = format!("file://{}", part.path().display());
    whole.git(&["submodule", "--quiet", "add", &source, "part"]);
    whole.commit("Have a part");
    let within = Repo::at(&world, whole.join("part"));
    within.write("part.conf", secret_line("a"));
    within.git(&["add", "."]);
    assert_eq!(hook(&within).code, 1);
    let around = hook(&whole);
    assert_eq!(around.code, 0, "{}", around.stdout);
}

// What there is to scan.

/// `git log -p` does not show what only the merge itself changed.
#[test]
fn a_secret_that_only_a_merge_commit_has_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    let base = repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit_file("work.conf", "port = 2\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.conf", "port = 3\n");
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "work"]);
    repo.write("app.conf", secret_line("merged"));
    let merge = repo.commit("Merge");
    repo.commit_file("app.conf", "port = 1\n");
    let found = repo.scan();
    assert_eq!(found.only(&token("merged")).first(), merge);
    let range = format!("{base}..HEAD");
    let found = repo.scan_with(&["--range", &range]);
    assert_eq!(found.only(&token("merged")).first(), merge);
}

#[test]
fn the_commit_that_is_told_is_the_one_that_brought_the_secret() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("old/app.conf", many_lines(30));
    let brought = repo.commit_file("old/app.conf", many_lines(30) + &secret_line("a"));
    repo.git(&["mv", "old", "new"]);
    repo.commit("Move it");
    repo.commit_file(
        "new/app.conf",
        format!("# why\n{}{}", many_lines(30), secret_line("a")),
    );
    assert_eq!(repo.scan().only(&token("a")).first(), brought);
}

#[test]
fn a_shallow_clone_is_never_green() {
    let world = World::new();
    let origin = world.init("origin");
    origin.commit_file("app.conf", secret_line("a"));
    let base = origin.commit_file("app.conf", "port = 1\n");
    let head = origin.commit_file("app.conf", "port = 2\n");
    let clone = world.clone_of(&origin, "clone", &["--depth=1"]);
    for args in [
        &[][..],
        &["--no-worktree"],
        &["--quiet"],
        &["--range", &format!("{base}..{head}")],
        &["--range", "HEAD~1..HEAD"],
        &["--fail-on", "critical"],
    ] {
        let run = scan(&clone, args);
        assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(!run.stdout.contains("\nGO"), "{args:?}: {}", run.stdout);
    }
    for format in FORMATS {
        assert_eq!(scan(&clone, &["--format", format]).code, 2, "{format}");
    }
    clone.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(scan(&clone, &[]).code, 1);
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(bytes_of).collect()
}

#[test]
fn a_secret_in_utf16_is_found_in_files_in_the_index_and_in_the_history() {
    for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write("app.conf", utf16(&secret_line("a"), bytes_of));
        assert_eq!(repo.scan().only(&token("a")).place(), "app.conf:1");
        repo.git(&["add", "."]);
        let staged = repo.scan_with(&["--staged"]);
        assert_eq!(staged.only(&token("a")).place(), "app.conf:1");
        repo.commit("Add it");
        repo.commit_removal("app.conf");
        assert_eq!(repo.scan().only(&token("a")).place(), "app.conf:1");
    }
}

#[test]
fn a_binary_file_is_told_and_a_secret_in_it_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", "port = 1\n");
    repo.write("blob.bin", [0_u8, 1, 2, 3, 255]);
    repo.git(&["add", "."]);
    for args in [&["--no-history"][..], &["--staged"]] {
        let run = scan(&repo, args);
        let is_told = run.stdout.contains("1 binary file");
        assert!(is_told && run.code == 0, "{args:?}: {}", run.stdout);
    }
    let line = secret_line("a");
    repo.write(
        "blob.bin",
        [&[0_u8, 1, 2, 3, 255][..], line.as_bytes()].concat(),
    );
    assert_eq!(repo.scan().code, 1);
}

// Hangs and memory.

#[test]
fn a_minified_line_of_ten_megabytes_is_quick() {
    let world = World::new();
    let mut line = String::new();
    let mut number = 0;
    while line.len() < 10 << 20 {
        write!(
            line,
            "function f{number}(a,b){{var c=a.password||b[\"api_key\"],d=\"{number:x}\";return c?e.token(d):g.secret=[c,d,{number}]}};"
        )
        .unwrap();
        number += 1;
    }
    line += &format!("var t=\"{}\"", token("a"));
    world.write("tree/app.min.js", line);
    let before = Instant::now();
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    let took = before.elapsed();
    report.only(&token("a"));
    // For a build without optimization, on a busy machine.
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn text_encoded_many_times_over_does_not_fill_the_memory() {
    let world = World::new();
    let repo = world.init("repo");
    let inner = "password = lorem ipsum dolor sit amet ".repeat(20_000);
    let nested = (0..8).fold(inner, |text, _| STANDARD.encode(text));
    repo.write("nested.txt", nested);
    let piece = STANDARD.encode(STANDARD.encode("token = lorem ipsum dolor sit amet"));
    repo.write("many.txt", format!("{piece}\n").repeat(60_000));
    let size = fs::metadata(repo.join("nested.txt")).unwrap().len();
    assert!(size > 6 << 20, "{size}");
    let scan = repo
        .gonogo()
        .args(["scan", "--no-history", "-j2"])
        .command();
    // A gigabyte of address space, some of which libraries and stacks take.
    let status = world
        .sealed("sh")
        .args(["-c", "ulimit -v 1000000; exec \"$@\" >/dev/null", "sh"])
        .arg(scan.get_program())
        .args(scan.get_args())
        .current_dir(repo.path())
        .status()
        .unwrap();
    assert!(status.code().is_some_and(|code| code <= 1), "{status}");
}

// Code scanning.

#[test]
fn sarif_never_holds_the_secret() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.commit_file(
        "encoded.txt",
        STANDARD.encode(secret_line("encoded")) + "\n",
    );
    let beside = format!(
        "# gonogo:allow {}\n{}",
        token("said"),
        secret_line("allowed")
    );
    repo.commit_file("app.conf", beside);
    repo.git(&["commit", "-q", "--allow-empty", "-m", &token("message")]);
    repo.commit_file(&format!("{}.conf", token("name")), secret_line("new"));
    let run = scan(&repo, &["--format", "sarif"]);
    assert_eq!(run.code, 1);
    for label in ["old", "encoded", "allowed", "message", "new"] {
        let secret = token(label);
        assert!(!run.stdout.contains(&secret), "{label}");
        assert!(!run.stdout.contains(&STANDARD.encode(&secret)), "{label}");
    }
    assert!(
        !run.stdout
            .contains(&STANDARD.encode(secret_line("encoded")))
    );
}

#[test]
fn an_alert_is_not_fixed_while_the_history_still_has_the_secret() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    let open = alerts(&sarif(&repo));
    assert_eq!(open.len(), 1);
    repo.commit_file("app.conf", "port = 1\n");
    let later = alerts(&sarif(&repo));
    assert_eq!(later.len(), 1, "{later:?}");
    assert_eq!(later[0].1, open[0].1, "it is known to be the same");
}

#[test]
fn no_alert_is_there_twice_and_none_changes_with_its_line() {
    let world = World::new();
    let repo = world.init("repo");
    let text = secret_line("a") + &secret_line("b") + &secret_line("a");
    repo.commit_file("app.conf", &text);
    repo.commit_file("other.conf", secret_line("a"));
    let before = alerts(&sarif(&repo));
    let mut distinct = before.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), before.len(), "{before:?}");
    assert_eq!(before.len(), 4, "{before:?}");
    repo.commit_file("app.conf", format!("# one\n# two\n{text}"));
    let mut after = alerts(&sarif(&repo));
    after.sort();
    assert_eq!(after, distinct);
}
