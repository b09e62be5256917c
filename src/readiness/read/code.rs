//! What source code shows: literal calls and settings that mean the same in any file.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::enclosing;
use super::facts::FACTS;

/// Longer lines were not written by hand.
const LONGEST: usize = 400;

/// How many lines after a hit belong to it.
const LINES: usize = 6;

/// Something that code shows.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// The repository.
    pub(crate) repository: usize,
    /// The file.
    pub(crate) path: String,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// The fact, as an index into [`FACTS`].
    pub(crate) fact: usize,
    /// The line and a few after it.
    pub(crate) text: String,
}

/// Finds all facts in one pass.
pub(crate) struct Finder {
    automaton: Option<AhoCorasick>,
    facts: Vec<usize>,
}

impl Finder {
    /// Returns the finder for [`FACTS`], which is built once.
    pub(crate) fn shared() -> &'static Self {
        static FINDER: OnceLock<Finder> = OnceLock::new();
        FINDER.get_or_init(Self::new)
    }

    fn new() -> Self {
        let needles = || {
            let facts = FACTS.iter().enumerate();
            facts.flat_map(|(fact, it)| it.needles.iter().map(move |needle| (fact, *needle)))
        };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles().map(|(_, needle)| needle));
        Self {
            automaton: automaton.ok(),
            facts: needles().map(|(fact, _)| fact).collect(),
        }
    }

    /// Returns what `text`, the file at `path`, shows.
    pub(crate) fn hits(&self, repository: usize, path: &str, text: &str) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let mut hits: Vec<Hit> = Vec::new();
        let all = std::cell::OnceCell::new();
        let is_for_development = |number: u32| {
            let all: &Vec<&str> = all.get_or_init(|| text.lines().collect());
            enclosing::is_for_development(path, all, number)
        };
        for found in automaton.find_overlapping_iter(text) {
            let fact = self.facts[found.pattern().as_usize()];
            let known = hits.iter().filter(|hit| hit.fact == fact).count();
            if known >= FACTS[fact].most || !is_whole(text, found.start()) {
                continue;
            }
            let Some(start) = line_start(text, found.start()) else {
                continue;
            };
            let line = text[start..].lines().next().unwrap_or_default();
            if is_comment(line)
                || line.len() > LONGEST
                || is_elsewhere(path, line)
                || is_alias(path, line)
                || is_in_docstring(path, &text[..start])
            {
                continue;
            }
            let number = super::line_at(text, start);
            if is_for_development(number) {
                continue;
            }
            let lines: Vec<_> = text[start..].lines().take(LINES).collect();
            hits.push(Hit {
                repository,
                path: path.to_owned(),
                line: number,
                fact,
                text: lines.join("\n"),
            });
        }
        hits
    }
}

/// Calls that read an environment variable, up to its name.
#[rustfmt::skip]
const READS: &[&str] = &[
    "process.env.", "process.env[", "ENV.fetch(", "ENV[", "environ.get(", "environ[", "getenv(", "Getenv(", "LookupEnv(",
    "System.get_env(", "System.fetch_env!(", "System.fetch_env(", "env::var(", "GetEnvironmentVariable(", "env(", "env.str(",
    "env.bool(", "env.int(", "env.list(", "env.get(", "${",
];

/// Returns the environment variables that a program reads, each with the byte at which its name first occurs.
pub(crate) fn variables(text: &str) -> Vec<(&str, usize)> {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| AhoCorasick::new(READS).ok());
    let mut seen: rustc_hash::FxHashSet<&str> = rustc_hash::FxHashSet::default();
    let mut all = Vec::new();
    for found in finder.iter().flat_map(|it| it.find_iter(text)) {
        let rest = &text[found.end()..];
        let start = found.end() + usize::from(rest.starts_with(['"', '\'']));
        let rest = &text[start..];
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        // A name that continues in lower case is not a variable.
        let is_whole = !rest[name.len()..].starts_with(|c: char| c.is_ascii_lowercase());
        if name.len() > 2
            && is_whole
            && name.contains('_')
            && !seen.contains(name)
            && counts(text, start)
        {
            seen.insert(name);
            all.push((name, start));
        }
    }
    all
}

/// Whether the line of a variable is neither a comment nor about mail that a program sends.
fn counts(text: &str, at: usize) -> bool {
    let Some(start) = line_start(text, at) else {
        return false;
    };
    let line = text[start..].lines().next().unwrap_or_default();
    !is_comment(line) && !line.contains("mailer")
}

