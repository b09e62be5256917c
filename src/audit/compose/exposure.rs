//! Ports that a service publishes, and to whom.

use std::net::{IpAddr, Ipv4Addr};

use crate::audit::yaml::{Span, Value};

use super::image;
use super::interpolation::{is_unknown, with_defaults};
use super::service::Service;

/// One entry of `ports`.
pub(super) struct Port<'t> {
    /// The entry.
    pub(super) entry: Value<'t>,
    pub(super) span: Span,
    pub(super) via: Option<Span>,
    pub(super) address: Address,
    /// The ports of the container, as far as they are known.
    container: Option<(u16, u16)>,
    /// The ports of the host; none when the system picks one.
    pub(super) host: HostPort,
}

/// The host's side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostPort {
    /// The system picks a free one at each start.
    Random,
    /// Only the environment knows.
    Unknown,
    /// The first of the published ports.
    Fixed(u16),
}

/// To which of the host's addresses a port is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Every one, because none is given.
    Absent,
    /// Every one, because the unspecified address is given.
    Unspecified,
    /// One of them.
    Specific,
    /// Whichever a variable names; every one when it is not set.
    OpenVariable,
    /// Not an address, so that compose refuses the file, or one that only the environment knows.
    Unknown,
}

impl Port<'_> {
    /// Whether the entry opens the port to every network that the host is in.
    pub(super) fn is_on_all_interfaces(&self) -> bool {
        matches!(self.address, Address::Absent | Address::Unspecified)
    }

    /// Whether one of the container's ports is `port`.
    pub(super) fn serves(&self, port: u16) -> bool {
        self.container
            .is_some_and(|(first, last)| (first..=last).contains(&port))
    }

    /// What data the port gives access to: by the image, else by what listens there by custom.
    pub(super) fn datastore(&self, service: &Service) -> Option<&'static str> {
        let image = service.text("image").map(|image| image::short_name(&image));
        let by_image = image.as_deref().and_then(image::datastore);
        by_image.or_else(|| {
            let (first, last) = self.container?;
            (first..=last.min(first.saturating_add(MAX_RANGE))).find_map(image::datastore_on)
        })
    }

    /// The entry's port as a message names it.
    pub(super) fn name(&self) -> String {
        match (self.container, self.host) {
            (Some((first, last)), _) if first == last => format!("port {first}"),
            (Some((first, last)), _) => format!("ports {first}-{last}"),
            (None, HostPort::Fixed(port)) => format!("port {port}"),
            (None, _) => "a port".to_owned(),
        }
    }
}

/// Whether `written`, in place of the entry of `port`, publishes the same on one address only.
pub(super) fn is_bound_version(written: &str, port: &Port) -> bool {
    short(written).is_some_and(|(address, host, container)| {
        address == Address::Specific && host == port.host && container == port.container
    })
}

/// Ranges longer than this are not searched to their end.
const MAX_RANGE: u16 = 1_000;

/// The entries of a service's `ports` that take effect.
pub(super) fn ports<'t>(service: &Service<'t>) -> Vec<Port<'t>> {
    // In these modes compose ignores the entries, or refuses them.
    let mode = service.text("network_mode").unwrap_or_default();
    if mode == "host" || mode == "none" {
        return Vec::new();
    }
    let entries = service.items("ports");
    entries
        .iter()
        .filter_map(|entry| port(entry.value, entry.via()))
        .collect()
}

