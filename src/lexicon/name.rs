//! Determines from the name of an identifier, an environment variable or a key whether its value is a credential, and
//! of what kind.
//!
//! `DB_PASSWORD` names a credential; `DB_PASSWORD_FILE`, `forgotPassword` and `max_tokens` do not. The word that names
//! the credential must come last, apart from a few words that only show which one it is (`SECRET_KEY_BASE`,
//! `API_TOKEN_PROD`, `PASSWORD_1`): any other word after it (`_URL`, `_TTL`, `_HEADER`) makes it the name of something
//! *about* a credential. This one rule replaces an endless list of suffixes.

use super::services;
use super::tongues;
use super::words::Words;

/// What kind of credential a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialName {
    /// A password or passphrase.
    Password,
    /// A secret of unknown kind.
    Secret,
    /// A token that grants access: bot token, refresh token.
    Token,
    /// A key of an API or a service.
    ApiKey,
    /// The private half of a key pair.
    PrivateKey,
    /// A cloud provider's access key.
    AccessKey,
    /// A key that encrypts data, or an application's master key.
    EncryptionKey,
    /// A key that signs tokens or messages.
    SigningKey,
    /// Credentials of unknown kind.
    Credential,
    /// A connection string, which usually contains a password.
    ConnectionString,
    /// A salt.
    Salt,
    /// Possibly the key of some service: its name ends in `key` and says no more.
    ServiceKey,
}

impl CredentialName {
    /// Returns the term for it in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::ApiKey => "API key",
            Self::PrivateKey => "private key",
            Self::AccessKey => "access key",
            Self::EncryptionKey => "encryption key",
            Self::SigningKey => "signing key",
            Self::Credential => "credential",
            Self::ConnectionString => "connection string",
            Self::Salt => "salt",
            Self::ServiceKey => "key",
        }
    }
}

/// Returns what kind of credential the value of `name` is; `None` if the name promises none.
pub fn classify(name: &str) -> Option<CredentialName> {
    // The shell's working directory and nginx directives, not passwords.
    if matches!(
        name,
        "PWD" | "OLDPWD" | "pwd" | "proxy_pass" | "fastcgi_pass"
    ) {
        return None;
    }
    if !name.is_ascii() {
        return tongues::classify(name);
    }
    let words = Words::split(name)?;
    if is_exempt(&words) || is_pattern(name, &words) {
        return None;
    }
    let mut head = words.len() - 1;
    while head > 0 && tells_which(&words, head) {
        head -= 1;
    }
    // The secret that Phoenix and Rails derive keys from.
    let is_base = (words.get(head), words.get(head + 1)) == ("key", "base");
    of_head(&words, head).or(is_base.then_some(CredentialName::Secret))
}

/// Returns whether a word, in lower case, means password in some language.
pub fn is_password_word(word: &str) -> bool {
    tongues::is_password(word)
}

