//! Extracts the public key from a private key file, if the file contains it.

use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;

/// The part that a certificate and its private key have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Public {
    /// The modulus of an RSA key, without leading zeros.
    Modulus(Vec<u8>),
    /// A point on an elliptic curve.
    Point(Vec<u8>),
}

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
/// The tag of the element that contains the point of an elliptic curve key.
const POINT: u8 = 0xa1;

/// Takes the next DER element off `rest`, and returns its tag and content.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, after) = rest.split_first()?;
    let (&first, after) = after.split_first()?;
    let (length, after) = if first < 0x80 {
        (usize::from(first), after)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = after.get(..count).filter(|_| (1..=4).contains(&count))?;
        let length = digits
            .iter()
            .fold(0, |all, digit| all << 8 | usize::from(*digit));
        (length, &after[count..])
    };
    let content = after.get(..length)?;
    *rest = &after[length..];
    Some((tag, content))
}

/// Takes the next element off `rest`, which must have this tag, and returns its content.
fn expect<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    next(rest)
        .filter(|(found, _)| *found == tag)
        .map(|(_, content)| content)
}

fn modulus(bytes: &[u8]) -> Public {
    let start = bytes.iter().position(|byte| *byte != 0);
    Public::Modulus(bytes[start.unwrap_or(bytes.len())..].to_vec())
}

/// Returns the public key of a certificate; `None` for kinds whose private keys do not contain it.
pub(crate) fn of_certificate(certificate: &X509Certificate<'_>) -> Option<Public> {
    let mut bits: &[u8] = certificate.public_key().subject_public_key.data.as_ref();
    match bits.first()? {
        // Only uncompressed points are compared.
        4 if bits.len() > 32 => Some(Public::Point(bits.to_vec())),
        &SEQUENCE => {
            let mut fields = expect(&mut bits, SEQUENCE)?;
            Some(modulus(expect(&mut fields, INTEGER)?))
        }
        _ => None,
    }
}

/// Returns the public key in a private key file; `None` if it has none, is encrypted, or is of another kind.
pub(crate) fn of_private_key(text: &str) -> Option<Public> {
    let blocks = Pem::iter_from_buffer(text.as_bytes());
    let mut keys = blocks.filter_map(Result::ok);
    let pem = keys.find(|pem| pem.label.ends_with("PRIVATE KEY"))?;
    let mut whole = pem.contents.as_slice();
    let fields = expect(&mut whole, SEQUENCE)?;
    match pem.label.as_str() {
        "RSA PRIVATE KEY" => rsa(fields),
        "EC PRIVATE KEY" => curve(fields),
        "PRIVATE KEY" => {
            // A version, an algorithm, and then the key in its own format.
            let mut rest = fields;
            expect(&mut rest, INTEGER)?;
            expect(&mut rest, SEQUENCE)?;
            let mut inside = expect(&mut rest, OCTETS)?;
            let fields = expect(&mut inside, SEQUENCE)?;
            rsa(fields).or_else(|| curve(fields))
        }
        _ => None,
    }
}

/// A version and the modulus come before exponents and primes.
fn rsa(mut fields: &[u8]) -> Option<Public> {
    expect(&mut fields, INTEGER)?;
    Some(modulus(expect(&mut fields, INTEGER)?))
}

/// A version, the private key, and optionally the point.
fn curve(mut fields: &[u8]) -> Option<Public> {
    expect(&mut fields, INTEGER)?;
    expect(&mut fields, OCTETS)?;
    while let Some((tag, mut content)) = next(&mut fields) {
        if tag == POINT {
            let bits = expect(&mut content, BITS)?;
            return Some(Public::Point(bits.get(1..)?.to_vec()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_has_no_public_half() {
        let pem = |label: &str, text: &str| {
            format!("-----BEGIN {label} KEY-----\n{text}\n-----END {label} KEY-----\n")
        };
        for text in ["", "MAA=", "MIA=", "MIT/////", "BAAA"] {
            for label in ["RSA PRIVATE", "EC PRIVATE", "PRIVATE", "ENCRYPTED PRIVATE"] {
                assert_eq!(of_private_key(&pem(label, text)), None, "{label} {text}");
            }
        }
        assert_eq!(of_private_key("no key"), None);
    }

    #[test]
    fn elements_are_taken_one_by_one() {
        let mut rest: &[u8] = &[2, 1, 5, 4, 0x81, 1, 7];
        assert_eq!(expect(&mut rest, INTEGER), Some(&[5][..]));
        assert_eq!(expect(&mut rest, OCTETS), Some(&[7][..]));
        assert!(rest.is_empty() && next(&mut rest).is_none());
    }
}
