//! Adds gonogo to the hooks that husky runs.

/// The hooks, in the order they are written.
pub(super) const HOOKS: [&str; 3] = [".husky/pre-commit", ".husky/pre-merge-commit", PUSH];

const PUSH: &str = ".husky/pre-push";

/// Returns the hook `name` with gonogo added; `None` if it has gonogo already. `before` is its current text, `other`
/// the text of another hook, whose first lines husky 8 needs in each hook.
///
/// Before a commit gonogo runs last, since formatters may stage what they changed; before a push it runs first, since
/// it reads the refs from standard input.
pub(super) fn with_gonogo(name: &str, before: Option<&str>, other: Option<&str>) -> Option<String> {
    if before.is_some_and(|text| text.contains("gonogo")) {
        return None;
    }
    let is_push = name == PUSH;
    let (command, what) = if is_push {
        ("gonogo hook --pre-push \"$1\"", "push")
    } else {
        ("gonogo hook", "commit")
    };
    let lines = format!(
        "if command -v gonogo >/dev/null 2>&1; then\n  {command} || exit 1\nelse\n  \
         echo 'gonogo is not installed: this {what} was not scanned' >&2\nfi\n"
    );
    let before = before.map_or_else(|| head(other.unwrap_or_default()), str::to_owned);
    let is_crlf = before.contains("\r\n");
    let lines = if is_crlf {
        lines.replace('\n', "\r\n")
    } else {
        lines
    };
    if is_push {
        let head = head(&before);
        return Some(format!("{head}{lines}{}", &before[head.len()..]));
    }
    let line_end = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Some(format!("{before}{line_end}{lines}"))
}

/// Returns the lines at the beginning of a hook that name the shell and load husky.
fn head(text: &str) -> String {
    let is_head = |line: &&str| {
        let bare = line.trim();
        bare.starts_with("#!") || bare.starts_with(". ") && bare.contains("husky.sh")
    };
    text.split_inclusive('\n').take_while(is_head).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n";

    #[test]
    fn gonogo_comes_after_what_changes_files_and_before_what_may_read_the_refs() {
        let hook = with_gonogo(HOOKS[0], Some("npx lint-staged"), None).unwrap();
        assert!(hook.starts_with("npx lint-staged\nif command"), "{hook}");
        assert!(hook.contains("  gonogo hook || exit 1\n"), "{hook}");
        let before = format!("{HEAD}npm test\n");
        let hook = with_gonogo(PUSH, Some(&before), None).unwrap();
        assert!(
            hook.starts_with(&format!("{HEAD}if command")) && hook.ends_with("fi\nnpm test\n"),
            "{hook}"
        );
        assert_eq!(with_gonogo(PUSH, Some(&hook), None), None);
    }

    #[test]
    fn a_new_hook_begins_as_the_others_do() {
        let other = format!("{HEAD}npm test\n");
        let hook = with_gonogo(HOOKS[1], None, Some(&other)).unwrap();
        assert!(hook.starts_with(&format!("{HEAD}if command")), "{hook}");
        let hook = with_gonogo(HOOKS[1], None, Some("npm test\n")).unwrap();
        assert!(hook.starts_with("if command"), "{hook}");
    }
}
