//! Addresses in `pg_hba.conf`, and which of them contain others.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rustc_hash::FxHashSet;

use crate::model::steps;

/// How many masks are compared; valid masks, whose ones come first, are fewer.
const MAX_MASKS: usize = 200;

/// Where a connection comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Address {
    /// The Unix socket.
    Socket,
    /// Anywhere.
    All,
    /// Any address of the server itself.
    SameHost,
    /// Any network that the server is in.
    SameNet,
    /// A network.
    Net(Net),
    /// A host name, or the end of one.
    Name(String),
}

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Net {
    is_v6: bool,
    bits: u128,
    mask: u128,
}

impl Address {
    /// Parses the address that a word means; `None` if a separate mask must follow.
    pub(super) fn of(text: &str, is_quoted: bool) -> Result<Option<Self>, String> {
        if !is_quoted {
            match text {
                "all" => return Ok(Some(Self::All)),
                "samehost" => return Ok(Some(Self::SameHost)),
                "samenet" => return Ok(Some(Self::SameNet)),
                _ => {}
            }
        }
        let (address, length) = text
            .split_once('/')
            .map_or((text, None), |(address, length)| (address, Some(length)));
        let Ok(address) = address.parse::<IpAddr>() else {
            return match length {
                Some(_) => Err(format!("`{text}` is a name of a host with a mask")),
                None => Ok(Some(Self::Name(text.to_ascii_lowercase()))),
            };
        };
        let Some(length) = length else {
            return Ok(None);
        };
        let most = if address.is_ipv6() { 128 } else { 32 };
        let length: u32 = length
            .parse()
            .map_err(|_| format!("`{text}` has no valid mask"))?;
        if length > most {
            return Err(format!("`{text}` has no valid mask"));
        }
        let mask = u128::MAX.checked_shl(most - length).unwrap_or(0);
        Ok(Some(Self::Net(Net::new(address, mask))))
    }

    /// Parses an address with its mask.
    pub(super) fn masked(address: &str, mask: &str) -> Result<Self, String> {
        let parsed = (address.parse::<IpAddr>(), mask.parse::<IpAddr>());
        match parsed {
            (Ok(address), Ok(mask)) if address.is_ipv4() == mask.is_ipv4() => {
                Ok(Self::Net(Net::new(address, bits(mask))))
            }
            _ => Err(format!("`{mask}` is no mask for `{address}`")),
        }
    }

    /// Returns whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        match self {
            Self::Socket | Self::SameHost => true,
            Self::Net(net) => net.is_loopback(),
            Self::Name(name) => name == "localhost",
            Self::All | Self::SameNet => false,
        }
    }

    /// Returns its IPv4 and IPv6 parts, each of which another rule may contain.
    pub(super) fn parts(&self) -> Vec<Self> {
        match self {
            Self::All => {
                let all = |is_v6| {
                    Self::Net(Net {
                        is_v6,
                        bits: 0,
                        mask: 0,
                    })
                };
                vec![all(false), all(true)]
            }
            other => vec![other.clone()],
        }
    }

    /// Returns whether `other`, one part of an address, is contained in this one.
    #[cfg(test)]
    pub(super) fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Socket, _) | (_, Self::Socket) => self == other,
            (Self::All, _) | (Self::SameNet, Self::SameHost) => true,
            (Self::Net(own), Self::Net(other)) => own.holds(other),
            _ => self == other,
        }
    }
}

impl Net {
    fn new(address: IpAddr, mask: u128) -> Self {
        let is_v6 = address.is_ipv6();
        let mask = if is_v6 {
            mask
        } else {
            mask & u128::from(u32::MAX)
        };
        Self {
            is_v6,
            bits: bits(address) & mask,
            mask,
        }
    }

    fn holds(&self, other: &Self) -> bool {
        self.is_v6 == other.is_v6
            && self.mask & other.mask == self.mask
            && self.bits == other.bits & self.mask
    }

    fn is_loopback(&self) -> bool {
        if self.is_v6 {
            return self.mask == u128::MAX && self.bits == 1;
        }
        let loopback = Self {
            is_v6: false,
            bits: 0x7f00_0000,
            mask: 0xff00_0000,
        };
        loopback.holds(self)
    }
}

/// A set of addresses that can tell whether one of them contains another.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// Networks by mask; there are few masks.
    nets: BTreeMap<(bool, u128), FxHashSet<u128>>,
    /// Addresses that are not networks.
    others: FxHashSet<Address>,
}

impl Cover {
    /// Adds an address.
    pub(super) fn add(&mut self, address: &Address) {
        match address {
            Address::Net(net) => {
                let same = self.nets.entry((net.is_v6, net.mask)).or_default();
                same.insert(net.bits);
            }
            other => {
                self.others.insert(other.clone());
            }
        }
    }

    /// Returns whether one of the addresses [contains](Address::holds) `other`.
    pub(super) fn holds(&self, other: &Address) -> bool {
        let has = |address: &Address| self.others.contains(address);
        if has(other) || *other != Address::Socket && has(&Address::All) {
            return true;
        }
        match other {
            Address::SameHost => has(&Address::SameNet),
            Address::Net(net) => self
                .nets
                .iter()
                .take(MAX_MASKS)
                .any(|((is_v6, mask), same)| {
                    steps::look_at(1);
                    *is_v6 == net.is_v6
                        && mask & net.mask == *mask
                        && same.contains(&(net.bits & mask))
                }),
            _ => false,
        }
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Address {
        Address::of(text, false).unwrap().unwrap()
    }

    #[test]
    fn networks_hold_smaller_ones() {
        let check = |outer: &str, inner: &str, expected: bool| {
            let parts = net(inner).parts();
            let holds = parts.iter().all(|part| net(outer).holds(part));
            assert_eq!(holds, expected, "{outer} {inner}");
        };
        check("0.0.0.0/0", "10.0.0.0/8", true);
        check("10.0.0.0/8", "0.0.0.0/0", false);
        check("10.0.0.0/8", "10.1.0.0/16", true);
        check("10.0.0.0/8", "11.0.0.0/16", false);
        check("0.0.0.0/0", "::/0", false);
        check("0.0.0.0/0", "all", false);
        check("all", "all", true);
        check("all", "a.test", true);
        check("a.test", "a.test", true);
        check("0.0.0.0/0", "a.test", false);
    }

    #[test]
    fn a_cover_holds_what_one_of_its_addresses_holds() {
        let texts = [
            "all",
            "samehost",
            "samenet",
            "a.test",
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.3/32",
            "::/0",
            "fe80::/10",
            "fe80::1/128",
        ];
        let all = || texts.map(net).into_iter().chain([Address::Socket]);
        for one in all() {
            for two in all() {
                let mut cover = Cover::default();
                cover.add(&one);
                cover.add(&two);
                for other in all().filter(|other| *other != Address::All) {
                    let expected = one.holds(&other) || two.holds(&other);
                    assert_eq!(cover.holds(&other), expected, "{one:?} {two:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn this_machine_has_several_addresses() {
        for (text, expected) in [
            ("127.0.0.1/32", true),
            ("127.0.0.0/8", true),
            ("::1/128", true),
            ("samehost", true),
            ("localhost", true),
            ("127.0.0.1/0", false),
            ("samenet", false),
            ("::1/0", false),
        ] {
            assert_eq!(net(text).is_loopback(), expected, "{text}");
        }
        let masked = |mask| Address::masked("127.0.0.1", mask).unwrap();
        assert!(masked("255.0.0.0").is_loopback());
        assert!(!masked("0.0.0.0").is_loopback());
        assert!(Address::masked("::1", "255.0.0.0").is_err());
    }
}
