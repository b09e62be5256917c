//! Client keys: keys that vendors issue for pages and applications, so that everyone who has those has the key. They
//! are recognised by their form, or by the vendor in their name. What the same vendor calls a secret is another value.

use crate::lexicon::words::Words;

/// A vendor that issues client keys under these names.
struct Vendor {
    /// Words that the name must all contain.
    words: &'static [&'static str],
    /// The length and the characters of such a key.
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    Hex(usize),
    /// Letters and digits, at least this many.
    Plain(usize),
    /// Letters of both cases and digits, exactly this many.
    Mixed(usize),
    /// Lower-case letters and digits, exactly this many.
    Lower(usize),
}

/// The vendors, each with the page that documents the key.
#[rustfmt::skip]
const VENDORS: &[Vendor] = &[
    // https://www.algolia.com/doc/guides/security/api-keys: the search-only key is for pages.
    Vendor { words: &["algolia", "search"], form: Form::Hex(32) },
    Vendor { words: &["docsearch"], form: Form::Hex(32) },
    Vendor { words: &["search", "only"], form: Form::Plain(20) },
    // https://typesense.org/docs/guide/security.html
    Vendor { words: &["typesense", "search"], form: Form::Plain(20) },
    // https://www.meilisearch.com/docs/learn/security/basic_security: the default search key is for front ends.
    Vendor { words: &["meilisearch", "search"], form: Form::Hex(64) },
    // https://amplitude.com/docs/apis/keys-and-tokens: the key of a project is public, its secret key is not.
    Vendor { words: &["amplitude"], form: Form::Hex(32) },
    // https://docs.mixpanel.com/reference/project-token: no secret value.
    Vendor { words: &["mixpanel"], form: Form::Hex(32) },
    // https://segment.com/docs/connections/find-writekey: in the snippet of each page.
    Vendor { words: &["segment", "write"], form: Form::Mixed(32) },
    Vendor { words: &["analytics", "write"], form: Form::Mixed(32) },
    Vendor { words: &["writekey"], form: Form::Mixed(32) },
    Vendor { words: &["write", "key"], form: Form::Mixed(32) },
    // https://pusher.com/docs/channels/using_channels/connection: clients connect with it.
    Vendor { words: &["pusher"], form: Form::Hex(20) },
    // https://docs.rollbar.com/docs/access-tokens: `post_client_item` is for browsers.
    Vendor { words: &["rollbar", "client"], form: Form::Hex(32) },
    // https://launchdarkly.com/docs/home/account/environment/keys: client-side ids are no secrets.
    Vendor { words: &["launch", "darkly", "client"], form: Form::Hex(24) },
    // https://docs.flagsmith.com/integration-approaches: the key of an environment is public, unless it begins with
    // `ser.`.
    Vendor { words: &["flagsmith", "environment"], form: Form::Mixed(22) },
    // https://docs.trackjs.com/browser-agent/installation
    Vendor { words: &["trackjs"], form: Form::Hex(32) },
    Vendor { words: &["track", "js"], form: Form::Hex(32) },
    // https://docs.bugsnag.com/api/error-reporting: the key of a project only reports errors.
    Vendor { words: &["bugsnag"], form: Form::Hex(32) },
    // https://help.split.io/hc/en-us/articles/360019916211: client-side keys are for browsers and phones.
    Vendor { words: &["split", "browser"], form: Form::Lower(40) },
    Vendor { words: &["split", "client"], form: Form::Lower(40) },
    // https://docs.rollbar.com/docs/access-tokens: by the name of the token itself.
    Vendor { words: &["post", "client", "item"], form: Form::Hex(32) },
    // https://docs.airbrake.io/docs/platforms/javascript: the key of a project only reports errors.
    Vendor { words: &["airbrake", "project"], form: Form::Hex(32) },
];

/// Whether `value`, the value of `name`, is a key that a vendor issues for pages and applications.
pub(super) fn is_client_key(name: &str, value: &str) -> bool {
    says_so(value)
        || is_vendors(name, value)
        || is_of_browser(name, value)
        || is_frontend_token(name, value)
}

/// Whether a name says that browsers receive the value: `SENTRY_BROWSER_KEY`. `BROWSERSTACK_…` and the like do not.
fn is_of_browser(name: &str, value: &str) -> bool {
    if !super::holds(name, "browser") || !(16..=128).contains(&value.len()) {
        return false;
    }
    let Some(words) = Words::split(name) else {
        return false;
    };
    let is_before =
        |at: usize| !matches!(words.get(at + 1), "stack" | "less" | "base" | "cat" | "use");
    let says = (0..words.len()).any(|at| words.get(at) == "browser" && is_before(at));
    let ends = matches!(words.get(words.len() - 1), "key" | "token" | "id");
    says && ends
        && !words
            .iter()
            .any(|word| matches!(word, "secret" | "private" | "admin" | "access"))
}

