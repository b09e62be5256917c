//! Values that everyone tries first: dictionary passwords, names of services and roles used as their own password.

use crate::lexicon::leet::letters;
use crate::lexicon::vocabulary;
use crate::lexicon::words::Words;

/// In lower case, sorted.
#[rustfmt::skip]
static WEAK: &[&str] = &[
    "000000", "00000000", "0123456789", "0123456789abcdef", "111111", "11111111", "112233", "121212",
    "123", "123123", "123321", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890",
    "1234567890abcdef", "123456789abcdef", "123456a", "12345a", "123abc", "123qwe", "131313", "159753",
    "1q2w3e", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "222222", "654321", "666666", "696969", "777777",
    "7777777", "888888", "987654", "987654321", "9876543210", "999999", "a123456", "a12345678", "a1b2c3",
    "a1b2c3d4", "aa123456", "aaaaaa", "abc", "abc123", "abc12345", "abcd", "abcd1234", "abcdef", "abcdefg",
    "abcdefghijklmnopqrstuvwxyz", "access", "activemq", "adguard", "adm", "admin", "admin!", "admin1",
    "admin12", "admin123", "admin1234", "admin12345", "admin@123", "adminadmin", "adminer",
    "administrator", "administrator1", "adminpass", "adminpassword", "airbyte", "airflow", "alice",
    "alpine", "amazon", "america", "amsterdam", "andrew", "android", "apache", "api", "apikey", "apiuser",
    "app", "apple", "application", "apppass", "appuser", "appwrite", "april", "arsenal", "artemis", "asdf",
    "asdfgh", "asdfghjkl", "ashley", "audit", "august", "authelia", "authentik", "autumn", "azerty",
    "backend", "backup", "banana", "bar", "barcelona", "baseball", "batman", "baz", "bazarr", "berlin",
    "bigbluebutton", "bitwarden", "blah", "blank", "bob", "bookstack", "bot", "buster", "cacti", "caddy",
    "cafebabe", "canada", "canvas", "carol", "cassandra", "celery", "centos", "changeit", "charlie",
    "cheese", "chelsea", "cherry", "chocolate", "cisco", "clickhouse", "client", "cluster", "cockroach",
    "coffee", "compose", "computer", "confluent", "consul", "container", "cookie1", "cookiesecret",
    "correcthorsebatterystaple", "couchbase", "couchdb", "crawler", "dagster", "daniel", "database",
    "dave", "db", "dba", "dbadmin", "dbname", "dbpass", "dbpassword", "dbroot", "dbuser", "deadbeef",
    "deadbeefcafe", "debezium", "debian", "december", "default", "deluge", "demo", "demo123", "demo1234",
    "demopass", "dev", "devel", "develop", "developer", "development", "directus", "discourse", "django",
    "docker", "doe", "dokuwiki", "donald", "dovecot", "dragon", "drone", "drupal", "ec2user", "elastic",
    "elasticsearch", "email", "emby", "encryption", "envoy", "erpnext", "eve", "exporter", "express",
    "facebook", "february", "ferrari", "firefly", "flask", "flower", "foo", "foobar", "foobarbaz",
    "football", "france", "frappe", "freedom", "friday", "frontend", "ftp", "ftpuser", "george", "germany",
    "ghost", "gitea", "github", "gitlab", "glpi", "google", "grafana", "graylog", "guest", "guest123",
    "guestguest", "haproxy", "harbor", "harbor12345", "harley", "hash", "hasura", "hello", "hello123",
    "helpdesk", "hockey", "homeassistant", "homebridge", "host", "hottie", "httpd", "hunter", "hunter2",
    "icinga", "iloveyou", "influx", "influxdb", "info", "internet", "iphone", "italy", "jane", "janedoe",
    "january", "jboss", "jellyfin", "jenkins", "jessica", "jitsi", "john", "johndoe", "joomla", "jordan",
    "joshua", "july", "june", "juniper", "jupyter", "jwt", "jwt-secret", "jwtsecret", "k8s", "kafka",
    "key", "keycloak", "kibana", "killer", "kubernetes", "laradock", "laravel", "ldap", "letmein",
    "lidarr", "linux", "liverpool", "local", "localhost", "logger", "login", "logstash", "london",
    "lovely", "macos", "madrid", "magento", "maggie", "mail", "mailcow", "mallory", "manager", "mariadb",
    "mariadbpassword", "master", "matomo", "matrix", "mattermost", "mediawiki", "memcached", "mercedes",
    "metabase", "metrics", "michael", "michelle", "microsoft", "mikrotik", "minio", "minio123",
    "minioadmin", "miniostorage", "mlflow", "monday", "mongo", "mongo123", "mongodb", "mongoexpress",
    "mongopass", "monitor", "monitoring", "monkey", "moodle", "moscow", "mosquitto", "mqtt", "mustang",
    "my-password", "my-secret", "myapp", "mykey", "mypass", "mypassword", "mypwd", "mysecret", "mysql", "mysql123",
    "mysqlpass", "mysqlpassword", "mytoken", "n8n", "nagios", "nats", "neo4j", "nextcloud", "nexus",
    "nginx", "ninja", "noauth", "node", "nokey", "nomad", "nopass", "nopassword", "nosecret", "notoken", "november", "nzbget", "october",
    "odoo", "openldap", "opensearch", "openvpn", "operator", "oracle", "oracle1", "orange", "outline",
    "overseerr", "owncloud", "owner", "p4ss", "p4ssw0rd", "p@55w0rd", "p@ssw0rd", "p@ssw0rd!", "p@ssw0rd1",
    "p@ssword", "pa$$word", "pa55", "pa55w0rd", "pa55word", "paperless", "paris", "parse", "pass",
    "pass123", "pass1234", "passpass", "passw0rd", "passw0rd!", "passw0rd123", "passwd", "password",
    "password!", "password1", "password1!", "password12", "password123", "password1234", "passwort",
    "pepper", "pgadmin", "pgpass", "pgpassword", "phoenix", "phpmyadmin", "pi", "pihole", "pizza", "plane",
    "plausible", "plex", "pocketbase", "porsche", "portainer", "postfix", "postgres", "postgres1",
    "postgres123", "postgrespass", "postgrespassword", "postgresql", "posthog", "prefect", "primary",
    "princess", "private", "prod", "production", "prometheus", "prowlarr", "public", "pwd", "q1w2e3r4",
    "qazwsx", "qbittorrent", "qwe123", "qweasd", "qweasdzxc", "qwert", "qwerty", "qwerty123", "qwertyuiop",
    "qwertz", "rabbit", "rabbitmq", "radarr", "rails", "rancher", "ranger", "raspberry", "raspberrypi",
    "rdp", "redis", "redis123", "redispass", "redispassword", "repl", "replica", "replication",
    "replicator", "robert", "rocketchat", "root", "root123", "root1234", "rootpass", "rootpassword",
    "rootroot", "rstudio", "s3cr3t", "s3cr3tpassw0rd", "s3cret", "sa", "sabnzbd", "salt", "samba",
    "samsung", "saturday", "scanner", "scylla", "secondary", "secret", "secret!", "secret-key", "secret1",
    "secret12", "secret123", "secret1234", "secret_key", "secretkey", "secretpass", "secretpassword",
    "secrets", "secretsecret", "secure", "security", "seekrit", "sekret", "sekrit", "sentry", "september", "server", "service", "session",
    "sessionsecret", "sftp", "shadow", "signing", "slave", "smith", "smtp", "snipeit", "soccer", "solo",
    "sonar", "sonarqube", "sonarr", "sonatype", "spain", "spring", "sqlite", "sqlserver", "ssh", "staff",
    "stage", "staging", "starwars", "strapi", "summer", "sunday", "sunshine", "sup3rs3cr3t", "supabase",
    "superadmin", "superman", "supersecret", "superset", "superuser", "support", "swarm", "symfony",
    "synapse", "sysadmin", "system", "temp", "tequila", "test", "test1", "test12", "test123", "test1234",
    "test12345", "tester", "testing", "testing123", "testpass", "testpassword", "testtest", "testuser",
    "thomas", "thursday", "timescale", "tmp", "token", "tokyo", "tomcat", "toor", "topsecret", "traefik",
    "transmission", "trustno1", "tuesday", "twitter", "ubnt", "ubuntu", "umami", "unix", "unsecure",
    "user", "user123", "user1234", "username", "userpass", "userpassword", "vagrant", "vault",
    "vaultwarden", "verysecret", "vnc", "web", "webapp", "webmaster", "wednesday", "welcome", "welcome1",
    "welcome123", "whatever", "wikijs", "wildfly", "windows", "winter", "wireguard", "wordpress", "worker",
    "www", "yourstrong", "zabbix", "zammad", "zaq12wsx", "zookeeper", "zulip", "zxcvbn", "zxcvbnm",
];

