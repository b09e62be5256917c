//! Ports that a service publishes, and who can reach them.

use std::net::{IpAddr, Ipv4Addr};

use crate::audit::Policy;
use crate::audit::yaml::{Span, Value};

use super::file::File;
use super::image;
use super::interpolation::{self, Part, is_unknown, with_defaults};
use super::service::Service;
use super::store::{kind_of_name, named_by};

/// One entry of `ports`.
#[derive(Clone)]
pub(super) struct Port<'t> {
    /// The entry.
    pub(super) entry: Value<'t>,
    pub(super) span: Span,
    pub(super) via: Option<Span>,
    pub(super) address: Address,
    /// The host address as it reads, without brackets; empty if none is given.
    pub(super) given: String,
    /// The first and last port of the container, if they are known.
    pub(super) container: Option<(u16, u16)>,
    /// The host's side.
    pub(super) host: HostPort,
    /// The last host port, if it is fixed.
    pub(super) last: u16,
    /// `tcp`, unless the entry sets another.
    pub(super) protocol: String,
}

/// The host's side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostPort {
    /// The system picks a free one at each start.
    Random,
    /// Known only from the environment.
    Unknown,
    /// The first of the published ports.
    Fixed(u16),
}

/// The host addresses that a port is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// All of them, because no address is given.
    Absent,
    /// All of them, because the unspecified address is given.
    Unspecified,
    /// One address, of the host itself or of a private network.
    Specific,
    /// One address that the internet can reach.
    Public,
    /// The address in a variable; all of them if it is not set.
    OpenVariable,
    /// An address known only from the environment, or no address at all, so that Compose refuses the file.
    Unknown,
}

/// The datastore that a service runs, for one whose image and ports are variables: judged by its name, and by variables
/// that only images of databases take.
fn set_up_as(service: &Service) -> Option<&'static str> {
    const ROOTS: [&str; 5] = [
        "MYSQL_ROOT_PASSWORD",
        "MARIADB_ROOT_PASSWORD",
        "POSTGRES_PASSWORD",
        "MONGO_INITDB_ROOT_PASSWORD",
        "MSSQL_SA_PASSWORD",
    ];
    let kind = kind_of_name(service.name)?;
    let variables = service.own_variables("environment");
    let is_given = |name: &str| {
        ROOTS
            .iter()
            .any(|root| name.strip_suffix("_FILE").unwrap_or(name) == *root)
    };
    variables
        .iter()
        .any(|it| is_given(&it.name))
        .then_some(kind)
}

