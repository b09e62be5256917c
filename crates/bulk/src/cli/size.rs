//! Sizes and durations as they are typed.

use std::time::Duration;

/// A size in bytes, with K, M, G or T for powers of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        unit => return Err(format!("`{unit}` is no unit: write K, M, G or T")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{digits}` is no whole number of bytes"))?;
    let bytes = number.checked_mul(factor).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "write a size above 0 and below 16 exabytes".to_owned())
}

/// A duration: seconds, or with `s`, `m` or `h` behind the number.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        unit => return Err(format!("`{unit}` is no unit: write s, m or h")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{digits}` is no whole number"))?;
    let seconds = number
        .checked_mul(factor)
        .filter(|seconds| (1..=7 * 86_400).contains(seconds));
    let seconds =
        seconds.ok_or_else(|| "write a duration between a second and a week".to_owned())?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_have_units() {
        assert_eq!(size("2G"), Ok(2 << 30));
        assert!(size("0").is_err() && size("2X").is_err() && size("99999999T").is_err());
        assert_eq!(duration("90m"), Ok(Duration::from_secs(5_400)));
        assert!(duration("0").is_err() && duration("1d").is_err() && duration("9999h").is_err());
    }
}
