//! The stages of a Dockerfile, with what each inherits from the one that it is built on.

use std::ops::Range;

use super::expand::{Expander, Scope, UNKNOWN};
use super::joined::Joined;
use super::reader::{self, Instruction};
use super::shell::{self, Command, Word};
use super::words;
use crate::audit::limit;

/// A parsed Dockerfile.
pub(super) struct Dockerfile {
    pub(super) stages: Vec<Stage>,
    /// `ARG` before the first stage.
    pub(super) globals: Vec<Pair>,
}

/// A stage: everything from one `FROM` to the next.
pub(super) struct Stage {
    /// Its name in lower case.
    pub(super) name: Option<String>,
    pub(super) base: Base,
    /// Its instructions, without `FROM`.
    pub(super) steps: Vec<Step>,
    /// `FROM` and its arguments.
    pub(super) from: Range<usize>,
}

/// What a stage is built on.
pub(super) struct Base {
    /// The name of the image if it is known, with variables expanded.
    pub(super) image: Option<String>,
    /// Where the name is.
    pub(super) span: Range<usize>,
    /// The earlier stage of that name.
    pub(super) stage: Option<usize>,
}

/// An instruction of a stage, with its variables expanded.
pub(super) struct Step {
    pub(super) instruction: Instruction,
    pub(super) kind: Kind,
}

/// What an instruction does.
pub(super) enum Kind {
    /// `ENV` and `ARG`.
    Variables(Vec<Pair>),
    /// `RUN`, and the commands of `CMD`, `ENTRYPOINT` and `HEALTHCHECK CMD`.
    Commands(Vec<Command>),
    /// `COPY` and `ADD`: sources and the target.
    Copy(Vec<Argument>),
    /// `USER`, `EXPOSE`, `HEALTHCHECK NONE` and the rest.
    Other(Vec<Argument>),
}

/// A name and its value.
pub(super) struct Pair {
    pub(super) name: String,
    /// `None` if there is only a name, as `ARG` allows.
    pub(super) value: Option<Argument>,
    /// Name and value together.
    pub(super) span: Range<usize>,
}

/// A word with its variables expanded.
pub(super) struct Argument {
    /// Its value; [`UNKNOWN`] stands for what is not known.
    pub(super) text: String,
    /// What is written, with quotes and variables.
    pub(super) raw: String,
    pub(super) span: Range<usize>,
}

impl Argument {
    /// Returns its value if all of it is known.
    pub(super) fn known(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.contains(UNKNOWN))
    }
}

/// More stages than anyone writes by hand.
const MAX_STAGES: usize = 1_000;

impl Stage {
    /// Returns the steps with this keyword.
    pub(super) fn steps_of<'s>(
        &'s self,
        keyword: &'s str,
    ) -> impl DoubleEndedIterator<Item = &'s Step> {
        let steps = self.steps.iter();
        steps.filter(move |step| step.instruction.keyword == keyword)
    }

    /// Returns the commands of all steps with this keyword.
    pub(super) fn commands_of<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'s Command> {
        self.steps_of(keyword).flat_map(Step::commands)
    }
}

impl Step {
    /// Returns the commands that it runs.
    pub(super) fn commands(&self) -> &[Command] {
        match &self.kind {
            Kind::Commands(commands) => commands,
            _ => &[],
        }
    }

    /// Returns its arguments if it is not a command and sets no variables.
    pub(super) fn arguments(&self) -> &[Argument] {
        match &self.kind {
            Kind::Copy(arguments) | Kind::Other(arguments) => arguments,
            _ => &[],
        }
    }

    /// Returns the variables that it sets.
    pub(super) fn pairs(&self) -> &[Pair] {
        match &self.kind {
            Kind::Variables(pairs) => pairs,
            _ => &[],
        }
    }
}

impl Dockerfile {
    /// Returns the number of the stage that `target` names, or of the last one.
    pub(super) fn stage_number(&self, target: Option<&str>) -> Option<usize> {
        let Some(target) = target else {
            return self.stages.len().checked_sub(1);
        };
        let name = target.to_ascii_lowercase();
        let named = |stage: &Stage| stage.name.as_deref() == Some(name.as_str());
        let number = target.parse().ok();
        let found = self.stages.iter().rposition(named);
        found.or(number.filter(|number| *number < self.stages.len()))
    }