/// Returns whether a name refers to something that is exchanged for a credential within minutes: the code or verifier
/// of an authorization, the ticket of an API.
pub fn is_short_lived(name: &str) -> bool {
    const ENDINGS: [&str; 8] = [
        "auth_code",
        "authcode",
        "auth-code",
        "oauth_verifier",
        "oauthverifier",
        "api_ticket",
        "apiticket",
        "api-ticket",
    ];
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Returns whether a name is that of a key with which an application signs its sessions or tokens: `SECRET_KEY`,
/// `JWT_SECRET`, `session_secret`. Keys of services have similar names: `AWS_SECRET_KEY`.
pub fn signs_sessions(name: &str) -> bool {
    #[rustfmt::skip]
    const APPLICATIONS: &[&str] = &["app", "application", "flask", "django", "web", "server", "backend", "auth", "config"];
    const SIGNED: &[&str] = &["jwt", "session", "cookie", "cookies", "nextauth", "csrf"];
    let Some(words) = Words::split(name).filter(|_| name.is_ascii()) else {
        return false;
    };
    let is_key = matches!(
        classify(name),
        Some(CredentialName::Secret | CredentialName::SigningKey | CredentialName::EncryptionKey)
    );
    if !is_key {
        return false;
    }
    let has = |word: &str| words.iter().any(|own| own == word);
    let is_secret_key = has("secret") && has("key");
    SIGNED.iter().any(|word| has(word))
        || has("signing")
        || has("token") && has("secret")
        || is_secret_key
            && words.iter().all(|word| {
                matches!(word, "secret" | "key" | "base") || APPLICATIONS.contains(&word)
            })
}

/// Returns the kind of credential in a name that is also an action or a question (`setPassword`, `verifyToken`), or
/// that mentions authorization but not its kind. The value may be a credential, or the answer.
pub fn classify_action(name: &str) -> Option<CredentialName> {
    let words = Words::split(name)?;
    if !name.is_ascii() || words.iter().any(|word| EXEMPT.contains(&word)) {
        return None;
    }
    let last = words.len() - 1;
    if matches!(words.get(last), "auth" | "authorization" | "authentication") {
        return Some(CredentialName::Credential);
    }
    if is_short_lived(name) {
        return Some(CredentialName::Token);
    }
    if last > 0 && words.get(last) == "signing" {
        return Some(CredentialName::SigningKey);
    }
    if words.iter().any(tongues::is_password) {
        return Some(CredentialName::Password);
    }
    if words.get(last) == "key" && last > 0 {
        if names_a_user(&words, last) {
            return None;
        }
        let is_service = !words.iter().any(|word| OTHER_KEYS.contains(&word));
        return of_head(&words, last).or(is_service.then_some(CredentialName::ServiceKey));
    }
    if services::is_key_of_service(&words) {
        return Some(CredentialName::ServiceKey);
    }
    let mut head = last;
    while head > 0
        && (tells_which(&words, head)
            || matches!(
                words.get(head),
                "confirm" | "confirmation" | "again" | "repeat"
            ))
    {
        head -= 1;
    }
    of_head(&words, head).filter(|&kind| kind != CredentialName::Salt)
}

/// Whether the key whose name ends at `last` is the name of whom something is shown to: `LaunchDarkly`'s `LD_USER_KEY`. Pushover's
/// and 3scale's keys of users open something.
fn names_a_user(words: &Words, last: usize) -> bool {
    #[rustfmt::skip]
    const USERS: &[&str] = &[
        "user", "visitor", "member", "customer", "subscriber", "context", "tenant", "workspace", "organization", "organisation",
        "person", "employee", "participant",
    ];
    // S3's `sse_customer_key` encrypts.
    const OPENING: [&str; 4] = ["pushover", "scale", "threescale", "sse"];
    USERS.contains(&words.get(last - 1)) && !words.iter().any(|word| OPENING.contains(&word))
}

/// First words that make the name a question, an action, or a text shown to people.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "allow", "ask", "can", "change", "check", "clear", "compare", "confirm", "confirmation", "copy",
    "count", "create", "delete", "disable", "display", "empty", "enable", "enabled", "encrypt", "enter",
    "error", "existing", "expire", "expired", "external", "fetch", "find", "forget", "forgot", "forgotten",
    "generate", "get", "handle", "has", "have", "hide", "incorrect", "input", "install", "invalid", "is", "label",
    "list", "load", "lost", "make", "max", "maximum", "message", "min", "minimum", "missing", "msg",
    "needs", "no", "num", "on", "parse", "placeholder", "print", "prompt", "read", "recover", "remember",
    "remove", "repeat", "require", "required", "requires", "reset", "retype", "revoke", "rotate", "save",
    "send", "set", "should", "show", "skip", "title", "toggle", "total", "tooltip", "update", "use",
    "uses", "validate", "verify", "view", "want", "with", "without", "wrong",
];

