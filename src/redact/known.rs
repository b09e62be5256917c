//! The values of findings, recognised wherever else they occur, whole or in part.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::lexicon::value::{is_random, is_wordy};

use super::encoded;
use crate::model::is_within;

/// How many consecutive bytes give a value away.
const WINDOW: usize = 8;
/// How many bytes of a window may be something between spaces that do not count.
const MOSTLY_BLANK: usize = 3;

#[cfg(test)]
thread_local! {
    /// How many windows were looked up, as a measure of the work.
    pub(super) static LOOKUPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Values that must not be shown anywhere.
///
/// Every eight-byte window of every value is stored, so that a truncated value is recognised too, and searching takes
/// time linear in the text, however many values there are.
#[derive(Default, PartialEq, Eq)]
pub struct Known {
    /// Windows by their bytes, each with whether a match of it alone counts. That is so for windows that no other text
    /// is likely to share; see [`Shared`].
    windows: FxHashMap<u64, bool>,
    /// A bit for each window, by hash: almost every lookup misses.
    filter: Vec<u64>,
    /// Values that look like names as a whole: short words and numbers with marks between them.
    names: FxHashSet<Vec<u8>>,
}

/// The size of the filter in bits, as a power of two: 128 KiB, small enough to stay in the CPU cache.
const FILTER_BITS: u32 = 20;

/// Returns the word of the filter that has a window's bit, and a mask of that bit.
fn slot(key: u64) -> (usize, u64) {
    let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - FILTER_BITS);
    let word = usize::try_from(hash / 64).unwrap_or_default();
    (word, 1 << (hash % 64))
}

impl Known {
    /// Adds a value and its usual encodings. Returns whether the value is worth searching for.
    pub fn add(&mut self, value: &[u8]) -> bool {
        if !is_worth_searching(value) {
            return false;
        }
        if std::str::from_utf8(value).is_ok_and(is_plain) {
            self.names.insert(value.to_vec());
        }
        let mut names = parameters(value);
        names.extend(variables(value));
        self.add_spelling(value, &names);
        for spelling in encoded::spellings(value) {
            self.add_spelling(&spelling, &names);
        }
        true
    }

    fn add_spelling(&mut self, value: &[u8], names: &[&[u8]]) {
        let shared = Shared::of(value);
        for (at, window) in value.windows(WINDOW).enumerate() {
            let Some(key) = key(window) else {
                continue;
            };
            // Indentation gives nothing away, nor does the mark that begins a line: `      - `.
            let signs = window.iter().filter(|byte| !byte.is_ascii_whitespace());
            if signs.count() <= MOSTLY_BLANK {
                continue;
            }
            if names
                .iter()
                .any(|name| memchr::memmem::find(name, window).is_some())
            {
                continue;
            }
            let is_always = !shared.has(at, window);
            *self.windows.entry(key).or_default() |= is_always;
            self.filter.resize(1 << (FILTER_BITS - 6), 0);
            let (word, bit) = slot(key);
            self.filter[word] |= bit;
        }
    }

    /// Returns whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// Returns whether a part of a name may be shown although a value has it, too: it is words, and not all of a value.
    pub(super) fn is_plain_in_name(&self, part: &str) -> bool {
        let is_mark = |c: char| !c.is_ascii_alphanumeric();
        let is_value = |part: &str| self.names.contains(part.as_bytes());
        is_plain(part) && !is_value(part) && !is_value(part.trim_matches(is_mark))
    }

