//! Just enough of DER and BER to see whether bytes are a private key: tags and lengths, but none of their meaning.
//!
//! A parser for keys (`der`, `pkcs1`, `pkcs8`, `sec1`) would add a dozen crates, and would load key material that only
//! needs to be recognised. The walk is bounded by its input: every step consumes at least two bytes.

use std::borrow::Cow;

use super::bytes::Bytes;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// An octet string made up of several elements.
const CONSTRUCTED_OCTETS: u8 = 0x24;

/// The indefinite length, which DER forbids but BER allows. NSS writes PKCS#12 that way.
const OPEN: u8 = 0x80;
/// Ends an element of indefinite length.
const END: [u8; 2] = [0, 0];
/// How deeply such elements may be nested.
const DEPTH: usize = 8;

/// Reads the next element, which must have this tag, and returns its content.
pub(super) fn element<'a>(rest: &mut Bytes<'a>, tag: u8) -> Option<&'a [u8]> {
    let (found, content) = any(rest)?;
    (found == tag).then_some(content)
}

/// Reads the next element, regardless of its tag.
pub(super) fn any<'a>(rest: &mut Bytes<'a>) -> Option<(u8, &'a [u8])> {
    at_depth(rest, DEPTH)
}

fn at_depth<'a>(rest: &mut Bytes<'a>, depth: usize) -> Option<(u8, &'a [u8])> {
    let tag = rest.byte()?;
    let content = match rest.byte()? {
        short @ ..0x80 => rest.take(short.into())?,
        OPEN => up_to_end(rest, depth)?,
        long => rest.sized(usize::from(long & 0x7f))?,
    };
    Some((tag, content))
}

/// Reads the elements inside one of indefinite length, up to the end marker.
fn up_to_end<'a>(rest: &mut Bytes<'a>, depth: usize) -> Option<&'a [u8]> {
    let content = rest.0;
    while !rest.0.starts_with(&END) {
        at_depth(rest, depth.checked_sub(1)?)?;
    }
    let length = content.len() - rest.0.len();
    rest.take(END.len())?;
    content.get(..length)
}

/// Returns the content of the single sequence that makes up `bytes`.
pub(super) fn whole_sequence(bytes: &[u8]) -> Option<Bytes<'_>> {
    let mut rest = Bytes(bytes);
    let content = element(&mut rest, SEQUENCE)?;
    rest.is_empty().then_some(Bytes(content))
}

/// Reads an octet string, which in BER may consist of several parts.
pub(super) fn octets<'a>(rest: &mut Bytes<'a>) -> Option<Cow<'a, [u8]>> {
    let (tag, content) = any(rest)?;
    if tag != CONSTRUCTED_OCTETS {
        return (tag == OCTETS).then_some(Cow::Borrowed(content));
    }
    let (mut parts, mut whole) = (Bytes(content), Vec::new());
    while !parts.is_empty() {
        whole.extend(element(&mut parts, OCTETS)?);
    }
    Some(Cow::Owned(whole))
}

/// Returns the number of bits of a positive integer.
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
            &[0x30, 0x80, 0],
            &[0x30, 0x80, 2, 1, 0, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 0],
        ] {
            assert!(whole_sequence(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn lengths_may_be_left_open() {
        let open = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 0, 0];
        let mut inner = whole_sequence(&open).expect("it ends");
        assert_eq!(octets(&mut inner).as_deref(), Some(&[7, 8][..]));
        assert!(inner.is_empty());
        // No deeper than key files are.
        let deep = [&[0x30, 0x80].repeat(40)[..], &[0; 80]].concat();
        assert!(whole_sequence(&deep).is_none());
    }

    #[test]
    fn bits_are_counted_without_the_sign() {
        assert_eq!(
            [bits(&[]), bits(&[0]), bits(&[0, 0xff]), bits(&[1, 0])],
            [0, 0, 8, 9]
        );
    }
}
