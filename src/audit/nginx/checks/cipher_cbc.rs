//! `nginx/cipher-cbc`: only ciphers that authenticate after decryption.

use super::{
    Card, Category, Check, Conf, Confidence, MOZILLA, OWASP_TLS, Report, SSL, Severity, site,
};
use crate::audit::nginx::ciphers;

pub(super) struct CipherCbc;

impl Check<Conf<'_>> for CipherCbc {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for directive in conf.directives("ssl_ciphers") {
            if offers_only_cbc(directive.argument(0)) {
                let message =
                    "offers only CBC ciphers, without authenticated encryption".to_owned();
                conf.see(report, &CARD, directive.span(), message);
            }
        }
    }
}

/// Whether a list names every cipher individually, and none of them is an AEAD.
fn offers_only_cbc(list: &str) -> bool {
    let offered = ciphers::elements(list).filter(|element| element.sign.is_none());
    let mut names = offered
        .map(|element| element.name.to_ascii_uppercase())
        .filter(|name| !name.starts_with('@'))
        .peekable();
    // A word such as `HIGH` stands for many ciphers.
    let is_cbc = |name: String| {
        name.contains('-')
            && ciphers::is_known(&name)
            && name.ends_with("-SHA") | name.ends_with("-SHA256") | name.ends_with("-SHA384")
            && !["GCM", "CCM", "CHACHA20", "POLY1305", "NULL", "RC4"]
                .iter()
                .any(|mode| name.contains(mode))
    };
    names.peek().is_some() && names.all(is_cbc)
}

static CARD: Card = Card {
    id: "nginx/cipher-cbc",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "CBC ciphers only",
    description: "Every cipher in this list uses CBC mode with MAC-then-encrypt, which has repeatedly been attacked \
                  (Lucky 13, Zombie POODLE, GOLDENDOODLE); browsers have begun to remove these ciphers.",
    remedy: "Offer ciphers with authenticated encryption (AEAD) first: `ssl_ciphers \
             ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;`",
    references: &[SSL, MOZILLA, OWASP_TLS],
    tags: &["nginx", "tls", "CWE-327", "OWASP-A02", "BSI-TR-02102-2"],
    examples: &[
        site("ssl_ciphers ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA; # here\n"),
        site("ssl_ciphers 'AES256-SHA256:!aNULL'; # here\n"),
    ],
    negatives: &[
        site("ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA;\n"),
        site("ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;\n"),
        site("ssl_ciphers HIGH:!aNULL:!MD5;\n"),
        site("ssl_ciphers EECDH+AES:!aNULL;\n"),
        site("ssl_ciphers ${CIPHERS};\nserver {\n  listen 80;\n}\n"),
    ],
};
