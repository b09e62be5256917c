//! `nginx/key-in-repository`: the private key of a server is in the repository.

use memchr::memmem;

use crate::audit::limit;
use crate::audit::nginx::forest::At;

use super::{
    Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, SSL, Severity, among, site,
};

pub(super) struct KeyInRepository;

/// How many keys are searched for.
const MAX_KEYS: usize = 200;

impl Check<Conf<'_>> for KeyInRepository {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for (number, key) in conf.directives("ssl_certificate_key").enumerate() {
            if number == MAX_KEYS {
                limit::reached(format!("more than {MAX_KEYS} private keys"));
                break;
            }
            let path = lies_at(conf, key).filter(|path| !is_left_out(conf, key, path));
            if let Some(path) = path {
                let message = format!("the server's private key is in the repository, in `{path}`");
                conf.see(report, &CARD, key.argument_span(0), message);
            }
        }
    }
}

/// Returns the file of the tree that matches the name of the key and its directory, and is a private key without a
/// passphrase.
fn lies_at(conf: &Conf, key: At) -> Option<String> {
    let mut parts = key.argument(0).rsplit('/');
    let (name, folder) = (parts.next()?, parts.next()?);
    if name.contains('$') || name.is_empty() {
        return None;
    }
    let top = key.path().split('/').next().unwrap_or("");
    let may_be = |path: &&str| {
        let mut parts = path.rsplit('/');
        parts.next() == Some(name)
            && (parts.next() == Some(folder) || path.split('/').next() == Some(top))
            && conf.project.is_tracked(path) != Some(false)
    };
    let is_key = |path: &&str| {
        conf.project.read(path).is_some_and(|text| {
            memmem::find(&text, b"PRIVATE KEY-----").is_some()
                && memmem::find(&text, b"ENCRYPTED").is_none()
        })
    };
    conf.project
        .paths()
        .filter(may_be)
        .find(is_key)
        .map(str::to_owned)
}

/// How many images and services are read.
const MAX_FILES: usize = 200;

/// Whether the image with the configuration has another key than the one in the repository: its Dockerfile copies the
/// configuration but not the key, or generates one, and no service mounts the key.
fn is_left_out(conf: &Conf, key: At, path: &str) -> bool {
    let conf_path = key.path();
    let mut has_image = false;
    let names = conf.project.paths().filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_compose =
            name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"));
        name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") || is_compose
    });
    for file in names.take(MAX_FILES) {
        let Some(text) = conf.project.read(file) else {
            continue;
        };
        let text = String::from_utf8_lossy(&text);
        if file.ends_with(".yml") || file.ends_with(".yaml") {
            let mut mounts = text.lines().filter(|line| is_mount(line));
            if mounts.any(|line| names_file(line, path)) {
                return false;
            }
            continue;
        }
        let mut copied = text.lines().filter_map(copied);
        if copied.clone().any(|line| names_file(line, path)) {
            return false;
        }
        has_image |= copied.any(|line| names_file(line, conf_path));
    }
    has_image
}

/// Whether a line of a Compose file may mount something.
fn is_mount(line: &str) -> bool {
    let line = line.trim_start();
    let item = line.strip_prefix("- ");
    item.is_some_and(|item| item.contains(':')) || line.starts_with("source:")
}

/// Returns what a line of a Dockerfile copies from the build context.
fn copied(line: &str) -> Option<&str> {
    let (instruction, rest) = line.trim().split_once(' ')?;
    let is_copy = ["copy", "add"]
        .iter()
        .any(|it| instruction.eq_ignore_ascii_case(it));
    let (sources, _) = rest.trim_end_matches(']').rsplit_once([' ', ','])?;
    (is_copy && !sources.contains("--from=")).then_some(sources)
}

/// Whether a line refers to a file by its name, or by a directory that contains it.
fn names_file(line: &str, path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folders = format!("/{folders}/");
    let is_between = |c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'' | '[' | ']' | ',');
    let mut words = line.split(is_between).filter(|word| !word.is_empty());
    words.any(|word| {
        let word = word.trim_start_matches("./").trim_end_matches(['/', '*']);
        let last = word.rsplit('/').next().unwrap_or(word);
        matches!(word, "" | ".") || last == name || folders.contains(&format!("/{word}/"))
    })
}

static CARD: Card = Card {
    id: "nginx/key-in-repository",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Private key of a server in the repository",
    description: "Everyone who can read the repository, now or later, can impersonate the server, and decrypt recorded \
                  traffic that had no forward secrecy.",
    remedy: "Revoke the certificate, generate a new key on the server, and remove the old one: `git rm --cached \
             nginx/ssl/server.key && echo '*.key' >> .gitignore`",
    references: &[SSL, OWASP_TLS],
    tags: &[
        "nginx",
        "tls",
        "credential",
        "CWE-321",
        "CWE-540",
        "CIS-NGINX-4.1.3",
        "BSI-CON.1.A4",
    ],
    examples: &[among(
        "server {\n  ssl_certificate_key /etc/nginx/ssl/server.key; # here\n}\n",
        &[(
            "nginx/ssl/server.key",
            concat!("-----BEGIN ", "PRIVATE KEY-----\nnone\n"),
        )],
    )],
    negatives: &[
        site("server {\n  ssl_certificate_key /etc/nginx/ssl/server.key;\n}\n"),
        among(
            "server {\n  ssl_certificate_key /etc/nginx/ssl/server.key;\n}\n",
            &[("nginx/ssl/server.key", "see the vault\n")],
        ),
        among(
            "server {\n  ssl_certificate_key /etc/nginx/ssl/server.key;\n}\n",
            &[
                (
                    "nginx/ssl/server.key",
                    concat!("-----BEGIN ", "PRIVATE KEY-----\nnone\n"),
                ),
                (
                    "nginx/Dockerfile",
                    "FROM nginx:1\nCOPY conf.d/ /etc/nginx/conf.d/\nRUN openssl req -keyout /etc/nginx/ssl/server.key\n",
                ),
            ],
        ),
    ],
};
