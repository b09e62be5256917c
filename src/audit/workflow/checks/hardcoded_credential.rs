//! `gha/hardcoded-credential`: a credential that everyone who can read the workflow can use.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Sighting, Value,
    workflow,
};
use crate::audit::document;
use crate::audit::report::SecretAt;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::{placeholder, value};
use crate::model::Secret;

pub(super) struct HardcodedCredential;

impl Check<File<'_>> for HardcodedCredential {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut slots: Vec<(&str, Value, bool)> = Vec::new();
        slots.extend(credentials(file.root, &["env", "with"], false));
        for job in &file.jobs {
            let services: Vec<Value> = job
                .root
                .get("services")
                .into_iter()
                .flat_map(Value::entries)
                .map(|entry| entry.value)
                .collect();
            for root in std::iter::once(job.root).chain(job.steps.iter().copied()) {
                let of_job = credentials(root, &["env", "with"], false).into_iter();
                slots.extend(of_job.map(|(name, value, is_local)| {
                    let is_service = is_local || opens_service(name, value, &services);
                    (name, value, is_service)
                }));
            }
            for container in services.into_iter().chain(job.root.get("container")) {
                slots.extend(credentials(container, &["env"], true));
                slots.extend(credentials(container, &["credentials"], false));
            }
        }
        for (name, value, is_service) in slots {
            let text = value.text().unwrap_or("");
            let severity = if is_service || is_test(text) {
                Severity::Info
            } else if value::is_wordy(text) || text.bytes().all(|byte| byte.is_ascii_lowercase()) {
                // A word was made up for the run: what issues credentials for a service makes random ones.
                CARD.severity.min(Severity::Medium)
            } else {
                CARD.severity
            };
            let message = format!("`{name}` contains a hard-coded credential");
            let mut sighting = Sighting::new(&CARD, value.span(), message);
            sighting.severity = severity;
            sighting.secret = Some(SecretAt {
                value: Secret::new(text.as_bytes().to_vec()),
                span: document::content(value, file.text),
            });
            report.add(&CARD, sighting);
        }
    }
}

/// Whether a credential of a job is for a database that lives only as long as the job: it has the value of one of the
/// services, or is a guessable one for a store that some service may be.
fn opens_service(name: &str, value: Value, services: &[Value]) -> bool {
    const STORES: &[&str] = &[
        "db",
        "database",
        "pg",
        "pgpassword",
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mssql",
        "sa",
        "redis",
        "mongo",
        "mongodb",
        "rabbitmq",
        "elasticsearch",
        "elastic",
        "minio",
        "ldap",
        "clickhouse",
    ];
    let text = value.text().unwrap_or("");
    let mut given = services
        .iter()
        .filter_map(|service| service.get("env"))
        .flat_map(Value::entries)
        .filter_map(|entry| entry.value.text());
    let is_given = given.any(|given| given == text);
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let is_store = words.any(|word| STORES.contains(&word));
    !services.is_empty() && (is_given || is_store && !value::is_random(text))
}

/// Returns the literal credentials in groups of settings.
fn credentials<'t>(
    root: Value<'t>,
    groups: &[&str],
    is_in_service: bool,
) -> Vec<(&'t str, Value<'t>, bool)> {
    let groups = groups.iter().filter_map(|group| root.get(group));
    let groups: Vec<_> = groups.collect();
    // A credential next to a URL of the runner itself was made up for the run.
    let is_local = |value: Value| {
        let text = value.text().unwrap_or("");
        ["@localhost", "@127.0.0.1", "//localhost", "//127.0.0.1"]
            .iter()
            .any(|host| text.contains(host))
            || text == "test"
    };
    let reads_a_store = root
        .get("uses")
        .and_then(Value::text)
        .is_some_and(names_a_store);
    let is_local_group = groups
        .iter()
        .any(|group| group.entries().any(|entry| is_local(entry.value)));
    let entries = groups.into_iter().flat_map(Value::entries);
    entries
        .filter_map(|entry| {
            let (name, text) = (entry.key.text()?, entry.value.text()?.trim());
            let kind = name::classify(name)?;
            let is_literal = !text.is_empty()
                && !text.contains("${{")
                && !text.contains("$(")
                && !entry.value.is_null()
                && !value::opens_nothing(name, text)
                && !value::is_variable_name(text)
                && !value::is_not_a_credential(text)
                && !names_an_entry(text, reads_a_store)
                && placeholder::classify(text).is_none();
            // `token: ""` and cache keys such as `key: node-modules` are not credentials.
            let is_long = text.len() >= 8 || kind == CredentialName::Password;
            let is_path = text.contains('/') && text.len() < 40 || text.contains("://");
            // A token works elsewhere, too, wherever the program next to it runs.
            let is_brought = matches!(
                kind,
                CredentialName::Token | CredentialName::ApiKey | CredentialName::AccessKey
            );
            let is_service = is_in_service || is_local_group && !is_brought;
            (is_literal && is_long && !is_path && !text.contains(char::is_whitespace)).then_some((
                name,
                entry.value,
                is_service,
            ))
        })
        .collect()
}

