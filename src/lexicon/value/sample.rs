//! Values that were made up to show a format, and that documentation has copied ever since.

/// Substrings of made-up values, in upper case.
const PARTS: &[&str] = &[
    "EXAMPLE",
    "XXXXX",
    "REDACTED",
    "PLACEHOLDER",
    "YOUR_",
    "YOUR-",
    "CHANGEME",
    "ABC-DEF1234",
    "0123456789",
    "1234567890",
    "ABCDEFGHIJ",
    "QWERTYUIOP",
];

/// Substrings of values that vendors publish, in upper case: keys of emulators and for tests, which are the same for
/// everyone, and values in documentation.
#[rustfmt::skip]
const PUBLISHED: &[&str] = &[
    // Azure's storage emulator, and the Cosmos DB emulator.
    "EBY8VDM02XNOCQFL", "C2Y6YDJF5/R+OB0N8A7CGV30VRDJ",
    // The client secrets of Google's own command line, which it publishes: an installed program cannot keep a secret.
    "ZMSSLNJJY2998HD4CTG2EJR2", "D-FL95Q19Q7MQMFPD7HHD0TY",
    // Test keys of hCaptcha and Turnstile, which always pass or always fail, and of reCAPTCHA.
    "0X0000000000000000000000000000000000000000", "1X0000000000000000000000000000000AA",
    "2X0000000000000000000000000000000AA", "3X0000000000000000000000000000000AA", "6LEIXACTAAAAA",
    // Defaults in templates of Rails, of a Vault operator and of IdentityServer.
    "A1B2C3D4E5F6", "3XTR3MS3CR3T", "511536EF-F270-4058-80CA-1C89C192F69A", "49C1A7E1-0C79-4A89-A3D6-A37998FB86B0",
    // The accounts of Stripe's API reference, whose number is in the ids and client secrets of all its objects, and its
    // keys.
    "2EZVKYLO2C", "LKDIWHU7IX", "4EC39HQLYJWDARJTT1", "BQOKIKJOVBII2HLWGH4OLFQ2",
    // SendGrid's API reference, Elasticsearch's, Slack's, Giphy's, Algolia's public index.
    "NGEVFQFYQLKU0UFO8X5D1A", "UI2LP2AXTNMSYAKW9TVNNW", "VNVHQ2ZHY0JDZGJRUW0TZTVHT3G6", "8F742231B10E8888ABCD99YYYZZZ85A5",
    "DC6ZATOXFJMZC", "6BE0576FF61C053D5F9A3225E2A90F76",
    // MinIO's public playground.
    "Q3AM3UQ867SPQQA43P2F", "ZUF+TFTESLSWRU7BJ86WEKITNIFILBZAM1KYY3TG",
    // Samples of RFC 6749, RFC 7515 and jwt.io, which many manuals copy; a TOTP secret from manuals.
    "2YOTNFZFEJR1ZCSICMWPAA", "TGZV3JOKF0XG5QX2TLKWIA", "SPLXLOBEZQQYBYS6WXSBIA", "7FJFP0ZBR1KTDRBNFVDMIW",
    "AYM1SYSPPBYDFGZLD3UMJ1QZKOBVWMKOQQ", "SFLKXWRJSMEKKF2QT4FWPMEJF36POK6YJV_ADQSSW5C", "JBSWY3DPEHPK3PXP",
    // Google's documentation of OAuth.
    "6BMFW9J53GDGIMSIXUH6KU5RSR4ZWI9LUVX", "FFAGRNJRU1FTZ70BZHT3ZG", "P7Q7W91A-OMSCELVIAQM6BTRGTP7",
    // The accounts of local developer networks: Hardhat's, Foundry's, Ganache's.
    "AC0974BEC39A17E3", "59C6995E998F97A5", "5DE4111AFA1A4B94", "7C852118294E51E6", "47E179EC19748859", "8B3A350CF5C34C91",
    "92DB14E403B83DFE", "4BBBF85CE3377467", "DBDA1821B80551C9", "2A871D0798F97D79", "4F3EDF983AC636A6",
];

/// Tokens of vendors' test modes, in lower case.
const TEST_MODES: &[&str] = &[
    "access-sandbox-",
    "link-sandbox-",
    "public-sandbox-",
    "sandbox-",
];

/// Returns whether the beginning of `value` says that it is for its vendor's test mode, in which nothing is real:
/// `test_…`, `sk_test_…`.
pub fn is_of_test_mode(value: &str) -> bool {
    let head = value.get(..12.min(value.len())).unwrap_or_default();
    head.len() == 12
        && head.split_once(['_', '-']).is_some_and(|(first, rest)| {
            let is_test = |word: &str| {
                word.eq_ignore_ascii_case("test") || word.eq_ignore_ascii_case("sandbox")
            };
            let second = rest.split(['_', '-']).next().unwrap_or_default();
            is_test(first) || first.len() <= 3 && second.len() < rest.len() && is_test(second)
        })
}

/// Returns whether `value` is made up, or published by a vendor for everyone.
pub fn is_sample(value: &str) -> bool {
    let bytes = value.as_bytes();
    let starts = |start: &&str| {
        let head = bytes.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    PARTS.iter().any(|part| super::holds(value, part))
        || TEST_MODES.iter().any(starts)
        || is_of_documentation(value)
}

/// Whether `value` is from a vendor's documentation or emulator, whichever rule matches it: `AKIA…EXAMPLE`.
pub(super) fn is_of_documentation(value: &str) -> bool {
    const SHORTEST: usize = 12;
    let is_amazons = || value.ends_with("EXAMPLE") || value.ends_with("EXAMPLEKEY");
    value.len() >= 16 && is_amazons()
        || value.len() >= SHORTEST && PUBLISHED.iter().any(|part| super::holds(value, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_test_mode_say_so() {
        for value in [
            "test_geEsJwIpuCVWRqs",
            "sk_test_q8Zr2LkT0vXw5Ns",
            "sandbox-q8Zr2LkT0vXw5Ns",
        ] {
            assert!(is_of_test_mode(value), "{value}");
        }
        for value in [
            "test_a",
            "testq8Zr2LkT0vXw5Ns",
            "my-own-test-q8Zr2LkT0v",
            "sk_live_q8Zr2LkT0vXw5Ns",
            "contest_q8Zr2LkT0v",
        ] {
            assert!(!is_of_test_mode(value), "{value}");
        }
    }

    #[test]
    fn what_vendors_publish_is_known_by_every_rule() {
        let stripe = ["pi_3Mtw", "BwLkdIwHu7ix28a3tqPa", "_secret_Yr"].concat();
        let captcha = ["6LeIxAcT", "AAAAAGG-vFI1TnRWxMZNFuo"].concat();
        for value in [stripe.as_str(), captcha.as_str(), "AKIAIOSFODNN7EXAMPLE"] {
            assert!(is_of_documentation(value) && is_sample(value), "{value}");
            assert!(
                crate::lexicon::value::opens_nothing("API_KEY", value),
                "{value}"
            );
        }
        for value in [
            "Example123!",
            "my-EXAMPLE",
            "qwertyuiop12",
            "1234567890",
            "q8Zr2LkT0vXw5Ns7pD3f",
        ] {
            assert!(!is_of_documentation(value), "{value}");
        }
    }

    #[test]
    fn samples_are_known_by_their_parts() {
        assert!(is_sample("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        assert!(is_sample("sk-lf-1234567890"));
        assert!(is_sample("01234567890123456789012345678901"));
        assert!(is_sample("access-sandbox-7f3a9c1e"));
        assert!(!is_sample("q8Zr2LkT0vXw5Ns"));
    }
}
