//! Rule files of other scanners: named on the command line, or found in what is scanned.

use crate::harness::{Repo, World, said, secret_line};

/// A custom rule for something that no built-in rule finds.
const RULE: &str = "[[rules]]\nid = \"House Badge\"\ndescription = \"A badge opens the doors. All of them.\"\n\
    regex = '''badge-([a-z]{6})'''\nkeywords = [\"badge-\"]\ntags = [\"house\"]\n";

/// Returns the rule and path of each finding, and how much is suppressed.
fn found(repo: &Repo<'_>, args: &[&str]) -> (Vec<String>, u64) {
    repo.found(args, |finding| said(finding, "rule"))
}

#[test]
fn a_file_that_is_named_is_used_beside_the_built_in_rules() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("house.toml", RULE);
    repo.write("app.txt", "badge-qwerty\n");
    repo.write("app.conf", secret_line("a"));
    let (names, _) = found(&repo, &["--rules", "house.toml"]);
    assert_eq!(
        names,
        [
            "github/personal-access-token app.conf",
            "House Badge app.txt"
        ]
    );
    let run = repo.gonogo().args(["scan", "--rules", "house.toml"]).run();
    assert!(
        run.stdout
            .contains("high[House Badge]: A badge opens the doors"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("qwerty"));
    let run = repo
        .gonogo()
        .args(["rules", "check", "--rules", "house.toml"])
        .run();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "house.toml: 1 rules of another scanner are in use\n")
    );
    let run = repo
        .gonogo()
        .args(["explain", "House Badge", "--rules", "house.toml"])
        .run();
    assert!(
        run.stdout.contains("A badge opens the doors. All of them."),
        "{}",
        run.stdout
    );
}

#[test]
fn a_file_at_the_top_counts_as_it_stands_and_is_named() {
    let world = World::new();
    let repo = world.init("repo");
    let config = format!("{RULE}[allowlist]\ndescription = \"made up\"\npaths = ['^samples/']\n");
    repo.write(".gitleaks.toml", config);
    repo.write("app.txt", "badge-qwerty\n");
    repo.write("samples/app.txt", "badge-qwerty\n");
    repo.write("samples/app.conf", secret_line("a"));
    let (names, suppressed) = found(&repo, &["--no-history"]);
    assert_eq!(
        (names.as_slice(), suppressed),
        (&["House Badge app.txt".to_owned()][..], 1)
    );
    let settings = repo.scan_json(&["--no-history"])["coverage"]["settings"].clone();
    assert_eq!(settings, serde_json::json!([".gitleaks.toml"]));
    let (names, suppressed) = found(&repo, &["--no-history", "--no-config"]);
    assert_eq!((names.len(), suppressed), (1, 0));
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--staged"]).0, ["House Badge app.txt"]);
}

#[test]
fn the_history_is_searched_and_its_commits_can_be_allowed() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "badge-qwerty\n");
    let allowed = repo.commit_file("b.txt", "badge-asdfgh\n");
    repo.remove("a.txt");
    repo.remove("b.txt");
    repo.commit("Remove both");
    repo.write(".gitleaks.toml", RULE);
    assert_eq!(
        found(&repo, &[]).0,
        ["House Badge a.txt", "House Badge b.txt"]
    );
    repo.write(
        ".gitleaks.toml",
        format!("{RULE}[[rules.allowlists]]\ncommits = [\"{allowed}\"]\n"),
    );
    assert_eq!(found(&repo, &[]), (vec!["House Badge a.txt".to_owned()], 1));
    repo.write(".gitleaks.toml", format!("{RULE}path = 'b\\.txt'\n"));
    assert_eq!(found(&repo, &[]).0, ["House Badge b.txt"]);
    let cache = world.path("cache");
    let cached = ["--cache", cache.to_str().unwrap()];
    assert_eq!(found(&repo, &cached).0, ["House Badge b.txt"]);
    assert_eq!(found(&repo, &cached).0, ["House Badge b.txt"]);
    repo.write(".gitleaks.toml", RULE);
    assert_eq!(found(&repo, &cached).0.len(), 2);
}

#[test]
fn binary_files_are_found_by_their_names() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".gitleaks.toml",
        "[[rules]]\nid = 'keystore'\npath = '(?i)\\.p12$'\n",
    );
    repo.write("keys/HOUSE.P12", [0, 1, 2, 255, 0]);
    repo.git(&["add", "-A"]);
    for what in ["--no-history", "--staged"] {
        assert_eq!(
            found(&repo, &[what]).0,
            ["keystore keys/HOUSE.P12"],
            "{what}"
        );
    }
    let run = repo.gonogo().args(["scan", "--no-history"]).run();
    let warning = "warning: .gitleaks.toml:1: rule `keystore` has only a `path`: it applies to files, not to the history (1 rules)\n";
    assert_eq!(run.stderr, warning);
}

#[test]
fn what_a_file_extends_must_lie_in_the_same_repository() {
    let world = World::new();
    let repo = world.init("repo");
    world.write("outside.toml", RULE);
    repo.write("conf/house.toml", RULE);
    repo.write("app.txt", "badge-qwerty\n");
    repo.write(".gitleaks.toml", "[extend]\npath = 'conf/house.toml'\n");
    assert_eq!(found(&repo, &["--no-history"]).0, ["House Badge app.txt"]);
    repo.write(".gitleaks.toml", "[extend]\npath = '../outside.toml'\n");
    repo.gonogo().args(["scan"]).run().refused(
        ".gitleaks.toml:1: `extend.path`: it must be in the same repository: write a path below its top directory",
    );
}

#[test]
fn a_pattern_that_is_too_large_is_refused_with_its_place() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".gitleaks.toml",
        "[[rules]]\nid = 'a'\nregex = '((a{900}){900}){900}'\n",
    );
    let run = repo.gonogo().args(["scan"]).run();
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .starts_with("error: .gitleaks.toml:3: rule `a`: `regex` does not compile: "),
        "{}",
        run.stderr
    );
}

#[test]
fn rules_with_names_of_any_kind_can_be_allowed() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".gitleaks.toml",
        format!("{RULE}[[rules]]\nid = 'pin'\nregex = 'pin-(\\d{{4}})'\n"),
    );
    repo.write("a.txt", "pin-1234 # gonogo:allow pin made up\n");
    repo.write("b.txt", "badge-qwerty\n");
    assert_eq!(
        found(&repo, &["--no-history"]),
        (vec!["House Badge b.txt".to_owned()], 1)
    );
    let run = repo
        .gonogo()
        .args(["baseline", "create", "--no-history"])
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let baseline = std::fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    assert!(baseline.contains(" House%20Badge b.txt"), "{baseline}");
    assert_eq!(
        found(&repo, &["--no-history", "--baseline", ".gonogo-baseline"]),
        (vec![], 2)
    );
}

#[test]
fn parts_of_a_credential_are_one_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".gitleaks.toml",
        "[[rules]]\nid = 'door'\nregex = 'code=([a-z]{8})'\n[[rules.required]]\nid = 'badge'\nwithinLines = 5\n\
         [[rules]]\nid = 'badge'\nregex = 'badge=([a-z]{8})'\nskipReport = true\n",
    );
    repo.write("a.txt", "badge=qwertyui\ncode=asdfghjk\n");
    repo.write("b.txt", "code=asdfghjl\n");
    let report = repo.scan_json(&["--no-history"]);
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
    let related = &report["findings"][0]["related"][0];
    assert_eq!(related["location"]["start"]["line"], 1, "{related}");
}
