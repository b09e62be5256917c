//! The pages about rules in `docs/rules` match what the program writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::World;

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let page = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        // Git may use other line endings in a working tree.
        let text = fs::read_to_string(entry.path())
            .unwrap()
            .replace("\r\n", "\n");
        (name, text)
    };
    entries.map(page).collect()
}

#[test]
fn the_pages_are_those_of_today() {
    let world = World::new();
    let repo = world.init("repo");
    assert_eq!(repo.gonogo().args(["rules", "docs", "pages"]).run().code, 0);
    let (expected, found) = (
        pages(&repo.join("pages")),
        pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")),
    );
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    let hint = "run `cargo run -- rules docs docs/rules`";
    assert_eq!(names(&found), names(&expected), "{hint}");
    for (name, text) in &expected {
        assert!(found[name] == *text, "docs/rules/{name} is old: {hint}");
    }
}

#[test]
fn pages_of_families_that_are_gone_are_removed_and_other_files_stay() {
    let world = World::new();
    let repo = world.init("repo");
    let write = || repo.gonogo().args(["rules", "docs", "pages"]).run();
    assert_eq!(write().code, 0);
    let page = fs::read_to_string(repo.join("pages/compose.md")).unwrap();
    repo.write("pages/gone.md", page);
    repo.write("pages/own.md", "# Mine\n");
    assert_eq!(write().code, 0);
    assert!(!repo.join("pages/gone.md").exists());
    assert!(repo.join("pages/own.md").exists());
}
