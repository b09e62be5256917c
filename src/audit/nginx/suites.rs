//! The cipher suites that OpenSSL 3 selects for a cipher list.
//!
//! The table is the output of `openssl ciphers -v 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'` of version 3.0, without the suites
//! of TLS 1.3, which no list excludes. RC4, 3DES and shorter keys are only in builds with `enable-weak-ssl-ciphers`.

use super::ciphers;

/// What a list offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offer {
    /// Whether anything is left of the list: otherwise nginx does not start.
    pub(super) is_something: bool,
    /// Whether a client can get an unencrypted connection.
    pub(super) is_plain: bool,
    /// Whether a client can get a connection to an unauthenticated server.
    pub(super) is_anonymous: bool,
}

/// How many words of a list are processed.
const MAX_WORDS: usize = 300;

/// One cipher suite.
struct Suite<'t> {
    name: &'t str,
    version: &'t str,
    exchange: &'t str,
    proof: &'t str,
    cipher: &'t str,
    mac: &'t str,
}

impl Suite<'_> {
    fn is_anonymous(&self) -> bool {
        self.proof == "None"
    }

    fn is_plain(&self) -> bool {
        self.cipher == "None"
    }

    /// Whether nginx can use it: it needs neither pre-shared keys nor passwords.
    fn is_usable(&self) -> bool {
        !self.exchange.contains("PSK") && self.exchange != "SRP"
    }

    /// Whether a word of a list selects it.
    fn has(&self, word: &str) -> bool {
        let exchange = |name: &str| self.exchange == name;
        let cipher = |name: &str| self.cipher.split('(').next() == Some(name);
        let bits = |bits: &str| self.cipher.ends_with(bits);
        let aes = || cipher("AES") || cipher("AESGCM") || cipher("AESCCM") || cipher("AESCCM8");
        let is_strong = || !self.is_plain();
        match word {
            "ALL" => !self.is_plain(),
            "COMPLEMENTOFALL" | "eNULL" | "NULL" => self.is_plain(),
            "COMPLEMENTOFDEFAULT" => {
                self.is_anonymous()
                    || cipher("AESCCM8")
                    || self.cipher.starts_with("ARIA")
                    || self.cipher.starts_with("Camellia")
            }
            "HIGH" => is_strong(),
            "FIPS" => aes() || self.is_plain(),
            "kRSA" => exchange("RSA"),
            "kDHE" | "kEDH" | "DH" => exchange("DH"),
            "kECDHE" | "kEECDH" | "ECDH" => exchange("ECDH"),
            "DHE" | "EDH" => exchange("DH") && !self.is_anonymous(),
            "ECDHE" | "EECDH" => exchange("ECDH") && !self.is_anonymous(),
            "RSA" => exchange("RSA") && self.proof == "RSA",
            "kPSK" => exchange("PSK"),
            "kRSAPSK" => exchange("RSAPSK"),
            "kDHEPSK" => exchange("DHEPSK"),
            "kECDHEPSK" => exchange("ECDHEPSK"),
            "PSK" => self.exchange.contains("PSK"),
            "SRP" | "kSRP" => exchange("SRP"),
            "aRSA" => self.proof == "RSA",
            "aDSS" | "DSS" => self.proof == "DSS",
            "aECDSA" | "ECDSA" => self.proof == "ECDSA",
            "aPSK" => self.proof == "PSK",
            "aSRP" => self.proof == "SRP",
            "aNULL" => self.is_anonymous(),
            "ADH" => exchange("DH") && self.is_anonymous(),
            "AECDH" => exchange("ECDH") && self.is_anonymous(),
            "AES" => aes(),
            "AES128" => aes() && bits("(128)"),
            "AES256" => aes() && bits("(256)"),
            "AESGCM" => cipher("AESGCM"),
            "AESCCM" => cipher("AESCCM") || cipher("AESCCM8"),
            "AESCCM8" => cipher("AESCCM8"),
            "CHACHA20" => self.cipher.starts_with("CHACHA20"),
            "CAMELLIA" => cipher("Camellia"),
            "CAMELLIA128" => cipher("Camellia") && bits("(128)"),
            "CAMELLIA256" => cipher("Camellia") && bits("(256)"),
            "ARIA" | "ARIAGCM" => cipher("ARIAGCM"),
            "ARIA128" => cipher("ARIAGCM") && bits("(128)"),
            "ARIA256" => cipher("ARIAGCM") && bits("(256)"),
            "CBC" => cipher("AES") || cipher("Camellia"),
            "MD5" | "SHA1" | "SHA" | "SHA256" | "SHA384" => {
                self.mac == if word == "SHA" { "SHA1" } else { word }
            }
            "SSLv3" => self.version == "SSLv3",
            "TLSv1" | "TLSv1.0" => self.version == "TLSv1",
            "TLSv1.2" => self.version == "TLSv1.2",
            _ => self.name == word,
        }
    }
}

