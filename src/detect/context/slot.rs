//! What the slot of a value shows about its use: the environment of an image, the key that signs sessions, the argument
//! of a constructor.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::detect::assignment::Syntax;
use crate::detect::comment::LINE_LIMIT;
use crate::detect::doc_sample::is_given_as_example;
use crate::detect::rating::{AS_EXAMPLE, GIVEN_TO_BROWSERS};
use crate::detect::window::Confirmed;
use crate::lexicon::{name, services, value};

/// Flag of a match: it is in an `ENV` of a Dockerfile, so that every container of the image starts with it.
pub(in crate::detect) const IN_IMAGE: u64 = 1 << 20;

/// Flag of a match: an application signs its sessions or tokens with it.
pub(in crate::detect) const SIGNS: u64 = 1 << 10;

/// Flag of a match: it says what will replace it.
pub(in crate::detect) const TO_COME: u64 = 1 << 11;

/// Flag of a match: it is passed to a constructor whose type is merely named after a key.
pub(in crate::detect) const CONSTRUCTS: u64 = 1 << 12;

/// Flag of a match: it is a random password for a hosted database, which anyone can reach.
pub(in crate::detect) const HOSTED: u64 = 1 << 13;

/// Flag of a match: nothing before it on its line says that it is sent to browsers or shipped in apps.
pub(in crate::detect) const SERVER_SIDE: u64 = 1 << 14;

/// Flag of a match: by its name, another party issues the credential.
pub(in crate::detect) const ISSUED: u64 = 1 << 19;

/// Suffixes of the host names of hosted databases, which anyone can reach.
#[rustfmt::skip]
const PROVIDERS: &[&str] = &[
    ".mongodb.net", ".rds.amazonaws.com", ".docdb.amazonaws.com", ".cache.amazonaws.com", ".redshift.amazonaws.com",
    ".redislabs.com", ".redis-cloud.com", ".redns.redis-cloud.com", ".database.windows.net", ".postgres.database.azure.com",
    ".mysql.database.azure.com", ".redis.cache.windows.net", ".cosmos.azure.com", ".neon.tech", ".supabase.co", ".supabase.com",
    ".render.com", ".railway.app", ".rlwy.net", ".upstash.io", ".aivencloud.com", ".cloudamqp.com",
    ".psdb.cloud", ".elephantsql.com", ".mlab.com", ".db.ondigitalocean.com", ".elastic-cloud.com", ".es.io", ".cloud.es.io",
    ".compose.com", ".cockroachlabs.cloud", ".tidbcloud.com", ".fly.dev", ".scaleway.com", ".timescale.com", ".databases.neo4j.io",
    ".snowflakecomputing.com", ".cloud.couchbase.com", ".clickhouse.cloud",
];

/// Finds all [`PROVIDERS`] in one pass.
static PROVIDERS_FOUND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(PROVIDERS);
    builder.ok()
});

/// How far from a password its server is looked for, in bytes.
const SERVER_REACH: usize = LINE_LIMIT / 2;

