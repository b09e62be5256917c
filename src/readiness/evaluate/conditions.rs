//! Evaluates the conditions in chart templates, as far as the values of the chart decide them.

use rustc_hash::FxHashSet;

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{folder, name};

/// Whether the values of the chart leave out this part of a template: a condition around it tests a value that is
/// switched off or that no values file sets.
pub(super) fn is_off(view: &View<'_>, file: usize, value: Value<'_>) -> bool {
    let read = &view.corpus.files[file];
    let Some((chart, _)) = read.path.split_once("/templates/") else {
        return false;
    };
    let own = view.values.iter().filter(|it| {
        let values = &view.corpus.files[it.file];
        let at = folder(&values.path);
        values.repository == read.repository && (at == chart || folder(chart) == at)
    });
    let own: Vec<Value<'_>> = own.map(|it| it.value).collect();
    if own.is_empty() {
        return false;
    }
    let conditions = around(&read.text, value.span().start);
    conditions
        .iter()
        .any(|it| holds(it, &own) == Some(false) && !is_on_elsewhere(view, it))
}

/// Whether a values file outside of charts switches on what a condition tests. Values are compared by their last two
/// keys.
fn is_on_elsewhere(view: &View<'_>, condition: &str) -> bool {
    let on = view.switched_on.get_or_init(|| switched_on(view));
    let paths = condition.split([' ', '(', ')']);
    let mut paths = paths.filter_map(|it| it.strip_prefix(".Values."));
    !on.is_empty() && paths.all(|path| on.contains(&last_keys(path)))
}

/// Returns the last two keys of a path.
fn last_keys(path: &str) -> String {
    let mut keys = path.rsplit('.');
    let last = keys.next().unwrap_or_default();
    keys.next()
        .map_or_else(|| last.to_owned(), |above| format!("{above}.{last}"))
}

/// How deep nested values are searched.
const MAX_DEPTH: usize = 12;

/// Returns the last key, and the last two, of each value that is switched on in values files outside of charts.
fn switched_on(view: &View<'_>) -> FxHashSet<String> {
    let beside: FxHashSet<usize> = view.values.iter().map(|it| it.file).collect();
    let files = view.shipped(Kind::Yaml);
    let files =
        files.filter(|(file, read)| !beside.contains(file) && name(&read.path).contains("values"));
    let mut on = FxHashSet::default();
    for (file, _) in files {
        let mut open: Vec<(String, Value<'_>, usize)> = Vec::new();
        open.extend(view.corpus.documents(file).map(|it| (String::new(), it, 0)));
        while let Some((above, value, depth)) = open.pop() {
            for entry in value.entries().filter(|_| depth < MAX_DEPTH) {
                let own = entry.key.text().unwrap_or_default();
                if is_true(entry.value) {
                    on.insert(own.to_owned());
                    on.insert(format!("{above}.{own}"));
                }
                open.push((own.to_owned(), entry.value, depth + 1));
            }
        }
    }
    on
}

/// Whether templates treat a value as true.
fn is_true(value: Value<'_>) -> bool {
    match value.text() {
        Some(text) => !["false", "", "null", "~", "0"].contains(&text),
        None => value.size() > 0,
    }
}

/// Returns the conditions that enclose a byte of a template.
fn around(text: &str, at: usize) -> Vec<&str> {
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find("{{").map(|it| rest + it) {
        if start > at {
            break;
        }
        let Some(end) = text[start..].find("}}").map(|it| start + it) else {
            break;
        };
        let inner = text[start + 2..end].trim_matches('-').trim();
        let (word, condition) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        match word {
            "if" => open.push(Some(condition.trim())),
            "with" | "range" | "define" | "block" => open.push(None),
            // What holds in the other branch is not known.
            "else" => {
                open.pop();
                open.push(None);
            }
            "end" => {
                open.pop();
            }
            _ => {}
        }
        rest = end + 2;
    }
    open.into_iter().flatten().collect()
}

/// Returns whether a condition holds; `None` if the values alone do not decide it.
fn holds(condition: &str, values: &[Value<'_>]) -> Option<bool> {
    let condition = condition.trim();
    let inner = condition
        .strip_prefix('(')
        .and_then(|it| it.strip_suffix(')'));
    if let Some(inner) = inner.filter(|it| !it.contains(['(', ')'])) {
        return holds(inner, values);
    }
    if let Some(parts) = condition
        .strip_prefix("and ")
        .filter(|it| !it.contains(['(', '|']))
    {
        let mut parts = parts.split_whitespace().map(|it| holds(it, values));
        return parts.any(|it| it == Some(false)).then_some(false);
    }
    let path = condition.strip_prefix(".Values.")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    if !path.chars().all(is_plain) || path.starts_with("global.") {
        return None;
    }
    let given = values
        .iter()
        .filter_map(|it| super::super::read::get(*it, path));
    let given: Vec<_> = given.collect();
    if given.is_empty() && values.iter().all(|it| it.size() == 0) {
        return None;
    }
    Some(given.into_iter().any(is_true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::yaml;

    #[test]
    fn values_decide_conditions() {
        let tree =
            yaml::parse("www:\n  ingress: {enabled: false, hosts: [a]}\n  on: true\n  empty: {}\n")
                .unwrap();
        let values: Vec<_> = tree.documents().collect();
        for (condition, expected) in [
            (".Values.www.ingress.enabled", Some(false)),
            (".Values.www.ingress.tls", Some(false)),
            (".Values.www.ingress.hosts", Some(true)),
            (".Values.www.on", Some(true)),
            (".Values.www.empty", Some(false)),
            (
                "and .Values.www.on .Values.www.ingress.enabled",
                Some(false),
            ),
            ("and .Values.www.on .Release.IsInstall", None),
            (".Values.global.tls", None),
            ("eq .Values.www.on true", None),
        ] {
            assert_eq!(holds(condition, &values), expected, "{condition}");
        }
    }

    #[test]
    fn conditions_are_around_what_they_hold_for() {
        let text = "{{- if .Values.a }}\nx\n{{- else }}\ny\n{{- end }}\n{{ if .Values.b }}{{ range .Values.c }}\nz\n";
        let at = |word: &str| around(text, text.find(word).unwrap());
        assert_eq!(at("\nx"), [".Values.a"]);
        assert!(at("\ny").is_empty());
        assert_eq!(at("\nz"), [".Values.b"]);
    }
}
