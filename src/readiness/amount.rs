//! Parses amounts as people write them: durations, sizes, percentages and dates.

use std::fmt;

/// A duration in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub u64);

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Span {
    /// Returns a span of `count` minutes.
    pub(crate) const fn minutes(count: u64) -> Self {
        Self(count * MINUTE)
    }

    /// Returns a span of `count` hours.
    pub(crate) const fn hours(count: u64) -> Self {
        Self(count * HOUR)
    }

    /// Returns a span of `count` days.
    pub(crate) const fn days(count: u64) -> Self {
        Self(count * DAY)
    }

    /// Parses `1h`, `90 minutes`, `2h30m`, `1.5 days` or `200ms`; returns `None` for anything else. A month is 30 days.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut total = 0_u64;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            let number: f64 = rest[..digits].parse().ok()?;
            rest = rest[digits..].trim_start();
            let letters = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            let unit = unit(&rest[..letters].to_lowercase())?;
            rest = rest[letters..].trim_start();
            total = total.checked_add(scaled(number, unit)?)?;
        }
        Some(Self(total))
    }
}

/// Returns `number` times `unit`, rounded; `None` if it is negative or 10^15 and more.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range is checked"
)]
fn scaled(number: f64, unit: u64) -> Option<u64> {
    let product = number * unit as f64;
    (0.0..1e15)
        .contains(&product)
        .then_some(product.round() as u64)
}

fn unit(word: &str) -> Option<u64> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure"
        | "heures" | "hora" | "horas" => HOUR,
        "d" | "day" | "days" | "tag" | "tage" | "tagen" | "jour" | "jours" | "dia" | "dias"
        | "día" | "días" => DAY,
        "w" | "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" | "semana"
        | "semanas" => 7 * DAY,
        "month" | "months" | "monat" | "monate" | "monaten" | "mois" | "mes" | "meses" => 30 * DAY,
        "year" | "years" | "jahr" | "jahre" | "jahren" | "an" | "ans" | "año" | "años" => {
            365 * DAY
        }
        _ => return None,
    })
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")];
        let whole = units
            .iter()
            .find(|(unit, _)| self.0 >= *unit && self.0.is_multiple_of(*unit));
        match whole {
            Some((unit, word)) => write!(f, "{} {word}", self.0 / unit),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// Parses a size such as `512m`, `8GB` or `1Gi` into bytes; all units are powers of 1024. Returns `None` for anything
/// else.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "ki" | "kib" => 1 << 10,
        "m" | "mb" | "mi" | "mib" => 1 << 20,
        "g" | "gb" | "gi" | "gib" => 1 << 30,
        "t" | "tb" | "ti" | "tib" => 1 << 40,
        _ => return None,
    };
    scaled(number, unit)
}

/// Formats a number of bytes in GiB or MiB.
pub(crate) fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 && bytes.is_multiple_of(1 << 30) {
        format!("{} GiB", bytes >> 30)
    } else {
        format!("{} MiB", bytes >> 20)
    }
}

/// Parses a percentage such as `99.9%` into millionths; returns `None` if it is above 100 %.
pub fn percent(text: &str) -> Option<u32> {
    let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    let millionths = scaled(number, 10_000)?;
    u32::try_from(millionths)
        .ok()
        .filter(|share| *share <= 1_000_000)
}

/// Returns how many days after 1970-01-01 a date such as `2026-01-31` is; `None` if it is not a date.
pub fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-');
    let year = parts.next().filter(|part| part.len() == 4)?;
    let (month, of_month) = (parts.next()?, parts.next()?);
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if month.len() != 2
        || of_month.len() != 2
        || ![year, month, of_month].into_iter().all(is_number)
    {
        return None;
    }
    let (year, month, of_month): (i64, i64, i64) = (
        year.parse().ok()?,
        month.parse().ok()?,
        of_month.parse().ok()?,
    );
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let most = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=most).contains(&of_month) {
        return None;
    }
    let (year, month) = if month <= 2 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + of_month - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1h", Some(Span::hours(1))),
            ("4 hours", Some(Span::hours(4))),
            ("2h30m", Some(Span::minutes(150))),
            ("1.5 days", Some(Span::hours(36))),
            ("200ms", Some(Span(200))),
            ("3 h 20 min", Some(Span::minutes(200))),
            ("2 Stunden 30 Minuten", Some(Span::minutes(150))),
            ("7 years", Some(Span::days(2555))),
            ("90 días", Some(Span::days(90))),
            ("", None),
            ("soon", None),
            ("5", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(Span::parse(text), expected, "{text}");
        }
        assert_eq!(Span::hours(24).to_string(), "1 d");
        assert_eq!(Span(1500).to_string(), "1500 ms");
    }

    #[test]
    fn sizes_and_shares_are_read() {
        assert_eq!(bytes("512m"), Some(512 << 20));
        assert_eq!(bytes("8GB"), Some(8 << 30));
        assert_eq!(bytes("1.5Gi"), Some(3 << 29));
        assert_eq!(bytes("lots"), None);
        assert_eq!(percent("99.95%"), Some(999_500));
        assert_eq!(percent("101%"), None);
    }

    #[test]
    fn dates_are_days() {
        assert_eq!(day_number("1970-01-01"), Some(0));
        assert_eq!(day_number("2000-02-29"), Some(11_016));
        assert_eq!(day_number("2026-01-01"), Some(20_454));
        for wrong in ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "x"] {
            assert_eq!(day_number(wrong), None, "{wrong}");
        }
    }
}
