//! Values that somebody made up to show a form, and that documentation has copied since.

/// Parts of samples, in upper case.
const PARTS: &[&str] = &[
    "EXAMPLE",
    "XXXXX",
    "REDACTED",
    "PLACEHOLDER",
    "YOUR_",
    "YOUR-",
    "CHANGEME",
    "ABC-DEF1234",
    // The key of Azure's storage emulator, the same for everybody.
    "EBY8VDM02XNOCQFL",
    // The database emulator's.
    "C2Y6YDJF5/R+OB0N8A7CGV30VRDJ",
    // The client secrets of Google's own command line, which it publishes: an installed program cannot keep one.
    "ZMSSLNJJY2998HD4CTG2EJR2",
    "D-FL95Q19Q7MQMFPD7HHD0TY",
    // hCaptcha's and Turnstile's keys for tests, which pass or fail always.
    "0X0000000000000000000000000000000000000000",
    "1X0000000000000000000000000000000AA",
    "2X0000000000000000000000000000000AA",
    "3X0000000000000000000000000000000AA",
    // reCAPTCHA's.
    "6LEIXACTAAAAA",
    // What templates of Rails, of a Vault operator and of IdentityServer come with.
    "A1B2C3D4E5F6",
    "3XTR3MS3CR3T",
    "511536EF-F270-4058-80CA-1C89C192F69A",
    "49C1A7E1-0C79-4A89-A3D6-A37998FB86B0",
    "0123456789",
    "1234567890",
    "ABCDEFGHIJ",
    "QWERTYUIOP",
];

/// Tokens of vendors' test modes, in lower case.
const TEST_MODES: &[&str] = &[
    "access-sandbox-",
    "link-sandbox-",
    "public-sandbox-",
    "sandbox-",
];

/// Whether `value` says at its beginning that it is for the test mode of its vendor, where nothing is real: `test_…`,
/// `sk_test_…`.
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

/// Whether `value` is made up, or published by a vendor for everybody.
pub fn is_sample(value: &str) -> bool {
    let bytes = value.as_bytes();
    let starts = |start: &&str| {
        let head = bytes.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    PARTS.iter().any(|part| super::holds(value, part)) || TEST_MODES.iter().any(starts)
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
    fn samples_are_known_by_their_parts() {
        assert!(is_sample("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        assert!(is_sample("sk-lf-1234567890"));
        assert!(is_sample("01234567890123456789012345678901"));
        assert!(is_sample("access-sandbox-7f3a9c1e"));
        assert!(!is_sample("q8Zr2LkT0vXw5Ns"));
    }
}
