//! Hostile files, and circular includes.

use crate::audit::{Files, Nothing, Outcome, Policy, Project, Source, audit};

#[test]
fn hostile_files_are_quick() {
    let many = |count: usize, text: &str| text.repeat(count);
    for text in [
        many(100_000, "a{"),
        many(60_000, "server{listen 443 ssl;}"),
        format!(
            "http{{{}}}",
            many(
                30_000,
                "server{listen 80;root /;location /{add_header a b;}}"
            )
        ),
        format!(
            "server{{{}}}",
            many(60_000, "location /{add_header X-Frame-Options a;alias b/;}")
        ),
        format!("server{{listen 80;{}}}", many(100_000, "include a;")),
        format!(
            "server{{{}}}",
            many(60, "location /{") + "add_header a b;" + &many(60, "}")
        ),
        format!("ssl_ciphers {};", many(100_000, "RC4:")),
        format!("ssl_ciphers {};", many(100_000, "!x:")),
        format!(
            "add_header Content-Security-Policy \"{}\";",
            many(100_000, "script-src *;")
        ),
        format!("x_by_lua_block {{{}", many(100_000, "[=[")),
        format!("server {{ return 301 {}; }}", many(100_000, "$uri_")),
    ] {
        let start = std::time::Instant::now();
        let _ = audit("nginx.conf", text.as_bytes());
        assert!(
            start.elapsed().as_secs() < 120,
            "{}",
            &text[..60.min(text.len())]
        );
    }
}

fn project<'p>(files: &[(&str, String)], policy: &'p Policy, beside: &'p dyn Files) -> Project<'p> {
    let sources = files
        .iter()
        .filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = files.iter().map(|(path, _)| (*path).to_owned());
    Project::new(sources, paths, beside, policy)
}

#[test]
fn includes_may_lead_in_circles() {
    let policy = Policy::default();
    let branches = "location / { include *.conf; }\n".repeat(50);
    let files: Vec<_> = ["a.conf", "b.conf", "c.conf", "d.conf"]
        .into_iter()
        .map(|path| {
            (
                path,
                format!("include *.conf;\nserver {{ listen 80; root /;\n{branches} }}\n{branches}"),
            )
        })
        .collect();
    let start = std::time::Instant::now();
    let project = project(&files, &policy, &Nothing);
    let outcomes = project.audit();
    assert!(
        outcomes
            .iter()
            .all(|(_, outcome)| matches!(outcome, Outcome::Audited(_)))
    );
    assert!(start.elapsed().as_secs() < 120);
}