/// Returns [`HOSTED`] if the password at `password` in a URL is random and the host after it is a hosted database, else
/// 0.
pub(in crate::detect) fn hosted(bytes: &[u8], password: &Range<usize>) -> u64 {
    const LONGEST: usize = 253;
    let text = std::str::from_utf8(&bytes[password.clone()]).unwrap_or_default();
    let host = bytes.get(password.end + 1..).unwrap_or_default();
    let length = host
        .iter()
        .take(LONGEST)
        .take_while(|byte| is_of_host(**byte))
        .count();
    let host = std::str::from_utf8(&host[..length]).unwrap_or_default();
    let is_hosted = PROVIDERS
        .iter()
        .any(|end| host.len() > end.len() && host.to_ascii_lowercase().ends_with(end));
    if is_hosted && !is_made_up(host) && value::is_random(text) {
        HOSTED
    } else {
        0
    }
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// Whether the name of a server is made up for an example.
fn is_made_up(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    ["xxx", "example", "abc", "your", "foo", "12345", "test"]
        .iter()
        .any(|word| host.contains(word))
}

/// Whether a password that is assigned to a name is random, and the nearest server named beside it is a hosted
/// database.
fn is_beside_hosted(bytes: &[u8], password: &Range<usize>) -> bool {
    let start = password.start.saturating_sub(SERVER_REACH);
    let around = &bytes[start..bytes.len().min(password.end + SERVER_REACH)];
    let text = std::str::from_utf8(&bytes[password.clone()]).unwrap_or_default();
    let Some(found) = PROVIDERS_FOUND.as_ref().filter(|_| value::is_random(text)) else {
        return false;
    };
    let own = password.start - start..password.end - start;
    let distance = |place: Range<usize>| {
        if place.end <= own.start {
            own.start - place.end
        } else {
            place.start.saturating_sub(own.end)
        }
    };
    let hosted = found.find_iter(around).filter_map(|found| {
        let before = &around[..found.start()];
        let length = before
            .iter()
            .rev()
            .take_while(|byte| is_of_host(**byte))
            .count();
        let host = String::from_utf8_lossy(&before[before.len() - length..]);
        let ends = around
            .get(found.end())
            .is_none_or(|byte| !is_of_host(*byte));
        let is_named = !host.is_empty() && ends && !is_made_up(&host);
        is_named.then(|| distance(found.range()))
    });
    let Some(nearest) = hosted.min() else {
        return false;
    };
    // A word that introduces a host, without a provider's name after it, names another server.
    let words = [
        &b"localhost"[..],
        b"127.0.0.1",
        b"host=",
        b"host:",
        b"host\":",
        b"HOST=",
    ];
    let others = words
        .iter()
        .flat_map(|word| memchr::memmem::find_iter(around, word).map(|at| (at, word.len())));
    !others.into_iter().any(|(at, length)| {
        let named = &around[at + length..around.len().min(at + length + HOST_REACH)];
        let named = memchr::memchr2(b',', b'\n', named).map_or(named, |end| &named[..end]);
        found.find(named).is_none() && distance(at..at + length) < nearest
    })
}

/// How far after a word that introduces a host the host's name may end, in bytes.
const HOST_REACH: usize = 128;

/// Returns [`SERVER_SIDE`] unless the line mentions browsers, phones or maps before the key: their keys reach users.
pub(in crate::detect) fn server_side(bytes: &[u8], span: &Range<usize>) -> u64 {
    const CARRIED: [&str; 12] = [
        "map",
        "firebase",
        "android",
        "ios",
        "browser",
        "client",
        "front",
        "public",
        "web",
        "recaptcha",
        "youtube",
        "fcm",
    ];
    let before = &bytes[span.start.saturating_sub(LINE_LIMIT / 2)..span.start];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    let line = String::from_utf8_lossy(line).to_ascii_lowercase();
    if CARRIED.iter().any(|word| line.contains(word)) {
        0
    } else {
        SERVER_SIDE
    }
}

/// Returns the flags that the place of a match shows: a schema gives it as an example, or it is a Rollbar token for web
/// pages, such as one called `post_client_item`.
pub(in crate::detect) fn shown(bytes: &[u8], rule: &str, found: &Confirmed) -> u64 {
    let mut known = 0;
    if is_given_as_example(bytes, found.secret.start) {
        known |= AS_EXAMPLE;
    }
    if rule == "rollbar/access-token" && is_for_pages(bytes, &found.span) {
        known |= GIVEN_TO_BROWSERS;
    }
    known
}

/// Whether the line of a match, up to the end of the match, says that clients get it.
fn is_for_pages(bytes: &[u8], span: &Range<usize>) -> bool {
    let start = span.start.saturating_sub(LINE_LIMIT / 4);
    let before = &bytes[start..span.start];
    let begins = memchr::memrchr(b'\n', before).map_or(start, |end| start + end + 1);
    let line = String::from_utf8_lossy(&bytes[begins..span.end]).to_ascii_lowercase();
    ["client", "browser", "frontend"]
        .iter()
        .any(|word| line.contains(word))
}

/// Returns the flags that the slot shows of a value that is assigned to `name`.
pub(in crate::detect) fn known(
    bytes: &[u8],
    (name, value): (&Range<usize>, &Range<usize>),
    (rule, syntax): (&str, Syntax),
) -> u64 {
    let text =
        |range: &Range<usize>| std::str::from_utf8(&bytes[range.clone()]).unwrap_or_default();
    if rule.starts_with("placeholder/") {
        let mut known = 0;
        if is_in_env_of_image(bytes, name.start) {
            known |= IN_IMAGE;
        }
        if is_signing_key(bytes, name) {
            known |= SIGNS;
        }
        if value::is_to_come(text(value)) {
            known |= TO_COME;
        }
        if services::is_issued(text(name)) {
            known |= ISSUED;
        }
        return known;
    }
    let is_made =
        syntax == Syntax::Argument && rule != "generic/password" && is_constructor(text(name));
    let is_password = matches!(rule, "generic/password" | "generic/connection-string");
    if is_made {
        CONSTRUCTS
    } else if is_password && is_beside_hosted(bytes, value) {
        HOSTED
    } else {
        0
    }
}

/// Whether `at` is in an `ENV` instruction, which may span several lines.
fn is_in_env_of_image(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let mut line = lines.next().unwrap_or_default();
    for above in lines {
        let goes_on = above.trim_ascii_end().ends_with(b"\\");
        if !goes_on {
            break;
        }
        line = above;
    }
    let begins = line.trim_ascii_start();
    begins
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"ENV "))
}

