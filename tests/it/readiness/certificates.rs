//! Certificates: whether their key is beside them, and for which hosts nginx presents them.

use std::fmt::Write as _;

use super::Assessed;

/// For `shop.acme.dev` and `*.api.acme.dev`, signed by an authority that no longer has its key.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBmjCCAUCgAwIBAgIUCMl7XCjdPtSAp/+GIy2gC7PUeKIwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjkxNTE0NDhaGA8yMTI2MTEwNTE1
MTQ0OFowGDEWMBQGA1UEAwwNc2hvcC5hY21lLmRldjBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABK9XV4sY85jvAX3TUUlyleQO2kbUNNjAWSxtIBXSptXSK3mT14FO
QpI4/+82x5XfN976BvwVl90xVkwTlrPEsEWjbDBqMCgGA1UdEQQhMB+CDXNob3Au
YWNtZS5kZXaCDiouYXBpLmFjbWUuZGV2MB0GA1UdDgQWBBT0g40eCsEeG9Nbk4Bz
NzJBHNKyuDAfBgNVHSMEGDAWgBRhIjSdrdT+kpN7LhoxDY23s/pRYTAKBggqhkjO
PQQDAgNIADBFAiBbjpWKaxfStJscR14d2eE6UgMqsybXuKUnVmn0W4OgcAIhAOtU
fjtj37ekYxNtWu6SPaTzOVOwxrraLEmtNxsYoIMG
-----END CERTIFICATE-----
";

/// The public point of the certificate's key.
const POINT: &str = "04af57578b18f398ef017dd351497295e40eda46d434d8c0592c6d2015d2a6d5d22b7993d7814e429238ffef36\
    c795df37defa06fc1597dd31564c1396b3c4b045";

/// Returns a key whose secret half is zeros, so that it is not a real one, and whose public half is this point.
fn key(point: &str) -> String {
    let bytes: Vec<u8> = (0..point.len() / 2)
        .map(|at| u8::from_str_radix(&point[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let mut der = vec![0x30, 0x6b, 2, 1, 1, 4, 32];
    der.extend([0; 32]);
    der.extend([0xa1, 68, 3, 66, 0]);
    der.extend(bytes);
    let mut text = format!("-----BEGIN {} KEY-----\n", "EC PRIVATE");
    for line in base64(&der).as_bytes().chunks(64) {
        let _ = writeln!(text, "{}", std::str::from_utf8(line).unwrap());
    }
    text + &format!("-----END {} KEY-----\n", "EC PRIVATE")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group
            .iter()
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        let number = number << (8 * (3 - group.len()));
        for at in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

fn served(names: &str) -> String {
    format!(
        ">>>> nginx/nginx.conf\nserver {{ listen 443 ssl; server_name {names}; ssl_certificate /etc/ssl/server.pem; location / {{ proxy_pass http://app; }} }}\n"
    )
}

#[test]
fn a_key_has_to_be_that_of_its_certificate() {
    let system = |point: &str| {
        let files = format!(
            ">>>> ssl/server.pem\n{CERTIFICATE}>>>> ssl/server.key\n{}{}",
            key(point),
            served("shop.acme.dev v1.api.acme.dev _")
        );
        Assessed::of_files(&files)
    };
    let own = system(POINT);
    assert_eq!(own.grade("E3"), "exercised", "{}", own.evidence("E3"));
    let foreign = system(&POINT.replacen("04af57", "04af58", 1));
    assert_eq!(foreign.grade("E3"), "refuted");
    let says = foreign.evidence("E3");
    assert!(
        says.contains("ssl/server.key:1 \"the key is not that of the certificate server.pem"),
        "{says}"
    );
}

#[test]
fn a_certificate_has_to_name_the_hosts_that_it_is_served_for() {
    for (names, grade) in [
        ("shop.acme.dev", "exercised"),
        ("v1.API.acme.dev", "exercised"),
        ("a.b.api.acme.dev", "refuted"),
        ("shop.acme.dev www.acme.dev", "refuted"),
        ("~^(www)\\.acme ${HOST}.acme.dev", "exercised"),
    ] {
        let files = format!(">>>> ssl/server.pem\n{CERTIFICATE}{}", served(names));
        let assessed = Assessed::of_files(&files);
        assert_eq!(
            assessed.grade("E3"),
            grade,
            "{names}\n{}",
            assessed.evidence("E3")
        );
    }
}

/// A certificate that verifies others is not presented to visitors, so it shows nothing about what is served.
#[test]
fn a_trust_anchor_is_not_served() {
    for line in [
        "ssl_client_certificate /etc/nginx/certs/anchor.pem;",
        "ssl_trusted_certificate /etc/nginx/certs/anchor.pem;",
        "proxy_ssl_trusted_certificate /etc/nginx/certs/anchor.pem;",
    ] {
        let files = format!(
            ">>>> certs/anchor.pem\n{CERTIFICATE}>>>> nginx.conf\nserver {{ listen 443 ssl; server_name a.b; {line} }}\n"
        );
        let assessed = Assessed::of_files(&files);
        let evidence = assessed.evidence("E3");
        assert_eq!(assessed.grade("E3"), "nothing", "{line}\n{evidence}");
    }
    for path in [
        "certs/ca-bundle.pem",
        "roles/nginx-mtls/certs/a.pem",
        "certs/truststore/a.pem",
    ] {
        let assessed = Assessed::of_files(&format!(">>>> {path}\n{CERTIFICATE}"));
        let evidence = assessed.evidence("E3");
        assert_eq!(assessed.grade("E3"), "nothing", "{path}\n{evidence}");
    }
}