/// The longest value that can be weak because of its words: a longer chain of words is a passphrase.
const LONGEST: usize = 32;

/// Returns whether `value` is one that an attacker guesses first.
///
/// Case, a tail of digits and marks, and the usual substitutions (`p@ssw0rd`) do not make it stronger; nor does joining
/// such words (`dbRootPassword`), repeating one character or counting up (`12345678`).
pub fn weak(value: &str) -> bool {
    let own = unquoted(value);
    is_word_with_tail(value)
        || is_made_of_known_words(own)
        || is_one_character(own)
        || is_switch(own)
}

/// One character repeated, however often: no generated key looks like that.
fn is_one_character(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_same = |byte: &u8| byte.eq_ignore_ascii_case(&bytes[0]);
    bytes.len() > LONGEST && bytes[0].is_ascii_alphanumeric() && bytes.iter().all(is_same)
}

/// Whether a value is a word and a switch, as fillers in tests are: `test=ON`, `test=302`, `dummy:true`.
fn is_switch(value: &str) -> bool {
    const SWITCHES: [&str; 8] = ["on", "off", "yes", "no", "true", "false", "y", "n"];
    let Some((word, switch)) = value.split_once(['=', ':']) else {
        return false;
    };
    let is_number = switch.len() <= 4 && switch.bytes().all(|byte| byte.is_ascii_digit());
    let is_set = is_number
        || SWITCHES
            .iter()
            .any(|known| switch.eq_ignore_ascii_case(known));
    !switch.is_empty() && is_set && value.len() <= LONGEST && {
        let word = word.to_ascii_lowercase();
        matches!(
            word.as_str(),
            "test" | "tests" | "testing" | "dummy" | "fake" | "mock" | "demo" | "dev"
        )
    }
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches(|c| matches!(c, '"' | '\''))
}

