//! `docs/coming-from.md`: each row of its tables is run, and does what the row promises.

use std::collections::BTreeSet;
use std::fs;

use crate::harness::World;

/// Returns the cells of the page's table rows: the command line, and what the page says about it.
fn rows() -> Vec<(String, String)> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coming-from.md");
    let page = fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| {
        let cells = line.strip_prefix("| `")?.strip_suffix(" |")?;
        let (typed, said) = cells.split_once("` | ")?;
        Some((typed.to_owned(), said.to_owned()))
    });
    rows.collect()
}

#[test]
fn each_row_works_or_says_what_to_use_instead() {
    let world = World::new();
    let repo = world.init("tree");
    repo.commit_file("app.conf", "port = 1\n");
    let created = repo
        .gonogo()
        .args(["baseline", "create", "--baseline", "known"]);
    assert_eq!(created.run().code, 0);
    let rows = rows();
    assert!(rows.len() > 100, "{} rows", rows.len());
    let mut seen = BTreeSet::new();
    for (typed, said) in rows {
        let is_command = typed.starts_with("gonogo ");
        let typed = typed.trim_start_matches("gonogo ");
        if !seen.insert((typed.to_owned(), said.clone())) {
            continue;
        }
        let words = typed.split(' ').map(|word| match word {
            "FILE" if typed.starts_with("--baseline") => "known",
            "FILE" => "out.json",
            word => word,
        });
        let mut words: Vec<_> = words.collect();
        if !is_command {
            words.insert(0, "scan");
        }
        let run = repo.gonogo().args(words).run();
        if said.starts_with("*works*") {
            assert!(!run.stderr.contains("error"), "{typed}: {}", run.stderr);
            continue;
        }
        assert_eq!(run.code, 2, "{typed}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(&said), "{typed}: {}", run.stderr);
    }
}
