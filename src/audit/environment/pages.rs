//! Reads documentation: headings, sentences and commands that may be about starting a Compose file.

use super::said::{self, Said, works_on};

/// A heading, a sentence or a command that may start a Compose file.
pub(super) struct Line {
    /// The page.
    pub(super) page: String,
    /// The line of the page, counted from 1.
    pub(super) number: u32,
    /// Its text.
    pub(super) text: String,
    /// What is said about it.
    pub(super) said: Option<Said>,
    /// Whether it says so by itself, so that it need not be a command.
    pub(super) is_statement: bool,
    /// Whether the program is then started without a container, as its developers do.
    pub(super) is_followed: bool,
}

/// A part of a page.
enum Block<'t> {
    /// A heading: its depth, line number and text.
    Heading(usize, u32, &'t str),
    /// The lines of a paragraph or a list item.
    Text(Vec<(u32, &'t str)>),
    /// Commands.
    Code(Vec<(u32, &'t str)>),
}

/// Collects from a page whatever may start something, with what is said about it.
pub(super) fn read(page: &str, text: &str, lines: &mut Vec<Line>) {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !["ompose", "ocker", "stack deploy"].into_iter().any(has) {
        return;
    }
    let mut reader = Reader {
        page,
        of_page: said::of_page(page),
        is_readme: is_readme(page),
        headings: Vec::new(),
        before: None,
        sections: [lines.len(); 2],
        lines,
    };
    for block in blocks(page, text) {
        match block {
            Block::Heading(depth, number, text) => reader.heading(depth, number, text),
            Block::Text(lines) => reader.text(&lines),
            Block::Code(lines) => reader.code(&lines),
        }
    }
}

fn is_readme(page: &str) -> bool {
    let name = page.rsplit('/').next().unwrap_or(page);
    name.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("readme"))
}

struct Reader<'a> {
    page: &'a str,
    of_page: Option<Said>,
    is_readme: bool,
    /// The headings that the current line is below, with their depth.
    headings: Vec<(usize, Option<Said>)>,
    /// What the sentence before a command says.
    before: Option<Said>,
    /// The index of the first line below the second-to-last heading, and below the last one.
    sections: [usize; 2],
    lines: &'a mut Vec<Line>,
}

impl Reader<'_> {
    fn heading(&mut self, depth: usize, number: u32, text: &str) {
        let said = match self.of_page {
            Some(Said::Contributes) => said::of_heading_for_developers(text),
            _ => said::of_heading(text),
        };
        self.headings.retain(|(above, _)| *above < depth);
        self.headings.push((depth, said));
        self.before = None;
        self.sections = [self.sections[1], self.lines.len()];
        if mentions(text) && said.is_some_and(|said| said != Said::Installs) {
            self.push(number, text, said, true);
        }
    }

    fn text(&mut self, lines: &[(u32, &str)]) {
        let mut joined = String::new();
        let mut starts = Vec::with_capacity(lines.len());
        for (number, text) in lines {
            starts.push((joined.len(), *number));
            joined.push_str(text);
            joined.push(' ');
        }
        let mut at = 0;
        for sentence in sentences(&joined) {
            let from = at;
            at += sentence.len();
            let said = said::of_sentence(sentence);
            self.before = said;
            if mentions(sentence) {
                let within = from + sentence.find("compose").unwrap_or_default();
                let line = starts.iter().rev().find(|(start, _)| *start <= within);
                let number = line.map_or(0, |(_, number)| *number);
                self.push(
                    number,
                    sentence.trim(),
                    said.or(self.around()),
                    said.is_some(),
                );
            }
        }
        for command in joined.split('`').skip(1).step_by(2) {
            self.follow(command);
        }
        // A sentence without a verb, such as "Development:", counts like a heading.
        if joined.len() < 60 && joined.trim_end_matches([' ', '*', '_']).ends_with(':') {
            self.before = said::of_heading(&joined).filter(|said| *said != Said::Installs);
        }
    }

    fn code(&mut self, lines: &[(u32, &str)]) {
        let mut remark = None;
        for (number, text) in lines {
            let (command, own) = text.split_once(" #").unwrap_or((text, ""));
            if let Some(text) = text.strip_prefix('#') {
                remark = said::of_heading(text).filter(|said| *said != Said::Installs);
                continue;
            }
            if mentions(command) {
                // A listing says what each of its files is for.
                let own = said::of_sentence(own).or_else(|| said::of_sentence(command));
                let said = own.or(remark).or(self.before);
                self.push(*number, command, said.or(self.around()), false);
            }
            self.follow(command);
        }
    }

    /// Returns what the headings around a line say, or else the page: a section about Docker may be part of one about
    /// development.
    fn around(&self) -> Option<Said> {
        let of_headings = self.headings.iter().rev().filter_map(|(_, said)| *said);
        let telling = of_headings.clone().find(|said| *said != Said::Installs);
        let of_page = self.of_page.filter(|said| *said != Said::Installs);
        let nearest = telling.or(of_page).or_else(|| of_headings.clone().next());
        nearest.or(self.of_page)
    }

    fn push(&mut self, number: u32, text: &str, said: Option<Said>, is_statement: bool) {
        // Readers of a readme that says no more are users of the program.
        let said = said.or((self.is_readme && text.contains(" up")).then_some(Said::Installs));
        self.lines.push(Line {
            page: self.page.to_owned(),
            number,
            text: text.to_owned(),
            said,
            is_statement,
            is_followed: false,
        });
    }

    /// Notes that a command in the same section, or in the next one, runs the program as its developers do.
    fn follow(&mut self, command: &str) {
        let command = command.trim_start_matches(['$', '>', ' ']);
        if !command.contains("compose") && works_on(command).is_some() {
            for line in &mut self.lines[self.sections[0]..] {
                line.is_followed = true;
            }
        }
    }
}

/// Splits a text into sentences, without losing any of it: a full stop within a name does not end a sentence.
fn sentences(text: &str) -> Vec<&str> {
    let (mut all, mut from) = (Vec::new(), 0);
    for (at, mark) in text.match_indices(['.', '!', '?', ';']) {
        let end = at + mark.len();
        if text[end..].starts_with(' ') {
            all.push(&text[from..end]);
            from = end;
        }
    }
    all.push(&text[from..]);
    all
}

/// Whether a text may be about a Compose file.
fn mentions(text: &str) -> bool {
    text.contains("compose")
        || text.contains("Compose")
        || text.contains("stack deploy")
        || speaks_of_environment(text)
}

/// How many bytes may be between the name of Docker and a mention of an environment.
const NEAR: usize = 24;

/// Returns whether a text is about a development environment in Docker: `a docker-based development environment`.
pub(super) fn speaks_of_environment(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let says = [
        "development environment",
        "dev environment",
        "development setup",
    ];
    says.iter().any(|says| {
        text.match_indices(says).any(|(at, _)| {
            let end = at + says.len();
            let before = &text.as_bytes()[at.saturating_sub(NEAR)..at];
            let after = &text.as_bytes()[end..text.len().min(end + NEAR)];
            [before, after]
                .iter()
                .any(|near| memchr::memmem::find(near, b"docker").is_some())
        })
    })
}

/// Splits a page into its parts, in order.
fn blocks<'t>(page: &str, text: &'t str) -> Vec<Block<'t>> {
    let lower = page.to_ascii_lowercase();
    let is_rst = lower.ends_with(".rst") || lower.ends_with(".txt");
    let is_adoc = lower.ends_with(".adoc");
    let mut all: Vec<Block<'t>> = Vec::new();
    let mut marks: Vec<char> = Vec::new();
    let (mut fence, mut is_open) = (None, false);
    for (line, number) in text.lines().zip(1_u32..) {
        let own = line.trim();
        let is_indented = line.len() - line.trim_start().len() >= 4;
        let mark = ["```", "~~~", "----"]
            .into_iter()
            .find(|mark| own.starts_with(mark) && (*mark != "----" || is_adoc));
        if mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_none() { mark } else { None };
            is_open = false;
            continue;
        }
        if fence.is_none() {
            if let Some(depth) = heading(own).filter(|_| !is_indented) {
                all.push(Block::Heading(depth, number, own));
                is_open = false;
                continue;
            }
            if let Some(mark) = underline(own, is_rst).filter(|_| is_open && !is_adoc)
                && let Some(Block::Text(lines)) = all.last()
                && let [(number, title)] = lines[..]
            {
                let depth = depth(mark, is_rst, &mut marks);
                all.pop();
                all.push(Block::Heading(depth, number, title));
                is_open = false;
                continue;
            }
        }
        if own.is_empty() {
            is_open = false;
            continue;
        }
        let is_code = fence.is_some() || is_indented && !is_open;
        let is_item = fence.is_none() && is_item(own);
        match all.last_mut() {
            Some(Block::Code(lines)) if is_code => lines.push((number, own)),
            Some(Block::Text(lines)) if !is_code && is_open && !is_item => {
                lines.push((number, own));
            }
            _ if is_code => all.push(Block::Code(vec![(number, own)])),
            _ => all.push(Block::Text(vec![(number, own)])),
        }
        is_open = !is_code;
    }
    all
}

