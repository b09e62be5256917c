//! `dockerfile/chmod-777`: files that every user in the container may change.

use super::{
    Card, Category, Check, Confidence, DOCKERFILE, File, OWASP, Report, Severity, Sighting, docker,
};

pub(super) struct Chmod777;

impl Check<File<'_>> for Chmod777 {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let message = || {
            "these files are world-writable: any process in the container can change them"
                .to_owned()
        };
        for (_, command) in file
            .runs()
            .filter(|(_, command)| command.program() == "chmod")
        {
            let mut words = command
                .arguments()
                .iter()
                .filter(|word| !word.text.starts_with('-') || word.text.len() < 2);
            let Some(mode) = words.next().filter(|mode| is_open(&mode.text)) else {
                continue;
            };
            // Temporary directories are world-writable by design.
            let mut targets = words.peekable();
            if targets.peek().is_some() && targets.all(|target| is_temporary(&target.text)) {
                continue;
            }
            report.add(
                &CARD,
                file.scaled(Sighting::new(&CARD, mode.span.clone(), message())),
            );
        }
        for step in file.steps() {
            let flag = step
                .instruction
                .flag("chmod")
                .filter(|flag| is_open(&flag.value));
            if let Some(flag) = flag {
                report.add(
                    &CARD,
                    file.scaled(Sighting::new(&CARD, flag.span.clone(), message())),
                );
            }
        }
    }
}

fn is_open(mode: &str) -> bool {
    let digits = mode.trim_start_matches('0');
    let is_number = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let opens_all = |part: &str| {
        let (who, what) = part.split_once(['+', '=']).unwrap_or((part, ""));
        part.contains(['+', '='])
            && (who.is_empty() && part.starts_with('=') || who.contains(['a', 'o']))
            && what.contains('w')
    };
    is_number && matches!(digits.as_bytes()[2], b'2' | b'3' | b'6' | b'7')
        || mode.split(',').any(opens_all)
}

fn is_temporary(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path == "/tmp" || path == "/var/tmp" || path.starts_with("/tmp/") || path.starts_with("/dev/")
}

static CARD: Card = Card {
    id: "dockerfile/chmod-777",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "World-writable files in an image",
    description: "Any compromised process can replace a world-writable file, however few privileges it has.",
    remedy: "Give the files to the user that needs them: `COPY --chown=1001:1001 . /app`, or `RUN chown -R 1001:1001 /data`.",
    references: &[DOCKERFILE, OWASP],
    tags: &["docker", "dockerfile", "hardening", "CWE-732"],
    examples: &[
        docker("FROM node:20\nRUN mkdir /a && chmod -R 777 /a # here\n"),
        docker("FROM node:20\nRUN x \\\n  # why\n  && chmod 0777 /a # here\n"),
        docker("FROM node:20\nRUN chmod a+rwx /a # here\n"),
        docker("FROM node:20\nRUN chmod o+w /a # here\n"),
        docker("FROM node:20\nRUN <<EOF\nchmod 666 /a # here\nEOF\n"),
        docker("FROM node:20\nCOPY --chmod=777 a /a # here\n"),
        docker("FROM node:20\nRUN sh -c 'chmod 777 /a' # here\n"),
    ],
    negatives: &[
        docker("FROM node:20\nRUN chmod 755 /a && chmod +x /b && chmod g+w /c\n"),
        docker("FROM node:20\nRUN chmod 1777 /tmp && chmod 777 /tmp\n"),
        docker("FROM node:20\nRUN chmod o-w /a && chmod u=rwx,o=r /a\n"),
        docker("FROM node:20\nRUN echo chmod 777\n# RUN chmod 777 /a\n"),
    ],
};
