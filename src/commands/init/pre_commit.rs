//! Adds a hook to the configuration of pre-commit, and leaves every other byte of it as it is.

use super::home::Home;

/// Returns the entry, with each line indented by `indent`. Without a repository to fetch gonogo from, it runs the
/// installed program.
pub(super) fn entry(home: Option<&Home>, indent: &str) -> String {
    let lines: Vec<String> = match home {
        Some(home) => vec![
            format!("- repo: {}", home.url),
            format!("  rev: {}", home.rev),
            "  hooks:".to_owned(),
            "    - id: gonogo".to_owned(),
        ],
        None => [
            "- repo: local",
            "  hooks:",
            "    - id: gonogo",
            "      name: gonogo",
            "      entry: gonogo hook",
            "      language: system",
            "      pass_filenames: false",
            "      always_run: true",
            "      require_serial: true",
            "      stages: [pre-commit, pre-merge-commit, pre-push, manual]",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let mut text = String::new();
    for line in lines {
        text.push_str(&format!("{indent}{line}\n"));
    }
    text
}

/// Returns whether one of the hooks is gonogo's.
pub(super) fn has_gonogo(text: &str) -> bool {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with('#'))
        .any(|line| {
            let id = line.split_once("id:").map(|(_, id)| id.trim_start());
            id.is_some_and(|id| id.trim_matches(['"', '\'']).starts_with("gonogo"))
                || line.contains("gonogo hook")
        })
}

/// Returns the text with the entry at the end of the list `repos`; `None` if that list is not written line by line.
pub(super) fn add(text: &str, entry: &dyn Fn(&str) -> String) -> Option<String> {
    let mut at = 0;
    let mut lines: Vec<(usize, &str)> = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push((at, line));
        at += line.len();
    }
    // An empty list is rewritten.
    let is_empty = |line: &str| line.split(" #").next().map(str::trim_end) == Some("repos: []");
    if let Some((start, line)) = lines.iter().find(|(_, line)| is_empty(line)) {
        let line_end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
        let head = line.trim_end().replacen(" []", "", 1);
        let added = entry("").replace('\n', line_end);
        let rest = &text[start + line.len()..];
        return Some(format!("{}{head}{line_end}{added}{rest}", &text[..*start]));
    }
    let is_key =
        |line: &str| line.trim_end().split(" #").next().map(str::trim_end) == Some("repos:");
    let mut keys = lines
        .iter()
        .enumerate()
        .filter(|(_, (_, line))| is_key(line));
    let (key, _) = keys.next()?;
    if keys.next().is_some() {
        return None;
    }
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let after = || lines.iter().skip(key + 1);
    let (_, first) = after().find(|(_, line)| !is_blank(line))?;
    let indent = &first[..first.len() - first.trim_start_matches(' ').len()];
    if !first[indent.len()..].starts_with("- ") {
        return None;
    }
    let is_item = |line: &str| {
        line.strip_prefix(indent)
            .is_some_and(|rest| rest.starts_with("- ") || rest.starts_with(' '))
    };
    // The list ends with its last line that is not blank.
    let inside = after().take_while(|(_, line)| is_blank(line) || is_item(line));
    let (start, last) = inside.filter(|(_, line)| !is_blank(line)).last()?;
    let is_crlf = text.contains("\r\n");
    let mut added = entry(indent);
    if is_crlf {
        added = added.replace('\n', "\r\n");
    }
    let end = start + last.len();
    let line_end = match (last.ends_with('\n'), is_crlf) {
        (true, _) => "",
        (false, true) => "\r\n",
        (false, false) => "\n",
    };
    Some(format!("{}{line_end}{added}{}", &text[..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, expected: Option<&str>) {
        let entry = |indent: &str| format!("{indent}- repo: new\n{indent}  hooks: []\n");
        assert_eq!(add(before, &entry).as_deref(), expected, "{before}");
    }

    #[test]
    fn the_entry_comes_behind_the_last_one() {
        check(
            "# top\nrepos:\n  - repo: a\n    hooks:\n      - id: x # why\n\n# end\n",
            Some(
                "# top\nrepos:\n  - repo: a\n    hooks:\n      - id: x # why\n  - repo: new\n    hooks: []\n\n# end\n",
            ),
        );
        check(
            "repos: # all\n- repo: a\n  hooks: []\n\n- repo: b\n  hooks: []\nci:\n  skip: [x]\n",
            Some(
                "repos: # all\n- repo: a\n  hooks: []\n\n- repo: b\n  hooks: []\n- repo: new\n  hooks: []\nci:\n  skip: [x]\n",
            ),
        );
        check(
            "repos: [] # none yet\nfail_fast: true\n",
            Some("repos: # none yet\n- repo: new\n  hooks: []\nfail_fast: true\n"),
        );
        check(
            "repos:\n- repo: a",
            Some("repos:\n- repo: a\n- repo: new\n  hooks: []\n"),
        );
        check(
            "repos:\r\n  - repo: a\r\n",
            Some("repos:\r\n  - repo: a\r\n  - repo: new\r\n    hooks: []\r\n"),
        );
    }

    #[test]
    fn what_is_written_otherwise_is_left_alone() {
        for text in [
            "",
            "repos:\n",
            "repos: [{repo: a}]\n",
            "repos:\n  a: b\n",
            "a: b\n",
            "repos:\n- a: b\nrepos:\n- a: b\n",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_hook_of_gonogos_is_recognised() {
        assert!(has_gonogo("  - id: gonogo\n") && has_gonogo("hooks: [{ id: gonogo-wheel }]\n"));
        assert!(has_gonogo("    entry: gonogo hook\n"));
        assert!(!has_gonogo(
            "# - id: gonogo\n- id: other\n- repo: x/gonogo-notes\n"
        ));
    }
}
