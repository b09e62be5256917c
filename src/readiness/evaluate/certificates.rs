//! Certificates and their renewal (E3, E4).

use x509_parser::pem::Pem;
use x509_parser::prelude::{GeneralName, ParsedExtension, X509Certificate};

use super::View;
use super::anchors::{is_called_trusted, signs_others, uses};
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, Service};
use crate::readiness::read::kind::{Kind, kind};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::schedule::Scheduled;
use crate::readiness::read::{folder, get, is_comment, key, name, nginx, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Certificate) {
        let Some(Ok(pem)) = Pem::iter_from_buffer(read.text.as_bytes())
            .find(|pem| pem.as_ref().is_ok_and(|pem| pem.label == "CERTIFICATE"))
        else {
            continue;
        };
        let Ok(certificate) = pem.parse_x509() else {
            continue;
        };
        certificate_of(view, (file, &read.path), &certificate, ledger);
    }
    renewal(view, ledger);
}

/// Returns the host names that a certificate is for.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for extension in certificate.extensions() {
        if let ParsedExtension::SubjectAlternativeName(alternative) = extension.parsed_extension() {
            let listed = alternative.general_names.iter().filter_map(|it| match it {
                GeneralName::DNSName(name) => Some((*name).to_owned()),
                _ => None,
            });
            names.extend(listed);
        }
    }
    if names.is_empty() {
        let common = certificate.subject().iter_common_name();
        names.extend(common.filter_map(|it| it.as_str().ok().map(str::to_owned)));
    }
    names
}

fn certificate_of(
    view: &View<'_>,
    (file, path): (usize, &str),
    certificate: &X509Certificate<'_>,
    ledger: &mut Ledger,
) {
    let use_ = uses(view, name(path));
    let is_served = use_.is_served;
    let within = folder(path).to_ascii_lowercase();
    let is_placed = crate::lexicon::path::has_word(&within, |word| {
        ["ssl", "tls", "certs", "cert", "certificates"].contains(&word)
    });
    // A certificate that signs others or that a program trusts is not the one that a server presents.
    let is_trusted = use_.is_trusted && !use_.is_served
        || is_called_trusted(&path.to_ascii_lowercase())
        || signs_others(certificate);
    // A certificate next to source code is for developers.
    let is_code = |it: &String| folder(it) == folder(path) && kind(it, b"") == Kind::Code;
    let repository = view.corpus.files[file].repository;
    let is_of_program = !is_placed && view.corpus.paths[repository].iter().any(is_code);
    if is_trusted || is_of_program || !(is_served || is_placed) {
        return;
    }
    if let Some((place, says)) = foreign_key(view, (file, path), certificate) {
        ledger.refute("E3", place, says);
    }
    if let Some((place, says)) = foreign_host(view, path, &names(certificate)) {
        ledger.refute("E3", place, says);
    }
    let place = view.corpus.line(file, 1);
    let until = certificate.validity().not_after.timestamp() / 86_400;
    let names = names(certificate);
    let listed = names.join(", ");
    if until < view.today {
        ledger.refute(
            "E3",
            place,
            format!(
                "the certificate for {listed} has expired {} days ago",
                view.today - until
            ),
        );
    } else if certificate.subject() == certificate.issuer() {
        ledger.refute(
            "E3",
            place,
            format!("the certificate for {listed} is signed by itself"),
        );
    } else if names.iter().all(|it| {
        ["example", "localhost"]
            .iter()
            .any(|word| it.contains(word))
    }) {
        ledger.refute("E3", place, format!("the certificate is for {listed}"));
    } else {
        let left = until - view.today;
        let grade = if is_served {
            Grade::Exercised
        } else {
            Grade::SetUp
        };
        ledger.add(
            "E3",
            grade,
            place,
            format!("the certificate for {listed} is valid for {left} days"),
        );
    }
}

/// Names of certificates, each with the name of the key beside it.
const PAIRS: &[(&str, &str)] = &[
    ("fullchain", "privkey"),
    ("chain", "privkey"),
    ("cert", "key"),
    ("cert", "privkey"),
    ("certificate", "private"),
    ("server-cert", "server-key"),
    ("public", "private"),
];

