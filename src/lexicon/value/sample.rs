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
    "RANDOMCHAR",
    "RANDOMSTRING",
    "RANDOM_STRING",
    "RANDOM-STRING",
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
    // RFC 7617 and RFC 2617, and MDN's variant: a login in base64, and the password.
    "QWXHZGRPBJPVCGVUIHNLC2FTZQ", "QWXHZGRPBJPPCGVUU2VZYW1L", "OPEN SESAME", "DGVZDDOXMJPCOW",
    // RFC 6750 and RFC 7662, RFC 7591, RFC 8628, RFC 9449: tokens, a secret of a client, the code of a device.
    "MF_9.B5F-4.1JQM", "CF136DC3C1FC93F31185E5885805D", "THIS.IS.AN.ACCESS.TOKEN.VALUE", "REG-23410913-ABEWFQ",
    "GMRHMHCXHWAZKOEQIMEG_DNYEYSNKUNHSZIYSK9ES", "KZ~8MXK1EALYZNWH-LC-1FBAO", "Q..ZKM29LEXI8VNWG2ZPW1X",
    // RFC 6749: the login of the client in base64. RFC 7636: a verifier, which is the signature of RFC 7519, and its challenge.
    "CZZCAGRSA3F0MZPNWDFMQMF0M2JW", "DBJFTJEZ4CVP-MB92K27UHBUJU1P1R_WW1GFWFOEJXK", "E9MELHOA2OWVFREMTJGUCHAOEK1T8URWBUGJSSTW-CM",
    // RFC 7515: signatures of its samples, and the claims of RFC 7519.
    "CC4HIUPOJ9EETDGTV3HF80EGRHUB__DZERAT0XF9G2VTQGR9", "DTEHU3LJBEG8L38VWAFUAQOYKAM6-XX-F4GAWXAEPMXFCGFTJDXW5DJXLA8ISL",
    "EYJPC3MIOIJQB2UILA0KICJLEHAIOJEZMDA4MTKZODASDQOG",
    // RFC 4226 and RFC 6238: their key, in hexadecimal and in base32.
    "3132333435363738393031323334353637383930", "GEZDGNBVGY3TQOJQ",
    // RFC 5849 and OAuth Core 1.0: keys, secrets and signatures.
    "DPF43F3P2L4K3L03", "KD94HF93K423KF44", "HH5S93J4HDIDPOLA", "HDHD0244K9J7AO03", "NNCH734D00SL2JDK", "PFKKDHI9SL3R4S00",
    "74KNZJEDHNMBP0EMJ9ZHT/XKYCU", "9DJDJ82H48DJS9D2", "KKK9D7DH3K39SJV7", "BYT5CMSGCBGUDFHOBYMEFCX6BSW", "DH893HDASIH9",
    "TR3%2BTY81LMEYAR%2FFID0KMTYA%2FWM", "TR3+TY81LMEYAR/FID0KMTYA/WM",
    // Twitter's documentation of OAuth 1.
    "KACSOQF21FU85E7ZJZ7ZN2U4ZRHFV3WPWPAOE3Z7KBW", "LSWWDOUAIVS8LTYTT5JKRH4J50VUPVVHTR2YPI5KE", "XVZ1EVFS4WEEPTGEFPHBOG",
    "GMHXMAGYYLBNETIKZERNFSMKPR9EYMZES9WEAJEB",
    // jwt.io: the claims of its token, under any signature, and what it signed with other algorithms.
    "EYJZDWIIOIIXMJM0NTY3ODKWIIWIBMFTZSI6IKPVAG4GRG9L", "TJVA95ORM7E2CBAB30RMHRHDCEFXJOYZGEFONFH7HGQ",
    "POSTGETFAYTAZS82WHCJOTYOQHMYXXIWDR7NN7A29DNSL0EIXLDWJ6XC6AFGZWF1", "TCYT5XSITJX1CXPCT8YAV-TVKIEQ_PBCHOMQSLFROPSNSGW5WEUTS01MQ",
    "EKN-DOSNSURJRO6BXXEMMJDM3HBXRBRZXGLBN2S4SOKOPDU4ISDXTI8JO19W_A4", "TYH-VFUZIXCYGYDLKBA7DFYJRQMSHU6PQ2HOZUFQUSLPNY2N0MPHB3NK5K17HWP",
    "KMUFSIDTNFMYG3NMIGM6H9FNFUROF3WH7SMQJP-QV30",
    // What Go's `math/rand` begins with without a seed, as test servers make their tokens.
    "52FDFC072182654F163F5F0F9A621D72", "52FDFC07-2182-454F-963F-5F0F9A621D72", "UV38BYGCZU8WP18PMMIDCPVMX00QA3XNE7SEB9HIXKM",
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

/// Returns whether `value` is from the documentation of a vendor or a standard, or from an emulator, whichever rule
/// matches it: `AKIA…EXAMPLE`.
pub fn is_of_documentation(value: &str) -> bool {
    const SHORTEST: usize = 11;
    const LONGEST: usize = 4096;
    let is_amazons = || value.ends_with("EXAMPLE") || value.ends_with("EXAMPLEKEY");
    value.len() >= 16 && is_amazons()
        || value.len() >= SHORTEST
            && value.len() <= LONGEST
            && PUBLISHED.iter().any(|part| super::holds(value, part))
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
    fn samples_of_standards_are_known_in_every_form() {
        use base64::Engine;
        let encoded = |text: &str| base64::prelude::BASE64_STANDARD.encode(text);
        let john = encoded("{\"sub\":\"1234567890\",\"name\":\"John Doe\",\"admin\":true}");
        for value in [
            encoded("Aladdin:open sesame"),
            encoded("Aladdin:OpenSesame"),
            encoded("s6BhdRkqt3:gX1fBat3bV"),
            ["mF_9.", "B5f-4.1JqM"].concat(),
            ["kd94hf93", "k423kf44"].concat(),
            ["GEZDGNBV", "GY3TQOJQGEZDGNBVGY3TQOJQ"].concat(),
            format!("eyJhbGciOiJIUzI1NiJ9.{john}.q8Zr2LkT0vXw5Ns7pD3f"),
            format!(
                "xoxp-1-2-3-{}",
                ["52fdfc0721826", "54f163f5f0f9a621d72"].concat()
            ),
        ] {
            assert!(is_of_documentation(&value), "{value}");
        }
        for value in [
            encoded("Ali:open the door"),
            encoded("{\"sub\":\"1234567\",\"name\":\"Jane\"}"),
            "GEZDGNBVGY3T".to_owned(),
        ] {
            assert!(!is_of_documentation(&value), "{value}");
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