/// Returns the depth of a heading that is marked on its own line.
fn heading(own: &str) -> Option<usize> {
    let depth = own
        .bytes()
        .take_while(|byte| matches!(byte, b'#' | b'='))
        .count();
    if depth > 0 && own[depth..].starts_with(' ') {
        return Some(depth);
    }
    let rest = own.strip_prefix("<h").or_else(|| own.strip_prefix("<H"))?;
    let digit = rest.chars().next()?.to_digit(10)?;
    usize::try_from(digit).ok().filter(|digit| *digit > 0)
}

/// Returns the character of a line that underlines a heading.
fn underline(own: &str, is_rst: bool) -> Option<char> {
    let mark = own.chars().next()?;
    let is_mark = if is_rst { "=-~^\"'`*+#:." } else { "=-" }.contains(mark);
    (is_mark && own.len() >= 3 && own.chars().all(|c| c == mark)).then_some(mark)
}

/// Returns the depth of an underlined heading. In reStructuredText, the first character that a page uses marks the top
/// level.
fn depth(mark: char, is_rst: bool, marks: &mut Vec<char>) -> usize {
    if !is_rst {
        return if mark == '=' { 1 } else { 2 };
    }
    let known = marks.iter().position(|it| *it == mark);
    known.unwrap_or_else(|| {
        marks.push(mark);
        marks.len() - 1
    }) + 1
}

/// Whether a line begins a list item or a table row.
fn is_item(own: &str) -> bool {
    let rest = own.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = rest.len() < own.len() && (rest.starts_with(". ") || rest.starts_with(") "));
    is_numbered
        || ["- ", "* ", "+ ", "|"]
            .iter()
            .any(|mark| own.starts_with(mark))
}
