//! References: values that only say where the credential comes from.

use super::{is_identifier, unquoted};

/// Returns whether `value` only says where the credential comes from: `${X}`, `{{ x }}`, `op://…`, `/run/secrets/x`.
///
/// `${X:-literal}` is not a reference: it contains a literal, which [`default_literal`] returns.
pub fn is_reference(value: &str) -> bool {
    let value = unquoted(value);
    // Every form of a reference contains a mark, and most values contain none.
    let is_mark = |byte: u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-');
    value.bytes().any(is_mark)
        && (is_variable(value)
            || is_template(value)
            || names_a_store(value)
            || is_path(value)
            || is_key_of_registry(value)
            || is_matcher(value)
            || is_vault_path(value))
}

/// Returns the literal that a reference falls back to: `lit` in `${X:-lit}`, `${X-lit}`, `${X:lit}` (Spring) and
/// `$${X:-lit}`.
///
/// `None` if the whole value is not such a reference, or if its default is empty or a reference itself.
pub fn default_literal(value: &str) -> Option<&str> {
    let inner = unquoted(value)
        .trim_start_matches('$')
        .strip_prefix('{')?
        .strip_suffix('}')?;
    let name = inner
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .filter(|&length| length > 0)?;
    let rest = &inner[name..];
    let default = [":-", "-", ":"]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign))?;
    let required = default.starts_with(['?', '+', '=']);
    (!default.is_empty() && !required && !is_reference(default)).then_some(default)
}

/// A path into an object: `secrets.DB_PASSWORD`, `app.config["x"]`.
fn is_object_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'.' | b'-' | b'[' | b']' | b'"' | b'\'' | b'(' | b')'
                )
        })
}

/// A path in a credential store, as in Concourse and BOSH: `/main/db.password`, `vault:team/db.password`.
fn is_store_path(text: &str) -> bool {
    let is_part = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'/' | b':' | b'"')
    };
    text.bytes().any(|byte| byte.is_ascii_alphabetic()) && text.bytes().all(is_part)
}

/// A path in a secret store without a scheme: `secret/data/app#password`, `kv/app/db#pass`.
fn is_vault_path(value: &str) -> bool {
    const MOUNTS: &[&str] = &[
        "secret",
        "secrets",
        "kv",
        "kv2",
        "cubbyhole",
        "database",
        "vault",
    ];
    let Some((mount, rest)) = value.split_once('/') else {
        return false;
    };
    MOUNTS.contains(&mount)
        && !rest.is_empty()
        && rest.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'#' | b'.' | b':')
        })
        && rest
            .split(['/', '#', '.', ':'])
            .all(|part| !super::is_random(part))
}

/// Variables of shells, Compose files, Windows, Python formats and Makefiles.
fn is_variable(value: &str) -> bool {
    if let Some(rest) = value.strip_prefix('$') {
        let name = rest.trim_start_matches('$');
        let braced = name
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let called = name.starts_with('(') && name.ends_with(')');
        if called || is_identifier(name) || braced.is_some_and(is_braced_reference) {
            return true;
        }
    }
    let wrapped = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
    };
    wrapped("%(", ")s").is_some_and(is_object_path)
        || wrapped("%", "%").is_some_and(is_parameter)
        || is_parameter_of_sql(value)
        || wrapped("%{", "}").is_some_and(|inner| !inner.is_empty())
        || wrapped("!{", "}").is_some_and(is_object_path)
        || wrapped("<<", ">>")
            .is_some_and(|inner| inner.contains('.') && is_object_path(inner.trim()))
        || value.strip_prefix("@=").is_some_and(is_object_path)
        || wrapped("#{", "}").is_some_and(|inner| !inner.is_empty())
        || wrapped("#{", "}#").is_some_and(|inner| !inner.is_empty())
        || wrapped("@", "@").is_some_and(is_object_path)
        || wrapped("@@", "@@").is_some_and(is_object_path)
        || wrapped("((", "))").is_some_and(is_store_path)
        || wrapped("$[", "]").is_some_and(is_object_path)
        || wrapped("@{", "}").is_some_and(|inner| !inner.is_empty())
        || wrapped("{", "}").is_some_and(is_object_path)
        || wrapped("`", "`").is_some_and(|inner| inner.contains(' '))
        || is_mostly_references(value)
}

/// A variable of psql, a bound parameter, or a Ruby symbol: `:pass`, `:'pass'`, `:"pass"`.
fn is_parameter_of_sql(value: &str) -> bool {
    let Some(rest) = value.strip_prefix(':') else {
        return false;
    };
    let quoted = |quote: char| rest.strip_prefix(quote)?.strip_suffix(quote);
    let name = quoted('\'').or_else(|| quoted('"')).unwrap_or(rest);
    is_identifier(name) && !super::is_random(name)
}

