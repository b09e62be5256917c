//! Worst-case texts for every rule and every decoding, derived from what those look for, and the cost of scanning
//! them: work must grow linearly with the text, and stay within a bound per byte.
//!
//! `GONOGO_WRITE_WORST=FILE` writes the repeated parts of the texts to that file as lines of JSON, with which
//! `scripts/worst.py` measures the program's run time.

use rayon::prelude::*;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::Detector;
use super::builtin::BUILTIN;
use super::example::expand;
use super::pattern::{longest_match, parse};
use super::proof::by_name;
use super::rule_file::{Matcher, RuleDefinition};
use super::steps::counted;
use crate::model::Confidence;

/// The length of a text, in bytes.
const LENGTH: usize = 4 << 10;

/// The lengths of the texts that show how work grows, in bytes: longer than nearly all windows.
const GROWTH: [usize; 2] = [16 << 10, 64 << 10];

/// For how many of the most expensive texts growth is checked.
const WORST: usize = 12;

/// If a rule's matches may be longer than this, the ends of the shorter text cut its windows, so that the work per
/// byte grows with the text up to the size of a window. [`FOR_EACH_BYTE`] bounds it.
const LONGEST: usize = 2 << 10;

/// The most times an unbounded repetition is repeated.
const MANY: u32 = 600;

/// How many bytes may be read per byte of a text.
const FOR_EACH_BYTE: u64 = 1500;

/// A text, made by repeating a part.
struct Case {
    name: String,
    part: Vec<u8>,
    /// The length of the longest match of its rule, in bytes.
    longest: usize,
}

impl Case {
    fn new(name: String, part: impl Into<Vec<u8>>) -> Self {
        let part = part.into();
        let longest = 0;
        Self {
            name,
            part,
            longest,
        }
    }

    fn text(&self, length: usize) -> Vec<u8> {
        self.part.iter().copied().cycle().take(length).collect()
    }
}

/// Appends a text that a pattern matches, with each repetition `many` times, or as near to that as its bounds allow.
fn sample(hir: &Hir, many: u32, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend(member(class, out.len())),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).min(many);
            for _ in 0..most.max(repetition.min) {
                sample(&repetition.sub, many, out);
            }
        }
        HirKind::Capture(capture) => sample(&capture.sub, many, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, many, out)),
        HirKind::Alternation(parts) => parts
            .iter()
            .take(1)
            .for_each(|part| sample(part, many, out)),
    }
}

/// Returns a member of a class, preferably a letter or digit, and a different one at each place.
fn member(class: &Class, at: usize) -> Option<u8> {
    let Class::Bytes(class) = class else {
        return None;
    };
    let ranges = class.ranges().iter();
    let all: Vec<u8> = ranges
        .flat_map(|range| range.start()..=range.end())
        .collect();
    let word: Vec<u8> = all
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .collect();
    let chosen = if word.is_empty() { &all } else { &word };
    let number = at.wrapping_mul(2_654_435_761) >> 7;
    chosen.get(number % chosen.len().max(1)).copied()
}

fn cases_of(rule: &RuleDefinition) -> Vec<Case> {
    let mut cases = Vec::new();
    let hir = rule.regex.as_deref().and_then(|text| parse(text).ok());
    let longest = rule
        .max_length
        .or_else(|| hir.as_ref().and_then(longest_match))
        .unwrap_or_default();
    let mut add = |what: &str, part: Vec<u8>| {
        if !part.is_empty() {
            cases.push(Case {
                longest,
                ..Case::new(format!("{} {what}", rule.id), part)
            });
        }
    };
    for keyword in rule.keywords.iter().take(1) {
        for behind in ["", "=\""] {
            add("keyword", format!("{keyword}{behind}").into_bytes());
        }
    }
    if let Some(hir) = &hir {
        for many in [1, MANY] {
            let mut whole = Vec::new();
            sample(hir, many, &mut whole);
            whole.truncate(LENGTH);
            let cut = whole[..whole.len().saturating_sub(1)].to_vec();
            add("cut short", cut.clone());
            add("cut short, in words", [&cut[..], b" "].concat());
        }
    }
    let proof = rule.proof.as_deref().and_then(by_name);
    if let Some(example) = rule.examples.first()
        && let Ok(text) = expand(&rule.id, example, proof)
    {
        add("examples", format!("{text} ").into_bytes());
    }
    cases
}

