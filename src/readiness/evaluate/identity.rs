//! Who may do what (F): what no single line of code decides.

use super::View;
use super::facts::place;
use super::terraform::{Block, Given};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::pattern::Pattern;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    sign_in(view, ledger);
    second_factor(view, ledger);
    keys_of_programs(view, ledger);
    policies(view, ledger);
    costs(view, ledger);
}

fn sign_in(view: &View<'_>, ledger: &mut Ledger) {
    let is_used = ledger.reaches("F1", Grade::SetUp);
    if let Some(hit) = view
        .corpus
        .facts("oidc-settings")
        .next()
        .filter(|_| is_used)
    {
        ledger.add(
            "F1",
            Grade::Wired,
            place(hit),
            "its client comes from settings",
        );
    }
    for block in view.resources(&[
        "aws_cognito_user_pool_client",
        "auth0_client",
        "keycloak_openid_client",
        "azuread_application",
    ]) {
        let says = format!("{} `{}`", block.resource(), block.name());
        ledger.add("F1", Grade::SetUp, view.block_place(block), says);
        client(view, block, ledger);
    }
    for service in view.services.iter().filter(|it| {
        [
            "keycloak",
            "oauth2-proxy",
            "authelia",
            "authentik",
            "zitadel",
            "dex",
            "hydra",
        ]
        .iter()
        .any(|name| is_named(&it.image_name(), name))
    }) {
        let says = format!(
            "service `{}` is an identity provider or its proxy",
            service.name
        );
        ledger.add("F1", Grade::SetUp, view.service_place(service), says);
    }
}

/// Whether the name of an image contains this name as a whole word: an indexer is not `dex`.
fn is_named(image: &str, name: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    image.match_indices(name).any(|(at, _)| {
        let before = image[..at].chars().next_back();
        !is_part(before) && !is_part(image[at + name.len()..].chars().next())
    })
}

/// Reports what makes a client of an identity provider unsafe: the implicit flow, and redirects to any address.
fn client(view: &View<'_>, block: &Block, ledger: &mut Ledger) {
    let lists = |key: &str, word: &str| match block.get(key) {
        Some(Given::List(_, items)) => items.iter().any(|it| it == word),
        _ => false,
    };
    let implicit = if block.is("implicit_flow_enabled", true) {
        Some("implicit_flow_enabled")
    } else {
        lists("allowed_oauth_flows", "implicit").then_some("allowed_oauth_flows")
    };
    if let Some(key) = implicit {
        let says = format!("client `{}` allows the implicit flow", block.name());
        ledger.refute("F1", view.attribute_place(block, key), says);
    }
    for key in ["valid_redirect_uris", "callback_urls", "callbacks"] {
        if lists(key, "*") {
            let says = format!("client `{}` sends users to any address", block.name());
            ledger.refute("F1", view.attribute_place(block, key), says);
        }
    }
}

/// Reports installed libraries that give programs API keys of their own; they count as set up only if a line uses them.
fn keys_of_programs(view: &View<'_>, ledger: &mut Ledger) {
    let is_used = view.corpus.facts("api-keys-used").next().is_some();
    for hit in view.corpus.facts("api-keys-installed") {
        let (grade, says) = if is_used {
            (Grade::SetUp, "programs get API keys of their own")
        } else {
            let says = "what gives programs keys of their own is installed; nothing here uses it";
            (Grade::Said, says)
        };
        ledger.add("F7", grade, place(hit), says);
    }
}

fn second_factor(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_cognito_user_pool"]) {
        match block.text("mfa_configuration") {
            Some("ON") => ledger.add(
                "F2",
                Grade::SetUp,
                view.attribute_place(block, "mfa_configuration"),
                "Cognito requires a second factor",
            ),
            Some(other) => {
                let says = format!("`mfa_configuration` is {other}");
                ledger.refute("F2", view.attribute_place(block, "mfa_configuration"), says);
            }
            None => {}
        }
    }
}

/// Reports policies in files, and policies that allow everything.
fn policies(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&[
        "aws_iam_policy",
        "aws_iam_role_policy",
        "aws_iam_user_policy",
    ]) {
        let policy = match block.get("policy") {
            Some(super::terraform::Given::Text(text) | super::terraform::Given::Unknown(text)) => {
                text.as_str()
            }
            _ => continue,
        };
        let squeezed: String = policy.chars().filter(|c| !c.is_whitespace()).collect();
        let allows = squeezed.contains("\"Action\":\"*\"") || squeezed.contains("Action=\"*\"");
        let everything =
            squeezed.contains("\"Resource\":\"*\"") || squeezed.contains("Resource=\"*\"");
        if allows && everything {
            ledger.refute(
                "F3",
                view.attribute_place(block, "policy"),
                "the policy allows everything on everything",
            );
        }
    }
    for (repository, paths) in view.corpus.paths.iter().enumerate() {
        let mut found: Vec<_> = paths
            .iter()
            .filter(|path| path.ends_with(".rego") || path.ends_with(".cedar"))
            .collect();
        found.sort();
        if let Some(path) = found.first().filter(|path| !path.contains("test")) {
            let place = super::Place {
                repository,
                path: (*path).clone(),
                line: 1,
            };
            ledger.add("F3", Grade::SetUp, place, "policies as files");
        }
    }
}

static COST: Pattern = Pattern::new(r"bcrypt\.(?:hash|hashSync)\([^,\n]+,\s*(\d+)\s*[,)]");

/// Reports the cost of bcrypt, if it is a number.
fn costs(view: &View<'_>, ledger: &mut Ledger) {
    for hit in view.corpus.facts("password-hash") {
        let cost = COST
            .group(&hit.text)
            .and_then(|digits| digits.parse::<u32>().ok());
        if let Some(cost) = cost.filter(|cost| *cost < 10) {
            ledger.refute("F6", place(hit), format!("bcrypt at a cost of {cost}"));
        }
    }
}
