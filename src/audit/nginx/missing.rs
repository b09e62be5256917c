//! Security headers that a server does not send.

use crate::audit::check::Card;
use crate::audit::report::{Absence, Report};
use crate::model::{Confidence, Severity};

use super::conf::Conf;
use super::forest::Scope;
use super::headers::{self, Header};
use super::inherit;
use super::server::Server;
use super::visitor;

/// Reports every server that does not send the header of this name. All headers that one lacks become one finding.
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

/// Whether everything in a server can be seen, and it serves pages for people.
fn is_judged(server: &Server) -> bool {
    let is_whole = server.is_whole && server.at.scope().outwards().all(Scope::is_whole);
    is_whole && !server.is_local() && !server.only_answers()
}

/// Returns the severity, which is low if an application behind a server, or whatever terminates TLS before it, may send
/// the headers.
fn severity(server: &Server, card: &Card) -> Severity {
    if server.hands_on() || !server.is_tls() {
        Severity::Low
    } else {
        card.severity
    }
}

fn lacks(server: &Server, name: &str) -> bool {
    // Without TLS, browsers ignore it.
    if name == "Strict-Transport-Security" && !server.is_tls() {
        return false;
    }
    let block = server.at.block();
    // A header that the server sends but a location drops is reported at the location.
    if sends(block, name) {
        return false;
    }
    let blocks = inherit::blocks(block);
    let answering = |scope: &&Scope| !visitor::is_internal(**scope) && !visitor::is_dead(**scope);
    let mut answering = blocks.iter().filter(answering).peekable();
    answering.peek().is_none() || answering.any(|scope| !sends(*scope, name))
}

/// Whether responses of a block have a header, or one that makes up for it.
fn sends(scope: Scope, name: &str) -> bool {
    let sent = headers::effective(scope);
    sent.iter()
        .any(|header| header.is(name) && header.is_sent())
        || name == "X-Frame-Options" && sent.iter().any(says_who_frames)
}

fn says_who_frames(header: &Header) -> bool {
    header.is("Content-Security-Policy")
        && (header.value.contains("frame-ancestors") || !header.is_literal())
}
