//! The built-in rules that correspond to a default rule of gitleaks or betterleaks, by the name of the latter.

use crate::detect::builtin::BUILTIN;

/// Names that cannot be derived from each other: theirs, and those of built-in rules or families.
const KNOWN: &[(&str, &[&str])] = &[
    ("alibaba-secret-key", &["alibaba/access-key-secret"]),
    ("anthropic-admin-api-key", &["anthropic/api-key"]),
    ("airtable-api-key", &["airtable/legacy-api-key"]),
    (
        "airtable-personnal-access-token",
        &["airtable/access-token"],
    ),
    ("artifactory-reference-token", &["jfrog/reference-token"]),
    ("aws-access-token", &["aws/access-key-id"]),
    (
        "aws-amazon-bedrock-api-key-long-lived",
        &["aws/bedrock-api-key"],
    ),
    (
        "aws-amazon-bedrock-api-key-short-lived",
        &["aws/bedrock-short-term-key"],
    ),
    ("azure-ad-client-secret", &["azure/entra-client-secret"]),
    ("cloudflare-api-key", &["cloudflare/api-token"]),
    ("cloudflare-global-api-key", &["cloudflare/legacy-token"]),
    (
        "curl-auth-header",
        &[
            "generic/authorization",
            "generic/authorization-scheme",
            "http/basic-auth",
        ],
    ),
    ("curl-auth-user", &["http/curl-user"]),
    ("databricks-api-token", &["databricks/access-token"]),
    ("datadog-access-token", &["datadog/*"]),
    ("digitalocean-pat", &["digitalocean/access-token"]),
    ("digitalocean-refresh-token", &["digitalocean/access-token"]),
    ("discord-api-token", &["discord/bot-token"]),
    ("dropbox-api-token", &["dropbox/app-secret"]),
    ("dropbox-long-lived-api-token", &["dropbox/access-token"]),
    ("dropbox-short-lived-api-token", &["dropbox/access-token"]),
    ("easypost-api-token", &["easypost/api-key"]),
    ("easypost-test-api-token", &["easypost/test-key"]),
    ("facebook-page-access-token", &["facebook/access-token"]),
    ("facebook-secret", &["facebook/app-secret"]),
    ("generic-api-key", &["generic/*"]),
    (
        "github-app-token",
        &["github/app-token", "github/app-installation-token"],
    ),
    ("github-fine-grained-pat", &["github/fine-grained-token"]),
    ("github-oauth", &["github/oauth-token"]),
    ("github-pat", &["github/personal-access-token"]),
    ("gitlab-cicd-job-token", &["gitlab/ci-job-token"]),
    (
        "gitlab-feature-flag-client-token",
        &["gitlab/feature-flags-token"],
    ),
    ("gitlab-kubernetes-agent-token", &["gitlab/agent-token"]),
    ("gitlab-oauth-app-secret", &["gitlab/oauth-secret"]),
    ("gitlab-pat", &["gitlab/personal-access-token"]),
    ("gitlab-pat-routable", &["gitlab/routable-token"]),
    ("gitlab-ptt", &["gitlab/trigger-token"]),
    ("gitlab-rrt", &["gitlab/runner-token"]),
    (
        "gitlab-runner-authentication-token",
        &["gitlab/runner-token"],
    ),
    (
        "gitlab-runner-authentication-token-routable",
        &["gitlab/routable-token", "gitlab/runner-token"],
    ),
    ("grafana-api-key", &["grafana/legacy-api-key"]),
    ("grafana-cloud-api-token", &["grafana/cloud-token"]),
    ("heroku-api-key", &["heroku/legacy-api-key"]),
    ("heroku-api-key-v2", &["heroku/api-key"]),
    ("hubspot-api-key", &["hubspot/legacy-api-key"]),
    ("jfrog-identity-token", &["jfrog/reference-token"]),
    ("mailgun-private-api-token", &["mailgun/api-key"]),
    (
        "notion-api-token",
        &["notion/integration-token", "notion/legacy-token"],
    ),
    ("nuget-config-password", &["nuget/clear-text-password"]),
    ("okta-access-token", &["okta/api-token", "okta/ssws-token"]),
    ("plaid-api-token", &["plaid/access-token"]),
    ("plaid-secret-key", &["plaid/secret"]),
    ("postman-api-token", &["postman/api-key"]),
    ("prefect-api-token", &["prefect/api-key"]),
    ("private-key", &["private-key/*"]),
    ("sentry-access-token", &["sentry/legacy-token"]),
    (
        "shippo-api-token",
        &["shippo/live-token", "shippo/test-token"],
    ),
    ("slack-config-access-token", &["slack/configuration-token"]),
    ("slack-config-refresh-token", &["slack/configuration-token"]),
    ("slack-legacy-bot-token", &["slack/bot-token"]),
    ("slack-legacy-token", &["slack/user-token"]),
    ("slack-legacy-workspace-token", &["slack/workspace-token"]),
    (
        "slack-webhook-url",
        &["slack/webhook", "slack/workflow-webhook"],
    ),
    (
        "snyk-api-token",
        &["snyk/legacy-token", "snyk/access-token"],
    ),
    ("sonar-api-token", &["sonar/token", "sonar/legacy-token"]),
    (
        "stripe-access-token",
        &["stripe/live-key", "stripe/test-key"],
    ),
    (
        "telegram-bot-api-token",
        &["telegram/bot-token", "telegram/bot-address"],
    ),
    ("twitter-access-secret", &["twitter/access-token-secret"]),
    ("twitter-api-secret", &["twitter/consumer-secret"]),
    (
        "vault-service-token",
        &["vault/token", "vault/legacy-token"],
    ),
    ("vault-batch-token", &["vault/token"]),
    (
        "yandex-access-token",
        &["yandex/iam-token", "yandex/oauth-token"],
    ),
    ("yandex-aws-access-token", &["yandex/static-secret"]),
];

