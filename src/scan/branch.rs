//! The branch of a program that a value is in: `if settings.DEBUG:` and `if (isProduction) { … } else { … }` can
//! show that only developers run it.

use std::ops::Range;

use crate::model::steps;

/// How many bytes before a value are searched for the head of its branch.
const FAR: usize = 6 * 1024;
/// How many enclosing branches are examined.
const DEPTH: usize = 8;
/// The longest condition that is read, in bytes.
const LONGEST: usize = 240;

/// File extensions of languages in which a branch starts on a line of its own.
#[rustfmt::skip]
const PROGRAMS: &[&str] = &[
    "py", "rb", "js", "mjs", "cjs", "ts", "tsx", "jsx", "go", "php", "java", "kt", "kts", "cs", "rs", "ex", "exs", "sh", "bash",
    "scala", "groovy", "swift", "dart", "rake", "c", "cc", "cpp", "h", "hpp", "m",
];

/// Names of development environments.
const OF_DEVELOPERS: &[&str] = &[
    "dev",
    "development",
    "local",
    "localhost",
    "test",
    "testing",
    "debug",
];
/// Names of deployed environments.
const OF_PRODUCTION: &[&str] = &["prod", "production"];
/// Words beside which such a name is that of an environment.
const ENVIRONMENTS: &[&str] = &[
    "env",
    "getenv",
    "environ",
    "environment",
    "stage",
    "mode",
    "profile",
    "profiles",
];

/// Returns whether the value at `secret` in the program at `path` is in a branch that only developers run, or in the
/// arm of a conditional expression that only they get.
pub(super) fn is_for_developers(bytes: &[u8], secret: &Range<usize>, path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    if !PROGRAMS.contains(&ending) {
        return false;
    }
    let before = &bytes[secret.start.saturating_sub(FAR)..secret.start];
    let behind = &bytes[secret.end..bytes.len().min(secret.end + LONGEST)];
    steps::look_at(before.len() + behind.len());
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let own = lines.next().unwrap_or_default();
    let behind = behind.split(|byte| *byte == b'\n').next();
    is_half(own, behind.unwrap_or_default()) || is_below(own, lines) || is_compiled(before)
}

/// Whether one of the lines above, less indented than `own`, begins a branch of developers.
fn is_below<'l>(own: &'l [u8], lines: impl Iterator<Item = &'l [u8]>) -> bool {
    let mut own = indent(own);
    // Whether the value is below an `else` whose condition was not reached yet.
    let mut is_otherwise = false;
    let mut depth = 0;
    for line in lines {
        let (outer, text) = (indent(line), line.trim_ascii());
        let is_outer = outer.len() < own.len() && own.starts_with(outer);
        let is_beside = is_otherwise && outer == own;
        if text.is_empty() || text == b"{" || !is_outer && !is_beside {
            continue;
        }
        let branch = std::str::from_utf8(text).map_or(Branch::No, Branch::of);
        match branch {
            Branch::If(Some(true)) | Branch::ElseIf(Some(true)) if is_outer => return true,
            Branch::If(Some(false)) if is_beside => return true,
            Branch::ElseIf(_) if is_beside => {}
            Branch::No if is_beside && text.len() == 1 => {}
            _ => is_otherwise = is_outer && branch == Branch::Else,
        }
        own = outer;
        depth += 1;
        if depth > DEPTH || own.is_empty() && !is_otherwise {
            return false;
        }
    }
    false
}

/// The spaces and tabs at the start of a line.
fn indent(line: &[u8]) -> &[u8] {
    let length = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    &line[..length.count()]
}

/// The branch that a line starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// A branch, and whether developers run it; `None` if the condition does not say.
    If(Option<bool>),
    ElseIf(Option<bool>),
    Else,
    No,
}

impl Branch {
    fn of(line: &str) -> Self {
        let line = line.trim_start_matches(['}', ' ']);
        let behind = |word: &str| {
            let rest = line.strip_prefix(word)?;
            rest.starts_with([' ', '(', '[', '!']).then_some(rest)
        };
        let mut others = ["else if", "elseif", "elsif", "elif"].iter();
        if let Some(condition) = others.find_map(|word| behind(word)) {
            Self::ElseIf(meaning(condition))
        } else if let Some(condition) = behind("if").or_else(|| behind("when")) {
            Self::If(meaning(condition))
        } else if let Some(condition) = behind("unless") {
            Self::If(meaning(condition).map(|is_meant| !is_meant))
        } else {
            let rest = line.strip_prefix("else").map(str::trim_start);
            let is_alone =
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '{', '#', '/']));
            if is_alone { Self::Else } else { Self::No }
        }
    }
}

