//! The remedies as edits of the text at hand, where it is certain that they do what they should and nothing else.

use crate::audit::check::Card;
use crate::audit::fix::{Edit, Fix};
use crate::audit::yaml::{Span, Value, Written};

use super::credential::{Slot, Verdict};
use super::exposure::{self, Port};
use super::file::File;
use super::image;
use super::interpolation::{self, Part};
use super::is_named;
use super::roles::ends_at_once;
use super::service::Service;
use super::store::OBJECTS;

mod blocks;
pub(super) mod conventions;
mod names;
mod needs;
mod place;
mod settled;
pub(super) mod shared;

use conventions::{Conventions, leaves_out, own_address};
pub(super) use names::name_variables;
use needs::{RESTART, RIGHTS};

const LOOPBACK: &str = "127.0.0.1";
/// How many Compose files beside this one are examined.
const MOST_SIBLINGS: usize = 20;

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
        [] => (0..0, format!("{}::", own_address(file))),
        [_] => (0..0, format!("{}:", own_address(file))),
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

/// The compose files in the folder of this one.
pub(super) fn siblings<'f>(file: &'f File) -> impl Iterator<Item = String> + 'f {
    let own = file.parts.path.as_str();
    let (folder, start) = match own.rsplit_once('/') {
        Some((folder, _)) => (folder, format!("{folder}/")),
        None => ("", String::new()),
    };
    let names = file.project.names_in(folder);
    let named = names
        .filter(|name| is_named(name))
        .map(move |name| format!("{start}{name}"));
    named.filter(move |path| path != own).take(MOST_SIBLINGS)
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

/// The part of an address to replace, and its replacement.
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

/// Offsets of colons that are neither inside a variable nor inside an address in brackets.
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

/// Replaces a credential with a variable that Compose requires to be set.
pub(super) fn require_variable(card: &Card, file: &File, slot: &Slot) -> Vec<Fix> {
    // Command lines and builds retain what they are given, wherever it comes from; and a file meant to be copied keeps
    // its placeholders.
    let is_settled = match slot.verdict {
        Verdict::Hardcoded | Verdict::Default | Verdict::InAddress | Verdict::WellKnown => true,
        Verdict::Placeholder(_) => !file.is_template,
        Verdict::InCommand | Verdict::InBuildArgument | Verdict::InLabel => false,
    };
    let is_settled = is_settled && !is_name_of_key(file, slot) && !is_for_emulator(slot);
    let Some(variable) = slot.variable.as_ref().filter(|_| is_settled) else {
        return Vec::new();
    };
    let required = match password_of_objects(file, slot) {
        Some(store) => format!("${{{variable}:-${{{store}:?set {store}}}}}"),
        None => format!("${{{variable}:?set {variable}}}"),
    };
    let edits = place_of_literal(file, slot)
        .and_then(|part| file.editor.replace_in(slot.scalar, part, &required));
    fixes(card, format!("require the variable `{variable}`"), edits)
}

/// The password variable of an object store in the same file that is also the default of an S3 variable: both have to
/// stay the same.
fn password_of_objects<'f>(file: &'f File, slot: &Slot) -> Option<&'f str> {
    let variable = slot
        .default_of
        .as_deref()
        .filter(|name| name.contains("S3"))?;
    let is_store = |other: &&Slot| {
        let image = file.services.get(other.service)?.text("image")?;
        let kind = image::datastore(&image::short_name(&image))?;
        (kind == OBJECTS).then_some(())
    };
    let same = file
        .slots
        .iter()
        .filter(|other| other.secret.value == slot.secret.value);
    let mut names = same.filter(|other| is_store(other).is_some());
    let name = names.find_map(|other| other.default_of.as_deref())?;
    (name != variable).then_some(name)
}

/// Whether a value identifies a key whose secret half is beside it: `AWS_ACCESS_KEY` and `AWS_SECRET_KEY`.
fn is_name_of_key(file: &File, slot: &Slot) -> bool {
    let name = slot.name.to_ascii_uppercase();
    let has_secret = |service: &Service| {
        let mut variables = service.own_variables("environment").into_iter();
        variables.any(|other| {
            let other = other.name.to_ascii_uppercase();
            other.contains("SECRET") && other.ends_with("KEY")
        })
    };
    name.ends_with("ACCESS_KEY")
        && !name.contains("SECRET")
        && file.services.get(slot.service).is_some_and(has_secret)
}

/// Whether an AWS key is a word that AWS would never issue: emulators accept any.
fn is_for_emulator(slot: &Slot) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"dummy",
        b"example",
        b"fake",
        b"foo",
        b"local",
        b"localstack",
        b"test",
    ];
    slot.name.starts_with("AWS_") && WORDS.contains(&slot.secret.value.reveal())
}

/// The bytes that a reference to a variable replaces.
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

