//! The variables that must be set after values were removed from files, and the env file sample that lists them.

use std::collections::BTreeSet;

/// Variables that must be set, and the file that requires them.
pub(super) struct Variables {
    /// The path of the file, as readers of the report can find it.
    pub(super) path: String,
    /// Their names, sorted.
    pub(super) names: Vec<String>,
    /// The sample that lists them, if there is one.
    pub(super) sample: Option<String>,
}

/// The names of env file samples.
pub(super) const SAMPLES: [&str; 4] = [".env.example", ".env.sample", ".env.template", ".env.dist"];

/// How to make up a value, as a comment in a sample.
const HOW_TO: &str = "# Make up a value with: openssl rand -hex 32";

/// Returns the variables that `new` requires and `old` does not, sorted: those written `${NAME:?…}`.
pub(super) fn required(old: &str, new: &str) -> Vec<String> {
    let before = names(old);
    names(new).difference(&before).cloned().collect()
}

/// Returns the variables that a text requires.
pub(super) fn names(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("${").map(|(at, mark)| at + mark.len());
    let required = starts.filter_map(|at| {
        let (name, _) = text[at..].split_once(":?")?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.chars().all(is_name).then(|| name.to_owned())
    });
    required.collect()
}

/// Returns the text of a sample with the missing variables added; `None` if it lists them all.
pub(super) fn with_names(sample: &str, names: &[String]) -> Option<String> {
    let lists = |name: &String| {
        sample.lines().any(|line| {
            let line = line.trim_start_matches(['#', ' ']);
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.split_once('=')
                .is_some_and(|(key, _)| key.trim() == name)
        })
    };
    let new: Vec<&String> = names.iter().filter(|name| !lists(name)).collect();
    if new.is_empty() {
        return None;
    }
    let line_end = if sample.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let mut text = sample.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(line_end);
    }
    if !text.is_empty() && !text.ends_with("\n\n") && !text.ends_with("\r\n\r\n") {
        text.push_str(line_end);
    }
    text.push_str(HOW_TO);
    text.push_str(line_end);
    for name in new {
        text.push_str(name);
        text.push('=');
        text.push_str(line_end);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_requirements_are_listed_once() {
        let old = "a: ${OLD:?set OLD}\n";
        let new = "a: ${OLD:?set OLD}\nb: ${B:?set B}\nc: ${A:?set A} ${B:?set B} ${C:-x}\n";
        assert_eq!(required(old, new), ["A", "B"]);
    }

    #[test]
    fn a_sample_gets_what_it_lacks() {
        let names = ["A".to_owned(), "B".to_owned()];
        assert_eq!(with_names("A=1\n# B=\n", &names), None);
        let lines = format!("A=1\n\n{HOW_TO}\nB=\n");
        assert_eq!(with_names("A=1", &names), Some(lines));
        assert_eq!(
            with_names("X=1\r\n", &names),
            Some(format!("X=1\r\n\r\n{HOW_TO}\r\nA=\r\nB=\r\n"))
        );
    }
}
