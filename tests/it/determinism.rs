//! The same input gives the same bytes, and reports have the shape that programs rely on.

use serde_json::Value;

use crate::harness::{FORMATS, Repo, World, secret_line, token};

/// Enough of everything for threads to interfere with each other.
fn build(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    for n in 0..8 {
        for file in 0..40 {
            let secret = secret_line(&format!("{n} {file}"));
            let text = format!("# {n}\n{secret}password = \"{}\"\n", &token("p")[4..20]);
            repo.write(&format!("d{}/app-{file}.conf", file % 7), text);
        }
        repo.commit(&format!("Change {n}, {}", token(&format!("message {n}"))));
    }
    repo.git(&["tag", "-a", "v1", "-m", &token("tag")]);
    repo.pack_all();
    for n in 0..40 {
        repo.store_blob(secret_line(&format!("loose {n}")));
    }
    #[cfg(unix)]
    for n in 0..5 {
        std::os::unix::fs::symlink("absent", repo.join(&format!("link-{n}"))).unwrap();
    }
    repo
}

fn scan(repo: &Repo<'_>, format: &str, threads: &str) -> String {
    let scan = repo.gonogo().args(["scan", "--format", format]);
    let run = scan.args(["--threads", threads]).run();
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    run.stdout
}

#[test]
fn every_format_is_the_same_whatever_the_number_of_threads() {
    let world = World::new();
    let repo = build(&world);
    for format in FORMATS {
        let expected = scan(&repo, format, "1");
        for threads in ["1", "2", "4", "4", "0", "64"] {
            let found = scan(&repo, format, threads);
            assert!(found == expected, "{format} with {threads} threads");
        }
    }
}

#[test]
fn commits_of_the_harness_have_stable_ids() {
    let id = |name: &str| World::new().init(name).commit_file("app.conf", "a\n");
    assert_eq!(id("one"), id("two"));
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_json_report_is_what_its_schema_says() {
    let world = World::new();
    let repo = build(&world);
    let schema = include_str!("../../docs/schema/report-1.json");
    let schema = jsonschema::validator_for(&parse(schema)).unwrap();
    let report = parse(&scan(&repo, "json", "2"));
    let errors: Vec<_> = schema
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report["schema"], "gonogo/report/1");
    assert_eq!(report["verdict"], "NO-GO");
    assert_eq!(report["roots"], serde_json::json!(["."]));
    let findings = report["findings"].as_array().unwrap();
    let counts = report["counts"].as_object().unwrap();
    let counted: u64 = counts.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(counted, findings.len() as u64);
    let rules: Vec<_> = report["rules"].as_array().unwrap().iter().collect();
    for finding in findings {
        let is_described = |rule: &&Value| rule["id"] == finding["rule"];
        assert!(rules.iter().copied().any(|rule| is_described(&rule)));
    }
}

#[test]
fn lines_of_json_hold_the_same_findings_and_end_with_a_summary() {
    let world = World::new();
    let repo = build(&world);
    let text = scan(&repo, "jsonl", "2");
    let mut lines: Vec<Value> = text.lines().map(parse).collect();
    let summary = lines.pop().unwrap();
    assert_eq!(summary["type"], "summary");
    let document = parse(&scan(&repo, "json", "2"));
    assert_eq!(summary["counts"], document["counts"]);
    assert_eq!(summary["coverage"], document["coverage"]);
    for line in &mut lines {
        let kind = line.as_object_mut().unwrap().remove("type");
        assert_eq!(kind, Some("finding".into()));
    }
    assert_eq!(&lines, document["findings"].as_array().unwrap());
}

#[test]
fn sarif_has_what_code_scanning_needs() {
    let world = World::new();
    let repo = build(&world);
    let log = parse(&scan(&repo, "sarif", "2"));
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().unwrap();
    let ids: Vec<_> = runs
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["gonogo/worktree/", "gonogo/history/"]);
    for run in runs {
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.is_empty() && !uri.starts_with('/'), "{uri}");
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
        }
    }
}
