//! What a reviewer of a fix has to know or do.

use super::Outcome;
use super::choice::OF_CREDENTIALS;

/// Returns notes on the changes, one per line.
pub(super) fn of(outcome: &Outcome) -> String {
    let done = || outcome.changed.iter().flat_map(|file| &file.fixes);
    let has = |rule: &str| done().any(|fix| fix.rule == rule);
    let mut text = String::new();
    if done().any(|fix| fix.is_secret) {
        text += "removed values stay in the Git history: rotate them wherever they are in use\n";
    }
    if done().any(|fix| OF_CREDENTIALS.contains(&fix.rule.as_str())) {
        text += "a value is made by `openssl rand -hex 32`; data volumes keep the password that they were created with: set the \
                 variable to that one, or change it in the database as well\n";
    }
    if has("compose/logging") {
        text += "logs go to the driver that `logging` names, also where the daemon's `log-driver` is another one: leave \
                 `logging` out if that sends them elsewhere\n";
    }
    let ports = [
        "compose/datastore-port-published",
        "compose/port-all-interfaces",
        "compose/port-bind-open-default",
    ];
    if ports.iter().any(|rule| has(rule)) {
        text += "ports bound to 127.0.0.1 are reached from the host only, and from elsewhere by an SSH tunnel\n";
    }
    if done().any(|fix| fix.rule.starts_with("compose/")) {
        text += "containers have to be recreated: `docker compose up -d`\n";
    }
    if has("gha/unpinned-action") && !outcome.has_update_bot {
        text += "pinned actions get no updates: have Dependabot or Renovate look after them\n";
    }
    text
}
