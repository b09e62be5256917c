//! `dockerfile/tls-off`: connections that do not validate the certificate of the server.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, docker,
};
use crate::audit::dockerfile::shell::{Command, Word};
use crate::audit::dockerfile::stage::Step;

pub(super) struct TlsOff;

impl Check<File<'_>> for TlsOff {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for pair in file.steps().flat_map(Step::pairs) {
            let Some(value) = pair
                .value
                .as_ref()
                .filter(|value| switches_off(&pair.name, &value.text))
            else {
                continue;
            };
            let message = format!(
                "`{}` disables certificate validation for programs in the image",
                pair.name
            );
            let span = pair.span.start..value.span.end;
            report.add(&CARD, file.scaled(Sighting::new(&CARD, span, message)));
        }
        for (step, command) in file.runs() {
            let Some(word) = unchecked(command).filter(|_| !is_local(command)) else {
                continue;
            };
            let message = format!(
                "`{}` runs with certificate or signature checks disabled",
                command.program()
            );
            let mut sighting = Sighting::new(&CARD, word.span.clone(), message);
            // The content is verified instead.
            if step.commands().iter().any(|other| {
                other.program().ends_with("sum") || other.option(&["--verify"]).is_some()
            }) {
                sighting.severity = Severity::Low;
            }
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

/// Whether a variable makes some program accept any certificate.
fn switches_off(name: &str, value: &str) -> bool {
    let is_yes = !matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "0" | "false" | "no" | "off"
    );
    match name {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" => value == "0",
        "GIT_SSL_NO_VERIFY" => is_yes,
        "npm_config_strict_ssl"
        | "NPM_CONFIG_STRICT_SSL"
        | "YARN_STRICT_SSL"
        | "YARN_ENABLE_STRICT_SSL" => !is_yes && !value.is_empty(),
        "PIP_TRUSTED_HOST" => !value.is_empty() && !value.contains("localhost"),
        _ => false,
    }
}

/// Returns the word that switches off certificate validation in a command.
fn unchecked(command: &Command) -> Option<&Word> {
    let set = |word: &&Word| {
        word.text
            .split_once('=')
            .is_some_and(|(name, value)| switches_off(name, value))
    };
    let settings = command.settings.iter();
    let exported = command
        .arguments()
        .iter()
        .filter(|_| matches!(command.program(), "export" | "env"));
    if let Some(word) = settings.chain(exported).find(set) {
        return Some(word);
    }
    let mut words = command.arguments().iter();
    match command.program() {
        "curl" => words.find(|word| word.text == "--insecure" || has_short_k(&word.text)),
        "wget" => command.option(&["--no-check-certificate"]),
        "apk" => command.option(&["--allow-untrusted"]),
        "apt" | "apt-get" => words.find(|word| {
            let is_off = word.text.ends_with("=false") || word.text.ends_with("=0");
            matches!(
                word.text.as_str(),
                "--allow-unauthenticated" | "--force-yes" | "--allow-insecure-repositories"
            ) || word.text.contains("::Verify-Peer=") && is_off
        }),
        "yum" | "dnf" | "microdnf" => command.option(&[
            "--nogpgcheck",
            "--setopt=sslverify=false",
            "--setopt=sslverify=0",
        ]),
        "npm" | "yarn" | "pnpm" | "bower" => {
            followed(command, "strict-ssl", &["false"]).or_else(|| {
                words.find(|word| {
                    matches!(
                        word.text.as_str(),
                        "strict-ssl=false" | "--strict-ssl=false"
                    )
                })
            })
        }
        "git" => followed(command, "http.sslVerify", &["false", "0"])
            .or_else(|| words.find(|word| word.text.eq_ignore_ascii_case("http.sslVerify=false"))),
        "conda" | "mamba" | "micromamba" => {
            followed(command, "ssl_verify", &["false", "False", "no"])
        }
        "composer" => followed(command, "disable-tls", &["true"])
            .or_else(|| followed(command, "secure-http", &["false"])),
        "pip" | "pip3" | "python" | "python3" | "uv" | "pipenv" | "poetry" => words
            .find(|word| word.text == "--trusted-host" || word.text.starts_with("--trusted-host=")),
        _ => None,
    }
}

/// Whether short options include `-k`: letters after an option that takes the rest of the word as its value do not
/// count.
fn has_short_k(word: &str) -> bool {
    let Some(letters) = word
        .strip_prefix('-')
        .filter(|letters| !letters.starts_with('-'))
    else {
        return false;
    };
    letters
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() && !"odHuxXAbceEFmrTwyYzCDKPQth".contains(*c))
        .any(|c| c == 'k')
}

/// Returns the word after `name` if it is one of `values`.
fn followed<'c>(command: &'c Command, name: &str, values: &[&str]) -> Option<&'c Word> {
    let mut pairs = command.words.windows(2);
    let pair = pairs.find(|pair| {
        pair[0].text.eq_ignore_ascii_case(name) && values.contains(&pair[1].text.as_str())
    })?;
    pair.first()
}

/// Whether the server is the container itself.
fn is_local(command: &Command) -> bool {
    let mut words = command.words.iter();
    words.any(|word| {
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|host| word.text.contains(host))
    })
}

static CARD: Card = Card {
    id: "dockerfile/tls-off",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Certificate validation disabled",
    description: "Without certificate validation, a man-in-the-middle can impersonate the server and replace what is \
                  downloaded during the build, or read what the program sends at run time.",
    remedy: "Install the missing certificate authority and keep validation on: `COPY ca.crt \
             /usr/local/share/ca-certificates/` and `RUN update-ca-certificates`; for Node.js `ENV \
             NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/ca.crt`.",
    references: &[
        "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
        "https://curl.se/docs/sslcerts.html",
        OWASP,
        CIS,
    ],
    tags: &["docker", "dockerfile", "tls", "CWE-295"],
    examples: &[
        docker("FROM node:20\nENV NODE_TLS_REJECT_UNAUTHORIZED=0 # here\n"),
        docker("FROM node:20\nENV GIT_SSL_NO_VERIFY true # here\n"),
        docker("FROM node:20\nRUN curl -fsSLk https://x.org/a # here\n"),
        docker("FROM node:20\nRUN wget --no-check-certificate https://x.org/a # here\n"),
        docker("FROM node:20\nRUN pip install --trusted-host pypi.org x # here\n"),
        docker("FROM node:20\nRUN npm config set strict-ssl false && npm ci # here\n"),
        docker("FROM node:20\nRUN git config --global http.sslVerify false # here\n"),
        docker("FROM node:20\nRUN GIT_SSL_NO_VERIFY=1 git clone https://x.org/a # here\n"),
        docker("FROM debian:12\nRUN apt-get -y --allow-unauthenticated install a # here\n"),
    ],
    negatives: &[
        docker("FROM node:20\nHEALTHCHECK CMD curl -k https://localhost:8443/health\n"),
        docker("FROM node:20\nRUN curl -k https://localhost/\n"),
        docker("FROM node:20\nRUN curl -fsSLo k https://x.org/k && curl -H 'k: v' https://x.org\n"),
        docker(
            "FROM node:20\nENV NODE_TLS_REJECT_UNAUTHORIZED=1 GIT_SSL_NO_VERIFY=false PYTHONHTTPSVERIFY=1\n",
        ),
        docker("FROM node:20\nRUN npm config set strict-ssl true\n"),
    ],
};
