//! Presigned URLs: of S3 and compatible services, Google Cloud Storage and `CloudFront`.

use super::Outcome;
use super::encoding::{ascii, fact};
use super::time::{rfc3339, seconds_of};
use crate::model::Fact;

/// The parameter names of one scheme.
struct Scheme {
    service: &'static str,
    signature: &'static str,
    /// The parameter with the start time, if `ends` is a number of seconds after it rather than a time.
    starts: Option<&'static str>,
    ends: &'static str,
    /// The parameter that identifies the signer.
    signer: &'static str,
}

const SCHEMES: &[Scheme] = &[
    Scheme {
        service: "S3",
        signature: "X-Amz-Signature",
        starts: Some("X-Amz-Date"),
        ends: "X-Amz-Expires",
        signer: "X-Amz-Credential",
    },
    Scheme {
        service: "Google Cloud Storage",
        signature: "X-Goog-Signature",
        starts: Some("X-Goog-Date"),
        ends: "X-Goog-Expires",
        signer: "X-Goog-Credential",
    },
    old("S3", "AWSAccessKeyId"),
    old("Google Cloud Storage", "GoogleAccessId"),
    old("CloudFront", "Key-Pair-Id"),
];

const fn old(service: &'static str, signer: &'static str) -> Scheme {
    Scheme {
        service,
        signature: "Signature",
        starts: None,
        ends: "Expires",
        signer,
    }
}

/// The maximum validity of a URL with a start time, in seconds: services reject longer ones.
const LONGEST: i64 = 604_800;

/// The minimum length of a signature in base64, in characters.
const SIGNATURE: usize = 27;

/// Reads the parameters of a URL, which can be used until the time they give, and no longer.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let facts = ascii(secret).and_then(|query| {
        let query = query.replace("&amp;", "&").replace("\\u0026", "&");
        SCHEMES.iter().find_map(|scheme| scheme.read(&query))
    });
    facts.map_or(Outcome::Disproved, Outcome::Proven)
}

impl Scheme {
    fn read(&self, query: &str) -> Option<Vec<Fact>> {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?.1;
            (!found.is_empty()).then_some(found)
        };
        value(self.signer)?;
        value(self.signature).filter(|signature| signature.len() >= SIGNATURE)?;
        let number: i64 = value(self.ends)?.parse().ok()?;
        let ends = match self.starts {
            Some(starts) => seconds_of(value(starts)?)?.checked_add(number.min(LONGEST))?,
            None => number,
        };
        Some(vec![
            fact("service", self.service),
            fact("expires", &rfc3339(ends)?),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(query: &str, expected: Option<(&str, &str)>) {
        let facts = |(service, expires)| vec![fact("service", service), fact("expires", expires)];
        let expected = expected.map_or(Outcome::Disproved, |it| Outcome::Proven(facts(it)));
        assert_eq!(check(query.as_bytes()), expected, "{query}");
    }

    #[test]
    fn the_end_of_a_signature_is_read_from_it() {
        let hex = "0f".repeat(32);
        let v4 = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ID%2F20240101&X-Amz-Date=20240101T000000Z\
             &X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature={hex}"
        );
        check_text(&v4, Some(("S3", "2024-01-08T00:00:00Z")));
        // No service accepts it for more than a week.
        check_text(
            &v4.replace("604800", "9223372036854775807"),
            Some(("S3", "2024-01-08T00:00:00Z")),
        );
        check_text(
            &v4.replace('&', "&amp;"),
            Some(("S3", "2024-01-08T00:00:00Z")),
        );
        check_text(
            &v4.replace('&', "\\u0026"),
            Some(("S3", "2024-01-08T00:00:00Z")),
        );
        check_text(
            &v4.replace("-Amz-", "-Goog-"),
            Some(("Google Cloud Storage", "2024-01-08T00:00:00Z")),
        );
        let old = format!(
            "Signature={}%3D&Expires=1545000000&AWSAccessKeyId=ID",
            &hex[..27]
        );
        check_text(&old, Some(("S3", "2018-12-16T22:40:00Z")));
        check_text(
            &old.replace("AWSAccessKeyId", "Key-Pair-Id"),
            Some(("CloudFront", "2018-12-16T22:40:00Z")),
        );
    }

    #[test]
    fn what_lacks_a_part_is_no_signed_address() {
        let hex = "0f".repeat(32);
        for query in [
            "",
            "AWSAccessKeyId=ID&Expires=1545000000",
            "AWSAccessKeyId=ID&Expires=1545000000&Signature=<signature>",
            &format!("AWSAccessKeyId=ID&Expires=never&Signature={hex}"),
            &format!("AWSAccessKeyId=ID&Expires=-1&Signature={hex}"),
            &format!("X-Amz-Credential=ID&X-Amz-Date=today&X-Amz-Expires=60&X-Amz-Signature={hex}"),
        ] {
            check_text(query, None);
        }
    }
}
