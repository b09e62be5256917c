//! HTTP: certificates, transport errors in words, and messages to webhooks.

use std::fmt;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use gonogo::scan::redacted;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::limits::{Limits, TRIES, after_failure};
use crate::clock;
use crate::sources::is_loopback;

/// A webhook that asks for a longer pause counts as failed.
const LONGEST_FOR_WEBHOOK: Duration = Duration::from_secs(60);

/// Creates an HTTP agent; `authority` is a file of certificates that server certificates must chain to.
pub(crate) fn agent(authority: Option<&Path>) -> Result<ureq::Agent, String> {
    let mut tls = TlsConfig::builder();
    if let Some(path) = authority {
        let shown = path.display();
        let pem = fs::read(path)
            .map_err(|error| format!("the certificate authority {shown}: {error}"))?;
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(format!(
                "the certificate authority {shown}: there is no certificate in it (PEM)"
            ));
        }
        tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
    }
    let config = ureq::Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        // A token must go only where it was meant to go.
        .max_redirects(0)
        .user_agent(concat!("gonogo-bulk/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_global(Some(Duration::from_secs(120)))
        .build();
    Ok(config.new_agent())
}

/// Returns why a request was not answered, and whether another try may help.
pub(crate) fn of_transport(error: &ureq::Error, url: &str) -> (String, bool) {
    let host = url
        .split("://")
        .nth(1)
        .unwrap_or(url)
        .split('/')
        .next()
        .unwrap_or_default();
    match error {
        error if is_unknown(error) => (
            format!("the host {host} is not known: check its name, and the proxy if there is one"),
            false,
        ),
        ureq::Error::Io(error) if is_certificate(&error.to_string()) => {
            (untrusted(host, error), false)
        }
        ureq::Error::Rustls(error) => (untrusted(host, error), false),
        ureq::Error::Tls(error) => (untrusted(host, error), false),
        ureq::Error::Timeout(_) => (format!("{host} did not answer in time"), true),
        ureq::Error::ConnectionFailed => (format!("{host} cannot be reached"), true),
        ureq::Error::BodyExceedsLimit(_) => (format!("{host} answers with too much"), false),
        error => (format!("{host}: {}", redacted(&error.to_string())), true),
    }
}

fn is_unknown(error: &ureq::Error) -> bool {
    let says = |error: &std::io::Error| error.to_string().contains("lookup address");
    matches!(error, ureq::Error::HostNotFound)
        || matches!(error, ureq::Error::Io(error) if says(error))
}

fn is_certificate(text: &str) -> bool {
    text.contains("certificate") || text.contains("UnknownIssuer")
}

fn untrusted(host: &str, error: &dyn fmt::Display) -> String {
    format!(
        "the certificate of {host} is not trusted ({error}): if it is of an authority of your own, name its file by --ca {host}=FILE"
    )
}

/// Sends JSON to a webhook, with a token if there is one.
pub(crate) fn post(
    url: &str,
    (token, authority): (Option<&str>, Option<&Path>),
    body: &str,
) -> Result<(), String> {
    let is_plain = url
        .strip_prefix("http://")
        .is_some_and(|rest| is_loopback(rest.split('/').next().unwrap_or_default()));
    if !(is_plain || url.starts_with("https://")) {
        return Err("its address is not https://…".to_owned());
    }
    let agent = agent(authority)?;
    let mut tries = 1;
    loop {
        let mut request = agent.post(url).header("Content-Type", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let (again, why) = match request.send(body) {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => {
                let status = response.status().as_u16();
                let header = |name: &str| {
                    response
                        .headers()
                        .get(name)
                        .and_then(|value| value.to_str().ok())
                };
                let limits = Limits::read(header, clock::now());
                (
                    limits.again(status, "", tries),
                    format!("it answers {status}"),
                )
            }
            Err(error) => {
                let (why, may_help) = of_transport(&error, url);
                (after_failure(tries).filter(|_| may_help), why)
            }
        };
        match again.filter(|pause| tries < TRIES && *pause <= LONGEST_FOR_WEBHOOK) {
            Some(pause) => thread::sleep(pause),
            None => return Err(why),
        }
        tries += 1;
    }
}
