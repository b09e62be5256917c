//! Settings: switches, quantities, algorithms and addresses in slots whose name sounds like a credential.

use super::version::{is_constraint, is_integrity};
use super::{is_identifier, unquoted};

/// Returns whether `value` is a setting of some other kind, whatever its name says: `true`, `15m`, `60/minute`,
/// `RS256`.
pub fn is_not_a_credential(value: &str) -> bool {
    let value = unquoted(value);
    value.is_empty()
        || is_setting_word(value)
        || is_plain_number(value)
        || is_quantity(value)
        || is_algorithm(value)
        || is_locale_or_charset(value)
        || is_media_type(value)
        || is_nil(value)
        || is_plain_url(value)
        || is_version_or_address(value)
        || is_constraint(value)
        || is_integrity(value)
        || is_service(value)
        || super::color::is_color(value)
}

/// Words that switch or choose something.
fn is_setting_word(value: &str) -> bool {
    #[rustfmt::skip]
    const SETTINGS: &[&str] = &[
        "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "enabled", "disabled", "enable",
        "disable", "auto", "automatic", "always", "never", "optional", "required", "require", "prefer",
        "preferred", "default", "bearer", "basic", "digest", "kerberos", "ntlm", "strict", "lax", "file",
        "env", "environment", "memory", "internal", "external", "manual", "inherit", "header", "cookie",
        "query", "body", "string", "boolean", "integer", "number", "object", "array", "bool", "int", "str",
        "json", "yaml", "warn", "info", "debug", "error", "nopasswd",
        // What Angular forms bind to.
        "ngmodel", "ngform",
        // Configuration passes of Windows Setup.
        "windowspe", "offlineservicing", "specialize", "generalize", "auditsystem", "audituser", "oobesystem",
    ];
    SETTINGS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Numbers that count something: up to 99, round ones, powers of two, fractions. `123456` is a weak password instead.
fn is_plain_number(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if let Some((whole, fraction)) = digits.split_once('.') {
        return is_digits(whole) && is_digits(fraction);
    }
    if !is_digits(digits) || digits.len() > 9 {
        return false;
    }
    let number: u32 = digits.parse().unwrap_or(0);
    let leads_with_zero = digits.len() > 1 && digits.starts_with('0');
    !leads_with_zero
        && (number < 100
            || number.is_multiple_of(100)
            || (number >= 128 && number.is_power_of_two()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Durations, sizes, rates and percentages: `30s`, `1h30m`, `15 minutes`, `PT15M`, `512MB`, `60/minute`, `50%`.
fn is_quantity(value: &str) -> bool {
    if let Some((amount, unit)) = value.split_once('/') {
        return is_amount_with_unit(amount, true)
            && is_unit(unit.trim().trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    is_amount_with_unit(value, false) || is_iso_duration(value)
}

fn is_unit(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h",
        "hr", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "month", "months", "y",
        "year", "years", "ms", "us", "ns", "b", "k", "kb", "kib", "ki", "mb", "mib", "mi", "g",
        "gb", "gib", "gi", "tb", "tib", "ti", "byte", "bytes", "%", "r", "req", "requests", "bit",
        "bits",
    ];
    UNITS.iter().any(|unit| word.eq_ignore_ascii_case(unit))
}

/// Numbers each followed by a unit, as in `1h 30m`; `bare` allows a number alone.
fn is_amount_with_unit(value: &str, bare: bool) -> bool {
    let mut rest = value.trim();
    let mut seen = false;
    while !rest.is_empty() {
        let number = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(rest.len());
        let after = rest[number..].trim_start();
        let unit = after
            .find(|c: char| !(c.is_ascii_alphabetic() || c == '%'))
            .unwrap_or(after.len());
        let has_unit = is_unit(&after[..unit]);
        if number == 0 || number > 9 || !(has_unit || (bare && unit == 0)) {
            return false;
        }
        seen = true;
        rest = after[unit..].trim_start();
    }
    seen
}

fn is_iso_duration(value: &str) -> bool {
    value.len() >= 3
        && value.starts_with('P')
        && value.ends_with(['D', 'W', 'M', 'Y', 'S', 'H'])
        && value[1..].bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'T' | b'D' | b'W' | b'M' | b'Y' | b'S' | b'H')
        })
        && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Names of mechanisms and algorithms.
fn is_algorithm(value: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "plain", "oauthbearer", "xoauth2", "gssapi", "cram-md5", "external", "anonymous", "login", "none",
        "md5", "trust", "peer", "ident", "bcrypt", "scrypt", "argon2", "argon2i", "argon2id", "pbkdf2",
        "caching_sha2_password", "mysql_native_password", "sha256_password", "client_credentials",
        "authorization_code", "refresh_token", "implicit", "client_secret_basic", "client_secret_post",
        "private_key_jwt", "code", "sasl_plaintext", "sasl_ssl", "plaintext", "ssl", "tls", "starttls",
        "eddsa", "ed25519", "ecdsa", "rsa", "dsa", "x509", "hmac", "aes", "fernet", "oauth", "oauth2",
        "oidc", "saml", "ldap",
    ];
    // `sha1:6`: how many digits of a digest are shown.
    let (value, count) = value.split_once(':').unwrap_or((value, ""));
    if count.len() > 4 || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if NAMES.iter().any(|name| value.eq_ignore_ascii_case(name)) || is_algorithm_of_ssh(value) {
        return true;
    }
    value.len() <= 24
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value
            .to_ascii_lowercase()
            .split(['-', '_', '/', ':'])
            .enumerate()
            .all(|(at, part)| is_algorithm_part(part, at > 0))
}

/// SSH's names of key types, key exchanges and MACs: `ssh-ed25519`, `ecdsa-sha2-nistp256`,
/// `curve25519-sha256@libssh.org`.
fn is_algorithm_of_ssh(value: &str) -> bool {
    const STARTS: [&str; 8] = [
        "ssh-",
        "ecdsa-sha2-",
        "rsa-sha2-",
        "sk-ssh-",
        "sk-ecdsa-",
        "diffie-hellman-",
        "curve25519-",
        "hmac-sha",
    ];
    const KEYS: [&str; 5] = ["ed25519", "ed448", "rsa", "dss", "dsa"];
    let name = value.split_once('@').map_or(value, |(name, owner)| {
        if matches!(owner, "openssh.com" | "libssh.org") {
            name
        } else {
            value
        }
    });
    let name = name.strip_suffix("-cert-v01").unwrap_or(name);
    let rest = STARTS
        .iter()
        .find_map(|start| Some((start, name.strip_prefix(start)?)));
    rest.is_some_and(|(start, rest)| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match *start {
            "ssh-" | "sk-ssh-" => KEYS.contains(&rest),
            _ => {
                !rest.is_empty()
                    && rest.len() <= 24
                    && rest.bytes().all(is_plain)
                    && rest.contains(|c: char| c.is_ascii_digit())
            }
        }
    })
}

/// One part of `aes-256-gcm` or `scram-sha-256`: a family, a typical length, or both.
fn is_algorithm_part(part: &str, follows: bool) -> bool {
    const FAMILIES: &[&str] = &[
        "sha", "aes", "rsa", "hmac", "rs", "hs", "es", "ps", "ecdh", "chacha", "hmacsha", "cbc",
        "gcm", "scram",
    ];
    const FOLLOWERS: &[&str] = &["", "plus", "pkcs", "padding", "oaep", "poly"];
    const LENGTHS: &[&str] = &[
        "", "20", "128", "192", "224", "256", "384", "512", "1024", "1305", "2048", "4096", "25519",
    ];
    let stem = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let length = &part[stem.len()..];
    (FAMILIES.contains(&stem) || (follows && FOLLOWERS.contains(&stem)))
        && (LENGTHS.contains(&length) || (stem.ends_with("sha") && length == "1"))
}

/// `en`, `en_US`, `de-DE`, `en_US.UTF-8`, `utf-8`, `iso-8859-1`.
fn is_locale_or_charset(value: &str) -> bool {
    let (locale, charset) = value.split_once('.').unwrap_or((value, ""));
    let bytes = locale.as_bytes();
    let is_locale = bytes.len() == 5
        && bytes[..2].iter().all(u8::is_ascii_lowercase)
        && matches!(bytes[2], b'_' | b'-')
        && bytes[3..].iter().all(u8::is_ascii_uppercase);
    (is_locale && (charset.is_empty() || is_charset(charset))) || is_charset(value)
}

fn is_charset(text: &str) -> bool {
    #[rustfmt::skip]
    const CHARSETS: &[&str] = &[
        "utf-8", "utf8", "utf-16", "ascii", "us-ascii", "latin1", "iso-8859-1", "utf8mb4",
    ];
    CHARSETS
        .iter()
        .any(|known| text.eq_ignore_ascii_case(known))
}

fn is_media_type(value: &str) -> bool {
    #[rustfmt::skip]
    const KINDS: &[&str] = &[
        "application", "text", "image", "audio", "video", "multipart", "font",
    ];
    value
        .split_once('/')
        .is_some_and(|(kind, rest)| KINDS.contains(&kind) && !rest.is_empty() && rest.len() < 80)
}

/// A UUID of only zeros or only `f`.
fn is_nil(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.eq_ignore_ascii_case(&value.as_bytes()[0]),
        })
        && matches!(value.as_bytes()[0], b'0' | b'f' | b'F')
}