/// Words that exempt a name wherever they occur: `NEXT_PUBLIC_API_KEY`, `MYSQL_RANDOM_ROOT_PASSWORD`.
#[rustfmt::skip]
const EXEMPT: &[&str] = &[
    "public", "pub", "publishable", "random", "empty", "allow", "allowed", "forgot", "onetime", "sealed", "encrypted",
];

fn is_exempt(words: &Words) -> bool {
    // The Redis directive is one word that begins like a question.
    let directive = words.len() == 2 && words.get(0) == "require" && words.get(1) == "pass";
    (words.len() > 1 && !directive && OPENINGS.contains(&words.get(0)))
        || words.iter().any(|word| EXEMPT.contains(&word))
        || words.len() > 2 && words.iter().any(|word| word == "has")
}

/// Whether a lower-case name ends in `pat`, which then means a pattern: `GITHUB_PAT` and `githubPat` are tokens.
fn is_pattern(name: &str, words: &Words) -> bool {
    words.iter().any(|word| word == "pat") && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Returns whether a name is that of a primary key: one of the two keys of Active Record Encryption if settings of that
/// are next to it, an identifier elsewhere.
pub fn is_primary_key(name: &str) -> bool {
    let own = name.rsplit('.').next().unwrap_or(name);
    ["primary_key", "primarykey", "primary-key"]
        .iter()
        .any(|known| own.eq_ignore_ascii_case(known))
}

/// Whether word number `at` only says which credential is meant.
fn tells_which(words: &Words, at: usize) -> bool {
    #[rustfmt::skip]
    const WHICH: &[&str] = &[
        "prod", "production", "dev", "development", "staging", "stage", "test", "testing", "live",
        "sandbox", "local", "old", "new", "current", "previous", "default", "primary", "secondary", "main",
        "master", "backup", "sys", "value", "string", "plain", "plaintext", "cleartext", "unencrypted", "raw", "encoded", "base", "hex", "b",
        "hash", "sha", "env", "override", "admin", "root", "postgres", "mysql", "redis", "mongo",
        "mongodb", "smtp", "github", "gitlab", "slack", "stripe", "aws", "db", "database", "jwt",
    ];
    let word = words.get(at);
    let is_connection = word == "string" && matches!(words.get(at - 1), "connection" | "conn");
    !is_connection && (WHICH.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit()))
}

fn of_head(words: &Words, head: usize) -> Option<CredentialName> {
    let before = if head == 0 { "" } else { words.get(head - 1) };
    let (kind, promised) = match words.get(head) {
        "password" | "passwd" | "passphrase" | "passcode" | "psw" | "pwd" | "psk" => {
            (CredentialName::Password, true)
        }
        "pw" => (CredentialName::Password, true),
        "passwords" => (CredentialName::Password, head > 0),
        "pass" => (CredentialName::Password, !OTHER_PASSES.contains(&before)),
        word @ ("passe" | "sandi" | "khau") => {
            let is_password = tongues::is_password_of_two(before, word);
            (CredentialName::Password, is_password)
        }
        "auth" => (CredentialName::Password, before == "master"),
        // A GitHub form contains a timestamp and a digest of it.
        "secret" => (CredentialName::Secret, before != "timestamp"),
        "mnemonic" | "pepper" => (CredentialName::Secret, true),
        "seed" => (CredentialName::Secret, SEEDED.contains(&before)),
        "cookie" => (CredentialName::Secret, before == "erlang"),
        "secrets" => (CredentialName::Secret, OWNERS.contains(&before)),
        "phrase" => {
            let opens = matches!(before, "seed" | "pass" | "recovery");
            (CredentialName::Secret, opens)
        }
        // The name by which members of a cluster find each other: `ETCD_INITIAL_CLUSTER_TOKEN`.
        "token" if before == "cluster" && words.iter().any(|word| word == "initial") => {
            (CredentialName::Token, false)
        }
        // ASP.NET's `__RequestVerificationToken`; a verification token alone is Slack's.
        "token" if before == "verification" && words.iter().any(|word| word == "request") => {
            (CredentialName::Token, false)
        }
        "token" => (CredentialName::Token, !OTHER_TOKENS.contains(&before)),
        "tokens" => (CredentialName::Token, OWNERS.contains(&before)),
        // The secret that Rails derives its keys from.
        "key" if head + 2 == words.len() && words.get(head + 1) == "base" => {
            (CredentialName::Secret, true)
        }
        // The two keys of Rails' Active Record Encryption; database tables have primary keys, too.
        "key" | "keys" if matches!(before, "primary" | "deterministic") => {
            let encrypts =
                before == "deterministic" || words.iter().any(|word| word == "encryption");
            (CredentialName::EncryptionKey, encrypts)
        }
        "key" | "keys"
            if before == "private" && words.iter().any(|word| CAPTCHAS.contains(&word)) =>
        {
            (CredentialName::Secret, true)
        }
        "key" | "keys" => return of_key(before),
        "pat" => {
            let is_encoded = words.get(head + 1) == "base";
            let is_token = head > 0 && !OTHER_PATTERNS.contains(&before);
            (CredentialName::Token, is_token || is_encoded)
        }
        "credential" | "credentials" | "cred" | "creds" => (CredentialName::Credential, true),
        "salt" => (CredentialName::Salt, true),
        "dsn" => (CredentialName::ConnectionString, true),
        "string" | "str" => {
            let connects = matches!(before, "connection" | "conn");
            (CredentialName::ConnectionString, connects)
        }
        word if tongues::is_password(word) => (CredentialName::Password, true),
        word if tongues::is_key(word) => (CredentialName::ServiceKey, true),
        opaque => return of_opaque(opaque),
    };
    promised.then_some(kind)
}

