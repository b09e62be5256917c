//! Entry points other than nginx: Caddy, Traefik, Ingresses and load balancers (E1, E2, E8, E10, E12, H3).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::Purpose;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::terraform::Block;
use crate::readiness::read::{get, is_comment, text};

/// Reports Caddy and Traefik, which obtain certificates by themselves.
pub(super) fn automatic(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Conf) {
        if !crate::readiness::read::name(&read.path).eq_ignore_ascii_case("caddyfile") {
            continue;
        }
        if let Some((line, site)) = caddy_site(&read.text) {
            let place = view.corpus.line(file, line);
            ledger.add(
                "E1",
                Grade::Wired,
                place.clone(),
                format!("Caddy serves {site} with HTTPS, and redirects to it"),
            );
            ledger.add("E2", Grade::Wired, place, "Caddy offers TLS 1.2 and newer");
        }
    }
    for service in view.of(Purpose::Proxy) {
        let command = service.command();
        let has_resolver = command.contains("certificatesresolvers.")
            || command.contains("certificatesResolvers.");
        if has_resolver {
            let redirects = command.contains("redirections.entrypoint.to")
                || command.contains("redirections.entryPoint.to");
            let grade = if redirects {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add(
                "E1",
                grade,
                view.service_place(service),
                "Traefik serves HTTPS",
            );
        }
    }
}

/// Returns the first site of a Caddyfile that has a host name; Caddy needs no more to obtain a certificate.
pub(super) fn caddy_site(text: &str) -> Option<(u32, &str)> {
    let mut depth = 0_i32;
    for (number, line) in crate::readiness::read::prose::lines(text) {
        let trimmed = line.trim();
        if is_comment(trimmed) {
            continue;
        }
        if depth == 0 && trimmed.ends_with('{') {
            let site = trimmed.trim_end_matches('{').trim();
            let first = site.split([',', ' ']).next().unwrap_or_default();
            let is_name = first.contains('.')
                && !first.contains(['<', '$', '('])
                && !first.starts_with(['(', '{', ':', '*'])
                && !first.starts_with("http://")
                && !first.contains("localhost")
                && !first.starts_with("127.");
            if is_name {
                return Some((number, first));
            }
        }
        depth += i32::try_from(trimmed.matches('{').count()).unwrap_or(0);
        depth -= i32::try_from(trimmed.matches('}').count()).unwrap_or(0);
    }
    None
}

/// Returns the CDN distributions that serve only HTTPS or redirect to it.
fn redirecting<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Block> {
    let all = view.resources(&["aws_cloudfront_distribution"]);
    all.filter(|it| {
        it.within("default_cache_behavior").any(|inner| {
            let policy = inner.text("viewer_protocol_policy");
            matches!(policy, Some("redirect-to-https" | "https-only"))
        })
    })
}

/// Reports an Ingress without TLS, unless a CDN that enforces HTTPS may be in front of it.
fn plain(view: &View<'_>, name: &str, place: Place, ledger: &mut Ledger) {
    match redirecting(view).next() {
        Some(cdn) => {
            let says = format!(
                "Ingress `{name}` has no TLS; the CDN `{}` redirects to HTTPS",
                cdn.name()
            );
            ledger.add("E1", Grade::Nothing, place, says);
        }
        None => ledger.refute("E1", place, format!("Ingress `{name}` has no TLS")),
    }
}

/// Reports CDN distributions that serve only HTTPS or redirect to it.
pub(super) fn distributions(view: &View<'_>, ledger: &mut Ledger) {
    for block in redirecting(view) {
        let says = format!("the CDN `{}` serves HTTPS only", block.name());
        ledger.add("E1", Grade::SetUp, view.block_place(block), says);
    }
}

static MODSECURITY: Pattern =
    Pattern::new(r"nginx\.ingress\.kubernetes\.io/enable-modsecurity[\x22']?:\s*[\x22']?true\b");

/// Reports `ModSecurity` rules of an Ingress, in manifests and in chart templates.
pub(super) fn modsecurity(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Yaml) {
        let Some(found) = MODSECURITY.find(&read.text) else {
            continue;
        };
        let place = view.corpus.place(file, found.start);
        if read.text.contains("SecRuleEngine On") {
            let says = "the Ingress has requests pass the rules of ModSecurity";
            ledger.add("E14", Grade::SetUp, place, says);
        } else {
            let says = "ModSecurity is loaded; that it stops requests is not shown";
            ledger.add("E14", Grade::Said, place, says);
        }
    }
}