/// Prefixes of names that stand for one of our families.
const FAMILIES: &[(&str, &str)] = &[
    ("1password", "onepassword"),
    ("artifactory", "jfrog"),
    ("cisco-meraki", "meraki"),
    ("droneci", "drone"),
    ("flyio", "fly-io"),
    ("frameio", "frame-io"),
    ("hashicorp-tf", "terraform"),
    ("microsoft-teams", "teams"),
    ("sendinblue", "brevo"),
    ("sumologic", "sumo-logic"),
    ("travisci", "travis"),
];

/// Returns the built-in rules that detect the same; none if that is unknown.
pub(super) fn counterparts(id: &str) -> Vec<String> {
    if let Some((_, rules)) = KNOWN.iter().find(|(theirs, _)| *theirs == id) {
        return rules.iter().map(|rule| (*rule).to_owned()).collect();
    }
    let family = FAMILIES
        .iter()
        .find_map(|(theirs, ours)| Some(format!("{ours}{}", id.strip_prefix(theirs)?)));
    let id = family.as_deref().unwrap_or(id);
    let ids = || BUILTIN.iter().map(|rule| &*rule.definition.id);
    if ids().any(|own| own == id) {
        return vec![id.to_owned()];
    }
    let same = ids().find(|own| own.replace('/', "-") == id);
    if let Some(same) = same {
        return vec![same.to_owned()];
    }
    // If a vendor has only one rule, it is that one.
    let vendor = |own: &&str| {
        let family = own.split('/').next().unwrap_or_default();
        id.strip_prefix(family)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let of_vendor: Vec<_> = ids().filter(vendor).collect();
    match of_vendor.as_slice() {
        [only] => vec![(*only).to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_ours_is_one() {
        for rule in KNOWN.iter().flat_map(|(_, rules)| *rules) {
            let is_known = match rule.strip_suffix("/*") {
                Some(family) => BUILTIN
                    .iter()
                    .any(|own| own.definition.id.split('/').next() == Some(family)),
                None => BUILTIN.iter().any(|own| own.definition.id == *rule),
            };
            assert!(is_known, "{rule}");
        }
    }

    #[test]
    fn names_that_follow_from_each_other_are_not_listed() {
        let check =
            |theirs: &str, ours: &[&str]| assert_eq!(counterparts(theirs), ours, "{theirs}");
        check("slack-app-token", &["slack/app-token"]);
        check("sendinblue-api-token", &["brevo/api-key"]);
        check("aws/access-key-id", &["aws/access-key-id"]);
        check("jwt-base64", &["jwt/token"]);
        check("house-token", &[]);
        check("slack-something", &[]);
    }
}
