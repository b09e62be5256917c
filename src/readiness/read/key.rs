//! The public half of a private key, as far as its file has it.

use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::ber::{BerObject, BerObjectContent};
use x509_parser::der_parser::der::parse_der;
use x509_parser::pem::Pem;
use x509_parser::public_key::PublicKey;

/// What a certificate and its private key both have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Public {
    /// The modulus of an RSA key, without the zeros in front of it.
    Modulus(Vec<u8>),
    /// The point of an elliptic curve.
    Point(Vec<u8>),
}

fn modulus(bytes: &[u8]) -> Public {
    let start = bytes.iter().position(|byte| *byte != 0);
    Public::Modulus(bytes[start.unwrap_or(bytes.len())..].to_vec())
}

/// Returns the public key of a certificate; `None` of a kind whose private keys hold nothing of it.
pub(crate) fn of_certificate(certificate: &X509Certificate<'_>) -> Option<Public> {
    match certificate.public_key().parsed().ok()? {
        PublicKey::RSA(key) => Some(modulus(key.modulus)),
        PublicKey::EC(point) => Some(Public::Point(point.data().to_vec())),
        _ => None,
    }
}

/// Returns the public key that a file with a private key holds; `None` where it has none, is encrypted or is of another
/// kind.
pub(crate) fn of_private_key(text: &str) -> Option<Public> {
    let blocks = Pem::iter_from_buffer(text.as_bytes());
    let mut keys = blocks.filter_map(Result::ok);
    let pem = keys.find(|pem| pem.label.ends_with("PRIVATE KEY"))?;
    let (_, root) = parse_der(&pem.contents).ok()?;
    match pem.label.as_str() {
        "RSA PRIVATE KEY" => rsa(&root),
        "EC PRIVATE KEY" => curve(&root),
        // The algorithm, and the key in the form of its own.
        "PRIVATE KEY" => {
            let inside = root.as_sequence().ok()?.get(2)?.as_slice().ok()?;
            let (_, inside) = parse_der(inside).ok()?;
            rsa(&inside).or_else(|| curve(&inside))
        }
        _ => None,
    }
}

/// Version, modulus, exponents and primes.
fn rsa(root: &BerObject<'_>) -> Option<Public> {
    let fields = root.as_sequence().ok().filter(|fields| fields.len() >= 9)?;
    match &fields.get(1)?.content {
        BerObjectContent::Integer(bytes) => Some(modulus(bytes)),
        _ => None,
    }
}

/// Version, private key, and in `[1]` the point, which may be left out.
fn curve(root: &BerObject<'_>) -> Option<Public> {
    let fields = root.as_sequence().ok()?;
    let tagged = fields
        .iter()
        .find(|field| field.header.tag().0 == 1 && field.header.class() as u8 == 2)?;
    let BerObjectContent::Unknown(any) = &tagged.content else {
        return None;
    };
    let (_, bits) = parse_der(any.data).ok()?;
    match &bits.content {
        BerObjectContent::BitString(0, bits) => Some(Public::Point(bits.data.to_vec())),
        _ => None,
    }
}
