//! Problems of a rule are reported; the built-in ones have none.

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::bytes_regex;
use proptest::test_runner::TestRunner;

use super::*;
use crate::detect::rule_file::parse;

fn check_rule(lines: &str, expected: &[&str]) {
    let text = format!(
        "[[rules]]\nid = \"acme/token\"\ntitle = \"t\"\ndescription = \"d\"\nseverity = \"low\"\nkeywords = [\"acme_\"]\n{lines}\n"
    );
    let rules = parse("acme.toml", &text).expect("the file is right");
    let shown: Vec<_> = check(&rules).iter().map(Problem::to_string).collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|message| format!("acme.toml:1: rule `acme/token`: {message}"))
        .collect();
    assert_eq!(shown, expected);
}

#[test]
fn built_in_rules_keep_their_promises() {
    let problems: Vec<_> = check(BUILTIN).iter().map(Problem::to_string).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The prefilter must skip only what no pattern can match, and examples alone do not show that it does.
#[test]
fn every_match_of_a_built_in_rule_holds_a_keyword() {
    let mut runner = TestRunner::deterministic();
    let mut missed = Vec::new();
    for rule in BUILTIN {
        let Some(pattern) = &rule.definition.regex else {
            continue;
        };
        // Texts cannot be generated from patterns with assertions, which add nothing to a match.
        let pattern = [
            (r"\b", ""),
            ("(?m:^)", ""),
            ("(?m:$)", ""),
            ("(?:^|", "(?:"),
            ("|$)", ")"),
        ]
        .iter()
        .fold(format!("(?-u){pattern}"), |pattern, (from, to)| {
            pattern.replace(from, to)
        });
        let texts = bytes_regex(&pattern).expect("the pattern makes texts");
        let judge = Judge::new(&rule.definition).expect("the rule compiles");
        for _ in 0..16 {
            let tree = texts.new_tree(&mut runner).expect("a text is made");
            let text = tree.current();
            if !judge.has_keyword(&text) {
                let shown = String::from_utf8_lossy(&text);
                missed.push(format!("{}: {shown}", rule.definition.id));
                break;
            }
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn built_in_rules_are_explained() {
    for rule in BUILTIN {
        let id = &rule.definition.id;
        let is_file = rule.definition.matcher == Matcher::File;
        assert!(
            is_file || rule.definition.examples.len() > 1,
            "{id} has one example"
        );
        assert!(
            is_file || rule.definition.negatives.len() > 1,
            "{id} has one negative"
        );
        let is_address = |reference: &Text| reference.starts_with("https://");
        assert!(
            rule.definition.references.iter().any(is_address),
            "{id} has no reference"
        );
        let has_end = rule.definition.description.ends_with('.');
        assert!(has_end, "the description of {id} is no sentence");
    }
}

#[test]
fn a_rule_must_find_its_examples_and_leave_its_negatives() {
    let rule = "regex = '\\bacme_([0-9a-f]{8})\\b'\nsecretGroup = 1";
    check_rule(
        &format!("{rule}\nexamples = ['acme_{{{{hex:8}}}}']\nnegatives = ['acme_{{{{hex:7}}}}']"),
        &[],
    );
    check_rule(
        &format!(
            "{rule}\nexamples = ['acme_{{{{hex:9}}}}']\nnegatives = ['acme_{{{{hex:8}}}}', '{{{{checksum}}}}']"
        ),
        &[
            "example 1 is not detected: `regex` does not match",
            "negative 1 is detected",
            "negative 2: `{{checksum}}` needs a proof that computes one",
        ],
    );
}

#[test]
fn a_miss_says_how_far_it_came() {
    let negatives = "negatives = ['x']";
    check_rule(
        &format!("regex = '[a-z_]+'\nmaxLength = 6\nexamples = ['acmes', 'acme_abc']\n{negatives}"),
        &[
            "example 1 is not detected: the match contains no keyword",
            "example 2 is not detected: the match is longer than `maxLength`",
        ],
    );
    check_rule(
        &format!(
            "regex = 'acme_[a-z]{{4}}'\nentropy = 2.0\nproof = 'filler'\nallowlist = {{ stopwords = ['QQ'] }}\n\
             examples = ['acme_aaaa', 'acme_zqqe']\n{negatives}"
        ),
        &[
            "example 1 is not detected: the secret's entropy is below `entropy`",
            "example 2 is not detected: `allowlist` drops it",
        ],
    );
    check_rule(
        &format!(
            "regex = 'acme_[x]+'\nmaxLength = 60\nproof = 'filler'\nexamples = ['acme_xxxxxx']\n{negatives}"
        ),
        &["example 1 is not detected: `proof` disproves it"],
    );
}

#[test]
fn patterns_are_checked_before_any_text() {
    let samples = "examples = ['acme_']\nnegatives = ['x']";
    check_rule(
        &format!("regex = '(?:acme_)*'\nsecretGroup = 1\n{samples}"),
        &[
            "`regex` matches the empty string",
            "`regex` has no group 1",
            "`maxLength` is missing: matches of `regex` have no maximum length",
            "example 1 is not detected: the group `secretGroup` is not part of the match",
        ],
    );
    check_rule(
        &format!("regex = 'acme_('\n{samples}"),
        &["`regex`: unclosed group"],
    );
    check_rule(
        &format!("regex = 'acme_'\nmaxLength = 9\n{samples}"),
        &["`maxLength` is unnecessary: no match is longer than 5 bytes"],
    );
    check_rule(
        "regex = 'acme_'",
        &["`examples` is empty", "`negatives` is empty"],
    );
}
