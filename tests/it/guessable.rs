//! One judge for values that anyone would guess and for those that vendors publish: each value is graded alike in
//! every format, whichever rule or check reports it there.

use std::collections::BTreeSet;

use crate::harness::World;

/// A file in each format, with placeholders `NAME` and `VALUE`.
const FORMATS: [(&str, &str); 8] = [
    (".env", "NAME=VALUE\n"),
    ("Dockerfile", "FROM node:20\nUSER node\nENV NAME=VALUE\n"),
    (
        "compose.yaml",
        "services:\n  web:\n    image: acme/web:1\n    environment:\n      NAME: \"VALUE\"\n",
    ),
    (
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  NAME: \"VALUE\"\n",
    ),
    (
        "deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: acme/web:1\n        env:\n        - name: NAME\n          value: \"VALUE\"\n",
    ),
    ("app.yml", "NAME: \"VALUE\"\n"),
    ("app.properties", "NAME=VALUE\n"),
    ("run.sh", "export NAME=VALUE\n"),
];

/// Returns the severities of what is found for a value, in each format that is not about settings.
fn graded(name: &str, value: &str) -> Vec<(&'static str, BTreeSet<String>)> {
    let grade = |(path, text): (&'static str, &str)| {
        let world = World::new();
        let repo = world.init("repo");
        repo.write(path, text.replace("NAME", name).replace("VALUE", value));
        let all = [
            "--no-history",
            "--min-severity",
            "info",
            "--min-confidence",
            "low",
        ];
        let report = repo.scan_json(&all);
        let findings = report["findings"].as_array().unwrap().iter();
        let counts = findings.filter(|it| it["category"] != "configuration");
        let severities = counts.map(|it| it["severity"].as_str().unwrap().to_owned());
        (path, severities.collect())
    };
    FORMATS.into_iter().map(grade).collect()
}

#[test]
fn what_anybody_guesses_is_as_bad_in_every_format() {
    let long = "a".repeat(64);
    for name in ["DB_PASSWORD", "JWT_SECRET"] {
        for value in ["test=ON", "test=302", "nokey", &long, "Devel0pm3ntP4ss!"] {
            for (path, severities) in graded(name, value) {
                let severities: Vec<_> = severities.iter().map(String::as_str).collect();
                assert_eq!(severities, ["high"], "{name}={value} in {path}");
            }
        }
    }
}

#[test]
fn what_vendors_publish_is_reported_by_no_rule() {
    let samples = [
        (
            "RECAPTCHA_PRIVATE_KEY",
            ["6LeIxAcTAAAAAGG-vFI1Tn", "RWxMZNFuojJ4WifJWe"].concat(),
        ),
        (
            "CLIENT_SECRET",
            [
                "pi_3MtwBwLkdIwHu7ix28a3tqPa_se",
                "cret_YrKJUKribcBjcG8HVhfZluoGH",
            ]
            .concat(),
        ),
        (
            "AWS_SECRET_ACCESS_KEY",
            ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat(),
        ),
        (
            "MINIO_SECRET_KEY",
            ["zuf+tfteSlswRu7BJ86wek", "itnifILbZam1KYY3TG"].concat(),
        ),
        (
            "OAUTH_REFRESH_TOKEN",
            ["tGzv3JOkF0XG5", "Qx2TlKWIA"].concat(),
        ),
    ];
    for (name, value) in samples {
        for (path, severities) in graded(name, &value) {
            assert!(severities.is_empty(), "{name} in {path}: {severities:?}");
        }
    }
}

#[test]
fn a_filler_for_a_build_is_low() {
    let filler = graded("SECRET_KEY_BASE", "nokey");
    let of = |wanted: &str| {
        let found = filler.iter().find(|(path, _)| *path == wanted);
        found.map(|(_, severities)| severities.iter().cloned().collect::<Vec<_>>())
    };
    assert_eq!(of("Dockerfile"), Some(vec!["low".to_owned()]));
    assert_eq!(of(".env"), Some(vec!["high".to_owned()]));
}

/// Returns what is found in a page that a server returned, saved as `path`.
fn in_page(path: &str) -> Vec<String> {
    let random = ["q8Zr2LkT0vXw", "5Ns7pD3fKm9Q"].concat();
    let hidden = [
        "csrfmiddlewaretoken",
        "timestamp_secret",
        "_token",
        "__RequestVerificationToken",
    ];
    let hidden =
        hidden.map(|name| format!("<input type=\"hidden\" name=\"{name}\" value=\"{random}\">\n"));
    let page = format!(
        "<!DOCTYPE html>\n<html>\n<meta name=\"api-token\" content=\"{random}\">\n{}<script>var a = {{client_secret: \"{random}x\"}}</script>\n",
        hidden.concat()
    );
    let world = World::new();
    let repo = world.init("repo");
    repo.write(path, page);
    let report = repo.scan_json(&[
        "--no-history",
        "--min-severity",
        "info",
        "--min-confidence",
        "low",
    ]);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|it| {
            format!(
                "{} {}",
                it["location"]["start"]["line"],
                it["severity"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_page_is_one_under_any_name() {
    let expected = ["8 medium"];
    for path in [
        "index.html",
        "public/Inter.ttf",
        "logo.png",
        "page",
        "data.json",
    ] {
        assert_eq!(in_page(path), expected, "{path}");
    }
    assert_eq!(in_page("views/index.ejs"), ["8 high"]);
}