/// Whether a line means something else in this file: a Go limiter may limit anything, limiters and caches also remove
/// expired entries, and `create_engine` opens a pool only in Python.
fn is_elsewhere(path: &str, line: &str) -> bool {
    const OF_REQUESTS: [&str; 12] = [
        "api",
        "auth",
        "grpc",
        "handler",
        "handlers",
        "http",
        "limit",
        "limiter",
        "middleware",
        "ratelimit",
        "server",
        "web",
    ];
    const IN_MEMORY: [&str; 9] = [
        "cache",
        "caching",
        "limit",
        "limiter",
        "limiting",
        "memo",
        "ratelimit",
        "throttle",
        "throttling",
    ];
    let has = |words: &[&str]| {
        crate::lexicon::path::has_word(&path.to_ascii_lowercase(), |word| words.contains(&word))
    };
    // What a browser caches of a site is not user data.
    let is_of_browser = || {
        let name = super::name(path).to_ascii_lowercase();
        has(&["serviceworker"])
            || name.starts_with("sw.")
            || path.contains("service-worker")
            || path.contains("service_worker")
    };
    let deletes = [
        "deleteOld",
        "deleteExpired",
        "cleanup",
        "purge",
        "removeExpired",
    ];
    deletes.iter().any(|it| line.contains(it)) && (is_of_browser() || line.contains("caches."))
        || line.contains("rate.NewLimiter(") && !has(&OF_REQUESTS)
        || line.contains("xpired") && has(&IN_MEMORY)
        || line.contains("create_engine(") && !path.ends_with(".py")
}

/// Whether a line of Elixir only gives a module a shorter name.
fn is_alias(path: &str, line: &str) -> bool {
    [".ex", ".exs"].iter().any(|end| path.ends_with(end)) && line.trim_start().starts_with("alias ")
}

/// Whether the text after `before` is in a triple-quoted docstring of Python or Elixir.
fn is_in_docstring(path: &str, before: &str) -> bool {
    let mark = match path.rsplit_once('.') {
        Some((_, "py" | "ex" | "exs")) => b"\"\"\"",
        _ => return false,
    };
    memchr::memmem::find_iter(before.as_bytes(), mark).count() % 2 == 1
}

/// Returns the start of the line that contains a byte; `None` if the line is longer than people write.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let first = at.saturating_sub(LONGEST);
    let before = &text.as_bytes()[first..at];
    match memchr::memrchr(b'\n', before) {
        Some(end) => Some(first + end + 1),
        None => (first == 0).then_some(0),
    }
}

/// Whether the word at `at` is not the end of a longer one.
fn is_whole(text: &str, at: usize) -> bool {
    let first = text[at..].chars().next();
    let before = text[..at].chars().next_back();
    !first.is_some_and(char::is_alphanumeric)
        || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a line is a comment in any of the supported languages.
pub(crate) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", "*", "/*", "<!--", "--", ";", "\"\"\""]
        .iter()
        .any(|mark| line.starts_with(mark))
        && !line.starts_with("#[")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        let hits = Finder::new().hits(0, "a.ts", text);
        let mut names: Vec<_> = hits.iter().map(|hit| FACTS[hit.fact].name).collect();
        names.dedup();
        names
    }

    #[test]
    fn programs_read_variables() {
        for (text, expected) in [
            ("a = process.env.SENTRY_DSN;", &["SENTRY_DSN"][..]),
            ("ENV.fetch('DB_POOL', 5) + ENV[\"DB_POOL\"]", &["DB_POOL"]),
            ("os.environ.get(\"API_KEY\")", &["API_KEY"]),
            ("System.get_env(\"OTEL_HOST\")", &["OTEL_HOST"]),
            ("password: ${DB_PASSWORD:}", &["DB_PASSWORD"]),
            ("env('app.name') process.env.NODE", &[]),
            ("# System.get_env(\"APP_SSL_CERT_PATH\")", &[]),
        ] {
            let names: Vec<_> = variables(text).into_iter().map(|it| it.0).collect();
            assert_eq!(names, expected, "{text}");
        }
    }

    #[test]
    fn calls_are_seen_and_comments_are_not() {
        assert_eq!(
            found("Sentry.init({ dsn: env.DSN });\n"),
            ["error-tracking"]
        );
        assert!(found("// Sentry.init({})\n").is_empty());
        assert!(found("mySentry.init_later\n").is_empty());
        let in_class = "class Testing(Config):\n    WTF_CSRF_ENABLED = False\n";
        assert!(Finder::new().hits(0, "a.py", in_class).is_empty());
        let in_all = "class Config:\n    WTF_CSRF_ENABLED = False\n";
        assert_eq!(Finder::new().hits(0, "a.py", in_all).len(), 1);
        let in_docstring = "\"\"\"Based on\nRedisSessionInterface.\n\"\"\"\n";
        assert!(Finder::new().hits(0, "a.py", in_docstring).is_empty());
        let below = format!("{in_docstring}app.session_interface = RedisSessionInterface(url)\n");
        assert_eq!(Finder::new().hits(0, "a.py", &below).len(), 1);
    }
}
