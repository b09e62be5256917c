//! Secrets that are not written in plain text.

#![allow(clippy::format_collect, reason = "texts of tests are short")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::harness::{Report, World, token};

/// Scans a file with this text.
fn scan(world: &World, name: &str, text: &str) -> Report {
    let folder = world.folder("tree");
    world.write(&format!("tree/{name}"), text);
    world.gonogo(&folder).arg("scan").report()
}

/// Checks that the only finding in `text` is roughly at `encoded`, with these encodings.
#[track_caller]
fn check(text: &str, encoded: &str, encodings: &[&str]) {
    let world = World::new();
    let report = scan(&world, "app.conf", text);
    let decoded: Vec<_> = report.findings.iter().map(|found| &found.decoded).collect();
    assert_eq!(decoded, [encodings], "{text}");
    let found = &report.findings[0];
    assert_eq!(found.rule, "github/personal-access-token", "{text}");
    let start = text.find(encoded).unwrap();
    let place = found.location.start.byte..found.location.end.byte;
    assert!(
        start <= place.start && place.end <= start + encoded.len(),
        "{place:?} of {text}"
    );
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn every_encoding_is_looked_into() {
    let token = token("decoded");
    let line = format!("token: {token}\nother: thing\n");
    let once = STANDARD.encode(&line);
    check(&format!("data: {once}\n"), &once, &["base64"]);
    let twice = STANDARD.encode(&once);
    check(&format!("data: {twice}\n"), &twice, &["base64", "base64"]);
    let thrice = STANDARD.encode(&twice);
    check(&thrice, &thrice, &["base64", "base64", "base64"]);
    let url_safe = URL_SAFE_NO_PAD.encode(&line);
    check(&format!("?state={url_safe}&a=b"), &url_safe, &["base64"]);
    let command = STANDARD.encode(utf16(&format!("$t = '{token}'")));
    check(
        &format!("powershell.exe -NoProfile -EncodedCommand {command}\r\n"),
        &command,
        &["base64", "utf-16"],
    );
    check(&hex(&line), &hex(&line), &["hex"]);
    check(
        &format!("s = \"{}\"", escaped(&line)),
        &escaped(&line),
        &["escapes"],
    );
    check(&hex(&once), &hex(&once), &["hex", "base64"]);
    // Nobody writes four layers.
    let four = STANDARD.encode(&thrice);
    assert!(scan(&World::new(), "a.conf", &four).findings.is_empty());
}

#[test]
fn what_stands_around_or_within_a_secret_may_be_written_otherwise() {
    let token = token("veiled");
    let (head, tail) = token.split_at(15);
    for (text, encodings) in [
        (format!("\"a\\n{token}\\nb\""), "json"),
        (format!("\"a\\u0026{token}\\u0026b\""), "json"),
        (format!("?a=%22{token}%22"), "percent"),
        (format!("s = \"{head}\" + \"{tail}\";"), "concatenation"),
        (format!("s = '{head}'\n    . '{tail}';"), "concatenation"),
        (
            format!("s = (\"{head}\"\n     \"{tail}\")"),
            "concatenation",
        ),
    ] {
        let encoded = if text.contains(&token) {
            token.clone()
        } else {
            text[text.find("ghp").unwrap()..=text.rfind(tail).unwrap() + tail.len()].to_owned()
        };
        check(&text, &encoded, &[encodings]);
    }
}

#[test]
fn addresses_with_passwords_are_found_in_their_written_forms() {
    let world = World::new();
    let password = format!("q{}", &token("address")[10..26]);
    for text in [
        format!("DATABASE_URL=x%3Dpostgres%3A%2F%2Fadmin%3A{password}%40db.internal%2Fapp"),
        format!("{{\"dsn\": \"postgres:\\/\\/admin:{password}@db.internal\\/app\"}}"),
    ] {
        let report = scan(&world, "app.json", &text);
        let rules: Vec<_> = report.findings.iter().map(|found| &found.rule).collect();
        assert_eq!(rules, ["url/credentials"], "{text}");
    }
}

#[test]
fn an_encoded_secret_is_found_in_the_history_and_never_shown() {
    let world = World::new();
    let repo = world.init("repo");
    let token = token("history");
    let encoded = STANDARD.encode(format!("a = 1\nb = {token}\n"));
    repo.write("a.conf", format!("data: {encoded}\n"));
    repo.commit("Add");
    repo.write("a.conf", "data:\n");
    repo.commit("Remove");
    let report = repo.scan();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    let found = &report.findings[0];
    assert_eq!(
        (found.life().presence.as_str(), found.decoded.as_slice()),
        ("history", &["base64".to_owned()][..])
    );
    for format in ["text", "json", "sarif"] {
        let out = world
            .gonogo(&repo.join(""))
            .args(["scan", "--format", format])
            .run();
        let text = out.stdout;
        assert!(text.contains("base64"), "{text}");
        assert!(
            !text.contains(&token) && !text.contains(&encoded[20..40]),
            "{text}"
        );
    }
}

#[test]
fn images_and_prose_yield_nothing() {
    let world = World::new();
    let noise: Vec<u8> = (0..9000u32)
        .map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let prose =
        "Set the password to whatever your administrator gave you. password reset is here.\n";
    let text = format!(
        "img = 'data:image/png;base64,{}'\ntext = '{}'\nkey = '{}'\n",
        STANDARD.encode(&noise),
        STANDARD.encode(prose.repeat(9)),
        STANDARD.encode(&noise[..32]),
    );
    let report = scan(&world, "app.py", &text);
    assert!(
        report.findings.iter().all(|found| found.decoded.is_empty()),
        "{report:#?}"
    );
}

#[test]
fn hostile_text_takes_no_long_time() {
    let world = World::new();
    let line = STANDARD.encode("password = lorem ipsum dolor sit amet, consectetur adipiscing");
    let bomb = (0..4).fold("token=abc ".repeat(4000), |text, _| STANDARD.encode(text));
    let texts = [
        STANDARD.encode("lorem ipsum ".repeat(60_000)),
        format!("{line}\n").repeat(6_000),
        "\\x67".repeat(160_000),
        "\\n".repeat(300_000),
        "A".repeat(800_000),
        format!("{} ", &line[..36]).repeat(18_000),
        "ghp_\\n".repeat(60_000),
        "%67ghp_".repeat(60_000),
        "\"ghp_\" + ".repeat(60_000),
        bomb,
    ];
    let folder = world.folder("tree");
    for (number, text) in texts.iter().enumerate() {
        world.write(&format!("tree/{number}.txt"), text);
    }
    let before = std::time::Instant::now();
    let report = world.gonogo(&folder).arg("scan").report();
    let took = before.elapsed();
    assert_eq!(report.coverage.files, 10);
    assert!(took.as_secs() < 60, "{took:?}");
}

#[test]
fn cells_of_notebooks_are_read_like_programs() {
    let world = World::new();
    let source = [
        "import os\\n".to_owned(),
        "api_key = \\\"f3b9c2e1d4a5968778695a4b3c2d1e0f\\\"\\n".to_owned(),
        "password = 'k8Wq2LzPm4tX'\\n".to_owned(),
        "client = Client(token=os.environ[\\\"TOKEN\\\"])\\n".to_owned(),
        "password = read_password(user_name)\\n".to_owned(),
    ];
    let lines = source.map(|line| format!("    \"{line}\""));
    let output = format!("\"text\": [\"\\u001b[32mtoken: {}\\n\"]", token("a"));
    let text = format!(
        "{{\"cells\": [{{\"source\": [\n{}\n], {output}}}]}}\n",
        lines.join(",\n")
    );
    let report = scan(&world, "a.ipynb", &text);
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|found| (found.location.start.line, found.rule.as_str()))
        .collect();
    found.sort_unstable();
    let expected = [
        (3, "generic/api-key"),
        (4, "generic/password"),
        (7, "github/personal-access-token"),
    ];
    assert_eq!(found, expected);
}
