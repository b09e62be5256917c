//! Endless or massive input: it is rejected by size, or takes no more than its share.

use std::fs;

use crate::harness::{World, secret_line, token};

#[cfg(unix)]
#[test]
fn what_never_ends_is_refused_as_settings_rules_or_a_baseline() {
    let world = World::new();
    fs::write(world.path("a.conf"), secret_line("a")).unwrap();
    for (option, most) in [("--config", 32), ("--rules", 32), ("--baseline", 64)] {
        let run = world
            .gonogo(&world.path("."))
            .args(["scan", option, "/dev/zero", "a.conf"])
            .run();
        run.refused(&format!("/dev/zero: it is larger than {most} MiB"));
    }
}

#[test]
fn more_keywords_than_there_are_numbers_for_are_an_error_with_its_place() {
    let world = World::new();
    fs::write(world.path("a.conf"), "").unwrap();
    let keywords: Vec<String> = (0..70_000).map(|n| format!("'kw{n}'")).collect();
    let keywords = keywords.join(",");
    let rules = format!(
        "[[rules]]\nid = 'a/b'\ntitle = 'a'\ndescription = 'a'\nseverity = 'low'\nregex = 'kw'\n\
         keywords = [{keywords}]\n"
    );
    fs::write(world.path("rules.toml"), rules).unwrap();
    let run = world
        .gonogo(&world.path("."))
        .args(["scan", "--rules", "rules.toml", "a.conf"])
        .run();
    assert_eq!(run.code, 2);
    let start = "error: rules.toml:1: more than 65000 different keywords from here on";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}

#[test]
fn every_secret_of_a_committed_file_is_found_where_it_stands() {
    let world = World::new();
    let repo = world.init("repo");
    let names: Vec<String> = (0..300).map(|number| format!("secret {number}")).collect();
    let lines: String = names.iter().map(|name| secret_line(name)).collect();
    repo.commit_file("many.conf", &lines);
    repo.commit_removal("many.conf");
    let report = repo.scan();
    assert_eq!(report.findings.len(), names.len());
    for (name, line) in names.iter().zip(1..) {
        assert_eq!(
            report.only(&token(name)).place(),
            format!("many.conf:{line}")
        );
    }
}

#[test]
fn a_small_budget_of_memory_changes_no_report() {
    let world = World::new();
    for number in 0..3 {
        let text = "# nothing to see here\n".repeat(420_000) + &secret_line(&number.to_string());
        fs::write(world.path(&format!("{number}.conf")), text).unwrap();
    }
    let scan = |memory: &str| {
        let scan = world.gonogo(&world.path("."));
        scan.args(["scan", "-j", "3", "--memory", memory, "."])
            .report()
    };
    let (small, large) = (scan("1M"), scan("8G"));
    assert_eq!(small.findings.len(), 3);
    assert_eq!(small.places(), large.places());
}
