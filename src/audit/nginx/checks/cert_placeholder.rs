//! `nginx/cert-placeholder`: a certificate that was to be replaced.

use super::{Card, Category, Check, Conf, Confidence, Report, SSL, Severity, Sighting, site};

pub(super) struct CertPlaceholder;

impl Check<Conf<'_>> for CertPlaceholder {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let is_template = ["template", "example", "sample"]
            .iter()
            .any(|word| conf.file().path.contains(word));
        // The key goes with the certificate, so one finding is enough.
        for directive in conf.directives("ssl_certificate") {
            let Some(why) = why(directive.argument(0)) else {
                continue;
            };
            let message = format!("the certificate {why}");
            let mut sighting = Sighting::new(&CARD, directive.argument_span(0), message);
            if is_template {
                sighting.severity = Severity::Info;
            }
            conf.add(report, &CARD, sighting);
        }
    }
}

fn why(path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let has = |word: &str| path.contains(word);
    if has("snakeoil") {
        return Some("is Debian's self-signed certificate for tests");
    }
    let is_example = [
        "example.com",
        "example.org",
        "example.net",
        "your-domain",
        "your_domain",
        "yourdomain",
        "mydomain.",
        "domain.tld",
    ]
    .iter()
    .any(|word| has(word));
    let is_path = ["/path/to", "changeme", "change_me", "placeholder"]
        .iter()
        .any(|word| has(word))
        || path.starts_with('<');
    (is_example || is_path).then_some("still has a placeholder path")
}

static CARD: Card = Card {
    id: "nginx/cert-placeholder",
    category: Category::Placeholder,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Placeholder or self-signed certificate",
    description: "The path still names an example, or the self-signed certificate of a distribution. nginx does not \
                  start if the file is missing, and a self-signed certificate trains visitors to click through browser \
                  warnings.",
    remedy: "Set the real paths: `ssl_certificate /etc/letsencrypt/live/NAME/fullchain.pem; ssl_certificate_key \
             /etc/letsencrypt/live/NAME/privkey.pem;`",
    references: &[SSL],
    tags: &[
        "nginx",
        "tls",
        "placeholder",
        "CWE-295",
        "CWE-321",
        "CIS-NGINX-4.1.2",
    ],
    examples: &[
        site("server {\n  ssl_certificate /etc/ssl/yourdomain.com.crt; # here\n}\n"),
        site("server {\n  ssl_certificate /etc/ssl/certs/ssl-cert-snakeoil.pem; # here\n}\n"),
        site("server {\n  ssl_certificate /path/to/fullchain.pem; # here\n}\n"),
    ],
    negatives: &[
        site("server {\n  ssl_certificate /etc/letsencrypt/live/shop.de/fullchain.pem;\n}\n"),
        site("server {\n  ssl_certificate /etc/nginx/ssl/server.crt;\n}\n"),
        site("server {\n  ssl_certificate ${CERTIFICATE};\n}\n"),
    ],
};
