//! Chooses the variable that supplies each credential of a file.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::compose::credential::Slot;
use crate::audit::compose::file::File;
use crate::audit::compose::interpolation::{self, Supply, Variables};
use crate::audit::compose::service::Service;
use crate::audit::project::resolve;
use crate::lexicon::name::{self, CredentialName};
use crate::model::Secret;

/// Chooses the variable for each slot: `None` if two different secrets would share it.
pub(in crate::audit::compose) fn name_variables(file: &mut File) {
    let mut names = Names::of(&file.slots, &file.parts.variables);
    if !file.slots.is_empty() {
        names.listed = listed(file);
    }
    names.has_unknown_password = file.services.iter().any(has_unknown_password);
    let services: Vec<_> = file.services.iter().map(|service| service.name).collect();
    for slot in file.slots.iter_mut().filter(|slot| slot.kind.is_some()) {
        slot.variable = match &slot.default_of {
            Some(variable) => Some(variable.clone()),
            None if slot.is_within => names.of_address(slot),
            None => Some(names.of_store(&slot.name, &slot.secret.value)),
        };
        let Some(name) = slot.variable.take().filter(|name| is_variable(name)) else {
            continue;
        };
        let secret = &slot.secret.value;
        let name = match slot.default_of {
            Some(_) => name,
            None => names.listed_for(secret, &slot.name, name),
        };
        if slot.default_of.is_some() || names.is_free(&name, secret) {
            slot.variable = Some(name);
            continue;
        }
        let service = services[slot.service]
            .to_ascii_uppercase()
            .replace('-', "_");
        let longer = format!("{service}_{name}");
        if is_variable(&longer) && names.is_free(&longer, secret) {
            names.owners.insert(longer.clone(), secret.clone());
            slot.variable = Some(longer);
        }
    }
}

/// The variables of one file, and the secrets that they hold.
struct Names<'f> {
    /// The first secret of each variable.
    owners: FxHashMap<String, Secret>,
    /// Variables claimed by several secrets.
    disputed: FxHashSet<String>,
    /// The variables of each secret.
    by_secret: FxHashMap<Secret, Known>,
    /// Variables that are set beside the file.
    set: &'f Variables,
    /// Variables that env files beside the file set, or that sample env files list.
    listed: BTreeSet<String>,
    /// Whether the environment supplies a password already: it may be the one in any address.
    has_unknown_password: bool,
}

/// Env files beside a Compose file, and their samples.
const ENV_FILES: [&str; 7] = [
    ".env",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
];

/// The variables that env files beside a Compose file set, and those that sample env files list.
fn listed(file: &File) -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for name in ENV_FILES {
        let path = resolve(&file.parts.path, name);
        let Some(text) = path.and_then(|path| file.project.read_text(&path)) else {
            continue;
        };
        let names = text.lines().filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            Some(line.split_once('=')?.0.trim())
        });
        listed.extend(names.filter(|name| is_variable(name)).map(str::to_owned));
    }
    listed
}

/// The variables of one secret.
#[derive(Default)]
struct Known {
    names: BTreeSet<String>,
    /// Variables of datastores: of a user, and of the administrator. At most two of each are kept.
    stores: [Vec<String>; 2],
    /// The first variable for each name without `ACCESS`.
    by_bare: FxHashMap<String, String>,
}

/// If more variables than this have the same password, none is chosen for an address.
const MOST_NAMES: usize = 100;

impl Known {
    fn look_up(&mut self) {
        for name in &self.names {
            let upper = name.to_ascii_uppercase();
            let stores = &mut self.stores[usize::from(upper.contains("ROOT"))];
            if is_of_store(&upper) && upper.contains("PASS") && stores.len() < 2 {
                stores.push(name.clone());
            }
            let first = self.by_bare.entry(bare(name));
            first.or_insert_with(|| name.clone());
        }
    }
}

/// A name without the word that some programs include and others omit.
fn bare(name: &str) -> String {
    name.to_ascii_uppercase().replace("ACCESS_", "")
}

/// Whether a name in upper case begins with that of a datastore.
fn is_of_store(upper: &str) -> bool {
    let words = ["POSTGRES", "MYSQL", "MARIADB", "PGPASSWORD"];
    words.iter().any(|word| upper.starts_with(word))
}

impl<'f> Names<'f> {
    fn of(slots: &[Slot], set: &'f Variables) -> Self {
        let mut names = Self {
            owners: FxHashMap::default(),
            disputed: FxHashSet::default(),
            by_secret: FxHashMap::default(),
            set,
            listed: BTreeSet::new(),
            has_unknown_password: false,
        };
        for slot in slots.iter().filter(|slot| slot.kind.is_some()) {
            let name = match &slot.default_of {
                Some(variable) => variable.clone(),
                None if slot.is_within => continue,
                None => slot.name.clone(),
            };
            let secret = slot.secret.value.clone();
            let owner = names.owners.entry(name.clone());
            if *owner.or_insert_with(|| secret.clone()) != secret {
                names.disputed.insert(name.clone());
            }
            names
                .by_secret
                .entry(secret)
                .or_default()
                .names
                .insert(name);
        }
        names.by_secret.values_mut().for_each(Known::look_up);
        names
    }

