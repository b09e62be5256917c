//! Forty findings from all families, each in a folder of its own and at or above the threshold.

use std::cell::Cell;

use gonogo::detect::builtin::BUILTIN;
use gonogo::detect::{example, proof};

use crate::harness::Random;

/// A file with something to find.
pub(super) struct Case {
    /// The top-level folder that it is in.
    pub(super) folder: String,
    pub(super) path: String,
    pub(super) text: String,
}

/// Rules for credentials whose first example is found in any settings file.
const CREDENTIALS: [&str; 12] = [
    "github/personal-access-token",
    "gitlab/personal-access-token",
    "slack/bot-token",
    "stripe/live-key",
    "npm/access-token",
    "pypi/api-token",
    "sendgrid/api-key",
    "digitalocean/access-token",
    "anthropic/api-key",
    "grafana/service-account-token",
    "openai/api-key",
    "telegram/bot-token",
];

/// Returns a password that looks random, a different one for every number: the same in two files would be one secret.
fn word(number: u32) -> String {
    let mut random = Random(number);
    let letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letter = |at: u32| letters.chars().nth(at as usize).unwrap();
    (0..16).map(|_| letter(random.below(54))).collect()
}

/// Returns a service of a compose file with these lines in it.
fn service(lines: &str) -> String {
    format!("services:\n  web:\n    image: app:1.2.3\n{lines}")
}

/// Returns a pod with these lines in it, and in its container.
fn pod(of_pod: &str, of_container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n{of_pod}  containers:\n    - name: a\n      \
         image: app:1.2.3\n{of_container}"
    )
}

/// Compose files: the name and text of each.
fn compose(word: &dyn Fn() -> String) -> Vec<(&'static str, String)> {
    let postgres = |lines: &str| {
        format!(
            "services:\n  db:\n    image: postgres:16.2\n    ports: [\"10.0.0.1:5432:5432\"]\n    environment:\n      {lines}\n"
        )
    };
    vec![
        ("compose.yml", service("    privileged: true\n")),
        (
            "compose.yml",
            service("    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"),
        ),
        ("compose.yml", service("    volumes:\n      - /:/host\n")),
        ("compose.yml", service("    cap_add: [ALL]\n")),
        ("compose.yml", service("    cap_add:\n      - SYS_ADMIN\n")),
        (
            "compose.yml",
            service(&format!(
                "    environment:\n      DB_PASSWORD: {}\n",
                word()
            )),
        ),
        (
            "compose.yml",
            service(&format!(
                "    environment:\n      DATABASE_URL: postgres://app:{}@db/app\n",
                word()
            )),
        ),
        ("compose.yml", postgres("POSTGRES_PASSWORD: postgres")),
        (
            "compose.yml",
            service("    volumes:\n      - /etc:/host/etc\n"),
        ),
    ]
}

/// Other configuration, in the same form.
fn configuration(word: &dyn Fn() -> String) -> Vec<(&'static str, String)> {
    vec![
        (
            "Dockerfile",
            "FROM debian:12.1\nRUN curl http://example.com/x.sh | sh\nUSER app\n".to_owned(),
        ),
        (
            "Dockerfile",
            format!("FROM debian:12.1\nENV DB_PASSWORD={}\nUSER app\n", word()),
        ),
        (
            "pod.yaml",
            pod("", "      securityContext:\n        privileged: true\n"),
        ),
        (
            "pod.yaml",
            pod(
                "",
                "      securityContext:\n        capabilities: {add: [SYS_ADMIN]}\n",
            ),
        ),
        (
            "pod.yaml",
            pod(
                "  volumes:\n    - name: v\n      hostPath:\n        path: /\n",
                "",
            ),
        ),
        (
            "secret.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: {}\n",
                word()
            ),
        ),
        (
            "nginx.conf",
            "events {}\nhttp { server { listen 80;\nlocation /s { alias /x/; }\n} }\n".to_owned(),
        ),
        (
            "nginx.conf",
            "events {}\nhttp { server { listen 80;\nlocation /t { alias /y/; }\n} }\n".to_owned(),
        ),
        (
            "compose.yml",
            "services:\n  db:\n    image: postgres:16.2\n    ports:\n      - \"5432:5432\"\n"
                .to_owned(),
        ),
        ("redis.conf", format!("requirepass {}\n", word())),
        (
            "pg_hba.conf",
            "local all all peer\nhost all all 0.0.0.0/0 trust\n".to_owned(),
        ),
        ("my.cnf", "[mysqld]\nskip-grant-tables\n".to_owned()),
        (".env", format!("DB_PASSWORD={}\n", word())),
        (".env", "SECRET_KEY=changeme\n".to_owned()),
        ("app.properties", format!("db.password={}\n", word())),
        (
            "url.conf",
            format!("url = postgres://app:{}@db.internal/app\n", word()),
        ),
        ("settings.ini", "[db]\npassword = changeme\n".to_owned()),
        (
            "workflow.yml",
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      \
             - run: echo ${{ github.event.pull_request.title }}\n"
                .to_owned(),
        ),
        (
            "token.yml",
            format!(
                "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    env:\n      API_TOKEN: {}\n    steps:\n      \
                 - run: make\n",
                word()
            ),
        ),
    ]
}

/// Returns a credential that a rule finds, as written in its first example.
fn credential(rule: &str) -> String {
    let loaded = BUILTIN.iter().find(|it| it.definition.id == rule);
    let definition = &loaded.unwrap_or_else(|| panic!("{rule}")).definition;
    let proof = definition.proof.as_deref().and_then(proof::by_name);
    let text = example::expand("one answer", &definition.examples[0], proof).unwrap();
    format!("{text}\n")
}

pub(super) fn cases() -> Vec<Case> {
    let number = Cell::new(1);
    let word = || word(number.replace(number.get() + 1));
    let credentials = CREDENTIALS
        .iter()
        .map(|rule| ("app.conf", credential(rule)));
    let all = compose(&word).into_iter().chain(configuration(&word));
    let all = all.chain(credentials);
    let case = |(number, (name, text)): (usize, (&str, String))| {
        let folder = format!("c{number:02}");
        // Workflows are where GitHub looks for them; seen from inside that folder, they would not be workflows.
        if name == "workflow.yml" || name == "token.yml" {
            let path = format!(".github/workflows/{name}");
            let folder = path.clone();
            return Case { folder, path, text };
        }
        Case {
            path: format!("{folder}/{name}"),
            folder,
            text,
        }
    };
    all.enumerate().map(case).collect()
}