/// Whether a value is the developers' arm of a conditional expression in its line: `DEBUG ? "…" : …`,
/// `"…" if DEBUG else …`.
fn is_half(before: &[u8], behind: &[u8]) -> bool {
    let (Ok(before), Ok(behind)) = (std::str::from_utf8(before), std::str::from_utf8(behind))
    else {
        return false;
    };
    let behind = behind.trim_start_matches(['"', '\'', '`', ')', ',', ' ']);
    let modifier = |word: &str| {
        let condition = behind.strip_prefix(word)?;
        let condition = condition.split(" else ").next().unwrap_or_default();
        meaning(condition.trim_end_matches([';', ')', ',']))
    };
    if modifier("if ") == Some(true) || modifier("unless ") == Some(false) {
        return true;
    }
    let before = before.trim_end_matches(['"', '\'', '`', ' ', '(']);
    if let Some(condition) = before.strip_suffix('?') {
        return meaning(argument(condition)) == Some(true);
    }
    let condition = before
        .strip_suffix(':')
        .and_then(|text| text.split_once(" ? "));
    condition.is_some_and(|(condition, _)| meaning(argument(condition)) == Some(false))
}

/// The expression that is assigned, returned or passed by name.
fn argument(text: &str) -> &str {
    let start = [" = ", "return ", ": "]
        .iter()
        .filter_map(|sign| text.find(sign).map(|at| at + sign.len()))
        .max();
    text[start.unwrap_or(0)..].trim()
}

/// Whether a value is between `#if DEBUG` and what ends it.
fn is_compiled(before: &[u8]) -> bool {
    let mut closed = 0_usize;
    let mut is_otherwise = false;
    for at in memchr::memrchr_iter(b'#', before) {
        let is_first = memchr::memrchr(b'\n', &before[..at]);
        let is_first = before[is_first.map_or(0, |end| end + 1)..at]
            .iter()
            .all(u8::is_ascii_whitespace);
        let line = &before[at + 1..];
        let line = memchr::memchr(b'\n', line).map_or(line, |end| &line[..end]);
        let Some(line) = std::str::from_utf8(line).ok().filter(|_| is_first) else {
            continue;
        };
        if line.starts_with("endif") {
            closed += 1;
        } else if line.starts_with("else") && closed == 0 {
            is_otherwise = true;
        } else if line.starts_with("if") && closed > 0 {
            closed -= 1;
        } else if let Some(condition) = line
            .strip_prefix("ifdef ")
            .or_else(|| line.strip_prefix("if "))
        {
            if meaning(condition) == Some(!is_otherwise) {
                return true;
            }
            is_otherwise = false;
        }
    }
    false
}

/// Whether a condition holds only in development (`true`), or only in production (`false`); `None` if it is about
/// neither.
fn meaning(condition: &str) -> Option<bool> {
    if condition.len() > LONGEST {
        return None;
    }
    let condition = condition.split(['{', '#']).next().unwrap_or_default();
    let condition = condition.trim().trim_end_matches([':', ';']);
    let condition = condition
        .trim_end_matches("then")
        .trim_end_matches([' ', ';']);
    let condition = within_brackets(condition);
    let either = condition.replace(" or ", "||");
    let mut either = either.split("||").map(part);
    let first = either.next()?;
    either.try_fold(first?, |known, next| (next? == known).then_some(known))
}

/// The text without enclosing parentheses.
fn within_brackets(text: &str) -> &str {
    let text = text.trim();
    let is_pair = |inner: &&str| inner.find(')').is_none_or(|at| inner[..at].contains('('));
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    let of_shell = || text.strip_prefix('[')?.strip_suffix(']');
    let inner = inner.filter(is_pair).or_else(of_shell);
    inner.map_or(text, |inner| inner.trim_matches(['[', ']', ' ']))
}

/// The meaning of a condition without `or`: that of one of its parts.
fn part(text: &str) -> Option<bool> {
    let text = text.replace(" and ", "&&");
    text.split("&&").find_map(|text| simple(text.trim()))
}

