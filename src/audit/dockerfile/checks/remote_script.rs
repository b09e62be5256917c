//! `dockerfile/remote-script`: whatever an address gives today becomes part of the image.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, Report, Severity, Sighting, docker,
};
use crate::audit::dockerfile::shell::{self, Command};
use crate::audit::dockerfile::stage::Stage;

pub(super) struct RemoteScript;

impl Check<File<'_>> for RemoteScript {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for stage in &file.docker.stages {
            for step in stage
                .steps_of("RUN")
                .filter(|step| !step.commands().iter().any(verifies))
            {
                for span in scripts(step.commands()) {
                    let message =
                        "a downloaded script is executed without an integrity check".to_owned();
                    let mut sighting = Sighting::new(&CARD, span.span, message);
                    if span.is_plain_http {
                        sighting.severity = Severity::High;
                    }
                    report.add(&CARD, file.scaled(sighting));
                }
            }
            added(file, stage, report);
        }
    }
}

/// `ADD` of an address whose content no one compares with anything.
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

/// A script that runs as it is fetched.
struct Script {
    span: std::ops::Range<usize>,
    is_plain_http: bool,
}

fn scripts(commands: &[Command]) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut push = |first: &Command, last: &Command| {
        let mut words = first.words.iter().chain(&last.words);
        scripts.push(Script {
            span: first.span().start.min(last.span().start)..first.span().end.max(last.span().end),
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
        let substituted = |text: &str| {
            ["$(curl ", "$(wget ", "`curl ", "`wget "]
                .iter()
                .any(|start| text.trim_start().starts_with(start))
        };
        if command
            .script()
            .is_some_and(|script| substituted(&script.text))
        {
            push(command, command);
        }
        fetched = command
            .is_piped
            .then_some(if is_fetch { Some(command) } else { fetched })
            .flatten();
    }
    scripts
}

fn is_fetch(command: &Command) -> bool {
    matches!(command.program(), "curl" | "wget")
}

/// Whether a program runs what it reads.
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

/// Whether a command compares what was fetched with what was expected.
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
    ],
};