    /// Returns where values occur in `text`, verbatim or in base64.
    pub fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        self.find_beside(text, &[])
    }

    /// Like [`find`](Self::find), but may leave out base64 within `masked`.
    pub(super) fn find_beside(&self, text: &[u8], masked: &[Range<usize>]) -> Vec<Range<usize>> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut found = self.plain(text);
        for run in encoded::runs(text) {
            if is_within(&run, masked) {
                continue;
            }
            let is_known = |plain: &Vec<u8>| !self.plain(plain).is_empty();
            if encoded::decodings(&text[run.clone()]).any(|plain| is_known(&plain)) {
                found.push(run);
            }
        }
        found
    }

    /// Returns runs of known windows of which at least one is distinctive: `https://` at the start of a URL is not.
    fn plain(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut run: Option<(Range<usize>, bool)> = None;
        for (at, window) in text.windows(WINDOW).enumerate() {
            let Some(window_key) = key(window) else {
                continue;
            };
            #[cfg(test)]
            LOOKUPS.with(|lookups| lookups.set(lookups.get() + 1));
            let (word, bit) = slot(window_key);
            if self.filter.get(word).is_none_or(|bits| bits & bit == 0) {
                continue;
            }
            let Some(&is_always) = self.windows.get(&window_key) else {
                continue;
            };
            let speaks = is_always || speaks_for_itself(window);
            match &mut run {
                Some((range, spoke)) if at < range.end => {
                    range.end = at + WINDOW;
                    *spoke |= speaks;
                }
                _ => {
                    let done = run.replace((at..at + WINDOW, speaks));
                    found.extend(done.filter(|(_, spoke)| *spoke).map(|(range, _)| range));
                }
            }
        }
        found.extend(run.filter(|(_, spoke)| *spoke).map(|(range, _)| range));
        found.retain(|run| !is_word_of_longer(text, run));
        found
    }
}

/// Whether what a text has in common with a value is a word that goes on as another one does: `platform` of
/// `platformToken` beside `platform-…`.
fn is_word_of_longer(text: &[u8], run: &Range<usize>) -> bool {
    let own = &text[run.clone()];
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    own.iter().all(u8::is_ascii_lowercase)
        && (is_letter(run.start.checked_sub(1)) || is_letter(Some(run.end)))
        && is_plain_word(own)
}

/// Whether a part of a name that a value also has consists of lowercase words and numbers of at most two digits, with
/// marks between them: `circleci` of `config/circleci.json`. Names are public, and a token is none of these. Words of
/// three letters and less prove nothing: a random value with many marks has such, too.
fn is_plain(part: &str) -> bool {
    const LONGEST: usize = 9;
    const WORD: usize = 4;
    let words = || {
        let words = part.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty())
    };
    let of_words = words().map(str::len).filter(|length| *length >= WORD);
    part.is_ascii()
        && of_words.sum::<usize>() >= WINDOW
        && words().all(|word| {
            let is_number = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
            let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase());
            is_number || is_word && (word.len() <= LONGEST || !is_random(word))
        })
}

/// The windows of a value that other text is likely to contain as well, so that a match of one alone does not count.
enum Shared {
    /// None: no window of the value is more distinctive than another, or the value is a jumble of marks and characters.
    None,
    /// Words of plain letters within a single random run.
    Words,
    /// Single words of a value that consists of words and marks. For each byte, whether it belongs to such a word.
    Parts(Vec<bool>),
    /// Windows that overlap a word but nothing random. A value with marks in it has a structure, parts of which other
    /// text shares. For each byte, how many bytes before it belong to random words, and how many to plain ones.
    Form(Vec<(usize, usize)>),
}

impl Shared {
    fn of(value: &[u8]) -> Self {
        let speaks = value.windows(WINDOW).any(speaks_for_itself);
        if is_jumbled(value) {
            return Self::None;
        }
        if !speaks {
            return Self::parts(value);
        }
        if value.iter().all(u8::is_ascii_alphanumeric) {
            return Self::Words;
        }
        let (mut random, mut plain) = (0, 0);
        let mut before = vec![(0, 0)];
        for part in value.chunk_by(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric()) {
            let is_word = part.len() >= 4 && part[0].is_ascii_alphanumeric();
            let is_plain = is_word && is_plain_word(part);
            for _ in part {
                random += usize::from(is_word && !is_plain);
                plain += usize::from(is_plain);
                before.push((random, plain));
            }
        }
        if plain >= WINDOW && 8 * plain >= value.len() {
            Self::Form(before)
        } else {
            Self::None
        }
    }

