//! What is asked of a repository, one row each.

use crate::audit::check::{Card, Example};
use crate::model::{Category, Confidence, Severity};

use super::Shown;

/// Where evidence counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    /// In what builds, tests and ships the project.
    Pipeline,
}

/// When a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    HasDatabase,
    HasPipeline,
}

/// One thing that a repository may show.
pub(super) struct Question {
    pub(super) card: Card,
    /// What it is, to go behind "no evidence found of".
    pub(super) thing: &'static str,
    /// Words of which one is enough, in a path or in a text.
    pub(super) words: &'static [&'static str],
    pub(super) place: Where,
    when: When,
}

impl Question {
    /// Whether it is to be asked of a repository that shows this.
    pub(super) fn applies(&self, shown: &Shown) -> bool {
        match self.when {
            When::Always => true,
            When::HasDatabase => shown.has_database,
            When::HasPipeline => shown.has_workflows,
        }
    }
}

/// What a question is called, and why it is asked.
struct Words {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    remedy: &'static str,
    tags: &'static [&'static str],
    negatives: &'static [Example],
}

const fn card(words: &Words) -> Card {
    Card {
        id: words.id,
        category: Category::Configuration,
        severity: Severity::Info,
        confidence: Confidence::Medium,
        title: words.title,
        description: words.description,
        remedy: words.remedy,
        references: REFERENCES,
        tags: words.tags,
        examples: EXAMPLES,
        negatives: words.negatives,
    }
}

const REFERENCES: &[&str] = &[
    "https://sre.google/sre-book/launch-checklist/",
    "https://www.bsi.bund.de/dok/10027846",
];

const TEXT: &str = "services: # here\n  db:\n    image: postgres:16\n";

/// A repository that shows nothing.
const EXAMPLES: &[Example] = &[Example {
    path: "compose.yaml",
    text: TEXT,
    beside: &[
        ("a.py", ""),
        ("b.py", ""),
        (".github/workflows/a.yml", "on: push\n"),
    ],
}];