/// Whether sessions or tokens are signed with the value of a name: the name says so, or it is the `secret` in the setup
/// of a session or JWT library.
fn is_signing_key(bytes: &[u8], range: &Range<usize>) -> bool {
    const SETUPS: [&[u8]; 5] = [
        b"session(",
        b"Session(",
        b"jwt.sign(",
        b"jwt.verify(",
        b"JwtModule.register(",
    ];
    let own = std::str::from_utf8(&bytes[range.clone()]).unwrap_or_default();
    // Splitting a name into words is slow, and most placeholders are passwords.
    let may_sign = ["secret", "key"].iter().any(|word| value::holds(own, word));
    if !may_sign {
        return false;
    }
    if name::signs_sessions(own) {
        return !begins_text(bytes, range);
    }
    if !matches!(own, "secret" | "keys" | "secretOrKey") {
        return false;
    }
    let before = &bytes[range.start.saturating_sub(LINE_LIMIT / 2)..range.start];
    SETUPS
        .iter()
        .any(|setup| memchr::memmem::find(before, setup).is_some())
}

/// Whether a name begins a longer string: `"JWT_SECRET='x'"` is text that is written somewhere, `"JWT_SECRET": 'x'` is
/// a setting.
fn begins_text(bytes: &[u8], name: &Range<usize>) -> bool {
    let before = name.start.checked_sub(1).map(|at| bytes[at]);
    matches!(before, Some(b'"' | b'\'' | b'`')) && bytes.get(name.end).copied() != before
}

