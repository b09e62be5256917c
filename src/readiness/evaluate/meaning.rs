//! What a word in a document means in its context: the sentence may negate it, or it may mean something else.

use std::ops::Range;

use crate::lexicon::path::has_word;

/// How many bytes before and after a word are searched.
const NEAR: usize = 400;

/// How many words after a word may negate it.
const BEHIND: usize = 5;

/// Words that negate what follows them in a sentence.
const DENIES: &[&str] = &[
    "no",
    "not",
    "never",
    "without",
    "cannot",
    "lack",
    "lacks",
    "lacking",
    "missing",
    "neither",
    "nor",
    "none",
    "nothing",
    "todo",
    "tbd",
    "fixme",
    "unsupported",
    "removed",
    "disabled",
    "instead",
    "planned",
    "wishlist",
];

/// Phrases that contain such a word but negate nothing: `no downtime`, `not only`.
const NO_DENIALS: &[&str] = &[
    "not only",
    "no downtime",
    "without downtime",
    "zero downtime",
    "no longer than",
    "no more than",
    "no matter",
    "no later than",
    "without interruption",
    "if not",
    "whether or not",
    "why not",
    "do not forget",
    "don't forget",
    "not just",
    "not necessary to",
    "no need to",
    "without having to",
    "do not delete",
    "do not disable",
    "do not skip",
    "not be lost",
    "never commit",
    "not commit",
];

/// Returns whether the sentence around a word negates it.
pub(super) fn is_denied(text: &str, found: Range<usize>) -> bool {
    let (before, after) = around(text, &found);
    let line = before.rsplit('\n').next().unwrap_or(before).trim_start();
    if ["- [ ]", "* [ ]", "[ ]"]
        .iter()
        .any(|mark| line.starts_with(mark))
    {
        return true;
    }
    // A sentence may continue on the next line; a list item, a heading or a table cell does not.
    let start = before.rfind(['!', '?', ';', '|', '#']);
    let mut from = start.map_or(0, |at| at + 1);
    for end in [". ", ".\n", "\n\n", "\n- ", "\n* ", " but ", ": "] {
        let at = before.rfind(end).map_or(0, |at| at + end.len());
        from = from.max(at);
    }
    let own = before.get(from..).unwrap_or(before);
    let own = plain(own);
    let behind = after
        .split(['.', '!', '?', ';', ',', '|', '\n', ':'])
        .next()
        .unwrap_or_default();
    let behind: Vec<_> = behind.split_whitespace().take(BEHIND).collect();
    let behind = plain(&behind.join(" "));
    let denies = |it: &str| {
        it.split(' ')
            .any(|word| DENIES.contains(&word) || word.ends_with("n't"))
    };
    denies(&own) || denies(&behind) && !behind.starts_with("without")
}

/// Returns a text in lower case, with single spaces between words and without phrases that negate nothing.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let mut plain = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    for phrase in NO_DENIALS {
        if plain.contains(phrase) {
            plain = plain.replace(phrase, "");
        }
    }
    plain
}

/// Returns up to `NEAR` bytes of text before and after a word.
fn around<'t>(text: &'t str, found: &Range<usize>) -> (&'t str, &'t str) {
    let mut first = found.start.saturating_sub(NEAR);
    while !text.is_char_boundary(first) {
        first += 1;
    }
    let mut last = (found.end + NEAR).min(text.len());
    while !text.is_char_boundary(last) {
        last -= 1;
    }
    (&text[first..found.start], &text[found.end..last])
}

/// Ambiguous words: the item, the word, and words of which one must be near for it to be about the item.
const OF_CONTEXT: &[(&str, &str, &[&str])] = &[
    (
        "B10",
        "exporter",
        &[
            "prometheus",
            "metrics",
            "node",
            "postgres",
            "redis",
            "mysql",
            "scrape",
            "scraped",
            "scrapes",
        ],
    ),
    (
        "C3",
        "schema validation",
        &[
            "database",
            "migration",
            "migrations",
            "drift",
            "sql",
            "tables",
            "hibernate",
        ],
    ),
    (
        "C6",
        "replication",
        &[
            "standby",
            "replica",
            "replicas",
            "failover",
            "primary",
            "secondary",
            "master",
            "slave",
            "postgres",
            "postgresql",
            "mysql",
            "mariadb",
            "mongodb",
            "availability",
        ],
    ),
    (
        "D2",
        "session storage",
        &[
            "redis",
            "memcached",
            "database",
            "cookie",
            "cookies",
            "server",
            "users",
            "login",
        ],
    ),
    (
        "D5",
        "cloudflare",
        &[
            "cdn", "cache", "caches", "cached", "caching", "proxy", "proxied", "edge", "behind",
            "static", "assets", "purge", "front",
        ],
    ),
    (
        "N5",
        "service level",
        &[
            "objective",
            "objectives",
            "agreement",
            "agreements",
            "indicator",
            "indicators",
            "target",
            "targets",
        ],
    ),
    (
        "O3",
        "analytics",
        &[
            "user",
            "users",
            "web",
            "google",
            "plausible",
            "matomo",
            "umami",
            "posthog",
            "mixpanel",
            "amplitude",
            "usage",
            "visitors",
            "visitor",
            "page",
            "pages",
            "product",
            "traffic",
            "site",
            "website",
            "tracking",
            "events",
        ],
    ),
    (
        "M2",
        "data export",
        &[
            "user", "users", "personal", "account", "accounts", "gdpr", "their", "your", "subject",
            "member", "members", "customer", "privacy",
        ],
    ),
];