    /// The variable that users already set for this secret, under one of its names in the file, so that they need not
    /// set a second one. Returns `chosen` if there is none, or more than one.
    fn listed_for(&self, secret: &Secret, own: &str, chosen: String) -> String {
        let Some(known) = self
            .by_secret
            .get(secret)
            .filter(|_| !self.listed.contains(&chosen))
        else {
            return chosen;
        };
        if self.listed.contains(own) && known.names.contains(own) {
            return own.to_owned();
        }
        if known.names.len() > MOST_NAMES {
            return chosen;
        }
        let mut listed = known
            .names
            .iter()
            .filter(|name| self.listed.contains(*name));
        match (listed.next(), listed.next()) {
            (Some(name), None) => name.clone(),
            _ => chosen,
        }
    }

    /// Whether the variable holds this secret or none.
    fn is_free(&self, name: &str, secret: &Secret) -> bool {
        let is_set_otherwise = self
            .set
            .get(name)
            .is_some_and(|set| set.as_bytes() != secret.reveal());
        let is_owned = self.owners.get(name).is_some_and(|owner| owner != secret);
        !self.disputed.contains(name) && !is_set_otherwise && !is_owned
    }

    /// The variable for a password that is not in an address: that of the datastore in the same file with the same
    /// password, if the name says that it is for one; or else the first of two names that differ only by the word
    /// `ACCESS`.
    fn of_store(&self, name: &str, secret: &Secret) -> String {
        let Some(known) = self.by_secret.get(secret) else {
            return name.to_owned();
        };
        let upper = name.to_ascii_uppercase();
        let speaks_of_one = ["DB_", "DATABASE_", "SQL_", "_DB_", "DBPASS"]
            .iter()
            .any(|word| upper.contains(word))
            && upper.contains("PASS");
        if speaks_of_one
            && !is_of_store(&upper)
            && let [store] = &known.stores[usize::from(upper.contains("ROOT"))][..]
        {
            return store.clone();
        }
        let same = known.by_bare.get(&bare(name));
        same.map_or_else(|| name.to_owned(), String::clone)
    }

    /// The variable for the password in an address: the one that holds the same password elsewhere in the file, since
    /// both must stay equal. A weak password such as `admin` may be a coincidence, so it counts only if the names
    /// agree.
    fn of_address(&self, slot: &Slot) -> Option<String> {
        let Some(known) = self.by_secret.get(&slot.secret.value) else {
            return (!self.has_unknown_password).then(|| password_of(&slot.name));
        };
        let known = &known.names;
        if known.len() > MOST_NAMES {
            return None;
        }
        let address = slot.scalar.written().unwrap_or_default();
        let mut related = known.iter().filter(|name| {
            let is_only = known.len() == 1 && !slot.is_weak;
            is_only || is_of_same_store(address, name)
        });
        let related: Vec<&String> = related.by_ref().collect();
        if let [variable] = related.as_slice() {
            return Some((*variable).clone());
        }
        // The administrator and the application may share a password; the name of the variable shows which one it is
        // for.
        let is_root = user_of(address).is_some_and(|user| ROOTS.contains(&user));
        let of_user = |name: &&&String| name.to_ascii_uppercase().contains("ROOT") == is_root;
        let mut of_user = related.iter().filter(of_user);
        let variable = of_user.next()?;
        of_user.next().is_none().then(|| (*variable).clone())
    }
}

/// Names of administrators of databases.
const ROOTS: [&str; 2] = ["root", "admin"];

/// The user of an address.
fn user_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let (user, _) = rest.split_once('@')?.0.split_once(':')?;
    Some(user)
}

/// Whether the environment supplies a password to a service.
fn has_unknown_password(service: &Service) -> bool {
    let variables = service.own_variables("environment");
    variables.iter().any(|variable| {
        name::classify(&variable.name) == Some(CredentialName::Password)
            && interpolation::supply(variable.written.trim()) == Supply::Environment
    })
}

/// Whether the scheme of an address and the name of a variable belong to the same store.
fn is_of_same_store(address: &str, name: &str) -> bool {
    const STORES: [(&str, &[&str]); 5] = [
        ("postgres", &["POSTGRES", "PG"]),
        ("mysql", &["MYSQL", "MARIADB"]),
        ("redis", &["REDIS", "VALKEY"]),
        ("amqp", &["RABBITMQ", "AMQP"]),
        ("mongo", &["MONGO"]),
    ];
    let (before, _) = address.split_once("://").unwrap_or_default();
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.');
    let scheme = before.rsplit(|c| !is_scheme(c)).next().unwrap_or(before);
    let name = name.to_ascii_uppercase();
    let store = STORES.iter().find(|(store, _)| scheme.contains(store));
    store.is_some_and(|(_, words)| words.iter().any(|word| name.contains(word)))
}

/// The variable name for the password in the address that `name` holds: `DATABASE_PASSWORD` for `DATABASE_URL`.
fn password_of(name: &str) -> String {
    let ends = ["_URL", "_URI", "_DSN", "_ADDRESS", "_CONNECTION"];
    let stem = ends.iter().find_map(|end| name.strip_suffix(end));
    format!("{}_PASSWORD", stem.unwrap_or(name))
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
