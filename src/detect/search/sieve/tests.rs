//! Every occurrence is found, however little of the text is searched.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::detect::builtin::BUILTIN;

fn found(literals: &[Vec<u8>], bytes: &[u8], part: &Range<usize>) -> Vec<(usize, u16)> {
    let sieve = Sieve::new(literals.iter().map(Vec::as_slice));
    let mut found = Vec::new();
    sieve.find(bytes, (part.clone(), part), |start, number| {
        found.push((start, number));
    });
    found.sort_unstable();
    found
}

fn expected(literals: &[Vec<u8>], bytes: &[u8], part: &Range<usize>) -> Vec<(usize, u16)> {
    let numbered = || literals.iter().zip(0..);
    let places = part.clone().flat_map(|start| {
        let here = numbered().filter(move |(literal, _)| {
            let place = start..start + literal.len();
            place.end <= part.end && bytes[place].eq_ignore_ascii_case(literal)
        });
        here.map(move |(_, number)| (start, number))
    });
    places.collect()
}

fn check(literals: &[Vec<u8>], bytes: &[u8], part: &Range<usize>) {
    assert_eq!(
        found(literals, bytes, part),
        expected(literals, bytes, part),
        "{:?} {part:?}",
        bytes.escape_ascii().to_string()
    );
}

fn built_in() -> Vec<Vec<u8>> {
    let rules = BUILTIN.iter();
    let mut keywords: Vec<Vec<u8>> = rules
        .flat_map(|rule| rule.definition.keywords.iter())
        .map(|keyword| keyword.as_bytes().to_vec())
        .collect();
    keywords.sort();
    keywords.dedup();
    keywords
}

/// Bytes with few distinct values, so that literals overlap and share bits in the table.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        6 => select(b"aAbB_".to_vec()),
        1 => select(b"\0 !1?\x7f\xe1\xc1@`[{-\r".to_vec()),
        1 => any::<u8>(),
    ]
}

fn literals() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(byte(), 3..12), 1..300)
}

fn mixed(literals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        select(literals.clone()),
        select(literals).prop_map(|literal| literal.to_ascii_uppercase()),
        prop::collection::vec(byte(), 0..7),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn finds_what_a_plain_search_finds(
        (literals, bytes) in literals().prop_flat_map(|literals| {
            (Just(literals.clone()), mixed(literals))
        }),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        check(&literals, &bytes, &(a.min(b)..a.max(b)));
        check(&literals, &bytes, &(0..bytes.len()));
    }
}

#[test]
fn finds_each_built_in_keyword_in_every_short_part() {
    let keywords = built_in();
    assert!(keywords.len() > 250);
    let sieve = Sieve::new(keywords.iter().map(Vec::as_slice));
    for (keyword, number) in keywords.iter().zip(0..) {
        for before in 0..20 {
            let bytes = [
                &b"x".repeat(before)[..],
                &keyword.to_ascii_uppercase(),
                b"yz",
            ]
            .concat();
            let end = before + keyword.len();
            for (part, holds) in [
                (0..bytes.len(), true),
                (before..end, true),
                (before.saturating_sub(1)..end, true),
                (before..end - 1, false),
                (before + 1..bytes.len(), false),
            ] {
                let mut found = 0;
                sieve.find(&bytes, (part.clone(), &part), |start, hit| {
                    found += usize::from((start, hit) == (before, number));
                });
                assert_eq!(
                    found,
                    usize::from(holds),
                    "{part:?} of {}",
                    bytes.escape_ascii()
                );
            }
        }
    }
}

#[test]
fn finds_what_reaches_into_a_core_however_little_of_it() {
    let mut keywords = built_in();
    keywords.push("lorem ipsum ".repeat(9).into_bytes());
    let sieve = Sieve::new(keywords.iter().map(Vec::as_slice));
    for (keyword, number) in keywords.iter().zip(0..) {
        for before in 200..203 {
            let bytes = [&b"x".repeat(before)[..], keyword, &b"y".repeat(200)].concat();
            let place = before..before + keyword.len();
            // Its first byte, its last one, one in the middle, and seams inside it.
            let (start, middle, end) = (place.start, place.start + 2, place.end);
            for core in [
                start - 9..start + 1,
                end - 1..end + 9,
                middle..middle + 1,
                start + 1..start + 1,
                end - 1..end - 1,
            ] {
                let mut is_found = false;
                sieve.find(&bytes, (0..bytes.len(), &core), |start, hit| {
                    is_found |= (start, hit) == (before, number);
                });
                assert!(is_found, "{core:?} of {}", bytes.escape_ascii());
            }
        }
    }
}

#[test]
fn finds_long_and_foreign_literals() {
    let long = "lorem ipsum ".repeat(40).into_bytes();
    let literals = [
        long.clone(),
        "пароль".into(),
        b"...".to_vec(),
        b"aaaa".to_vec(),
    ];
    let text = [
        "ПАРОЛЬ пароль ....".as_bytes(),
        &long,
        b"AaAaAa",
        b"\xd0\xbf",
    ]
    .concat();
    for start in 0..20 {
        check(&literals, &text, &(start..text.len()));
    }
}