/// Returns the edits that give a service a setting that the rule of this card misses: in a block, if services share
/// one.
pub(super) fn missing(card: &Card, file: &File, service: &Service) -> Vec<Fix> {
    if ends_at_once(service) {
        return Vec::new();
    }
    let blocks = || file.shared.get_or_init(|| shared::Shared::of(file));
    // What only changes another file has from there what it lacks; and to harden nothing but a job gains little.
    if blocks().is_laid_over || blocks().are_all_jobs {
        return Vec::new();
    }
    let is_settled = |key: &str| settled::is_settled(file, service, key);
    let conventions = || file.conventions.get_or_init(|| Conventions::of(file));
    match card.id {
        // What gains rights on purpose stops to work without them, and so does what a privileged container starts.
        "compose/no-new-privileges" if !file.gains_rights(service) && !is_settled(RIGHTS) => {
            let item = "no-new-privileges:true";
            together(card, file, service, (RIGHTS, Written::List(&[item])))
                .unwrap_or_else(|| add_item(card, file, service, RIGHTS, item))
        }
        // A list of single capabilities was chosen deliberately.
        "compose/cap-drop-all"
            if is_unprivileged(service)
                && !has_capable_files(file, service)
                && service.items("cap_drop").is_empty()
                && !is_settled("cap_drop") =>
        {
            add_item(card, file, service, "cap_drop", "ALL")
        }
        // A service that ends, or is started by hand, should neither restart nor log for long.
        "compose/restart-policy"
            if !file.is_called(service) && !leaves_out(file, service) && !is_settled(RESTART) =>
        {
            let policy = conventions().restart();
            let named = || {
                let edits = blocks().policy_of(file, service)?;
                Some(fixes(card, format!("set `{RESTART}`"), Some(edits)))
            };
            let fixes = together(card, file, service, (RESTART, policy))
                .or_else(named)
                .unwrap_or_else(|| add_setting(card, file, service, RESTART, policy));
            let is_meant = conventions().starts_again && needs::is_sure_to_run(service);
            optional(fixes, !is_meant)
        }
        "compose/logging"
            if !file.is_called(service)
                && !needs::is_for_podman(file)
                && !is_settled("logging") =>
        {
            if let Some(anchor) = blocks().logging_before(service) {
                let alias = format!("*{anchor}");
                return add_setting(card, file, service, "logging", Written::Scalar(&alias));
            }
            let fixes = conventions().with_logging(|limits| {
                let written = Written::Mapping(limits);
                if let Some(fixes) = together(card, file, service, ("logging", written)) {
                    return fixes;
                }
                let aside = blocks().aside(file, service, limits);
                match aside.or_else(|| blocks().named(file, service, limits)) {
                    Some(edits) => fixes(card, "set `logging`".to_owned(), Some(edits)),
                    None => add_setting(card, file, service, "logging", written),
                }
            });
            optional(fixes, !conventions().limits_logs)
        }
        _ => Vec::new(),
    }
}

/// Fixes that are made only where they are asked for, if that `is_so`.
fn optional(mut fixes: Vec<Fix>, is_so: bool) -> Vec<Fix> {
    for fix in &mut fixes {
        fix.is_optional |= is_so;
    }
    fixes
}

/// Returns the edits that give a service a setting through a block that it shares; `None` if the setting belongs in the
/// service.
fn together(
    card: &Card,
    file: &File,
    service: &Service,
    (key, value): (&str, Written),
) -> Option<Vec<Fix>> {
    let blocks = file.shared.get_or_init(|| shared::Shared::of(file));
    if blocks.inherits(service, key) {
        return Some(Vec::new());
    }
    let edits = blocks.edits(file, service, (key, value))?;
    let description = match blocks.members(service, key) {
        Some(count) => format!("set `{key}` for {count} services together"),
        None => format!("set `{key}` for services together"),
    };
    Some(fixes(card, description, Some(edits)))
}

/// Whether the service starts as a user without capabilities, so that it has none to lose. Most images start as root,
/// and those of databases use several capabilities to switch to another user.
fn is_unprivileged(service: &Service) -> bool {
    let user = service.text("user").unwrap_or_default();
    let id = user.split(':').next().unwrap_or_default();
    id.parse::<u32>().is_ok_and(|id| id != 0) && service.setting("cap_add").is_none()
}

/// Images whose programs have file capabilities, and do not even start without them.
const CAPABLE: [&str; 7] = [
    "adguardhome",
    "caddy",
    "clickhouse",
    "coredns",
    "openbao",
    "pihole",
    "vault",
];

/// Whether the program of an image has file capabilities, or an image that is built here sets some.
fn has_capable_files(file: &File, service: &Service) -> bool {
    let image = service.text("image").unwrap_or_default();
    let name = image::short_name(&image);
    CAPABLE.iter().any(|known| name.contains(known)) || file.uses_setcap(service)
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

/// Adds an item to a list of the service, or the list itself if there is none.
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

/// The settings that can be extended such that the addition holds for this service.
fn own_settings<'t>(service: &Service<'t>) -> Option<Value<'t>> {
    let layers = &service.layers;
    let at = layers
        .iter()
        .position(|layer| !layer.settings.is_elsewhere())?;
    let (own, bases) = layers[at..].split_first()?;
    // An addition to a service that others extend reaches them, too: it is made there, and only there.
    let is_whole = |settings: Value| {
        ["image", "build"]
            .iter()
            .any(|key| settings.get(key).is_some())
    };
    let has_whole_base = bases.iter().any(|base| is_whole(base.settings));
    (own.via.is_none() && !has_whole_base).then_some(own.settings)
}

/// The settings of a service in this file; another file may be merged onto it.
fn written_here<'t>(service: &Service<'t>) -> Option<Value<'t>> {
    let mut settings = service.layers.iter().map(|layer| layer.settings);
    settings.find(|settings| !settings.is_elsewhere())
}

/// The number of columns by which this file indents the settings of a service.
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
