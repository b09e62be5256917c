//! What the options of `gonogo scan` change.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::harness::{FORMATS, Run, World, many_lines, secret_line, token, without_progress};

fn stdin_report(world: &World, options: &[&str], input: &[u8]) -> crate::harness::Report {
    world
        .gonogo(&world.path("."))
        .args(["scan", "--stdin"])
        .args(options)
        .input(input)
        .report()
}

#[test]
fn standard_input_is_a_file_with_a_name() {
    let world = World::new();
    let input = "# first\n".to_owned() + &secret_line("a");
    let report = stdin_report(&world, &[], input.as_bytes());
    assert_eq!(report.places(), ["<stdin>:2"]);
    let report = stdin_report(
        &world,
        &["--stdin-name", "deploy/app.conf"],
        input.as_bytes(),
    );
    let found = report.only(&token("a"));
    assert_eq!(found.place(), "deploy/app.conf:2");
    assert_eq!(found.origin.kind, "stdin");
    assert_eq!((report.code, report.coverage.files), (1, 1));
}

#[test]
fn what_standard_input_is_called_tells_what_kind_of_file_it_is() {
    let world = World::new();
    // Not derived from the name of the variable: a word that nobody would put into source code as a value.
    let line = format!("password = {}\n", &token("a")[4..20]);
    let settings = stdin_report(&world, &["--stdin-name", "app.ini"], line.as_bytes());
    let program = stdin_report(&world, &["--stdin-name", "app.py"], line.as_bytes());
    assert_eq!((settings.findings.len(), program.findings.len()), (1, 0));
}

#[test]
fn standard_input_that_is_empty_or_too_long_is_undecided() {
    let world = World::new();
    let report = stdin_report(&world, &[], b"");
    assert_eq!((report.code, report.gap_kinds()), (2, vec!["empty"]));
    let report = stdin_report(
        &world,
        &["--max-file-size", "10"],
        "a".repeat(100_000).as_bytes(),
    );
    assert_eq!((report.code, report.gap_kinds()), (2, vec!["oversized"]));
}

#[test]
fn larger_files_and_blobs_are_left_out_and_told() {
    let world = World::new();
    let repo = world.init("repo");
    let padded = |size: usize| {
        let line = secret_line(&size.to_string());
        line.clone() + &"#".repeat(size - line.len())
    };
    repo.write("small.conf", padded(1024));
    repo.write("large.conf", padded(1025));
    repo.commit("Add them");
    let report = repo.scan_with(&["--max-file-size", "1K"]);
    assert_eq!(report.places(), ["small.conf:1"]);
    assert_eq!(report.gap_kinds(), ["oversized", "oversized"]);
    let gaps = &report.coverage.gaps;
    assert!(gaps.iter().any(|gap| gap.place == "large.conf"), "{gaps:?}");
    assert!(gaps.iter().all(|gap| !gap.undecided));
    repo.pack_all();
    let report = repo.scan_with(&["--max-file-size", "1K", "--no-worktree"]);
    assert_eq!(report.places(), ["small.conf:1"]);
    assert_eq!(report.gap_kinds(), ["oversized"]);
}

#[test]
fn a_blob_is_found_though_its_delta_base_is_too_large() {
    let world = World::new();
    let repo = world.init("repo");
    let lines = many_lines(100);
    repo.commit_file("app.conf", lines[..1000].to_owned() + &secret_line("small"));
    repo.commit_file("app.conf", lines.clone() + &secret_line("large"));
    repo.pack_all();
    let report = repo.scan_with(&["--max-file-size", "1200", "--no-worktree"]);
    report.only(&token("small"));
    assert_eq!(report.gap_kinds(), ["oversized"]);
}

#[test]
fn more_threads_than_there_is_work_do_no_harm() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    for options in [&["--threads", "200"][..], &["-j", "0"], &["-j", "1"]] {
        repo.scan_with(options).only(&token("a"));
        let staged = [&["--staged"], options].concat();
        assert_eq!(repo.scan_with(&staged).code, 0);
    }
}

#[test]
fn one_half_can_be_left_out() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.write("new.conf", secret_line("new"));
    assert_eq!(repo.scan_with(&["--no-history"]).places(), ["new.conf:1"]);
    assert_eq!(repo.scan_with(&["--no-worktree"]).places(), ["old.conf:1"]);
    assert_eq!(repo.scan().places(), ["new.conf:1", "old.conf:1"]);
}

