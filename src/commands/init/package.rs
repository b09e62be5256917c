//! Adds gonogo to the simple-git-hooks section of `package.json`, and leaves every other byte as it is.

use serde_json::Value;

/// The hooks and what they run.
const HOOKS: [(&str, &str); 3] = [
    ("pre-commit", "gonogo hook"),
    ("pre-merge-commit", "gonogo hook"),
    ("pre-push", "gonogo hook --pre-push"),
];

/// Returns whether one of the hooks runs gonogo.
pub(super) fn has_gonogo(text: &str) -> bool {
    let package: Value = serde_json::from_str(text).unwrap_or_default();
    let hooks = package.get("simple-git-hooks").and_then(Value::as_object);
    hooks.is_some_and(|hooks| {
        let mut commands = hooks.values().filter_map(Value::as_str);
        commands.any(|command| command.contains("gonogo"))
    })
}

/// Returns the text with gonogo in all three hooks, before any existing command, so that gonogo's exit code counts.
/// `None` if that cannot be done with certainty.
pub(super) fn add(text: &str) -> Option<String> {
    let before: Value = serde_json::from_str(text).ok()?;
    let hooks = before.get("simple-git-hooks")?.as_object()?;
    let mut expected = before.clone();
    let mut result = text.to_owned();
    for (name, command) in HOOKS.iter().rev() {
        let (start, end) = object(&result)?;
        let known = hooks.get(*name).map(|it| it.as_str().unwrap_or_default());
        let wanted = match known {
            None => (*command).to_owned(),
            Some("") => return None,
            Some(known) => format!("{command} && {known}"),
        };
        expected["simple-git-hooks"][*name] = Value::String(wanted);
        if known.is_some() {
            let key = format!("\"{name}\"");
            let at = start + result[start..end].find(&key)? + key.len();
            let value = at + result[at..end].find('"')? + 1;
            result.insert_str(value, &format!("{command} && "));
        } else {
            let inside = &result[start + 1..end];
            let blanks = &inside[..inside.len() - inside.trim_start().len()];
            let comma = if hooks.is_empty() && inside.trim().is_empty() {
                ""
            } else {
                ","
            };
            let added = format!("{blanks}\"{name}\": \"{command}\"{comma}");
            result.insert_str(start + 1, &added);
        }
    }
    let after: Value = serde_json::from_str(&result).ok()?;
    (after == expected).then_some(result)
}

/// Returns where the object of the hooks begins and ends: from its brace to the next closing one, since it holds only
/// strings.
fn object(text: &str) -> Option<(usize, usize)> {
    let key = "\"simple-git-hooks\"";
    let mut found = text.match_indices(key).map(|(at, _)| at + key.len());
    // A package of that name may be among the dependencies.
    let start = found.find_map(|at| {
        let rest = text[at..].trim_start().strip_prefix(':')?.trim_start();
        rest.starts_with('{').then(|| text.len() - rest.len())
    })?;
    let end = start + text[start..].find('}')?;
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gonogo_comes_before_what_runs_there() {
        let text = "{\n  \"name\": \"a\",\n  \"devDependencies\": {\"simple-git-hooks\": \"^2\"},\n  \"simple-git-hooks\": {\n    \"pre-commit\": \"npx lint-staged\"\n  }\n}\n";
        let text = add(text).unwrap();
        assert!(
            text.contains("    \"pre-commit\": \"gonogo hook && npx lint-staged\"\n  }\n}\n"),
            "{text}"
        );
        assert!(
            text.contains("    \"pre-push\": \"gonogo hook --pre-push\",\n"),
            "{text}"
        );
        assert!(has_gonogo(&text));
    }

    #[test]
    fn what_is_no_such_object_is_left_alone() {
        for text in [
            "",
            "{}",
            "{\"simple-git-hooks\": \"x\"}",
            "{\"simple-git-hooks\": {\"pre-commit\": 1}}",
        ] {
            assert_eq!(add(text), None, "{text}");
            assert!(!has_gonogo(text));
        }
    }
}
