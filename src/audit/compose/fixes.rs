//! What the remedies come to in the text at hand, wherever that is certain to do what it should and nothing else.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::check::Card;
use crate::audit::fix::{Edit, Fix};
use crate::audit::yaml::{Span, Value, Written};
use crate::lexicon::name::{self, CredentialName};
use crate::model::Secret;

use super::credential::{Slot, Verdict};
use super::exposure::{self, Port};
use super::file::File;
use super::interpolation::{self, Part, Supply, Variables};
use super::service::Service;

pub(super) mod shared;

const LOOPBACK: &str = "127.0.0.1";

/// Binds a published port to the loopback address.
pub(super) fn bind_to_loopback(
    card: &Card,
    file: &File,
    service: &Service,
    port: &Port,
) -> Vec<Fix> {
    // Swarm publishes on all nodes, and knows no addresses.
    if file.is_for_swarm(service) {
        return Vec::new();
    }
    let edits = if port.entry.text().is_some() {
        bind_short(file, port)
    } else {
        bind_long(file, port.entry)
    };
    fixes(card, format!("bind {} to {LOOPBACK}", port.name()), edits)
}

fn bind_short(file: &File, port: &Port) -> Option<Vec<Edit>> {
    let inner = file.editor.verbatim(port.entry)?;
    let text = &file.text[inner.clone()];
    let colons = outer_colons(text);
    let (part, replacement) = match colons.as_slice() {
        [] => (0..0, format!("{LOOPBACK}::")),
        [_] => (0..0, format!("{LOOPBACK}:")),
        [.., host, _] => {
            let (part, replacement) = address(&text[..*host])?;
            (part, replacement)
        }
    };
    let mut bound = text.to_owned();
    bound.replace_range(part.clone(), &replacement);
    let effective = interpolation::bound(&bound, &file.parts.variables).unwrap_or(bound);
    if !exposure::is_bound_version(&effective, port) {
        return None;
    }
    let part = inner.start + part.start..inner.start + part.end;
    file.editor.replace_in(port.entry, part, &replacement)
}

fn bind_long(file: &File, entry: Value) -> Option<Vec<Edit>> {
    let Some(host_ip) = entry.get("host_ip") else {
        let value = Written::Scalar(LOOPBACK);
        let added = file.editor.add_key(entry, "host_ip", value, None)?;
        return Some(vec![added]);
    };
    let inner = file.editor.verbatim(host_ip)?;
    let is_own = host_ip.via().is_none() && !inner.is_empty();
    let (part, replacement) = address(&file.text[inner.clone()]).filter(|_| is_own)?;
    let part = inner.start + part.start..inner.start + part.end;
    file.editor.replace_in(host_ip, part, &replacement)
}

/// What to replace in an address as it is written, and by what.
fn address(written: &str) -> Option<(Span, String)> {
    let parts = interpolation::parts(written);
    match parts.as_slice() {
        [] => Some((0..0, LOOPBACK.to_owned())),
        [Part::Text(_)] => Some((0..written.len(), LOOPBACK.to_owned())),
        [Part::Variable(variable)] => {
            let bound = format!("${{{}:-{LOOPBACK}}}", variable.name);
            Some((0..written.len(), bound))
        }
        _ => None,
    }
}

/// Where colons are that belong to no variable and no address in brackets.
fn outer_colons(text: &str) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut colons = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => colons.push(at),
            _ => {}
        }
    }
    colons
}

/// Takes a credential from a variable without which compose stops.
pub(super) fn require_variable(card: &Card, file: &File, slot: &Slot) -> Vec<Fix> {
    // A command line and a build keep what they are given, wherever it comes from; and a file that is there to be
    // copied keeps its placeholders.
    let is_settled = match slot.verdict {
        Verdict::Hardcoded | Verdict::Default | Verdict::InAddress | Verdict::WellKnown => true,
        Verdict::Placeholder(_) => !file.is_template,
        Verdict::InCommand | Verdict::InBuildArgument | Verdict::InLabel => false,
    };
    let Some(variable) = slot.variable.as_ref().filter(|_| is_settled) else {
        return Vec::new();
    };
    let required = format!("${{{variable}:?set {variable}}}");
    let edits = place_of_literal(file, slot)
        .and_then(|part| file.editor.replace_in(slot.scalar, part, &required));
    fixes(card, format!("require the variable `{variable}`"), edits)
}