    fn parts(value: &[u8]) -> Self {
        let mut is_of_word = Vec::with_capacity(value.len());
        for part in value.chunk_by(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric()) {
            let is_plain = part[0].is_ascii_alphanumeric() && is_plain_word(part);
            is_of_word.resize(is_of_word.len() + part.len(), is_plain);
        }
        let is_within = |window: &[bool]| window.iter().all(|is_of_word| *is_of_word);
        // At least one window must identify the value.
        if is_of_word.windows(WINDOW).all(is_within) {
            Self::None
        } else {
            Self::Parts(is_of_word)
        }
    }

    /// Returns whether the window that begins at `at` is shared.
    fn has(&self, at: usize, window: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::Parts(is_of_word) => is_of_word[at..at + WINDOW].iter().all(|it| *it),
            Self::Words => {
                let is_word = window[1..].iter().all(u8::is_ascii_lowercase)
                    && window[0].is_ascii_alphabetic();
                is_word && is_made_of_words(window)
            }
            Self::Form(before) => {
                let (from, to) = (before[at], before[at + WINDOW]);
                let is_number = !window.iter().any(u8::is_ascii_alphabetic);
                from.0 == to.0 && (to.1 - from.1 >= 3 || is_number)
            }
        }
    }
}

/// Returns the parameter names of a value that is a whole query string: other URLs and texts have them, too.
fn parameters(value: &[u8]) -> Vec<&[u8]> {
    if !value.contains(&b'&') {
        return Vec::new();
    }
    let pairs = value.split(|byte| matches!(byte, b'&' | b';'));
    let names = pairs.filter_map(|pair| Some(&pair[..memchr::memchr(b'=', pair)?]));
    names
        .filter(|name| name.len() >= WINDOW && name.len() <= 24)
        .filter(|name| {
            name.iter()
                .all(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
        })
        .collect()
}

/// Returns the names of environment variables that a value assigns to somewhere inside it, as the replacement of a
/// script may: `…/SESSION_SECRET=…`. Messages and other lines name them, too.
fn variables(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'=', value).filter_map(|end| {
        let is_name = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
        let before = value[..end].iter().rev();
        let name = &value[end - before.take_while(|byte| is_name(byte)).count()..end];
        let words = name.split(|byte| *byte == b'_');
        let is_variable = words.clone().count() > 1 && words.into_iter().all(|word| word.len() > 1);
        let is_apart = !value[..end - name.len()]
            .last()
            .is_some_and(u8::is_ascii_alphanumeric);
        (is_variable && is_apart && (WINDOW..=64).contains(&name.len())).then_some(name)
    })
}

/// Whether `word` is letters, with a few digits behind them, that form a word or an abbreviation such as `https`.
fn is_plain_word(word: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else {
        return false;
    };
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_lower = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    word.len() - letters.len() <= 4
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && letters.len() >= 4
        && (is_wordy(letters) || letters.len() >= 5 && is_lower(letters) && !is_random(letters))
}

/// Whether a value is a jumble of single characters and many kinds of marks, as generated passwords are.
fn is_jumbled(value: &[u8]) -> bool {
    let is_mark = |byte: &&u8| !byte.is_ascii_alphanumeric();
    let mut marks: Vec<u8> = value.iter().filter(is_mark).copied().collect();
    let is_dense = 4 * marks.len() >= value.len();
    marks.sort_unstable();
    marks.dedup();
    let mut words = value.split(|byte| !byte.is_ascii_alphanumeric());
    is_dense && marks.len() >= 4 && !words.any(|word| word.len() >= 6 && is_plain_word(word))
}

