//! Splits a shell line into commands, well enough to show which programs run with which words.
//!
//! This is no shell grammar: only words, quotes, and what separates one command from the next.

use std::ops::Range;

use super::joined::Joined;
use crate::audit::limit;

/// One command: a program and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Command {
    pub(in crate::audit) words: Vec<Word>,
    /// `NAME=value` before it.
    pub(super) settings: Vec<Word>,
    /// Whether its output is piped into the next command.
    pub(super) is_piped: bool,
}

/// A word without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Word {
    pub(in crate::audit) text: String,
    /// Where it is in the file.
    pub(super) span: Range<usize>,
}

/// How many nested shells are examined: each level of quotes doubles the text of the inner ones.
const MAX_DEPTH: usize = 8;

impl Command {
    /// Returns the program, without its directory.
    pub(in crate::audit) fn program(&self) -> &str {
        let first = self.words.first().map_or("", |word| &word.text);
        first.rsplit('/').next().unwrap_or(first)
    }

    /// Returns the words after the program.
    pub(super) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Returns the bytes of the file from its first word to its last one.
    pub(super) fn span(&self) -> Range<usize> {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end.max(first.span.end),
            _ => 0..0,
        }
    }

    /// Returns the first word that is one of these.
    pub(super) fn option(&self, words: &[&str]) -> Option<&Word> {
        let mut arguments = self.arguments().iter();
        arguments.find(|word| words.contains(&word.text.as_str()))
    }

    /// Returns the word that the shell runs as a script: `sh -c "…"`.
    pub(super) fn script(&self) -> Option<&Word> {
        let is_shell = is_shell(self.program());
        let mut words = self.arguments().iter();
        let flag = words
            .find(|word| is_shell && word.text.starts_with('-') && word.text.ends_with('c'))?;
        let at = self.words.iter().position(|word| word == flag)?;
        self.words.get(at + 1)
    }
}

/// Returns whether a program reads commands from its input.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh")
}

/// Returns whether a script names an interpreter that is not a shell.
pub(super) fn is_of_other_program(body: &str) -> bool {
    let first = body.lines().next().unwrap_or("");
    first.strip_prefix("#!").is_some_and(|line| {
        let mut words = line
            .split_whitespace()
            .map(|word| word.rsplit('/').next().unwrap_or(word));
        !words.any(is_shell)
    })
}

/// Returns the commands in a text that is not from a file.
pub(in crate::audit) fn of_text(text: &str) -> Vec<Command> {
    commands(&Joined::of(text, 0))
}

/// Returns the commands in `text`, including those within `sh -c`.
pub(super) fn commands(text: &Joined) -> Vec<Command> {
    let mut commands = Vec::new();
    for command in split(text) {
        push(command, 0, &mut commands);
    }
    commands
}

/// Returns a command given as words, and those within it if it is `sh -c`.
pub(super) fn of_words(words: Vec<Word>) -> Vec<Command> {
    let mut commands = Vec::new();
    let command = Command {
        words,
        settings: Vec::new(),
        is_piped: false,
    };
    push(command, 0, &mut commands);
    commands
}

fn push(mut command: Command, depth: usize, commands: &mut Vec<Command>) {
    unwrap(&mut command);
    let inner = command.script().map(|script| {
        let words = split(&Joined::of(&script.text, 0));
        (words, script.span.clone())
    });
    commands.push(command);
    let Some((inner, span)) = inner else {
        return;
    };
    if depth == MAX_DEPTH {
        limit::reached(format!("shells nested more than {MAX_DEPTH} deep"));
        return;
    }
    for mut command in inner {
        for word in &mut command.words {
            word.span = span.clone();
        }
        push(command, depth + 1, commands);
    }
}

/// Removes what only affects how the command runs: `VAR=x`, `then`, `!`, `exec`, `time`.
fn unwrap(command: &mut Command) {
    const OPENINGS: &[&str] = &[
        "if", "then", "else", "elif", "do", "while", "until", "!", "{", "exec", "time", "command",
        "eval", "env", "nohup",
    ];
    let is_opening = |word: &Word| {
        let assigns = word.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        assigns || OPENINGS.contains(&word.text.as_str())
    };
    let count = command.words.iter().take_while(|word| is_opening(word));
    let count = count.count();
    let opening: Vec<_> = command.words.drain(..count).collect();
    let settings = opening.into_iter().filter(|word| word.text.contains('='));
    command.settings.extend(settings);
}

