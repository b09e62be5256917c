//! Seconds since 1970 as a date that can be read. No clock is asked here.

use crate::model::day;

const DAY: u64 = 86_400;

/// The last second of the year 9999; what lies behind it is no date that a token was meant to hold.
const LAST: u64 = 253_402_300_799;

/// Writes `seconds` since 1970 as `2024-05-01T12:00:00Z`; `None` before 1970 and behind the year 9999.
pub(super) fn rfc3339(seconds: i64) -> Option<String> {
    let seconds = u64::try_from(seconds).ok().filter(|it| *it <= LAST)?;
    let day = day(seconds / DAY);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds / 60 % 60, seconds % 60);
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_516_239_022, "2018-01-18T01:30:22Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds).as_deref(), Some(expected));
        }
        assert_eq!((rfc3339(-1), rfc3339(253_402_300_800)), (None, None));
    }
}
