//! `user:password` in base64: the `auth` of a Docker configuration and the `Basic` scheme of HTTP.

use super::Outcome;
use super::encoding::{base64, fact};
use super::url::is_no_password;

pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some(decoded) = base64(secret) else {
        return Outcome::Disproved;
    };
    let Some((user, password)) = std::str::from_utf8(&decoded)
        .ok()
        .and_then(|text| text.split_once(':'))
    else {
        return Outcome::Disproved;
    };
    // Google's registries take a service account's key file as the password.
    if user.starts_with("_json_key") && password.contains("PRIVATE KEY") {
        return Outcome::Proven(vec![fact("user", user)]);
    }
    if user.chars().any(char::is_control)
        || password.chars().any(char::is_control)
        || is_no_password(password)
        // The pair in RFC 7617's own example.
        || password == "open sesame"
    {
        return Outcome::Disproved;
    }
    // The user may be empty, or a token itself (`token:x-oauth-basic`), which must not be shown.
    let is_name = (1..=32).contains(&user.len()) && password != "x-oauth-basic";
    Outcome::Proven(is_name.then(|| fact("user", user)).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn the_pair_must_be_there_and_must_not_be_a_placeholder() {
        for (pair, expected) in [
            ("ci:q7Zk3nP0", Outcome::Proven(vec![fact("user", "ci")])),
            ("q7Zk3nP0:x-oauth-basic", Outcome::Proven(vec![])),
            (
                "_json_key:{\n\"private_key\": \"-----BEGIN PRIVATE KEY-----\"}",
                Outcome::Proven(vec![fact("user", "_json_key")]),
            ),
            ("user:password", Outcome::Disproved),
            ("ci:", Outcome::Disproved),
            ("q7Zk3nP0", Outcome::Disproved),
            ("ci:\u{1}", Outcome::Disproved),
        ] {
            assert_eq!(
                check(to_base64(pair.as_bytes()).as_bytes()),
                expected,
                "{pair}"
            );
        }
    }
}
