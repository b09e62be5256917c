//! Decides whom rules about addresses, passwords and certificates let in.

use std::net::IpAddr;

use super::declared::{STRANGER_OF_V6, STRANGERS, holds};
use super::forest::{At, Scope};
use super::location;
use super::visitor::{self, Fate, Known, fate};

/// How many rules of one block are compared.
const MAX_RULES: usize = 500;

/// What the rules about addresses decide.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Allow,
    Deny,
    Silent,
}

/// Returns whether rules and passwords let a stranger in. The nearest block with rules replaces those around it.
pub(super) fn is_admitted(scope: Scope<'_>) -> bool {
    let rules = rules(scope);
    let asks = asks_who(scope);
    let satisfies_any = scope
        .effective("satisfy")
        .iter()
        .any(|satisfy| satisfy.argument(0) == "any");
    if satisfies_any && asks {
        return rules == Rules::Allow;
    }
    rules != Rules::Deny && !asks
}

fn rules(scope: Scope<'_>) -> Rules {
    let mut strangers = STRANGERS.to_vec();
    let listens = scope.effective("listen");
    if listens
        .iter()
        .any(|listen| listen.argument(0).starts_with("[::]"))
    {
        strangers.push(STRANGER_OF_V6);
    }
    let is_rule = |at: &At| matches!(at.name(), "allow" | "deny");
    let has_rules =
        |scope: &Scope| !scope.named("allow").is_empty() || !scope.named("deny").is_empty();
    let Some(block) = scope.outwards().find(has_rules) else {
        return Rules::Silent;
    };
    let list: Vec<_> = block.within().filter(is_rule).take(MAX_RULES).collect();
    let judge = |address: &IpAddr| {
        let first = list
            .iter()
            .find(|rule| holds(rule.argument(0), *address) == Some(true));
        match first.map(|rule| rule.name()) {
            Some("allow") => Rules::Allow,
            Some(_) => Rules::Deny,
            None => Rules::Silent,
        }
    };
    let verdicts: Vec<_> = strangers.iter().map(judge).collect();
    let gentlest = [Rules::Allow, Rules::Silent];
    let gentlest = gentlest
        .into_iter()
        .find(|verdict| verdicts.contains(verdict));
    gentlest.unwrap_or(Rules::Deny)
}

/// Whether visitors must authenticate.
fn asks_who(scope: Scope<'_>) -> bool {
    let value = |name| scope.effective(name).first().copied();
    let is_on = |name| value(name).is_some_and(|at: At| !matches!(at.argument(0), "off" | ""));
    let is_whole = scope.outwards().all(Scope::is_whole);
    // Without a file of users, no password is required.
    let has_users = value("auth_basic_user_file").is_some() || !is_whole || !is_rooted(scope);
    is_on("auth_basic") && has_users && !is_switched_off(scope, "auth_basic")
        || is_on("auth_jwt")
        || is_on("auth_oidc")
        || value("auth_request").is_some_and(|at| at.argument(0) != "off" && !nods(scope, at))
        || value("ssl_verify_client").is_some_and(|at| at.argument(0) == "on") && is_all_tls(scope)
}

/// Whether everything around a block is known, up to `http`.
fn is_rooted(scope: Scope<'_>) -> bool {
    scope.enclosing("http").is_some()
}

/// Whether a variable turns a setting off for a stranger: `auth_basic $realm`.
fn is_switched_off(scope: Scope<'_>, name: &str) -> bool {
    let directives = scope.effective(name);
    directives.first().is_some_and(|at| {
        let text = at.argument(0);
        text.contains('$') && visitor::value(text, scope) == Known::Text("off".to_owned())
    })
}

/// Whether the location that authorises a request allows everyone.
fn nods(scope: Scope<'_>, request: At<'_>) -> bool {
    let Some(server) = scope.enclosing("server") else {
        return false;
    };
    let Ok(Some(chosen)) = location::choose(server, request.argument(0)) else {
        return false;
    };
    let first = chosen.block().named("return");
    let answer = match fate(chosen.block(), Some(request.argument(0))) {
        Fate::Answered(at) => Some(at),
        _ => None,
    };
    answer.or(first.first().copied()).is_some_and(|at| {
        at.name() == "return" && at.argument(0).len() == 3 && at.argument(0).starts_with('2')
    })
}

/// Whether every connection uses TLS, without which no client certificate is requested.
fn is_all_tls(scope: Scope<'_>) -> bool {
    let listens = scope.effective("listen");
    listens.is_empty()
        || listens.iter().all(|listen| {
            listen
                .arguments()
                .skip(1)
                .any(|word| matches!(word, "ssl" | "quic"))
        })
        || scope
            .effective("ssl")
            .iter()
            .any(|ssl| ssl.argument(0) == "on")
}
