//! Properties that hold for any text and any secret.

use proptest::prelude::*;

use crate::model::{
    Category, Confidence, Excerpt, Finding, LineIndex, Location, MASK, Rule, RuleId, Secret,
    Severity,
};

use super::known::LOOKUPS;
use super::{Known, NoFinder, Redactor};

fn finding(text: &str, marked: std::ops::Range<usize>) -> Finding {
    let rule = Rule {
        id: RuleId::new("sample/rule"),
        category: Category::Configuration,
        title: "sample".into(),
        description: "sample".into(),
        remedy: "sample".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        references: [].as_slice().into(),
        tags: [].as_slice().into(),
        since: None,
    };
    let region = LineIndex::new(text.as_bytes()).region(marked.clone());
    let location = Location::new("a.yml".to_owned(), region);
    let mut finding = Finding::new(&rule, "a message".to_owned(), location);
    finding.excerpt = Excerpt::new(1, text.to_owned(), Vec::new(), marked);
    finding.secret = Some(Secret::new(*b"hunter2"));
    finding
}

/// Pieces of texts, with names, values, URLs and base64 among them.
const PIECES: [&str; 14] = [
    "password=",
    "\"token\": \"",
    "Kq9xTr0ub3LmT",
    "https://a:hunter2xK@host/x",
    "YTw5SyJ4JjdxL1p6eHg6",
    "==",
    " ",
    "\n",
    "Authorization: Bearer ",
    "Server=a;Password=hunter2;",
    "$2y$10$abcdefghijk",
    "--password ",
    "xK9!mP2$vL5@nQ8",
    "'",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_masked_anyway_changes_nothing_else(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..12),
        masked in prop::collection::vec((any::<prop::sample::Index>(), 1..40_usize), 0..4),
    ) {
        let text = pieces.concat();
        let mut known = Known::default();
        known.add(b"Kq9xTr0ub3LmT");
        let masked = masked.into_iter().map(|(start, length)| {
            let start = start.index(text.len());
            start..(start + length).min(text.len())
        });
        let masked: Vec<_> = masked.collect();
        let redactor = || Redactor::new(&known, &NoFinder);
        let mut all = redactor().parts_beside(&text, Vec::new());
        all.extend(masked.iter().cloned());
        prop_assert_eq!(
            redactor().parts_beside(&text, masked),
            super::mask::joined(&text, all)
        );
    }

    #[test]
    fn no_eight_bytes_of_a_value_are_left(
        secret in "[a-zA-Z0-9]{12,40}|[!-)+-~]{12,40}|[a-f0-9]{16,40}|[a-zA-Z0-9+/]{20,60}|[a-z0-9_-]{16,40}",
        lines in prop::collection::vec("[ -~ä\\t]{0,30}", 1..6),
        places in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize), 1..5),
    ) {
        let mut known = Known::default();
        // No `*` in it: a mask next to seven bytes of the value would look like an eighth byte.
        prop_assume!(known.add(secret.as_bytes()));
        // Eight consecutive letters may be a word, which is shown where it occurs by itself.
        let is_word = |window: &[u8]| {
            window[0].is_ascii_alphabetic() && window[1..].iter().all(u8::is_ascii_lowercase)
        };
        prop_assume!(!secret.as_bytes().windows(8).any(is_word));
        // A value made of possible words shares them with other text.
        prop_assume!(length_of_words(&secret) < 8);
        let mut text = lines.join("\n");
        for (place, cut) in places {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = ends[place.index(ends.len())];
            // Truncated secrets too, as where an excerpt is cut.
            text.insert_str(at, &secret[cut.min(secret.len() - 8)..]);
        }
        let redactor = Redactor::new(&known, &NoFinder);
        let mark = text.chars().next().map_or(0, char::len_utf8);
        let mut found = finding(&text, 0..mark);
        found.message = format!("service `{secret}` has {}", text.replace('\n', " "));
        found.location.path = format!("x/{secret}.yml");
        let shown = redactor.finding(found, &[]);
        let (_, excerpt, marked) = shown.lines().unwrap();
        prop_assert!(excerpt.get(marked).is_some());
        let is_shown = |text: &str| longest_shown(text, &secret) >= 8;
        prop_assert!(!is_shown(excerpt), "{excerpt}");
        prop_assert!(!is_shown(&shown.message), "{}", shown.message);
        prop_assert!(!is_shown(&shown.location.path));
        let debug = unescaped(&format!("{shown:?}"));
        prop_assert!(!is_shown(&debug), "{debug}");
    }
}

/// Returns the total length of the parts of `secret` that may be words.
fn length_of_words(secret: &str) -> usize {
    let is_word = |word: &&str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.len() >= 4 && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let words = secret.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(is_word).map(str::len).sum()
}

/// Undoes the quoting of a debug format: the letter of an escape next to seven bytes of a value would look like an
/// eighth byte.
fn unescaped(debug: &str) -> String {
    let mut text = String::with_capacity(debug.len());
    let mut chars = debug.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                escaped => escaped.unwrap_or_default(),
            },
            c => c,
        });
    }
    text
}

