//! The values to look for, in the forms in which people have them: lines, a file of variables, a Kubernetes Secret, an
//! export from Vault.

use std::collections::BTreeSet;
use std::str;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use gonogo::lexicon::name;
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value as Json};

/// Shorter values occur by chance.
pub(crate) const SHORT: usize = 6;

/// How values are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// As it looks like.
    Auto,
    /// A value on each line.
    Lines,
    /// NAME=VALUE on each line.
    Env,
    /// A Secret, or a list of them, in YAML or JSON.
    Kubernetes,
    /// What `vault kv get -format=json` prints, or any JSON whose texts are values.
    Vault,
}

/// A value. It has no `Debug`, so that it is never printed.
pub(crate) struct Value {
    /// A name, or the number of its line.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Reads values from `input`.
///
/// # Errors
///
/// Fails if the input is not in the given form. The message shows nothing of it.
pub(super) fn read(input: &[u8], form: Form, all_names: bool) -> Result<Vec<Value>, String> {
    let text = str::from_utf8(input);
    let text = || text.map_err(|_| "standard input is no UTF-8: give values as lines".to_owned());
    match form {
        Form::Auto => read(input, guess(input), all_names),
        Form::Lines => Ok(lines(input)),
        Form::Env => env(text()?, all_names),
        Form::Kubernetes => kubernetes(text()?),
        Form::Vault => vault(text()?),
    }
}

/// Guesses the form of the input.
fn guess(input: &[u8]) -> Form {
    let text = String::from_utf8_lossy(input);
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    if text.trim_start().starts_with('{') {
        let is_kubernetes = text.contains("\"kind\"") && text.contains("Secret");
        return if is_kubernetes {
            Form::Kubernetes
        } else {
            Form::Vault
        };
    }
    if lines
        .clone()
        .any(|line| line == "kind: Secret" || line == "kind: List")
    {
        return Form::Kubernetes;
    }
    let is_assigned = |line: &str| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let name = line.split_once('=').map(|(name, _)| name.trim());
        name.is_some_and(is_variable)
    };
    let has_any = lines.clone().next().is_some();
    if has_any && lines.all(is_assigned) {
        Form::Env
    } else {
        Form::Lines
    }
}

fn is_variable(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_start) && name.chars().all(is_part)
}

fn lines(input: &[u8]) -> Vec<Value> {
    let lines = input.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let numbered = (1..).zip(lines).filter(|(_, line)| !line.is_empty());
    numbered
        .map(|(number, line)| Value {
            name: format!("line {number}"),
            bytes: line.to_vec(),
        })
        .collect()
}

fn env(text: &str, all_names: bool) -> Result<Vec<Value>, String> {
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line
            .split_once('=')
            .filter(|(name, _)| is_variable(name.trim()))
            .ok_or_else(|| format!("line {number} of standard input is not NAME=VALUE"))?;
        let value = unquoted(value.trim());
        // `production` and `localhost` are in every repository.
        if all_names || name::classify(name).is_some() || holds_credential(&value) {
            values.push(Value {
                name: name.trim().to_owned(),
                bytes: value.into_bytes(),
            });
        }
    }
    Ok(values)
}

/// Whether a URL contains a password.
fn holds_credential(value: &str) -> bool {
    let authority = value
        .split_once("://")
        .map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    authority
        .and_then(|it| it.rsplit_once('@'))
        .is_some_and(|(user, _)| user.contains(':'))
}

/// Returns a value without quotes, and without a trailing comment.
fn unquoted(value: &str) -> String {
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut said = String::new();
            let mut chars = value.chars().skip(1);
            while let Some(c) = chars.next().filter(|c| *c != quote) {
                let escaped = if c == '\\' && quote == '"' {
                    chars.next()
                } else {
                    None
                };
                match escaped {
                    Some('n') => said.push('\n'),
                    Some(other) => said.push(other),
                    None => said.push(c),
                }
            }
            said
        }
        _ => value
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned(),
    }
}

