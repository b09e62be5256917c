//! `compose/credential-in-command`: a credential in a command.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, compose};
use crate::audit::compose::credential::Verdict;

pub(super) struct CredentialInCommand;

impl Check<File<'_>> for CredentialInCommand {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (slot, service) in file.slots_with(Verdict::InCommand) {
            let message = format!(
                "`{}` passes a credential on the command line of service `{}`{}{}",
                slot.name,
                service.name,
                slot.when(),
                slot.weakness()
            );
            report.add(&CARD, file.sighted_slot(&CARD, slot, message));
        }
    }
}

static CARD: Card = Card {
    id: "compose/credential-in-command",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Credential in a command line",
    description: "Everyone who can read the repository has the credential, and every process on the host can read the \
                  command lines of all others: `ps` and `docker ps --no-trunc` show it.",
    remedy: "Pass the credential through a file or the environment: `command: sh -c 'redis-server --requirepass \
             \"$$(cat /run/secrets/redis)\"'`, or for clients a variable that they read themselves: `REDISCLI_AUTH`, \
             `MYSQL_PWD`, `PGPASSFILE`. Change it wherever it is in use.",
    references: &[
        "https://docs.docker.com/compose/how-tos/use-secrets/",
        OWASP,
        "https://cwe.mitre.org/data/definitions/214.html",
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-214",
        "CWE-798",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  a:\n    image: redis:7\n    command: redis-server --requirepass hunter2xyz # here\n  b:\n    image: redis:7\n    command: [\"redis-server\", \"--requirepass\", \"hunter2xyz\"] # here\n",
        ),
        compose(
            "services:\n  db:\n    image: mysql:8\n    healthcheck:\n      test: [\"CMD\", \"mysqladmin\", \"ping\", \"-phunter2\"] # here\n  pg:\n    image: app:1\n    healthcheck:\n      test: PGPASSWORD=hunter2 psql -c 'select 1' # here\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    entrypoint: [run, --password=hunter2xyz] # here\n    post_start:\n      - command: http -u app:hunter2xyz http://a/b # here\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    command:\n      - --api-token=${X:-hunter2xyz} # here\n  b:\n    image: redis:7\n    command: >\n      sh -c 'redis-cli\n      -a hunter2xyz ping' # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  a:\n    image: redis:7\n    command: redis-server --requirepass ${PW} --port 6379\n  b:\n    image: redis:7\n    command: sh -c 'redis-server --requirepass $$PW --masterauth \"$$(cat /run/secrets/a)\"'\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    command: serve -p 8080 --password-file=/run/secrets/a --token-ttl 3600 --secret-provider vault\n  b:\n    image: mysql:8\n    healthcheck:\n      test: mysqladmin ping -p$$MYSQL_ROOT_PASSWORD -P 3306 --protocol=tcp\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    command: mysqldump -u root --password shop\n  b:\n    image: app:1\n    command: sh -c 'password=$$(cat x); token=$${TOKEN}; echo password is set; run --token \"$$token\"'\n",
        ),
        compose("services:\n  a:\n    image: app:1\n    command: run --password=changeme\n"),
    ],
};
