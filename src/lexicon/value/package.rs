//! Package coordinates: `io.jsonwebtoken:jjwt-impl:0.11.5`, `pkg:npm/csrf-token@1.2.3`, `registry-auth-token@4.2.1`. A
//! group or a package may be named after a credential, and what follows it then looks like a value.

use super::version::is_version;
use crate::lexicon::name::{self, CredentialName};

/// Longer values are not coordinates.
const LONGEST: usize = 200;

/// Top-level parts of package groups, which are named after domains.
#[rustfmt::skip]
const DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "edu", "gov", "info", "me", "co", "ai", "tech", "cloud", "software", "eu", "us", "ca", "uk", "de",
    "at", "ch", "fr", "it", "es", "nl", "be", "se", "pl", "cz", "ru", "jp", "cn", "br", "javax", "jakarta", "androidx",
];

/// Whether `value` names a package, or is the rest of a coordinate whose group is `name`.
pub(super) fn names_a_package(name: &str, value: &str) -> bool {
    // Nearly all values have neither sign.
    if value.len() > LONGEST || !value.contains([':', '@']) {
        return false;
    }
    is_url_of_package(value) || is_release_of_package(name, value) || is_coordinate(name, value)
}

/// `pkg:maven/io.jsonwebtoken/jjwt-impl@0.11.5?type=jar`.
fn is_url_of_package(value: &str) -> bool {
    let kind = value
        .strip_prefix("pkg:")
        .and_then(|rest| rest.split_once('/'));
    kind.is_some_and(|(kind, rest)| {
        let is_kind = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        kind.starts_with(|c: char| c.is_ascii_lowercase())
            && kind.bytes().all(is_kind)
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

/// `registry-auth-token@4.2.1`, `@acme/token-helper@1.0.0-beta.2`.
fn is_release_of_package(name: &str, value: &str) -> bool {
    let Some((package, version)) = value.rsplit_once('@') else {
        return false;
    };
    let plain = package.strip_prefix('@').unwrap_or(package);
    let is_of_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./".contains(&byte);
    let is_scoped = plain.len() < package.len() && plain.contains('/');
    let is_package = plain.starts_with(|c: char| c.is_ascii_lowercase())
        && plain.bytes().all(is_of_name)
        && (is_scoped || plain.len() == package.len())
        && !super::is_random(plain);
    let numbers = version.split(['-', '+']).next().unwrap_or(version);
    let version = version.trim_start_matches(['^', '~']);
    // A password may well contain an `@` and a number.
    let may_be = is_scoped
        || plain.contains('-')
        || !matches!(name::classify(name), Some(CredentialName::Password));
    is_package && may_be && numbers.matches('.').count() == 2 && is_version(version)
}

/// `io.jsonwebtoken:jjwt-impl:0.11.5`, without its group if `name` is that; with a classifier, a type or the
/// configurations that use it: `…:jar:0.11.5:compile`, `…@aar`, `…=runtimeClasspath`.
fn is_coordinate(name: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ')', ',']);
    let value = value.split_once('=').map_or(value, |(value, _)| value);
    let value = match value.rsplit_once('@') {
        Some((value, kind)) if kind.bytes().all(|byte| byte.is_ascii_lowercase()) => value,
        _ => value,
    };
    let parts = value.split(':').filter(|part| !part.is_empty());
    let first = parts.clone().next().unwrap_or_default();
    let is_behind_group = is_group(name) || first == name || first.starts_with(name);
    let least = if is_group(first) {
        3
    } else if is_behind_group && name.len() > 3 {
        2
    } else {
        return false;
    };
    let others = parts.clone().filter(|part| !is_release(part));
    (least..=5).contains(&parts.clone().count())
        && parts.skip(least - 1).any(is_release)
        && is_artifact(first)
        && others.clone().count() < 5
        && others.into_iter().all(is_artifact)
}

/// Whether `text` is a reversed domain.
fn is_group(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
            })
    };
    text.split_once('.')
        .is_some_and(|(first, rest)| DOMAINS.contains(&first) && rest.split('.').all(is_part))
}

/// Whether `text` could be the name of an artifact, its type or its scope.
fn is_artifact(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(is_of_name)
        && (text.len() < 8 || !super::is_random(text))
}

/// Whether `text` is a version, a range of versions, or a variable for one.
fn is_release(text: &str) -> bool {
    let is_of_version = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    let numbers = text.trim_start_matches(['[', '(']);
    let mut parts = numbers.split(['.', '-', ',']);
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| {
            part == "+"
                || (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let bounds = numbers.trim_end_matches([']', ')']);
    let is_bound = |byte: u8| is_of_version(byte) || byte == b',';
    let is_range = numbers.len() < text.len() && bounds.bytes().all(is_bound);
    text.starts_with('$')
        || matches!(text, "latest.release" | "latest.integration" | "+")
        || is_number(parts.next())
            && is_number(parts.next())
            && (is_range || text.len() <= 40 && text.bytes().all(is_of_version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_known() {
        for (name, value) in [
            ("io.jsonwebtoken", "jjwt-impl:0.11.5"),
            ("io.jsonwebtoken", ":jjwt-impl:0.11.5"),
            ("io.jsonwebtoken", "jjwt:$jjwtVersion"),
            ("org.acme.token", "token-core:2.0.0-SNAPSHOT@aar"),
            ("org.acme.token", "token-core_2.13:2.0.1.Final"),
            ("com.acme.password", "core:[1.0,2.0)"),
            ("io.jsonwebtoken", "jjwt-impl:jar:0.11.5:compile"),
            (
                "io.jsonwebtoken",
                "jjwt-impl:0.11.5=compileClasspath,runtimeClasspath",
            ),
            ("token", "io.jsonwebtoken:jjwt-impl:0.11.5"),
            ("jsonwebtoken", "jsonwebtoken:1.0.2"),
            ("jsonwebtoken", "jsonwebtoken@9.0.2"),
            ("auth-token", "registry-auth-token@4.2.1"),
            ("token", "@acme/token-helper@1.0.0-beta.2"),
            ("password", "parse-passwd@^1.0.0"),
            ("api-key", "pkg:npm/api-key@1.2.3"),
            (
                "token",
                "pkg:maven/io.jsonwebtoken/jjwt-impl@0.11.5?type=jar",
            ),
        ] {
            assert!(names_a_package(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_no_package() {
        let random = ["q8Zr2LkT0vXw5Ns7", "pD3f"].concat();
        for (name, value) in [
            ("password", "lamp@1.0.0".to_owned()),
            ("password", "Summer@2024.10.1".to_owned()),
            ("spring.datasource.password", "lamp-door:1.2.3".to_owned()),
            ("token", "lamp:1.2.3".to_owned()),
            ("io.acme.token", format!("{random}:1.2.3")),
            ("io.acme.token", random.clone()),
            ("token", format!("{random}@1.2.3")),
            ("token", "pkg:lamp".to_owned()),
            ("io.acme.token", "lamp:door".to_owned()),
        ] {
            assert!(!names_a_package(name, &value), "{name}: {value}");
        }
    }
}
