//! Just enough of DER to see whether bytes are a private key: tags and lengths, and nothing of what they mean.
//!
//! A parser of keys (`der`, `pkcs1`, `pkcs8`, `sec1`) would bring a dozen crates, and would load key material that is
//! only to be recognised here. The walk is bounded by its input: every step consumes at least two bytes.

use super::bytes::Bytes;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// Reads the next element, which must have this tag; answers its content.
pub(super) fn element<'a>(rest: &mut Bytes<'a>, tag: u8) -> Option<&'a [u8]> {
    let (found, content) = any(rest)?;
    (found == tag).then_some(content)
}

/// Reads the next element, whatever its tag.
pub(super) fn any<'a>(rest: &mut Bytes<'a>) -> Option<(u8, &'a [u8])> {
    let tag = rest.byte()?;
    let content = match rest.byte()? {
        short @ ..0x80 => rest.take(short.into())?,
        // 0x80 is the indefinite form, which DER forbids.
        long => rest
            .sized(usize::from(long & 0x7f))
            .filter(|_| long != 0x80)?,
    };
    Some((tag, content))
}

/// Returns the content of the one sequence that `bytes` are.
pub(super) fn whole_sequence(bytes: &[u8]) -> Option<Bytes<'_>> {
    let mut rest = Bytes(bytes);
    let content = element(&mut rest, SEQUENCE)?;
    rest.is_empty().then_some(Bytes(content))
}

/// Returns how many bits a positive integer has.
pub(super) fn bits(integer: &[u8]) -> usize {
    let significant = integer
        .iter()
        .position(|&byte| byte != 0)
        .map_or(&[][..], |at| &integer[at..]);
    significant.first().map_or(0, |first| {
        significant.len() * 8 - first.leading_zeros() as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_checked_against_what_is_there() {
        assert!(whole_sequence(&[0x30, 3, 2, 1, 0]).is_some());
        assert!(whole_sequence(&[0x30, 0x81, 3, 2, 1, 0]).is_some());
        for broken in [
            &[][..],
            &[0x30],
            &[0x30, 4, 2, 1, 0],
            &[0x30, 2, 2, 1, 0],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 0],
        ] {
            assert!(whole_sequence(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn bits_are_counted_without_the_sign() {
        assert_eq!(
            [bits(&[]), bits(&[0]), bits(&[0, 0xff]), bits(&[1, 0])],
            [0, 0, 8, 9]
        );
    }
}