/// Unleash's front-end tokens, which are in any page:
/// <https://docs.getunleash.io/reference/api-tokens-and-client-keys>. Those for servers have the same form,
/// `default:production.…`.
fn is_frontend_token(name: &str, value: &str) -> bool {
    let has_form = value.split_once(':').is_some_and(|(project, rest)| {
        let is_project = matches!(project, "*" | "[]")
            || project
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_project
            && rest
                .split_once('.')
                .is_some_and(|(_, secret)| secret.len() >= 16)
    });
    has_form
        && super::holds(name, "unleash")
        && ["front", "proxy"]
            .iter()
            .any(|word| super::holds(name, word))
        || value.ends_with(".unleash-insecure-frontend-api-token")
}

/// Whether the form of a value shows that it is a client key.
fn says_so(value: &str) -> bool {
    let rest = |start: &str| value.strip_prefix(start);
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // Datadog's, for browsers: https://docs.datadoghq.com/account_management/api-app-keys/#client-tokens
    rest("pub").is_some_and(|rest| rest.len() == 32 && is_hex(rest))
        // GrowthBook's: https://docs.growthbook.io/lib/quickstart. LaunchDarkly's server-side SDK keys have a UUID
        // there.
        || rest("sdk-").is_some_and(|rest| (10..=20).contains(&rest.len()) && is_plain(rest))
        // LaunchDarkly's, for applications: https://launchdarkly.com/docs/home/account/environment/keys
        || rest("mob-").is_some_and(|rest| rest.len() == 36 && rest.matches('-').count() == 4)
        // Statsig's: https://docs.statsig.com/access-management/api-keys
        || rest("client-").is_some_and(|rest| rest.len() >= 40 && is_plain(rest))
        // New Relic's, for browsers and applications.
        || rest("NRJS-").is_some_and(|rest| rest.len() >= 16 && is_hex(rest))
        || rest("NRBR-").is_some_and(|rest| rest.len() >= 16 && is_hex(rest))
        // AppDynamics' for pages, which load it with the script: https://docs.appdynamics.com
        || ["AD-AA", "EUM-AA"].into_iter().any(|start| rest(start).is_some_and(is_of_groups))
        // Square's and Braintree's, with which pages tokenise cards.
        || rest("sq0idp-").is_some_and(|rest| rest.len() == 22)
        || is_tokenization_key(value)
}

/// Whether the rest of a key is the end of one group of three capitals, and one or two more: `B-AUP`, `B-AAN-FCA`.
fn is_of_groups(rest: &str) -> bool {
    let mut groups = rest.split('-');
    let is_of = |group: &str, length: usize| {
        group.len() == length && group.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    groups.next().is_some_and(|first| is_of(first, 1))
        && (1..=2).contains(&groups.clone().count())
        && groups.all(|group| is_of(group, 3))
}

/// Braintree's `production_…_…`: <https://developer.paypal.com/braintree/docs/guides/authorization/tokenization-key>
fn is_tokenization_key(value: &str) -> bool {
    let rest = value
        .strip_prefix("production_")
        .or_else(|| value.strip_prefix("sandbox_"));
    rest.and_then(|rest| rest.split_once('_'))
        .is_some_and(|(key, merchant)| {
            let is_lower = |text: &str| {
                text.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            };
            key.len() == 8 && merchant.len() == 16 && is_lower(key) && is_lower(merchant)
        })
}

/// Whether a name is that of a vendor's client key, and the value has its form.
fn is_vendors(name: &str, value: &str) -> bool {
    if !(20..=128).contains(&value.len()) || !value.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return false;
    }
    let name = name.rsplit('.').next().unwrap_or(name);
    let flat = name.to_ascii_lowercase();
    let is_secret = [
        "secret",
        "admin",
        "private",
        "server",
        "master",
        "management",
        "pass",
    ];
    if is_secret.iter().any(|word| flat.contains(word)) {
        return false;
    }
    if is_own_search_key(name, value) {
        return true;
    }
    let Some(words) = Words::split(name) else {
        return false;
    };
    let has = |word: &str| words.iter().any(|own| own == word);
    // Some spellings of `meilisearch` and `trackjs` are split into words.
    let is_named = |vendor: &Vendor| {
        vendor
            .words
            .iter()
            .all(|word| has(word) || word.len() > 5 && flat.contains(word))
    };
    // Honeycomb's write keys are secret, and other products have write keys, too.
    let is_bare = |vendor: &Vendor| vendor.words == ["write", "key"] && words.len() > 2;
    VENDORS
        .iter()
        .any(|vendor| has_form(value, vendor.form) && is_named(vendor) && !is_bare(vendor))
}

