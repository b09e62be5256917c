//! Parses the filters of betterleaks, as far as they concern the secret, the match, its line and its path.
//!
//! `entropy(finding["secret"]) <= 3.5 || matchesAny(get(attributes, "path", ""), [`…`])`. What cannot be parsed is
//! reported, and never guessed.

use aho_corasick::AhoCorasick;

use super::condition::{Compare, Condition, Target, Test};
use super::go_pattern::Pattern;
use crate::redact::quoted;

/// How deeply parentheses may nest.
const MAX_DEPTH: usize = 40;

/// Parses a condition.
pub(super) fn parse(text: &str) -> Result<Condition, String> {
    let mut reader = Reader {
        rest: text,
        depth: 0,
    };
    let condition = reader.any()?;
    reader.skip();
    if reader.rest.is_empty() {
        Ok(condition)
    } else {
        Err(reader.unknown())
    }
}

/// Returns a condition that holds where one of `patterns` matches.
pub(super) fn matches(target: Target, patterns: &[String]) -> Result<Condition, String> {
    let patterns: Vec<_> = patterns.iter().map(|one| Pattern::from_go(one)).collect();
    // Check each by itself first: inside a group, an unbalanced parenthesis could close that of another pattern.
    if patterns.len() > 1 {
        for pattern in &patterns {
            pattern.parse().ok_or("a pattern is not a string")?;
        }
    }
    let regex = Pattern::any(&patterns)
        .compile()
        .map_err(|error| format!("a pattern does not compile: {error}"))?;
    Ok(Condition::test(target, Test::Matches(regex)))
}