/// Returns whether a value is masked wherever it occurs. Short values and words occur everywhere, and masking them
/// would only reveal what they are.
pub fn is_worth_searching(value: &[u8]) -> bool {
    value.len() >= WINDOW
        && value.iter().filter(|byte| **byte > b' ').count() >= WINDOW / 2
        && value.windows(2).any(|pair| pair[0] != pair[1])
        && (value.windows(WINDOW).any(speaks_for_itself) || !is_made_of_words(value))
}

/// Whether a value consists of words and marks only.
fn is_made_of_words(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some()
        && words.all(|word| {
            let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = word.len() - letters.len();
            digits <= 4 && !is_random(letters) && (is_wordy(letters) || letters.len() < 4)
        })
}

/// Whether eight bytes are unlikely to occur anywhere but in a secret: letters of both cases or digits that alternate,
/// or letters that form no word.
fn speaks_for_itself(window: &[u8]) -> bool {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Lower,
        Upper,
        Digit,
    }
    let (mut turns, mut digits, mut letters) = (0, 0, 0);
    let mut before = None;
    for byte in window {
        let class = match byte {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            _ => continue,
        };
        let is_digit = class == Class::Digit;
        digits += usize::from(is_digit);
        letters += usize::from(!is_digit);
        turns += usize::from(before.is_some_and(|before| before != class));
        before = Some(class);
    }
    let is_mixed = digits > 0 && letters > 0;
    if letters + digits < 5 {
        return false;
    }
    turns >= 3
        || is_mixed && turns >= 2
        || letters == WINDOW && std::str::from_utf8(window).is_ok_and(is_random)
}

