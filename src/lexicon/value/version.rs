//! Versions of packages in manifests, lock files and logs of package managers: version constraints, and hashes of
//! archives. A package may be named after a credential: `getpass "^0.1.1"`, `parse-passwd@^1.0.0`.

/// Longer values are not constraints.
const LONGEST: usize = 96;

/// Prefixes of constraints that say where the package comes from.
const SOURCES: &[&str] = &[
    "npm:",
    "jsr:",
    "workspace:",
    "catalog:",
    "patch:",
    "portal:",
    "link:",
];

/// Whether `value` is a version constraint: `^1.2.3`, `~> 2.0`, `>=1.0,<2`, `1.x`, `npm:getpass@^0.1.1`, `workspace:*`,
/// `0.1.7(react@18.2.0)`.
pub(super) fn is_constraint(value: &str) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let source = SOURCES.iter().find_map(|start| value.strip_prefix(start));
    let rest = source.unwrap_or(value);
    // `npm:@scope/name@^1.0.0` names another package.
    let rest = match rest.get(1..).and_then(|rest| rest.rsplit_once('@')) {
        Some((name, version)) if source.is_some() && is_package(name) => version,
        _ => rest,
    };
    // pnpm appends the peer dependencies that it was resolved with.
    let rest = match rest.split_once('(') {
        Some((version, peers)) if peers.ends_with(')') && peers.contains('@') => version,
        _ => rest,
    };
    let mut parts = rest
        .split(['|', ',', ' ', '&'])
        .filter(|part| !part.is_empty())
        .peekable();
    if parts.peek().is_none() {
        return false;
    }
    let (mut compares, mut versions) = (source.is_some(), 0);
    for part in parts {
        let part = part
            .strip_prefix('!')
            .filter(|rest| rest.starts_with('='))
            .unwrap_or(part);
        let version = part.trim_start_matches(['^', '~', '=', '>', '<']);
        let is_sign = version.is_empty() || version == "-";
        compares |= version.len() < part.len() || is_open(version) || part == "-";
        versions += usize::from(!is_sign || source.is_some());
        if !is_sign && !is_version(version) {
            return false;
        }
    }
    // A plain version is recognised elsewhere.
    let has_peers = rest.len() < value.len() && value.ends_with(')');
    versions > 0 && (compares || has_peers)
}

fn is_package(name: &str) -> bool {
    let is_of_name = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b'_' | b'.' | b'/')
    };
    name.trim_start_matches('@').bytes().all(is_of_name)
}

/// Whether a version has a wildcard: `1.x`, `2.*`, `*`.
fn is_open(version: &str) -> bool {
    version
        .split('.')
        .any(|part| matches!(part, "x" | "X" | "*"))
}

/// `1`, `1.2.3`, `v2.0`, `1.x`, `*`, `1.0.0-beta.2+build`.
pub(super) fn is_version(text: &str) -> bool {
    const TAGS: [&str; 4] = ["latest", "next", "canary", "stable"];
    let text = text.strip_prefix('v').unwrap_or(text);
    let (numbers, suffix) = match text.find(['-', '+']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let is_number = |part: &str| {
        matches!(part, "x" | "X" | "*")
            || (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_of_suffix =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    TAGS.contains(&text)
        || numbers.split('.').count() <= 4
            && numbers.split('.').all(is_number)
            && suffix.len() <= 40
            && suffix.bytes().all(is_of_suffix)
            // More digits alone may be a password that someone chose.
            && (numbers.contains('.') || suffix.is_empty() && numbers.len() <= 4)
}

/// Whether `value` is the hash of an archive or a module, after the name of the hash function: `sha512-…==`,
/// `sha256:…`, `h1:…=`.
pub(super) fn is_integrity(value: &str) -> bool {
    const FUNCTIONS: &[(&str, usize)] = &[
        ("sha1", 20),
        ("sha256", 32),
        ("sha384", 48),
        ("sha512", 64),
        ("h1", 32),
    ];
    let Some((function, digest)) = value.split_once(['-', ':']) else {
        return false;
    };
    let Some((_, bytes)) = FUNCTIONS.iter().find(|(name, _)| *name == function) else {
        return false;
    };
    let is_hex = digest.len() == 2 * bytes && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_base64 = digest.len() == bytes.div_ceil(3) * 4
        && digest
            .trim_end_matches('=')
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    is_hex || is_base64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_say_which_versions_will_do() {
        for value in [
            "^0.1.1",
            "~1.2",
            "~> 2.0",
            ">=1.0,<2",
            ">= 1.0 < 2.0.0",
            "^1.0 || ^2.0.0-rc.1",
            "1.x",
            "*",
            "==3.2.1",
            "~=1.4.2",
            "!=1.5",
            "npm:^1.0.0",
            "npm:@acme/getpass@^0.1.1",
            "workspace:^",
            "workspace:*",
            "=0.10.0",
            "0.1.7(react@18.2.0)",
            "^1.0.0-beta.2+build",
            "1.2.3 - 2.3.4",
        ] {
            assert!(is_constraint(value), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_password_is_none() {
        for value in [
            "",
            "hunter2",
            "1.2.3",
            "^hunter2",
            "~Kq7",
            ">kT7vv2Qp9x",
            "1.x.y",
            "npm:hunter2",
            "=kT7vv2",
            "12345678",
            "^",
            "lamp@1.0",
            "=-",
            "!12345",
            "=12345678",
        ] {
            assert!(!is_constraint(value), "{value}");
        }
    }

    #[test]
    fn integrity_has_the_name_of_its_function() {
        let hex = "9f86d081884c7d65".repeat(4);
        let base64 = format!("{}=", &hex[..43]);
        assert!(is_integrity(&format!("sha256:{hex}")));
        assert!(is_integrity(&format!("h1:{base64}")) && is_integrity(&format!("sha256-{base64}")));
        assert!(!is_integrity(&hex) && !is_integrity(&format!("sha512:{hex}")));
        assert!(!is_integrity("sha256-lamp"));
    }
}
