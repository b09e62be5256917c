//! The environments that GitHub jobs deploy to, as far as their expressions show.

use super::pipeline::is_production;
use super::pipeline_files::texts;
use super::text;
use crate::audit::yaml::Value;

/// The environment that a job deploys to.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Its name; the one for production if it may be one of several.
    pub(super) name: Option<String>,
    /// Whether the job has an environment at all.
    pub(super) is_set: bool,
    /// Whether it always has one: an expression may result in none.
    pub(super) waits: bool,
    /// The input of its own workflow that gives it its name.
    pub(super) from: Option<String>,
    /// The input through which it passes the name to the workflow that it calls.
    pub(super) input: Option<String>,
}

/// Returns what a job of the workflow `root` deploys to.
pub(super) fn environment(root: Value<'_>, job: Value<'_>) -> Environment {
    let Some(value) = job.get("environment") else {
        return of_call(root, job);
    };
    let written = value
        .text()
        .or_else(|| text(value, "name"))
        .unwrap_or_default();
    let Some(expression) = expression(written) else {
        return Environment {
            name: Some(written.to_owned()).filter(|it| !it.is_empty() && !it.contains("${{")),
            is_set: true,
            waits: !written.is_empty(),
            ..Environment::default()
        };
    };
    Environment {
        name: chosen(candidates(root, job, expression)),
        is_set: true,
        waits: is_plain(expression),
        from: input(expression).map(str::to_owned),
        input: None,
    }
}

/// Returns the environment that a job passes to the workflow that it calls.
fn of_call(root: Value<'_>, job: Value<'_>) -> Environment {
    let found = ["environment", "env"].iter().find_map(|key| {
        let written = text(job.get("with")?, key)?;
        Some((*key, written))
    });
    let Some((key, written)) = found else {
        return Environment::default();
    };
    let given = expression(written);
    let name = match given {
        Some(expression) => chosen(candidates(root, job, expression)),
        None => Some(written.to_owned()).filter(|it| !it.contains("${{")),
    };
    // A third-party workflow runs in the environment that it is given; one in this repository is read instead.
    let is_of_others = text(job, "uses").is_some_and(|it| !it.starts_with("./"));
    Environment {
        name,
        is_set: false,
        waits: is_of_others && key == "environment" && given.is_none_or(is_plain),
        from: given.and_then(input).map(str::to_owned),
        input: Some(key.to_owned()),
    }
}

/// Returns the expression that makes up a whole text.
fn expression(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${{")?.strip_suffix("}}")?;
    (!inner.contains("${{")).then(|| inner.trim())
}

/// Whether an expression only names a value.
fn is_plain(expression: &str) -> bool {
    !expression.is_empty() && { expression.chars() }
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// Returns the input that an expression names.
fn input(expression: &str) -> Option<&str> {
    let name = expression
        .strip_prefix("inputs.")
        .or_else(|| expression.strip_prefix("github.event.inputs."))?;
    is_plain(name).then_some(name)
}

/// Returns the values that an expression may have: the options of an input, the values of a matrix, or its own
/// literals.
fn candidates(root: Value<'_>, job: Value<'_>, expression: &str) -> Vec<String> {
    if let Some(name) = input(expression) {
        let on = root.get("on").or_else(|| root.get("true"));
        let inputs = on.and_then(|on| super::get(on, "workflow_dispatch.inputs"));
        let known = inputs.and_then(|it| it.get(name));
        return texts(known.and_then(|it| it.get("options")));
    }
    if let Some(name) = expression.strip_prefix("matrix.") {
        let matrix = super::get(job, "strategy.matrix").and_then(|it| it.get(name));
        let values = texts(matrix).into_iter();
        let each = values.flat_map(|value| match self::expression(&value) {
            Some(inner) => literals(inner),
            None => vec![value],
        });
        return each.collect();
    }
    literals(expression)
}

/// Returns the quoted texts that an expression may result in, without those that it only compares with.
fn literals(expression: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in expression.split("||").flat_map(|part| part.split("&&")) {
        let part = part.trim();
        let inner = part.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
        all.extend(inner.filter(|it| !it.contains('\'')).map(str::to_owned));
    }
    all
}

/// Returns the environment for production if there is one, or else the only one.
fn chosen(all: Vec<String>) -> Option<String> {
    let count = all.len();
    let mut all = all.into_iter();
    let first = all.next()?;
    if is_production(&first) || count == 1 {
        return Some(first);
    }
    all.find(|it| is_production(it))
}

/// Returns the jobs that a job waits for.
pub(super) fn needs(job: Value<'_>) -> Vec<String> {
    let listed = texts(job.get("needs"));
    let named = job.get("needs").into_iter().flat_map(Value::items);
    let named = named.filter_map(|it| Some(text(it, "job")?.to_owned()));
    listed.into_iter().chain(named).collect()
}

#[cfg(test)]
mod tests {
    use crate::audit::yaml;

    fn of(environment: &str) -> (Option<String>, bool) {
        let text = format!(
            "on:\n  workflow_dispatch:\n    inputs:\n      to:\n        options: [qa, production]\njobs:\n  a:\n    strategy:\n      matrix:\n        env: [\"${{{{ x && 'shop-org' || 'shop-net' }}}}\"]\n    environment: {environment}\n"
        );
        let tree = yaml::parse(&text).unwrap();
        let root = tree.documents().next().unwrap();
        let job = super::super::get(root, "jobs.a").unwrap();
        let found = super::environment(root, job);
        (found.name, found.waits)
    }

    #[test]
    fn expressions_name_environments() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(of("production"), (some("production"), true));
        assert_eq!(of("{name: production, url: x}"), (some("production"), true));
        assert_eq!(of("${{ inputs.to }}"), (some("production"), true));
        assert_eq!(of("${{ inputs.other }}"), (None, true));
        assert_eq!(
            of("\"${{ github.event_name == 'push' && 'production' || null }}\""),
            (some("production"), false)
        );
        assert_eq!(
            of("\"${{ inputs.a && inputs.to || null }}\""),
            (None, false)
        );
        assert_eq!(of("${{ matrix.env }}"), (None, true));
    }
}