/// Returns whether `value` is in the list that an attacker begins with, or is an entry of it with a tail or the usual
/// substitutions; unlike [`weak`], not whether it combines such words.
pub fn is_tried_first(value: &str) -> bool {
    let Some((lower, length)) = lowered(value) else {
        return false;
    };
    let lower = &lower[..length];
    if is_in_list(lower) {
        return true;
    }
    let stem = trim_tail(lower);
    let tail = &lower[stem.len()..];
    let tail = tail.strip_suffix(b"!").unwrap_or(tail);
    let sign = tail.first().filter(|byte| b"!@#_-.".contains(byte));
    let digits = &tail[usize::from(sign.is_some())..];
    let is_usual = digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit)
        || digits.len() <= 6 && b"123456".starts_with(digits);
    is_usual && stem.len() >= 3 && (stands_in_table(stem) || stands_swapped(stem))
}

/// Whether `value` is in the table, or a word of it with any short tail.
fn is_word_with_tail(value: &str) -> bool {
    let Some((lower, length)) = lowered(value) else {
        return false;
    };
    let lower = &lower[..length];
    let stem = trim_tail(lower);
    is_in_list(lower) || stem.len() >= 3 && (stands_in_table(stem) || stands_swapped(stem))
}

fn is_in_list(lower: &[u8]) -> bool {
    stands_in_table(lower) || is_monotonous(lower) || is_said_again(lower)
}

