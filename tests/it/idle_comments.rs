//! A comment without effect causes a warning, and one that is needed does not.

use crate::harness::{World, secret_line};

/// The marker, which must not occur in a comment of this file.
const MARK: &str = concat!("gonogo", ":allow");

#[test]
fn comments_that_allow_nothing_are_warned_of() {
    let world = World::new();
    let repo = world.init("repo");
    let secret = secret_line("idle");
    for (text, warned) in [
        (format!("port = 1 # {MARK} a test\n"), Some("a.conf:1")),
        (format!("# {MARK}\nport = 1\n"), Some("a.conf:1")),
        (format!("# {MARK} a test\n{secret}"), None),
        (
            format!("# {MARK} generic/password\n{secret}"),
            Some("a.conf:1"),
        ),
        (format!("{secret}\n\n\n# {MARK}\n"), Some("a.conf:5")),
        (format!("text = \"{MARK}\"\n"), None),
        (format!("# {MARK} not-audited a template\n"), None),
    ] {
        repo.write("a.conf", &text);
        let run = repo.gonogo().args(["scan", "--no-history"]).run();
        let warning = run
            .stderr
            .lines()
            .find(|line| line.contains("has no effect"));
        match warned {
            Some(place) => assert!(
                warning.is_some_and(|line| line.contains(&format!("{place}: "))),
                "{text}: {}",
                run.stderr
            ),
            None => assert_eq!(warning, None, "{text}"),
        }
    }
    repo.write("a.md", format!("Write `# {MARK}` above it:\n\n# {MARK}\n"));
    repo.remove("a.conf");
    let run = repo.gonogo().args(["scan", "--no-history"]).run();
    assert_eq!(run.stderr, "", "prose shows how to write one");
}