/// How many bytes before and after a word are its context.
const CONTEXT: usize = 160;

/// Returns whether a word means what the item is about.
pub(super) fn means_it(item: &str, text: &str, found: Range<usize>) -> bool {
    let word = text[found.clone()].to_ascii_lowercase();
    let (before, after) = around(text, &found);
    if item == "N1" && is_link_elsewhere(before, after) {
        return false;
    }
    let known = OF_CONTEXT.iter().find(|it| it.0 == item && it.1 == word);
    let Some((_, _, near)) = known else {
        return true;
    };
    let mut first = before.len().saturating_sub(CONTEXT);
    while !before.is_char_boundary(first) {
        first += 1;
    }
    let mut last = after.len().min(CONTEXT);
    while !after.is_char_boundary(last) {
        last -= 1;
    }
    // Only the paragraph of the word counts.
    let before = &before[first..];
    let before = before.rsplit("\n\n").next().unwrap_or(before);
    let after = &after[..last];
    let after = after.split("\n\n").next().unwrap_or(after);
    let mut parts = [before, after].into_iter();
    parts.any(|part| has_word(&part.to_ascii_lowercase(), |it| near.contains(&it)))
}

/// Whether a word is part of the text of a link to another site.
fn is_link_elsewhere(before: &str, after: &str) -> bool {
    let open = before.rsplit('\n').next().unwrap_or(before);
    let is_open = open.rfind('[') > open.rfind(']') || open.contains('[') && !open.contains(']');
    let end = after.split('\n').next().unwrap_or(after).split_once(']');
    is_open && end.is_some_and(|(_, target)| target.starts_with("(http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, word: &str) -> Range<usize> {
        let start = text.find(word).unwrap();
        start..start + word.len()
    }

    #[test]
    fn sentences_deny_words() {
        for text in [
            "There is no backup of this.",
            "It does not provide any service, so keep a backup yourself.",
            "We don't take a backup yet.",
            "A backup is not configured.",
            "- [ ] set up a backup",
            "TODO: nothing takes care of a backup",
            "We cannot currently\nensure a backup.",
            "The backup was removed.",
        ] {
            assert!(is_denied(text, at(text, "backup")), "{text}");
        }
        for text in [
            "A backup is taken daily.",
            "This does not matter. A backup is taken daily.",
            "There is no cache.\n\nA backup is taken.",
            "- no cache\n- a backup\n",
            "| no | backup |",
            "Not only a backup, but an archive.",
            "Updates without downtime, and a backup.",
            "A backup is taken, and it is not slow.",
            "It was slow before, but a backup is taken.",
        ] {
            assert!(!is_denied(text, at(text, "backup")), "{text}");
        }
    }

    #[test]
    fn words_mean_what_is_near_them() {
        for (item, text, word, expected) in [
            (
                "N5",
                "limits on a per-service level",
                "service level",
                false,
            ),
            ("N5", "our service level objectives", "service level", true),
            (
                "C3",
                "schema validation of the cluster's YAML",
                "schema validation",
                false,
            ),
            (
                "C3",
                "schema validation of the database",
                "schema validation",
                true,
            ),
            (
                "C6",
                "names of the events of replication",
                "replication",
                false,
            ),
            ("C6", "replication to a standby", "replication", true),
            (
                "D5",
                "Cloudflare Access guards the dashboard",
                "Cloudflare",
                false,
            ),
            ("D5", "assets are cached by Cloudflare", "Cloudflare", true),
            (
                "N1",
                "see the [API documentation](https://example.com)",
                "API documentation",
                false,
            ),
            (
                "N1",
                "see the [API documentation](docs/api.md)",
                "API documentation",
                true,
            ),
            ("C7", "a backup", "backup", true),
        ] {
            assert_eq!(means_it(item, text, at(text, word)), expected, "{text}");
        }
    }
}
