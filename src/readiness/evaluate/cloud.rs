//! What Terraform sets up at the edge and around it (D5, E8, E10, E11, E14, H5, H8).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::is_comment;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::terraform::{Block, Given};
use crate::readiness::read::{get, text};

/// A resource, the item that it shows, and what it is.
const SHOWN: &[(&str, &str, &str)] = &[
    ("aws_lb", "E10", "a load balancer"),
    ("aws_alb", "E10", "a load balancer"),
    ("google_compute_forwarding_rule", "E10", "a load balancer"),
    (
        "google_compute_global_forwarding_rule",
        "E10",
        "a load balancer",
    ),
    ("azurerm_application_gateway", "E10", "a load balancer"),
    ("azurerm_lb", "E10", "a load balancer"),
    ("digitalocean_loadbalancer", "E10", "a load balancer"),
    ("hcloud_load_balancer", "E10", "a load balancer"),
    ("aws_cloudfront_distribution", "D5", "a CDN"),
    (
        "google_compute_backend_bucket",
        "D5",
        "a bucket behind the load balancer",
    ),
    ("azurerm_cdn_endpoint", "D5", "a CDN"),
    ("azurerm_cdn_frontdoor_profile", "D5", "a CDN"),
    ("fastly_service_vcl", "D5", "a CDN"),
    ("aws_shield_protection", "E14", "protection from floods"),
    ("google_compute_security_policy", "E14", "a security policy"),
    ("cloudflare_ruleset", "E14", "rules of Cloudflare"),
    ("aws_budgets_budget", "H8", "a budget"),
    ("google_billing_budget", "H8", "a budget"),
    ("azurerm_consumption_budget_subscription", "H8", "a budget"),
    (
        "azurerm_consumption_budget_resource_group",
        "H8",
        "a budget",
    ),
    ("aws_db_instance_read_replica", "H5", "a read replica"),
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (kind, item, what) in SHOWN {
        for block in view.blocks.iter().filter(|it| it.resource() == *kind) {
            ledger.add(
                item,
                Grade::SetUp,
                view.block_place(block),
                format!("{what}: {kind} `{}`", block.name()),
            );
        }
    }
    captcha(view, ledger);
    firewall(view, ledger);
    dns(view, ledger);
    zones(view, ledger);
    services(view, ledger);
    if let Some(hit) = view.corpus.facts("next-image").next() {
        ledger.add(
            "D5",
            Grade::Said,
            super::facts::place(hit),
            "code can use a CDN",
        );
    }
}

/// Reports a CAPTCHA that pages show but no program verifies.
fn captcha(view: &View<'_>, ledger: &mut Ledger) {
    let is_verified = view.corpus.facts("captcha").next().is_some();
    let Some(hit) = view
        .corpus
        .facts("captcha-site")
        .next()
        .filter(|_| !is_verified)
    else {
        return;
    };
    let (grade, says) = if view.settings.is_complete {
        let says = "a page shows a CAPTCHA, and no program verifies the answer";
        (Grade::Refuted, says)
    } else {
        let says = "a page shows a CAPTCHA; what verifies the answer is not shown";
        (Grade::Nothing, says)
    };
    ledger.add("E13", grade, super::facts::place(hit), says);
}

/// Reports Azure firewalls, which may prevent or only detect.
fn of_azure(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["azurerm_web_application_firewall_policy"]) {
        for inner in block.within("policy_settings") {
            match inner.text("mode") {
                Some("Detection") => ledger.refute(
                    "E14",
                    view.attribute_place(inner, "mode"),
                    "the firewall only detects",
                ),
                _ => ledger.add(
                    "E14",
                    Grade::SetUp,
                    view.block_place(block),
                    "the firewall prevents",
                ),
            }
        }
    }
}