/// Services that call the secret they share with a site its private key.
const CAPTCHAS: &[&str] = &["captcha", "recaptcha", "hcaptcha", "turnstile"];

/// What a `pat` may be a pattern of, rather than the owner of a personal access token.
#[rustfmt::skip]
const OTHER_PATTERNS: &[&str] = &[
    "file", "path", "url", "uri", "date", "time", "email", "mail", "name", "line", "word", "version", "regex", "re", "search", "match",
    "number", "num", "id", "string", "str", "text", "token", "tag", "key", "value", "exclude", "include", "ignore", "filter", "log",
    "host", "ip", "port", "phone", "glob", "title", "image", "dir", "ext", "sep", "the", "comment", "code", "test", "spec", "bit",
];

/// Owners of secrets or tokens: a plural without such a word is a collection of something else.
#[rustfmt::skip]
const OWNERS: &[&str] = &[
    "client", "app", "api", "auth", "user", "access", "refresh", "bot", "jwt", "session", "webhook", "bearer",
];

/// Other meanings of `pass`: `DB_PASS` is a password; a boarding pass and a render pass are not.
#[rustfmt::skip]
const OTHER_PASSES: &[&str] = &[
    "render", "uwsgi", "fastcgi", "scgi", "grpc", "first", "second", "third", "single", "multi", "low", "high", "band", "two", "one", "boarding", "must",
    "all", "season", "shadow", "depth", "by", "did", "will", "to",
];

/// What keys are derived from; other seeds only make random numbers reproducible.
#[rustfmt::skip]
const SEEDED: &[&str] = &[
    "totp", "otp", "mfa", "encryption", "master", "wallet", "secret", "key", "signing", "hd", "jwt", "crypto", "private", "auth", "iv",
];

/// Tokens of parsers, pages, language models, forms and blockchains, which grant no access.
#[rustfmt::skip]
const OTHER_TOKENS: &[&str] = &[
    "csrf", "xsrf", "antiforgery", "forgery", "authenticity", "nonce", "form", "edit", "atl", "max", "min", "num", "next", "prev", "page", "continuation", "pagination", "pad",
    "eos", "bos", "unk", "mask", "sep", "cls", "special", "start", "end", "stop", "begin", "first", "last", "symbol",
    "lexer", "syntax", "cancellation", "cancel", "design", "color", "theme", "injection", "erc", "nft", "contract",
    "reward", "gas", "stable", "input", "output", "completion", "word", "string", "char", "comment", "delimiter",
    "close", "open",
];