pub(super) fn ingress(view: &View<'_>, ledger: &mut Ledger) {
    for it in view.manifests.iter().filter(|it| it.kind == "Ingress") {
        let place = view.corpus.at(it.file, it.value);
        if get(it.value, "spec.tls").is_some() {
            ledger.add(
                "E1",
                Grade::Wired,
                place.clone(),
                format!("Ingress `{}` has TLS", it.name),
            );
            ledger.add(
                "E8",
                Grade::SetUp,
                place.clone(),
                format!("Ingress `{}` terminates TLS", it.name),
            );
        } else {
            plain(view, it.name, place.clone(), ledger);
        }
        ledger.add(
            "E10",
            Grade::SetUp,
            place.clone(),
            format!("Ingress `{}` is the entry", it.name),
        );
        let annotations = get(it.value, "metadata.annotations");
        let has = |name: &str| {
            annotations.is_some_and(|it| {
                it.entries()
                    .any(|entry| entry.key.text().is_some_and(|key| key.ends_with(name)))
            })
        };
        if has("/limit-rps") || has("/limit-rpm") || has("/limit-connections") {
            ledger.add(
                "E12",
                Grade::Wired,
                place.clone(),
                format!("Ingress `{}` limits requests", it.name),
            );
        }
        if annotations
            .and_then(|it| it.get("nginx.ingress.kubernetes.io/affinity"))
            .and_then(crate::audit::yaml::Value::text)
            == Some("cookie")
        {
            ledger.add(
                "H3",
                Grade::Wired,
                place,
                format!("Ingress `{}` is sticky", it.name),
            );
        }
    }
    for it in view.manifests.iter().filter(|it| it.kind == "Gateway") {
        let listeners = get(it.value, "spec.listeners")
            .into_iter()
            .flat_map(crate::audit::yaml::Value::items);
        if listeners
            .into_iter()
            .any(|it| text(it, "protocol") == Some("HTTPS"))
        {
            ledger.add(
                "E1",
                Grade::Wired,
                view.corpus.at(it.file, it.value),
                format!("Gateway `{}` serves HTTPS", it.name),
            );
        }
    }
}

/// Returns the oldest TLS version that an AWS load balancer policy allows, or 1.2 if that is newer; `None` if the name
/// is not that of a policy.
fn oldest_version(policy: &str) -> Option<&'static str> {
    let rest = policy.strip_prefix("ELBSecurityPolicy-")?;
    let rest = rest
        .strip_prefix("TLS13-")
        .or(rest.strip_prefix("TLS-"))
        .unwrap_or(rest);
    let rest = rest.strip_prefix("FS-").unwrap_or(rest);
    Some(match rest.get(..3)? {
        "1-2" | "1-3" => "TLS 1.2",
        "1-1" => "TLS 1.1",
        // Named only by its date; each of these still allows the oldest version.
        _ => "TLS 1.0",
    })
}

pub(super) fn load_balancers(view: &View<'_>, ledger: &mut Ledger) {
    let listeners: Vec<_> = view
        .resources(&["aws_lb_listener", "aws_alb_listener"])
        .collect();
    for block in &listeners {
        let place = view.block_place(block);
        match block.text("protocol") {
            Some("HTTPS" | "TLS") => {
                ledger.add(
                    "E1",
                    Grade::Wired,
                    place.clone(),
                    format!("listener `{}` serves HTTPS", block.name()),
                );
                ledger.add(
                    "E8",
                    Grade::SetUp,
                    place.clone(),
                    format!("listener `{}` terminates TLS", block.name()),
                );
                if let Some(policy) = block.text("ssl_policy") {
                    let oldest = oldest_version(policy);
                    if oldest == Some("TLS 1.2") {
                        ledger.add(
                            "E2",
                            Grade::Wired,
                            view.attribute_place(block, "ssl_policy"),
                            format!("policy {policy}"),
                        );
                    } else if let Some(oldest) = oldest {
                        ledger.refute(
                            "E2",
                            view.attribute_place(block, "ssl_policy"),
                            format!("policy {policy} offers {oldest}"),
                        );
                    }
                }
            }
            Some("HTTP") => {
                let forwards = block
                    .within("default_action")
                    .any(|it| it.text("type") == Some("forward"));
                if forwards {
                    ledger.refute(
                        "E1",
                        place,
                        format!("listener `{}` forwards plain HTTP", block.name()),
                    );
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caddyfile_serves_names() {
        assert_eq!(
            caddy_site("{\n email a\n}\napp.example.org {\n}\n"),
            Some((4, "app.example.org"))
        );
        assert_eq!(caddy_site(":80 {\n}\n"), None);
        assert_eq!(caddy_site("(snippet) {\n a.b {\n}\n}\n"), None);
    }
}