/// All questions.
pub(super) static QUESTIONS: &[Question] = &[
    Question {
        card: card(&Words {
            id: "repo/backup",
            title: "No evidence of backups",
            description: "Without a backup, one failed disk, one wrong command or one extortionist ends the service. Whether backups run is for people to check; here not even their set-up can be seen.",
            remedy: "Add a scheduled dump and keep it elsewhere: `pg_dump -Fc app | restic backup --stdin --stdin-filename app.dump`",
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
            title: "No evidence of a way to restore",
            description: "A backup that nobody can restore is none, and under pressure nobody finds the way by trying.",
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
        thing: "a way to restore",
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
            title: "No evidence of how long data is kept",
            description: "Without a rule, backups overwrite the last good state, or personal data stays for ever.",
            remedy: "Say it where it is done: `restic forget --keep-daily 30 --keep-monthly 12 --prune`",
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
        thing: "how long backups and logs are kept",
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
            id: "repo/runbook",
            title: "No evidence of a runbook",
            description: "Who is called at night needs to know what runs where, how to see that it is well, and what to do when it is not.",
            remedy: "Add `docs/runbook.md`: start, stop, health, logs, common failures, whom to call.",
            tags: &["evidence", "CWE-1059", "BSI-OPS.1.1.1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/runbook.md", ""),
                ],
            }],
        }),
        thing: "a runbook",
        words: &["runbook", "operations.md", "playbook", "troubleshoot"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/rollback-doc",
            title: "No evidence of a way back to the last version",
            description: "An update that fails has to be undone in minutes, by whoever is there.",
            remedy: "Write it down and try it: `kubectl rollout undo deployment/app`, or `IMAGE_TAG=previous docker compose up -d`",
            tags: &["evidence", "CWE-1059", "BSI-OPS.1.1.3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/rollback.md", ""),
                ],
            }],
        }),
        thing: "a way back to the last version",
        words: &["rollback", "roll back", "rollout undo", "roll-back"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/incident-playbook",
            title: "No evidence of a plan for incidents",
            description: "In an incident nobody has time to find out who decides, who is told, and what must be kept as evidence.",
            remedy: "Add `docs/incident.md`: severities, roles, contacts, first steps, how to report to authorities.",
            tags: &["evidence", "CWE-1059", "BSI-DER.2.1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("docs/incident.md", ""),
                ],
            }],
        }),
        thing: "a plan for incidents",
        words: &[
            "incident",
            "postmortem",
            "post-mortem",
            "on-call",
            "oncall",
            "escalation",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/disaster-recovery",
            title: "No evidence of a plan for disasters",
            description: "How long the service may be away and how much data may be lost decides how it has to be built; unwritten, it is decided by chance.",
            remedy: "Write down RTO and RPO and how they are met, in `docs/disaster-recovery.md`.",
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
        thing: "a plan for disasters",
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
            title: "No evidence of migrations of the database",
            description: "Where changes of the schema are not in files, nobody can set the database up again, or tell which state it is in.",
            remedy: "Keep them in files with numbers or dates, and run them with a tool: `migrations/20260101_add_orders.sql`",
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
        thing: "migrations of the database",
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
            id: "repo/health-endpoint",
            title: "No evidence of a health endpoint",
            description: "Load balancers, orchestrators and monitoring need an answer to whether the service works.",
            remedy: "Answer `GET /health` with 200 when the process lives, and `GET /health/ready` when it can work, and name them in a health check.",
            tags: &["evidence", "CWE-1188", "BSI-OPS.1.1.2"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("src/health.py", ""),
                ],
            }],
        }),
        thing: "a health endpoint",
        words: &["health", "/ready", "livez", "/ping", "heartbeat"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/metrics",
            title: "No evidence of metrics",
            description: "Without figures nobody sees that memory grows, answers slow down or errors rise, until users say so.",
            remedy: "Offer `/metrics` for Prometheus with a client library of the language.",
            tags: &["evidence", "CWE-778", "BSI-OPS.1.1.2"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("monitoring/prometheus.yml", ""),
                ],
            }],
        }),
        thing: "metrics",
        words: &[
            "prometheus",
            "metrics",
            "opentelemetry",
            "statsd",
            "datadog",
            "micrometer",
            "newrelic",
            "grafana",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/alert-rules",
            title: "No evidence of alerts",
            description: "Figures that nobody watches wake nobody up.",
            remedy: "Add rules for memory, errors, latency and the expiry of certificates: `groups: [{name: app, rules: [{alert: HighErrorRate, expr: …}]}]`",
            tags: &["evidence", "CWE-778", "BSI-OPS.1.1.2"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("monitoring/alerts.yml", ""),
                ],
            }],
        }),
        thing: "alerts",
        words: &[
            "alert",
            "pagerduty",
            "opsgenie",
            "uptime-kuma",
            "healthchecks.io",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/error-tracking",
            title: "No evidence of error tracking",
            description: "Errors that are only in a log are found when somebody looks for them.",
            remedy: "Set up a tracker and give it its address in a variable: `SENTRY_DSN=${SENTRY_DSN}`",
            tags: &["evidence", "CWE-778", "BSI-OPS.1.1.5"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("src/sentry.py", ""),
                ],
            }],
        }),
        thing: "error tracking",
        words: &[
            "sentry",
            "bugsnag",
            "rollbar",
            "honeybadger",
            "glitchtip",
            "airbrake",
            "appsignal",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/tracing",
            title: "No evidence of tracing",
            description: "Where several services answer one request, only a trace shows which of them was slow or failed.",
            remedy: "Add OpenTelemetry: `OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317`",
            tags: &["evidence", "CWE-778", "BSI-OPS.1.1.2"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("otel.yml", ""),
                ],
            }],
        }),
        thing: "tracing",
        words: &[
            "opentelemetry",
            "otel",
            "jaeger",
            "zipkin",
            "ddtrace",
            "tracing",
            "x-ray",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/central-logging",
            title: "No evidence of central logs",
            description: "Logs on the machine are gone with it, and whoever takes it over changes them.",
            remedy: "Send them elsewhere: `logging: {driver: syslog, options: {syslog-address: \"tcp+tls://logs.example.com:6514\"}}`",
            tags: &["evidence", "CWE-778", "BSI-OPS.1.1.5"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("loki.yml", ""),
                ],
            }],
        }),
        thing: "logs that leave the machine",
        words: &[
            "loki",
            "fluent",
            "elasticsearch",
            "logstash",
            "graylog",
            "splunk",
            "syslog",
            "gelf",
            "awslogs",
            "papertrail",
            "promtail",
            "vector.",
            "filebeat",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/load-test",
            title: "No evidence of load tests",
            description: "Nobody knows how many users the service bears until it was tried.",
            remedy: "Add a script and run it before releases: `k6 run --vus 50 --duration 5m load/test.js`",
            tags: &["evidence", "CWE-770", "BSI-CON.8"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("load/k6.js", ""),
                ],
            }],
        }),
        thing: "load tests",
        words: &[
            "k6",
            "jmeter",
            "locust",
            "gatling",
            "artillery",
            "load-test",
            "loadtest",
            "load_test",
            "vegeta",
            "benchmark",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/openapi",
            title: "No evidence of a description of the interface",
            description: "Without one, clients, tests and scanners guess what the interface takes and gives.",
            remedy: "Keep `openapi.yaml` beside the code, or let the framework write it.",
            tags: &["evidence", "CWE-1059", "BSI-CON.8"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("openapi.yaml", ""),
                ],
            }],
        }),
        thing: "a description of the interface",
        words: &["openapi", "swagger", "graphql", "asyncapi", ".proto"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/cert-renewal",
            title: "No evidence of renewed certificates",
            description: "A certificate that nobody renews takes the service down on its last day.",
            remedy: "Let it be done: `certbot renew --deploy-hook 'nginx -s reload'` in a timer, or Caddy, Traefik or cert-manager.",
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
        thing: "the renewal of certificates",
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
            title: "No evidence of a store for secrets",
            description: "Secrets that are in no store are in files, chats and heads, and nobody can change them all at once.",
            remedy: "Use what the platform has: Docker secrets (`/run/secrets/…`), External Secrets, Vault, or files encrypted with sops.",
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
        thing: "a store for secrets",
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
            id: "repo/rate-limit",
            title: "No evidence of rate limits",
            description: "Without limits passwords are tried in bulk, and one client takes what all others need.",
            remedy: "Limit in the proxy (`limit_req`) or in the application, first of all where people sign in.",
            tags: &["evidence", "CWE-770", "OWASP-API4"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("src/ratelimit.py", ""),
                ],
            }],
        }),
        thing: "rate limits",
        words: &[
            "rate-limit",
            "ratelimit",
            "rate_limit",
            "rate limit",
            "throttle",
            "limit_req",
            "slowapi",
            "bucket4j",
            "fail2ban",
            "crowdsec",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/privacy-policy",
            title: "No evidence of a privacy policy",
            description: "Who works with data of people has to tell them what for, how long and who else gets it.",
            remedy: "Add a page that says it, and link it where data is asked for.",
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
    Question {
        card: card(&Words {
            id: "repo/security-scan",
            title: "No evidence of security scans",
            description: "Known flaws in dependencies and images, and credentials in commits, are found by machines, if they are let.",
            remedy: "Let them run on every change: Dependabot or Renovate, Trivy, CodeQL, and `gonogo scan`.",
            tags: &["evidence", "CWE-1395", "OWASP-CICD-3"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    (".github/dependabot.yml", ""),
                ],
            }],
        }),
        thing: "security scans",
        words: &[
            "trivy",
            "snyk",
            "codeql",
            "gitleaks",
            "grype",
            "semgrep",
            "dependabot",
            "renovate",
            "sonar",
            "bandit",
            "gosec",
            "checkov",
            "zizmor",
            "gonogo",
            "trufflehog",
            "osv-scanner",
            "scorecard",
        ],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "gha/no-test-stage",
            title: "No evidence of tests in the pipeline",
            description: "What no machine tests before it ships is tested by its users.",
            remedy: "Add a job that runs before every release: `- run: npm test`",
            tags: &["evidence", "CWE-1053", "OWASP-CICD-1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    (".github/workflows/test.yml", ""),
                ],
            }],
        }),
        thing: "tests in the pipeline",
        words: &[
            " test", "tests", "test:", "-test", "/test", "pytest", "jest", "rspec", "phpunit",
            "tox",
        ],
        place: Where::Pipeline,
        when: When::HasPipeline,
    },
    Question {
        card: card(&Words {
            id: "gha/no-deploy-gate",
            title: "No evidence of an approval before deployment",
            description: "Without a gate, whoever can push can deploy, alone.",
            remedy: "Name an environment with required reviewers in the job that deploys: `environment: production`",
            tags: &["evidence", "CWE-862", "OWASP-CICD-1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    (".github/workflows/approve.yml", ""),
                ],
            }],
        }),
        thing: "an approval before deployment",
        words: &[
            "environment:",
            "when: manual",
            "approval",
            "approve",
            "type: approval",
        ],
        place: Where::Pipeline,
        when: When::HasPipeline,
    },
    Question {
        card: card(&Words {
            id: "gha/no-coverage-threshold",
            title: "No evidence of a least coverage of tests",
            description: "Without a floor, the share of tested code falls with each change, and nobody notices.",
            remedy: "Let the tests fail below it: `pytest --cov --cov-fail-under=80`",
            tags: &["evidence", "CWE-1053", "OWASP-CICD-1"],
            negatives: &[Example {
                path: "compose.yaml",
                text: "services:\n  db:\n    image: postgres:16\n",
                beside: &[
                    ("a.py", ""),
                    ("b.py", ""),
                    (".github/workflows/a.yml", "on: push\n"),
                    ("codecov.yml", ""),
                ],
            }],
        }),
        thing: "a least coverage of tests",
        words: &[
            "fail-under",
            "fail_under",
            "coveragethreshold",
            "coverage-threshold",
            "min_coverage",
            "minimum_coverage",
            "codecov",
            "coveralls",
            "jacoco",
        ],
        place: Where::Anywhere,
        when: When::HasPipeline,
    },
];