/// A URL without user information or a query, in which credentials could be.
fn is_plain_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        is_identifier(scheme)
            && !rest.contains(['@', '?', '#', '='])
            && rest.len() < 120
            && !has_long_segment(rest)
    })
}

/// Webhooks have their secret in the path, as one long segment.
fn has_long_segment(path: &str) -> bool {
    path.split('/')
        .skip(1)
        .any(|segment| segment.len() >= 20 && segment.bytes().any(|byte| byte.is_ascii_digit()))
}

/// `1.2.3`, `v2`, `2024-01-31`, `10.0.0.1:5432`.
fn is_version_or_address(value: &str) -> bool {
    let digits = value.strip_prefix(['v', 'V']).unwrap_or(value);
    let marks = digits
        .bytes()
        .filter(|byte| matches!(byte, b'.' | b':' | b'-'))
        .count();
    digits.len() <= 21
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'-'))
        && (marks >= 2 || (digits.len() < value.len() && digits.len() <= 6))
        || is_pre_release(digits)
}

/// `web:8011`, `app-1:9000`: a Compose service or a host, and its port. After the name of an account, the number is its
/// password instead.
fn is_service(value: &str) -> bool {
    const ACCOUNTS: [&str; 14] = [
        "admin",
        "root",
        "user",
        "test",
        "guest",
        "demo",
        "default",
        "login",
        "pass",
        "password",
        "secret",
        "administrator",
        "username",
        "anonymous",
    ];
    let Some((host, port)) = value.split_once(':') else {
        return false;
    };
    let is_of_host = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    let number: u32 = port.parse().unwrap_or(0);
    (2..=5).contains(&port.len())
        && is_digits(port)
        && !port.starts_with('0')
        && (matches!(number, 80 | 443) || (1_000..=65_535).contains(&number))
        && host.len() <= 63
        && host.starts_with(|c: char| c.is_ascii_lowercase())
        && host.bytes().all(is_of_host)
        && !super::is_random(host)
        && !ACCOUNTS.contains(&host)
}

