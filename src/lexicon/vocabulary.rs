//! The words that placeholders, names of credentials and lazy passwords are made of.
//!
//! They serve to split run-together writing: `dbpassword`, `pleasechangeme`. A run is only split if these words cover
//! all of it, so each word added here makes more text splittable; fragments of everyday words (`ex`, `or`, `com`) are
//! left out, and everyday words that would be split wrongly (`passport`) are included.

/// All words, lower case, sorted.
#[rustfmt::skip]
pub(super) static WORDS: &[&str] = &[
    "a", "access", "account", "activemq", "add", "admin", "administrator", "after", "airflow", "an", "and",
    "any", "api", "app", "application", "asap", "at", "auth", "authentication", "authorization", "aws",
    "azure", "backend", "backup", "base", "basic", "be", "bearer", "before", "below", "bit", "bot",
    "broker", "bypass", "cache", "cassandra", "cert", "certificate", "change", "changed", "changing",
    "char", "character", "characters", "chars", "choose", "cipher", "clickhouse", "clickup", "client",
    "cloud", "cluster", "code", "config", "confirm", "confirmation", "conn", "connection", "consumer",
    "cookie", "couchdb", "create", "cred", "credential", "credentials", "creds", "crypt", "crypto", "csrf",
    "custom", "data", "database", "db", "default", "define", "demo", "deploy", "dev", "develop",
    "developer", "development", "disable", "django", "docker", "domain", "dsn", "dummy", "elastic",
    "elasticsearch", "email", "empty", "enable", "enabled", "encrypt", "encryption", "enter", "env",
    "example", "expire", "expires", "expiry", "fake", "file", "fill", "fixme", "flask", "foo", "for",
    "forget", "forgot", "from", "ftp", "generate", "generated", "get", "git", "github", "gitlab", "goes", "google",
    "grafana", "guest", "hash", "here", "hex", "hint", "hmac", "host", "http", "id", "in", "influx",
    "influxdb", "input", "insecure", "insert", "invalid", "ipsum", "is", "it", "jwt", "kafka", "key",
    "keycloak", "keys", "keystore", "label", "laravel", "ldap", "least", "length", "license", "limit",
    "limits", "live", "local", "login", "long", "lorem", "mail", "make", "manager", "mariadb", "master",
    "max", "me", "memcached", "min", "minio", "mnemonic", "mode", "modified", "modify", "mongo", "mongodb",
    "mqtt", "must", "my", "mysql", "name", "nats", "need", "needs", "neo", "new", "nextcloud", "none",
    "not", "now", "null", "oauth", "of", "old", "one", "only", "openai", "openssl", "oracle", "own",
    "owner", "pass", "passcode", "passphrase", "passport", "passthrough", "passwd", "password",
    "passwords", "passwort", "path", "paypal", "pg", "pgadmin", "phrase", "placeholder", "please", "pls",
    "policy", "port", "postgres", "postgresql", "private", "prod", "production", "project", "provide",
    "provided", "proxy", "psk", "psw", "public", "put", "pw", "pwd", "rabbit", "rabbitmq", "rails", "rand",
    "random", "real", "redacted", "redis", "refresh", "removed", "repl", "replace", "replaced",
    "replication", "replicator", "require", "reset", "rocket", "root", "routing", "salt", "sample", "secret", "secrets",
    "secure", "security", "sendgrid", "sentry", "server", "service", "session", "set", "shared", "should",
    "sign", "signature", "signing", "simple", "size", "slack", "smtp", "some", "something", "sonar",
    "spring", "sql", "ssh", "ssl", "staging", "store", "str", "string", "stripe", "strong", "super",
    "superuser", "symfony", "sys", "system", "tbd", "telegram", "temp", "temporary", "test", "tester",
    "testing", "that", "the", "this", "tls", "to", "todo", "token", "tokens", "top", "truststore", "ttl",
    "twilio", "type", "unsafe", "update", "uri", "url", "use", "user", "username", "usr", "value", "vault",
    "very", "webhook", "wechat", "with", "word", "wordpress", "worker", "you", "your", "yours", "zabbix",
    "zookeeper",
];