    /// Returns a stage and those that it is built on, nearest first.
    pub(super) fn line(&self, number: usize) -> impl Iterator<Item = &Stage> {
        let first = self.stages.get(number);
        std::iter::successors(first, |stage| self.stages.get(stage.base.stage?))
    }

    /// Returns the last step with this keyword that affects what a stage becomes.
    pub(super) fn last<'s>(&'s self, number: usize, keyword: &'s str) -> Option<&'s Step> {
        self.line(number)
            .find_map(|stage| stage.steps_of(keyword).next_back())
    }

    /// Returns the image at the bottom of a stage if it is known.
    pub(super) fn bottom(&self, number: usize) -> Option<&Base> {
        self.line(number).last().map(|stage| &stage.base)
    }
}

/// Reads a Dockerfile; `None` if the first instruction that may not come before `FROM` is not `FROM`.
pub(super) fn parse(text: &str) -> Option<Dockerfile> {
    let instructions = reader::read(text);
    let mut builder = Builder {
        expander: Expander::new(instructions.escape),
        file: Dockerfile {
            stages: Vec::new(),
            globals: Vec::new(),
        },
        global: Scope::default(),
        scopes: Vec::new(),
    };
    for instruction in instructions.list {
        match (instruction.keyword.as_str(), builder.file.stages.is_empty()) {
            ("FROM", _) if builder.file.stages.len() == MAX_STAGES => {
                limit::reached(format!("more than {MAX_STAGES} stages"));
                break;
            }
            ("FROM", _) => builder.open(&instruction)?,
            ("ARG", true) => builder.global(&instruction),
            (_, true) => return None,
            _ => builder.step(instruction, text),
        }
    }
    (!builder.file.stages.is_empty()).then_some(builder.file)
}

struct Builder {
    expander: Expander,
    file: Dockerfile,
    global: Scope,
    /// The variables at the end of each stage.
    scopes: Vec<Scope>,
}

impl Builder {
    /// `FROM [--platform=…] image [AS name]`.
    fn open(&mut self, instruction: &Instruction) -> Option<()> {
        let written = instruction.arguments();
        let words = words::split(written, self.expander.escape);
        let image = words.first()?;
        let expanded = self.expander.expand(&written[image.clone()], &self.global);
        let name = match words.get(1..3) {
            Some([by, name]) if written[by.clone()].eq_ignore_ascii_case("as") => {
                Some(written[name.clone()].to_ascii_lowercase())
            }
            _ => None,
        };
        let stage = self.find(&expanded);
        let inherited = stage.and_then(|stage| self.scopes.get(stage).cloned());
        self.scopes.push(inherited.unwrap_or_default());
        let known = !expanded.contains(UNKNOWN) && !expanded.is_empty();
        self.file.stages.push(Stage {
            name,
            base: Base {
                image: known.then_some(expanded),
                span: instruction.span_of(image.clone()),
                stage,
            },
            steps: Vec::new(),
            from: instruction.span.clone(),
        });
        Some(())
    }

    /// Returns the last stage of this name so far.
    fn find(&self, name: &str) -> Option<usize> {
        let name = name.to_ascii_lowercase();
        let named = |stage: &Stage| stage.name.as_deref() == Some(name.as_str());
        self.file.stages.iter().rposition(named)
    }

    fn global(&mut self, instruction: &Instruction) {
        let pairs = pairs(instruction, &mut self.expander, &mut self.global, None);
        self.file.globals.extend(pairs);
    }

    fn step(&mut self, instruction: Instruction, text: &str) {
        let (Some(scope), Some(stage)) = (self.scopes.last_mut(), self.file.stages.last_mut())
        else {
            return;
        };
        let kind = match instruction.keyword.as_str() {
            "ENV" => Kind::Variables(pairs(&instruction, &mut self.expander, scope, None)),
            "ARG" => {
                let global = Some(&self.global);
                Kind::Variables(pairs(&instruction, &mut self.expander, scope, global))
            }
            "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" => {
                Kind::Commands(commands(&instruction, text))
            }
            "COPY" | "ADD" => Kind::Copy(arguments(&instruction, &mut self.expander, scope)),
            "USER" | "EXPOSE" | "WORKDIR" | "VOLUME" => {
                Kind::Other(arguments(&instruction, &mut self.expander, scope))
            }
            _ => Kind::Other(Vec::new()),
        };
        stage.steps.push(Step { instruction, kind });
    }
}

