//! Services whose keys people name after the service alone: `DEEPGRAM=…`, `"weatherApi": "…"`.
//!
//! Only a long random value counts as a key there. Left out are names that are also words with other meanings, and
//! services whose keys are public.

use super::words::Words;

/// Names of services, in lower case, sorted; each is a keyword of `generic/api-key`.
#[rustfmt::skip]
pub const SERVICES: &[&str] = &[
    "abuseipdb", "airtable", "alphavantage", "anthropic", "apify", "assemblyai", "browserstack", "clarifai", "cloudmersive",
    "cohere", "coinapi", "coinmarketcap", "datadog", "deepgram", "digitalocean", "elevenlabs", "etherscan", "fastly",
    "finnhub", "freshbooks", "freshdesk", "geocodio", "graphhopper", "groq", "huggingface", "hunterio", "ipgeolocation", "ipinfo",
    "ipstack", "jotform", "lambdatest", "launchdarkly", "linode", "locationiq", "mailgun", "mailjet", "mandrill", "mapquest",
    "messagebird", "newsapi", "omdb", "openai", "opencage", "opencagedata", "openrouter", "openweather", "openweathermap",
    "opsgenie", "pagerduty", "pepipost", "pinecone", "pipedrive", "plivo", "postmark", "quandl", "rapidapi",
    "saucelabs", "scraperapi", "scrapingbee", "sendgrid", "shodan", "smartsheet", "smartsheets", "sparkpost", "statuscake",
    "telnyx", "tmdb", "todoist", "tomtom", "twilio", "uptimerobot", "virustotal", "vultr", "wakatime", "wandb", "zenscrape",
];

/// Returns whether the last word of a name is a service, or `api` or `pat` after another word: `weather_api`,
/// `AZURE_DEVOPS_PAT`.
pub(super) fn is_key_of_service(words: &Words) -> bool {
    let last = words.len() - 1;
    let word = words.get(last);
    SERVICES.binary_search(&word).is_ok() || last > 0 && matches!(word, "api" | "pat")
}

/// Other parties that issue credentials, by words that names of these have.
#[rustfmt::skip]
const PARTIES: &[&str] = &[
    "aws", "azure", "captcha", "cloudflare", "discord", "facebook", "gcp", "github", "gitlab", "google", "hcaptcha", "mapbox",
    "mailchimp", "nexmo", "okta", "paypal", "recaptcha", "sentry", "slack", "stripe", "telegram", "twitter", "turnstile",
    "vonage",
];

/// Returns whether a name says that another party has issued what it holds: a word that anybody guesses opens nothing there.
pub fn is_issued(name: &str) -> bool {
    Words::split(name).is_some_and(|words| {
        let mut all = words.iter();
        all.any(|word| PARTIES.contains(&word) || SERVICES.binary_search(&word).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(SERVICES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_service_names_its_key() {
        let names = |name| Words::split(name).is_some_and(|words| is_key_of_service(&words));
        for name in [
            "DEEPGRAM",
            "deepgram",
            "weatherApi",
            "AZURE_DEVOPS_PAT",
            "my.shodan",
        ] {
            assert!(names(name), "{name}");
        }
        for name in ["api", "pat", "DEEPGRAM_URL", "path", "rapid"] {
            assert!(!names(name), "{name}");
        }
    }

    #[test]
    fn other_parties_issue_keys_of_their_own() {
        for name in [
            "STRIPE_SECRET_KEY",
            "twilioAuthToken",
            "aws.secret-key",
            "SENDGRID_KEY",
        ] {
            assert!(is_issued(name), "{name}");
        }
        for name in ["API_KEY", "JWT_SECRET", "MINIO_ACCESS_KEY", "DB_PASSWORD"] {
            assert!(!is_issued(name), "{name}");
        }
    }
}
