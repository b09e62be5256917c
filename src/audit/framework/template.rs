//! Recognises templates, which a program fills in before they are configuration.
//!
//! The evidence is the path, or a statement of a template language where no other language could have one. Braces
//! somewhere in the text prove nothing: every workflow has them.

use crate::audit::Project;

/// File extensions of templates.
const ENDINGS: &[&str] = &[
    ".j2",
    ".jinja",
    ".jinja2",
    ".tpl",
    ".tmpl",
    ".erb",
    ".mustache",
    ".hbs",
    ".ctmpl",
    ".gotmpl",
];

/// The openings of statements in Helm, Go, Jinja, ERB and Mustache.
const MARKS: &[&str] = &["{{", "{%", "<%"];

/// Returns whether the path of a file says that it is a template: by its extension, by a name with a placeholder, or as
/// a template of a chart or role.
pub(in crate::audit) fn is_placed(path: &str, project: &Project<'_>) -> bool {
    let lower = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || MARKS.iter().any(|mark| path.contains(mark))
        || is_below_templates(path, project)
}

/// Whether a directory `templates` above the file belongs to a chart or a role.
fn is_below_templates(path: &str, project: &Project<'_>) -> bool {
    let mut above = path;
    while let Some((folder, _)) = above.rsplit_once('/') {
        let owner = match folder.strip_suffix("templates") {
            Some(owner) if owner.is_empty() || owner.ends_with('/') => Some(owner),
            _ => None,
        };
        if let Some(owner) = owner {
            let has = |name: &str| project.read(&format!("{owner}{name}")).is_some();
            let parent = owner.trim_end_matches('/').rsplit_once('/');
            let is_role = parent
                .is_some_and(|(roles, _)| roles == "roles" || roles.ends_with("/roles"))
                || owner.starts_with("roles/") && owner.matches('/').count() == 2;
            if is_role || has("Chart.yaml") || has("tasks/main.yml") || has("tasks/main.yaml") {
                return true;
            }
        }
        above = folder;
    }
    false
}

/// Whether YAML has a statement of a template language: at the start of a line, or as a whole value.
fn has_statement(text: &str) -> bool {
    text.lines().any(|line| is_statement(line.trim_start()))
}

fn is_statement(line: &str) -> bool {
    if line.starts_with('#') {
        return false;
    }
    let begins = |text: &str| MARKS.iter().any(|mark| text.starts_with(mark));
    let line = line.trim_start_matches("- ");
    let value = line
        .split_once(": ")
        .map_or("", |(_, value)| value.trim_start());
    begins(line) || begins(value)
}

/// Returns YAML with its template statements replaced by filler of the same length; `None` if it has none. If the
/// result parses, the statements were the only problem.
pub(crate) fn without_statements(text: &str) -> Option<String> {
    if !has_statement(text) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let filler = if is_all_statements(line) { ' ' } else { 'x' };
        let mut rest = line;
        while let Some((before, statement, behind)) = first_statement(rest) {
            plain.push_str(before);
            plain.extend(std::iter::repeat_n(filler, statement.len()));
            rest = behind;
        }
        plain.push_str(rest);
    }
    Some(plain)
}

fn is_all_statements(line: &str) -> bool {
    let mut rest = line;
    while let Some((before, _, behind)) = first_statement(rest) {
        if !before.trim().is_empty() {
            return false;
        }
        rest = behind;
    }
    rest.trim().is_empty()
}

/// The first statement of a line, with the text before and after it.
fn first_statement(line: &str) -> Option<(&str, &str, &str)> {
    let at = MARKS.iter().filter_map(|mark| line.find(mark)).min()?;
    let closes = match &line[at..at + 2] {
        "{{" => "}}",
        "{%" => "%}",
        _ => "%>",
    };
    let end = at + line[at..].find(closes)? + closes.len();
    Some((&line[..at], &line[at..end], &line[end..]))
}

/// Returns whether `text` contains an opening of a template language outside comments, for formats that never use one
/// themselves.
pub(in crate::audit) fn has_mark(text: &str, comments: &[char]) -> bool {
    let lines = text.lines().map(str::trim_start);
    let mut own = lines.filter(|line| !line.starts_with(comments));
    own.any(|line| MARKS.iter().any(|mark| line.contains(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_braces() {
        let check = |text: &str, expected: bool| {
            assert_eq!(has_statement(text), expected, "{text}");
        };
        check("{{- if .Values.on }}\na: 1\n", true);
        check("a: {{ .Values.a }}\n", true);
        check("  - {{ item }}\n", true);
        check("{% for a in b %}\n", true);
        check("a: ${{ secrets.A }}\n", false);
        check("# see {{ docs }}\na: 1\n", false);
        check("a: \"{{ .Values.a }}\"\n", false);
        check("x-a: [[[[1]]]]\n", false);
    }

    #[test]
    fn statements_are_taken_out_in_place() {
        let text = "{{- if a }}\na: {{ b }}\n{% end %}\n";
        let plain = without_statements(text);
        assert_eq!(
            plain.as_deref(),
            Some("           \na: xxxxxxx\n         \n")
        );
        assert_eq!(without_statements("a: ${{ b }}\n"), None);
    }

    #[test]
    fn marks_in_comments_say_nothing() {
        assert!(has_mark("requirepass {{ password }}\n", &['#']));
        assert!(!has_mark("# {{ password }}\nappendonly yes\n", &['#']));
    }
}
