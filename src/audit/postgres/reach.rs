//! Which lines of `pg_hba.conf` decide anything: the first one that fits a connection does, and none behind it.

use rustc_hash::FxHashMap;

use super::address::{Address, Cover};
use super::hba::{LOCAL, PLAIN, Rule, TLS, Token};
use crate::model::steps;

/// More combinations of one line than are looked at.
const MAX_PARTS: usize = 4_000;

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
struct Before {
    count: usize,
    /// From where connections are taken by a line, by its user, its database and one of its kinds.
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

    /// Whether a connection gets to `rule`, which comes behind these.
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

    /// Whether an earlier line takes the connections of one kind, database, user and address.
    fn takes(&self, kind: u8, database: &Token, user: &Token, address: &Address) -> bool {
        let all = Token {
            text: "all".to_owned(),
            is_quoted: false,
        };
        // Replication is of no database, and `all` does not mean it.
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

/// The kinds of connections of a line.
fn kinds(rule: &Rule) -> impl Iterator<Item = u8> {
    let kinds = [LOCAL, PLAIN, TLS, super::hba::GSS];
    let has = rule.kinds;
    kinds.into_iter().filter(move |kind| has & kind != 0)
}

/// Whether a name is `all` but not the keyword, and so means a database or a user that nobody calls so.
fn is_nothing(name: &Token) -> bool {
    name.text.eq_ignore_ascii_case("all") && !name.is("all")
}

/// The same of a host.
fn is_nowhere(address: &Address) -> bool {
    matches!(address, Address::Name(name) if matches!(name.as_str(), "all" | "samehost" | "samenet"))
}