/// Returns what OpenSSL 3 offers to clients with TLS 1.2 and older for a list; the server may have DHE parameters.
pub(super) fn offered(list: &str, has_parameters: bool) -> Offer {
    if ciphers::elements(list).nth(MAX_WORDS).is_some() {
        return Offer {
            is_something: true,
            ..Offer::default()
        };
    }
    let suites: Vec<Suite> = SUITES.lines().filter_map(suite).collect();
    let mut active = vec![false; suites.len()];
    let mut killed = vec![false; suites.len()];
    let mut level = 1;
    let mut has_standard_name = false;
    for (number, element) in ciphers::elements(list).enumerate() {
        let name = element.name;
        if let Some(own) = name.strip_prefix("@SECLEVEL=") {
            level = own.parse().unwrap_or(level);
            continue;
        }
        if element.sign.is_none() && name.contains("_WITH_") {
            has_standard_name = true;
        }
        let is_default = name == "DEFAULT" && number == 0;
        for (at, suite) in suites.iter().enumerate() {
            let is_meant = if is_default {
                !suite.is_plain() && !suite.has("COMPLEMENTOFDEFAULT")
            } else {
                name.split('+').all(|word| suite.has(word))
            };
            match element.sign {
                _ if !is_meant => {}
                Some('!') => {
                    killed[at] = true;
                    active[at] = false;
                }
                Some('-') => active[at] = false,
                Some(_) => {}
                None => active[at] = !killed[at],
            }
        }
    }
    let left = || suites.iter().zip(&active).filter(|(_, active)| **active);
    let can = |suite: &&Suite| suite.is_usable() && (has_parameters || suite.exchange != "DH");
    let usable = left().map(|(suite, _)| suite).filter(can);
    let usable: Vec<_> = usable.filter(|_| level == 0).collect();
    Offer {
        is_something: has_standard_name || left().next().is_some(),
        is_plain: usable.iter().any(|suite| suite.is_plain()),
        is_anonymous: usable.iter().any(|suite| suite.is_anonymous()),
    }
}

/// Returns whether OpenSSL 3 has a suite of this name.
pub(super) fn has(name: &str) -> bool {
    SUITES
        .lines()
        .filter_map(suite)
        .any(|suite| suite.name == name)
}

fn suite(line: &str) -> Option<Suite<'_>> {
    let mut words = line.split_ascii_whitespace();
    Some(Suite {
        name: words.next()?,
        version: words.next()?,
        exchange: words.next()?,
        proof: words.next()?,
        cipher: words.next()?,
        mac: words.next()?,
    })
}

