//! Which lines of `pg_hba.conf` decide anything: the first one that fits a connection does, and none behind it.

use super::address::Address;
use super::hba::{LOCAL, PLAIN, Rule, TLS, Token};

/// More combinations of one line than are looked at.
const MAX_PARTS: usize = 4_000;

/// Whether a connection gets to `rule`, which stands behind those of `before`.
pub(super) fn is_reached(rule: &Rule, before: &[&Rule]) -> bool {
    let kinds = [LOCAL, PLAIN, TLS, super::hba::GSS];
    let mut kinds = kinds.into_iter().filter(|kind| rule.kinds & kind != 0);
    let parts = rule.address.parts();
    let size = rule.databases.len() * rule.users.len() * parts.len();
    if size * before.len() > MAX_PARTS * 64 || size > MAX_PARTS {
        return true;
    }
    let is_open = |kind: u8, database: &Token, user: &Token, address: &Address| {
        !before.iter().any(|earlier| {
            earlier.kinds & kind != 0
                && earlier.address.holds(address)
                && holds_database(earlier, database)
                && holds_user(earlier, user)
        })
    };
    let databases = || rule.databases.iter().filter(|name| !is_nothing(name));
    let users = || rule.users.iter().filter(|name| !is_nothing(name));
    let parts = || parts.iter().filter(|part| !is_nowhere(part));
    kinds.any(|kind| {
        databases().any(|database| {
            users().any(|user| parts().any(|part| is_open(kind, database, user, part)))
        })
    })
}

fn holds_database(rule: &Rule, database: &Token) -> bool {
    // Replication is of no database, and `all` does not mean it.
    let is_replication = database.is("replication");
    let mut names = rule.databases.iter();
    names.any(|name| name == database || name.is("all") && !is_replication)
}

fn holds_user(rule: &Rule, user: &Token) -> bool {
    let mut names = rule.users.iter();
    names.any(|name| name == user || name.is("all"))
}

/// Whether a name is `all` but not the keyword, and so means a database or a user that nobody calls so.
fn is_nothing(name: &Token) -> bool {
    name.text.eq_ignore_ascii_case("all") && !name.is("all")
}

/// The same of a host.
fn is_nowhere(address: &Address) -> bool {
    matches!(address, Address::Name(name) if matches!(name.as_str(), "all" | "samehost" | "samenet"))
}
