//! The meaning of the words in an OpenSSL cipher list.

use super::suites;

/// Why a cipher should not be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weakness {
    /// 64-bit blocks.
    TripleDes,
    /// Signed with MD5.
    Md5,
    Rc4,
    /// Keys of 56 bits and less.
    Short,
    /// The server is not authenticated.
    Anonymous,
    /// Nothing is encrypted.
    Null,
}

impl Weakness {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::TripleDes => "3DES, whose block size is too small (SWEET32)",
            Self::Md5 => "MD5, which is broken",
            Self::Rc4 => "RC4, which is broken",
            Self::Short => "keys short enough for brute force",
            Self::Anonymous => "no server authentication",
            Self::Null => "no encryption",
        }
    }
}

/// One element of a list.
pub(super) struct Element<'l> {
    /// The name as written, without its sign.
    pub(super) name: &'l str,
    /// `!`, `-` or `+`, if it has one.
    pub(super) sign: Option<char>,
    /// Its offset in the list.
    pub(super) at: usize,
}

/// Returns the elements of a list.
pub(super) fn elements(list: &str) -> impl Iterator<Item = Element<'_>> {
    let start = list.as_ptr() as usize;
    let words = list.split([':', ',', ' ', ';', '|', '[', ']', '\n', '\t', '\r']);
    words.filter(|word| !word.is_empty()).map(move |word| {
        let sign = word
            .chars()
            .next()
            .filter(|first| matches!(first, '!' | '-' | '+'));
        Element {
            name: word.strip_prefix(['!', '-', '+']).unwrap_or(word),
            sign,
            at: word.as_ptr() as usize - start,
        }
    })
}

/// Returns the weaknesses that a list offers, with the elements that do.
pub(super) fn weak(list: &str) -> Vec<(Weakness, usize, &str)> {
    let banned: Vec<_> = elements(list)
        .filter(|element| matches!(element.sign, Some('!' | '-')))
        .map(|element| element.name.to_ascii_uppercase())
        .collect();
    let offered = elements(list).filter(|element| element.sign.is_none());
    let weak = offered.flat_map(|element| {
        let name = element.name.to_ascii_uppercase();
        let weaknesses = weaknesses(&name).into_iter();
        let banned = &banned;
        weaknesses
            .filter(move |&weakness| {
                !banned.iter().any(|word| bans(word, weakness)) && !banned.contains(&name)
            })
            .map(move |weakness| (weakness, element.at, element.name))
    });
    weak.collect()
}

fn weaknesses(name: &str) -> Vec<Weakness> {
    let parts = || name.split(['-', '+', '_']);
    let has = |part: &str| parts().any(|other| other == part);
    let mut found = Vec::new();
    if has("NULL") || has("ENULL") || name == "COMPLEMENTOFALL" {
        found.push(Weakness::Null);
    }
    if has("ADH") || has("AECDH") || has("ANULL") {
        found.push(Weakness::Anonymous);
    }
    if parts().any(|part| part.starts_with("EXP")) || (has("DES") && has("CBC") && !has("EDE")) {
        found.push(Weakness::Short);
    }
    if has("RC4") {
        found.push(Weakness::Rc4);
    }
    if has("MD5") {
        found.push(Weakness::Md5);
    }
    if has("3DES") || has("CBC3") {
        found.push(Weakness::TripleDes);
    }
    // `kEECDH+AES` is the intersection of both parts.
    if name.contains('+') && !has("ANULL") && !has("NULL") {
        found.retain(|weakness| *weakness != Weakness::Anonymous);
    }
    found
}

/// Whether an excluded word removes everything that has the weakness.
fn bans(word: &str, weakness: Weakness) -> bool {
    match weakness {
        Weakness::Null => matches!(word, "NULL" | "ENULL" | "COMPLEMENTOFALL"),
        Weakness::Anonymous => matches!(word, "ANULL" | "ADH" | "COMPLEMENTOFDEFAULT"),
        Weakness::Short => matches!(
            word,
            "EXP" | "EXPORT" | "LOW" | "DES" | "EXPORT40" | "EXPORT56"
        ),
        Weakness::Rc4 => word == "RC4",
        Weakness::Md5 => word == "MD5",
        Weakness::TripleDes => matches!(word, "3DES" | "DES-CBC3-SHA"),
    }
}

