//! Tokens of Matrix servers: a CRC-32 in base 62 covers everything before the last `_`.

use super::Outcome;
use super::encoding::{BASE62, ascii, base64, check_tail, fact, in_alphabet};

const WIDTH: usize = 6;

/// In Synapse's tokens, the user's name in base64 follows this prefix.
const SYNAPSE: &str = "syt_";

pub(super) fn check(secret: &[u8]) -> Outcome {
    match check_tail(secret, WIDTH, complete) {
        Outcome::Proven(_) => Outcome::Proven(user(secret).into_iter().collect()),
        outcome => outcome,
    }
}

fn user(secret: &[u8]) -> Option<crate::model::Fact> {
    let (name, _) = ascii(secret)?.strip_prefix(SYNAPSE)?.split_once('_')?;
    let name = String::from_utf8(base64(name.as_bytes())?).ok()?;
    let is_name = !name.is_empty() && !name.contains(char::is_control);
    is_name.then(|| fact("user", &name))
}

pub(super) fn complete(body: &str) -> Option<String> {
    let covered = body.strip_suffix('_').filter(|text| text.contains('_'))?;
    let crc = crc32fast::hash(covered.as_bytes());
    let checksum = if body.starts_with(SYNAPSE) {
        in_alphabet(crc, BASE62, WIDTH)
    } else {
        // The authentication service writes the digits in reverse order, but pads on the same side.
        let digits: String = in_alphabet(crc, BASE62, 1).chars().rev().collect();
        format!("{digits:0>WIDTH$}")
    };
    Some(body.to_owned() + &checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_tokens_pass() {
        // From the tests in the authentication service's documentation.
        for token in [
            concat!("mat_kkLSacJDpek22jK", "Ww4AcXG68b7U3W6_0Lg9yb"),
            concat!("mar_PkpplxPkfjsqvtd", "fUlYR1Afg2TpaHF_GaTQd2"),
        ] {
            assert_eq!(check(token.as_bytes()), Outcome::Proven(vec![]), "{token}");
        }
    }

    #[test]
    fn a_token_of_synapse_names_its_user() {
        let token = complete("syt_Ym90_abcdefghijklmnopqrst_").expect("a body");
        assert_eq!(
            check(token.as_bytes()),
            Outcome::Proven(vec![fact("user", "bot")])
        );
    }
}
