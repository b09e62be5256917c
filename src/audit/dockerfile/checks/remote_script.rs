//! `dockerfile/remote-script`: whatever a URL serves today becomes part of the image.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, Report, Severity, Sighting, docker,
    downloads,
};
use crate::audit::dockerfile::shell::{self, Command, Word};
use crate::audit::dockerfile::stage::Stage;

pub(super) struct RemoteScript;

impl Check<File<'_>> for RemoteScript {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for stage in file.stages() {
            let is_verified = stage.commands_of("RUN").any(verifies);
            let mut downloads = Vec::new();
            for step in stage.steps_of("RUN") {
                if step.commands().iter().any(verifies) {
                    continue;
                }
                let mut found = scripts(step.commands());
                if !is_verified {
                    found.extend(downloads::run(step.commands(), &mut downloads));
                }
                for script in found {
                    let message =
                        "a downloaded script is executed without an integrity check".to_owned();
                    let mut sighting = Sighting::new(&CARD, script.span, message);
                    if script.is_plain_http {
                        sighting.severity = Severity::High;
                    }
                    report.add(&CARD, file.scaled(sighting));
                }
            }
            added(file, stage, report);
        }
    }
}

/// `ADD` of a URL whose content is not verified.
fn added(file: &File, stage: &Stage, report: &mut Report) {
    let is_verified = stage.commands_of("RUN").any(verifies);
    for step in stage
        .steps_of("ADD")
        .filter(|step| step.instruction.flag("checksum").is_none() && !is_verified)
    {
        let sources = step
            .arguments()
            .split_last()
            .map(|(_, sources)| sources)
            .unwrap_or_default();
        for source in sources {
            let text = source.text.as_str();
            let is_repository = text.ends_with(".git") || text.contains(".git#");
            if !text.starts_with("http://") && !text.starts_with("https://") || is_repository {
                continue;
            }
            let message = "a downloaded file is added without an integrity check".to_owned();
            let mut sighting = Sighting::new(&CARD, source.span.clone(), message);
            if text.starts_with("http://") {
                sighting.severity = Severity::High;
            }
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

/// A downloaded script that is run.
pub(super) struct Script {
    pub(super) span: std::ops::Range<usize>,
    pub(super) is_plain_http: bool,
}

fn scripts(commands: &[Command]) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    let mut push = |first: &Command, last: &Command| {
        let mut words = first.words.iter().chain(&last.words);
        let span = first.span().start.min(last.span().start)..first.span().end.max(last.span().end);
        // A script within a shell within a command is reported once.
        let is_known =
            |script: &Script| script.span.start <= span.start && span.end <= script.span.end;
        if scripts.iter().any(is_known) {
            return;
        }
        scripts.push(Script {
            span,
            is_plain_http: words.any(|word| {
                word.text.starts_with("http://") || word.text.contains("$(curl http://")
            }),
        });
    };
    let mut fetched: Option<&Command> = None;
    for (at, command) in commands.iter().enumerate() {
        if let Some(first) = fetched.filter(|_| runs_input(command)) {
            push(first, command);
            fetched = None;
            continue;
        }
        let is_fetch = is_fetch(command);
        let next = commands.get(at + 1);
        let opens = command
            .words
            .last()
            .is_some_and(|word| word.text == "<" || word.text == "<<<");
        let is_source = runs_input(command) || matches!(command.program(), "source" | ".");
        if let Some(next) = next.filter(|next| opens && is_source && self::is_fetch(next)) {
            push(command, next);
        }
        // `eval "$(curl …)"`, `sh -c "$(curl …)"`, `python3 -c "$(curl …)"`; without quotes, the inner command is
        // the next one.
        let runs = inline(command).or_else(|| command.words.first().map(|word| word.text.as_str()));
        if let Some(text) = runs {
            if is_substituted(text) {
                push(command, command);
            } else if let Some(next) = next.filter(|next| text == "$" && self::is_fetch(next)) {
                push(command, next);
            }
        }
        fetched = command
            .is_piped
            .then_some(if is_fetch { Some(command) } else { fetched })
            .flatten();
    }
    scripts
}

/// Whether a text is the output of a download: `$(curl …)`.
fn is_substituted(text: &str) -> bool {
    ["$(curl ", "$(wget ", "`curl ", "`wget "]
        .iter()
        .any(|start| text.trim_start().starts_with(start))
}

/// Returns the program text that an interpreter gets on its command line.
fn inline(command: &Command) -> Option<&str> {
    if let Some(script) = command.script() {
        return Some(&script.text);
    }
    let flag = match command.program() {
        "python" | "python3" | "python2" => "-c",
        "perl" | "ruby" | "node" => "-e",
        "php" => "-r",
        _ => return None,
    };
    let at = command.words.iter().position(|word| word.text == flag)?;
    command.words.get(at + 1).map(|word| word.text.as_str())
}

pub(super) fn is_fetch(command: &Command) -> bool {
    matches!(
        words_without_sudo(command).first().map(program),
        Some("curl" | "wget")
    )
}

/// Returns the words of a command after `sudo` and its options.
pub(super) fn words_without_sudo(command: &Command) -> &[Word] {
    let words = command.words.as_slice();
    if command.program() != "sudo" {
        return words;
    }
    let rest = words[1..]
        .iter()
        .position(|word| !word.text.starts_with('-'));
    rest.map_or(&[], |at| &words[1 + at..])
}

/// Returns the program that a word names, without its directory.
pub(super) fn program(word: &Word) -> &str {
    word.text.rsplit('/').next().unwrap_or(&word.text)
}

/// Whether a program executes its input.
fn runs_input(command: &Command) -> bool {
    let skipped = usize::from(command.program() == "sudo");
    let mut words = command
        .words
        .iter()
        .skip(skipped)
        .skip_while(|word| skipped > 0 && word.text.starts_with('-'));
    let program = words
        .next()
        .map_or("", |word| word.text.rsplit('/').next().unwrap_or_default());
    let mut rest =
        words.filter(|word| word.text.len() > 1 && !matches!(word.text.as_str(), "<" | "<<<"));
    let interprets = matches!(
        program,
        "python" | "python3" | "perl" | "ruby" | "php" | "node"
    );
    let mut only_options = || {
        rest.all(|word| {
            word.text.starts_with('-')
                && word.text != "-c"
                && word.text != "-e"
                && word.text != "-m"
        })
    };
    shell::is_shell(program) && command.script().is_none() || interprets && only_options()
}

/// Whether a command verifies what was downloaded.
fn verifies(command: &Command) -> bool {
    let program = command.program();
    let sums = [
        "sha1sum",
        "sha224sum",
        "sha256sum",
        "sha384sum",
        "sha512sum",
        "shasum",
        "b2sum",
        "md5sum",
        "cosign",
        "minisign",
        "gpgv",
        "signify",
    ];
    sums.contains(&program)
        || program == "gpg"
            && command
                .option(&["--verify", "--batch"])
                .is_some_and(|_| command.option(&["--verify"]).is_some())
        || program == "openssl" && command.option(&["-verify", "dgst"]).is_some()
}

static CARD: Card = Card {
    id: "dockerfile/remote-script",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Download without integrity check",
    description: "Anyone who controls the URL, or a man-in-the-middle, controls what is built into the image, and a \
                  change goes unnoticed.",
    remedy: "Download a fixed version and verify its checksum: `ADD --checksum=sha256:<digest> \
             https://example.org/tool-1.2.tar.gz /tmp/`, or `RUN curl -fsSLo t.tgz <address> && echo \"<digest>  \
             t.tgz\" | sha256sum -c -`.",
    references: &[
        "https://docs.docker.com/reference/dockerfile/#add---checksum",
        DOCKERFILE,
        CIS,
    ],
    tags: &[
        "docker",
        "dockerfile",
        "supply-chain",
        "CWE-494",
        "CIS-Docker-4.9",
        "CIS-Docker-4.11",
    ],
    examples: &[
        docker("FROM debian:12\nRUN curl -fsSL https://x.org/i.sh | sh # here\n"),
        docker("FROM debian:12\nRUN a && wget -qO- https://x.org/i.sh | sudo -E bash - # here\n"),
        docker("FROM debian:12\nRUN bash <(curl -s https://x.org/i.sh) # here\n"),
        docker("FROM debian:12\nRUN sh -c \"$(curl -fsSL https://x.org/i.sh)\" # here\n"),
        docker("FROM debian:12\nRUN curl https://x.org/i.py | python3 - # here\n"),
        docker("FROM debian:12\nADD https://x.org/t.tgz /tmp/ # here\n"),
        docker("FROM debian:12\nRUN curl -fsSLO https://x.org/i.sh && sh i.sh # here\n"),
        docker("FROM debian:12\nRUN wget https://x.org/i && chmod +x i && ./i # here\n"),
        docker("FROM debian:12\nRUN eval \"$(curl -s https://x.org/i.sh)\" # here\n"),
    ],
    negatives: &[
        docker(
            "FROM debian:12\nRUN curl https://x.org/k | gpg --dearmor > /k && curl https://x.org/t | tar xz\n",
        ),
        docker("FROM debian:12\nADD --checksum=sha256:00 https://x.org/t.tgz /tmp/\n"),
        docker(
            "FROM debian:12\nADD https://x.org/t.tgz /tmp/\nRUN echo \"00  /tmp/t.tgz\" | sha256sum -c -\n",
        ),
        docker(
            "FROM debian:12\nRUN curl -o i.sh https://x.org/i.sh && echo '00 i.sh' | sha256sum -c && sh i.sh\n",
        ),
        docker("FROM debian:12\nRUN curl https://x.org/v | python3 -c 'print(1)'\n"),
        docker("FROM debian:12\nADD https://github.com/a/b.git#v1 /b\nADD a.tgz /\n"),
        docker("FROM debian:12\nRUN cat a | sh\n"),
        docker(
            "FROM debian:12\nRUN curl -fsSLO https://x.org/t.tgz && tar xzf t.tgz && sh setup.sh\n",
        ),
        docker("FROM debian:12 AS tools\nRUN curl https://x.org/i.sh | sh\nFROM debian:12\n"),
    ],
};
