//! Headers that protect visitors and that a server does not send.

use crate::audit::check::Card;
use crate::audit::report::{Absence, Report};
use crate::model::{Confidence, Severity};

use super::conf::Conf;
use super::forest::Scope;
use super::headers::{self, Header};
use super::server::Server;

/// Reports every server that does not send the header of this name. All that one lacks becomes one finding.
pub(super) fn tell(conf: &Conf, card: &'static Card, name: &'static str, report: &mut Report) {
    for server in conf.servers.iter().filter(|server| is_judged(server)) {
        if lacks(server, name) {
            let is_known = server.at.scope().enclosing("http").is_some();
            let absence = Absence {
                fixes: Vec::new(),
                remedy: None,
                span: server.at.span(),
                owner: server.label(),
                thing: name,
                severity: conf.scaled(severity(server, card)),
                confidence: if is_known {
                    Confidence::High
                } else {
                    Confidence::Medium
                },
            };
            report.miss(card, absence);
        }
    }
}

/// Whether all that a server states can be seen, and it has pages for people.
fn is_judged(server: &Server) -> bool {
    let is_whole = server.is_whole && server.at.scope().outwards().all(Scope::is_whole);
    is_whole && !server.is_local() && !server.only_answers()
}

/// An application behind a server may send the headers, and so may whatever ends TLS before it.
fn severity(server: &Server, card: &Card) -> Severity {
    if server.hands_on() || !server.is_tls() {
        Severity::Low
    } else {
        card.severity
    }
}

fn lacks(server: &Server, name: &str) -> bool {
    let mut sent = headers::effective(server.at.block());
    sent.extend(server.inner.iter().filter_map(|inner| Header::of(*inner)));
    let is_sent = sent.iter().any(|header| header.is(name));
    match name {
        // Without TLS browsers pass over it.
        "Strict-Transport-Security" => server.is_tls() && !is_sent,
        "X-Frame-Options" => !is_sent && !sent.iter().any(says_who_frames),
        _ => !is_sent,
    }
}

fn says_who_frames(header: &Header) -> bool {
    header.is("Content-Security-Policy")
        && (header.value.contains("frame-ancestors") || !header.is_literal())
}