/// Returns the key beside a certificate if it belongs to another certificate.
fn foreign_key(
    view: &View<'_>,
    (file, path): (usize, &str),
    certificate: &X509Certificate<'_>,
) -> Option<(Place, String)> {
    let public = key::of_certificate(certificate)?;
    let stem = |path: &str| {
        let own = name(path);
        own.rsplit_once('.')
            .map_or(own, |(stem, _)| stem)
            .to_owned()
    };
    let own = stem(path);
    let is_its_key = |other: &str| {
        let other = stem(other);
        other == own
            || other == format!("{own}-key")
            || other == format!("{own}.key")
            || PAIRS.contains(&(own.as_str(), other.as_str()))
    };
    let repository = view.corpus.files[file].repository;
    let mut beside = view.corpus.of(Kind::Certificate).filter(|(other, it)| {
        *other != file
            && it.repository == repository
            && folder(&it.path) == folder(path)
            && is_its_key(&it.path)
    });
    let (at, other) = beside.find_map(|(at, it)| Some((at, key::of_private_key(&it.text)?)))?;
    let says = format!(
        "the key is not that of the certificate {}: no server starts with both",
        name(path)
    );
    (other != public).then(|| (view.corpus.line(at, 1), says))
}

/// Returns a host that nginx serves with a certificate that does not name it.
fn foreign_host(view: &View<'_>, path: &str, names: &[String]) -> Option<(Place, String)> {
    let mut found = None;
    for top in &nginx::read(view.corpus) {
        top.walk(&mut |server| {
            let mut certificates = server.all("ssl_certificate");
            let uses = certificates.any(|it| it.args.iter().any(|arg| name(arg) == name(path)));
            if server.name != "server" || !uses || found.is_some() {
                return;
            }
            let hosts = server.all("server_name").flat_map(|it| &it.args);
            let is_host =
                |host: &&String| host.contains('.') && !host.contains(['$', '~', '*', '{']);
            let mut foreign = hosts.filter(is_host).filter(|host| {
                let covers =
                    |name: &String| covers(&name.to_ascii_lowercase(), &host.to_ascii_lowercase());
                !names.iter().any(covers)
            });
            if let Some(host) = foreign.next() {
                let says = format!(
                    "{host} is served with the certificate for {}",
                    names.join(", ")
                );
                found = Some((view.corpus.line(server.file, server.line), says));
            }
        });
    }
    found
}

/// Whether a name in a certificate, which may begin with `*.`, covers a host.
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
        None => name == host,
    }
}

static CERTBOT: Pattern = Pattern::new(
    r"\b(?:certbot(?:-auto)?\s+(?:-\S+\s+)*renew|acme\.sh\s[^\n]*--cron|lego\s[^\n]*\brenew|dehydrated\s+(?:-c|--cron))",
);

fn renewal(view: &View<'_>, ledger: &mut Ledger) {
    for it in view
        .scheduled
        .iter()
        .filter(|it| CERTBOT.is_in(&it.command))
    {
        if it.is_off {
            ledger.refute("E4", it.place.clone(), "the renewal is switched off");
            continue;
        }
        let reloads = RELOADS.iter().any(|word| it.command.contains(word));
        let (grade, then) = if reloads {
            (Grade::Wired, ", and reloads the server")
        } else if view.scheduled.iter().any(reloads_server) {
            (Grade::Wired, "; the server is reloaded on a schedule")
        } else {
            (Grade::SetUp, "; nothing reloads the server")
        };
        let says = format!("{} renews certificates{then}", it.by);
        ledger.add("E4", grade, it.place.clone(), says);
    }
    for service in &view.services {
        if let Some(says) = renews(service) {
            if let Some((file, mount)) = read_only(service) {
                let says = format!("`{}` cannot write what it renews", service.name);
                ledger.refute("E4", view.corpus.at(file, mount), says);
                continue;
            }
            ledger.add("E4", Grade::Wired, view.service_place(service), says);
        }
    }
    for (file, read) in view.shipped(Kind::Conf) {
        if let Some((line, says)) = renewing_file(&read.path, &read.text) {
            ledger.add("E4", Grade::Wired, view.corpus.line(file, line), says);
        }
    }
    managers(view, ledger);
    for block in view.resources(&[
        "aws_acm_certificate",
        "google_compute_managed_ssl_certificate",
    ]) {
        let is_renewed = block.resource() != "aws_acm_certificate"
            || block.text("validation_method") == Some("DNS");
        if is_renewed {
            let says = format!("{} `{}` is renewed", block.resource(), block.name());
            ledger.add("E4", Grade::Wired, view.block_place(block), says);
        }
    }
}

static RELOADED: Pattern = Pattern::new(
    r"\b(?:systemctl|service|rc-service|docker|kubectl|nginx|apachectl|apache2ctl|caddy|haproxy)\b[^\n]*\b(?:nginx|apache2?|httpd|apachectl|apache2ctl|haproxy|caddy|traefik|proxy|web)\b[^\n]*\b(?:reload|restart|graceful|HUP)\b|\b(?:systemctl|docker|supervisorctl)\b[^\n]*\b(?:reload|restart|HUP)\b[^\n]*\b(?:nginx|apache2?|httpd|haproxy|caddy|traefik|proxy)\b|\bnginx -s reload\b|\b(?:apachectl|apache2ctl|caddy) (?:graceful|reload|-k graceful)\b",
);

