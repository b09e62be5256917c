//! Decides whether a line of a program counts in production: not if it is a comment or an example, or is inside
//! something named for development or tests.

/// How many lines above a line are examined.
const MOST: usize = 1000;

/// Whether the line with this number, counted from 1, is a comment, or is inside a class, function, section, branch or
/// value whose name says that it is for development, an example, or not real.
pub(crate) fn is_for_development<S: AsRef<str>>(path: &str, lines: &[S], number: u32) -> bool {
    let Some((line, above)) = split(lines, number) else {
        return false;
    };
    let line = line.as_ref();
    if super::is_comment(line) || is_example(line) {
        return true;
    }
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    if ["toml", "ini", "cfg", "properties"].contains(&end) {
        let mut above = above.iter().rev().take(MOST).map(|it| it.as_ref().trim());
        let section = above.find(|it| it.starts_with('['));
        return section.is_some_and(|it| words(it).iter().any(|word| is_of_developers(word)));
    }
    let is_data = ["yml", "yaml", "json", "jsonc", "json5"].contains(&end);
    enclosing(line, above)
        .any(|it| names_development(it) || is_example(it) || is_data && names_section(it))
}

/// Whether a line gives an example, as API descriptions do: `example: "x"`, `@Schema(example = "x")`, `"examples": {`.
fn is_example(line: &str) -> bool {
    line.match_indices("example").any(|(at, word)| {
        let before = line[..at].chars().next_back();
        let rest = line[at + word.len()..].trim_start_matches('s');
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        let is_key = rest.starts_with([':', '='])
            && !["::", "==", ":/"].iter().any(|it| rest.starts_with(it));
        is_key && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '$'))
    })
}

/// Returns a line, and those above it.
pub(crate) fn split<S>(lines: &[S], number: u32) -> Option<(&S, &[S])> {
    let number = usize::try_from(number).ok()?;
    lines.get(..number)?.split_last()
}

/// Returns the lines above that enclose a line, the nearest first.
pub(crate) fn enclosing<'l, S: AsRef<str>>(
    line: &str,
    above: &'l [S],
) -> impl Iterator<Item = &'l str> {
    let mut column = indent(line);
    above.iter().rev().take(MOST).filter_map(move |line| {
        let line = line.as_ref();
        let is_outer = !line.trim().is_empty() && indent(line) < column;
        if is_outer {
            column = indent(line);
        }
        is_outer.then_some(line)
    })
}

/// Whether a word is for what only developers or tests have.
fn is_of_developers(word: &str) -> bool {
    const WORDS: [&str; 7] = [
        "dev",
        "development",
        "local",
        "sandbox",
        "test",
        "testing",
        "tests",
    ];
    WORDS.contains(&word)
}

