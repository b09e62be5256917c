//! `OpenPGP`'s armoured secret keys: a CRC-24 over the packets, of which the first must be a secret key.

use super::bytes::Bytes;
use super::encoding::{base64, fact};
use super::private_key::Body;
use crate::model::Fact;

/// The packet tag of a secret key, in the old and the new way of writing tags.
const SECRET_KEY: u8 = 5;

pub(super) fn read(body: &Body) -> Option<Vec<Fact>> {
    let bytes = base64(&body.digits)?;
    if let Some(checksum) = &body.armour_checksum {
        let expected = base64(checksum)?;
        if crc24(&bytes).to_be_bytes()[1..] != expected {
            return None;
        }
    }
    let mut rest = Bytes(&bytes);
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
    (header & 0x80 != 0 && tag == SECRET_KEY).then(|| {
        vec![
            fact("kind", "OpenPGP"),
            fact("version", &version.to_string()),
        ]
    })
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
        // The check value of the catalogue of CRCs.
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