/// The meaning of a single comparison or name.
fn simple(text: &str) -> Option<bool> {
    let text = within_brackets(text);
    let denied = ["not ", "! ", "!"]
        .iter()
        .find_map(|sign| text.strip_prefix(sign));
    let inner = within_brackets(denied.unwrap_or(text));
    let meaning = flag(inner).or_else(|| compared(inner))?;
    Some(meaning != denied.is_some())
}

/// What a flag means: `settings.DEBUG`, `IS_LOCAL`, `Rails.env.development?`, `app.IsDevelopment()`, `"$TEST" = true`.
fn flag(text: &str) -> Option<bool> {
    let (path, is_true) = truth(text);
    let path = path
        .trim_matches(['"', '\'', '$', '{', '}'])
        .trim_end_matches(":-");
    let called = path.strip_suffix("()");
    let path = called.unwrap_or(path).trim_end_matches('?');
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:->$@".contains(&byte);
    if path.is_empty() || !path.bytes().all(is_of_path) {
        return None;
    }
    let name = path.rsplit(['.', ':', '>', '@', '$']).next()?;
    let words = words(name);
    let words: Vec<&str> = words.split_whitespace().collect();
    let is = words
        .split_first()
        .filter(|(first, _)| ["is", "in", "k"].contains(first));
    let inner = is.map_or(&words[..], |(_, rest)| rest);
    let kind = inner
        .split_last()
        .filter(|(last, rest)| !rest.is_empty() && ["mode", "env", "environment"].contains(last));
    let inner = kind.map_or(inner, |(_, rest)| rest);
    let meaning = match inner {
        // Something that is just called `test` may be a function that tests for something.
        [_] if called.is_some() && is.is_none() => None,
        [word] => side(word),
        ["local", "dev" | "development"] | ["running", "tests"] => Some(true),
        _ => None,
    };
    meaning.map(|is_meant| is_meant == is_true)
}

/// What is compared with a truth value, and with which one; the whole text and `true` if there is no such comparison.
fn truth(text: &str) -> (&str, bool) {
    let parts = [" === ", " == ", " is ", " = ", " -eq "]
        .iter()
        .find_map(|sign| text.rsplit_once(sign));
    let word = |text: &str| text.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match parts.map(|(name, value)| (name.trim(), word(value))) {
        Some((name, value)) if ["true", "1", "yes", "on"].contains(&&*value) => (name, true),
        Some((name, value)) if ["false", "0", "no", "off"].contains(&&*value) => (name, false),
        _ => (text.trim(), true),
    }
}

/// The words of a name in lower case, separated by spaces: `IS_LOCAL`, `isLocal`, `__DEV__`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && was_small {
            words.push(' ');
        }
        was_small = c.is_ascii_lowercase();
        let is_letter = c.is_ascii_alphanumeric();
        words.push(if is_letter {
            c.to_ascii_lowercase()
        } else {
            ' '
        });
    }
    words
}

/// Whether a word names a development environment (`true`) or a deployed one (`false`).
fn side(word: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    let is_deployed = is(OF_PRODUCTION);
    (is_deployed || is(OF_DEVELOPERS)).then_some(!is_deployed)
}

