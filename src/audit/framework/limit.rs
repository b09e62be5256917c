//! Records where the audit of a file stops at a limit, so that the rest becomes a gap.
//!
//! Limits are reached deep within readers that know neither the file nor the project, and each file is audited on a
//! single thread. So they are recorded per thread, and collected by the code that started the audit.

use std::cell::RefCell;

thread_local! {
    static REACHED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Records that there was more than is examined; `what` says more of what.
pub(in crate::audit) fn reached(what: impl Into<String>) {
    let what = what.into();
    REACHED.with_borrow_mut(|reached| {
        if !reached.contains(&what) {
            reached.push(what);
        }
    });
}

/// Runs `work`, and returns its result with the limits that it reached. Limits recorded by surrounding work are kept.
pub(in crate::audit) fn watched<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let around = REACHED.take();
    let done = work();
    (done, REACHED.replace(around))
}

/// Returns the reason of the gap for a file whose audit reached limits.
pub(in crate::audit) fn reason(reached: &[String]) -> String {
    format!(
        "it has {}: the rest was not audited",
        reached.join(", and ")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use super::*;
    use crate::audit::{Files, Policy, Project, Source};

    struct Tree(BTreeMap<String, String>);

    impl Files for Tree {
        fn read(&self, path: &str) -> Option<Vec<u8>> {
            self.0.get(path).map(|text| text.clone().into_bytes())
        }
    }

    /// Asserts that exactly the files at `cut` have a part that is not audited, and that the reason contains `reason`.
    #[track_caller]
    fn check(files: &[(String, String)], cut: &[&str], reason: &str) {
        let tree = Tree(files.iter().cloned().collect());
        let claimed = files.iter();
        let sources = claimed.filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
        let paths = files.iter().map(|(path, _)| path.clone());
        let policy = Policy::default();
        let project = Project::new(sources, paths, &tree, &policy);
        let audited = project.audit();
        assert!(!audited.is_empty());
        let left_out = project.left_out();
        let found: Vec<&str> = left_out.iter().map(|(path, _, _)| path.as_str()).collect();
        assert_eq!(found, cut, "{left_out:?}");
        for (_, _, why) in &left_out {
            assert!(why.contains(reason), "{why}");
        }
    }

    fn file(path: &str, text: impl Into<String>) -> (String, String) {
        (path.to_owned(), text.into())
    }

    /// Returns `count` lines, each made from its number.
    fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).fold(String::new(), |mut text, number| {
            let _ = writeln!(text, "{}", line(number));
            text
        })
    }

    #[test]
    fn a_dockerfile_beyond_a_limit_is_a_gap() {
        let one = |text: String, reason: &str| {
            check(&[file("Dockerfile", text)], &["Dockerfile"], reason);
        };
        one(
            lines(1_001, |number| format!("FROM a AS s{number}")),
            "stages",
        );
        let variables = lines(1_001, |number| format!("ARG A{number}=1"));
        one(format!("FROM a\n{variables}"), "variables in a stage");
        let long = "x".repeat(5_000);
        one(format!("FROM a\nENV A={long}\n"), "4 KiB");
        let deep = "${A:-".repeat(10) + "1" + &"}".repeat(10);
        one(format!("FROM a\nENV B={deep}\n"), "defaults");
        check(&[file("Dockerfile", "FROM a\nENV A=1\n")], &[], "");
    }

    const SERVICE: &str = "services:\n  a:\n    image: b:1\n";

    #[test]
    fn a_compose_file_beyond_a_limit_is_a_gap() {
        let one = |text: String, reason: &str| {
            check(&[file("compose.yml", text)], &["compose.yml"], reason);
        };
        let chain = lines(20, |number| {
            format!("  s{number}: {{image: a, extends: s{}}}", number + 1)
        });
        one(
            format!("services:\n{chain}  s20: {{image: a}}\n"),
            "a chain",
        );
        let words = "x ".repeat(20_001);
        one(format!("{SERVICE}    command: {words}\n"), "words");
        let value = format!("{}${{A}}", "x".repeat(70_000));
        one(
            format!("{SERVICE}    environment: {{A: '{value}'}}\n"),
            "64 KiB",
        );
        let deep = "${A:-".repeat(20) + "1" + &"}".repeat(20);
        one(
            format!("{SERVICE}    environment: {{A: '{deep}'}}\n"),
            "defaults",
        );
        let absent = lines(1_001, |number| format!("      - absent{number}.env"));
        let absent = format!("{SERVICE}    env_file:\n{absent}");
        check(
            &[file("compose.yml", absent), file("README.md", "x")],
            &["compose.yml"],
            "references to missing files",
        );
        check(&[file("compose.yml", SERVICE)], &[], "");
    }

    #[test]
    fn files_beside_a_compose_file_beyond_a_limit_are_a_gap() {
        let cut = |other: (String, String), text: &str, reason: &str| {
            let own = file("compose.yml", format!("{SERVICE}{text}"));
            check(&[own, other], &["compose.yml"], reason);
        };
        let variables = "A=1\n".repeat(80_000);
        cut(file(".env", variables), "", "variables in `.env`");
        let variables = lines(10_001, |number| format!("A{number}=1"));
        let given = "    env_file: some.txt\n";
        cut(file("some.txt", variables), given, "variables in one file");
        let large = "A=1\n".repeat(1_200_000);
        cut(file("some.txt", large), given, "4 MiB");
        let base = format!("{SERVICE}# {}\n", "x".repeat(1 << 20));
        let extends = "    extends: {file: other.txt, service: a}\n";
        cut(file("other.txt", base), extends, "1 MiB");
        let mut files = vec![file(
            "compose.yml",
            format!(
                "services:\n{}",
                lines(70, |number| format!(
                    "  s{number}: {{image: a, extends: {{file: f{number}.txt, service: a}}}}"
                ))
            ),
        )];
        files.extend((0..70).map(|number| file(&format!("f{number}.txt"), SERVICE)));
        check(&files, &["compose.yml"], "64 files");
        let many = lines(1_001, |number| format!("      - e{number}.txt"));
        let mut files = vec![file(
            "compose.yml",
            format!("{SERVICE}    env_file:\n{many}"),
        )];
        files.extend((0..1_001).map(|number| file(&format!("e{number}.txt"), "A=1\n")));
        check(&files, &["compose.yml"], "1000 env files");
    }

    #[test]
    fn an_env_file_with_a_long_quoted_value_is_a_gap() {
        let one = |length: usize| file(".env", format!("A='{}\ny'\nB=c\n", "x".repeat(length)));
        check(&[one(18_000)], &[".env"], "16 KiB");
        check(&[one(2_000)], &[], "");
    }

    #[test]
    fn nginx_configuration_beyond_a_limit_is_a_gap() {
        let server = |text: &str| format!("server {{ listen 80; {text} }}\n");
        let deep = (0..12).map(|number| {
            let next = format!("include n{}.conf;\n", number + 1);
            file(&format!("n{number}.conf"), next)
        });
        let mut files: Vec<_> = deep.collect();
        files.push(file("n12.conf", "gzip on;\n"));
        files.push(file("nginx.conf", server("include n0.conf;")));
        let tree = Tree(files.iter().cloned().collect());
        let policy = Policy::default();
        let claimed = files.iter();
        let sources = claimed.filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
        let paths: Vec<_> = files.iter().map(|(path, _)| path.clone()).collect();
        let project = Project::new(sources, paths, &tree, &policy);
        project.audit();
        let left_out = project.left_out();
        let own = left_out.iter().find(|(path, _, _)| path == "nginx.conf");
        assert!(
            own.is_some_and(|(_, _, why)| why.contains("8 deep")),
            "{left_out:?}"
        );
        let includes = "include a.conf;\n".repeat(4_001);
        let main = file("nginx.conf", server(&includes));
        check(&[main], &["nginx.conf"], "4000");
        let many = (0..600).map(|number| file(&format!("c/{number}.txt"), "gzip on;\n"));
        let mut files: Vec<_> = many.collect();
        files.push(file("nginx.conf", server("include c/*.txt;")));
        check(&files, &["nginx.conf"], "500 files");
        let heavy = file("big.txt", "add_header a b;\n".repeat(5_001));
        let main = file("nginx.conf", server("include big.txt;"));
        check(&[heavy, main], &["nginx.conf"], "5000 directives");
    }

    #[test]
    fn limits_are_noted_where_they_are_reached_in_any_order() {
        let compose = format!(
            "{SERVICE}    build: .\n    command: {}\n",
            "x ".repeat(20_001)
        );
        let files = [file("Dockerfile", "FROM a\n"), file("compose.yml", compose)];
        check(&files, &["compose.yml"], "words");
    }

    #[test]
    fn limits_belong_to_the_work_that_reached_them() {
        let ((), outer) = watched(|| {
            reached("more than 1 a");
            let ((), inner) = watched(|| reached("more than 2 b"));
            assert_eq!(inner, ["more than 2 b"]);
            reached("more than 3 c");
            reached("more than 1 a");
        });
        assert_eq!(outer, ["more than 1 a", "more than 3 c"]);
        assert_eq!(
            reason(&outer),
            "it has more than 1 a, and more than 3 c: the rest was not audited"
        );
        assert!(watched(|| ()).1.is_empty());
    }
}
