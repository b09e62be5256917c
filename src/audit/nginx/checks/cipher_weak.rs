//! `nginx/cipher-weak`: ciphers that do not protect.

use crate::audit::nginx::ciphers::{self, Weakness};
use crate::audit::nginx::suites;

use super::{
    CIS, Card, Category, Check, Conf, Confidence, MOZILLA, OWASP_TLS, Report, SSL, Severity,
    Sighting, site,
};

pub(super) struct CipherWeak;

impl Check<Conf<'_>> for CipherWeak {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for directive in conf.directives("ssl_ciphers") {
            let list = directive.argument(0);
            let has_parameters = !directive.scope().effective("ssl_dhparam").is_empty();
            let offer = suites::offered(list, has_parameters);
            let weak = ciphers::weak(list);
            // An nginx that does not start offers nothing.
            if !offer.is_something && !list.contains('$') {
                continue;
            }
            let mut kinds: Vec<Weakness> = weak.iter().map(|(kind, ..)| *kind).collect();
            kinds.extend(offer.is_plain.then_some(Weakness::Null));
            kinds.extend(offer.is_anonymous.then_some(Weakness::Anonymous));
            kinds.sort_unstable();
            kinds.dedup();
            if kinds.is_empty() {
                continue;
            }
            let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
            let words = words.join("; ");
            let (message, severity) = if offer.is_plain || offer.is_anonymous {
                (format!("offers ciphers with {words}"), Severity::High)
            } else {
                let message = format!(
                    "names ciphers with {words}; OpenSSL before 1.1.0, and builds with weak ciphers, offer them"
                );
                (message, Severity::Medium)
            };
            let sighting = Sighting::new(&CARD, directive.span(), message);
            conf.add(report, &CARD, sighting.weighing(severity));
        }
    }
}

static CARD: Card = Card {
    id: "nginx/cipher-weak",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Weak TLS ciphers",
    description: "A cipher in this list is broken, has keys short enough for brute force, or does not authenticate the \
                  server. A connection that negotiates it can be decrypted by an attacker.",
    remedy: "Use Mozilla's intermediate list: `ssl_ciphers \
             ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;`",
    references: &[SSL, MOZILLA, OWASP_TLS, CIS],
    tags: &[
        "nginx",
        "tls",
        "CWE-327",
        "CIS-NGINX-4.1.5",
        "OWASP-A02",
        "BSI-TR-02102-2",
    ],
    examples: &[
        site("ssl_ciphers ALL:!aNULL:ECDHE-RSA-RC4-SHA; # here\n"),
        site("ssl_ciphers HIGH:!MD5:@SECLEVEL=0; # here\n"),
        site("ssl_ciphers 'ECDHE-RSA-AES128-GCM-SHA256:DES-CBC3-SHA'; # here\n"),
        site("ssl_ciphers \"AES128-SHA:NULL-SHA256:@SECLEVEL=0\"; # here\n"),
        site("ssl_ciphers TLSv1.2:@SECLEVEL=0; # here\n"),
    ],
    negatives: &[
        site("ssl_ciphers HIGH:!MD5;\n"),
        site("ssl_ciphers HIGH:LOW;\n"),
        site("ssl_ciphers LOW;\n"),
        site("ssl_ciphers HIGH:!aNULL:!MD5;\n"),
        site("ssl_ciphers EECDH+CHACHA20:EECDH+AES128:RSA+AES128:!MD5;\n"),
        site("ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:DES-CBC3-SHA:!3DES:!DSS;\n"),
        site("ssl_ciphers ${CIPHERS};\nserver {\n  listen 80;\n}\n"),
    ],
};
