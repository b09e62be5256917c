//! `nginx/x-content-type-options`: an order not to guess types that no browser understands.

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, OWASP_HEADERS, Report, Severity, site,
};

pub(super) struct XContentTypeOptions;

impl Check<Conf<'_>> for XContentTypeOptions {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let headers = conf.all().filter_map(Header::of);
        for header in
            headers.filter(|header| header.is("X-Content-Type-Options") && header.is_literal())
        {
            if !header.value.trim().eq_ignore_ascii_case("nosniff") {
                let message = "browsers know `nosniff` only, and pass over this".to_owned();
                conf.see(report, &CARD, header.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/x-content-type-options",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "X-Content-Type-Options that browsers do not understand",
    description: "Only `nosniff` keeps browsers from taking an uploaded picture for a script because of what is in it.",
    remedy: "Write `add_header X-Content-Type-Options nosniff always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Content-Type-Options",
        OWASP_HEADERS,
        HEADERS,
    ],
    tags: &[
        "nginx",
        "headers",
        "CWE-693",
        "CIS-NGINX-5.3.1",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[site(
        "add_header X-Content-Type-Options \"no-sniff\" always; # here\n",
    )],
    negatives: &[
        site("add_header X-Content-Type-Options nosniff;\n"),
        site("add_header X-Content-Type-Options \"nosniff\" always;\n"),
        site("add_header X-Content-Type-Options $sniff;\n"),
    ],
};
