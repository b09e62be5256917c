//! Whether a place is in a sample in documentation: `Example = '''…'''`, `usage: |`, a Markdown fence in a string,
//! `description <<-MD`, `<pre><code>`, `example: {…}`.

use crate::detect::comment::LINE_LIMIT;
use crate::detect::scalar::indent_of;

/// Keys of texts that document something.
const WORDS: [&str; 18] = [
    "example",
    "examples",
    "sample",
    "samples",
    "usage",
    "synopsis",
    "description",
    "help",
    "doc",
    "docs",
    "documentation",
    "docstring",
    "snippet",
    "snippets",
    "manual",
    "readme",
    "tutorial",
    "notes",
];

/// Keys of objects that are examples. `description` is not among them, since it may describe something in use.
const OBJECTS: [&[u8]; 4] = [b"example", b"examples", b"sample", b"samples"];

/// Returns whether the name that ends at `at` is in a sample that begins near it.
pub(in crate::detect) fn is_in_sample(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    // Hardly any text has the word, and one search is cheaper than going through the lines.
    let has_word = memchr::memmem::find(before, b"ample").is_some();
    let Some(end) = memchr::memrchr(b'\n', before) else {
        return has_word && in_example_of_line(before);
    };
    let (above, line) = (&before[..end], &before[end + 1..]);
    let indent = indent_of(line);
    has_word && (in_example_of_line(line) || in_example_of_api(above, indent))
        || in_string(above)
        || in_block(above, indent)
        || in_object(above, indent, has_word)
        || in_fence(above)
        || in_markup(above)
        || in_heredoc(&bytes[at.saturating_sub(HEREDOC_LIMIT)..at])
}

/// Returns whether a schema or an annotation gives the value at `at` as an example: `example: …`, `x-example: "…"`,
/// `Field(…, example="…")`, `examples=["…"]`.
pub(in crate::detect) fn is_given_as_example(bytes: &[u8], at: usize) -> bool {
    const GAP: usize = 32;
    let before = &bytes[at.saturating_sub(GAP)..at];
    let is_sign = |byte: &&u8| byte.is_ascii_whitespace() || b"\"'`:=>[({-\\@".contains(byte);
    let signs = before.iter().rev().take_while(|byte| is_sign(byte)).count();
    let (word, signs) = before.split_at(before.len() - signs);
    memchr::memchr2(b':', b'=', signs).is_some() && ends_with_example(word)
}

/// Whether a text ends with one of [`OBJECTS`] as a word of its own.
fn ends_with_example(text: &[u8]) -> bool {
    let length = text
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = &text[text.len() - length..];
    OBJECTS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether `line`, which ends at a name, opens an example that is still open there: `@Schema(example = "{\"a\": 1, `,
/// `example: { a: 1, `.
fn in_example_of_line(line: &[u8]) -> bool {
    // Only searches for single bytes are vectorised from the end.
    let ends = memchr::memrchr_iter(b'm', line).filter_map(|at| {
        let is_word = at > 0 && line[at - 1..].starts_with(b"ample");
        let end = at + 4 + usize::from(line.get(at + 4) == Some(&b's'));
        (is_word && ends_with_example(&line[..end])).then_some(end)
    });
    ends.take(1).any(|end| {
        let rest = &line[end..];
        let is_sign = |byte: &&u8| byte.is_ascii_whitespace() || b"\"':=>".contains(byte);
        let signs = rest.iter().take_while(is_sign).count();
        memchr::memchr2(b':', b'=', &rest[..signs]).is_some() && is_still_open(rest)
    })
}

/// Whether the value in `text`, after its `=` or `:`, ends in an open brace, bracket or string.
fn is_still_open(text: &[u8]) -> bool {
    let begun = text.iter().position(|byte| matches!(byte, b'=' | b':'));
    let text = begun.map_or(text, |at| text[at + 1..].trim_ascii_start());
    match text.first() {
        Some(b'>') => is_still_open_at(text[1..].trim_ascii_start()),
        _ => is_still_open_at(text),
    }
}

fn is_still_open_at(text: &[u8]) -> bool {
    let Some((&first, rest)) = text.split_first() else {
        return false;
    };
    if matches!(first, b'"' | b'\'' | b'`') {
        let mut quotes = memchr::memchr_iter(first, rest);
        return quotes.all(|at| at > 0 && rest[at - 1] == b'\\');
    }
    let (mut depth, mut quote) = (0_i32, None);
    for (at, &byte) in text.iter().enumerate() {
        let is_escaped = at > 0 && text[at - 1] == b'\\';
        match (quote, byte) {
            _ if is_escaped => {}
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'{' | b'[' | b'(') => depth += 1,
            (None, b'}' | b']' | b')') => {
                depth -= 1;
                if depth < 1 {
                    return false;
                }
            }
            (None, b',' | b';') if depth < 1 => return false,
            _ => {}
        }
    }
    depth > 0
}

