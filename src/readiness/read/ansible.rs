//! Ansible tasks, and the arguments of their modules.

use super::Corpus;
use super::compose::joined;
use crate::audit::yaml::Value;

/// Returns the tasks of a file, including those of its plays and blocks.
pub(super) fn tasks(corpus: &Corpus, file: usize) -> Vec<Value<'_>> {
    let mut open: Vec<_> = corpus.documents(file).flat_map(Value::items).collect();
    let mut all = Vec::new();
    while let Some(task) = open.pop() {
        all.push(task);
        let lists = TASKS.iter().filter_map(|key| task.get(key));
        open.extend(lists.flat_map(Value::items));
    }
    all
}

/// The keys under which plays and blocks have their tasks.
const TASKS: [&str; 7] = [
    "tasks",
    "pre_tasks",
    "post_tasks",
    "handlers",
    "block",
    "rescue",
    "always",
];

/// Returns an argument of an Ansible module, from an entry below it or from its one-line form:
/// `cron: name="backup" hour=6`.
pub(super) fn argument(module: Value<'_>, key: &str) -> Option<String> {
    match module.text() {
        Some(line) => arguments(line)
            .into_iter()
            .find_map(|(name, value)| (name == key).then_some(value)),
        None => module.get(key).map(joined),
    }
}

/// Splits arguments written in one line; a quoted value may contain spaces.
fn arguments(line: &str) -> Vec<(&str, String)> {
    let mut all = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut quote = None;
        let mut is_escaped = false;
        let end = rest.find(|c: char| {
            let was_escaped = std::mem::take(&mut is_escaped);
            match (quote, c) {
                _ if was_escaped => {}
                (Some(_), '\\') => is_escaped = true,
                (Some(open), _) if open == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, _) => return c.is_whitespace(),
                _ => {}
            }
            false
        });
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if let Some((name, value)) = word.split_once('=') {
            let inner = ['"', '\''].iter().find_map(|it| {
                let inner = value.strip_prefix(*it)?.strip_suffix(*it)?;
                Some(inner.replace(&format!("\\{it}"), &it.to_string()))
            });
            all.push((name, inner.unwrap_or_else(|| value.to_owned())));
        }
        rest = behind.trim_start();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_one_line_are_split() {
        let line = r#"name="the backup" hour=6  job='cd /srv && A=1 ./run "x y"' state="""#;
        let expected = [
            ("name", "the backup"),
            ("hour", "6"),
            ("job", r#"cd /srv && A=1 ./run "x y""#),
            ("state", ""),
        ];
        let found = arguments(line);
        let found: Vec<_> = found
            .iter()
            .map(|(name, it)| (*name, it.as_str()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(arguments("a=\"b\\\"c\" d"), [("a", "b\"c".to_owned())]);
        assert_eq!(arguments("x=\"open end"), [("x", "\"open end".to_owned())]);
        assert!(arguments("").is_empty());
    }
}