/// Whether an action reads from a secret store: its inputs then name what to fetch.
fn names_a_store(action: &str) -> bool {
    const STORES: [&str; 8] = [
        "vault",
        "key-vault",
        "secret",
        "parameter-store",
        "ssm",
        "1password",
        "doppler",
        "infisical",
    ];
    let action = action.to_ascii_lowercase();
    STORES.iter().any(|store| action.contains(store))
}

/// Whether a value names an entry in a store: upper-case words joined by hyphens, as in Azure key vaults, which allow
/// no underscores; or any words if the action reads from a store.
fn names_an_entry(text: &str, reads_a_store: bool) -> bool {
    let shouts = text.contains('-')
        && text.split('-').all(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            !part.is_empty()
                && part.bytes().all(is_upper)
                && digits <= 2
                && digits * 2 <= part.len()
        })
        && !value::is_random(text);
    shouts || value::names_an_entry(text) || reads_a_store && !value::is_random(text)
}

/// Words of values that say that they are for tests.
const TEST_WORDS: [&str; 10] = [
    "test", "tests", "testing", "dummy", "fake", "example", "sample", "mock", "ci", "local",
];

/// Whether a value says that it is for tests: with a separate word, not with letters that a token may contain by
/// chance.
fn is_test(text: &str) -> bool {
    if value::is_sample(text) {
        return true;
    }
    let text = text.to_ascii_lowercase();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| TEST_WORDS.contains(&word)) || value::weak(&text)
}

static CARD: Card = Card {
    id: "gha/hardcoded-credential",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Hard-coded credential in a workflow",
    description: "Everyone who can read the repository, now or later, has the credential. Passwords of databases that \
                  exist only during a test are reported at low severity.",
    remedy: "Rotate the credential, store the new one in the repository's secrets, and write `${{ secrets.NAME }}`",
    references: &[HARDENING, OWASP],
    tags: &[
        "github-actions",
        "ci",
        "credential",
        "CWE-798",
        "OWASP-CICD-6",
    ],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n        env:\n          DEPLOY_PASSWORD: hunter2xyz # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container:\n      image: a\n      credentials:\n        username: me\n        password: hunter2xyz # here\n    steps:\n      - run: true\n",
        ),
        workflow(
            "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres\n    steps:\n      - run: true\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n        env:\n          DEPLOY_PASSWORD: hunter2xyz # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres\n    steps:\n      - run: deploy\n        env:\n          DEPLOY_TOKEN: hunter2xyz # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres\n        env:\n          POSTGRES_PASSWORD: postgres # here\n    steps:\n      - run: true\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n        env:\n          DEPLOY_PASSWORD: ${{ secrets.X }}\n          TOKEN: \"\"\n          API_TOKEN: CHANGE_ME\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/cache@v4\n        with:\n          key: node-modules\n          path: x\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: acme/keyvault-yaml@v1\n        with:\n          yaml_secret: CONTENT-KEYS\n          secret: deploy-keys\n      - uses: acme/release@v1\n        with:\n          secret: SLACK-TOKEN\n          token: steps.keys.outputs.GITHUB-TOKEN\n",
        ),
    ],
};