/// `NAME=value …`, or `NAME value` as `ENV` allows. `global` has the values that `ARG NAME` inherits.
fn pairs(
    instruction: &Instruction,
    expander: &mut Expander,
    scope: &mut Scope,
    global: Option<&Scope>,
) -> Vec<Pair> {
    let written = instruction.arguments();
    let words = words::split(written, expander.escape);
    let is_old =
        instruction.keyword == "ENV" && words.len() > 1 && !written[words[0].clone()].contains('=');
    if is_old {
        let name = written[words[0].clone()].to_owned();
        let value = words[1].start..words[words.len() - 1].end;
        let pair = pair(
            instruction,
            expander,
            scope,
            (&name, words[0].start),
            Some(value),
        );
        set(scope, &pair);
        return vec![pair];
    }
    // All values see the variables as they were before the instruction.
    let mut pairs = Vec::with_capacity(words.len());
    for word in words {
        let text = &written[word.clone()];
        let (name, value) = match text.find('=') {
            Some(at) => (&text[..at], Some(word.start + at + 1..word.end)),
            None => (text, None),
        };
        pairs.push(pair(
            instruction,
            expander,
            scope,
            (name, word.start),
            value,
        ));
    }
    for pair in &pairs {
        match global.and_then(|global| global.get(&pair.name)) {
            Some(value) if pair.value.is_none() => scope.set(&pair.name, value.to_owned()),
            _ => set(scope, pair),
        }
    }
    pairs
}

fn set(scope: &mut Scope, pair: &Pair) {
    match pair.value.as_ref().and_then(Argument::known) {
        Some(value) => scope.set(&pair.name, value.to_owned()),
        None => scope.forget(&pair.name),
    }
}

fn pair(
    instruction: &Instruction,
    expander: &mut Expander,
    scope: &Scope,
    (name, start): (&str, usize),
    value: Option<Range<usize>>,
) -> Pair {
    let end = value.as_ref().map_or(start + name.len(), |value| value.end);
    Pair {
        name: name.trim_matches(['"', '\'']).to_owned(),
        value: value.map(|value| argument(instruction, expander, scope, value)),
        span: instruction.span_of(start..end),
    }
}

fn argument(
    instruction: &Instruction,
    expander: &mut Expander,
    scope: &Scope,
    at: Range<usize>,
) -> Argument {
    let raw = &instruction.arguments()[at.clone()];
    Argument {
        text: expander.expand(raw, scope),
        raw: raw.to_owned(),
        span: instruction.span_of(at),
    }
}

/// Returns the words of an instruction, or the strings of its list.
fn arguments(instruction: &Instruction, expander: &mut Expander, scope: &Scope) -> Vec<Argument> {
    let written = instruction.arguments();
    if let Some(strings) = words::json(written) {
        let strings = strings.into_iter();
        return strings
            .map(|(at, text)| Argument {
                text: expander.expand(&text, scope),
                raw: text,
                span: instruction.span_of(at),
            })
            .collect();
    }
    words::split(written, expander.escape)
        .into_iter()
        .map(|word| argument(instruction, expander, scope, word))
        .collect()
}

/// Returns the commands that an instruction runs.
fn commands(instruction: &Instruction, text: &str) -> Vec<Command> {
    let mut from = instruction.arguments.start;
    if instruction.keyword == "HEALTHCHECK" {
        let written = instruction.arguments();
        let is_command = written
            .get(..3)
            .is_some_and(|word| word.eq_ignore_ascii_case("cmd"));
        if !is_command {
            return Vec::new();
        }
        let rest = &written[3..];
        from += 3 + rest.len() - rest.trim_start().len();
    }
    let all = instruction.text.as_str();
    if let Some(strings) = words::json(&all[from..]) {
        let word = |(at, text): (Range<usize>, String)| Word {
            text,
            span: instruction.text.span(from + at.start..from + at.end),
        };
        return shell::of_words(strings.into_iter().map(word).collect());
    }
    let mut commands = shell::commands(&instruction.text.part(from..all.len()));
    let first = commands.first().map_or("", Command::program);
    // The here-document is the script if nothing, or only a shell, precedes it.
    if first.starts_with("<<") || shell::is_shell(first) {
        for document in &instruction.documents {
            let body = text.get(document.body.clone()).unwrap_or_default();
            if shell::is_of_other_program(body) {
                continue;
            }
            commands.extend(shell::commands(&Joined::of(body, document.body.start)));
        }
    }
    commands
}