/// Returns how many consecutive bytes of `secret` are shown.
fn longest_shown(shown: &str, secret: &str) -> usize {
    let lengths = (8..=secret.len()).rev();
    let mut lengths = lengths.filter(|&length| {
        let mut parts = secret.as_bytes().windows(length);
        parts.any(|part| memchr::memmem::find(shown.as_bytes(), part).is_some())
    });
    lengths.next().unwrap_or_default()
}

#[test]
fn a_value_of_low_confidence_is_masked_at_its_own_place_only() {
    let text = "a: swordfish # swordfish";
    let known = Known::default();
    let redactor = Redactor::new(&known, &NoFinder);
    let shown = redactor.finding(finding(text, 0..1), std::slice::from_ref(&(3..12)));
    assert_eq!(shown.lines().unwrap().1, format!("a: {MASK} # swordfish"));
}

/// Returns how many windows are looked up to redact `count` findings.
fn work(count: usize) -> usize {
    let value = |number: usize| {
        let mixed = number.wrapping_mul(0x9e37_79b9) & 0xffff_ffff;
        format!("{mixed:08x}Zq{number:08X}k")
    };
    let mut known = Known::default();
    let mut found = Vec::new();
    for number in 0..count {
        known.add(value(number).as_bytes());
        let text = format!("key: {} # {}", value(number), value(number / 2));
        found.push(finding(&text, 0..3));
    }
    let redactor = Redactor::new(&known, &NoFinder);
    LOOKUPS.with(|lookups| lookups.set(0));
    for found in found {
        let shown = redactor.finding(found, &[]);
        assert_eq!(shown.lines().unwrap().1, format!("key: {MASK} # {MASK}"));
    }
    LOOKUPS.with(std::cell::Cell::get)
}

#[test]
fn what_was_made_by_chance_is_masked_in_names_of_people() {
    let known = Known::default();
    let redactor = Redactor::new(&known, &NoFinder);
    let shown = |author: &str, email: &str| {
        let mut found = finding("a", 0..1);
        found.history = Some(crate::model::History {
            first: Some(crate::model::CommitSummary {
                id: crate::model::ObjectId::from_bytes(&[0; 20]).unwrap(),
                author: author.to_owned(),
                email: email.to_owned(),
                date: String::new(),
            }),
            first_path: None,
            removed: None,
            presence: crate::model::Presence::Head,
            blobs: 1,
        });
        let shown = redactor.finding(found, &[]);
        let commit = shown.history.as_ref().unwrap().first.clone().unwrap();
        (commit.author, commit.email)
    };
    let value = ["WHtP3fS2qHx6", "kwXoIIXGvOoNZYW2"].concat();
    let masked = shown(&format!("tok {value}"), &format!("{value}@example.org"));
    assert_eq!(masked, (format!("tok {MASK}"), format!("{MASK}.org")));
    for (author, email) in [
        ("Ann Author", "ann.author@example.org"),
        ("sauravvijay", "sauravvijay13@example.com"),
        ("reichert621", "kamleung911@example.com"),
        (
            "dependabot[bot]",
            "49699333+dependabot[bot]@users.noreply.github.com",
        ),
        ("ann", "ann@e7fa87d3-cd2b-0410-9028-fcbf551c1848"),
        (
            "Jörg Müller-Lüdenscheidt",
            "j.mueller2@build-17.example.org",
        ),
    ] {
        assert_eq!(shown(author, email), (author.to_owned(), email.to_owned()));
    }
}

#[test]
fn many_findings_are_redacted_in_linear_time() {
    let (few, many) = (work(500), work(5_000));
    assert!(many <= 10 * few + 10, "{few} {many}");
}

/// Where one parser ends the login at the first `@` and another at the last, nothing is shown that either takes for
/// part of the password.
#[test]
fn a_password_of_a_database_is_masked_to_the_last_sign() {
    let known = Known::default();
    let redactor = Redactor::new(&known, &NoFinder);
    let (first, rest) = ("Tidal", "marsh/9#quill");
    for scheme in ["postgres", "mysql+pymysql", "mongodb"] {
        let text = format!("url = {scheme}://app:{first}@{rest}@db.example.com/x");
        let parts = redactor.parts(&text);
        let is_masked = |part: &str| {
            let at = text.find(part).unwrap();
            parts
                .iter()
                .any(|masked| masked.start <= at && at + part.len() <= masked.end)
        };
        assert!(is_masked(first) && is_masked(rest), "{text}: {parts:?}");
        assert!(!is_masked("db.example.com"));
    }
    let cut = format!("postgres://app:{first}@marsh/9#quill");
    let parts = redactor.parts(&cut);
    assert!(
        parts
            .iter()
            .any(|part| cut[part.clone()].ends_with("quill")),
        "{parts:?}"
    );
    let page = format!("https://app:{first}@host/@scope/name");
    assert!(
        !redactor
            .parts(&page)
            .iter()
            .any(|part| page[part.clone()].contains("scope"))
    );
}