/// A short value in small letters, and its length.
fn lowered(value: &str) -> Option<([u8; LONGEST], usize)> {
    let value = unquoted(value);
    if value.is_empty() || value.len() > LONGEST || !value.is_ascii() {
        return None;
    }
    let mut lower = [0; LONGEST];
    lower[..value.len()].copy_from_slice(value.as_bytes());
    lower[..value.len()].make_ascii_lowercase();
    Some((lower, value.len()))
}

/// Returns whether a weak password was chosen by someone, such as `Summer2024!`, rather than a default, such as
/// `admin123`: a word that names no role and no service, and more after it.
pub fn chosen(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let stem = trim_tail(lower.as_bytes());
    let is_stem = (4..lower.len().min(LONGEST)).contains(&stem.len());
    lower.len() >= 8 && is_stem && ![stem, &letters(stem)].into_iter().any(vocabulary::knows)
}

fn stands_in_table(lower: &[u8]) -> bool {
    WEAK.binary_search_by(|entry| entry.as_bytes().cmp(lower))
        .is_ok()
}

/// One character repeated, or consecutive characters: `aaaa`, `1234567`, `abcdef`.
fn is_monotonous(lower: &[u8]) -> bool {
    let step = |by: u8| {
        lower
            .windows(2)
            .all(|pair| pair[1] == pair[0].wrapping_add(by))
    };
    lower.len() >= 3 && lower[0].is_ascii_alphanumeric() && (step(0) || step(1) || step(u8::MAX))
}

/// A word of the table repeated: `asdfasdfasdf`, `blahblah`.
fn is_said_again(lower: &[u8]) -> bool {
    let is_repeated = |length: usize| {
        let (first, rest) = lower.split_at(length);
        rest.len() % length == 0 && rest.chunks(length).all(|part| part == first)
    };
    (3..=lower.len() / 2).any(|length| is_repeated(length) && stands_in_table(&lower[..length]))
}

/// Cuts `admin2024!` to `admin`. A tail longer than six characters stays, since it may be a secret of its own.
fn trim_tail(lower: &[u8]) -> &[u8] {
    let stem = lower
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |last| last + 1);
    if lower.len() - stem > 6 {
        lower
    } else {
        &lower[..stem]
    }
}

/// Whether the stem is in the table once look-alikes are replaced by the letters that they stand for.
fn stands_swapped(stem: &[u8]) -> bool {
    stands_in_table(&letters(stem))
}

/// Whether the value consists of words that occur in names of credentials, roles and services, with or without
/// look-alikes: `dbRootPassword`, `Devel0pm3ntP4ssw0rd!`.
fn is_made_of_known_words(value: &str) -> bool {
    if are_known_words(value) {
        return true;
    }
    if !(8..=LONGEST).contains(&value.len()) || !value.is_ascii() {
        return false;
    }
    // What follows the last letter is a tail, and few other values have a look-alike within a word.
    let stem = trim_tail(value.as_bytes());
    let has_swap = stem.windows(3).any(|part| {
        matches!(
            part[1],
            b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'@' | b'$'
        ) && part[0].is_ascii_alphabetic()
            && part[2].is_ascii_alphabetic()
    });
    has_swap && String::from_utf8(letters(stem)).is_ok_and(|plain| are_known_words(&plain))
}