/// Whether a function is named like a type and not like a setter: `DonorAccessKey("…")` constructs a value.
fn is_constructor(name: &str) -> bool {
    const VERBS: [&str; 9] = [
        "Set",
        "With",
        "Use",
        "Add",
        "Put",
        "Configure",
        "Init",
        "Login",
        "Authenticate",
    ];
    let own = name.rsplit('.').next().unwrap_or(name);
    own.starts_with(|c: char| c.is_ascii_uppercase())
        && own.bytes().any(|byte| byte.is_ascii_lowercase())
        && !own.contains('_')
        && !VERBS.iter().any(|verb| own.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_images_may_go_over_lines() {
        let check = |text: &str| is_in_env_of_image(text.as_bytes(), text.len());
        assert!(check("FROM a\nENV ") && check("FROM a\n  env A=1 \\\n    "));
        assert!(!check("FROM a\nRUN ") && !check("ENV A=1\nRUN x \\\n  "));
    }

    #[test]
    fn keys_of_sessions_are_known_by_their_name_or_their_setup() {
        let check = |text: &str, name: &str| {
            let at = text.rfind(name).unwrap();
            is_signing_key(text.as_bytes(), &(at..at + name.len()))
        };
        assert!(check("app.use(session({\n  secret: 'x'", "secret"));
        assert!(check("JWT_SECRET = 'x'", "JWT_SECRET"));
        assert!(check("{\"JWT_SECRET\": 'x'", "JWT_SECRET"));
        assert!(!check("write(\"JWT_SECRET='x'\")", "JWT_SECRET"));
        assert!(!check("client = { secret: 'x'", "secret"));
        assert!(!check("AWS_SECRET_KEY = 'x'", "AWS_SECRET_KEY"));
    }

    #[test]
    fn databases_of_providers_are_known_by_their_hosts() {
        let random = ["Ri4y", "x9Kq7", "Wm2e"].concat();
        let check = |password: &str, host: &str| {
            let text = format!("mongodb+srv://app:{password}@{host}/app");
            let start = text.find(password).unwrap();
            hosted(text.as_bytes(), &(start..start + password.len())) != 0
        };
        assert!(check(&random, "cluster0-yukpr.mongodb.net"));
        assert!(!check("password", "cluster0-yukpr.mongodb.net"));
        assert!(!check(&random, "cluster0.xxxxx.mongodb.net"));
        assert!(!check(&random, "db.acme.test"));
        let beside = |text: &str| {
            let text = text.replace("VALUE", &random);
            let start = text.find(&random).unwrap();
            is_beside_hosted(text.as_bytes(), &(start..start + random.len()))
        };
        assert!(beside(
            "host: 'lamp.c9z.eu-west-1.rds.amazonaws.com',\n  password: 'VALUE'"
        ));
        assert!(beside(
            "Server=tcp:lamp.database.windows.net,1433;Password=VALUE;"
        ));
        assert!(!beside(
            "host: 'your-db.rds.amazonaws.com',\n  password: 'VALUE'"
        ));
        assert!(!beside("host: 'localhost',\n  password: 'VALUE'"));
        assert!(!beside(
            "a(host='lamp.c9z.rds.amazonaws.com', p='x')\nb(host='db', password='VALUE')"
        ));
        assert!(beside(
            "a(host='db', p='x')\nb(host='lamp.c9z.rds.amazonaws.com', password='VALUE')"
        ));
    }

    #[test]
    fn tokens_for_pages_are_called_after_clients() {
        let check = |text: &str| is_for_pages(text.as_bytes(), &(text.len() - 4..text.len()));
        assert!(check("a\nROLLBAR_POST_CLIENT_ITEM_TOKEN=4a17"));
        assert!(!check("client\nROLLBAR_TOKEN=4a17"));
    }

    #[test]
    fn keys_that_applications_carry_say_so() {
        let check = |text: &str| server_side(text.as_bytes(), &(text.len()..text.len())) != 0;
        assert!(check("url = \"https://translation.googleapis.com?key="));
        assert!(!check("GOOGLE_MAPS_API_KEY = '") && !check("firebase: { apiKey: '"));
    }

    #[test]
    fn types_are_told_from_setters() {
        assert!(is_constructor("dynamo.DonorAccessKey") && is_constructor("ApiToken"));
        assert!(!is_constructor("SetAccessKey") && !is_constructor("accessKey"));
        assert!(!is_constructor("API_KEY") && !is_constructor("WithApiKey"));
    }
}
