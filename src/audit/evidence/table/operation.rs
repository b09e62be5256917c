//! Questions about the running service.

use super::{Example, Question, When, Where, Words, asked, card};

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        card: card(&Words {
            id: "repo/runbook",
            title: "No evidence of a runbook",
            description: asked!(
                "The person on call needs to know what runs where, how to verify that it works, and what to \
                          do if it does not."
            ),
            remedy: "Add `docs/runbook.md`: start, stop, health, logs, common failures, contacts.",
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
            title: "No evidence of a rollback procedure",
            description: asked!(
                "A failed update has to be rolled back within minutes, by the person on call."
            ),
            remedy: "Document and test it: `kubectl rollout undo deployment/app`, or `IMAGE_TAG=previous docker \
                     compose up -d`",
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
        thing: "a rollback procedure",
        words: &["rollback", "roll back", "rollout undo", "roll-back"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/incident-playbook",
            title: "No evidence of an incident response plan",
            description: asked!(
                "During an incident there is no time to find out who decides, who must be notified, and which \
                          evidence to keep."
            ),
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
        thing: "an incident response plan",
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
            id: "repo/health-endpoint",
            title: "No evidence of a health endpoint",
            description: asked!(
                "Load balancers, orchestrators and monitoring need to know whether the service works."
            ),
            remedy: "Answer `GET /health` with 200 while the process runs, and `GET /health/ready` when it can serve \
                     requests, and use them in a health check.",
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
            description: asked!(
                "Without metrics, growing memory use, slow responses and rising error rates go unnoticed \
                          until users complain."
            ),
            remedy: "Expose `/metrics` for Prometheus with the client library of your language.",
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
            title: "No evidence of alerting rules",
            description: asked!("Metrics without alerts go unnoticed."),
            remedy: "Add rules for memory, errors, latency and certificate expiry: `groups: [{name: app, rules: \
                     [{alert: HighErrorRate, expr: …}]}]`",
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
            description: asked!(
                "Errors that are only in a log stay unnoticed until a person searches for them."
            ),
            remedy: "Set up an error tracker and configure it with a variable: `SENTRY_DSN=${SENTRY_DSN}`",
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
            title: "No evidence of distributed tracing",
            description: asked!(
                "When several services answer one request, only a trace shows which of them was slow or \
                          failed."
            ),
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
            title: "No evidence of centralized logging",
            description: asked!(
                "Logs stored on the machine are lost with it, and an attacker who compromises the machine can \
                          alter them."
            ),
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
        thing: "centralized logging",
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
            id: "repo/rate-limit",
            title: "No evidence of rate limiting",
            description: asked!(
                "Without rate limits, passwords can be guessed by brute force, and one client can use up the \
                          capacity of all others."
            ),
            remedy: "Limit requests in the proxy (`limit_req`) or in the application, starting with the login.",
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
        thing: "rate limiting",
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
];
