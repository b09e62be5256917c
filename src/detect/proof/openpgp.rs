//! `OpenPGP`'s armoured secret keys: a CRC-24 over the packets, the first of which must be a secret key.

use super::bytes::Bytes;
use super::encoding::{base64, fact};
use super::private_key::Body;
use crate::model::Fact;

/// The packet tag of a secret key, in the old and the new packet format.
const SECRET_KEY: u8 = 5;

pub(super) fn read(body: &Body) -> Option<Vec<Fact>> {
    let bytes = base64(&body.digits)?;
    if let Some(checksum) = &body.armour_checksum {
        let expected = base64(checksum)?;
        if crc24(&bytes).to_be_bytes()[1..] != expected {
            return None;
        }
    }
    read_packets(&bytes)
}

/// Reads the first packet, which must be a secret key, and whether the secret is encrypted or absent.
pub(super) fn read_packets(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    let header = rest.byte()?;
    let is_old = header & 0xc0 == 0x80;
    let tag = if is_old {
        header >> 2 & 0x0f
    } else {
        header & 0x3f
    };
    let size = if is_old {
        old_length(header, &mut rest)?
    } else {
        new_length(&mut rest)?
    };
    let mut packet = Bytes(rest.take(size)?);
    let version = packet.byte().filter(|version| (3..=6).contains(version))?;
    if header & 0x80 == 0 || tag != SECRET_KEY {
        return None;
    }
    let mut facts = vec![
        fact("kind", "OpenPGP"),
        fact("version", &version.to_string()),
    ];
    match protection(version, packet) {
        Some(Protection::Encrypted) => facts.push(fact("encrypted", "yes")),
        Some(Protection::LeftOut) => facts.push(fact("stub", "yes")),
        Some(Protection::None) | None => {}
    }
    Some(facts)
}

/// Whether a packet continues like that of a key: with a plausible creation time and a known algorithm.
pub(super) fn begins_as_key(bytes: &[u8]) -> bool {
    const FIRST: usize = 0x2800_0000;
    const LAST: usize = 0x8000_0000;
    let read = || {
        let mut rest = Bytes(bytes);
        let header = rest.byte()?;
        match header & 0xc0 {
            0x80 => old_length(header, &mut rest)?,
            _ => new_length(&mut rest)?,
        };
        let version = rest.byte()?;
        let time = rest.number(4)?;
        if version == 3 {
            rest.take(2)?;
        }
        Some((time, rest.byte()?))
    };
    read().is_some_and(|(time, algorithm)| {
        (FIRST..LAST).contains(&time) && matches!(algorithm, 1..=3 | 16..=20 | 22 | 25..=34)
    })
}

/// How the secret part of a key is stored.
enum Protection {
    None,
    Encrypted,
    /// It is on a smart card, or offline.
    LeftOut,
}

/// Reads the fields between the version and the secret part (RFC 9580, section 5.5.3).
fn protection(version: u8, mut packet: Bytes<'_>) -> Option<Protection> {
    packet.take(4)?;
    if version == 3 {
        packet.take(2)?;
    }
    let algorithm = packet.byte()?;
    if version >= 5 {
        packet.sized(4)?;
    } else {
        skip_public_part(algorithm, &mut packet)?;
    }
    let usage = packet.byte()?;
    if usage == 0 {
        return Some(Protection::None);
    }
    if version == 6 {
        packet.byte()?;
    }
    if (253..=255).contains(&usage) {
        // The cipher and, with 253, its mode.
        packet.take(if usage == 253 { 2 } else { 1 })?;
        if version == 6 && usage != 255 {
            packet.byte()?;
        }
        // GnuPG's own extension for an absent secret part.
        let is_dummy =
            packet.byte()? == 101 && packet.take(4).is_some_and(|gnu| &gnu[1..] == b"GNU");
        if is_dummy {
            return Some(Protection::LeftOut);
        }
    }
    Some(Protection::Encrypted)
}

fn skip_public_part(algorithm: u8, packet: &mut Bytes<'_>) -> Option<()> {
    let number = |packet: &mut Bytes<'_>| {
        let bits = packet.number(2)?;
        packet.take(bits.div_ceil(8)).map(drop)
    };
    let numbers = match algorithm {
        1..=3 => 2,
        17 => 4,
        16 | 20 => 3,
        18 | 19 | 22 => {
            packet.sized(1)?;
            1
        }
        25 | 27 => return packet.take(32).map(drop),
        26 => return packet.take(56).map(drop),
        28 => return packet.take(57).map(drop),
        _ => return None,
    };
    for _ in 0..numbers {
        number(packet)?;
    }
    if algorithm == 18 {
        packet.sized(1)?;
    }
    Some(())
}

fn old_length(header: u8, rest: &mut Bytes) -> Option<usize> {
    match header & 3 {
        0 => rest.number(1),
        1 => rest.number(2),
        2 => rest.number(4),
        _ => Some(rest.0.len()),
    }
}

fn new_length(rest: &mut Bytes) -> Option<usize> {
    match rest.byte()? {
        short @ ..192 => Some(short.into()),
        middle @ 192..224 => Some((usize::from(middle) - 192) * 256 + rest.number(1)? + 192),
        255 => rest.number(4),
        // Partial lengths are for streams; keys do not use them.
        _ => None,
    }
}

/// The checksum of RFC 9580, section 6.1.
fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 16, |crc, _| {
            let shifted = crc << 1;
            if shifted & 0x0100_0000 == 0 {
                shifted
            } else {
                (shifted ^ 0x0186_4cfb) & 0x00ff_ffff
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    fn body(packet: &[u8], checksum: Option<&str>) -> Body {
        let mut body = Body::default();
        body.digits = to_base64(packet).into_bytes();
        body.armour_checksum = checksum.map(|digits| digits.as_bytes().to_vec());
        body
    }

    #[test]
    fn the_checksum_and_the_first_packet_are_checked() {
        // The check value in the catalogue of CRCs.
        assert_eq!(crc24(b"123456789"), 0x21_cf02);
        let packet = [0xc5, 2, 4, 9];
        let checksum = to_base64(&crc24(&packet).to_be_bytes()[1..]);
        let expected = vec![fact("kind", "OpenPGP"), fact("version", "4")];
        assert_eq!(
            read(&body(&packet, Some(&checksum))),
            Some(expected.clone())
        );
        assert_eq!(read(&body(&packet, None)), Some(expected));
        assert_eq!(read(&body(&packet, Some("AAAA"))), None);
        assert_eq!(read(&body(&[0xc6, 2, 4, 9], None)), None);
        assert_eq!(read(&body(&[0x95, 0, 9, 4], None)), None);
    }
}
