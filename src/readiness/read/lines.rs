//! Checks what the lines mean in which a literal was found in code.

/// Accepts any lines.
pub(super) fn any(_: &str) -> bool {
    true
}

/// Returns the first line of a hit.
pub(super) fn line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Whether a password is hashed and the result is stored.
pub(super) fn hashes_password(text: &str) -> bool {
    let line = line(text).to_ascii_lowercase();
    let is_call = [
        "(password",
        "($password",
        "(passwd",
        "(pwd",
        "(req.body.password",
        "(user.password",
    ]
    .iter()
    .any(|argument| line.contains(argument));
    let near = text.to_ascii_lowercase();
    // A hash that is returned or compared may be one of several formats; one that is stored is what the program uses.
    is_call
        && line.contains('=')
        && !["pwned", "breach", "range/", "etag", "legacy", ".sha1("]
            .iter()
            .any(|word| near.contains(word))
        && !["==", "verify", "compare", "cache"]
            .iter()
            .any(|word| line.contains(word))
}

/// Whether a database URL leads to another machine: a host name without a dot is a neighboring container.
pub(super) fn is_to_another_host(text: &str) -> bool {
    let line = line(text);
    let is_unclear = [
        "localhost",
        "127.0.0.1",
        "example",
        "${",
        "if ",
        "== ",
        "…",
        "...",
        "echo ",
        "read ",
        "printf",
    ]
    .iter()
    .any(|word| line.contains(word));
    let host = line
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next());
    let host = host.map(|it| it.rsplit('@').next().unwrap_or(it));
    // Without a host, it leads to a socket, or wherever a dialer in the program connects.
    let is_unnamed = line.contains("dbname=") && !line.contains("host=");
    if is_unnamed {
        return false;
    }
    !is_unclear && host.is_none_or(|it| it.contains('.'))
}

/// Whether a header is set, rather than removed.
pub(super) fn sets_header(text: &str) -> bool {
    let line = line(text);
    ![
        "ALLOWALL",
        ".delete(",
        "unset ",
        "headers.remove(",
        "removeHeader(",
    ]
    .iter()
    .any(|word| line.contains(word))
}

/// Whether the lines that follow allow something for every path: `Rack::Cors` lists the paths below the origins.
pub(super) fn is_for_all_paths(text: &str) -> bool {
    text.lines().skip(1).any(|line| {
        let line = line.trim_start();
        line.starts_with("resource \"*\"") || line.starts_with("resource '*'")
    })
}

/// Whether a response may be cached for a while.
pub(super) fn caches(text: &str) -> bool {
    let near: Vec<_> = text.lines().take(2).collect();
    let near = near.join(" ");
    ["max-age", "immutable", "setCacheControl"]
        .iter()
        .any(|word| near.contains(word))
        && !["no-store", "curl", "fetch(", "max-age=0"]
            .iter()
            .any(|word| near.contains(word))
}

/// Whether a Spring Security expression asks for more than whether the user has signed in.
fn asks_for_role(expression: &str) -> bool {
    const OPEN: &[&str] = &[
        "permitAll",
        "isAuthenticated",
        "isFullyAuthenticated",
        "isAnonymous",
        "isRememberMe",
        "denyAll",
        "and",
        "or",
        "not",
        "true",
        "value",
    ];
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut words = words.filter(|word| !word.is_empty());
    // If it continues on the next lines, it is judged there.
    expression.trim().is_empty() || words.any(|word| !OPEN.contains(&word))
}

/// Whether a line asks for a role or a permission, which is more than being signed in and different from file
/// permissions.
pub(super) fn guards(text: &str) -> bool {
    let line = line(text);
    if line.contains("permission_classes") {
        let Some((_, value)) = line.split_once('=') else {
            return false;
        };
        let words = value.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let is_open = |word: &str| {
            [
                "IsAuthenticated",
                "IsAuthenticatedOrReadOnly",
                "AllowAny",
                "permissions",
                "rest_framework",
            ]
            .contains(&word)
        };
        // A list that continues on the next lines is judged there.
        let is_open_end = value.trim_end().ends_with(['[', '(']);
        return is_open_end || words.filter(|word| !word.is_empty()).any(|it| !is_open(it));
    }
    if let Some((_, expression)) = line.split_once("@PreAuthorize(") {
        return asks_for_role(expression);
    }
    let is_of_files = line.contains("check_permission(") || line.contains("checkPermission(");
    let is_import = ["import ", "from ", "use "]
        .iter()
        .any(|word| line.trim_start().starts_with(word));
    let names_file = || {
        let words = ["path", "mode=", "mode:", "0o", "uid=", "file"];
        words.iter().any(|word| line.contains(word))
    };
    !(is_import || is_of_files && names_file())
}