fn firewall(view: &View<'_>, ledger: &mut Ledger) {
    let is_associated = view
        .resources(&["aws_wafv2_web_acl_association"])
        .next()
        .is_some()
        || view
            .resources(&["aws_cloudfront_distribution"])
            .any(|it| it.get("web_acl_id").is_some());
    let mut weak = Vec::new();
    let mut has_strong = false;
    for block in view.resources(&["aws_wafv2_web_acl"]) {
        let place = view.block_place(block);
        let own = format!("aws_wafv2_web_acl.{}", block.name());
        let is_own = |it: &&Block| match it.get("web_acl_arn") {
            Some(Given::Unknown(arn)) => arn.starts_with(&own),
            _ => false,
        };
        let added = view.resources(&["aws_wafv2_web_acl_rule"]).filter(is_own);
        let allows = block
            .within("default_action")
            .any(|it| it.within("allow").next().is_some());
        let rules: Vec<_> = block.within("rule").chain(added).collect();
        // Rules in JSON, and rules that something else adds, are not known here.
        let is_open = block.get("rule_json").is_some()
            || block
                .within("lifecycle")
                .any(|it| it.get("ignore_changes").is_some());
        if rules.iter().any(|rule| rule.has("rate_based_statement")) {
            let grade = if is_associated {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            let says = format!("ACL `{}` limits the rate of requests", block.name());
            ledger.add("E12", grade, place.clone(), says);
        }
        let counts_only = |rule: &&Block| {
            rule.within("override_action")
                .chain(rule.within("action"))
                .any(|it| it.within("count").next().is_some())
        };
        if allows && rules.is_empty() && !is_open {
            let says = format!("ACL `{}` allows everything and has no rule", block.name());
            weak.push((place, says));
        } else if !rules.is_empty() && rules.iter().all(counts_only) {
            let says = format!("all rules of ACL `{}` count only", block.name());
            weak.push((place, says));
        } else {
            has_strong = true;
            let grade = if is_associated {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add("E14", grade, place, format!("ACL `{}`", block.name()));
        }
    }
    // An ACL that lets everything pass, as one for static files may, does not weaken what another protects.
    let grade = if has_strong {
        Grade::Nothing
    } else {
        Grade::Refuted
    };
    for (place, says) in weak {
        ledger.add("E14", grade, place, says);
    }
    of_azure(view, ledger);
    firewall_here(view, ledger);
}

/// Reports firewalls in containers and in nginx.
fn firewall_here(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        let image = service.image_name();
        if image.contains("modsecurity")
            || image.contains("crowdsec")
            || image.contains("bunkerweb")
        {
            ledger.add(
                "E14",
                Grade::SetUp,
                view.service_place(service),
                format!("service `{}`", service.name),
            );
        }
    }
    for (file, read) in view.shipped(Kind::Conf) {
        let on = read.text.lines().any(|line| {
            line.trim().starts_with("modsecurity on") || line.trim() == "SecRuleEngine On"
        });
        if on {
            ledger.add(
                "E14",
                Grade::SetUp,
                view.corpus.line(file, 1),
                "ModSecurity is on",
            );
        }
    }
}

fn dns(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_route53_record"]) {
        if block.within("failover_routing_policy").next().is_some() {
            let grade = if block.get("health_check_id").is_some() {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add(
                "E11",
                grade,
                view.block_place(block),
                format!("record `{}` fails over", block.name()),
            );
            if block.number("ttl").is_some_and(|ttl| ttl >= 3600.0) {
                ledger.refute(
                    "E11",
                    view.attribute_place(block, "ttl"),
                    "a record that fails over may be cached for an hour or more",
                );
            }
        }
    }
    for block in view.resources(&[
        "azurerm_traffic_manager_profile",
        "google_dns_record_set",
        "cloudflare_load_balancer",
    ]) {
        let is_failover =
            block.resource() != "google_dns_record_set" || block.has("primary_backup");
        if is_failover {
            ledger.add(
                "E11",
                Grade::SetUp,
                view.block_place(block),
                format!("{} `{}`", block.resource(), block.name()),
            );
        }
    }
}

/// Whether something uses only some of the subnets. A network may need more zones than the ones that are used.
fn picks_subnets(view: &View<'_>) -> bool {
    view.shipped(Kind::Terraform).any(|(_, file)| {
        file.text.lines().any(|line| {
            let takes = ["slice(", "element(", "subnets[0]", "subnet_ids[0]"];
            line.contains("subnet")
                && !is_comment(line)
                && line.split_once('=').is_some_and(|(key, value)| {
                    key.contains("subnet") && takes.iter().any(|it| value.contains(it))
                })
        })
    })
}

/// Reports the zones of networks that modules create.
fn of_networks(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.blocks.iter().filter(|it| it.kind == "module") {
        if let Some(Given::List(count, _)) = block.get("azs")
            && *count >= 2
        {
            let place = view.attribute_place(block, "azs");
            if picks_subnets(view) {
                let says = format!(
                    "module `{}` has {count} zones; in how many of them something runs is not shown",
                    block.name()
                );
                ledger.add("H5", Grade::Nothing, place, says);
            } else {
                let says = format!("module `{}` uses {count} zones", block.name());
                ledger.add("H5", Grade::SetUp, place, says);
            }
        }
    }
}

fn zones(view: &View<'_>, ledger: &mut Ledger) {
    let zones: Vec<_> = view
        .resources(&["aws_subnet"])
        .filter_map(|it| it.text("availability_zone"))
        .collect();
    let mut distinct = zones.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if let Some(block) = view
        .resources(&["aws_subnet"])
        .next()
        .filter(|_| distinct.len() >= 2)
    {
        ledger.add(
            "H5",
            Grade::SetUp,
            view.block_place(block),
            format!("subnets in {}", distinct.join(", ")),
        );
    }
    let first = view.resources(&["aws_subnet"]).next();
    if let Some(block) = first.filter(|_| zones.len() >= 2 && distinct.len() == 1) {
        let says = format!("all {} subnets are in {}", zones.len(), distinct[0]);
        ledger.refute("H5", view.attribute_place(block, "availability_zone"), says);
    }
    of_networks(view, ledger);
    for block in view.resources(&[
        "aws_autoscaling_group",
        "azurerm_kubernetes_cluster_node_pool",
        "google_container_node_pool",
    ]) {
        let key = [
            "availability_zones",
            "vpc_zone_identifier",
            "zones",
            "node_locations",
        ];
        let found = key
            .iter()
            .find(|key| matches!(block.get(key), Some(Given::List(count, _)) if *count >= 2));
        if let Some(key) = found {
            ledger.add(
                "H5",
                Grade::SetUp,
                view.attribute_place(block, key),
                format!("`{}` spreads over zones", block.name()),
            );
        }
    }
    for it in view.manifests.iter().filter(|it| it.is_workload()) {
        let spread = it
            .pod()
            .and_then(|pod| pod.get("topologySpreadConstraints"));
        let by_zone = spread
            .into_iter()
            .flat_map(crate::audit::yaml::Value::items)
            .any(|it| text(it, "topologyKey") == Some("topology.kubernetes.io/zone"));
        if by_zone {
            ledger.add(
                "H5",
                Grade::SetUp,
                view.corpus.at(it.file, it.value),
                format!("{} `{}` spreads over zones", it.kind, it.name),
            );
        }
    }
}

fn services(view: &View<'_>, ledger: &mut Ledger) {
    for it in view.manifests.iter().filter(|it| it.kind == "Service") {
        if text(it.value, "spec.type") == Some("LoadBalancer") {
            ledger.add(
                "E10",
                Grade::SetUp,
                view.corpus.at(it.file, it.value),
                format!("Service `{}` is a load balancer", it.name),
            );
        }
        if text(it.value, "spec.sessionAffinity") == Some("ClientIP") {
            ledger.add(
                "H3",
                Grade::Wired,
                view.corpus.at(it.file, it.value),
                format!("Service `{}` is sticky", it.name),
            );
        }
    }
    for it in &view.values {
        let has_tls = get(it.value, "ingress.tls").is_some_and(|tls| tls.size() > 0);
        if text(it.value, "ingress.enabled") == Some("true") {
            ledger.add(
                "E10",
                Grade::SetUp,
                view.corpus.at(it.file, it.value),
                "the chart has an Ingress",
            );
            if has_tls {
                ledger.add(
                    "E1",
                    Grade::SetUp,
                    view.corpus.at(it.file, it.value),
                    "the Ingress of the chart has TLS",
                );
            }
        }
    }
}