/// Splits text into commands.
fn split(text: &Joined) -> Vec<Command> {
    let mut splitter = Splitter {
        text,
        commands: Vec::new(),
        words: Vec::new(),
        word: None,
    };
    splitter.run();
    splitter.commands
}

struct Splitter<'t> {
    text: &'t Joined,
    commands: Vec<Command>,
    words: Vec<Word>,
    /// The current word and where it begins.
    word: Option<(usize, String)>,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let text = self.text.as_str();
        let mut chars = text.char_indices().peekable();
        let mut quote = None;
        while let Some((at, c)) = chars.next() {
            match (c, quote) {
                ('\'' | '"', None) => {
                    quote = Some(c);
                    self.word.get_or_insert_with(|| (at, String::new()));
                }
                (c, Some(open)) if c == open => quote = None,
                ('\\', quote) if quote != Some('\'') => match chars.next() {
                    Some((_, '\n')) | None => {}
                    Some((_, next)) => {
                        if quote.is_some() && !matches!(next, '"' | '$' | '\\' | '`') {
                            self.push(at, c);
                        }
                        self.push(at, next);
                    }
                },
                ('#', None) if self.word.is_none() => {
                    while chars.next_if(|(_, c)| *c != '\n').is_some() {}
                }
                ('&', None) if self.is_redirection(chars.peek().map(|(_, c)| *c)) => {
                    self.push(at, c);
                }
                ('|' | '&' | ';' | '\n' | '(' | ')' | '`', None) => {
                    let doubled = chars.next_if(|(_, next)| *next == c).is_some();
                    // `|&` pipes standard error, too.
                    if c == '|' {
                        chars.next_if(|(_, next)| *next == '&');
                    }
                    self.end_command(at, c == '|' && !doubled);
                }
                (c, None) if c.is_whitespace() => self.end_word(at),
                (c, _) => self.push(at, c),
            }
        }
        self.end_command(text.len(), false);
    }

    /// Whether `&` belongs to `2>&1` or `&>file`.
    fn is_redirection(&self, next: Option<char>) -> bool {
        let follows = self
            .word
            .as_ref()
            .is_some_and(|(_, word)| word.ends_with(['>', '<']));
        follows || next == Some('>')
    }

    fn push(&mut self, at: usize, c: char) {
        self.word
            .get_or_insert_with(|| (at, String::new()))
            .1
            .push(c);
    }

    fn end_word(&mut self, at: usize) {
        if let Some((start, text)) = self.word.take() {
            let span = self.text.span(start..at);
            self.words.push(Word { text, span });
        }
    }

    fn end_command(&mut self, at: usize, is_piped: bool) {
        self.end_word(at);
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.commands.push(Command {
                words,
                settings: Vec::new(),
                is_piped,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = commands(&Joined::of(text, 0))
            .into_iter()
            .map(|command| {
                let words: Vec<_> = command.words.iter().map(|word| word.text.clone()).collect();
                words.join(" ") + if command.is_piped { " |" } else { "" }
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn commands_are_told_apart() {
        check("a b && c || d; e | f", &["a b", "c", "d", "e |", "f"]);
        check("a 2>&1 | b &>x", &["a 2>&1 |", "b &>x"]);
        check("a 'b && c' \"d;e\"", &["a b && c d;e"]);
        check("A=1 B='2' c # d && e\nf", &["c", "f"]);
        check("if ! a; then b; fi", &["a", "b", "fi"]);
        check("bash -c 'a | b'", &["bash -c a | b", "a |", "b"]);
        check("sh <(curl x)", &["sh <", "curl x"]);
        check("sh -c \"$(curl x)\"", &["sh -c $(curl x)", "$", "curl x"]);
        check("a \\\n b \\c", &["a b c"]);
        check("", &[]);
    }

    #[test]
    fn shells_without_end_end() {
        let mut text = "x".to_owned();
        for _ in 0..14 {
            text = format!("sh -c {text:?}");
        }
        let (commands, limits) = limit::watched(|| commands(&Joined::of(&text, 0)));
        assert!(commands.len() <= MAX_DEPTH + 2);
        assert_eq!(limits.len(), 1);
    }
}
