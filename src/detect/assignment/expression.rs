//! Literals within an expression: the fallback of a name, the default of a setting, a string that a call wraps
//! before it is assigned, and the first item of a list.

use std::ops::Range;

use super::Syntax;
use super::call::is_path_in;
use crate::detect::link::Reader;

/// How far an expression is read, in bytes.
const LIMIT: usize = 240;
/// How many brackets may be open at once.
const DEPTH: usize = 8;

/// Functions that return what they are given, or a representation of it.
#[rustfmt::skip]
const WRAPPERS: &[&[u8]] = &[
    b"from", b"new", b"string", b"str", b"some", b"ok", b"just", b"pack", b"of", b"ref", b"ptr", b"freeze",
    b"base64encode", b"b64encode", b"bytes", b"data", b"decode", b"b64decode", b"base64decode", b"atob", b"btoa", b"unhexlify",
    b"fromhex", b"from_hex", b"hextobytes", b"decodestring", b"frombase64string", b"frombase64", b"decodehex", b"hex",
    b"secretstr", b"secretstring", b"securestring", b"secret", b"field", b"borrowed", b"owned", b"box", b"arc", b"rc",
    b"format!", b"vec!", b"make_unique", b"make_shared", b"lazy", b"usestate", b"signal", b"observable", b"qstringliteral",
    b"qstring", b"f", b"text", b"sensitive", b"nonsensitive", b"tostring", b"literal", b"value", b"constant", b"const", b"pure",
    b"listof", b"setof", b"arrayof", b"aslist", b"frommaybe", b"secretkeyspec", b"tostr", b"stringptr", b"fromstring", b"from_str",
    b"utf8", b"plaintext", b"unsafeplaintext", b"state", b"shallowref", b"writable", b"atom", b"createsignal", b"mutablestateof",
    b"mutablestateflow", b"behaviorsubject", b"parameter", b"to_unbounded_string", b"to_string", b"to_owned", b"n",
];

/// Functions whose argument is the value if there is no other.
#[rustfmt::skip]
const FALLBACKS: &[&[u8]] = &[
    b"default", b"getorelse", b"orelse", b"or_else", b"unwrap_or", b"unwrap_or_else", b"default_value", b"otherwise", b"defaultto",
    b"withdefault", b"ordefault", b"ifempty", b"catch", b"else", b"rescue",
];

/// Functions that return a later argument if nothing is set.
#[rustfmt::skip]
const LOOKUPS: &[&[u8]] = &[
    b"get", b"getenv", b"env", b"getorelse", b"getordefault", b"getproperty", b"get_env", b"getvalue", b"get_value", b"config",
    b"coalesce", b"or", b"fetch", b"lookup", b"nvl", b"ifnull", b"default", b"option", b"getstring", b"setting", b"envordefault",
    b"getenvordefault", b"getenvdefault", b"get_env_or_default", b"optional", b"valueordefault", b"firstnonempty", b"envor",
    b"environ", b"fetch_env", b"get_option", b"getconfig", b"get_config", b"str", b"get_setting", b"try", b"unwrap", b"nonempty",
];

/// Types that are constructed from a name only.
const NAMERS: &[&[u8]] = &[b"Symbol", b"InjectionToken", b"OpaqueToken", b"ContextKey"];

/// Whether the type `name` takes a string only as a name or an error message.
pub(in crate::detect) fn only_names(name: &[u8]) -> bool {
    NAMERS.contains(&name) || name.ends_with(b"Error") || name.ends_with(b"Exception")
}

/// Names of arguments that give a default.
const DEFAULTS: &[&[u8]] = &[
    b"default",
    b"defaultvalue",
    b"default_value",
    b"unset",
    b"fallback",
    b"initialvalue",
];

/// Returns the literal that is the value of the expression at `at`, and its syntax.
pub(in crate::detect) fn literal(text: &[u8], at: usize) -> Option<(Range<usize>, Syntax)> {
    let end = text.len().min(at + LIMIT);
    Expression {
        text,
        start: at,
        end,
        opened: [0; DEPTH],
        depth: 0,
    }
    .literal()
}

/// Whether a function looks up what its first argument names, and returns a later argument if there is nothing.
pub(in crate::detect) fn is_lookup(function: &[u8]) -> bool {
    let says_default = || {
        let mut parts = function.windows(7);
        parts.any(|part| part.eq_ignore_ascii_case(b"default"))
    };
    let is_known = LOOKUPS.iter().any(|it| function.eq_ignore_ascii_case(it));
    is_known || reads_environment(function) || says_default()
}