/// Returns a condition that holds where one of `words` occurs, in any case.
pub(super) fn contains(target: Target, words: &[String]) -> Result<Condition, String> {
    let words = words.iter().filter(|word| !word.is_empty());
    let words = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .map_err(|error| error.to_string())?;
    Ok(Condition::test(target, Test::Contains(words)))
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

/// One side of a comparison.
enum Side {
    Entropy(Target),
    Length(Target),
    Text(Target),
    Number(f64),
    Literal(String),
}

impl Reader<'_> {
    /// Skips white space and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let Some(comment) = self.rest.strip_prefix("//") else {
                return;
            };
            self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        let found = self.rest.strip_prefix(token);
        // `not` is a word, so it must end here.
        let is_cut = token.ends_with(char::is_alphanumeric)
            && found
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        match found.filter(|_| !is_cut) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn need(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            Ok(())
        } else {
            Err(self.unknown())
        }
    }

    fn unknown(&self) -> String {
        let word: String = self
            .rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
            .take(40)
            .collect();
        if word.is_empty() {
            "it has an unsupported expression".to_owned()
        } else {
            format!("{} in it is not supported", quoted(&word, "a word"))
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.take("||") || self.take("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.single()?];
        while self.take("&&") || self.take("and") {
            parts.push(self.single()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn single(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let condition = self.nested();
        self.depth -= 1;
        condition
    }

    fn nested(&mut self) -> Result<Condition, String> {
        if self.take("!") || self.take("not") {
            return Ok(Condition::Not(Box::new(self.single()?)));
        }
        let before = self.rest;
        if self.take("(") {
            // A group is either a condition or the left side of a comparison.
            if let Ok(condition) = self.any()
                && self.take(")")
            {
                return Ok(condition);
            }
            self.rest = before;
        }
        if self.take("true") {
            return Ok(Condition::Always(true));
        }
        if self.take("false") {
            return Ok(Condition::Always(false));
        }
        let _ = self.take("filter.");
        for (name, kind) in [
            ("matchesAny", 0),
            ("containsAny", 1),
            ("failsTokenEfficiency", 2),
        ] {
            if self.take(name) {
                return self.call(kind);
            }
        }
        self.comparison()
    }

    fn call(&mut self, kind: u8) -> Result<Condition, String> {
        self.need("(")?;
        let target = self.target()?;
        if kind == 2 {
            self.need(")")?;
            return Ok(Condition::test(target, Test::Guessable));
        }
        self.need(",")?;
        let texts = self.list()?;
        self.need(")")?;
        if kind == 0 {
            matches(target, &texts)
        } else {
            contains(target, &texts)
        }
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        let left = self.side()?;
        if self.take("in") {
            let texts = self.list()?;
            let Side::Text(target) = left else {
                return Err(self.unknown());
            };
            return Ok(Condition::test(target, Test::Is(texts)));
        }
        let operators = [
            ("<=", Compare::AtMost),
            (">=", Compare::AtLeast),
            ("<", Compare::Less),
            (">", Compare::More),
            ("==", Compare::Equal),
            ("!=", Compare::Unequal),
        ];
        let found = operators.iter().find(|(token, _)| self.take(token));
        let Some((_, compare)) = found else {
            return Err(self.unknown());
        };
        let right = self.side()?;
        let condition = match (left, right) {
            (Side::Entropy(target), Side::Number(limit)) => {
                Condition::test(target, Test::Entropy(*compare, limit))
            }
            (Side::Number(limit), Side::Entropy(target)) => {
                Condition::test(target, Test::Entropy(compare.turned(), limit))
            }
            (Side::Length(target), Side::Number(limit)) => {
                Condition::test(target, Test::Length(*compare, limit))
            }
            (Side::Number(limit), Side::Length(target)) => {
                Condition::test(target, Test::Length(compare.turned(), limit))
            }
            (Side::Text(target), Side::Literal(text))
            | (Side::Literal(text), Side::Text(target)) => {
                let is = Condition::test(target, Test::Is(vec![text]));
                match compare {
                    Compare::Equal => is,
                    Compare::Unequal => Condition::Not(Box::new(is)),
                    _ => return Err(self.unknown()),
                }
            }
            _ => return Err(self.unknown()),
        };
        Ok(condition)
    }

    fn side(&mut self) -> Result<Side, String> {
        self.skip();
        let _ = self.take("filter.");
        if self.take("entropy") {
            self.need("(")?;
            let target = self.target()?;
            self.need(")")?;
            return Ok(Side::Entropy(target));
        }
        if self.take("len") || self.take("size") {
            self.need("(")?;
            let target = self.target()?;
            self.need(")")?;
            return Ok(Side::Length(target));
        }
        if self.rest.starts_with(['"', '\'', '`']) {
            return self.literal().map(Side::Literal);
        }
        let digits = self.rest.len()
            - self
                .rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        if digits > 0 {
            let number = self.rest[..digits].parse().map_err(|_| self.unknown())?;
            self.rest = &self.rest[digits..];
            return Ok(Side::Number(number));
        }
        self.target().map(Side::Text)
    }

    /// `finding["secret"]`, `get(attributes, "path", "")`, `(attributes["path"] ?? "")`.
    fn target(&mut self) -> Result<Target, String> {
        let is_grouped = self.take("(");
        let target = if self.take("get") {
            self.need("(")?;
            self.need("attributes")?;
            self.need(",")?;
            let name = self.literal()?;
            if self.take(",") {
                self.literal()?;
            }
            self.need(")")?;
            Self::attribute(&name)
        } else if self.take("attributes") {
            let name = self.member()?;
            Self::attribute(&name)
        } else {
            self.need("finding")?;
            match self.member()?.as_str() {
                "secret" => Ok(Target::Secret),
                "match" => Ok(Target::Match),
                "line" => Ok(Target::Line),
                other => {
                    let shown = quoted(other, "something");
                    Err(format!("gonogo does not know {shown} of findings"))
                }
            }
        }?;
        if self.take("??") {
            self.literal()?;
        }
        if is_grouped {
            self.need(")")?;
        }
        Ok(target)
    }

    fn attribute(name: &str) -> Result<Target, String> {
        match name {
            "path" => Ok(Target::Path),
            other => {
                let shown = quoted(other, "one of the names");
                Err(format!("gonogo does not know the attribute {shown}"))
            }
        }
    }

    /// `["name"]` or `.name`.
    fn member(&mut self) -> Result<String, String> {
        if self.take(".") {
            let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            self.rest = rest;
            return Ok(name.to_owned());
        }
        self.need("[")?;
        let name = self.literal()?;
        self.need("]")?;
        Ok(name)
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        self.need("[")?;
        let mut texts = Vec::new();
        while !self.take("]") {
            texts.push(self.literal()?);
            if !self.take(",") {
                self.need("]")?;
                break;
            }
        }
        Ok(texts)
    }

    fn literal(&mut self) -> Result<String, String> {
        self.skip();
        let quote = self
            .rest
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'));
        let Some(quote) = quote else {
            return Err(self.unknown());
        };
        let mut text = String::new();
        let mut chars = self.rest[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.rest = &self.rest[at + 2..];
                    return Ok(text);
                }
                '\\' if quote != '`' => text.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 'r')) => '\r',
                    Some((_, 't')) => '\t',
                    Some((_, c @ ('\\' | '"' | '\'' | '`'))) => c,
                    _ => return Err("gonogo does not know an escape in it".to_owned()),
                }),
                c => text.push(c),
            }
        }
        Err("it has a text without an end".to_owned())
    }
}

fn one_or(mut parts: Vec<Condition>, several: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(part) if parts.is_empty() => part,
        Some(part) => {
            parts.push(part);
            several(parts)
        }
        None => Condition::Always(false),
    }
}
