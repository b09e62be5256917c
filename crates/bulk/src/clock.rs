//! The clock: seconds since 1970, and dates as text.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Returns the seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

/// Returns today's date in UTC, written `2026-01-31`.
pub(crate) fn today() -> String {
    day(now())
}

/// Returns the date of a time, in UTC.
pub(crate) fn day(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).date().to_string()
}

/// Returns a time to the minute, in UTC.
pub(crate) fn minute(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let time = time.to_zoned(TimeZone::UTC);
    format!(
        "{} {:02}:{:02} UTC",
        time.date(),
        time.hour(),
        time.minute()
    )
}

/// Returns when a day begins in UTC; `None` if `text` is not a date.
pub(crate) fn start_of(text: &str) -> Option<i64> {
    let is_plain = text.len() == 10;
    let date: Date = text.parse().ok().filter(|_| is_plain)?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

/// Returns a duration in a form for people.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        assert_eq!(
            start_of("2026-11-29").map(day).as_deref(),
            Some("2026-11-29")
        );
        for wrong in ["2026-13-01", "tomorrow", "20261129", ""] {
            assert_eq!(start_of(wrong), None, "{wrong}");
        }
        assert_eq!(minute(0), "1970-01-01 00:00 UTC");
        assert_eq!(span(3_725), "1 h 2 min");
    }
}