fn key(window: &[u8]) -> Option<u64> {
    window.try_into().ok().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_is_no_part_of_a_value() {
        let value = format!("q8Zr2LkT0vXw\n{}5Ns7pD3fQ9xL", " ".repeat(12));
        let known = known(&[&value]);
        assert!(
            known
                .find(format!("{}default=1", " ".repeat(12)).as_bytes())
                .is_empty()
        );
        assert!(!known.find(value.as_bytes()).is_empty());
    }

    #[test]
    fn marks_of_lists_are_no_part_of_a_value() {
        let value = "q8Zr2LkT0vXw\n      - url: 5Ns7pD3fQ9xL";
        let known = known(&[value]);
        assert!(known.find(b"      - uses: a\n").is_empty());
        assert!(!known.find(b"      - url: 5Ns7pD3f").is_empty());
        assert!(!known.find(value.as_bytes()).is_empty());
    }

    #[test]
    fn words_that_go_on_are_others() {
        let value = "platform!7xKq2vT9mLp4";
        check(&[value], "const platformToken = 1", &[]);
        check(&[value], "const myplatform = 1", &[]);
        check(&[value], "a platform!7xKq2vT9mLp4 b", &[value]);
        check(&[value], "a7xKq2vT9mLp4", &["7xKq2vT9mLp4"]);
    }

    #[test]
    fn a_value_that_looks_like_a_name_is_masked_as_a_whole() {
        let value = ["battery-kq", "xzv-horses"].concat();
        let known = known(&[&value]);
        assert!(known.is_plain_in_name("-batteries"));
        assert!(!known.is_plain_in_name(&value));
        assert!(!known.is_plain_in_name(&format!("/{value}.")));
    }

    #[test]
    fn names_are_made_of_words() {
        for part in [
            "circleci",
            "extensions-ecdsa",
            "railsconf-20",
            "test/word-2",
        ] {
            assert!(is_plain(part), "{part}");
        }
        let random = ["kqxzv", "bnwmtj"].concat();
        for part in [
            "hunter2xyz",
            "Tr0ub4dor",
            &random,
            "P4ssw0rd",
            "20260131",
            "gr\u{fc}n",
            "jva_--_0_-aa_0-0",
            "a/b.c-d-e",
        ] {
            assert!(!is_plain(part), "{part}");
        }
    }

    fn known(values: &[&str]) -> Known {
        let mut known = Known::default();
        for value in values {
            assert!(known.add(value.as_bytes()), "{value}");
        }
        known
    }

    #[track_caller]
    fn check(values: &[&str], text: &str, expected: &[&str]) {
        let found = known(values).find(text.as_bytes());
        let found: Vec<_> = found.into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values_are_found_whole_and_cut() {
        let value = "Kq9xTr0ub3LmT";
        check(&[value], "a Kq9xTr0ub3LmT b", &[value]);
        check(&[value], "xTr0ub3LmT b", &["xTr0ub3LmT"]);
        check(&[value], "a Kq9xTr0u", &["Kq9xTr0u"]);
        check(&[value], "Kq9xTr0 ub3LmT", &[]);
    }

    #[test]
    fn what_a_value_shares_with_other_text_stays_legible() {
        let hook = "https://hooks.example.com/services/T0Q4/B1xK9/aJ8sQm2Lr7";
        check(&[hook], "see https://example.com", &[]);
        check(&[hook], hook, &[hook]);
    }

    #[test]
    fn the_names_of_variables_that_a_value_goes_on_with_stay_legible() {
        let value = "q8Zr2LkT0vXw5Ns7pD3f/SESSION_SECRET=`npx uuid`/";
        check(&[value], "`SESSION_SECRET` contains a secret", &[]);
        check(
            &[value],
            "a q8Zr2LkT0vXw5Ns7pD3f",
            &["q8Zr2LkT0vXw5Ns7pD3f"],
        );
        let value = "q8Zr2LkT0vXw5Ns7pD3f/KQZVBNWTPMXR=";
        check(&[value], "a KQZVBNWTPMXR", &["KQZVBNWTPMXR"]);
    }

    #[test]
    fn the_names_of_parameters_stay_legible() {
        let signature = "q8Zr2LkT0vXw5Ns7pD3f".repeat(12);
        let query = format!("Expires=1545000000&Signature={signature}&Key-Pair-Id=K7QZ2LT0VXW5N");
        check(&[&query], "a shared access Signature, and Key-Pair-Id", &[]);
        check(&[&query], &format!("x {signature} y"), &[&signature]);
    }

    #[test]
    fn the_word_of_every_message_stays_legible() {
        let value = "rabbitmq_password";
        assert!(is_worth_searching(value.as_bytes()));
        check(&[value], "contains a password that", &[]);
        check(&[value], "is rabbitmq_password", &[value]);
    }

    #[test]
    fn values_are_found_as_they_are_spelt_elsewhere() {
        let value = "a<9K\"x&7q/Zz";
        for spelling in [
            "a%3C9K%22x%267q%2FZz",
            "a&lt;9K&quot;x&amp;7q/Zz",
            "a<9K\\\"x&7q/Zz",
            "YTw5SyJ4JjdxL1p6",
            "eHg6YTw5SyJ4JjdxL1p6OnE=",
        ] {
            let found = known(&[value]).find(spelling.as_bytes());
            let masked: usize = found.iter().map(Range::len).sum();
            assert!(
                masked + 2 > spelling.trim_end_matches('=').len(),
                "{spelling}: {found:?}"
            );
        }
    }

    #[test]
    fn short_values_and_words_are_not_searched() {
        for value in [
            "hunter2",
            "password",
            "changeme123",
            "correct-horse-battery",
            "aaaaaaaaaaaa",
            "production",
            "postgres",
            "my_password",
            "secret2024",
            // Line ends and indentation are shown as they are.
            "\n\r\r\r\r\r\r\r\r\n*",
            "  \n        \n\t",
        ] {
            assert!(!is_worth_searching(value.as_bytes()), "{value}");
        }
        for value in [
            "48151623420",
            "tgpqxbzb",
            "Tr0ub4dor3xKq",
            "!!##%%&&((",
            "9kQ7-mm2",
        ] {
            assert!(is_worth_searching(value.as_bytes()), "{value}");
        }
    }
}