/// Whether code reads the environment, rather than choosing between two values of its own.
fn reads_environment(code: &[u8]) -> bool {
    let mut parts = code.windows(3);
    parts.any(|part| part.eq_ignore_ascii_case(b"env"))
}

/// Returns the default that a call has for what an earlier argument names; `at` is after that argument.
pub(in crate::detect) fn default_argument(text: &[u8], at: usize) -> Option<Range<usize>> {
    let near = &text[at..text.len().min(at + LIMIT)];
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&near[from..], b"default") {
        let start = from + found;
        let length = near[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_')
            .count();
        let name = &near[start..start + length];
        let between = &near[..start];
        let opened = memchr::memchr_iter(b'(', between).count();
        let closed = memchr::memchr2_iter(b')', b';', between).count();
        if closed > opened {
            return None;
        }
        let rest = near[start + length..].trim_ascii_start();
        let value = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"));
        if let Some(value) =
            value.filter(|_| DEFAULTS.iter().any(|it| name.eq_ignore_ascii_case(it)))
        {
            let value = value.trim_ascii_start();
            let mut reader = Reader::new(text, at + near.len() - value.len());
            return reader.is_at_string().then(|| reader.string()).flatten();
        }
        from = start + length;
    }
    None
}

/// Returns the list item after the one whose string ends at `end`, if another string follows.
pub(in crate::detect) fn next_item(text: &[u8], end: usize) -> Option<Range<usize>> {
    let behind = text.get(end..)?;
    let (quote, rest) = behind.split_first()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let rest = skip_space(rest).strip_prefix(b",")?;
    let rest = skip_space(rest);
    let mut reader = Reader::new(text, text.len() - rest.len());
    let value = reader.is_at_string().then(|| reader.string()).flatten()?;
    ends_item(text, reader.at()).then_some(value)
}

/// Whether what ends at `at` is an item of a list, and no key.
fn ends_item(text: &[u8], at: usize) -> bool {
    matches!(
        skip_space(&text[at.min(text.len())..]).first(),
        Some(b',' | b']' | b'}' | b')' | b'>')
    )
}

fn skip_space(text: &[u8]) -> &[u8] {
    let space = text.iter().take(LIMIT);
    &text[space.take_while(|byte| byte.is_ascii_whitespace()).count()..]
}

struct Expression<'t> {
    text: &'t [u8],
    start: usize,
    end: usize,
    /// The offsets of the open brackets.
    opened: [usize; DEPTH],
    depth: usize,
}

