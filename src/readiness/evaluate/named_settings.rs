//! The names of a system's settings. A variable for something says no more than a claim in a document.

use super::View;
use crate::lexicon::path::{Role, is_for_developers};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::prose::lines;
use crate::readiness::read::text;

/// The most variables that are listed for an item.
const MOST: usize = 2;

/// An item, what its variables are about, and patterns of their names; `*` stands for any further words.
type Named = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const NAMED: &[Named] = &[
    ("A2", "a store of secrets", &["VAULT_ADDR", "VAULT_TOKEN", "*SECRETS_MANAGER*", "*SECRET_ARN", "*KEY_VAULT_*", "*KEYVAULT*", "DOPPLER_*", "INFISICAL_*", "OP_SERVICE_ACCOUNT_TOKEN"]),
    ("A4", "a credential that the environment hands over", &["*_PASSWORD", "*_SECRET", "*_SECRET_KEY", "SECRET_KEY", "SECRET_KEY_BASE", "*_API_KEY", "*_API_TOKEN", "*_ACCESS_TOKEN", "DATABASE_URL", "*_DATABASE_URL", "*_PRIVATE_KEY", "*_AUTH_TOKEN"]),
    ("A8", "the secret of tokens", &["*JWT_SECRET*", "*JWT_SIGNING*", "*JWT_PRIVATE_KEY*", "*TOKEN_SECRET*"]),
    ("B1", "a database or a cache of its own", &["DATABASE_URL", "REDIS_URL", "*REDIS_HOST", "*DB_HOST", "*DATABASE_HOST", "POSTGRES_HOST", "MYSQL_HOST", "*MONGO_URL", "*MONGODB_URI", "PGHOST"]),
    ("C6", "a replica of the database", &["*READ_REPLICA*", "*DATABASE_REPLICA*", "*DB_REPLICA*", "*REPLICA_URL", "*FOLLOWER_URL", "*READER_ENDPOINT"]),
    ("D1", "the password of Redis", &["*REDIS_PASSWORD", "*REDIS_AUTH_TOKEN", "*REDIS_AUTH"]),
    ("E5", "security headers", &["*CSP_*", "*HSTS_*", "*CONTENT_SECURITY_POLICY*"]),
    ("E9", "WebSockets", &["*WEBSOCKET_*", "*WEBSOCKETS_*"]),
    ("H6", "a graceful end", &["*GRACEFUL_*", "*SHUTDOWN_TIMEOUT*", "*SHUTDOWN_GRACE*"]),
    ("I1", "a check of health", &["*HEALTHCHECK_*", "*HEALTH_CHECK_*"]),
    ("I7", "dashboards", &["GRAFANA_*"]),
    ("I8", "alerts", &["ALERTMANAGER_*", "*ALERT_WEBHOOK*", "*ALERT_EMAIL*", "*ALERTS_EMAIL*", "*SLACK_ALERT*"]),
    ("L4", "backups that are kept elsewhere", &["*BACKUP_S3*", "*S3_BACKUP*", "*BACKUP_BUCKET*"]),
    ("M3", "consent to cookies", &["*COOKIE_CONSENT*", "*CONSENT_COOKIE*"]),
    ("N1", "the documentation of the API", &["*SWAGGER_*", "*OPENAPI_*"]),
    ("C4", "a pool of connections", &["*POOL_SIZE", "DB_POOL", "*DATABASE_POOL", "*DB_POOL_*", "*DB_MAX_CONNECTIONS", "*DATABASE_POOL_*"]),
    ("C7", "backups", &["BACKUP_*", "*_BACKUP_SCHEDULE", "*_BACKUP_BUCKET", "*_BACKUP_ENABLED"]),
    ("C11", "TLS to the database", &["*SSLMODE", "*SSL_MODE", "DB_SSL", "DATABASE_SSL*", "DB_USE_SSL", "POSTGRES_SSL*", "*DB_SSL_CA*"]),
    ("D2", "where sessions are kept", &["SESSION_STORE*", "SESSION_DRIVER", "SESSION_REDIS*"]),
    ("D3", "a cache", &["CACHE_STORE*", "CACHE_DRIVER", "CACHE_URL", "CACHE_TTL*", "*REDIS_CACHE*", "MEMCACHED_*", "MEMCACHE_*", "*CACHE_REDIS*", "*CACHE_URL"]),
    ("D5", "a CDN", &["CDN_*", "*_CDN_URL", "*_CDN_HOST", "*ASSET_HOST", "*CLOUDFRONT_*"]),
    ("E1", "HTTPS", &["FORCE_SSL", "*FORCE_HTTPS", "*SECURE_SSL_REDIRECT", "*USE_HTTPS", "*SSL_CERT_PATH", "*SSL_CERTIFICATE*"]),
    ("E4", "certificates of Let's Encrypt", &["LETSENCRYPT_*", "ACME_EMAIL", "CERTBOT_*", "LE_EMAIL"]),
    ("E6", "origins that may call it", &["*CORS_*", "*ALLOWED_ORIGINS*", "*ALLOWED_ORIGIN"]),
    ("E12", "limits of requests", &["*RATE_LIMIT*", "*RATELIMIT*", "*THROTTLE_*"]),
    ("E13", "a CAPTCHA", &["*RECAPTCHA*", "*HCAPTCHA*", "*TURNSTILE*"]),
    ("F1", "an identity provider", &["*OIDC_*", "OAUTH_*", "*OAUTH2_*", "*SAML_*", "*AUTH0_*", "*OKTA_*", "*KEYCLOAK_*", "*GOOGLE_CLIENT_ID", "*GITHUB_CLIENT_ID", "*AZURE_AD_*", "*AUTH_GOOGLE_*", "*OAUTH_CLIENT_ID"]),
    ("F2", "a second factor", &["*TOTP_*", "*MFA_*", "*2FA_*", "*OTP_SECRET*", "*WEBAUTHN_*"]),
    ("F4", "the lifetime of tokens", &["*JWT_EXPIR*", "*ACCESS_TOKEN_EXPIR*", "*TOKEN_LIFETIME*", "*REFRESH_TOKEN_*", "*JWT_TTL", "*TOKEN_TTL"]),
    ("F5", "cookies of sessions", &["*COOKIE_SECURE", "SESSION_SECURE_COOKIE", "*COOKIE_SAMESITE", "*COOKIE_HTTPONLY", "*SECURE_COOKIE*"]),
    ("G3", "encryption by the application", &["*ENCRYPTION_KEY*", "ACTIVE_RECORD_ENCRYPTION_*", "*FERNET_KEY*", "*ENCRYPT_KEY"]),
    ("I2", "metrics", &["*PROMETHEUS_*", "*METRICS_*", "*STATSD_*", "ENABLE_METRICS"]),
    ("I3", "an APM agent", &["NEW_RELIC_*", "NEWRELIC_*", "DD_API_KEY", "DD_AGENT_HOST", "DATADOG_*", "ELASTIC_APM_*", "APPLICATIONINSIGHTS_*", "APPINSIGHTS_*", "SCOUT_KEY", "APPSIGNAL_*", "SKYLIGHT_*"]),
    ("I4", "the form of logs, or where they go", &["LOG_FORMAT", "*LOG_JSON*", "*JSON_LOG*", "LOKI_*", "LOGSTASH_*", "PAPERTRAIL_*", "LOGTAIL_*", "*LOGZ*", "*LOGGING_FORMAT"]),
    ("I5", "an error tracker", &["*SENTRY_DSN*", "ROLLBAR_*", "*BUGSNAG_*", "HONEYBADGER_*", "AIRBRAKE_*", "SENTRY_*", "*GLITCHTIP*"]),
    ("I6", "tracing", &["OTEL_*", "JAEGER_*", "*OTLP_*"]),
    ("I9", "watching from outside", &["*HEALTHCHECKS_IO*", "*UPTIME_*", "*HEARTBEAT_URL", "*DEADMANSSNITCH*"]),
    ("L6", "how long backups are kept", &["*BACKUP_RETENTION*", "*BACKUP_KEEP*", "*BACKUP_DAYS*"]),
    ("M1", "how long data is kept", &["*RETENTION_DAYS", "*RETENTION_PERIOD", "DATA_RETENTION*", "*_RETENTION_*"]),
    ("M4", "a privacy policy or terms", &["*PRIVACY_POLICY*", "*PRIVACY_URL*", "*TERMS_URL*", "*TERMS_OF_SERVICE*"]),
    ("M5", "a log of accesses", &["*AUDIT_LOG*", "*AUDITLOG*"]),
    ("N4", "paging", &["PAGERDUTY_*", "OPSGENIE_*"]),
    ("O2", "feature flags", &["FEATURE_*", "*FEATURE_FLAG*", "*UNLEASH_*", "*LAUNCHDARKLY_*", "*FLAGSMITH_*", "FF_*", "*FLIPT_*"]),
    ("O3", "analytics", &["*POSTHOG_*", "*MATOMO_*", "*GOOGLE_ANALYTICS*", "*PLAUSIBLE_*", "*MIXPANEL_*", "*AMPLITUDE_*", "*SEGMENT_WRITE_KEY*", "*UMAMI_*", "GA_TRACKING*", "*GTM_ID", "*_GA_ID"]),
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut counts = std::collections::BTreeMap::new();
    for (name, place) in variables(view) {
        for (item, what, patterns) in NAMED {
            // M1 is about data, not about how long backups, logs, metrics or traces are kept.
            let is_of_other = *item == "M1"
                && ["BACKUP", "LOG", "METRIC", "TRACE"]
                    .iter()
                    .any(|it| name.contains(it));
            if is_of_other || !patterns.iter().any(|pattern| is_like(&name, pattern)) {
                continue;
            }
            let count: &mut usize = counts.entry(*item).or_default();
            if *count < MOST {
                *count += 1;
                let says = format!("a setting `{name}`: {what}");
                ledger.add(item, Grade::Said, place.clone(), says);
            }
        }
    }
}

