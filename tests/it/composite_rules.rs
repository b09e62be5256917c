//! Rules with parts: an id and its secret are one finding, which reports both places.

use gonogo::detect::example;
use serde_json::Value;

use crate::harness::{Repo, World, said};

/// Returns an AWS access key id and its secret, as written in a credentials file.
fn pair(label: &str) -> (String, String) {
    let filled = |template: &str| {
        let template = format!("{template}{{{{x:0}}}}");
        example::expand(label, &template, None).unwrap()
    };
    (filled("AKIA{{base32:16}}"), filled("{{base64:40}}"))
}

fn credentials(label: &str) -> String {
    let (id, secret) = pair(label);
    format!(
        "[default]\n{} = {id}\n{} = {secret}\n",
        "aws_access_key_id",
        ["aws_secret", "access_key"].join("_"),
    )
}

/// Returns the rule and path of each finding, and the places that belong to it.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let related = finding["related"].as_array().into_iter().flatten();
            let related = related.map(|related| {
                let line = &related["location"]["start"]["line"];
                format!("; {} in line {line}", related["message"].as_str().unwrap())
            });
            said(finding, "rule") + &related.collect::<String>()
        })
        .collect()
}

#[test]
fn an_id_and_its_secret_are_one_finding_with_two_places() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("deploy/credentials", credentials("a"));
    let (id, secret) = pair("a");
    let report = repo.scan_json(&["--no-history"]);
    assert_eq!(
        found(&report),
        ["aws/secret-access-key deploy/credentials; its access key id in line 2"]
    );
    let finding = &report["findings"][0];
    assert_eq!(finding["evidence"]["facts"][0]["name"], "account");
    for format in ["text", "json", "sarif", "html", "markdown", "github", "csv"] {
        let run = repo.gonogo().args(["scan", "--no-history"]);
        let run = run.args(["--format", format]).run();
        for shown in [&id, &secret] {
            assert!(!run.stdout.contains(shown.as_str()), "{format}");
        }
        if ["text", "sarif", "html"].contains(&format) {
            assert!(
                run.stdout.to_lowercase().contains("its access key id"),
                "{format}"
            );
        }
    }
}

#[test]
fn an_id_by_itself_and_one_far_away_are_findings_of_their_own() {
    let world = World::new();
    let repo = world.init("repo");
    let (id, secret) = pair("a");
    repo.write("a.conf", format!("id = {id}\n"));
    let far = "# nothing to see here\n".repeat(50);
    repo.write(
        "b.conf",
        format!("id = {id}\n{far}secret_access_key = {secret}\n"),
    );
    assert_eq!(
        found(&repo.scan_json(&["--no-history"])),
        [
            "aws/secret-access-key b.conf",
            "aws/access-key-id a.conf",
            "aws/access-key-id b.conf",
        ]
    );
}

#[test]
fn settings_that_are_audited_tell_a_pair_once() {
    let world = World::new();
    let repo = world.init("repo");
    let (id, secret) = pair("a");
    let name = ["AWS_SECRET", "ACCESS_KEY"].join("_");
    repo.write(".env", format!("AWS_ACCESS_KEY_ID={id}\n{name}={secret}\n"));
    repo.write(
        "compose.yml",
        format!(
            "services:\n  app:\n    image: app:1\n    environment:\n      AWS_ACCESS_KEY_ID: {id}\n      {name}: {secret}\n"
        ),
    );
    let report = repo.scan_json(&["--no-history"]);
    let of_secrets: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["category"] == "secret")
        .map(|finding| said(finding, "rule"))
        .collect();
    assert_eq!(
        of_secrets,
        [
            "aws/secret-access-key .env",
            "aws/secret-access-key compose.yml"
        ]
    );
}

#[test]
fn a_pair_is_one_finding_in_all_of_history() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("credentials", credentials("a"));
    let more = "region = eu-west-1\n".repeat(3);
    repo.commit_file("credentials", credentials("a") + &more);
    repo.commit_file("credentials", more);
    assert_eq!(
        found(&repo.scan_json(&[])),
        ["aws/secret-access-key credentials; its access key id in line 2"]
    );
}