/// Whether a line with this indent is below an example in a YAML schema: `example:`, `examples:`, `x-example:`. Outside
/// a schema, such keys may hold settings.
fn in_example_of_api(above: &[u8], indent: usize) -> bool {
    const SIGNS: [&[u8]; 9] = [
        b"schema:",
        b"application/json",
        b"properties:",
        b"responses:",
        b"requestBody:",
        b"content:",
        b"type:",
        b"$ref",
        b"summary:",
    ];
    let has = |part: &[u8]| memchr::memmem::find(above, part).is_some();
    if indent == 0 {
        return false;
    }
    let is_example = |line: &[u8]| {
        let key = line.trim_ascii_end().strip_suffix(b":");
        key.is_some_and(|key| ends_with_example(key.strip_suffix(b"\"").unwrap_or(key)))
    };
    enclosing(above, indent).any(is_example) && SIGNS.iter().any(|sign| has(sign))
}

/// How far above a place a heredoc may begin, in bytes.
const HEREDOC_LIMIT: usize = 4096;

/// Whether `above` ends inside a `<code>` or `<pre>` element.
fn in_markup(above: &[u8]) -> bool {
    let mut end = above.len();
    while let Some(at) = memchr::memrchr(b'<', &above[..end]) {
        let tag = &above[at..];
        if tag.starts_with(b"</") {
            return false;
        }
        if tag.starts_with(b"<code") || tag.starts_with(b"<pre") {
            return true;
        }
        end = at;
    }
    false
}

/// Where the last `<<` begins.
fn last_pair(above: &[u8]) -> Option<usize> {
    let mut end = above.len();
    while let Some(at) = memchr::memrchr(b'<', &above[..end]) {
        if above[..at].last() == Some(&b'<') {
            return Some(at - 1);
        }
        end = at;
    }
    None
}

