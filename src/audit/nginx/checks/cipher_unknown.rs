//! `nginx/cipher-unknown`: names of ciphers that do not exist.

use crate::audit::nginx::ciphers;

use super::{Card, Category, Check, Conf, Confidence, MOZILLA, Report, SSL, Severity, site};

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
            if !unknown.is_empty() {
                let message = format!(
                    "OpenSSL does not know {}, and silently ignores it",
                    unknown.join(", ")
                );
                conf.see(report, &CARD, directive.argument_span(0), message);
            }
        }
    }
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
    ],
    negatives: &[
        site("ssl_ciphers EECDH+ECDSA+AESGCM:EECDH+aRSA+SHA384:!RC4:@STRENGTH;\n"),
        site("ssl_ciphers TLS_AES_256_GCM_SHA384:ECDHE-RSA-CHACHA20-POLY1305;\n"),
        site(
            "ssl_ciphers [ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:EDH-RSA-DES-CBC3-SHA;\n",
        ),
        site("ssl_ciphers PROFILE=SYSTEM;\n"),
        site("ssl_ciphers ${SSL_CIPHERS};\n"),
    ],
};