/// A user's rule: a secret with no recognisable form of its own, which counts only beside an id.
const RULE: &str = "[[rules]]\nid = \"acme/secret\"\ntitle = \"Acme secret\"\ndescription = \"Opens every door of Acme.\"\n\
    severity = \"high\"\nkeywords = [\"secret\"]\nregex = 'secret[=:] ?([a-z0-9]{12})\\b'\nsecretGroup = 1\n\
    examples = [\"door: acme-{{digits:6}}\\nsecret: {{lower:12}}\"]\n\
    negatives = [\"door: acme\\nsecret: {{lower:12}}\"]\n\
    [[rules.parts]]\nname = \"door number\"\nregex = '\\bacme-[0-9]{6}\\b'\nwithin = 80\nrequired = true\n";

#[test]
fn a_rule_of_ones_own_has_parts() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("rules.toml", RULE);
    repo.write("a.conf", "door: acme-204816\nsecret: qpalzmwoskxn\n");
    repo.write("b.conf", "door: acme\nsecret: qpalzmwoskxn\n");
    let check = repo
        .gonogo()
        .args(["rules", "check", "--rules", "rules.toml"]);
    let check = check.run();
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    let report = repo.scan_json(&["--no-history", "--rules", "rules.toml"]);
    assert_eq!(
        found(&report),
        [
            "acme/secret a.conf; its door number in line 1",
            "generic/secret b.conf"
        ]
    );
    let shown = repo
        .gonogo()
        .args(["rules", "show", "acme/secret", "--rules", "rules.toml"]);
    let shown = shown.run().stdout;
    assert!(
        shown.contains("part:        door number: \\bacme-[0-9]{6}\\b (within 80 bytes, required)"),
        "{shown}"
    );
}

/// Checks that `RULE` with `from` replaced by `to` is rejected, in one line.
fn check_refused(repo: &Repo<'_>, (from, to): (&str, &str), expected: &str) {
    assert!(RULE.contains(from), "{from}");
    repo.write("rules.toml", RULE.replacen(from, to, 1));
    let run = repo
        .gonogo()
        .args(["rules", "check", "--rules", "rules.toml"]);
    let run = run.run();
    let said = format!("{}{}", run.stdout, run.stderr);
    let first = said.lines().next().unwrap_or_default();
    assert_eq!(first.trim_start_matches("error: "), expected, "{said}");
    assert_ne!(run.code, 0);
}

#[test]
fn what_is_wrong_with_parts_is_told_in_one_line_with_its_place() {
    let world = World::new();
    let repo = world.init("repo");
    let check = |change, expected: &str| check_refused(&repo, change, expected);
    check(
        ("within = 80", "within = 5000"),
        "rules.toml:14: rule `acme/secret`: `within` must be from 1 to 1000 bytes",
    );
    check(
        ("name = \"door number\"", "name = \" \""),
        "rules.toml:12: rule `acme/secret`: the part's name is empty",
    );
    check(
        ("within = 80", "lines = 3"),
        "rules.toml:14: unknown key `lines`: expected one of `name`, `regex`, `group`, `within`, `required`, `rule`",
    );
    check(
        ("acme-[0-9]{6}\\b'\n", "acme-('\n"),
        "rules.toml:11: rule `acme/secret`: part `door number`: `regex`: unclosed group",
    );
    check(
        ("within = 80", "group = 2"),
        "rules.toml:11: rule `acme/secret`: part `door number`: `regex` has no group 2",
    );
    check(
        ("within = 80", "rule = \"acme/door\""),
        "rules.toml:11: rule `acme/secret`: part `door number`: unknown rule `acme/door`",
    );
    check(
        ("within = 80", "rule = \"acme/secret\""),
        "rules.toml:14: rule `acme/secret`: a finding of the rule itself cannot be part of it",
    );
    check(
        ("within = 80", "rule = \"twilio/auth-token\""),
        "rules.toml:11: rule `acme/secret`: part `door number`: findings of `twilio/auth-token` are more severe and are reported in addition to this rule's",
    );
    check(
        ("acme-[0-9]{6}\\b'\n", "acme-[0-9]+\\b'\n"),
        "rules.toml:11: rule `acme/secret`: part `door number`: matches of `regex` have no maximum length",
    );
    check(
        ("acme-[0-9]{6}\\b'\n", "acme-[0-9]{7}\\b'\n"),
        "rules.toml:1: rule `acme/secret`: example 1 is not detected: a `required` part is not near it",
    );
    check(
        (
            "acme-[0-9]{6}\\b'\nwithin = 80\nrequired = true",
            "acme-[0-9]{7}\\b'",
        ),
        "rules.toml:1: rule `acme/secret`: negative 1 is detected",
    );
}
