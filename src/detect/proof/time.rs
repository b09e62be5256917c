//! Converts seconds since 1970 to a readable date and back. Never reads a clock.

use crate::model::day;

const DAY: u64 = 86_400;

/// The last second of the year 9999; tokens are not meant to contain later dates.
const LAST: u64 = 253_402_300_799;

/// Writes `seconds` since 1970 as `2024-05-01T12:00:00Z`; `None` before 1970 and after the year 9999.
pub(super) fn rfc3339(seconds: i64) -> Option<String> {
    let seconds = u64::try_from(seconds).ok().filter(|it| *it <= LAST)?;
    let day = day(seconds / DAY);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds / 60 % 60, seconds % 60);
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Parses a time as written by AWS and Google, `20240501T120000Z`, and returns it in seconds since 1970.
pub(super) fn seconds_of(time: &str) -> Option<i64> {
    let digits = |from: usize, count: usize| -> Option<i64> {
        let part = time.get(from..from + count)?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    };
    let is_written_so = time.len() == 16 && time.as_bytes()[8] == b'T' && time.ends_with('Z');
    let (year, month, of_month) = (digits(0, 4)?, digits(4, 2)?, digits(6, 2)?);
    let (hour, minute, second) = (digits(9, 2)?, digits(11, 2)?, digits(13, 2)?);
    if !is_written_so || !(1..=12).contains(&month) || !(1970..).contains(&year) {
        return None;
    }
    // In years that begin in March, the leap day is the last day.
    let (year, from_march) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        year * 365 + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + of_month
            - 1
            - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_signatures_become_seconds() {
        for seconds in (0..4_107_542_400)
            .step_by(7_654_321)
            .chain([951_782_400, 951_868_799])
        {
            let time = rfc3339(seconds).unwrap().replace(['-', ':'], "");
            assert_eq!(seconds_of(&time), Some(seconds), "{time}");
        }
        for time in [
            "",
            "20240501",
            "20240501T12000Z0",
            "2024-05-01T12:00",
            "20241301T120000Z",
        ] {
            assert_eq!(seconds_of(time), None, "{time}");
        }
    }

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