/// Returns whether OpenSSL or one of its forks knows the word.
pub(super) fn is_known(name: &str) -> bool {
    if name.starts_with('@') || name.starts_with("TLS_") || name.starts_with("SSL_") {
        return true;
    }
    if name.contains('+') {
        return name.split('+').all(is_known);
    }
    // Forks of OpenSSL spell some names in a different case.
    KEYWORDS.contains(&name) || is_cipher(&name.to_ascii_uppercase()) || suites::has(name)
}

fn is_cipher(name: &str) -> bool {
    CIPHERS.split_ascii_whitespace().any(|known| known == name)
}

#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "DEFAULT", "COMPLEMENTOFDEFAULT", "ALL", "COMPLEMENTOFALL", "HIGH", "MEDIUM", "LOW", "EXP", "EXPORT", "EXPORT40",
    "EXPORT56", "eNULL", "NULL", "aNULL", "kRSA", "aRSA", "RSA", "kDHr", "kDHd", "kDH", "kDHE", "kEDH", "DH", "DHE",
    "EDH", "ADH", "kEECDH", "kECDHE", "ECDHE", "EECDH", "ECDH", "kECDHr", "kECDHe", "kECDH", "AECDH", "aDSS", "DSS",
    "aDH", "aECDSA", "ECDSA", "aECDH", "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3", "SSLv3", "SSLv2", "AES", "AES128",
    "AES256", "AESGCM", "AESCCM", "AESCCM8", "ARIA", "ARIA128", "ARIA256", "ARIAGCM", "CAMELLIA", "CAMELLIA128", "CAMELLIA256", "CHACHA20",
    "CHACHA", "3DES", "DES", "RC4", "RC2", "IDEA", "SEED", "MD5", "SHA1", "SHA", "SHA256", "SHA384", "aGOST", "aGOST01",
    "kGOST", "GOST94", "GOST89MAC", "GOST", "GOST01", "GOST12", "PSK", "kPSK", "kECDHEPSK", "kDHEPSK", "kRSAPSK", "aPSK", "SUITEB128",
    "SUITEB128ONLY", "SUITEB192", "SRP", "kSRP", "aSRP", "kFZA", "aFZA", "eFZA", "FZA", "KRB5", "kKRB5", "aKRB5",
    "CBC", "PROFILE=SYSTEM", "FIPS", "kGOST18", "AESGCM256", "POLY1305", "STRENGTH", "kRSA1024", "SECLEVEL", "STREEBOG256", "STREEBOG512",
    "AEAD", "AESCBC", "kTLSGOST", "MAGMA", "KUZNYECHIK", "GENERIC", "DHSS",
];

