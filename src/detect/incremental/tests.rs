//! Tracing a derived blob gives the same result as scanning it in full.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::detect::example::expand;
use crate::detect::{proof, rule_file};
use crate::model::Confidence;

/// A rule with parts on both sides of its match: a required one, one that another rule finds too, and one that is far
/// away.
const PARTS: &str = r"
[[rules]]
id = 'door/code'
title = 'Code'
description = 'Opens a door.'
severity = 'high'
keywords = ['dcode=']
regex = 'dcode=([a-z]{8})'
secretGroup = 1
[[rules.parts]]
name = 'badge'
regex = '\bbadge=([a-z]{8})\b'
group = 1
within = 100
required = true
rule = 'door/badge'
[[rules.parts]]
name = 'floor'
regex = '(?m:^)floor=[0-9]'
within = 1000

[[rules]]
id = 'door/badge'
title = 'Badge'
description = 'Names who enters.'
severity = 'medium'
keywords = ['badge=']
regex = '\bbadge=([a-z]{8})\b'
secretGroup = 1
";

fn detector() -> Detector {
    let rules = rule_file::parse("door.toml", PARTS).expect("the rules are right");
    Detector::new(rules, Confidence::Low).expect("all rules are right")
}

/// The pieces that texts are made of: whole secrets, halves of some, what gives them meaning, and what does not.
fn fragments() -> Vec<String> {
    let token = expand(
        "test/token",
        "ghp_{{base62:30}}{{checksum}}",
        proof::by_name("github-classic"),
    );
    let token = token
        .or_else(|_| expand("test/token", "glpat-{{alnum:20}}", None))
        .expect("the template is right");
    let (head, tail) = token.split_at(15);
    let password = expand("test/password", "{{alnum:14}}", None).expect("the template is right");
    let body: String = (0..40)
        .map(|_| "MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEA\n")
        .collect();
    let key = [
        "-----BEGIN PRI",
        "VATE KEY-----\n",
        &body,
        "-----END PRI",
        "VATE KEY-----\n",
    ]
    .concat();
    let mut fragments: Vec<String> = [
        "password",
        " = ",
        ": ",
        "\"",
        "'",
        "\n",
        "# ",
        "DB_",
        "_KEY",
        "secret",
        ";",
        "://",
        "user:",
        "@host/",
        "dcode=plmoknij\n",
        "badge=aqswdefr ",
        "badge=zxdc",
        "fvgb ",
        "floor=7\n",
    ]
    .map(str::to_owned)
    .to_vec();
    fragments.extend([
        head.to_owned(),
        tail.to_owned(),
        format!("password = \"{password}\"\n"),
        password.clone(),
        key,
    ]);
    // Values on lines of their own, and in parts.
    fragments.extend([
        format!("secret: >-\n\n    {tail}\n"),
        format!("DB_password:\n    {password}\n"),
        format!("password: &anchor \"{head}\\\n    {tail}\"\n"),
        format!("password = (\n    \"{head}\"\n    \"{tail}\"\n)\n"),
        format!("  \"{tail}\" +\n"),
        "    ".to_owned(),
        "|\n  ".to_owned(),
        "\\\n".to_owned(),
    ]);
    fragments.extend(encoded(&token));
    fragments.extend([
        token,
        "lorem ipsum dolor sit amet ".repeat(9),
        "x".repeat(700),
        "\n".repeat(3),
    ]);
    fragments
}

/// A secret in every encoding, whole and in halves, and the pieces of encoded text.
fn encoded(token: &str) -> Vec<String> {
    let text = format!("DB_PASSWORD=Tr0ub4dor{token}\nlorem ipsum {token}\n");
    let once = STANDARD.encode(&text);
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let line = STANDARD.encode(&text[..57]);
    let last = STANDARD.encode(&text[57..]);
    let last = last.get(..76).unwrap_or(&last);
    let (head, tail) = once.split_at(38);
    vec![
        STANDARD.encode(&once),
        STANDARD.encode(units),
        text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        format!("\n{line}\n{last}\n"),
        format!("{line}\n"),
        head.to_owned(),
        tail.to_owned(),
        once,
        "\\n".to_owned(),
    ]
}

/// One step of an edit.
#[derive(Debug, Clone)]
enum Step {
    Copy(Index, Index),
    Insert(Vec<String>),
}

/// A match with parts, whole and in pieces, and what may come between them.
fn with_parts() -> Vec<String> {
    let pieces = [
        "dcode=plmoknij\n",
        "dcode=",
        "qwertyui ",
        "badge=aqswdefr ",
        "badge=zxdc",
        "fvgb ",
        "floor=7\n",
        "\n",
    ];
    let mut fragments = pieces.map(str::to_owned).to_vec();
    fragments.extend([60, 300].map(|length| "-".repeat(length)));
    // Farther apart than any rule without parts can see.
    let far = "-".repeat(880);
    fragments.push(format!("\nfloor=7\n{far}badge=aqswdefr dcode=plmoknij\n"));
    fragments.push(format!("dcode=plmoknij badge=aqswdefr{far}\nfloor=7\n"));
    fragments
}

fn text(fragments: Vec<String>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(select(fragments), 0..12)
}