impl Expression<'_> {
    fn literal(mut self) -> Option<(Range<usize>, Syntax)> {
        let mut at = self.start;
        while at < self.end {
            match self.text[at] {
                b'\n' if !self.goes_on(at) => return None,
                b';' | b',' if self.depth == 0 => return None,
                b'#' if self.is_remark(at) => return None,
                b'/' if self.text[at..].starts_with(b"//") && !self.is_sigil() => return None,
                b'(' | b'[' | b'{' => {
                    *self.opened.get_mut(self.depth)? = at;
                    self.depth += 1;
                }
                b')' | b']' | b'}' => self.depth = self.depth.checked_sub(1)?,
                b'"' | b'\'' | b'`' => {
                    if at > self.start && self.is_within_word(at) {
                        return None;
                    }
                    let mut reader = Reader::new(self.text, at);
                    let value = reader.string();
                    if reader.at() <= at {
                        return None;
                    }
                    let found = value.filter(|value| !value.is_empty());
                    if let Some((value, syntax)) = found.zip(self.role(at, reader.at())) {
                        return Some((value, syntax));
                    }
                    at = reader.at();
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Whether the expression continues after the line that ends at `at`.
    fn goes_on(&self, at: usize) -> bool {
        let before = self.text[self.start..at].trim_ascii_end().last();
        let behind = skip_space(&self.text[at..self.end]).first();
        self.depth > 0
            || matches!(before, None | Some(b'|' | b'?' | b'=' | b':' | b'\\'))
            || matches!(behind, Some(b'|' | b'?' | b'.'))
    }

    /// Whether the `#` at `at` begins a comment.
    fn is_remark(&self, at: usize) -> bool {
        at > self.start && self.text[at - 1] == b' ' && self.text.get(at + 1) == Some(&b' ')
    }

    /// Whether the expression begins with a Perl variable: there, `//` is an operator.
    fn is_sigil(&self) -> bool {
        matches!(self.text.get(self.start), Some(b'$' | b'%'))
    }

    /// Whether the quote at `at` is an apostrophe within a word.
    fn is_within_word(&self, at: usize) -> bool {
        let before = self.text[at - 1];
        let is_prefix = matches!(
            before.to_ascii_lowercase(),
            b'b' | b'r' | b'f' | b'u' | b'l'
        );
        let is_word = before.is_ascii_alphanumeric()
            && !(is_prefix && (at - 1 == self.start || !self.text[at - 2].is_ascii_alphanumeric()));
        self.text[at] == b'\'' && is_word
    }

    /// The syntax in which the string from `at` to `end` is the value of the expression, if it is.
    fn role(&self, at: usize, end: usize) -> Option<Syntax> {
        let before = without_prefix(&self.text[self.start..at]);
        let trimmed = before.trim_ascii_end();
        let is_listed = self.depth == 1 && self.is_list(self.opened[0]);
        let (&last, rest) = trimmed.split_last()?;
        let given = |is_given: bool| is_given.then_some(Syntax::Argument);
        let falls_back = |falls_back: bool| falls_back.then_some(Syntax::Fallback);
        match last {
            b'|' if rest.ends_with(b"|") => {
                // A closure without arguments, or an operator.
                let begins = rest[..rest.len() - 1].trim_ascii_end().ends_with(b"(");
                given(begins).or(falls_back(!begins))
            }
            b'|' => given(self.wraps()).or_else(|| falls_back(self.is_call(FALLBACKS))),
            b'?' if rest.ends_with(b"?") => falls_back(true),
            b'?' => given(rest.last() != Some(&b'.')),
            b'/' => falls_back(rest.ends_with(b"/") && self.is_sigil()),
            b':' => {
                let is_ternary = memchr::memchr(b'?', rest).is_some();
                let is_fallback = rest.ends_with(b"?")
                    || names_default(rest)
                    || is_ternary && reads_environment(rest);
                falls_back(is_fallback).or(given(is_ternary || is_type_behind(rest)))
            }
            b'=' => falls_back(names_default(rest)).or(given(is_type_behind(rest))),
            b'*' => falls_back(is_marked_default(rest)),
            b'(' if is_listed => ends_item(self.text, end).then_some(Syntax::Listed),
            b'(' => {
                let is_whole = self.text.get(end) == Some(&b')');
                let is_given = self.wraps() || is_whole && is_type(rest);
                given(is_given).or_else(|| falls_back(self.is_call(FALLBACKS)))
            }
            b',' if is_listed => None,
            b',' => falls_back(
                self.is_call(LOOKUPS)
                    && !goes_on_with_string(self.text, end)
                    && !self.gives_path(rest.len(), at..end),
            ),
            b'[' | b'{' | b'<' if is_listed || trimmed == b"<<" => {
                ends_item(self.text, end).then_some(Syntax::Listed)
            }
            b'{' => {
                let rest = rest.trim_ascii_end();
                let is_block = rest.ends_with(b")") || rest.ends_with(b" or");
                given(self.wraps()).or(falls_back(is_block))
            }
            // An anonymous function, or the default in a table of options.
            b'>' if rest.ends_with(b"=") => given(trimmed.starts_with(b"("))
                .or(falls_back(names_default(&rest[..rest.len() - 1]))),
            b')' | b'>' => given(is_cast(trimmed)).or_else(|| falls_back(self.is_list_of_or())),
            _ => match follows_word(trimmed) {
                Some(b"or" | b"orelse" | b"withDefault" | b"fromMaybe" | b"default") => {
                    falls_back(true)
                }
                Some(b"else") if reads_environment(trimmed) => falls_back(true),
                Some(_) => given(true),
                None => None,
            },
        }
    }

    /// Whether the innermost bracket is that of a call that wraps its argument, and not of a method of another value.
    fn wraps(&self) -> bool {
        let Some(opened) = self.depth.checked_sub(1).map(|at| self.opened[at]) else {
            return false;
        };
        let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:<>!&(| =*{$-".contains(byte);
        self.is_call(WRAPPERS) && self.text[self.start..opened].iter().all(is_path)
    }

    /// Whether the innermost bracket is that of a call of one of these functions.
    fn is_call(&self, functions: &[&[u8]]) -> bool {
        let Some(opened) = self.depth.checked_sub(1).map(|at| self.opened[at]) else {
            return false;
        };
        let name = last_name(self.text[self.start..opened].trim_ascii_end());
        functions.iter().any(|it| name.eq_ignore_ascii_case(it))
    }

    /// Whether the string at `string`, after a comma, is a path in the argument before it, which the innermost call
    /// looks up.
    fn gives_path(&self, comma: usize, string: Range<usize>) -> bool {
        let Some(opened) = self.depth.checked_sub(1).map(|at| self.opened[at]) else {
            return false;
        };
        let comma = self.start + comma;
        comma > opened
            && is_path_in(
                &self.text[self.start..opened],
                &self.text[opened + 1..comma],
                &self.text[string.start + 1..string.end.saturating_sub(1).max(string.start + 1)],
            )
    }

    /// Whether the innermost bracket is that of a Lisp list that falls back: `(or (getenv "X") "…")`.
    fn is_list_of_or(&self) -> bool {
        let opened = self.depth.checked_sub(1).map(|at| self.opened[at]);
        opened.is_some_and(|at| self.text[at..].starts_with(b"(or "))
    }

    /// Whether a bracket begins a list: alone, or after the type of its items.
    fn is_list(&self, opened: usize) -> bool {
        let before = &self.text[self.start..opened];
        let is_type =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'[' | b']' | b' ');
        before.is_empty() || before.contains(&b']') && before.iter().all(is_type)
    }
}

/// The text without the string prefix that it ends with.
fn without_prefix(before: &[u8]) -> &[u8] {
    let is_prefix = |byte: &u8| {
        matches!(
            byte.to_ascii_lowercase(),
            b'b' | b'r' | b'f' | b'u' | b'l' | b'@' | b'$'
        )
    };
    match before {
        [rest @ .., last] if is_prefix(last) => match rest.last() {
            Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' => before,
            _ => rest,
        },
        _ => before,
    }
}

/// The last part of the name that `text` ends with, without type arguments: `from` of `String::from`.
fn last_name(text: &[u8]) -> &[u8] {
    let text = match memchr::memrchr(b'<', text) {
        Some(open) if text.ends_with(b">") => &text[..open],
        _ => text,
    };
    let text = text.strip_suffix(b"[]").unwrap_or(text);
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'!');
    let length = text.iter().rev().take_while(is_name).count();
    &text[text.len() - length..]
}

/// Whether the text before `=` or `:` is the name of an argument that gives a default.
fn names_default(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"'").unwrap_or(before);
    let name = last_name(before.strip_suffix(b"\"").unwrap_or(before));
    DEFAULTS.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether the text between `:` and `=` is a type, as in `password : constant String := "…"`.
fn is_type_behind(before: &[u8]) -> bool {
    let before = before.strip_suffix(b":").unwrap_or(before).trim_ascii_end();
    let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_. *&[]<>?(),:".contains(byte);
    before.first().is_some_and(u8::is_ascii_alphabetic) && before.iter().all(is_type)
}

/// Whether `*` marks the string after it as the default of several, as in CUE: `string | *"…"`.
fn is_marked_default(before: &[u8]) -> bool {
    before.is_empty() || before.trim_ascii_end().ends_with(b"|")
}

/// Whether another string follows the one that ends at `end`, which is then not the last argument of a call.
fn goes_on_with_string(text: &[u8], end: usize) -> bool {
    let behind = skip_space(&text[end.min(text.len())..]);
    behind
        .strip_prefix(b",")
        .is_some_and(|behind| matches!(skip_space(behind).first(), Some(b'"' | b'\'' | b'`')))
}

/// Whether the text before a bracket is a type, which is then constructed from its argument: `SecretKey("…")`,
/// `new Token("…")`.
fn is_type(before: &[u8]) -> bool {
    let is_new = before.starts_with(b"new ");
    let name = last_name(before);
    let is_whole = name.len() == before.len() || is_new;
    is_whole && name.first().is_some_and(u8::is_ascii_uppercase) && !only_names(name)
}

/// Whether `before` is a type in brackets, as in a cast: `(unsigned char *)`, `<string>`.
fn is_cast(before: &[u8]) -> bool {
    let is_type =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ' | b'*' | b':');
    match before {
        [b'(', inner @ .., b')'] | [b'<', inner @ .., b'>'] => {
            !inner.is_empty() && inner.iter().all(is_type)
        }
        _ => false,
    }
}

/// The last word of `before`, if it falls back to what follows, or is a function that is called without brackets.
fn follows_word(before: &[u8]) -> Option<&[u8]> {
    let name = last_name(before);
    let is_apart = before.len() > name.len();
    let follows = match name {
        b"or" | b"orelse" | b"else" | b"return" => is_apart,
        // Assembler directives, such as `.asciz`.
        b"asciz" | b"ascii" | b"string" if is_apart => before.ends_with(&[b".", name].concat()),
        b"pack" | b"fromMaybe" | b"withDefault" | b"parameter" | b"Just" | b"Some"
        | b"fromString" | b"db" | b"DB" | b"default" => true,
        _ => false,
    };
    follows.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Syntax)>) {
        let found = literal(text.as_bytes(), 0).map(|(value, syntax)| (&text[value], syntax));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_a_name_falls_back_to() {
        for text in [
            r#"process.env.KEY || "abc1""#,
            "process.env.KEY ?? 'abc1';",
            r#"os.environ.get("KEY") or "abc1""#,
            "$ENV{KEY} // 'abc1'",
            r#"getenv("KEY") ?: "abc1""#,
            r#"env.get("KEY") orelse "abc1""#,
            "process.env.KEY ||\n  'abc1'",
            r#"config("KEY", default="abc1")"#,
            r#"get(config, "db.password", "abc1")"#,
            r#"get(name, "abc1")"#,
            r#"env.get(key, "abc1")"#,
            r#"z.string().default("abc1")"#,
            r#"env::var("KEY").unwrap_or("abc1".into())"#,
            r#"env::var("KEY").unwrap_or_else(|_| "abc1".into())"#,
            r#"Option(x).getOrElse("abc1")"#,
            r#"coalesce(var.key, "abc1")"#,
            r#"ENV.fetch("KEY") { "abc1" }"#,
            r#"(process.env.KEY as string) || "abc1""#,
            r#"process.env.KEY ? process.env.KEY : "abc1""#,
        ] {
            check(text, Some(("abc1", Syntax::Fallback)));
        }
    }

    #[test]
    fn what_is_made_of_a_string() {
        for text in [
            r#"Buffer.from("abc1", "utf8")"#,
            r#"aws.String("abc1")"#,
            r#"Some("abc1".to_string())"#,
            r#"(unsigned char *)"abc1""#,
            r#"<string>"abc1""#,
            r#"T.pack "abc1""#,
            r#"std::make_unique<std::string>("abc1")"#,
            r#"LazyLock::new(|| "abc1".to_string())"#,
            r#"local ? null : "abc1""#,
            r#"isLive ? "abc1" : undefined"#,
            r#"None if local else "abc1""#,
        ] {
            check(text, Some(("abc1", Syntax::Argument)));
        }
    }

    #[test]
    fn the_first_of_a_list() {
        for text in [
            r#"["abc1"]"#,
            r#"[]string{"abc1", "b"}"#,
            r#"{"abc1"}"#,
            "[\n  'abc1',\n]",
        ] {
            check(text, Some(("abc1", Syntax::Listed)));
        }
        let text = br#"["abc1", "def2", "c": 1]"#;
        assert_eq!(next_item(text, 6), Some(10..14));
        assert_eq!(next_item(text, 14), None);
    }

    #[test]
    fn other_strings_of_an_expression() {
        for text in [
            r#"input("abc1")"#,
            r#"request.form["abc1"]"#,
            r#"os.environ.get("abc1")"#,
            r#"{"abc1": 2}"#,
            r#"f(x); g("abc1")"#,
            "it is what we don't know or 'abc1'",
            r#"translate("abc1", locale)"#,
            r#"get(config, "db.password")"#,
            r#"_.get(config, ["a", "b"]) + get(this.config, "clientSecret")"#,
            r#"('"%s"' % word).encode("abc1")"#,
            "x // or \"abc1\"",
            r#"a, "abc1""#,
            r#"Symbol("abc1")"#,
            r#"new InjectionToken("abc1")"#,
            r#"new TokenError("abc1")"#,
        ] {
            check(text, None);
        }
    }
}
