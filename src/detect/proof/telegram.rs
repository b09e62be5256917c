//! Telegram's bot tokens: the bot's id, a colon, 35 characters.

use super::Outcome;
use super::encoding::{ascii, fact};
use super::filler::is_filler;

/// The beginning of the secret in all current tokens.
const BEGIN: &str = "AA";

pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some((bot, key)) = ascii(secret).and_then(|text| text.split_once(':')) else {
        return Outcome::Disproved;
    };
    // The token in the Bot API's own documentation counts up to six.
    if !key.starts_with(BEGIN) || is_filler(key.as_bytes()) || bot.starts_with("123456") {
        return Outcome::Disproved;
    }
    Outcome::Plausible(vec![fact("bot", bot)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bot_is_named() {
        let token = ["7264918350:AA", "Hq7Zk3nP0dXu2Wb8sRt5vYc1EjKm4LoQx"].concat();
        let expected = vec![fact("bot", "7264918350")];
        assert_eq!(check(token.as_bytes()), Outcome::Plausible(expected));
        assert_eq!(
            check(token.replace("7264918", "123456").as_bytes()),
            Outcome::Disproved
        );
    }
}
