//! What `${{ … }}` inserts into a text, and who controls it.

use std::ops::Range;

/// Who can control the result of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writer {
    /// Whoever calls the action or workflow, or starts it by hand.
    Caller,
    /// Whoever can create branches and tags.
    Contributor,
    /// Anyone: whoever opens an issue or a pull request.
    Anybody,
}

/// Returns the expressions in a text, without their braces, each with its range including the braces.
pub(super) fn expressions(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find("${{")?;
        let length = text[start..].find("}}")?;
        from = start + length + 2;
        Some((start..from, text[start + 3..start + length].trim()))
    })
}

/// Returns who, outside the project, can control the result of an expression, and the context through which they do.
/// `resolve` returns who controls a context that another part of the file sets.
pub(super) fn foreign(
    expression: &str,
    resolve: &dyn Fn(&str) -> Option<Writer>,
) -> Option<(Writer, String)> {
    if expression.len() > 4_000 {
        return None;
    }
    let expression = &with_dots(expression);
    let plain = without_tests(expression);
    let is_whole = plain.to_ascii_lowercase().contains("tojson");
    let mut found: Option<(Writer, String)> = None;
    for (at, word) in words(&plain) {
        // A comparison gives true or false, not the text next to it.
        let behind = plain[at + word.len()..].trim_start();
        let before = plain[..at].trim_end();
        let is_compared = ["==", "!=", ">", "<"]
            .iter()
            .any(|sign| behind.starts_with(sign))
            || ["==", "!=", ">", "<", "="]
                .iter()
                .any(|sign| before.ends_with(sign));
        // A condition decides, but is not the result: `a && 'x' || 'y'`.
        if is_compared || before.ends_with('!') || behind.starts_with("&&") {
            continue;
        }
        let lower = word.to_ascii_lowercase();
        let by = writer(&lower)
            .or_else(|| (is_whole && holds_open(&lower)).then_some(Writer::Anybody))
            .or_else(|| resolve(word));
        if let Some(writer) = by
            && found.as_ref().is_none_or(|(known, _)| writer > *known)
        {
            found = Some((writer, word.to_owned()));
        }
    }
    found
}