#[test]
fn the_threshold_decides_what_is_a_no_go() {
    let world = World::new();
    world.write(
        "tree/app.ini",
        format!("password = {}\n", &token("a")[4..20]),
    );
    let code = |options: &[&str]| {
        let scan = world.gonogo(&world.path("tree")).arg("scan").args(options);
        let report = scan.report();
        assert_eq!(report.findings[0].severity, "high");
        report.code
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--fail-on", "info"]), 1);
    assert_eq!(code(&["--fail-on", "high"]), 1);
    assert_eq!(code(&["--fail-on", "critical"]), 0);
}

#[test]
fn findings_below_the_confidence_asked_for_are_left_out() {
    let world = World::new();
    let rule = |confidence: &str| {
        format!(
            "[[rules]]\nid = \"acme/{confidence}\"\ntitle = \"Acme\"\ndescription = \"Acme.\"\n\
             severity = \"low\"\nconfidence = \"{confidence}\"\nkeywords = [\"acme-{confidence}\"]\n\
             regex = 'acme-{confidence}-[a-z]{{8}}'\n"
        )
    };
    let rules = ["low", "medium", "high"].map(rule).concat();
    world.write("rules.toml", rules);
    world.write(
        "tree/app.ini",
        "a = acme-low-qwzxvbnk\nb = acme-medium-qwzxvbnk\nc = acme-high-qwzxvbnk\n",
    );
    let count = |options: &[&str]| {
        let scan = world.gonogo(&world.path("tree")).args(["scan", "--rules"]);
        let report = scan.arg("../rules.toml").args(options).report();
        let all_sure = |level: &str| report.findings.iter().all(|it| it.confidence == level);
        assert!(options.last() != Some(&"high") || all_sure("high"));
        report.findings.len()
    };
    assert_eq!(count(&["--min-confidence", "low"]), 3);
    assert_eq!(count(&[]), 2);
    assert_eq!(count(&["--min-confidence", "medium"]), 2);
    assert_eq!(count(&["--min-confidence", "high"]), 1);
}

#[test]
fn what_is_only_worth_knowing_is_counted_and_shown_when_asked_for() {
    let world = World::new();
    let compose = "services:\n  web:\n    image: app:1\n    restart: on-failure\n";
    world.write("tree/compose.yaml", compose);
    let scan = |options: &[&str]| {
        let scan = world.gonogo(&world.path("tree"));
        let run = scan.args(["scan", "--format", "json"]).args(options).run();
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let count = |name: &str| report["counts"][name].as_u64();
        (count("info"), count("not_shown"))
    };
    assert_eq!(scan(&[]), (Some(0), Some(2)));
    assert_eq!(scan(&["--min-severity", "info"]), (Some(2), Some(0)));
    assert_eq!(scan(&["--fail-on", "info"]), (Some(2), Some(0)));
    assert_eq!(scan(&["--min-severity", "high"]), (Some(0), Some(3)));
}

fn text_scan(world: &World, options: &[&str]) -> Run {
    let scan = world.gonogo(&world.path("tree")).arg("scan");
    scan.args(options).run()
}

#[test]
fn secrets_are_masked_in_every_format_unless_asked_for() {
    let world = World::new();
    let secret = token("a");
    let repo = world.init("tree");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.commit(&format!("Tried {secret}"));
    world.write("tree/app.conf", format!("token = {secret} # {secret}\n"));
    for format in FORMATS {
        let masked = text_scan(&world, &["--format", format]);
        for secret in [&secret, &token("old")] {
            assert!(!masked.stdout.contains(&secret[8..]), "{format}");
            let shown = text_scan(&world, &["--format", format, "--show-secrets"]);
            assert!(shown.stdout.contains(secret.as_str()), "{format}");
        }
    }
}

#[test]
fn a_secret_beside_another_ones_line_is_masked_too() {
    let world = World::new();
    let lines = secret_line("a") + &secret_line("b") + &secret_line("c");
    world.write("tree/app.conf", lines);
    let run = text_scan(&world, &[]);
    for label in ["a", "b", "c"] {
        assert!(!run.stdout.contains(&token(label)[8..]));
    }
}

#[test]
fn several_reports_come_from_one_scan() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let reports = FORMATS.map(|format| format!("--report={format}=../{format}.out"));
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let run = text_scan(&world, &reports);
    assert_eq!(run.code, 1);
    for format in FORMATS {
        let alone = text_scan(&world, &["--format", format]).stdout;
        let written = fs::read_to_string(world.path(&format!("{format}.out"))).unwrap();
        assert_eq!(written, alone, "{format}");
        assert!(written.contains("app.conf"), "{format}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_known_before_the_work_is_done() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let run = text_scan(&world, &["--report", "json=absent/report.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let start = "error: absent/report.json: ";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}

#[test]
fn quiet_says_nothing_to_people_and_all_to_programs() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let run = text_scan(&world, &["--quiet"]);
    assert_eq!((run.code, run.stdout + &run.stderr), (1, String::new()));
    let run = text_scan(
        &world,
        &["--quiet", "--format", "json", "--report=text=../text"],
    );
    assert!(run.stdout.contains("app.conf"));
    let text = fs::read_to_string(world.path("text")).unwrap();
    assert!(text.contains("NO-GO"));
    let empty = world.folder("empty");
    let run = world.gonogo(&empty).args(["scan", "--quiet"]).run();
    assert_eq!(run.code, 2);
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let is_coloured = |options: &[&str], no_color: &str| {
        let scan = world.gonogo(&world.path("tree")).arg("scan").args(options);
        scan.env("NO_COLOR", no_color).run().stdout.contains('\x1b')
    };
    assert!(!is_coloured(&[], ""));
    assert!(!is_coloured(&[], "1"));
    assert!(!is_coloured(&["--color", "never"], ""));
    assert!(is_coloured(&["--color", "always"], ""));
    assert!(is_coloured(&["--color", "always"], "1"));
}

#[test]
fn control_characters_of_names_and_lines_reach_no_terminal() {
    let world = World::new();
    let line = format!("\x1b[2J\u{202e}token = {}\u{7}\n", token("a"));
    world.write("tree/app.conf", &line);
    #[cfg(unix)]
    world.write("tree/\x1b[31m.conf", line);
    let run = text_scan(&world, &[]);
    assert_eq!(run.code, 1);
    assert!(!run.stdout.contains(['\x1b', '\u{202e}', '\u{7}']));
    let run = text_scan(&world, &["\x1b[31m absent"]);
    assert!(!run.stderr.contains('\x1b'), "{:?}", run.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_complain() {
    let world = World::new();
    // More than fits into a pipe.
    let lines: String = (0..2_000).map(|n| secret_line(&n.to_string())).collect();
    world.write("tree/app.conf", lines);
    // These end before a pipe is full.
    let is_long = |format: &&str| !["markdown", "github", "text"].contains(format);
    for format in FORMATS.into_iter().filter(is_long) {
        let scan = world.gonogo(&world.path("tree"));
        let mut child = scan
            .args(["scan", "--format", format])
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut first = [0; 16];
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        let stderr = without_progress(&String::from_utf8(output.stderr).unwrap());
        assert_eq!(
            (output.status.code(), stderr.as_str()),
            (Some(2), ""),
            "{format}"
        );
    }
}

#[test]
fn a_users_rule_finds_beside_the_built_in_ones() {
    let world = World::new();
    world.write(
        "acme.toml",
        "[[rules]]\nid = \"acme/token\"\ntitle = \"Acme token\"\ndescription = \"Opens Acme.\"\n\
         severity = \"medium\"\nkeywords = [\"acme-\"]\nregex = 'acme-[a-z]{8}'\n",
    );
    let text = "key = acme-qwzxvbnk\n".to_owned() + &secret_line("a");
    world.write("tree/app.conf", text);
    let scan = world.gonogo(&world.path("tree"));
    let report = scan.args(["scan", "--rules", "../acme.toml"]).report();
    report.only(&token("a"));
    let own = report.all("acme-qwzxvbnk");
    assert_eq!(own.len(), 1);
    assert_eq!(
        (own[0].rule.as_str(), own[0].place()),
        ("acme/token", "app.conf:1".into())
    );
}

#[track_caller]
fn check_rule_file(text: &str, message: &str) {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    world.write("bad.toml", text);
    let scan = world.gonogo(&world.path("."));
    let run = scan.args(["scan", "--rules", "bad.toml", "tree"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let start = format!("error: bad.toml:{message}");
    assert!(run.stderr.starts_with(&start), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[test]
fn a_mistake_in_a_rule_file_is_told_with_its_line() {
    let rule = |more: &str| {
        format!(
            "[[rules]]\nid = \"acme/token\"\ntitle = \"T\"\ndescription = \"D.\"\nseverity = \"low\"\n\
             keywords = [\"acme\"]\n{more}\n"
        )
    };
    check_rule_file(
        &rule("regex = 'acme-['"),
        "1: rule `acme/token`: a pattern does not compile: ",
    );
    check_rule_file(&rule("regx = 'acme'"), "7: unknown key `regx`");
    check_rule_file(&rule(""), "2: rule `acme/token`: `regex` is missing");
    check_rule_file(&(rule("regex = 'acme'") + "not toml"), "8: ");
    check_rule_file(
        &rule("regex = 'acme'\nproof = \"astrology\""),
        "1: rule `acme/token`: unknown proof",
    );
    check_rule_file(
        &(rule("regex = 'acme'") + &rule("regex = 'acme'")),
        "9: rule `acme/token` is defined twice",
    );
}

#[test]
fn a_rule_file_that_is_not_there_is_refused() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let run = text_scan(&world, &["--rules", "absent.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: absent.toml: "), "{run:?}");
}