impl Port<'_> {
    /// Returns whether the entry opens the port to every network that the host is in.
    pub(super) fn is_on_all_interfaces(&self) -> bool {
        matches!(self.address, Address::Absent | Address::Unspecified)
    }

    /// Returns whether the policy allows ports on this address.
    pub(super) fn is_allowed(&self, policy: &Policy) -> bool {
        let is_everywhere = matches!(
            self.address,
            Address::Absent | Address::Unspecified | Address::OpenVariable
        );
        policy.allowed_bind_addresses.iter().any(|allowed| {
            let allowed = bare(allowed);
            let means_all = matches!(allowed, "*" | "0.0.0.0" | "::");
            means_all && is_everywhere || allowed == self.given
        })
    }

    /// Returns whether `port` is one of the container's ports.
    pub(super) fn serves(&self, port: u16) -> bool {
        self.container
            .is_some_and(|(first, last)| (first..=last).contains(&port))
    }

    /// Returns which datastore the port leads to: judged by the image, or else by what usually listens on the port.
    pub(super) fn datastore(&self, file: &File, service: &Service) -> Option<&'static str> {
        let image = service.text("image").map(|image| image::short_name(&image));
        let stored = |image: &str| image::datastore(image).or_else(|| image::without_login(image));
        let by_image = image.as_deref().and_then(stored);
        // The usual service of a port is a guess, so it counts only for images that reveal nothing themselves; and a
        // range that happens to include such a port proves nothing.
        let is_known = image.is_some_and(|image| !image.is_empty() && !is_unknown(&image));
        by_image.or_else(|| {
            let is_built = service.at(&["build"]).is_some();
            // The base image of a local build shows what runs in it: all of its ports belong to that.
            let base = is_built.then(|| file.image_of(service)).flatten();
            let by_base = base.and_then(|image| stored(&image::short_name(&image.base?)));
            by_base
                .or_else(|| {
                    let (first, last) = self.container?;
                    let guess = image::datastore_between(first, last).filter(|_| first == last)?;
                    if !is_built {
                        return (!is_known).then_some(guess);
                    }
                    // Otherwise its own name has to agree: an application may merely forward such a port.
                    named_by(service.name).contains(&guess).then_some(guess)
                })
                .or_else(|| {
                    let is_open = !is_built && !is_known && self.container.is_none();
                    is_open.then(|| set_up_as(service)).flatten()
                })
        })
    }

    /// Returns the port as messages name it: the host port, which is the one to reach, followed by the container port
    /// if it differs.
    pub(super) fn name(&self) -> String {
        let (outside, inside) = self.sides();
        match inside {
            Some(inside) => format!("{outside} ({inside})"),
            None => outside,
        }
    }

    /// Returns the same for text that is already in brackets.
    pub(super) fn name_in_brackets(&self) -> String {
        let (outside, inside) = self.sides();
        match inside {
            Some(inside) => format!("{outside}, {inside}"),
            None => outside,
        }
    }

    /// The names of both sides; that of the container only if it adds something.
    fn sides(&self) -> (String, Option<String>) {
        let numbered = |(first, last): (u16, u16)| {
            if first == last {
                format!("port {first}")
            } else {
                format!("ports {first}-{last}")
            }
        };
        let inside = self
            .container
            .map(|ports| format!("container {}", numbered(ports)));
        match self.host {
            HostPort::Fixed(first) => {
                let outside = (first, self.last);
                let differs = self.container.is_some_and(|ports| ports != outside);
                (numbered(outside), inside.filter(|_| differs))
            }
            HostPort::Random => match (inside, self.variable()) {
                (Some(inside), _) => (inside, None),
                (None, Some(name)) => (format!("container port `${name}`"), None),
                (None, None) => (UNNAMED.to_owned(), None),
            },
            HostPort::Unknown => match (self.published(), inside) {
                (Some(name), inside) => (format!("port `${name}`"), inside),
                (None, Some(inside)) => (inside, None),
                (None, None) => (UNNAMED.to_owned(), None),
            },
        }
    }

    /// The variable that gives the host port, if that is all that is known of it.
    fn published(&self) -> Option<&str> {
        let written = match self.entry.text() {
            Some(text) => text,
            None => self.entry.get("published")?.text()?,
        };
        first_variable(written)
    }

    /// The variable that gives the container port, if that is all that is known of it.
    fn variable(&self) -> Option<&str> {
        let written = self
            .entry
            .text()
            .or_else(|| self.entry.get("target")?.text())?;
        let parts = interpolation::parts(written);
        parts.into_iter().rev().find_map(|part| match part {
            Part::Variable(variable) => Some(variable.name),
            Part::Text(_) | Part::Dollar => None,
        })
    }
}

/// The first variable in a text that does not name an address.
fn first_variable(written: &str) -> Option<&str> {
    let parts = interpolation::parts(written);
    parts.into_iter().find_map(|part| match part {
        Part::Variable(variable) if !may_hold_address(variable.name) => Some(variable.name),
        _ => None,
    })
}

/// The name of a port of which nothing is known.
pub(super) const UNNAMED: &str = "a port";

/// Returns whether `written`, in place of the entry of `port`, publishes the same on one address only.
pub(super) fn is_bound_version(written: &str, port: &Port) -> bool {
    short(written).is_some_and(|parsed| {
        let (host, last) = parsed.host.unwrap_or((HostPort::Random, 0));
        let is_same = host == port.host
            && last == port.last
            && parsed.container == port.container
            && parsed.protocol == port.protocol;
        parsed.address == Address::Specific && is_same
    })
}

/// Returns the entries of a service's `ports` that take effect.
pub(super) fn ports<'t>(service: &Service<'t>) -> Vec<Port<'t>> {
    // In these modes Compose ignores the entries, or refuses them.
    let mode = service.text("network_mode").unwrap_or_default();
    let is_shared = mode.starts_with("service:") || mode.starts_with("container:");
    if mode == "host" || mode == "none" || is_shared {
        return Vec::new();
    }
    let entries = service.items("ports");
    entries
        .iter()
        .filter_map(|entry| port(entry.value, entry.via()))
        .collect()
}

