//! Questions about data, and about the keys to it.

use super::{Example, Question, When, Where, Words, asked, card};

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        card: card(&Words {
            id: "repo/backup",
            title: "No evidence of backups",
            description: asked!(
                "Without a backup, one failed disk, one wrong command or one ransomware attack ends the \
                          service. Whether backups run must be checked by a person; not even their configuration was \
                          found here."
            ),
            remedy: "Add a scheduled dump and store it elsewhere: `pg_dump -Fc app | restic backup --stdin \
                     --stdin-filename app.dump`",
            tags: &["evidence", "CWE-1188", "BSI-CON.3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("scripts/backup.sh", ""),
                ],
            }],
        }),
        thing: "backups",
        words: &[
            "backup",
            "pg_dump",
            "mysqldump",
            "pgbackrest",
            "wal-g",
            "restic",
            "velero",
            "borg",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/restore-script",
            title: "No evidence of a restore procedure",
            description: asked!(
                "A backup that cannot be restored is worthless, and an outage is the wrong time to work out \
                          how."
            ),
            remedy: "Add a script and run it on a schedule: `restic dump latest app.dump | pg_restore --clean -d app`",
            tags: &["evidence", "CWE-1188", "BSI-CON.3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("scripts/restore.sh", ""),
                ],
            }],
        }),
        thing: "a restore procedure",
        words: &[
            "pg_restore",
            "restore.",
            "restore_",
            "restore-backup",
            "restore backup",
            "restore the",
            "restoring",
            "recovery",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/retention",
            title: "No evidence of a retention policy",
            description: asked!(
                "Without a retention policy, backups overwrite the last good state, or personal data is kept \
                          forever."
            ),
            remedy: "Set it where backups are made: `restic forget --keep-daily 30 --keep-monthly 12 --prune`",
            tags: &["evidence", "CWE-1188", "BSI-CON.3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/retention.md", ""),
                ],
            }],
        }),
        thing: "a retention policy",
        words: &[
            "retention",
            "keep-daily",
            "keep_days",
            "-mtime",
            "max-file",
            "rotate",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/disaster-recovery",
            title: "No evidence of a disaster recovery plan",
            description: asked!(
                "How long the service may be down (RTO) and how much data may be lost (RPO) determine how it \
                          has to be built; undocumented, they are left to chance."
            ),
            remedy: "Document RTO and RPO and how they are met, in `docs/disaster-recovery.md`.",
            tags: &["evidence", "CWE-1059", "BSI-DER.4"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/disaster-recovery.md", ""),
                ],
            }],
        }),
        thing: "a disaster recovery plan",
        words: &[
            "disaster",
            "rto:",
            "rto ",
            "recovery time",
            "recovery point",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/migrations",
            title: "No evidence of database migrations",
            description: asked!(
                "If schema changes are not in files, the database cannot be rebuilt and its current state is \
                          unknown."
            ),
            remedy: "Keep them in numbered or dated files, and apply them with a tool: \
                     `migrations/20260101_add_orders.sql`",
            tags: &["evidence", "CWE-1059", "BSI-APP.4.3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("migrations/1_a.sql", ""),
                ],
            }],
        }),
        thing: "database migrations",
        words: &[
            "migration",
            "migrate",
            "alembic",
            "flyway",
            "liquibase",
            "prisma",
            "ecto.",
            "knex",
            "goose",
        ],
        place: Where::Anywhere,
        when: When::HasDatabase,
    },
    Question {
        card: card(&Words {
            id: "repo/cert-renewal",
            title: "No evidence of certificate renewal",
            description: asked!(
                "A certificate that is not renewed takes the service down on the day it expires."
            ),
            remedy: "Automate it: `certbot renew --deploy-hook 'nginx -s reload'` in a timer, or use Caddy, Traefik or \
                     cert-manager.",
            tags: &["evidence", "CWE-298", "BSI-CON.1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("caddy/Caddyfile", ""),
                ],
            }],
        }),
        thing: "certificate renewal",
        words: &[
            "certbot",
            "acme",
            "caddy",
            "traefik",
            "cert-manager",
            "letsencrypt",
            "cloudflare",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/secret-manager",
            title: "No evidence of a secret manager",
            description: asked!(
                "Without a secret manager, secrets are spread over files and chats, and cannot be rotated \
                          together."
            ),
            remedy: "Use what the platform provides: Docker secrets (`/run/secrets/…`), External Secrets, Vault, or \
                     files encrypted with sops.",
            tags: &["evidence", "CWE-522", "BSI-CON.8"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("sops.yaml", ""),
                ],
            }],
        }),
        thing: "a secret manager",
        words: &[
            "vault",
            "sops",
            "externalsecret",
            "external-secrets",
            "doppler",
            "sealedsecret",
            "/run/secrets",
            "secretmanager",
            "secretsmanager",
            "keyvault",
            "key vault",
            "infisical",
            "1password",
            "secretkeyref",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/privacy-policy",
            title: "No evidence of a privacy policy",
            description: asked!(
                "Data protection law (GDPR articles 13 and 14) requires telling people which of their data is \
                          processed, for what purpose, how long, and who receives it."
            ),
            remedy: "Add a privacy policy, and link it where data is collected.",
            tags: &["evidence", "CWE-359", "BSI-CON.2"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/privacy.md", ""),
                ],
            }],
        }),
        thing: "a privacy policy",
        words: &["privacy", "gdpr", "dsgvo", "datenschutz"],
        place: Where::Anywhere,
        when: When::Always,
    },
];
