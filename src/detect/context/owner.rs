//! Keys that identify their holder and open nothing by themselves: OAuth 1 consumer keys, and license keys.

use std::ops::Range;

use crate::detect::comment::LINE_LIMIT;

/// Whether a key that `rule` found only identifies its holder.
pub(in crate::detect) fn names_its_owner(
    bytes: &[u8],
    (name, value): (&Range<usize>, &Range<usize>),
    rule: &str,
) -> bool {
    rule == "generic/api-key"
        && (is_key_of_consumer(bytes, name, value)
            || is_license(&bytes[name.clone()], &bytes[value.clone()]))
}

/// Whether a name is that of an OAuth 1 consumer key, which identifies an application and has its secret in another
/// value. The consumer key of `OVHcloud`, which goes with an application secret, is a credential.
fn is_key_of_consumer(bytes: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let own = bytes[name.clone()]
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric());
    let own: Vec<u8> = own.map(u8::to_ascii_lowercase).collect();
    if !own.ends_with(b"consumerkey") {
        return false;
    }
    let reach = LINE_LIMIT / 2;
    let around = &bytes[name.start.saturating_sub(reach)..bytes.len().min(value.end + reach)];
    let has = |word: &[u8]| {
        around
            .windows(word.len())
            .any(|text| text.eq_ignore_ascii_case(word))
    };
    !has(b"application_secret") && !has(b"applicationSecret") && !has(b"ovh")
}

/// Whether a key is a license key, which lets a copy of a program run and opens no account: its name mentions no
/// service, or it is written in groups like a serial number.
fn is_license(name: &[u8], value: &[u8]) -> bool {
    let own = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let letters = own.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let letters: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let stem = [&b"licensekey"[..], b"licencekey"]
        .iter()
        .find_map(|end| letters.strip_suffix(*end));
    let is_serial = || {
        let groups = value.split(|byte| *byte == b'-');
        let is_group = |group: &[u8]| {
            let is_of_group = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            (4..=8).contains(&group.len()) && group.iter().all(is_of_group)
        };
        groups.clone().count() >= 4 && groups.into_iter().all(is_group)
    };
    let is_bare = |stem: &[u8]| {
        [
            &b""[..],
            b"app",
            b"product",
            b"software",
            b"the",
            b"my",
            b"pro",
        ]
        .contains(&stem)
    };
    stem.is_some_and(|stem| is_bare(stem) && value.len() != 40 || is_serial())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_consumer_is_public() {
        let check = |text: &str, name: &str| {
            let start = text.find("VALUE").unwrap();
            let value = start..start + 5;
            is_key_of_consumer(text.as_bytes(), &(0..name.len()), &value)
        };
        assert!(check("oauth_consumer_key: VALUE", "oauth_consumer_key"));
        assert!(check("consumerKey = VALUE", "consumerKey"));
        assert!(!check("consumer_secret: VALUE", "consumer_secret"));
        assert!(!check(
            "consumer_key = VALUE\napplication_secret = x",
            "consumer_key"
        ));
    }

    #[test]
    fn licenses_are_told_from_keys_of_services() {
        let serial = ["31LAMP", "54ISGW", "14DOOR", "ES9ICL"].join("-");
        let check = |name: &str, value: &str| is_license(name.as_bytes(), value.as_bytes());
        assert!(check("LICENSE_KEY", &serial) && check("app.licenceKey", "kT7vv2Qp9xLmR4"));
        assert!(check("LAMP_LICENSE_KEY", &serial));
        assert!(!check("MAXMIND_LICENSE_KEY", "kT7vv2Qp9xLmR4"));
        assert!(!check("NEW_RELIC_LICENSE_KEY", &"4a17".repeat(10)));
        assert!(!check("license_key", &"4a17".repeat(10)));
        assert!(!check("API_KEY", &serial));
    }
}