/// Pre-release versions: `1.0.0-rc2-final`, `2.1.0-beta.3`.
fn is_pre_release(value: &str) -> bool {
    const STAGES: [&str; 7] = ["rc", "beta", "alpha", "preview", "pre", "snapshot", "dev"];
    let Some((numbers, rest)) = value.split_once('-') else {
        return false;
    };
    let rest = rest.to_ascii_lowercase();
    let mut numbers = numbers.split('.');
    numbers.clone().count() >= 2
        && numbers.all(|part| part.len() <= 4 && is_digits(part))
        && rest.len() <= 24
        && STAGES.iter().any(|stage| {
            rest.strip_prefix(stage).is_some_and(|behind| {
                let is_mark = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
                let behind = behind.trim_start_matches(is_mark);
                behind.is_empty() || behind == "final"
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn settings_of_other_kinds() {
        for value in [
            "", "true", "No", "15m", "1h30m", "30 seconds", "PT15M", "60/minute", "100/h", "10r/s",
            "1.0.0-rc2-final", "2.1.0-beta.3", "3.0-SNAPSHOT", "512MB", "1GiB", "50%", "8", "3600", "86400", "4096", "0.5", "OAUTHBEARER", "PLAIN",
            "SCRAM-SHA-256", "scram-sha-256", "RS256", "HS512", "AES-256-GCM", "sha256", "argon2id",
            "en_US", "de-DE", "en_US.UTF-8", "utf-8", "application/json",
            "00000000-0000-0000-0000-000000000000", "https://auth.example.com/realms/x", "1.2.3", "v2",
            "127.0.0.1:5432", "required", "bearer", "web:8011", "app-1:9000", "redis:6379", "^0.1.1", "sha1:9f86d081884c7d659a2feaa0c55ad0159f86d081",
        ] {
            assert!(is_not_a_credential(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_may_well_be_a_credential() {
        for value in [
            "hunter2", "123", "1234", "123456", "00123", "secret", "password", "https://a:b@host/",
            "https://hooks.host/services/T0/B1/q8w7e6r5t4y3u2i1o0pa", "7f3a9c1e5b2d4860", "P4ssw0rd",
            "app/x", "root", "postgres", "1234567890", "rsa1", "passw0rd", "5b2d-4860", "admin:1234", "q8zr2lkt0v:8011", "lamp:99",
        ] {
            assert!(!is_not_a_credential(value), "{value}");
        }
    }
}