/// Texts that are decoded, and some that nearly are.
fn encoded() -> Vec<Case> {
    let word = "password=\"xK9q7Zr2Lm4T\";";
    let base64 =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, word.repeat(40));
    let again = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &base64);
    let spelt = |one: fn(u8) -> String| word.bytes().map(one).collect::<Vec<_>>().concat();
    let hex = spelt(|byte| format!("{byte:02x}"));
    let escapes = spelt(|byte| format!("\\x{byte:02x}"));
    let units = spelt(|byte| format!("\\u00{byte:02x}"));
    let percent = spelt(|byte| format!("%{byte:02x}"));
    let html = spelt(|byte| format!("&#{byte};"));
    let joined = word.split('s').collect::<Vec<_>>().join("s\" + \"");
    let wrapped = base64
        .as_bytes()
        .chunks(64)
        .collect::<Vec<_>>()
        .join(&b'\n');
    [
        ("base64", base64.clone()),
        ("base64 in base64", again),
        ("base64 in words", format!("{} ", &base64[..40])),
        (
            "base64 in lines",
            String::from_utf8_lossy(&wrapped).into_owned() + "\n",
        ),
        ("a digit of base64", "A".to_owned()),
        ("digits of base64", "QUFB".to_owned()),
        ("hex", hex.clone()),
        ("hex in words", hex + " "),
        ("escapes", escapes),
        ("escapes of units", units),
        ("percent", percent),
        ("html", html),
        ("joined strings", joined),
        ("lines that go on", "password=a\\\n".to_owned()),
        ("an escape", "\\".to_owned()),
        ("a percent sign", "%3a%2f%2f".to_owned()),
        ("veiled addresses", ":\\/\\/".to_owned()),
        ("addresses", "://a:b@".to_owned()),
        ("quotes", "\"".to_owned()),
        ("assignments in lists", "password = [".to_owned()),
        ("assignments in calls", "setPassword(".to_owned()),
        ("elements", "<password>".to_owned()),
        ("fields", ";password=x".to_owned()),
        (
            "assignments of assignments",
            "password=password=".to_owned(),
        ),
        (
            "strings that join",
            "password = \"a\" + \"b\" + ".to_owned(),
        ),
        ("lines of strings", "password = \"a\"\n  \"b\"\n".to_owned()),
        ("a name that does not end", "password_".to_owned()),
        ("comments", "# password: ".to_owned()),
        ("heads of tokens", format!("{}JhbGciOiJIUzI1NiJ9.", "ey")),
    ]
    .into_iter()
    .map(|(name, part)| Case::new(name.to_owned(), part))
    .collect()
}

fn cases() -> Vec<Case> {
    let of_rules = BUILTIN.iter().flat_map(|rule| cases_of(&rule.definition));
    let mut cases: Vec<_> = of_rules.chain(encoded()).collect();
    cases.sort_by(|a, b| a.part.cmp(&b.part));
    cases.dedup_by(|a, b| a.part == b.part);
    cases
}

/// Returns how many bytes are read to scan a text of so many bytes.
fn cost(detector: &Detector, case: &Case, length: usize) -> u64 {
    let text = case.text(length);
    let (_, steps) = counted(|| detector.scan(&text));
    steps
}

#[test]
fn every_rule_has_a_worst_text() {
    for rule in BUILTIN {
        let definition = &rule.definition;
        // Rules about file names search no text.
        let has_text = definition.matcher == Matcher::File || !cases_of(definition).is_empty();
        assert!(has_text, "{}", definition.id);
    }
}

#[test]
fn the_worst_texts_take_time_as_they_are_long() {
    let cases = cases();
    if let Some(path) = std::env::var_os("GONOGO_WRITE_WORST") {
        let line = |case: &Case| serde_json::json!([case.name, case.part]).to_string() + "\n";
        std::fs::write(path, cases.iter().map(line).collect::<String>()).unwrap();
    }
    let detector = Detector::new(Vec::new(), Confidence::Low).unwrap();
    let costs = cases
        .par_iter()
        .map(|case| (cost(&detector, case, LENGTH), case));
    let mut costs: Vec<(u64, &Case)> = costs.collect();
    costs.sort_by_key(|(cost, case)| (std::cmp::Reverse(*cost), &case.name));
    let too_much = costs.iter().filter_map(|(cost, case)| {
        let for_each = cost / LENGTH as u64;
        let is_fault = for_each > FOR_EACH_BYTE;
        is_fault.then(|| format!("{}: {for_each} for each byte", case.name))
    });
    let mut faults: Vec<String> = too_much.collect();
    let bounded = costs.iter().filter(|(_, case)| case.longest <= LONGEST);
    let worst: Vec<_> = bounded.take(WORST).collect();
    let grows = worst.par_iter().filter_map(|(_, case)| {
        let [short, long] = GROWTH.map(|length| cost(&detector, case, length));
        let is_fault = long * 10 > short * 44;
        is_fault.then(|| format!("{}: {short}, then {long}", case.name))
    });
    faults.extend(grows.collect::<Vec<_>>());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
