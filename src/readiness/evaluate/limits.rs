//! Whether rate limits are per user, and not only per address (F8).

use super::View;
use super::facts::place;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;

/// What requests are counted by, if not by address.
static OF_USERS: Pattern = Pattern::new(
    r#"(?i)UserRateThrottle|ScopedRateThrottle|["']user["']\s*(?::|=>)|\b(?:req|request|ctx|context|current|session)(?:\.|_|->)(?:state\.|locals\.|auth\.)?(?:user|account)\b|\buser[_.]?id\b|tenant|\bapi[_-]?key|organi[sz]ation|\baccount[_.]?id\b|\bprincipal\b"#,
);
/// The same in evidence from other files: a key of nginx or a usage plan of a gateway.
static BY_KEYS: Pattern = Pattern::new(
    r"(?i)for each (?:user|key|tenant|consumer)|usage plan|\$(?:http_authorization|cookie_|http_x_api_key|jwt_)",
);

/// What requests are counted by, if by address.
static OF_ADDRESSES: Pattern = Pattern::new(
    r"(?i)remote_?addr|get_remote_address|\b(?:req|request)(?:\.|->)(?:remote_)?ip\b|client_?ip|KeyByIP|LimitByIP|AnonRateThrottle",
);
static ZONE: Pattern = Pattern::new(r"(?m)^\s*limit_req_zone\s+(\S+)");

/// Whether evidence of rate limits means that they are per address: always for an Ingress, and for nginx if each zone
/// is keyed by address.
fn is_by_address(view: &View<'_>, says: &str) -> bool {
    let is_of_zones = || {
        let texts = view.shipped(Kind::Conf).map(|(_, file)| &file.text);
        let mut keys = texts.flat_map(|text| ZONE.groups(text)).peekable();
        keys.peek().is_some() && keys.all(|(_, key)| OF_ADDRESSES.is_in(key))
    };
    says.starts_with("Ingress `") && says.ends_with("limits requests")
        || says.starts_with("nginx limits requests") && is_of_zones()
}

/// Grades the rate limits that were found; must run after the evaluators that find them.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut by_address = Vec::new();
    for hit in view.corpus.facts("rate-limit") {
        if OF_USERS.is_in(&hit.text) {
            let says = "requests are limited for each user, or by what they sign in with";
            ledger.add("F8", Grade::SetUp, place(hit), says);
        } else if OF_ADDRESSES.is_in(&hit.text) {
            let says = "requests are limited for each address, not for each user";
            ledger.add("F8", Grade::Nothing, place(hit), says);
            by_address.push(place(hit));
        }
    }
    for it in ledger.evidence("E12") {
        if it.grade < Grade::Said || it.grade == Grade::Refuted {
            continue;
        }
        if it.place.as_ref().is_some_and(|it| by_address.contains(it)) {
            continue;
        }
        if BY_KEYS.is_in(&it.says) {
            ledger.add("F8", it.grade, it.place, it.says);
        } else if is_by_address(view, &it.says) {
            let says = format!("{}: for each address, not for each user", it.says);
            ledger.add("F8", Grade::Nothing, it.place, says);
        } else if !ledger.reaches("F8", Grade::SetUp) {
            let says = format!("{}; that it is for each user is not shown", it.says);
            ledger.add("F8", Grade::Said, it.place, says);
        }
    }
}
