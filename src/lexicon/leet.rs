//! Digits and marks in the place of the letters that they look like: `s3cr3t`, `R0UT1NGK3Y`.

use super::value;

/// Longer values are no words.
const LONGEST: usize = 96;

/// Replaces look-alikes by the letters that they look like.
pub(super) fn letters(text: &[u8]) -> Vec<u8> {
    let plain = text.iter().map(|&from| match from {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => other,
    });
    plain.collect()
}

/// Returns `value` in plain small letters, if several look-alikes are within its words and it reads as words without them.
pub fn plain(value: &str) -> Option<String> {
    const SWAPS: usize = 3;
    if !(8..=LONGEST).contains(&value.len()) || !value.is_ascii() {
        return None;
    }
    let bytes = value.as_bytes();
    let is_swap = |part: &[u8]| {
        matches!(
            part[1],
            b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'@' | b'$'
        ) && part[0].is_ascii_alphabetic()
            && part[2].is_ascii_alphabetic()
    };
    let swaps = bytes.windows(3).filter(|part| is_swap(part)).count();
    // No word has a 2, 6, 8 or 9 in the place of a letter; a year may be behind it.
    let stem = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = match &value[stem.len()..] {
        "0" | "1" | "3" | "4" | "5" | "7" => value,
        _ => stem,
    };
    let is_other = |byte: u8| matches!(byte, b'2' | b'6' | b'8' | b'9');
    if swaps < SWAPS || stem.bytes().any(is_other) {
        return None;
    }
    let mut plain = String::from_utf8(letters(stem.as_bytes())).ok()?;
    plain.make_ascii_lowercase();
    value::is_wordy(&plain).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_read_as_letters() {
        for (value, expected) in [
            ("R0UT1NGK3Y", "routingkey"),
            ("s0m3l0ngr4nd0mstr1ng", "somelongrandomstring"),
            ("th1s1sn0tr34l99", "thisisnotreal"),
        ] {
            assert_eq!(plain(value).as_deref(), Some(expected));
        }
        for value in [
            "4a1750c8607dfa237de36c6305715c22",
            "kT7vv2Qp9xLmR4sZb1Wc",
            "x4k7z1q0w3v5t",
            "p4ssword",
            "hunter2",
        ] {
            assert_eq!(plain(value), None, "{value}");
        }
    }
}