/// Keys of tables, caches, keyboards and other things that are not credentials; and the public halves of key pairs.
#[rustfmt::skip]
const OTHER_KEYS: &[&str] = &[
    "primary", "foreign", "cache", "sort", "partition", "hash", "unique", "i", "translation", "row", "object", "document",
    "idempotency", "dedup",
    "group", "session", "map", "index", "query", "storage", "state", "lookup", "event", "widget", "site", "anon", "node", "host", "known",
    "authorized", "peer", "verify", "verification", "verifying", "registry", "reg", "hot", "short", "arrow", "press", "message", "locale",
    "label", "json", "dict", "meta", "metadata", "column", "table", "field", "file", "path", "name", "id", "data", "image", "artifact",
    "bucket", "s", "etag", "config", "setting", "settings", "option", "property", "prop", "param", "attr", "attribute", "tag", "entry",
    "item", "record", "kms", "gpg", "pgp", "fingerprint", "digest", "checksum", "integrity", "version", "build", "commit", "revision",
    "dsa", "ecdsa", "ed", "host", "remote", "server", "trusted", "ca", "verifier", "merkle", "block", "tx", "transaction", "address",
    "recaptcha", "captcha", "sitekey", "website", "project", "encoded", "composite", "natural", "surrogate", "filter", "order", "category",
    "lock", "mutex", "queue", "topic", "routing", "trace", "span", "request", "job", "task", "test", "expected", "sample", "example",
    "gateway", "contact", "company", "custom", "invitation", "vapid", "web", "push", "measurement", "tracking", "product", "component", "react", "list", "ref", "schema", "resource", "value",
];

/// Classifies a run-together word that the vocabulary does not cover by its ending, if that is long enough:
/// `acmepassword`.
fn of_opaque(word: &str) -> Option<CredentialName> {
    #[rustfmt::skip]
    const ENDINGS: &[(&str, CredentialName)] = &[
        ("password", CredentialName::Password), ("passwd", CredentialName::Password),
        ("passphrase", CredentialName::Password), ("userpwd", CredentialName::Password),
        ("bindpw", CredentialName::Password), ("dbpw", CredentialName::Password),
        ("privatekey", CredentialName::PrivateKey), ("secretkey", CredentialName::Secret),
        ("accesskey", CredentialName::AccessKey), ("apikey", CredentialName::ApiKey),
        ("authtoken", CredentialName::Token), ("accesstoken", CredentialName::Token),
        ("apitoken", CredentialName::Token), ("clientsecret", CredentialName::Secret), ("passwort", CredentialName::Password),
        ("secret", CredentialName::Secret), ("token", CredentialName::Token),
    ];
    // Tokens that a page gives its own forms to send back: Django's `csrfmiddlewaretoken`.
    const OF_FORMS: [&str; 4] = ["csrf", "xsrf", "nonce", "authenticity"];
    if word.ends_with("token") && OF_FORMS.iter().any(|part| word.contains(part)) {
        return None;
    }
    ENDINGS
        .iter()
        .find(|(ending, _)| word.ends_with(ending))
        .map(|&(_, kind)| kind)
}