/// Whether the last heredoc that begins in `above` is still open and documents something.
fn in_heredoc(above: &[u8]) -> bool {
    let Some(at) = last_pair(above) else {
        return false;
    };
    let rest = &above[at + 2..];
    let rest = rest
        .strip_prefix(b"-")
        .or(rest.strip_prefix(b"~"))
        .unwrap_or(rest);
    let quoted = rest
        .strip_prefix(b"'")
        .or(rest.strip_prefix(b"\""))
        .unwrap_or(rest);
    let length = quoted
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase() || **byte == b'_')
        .count();
    let (word, body) = quoted.split_at(length);
    if length == 0
        || body
            .split(|byte| *byte == b'\n')
            .any(|line| line.trim_ascii() == word)
    {
        return false;
    }
    let line = memchr::memrchr(b'\n', &above[..at]).map_or(0, |end| end + 1);
    let head = above[line..at].trim_ascii().trim_ascii_end();
    let head = head
        .strip_suffix(b"=")
        .or(head.strip_suffix(b"("))
        .unwrap_or(head)
        .trim_ascii_end();
    let last = head
        .rsplit(|byte| !byte.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    WORDS
        .iter()
        .any(|known| last.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether the last multi-line string delimiter in `above` opens a string that documents something.
fn in_string(above: &[u8]) -> bool {
    let start = last_quotes(above);
    start.is_some_and(|start| {
        let line = memchr::memrchr(b'\n', &above[..start]).map_or(0, |end| end + 1);
        documents(&above[line..start])
    })
}

/// Where the last delimiter of a multi-line string begins: a backtick, or three quotation marks.
fn last_quotes(above: &[u8]) -> Option<usize> {
    let backtick = memchr::memrchr(b'`', above);
    let from = backtick.map_or(0, |at| at + 1);
    last_three(&above[from..]).map(|at| from + at).or(backtick)
}

/// Where the last three equal quotation marks in a row begin.
fn last_three(text: &[u8]) -> Option<usize> {
    let is_third = |at: &usize| *at >= 2 && text[at - 2..*at] == [text[*at]; 2];
    let third = memchr::memrchr2_iter(b'\'', b'"', text).find(is_third);
    third.map(|at| at - 2)
}

/// The lines of a text, last to first.
fn lines_upwards(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut end = text.len();
    let ends = memchr::memrchr_iter(b'\n', text).map(Some);
    ends.chain([None]).map(move |before| {
        let start = before.map_or(0, |before| before + 1);
        let line = &text[start..end];
        end = before.unwrap_or(0);
        line
    })
}

/// The lines that enclose a line with this indent, nearest first: each is indented less than the one before.
fn enclosing(above: &[u8], mut indent: usize) -> impl Iterator<Item = &[u8]> {
    let mut lines = lines_upwards(above);
    std::iter::from_fn(move || {
        while indent > 0 {
            let line = lines.next()?;
            let own = indent_of(line);
            if own < indent && !line.trim_ascii().is_empty() {
                indent = own;
                return Some(line);
            }
        }
        None
    })
}

/// Whether a line with this indent is in a block scalar that documents something.
fn in_block(above: &[u8], indent: usize) -> bool {
    // Few texts have such a block, and looking at each of their lines takes longer.
    let ends_line = |at: usize| above[at + 1..].trim_ascii_start().len() < above[at + 1..].len();
    let begins = |at: usize| ends_line(at) || at + 1 == above.len() || above[at + 1] == b'-';
    if indent == 0 || !memchr::memchr2_iter(b'|', b'>', above).any(begins) {
        return false;
    }
    for line in enclosing(above, indent) {
        let head = line.trim_ascii_end();
        let head = head.strip_suffix(b"-").unwrap_or(head);
        if let Some(key) = head.strip_suffix(b"|").or_else(|| head.strip_suffix(b">")) {
            return documents(key);
        }
    }
    false
}

/// Whether a line with this indent is in an object or a list that is an example: `example: %{`, `"samples": [`.
fn in_object(above: &[u8], indent: usize, has_word: bool) -> bool {
    // All of these keys have it in common.
    let has_capitals = || memchr::memmem::find(above, b"AMPLE").is_some();
    if indent == 0 || !has_word && !has_capitals() {
        return false;
    }
    for line in enclosing(above, indent) {
        let head = line.trim_ascii_end();
        let Some(head) = head.strip_suffix(b"{").or_else(|| head.strip_suffix(b"[")) else {
            continue;
        };
        let key = head.trim_ascii_end();
        let key = key.strip_suffix(b"%").unwrap_or(key).trim_ascii_end();
        if key.ends_with(b":") || key.ends_with(b"=") || key.ends_with(b"=>") {
            let key = key.strip_suffix(b">").unwrap_or(key);
            let word = key.trim_ascii_end();
            let word = &word[..word.len() - 1];
            let is_of_name = |byte: &u8| byte.is_ascii_alphabetic();
            let mut words = word
                .rsplit(|byte| !is_of_name(byte))
                .filter(|word| !word.is_empty());
            let last = words.next().unwrap_or_default();
            if OBJECTS.iter().any(|known| last.eq_ignore_ascii_case(known)) {
                return true;
            }
        }
    }
    false
}

/// Whether the last Markdown fence in `above` opens a block: only an opening fence names a language.
fn in_fence(above: &[u8]) -> bool {
    let Some(last) = memchr::memrchr(b'`', above) else {
        return false;
    };
    let fence = memchr::memmem::rfind(&above[..=last], b"```");
    fence.is_some_and(|at| {
        let start = memchr::memrchr(b'\n', &above[..at]).map_or(0, |end| end + 1);
        let is_first = above[start..at].trim_ascii().is_empty();
        is_first && above.get(at + 3).is_some_and(u8::is_ascii_alphabetic)
    })
}

/// Whether `line`, which ends before a value, assigns it to a key that documents something.
fn documents(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let Some(key) = line.strip_suffix(b"=").or_else(|| line.strip_suffix(b":")) else {
        return false;
    };
    let key = key.trim_ascii().strip_suffix(b":").unwrap_or(key);
    let is_word = |byte: &u8| byte.is_ascii_alphabetic();
    let key = key.trim_ascii_end();
    let key = key.strip_suffix(b"\"").unwrap_or(key);
    let length = key.iter().rev().take_while(|byte| is_word(byte)).count();
    let name = &key[key.len() - length..];
    // The last word of a name in camel case.
    let last = name.iter().rposition(u8::is_ascii_uppercase).unwrap_or(0);
    let says = |name: &[u8]| {
        let is = |word: &&str| name.eq_ignore_ascii_case(word.as_bytes());
        WORDS.iter().any(is)
    };
    says(name) || says(&name[last..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heredocs_and_markup_document() {
        let text = b"  description <<-MD\n  Set a token:\n\n      { 'token' => 'x' }\n";
        assert!(in_heredoc(text));
        assert!(!in_heredoc(
            b"  description <<-MD\n  text\n  MD\n  token = 'x'\n"
        ));
        assert!(!in_heredoc(b"  script <<-SH\n  token = 'x'\n"));
        assert!(in_markup(b"<pre><code>{\n  'uri' => 'x',\n"));
        assert!(!in_markup(b"<pre><code>{}\n</code></pre>\n"));
    }

    fn check(text: &str) -> bool {
        is_in_sample(text.as_bytes(), text.len())
    }

    #[test]
    fn samples_in_strings_that_document_are_recognised() {
        for text in [
            "Example = '''\nDB_PASSWORD",
            "Example = '''\nUSER=a \\\nDB_PASSWORD",
            "usage = \"\"\"\n  tool --password",
            "cmd := &Command{\n\tExample: `\n  tool --password",
            "    Long: `x`,\n    Example: `  a\n  tool --password",
            "usageExample = \"\"\"\npassword",
            "description: |\n  Run\n    DB_PASSWORD",
            "- example: >-\n    DB_PASSWORD",
            "text = '''\n```bash\nDB_PASSWORD",
            "schema(%{\n  example: %{\n    id: 1,\n    extensions: [\n      jwt_secret",
            "  \"samples\": [\n    {\n      \"password",
            "'example' => [\n  'password",
        ] {
            assert!(check(text), "{text}");
        }
    }

    #[test]
    fn examples_of_schemas_and_annotations_are_recognised() {
        for text in [
            "content:\n  application/json:\n    example:\n      user: a\n      password",
            "responses:\n  ok:\n    examples:\n      one:\n        value:\n          token",
            "  @Schema(name = \"a\", example = \"{\\\"user\\\": 1, \\\"password",
            "x\n  @ApiProperty({ example: { user: 'a', password",
            "a = {\"example\": {\"password",
            "x\n 'example' => ['password",
        ] {
            assert!(check(text), "{text}");
        }
        for text in [
            "  @Schema(example = \"a\") password",
            "x = { example: { a: 1 }, password",
            "for_example(password",
            "example.password",
        ] {
            assert!(!check(text), "{text}");
        }
        let given = |text: &str| is_given_as_example(text.as_bytes(), text.len());
        for text in [
            "token: str = Field(..., example=\"",
            "example: ",
            "x-example: '",
            "examples=[\"",
            "  example:\n    - ",
        ] {
            assert!(given(text), "{text}");
        }
        for text in [
            "sample = f(\"",
            "counterexample=\"",
            "example \"",
            "token=\"",
        ] {
            assert!(!given(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_samples() {
        for text in [
            "DB_PASSWORD",
            "config = '''\nDB_PASSWORD",
            "Example = '''\nx\n'''\nDB_PASSWORD",
            "script: |\n  DB_PASSWORD",
            "description: {\n  DB_PASSWORD",
            "example: {\n  a: 1\n}\nconfig: {\n  DB_PASSWORD",
            "if example {\n  DB_PASSWORD",
            "example:\n  DB_PASSWORD",
            "description: |\n  Run\nDB_PASSWORD",
            "description: |\n  Run\nenv: |\n  DB_PASSWORD",
            "text = '''\n```bash\nx\n```\nDB_PASSWORD",
        ] {
            assert!(!check(text), "{text}");
        }
    }
}
