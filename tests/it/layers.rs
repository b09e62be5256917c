//! Rooms import only downwards. A single package has no crate boundaries to enforce that, so this test does.

use std::path::{Path, PathBuf};

use crate::layout::{files_below, source_folder};

/// The rooms, upper layers first. A room may import from the layers below its own.
const LAYERS: [&[&str]; 8] = [
    &["cli"],
    &["commands"],
    &["scan", "readiness"],
    &["config"],
    &["source", "detect", "audit", "triage", "report"],
    &["redact"],
    &["lexicon"],
    &["model"],
];

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

/// Returns whether code of one room may refer to another.
fn may_import(from: &str, to: &str) -> bool {
    from == to || layer(from) < layer(to)
}

/// Returns a file's place in the module tree: `["report", "json"]` for both `report/json.rs` and `report/json/mod.rs`.
fn module_of(file: &Path) -> Vec<String> {
    let path = file
        .strip_prefix(source_folder())
        .unwrap()
        .with_extension("");
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    let mut parts: Vec<_> = parts.collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// Returns the rooms that code in `module` refers to, with line numbers.
fn imports(module: &[String], code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    // The inline modules that are open, and the depth of braces at which each was opened.
    let (mut inline, mut braces) = (Vec::new(), 0_usize);
    for (at, &(line, token)) in tokens.iter().enumerate() {
        let word = |offset: usize| tokens.get(at + offset).map_or("", |it| it.1);
        match token {
            "{" => braces += 1,
            "}" => {
                braces = braces.saturating_sub(1);
                inline.pop_if(|opened| *opened == braces);
            }
            "mod" if word(2) == "{" => inline.push(braces),
            "crate" if word(1) == "::" => {
                found.extend(heads(&tokens, at + 2).map(|head| (line, head)));
            }
            "super" if at < 2 || tokens[at - 2].1 != "super" => {
                let chain = tokens[at..].iter().step_by(2);
                let chain = chain.take_while(|it| it.1 == "super").count();
                if chain >= module.len() + inline.len() {
                    let target = at + chain * 2;
                    found.extend(heads(&tokens, target).map(|head| (line, head)));
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns the first names of the paths that continue at token `at`: one, or those of a group.
fn heads<'t>(tokens: &'t [(usize, &'t str)], at: usize) -> impl Iterator<Item = String> + 't {
    let is_group = tokens.get(at).is_some_and(|it| it.1 == "{");
    let mut depth = 0_usize;
    let mut is_head = true;
    let names = tokens[at.min(tokens.len())..]
        .iter()
        .map_while(move |&(_, token)| {
            let taken = is_head && depth == usize::from(is_group) && is_name(token);
            match token {
                "{" => depth += 1,
                "}" => depth = depth.checked_sub(1)?,
                _ => {}
            }
            is_head = token == "," || (is_head && token == "{");
            let is_done = depth == 0 && (!is_group || token == "}");
            if is_done && !taken {
                return None;
            }
            Some(taken.then(|| token.to_owned()))
        });
    // Without a group, there is only the first token.
    names.take(if is_group { usize::MAX } else { 1 }).flatten()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Returns the words and punctuation of Rust code with line numbers, without comments and literals.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let is_code = |token: &str| {
        !(token.starts_with("//")
            || token.starts_with("/*")
            || token.starts_with(['"', '\''])
            || token.ends_with(['"', '#']))
    };
    let mut all = lexemes(code);
    all.retain(|(_, token)| is_code(token));
    all
}

/// Returns all of Rust code except white space, with line numbers.
pub(crate) fn lexemes(code: &str) -> Vec<(usize, &str)> {
    let mut lexemes = Vec::new();
    let (mut rest, mut line) = (code, 1);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => string_length(rest),
            'r' if raw_string_length(rest).is_some() => raw_string_length(rest).unwrap(),
            '\'' => char_length(rest),
            ':' if rest.starts_with("::") => 2,
            c if is_name(&c.to_string()) || c.is_ascii_digit() => rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if !token.trim().is_empty() {
            lexemes.push((line, token));
        }
        line += token.matches('\n').count();
        rest = after;
    }
    lexemes
}

/// Returns the length of the string literal that `code` begins with.
fn string_length(code: &str) -> usize {
    let mut is_escaped = false;
    let end = code.char_indices().skip(1).find(|&(_, c)| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    end.map_or(code.len(), |(at, _)| at + 1)
}

fn raw_string_length(code: &str) -> Option<usize> {
    let hashes = code[1..].bytes().take_while(|&byte| byte == b'#').count();
    let inside = code[1 + hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&closing)?;
    Some(1 + hashes + 1 + end + closing.len())
}

/// Returns the length of the character literal that `code` begins with, or of a lifetime's apostrophe.
fn char_length(code: &str) -> usize {
    let inside = &code[1..];
    if let Some(escaped) = inside.strip_prefix('\\') {
        let skipped = escaped.chars().next().map_or(0, char::len_utf8);
        return escaped[skipped..]
            .find('\'')
            .map_or(code.len(), |end| 2 + skipped + end + 1);
    }
    let width = inside.chars().next().map_or(0, char::len_utf8);
    if inside[width..].starts_with('\'') {
        return width + 2;
    }
    1
}

#[test]
fn every_room_stands_in_a_layer() {
    for entry in std::fs::read_dir(source_folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_room = !["lib", "main"].contains(&name.as_str());
        assert!(!is_room || layer(&name).is_some(), "{}", path.display());
    }
}

#[test]
fn imports_point_downwards() {
    let mut wrong = Vec::new();
    for file in files_below(source_folder(), "rs") {
        let module = module_of(&file);
        let room = module[0].as_str();
        // `lib` names every room, and `main` only uses the public entry point.
        if ["lib", "main"].contains(&room) {
            continue;
        }
        for (line, import) in imports(&module, &std::fs::read_to_string(&file).unwrap()) {
            if layer(&import).is_none() || !may_import(room, &import) {
                wrong.push(format!(
                    "{}:{line}: `{room}` names `{import}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[track_caller]
fn check(module: &[&str], code: &str, expected: &[&str]) {
    let module: Vec<_> = module.iter().map(|&part| part.to_owned()).collect();
    let found: Vec<_> = imports(&module, code).into_iter().map(|it| it.1).collect();
    assert_eq!(found, expected, "{code}");
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let at = &["report", "json"];
    check(at, "use crate::model::Blob;", &["model"]);
    check(
        at,
        "pub(in crate::report) use crate::{model};",
        &["report", "model"],
    );
    check(
        at,
        "use crate::{\n    cli::{self, scan::{A, B}},\n    model::*, lexicon\n};",
        &["cli", "model", "lexicon"],
    );
    check(
        at,
        "fn f(a: crate::source::Text<'_>) -> crate::model::A {}",
        &["source", "model"],
    );
    check(
        at,
        "use super::Format; use super::super::model::A;",
        &["model"],
    );
    check(
        at,
        "use super::super::{model, source::A};",
        &["model", "source"],
    );
    check(at, "mod tests { use super::super::Format; }", &[]);
    check(
        at,
        "mod tests { use super::super::super::cli::A; }",
        &["cli"],
    );
    check(
        at,
        "mod a { fn f() {} } use super::super::model::A;",
        &["model"],
    );
    check(
        at,
        "// crate::cli\n/// [`crate::cli`]\n/* crate::cli */",
        &[],
    );
    check(
        at,
        r##"f("crate::cli \" crate::cli", r#"crate::cli"#, '"', '\'', 'a');"##,
        &[],
    );
    check(
        at,
        "fn f<'a>(a: &'a crate::model::A) -> char { '{' }",
        &["model"],
    );
}

#[test]
fn layers_forbid_upwards_and_sideways() {
    assert!(may_import("cli", "model") && may_import("report", "lexicon"));
    assert!(may_import("detect", "detect"));
    assert!(!may_import("detect", "audit") && !may_import("model", "lexicon"));
    let file = source_folder().join("report/json/mod.rs");
    assert_eq!(module_of(&file), ["report", "json"]);
}

/// Notices if a path has changed.
#[test]
fn there_is_something_to_check() {
    let files: Vec<PathBuf> = files_below(source_folder(), "rs");
    assert!(files.len() > 50, "{}", files.len());
}