/// Name, lowest version, key exchange, authentication, encryption, MAC.
const SUITES: &str = "\
ADH-AES128-GCM-SHA256 TLSv1.2 DH None AESGCM(128) AEAD
ADH-AES128-SHA SSLv3 DH None AES(128) SHA1
ADH-AES128-SHA256 TLSv1.2 DH None AES(128) SHA256
ADH-AES256-GCM-SHA384 TLSv1.2 DH None AESGCM(256) AEAD
ADH-AES256-SHA SSLv3 DH None AES(256) SHA1
ADH-AES256-SHA256 TLSv1.2 DH None AES(256) SHA256
ADH-CAMELLIA128-SHA SSLv3 DH None Camellia(128) SHA1
ADH-CAMELLIA128-SHA256 TLSv1.2 DH None Camellia(128) SHA256
ADH-CAMELLIA256-SHA SSLv3 DH None Camellia(256) SHA1
ADH-CAMELLIA256-SHA256 TLSv1.2 DH None Camellia(256) SHA256
AECDH-AES128-SHA TLSv1 ECDH None AES(128) SHA1
AECDH-AES256-SHA TLSv1 ECDH None AES(256) SHA1
AECDH-NULL-SHA TLSv1 ECDH None None SHA1
AES128-CCM TLSv1.2 RSA RSA AESCCM(128) AEAD
AES128-CCM8 TLSv1.2 RSA RSA AESCCM8(128) AEAD
AES128-GCM-SHA256 TLSv1.2 RSA RSA AESGCM(128) AEAD
AES128-SHA SSLv3 RSA RSA AES(128) SHA1
AES128-SHA256 TLSv1.2 RSA RSA AES(128) SHA256
AES256-CCM TLSv1.2 RSA RSA AESCCM(256) AEAD
AES256-CCM8 TLSv1.2 RSA RSA AESCCM8(256) AEAD
AES256-GCM-SHA384 TLSv1.2 RSA RSA AESGCM(256) AEAD
AES256-SHA SSLv3 RSA RSA AES(256) SHA1
AES256-SHA256 TLSv1.2 RSA RSA AES(256) SHA256
ARIA128-GCM-SHA256 TLSv1.2 RSA RSA ARIAGCM(128) AEAD
ARIA256-GCM-SHA384 TLSv1.2 RSA RSA ARIAGCM(256) AEAD
CAMELLIA128-SHA SSLv3 RSA RSA Camellia(128) SHA1
CAMELLIA128-SHA256 TLSv1.2 RSA RSA Camellia(128) SHA256
CAMELLIA256-SHA SSLv3 RSA RSA Camellia(256) SHA1
CAMELLIA256-SHA256 TLSv1.2 RSA RSA Camellia(256) SHA256
DHE-DSS-AES128-GCM-SHA256 TLSv1.2 DH DSS AESGCM(128) AEAD
DHE-DSS-AES128-SHA SSLv3 DH DSS AES(128) SHA1
DHE-DSS-AES128-SHA256 TLSv1.2 DH DSS AES(128) SHA256
DHE-DSS-AES256-GCM-SHA384 TLSv1.2 DH DSS AESGCM(256) AEAD
DHE-DSS-AES256-SHA SSLv3 DH DSS AES(256) SHA1
DHE-DSS-AES256-SHA256 TLSv1.2 DH DSS AES(256) SHA256
DHE-DSS-ARIA128-GCM-SHA256 TLSv1.2 DH DSS ARIAGCM(128) AEAD
DHE-DSS-ARIA256-GCM-SHA384 TLSv1.2 DH DSS ARIAGCM(256) AEAD
DHE-DSS-CAMELLIA128-SHA SSLv3 DH DSS Camellia(128) SHA1
DHE-DSS-CAMELLIA128-SHA256 TLSv1.2 DH DSS Camellia(128) SHA256
DHE-DSS-CAMELLIA256-SHA SSLv3 DH DSS Camellia(256) SHA1
DHE-DSS-CAMELLIA256-SHA256 TLSv1.2 DH DSS Camellia(256) SHA256
DHE-PSK-AES128-CBC-SHA SSLv3 DHEPSK PSK AES(128) SHA1
DHE-PSK-AES128-CBC-SHA256 TLSv1 DHEPSK PSK AES(128) SHA256
DHE-PSK-AES128-CCM TLSv1.2 DHEPSK PSK AESCCM(128) AEAD
DHE-PSK-AES128-CCM8 TLSv1.2 DHEPSK PSK AESCCM8(128) AEAD
DHE-PSK-AES128-GCM-SHA256 TLSv1.2 DHEPSK PSK AESGCM(128) AEAD
DHE-PSK-AES256-CBC-SHA SSLv3 DHEPSK PSK AES(256) SHA1
DHE-PSK-AES256-CBC-SHA384 TLSv1 DHEPSK PSK AES(256) SHA384
DHE-PSK-AES256-CCM TLSv1.2 DHEPSK PSK AESCCM(256) AEAD
DHE-PSK-AES256-CCM8 TLSv1.2 DHEPSK PSK AESCCM8(256) AEAD
DHE-PSK-AES256-GCM-SHA384 TLSv1.2 DHEPSK PSK AESGCM(256) AEAD
DHE-PSK-ARIA128-GCM-SHA256 TLSv1.2 DHEPSK PSK ARIAGCM(128) AEAD
DHE-PSK-ARIA256-GCM-SHA384 TLSv1.2 DHEPSK PSK ARIAGCM(256) AEAD
DHE-PSK-CAMELLIA128-SHA256 TLSv1 DHEPSK PSK Camellia(128) SHA256
DHE-PSK-CAMELLIA256-SHA384 TLSv1 DHEPSK PSK Camellia(256) SHA384
DHE-PSK-CHACHA20-POLY1305 TLSv1.2 DHEPSK PSK CHACHA20/POLY1305(256) AEAD
DHE-PSK-NULL-SHA SSLv3 DHEPSK PSK None SHA1
DHE-PSK-NULL-SHA256 TLSv1 DHEPSK PSK None SHA256
DHE-PSK-NULL-SHA384 TLSv1 DHEPSK PSK None SHA384
DHE-RSA-AES128-CCM TLSv1.2 DH RSA AESCCM(128) AEAD
DHE-RSA-AES128-CCM8 TLSv1.2 DH RSA AESCCM8(128) AEAD
DHE-RSA-AES128-GCM-SHA256 TLSv1.2 DH RSA AESGCM(128) AEAD
DHE-RSA-AES128-SHA SSLv3 DH RSA AES(128) SHA1
DHE-RSA-AES128-SHA256 TLSv1.2 DH RSA AES(128) SHA256
DHE-RSA-AES256-CCM TLSv1.2 DH RSA AESCCM(256) AEAD
DHE-RSA-AES256-CCM8 TLSv1.2 DH RSA AESCCM8(256) AEAD
DHE-RSA-AES256-GCM-SHA384 TLSv1.2 DH RSA AESGCM(256) AEAD
DHE-RSA-AES256-SHA SSLv3 DH RSA AES(256) SHA1
DHE-RSA-AES256-SHA256 TLSv1.2 DH RSA AES(256) SHA256
DHE-RSA-ARIA128-GCM-SHA256 TLSv1.2 DH RSA ARIAGCM(128) AEAD
DHE-RSA-ARIA256-GCM-SHA384 TLSv1.2 DH RSA ARIAGCM(256) AEAD
DHE-RSA-CAMELLIA128-SHA SSLv3 DH RSA Camellia(128) SHA1
DHE-RSA-CAMELLIA128-SHA256 TLSv1.2 DH RSA Camellia(128) SHA256
DHE-RSA-CAMELLIA256-SHA SSLv3 DH RSA Camellia(256) SHA1
DHE-RSA-CAMELLIA256-SHA256 TLSv1.2 DH RSA Camellia(256) SHA256
DHE-RSA-CHACHA20-POLY1305 TLSv1.2 DH RSA CHACHA20/POLY1305(256) AEAD
ECDHE-ARIA128-GCM-SHA256 TLSv1.2 ECDH RSA ARIAGCM(128) AEAD
ECDHE-ARIA256-GCM-SHA384 TLSv1.2 ECDH RSA ARIAGCM(256) AEAD
ECDHE-ECDSA-AES128-CCM TLSv1.2 ECDH ECDSA AESCCM(128) AEAD
ECDHE-ECDSA-AES128-CCM8 TLSv1.2 ECDH ECDSA AESCCM8(128) AEAD
ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2 ECDH ECDSA AESGCM(128) AEAD
ECDHE-ECDSA-AES128-SHA TLSv1 ECDH ECDSA AES(128) SHA1
ECDHE-ECDSA-AES128-SHA256 TLSv1.2 ECDH ECDSA AES(128) SHA256
ECDHE-ECDSA-AES256-CCM TLSv1.2 ECDH ECDSA AESCCM(256) AEAD
ECDHE-ECDSA-AES256-CCM8 TLSv1.2 ECDH ECDSA AESCCM8(256) AEAD
ECDHE-ECDSA-AES256-GCM-SHA384 TLSv1.2 ECDH ECDSA AESGCM(256) AEAD
ECDHE-ECDSA-AES256-SHA TLSv1 ECDH ECDSA AES(256) SHA1
ECDHE-ECDSA-AES256-SHA384 TLSv1.2 ECDH ECDSA AES(256) SHA384
ECDHE-ECDSA-ARIA128-GCM-SHA256 TLSv1.2 ECDH ECDSA ARIAGCM(128) AEAD
ECDHE-ECDSA-ARIA256-GCM-SHA384 TLSv1.2 ECDH ECDSA ARIAGCM(256) AEAD
ECDHE-ECDSA-CAMELLIA128-SHA256 TLSv1.2 ECDH ECDSA Camellia(128) SHA256
ECDHE-ECDSA-CAMELLIA256-SHA384 TLSv1.2 ECDH ECDSA Camellia(256) SHA384
ECDHE-ECDSA-CHACHA20-POLY1305 TLSv1.2 ECDH ECDSA CHACHA20/POLY1305(256) AEAD
ECDHE-ECDSA-NULL-SHA TLSv1 ECDH ECDSA None SHA1
ECDHE-PSK-AES128-CBC-SHA TLSv1 ECDHEPSK PSK AES(128) SHA1
ECDHE-PSK-AES128-CBC-SHA256 TLSv1 ECDHEPSK PSK AES(128) SHA256
ECDHE-PSK-AES256-CBC-SHA TLSv1 ECDHEPSK PSK AES(256) SHA1
ECDHE-PSK-AES256-CBC-SHA384 TLSv1 ECDHEPSK PSK AES(256) SHA384
ECDHE-PSK-CAMELLIA128-SHA256 TLSv1 ECDHEPSK PSK Camellia(128) SHA256
ECDHE-PSK-CAMELLIA256-SHA384 TLSv1 ECDHEPSK PSK Camellia(256) SHA384
ECDHE-PSK-CHACHA20-POLY1305 TLSv1.2 ECDHEPSK PSK CHACHA20/POLY1305(256) AEAD
ECDHE-PSK-NULL-SHA TLSv1 ECDHEPSK PSK None SHA1
ECDHE-PSK-NULL-SHA256 TLSv1 ECDHEPSK PSK None SHA256
ECDHE-PSK-NULL-SHA384 TLSv1 ECDHEPSK PSK None SHA384
ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ECDH RSA AESGCM(128) AEAD
ECDHE-RSA-AES128-SHA TLSv1 ECDH RSA AES(128) SHA1
ECDHE-RSA-AES128-SHA256 TLSv1.2 ECDH RSA AES(128) SHA256
ECDHE-RSA-AES256-GCM-SHA384 TLSv1.2 ECDH RSA AESGCM(256) AEAD
ECDHE-RSA-AES256-SHA TLSv1 ECDH RSA AES(256) SHA1
ECDHE-RSA-AES256-SHA384 TLSv1.2 ECDH RSA AES(256) SHA384
ECDHE-RSA-CAMELLIA128-SHA256 TLSv1.2 ECDH RSA Camellia(128) SHA256
ECDHE-RSA-CAMELLIA256-SHA384 TLSv1.2 ECDH RSA Camellia(256) SHA384
ECDHE-RSA-CHACHA20-POLY1305 TLSv1.2 ECDH RSA CHACHA20/POLY1305(256) AEAD
ECDHE-RSA-NULL-SHA TLSv1 ECDH RSA None SHA1
NULL-MD5 SSLv3 RSA RSA None MD5
NULL-SHA SSLv3 RSA RSA None SHA1
NULL-SHA256 TLSv1.2 RSA RSA None SHA256
PSK-AES128-CBC-SHA SSLv3 PSK PSK AES(128) SHA1
PSK-AES128-CBC-SHA256 TLSv1 PSK PSK AES(128) SHA256
PSK-AES128-CCM TLSv1.2 PSK PSK AESCCM(128) AEAD
PSK-AES128-CCM8 TLSv1.2 PSK PSK AESCCM8(128) AEAD
PSK-AES128-GCM-SHA256 TLSv1.2 PSK PSK AESGCM(128) AEAD
PSK-AES256-CBC-SHA SSLv3 PSK PSK AES(256) SHA1
PSK-AES256-CBC-SHA384 TLSv1 PSK PSK AES(256) SHA384
PSK-AES256-CCM TLSv1.2 PSK PSK AESCCM(256) AEAD
PSK-AES256-CCM8 TLSv1.2 PSK PSK AESCCM8(256) AEAD
PSK-AES256-GCM-SHA384 TLSv1.2 PSK PSK AESGCM(256) AEAD
PSK-ARIA128-GCM-SHA256 TLSv1.2 PSK PSK ARIAGCM(128) AEAD
PSK-ARIA256-GCM-SHA384 TLSv1.2 PSK PSK ARIAGCM(256) AEAD
PSK-CAMELLIA128-SHA256 TLSv1 PSK PSK Camellia(128) SHA256
PSK-CAMELLIA256-SHA384 TLSv1 PSK PSK Camellia(256) SHA384
PSK-CHACHA20-POLY1305 TLSv1.2 PSK PSK CHACHA20/POLY1305(256) AEAD
PSK-NULL-SHA SSLv3 PSK PSK None SHA1
PSK-NULL-SHA256 TLSv1 PSK PSK None SHA256
PSK-NULL-SHA384 TLSv1 PSK PSK None SHA384
RSA-PSK-AES128-CBC-SHA SSLv3 RSAPSK RSA AES(128) SHA1
RSA-PSK-AES128-CBC-SHA256 TLSv1 RSAPSK RSA AES(128) SHA256
RSA-PSK-AES128-GCM-SHA256 TLSv1.2 RSAPSK RSA AESGCM(128) AEAD
RSA-PSK-AES256-CBC-SHA SSLv3 RSAPSK RSA AES(256) SHA1
RSA-PSK-AES256-CBC-SHA384 TLSv1 RSAPSK RSA AES(256) SHA384
RSA-PSK-AES256-GCM-SHA384 TLSv1.2 RSAPSK RSA AESGCM(256) AEAD
RSA-PSK-ARIA128-GCM-SHA256 TLSv1.2 RSAPSK RSA ARIAGCM(128) AEAD
RSA-PSK-ARIA256-GCM-SHA384 TLSv1.2 RSAPSK RSA ARIAGCM(256) AEAD
RSA-PSK-CAMELLIA128-SHA256 TLSv1 RSAPSK RSA Camellia(128) SHA256
RSA-PSK-CAMELLIA256-SHA384 TLSv1 RSAPSK RSA Camellia(256) SHA384
RSA-PSK-CHACHA20-POLY1305 TLSv1.2 RSAPSK RSA CHACHA20/POLY1305(256) AEAD
RSA-PSK-NULL-SHA SSLv3 RSAPSK RSA None SHA1
RSA-PSK-NULL-SHA256 TLSv1 RSAPSK RSA None SHA256
RSA-PSK-NULL-SHA384 TLSv1 RSAPSK RSA None SHA384
SRP-AES-128-CBC-SHA SSLv3 SRP SRP AES(128) SHA1
SRP-AES-256-CBC-SHA SSLv3 SRP SRP AES(256) SHA1
SRP-DSS-AES-128-CBC-SHA SSLv3 SRP DSS AES(128) SHA1
SRP-DSS-AES-256-CBC-SHA SSLv3 SRP DSS AES(256) SHA1
SRP-RSA-AES-128-CBC-SHA SSLv3 SRP RSA AES(128) SHA1
SRP-RSA-AES-256-CBC-SHA SSLv3 SRP RSA AES(256) SHA1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_mean_what_openssl_makes_of_them() {
        for (list, something, plain, anonymous) in [
            ("HIGH", true, false, false),
            ("ALL", true, false, false),
            ("HIGH:@SECLEVEL=0", true, false, true),
            ("HIGH:!aNULL:@SECLEVEL=0", true, false, false),
            ("ALL:@SECLEVEL=0:!ADH", true, false, true),
            ("ALL:@SECLEVEL=0:!AECDH", true, false, false),
            ("ALL:@SECLEVEL=0:!ADH:!AECDH", true, false, false),
            ("TLSv1.2:@SECLEVEL=0", true, true, false),
            ("TLSv1.2:!aNULL:!eNULL:@SECLEVEL=0", true, false, false),
            ("NULL-SHA256", true, false, false),
            ("NULL-SHA256:@SECLEVEL=0", true, true, false),
            ("PSK-NULL-SHA:@SECLEVEL=0", true, false, false),
            ("LOW", false, false, false),
            ("3DES:!3DES", false, false, false),
            ("TLSv1.3", false, false, false),
            ("TLS_AES_128_GCM_SHA256", false, false, false),
            ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", true, false, false),
            ("PROFILE=SYSTEM", false, false, false),
            ("DEFAULT", true, false, false),
            ("EECDH+AESGCM:EDH+AESGCM", true, false, false),
            ("AES128-SHA:!AES", false, false, false),
            ("AES128-SHA:-AES:AES128-SHA", true, false, false),
            ("!AES128-SHA:AES128-SHA", false, false, false),
        ] {
            let expected = Offer {
                is_something: something,
                is_plain: plain,
                is_anonymous: anonymous,
            };
            assert_eq!(offered(list, false), expected, "{list}");
        }
    }
}
