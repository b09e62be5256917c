//! Slack: tokens and webhook URLs have no checksum, but their parts are ids that differ from those of samples.

use super::Outcome;
use super::encoding::{ascii, fact};
use super::filler::is_filler;

const WEBHOOK: &str = "hooks.slack.com/";

pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret) else {
        return Outcome::Disproved;
    };
    if let Some(at) = text.find(WEBHOOK) {
        return check_webhook(&text[at + WEBHOOK.len()..]);
    }
    match text.split_once('-') {
        Some(("xapp", rest)) => check_app(rest),
        Some((_, rest)) => check_token(rest),
        None => Outcome::Disproved,
    }
}

/// Judges `services/T…/B…/…`, `workflows/T…/A…/…/…` or `triggers/E…/…/…`; the last part is the
/// secret.
fn check_webhook(path: &str) -> Outcome {
    let mut parts = path.split('/');
    let team = parts.nth(1).unwrap_or_default();
    let secret = parts.next_back().unwrap_or_default();
    let has_digit = team.bytes().any(|byte| byte.is_ascii_digit());
    if secret.is_empty() || !has_digit || is_filler(secret.as_bytes()) || is_filler(team.as_bytes())
    {
        return Outcome::Disproved;
    }
    Outcome::Plausible(vec![fact("team", team)])
}

/// Judges `1-A…-…-…`: version, app, a number, 64 hex digits.
fn check_app(rest: &str) -> Outcome {
    let parts: Vec<_> = rest.split('-').collect();
    match parts[..] {
        [_, app, _, secret] if !is_filler(secret.as_bytes()) => {
            Outcome::Plausible(vec![fact("app", app)])
        }
        _ => Outcome::Disproved,
    }
}

/// Judges numbers joined by hyphens, followed by the secret. Samples count upwards: `123456789012-…`.
fn check_token(rest: &str) -> Outcome {
    let secret = rest.rsplit('-').next().unwrap_or_default();
    if is_filler(secret.as_bytes())
        || rest.starts_with("123456789")
        || rest.starts_with("0123456789")
    {
        Outcome::Disproved
    } else {
        Outcome::Plausible(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_is(parts: &[&str], expected: &Outcome) {
        assert_eq!(check(parts.concat().as_bytes()), *expected, "{parts:?}");
    }

    #[test]
    fn samples_are_told_from_tokens() {
        let plausible = Outcome::Plausible(vec![]);
        check_is(
            &["xoxb", "-2849372610-3920481726-q7Zk3nP0dXu2Wb8sRt5vYc1E"],
            &plausible,
        );
        check_is(
            &[
                "xoxb",
                "-123456789012-1234567890123-q7Zk3nP0dXu2Wb8sRt5vYc1E",
            ],
            &Outcome::Disproved,
        );
        check_is(
            &["xoxb", "-2849372610-3920481726-xxxxxxxxxxxxxxxxxxxxxxxx"],
            &Outcome::Disproved,
        );
    }

    #[test]
    fn a_webhook_tells_its_team() {
        let team = Outcome::Plausible(vec![fact("team", "T02KQ7P9A")]);
        check_is(
            &[
                "https://hooks.slack.com/",
                "services/T02KQ7P9A/B03LM8Q2C/q7Zk3nP0dXu2Wb8sRt5vYc1E",
            ],
            &team,
        );
        check_is(
            &[
                "https://hooks.slack.com/",
                "services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            ],
            &Outcome::Disproved,
        );
    }
}