/// The text inside `${…}`, unless it contains a literal default.
fn is_braced_reference(inner: &str) -> bool {
    if inner.contains('{') {
        // `${{ secrets.X }}` of a workflow, or nested references.
        return inner.starts_with('{') || inner.ends_with('}');
    }
    let name = inner
        .find(|c: char| {
            !(c.is_ascii_alphanumeric()
                || matches!(c, '_' | '.' | ' ' | '@' | '/' | '[' | ']' | '*' | '!' | '#'))
        })
        .unwrap_or(inner.len());
    let rest = &inner[name..];
    name > 0
        && (rest.is_empty()
            || [":?", "?", ":+", "+", "%", "^", ","]
                .iter()
                .any(|sign| rest.starts_with(sign))
            || matches!(rest, ":-" | "-" | ":" | ":-\"\"" | ":-''"))
}

/// What service containers put between percent signs: a variable (`x`), a parameter (`app.secret`), or an environment
/// variable, as in Symfony and TYPO3 (`env(X)`, `env(base64:X)`) and in Flow (`env:X`, `env(string):X`).
fn is_parameter(inner: &str) -> bool {
    let is_part = |part: &str| {
        is_identifier(part.trim_start_matches(':').replace('-', "_").as_str())
            && !super::is_random(part)
    };
    is_identifier(inner)
        || is_read_from_environment(inner)
        || inner.contains('.') && inner.split('.').all(is_part)
}

/// `env(X)`, `env(resolve:X)`, `env("X")`, `env:X`, `env(string):X`.
fn is_read_from_environment(inner: &str) -> bool {
    let is_of_call = |c: char| c.is_ascii_alphanumeric() || "_:.-\"'".contains(c);
    let Some(rest) = inner.strip_prefix("env") else {
        return false;
    };
    if let Some(name) = rest.strip_prefix(':') {
        return is_identifier(name);
    }
    let call = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    call.is_some_and(|(arguments, behind)| {
        !arguments.is_empty()
            && arguments.chars().all(is_of_call)
            && (behind.is_empty() || behind.strip_prefix(':').is_some_and(is_identifier))
    })
}

/// `${USER}:${PASSWORD}`, `Bearer %env(TOKEN)%`: references with little text between them.
fn is_mostly_references(value: &str) -> bool {
    is_mostly(value, ("${", "}"), is_braced_reference)
        || is_mostly(value, ("%env", "%"), |inner| {
            is_read_from_environment(&format!("env{inner}"))
        })
}

/// Whether a value is references between `open` and `close`, and little else.
fn is_mostly(value: &str, (open, close): (&str, &str), is_one: impl Fn(&str) -> bool) -> bool {
    let (mut rest, mut literal, mut references) = (value, 0, 0);
    while let Some((before, behind)) = rest.split_once(open) {
        let Some((inner, after)) = behind.split_once(close) else {
            return false;
        };
        if !is_one(inner) {
            return false;
        }
        literal += letters_and_digits(before);
        references += 1;
        rest = after;
    }
    references > 0 && literal + letters_and_digits(rest) < 8
}

fn letters_and_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_alphanumeric).count()
}

/// Templates, and expressions with which programs read their environment.
fn is_template(value: &str) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&str] = &[
        "{{", "{%", "<%", "${{", "steps.", "needs.", "inputs.", "vars.", "process.env", "import.meta.env", "os.environ", "os.getenv", "getenv(",
        "env(", "ENV[", "ENV.fetch", "System.getenv", "secrets.", "var.", "local.", "data.", "module.",
        "config(", "lookup(", "Deno.env", "Environment.GetEnvironmentVariable", "std::env", "viper.Get",
        "!vault", "!Ref", "!Sub", "!GetAtt", "!ImportValue", "!env", "!secret",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
}

/// Addresses in secret stores, and values that are encrypted in place.
fn names_a_store(value: &str) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&str] = &[
        "op://", "vault:", "vault://", "ref+", "secret://", "keyring:", "keychain:", "enc[", "enc(",
        "{cipher}", "encrypted:", "sops:", "kms:", "ssm:", "ssm://", "awssm://", "gcpsm://",
        "azurekeyvault://", "sm://", "doppler://", "infisical://", "bws://", "arn:", "$ansible_vault",
        "@microsoft.keyvault(", "/run/secrets/", "run/secrets/", "/var/run/secrets/", "file:", "env:",
        "env.", "aws-secret:", "secretref:", "pass://", "keepass:", "bitwarden:", "lpass:", "sm@", "ssm@",
        "secret@", "akv://", "keyvault:", "azurekeyvault(", "keyvaultref:", "akeyless:", "conjur:", "!var",
        "chamber:", "gopass:", "1password:", "secretsmanager:", "aws-ssm:", "awssecret:", "awsssm:",
        "gcp-secret:", "gcpsecret:", "k8s-secret:", "k8s://", "kubernetes://", "file://", "<path:", "secret:",
        "vals:", "env://", "credentials(", "secretmanager:", "teller:", "bws:", "keeper://", "delinea:",
    ];
    let head = value.as_bytes();
    STARTS.iter().any(|start| {
        head.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    }) || (value.starts_with("projects/") && value.contains("/secrets/"))
}

