//! Whether limits of requests are those of each user, and not of addresses only (F8).

use super::View;
use super::facts::place;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::pattern::Pattern;

/// What requests are counted by, where it is not an address.
static OF_USERS: Pattern = Pattern::new(
    r#"(?i)UserRateThrottle|ScopedRateThrottle|["']user["']\s*(?::|=>)|\b(?:req|request|ctx|context|current|session)(?:\.|_|->)(?:state\.|locals\.|auth\.)?(?:user|account)\b|\buser[_.]?id\b|tenant|\bapi[_-]?key|organi[sz]ation|\baccount[_.]?id\b|\bprincipal\b"#,
);
/// The same in what other files say of it: a key of nginx or a plan of a gateway.
static BY_KEYS: Pattern = Pattern::new(
    r"(?i)for each (?:user|key|tenant|consumer)|usage plan|\$(?:http_authorization|cookie_|http_x_api_key|jwt_)",
);

/// Looks at what was found of limits: it runs after all that finds some.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for hit in view.corpus.facts("rate-limit") {
        if OF_USERS.is_in(&hit.text) {
            let says = "requests are limited for each user, or by what they sign in with";
            ledger.add("F8", Grade::SetUp, place(hit), says);
        }
    }
    for it in ledger.evidence("E12") {
        if it.grade < Grade::Said || it.grade == Grade::Refuted {
            continue;
        }
        if BY_KEYS.is_in(&it.says) {
            ledger.add("F8", it.grade, it.place, it.says);
        } else if !ledger.reaches("F8", Grade::SetUp) {
            let says = format!("{}; that it is for each user is not shown", it.says);
            ledger.add("F8", Grade::Said, it.place, says);
        }
    }
}
