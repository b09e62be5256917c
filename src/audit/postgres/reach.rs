//! Which lines of `pg_hba.conf` decide anything: the first one that fits a connection does, and none behind it.

use rustc_hash::FxHashMap;

use super::address::Address;
use super::hba::{LOCAL, PLAIN, Rule, TLS, Token};
use crate::model::steps;

/// More combinations of one line than are looked at.
const MAX_PARTS: usize = 4_000;

/// How many earlier lines about the same user are looked at: files that people write have fewer.
const MAX_EARLIER: usize = 2_000;

/// Whether a connection gets to each of `rules`, which follow each other.
pub(super) fn reached<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<bool> {
    let mut before = Before::default();
    let is_reached = |rule| {
        let is_reached = before.lead_to(rule);
        before.add(rule);
        is_reached
    };
    rules.map(is_reached).collect()
}

/// The lines before another.
#[derive(Default)]
struct Before<'r> {
    count: usize,
    /// Those for all users.
    of_all: Vec<&'r Rule>,
    /// The others, by their users.
    of_user: FxHashMap<&'r Token, Vec<&'r Rule>>,
}

impl<'r> Before<'r> {
    fn add(&mut self, rule: &'r Rule) {
        self.count += 1;
        if rule.users.iter().any(|user| user.is("all")) {
            self.of_all.push(rule);
        }
        for user in &rule.users {
            self.of_user.entry(user).or_default().push(rule);
        }
    }

    /// Whether a connection gets to `rule`, which comes behind these.
    fn lead_to(&self, rule: &Rule) -> bool {
        let kinds = [LOCAL, PLAIN, TLS, super::hba::GSS];
        let mut kinds = kinds.into_iter().filter(|kind| rule.kinds & kind != 0);
        let parts = rule.address.parts();
        let size = rule.databases.len() * rule.users.len() * parts.len();
        if size * self.count > MAX_PARTS * 64 || size > MAX_PARTS {
            return true;
        }
        let is_open = |kind: u8, database: &Token, user: &Token, address: &Address| {
            let of_user = self.of_user.get(user).into_iter().flatten();
            let earlier = of_user.chain(&self.of_all).take(MAX_EARLIER);
            !earlier.into_iter().any(|earlier| {
                steps::look_at(1);
                earlier.kinds & kind != 0
                    && earlier.address.holds(address)
                    && holds_database(earlier, database)
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
}

fn holds_database(rule: &Rule, database: &Token) -> bool {
    // Replication is of no database, and `all` does not mean it.
    let is_replication = database.is("replication");
    let mut names = rule.databases.iter();
    names.any(|name| name == database || name.is("all") && !is_replication)
}

/// Whether a name is `all` but not the keyword, and so means a database or a user that nobody calls so.
fn is_nothing(name: &Token) -> bool {
    name.text.eq_ignore_ascii_case("all") && !name.is("all")
}

/// The same of a host.
fn is_nowhere(address: &Address) -> bool {
    matches!(address, Address::Name(name) if matches!(name.as_str(), "all" | "samehost" | "samenet"))
}
