//! Keeps gonogo's own sentences legible when a detected password is an ordinary word.

/// Stands in for a word while the rest is masked.
const MARK: char = '\u{E000}';

/// Returns `says` masked by `mask`, except for plain words outside backticks: file content is always quoted, so those
/// are gonogo's own words.
pub(super) fn masked(says: &str, mask: &dyn Fn(&str) -> String) -> String {
    let whole = mask(says);
    if whole == says {
        return whole;
    }
    let mut kept = Vec::new();
    let mut text = String::with_capacity(says.len());
    for (number, part) in says.split('`').enumerate() {
        if number > 0 {
            text.push('`');
        }
        let is_quoted = number % 2 == 1;
        for word in part.split_inclusive(' ') {
            let own = word.trim_end_matches([' ', ',', '.', ':', ';']);
            if !is_quoted && is_plain(own) && mask(own) != own {
                kept.push(own);
                text.push(MARK);
                text.push_str(&word[own.len()..]);
            } else {
                text.push_str(word);
            }
        }
    }
    let masked = mask(&text);
    if masked.matches(MARK).count() != kept.len() {
        return whole;
    }
    let mut parts = masked.split(MARK);
    let mut legible = parts.next().unwrap_or_default().to_owned();
    for (word, part) in kept.into_iter().zip(parts) {
        legible.push_str(word);
        legible.push_str(part);
    }
    legible
}

/// Whether a word looks like a word of a sentence.
fn is_plain(word: &str) -> bool {
    const LONGEST: usize = 14;
    (2..=LONGEST).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_sentence_are_kept_and_values_are_not() {
        let mask = |text: &str| text.replace("services", "***").replace("h4x", "***");
        let check = |says: &str, expected: &str| assert_eq!(masked(says, &mask), expected);
        check("services of their own: db", "services of their own: db");
        check("1 of 2 services, `services`", "1 of 2 services, `***`");
        check("service `services` has h4x", "service `***` has ***");
        check("nothing", "nothing");
    }
}