/// The bytes that the reference to a variable takes the place of.
fn place_of_literal(file: &File, slot: &Slot) -> Option<Span> {
    let inner = file.editor.verbatim(slot.scalar)?;
    let from = inner.start + slot.skipped;
    let value = file.text.get(from..inner.end)?;
    let literal = std::str::from_utf8(slot.secret.value.reveal()).ok()?;
    if let Some(variable) = &slot.default_of {
        let mut places = [":-", "-"].iter().flat_map(|operator| {
            let default = format!("${{{variable}{operator}{literal}}}");
            let found: Vec<_> = value
                .match_indices(&default)
                .map(|(at, _)| from + at..from + at + default.len())
                .collect();
            found
        });
        return places.next().filter(|_| places.next().is_none());
    }
    if slot.is_within {
        let span = slot.secret.span.clone();
        let is_there = span.start >= from && file.text.get(span.clone()) == Some(literal);
        return is_there.then_some(span);
    }
    let is_whole = value.trim().replace("$$", "$") == literal.trim();
    is_whole.then_some(from..inner.end)
}

/// Decides which variable is to give each slot its value: none where two different secrets would get the same one.
pub(super) fn name_variables(file: &mut File) {
    let mut names = Names::of(&file.slots, &file.parts.variables);
    names.has_unknown_password = file.services.iter().any(has_unknown_password);
    let services: Vec<_> = file.services.iter().map(|service| service.name).collect();
    for slot in file.slots.iter_mut().filter(|slot| slot.kind.is_some()) {
        slot.variable = match &slot.default_of {
            Some(variable) => Some(variable.clone()),
            None if slot.is_within => names.of_address(slot),
            None => Some(slot.name.clone()),
        };
        let Some(name) = slot.variable.take().filter(|name| is_variable(name)) else {
            continue;
        };
        let secret = &slot.secret.value;
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

/// The variables of one file, and the secrets that they represent.
struct Names<'f> {
    /// The first secret of each variable.
    owners: FxHashMap<String, Secret>,
    /// Variables that several secrets claim.
    disputed: FxHashSet<String>,
    /// The variables of each secret.
    by_secret: FxHashMap<Secret, BTreeSet<String>>,
    /// What is set beside the file.
    set: &'f Variables,
    /// Whether the environment gives some password already: it may be that of any address.
    has_unknown_password: bool,
}

impl<'f> Names<'f> {
    fn of(slots: &[Slot], set: &'f Variables) -> Self {
        let mut names = Self {
            owners: FxHashMap::default(),
            disputed: FxHashSet::default(),
            by_secret: FxHashMap::default(),
            set,
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
            names.by_secret.entry(secret).or_default().insert(name);
        }
        names
    }

    /// Whether the variable represents this secret or for none.
    fn is_free(&self, name: &str, secret: &Secret) -> bool {
        let is_set_otherwise = self
            .set
            .get(name)
            .is_some_and(|set| set.as_bytes() != secret.reveal());
        let is_owned = self.owners.get(name).is_some_and(|owner| owner != secret);
        !self.disputed.contains(name) && !is_set_otherwise && !is_owned
    }

    /// The variable for the password in an address: the one that has this password elsewhere in the file, since both
    /// must stay the same. Anyone's password may be `admin`, so that a weak one counts only where the names agree.
    fn of_address(&self, slot: &Slot) -> Option<String> {
        let Some(known) = self.by_secret.get(&slot.secret.value) else {
            return (!self.has_unknown_password).then(|| password_of(&slot.name));
        };
        let address = slot.scalar.written().unwrap_or_default();
        let mut related = known.iter().filter(|name| {
            let is_only = known.len() == 1 && !slot.is_weak;
            is_only || is_of_same_store(address, name)
        });
        let related: Vec<&String> = related.by_ref().collect();
        if let [variable] = related.as_slice() {
            return Some((*variable).clone());
        }
        // The administrator and the application may have one password: which of them this is, its name states.
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

/// Whether the environment gives a service a password.
fn has_unknown_password(service: &Service) -> bool {
    let variables = service.own_variables("environment");
    variables.iter().any(|variable| {
        name::classify(&variable.name) == Some(CredentialName::Password)
            && interpolation::supply(variable.written.trim()) == Supply::Environment
    })
}

/// Whether the scheme of an address and the name of a variable speak of the same store.
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

/// What to call the password of the address that `name` holds: `DATABASE_PASSWORD` for `DATABASE_URL`.
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

/// Returns what gives a service something that it lacks, as the rule with this card wants it: in a block that services
/// share, where they do.
pub(super) fn missing(card: &Card, file: &File, service: &Service) -> Vec<Fix> {
    let limits = [
        ("max-size", Written::Scalar("10m")),
        ("max-file", Written::Scalar("\"3\"")),
    ];
    let logging = [
        ("driver", Written::Scalar("json-file")),
        ("options", Written::Mapping(&limits)),
    ];
    let shared = match card.id {
        "compose/no-new-privileges" => {
            Some(("security_opt", Written::List(&["no-new-privileges:true"])))
        }
        "compose/logging" => Some(("logging", Written::Mapping(&logging))),
        _ => None,
    };
    let blocks = file.shared.get_or_init(|| shared::Shared::of(file));
    let key = match card.id {
        "compose/restart-policy" => Some("restart"),
        _ => shared.map(|(key, _)| key),
    };
    if key.is_some_and(|key| blocks.inherits(file, service, key)) {
        return Vec::new();
    }
    if let Some((key, value)) = shared
        && let Some(edits) = blocks.edits(file, service, (key, value))
    {
        let description = format!("set `{key}` for services together");
        return fixes(card, description, Some(edits));
    }
    match card.id {
        "compose/no-new-privileges" => add_item(
            card,
            file,
            service,
            "security_opt",
            "no-new-privileges:true",
        ),
        "compose/cap-drop-all" if is_unprivileged(service) => {
            add_item(card, file, service, "cap_drop", "ALL")
        }
        "compose/restart-policy" => {
            let value = Written::Scalar("unless-stopped");
            add_setting(card, file, service, "restart", value)
        }
        "compose/logging" => {
            let value = Written::Mapping(&logging);
            add_setting(card, file, service, "logging", value)
        }
        _ => Vec::new(),
    }
}

/// Whether the service starts as someone without capabilities, so that it cannot lose any that it uses. Most images
/// start as root, and those of databases use several capabilities to become someone else.
fn is_unprivileged(service: &Service) -> bool {
    let user = service.text("user").unwrap_or_default();
    let id = user.split(':').next().unwrap_or_default();
    id.parse::<u32>().is_ok_and(|id| id != 0) && service.setting("cap_add").is_none()
}

/// Adds a setting that neither the service nor anything it builds upon has.
pub(super) fn add_setting(
    card: &Card,
    file: &File,
    service: &Service,
    key: &str,
    value: Written,
) -> Vec<Fix> {
    let edit = own_settings(service).and_then(|settings| {
        let is_set = service
            .layers
            .iter()
            .any(|layer| layer.settings.get(key).is_some());
        let step = step(file, service, settings);
        file.editor
            .add_key(settings, key, value, step)
            .filter(|_| !is_set)
    });
    fixes(card, format!("set `{key}`"), edit.map(|edit| vec![edit]))
}

/// Adds an item to a list of the service's own, or the list with the item.
pub(super) fn add_item(
    card: &Card,
    file: &File,
    service: &Service,
    key: &str,
    item: &str,
) -> Vec<Fix> {
    let edit = own_settings(service).and_then(|settings| match settings.get(key) {
        Some(list) if list.tag().is_some() => None,
        Some(list) => file.editor.add_item(list, item),
        None => {
            let step = step(file, service, settings);
            file.editor
                .add_key(settings, key, Written::List(&[item]), step)
        }
    });
    fixes(
        card,
        format!("add `{item}` to `{key}`"),
        edit.map(|edit| vec![edit]),
    )
}

/// The settings to which something can be added that then holds for this service.
fn own_settings<'t>(service: &Service<'t>) -> Option<Value<'t>> {
    let layers = &service.layers;
    let at = layers
        .iter()
        .position(|layer| !layer.settings.is_elsewhere())?;
    let (own, bases) = layers[at..].split_first()?;
    // What is added to a service that others extend comes to them, too: it is added there, and only there.
    let is_whole = |settings: Value| {
        ["image", "build"]
            .iter()
            .any(|key| settings.get(key).is_some())
    };
    let has_whole_base = bases.iter().any(|base| is_whole(base.settings));
    (own.via.is_none() && !has_whole_base).then_some(own.settings)
}

/// How far this file indents what belongs to a service.
fn step(file: &File, service: &Service, settings: Value) -> Option<usize> {
    let outer = file.editor.column_of(service.key.span().start)?;
    let inner = file.editor.column_of(settings.span().start)?;
    inner.checked_sub(outer).filter(|step| *step > 0)
}

fn fixes(card: &Card, description: String, edits: Option<Vec<Edit>>) -> Vec<Fix> {
    let edits = edits.filter(|edits| !edits.is_empty());
    let fix = edits.map(|edits| Fix::new(card, description, edits));
    fix.into_iter().collect()
}

#[cfg(test)]
mod tests;