/// Whether a line begins a data section named for developers: `development:`, `"test": {`.
fn names_section(line: &str) -> bool {
    let Some((key, rest)) = line.split_once(':') else {
        return false;
    };
    let rest = rest.trim();
    let begins = rest.is_empty() || rest.starts_with(['{', '&', '#', '!']);
    let key = key.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    begins && is_of_developers(&key)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins something named for development or tests: `class Development(Config):`, `fake_config = {`, or
/// a branch taken only there.
fn names_development(line: &str) -> bool {
    const OF_ALL: [&str; 5] = ["dummy", "fake", "mock", "mocked", "stub"];
    let line = line.trim_start();
    // The name precedes what it is derived from, and its value.
    let head = line.split(['(', '=', ':', '{', '<']).next().unwrap_or(line);
    let is_class = ["class ", "export class ", "public class ", "module "]
        .iter()
        .any(|start| line.starts_with(start));
    let words = words(head);
    words
        .iter()
        .any(|word| OF_ALL.contains(&word.as_str()) || is_class && is_of_developers(word))
        || is_branch_of_developers(line)
}

/// Whether a line begins a branch that is not taken in production.
fn is_branch_of_developers(line: &str) -> bool {
    let Some(condition) = line.strip_prefix("if ").or(line.strip_prefix("if(")) else {
        let rest = line.strip_prefix("unless ");
        return rest.is_some_and(|it| it.contains("production"));
    };
    let condition = condition
        .trim_end_matches([':', '{', ' '])
        .trim_end_matches(" do");
    let is_plain = !condition.contains('!') && !condition.contains("not ");
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let squeezed = squeezed.trim_matches(['(', ')']);
    let is_debug = ["DEBUG", "settings.DEBUG", "app.debug", "self.debug"].contains(&squeezed);
    let asks = |word: &str| {
        let quoted = [
            format!("\"{word}\""),
            format!("'{word}'"),
            format!(":{word}"),
        ];
        squeezed.contains(&format!(".{word}?")) || quoted.iter().any(|it| squeezed.contains(it))
    };
    let is_other = [
        "!=\"production\"",
        "!='production'",
        "!==\"production\"",
        "!=='production'",
        "!=:prod",
    ]
    .iter()
    .any(|it| squeezed.contains(it))
        && !squeezed.contains("||");
    is_other
        || is_plain
            && (is_debug
                || ["development", "dev", "test", "local"]
                    .iter()
                    .any(|it| asks(it))
                    && !asks("production")
                    && !asks("prod"))
}

/// Splits names into words in lower case: `fake_config` and `FakeConfig` have the same two.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            all.push(String::new());
        }
        if let Some(word) = all.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_around_a_line_state_what_it_is_for() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(
                is_for_development("a.py", &lines, number),
                expected,
                "{text}"
            );
        };
        check(
            "class Development(Config):\n    A = 1\n\n    KEY = 'x'\n",
            true,
        );
        check("class LocalConfig:\n    KEY = 'x'\n", true);
        check("class Production(Config):\n    KEY = 'x'\n", false);
        check("class Config(TestBase):\n    KEY = 'x'\n", false);
        check(
            "def set_up():\n    fake_config = {\n        'KEY': 'x',\n",
            true,
        );
        check("  # config.pepper = 'x'\n", true);
        check("def test():\n    key = 'x'\n", false);
        check("  example: \"x\",\n", true);
        check("    @Schema(description = \"a\", example = \"x\")\n", true);
        check(
            "  \"examples\": {\n    \"a\": {\n      \"token\": \"x\"\n",
            true,
        );
        check("    example: %{\n      token: \"x\"\n", true);
        check("app.example = {\n    'KEY': 'x'\n", false);
        check("url = 'https://a.example:8443/x'\n", false);
        check("is_example = f\nKEY = 'x'\n", false);
        check("class Test:\n    A = 1\nKEY = 'x'\n", false);
        check("", false);
    }

    #[test]
    fn sections_and_branches_state_what_they_are_for() {
        let check = |path: &str, text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(is_for_development(path, &lines, number), expected, "{text}");
        };
        check("a.yml", "development:\n  key: x\n", true);
        check("a.yml", "test: &test\n  a:\n    key: x\n", true);
        check("a.yml", "production:\n  key: x\n", false);
        check(
            "a.yml",
            "development:\n  key: y\nproduction:\n  key: x\n",
            false,
        );
        check("a.yml", "test: on\nkey: x\n", false);
        check(
            "a.json",
            "{\n  \"Development\": {\n    \"key\": \"x\"\n",
            true,
        );
        check(
            "wrangler.jsonc",
            "{\n  \"env\": {\n    \"local\": {\n      \"vars\": {\n        \"KEY\": \"x\",\n",
            true,
        );
        check(
            "wrangler.jsonc",
            "{\n  \"env\": {\n    \"production\": {\n      \"vars\": {\n        \"KEY\": \"x\",\n",
            false,
        );
        check("wrangler.toml", "[env.dev.vars]\nKEY = 'x'\n", true);
        check("wrangler.toml", "[env.staging.vars]\nKEY = 'x'\n", false);
        check(
            "serverless.yml",
            "custom:\n  stages:\n    dev:\n      key: x\n",
            true,
        );
        check("a.toml", "[development]\nkey = 1\n", true);
        check(
            "a.toml",
            "[development]\na = 1\n[production]\nkey = 1\n",
            false,
        );
        check("a.py", "if DEBUG:\n    KEY = 'x'\n", true);
        check("a.py", "if not DEBUG:\n    KEY = 'x'\n", false);
        check("a.rb", "if Rails.env.test?\n  key = 'x'\n", true);
        check("a.rb", "unless Rails.env.production?\n  key = 'x'\n", true);
        check(
            "a.exs",
            "if config_env() in [:dev, :test] do\n  config :a, key: 'x'\n",
            true,
        );
        check(
            "a.exs",
            "if config_env() == :prod do\n  config :a, key: 'x'\n",
            false,
        );
        check(
            "a.js",
            "if (process.env.NODE_ENV !== 'production') {\n  key = 'x'\n",
            true,
        );
        check(
            "a.js",
            "if (process.env.NODE_ENV === 'production') {\n  key = 'x'\n",
            false,
        );
    }
}