/// Classifies a key. Most are not credentials: only those whose first part says what they open, and those of known
/// services.
fn of_key(before: &str) -> Option<CredentialName> {
    #[rustfmt::skip]
    const KINDS: &[(CredentialName, &[&str])] = &[
        (CredentialName::Secret, &["secret"]),
        (CredentialName::ApiKey, &[
            "api", "license", "consumer", "integration", "ingest", "ingestion", "openai", "anthropic", "stripe",
            "sendgrid", "twilio", "mailgun", "algolia", "openrouter", "groq", "mistral", "deepseek",
        ]),
        (CredentialName::AccessKey, &["access", "account", "auth", "authorization", "shared"]),
        (CredentialName::PrivateKey, &["private", "ssh", "deploy", "pgp", "gpg", "rsa", "tls", "ssl"]),
        (CredentialName::EncryptionKey, &[
            "encryption", "encrypt", "decryption", "app", "application", "master", "crypt", "crypto", "cipher", "aes",
            "fernet", "unseal", "certificate",
        ]),
        (CredentialName::SigningKey, &["signing", "sign", "signature", "hmac", "jwt", "jwk"]),
    ];
    KINDS
        .iter()
        .find(|(_, parts)| parts.contains(&before))
        .map(|&(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: CredentialName, names: &[&str]) {
        for name in names {
            assert_eq!(classify(name), Some(kind), "{name}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn passwords() {
        check(
            CredentialName::Password,
            &[
                "password", "PASSWORD", "DB_PASSWORD", "dbPassword", "db-password",
                "spring.datasource.password", "dbpassword", "DBPassword", "userpwd", "passwd",
                "MYSQL_ROOT_PASSWORD", "PGPASSWORD", "REDIS_PASS", "smtp_pwd", "adminpw",
                "KEYSTORE_PASSWORD", "passphrase", "requirepass", "masterauth", "POSTGRES_PASSWORD_PROD",
                "password1", "PASSWORD_HASH", "GRAYLOG_ROOT_PASSWORD_SHA2", "acmepassword", "zammadpasswd",
                "PASSWORD_ADMIN", "pass", "MasterAuth", "new_password", "basic_auth_password", "pw", "LDAP_BIND_PW", "proxyPass",
            ],
        );
    }

    #[test]
    #[rustfmt::skip]
    fn secrets_tokens_and_the_rest() {
        check(
            CredentialName::Secret,
            &[
                "secret", "CLIENT_SECRET", "clientSecret", "SECRET_KEY", "SECRET_KEY_BASE", "secretkey",
                "JWT_SECRET", "app_secrets", "WALLET_MNEMONIC", "OTP_KEY_BASE", "CSRF_SECRET", "PASSWORD_PEPPER", "TOTP_SEED",
                "RABBITMQ_ERLANG_COOKIE", "RECAPTCHA_PRIVATE_KEY", "reCaptchaPrivateKey",
            ],
        );
        check(
            CredentialName::Token,
            &[
                "token", "authToken", "authtoken", "GITHUB_TOKEN", "bot_token", "accessTokens",
                "refresh_token", "API_TOKEN_PROD", "acmetoken", "GITHUB_PAT", "OVSX_PAT_BASE64", "PAT_BASE64", "gitlabPat",
                "SLACK_VERIFICATION_TOKEN",
            ],
        );
        check(
            CredentialName::ApiKey,
            &[
                "api_key", "apikey", "apiKey", "API_KEYS", "OPENAI_KEY", "X-Api-Key",
                "NEW_RELIC_LICENSE_KEY", "APIkey",
            ],
        );
        check(
            CredentialName::AccessKey,
            &[
                "ACCESS_KEY", "accesskey", "AWSSecretAccessKey", "SharedAccessKey", "AccountKey",
                "auth_key",
            ],
        );
        check(
            CredentialName::PrivateKey,
            &["PRIVATE_KEY", "ssh_key", "privateKey"],
        );
        check(
            CredentialName::EncryptionKey,
            &[
                "APP_KEY",
                "ENCRYPTION_KEY",
                "N8N_ENCRYPTION_KEY",
                "master_key",
                "AR_ENCRYPTION_PRIMARY_KEY",
                "active_record.encryption.deterministic_key",
                "deterministic_key",
            ],
        );
        check(CredentialName::SigningKey, &["SIGNING_KEY", "jwt_key"]);
        check(
            CredentialName::Credential,
            &["credentials", "AWS_CREDENTIALS", "creds"],
        );
        check(
            CredentialName::ConnectionString,
            &[
                "SENTRY_DSN",
                "connectionString",
                "CONNECTION_STRING",
                "connstr",
            ],
        );
        check(
            CredentialName::Salt,
            &["SALT", "PASSWORD_SALT", "AUTH_SALT"],
        );
    }

    #[test]
    fn keys_of_sessions_are_told_from_those_of_services() {
        for name in [
            "SECRET_KEY",
            "secret_key_base",
            "JWT_SECRET",
            "jwtSecret",
            "SESSION_SECRET",
            "FLASK_SECRET_KEY",
            "cookieSecret",
            "TOKEN_SECRET",
            "SIGNING_KEY",
        ] {
            assert!(signs_sessions(name), "{name}");
        }
        for name in [
            "AWS_SECRET_KEY",
            "stripe_secret_key",
            "secret",
            "SESSION_KEY",
            "client_secret",
            "API_KEY",
            "session_timeout",
        ] {
            assert!(!signs_sessions(name), "{name}");
        }
    }

    #[test]
    fn keys_of_users_name_them() {
        for name in [
            "LD_USER_KEY",
            "launchDarkly.userKey",
            "visitor_key",
            "TENANT_KEY",
        ] {
            assert_eq!(classify_action(name), None, "{name}");
        }
        for name in ["PUSHOVER_USER_KEY", "3scale_user_key", "LD_SDK_KEY"] {
            assert_eq!(
                classify_action(name),
                Some(CredentialName::ServiceKey),
                "{name}"
            );
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_only_about_a_credential() {
        for name in [
            "POSTGRES_PASSWORD_FILE", "SECRET_PATH", "TOKEN_URL", "PASSWORD_PROVIDER", "SECRET_SOURCE",
            "PASSWORD_ENABLED", "TOKEN_HEADER", "PASSWORD_LENGTH", "TOKEN_TTL", "TOKEN_LIMIT", "KEY_SIZE",
            "SECRET_PORT", "AWS_ACCESS_KEY_ID", "SECRET_NAME", "TOKEN_TYPE", "SIGNING_KEY_ALGORITHM",
            "TOKEN_EXPIRY", "TOKEN_COUNT", "TOKEN_PREFIX", "PASSWORD_REGEX", "password_field",
            "password_label", "password_hint", "PASSWORD_POLICY", "PASSWORD_MIN_LENGTH",
            "SECRETS_LOCATION", "SASL_MECHANISM", "token_expires_in", "passwordConfirmation",
            "password_confirmation", "password_reset", "tokenEndpoint", "secretManager", "secretRef",
            "secret_version", "PasswordAuthentication", "password_changed_at", "KEYCLOAK_HOST",
        ] {
            assert_eq!(classify(name), None, "{name}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn questions_actions_and_other_meanings() {
        for name in [
            "has_password", "is_secret", "forgot_password", "resetPassword", "show_token", "getPassword", "INSTALL_SSHPASS",
            "confirm_password", "MYSQL_RANDOM_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD",
            "ALLOW_EMPTY_PASSWORD", "NEXT_PUBLIC_API_KEY", "PUBLIC_KEY", "max_tokens", "maxTokens",
            "csrf_token", "csrfToken", "tokenizer", "TOKENIZERS_PARALLELISM", "cancellationToken",
            "next_page_token", "tokens", "secrets", "imagePullSecrets", "key", "primary_key", "cache_key",
            "foreignKey", "keyboard", "monkey", "passport", "bypass", "compass", "PWD", "OLDPWD",
            "secretary", "label.password", "error.password", "existingSecret", "render_pass", "fastcgi_pass", "random_seed",
            "yourls_has_password",
            "passthrough", "", "id", "keystore", "pad_token", "passwordless", "proxy_pass", "salted",
            "assalt", "csrfmiddlewaretoken", "__RequestVerificationToken", "timestamp_secret", "form_token", "atl_token", "date_pat",
            "EMAIL_PAT", "PAT", "NGINX_UWSGI_PASS",
        ] {
            assert_eq!(classify(name), None, "{name}");
        }
    }
}
