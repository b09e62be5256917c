//! Whether a value is the default that a program uses when nothing else is configured.

use std::fs;
use std::path::Path;

use crate::model::Region;

/// The most lines that a call that reads a variable may span before its second argument.
const MOST_LINES: usize = 4;

/// Larger files are not written by hand.
const MAX_BYTES: u64 = 1 << 20;

/// Calls that read a variable, with its default as a further argument or after an operator.
const READS: &[&str] = &[
    "getenv(",
    "getenv_docker(",
    "get_env(",
    "environ.get(",
    "ENV.fetch(",
    "ENV[",
    "env(",
    "env.str(",
    "env.get(",
    "config(",
    "process.env",
    "import.meta.env",
    "env::var(",
    "GetEnvironmentVariable(",
    "Getenv(",
    "getEnv(",
    "getOrDefault(",
    "GetString(",
    "${",
];

/// What separates a variable from its default.
const INSTEAD: &[&str] = &[",", "||", "??", " or ", ":-", ":=", "?:", ") {", ":"];

/// Returns the variable that `region` is the default of: a call that reads it starts before the region and has not
/// ended. The name is empty if it is not written there.
pub(super) fn variable(lines: &[String], region: &Region) -> Option<String> {
    let number = usize::try_from(region.start.line).ok()?;
    let (line, above) = lines.get(..number)?.split_last()?;
    let column = usize::try_from(region.start.column).unwrap_or(1);
    let own: String = line.chars().take(column.saturating_sub(1)).collect();
    if let Some(name) = reads(&own) {
        return Some(name.to_owned());
    }
    let is_argument = own.trim().trim_matches(['"', '\'']).is_empty();
    let above = &above[above.len().saturating_sub(MOST_LINES)..];
    let mut counts = (1..=above.len()).filter(|_| is_argument);
    counts.find_map(|count| {
        let mut before = above[above.len() - count..].join(" ");
        before.push_str(&own);
        reads(&before).map(str::to_owned)
    })
}

/// Returns the variable that is read in `before`, if its default is to follow.
fn reads(before: &str) -> Option<&str> {
    let last = READS.iter().filter_map(|call| {
        let at = before.rfind(call)?;
        Some((at + call.len(), std::cmp::Reverse(at)))
    });
    let (end, std::cmp::Reverse(start)) = last.max()?;
    // As part of a longer name it is a different call.
    let is_part = before[..start]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
        && before[start..].starts_with(char::is_alphabetic);
    let rest = &before[end..];
    let opened = 1 + rest.matches(['(', '{', '[']).count();
    let closed = rest.matches([')', '}', ']']).count();
    let is_operator = ["||", "??", " or ", "?:"]
        .iter()
        .any(|it| rest.contains(it));
    let is_read = !is_part
        && INSTEAD.iter().any(|it| rest.contains(it))
        && (closed < opened || is_operator)
        && !rest.contains(';');
    let name = rest.trim_start_matches(|c: char| c.is_whitespace() || ".[\"'".contains(c));
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    is_read.then(|| &name[..end.unwrap_or(name.len())])
}

/// Whether production settings in the same folder as `path` also set what the line sets.
pub(super) fn is_replaced(root: &Path, path: &str, lines: &[String], number: u32) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    if ![
        "exs",
        "py",
        "rb",
        "json",
        "yml",
        "yaml",
        "properties",
        "php",
    ]
    .contains(&end)
        || is_for_production(path)
    {
        return false;
    }
    let at = usize::try_from(number).unwrap_or(0);
    let Some(key) = lines.get(at.saturating_sub(1)).and_then(|line| key(line)) else {
        return false;
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Ok(beside) = fs::read_dir(root.join(folder)) else {
        return false;
    };
    let beside = beside.filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.ends_with(&format!(".{end}")) && is_for_production(&name)
    });
    let sets = |text: &str| {
        text.lines().any(|line| {
            !crate::readiness::is_comment(line) && self::key(line).is_some_and(|it| it == key)
        })
    };
    beside.take(8).any(|entry| {
        let is_small = entry.metadata().is_ok_and(|it| it.len() <= MAX_BYTES);
        is_small && fs::read_to_string(entry.path()).is_ok_and(|text| sets(&text))
    })
}

/// Whether a settings file is named for production.
fn is_for_production(path: &str) -> bool {
    let own = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    own.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| ["prod", "production", "runtime"].contains(&word))
}

/// Returns what a line sets: the name before its first `=` or `:`.
fn key(line: &str) -> Option<String> {
    let (before, _) = line.split_once(['=', ':'])?;
    let last = before
        .trim_end()
        .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
        .find(|it| !it.is_empty())?;
    (last.len() > 3).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::model::Position;

    use super::*;

    fn at(text: &str) -> Option<String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let last = lines.last().unwrap();
        let column = last.find('§').unwrap();
        let position = Position {
            byte: 0,
            line: lines.len().try_into().unwrap(),
            column: (last[..column].chars().count() + 1).try_into().unwrap(),
        };
        let region = Region {
            start: position,
            end: position,
        };
        variable(&lines, &region)
    }

    #[test]
    fn second_arguments_and_alternatives_are_fallbacks() {
        for text in [
            "KEY = os.getenv('KEY', '§')",
            "define('KEY', getenv_docker('KEY', '§'));",
            "    \"PASSWORD\": env(\"KEY\", \"§\"),",
            "key = ENV.fetch('KEY', '§')",
            "key = ENV.fetch('KEY') { '§' }",
            "const key = process.env.KEY || '§'",
            "const key = process.env.KEY ?? '§'",
            "key = os.environ.get('KEY') or '§'",
            "password: ${KEY:§}",
            "  secret:\n    System.get_env(\n      \"KEY\",\n      \"§\"",
        ] {
            assert_eq!(at(text).as_deref(), Some("KEY"), "{text}");
        }
        for text in [
            "KEY = '§'",
            "A = os.getenv('A', 'x'); KEY = '§'",
            "A = os.getenv('A', 'x')\nKEY = '§'",
            "connect(os.getenv('A'), password='§')",
            "\"PASSWORD\": \"§\"",
            "  secret: \"§\"",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn settings_for_production_replace_others() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "prod.exs",
            "config :app, Endpoint,\n  secret_key_base: env!()\n",
        );
        let lines = [
            "secret_key_base: \"x\"".to_owned(),
            "other_key: \"x\"".to_owned(),
        ];
        assert!(is_replaced(folder.path(), "config.exs", &lines, 1));
        assert!(!is_replaced(folder.path(), "config.exs", &lines, 2));
        assert!(!is_replaced(folder.path(), "prod.exs", &lines, 1));
        write("prod.exs", "# secret_key_base: env!()\n");
        assert!(!is_replaced(folder.path(), "config.exs", &lines, 1));
    }
}