fn port(entry: Value<'_>, via: Option<Span>) -> Option<Port<'_>> {
    let parsed = match entry.text() {
        Some(text) => short(text)?,
        None => long(entry)?,
    };
    Some(Port {
        entry,
        span: entry.span(),
        via,
        address: parsed.address,
        given: parsed.given,
        container: parsed.container,
        host: parsed.host.map_or(HostPort::Random, |host| host.0),
        last: parsed.host.map_or(0, |host| host.1),
        protocol: parsed.protocol,
    })
}

/// The meaning of an entry, in either form.
struct Parsed {
    address: Address,
    given: String,
    /// The first of the host's ports, and the number of the last.
    host: Option<(HostPort, u16)>,
    container: Option<(u16, u16)>,
    protocol: String,
}

/// `[address:][host port:]container port[/protocol]`.
fn short(text: &str) -> Option<Parsed> {
    let filled = with_defaults(text.trim());
    // A lone variable may hold anything.
    if filled.len() == 1 && is_unknown(&filled) || filled.is_empty() {
        return None;
    }
    let (mapping, protocol) = filled.split_once('/').unwrap_or((&filled, "tcp"));
    let (rest, container) = split_last(mapping);
    let mut parsed = Parsed {
        address: Address::Absent,
        given: String::new(),
        host: None,
        container: range(container),
        protocol: protocol.to_ascii_lowercase(),
    };
    let Some(rest) = rest else {
        return Some(parsed);
    };
    let (address, host) = split_last(rest);
    let host = host_port(host);
    parsed.host = Some(host);
    match address {
        Some(given) => {
            bare(given).clone_into(&mut parsed.given);
            parsed.address = address_of(given, text.trim_start());
        }
        // The variable in `${X}:80` may hold an address and a port; Compose reads it as a port if it is one.
        None if host.0 == HostPort::Unknown && may_hold_address(text) => {
            parsed.address = Address::Unknown;
        }
        // Compose refuses what is neither a port nor a variable: `127.0.0.1:8080`.
        None if host.0 == HostPort::Unknown && !is_unknown(rest) => return None,
        None => {}
    }
    Some(parsed)
}

fn long(entry: Value) -> Option<Parsed> {
    let text = |key: &str| {
        let value = entry.get(key)?;
        value.text().map(with_defaults).filter(|_| !value.is_null())
    };
    let container = range(&text("target")?);
    let given = text("host_ip").unwrap_or_default();
    // Compose refuses an empty address.
    if entry.get("host_ip").and_then(Value::text) == Some("") {
        return None;
    }
    let address = match entry.get("host_ip").and_then(Value::text) {
        Some(written) if text("host_ip").is_some() => address_of(&given, written),
        _ => Address::Absent,
    };
    let host = text("published").map(|published| host_port(&published));
    // Compose refuses a literal that is not a port.
    let refused = host.is_some_and(|host| host.0 == HostPort::Unknown)
        && !text("published").is_some_and(|text| is_unknown(&text));
    if refused {
        return None;
    }
    Some(Parsed {
        address,
        given: bare(&given).to_owned(),
        host,
        container,
        protocol: text("protocol")
            .map_or_else(|| "tcp".to_owned(), |text| text.to_ascii_lowercase()),
    })
}

/// An address without the brackets that IPv6 needs before a port.
fn bare(address: &str) -> &str {
    address.trim().trim_start_matches('[').trim_end_matches(']')
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

fn host_port(text: &str) -> (HostPort, u16) {
    match range(text) {
        Some((first, last)) => (HostPort::Fixed(first), last),
        None if text.trim().is_empty() => (HostPort::Random, 0),
        None => (HostPort::Unknown, 0),
    }
}

/// Classifies the address of an entry; `written` is the entry before its variables were replaced.
fn address_of(given: &str, written: &str) -> Address {
    let bare = bare(given);
    if bare.is_empty() {
        // A variable with an empty default is as open as one without a default.
        return if written.starts_with('$') {
            Address::OpenVariable
        } else {
            Address::Absent
        };
    }
    if is_unknown(bare) {
        // With `:?`, Compose stops if the variable is missing, so the entry is never open by omission.
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
        Ok(address) if is_local(address) => Address::Specific,
        Ok(_) => Address::Public,
        Err(_) => Address::Unknown,
    }
}

/// Whether the internet cannot reach the address.
fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // Carriers and overlay networks use 100.64.0.0/10.
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && second & 0xc0 == 64;
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_documentation()
                || is_shared
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
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

/// Whether a variable's name suggests an address rather than a port.
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
        let found = short(text).map(|parsed| {
            let host = parsed.host.map_or(HostPort::Random, |host| host.0);
            (parsed.address, host)
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_short_form_in_all_its_shapes() {
        use Address::{Absent, OpenVariable, Public, Specific, Unknown, Unspecified};
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
        check("8.8.8.8:53:53", Some((Public, fixed(53))));
        check("[2a00::1]:80:80", Some((Public, fixed(80))));
        check("[fd00::1]:80:80", Some((Specific, fixed(80))));
        check("100.64.0.1:80:80", Some((Specific, fixed(80))));
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
