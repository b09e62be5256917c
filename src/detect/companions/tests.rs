//! What counts as a part, and what happens to findings of a part on its own.

use super::*;
use crate::detect::builtin::BUILTIN;
use crate::detect::example::expand;
use crate::detect::proof;
use crate::detect::rule_file::{Matcher, parse};
use crate::model::Confidence;

/// Rules about a door: its code goes with a badge, and may go with a floor.
const DOOR: &str = r#"
[[rules]]
id = "door/code"
title = "Code"
description = "Opens a door."
severity = "high"
confidence = "medium"
keywords = ["code="]
regex = 'code=([a-z]{8})\b'
secretGroup = 1
[[rules.parts]]
name = "badge"
regex = '\bbadge=([a-z]{8})\b'
group = 1
within = 60
required = true
rule = "door/badge"
[[rules.parts]]
name = "floor"
regex = '\bfloor=[0-9]'
within = 20

[[rules]]
id = "door/badge"
title = "Badge"
description = "Names who enters."
severity = "medium"
confidence = "medium"
keywords = ["badge="]
regex = '\bbadge=([a-z]{8})\b'
secretGroup = 1
"#;

fn detector(rules: &str) -> Detector {
    let loaded = parse("door.toml", rules).expect("the rules are right");
    Detector::new(loaded, Confidence::Low).expect("the rules compile")
}

/// Returns what is found in `text`, without what only a file name would make a finding.
fn scan(detector: &Detector, text: &str) -> Vec<Match> {
    let mut matches = detector.scan(text.as_bytes());
    matches.retain(|found| detector.definition(found).matcher != Matcher::File);
    matches
}

/// Returns what is found in `text`: each secret with its parts and its confidence.
fn found(detector: &Detector, text: &str) -> Vec<(String, Vec<String>, Confidence)> {
    let matches = scan(detector, text).into_iter();
    matches
        .map(|found| {
            let parts = found.parts.iter().map(|part| {
                let name = detector.part_name(&found, part).unwrap_or_default();
                format!("{name} {}", &text[part.place.clone()])
            });
            let parts = parts.collect();
            (text[found.secret].to_owned(), parts, found.confidence)
        })
        .collect()
}

fn check(text: &str, expected: &[(&str, &[&str], Confidence)]) {
    let found = found(&detector(DOOR), text);
    let found: Vec<_> = found
        .iter()
        .map(|(secret, parts, confidence)| {
            let parts: Vec<_> = parts.iter().map(String::as_str).collect();
            (secret.as_str(), parts, *confidence)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(secret, parts, confidence)| (*secret, parts.to_vec(), *confidence))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn an_id_and_its_secret_are_one() {
    let code = "plmoknij";
    let badge = "qazwsxed";
    check(
        &format!("badge={badge}\ncode={code}\n"),
        &[(code, &["badge qazwsxed"], Confidence::Medium)],
    );
    check(
        &format!("code={code} badge={badge} floor=3"),
        &[(code, &["badge qazwsxed"], Confidence::Medium)],
    );
    check(
        &format!("floor=3 code={code} badge={badge}"),
        &[(code, &["badge qazwsxed", "floor floor=3"], Confidence::High)],
    );
}

#[test]
fn what_is_far_away_or_made_up_is_no_part() {
    let code = "plmoknij";
    let badge = "qazwsxed";
    check(&format!("code={code}\n"), &[]);
    let far = "-".repeat(60);
    check(
        &format!("badge={badge}{far}code={code}"),
        &[(badge, &[], Confidence::Medium)],
    );
    // Nor is one that has the very same value, or was spelt out for a sample.
    check(
        &format!("badge={code} code={code}"),
        &[(code, &[], Confidence::Medium)],
    );
    let spelt = ["sam", "ple-", "EXA", "MPLE"].concat();
    let with_any = DOOR.replace("badge=([a-z]{8})", "badge=([A-Za-z-]{8,14})");
    let text = format!("badge={spelt} code={code}");
    assert!(found(&detector(&with_any), &text).is_empty(), "{text}");
}

#[test]
fn the_nearest_counts_by_lines_first() {
    let text = "badge=aqswdefr\ncode=plmoknij\n\nbadge=zxdcfvgb\ncode=okmijnuh\n";
    check(
        text,
        &[
            ("plmoknij", &["badge aqswdefr"], Confidence::Medium),
            ("okmijnuh", &["badge zxdcfvgb"], Confidence::Medium),
        ],
    );
    let behind = "code=plmoknij\n                badge=aqswdefr\n\ncode=okmijnuh\nbadge=zxdcfvgb\n";
    check(
        behind,
        &[
            ("plmoknij", &["badge aqswdefr"], Confidence::Medium),
            ("okmijnuh", &["badge zxdcfvgb"], Confidence::Medium),
        ],
    );
}

#[test]
fn what_is_graver_or_surer_stays() {
    let text = "badge=aqswdefr\ncode=plmoknij\n";
    let graver = DOOR.replace("severity = \"medium\"", "severity = \"critical\"");
    assert_eq!(found(&detector(&graver), text).len(), 2);
    let surer = DOOR.replace(
        "severity = \"medium\"\nconfidence = \"medium\"",
        "severity = \"medium\"\nconfidence = \"high\"",
    );
    assert_eq!(found(&detector(&surer), text).len(), 2);
    let elsewhere = DOOR.replace("secretGroup = 1\n[[", "secretGroup = 1\npath = 'x'\n[[");
    assert_eq!(found(&detector(&elsewhere), text).len(), 2);
}

#[test]
fn parts_are_found_in_encoded_text() {
    use base64::Engine as _;
    let detector = detector(DOOR);
    let text = "the door: badge=aqswdefr\nfloor=2\ncode=plmoknij\nand some more words behind it\n";
    let once = base64::engine::general_purpose::STANDARD.encode(text);
    let text = format!("data: {once}\n");
    let matches = detector.scan(text.as_bytes());
    let [found] = matches.as_slice() else {
        panic!("{matches:?}");
    };
    assert_eq!(found.decoded(), ["base64"]);
    assert_eq!(found.parts.len(), 2);
    for part in &found.parts {
        assert!(part.place.end <= text.len() && part.place.end <= found.secret.start + 4);
    }
}

/// Examples with parts that other rules detect show the one promised finding.
#[test]
fn built_in_parts_are_not_found_again() {
    let detector = Detector::new(Vec::new(), Confidence::Low).expect("the rules are right");
    let mut wrong = Vec::new();
    for loaded in BUILTIN {
        let rule = &loaded.definition;
        let proof = rule.proof.as_deref().and_then(proof::by_name);
        for example in rule.examples.iter() {
            let text = expand(&rule.id, example, proof).expect("the example is right");
            let matches = scan(&detector, &text);
            let ours = matches
                .iter()
                .find(|found| detector.definition(found).id == rule.id);
            let Some(ours) = ours.filter(|found| !found.parts.is_empty()) else {
                continue;
            };
            for part in &ours.parts {
                // Each of these is a key in its own right, and must be revoked on its own.
                if rule.id == "datadog/application-key" {
                    continue;
                }
                let again = matches
                    .iter()
                    .find(|found| overlap(&found.secret, &part.place));
                if let Some(again) = again {
                    let again = &detector.definition(again).id;
                    wrong.push(format!("{}: {again} beside it: {example}", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