fn are_known_words(value: &str) -> bool {
    if value.is_empty() || value.len() > LONGEST || !value.is_ascii() {
        return false;
    }
    let is_number = |word: &[u8]| word.len() <= 4 && word.iter().all(u8::is_ascii_digit);
    let is_word = |word: &[u8]| vocabulary::knows(word) || stands_in_table(word);
    // The first part of a random value is already no word.
    let is_known = |part: &[u8]| {
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..part.len()) else {
            return false;
        };
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        is_number(lower) || is_word(lower)
    };
    let Some(words) = Words::split_while(value, is_known) else {
        return false;
    };
    let mut named = 0;
    let known = words.iter().map(str::as_bytes).all(|word| {
        let is_word = is_word(word);
        named += usize::from(is_word && word.len() > 1);
        is_number(word) || is_word
    });
    known && named > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::value::is_not_a_credential;

    #[test]
    fn what_is_tried_first_is_in_a_list() {
        for value in [
            "admin",
            "Password123",
            "root123!",
            "P@ssw0rd",
            "admin@123",
            "postgres1234",
            "aaaaaa",
        ] {
            assert!(is_tried_first(value), "{value}");
        }
        for value in [
            "SqlServer2026!?",
            "Summer2024!",
            "admin2023",
            "dbRootPassword",
            "k7Qz2LT0vX",
        ] {
            assert!(!is_tried_first(value), "{value}");
        }
        assert!(weak("SqlServer2026!?") && weak("Summer2024!") && weak("admin2023"));
    }

    #[test]
    fn the_table_is_sorted_and_lower_case() {
        assert!(WEAK.is_sorted_by(|a, b| a < b));
        assert!(
            WEAK.iter()
                .all(|word| word.len() <= LONGEST && *word == word.to_ascii_lowercase())
        );
    }

    #[test]
    #[rustfmt::skip]
    fn what_everybody_tries_first() {
        for value in [
            "root", "postgres", "secret", "password", "admin", "passw0rd", "minioadmin", "123456",
            "qwerty", "P@ssw0rd", "PASSWORD", "Admin123!", "admin2024", "dbpassword", "db-root-password",
            "secret-key", "123", "aaaaaa", "12345678", "abcdef", "987654", "nextcloud", "zammad",
            "wordpress", "s3cr3t", "myRedisPassword", "test_secret", "'root'", "harbor12345",
            "postgres_password", "test=ON", "test=1", "test=302", "nokey", "changeit", "Devel0pm3nt", "Devel0pm3ntP4ssw0rd!",
            "Passwort", "dummy:true",
        ] {
            assert!(weak(value), "{value}");
        }
    }

    #[test]
    fn chosen_passwords_are_told_from_those_that_stand_for_any() {
        for value in ["Summer2024!", "winter#22", "Welcome1", "qwerty123"] {
            assert!(weak(value) && chosen(value), "{value}");
        }
        for value in [
            "admin123",
            "P@ssw0rd1",
            "secret-2024",
            "password",
            "root1234",
        ] {
            assert!(weak(value) && !chosen(value), "{value}");
        }
    }

    #[test]
    fn what_is_in_a_list_is_told_from_other_words() {
        for value in ["postgres", "'root'", "Admin123!", "P@ssw0rd", "aaaaaa"] {
            assert!(is_tried_first(value), "{value}");
        }
        for value in [
            "db-root-password",
            "myRedisPassword",
            "client_token_for_mail",
            "",
        ] {
            assert!(!is_tried_first(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_nobody_guesses() {
        for value in [
            "", "x9Kq7QzL2mWe", "7f3a9c1e5b2d4860", "Tr0ub4dor&3", "whalehello", "äöü",
            "correct horse staple", "a1b2", "12", "93847261", "lamp=ON", "test=kT7vv2", "L4mpD00r",
        ] {
            assert!(!weak(value), "{value}");
        }
    }

    #[test]
    fn one_character_is_guessed_however_often_it_is_there() {
        assert!(weak(&"a".repeat(64)) && weak(&"A".repeat(20)) && weak(&"7".repeat(40)));
        assert!(!weak(&"ab3".repeat(20)));
    }

    #[test]
    fn few_weak_words_could_be_settings() {
        // A value must not be both: the caller would have to guess which answer counts. These few are known.
        let both: Vec<_> = WEAK
            .iter()
            .copied()
            .filter(|word| is_not_a_credential(word))
            .collect();
        assert_eq!(both, KNOWN_AMBIGUOUS, "{both:?}");
    }

    const KNOWN_AMBIGUOUS: &[&str] = &["default", "info", "ldap", "login"];
}