fn kubernetes(text: &str) -> Result<Vec<Value>, String> {
    let documents = if text.trim_start().starts_with('{') {
        vec![json(text)?]
    } else {
        yaml(text)?
    };
    let mut values = Vec::new();
    for document in &documents {
        secrets(document, &mut values)?;
    }
    if values.is_empty() {
        return Err("there is no Secret of Kubernetes with values on standard input".to_owned());
    }
    Ok(values)
}

fn json(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| {
        format!(
            "standard input is no JSON: line {}, column {}",
            error.line(),
            error.column()
        )
    })
}

/// Takes the values of a Secret, or of all in a list.
fn secrets(document: &Json, values: &mut Vec<Value>) -> Result<(), String> {
    if let Some(items) = document["items"].as_array() {
        return items.iter().try_for_each(|item| secrets(item, values));
    }
    if document["kind"] != "Secret" {
        return Ok(());
    }
    let of = document["metadata"]["name"].as_str().unwrap_or("Secret");
    for (key, value) in document["data"].as_object().into_iter().flatten() {
        let digits: String = value
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let bytes = STANDARD
            .decode(digits)
            .map_err(|_| format!("`{key}` of the Secret `{of}` is no base64"))?;
        push(values, format!("{of}.{key}"), &bytes);
    }
    for (key, value) in document["stringData"].as_object().into_iter().flatten() {
        let bytes = value.as_str().unwrap_or_default().as_bytes();
        push(values, format!("{of}.{key}"), bytes);
    }
    Ok(())
}

/// Adds a value without trailing line ends.
fn push(values: &mut Vec<Value>, name: String, bytes: &[u8]) {
    let end = bytes
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r'));
    let bytes = bytes[..end.map_or(0, |end| end + 1)].to_vec();
    values.push(Value { name, bytes });
}

fn vault(text: &str) -> Result<Vec<Value>, String> {
    let document = json(text)?;
    // Version 2 of the KV engine has its metadata beside the data.
    let data = &document["data"];
    let inner = if data["data"].is_object() {
        &data["data"]
    } else {
        data
    };
    let start = if inner.is_object() { inner } else { &document };
    let mut values = Vec::new();
    texts(start, String::new(), &mut values);
    if values.is_empty() {
        return Err("there are no texts in the JSON on standard input".to_owned());
    }
    Ok(values)
}

fn texts(value: &Json, name: String, values: &mut Vec<Value>) {
    let below = |part: &str| {
        if name.is_empty() {
            part.to_owned()
        } else {
            format!("{name}.{part}")
        }
    };
    match value {
        Json::String(text) => push(values, name, text.as_bytes()),
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                texts(item, below(&at.to_string()), values);
            }
        }
        Json::Object(map) => {
            for (key, item) in map {
                texts(item, below(key), values);
            }
        }
        _ => {}
    }
}

/// Parses YAML documents, as far as a Secret needs it: mappings, lists and texts.
fn yaml(text: &str) -> Result<Vec<Json>, String> {
    /// A mapping or list that is not complete yet, with the key that is waiting for its value.
    enum Open {
        Map(Map<String, Json>, Option<String>),
        List(Vec<Json>),
    }
    let (mut documents, mut open): (Vec<Json>, Vec<Open>) = Default::default();
    let mut put = |open: &mut Vec<Open>, value: Json| match open.last_mut() {
        None => documents.push(value),
        Some(Open::List(items)) => items.push(value),
        Some(Open::Map(map, key)) => match key.take() {
            Some(key) => {
                map.insert(key, value);
            }
            None => *key = Some(value.as_str().unwrap_or_default().to_owned()),
        },
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            format!(
                "standard input is no YAML: line {}, column {}",
                marker.line(),
                marker.col() + 1
            )
        })?;
        match event {
            Event::Scalar(text, ..) => put(&mut open, Json::String(text.into_owned())),
            Event::MappingStart(..) => open.push(Open::Map(Map::new(), None)),
            Event::SequenceStart(..) => open.push(Open::List(Vec::new())),
            Event::MappingEnd | Event::SequenceEnd => {
                let value = match open.pop() {
                    Some(Open::Map(map, _)) => Json::Object(map),
                    Some(Open::List(items)) => Json::Array(items),
                    None => Json::Null,
                };
                put(&mut open, value);
            }
            Event::Alias(_) => {
                let line = span.start.line();
                return Err(format!(
                    "line {line} of standard input has an alias, which is not followed"
                ));
            }
            _ => {}
        }
    }
    Ok(documents)
}

