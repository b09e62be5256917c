//! Each script in `findings/` says what it runs, what one would expect and what was seen, and anyone can run it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const HEADER: [&str; 5] = ["Package", "Version", "Expected", "Seen", "Date"];

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_script_has_its_header() {
    for script in scripts() {
        let text = fs::read_to_string(&script).unwrap();
        let shown = script.display();
        assert!(text.starts_with("#!/"), "{shown}: no interpreter");
        let lines = text.lines().take_while(|line| line.starts_with('#'));
        let header: Vec<_> = lines.filter_map(|line| line.strip_prefix("# ")).collect();
        for name in HEADER {
            let prefix = format!("{name}: ");
            let said = header.iter().filter(|line| line.starts_with(&prefix));
            assert_eq!(said.count(), 1, "{shown}: {name}");
        }
    }
}

#[test]
fn every_script_runs_in_a_folder_of_its_own_without_gonogo() {
    for script in scripts() {
        let text = fs::read_to_string(&script).unwrap();
        let shown = script.display();
        assert!(text.contains("mktemp -d"), "{shown}: no temporary folder");
        let commands = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        assert!(
            commands.clone().all(|line| !line.contains("gonogo")),
            "{shown}: it runs gonogo"
        );
        let mode = fs::metadata(&script).unwrap().permissions().mode();
        assert_ne!(mode & 0o111, 0, "{shown}: not executable");
    }
}