/// Whether a schedule makes a server reload certificates often enough: they are renewed some weeks before they expire.
fn reloads_server(it: &Scheduled) -> bool {
    let is_soon = it.every.is_some_and(|every| every <= Span::days(14));
    !it.is_off && is_soon && RELOADED.is_in(&it.command)
}

/// Words that show that a server reloads its certificate.
const RELOADS: &[&str] = &[
    "--deploy-hook",
    "--post-hook",
    "--renew-hook",
    "reload",
    "kill -HUP",
    "restart",
];

/// Returns where a service mounts the certificate folder read-only, so that it cannot write renewed certificates.
fn read_only<'t>(service: &Service<'t>) -> Option<(usize, Value<'t>)> {
    let (file, volumes) = service.found("volumes")?;
    let is_it = |item: &Value<'t>| {
        let written = item.text().unwrap_or_default();
        let mut parts = written.split(':').skip(1);
        let target = parts.next().unwrap_or_default();
        target.starts_with("/etc/letsencrypt") && parts.any(|it| it.split(',').any(|it| it == "ro"))
    };
    volumes.items().find(is_it).map(|item| (file, item))
}

/// Returns how a service renews certificates, if it does.
fn renews(service: &Service<'_>) -> Option<String> {
    let command = service.command();
    let image = service.image_name();
    let is_companion = ["acme-companion", "letsencrypt", "swag"]
        .iter()
        .any(|name| image.contains(name));
    let is_resolving = command
        .to_ascii_lowercase()
        .contains("certificatesresolvers.");
    if CERTBOT.is_in(&command) || is_companion {
        return Some(format!("service `{}` renews certificates", service.name));
    }
    let is_traefik = service.purpose == Purpose::Proxy && is_resolving;
    is_traefik.then(|| "Traefik obtains and renews certificates".to_owned())
}

/// Returns the line with which the configuration of a proxy renews certificates, and what it does, if it does.
fn renewing_file(path: &str, text: &str) -> Option<(u32, String)> {
    let own = name(path).to_ascii_lowercase();
    if own.starts_with("traefik") && text.contains("[certificatesResolvers") {
        return Some((1, "Traefik obtains and renews certificates".to_owned()));
    }
    let is_off = |line: &str| !is_comment(line) && line.trim().starts_with("auto_https off");
    if own != "caddyfile" || text.lines().any(is_off) {
        return None;
    }
    let (line, site) = super::entries::caddy_site(text)?;
    Some((
        line,
        format!("Caddy obtains and renews the certificate for {site}"),
    ))
}

/// Reports certificates that cert-manager renews.
fn managers(view: &View<'_>, ledger: &mut Ledger) {
    let is_issuer = |kind: &str| kind == "Issuer" || kind == "ClusterIssuer";
    let has_issuer = view.manifests.iter().any(|it| is_issuer(it.kind));
    for it in &view.manifests {
        let place = || view.corpus.at(it.file, it.value);
        if it.kind == "Certificate" && !is_internal(view, it.value) {
            let is_issued = has_issuer || text(it.value, "spec.issuerRef.name").is_some();
            let grade = if is_issued {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add(
                "E4",
                grade,
                place(),
                format!("cert-manager renews `{}`", it.name),
            );
        }
        let annotations = get(it.value, "metadata.annotations").filter(|_| it.kind == "Ingress");
        let mut keys = annotations.into_iter().flat_map(Value::entries);
        let is_managed = |key: Value<'_>| {
            key.text()
                .is_some_and(|key| key.starts_with("cert-manager.io/"))
        };
        if keys.any(|entry| is_managed(entry.key)) {
            let says = format!("cert-manager renews the certificate of `{}`", it.name);
            ledger.add("E4", Grade::Wired, place(), says);
        }
    }
}

/// Whether a certificate is for a private authority, self-signed, or signed by such an authority, so that no visitor
/// sees it.
fn is_internal(view: &View<'_>, certificate: Value<'_>) -> bool {
    let issuer = text(certificate, "spec.issuerRef.name");
    let mut issuers = view
        .manifests
        .iter()
        .filter(|it| it.kind.ends_with("Issuer"));
    text(certificate, "spec.isCA") == Some("true")
        || issuers.any(|it| {
            let is_own = |key: &str| get(it.value, key).is_some();
            Some(it.name) == issuer && (is_own("spec.selfSigned") || is_own("spec.ca"))
        })
}
