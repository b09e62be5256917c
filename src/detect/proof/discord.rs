//! Discord's bot tokens: the bot's id in base64, a time, and a signature.

use super::Outcome;
use super::encoding::{ascii, base64, fact};
use super::time::rfc3339;

/// Discord's ids contain milliseconds since the beginning of 2015, above 22 other bits.
const EPOCH_SECONDS: u64 = 1_420_070_400;
const OTHER_BITS: u32 = 22;

pub(super) fn check(secret: &[u8]) -> Outcome {
    let id = ascii(secret)
        .and_then(|text| text.split_once('.'))
        .and_then(|(id, _)| base64(id.as_bytes()))
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|id| (17..=20).contains(&id.len()) && !id.starts_with('0'));
    let Some((id, number)) = id.and_then(|id| Some((id.parse::<u64>().ok()?, id))) else {
        return Outcome::Disproved;
    };
    let created = i64::try_from((id >> OTHER_BITS) / 1000 + EPOCH_SECONDS)
        .ok()
        .and_then(rfc3339);
    let created = created.map(|time| fact("created", &time));
    Outcome::Proven([fact("bot", &number)].into_iter().chain(created).collect())
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn the_bot_and_its_age_are_read() {
        let token = format!(
            "{}.GhIjKl.{}",
            to_base64(b"175928847299117063"),
            "k".repeat(38)
        );
        let expected = vec![
            fact("bot", "175928847299117063"),
            fact("created", "2016-04-30T11:18:25Z"),
        ];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
        assert_eq!(check(b"MTIz.GhIjKl.kkkk"), Outcome::Disproved);
    }
}
