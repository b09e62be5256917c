//! Tokens that are a JSON object in base64, with or without a prefix: 1Password's service accounts, Grafana's old
//! keys.

use super::Outcome;
use super::encoding::{ascii, base64, json_object};

/// Every JSON object begins with `{"`, so its base64 begins with this.
const BEGIN: &str = "eyJ";

/// Proven if the result is a JSON object, whatever precedes its base64.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let is_object = ascii(secret)
        .and_then(|text| text.find(BEGIN).map(|at| &text[at..]))
        .and_then(|text| base64(text.as_bytes()))
        .and_then(|bytes| json_object(&bytes))
        .is_some_and(|object| !object.is_empty());
    if is_object {
        Outcome::Proven(Vec::new())
    } else {
        Outcome::Disproved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_object_passes() {
        assert_eq!(check(b"ops_eyJlbWFpbCI6ImEifQ"), Outcome::Proven(vec![]));
        assert_eq!(check(b"ops_eyJlbWFpbCI6Im"), Outcome::Disproved);
        assert_eq!(check(b"ops_e30"), Outcome::Disproved);
    }
}