/// Names of cipher suites, including those of old versions.
const CIPHERS: &str = "
    ADH-AES128-GCM-SHA256 ADH-AES128-SHA ADH-AES128-SHA256 ADH-AES256-GCM-SHA384 ADH-AES256-SHA ADH-AES256-SHA256
    ADH-CAMELLIA128-SHA ADH-CAMELLIA128-SHA256 ADH-CAMELLIA256-SHA ADH-CAMELLIA256-SHA256 ADH-DES-CBC-SHA
    ADH-DES-CBC3-SHA ADH-RC4-MD5 ADH-SEED-SHA AEAD-AES128-GCM-SHA256 AEAD-AES256-GCM-SHA384
    AEAD-CHACHA20-POLY1305-SHA256 AECDH-AES128-SHA AECDH-AES256-SHA AECDH-DES-CBC3-SHA AECDH-NULL-SHA AECDH-RC4-SHA
    AES128-CCM AES128-CCM8 AES128-GCM-SHA256 AES128-SHA AES128-SHA256 AES256-CCM AES256-CCM8 AES256-GCM-SHA384
    AES256-SHA AES256-SHA256 ARIA128-GCM-SHA256 ARIA256-GCM-SHA384 CAMELLIA128-SHA CAMELLIA128-SHA256 CAMELLIA256-SHA
    CAMELLIA256-SHA256 DES-CBC-MD5 DES-CBC-SHA DES-CBC3-MD5 DES-CBC3-SHA DH-DSS-AES128-GCM-SHA256 DH-DSS-AES128-SHA
    DH-DSS-AES128-SHA256 DH-DSS-AES256-GCM-SHA384 DH-DSS-AES256-SHA DH-DSS-AES256-SHA256 DH-DSS-CAMELLIA128-SHA
    DH-DSS-CAMELLIA256-SHA DH-DSS-DES-CBC-SHA DH-DSS-DES-CBC3-SHA DH-DSS-SEED-SHA DH-RSA-AES128-GCM-SHA256
    DH-RSA-AES128-SHA DH-RSA-AES128-SHA256 DH-RSA-AES256-GCM-SHA384 DH-RSA-AES256-SHA DH-RSA-AES256-SHA256
    DH-RSA-CAMELLIA128-SHA DH-RSA-CAMELLIA256-SHA DH-RSA-DES-CBC-SHA DH-RSA-DES-CBC3-SHA DH-RSA-SEED-SHA
    DHE-DSS-AES128-GCM-SHA256 DHE-DSS-AES128-SHA DHE-DSS-AES128-SHA256 DHE-DSS-AES256-GCM-SHA384 DHE-DSS-AES256-SHA
    DHE-DSS-AES256-SHA256 DHE-DSS-ARIA128-GCM-SHA256 DHE-DSS-ARIA256-GCM-SHA384 DHE-DSS-CAMELLIA128-SHA
    DHE-DSS-CAMELLIA128-SHA256 DHE-DSS-CAMELLIA256-SHA DHE-DSS-CAMELLIA256-SHA256 DHE-DSS-DES-CBC3-SHA DHE-DSS-RC4-SHA
    DHE-DSS-SEED-SHA DHE-PSK-3DES-EDE-CBC-SHA DHE-PSK-AES128-CBC-SHA DHE-PSK-AES128-CBC-SHA256 DHE-PSK-AES128-CCM
    DHE-PSK-AES128-CCM8 DHE-PSK-AES128-GCM-SHA256 DHE-PSK-AES256-CBC-SHA DHE-PSK-AES256-CBC-SHA384 DHE-PSK-AES256-CCM
    DHE-PSK-AES256-CCM8 DHE-PSK-AES256-GCM-SHA384 DHE-PSK-ARIA128-GCM-SHA256 DHE-PSK-ARIA256-GCM-SHA384
    DHE-PSK-CAMELLIA128-SHA256 DHE-PSK-CAMELLIA256-SHA384 DHE-PSK-CHACHA20-POLY1305 DHE-PSK-NULL-SHA
    DHE-PSK-NULL-SHA256 DHE-PSK-NULL-SHA384 DHE-PSK-RC4-SHA DHE-RSA-AES128-CCM DHE-RSA-AES128-CCM8
    DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-SHA DHE-RSA-AES128-SHA256 DHE-RSA-AES256-CCM DHE-RSA-AES256-CCM8
    DHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-SHA DHE-RSA-AES256-SHA256 DHE-RSA-ARIA128-GCM-SHA256
    DHE-RSA-ARIA256-GCM-SHA384 DHE-RSA-CAMELLIA128-SHA DHE-RSA-CAMELLIA128-SHA256 DHE-RSA-CAMELLIA256-SHA
    DHE-RSA-CAMELLIA256-SHA256 DHE-RSA-CHACHA20-POLY1305 DHE-RSA-CHACHA20-POLY1305-OLD DHE-RSA-CHACHA20-POLY1305-SHA256
    DHE-RSA-DES-CBC3-SHA DHE-RSA-SEED-SHA ECC-SM2-SM4-CBC-SM3 ECC-SM2-SM4-GCM-SM3 ECC-SM4-SM3
    ECDH-ECDSA-AES128-GCM-SHA256 ECDH-ECDSA-AES128-SHA ECDH-ECDSA-AES128-SHA256 ECDH-ECDSA-AES256-GCM-SHA384
    ECDH-ECDSA-AES256-SHA ECDH-ECDSA-AES256-SHA384 ECDH-ECDSA-CAMELLIA128-SHA256 ECDH-ECDSA-CAMELLIA256-SHA384
    ECDH-ECDSA-DES-CBC3-SHA ECDH-ECDSA-NULL-SHA ECDH-ECDSA-RC4-SHA ECDH-RSA-AES128-GCM-SHA256 ECDH-RSA-AES128-SHA
    ECDH-RSA-AES128-SHA256 ECDH-RSA-AES256-GCM-SHA384 ECDH-RSA-AES256-SHA ECDH-RSA-AES256-SHA384
    ECDH-RSA-CAMELLIA128-SHA256 ECDH-RSA-CAMELLIA256-SHA384 ECDH-RSA-DES-CBC3-SHA ECDH-RSA-NULL-SHA ECDH-RSA-RC4-SHA
    ECDHE-ARIA128-GCM-SHA256 ECDHE-ARIA256-GCM-SHA384 ECDHE-ECDSA-AES128-CCM ECDHE-ECDSA-AES128-CCM8
    ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES256-CCM
    ECDHE-ECDSA-AES256-CCM8 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-SHA ECDHE-ECDSA-AES256-SHA384
    ECDHE-ECDSA-ARIA128-GCM-SHA256 ECDHE-ECDSA-ARIA256-GCM-SHA384 ECDHE-ECDSA-CAMELLIA128-SHA256
    ECDHE-ECDSA-CAMELLIA256-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-ECDSA-CHACHA20-POLY1305-OLD
    ECDHE-ECDSA-CHACHA20-POLY1305-SHA256 ECDHE-ECDSA-DES-CBC3-SHA ECDHE-ECDSA-NULL-SHA ECDHE-ECDSA-RC4-SHA
    ECDHE-ECDSA-SM4-CBC-SM3 ECDHE-PSK-3DES-EDE-CBC-SHA ECDHE-PSK-AES128-CBC-SHA ECDHE-PSK-AES128-CBC-SHA256
    ECDHE-PSK-AES128-GCM-SHA256 ECDHE-PSK-AES256-CBC-SHA ECDHE-PSK-AES256-CBC-SHA384 ECDHE-PSK-AES256-GCM-SHA384
    ECDHE-PSK-CAMELLIA128-SHA256 ECDHE-PSK-CAMELLIA256-SHA384 ECDHE-PSK-CHACHA20-POLY1305 ECDHE-PSK-NULL-SHA
    ECDHE-PSK-NULL-SHA256 ECDHE-PSK-NULL-SHA384 ECDHE-PSK-RC4-SHA ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA
    ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-SHA ECDHE-RSA-AES256-SHA384
    ECDHE-RSA-CAMELLIA128-SHA256 ECDHE-RSA-CAMELLIA256-SHA384 ECDHE-RSA-CHACHA20-POLY1305
    ECDHE-RSA-CHACHA20-POLY1305-OLD ECDHE-RSA-CHACHA20-POLY1305-SHA256 ECDHE-RSA-DES-CBC3-SHA ECDHE-RSA-NULL-SHA
    ECDHE-RSA-RC4-SHA ECDHE-SM2-SM4-CBC-SM3 ECDHE-SM2-SM4-GCM-SM3 ECDHE-SM2-WITH-SMS4-SM3 ECDHE-SM4-SM3
    EDH-DSS-DES-CBC-SHA EDH-DSS-DES-CBC3-SHA EDH-RSA-DES-CBC-SHA EDH-RSA-DES-CBC3-SHA EXP-ADH-DES-CBC-SHA
    EXP-ADH-RC4-MD5 EXP-DES-CBC-SHA EXP-EDH-DSS-DES-CBC-SHA EXP-EDH-RSA-DES-CBC-SHA EXP-KRB5-DES-CBC-MD5
    EXP-KRB5-DES-CBC-SHA EXP-KRB5-RC2-CBC-MD5 EXP-KRB5-RC2-CBC-SHA EXP-KRB5-RC4-MD5 EXP-KRB5-RC4-SHA EXP-RC2-CBC-MD5
    EXP-RC4-MD5 EXP1024-DES-CBC-SHA EXP1024-DHE-DSS-DES-CBC-SHA EXP1024-DHE-DSS-RC4-SHA EXP1024-RC2-CBC-MD5
    EXP1024-RC4-MD5 EXP1024-RC4-SHA GOST2001-GOST89-GOST89 GOST2001-NULL-GOST94 GOST2012-GOST8912-GOST8912
    GOST2012-KUZNYECHIK-KUZNYECHIKOMAC GOST2012-MAGMA-MAGMAOMAC GOST2012-NULL-GOST12 GOST94-GOST89-GOST89
    GOST94-NULL-GOST94 IANA-GOST2012-GOST8912-GOST8912 IDEA-CBC-MD5 IDEA-CBC-SHA KRB5-DES-CBC-MD5 KRB5-DES-CBC-SHA
    KRB5-DES-CBC3-MD5 KRB5-DES-CBC3-SHA KRB5-IDEA-CBC-MD5 KRB5-IDEA-CBC-SHA KRB5-RC4-MD5 KRB5-RC4-SHA
    LEGACY-GOST2012-GOST8912-GOST8912 NULL-MD5 NULL-SHA NULL-SHA256 PSK-3DES-EDE-CBC-SHA PSK-AES128-CBC-SHA
    PSK-AES128-CBC-SHA256 PSK-AES128-CCM PSK-AES128-CCM8 PSK-AES128-GCM-SHA256 PSK-AES256-CBC-SHA PSK-AES256-CBC-SHA384
    PSK-AES256-CCM PSK-AES256-CCM8 PSK-AES256-GCM-SHA384 PSK-ARIA128-GCM-SHA256 PSK-ARIA256-GCM-SHA384
    PSK-CAMELLIA128-SHA256 PSK-CAMELLIA256-SHA384 PSK-CHACHA20-POLY1305 PSK-NULL-SHA PSK-NULL-SHA256 PSK-NULL-SHA384
    PSK-RC4-SHA RC2-CBC-MD5 RC4-64-MD5 RC4-MD5 RC4-SHA RSA-PSK-3DES-EDE-CBC-SHA RSA-PSK-AES128-CBC-SHA256
    RSA-PSK-AES128-GCM-SHA256 RSA-PSK-AES256-CBC-SHA RSA-PSK-AES256-CBC-SHA384 RSA-PSK-AES256-GCM-SHA384
    RSA-PSK-ARIA128-GCM-SHA256 RSA-PSK-ARIA256-GCM-SHA384 RSA-PSK-CAMELLIA128-SHA256 RSA-PSK-CAMELLIA256-SHA384
    RSA-PSK-CHACHA20-POLY1305 RSA-PSK-NULL-SHA RSA-PSK-NULL-SHA256 RSA-PSK-NULL-SHA384 RSA-PSK-RC4-SHA SEED-SHA
    SRP-3DES-EDE-CBC-SHA SRP-AES-128-CBC-SHA SRP-AES-256-CBC-SHA SRP-DSS-3DES-EDE-CBC-SHA SRP-DSS-AES-128-CBC-SHA
    SRP-DSS-AES-256-CBC-SHA SRP-RSA-3DES-EDE-CBC-SHA SRP-RSA-AES-256-CBC-SHA
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_exist_are_known() {
        for name in [
            "ECDHE-RSA-AES256-GCM-SHA384",
            "EECDH+AESGCM",
            "HIGH",
            "@STRENGTH",
            "TLS_AES_128_GCM_SHA256",
            "EDH-RSA-DES-CBC3-SHA",
            "kEDH+AESGCM",
            "ECDHE-PSK-AES128-CBC-SHA",
            "SRP-RSA-AES-128-CBC-SHA",
            "RSA-PSK-AES128-CBC-SHA",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in [
            "ECDHE-RSA-AES256-GCM-SHA512",
            "DHE-RSA-AES256-GCM-SHA512",
            "HIHG",
        ] {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn exclusions_count() {
        let kinds = |list| {
            weak(list)
                .into_iter()
                .map(|(weakness, ..)| weakness)
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds("HIGH:!aNULL:!MD5"), []);
        assert_eq!(kinds("HIGH:LOW"), []);
        assert_eq!(kinds("ECDHE-RSA-RC4-SHA:AES128-SHA"), [Weakness::Rc4]);
        assert_eq!(kinds("ECDHE-RSA-RC4-SHA:!RC4"), []);
        assert_eq!(kinds("DES-CBC3-SHA:!3DES"), []);
        assert_eq!(kinds("DES-CBC3-SHA"), [Weakness::TripleDes]);
        assert_eq!(kinds("EECDH+AESGCM:EDH+AESGCM"), []);
        assert_eq!(kinds("NULL-MD5"), [Weakness::Null, Weakness::Md5]);
        assert_eq!(
            kinds("EXP-RC4-MD5"),
            [Weakness::Short, Weakness::Rc4, Weakness::Md5]
        );
    }
}
