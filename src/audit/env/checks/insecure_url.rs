//! `env/insecure-url`: a URL whose traffic everyone on the way can read.

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, at, env};
use crate::audit::address;
use crate::audit::purpose::Purpose;

pub(super) struct InsecureUrl;

impl Check<File<'_>> for InsecureUrl {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.purpose != Purpose::Shipped {
            return;
        }
        for entry in &file.entries {
            let Some(address) = address::parse(entry.value).filter(address::Address::is_remote)
            else {
                continue;
            };
            let secured = match address.scheme.as_str() {
                "http" if is_own(entry.key) || entry.value.contains('@') => "https",
                _ => match address::plain_scheme(&address) {
                    Some(secured) => secured,
                    None => continue,
                },
            };
            let message = format!(
                "`{}` connects to another host without encryption; use {secured}",
                entry.key
            );
            report.add(&CARD, Sighting::new(&CARD, entry.span.clone(), message));
        }
    }
}

/// Whether a URL is the deployment's own, which its users open.
fn is_own(key: &str) -> bool {
    const OWN: &[&str] = &[
        "APP_URL",
        "PUBLIC_URL",
        "BASE_URL",
        "SITE_URL",
        "FRONTEND_URL",
        "BACKEND_URL",
        "API_URL",
        "WEB_URL",
        "SERVER_URL",
        "ROOT_URL",
        "EXTERNAL_URL",
        "NEXTAUTH_URL",
        "CORS_ORIGIN",
        "ORIGIN",
        "WEBHOOK_URL",
        "DOMAIN_URL",
        "HOME_URL",
        "CALLBACK_URL",
        "REDIRECT_URI",
        "REDIRECT_URL",
    ];
    OWN.iter().any(|own| {
        key == *own
            || key
                .strip_suffix(own)
                .is_some_and(|before| before.ends_with('_'))
    })
}

static CARD: Card = Card {
    id: "env/insecure-url",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Unencrypted connection URL in an env file",
    description: "Everything sent to this URL, including passwords and sessions, can be read and changed by a \
                  man-in-the-middle.",
    remedy: "Use the encrypted scheme, such as `https://`, `rediss://` or `amqps://`, and enable TLS on the server if \
             necessary.",
    references: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
    ],
    tags: &["env", "tls", "CWE-319"],
    examples: &[
        env("APP_URL=http://shop.acme.io # here\n"),
        env("REDIS_URL=redis://cache.acme.io:6379/0 # here\n"),
        env("BROKER=amqp://mq.acme.io # here\n"),
    ],
    negatives: &[
        env("APP_URL=http://localhost:3000\nAPI_URL=http://api:80\nREDIS_URL=redis://cache:6379\n"),
        env(
            "APP_URL=https://shop.acme.io\nREDIS_URL=rediss://cache.acme.io\nM=mongodb://a.acme.io/?tls=true\n",
        ),
        env("XML_NAMESPACE=http://www.w3.org/2000/svg\nAPP_URL=http://example.com\n"),
        at(".env.dev", "APP_URL=http://shop.acme.io\n", &[]),
    ],
};
