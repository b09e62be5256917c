//! Which lines of `pg_hba.conf` have any effect: the first one that matches a connection decides, and none after it.

use rustc_hash::FxHashMap;

use super::address::{Address, Cover};
use super::hba::{LOCAL, PLAIN, Rule, TLS, Token};
use crate::model::steps;

/// How many combinations one line may have to be examined.
const MAX_PARTS: usize = 4_000;

/// Returns whether any connection reaches each of `rules`, which are in order.
pub(super) fn reached<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<bool> {
    let mut before = Before::default();
    let is_reached = |rule| {
        let is_reached = before.lead_to(rule);
        before.add(rule);
        is_reached
    };
    rules.map(is_reached).collect()
}

/// The lines before another one.
#[derive(Default)]
struct Before {
    count: usize,
    /// The addresses whose connections earlier lines match, by user, database and kind.
    taken: FxHashMap<(Token, Token, u8), Cover>,
}

impl Before {
    fn add(&mut self, rule: &Rule) {
        self.count += 1;
        if rule.users.len() * rule.databases.len() > MAX_PARTS {
            return;
        }
        for user in &rule.users {
            for database in &rule.databases {
                for kind in kinds(rule) {
                    steps::look_at(1);
                    let key = (user.clone(), database.clone(), kind);
                    self.taken.entry(key).or_default().add(&rule.address);
                }
            }
        }
    }

    /// Returns whether any connection reaches `rule`, which comes after these lines.
    fn lead_to(&self, rule: &Rule) -> bool {
        let parts = rule.address.parts();
        let size = rule.databases.len() * rule.users.len() * parts.len();
        if size * self.count > MAX_PARTS * 64 || size > MAX_PARTS {
            return true;
        }
        let databases = || rule.databases.iter().filter(|name| !is_nothing(name));
        let users = || rule.users.iter().filter(|name| !is_nothing(name));
        let parts = || parts.iter().filter(|part| !is_nowhere(part));
        kinds(rule).any(|kind| {
            databases().any(|database| {
                users().any(|user| parts().any(|part| !self.takes(kind, database, user, part)))
            })
        })
    }

    /// Whether an earlier line matches the connections of one kind, database, user and address.
    fn takes(&self, kind: u8, database: &Token, user: &Token, address: &Address) -> bool {
        let all = Token {
            text: "all".to_owned(),
            is_quoted: false,
        };
        // Replication uses no database, and `all` does not include it.
        let every = Some(&all).filter(|_| !database.is("replication"));
        let users = [user, &all];
        users.into_iter().any(|user| {
            let mut databases = std::iter::once(database).chain(every);
            databases.any(|database| {
                let key = (user.clone(), database.clone(), kind);
                let cover = self.taken.get(&key);
                cover.is_some_and(|cover| cover.holds(address))
            })
        })
    }
}

/// Returns the kinds of connections of a line.
fn kinds(rule: &Rule) -> impl Iterator<Item = u8> {
    let kinds = [LOCAL, PLAIN, TLS, super::hba::GSS];
    let has = rule.kinds;
    kinds.into_iter().filter(move |kind| has & kind != 0)
}

/// Whether a name is a literal `all`, not the keyword, and so names a database or user that hardly exists.
fn is_nothing(name: &Token) -> bool {
    name.text.eq_ignore_ascii_case("all") && !name.is("all")
}

/// The same for a host.
fn is_nowhere(address: &Address) -> bool {
    matches!(address, Address::Name(name) if matches!(name.as_str(), "all" | "samehost" | "samenet"))
}