/// A matcher in the brackets of a test language, which compares or generates a value or takes it from the environment:
/// `[[ANYTHING_PRESENT]]`, `[[ANY_STRING_NULLABLE]]`, `[[$DB_PASSWORD]]`, `<any>`. A slot to be filled in names a
/// credential instead, or addresses its reader.
fn is_matcher(value: &str) -> bool {
    #[rustfmt::skip]
    const MATCHERS: &[&str] = &[
        "any", "anything", "anystring", "anynumber", "anyof", "nullable", "notnull", "nonnull", "nonempty", "present",
        "absent", "ignore", "ignored", "regex", "regexp", "wildcard", "matcher", "auto",
    ];
    #[rustfmt::skip]
    const FOR_READERS: &[&str] = &[
        "your", "you", "my", "here", "insert", "enter", "replace", "change", "put", "password", "passwd", "pass", "secret",
        "key", "token", "credential", "credentials", "random", "login",
    ];
    // Karate's markers.
    #[rustfmt::skip]
    const MARKERS: &[&str] = &[
        "#string", "#number", "#boolean", "#array", "#object", "#null", "#notnull", "#present", "#notpresent", "#uuid",
        "#ignore",
    ];
    if value.starts_with('#') {
        return MARKERS.contains(&value) || value.starts_with("#regex ");
    }
    let wrapped = |open: &str, close: &str| value.strip_prefix(open)?.strip_suffix(close);
    let inner = wrapped("[[", "]]")
        .or_else(|| wrapped("[", "]"))
        .or_else(|| wrapped("<", ">"));
    let Some(inner) = inner.map(str::trim).filter(|inner| inner.len() <= 64) else {
        return false;
    };
    if inner.strip_prefix('$').is_some_and(is_identifier) {
        return true;
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_- ?".contains(&byte);
    if !inner.bytes().all(is_word) {
        return false;
    }
    let mut words = inner
        .split(['_', '-', ' ', '?'])
        .map(str::to_ascii_lowercase);
    let is_of = |set: &[&str], word: &String| set.contains(&word.as_str());
    words.clone().any(|word| is_of(MATCHERS, &word)) && !words.any(|word| is_of(FOR_READERS, &word))
}

/// Files and directories: by how they begin, or by an extension that keys and configuration have.
fn is_path(value: &str) -> bool {
    #[rustfmt::skip]
    const ENDINGS: &[&str] = &[
        "key", "pem", "crt", "cer", "cert", "der", "csr", "p8", "p12", "pfx", "jks", "jceks", "keystore",
        "truststore", "bks", "kdb", "kdbx", "ppk", "pub", "asc", "gpg", "json", "yml", "yaml", "toml",
        "ini", "conf", "cfg", "env", "txt", "properties", "xml", "secret", "password", "passwd",
        "htpasswd", "token", "sock", "db", "sqlite", "log", "sh", "py", "js", "ts", "rb", "php",
    ];
    #[rustfmt::skip]
    const ROOTS: &[&str] = &[
        "app", "bin", "certs", "config", "data", "dev", "etc", "home", "keys", "lib", "mnt", "opt",
        "private", "proc", "root", "run", "secrets", "srv", "ssl", "tmp", "Users", "usr", "var", "vault",
        "Volumes", "workspace", "src",
    ];
    let path_like = value.bytes().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'/' | b'.' | b'_' | b'-' | b'~' | b'\\' | b':' | b' ' | b'%' | b'$' | b'{' | b'}'
            )
    });
    if !path_like || value.len() > 200 {
        return false;
    }
    if ["./", "../", "~/", ".\\", "..\\", "file:"]
        .iter()
        .any(|start| value.starts_with(start))
    {
        return true;
    }
    let bytes = value.as_bytes();
    if bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\' {
        return true;
    }
    // Base64 may begin with a slash too, so the first directory must be one that systems and images have.
    let rooted = value
        .strip_prefix('/')
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(root, _)| ROOTS.contains(&root));
    let ending = value
        .rsplit_once('.')
        .filter(|(stem, _)| !stem.is_empty())
        .is_some_and(|(_, ending)| {
            ENDINGS
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        });
    rooted || ending
}

