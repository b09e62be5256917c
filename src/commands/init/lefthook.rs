//! Adds gonogo to the configuration of lefthook, and leaves every other byte of it as it is.

use super::prek;

/// The hooks, each with the lines of its command.
const HOOKS: [(&str, &[&str]); 3] = [
    ("pre-commit", &["run: gonogo hook"]),
    ("pre-merge-commit", &["run: gonogo hook"]),
    (
        "pre-push",
        &["run: gonogo hook --pre-push {1}", "use_stdin: true"],
    ),
];

/// Returns whether the configuration runs gonogo.
pub(super) fn has_gonogo(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| !line.starts_with('#') && line.contains("gonogo hook"))
}

/// The same hooks in TOML.
const TABLES: &str = "[pre-commit.commands.gonogo]\nrun = \"gonogo hook\"\n\n\
    [pre-merge-commit.commands.gonogo]\nrun = \"gonogo hook\"\n\n\
    [pre-push.commands.gonogo]\nrun = \"gonogo hook --pre-push {1}\"\nuse_stdin = true\n";

/// The same hooks in JSON.
const OBJECTS: &str = r#"{
  "pre-commit": { "commands": { "gonogo": { "run": "gonogo hook" } } },
  "pre-merge-commit": { "commands": { "gonogo": { "run": "gonogo hook" } } },
  "pre-push": { "commands": { "gonogo": { "run": "gonogo hook --pre-push {1}", "use_stdin": true } } }
}
"#;

/// Returns what to add to the file `name` by hand, in its format.
pub(super) fn whole(name: &str) -> String {
    match form(name) {
        Form::Toml => TABLES.to_owned(),
        Form::Json => OBJECTS.to_owned(),
        Form::Yaml => HOOKS.iter().map(|(hook, _)| block(hook)).collect(),
    }
}

/// The format of the configuration.
enum Form {
    Yaml,
    Toml,
    Json,
}

fn form(name: &str) -> Form {
    match name.rsplit('.').next() {
        Some("toml") => Form::Toml,
        Some("json" | "jsonc") => Form::Json,
        _ => Form::Yaml,
    }
}

/// Returns the function that adds gonogo to the file `name`.
pub(super) fn adds_to(name: &str) -> fn(&str) -> Option<String> {
    match form(name) {
        Form::Yaml => add,
        Form::Toml => |text| prek::add(text, TABLES),
        Form::Json => |_| None,
    }
}

/// Returns a hook that runs only gonogo.
fn block(hook: &str) -> String {
    let lines = HOOKS.iter().find(|(name, _)| *name == hook);
    let lines = lines.map_or(&[][..], |(_, lines)| lines);
    let mut block = format!("{hook}:\n  commands:\n    gonogo:\n");
    for line in lines {
        block.push_str(&format!("      {line}\n"));
    }
    block
}

/// Returns the text with gonogo in all three hooks; `None` if one of them is written in a form that cannot be changed
/// here.
fn add(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for (hook, lines) in HOOKS {
        text = add_to(&text, hook, lines)?;
    }
    Some(text)
}

fn add_to(text: &str, hook: &str, command: &[&str]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let bare = |line: &str| -> String {
        let line = line.trim_end();
        line.split(" #")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    };
    let key = format!("{hook}:");
    let Some(at) = lines.iter().position(|line| bare(line) == key) else {
        // Quoted, or with its content on the same line: it cannot be added to.
        let is_elsewhere = lines.iter().any(|line| {
            let name = line.trim_start_matches(['"', '\'']);
            name.starts_with(hook) && !line.starts_with(' ')
        });
        if is_elsewhere {
            return None;
        }
        let gap = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return Some(format!("{text}{gap}{}", block(hook)));
    };
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let inside = |&(_, line): &(usize, &&str)| is_blank(line) || indent(line) > 0;
    let mut below = lines.iter().enumerate().skip(at + 1).take_while(inside);
    let (list, first) = below.find(|(_, line)| {
        let name = bare(line);
        matches!(name.trim_start(), "commands:" | "jobs:")
    })?;
    let is_jobs = bare(first).trim_start() == "jobs:";
    let outer = indent(first);
    let (_, item) = lines
        .iter()
        .enumerate()
        .skip(list + 1)
        .find(|(_, line)| !is_blank(line))?;
    let column = indent(item);
    let is_item = item[column..].starts_with("- ") == is_jobs;
    if !is_item || column < outer || !is_jobs && column == outer {
        return None;
    }
    let margin = " ".repeat(column);
    let step = if is_jobs { 2 } else { column - outer };
    let inner = " ".repeat(column + step);
    let mut added = if is_jobs {
        format!("{margin}- name: gonogo\n")
    } else {
        format!("{margin}gonogo:\n")
    };
    for line in command {
        added.push_str(&format!("{inner}{line}\n"));
    }
    let mut result = lines[..=list].concat();
    result.push_str(&added);
    result.push_str(&lines[list + 1..].concat());
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_jobs_get_one_more_in_the_indentation_of_the_others() {
        let text = "pre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: npx eslint\npre-push:\n  jobs:\n    - run: npm test\n";
        let text = add(text).unwrap();
        assert!(
            text.starts_with("pre-commit:\n  parallel: true\n  commands:\n    gonogo:\n      run: gonogo hook\n    lint:\n"),
            "{text}"
        );
        assert!(
            text.contains("pre-push:\n  jobs:\n    - name: gonogo\n      run: gonogo hook --pre-push {1}\n      use_stdin: true\n    - run: npm test\n"),
            "{text}"
        );
        assert!(
            text.ends_with("pre-merge-commit:\n  commands:\n    gonogo:\n      run: gonogo hook\n"),
            "{text}"
        );
        assert!(has_gonogo(&text) && has_gonogo(&whole("lefthook.yml")));
    }

    #[test]
    fn json_is_shown_the_same_hooks_in_json() {
        let shown: serde_json::Value = serde_json::from_str(&whole("lefthook.json")).unwrap();
        let hooks = shown.as_object().unwrap();
        assert_eq!(hooks.len(), HOOKS.len());
        for (hook, lines) in HOOKS {
            let gonogo = &hooks[hook]["commands"]["gonogo"];
            let run = gonogo["run"].as_str().unwrap();
            assert!(lines.iter().any(|line| line.ends_with(run)), "{hook}");
            let is_fed = lines.contains(&"use_stdin: true");
            assert_eq!(gonogo["use_stdin"].as_bool(), is_fed.then_some(true));
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_alone() {
        for text in [
            "pre-commit: {commands: {a: {run: x}}}\n",
            "\"pre-commit\":\n  commands:\n    a:\n      run: x\n",
            "pre-commit:\n  scripts:\n    a.sh:\n      runner: sh\n",
            "pre-commit:\n  commands: {}\n",
        ] {
            assert_eq!(add(text), None, "{text}");
        }
    }
}