/// Whether a failed call gets another answer, rather than another language, font or route.
pub(super) fn falls_back(text: &str) -> bool {
    let line = line(text).to_ascii_lowercase();
    ![
        "lang", "locale", "font", "route", "router", "i18n", "translat", "this.", "self.", "image",
        "avatar", "theme", "color",
    ]
    .iter()
    .any(|word| line.contains(word))
}

/// Whether the lifetime of an access token is set and, as far as that shows, is less than a day.
pub(super) fn has_short_lifetime(text: &str) -> bool {
    const DAY: u64 = 86_400;
    let line = line(text);
    let name = ["ACCESS_TOKEN_LIFETIME", "JWT_ACCESS_TOKEN_EXPIRES"];
    let Some(at) = name.iter().find_map(|name| line.find(name)) else {
        return false;
    };
    let Some((_, value)) = line[at..].split_once(['=', ':']) else {
        return false;
    };
    let value = value.trim_matches(|c: char| matches!(c, ' ' | ';' | ',' | '"' | '\'' | '>'));
    value.parse::<u64>().map_or(
        value.contains("minute") || value.contains("hour") || !value.contains("day"),
        |seconds| seconds < DAY,
    )
}

/// Whether an unlimited lifetime is that of a cache: page loaders have a setting of the same name.
pub(super) fn is_of_cache(text: &str) -> bool {
    !["LOADER_CLASS", "STATS_FILE", "IGNORE", "POLL_INTERVAL"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a cache stores anything: some exist only to store nothing.
pub(super) fn keeps(text: &str) -> bool {
    !["DummyCache", "NullStore", ":null_store", "NullCache"]
        .iter()
        .any(|word| line(text).contains(word))
}

/// Whether requests are limited: neither an empty list nor an import or definition limits any.
pub(super) fn limits(text: &str) -> bool {
    let line = line(text);
    let is_empty = line.contains("throttle_classes")
        && line.split_once('=').is_none_or(|(_, value)| {
            let value = value.trim();
            ["[]", "()", "None"].iter().any(|it| value.starts_with(it))
        });
    !is_empty && is_no_import(text) && is_no_definition(line)
}

/// Whether an export of data is about a person: programs export other things, too.
pub(super) fn is_of_a_person(text: &str) -> bool {
    let line = line(text).to_ascii_lowercase();
    let is_open = line.contains("data-export") || line.contains("dataexport");
    let words = ["user", "account", "person", "gdpr", "privacy", "takeout"];
    !is_open || words.iter().any(|word| line.contains(word))
}

/// Whether a line calls something rather than defining it.
fn is_no_definition(line: &str) -> bool {
    let line = line.trim_start();
    ![
        "function ",
        "async ",
        "def ",
        "func ",
        "export ",
        "private ",
        "public ",
        "const ",
        "import ",
    ]
    .iter()
    .any(|word| line.starts_with(word) && line.contains("rateLimit("))
}

/// Whether a line uses a type rather than defining one.
pub(super) fn is_use(text: &str) -> bool {
    !line(text).trim_start().starts_with("class ")
}

/// Whether a line is at the top level rather than below a condition.
pub(super) fn is_unconditional(text: &str) -> bool {
    !line(text).starts_with([' ', '\t'])
}

/// Whether CORS is given a list of origins that does not allow all: enabled without a list, it allows every origin.
pub(super) fn lists_origins(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_import = ["import ", "from ", "use ", "require "]
        .iter()
        .any(|word| line(text).trim_start().starts_with(word));
    let rest = lower.replace("corsmiddleware", "");
    !is_import
        && rest.contains("origin")
        && ![
            "\"*\"",
            "'*'",
            "origin: true",
            "origin:true",
            "origins: true",
        ]
        .iter()
        .any(|it| rest.contains(it))
}

/// Whether a line is not an import.
pub(super) fn is_no_import(text: &str) -> bool {
    let line = line(text).trim_start();
    !["import ", "from ", "require", "include "]
        .iter()
        .any(|word| line.starts_with(word))
}

/// Whether a line defines or calls what deletes old data: a quoted name is that of a setting or parameter.
pub(super) fn deletes(text: &str) -> bool {
    let line = line(text);
    let is_quoted = [
        "'delete_old",
        "\"delete_old",
        "[:delete_old",
        "'purge_",
        "\"purge_",
        "automatic",
    ]
    .iter()
    .any(|it| line.contains(it));
    let is_named = [
        "class ",
        "def ",
        "fun ",
        "func ",
        "function ",
        "use Prunable",
        "use MassPrunable",
        "clearsessions",
        "model:prune",
    ]
    .iter()
    .any(|it| line.contains(it));
    let is_called = line.contains('(') || line.contains('!');
    is_no_import(text) && !is_quoted && (is_named || is_called)
}

/// Whether credentials are allowed in requests.
pub(super) fn allows_credentials(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "credentials: true",
        "credentials=true",
        "allow_credentials=true",
        "credentials = true",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a call that creates a token has a literal secret.
pub(super) fn signs_with_literal(text: &str) -> bool {
    let line = line(text);
    let Some(at) = line.find("jwt.sign(").or_else(|| line.find("jwt.encode(")) else {
        return false;
    };
    let call = &line[at..];
    let mut depth = 0_i32;
    let mut second = None;
    for (index, c) in call.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            ',' if depth == 1 => {
                second = Some(index + 1);
                break;
            }
            _ => {}
        }
    }
    let Some(second) = second.map(|at| call[at..].trim_start()) else {
        return false;
    };
    let Some(quote) = second.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return false;
    };
    let Some(end) = second[1..].find(quote) else {
        return false;
    };
    second[end + 2..].trim_start().starts_with([',', ')'])
}