fn port(entry: Value<'_>, via: Option<Span>) -> Option<Port<'_>> {
    let (address, host, container) = if let Some(text) = entry.text() {
        short(text)?
    } else {
        long(entry)?
    };
    Some(Port {
        entry,
        span: entry.span(),
        via,
        address,
        container,
        host,
    })
}

type Parsed = (Address, HostPort, Option<(u16, u16)>);

/// `[address:][host port:]container port[/protocol]`.
fn short(text: &str) -> Option<Parsed> {
    let filled = with_defaults(text.trim());
    // A variable alone may hold anything.
    if filled.len() == 1 && is_unknown(&filled) || filled.is_empty() {
        return None;
    }
    let mapping = filled.split('/').next().unwrap_or(&filled);
    let (rest, container) = split_last(mapping);
    let container = range(container);
    let Some(rest) = rest else {
        return Some((Address::Absent, HostPort::Random, container));
    };
    let (address, host) = split_last(rest);
    let host = host_port(host);
    match address {
        Some(given) => {
            let written = text.trim_start();
            Some((address_of(given, written), host, container))
        }
        // `${X}:80` may hide an address with its port; compose takes it for a port when it is one.
        None if host == HostPort::Unknown && may_hold_address(text) => {
            Some((Address::Unknown, host, container))
        }
        None => Some((Address::Absent, host, container)),
    }
}

fn long(entry: Value) -> Option<Parsed> {
    let text = |key: &str| {
        let value = entry.get(key)?;
        value.text().map(with_defaults).filter(|_| !value.is_null())
    };
    let container = range(&text("target")?);
    let address = match text("host_ip") {
        None => Address::Absent,
        Some(given) => address_of(&given, entry.get("host_ip")?.text()?),
    };
    let host = match text("published") {
        None => HostPort::Random,
        Some(published) => host_port(&published),
    };
    // Compose refuses a literal that is no port.
    let refused =
        host == HostPort::Unknown && !text("published").is_some_and(|text| is_unknown(&text));
    if refused {
        return None;
    }
    Some((address, host, container))
}

/// Splits at the last colon that is not inside an address in brackets.
fn split_last(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once(':') {
        Some((left, right)) if !right.contains(']') => (Some(left), right),
        _ => (None, text),
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

fn host_port(text: &str) -> HostPort {
    match range(text) {
        Some((first, _)) => HostPort::Fixed(first),
        None if text.trim().is_empty() => HostPort::Random,
        None => HostPort::Unknown,
    }
}

/// What the address of an entry is; `written` is the entry before its variables were filled in.
fn address_of(given: &str, written: &str) -> Address {
    let bare = given.trim().trim_start_matches('[').trim_end_matches(']');
    if bare.is_empty() {
        // A variable whose default is nothing is as open as one without a default.
        return if written.starts_with('$') {
            Address::OpenVariable
        } else {
            Address::Absent
        };
    }
    if is_unknown(bare) {
        // With `:?` compose stops when the variable is missing, so the entry is never open by omission.
        let variable = &written[..written.find('}').map_or(written.len(), |end| end + 1)];
        let stops = variable.contains('?');
        let alone = bare.chars().count() == 1;
        return if stops || !alone {
            Address::Unknown
        } else {
            Address::OpenVariable
        };
    }
    match bare.parse::<IpAddr>() {
        Ok(address) if is_unspecified(address) => Address::Unspecified,
        Ok(_) => Address::Specific,
        Err(_) => Address::Unknown,
    }
}

fn is_unspecified(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_unspecified(),
        IpAddr::V6(address) => {
            address.is_unspecified() || address.to_ipv4_mapped() == Some(Ipv4Addr::UNSPECIFIED)
        }
    }
}

/// Whether a variable's name speaks of an address rather than of a port.
fn may_hold_address(text: &str) -> bool {
    let name = text.to_ascii_uppercase();
    ["BIND", "ADDR", "LISTEN", "_IP", "HOST_IP", "INTERFACE"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Address, HostPort)>) {
        let found = short(text).map(|(address, host, _)| (address, host));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_short_form_in_all_its_shapes() {
        use Address::{Absent, OpenVariable, Specific, Unknown, Unspecified};
        let fixed = HostPort::Fixed;
        check("8080:80", Some((Absent, fixed(8080))));
        check("22:22", Some((Absent, fixed(22))));
        check("80", Some((Absent, HostPort::Random)));
        check("3000-3005:3000-3005/udp", Some((Absent, fixed(3000))));
        check("0.0.0.0:8080:80", Some((Unspecified, fixed(8080))));
        check("[::]:8080:80", Some((Unspecified, fixed(8080))));
        check("::0:8080:80", Some((Unspecified, fixed(8080))));
        check("[::ffff:0.0.0.0]:8080:80", Some((Unspecified, fixed(8080))));
        check(":8080:80", Some((Absent, fixed(8080))));
        check("127.0.0.1:8080:80", Some((Specific, fixed(8080))));
        check("127.0.0.1::80", Some((Specific, HostPort::Random)));
        check("[::1]:8080:80", Some((Specific, fixed(8080))));
        check("::1:6000:6000", Some((Specific, fixed(6000))));
        check("192.168.1.5:53:53/udp", Some((Specific, fixed(53))));
        check("localhost:8080:80", Some((Unknown, fixed(8080))));
        check("${PORT:-8080}:80", Some((Absent, fixed(8080))));
        check("${PORT}:80", Some((Absent, HostPort::Unknown)));
        check("${BIND:-127.0.0.1}:8080:80", Some((Specific, fixed(8080))));
        check("${BIND:-0.0.0.0}:8080:80", Some((Unspecified, fixed(8080))));
        check("${BIND}:8080:80", Some((OpenVariable, fixed(8080))));
        check("${BIND:-}:8080:80", Some((OpenVariable, fixed(8080))));
        check("${BIND:?set it}:8080:80", Some((Unknown, fixed(8080))));
        check("${BIND:-127.0.0.1:}8080:80", Some((Specific, fixed(8080))));
        check("${LISTEN_ADDR}:80", Some((Unknown, HostPort::Unknown)));
        check("${PORTS}", None);
        check("", None);
    }
}
