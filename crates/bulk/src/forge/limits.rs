//! How long to wait for a forge: what its headers say about rate limits, and which requests are repeated.
//!
//! GitHub: `x-ratelimit-*` and `retry-after`, secondary limits by 403 or 429 with or without a header (docs.github.com,
//! *Rate limits for the REST API*). GitLab: `RateLimit-*` and `Retry-After` with 429. Azure DevOps: `Retry-After` even
//! with 200, when it delays (*Rate and usage limits*). Bitbucket: 429, `X-RateLimit-NearLimit`. GitHub's were compared
//! with its API description on 2026-11-29; the others follow their documentation and have not been tested against a
//! real server.

use std::time::Duration;

/// How many times a failing request is made.
pub(super) const TRIES: u32 = 4;

/// The pause after the first server error.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// GitHub asks for at least a minute if a secondary limit gives no time.
const SECONDARY_PAUSE: Duration = Duration::from_secs(60);

/// The longest wait for one limit: GitHub's and GitLab's are lifted within an hour.
pub(super) const LONGEST: Duration = Duration::from_secs(65 * 60);

/// One in this many requests is reserved for what must be asked for.
const SPARE: u64 = 5;

/// What the headers of an answer say about limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// When requests are answered again, in seconds from now.
    retry_after: Option<u64>,
    /// How many requests are allowed, and how many of them are left.
    limit: Option<u64>,
    remaining: Option<u64>,
    /// When there will be more, in seconds from now.
    reset: Option<u64>,
}

impl Limits {
    /// Reads headers, given a lookup by lower-case name.
    pub(super) fn read<'h>(header: impl Fn(&str) -> Option<&'h str>, now: i64) -> Self {
        let number = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| header(name)?.trim().parse::<u64>().ok())
        };
        let retry_after = header("retry-after").map(str::trim).and_then(|text| {
            let of_date = || {
                let date = jiff::fmt::rfc2822::parse(text).ok()?;
                u64::try_from(date.timestamp().as_second() - now).ok()
            };
            text.parse().ok().or_else(of_date)
        });
        let reset = number(["x-ratelimit-reset", "ratelimit-reset"]).map(|time| {
            let now = u64::try_from(now).unwrap_or(0);
            // Seconds since 1970, unless the number is so small that it must be seconds from now.
            if time > 1_000_000_000 {
                time.saturating_sub(now) + 1
            } else {
                time
            }
        });
        Self {
            retry_after,
            limit: number(["x-ratelimit-limit", "ratelimit-limit"]),
            remaining: number(["x-ratelimit-remaining", "ratelimit-remaining"]),
            reset,
        }
    }

    /// Whether so few requests are left that what can wait should.
    pub(super) fn is_scarce(&self) -> bool {
        let limit = self.limit.unwrap_or(0);
        self.remaining.is_some_and(|left| left < limit / SPARE)
    }

    /// Returns how long to make no further request after a successful answer.
    pub(super) fn pause(&self) -> Option<Duration> {
        let spent = self.reset.filter(|_| self.remaining == Some(0));
        self.retry_after.or(spent).map(Duration::from_secs)
    }

    /// Returns how long to wait before repeating the request after `tries` tries; `None` if that does not help.
    pub(super) fn again(&self, status: u16, body: &str, tries: u32) -> Option<Duration> {
        let is_spent = self.remaining == Some(0);
        let doubled = |first: Duration| first * 2_u32.pow(tries.min(8) - 1);
        match status {
            429 => Some(self.pause().unwrap_or_else(|| doubled(SECONDARY_PAUSE))),
            403 if self.retry_after.is_some() || is_spent => self.pause(),
            403 if is_limit(body) => Some(doubled(SECONDARY_PAUSE)),
            408 | 500 | 502 | 503 | 504 if tries < TRIES => {
                Some(self.pause().unwrap_or_else(|| doubled(FIRST_PAUSE)))
            }
            _ => None,
        }
    }
}

/// Returns the pause after a request that failed without an answer.
pub(super) fn after_failure(tries: u32) -> Option<Duration> {
    (tries < TRIES).then(|| FIRST_PAUSE * 2_u32.pow(tries - 1))
}

/// Whether a refusal is about a rate limit.
fn is_limit(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    body.contains("rate limit") || body.contains("abuse detection")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn limits(headers: &[(&str, &'static str)]) -> Limits {
        let find = |name: &str| headers.iter().find(|it| it.0 == name).map(|it| it.1);
        Limits::read(find, NOW)
    }

    #[test]
    fn what_is_spent_is_waited_for() {
        let primary = limits(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1800000059"),
        ]);
        assert_eq!(primary.pause(), Some(Duration::from_secs(60)));
        assert_eq!(primary.again(403, "", 1), Some(Duration::from_secs(60)));
        let left = limits(&[
            ("x-ratelimit-remaining", "9"),
            ("x-ratelimit-reset", "1800000059"),
        ]);
        assert_eq!(
            (left.pause(), left.again(403, "Forbidden", 1)),
            (None, None)
        );
        let gitlab = limits(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "30")]);
        assert_eq!(gitlab.again(429, "", 1), Some(Duration::from_secs(30)));
        let date = limits(&[("retry-after", "Fri, 15 Jan 2027 08:00:10 GMT")]);
        assert_eq!(date.again(503, "", 1), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_part_of_the_requests_is_spared() {
        let left = |left| {
            limits(&[
                ("x-ratelimit-limit", "5000"),
                ("x-ratelimit-remaining", left),
            ])
        };
        assert!(!left("1000").is_scarce() && left("999").is_scarce());
        // A self-hosted server may have no limits.
        assert!(!limits(&[]).is_scarce());
    }

    #[test]
    fn secondary_limits_and_failures_are_waited_for_longer_each_time() {
        let none = Limits::default();
        let body = "You have exceeded a secondary rate limit";
        assert_eq!(none.again(403, body, 1), Some(Duration::from_secs(60)));
        assert_eq!(none.again(403, body, 2), Some(Duration::from_secs(120)));
        assert_eq!(none.again(429, "", 3), Some(Duration::from_secs(240)));
        assert_eq!(none.again(502, "", 2), Some(Duration::from_secs(1)));
        assert_eq!(none.again(502, "", TRIES), None);
        for status in [400, 401, 403, 404, 422] {
            assert_eq!(none.again(status, "no", 1), None);
        }
    }
}
