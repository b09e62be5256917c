//! Finds every secret in a Compose file, so that no excerpt shows one that happens to be near a finding.
//!
//! Broader than any check: masking a harmless word is better than printing a password that no check reports.

use rustc_hash::FxHashMap;

use crate::audit::yaml::{Span, Tree, Value};
use crate::lexicon::name;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;

use super::credential::password_in;
use super::service::content;

/// Returns the bytes of `text` that no excerpt may show.
pub(super) fn secrets(text: &str, tree: &Tree) -> Vec<Span> {
    let mut secrets = Vec::new();
    let mut names = Names::default();
    for node in tree.nodes() {
        for entry in node.entries().chain(node.shadowed()) {
            let key = entry.key.text();
            if key.is_some_and(|key| key == "NEO4J_AUTH" || names.is_credential(key)) {
                push(&mut secrets, text, content(entry.value, text), entry.value);
            }
        }
        if node.text().is_some() {
            in_scalar(&mut secrets, &mut names, text, content(node, text));
        }
    }
    secrets
}

/// Caches which words of a file are names of credentials, since services and commands repeat them.
#[derive(Default)]
pub(in crate::audit) struct Names<'t>(FxHashMap<&'t str, bool>);

impl<'t> Names<'t> {
    fn is_credential(&mut self, word: &'t str) -> bool {
        let known = self.0.entry(word);
        *known.or_insert_with(|| name::classify(word).is_some())
    }
}

fn push(secrets: &mut Vec<Span>, text: &str, span: Span, value: Value) {
    let is_literal = value
        .text()
        .is_some_and(|value| !value.is_empty() && !is_reference(value) && !says_what_it_is(value));
    if is_literal && text.get(span.clone()).is_some() {
        secrets.push(span);
    }
}

/// Passwords of addresses, `NAME=value`, and flags with their values: `--requirepass x`, `-px`.
pub(in crate::audit) fn in_scalar<'t>(
    secrets: &mut Vec<Span>,
    names: &mut Names<'t>,
    text: &'t str,
    span: Span,
) {
    let written = &text[span.clone()];
    // A single word without a separator between name and value: most keys and many values.
    let is_bare = |byte: u8| !matches!(byte, b':' | b'=') && !byte.is_ascii_whitespace();
    if written.bytes().all(is_bare) && !written.starts_with("-p") {
        return;
    }
    let (mut names_next, mut names_pair) = (false, false);
    let mut words = written.split_ascii_whitespace().peekable();
    while let Some(word) = words.next() {
        let start = span.start + offset_in(written, word);
        let mut add = |secret: &str| {
            if !secret.is_empty() && !is_reference(secret) && !says_what_it_is(secret) {
                let at = start + offset_in(word, secret);
                secrets.push(at..at + secret.len());
            }
        };
        if let Some(password) = password_in(word) {
            add(password);
        }
        // `admin:$apr1$…` in a list of users, and `user:password` after a flag.
        if let Some((_, rest)) = word.split_once(':')
            && (is_hash(rest) || names_pair)
        {
            add(rest);
        }
        let is_value = names_next;
        names_pair = matches!(word, "-u" | "--user");
        let bare = word.trim_matches(['"', '\'']).trim_start_matches('-');
        match bare.split_once(['=', ':']) {
            Some((left, right)) if names.is_credential(left) => add(right),
            _ if names_next => add(word),
            _ => {}
        }
        if let Some(attached) = word.strip_prefix("-p").filter(|rest| rest.len() > 2)
            // `docker run -p8080:80`
            && attached.bytes().any(|byte| !byte.is_ascii_digit() && byte != b':')
        {
            add(attached);
        }
        // A flag may follow a value: `--requirepass ${REDIS_AUTH:-x} --maxmemory-policy noeviction`.
        names_next =
            !is_value && words.peek().is_some() && !bare.contains('=') && names.is_credential(bare);
    }
}

/// Whether it is written like a password hash: `$apr1$…`, or `$$2y$$…` with escaped dollars. `${TAG}` is not.
fn is_hash(text: &str) -> bool {
    let inner = text.trim_start_matches('$');
    inner.len() < text.len() && !inner.starts_with('{') && inner.contains('$')
}

/// The offset of `part`, a slice of `whole`.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::yaml;

    fn check(text: &str, expected: &[&str]) {
        let tree = yaml::parse(text).unwrap();
        let mut found: Vec<_> = secrets(text, &tree)
            .into_iter()
            .map(|span| &text[span])
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn secrets_of_every_writing_are_masked() {
        check("DB_PASSWORD: 'hunter2'", &["hunter2"]);
        check("[DB_PASSWORD=hunter2, A=b]", &["hunter2"]);
        check(
            "a: redis-server --requirepass hunter2 --port 1",
            &["hunter2"],
        );
        check("a: mysqladmin ping -phunter2", &["hunter2"]);
        check("a: postgres://u:hunter2@db/x", &["hunter2"]);
        check("a: PGPASSWORD=hunter2 psql", &["hunter2"]);
        check("a: http -u app:hunter2 http://b", &["hunter2"]);
        check("a.users: app:$$apr1$$x$$y", &["$$apr1$$x$$y"]);
        check("DB_PASSWORD: ${X}", &[]);
        check("image: ${NAME}:${VERSION}-checkout", &[]);
        check("image: postgres:${POSTGRES_VERSION:-17}", &[]);
        check(
            "command: >\n  --requirepass ${REDIS_AUTH}\n  --maxmemory-policy noeviction\n",
            &[],
        );
        check("image: postgres:16", &[]);
    }
}