/// A registry key, or a class in a namespace: three or more names separated by backslashes, escaped or not. Fewer may
/// just contain an escape sequence.
fn is_key_of_registry(value: &str) -> bool {
    const LEAST: usize = 3;
    if !value.contains('\\') {
        return false;
    }
    let value = value.trim_matches(['\\', '"', '\'']);
    let mut parts = value.split('\\').filter(|part| !part.is_empty());
    let is_escape = |part: &str| {
        let digits = part
            .bytes()
            .skip(1)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        part.starts_with('x') && digits >= 2 || part.starts_with('u') && digits >= 4
    };
    let is_name = |part: &str| {
        part.len() >= 3
            && part.starts_with(|c: char| c.is_ascii_alphabetic())
            && is_identifier(part)
            && !is_escape(part)
            && !super::is_random(part)
    };
    parts.clone().count() >= LEAST && parts.all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn references() {
        for value in [
            "${X}", "$X", "$(cat file)", "$$X", "$${X}", "%(x)s", "{{ x }}", "${{ secrets.X }}",
            "op://vault/item/field", "vault:secret/data/x#y", "ENC[AES256_GCM,data:abc]", "encrypted:BDq8",
            "/run/secrets/db", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "/etc/ssl/private/x",
            "server.key", "./certs/ca.pem", "keystore.jks", "kafka.truststore.jks", "!vault |",
            "${X:?set it}", "#{DbPassword}#", "@@DB_PASSWORD@@", "((db_password))", "((/main/db.password))",
            "{{resolve:secretsmanager:MySecret:SecretString:password}}", "sm@db-password", "secret/data/app#password", "${X?}", "${X:-}", "${USER}:${PASS}", "~/.ssh/id_rsa", "%kernel.project_dir%/config/jwt/private.pem", "C:\\keys\\a",
            "process.env.TOKEN", "os.environ['X']", "<%= x %>", "#{x}", "@X@", "%PASSWORD%",
            "%env(APP_SECRET)%", "%env(base64:file:APP_SECRET)%", "%env(default::API_TOKEN)%", "%env('X')%", "%env:DB_PASSWORD%",
            "%env(string):DB_PASSWORD%", "%kernel.secret%", "%amazon.s3.secret%", "%my-bundle.secret%", "Bearer %env(API_TOKEN)%",
            "%{hiera('db_password')}", "%{lookup('db::password')}", "!{db.password}", "<< parameters.token >>",
            "@=parameter('secret')", "#{systemEnvironment['DB_PASSWORD']}", "\"${X}\"",
            "projects/1/secrets/x", "${A:-${B}}", "{password}", "$Password",
            "%env(resolve:APP_SECRET)%",
            ":pass", ":upass", ":'pw2'", ":\"pass2\"", ":USERNAME", "[[$DB_PASSWORD]]", "[[ANYTHING_PRESENT]]",
            "[[ANY_STRING_NOT_NULLABLE]]", "[[ANY_TIMESTAMP_NULLABLE]]", "[[DEFAULT_AUTO_VALUE]]", "<any>", "[any string]", "#string", "#notnull",
            "Software\\Acme\\Password", "\\\"APP\\\\acct\\\\passhash1\\\"", "\\Acme\\Auth\\Token",
        ] {
            assert!(is_reference(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn literals_are_no_references() {
        for value in [
            "", "hunter2", "${X:-hunter2}", "$2a$10$abcdefghijklmnopqrstuv", "pa$$word!",
            "/Xk3jd93kdQ8s/abc", "a.b", "{\"a\":1}", "$", "100%", "P@ss.word", "q8w7/e6r5+t4y3==",
            "%Kq7.Zp2%", "100%.9%", ":", ":kT7vv2Qp9xLmR4sZb1", ":8080", ":pa ss", "[[YOUR_PASSWORD]]", "[[INSERT HERE]]",
            "[[ACCESS_TOKEN]]", "[YOUR_KEY]", "<any-password>", "<api-key>", "[[SECRET_KEY]]", "<your token>",
            "prefixprefix-${X}", "CORP\\svc_owl", "a\\b\\c", "Kq\\x7\\Zp", "owl\\kT7vv2Qp9xLmR4\\Ww", "lantern\\xe7\\xe7",
            "<<token>>", "%Xk3jd93k.dQ8s7vTz2Wm%", "%env%lamp", "%lamp(door)%",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn defaults_of_references() {
        for (value, expected) in [
            ("${X:-lit}", Some("lit")), ("${X-lit}", Some("lit")), ("${spring.x:lit}", Some("lit")),
            ("$${X:-lit}", Some("lit")), ("${X:?lit}", None), ("${X}", None), ("${X:-}", None),
            ("${X:-${Y}}", None), ("lit", None), ("${:-lit}", None), ("${X:+lit}", None),
        ] {
            assert_eq!(default_literal(value), expected, "{value}");
        }
    }
}