/// Whether a name matches a pattern.
fn is_like(name: &str, pattern: &str) -> bool {
    let (starts, ends) = (pattern.ends_with('*'), pattern.starts_with('*'));
    let word = pattern.trim_matches('*');
    let begins_word =
        |at: usize| at == 0 || name.as_bytes()[at - 1] == b'_' || word.starts_with('_');
    match (ends, starts) {
        (false, false) => name == word,
        (false, true) => name.starts_with(word),
        (true, false) => name.ends_with(word) && begins_word(name.len() - word.len()),
        (true, true) => name.match_indices(word).any(|(at, _)| begins_word(at)),
    }
}

/// Returns the variables of `.env` files, their templates, and deployed containers.
fn variables(view: &View<'_>) -> Vec<(String, Place)> {
    let mut all = Vec::new();
    for (file, read) in view.corpus.of(Kind::Env) {
        let is_aside = matches!(read.role, Role::Vendored | Role::Development);
        if is_aside || is_for_developers(&read.path.to_ascii_lowercase()) {
            continue;
        }
        for (number, line) in lines(&read.text) {
            let line = line.trim_start().trim_start_matches('#').trim_start();
            let line = line.strip_prefix("export ").unwrap_or(line);
            if let Some((name, _)) = line
                .split_once('=')
                .filter(|(name, value)| is_name(name.trim_end()) && !is_off(value))
            {
                all.push((name.trim_end().to_owned(), view.corpus.line(file, number)));
            }
        }
    }
    for service in &view.services {
        // A variable without a value comes from whoever starts the service, or is not set.
        let own = service
            .environment()
            .into_iter()
            .filter(|(_, value, _)| !value.is_empty() && !is_off(value));
        all.extend(own.map(|(name, _, at)| (name.to_owned(), view.corpus.at(service.file, at))));
    }
    let workloads = view
        .manifests
        .iter()
        .chain(&view.templates)
        .filter(|it| it.is_workload());
    for workload in workloads {
        for container in workload.containers() {
            let items = container
                .get("env")
                .into_iter()
                .flat_map(crate::audit::yaml::Value::items);
            let items = items.filter(|it| !text(*it, "value").is_some_and(is_off));
            all.extend(items.filter_map(|it| {
                Some((
                    text(it, "name")?.to_owned(),
                    view.corpus.at(workload.file, it),
                ))
            }));
        }
    }
    for (repository, variables) in view.corpus.variables.iter().enumerate() {
        all.extend(variables.iter().map(|(name, (path, line))| {
            let place = Place {
                repository,
                path: path.clone(),
                line: *line,
            };
            (name.clone(), place)
        }));
    }
    all
}

/// Whether a value switches off what its name is about.
fn is_off(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    ["false", "no", "off", "disabled"].contains(&value.as_str())
}

fn is_name(name: &str) -> bool {
    name.len() > 2
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_whole_words() {
        for (name, pattern, expected) in [
            ("SENTRY_DSN", "*SENTRY_DSN*", true),
            ("NEXT_PUBLIC_SENTRY_DSN", "*SENTRY_DSN*", true),
            ("BACKUP_CRON", "BACKUP_*", true),
            ("APP_BACKUP_CRON", "BACKUP_*", false),
            ("DB_POOL_SIZE", "*POOL_SIZE", true),
            ("CARPOOL_SIZE", "*POOL_SIZE", false),
            ("LATOTP_X", "*OTP_*", false),
        ] {
            assert_eq!(is_like(name, pattern), expected, "{name} {pattern}");
        }
    }
}
