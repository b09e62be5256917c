//! Look-alikes are not reported: values that could be mistaken for a credential, both invented ones and some from real
//! repositories.

use std::collections::BTreeMap;

use crate::harness::World;

/// Invented look-alikes, by kind.
const MADE: &str = include_str!("look_alikes/made.txt");
/// Lines from the working trees of public repositories: see `scripts/look_alikes.py`.
const FOUND: &str = include_str!("look_alikes/found.txt");

/// Returns the files of a list, in its order.
fn files(list: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in list.lines() {
        if let Some(path) = line.strip_prefix("== ") {
            files.push((path.to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(&line.replace('~', ""));
            text.push('\n');
        }
    }
    files
}

/// Writes each file into a folder of its own, and returns what a scan reports, by path.
fn reported(files: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let world = World::new();
    let root = world.path("look-alikes");
    for (number, (path, text)) in files.iter().enumerate() {
        let file = root.join(format!("n{number:03}")).join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let run = world.gonogo(&root).args(["scan", "--format", "json"]).run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut reported: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        // A setting that a container lacks is not a credential.
        if finding["category"] == "configuration" {
            continue;
        }
        let path = finding["location"]["path"].as_str().unwrap().to_owned();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        reported.entry(path).or_default().push(rule);
    }
    reported
}

#[test]
fn what_only_looks_like_a_credential_is_not_reported() {
    let (made, found) = (files(MADE), files(FOUND));
    assert!(
        made.len() >= 200 && found.len() >= 100,
        "{} {}",
        made.len(),
        found.len()
    );
    for list in [made, found] {
        let reported = reported(&list);
        let explained: Vec<_> = reported
            .iter()
            .map(|(path, rules)| {
                let number: usize = path[1..4].parse().unwrap();
                format!("{path}: {rules:?}\n{}", list[number].1)
            })
            .collect();
        assert!(explained.is_empty(), "{}", explained.join("\n"));
    }
}
