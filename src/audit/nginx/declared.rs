//! The values that `map` gives for a text, and `geo` for a stranger.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::forest::At;
use super::pattern::Pattern;

/// Addresses of strangers: a rule that lets one of them in does not restrict access.
pub(super) const STRANGERS: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(23, 17, 5, 9)),
    IpAddr::V4(Ipv4Addr::new(91, 203, 44, 7)),
    IpAddr::V4(Ipv4Addr::new(178, 33, 19, 201)),
];
pub(super) const STRANGER_OF_V6: IpAddr =
    IpAddr::V6(Ipv6Addr::new(0x2a03, 0x2880, 0, 0, 0, 0, 0, 1));

/// How many lines of a map are compared.
const MAX_LINES: usize = 500;

/// Returns the line of a map for a value; `None` if that cannot be known.
pub(super) fn mapped<'f>(map: At<'f>, source: &str) -> Option<&'f str> {
    if !map.block().is_whole() {
        return None;
    }
    let lines: Vec<_> = map.block().within().take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        return None;
    }
    let mut fallback = "";
    let mut matched = None;
    for line in &lines {
        let (key, value) = (line.name(), line.argument(0));
        match key {
            "default" => fallback = value,
            "hostnames" | "volatile" | "include" => {}
            _ => {
                if let Some(pattern) = key.strip_prefix('~') {
                    let (pattern, ignores_case) = match pattern.strip_prefix('*') {
                        Some(pattern) => (pattern, true),
                        None => (pattern, false),
                    };
                    let is_match = Pattern::new(pattern, ignores_case)?.is_match(source);
                    matched = matched.or(is_match.then_some(value));
                } else if key.trim_start_matches('\\').eq_ignore_ascii_case(source) {
                    return Some(value);
                }
            }
        }
    }
    Some(matched.unwrap_or(fallback))
}

/// Returns the value of a `geo` for a stranger; `None` if that cannot be known.
pub(super) fn located(geo: At<'_>) -> Option<&str> {
    if !geo.block().is_whole() {
        return None;
    }
    let mut fallback = "";
    let mut nearest: Option<(u8, &str)> = None;
    for line in geo.block().within().take(MAX_LINES) {
        match line.name() {
            "default" => fallback = line.argument(0),
            "ranges" | "proxy" | "proxy_recursive" | "delete" | "include" => {}
            network => {
                let length = network.rsplit_once('/').and_then(|(_, it)| it.parse().ok());
                let length = length.unwrap_or(32);
                if holds(network, STRANGERS[1]) == Some(true)
                    && nearest.is_none_or(|(other, _)| length >= other)
                {
                    nearest = Some((length, line.argument(0)));
                }
            }
        }
    }
    Some(nearest.map_or(fallback, |(_, value)| value))
}

/// Returns whether a network, an address or `all` contains an address.
pub(super) fn holds(network: &str, address: IpAddr) -> Option<bool> {
    if network == "all" {
        return Some(true);
    }
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (network, None),
    };
    match (base.parse().ok()?, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let length: u32 = length.map_or(Some(32), |length| length.parse().ok())?;
            let mask = u32::MAX
                .checked_shl(32_u32.checked_sub(length)?)
                .unwrap_or(0);
            Some((u32::from(base) ^ u32::from(address)) & mask == 0)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let length: u32 = length.map_or(Some(128), |length| length.parse().ok())?;
            let mask = u128::MAX
                .checked_shl(128_u32.checked_sub(length)?)
                .unwrap_or(0);
            Some((u128::from(base) ^ u128::from(address)) & mask == 0)
        }
        _ => Some(false),
    }
}