/// The meaning of a comparison with an environment: `NODE_ENV === 'test'`, `config_env() in [:dev, :test]`.
fn compared(text: &str) -> Option<bool> {
    const EQUAL: &[&str] = &[" === ", " == ", " = ", " in ", " eq ", "==", "="];
    const UNEQUAL: &[&str] = &[" !== ", " != ", " not in ", " ne ", " <> ", "!="];
    let split = |signs: &[&str]| signs.iter().find_map(|sign| text.split_once(sign));
    let (parts, is_equal) = match split(UNEQUAL) {
        Some(parts) => (Some(parts), false),
        None => (split(EQUAL).or_else(|| text.rsplit_once('(')), true),
    };
    let (name, values) = parts?;
    let words = words(name);
    let mut words = words.split_whitespace();
    if !words.any(|word| ENVIRONMENTS.contains(&word)) {
        return None;
    }
    let values = values.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut meant: Vec<bool> = values.filter_map(side).collect();
    meant.dedup();
    match meant[..] {
        [one] => Some(one == is_equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_say_where_they_hold() {
        for condition in [
            "test:",
            "settings.DEBUG:",
            "IS_LOCAL",
            " [ \"$IS_LOCAL\" = true ]; then",
            "(process.env.NODE_ENV !== 'production') {",
            "(process.env.NODE_ENV === 'test' || isDev) {",
            "Rails.env.development? || Rails.env.test?",
            "(app.Environment.IsDevelopment())",
            "(app()->environment('local')) {",
            "not settings.IS_PRODUCTION:",
            "Mix.env() in [:dev, :test] do",
            "os.getenv(\"TEST\"):",
            "config.debug is True and user:",
            "(import.meta.env.DEV)",
            "(!isProd) {",
        ] {
            assert_eq!(meaning(condition), Some(true), "{condition}");
        }
        for condition in [
            "not test:",
            "settings.DEBUG == False:",
            "ENV == 'prod'",
            "(!__DEV__) {",
        ] {
            assert_eq!(meaning(condition), Some(false), "{condition}");
        }
        for condition in [
            " test -f \"$file\"; then",
            "(pattern.test(value)) {",
            "(test(value)) {",
            "(localStorage.getItem('a')) {",
            "DEBUG or enabled:",
            "env == 'staging'",
            "is_local_file",
            "latest:",
            "name == 'test'",
            "env in ['dev', 'prod']",
            "(mode) {",
            "",
        ] {
            assert_eq!(meaning(condition), None, "{condition}");
        }
    }

    fn check(text: &str, path: &str) -> bool {
        let at = text.find("VALUE").unwrap();
        is_for_developers(text.as_bytes(), &(at..at + 5), path)
    }

    #[test]
    fn branches_of_developers_are_known() {
        for (text, path) in [
            ("if test:\n    # a\n    key = \"VALUE\"\n", "a.py"),
            (
                "if DEBUG:\n    with a:\n        key = {\n            'a': 'VALUE'",
                "a.py",
            ),
            (
                "if PRODUCTION:\n    key = env['A']\nelse:\n    key = 'VALUE'",
                "a.py",
            ),
            (
                "if (isProd) {\n  a();\n} else if (b) {\n  c();\n} else {\n  k = 'VALUE';",
                "a.js",
            ),
            ("  if (DEBUG)\n  {\n    key = \"VALUE\";", "a.cs"),
            ("key = 'VALUE' if Rails.env.test?\n", "a.rb"),
            ("key = \"VALUE\" if DEBUG else env[\"A\"]\n", "a.py"),
            ("const key = isDev ? 'VALUE' : env.KEY;", "a.ts"),
            ("  key: isProd ? env.KEY : 'VALUE',", "a.ts"),
            ("#if DEBUG\nlet key = \"VALUE\"\n#endif\n", "a.swift"),
            (
                "#ifdef PRODUCTION\n#if A\n#endif\na\n#else\nkey = \"VALUE\"\n",
                "a.c",
            ),
        ] {
            assert!(check(text, path), "{text}");
        }
    }

    #[test]
    fn other_branches_are_not() {
        for (text, path) in [
            ("if not test:\n    key = \"VALUE\"\n", "a.py"),
            ("if test:\n    a()\nkey = \"VALUE\"\n", "a.py"),
            ("if test:\n    a()\nelse:\n    key = \"VALUE\"\n", "a.py"),
            ("if a:\n    b()\nelse:\n    key = 'VALUE'\nif test:", "a.py"),
            (
                "if prod:\n    a()\nb()\nif c:\n    a()\nelse:\n    key = 'VALUE'",
                "a.py",
            ),
            ("  if (DEBUG) {\n    a();\n  }\n  key = \"VALUE\";", "a.cs"),
            ("key = 'VALUE' unless Rails.env.test?\n", "a.rb"),
            ("key = env[\"A\"] if DEBUG else \"VALUE\"\n", "a.py"),
            ("const key = isDev ? env.KEY : 'VALUE';", "a.ts"),
            (
                "#if DEBUG\na\n#else\nlet key = \"VALUE\"\n#endif\n",
                "a.swift",
            ),
            ("#if DEBUG\na\n#endif\nlet key = \"VALUE\"\n", "a.swift"),
            ("if test:\n  key: VALUE\n", "a.yml"),
        ] {
            assert!(!check(text, path), "{text}");
        }
    }
}