/// Returns the expression with `['name']` written as `.name`, which means the same.
fn with_dots(expression: &str) -> String {
    let mut plain = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(open) = rest.find('[') {
        let (before, inside) = rest.split_at(open);
        plain.push_str(before);
        let quoted = inside[1..].trim_start().strip_prefix('\'');
        let part = quoted.and_then(|quoted| {
            let (name, behind) = quoted.split_once('\'')?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            let behind = behind.trim_start().strip_prefix(']')?;
            (!name.is_empty() && name.chars().all(is_name)).then_some((name, behind))
        });
        if let Some((name, behind)) = part {
            plain.push('.');
            plain.push_str(name);
            rest = behind;
        } else {
            plain.push('[');
            rest = &inside[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Whether a field that anyone can set is part of `context`.
fn holds_open(context: &str) -> bool {
    let is_part = |field: &&str| {
        field
            .strip_prefix(context)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    context.starts_with("github") && OPEN.iter().any(is_part)
}

/// Blanks out the quoted texts in an expression, and calls that return a boolean or a hash.
fn without_tests(expression: &str) -> String {
    let mut plain = String::with_capacity(expression.len());
    let (mut depth, mut in_text, mut blank_below) = (0_usize, false, None);
    for (at, byte) in expression.char_indices() {
        match byte {
            '\'' => in_text = !in_text,
            '(' if !in_text => {
                depth += 1;
                if blank_below.is_none()
                    && TESTS.iter().any(|test| ends_with(&expression[..at], test))
                {
                    blank_below = Some(depth);
                }
            }
            ')' if !in_text => {
                if blank_below == Some(depth) {
                    blank_below = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        let is_blank = in_text || blank_below.is_some() || byte == '\'';
        plain.push(if is_blank && byte.is_ascii() {
            ' '
        } else {
            byte
        });
    }
    plain
}

/// Functions whose results nobody can control.
const TESTS: &[&str] = &[
    "contains",
    "startswith",
    "endswith",
    "hashfiles",
    "success",
    "failure",
];

fn ends_with(text: &str, word: &str) -> bool {
    let text = text.trim_end();
    text.len() >= word.len()
        && text.is_char_boundary(text.len() - word.len())
        && text[text.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// Returns the names joined by dots, with their offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    let is_part =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '[' | ']');
    text.split(move |c: char| !is_part(c))
        .filter(|word| word.contains('.') || word.eq_ignore_ascii_case("github"))
        .map(move |word| (word.as_ptr() as usize - start, word))
}

/// Fields of events that anyone can set.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "github.head_ref",
    "github.event.issue.title", "github.event.issue.body",
    "github.event.pull_request.title", "github.event.pull_request.body",
    "github.event.pull_request.head.ref", "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch", "github.event.pull_request.head.repo.description",
    "github.event.pull_request.head.repo.homepage",
    "github.event.comment.body", "github.event.review.body", "github.event.review_comment.body",
    "github.event.discussion.title", "github.event.discussion.body",
    "github.event.head_commit.message", "github.event.head_commit.author.email",
    "github.event.head_commit.author.name", "github.event.head_commit.committer.email",
    "github.event.head_commit.committer.name",
    "github.event.workflow_run.head_branch", "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_commit.message", "github.event.workflow_run.head_commit.author.email",
    "github.event.workflow_run.head_commit.author.name", "github.event.workflow_run.head_repository.description",
];

fn writer(context: &str) -> Option<Writer> {
    let is_of_commit = (context.starts_with("github.event.commits")
        || context.starts_with("github.event.pages"))
        && ["message", "email", "name", "page_name", "title"]
            .iter()
            .any(|field| context.ends_with(field));
    if OPEN.contains(&context) || is_of_commit {
        Some(Writer::Anybody)
    } else if matches!(
        context,
        "github.ref_name"
            | "github.ref"
            | "github.event.release.name"
            | "github.event.release.tag_name"
            | "github.event.release.body"
    ) {
        Some(Writer::Contributor)
    } else if [
        "inputs.",
        "github.event.inputs.",
        "github.event.client_payload.",
    ]
    .iter()
    .any(|start| context.starts_with(start))
    {
        Some(Writer::Caller)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_expressions() {
        for (expression, expected) in [
            ("github.event.issue.title", Some(Writer::Anybody)),
            ("github.event.issue.number", None),
            (
                "format('x {0}', github.event.comment.body)",
                Some(Writer::Anybody),
            ),
            ("contains(github.event.comment.body, 'x')", None),
            ("github.head_ref == 'main'", None),
            ("github.head_ref || github.ref_name", Some(Writer::Anybody)),
            ("github.event.issue.title && 'a' || 'b'", None),
            ("'github.event.issue.title'", None),
            ("inputs.version", Some(Writer::Caller)),
            ("github.event.commits[0].message", Some(Writer::Anybody)),
            ("secrets.TOKEN", None),
            ("hashFiles(inputs.path)", None),
            ("github['head_ref']", Some(Writer::Anybody)),
            ("github.event.issue['title']", Some(Writer::Anybody)),
            ("github['event']['issue'].title", Some(Writer::Anybody)),
            ("github.event.labels[0].id", None),
            ("toJSON(github.event.issue)", Some(Writer::Anybody)),
            ("toJSON(github)", Some(Writer::Anybody)),
            ("github.event.issue", None),
            ("toJSON(matrix.x)", None),
            ("env.OTHER", Some(Writer::Contributor)),
        ] {
            let resolve = |word: &str| (word == "env.OTHER").then_some(Writer::Contributor);
            let found = foreign(expression, &resolve).map(|(writer, _)| writer);
            assert_eq!(found, expected, "{expression}");
        }
    }

    #[test]
    fn expressions_are_found() {
        let found: Vec<_> = expressions("a ${{ b }} ${{c}} ${{ d")
            .map(|(_, text)| text)
            .collect();
        assert_eq!(found, ["b", "c"]);
    }
}