/// Returns the values that are worth looking for, each once, and a line about each of the others.
pub(super) fn worth(values: Vec<Value>, short: bool) -> (Vec<Value>, Vec<String>) {
    let mut known = BTreeSet::new();
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for value in values {
        let least = if short { 1 } else { SHORT };
        if value.bytes.len() < least {
            left_out.push(format!(
                "{}: shorter than {SHORT} bytes, so it occurs by chance: use --short",
                value.name
            ));
        } else if known.insert(value.bytes.clone()) {
            kept.push(value);
        } else {
            left_out.push(format!("{}: the same value as another one", value.name));
        }
    }
    (kept, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(input: &str) -> Vec<(String, String)> {
        let values = read(input.as_bytes(), Form::Auto, false).unwrap();
        let pair = |value: Value| (value.name, String::from_utf8(value.bytes).unwrap());
        values.into_iter().map(pair).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn files_of_variables_give_what_is_called_as_credentials_are() {
        let found = pairs(
            "# ours\nexport DB_PASSWORD=\"a \\\"b\\\"\" \nMODE=production\nAPI_TOKEN=abc # x\nURL=https://u:w@h/\n",
        );
        let expected = [
            pair("DB_PASSWORD", "a \"b\""),
            pair("API_TOKEN", "abc"),
            pair("URL", "https://u:w@h/"),
        ];
        assert_eq!(found, expected);
        assert_eq!(read(b"MODE=production", Form::Env, true).unwrap().len(), 1);
        assert!(read(b"a line", Form::Env, false).is_err());
    }

    #[test]
    fn secrets_of_kubernetes_are_decoded() {
        let yaml = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  word: aHVudGVyMg==\nstringData:\n  a: |\n    plain\n";
        assert_eq!(
            pairs(yaml),
            [pair("db.word", "hunter2"), pair("db.a", "plain")]
        );
        let json = r#"{"kind":"List","items":[{"kind":"Secret","metadata":{"name":"x"},"data":{"y":"aHVudGVyMg=="}}]}"#;
        assert_eq!(pairs(json), [pair("x.y", "hunter2")]);
        assert!(read(b"kind: Secret\ndata: {a: '!'}\n", Form::Auto, false).is_err());
        assert!(read(b"kind: Secret\ndata: [\n", Form::Auto, false).is_err());
    }

    #[test]
    fn exports_of_vault_and_lines_are_read() {
        let vault = r#"{"data":{"data":{"one":"first","two":{"three":"second"}},"metadata":{"version":2}}}"#;
        assert_eq!(
            pairs(vault),
            [pair("one", "first"), pair("two.three", "second")]
        );
        assert_eq!(
            pairs("one word\r\n\nanother=1 2\n"),
            [pair("line 1", "one word"), pair("line 3", "another=1 2")]
        );
        assert!(read(b"{", Form::Auto, false).is_err());
    }

    #[test]
    fn short_values_and_copies_are_left_out() {
        let values = |input: &str| read(input.as_bytes(), Form::Lines, false).unwrap();
        let (kept, left_out) = worth(values("abc\nabcdef\nabcdef\n"), false);
        assert_eq!((kept.len(), left_out.len()), (1, 2));
        assert_eq!(worth(values("abc\n"), true).0.len(), 1);
    }
}