fn edit(fragments: Vec<String>) -> impl Strategy<Value = Vec<Step>> {
    let copy = (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Step::Copy(from, to));
    let insert = prop::collection::vec(select(fragments), 0..3).prop_map(Step::Insert);
    prop::collection::vec(prop_oneof![3 => copy, 1 => insert], 0..8)
}

/// Applies an edit, as a delta would: copies may move, repeat and leave out.
fn apply(base: &[u8], edit: &[Step]) -> (Vec<u8>, Vec<Inherited>) {
    let (mut bytes, mut inherited): (Vec<u8>, Vec<Inherited>) = (Vec::new(), Vec::new());
    for step in edit {
        match step {
            Step::Insert(parts) => bytes.extend(parts.concat().bytes()),
            Step::Copy(from, to) => {
                let (a, b) = (from.index(base.len() + 1), to.index(base.len() + 1));
                let (from, to) = (a.min(b), a.max(b));
                if from < to {
                    inherited.push(Inherited {
                        start: bytes.len(),
                        base_start: from,
                        len: to - from,
                    });
                    bytes.extend(&base[from..to]);
                }
            }
        }
    }
    (bytes, inherited)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_chain_of_edits_is_traced_as_if_each_text_were_scanned_whole(
        first in text(fragments()),
        edits in prop::collection::vec(edit(fragments()), 1..50),
    ) {
        trace_chain(&first, edits)?;
    }

    #[test]
    fn so_it_is_with_parts(
        first in text(with_parts()),
        edits in prop::collection::vec(edit(with_parts()), 1..50),
    ) {
        trace_chain(&first, edits)?;
    }
}

/// Traces each text in a chain of edits both from the one before it and in full, and compares the results.
fn trace_chain(first: &[String], edits: Vec<Vec<Step>>) -> Result<(), TestCaseError> {
    let detector = detector();
    let mut base = first.concat().into_bytes();
    let mut trace = detector.trace(&base);
    for edit in edits {
        let (bytes, inherited) = apply(&base, &edit);
        let derived = detector.trace_derived(&bytes, &trace, &inherited);
        let whole = detector.trace(&bytes);
        prop_assert_eq!(&derived, &whole);
        prop_assert_eq!(detector.matches(&derived), detector.matches(&whole));
        // Copies with repetition would let texts grow without bound.
        if bytes.len() < 60_000 {
            (base, trace) = (bytes, derived);
        }
    }
    Ok(())
}

#[test]
fn a_seam_at_or_in_a_part_is_seen() {
    let detector = detector();
    let base = format!(
        "{}\nfloor=7\n{}badge=aqswdefr {}dcode=plmoknij\n{}",
        "-".repeat(3000),
        // Farther than any rule without parts can see.
        "-".repeat(880),
        "-".repeat(60),
        "-".repeat(3000)
    );
    let at = |part: &str| base.find(part).unwrap();
    let known = detector.trace(base.as_bytes());
    let whole = detector.matches(&known);
    assert_eq!((whole.len(), whole[0].parts.len()), (1, 2), "{whole:?}");
    // What is removed, what replaces it, and how many matches and parts remain.
    for (taken, put, expected) in [
        (at("badge")..at("badge") + 16, "", (0, 0)),
        (at("aqsw")..at("aqsw") + 1, "b", (1, 2)),
        (at("aqsw")..at("aqsw") + 1, "", (0, 0)),
        (at("floor=7")..at("floor=7") + 7, "", (1, 1)),
        (at("floor=7") + 6..at("floor=7") + 6, "9", (1, 2)),
        (at("dcode") - 1..at("dcode") - 1, "badge=zxdcfvgb ", (2, 2)),
        (at("dcode") - 1..at("dcode") - 1, &"+".repeat(60), (1, 0)),
        (at("dcode")..at("dcode") + 14, "", (1, 0)),
    ] {
        let bytes = [&base[..taken.start], put, &base[taken.end..]].concat();
        let inherited = [
            (0, 0, taken.start),
            (taken.start + put.len(), taken.end, base.len() - taken.end),
        ];
        let inherited = inherited.map(|(start, base_start, len)| Inherited {
            start,
            base_start,
            len,
        });
        let derived = detector.trace_derived(bytes.as_bytes(), &known, &inherited);
        assert_eq!(derived, detector.trace(bytes.as_bytes()));
        let left = detector.matches(&derived);
        let parts = left.iter().map(|found| found.parts.len()).sum();
        assert_eq!((left.len(), parts), expected, "{taken:?} {put}");
    }
}

#[test]
fn the_texts_of_the_property_hold_what_rules_find() {
    let found = detector().scan(fragments().join("\n").as_bytes());
    assert!(found.len() >= 3, "{found:?}");
    assert!(found.iter().any(|found| found.parts.len() == 2));
    let encoded: BTreeSet<_> = found.iter().map(Match::decoded).collect();
    for encodings in [
        &["base64"][..],
        &["base64", "base64"],
        &["base64", "utf-16"],
        &["hex"],
        &["escapes"],
    ] {
        assert!(encoded.contains(encodings), "{encodings:?}: {encoded:?}");
    }
}