/// Whether a token expires.
pub(super) fn has_expiry(text: &str) -> bool {
    [
        "expiresIn",
        "\"exp\"",
        "'exp'",
        "exp:",
        "exp =",
        "ExpiresAt",
        "setExpiration",
        "expires_delta",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a cookie is hidden from scripts and sent only over TLS.
pub(super) fn is_secure_cookie(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |name: &str| {
        [": true", "=true", " = true"]
            .iter()
            .any(|value| text.contains(&format!("{name}{value}")))
    };
    has("httponly") && has("secure")
}

/// Whether it is about signing in, rather than about another service's API.
pub(super) fn signs_in(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "openid", "oidc", "nonce", "login", "sign_in", "signin", "issuer", "auth0", "cognito",
        "keycloak",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether database connections are pooled, rather than a client's requests.
pub(super) fn pools(text: &str) -> bool {
    let line = line(text);
    let is_of_client =
        line.contains("new Pool(") && (line.contains("Client") || line.contains("client"));
    let is_import = ["import ", "from "]
        .iter()
        .any(|word| line.trim_start().starts_with(word));
    let opens_anew = text.contains("NullPool") || text.contains("StaticPool");
    let is_of_threads =
        line.contains("ThreadPool") || line.contains("thread_pool") || line.contains("sqlite");
    !(is_of_client || is_import || opens_anew || is_of_threads)
}

/// Whether a line calls a library that connects to other services.
pub(super) fn is_call(text: &str) -> bool {
    let line = line(text);
    ["httpx.", "requests.", "aiohttp", "urlopen", "CURLOPT_"]
        .iter()
        .any(|word| line.contains(word))
}

/// Whether a line sets a value for every environment.
pub(super) fn is_unconditional_value(text: &str) -> bool {
    let line = line(text).to_ascii_lowercase();
    !["debug", "test", "dev", "example", "||", "??"]
        .iter()
        .any(|word| line.contains(word))
}

/// Whether the lines show that what they register is required in addition to a password.
pub(super) fn is_second_factor(text: &str) -> bool {
    let squeezed: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let squeezed = squeezed.to_ascii_lowercase();
    let names = [
        "mfa",
        "2fa",
        "twofactor",
        "multifactor",
        "secondfactor",
        "securitykey",
        "u2f",
    ];
    names.iter().any(|it| squeezed.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_told_from_one_that_is_read() {
        let check = |line: &str, expected: bool| {
            assert_eq!(signs_with_literal(line), expected, "{line}");
        };
        let literal = concat!(
            "jwt.encode({\"sub\": a, \"b\": f(1, 2)}, ",
            "\"word\", algorithm=\"HS256\")"
        );
        check(literal, true);
        check(
            "jwt.sign({ sub }, process.env.KEY, { expiresIn: \"1h\" })",
            false,
        );
        check("jwt.sign(payload, 'x' + salt)", false);
        check("jwt.sign(payload,", false);
    }
}
