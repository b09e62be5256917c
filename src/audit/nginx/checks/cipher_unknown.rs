//! `nginx/cipher-unknown`: cipher names that do not exist.

use crate::audit::nginx::{ciphers, suites};

use super::{
    Card, Category, Check, Conf, Confidence, MOZILLA, Report, SSL, Severity, Sighting, site,
};

pub(super) struct CipherUnknown;

impl Check<Conf<'_>> for CipherUnknown {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for directive in conf
            .directives("ssl_ciphers")
            .chain(conf.directives("proxy_ssl_ciphers"))
        {
            let list = directive.argument(0);
            if list.contains(['$', '%']) {
                continue;
            }
            let unknown: Vec<_> = ciphers::elements(list)
                .map(|element| element.name)
                .filter(|name| !ciphers::is_known(name))
                .take(5)
                .collect();
            let starts_nothing = || directive.name() == "ssl_ciphers" && is_empty(list);
            let (message, severity) = if !unknown.is_empty() {
                let message = format!(
                    "OpenSSL does not know {}, and silently ignores it",
                    unknown.join(", ")
                );
                (message, CARD.severity)
            } else if list == "PROFILE=SYSTEM" {
                let message = "only OpenSSL on Red Hat systems knows `PROFILE=SYSTEM`; with other builds nginx does not start";
                (message.to_owned(), Severity::Info)
            } else if starts_nothing() {
                let message =
                    "OpenSSL 3 finds no cipher of TLS 1.2 in this list, so nginx does not start";
                (message.to_owned(), CARD.severity)
            } else {
                continue;
            };
            let sighting = Sighting::new(&CARD, directive.argument_span(0), message);
            conf.add(report, &CARD, sighting.weighing(severity));
        }
    }
}

/// Whether nothing is left of a list in OpenSSL 3. Suites of other libraries and of engines may still be available.
fn is_empty(list: &str) -> bool {
    let is_of_others = list.contains(['[', '|'])
        || ["GOST", "SM2", "SM4", "MAGMA", "KUZNYECHIK", "SUITEB"]
            .iter()
            .any(|word| list.contains(word));
    !is_of_others && !suites::offered(list, true).is_something
}

static CARD: Card = Card {
    id: "nginx/cipher-unknown",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Unknown cipher name",
    description: "OpenSSL silently ignores names it does not know. The rest of the list may be weaker than intended, \
                  or empty, and then nginx does not start.",
    remedy: "Correct or remove the name; `openssl ciphers -v 'LIST'` shows what a list means. AES-256-GCM is paired \
             with SHA384: `ECDHE-RSA-AES256-GCM-SHA384`.",
    references: &[
        SSL,
        "https://docs.openssl.org/3.0/man1/openssl-ciphers/",
        MOZILLA,
    ],
    tags: &["nginx", "tls", "CWE-327", "CIS-NGINX-4.1.5", "OWASP-A02"],
    examples: &[
        site("ssl_ciphers ECDHE-RSA-AES256-GCM-SHA512:DHE-RSA-AES256-GCM-SHA384; # here\n"),
        site("ssl_ciphers HIHG:!aNULL; # here\n"),
        site("ssl_ciphers PROFILE=SYSTEM; # here\n"),
        site("ssl_ciphers TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384; # here\n"),
        site("ssl_ciphers LOW; # here\n"),
    ],
    negatives: &[
        site("ssl_ciphers EECDH+ECDSA+AESGCM:EECDH+aRSA+SHA384:!RC4:@STRENGTH;\n"),
        site("ssl_ciphers TLS_AES_256_GCM_SHA384:ECDHE-RSA-CHACHA20-POLY1305;\n"),
        site(
            "ssl_ciphers [ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:EDH-RSA-DES-CBC3-SHA;\n",
        ),
        site("ssl_ciphers RSA-PSK-AES128-CBC-SHA:AES128-SHA;\n"),
        site("ssl_ciphers ${SSL_CIPHERS};\n"),
    ],
};