/// The index in [`WORDS`] at which the words of each first letter begin; one more entry closes the last.
static BUCKETS: [usize; 27] = buckets();

const fn buckets() -> [usize; 27] {
    let mut starts = [0; 27];
    let mut letter = 0;
    let mut at = 0;
    while letter < 27 {
        while at < WORDS.len() && ((WORDS[at].as_bytes()[0] - b'a') as usize) < letter {
            at += 1;
        }
        starts[letter] = at;
        letter += 1;
    }
    starts
}

/// Returns the words that begin with this letter.
fn starting_with(letter: u8) -> &'static [&'static str] {
    let letter = usize::from(letter.wrapping_sub(b'a'));
    match (BUCKETS.get(letter), BUCKETS.get(letter + 1)) {
        (Some(&start), Some(&end)) => &WORDS[start..end],
        _ => &[],
    }
}

/// Returns whether `word`, in lower case, is one of [`WORDS`].
pub(super) fn knows(word: &[u8]) -> bool {
    word.first().is_some_and(|&letter| {
        starting_with(letter)
            .binary_search_by(|entry| entry.as_bytes().cmp(word))
            .is_ok()
    })
}

/// Splits `run` into the fewest known words and calls `each` with their lengths in order. Returns false, without a
/// call, if known words do not cover all of it.
pub(super) fn segment(run: &[u8], mut each: impl FnMut(usize)) -> bool {
    const LIMIT: usize = 64;
    const UNREACHED: u8 = u8::MAX;
    let end = run.len();
    if end == 0 || end > LIMIT {
        return false;
    }
    // How many words cover `run[..at]`, and how long the last of them is. Random text is given up after its first
    // letters, since no word leads on from there.
    let mut fewest = [UNREACHED; LIMIT + 1];
    let mut last = [0_u8; LIMIT + 1];
    fewest[0] = 0;
    for at in 0..end {
        if fewest[at] == UNREACHED {
            continue;
        }
        for word in starting_with(run[at]) {
            let next = at + word.len();
            if next <= end
                && fewest[at] + 1 < fewest[next]
                && run[at..].starts_with(word.as_bytes())
            {
                fewest[next] = fewest[at] + 1;
                last[next] = u8::try_from(word.len()).unwrap_or(0);
            }
        }
    }
    if fewest[end] == UNREACHED {
        return false;
    }
    let mut lengths = [0_u8; LIMIT];
    let mut at = end;
    for length in lengths[..usize::from(fewest[end])].iter_mut().rev() {
        *length = last[at];
        at -= usize::from(last[at]);
    }
    lengths[..usize::from(fewest[end])]
        .iter()
        .for_each(|&length| each(usize::from(length)));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: &str, expected: &[&str]) {
        let mut at = 0;
        let mut found = Vec::new();
        segment(run.as_bytes(), |length| {
            found.push(&run[at..at + length]);
            at += length;
        });
        assert_eq!(found, expected, "{run}");
    }

    #[test]
    fn the_table_is_sorted_and_lower_case() {
        assert!(
            WORDS.is_sorted_by(|a, b| a < b),
            "{:?}",
            WORDS.windows(2).find(|w| w[0] >= w[1])
        );
        assert!(
            WORDS
                .iter()
                .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
    }

    #[test]
    fn runs_are_taken_apart_only_when_words_cover_them() {
        check("dbpassword", &["db", "password"]);
        check("pleasechangeme", &["please", "change", "me"]);
        check("passport", &["passport"]);
        check("exchange", &[]);
        check("changement", &[]);
        check("tokenizer", &[]);
        check(
            "thisshouldbeaverysecurekey",
            &["this", "should", "be", "a", "very", "secure", "key"],
        );
    }
}