/// `searchApiKey`, without a vendor in its name, as pages call Algolia's.
fn is_own_search_key(name: &str, value: &str) -> bool {
    matches!(
        name,
        "searchApiKey" | "searchKey" | "search_api_key" | "search-api-key"
    ) && has_form(value, Form::Hex(32))
}

fn has_form(value: &str, form: Form) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    match form {
        Form::Hex(length) => {
            let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
            value.len() == length && value.bytes().all(is_hex)
        }
        Form::Plain(least) => value.len() >= least,
        Form::Lower(length) => {
            value.len() == length && !has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
        }
        Form::Mixed(length) => {
            value.len() == length && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "4a1750c8607dfa237de36c6305715c22";
    const MIXED: &str = "kT7vv2Qp9xLmR4sZb1WckT7vv2Qp9xLm";

    #[test]
    fn keys_for_clients_are_public() {
        let pusher = &HEX[..20];
        let datadog = format!("pub{HEX}");
        let growthbook = format!("sdk-{}", &MIXED[..16]);
        let statsig = format!("client-{MIXED}{}", &MIXED[..11]);
        let newrelic = format!("NRJS-{}", &HEX[..19]);
        let braintree = format!("production_{}_{}", &HEX[..8], &HEX[..16]);
        let frontend = format!("default:production.{HEX}");
        for (name, value) in [
            ("appKey", "EUM-AAB-AUP"),
            ("appKey", "AD-AAB-AAN-FCA"),
            ("clientToken", datadog.as_str()),
            ("clientKey", growthbook.as_str()),
            ("GROWTHBOOK_API_KEY", growthbook.as_str()),
            ("statsigKey", statsig.as_str()),
            ("licenseKey", newrelic.as_str()),
            ("tokenizationKey", braintree.as_str()),
            ("searchApiKey", HEX),
            ("searchOnlyApiKey", MIXED),
            ("algoliaSearchKey", HEX),
            ("ALGOLIA_SEARCH_API_KEY", HEX),
            ("amplitudeApiKey", HEX),
            ("AMPLITUDE_API_KEY", HEX),
            ("mixpanelToken", HEX),
            ("segmentWriteKey", MIXED),
            ("writeKey", MIXED),
            ("PUSHER_APP_KEY", pusher),
            ("ROLLBAR_CLIENT_TOKEN", HEX),
            ("trackjsToken", HEX),
            ("TRACKJS_TOKEN", HEX),
            ("BUGSNAG_API_KEY", HEX),
            ("bugsnagApiKey", HEX),
            ("ROLLBAR_POST_CLIENT_ITEM_TOKEN", HEX),
            ("SPLIT_BROWSER_KEY", MIXED),
            ("NEWRELIC_BROWSER_KEY", MIXED),
            ("UNLEASH_FRONTEND_TOKEN", frontend.as_str()),
            ("unleashProxyClientKey", frontend.as_str()),
        ] {
            assert!(is_client_key(name, value), "{name}={value}");
        }
    }

    #[test]
    fn other_keys_of_the_same_vendors_are_not() {
        let launchdarkly = "sdk-4a1750c8-607d-4a23-8de3-6c6305715c22";
        let unleash = format!("default:production.{HEX}");
        for (name, value) in [
            ("clientToken", HEX),
            ("sdkKey", launchdarkly),
            ("AMPLITUDE_SECRET_KEY", HEX),
            ("mixpanelApiSecret", HEX),
            ("PUSHER_APP_SECRET", &HEX[..20]),
            ("ALGOLIA_ADMIN_KEY", HEX),
            ("algoliaApiKey", HEX),
            ("AZURE_SEARCH_API_KEY", HEX),
            ("AZURE_SEARCH_KEY", MIXED),
            ("BRAVE_SEARCH_API_KEY", MIXED),
            ("writeKey", HEX),
            ("HONEYCOMB_WRITE_KEY", MIXED),
            ("rollbarServerToken", HEX),
            ("searchApiKey", MIXED),
            ("clientSecret", "pub4a1750"),
            ("UNLEASH_API_TOKEN", unleash.as_str()),
            ("BUGSNAG_AUTH_TOKEN", MIXED),
            ("BROWSERSTACK_ACCESS_KEY", MIXED),
            ("browserStackKey", MIXED),
            ("BROWSER_SECRET_KEY", MIXED),
            ("SPLIT_API_KEY", MIXED),
            ("FRONTEND_API_KEY", MIXED),
        ] {
            assert!(!is_client_key(name, value), "{name}={value}");
        }
    }
}
