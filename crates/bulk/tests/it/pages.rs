//! Reports: each format is what it says, and the page is bounded.

use serde_json::Value;

use crate::harness::{World, env};

fn world() -> World {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("deep/er/.env", &env(2))]);
    world.scan(&[]);
    world
}

#[test]
fn two_reports_of_one_store_are_the_same() {
    let world = world();
    for format in ["html", "markdown", "csv", "jsonl"] {
        let report = || {
            world
                .bulk(&["report", "--store", "s.db", "--format", format])
                .out
        };
        assert_eq!(report(), report(), "{format}");
    }
}

#[test]
fn the_page_holds_everything_and_loads_nothing() {
    let world = world();
    let run = world.bulk(&[
        "report",
        "--store",
        "s.db",
        "--format",
        "html",
        "--output",
        "page.html",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let page = world.text("page.html");
    assert!(page.contains("default-src 'none'") && !page.contains("http-equiv=\"refresh\""));
    let data = page
        .split("id=\"data\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    let findings = &data["findings"];
    let all = world.findings(&[]).len();
    for (name, column) in findings.as_object().unwrap() {
        assert_eq!(column.as_array().unwrap().len(), all, "{name}");
    }
    assert_eq!(data["repositories"].as_array().unwrap().len(), 2);
    let run = world.bulk(&[
        "report",
        "--store",
        "s.db",
        "--format",
        "html",
        "--output",
        "no/folder/page.html",
    ]);
    run.error("no/folder");
}

#[test]
fn sarif_is_a_file_for_each_repository() {
    let world = world();
    let run = world.bulk(&["report", "--store", "s.db", "--format", "sarif"]);
    run.error("name a folder by --output");
    let run = world.bulk(&[
        "report",
        "--store",
        "s.db",
        "--format",
        "sarif",
        "--repository",
        "b",
    ]);
    let sarif: Value = serde_json::from_str(&run.out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "deep/er/.env");
    assert!(result["partialFingerprints"]["gonogo/v2"].is_string());
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    for text in [&rule["shortDescription"]["text"], &rule["help"]["text"]] {
        assert!(text.as_str().is_some_and(|text| text.len() > 5), "{rule}");
    }
    // What is not covered in full says so, with each gap.
    let invocation = |world: &World| {
        let args = [
            "report",
            "--store",
            "s.db",
            "--format",
            "sarif",
            "--repository",
            "b",
        ];
        let sarif: Value = serde_json::from_str(&world.bulk(&args).out).unwrap();
        sarif["runs"][0]["invocations"][0].clone()
    };
    assert_eq!(invocation(&world)["executionSuccessful"], true);
    let files = [("x", "one\n"), ("y", "two\n")];
    world.commit("src/b", &files, "More");
    for (file, _) in files {
        let blob = world.git("src/b", &["rev-parse", &format!("HEAD:{file}")]);
        let object = format!("src/b/.git/objects/{}/{}", &blob[..2], &blob[2..]);
        std::fs::remove_file(world.path(&object)).unwrap();
    }
    world.scan(&[]);
    let said = invocation(&world);
    assert_eq!(said["executionSuccessful"], false);
    let notes = said["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 2, "{said}");
}

#[test]
fn what_is_asked_for_must_be_there() {
    let world = world();
    let report = |more: &[&str]| world.bulk(&[&["report", "--store", "s.db"], more].concat());
    report(&["--repository", "zzz"]).error("no repository `zzz`");
    report(&["--owner", "zzz"]).error("no finding has the owner");
    report(&["--since", "9"]).error("there is no such run");
    report(&["--since", "soon"]).error("write the number of a run");
    assert_eq!(report(&["--since", "2020-01-01"]).code, Some(0));
}

#[test]
fn the_ledger_says_what_a_new_rule_set_has_still_to_read() {
    let world = world();
    let ledger = || world.bulk(&["status", "--store", "s.db", "--ledger"]).out;
    assert!(
        ledger().contains("rule set 1 has still to read: 0 repositories"),
        "{}",
        ledger()
    );
    let db = rusqlite::Connection::open(world.path("s.db")).unwrap();
    db.execute_batch(
        "INSERT INTO rule_sets (digest, version) VALUES ('next', '9.0.0');
         INSERT INTO runs (started, rule_set, options, state) VALUES (2000000000, 2, '', 'going');",
    )
    .unwrap();
    drop(db);
    assert!(
        ledger().contains("rule set 2 has still to read: 2 repositories"),
        "{}",
        ledger()
    );
}

/// A file of the project.
fn project(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(folder.join("../..").join(name)).unwrap()
}

#[test]
fn every_command_is_in_the_documents() {
    let world = World::new();
    let help = world.bulk(&["--help"]).out;
    let commands = help.split("Commands:").nth(1).unwrap();
    let commands = commands.split("Options:").next().unwrap();
    let security = project("SECURITY.md");
    let guide: String = ["bulk", "forges", "fleet"]
        .map(|name| project(&format!("docs/{name}.md")))
        .concat();
    let mut names = Vec::new();
    for line in commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
    {
        let name = line.split_whitespace().next().unwrap();
        if name != "help" {
            assert!(security.contains(&format!("| `{name}` |")), "{name}");
            let is_told = guide.contains(&format!("gonogo bulk {name}"))
                || guide.contains(&format!("`{name}"));
            assert!(is_told, "{name}");
            names.push(name.to_owned());
        }
    }
    assert!(names.len() >= 7, "{names:?}");
}

#[test]
fn what_a_stable_report_leaves_out_is_listed() {
    let world = world();
    let guide = project("docs/bulk.md");
    let (all, stable) = (world.lines(&[]), world.lines(&["--stable"]));
    let mut left_out = std::collections::BTreeSet::new();
    for (all, stable) in all.iter().zip(&stable) {
        for name in all.as_object().unwrap().keys() {
            if stable[name].is_null() && !all[name].is_null() {
                left_out.insert(name.clone());
            }
        }
    }
    assert!(left_out.len() > 5, "{left_out:?}");
    for name in left_out {
        assert!(guide.contains(&format!("`{name}`")), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_never_replaced_by_a_report() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.scan(&[]);
    let report = |path: &str| {
        let args = ["report", "--store", "s.db", "--format", "csv", "-o", path];
        world.bulk(&args)
    };
    let made = world.command("mkfifo").arg(world.path("pipe")).status();
    assert!(made.unwrap().success());
    let mut reader = world.command("cat");
    let reader = reader
        .arg(world.path("pipe"))
        .stdout(std::process::Stdio::piped());
    let reader = reader.spawn().unwrap();
    assert_eq!(report("pipe").code, Some(0));
    let read = reader.wait_with_output().unwrap();
    assert!(read.stdout.starts_with(b"repository,"));
    let kind = std::fs::symlink_metadata(world.path("pipe"))
        .unwrap()
        .file_type();
    assert!(kind.is_fifo());
    // A link is left alone, and so is what it leads to.
    std::fs::write(world.path("aim"), "old").unwrap();
    symlink(world.path("aim"), world.path("link")).unwrap();
    report("link").error("it is a link");
    assert_eq!(world.text("aim"), "old");
    // A page that a server shows stays one that it may read.
    let mode = |name: &str| {
        let metadata = std::fs::metadata(world.path(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    world.set_mode("aim", 0o644);
    assert_eq!(report("aim").code, Some(0));
    assert_eq!(report("fresh").code, Some(0));
    assert_eq!((mode("aim"), mode("fresh")), (0o644, 0o600));
    // Nor is it taken for a store.
    for args in [
        ["status", "--store", "pipe"],
        ["forget", "a", "--store=pipe"],
    ] {
        world.bulk(&args).error("pipe: it is no file");
    }
    world
        .bulk(&["scan", "src", "--store", "pipe"])
        .error("pipe: it is no file");
}

#[test]
fn all_reports_have_the_same_numbers() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1)), ("b/.env", &env(2))]);
    world.git("src/a", &["rm", "-q", "b/.env"]);
    world.commit("src/a", &[], "Remove");
    world.repo("src/b", &[(".env", &env(3))]);
    world.scan(&[]);
    let out = |args: &[&str]| world.bulk(&[args, &["--store", "s.db"]].concat()).out;
    let numbers = || {
        let lines = world.lines(&[]);
        let states = |wanted: &[&str]| {
            let findings = lines.iter().filter(|it| it["type"] == "finding");
            let is_it = |it: &&Value| wanted.iter().any(|state| it["state"] == **state);
            findings.filter(is_it).count()
        };
        let summary = lines.last().unwrap();
        let (open, history) = (states(&["open"]), states(&["history"]));
        assert_eq!(summary["to_do"], open + history);
        assert_eq!(summary["states"]["open"], open);
        let page = out(&["report", "--format", "html"]);
        let data = page.split("id=\"data\">").nth(1).unwrap();
        let data = data
            .split("</script>")
            .next()
            .unwrap()
            .replace("\\u003c", "<");
        let data: Value = serde_json::from_str(&data).unwrap();
        let last = data["trend"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last[2], open + history, "{last}");
        (open, history)
    };
    let (open, history) = numbers();
    assert!(open > 0 && history > 0);
    let line = format!(
        "{} findings to do ({open} open, {history} in the history)",
        open + history
    );
    for text in [out(&["status"]), out(&["report", "--format", "html"])] {
        assert!(text.contains(&line), "{line}: {text}");
    }
    // What is decided is in no run, and in every number.
    let found = world.findings(&[]);
    let secret = found
        .iter()
        .find(|it| it["label"] == "b" && it["category"] == "secret")
        .unwrap();
    let fingerprint = secret["fingerprint"].as_str().unwrap();
    out(&["accept", fingerprint, "--reason", "known"]);
    assert_eq!(numbers(), (open - 1, history));
    world.commit("src/b", &[("more", "x\n")], "More");
    world.scan(&[]);
    assert_eq!(numbers(), (open - 1, history));
    // A run says what is covered in part only.
    let blob = world.git("src/b", &["rev-parse", "HEAD:more"]);
    let object = format!("src/b/.git/objects/{}/{}", &blob[..2], &blob[2..]);
    std::fs::remove_file(world.path(&object)).unwrap();
    let run = world.scan(&[]);
    assert!(
        run.out.contains("coverage: 1 covered, 1 in part"),
        "{run:?}"
    );
    assert!(run.out.contains("  in part: b: object "), "{run:?}");
    let since = out(&["report", "--since", "0"]);
    assert!(since.contains("since the beginning: "), "{since}");
}
