//! Questions about how the service is built and tested.

use super::{Example, Question, When, Where, Words, asked, card};

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        card: card(&Words {
            id: "repo/load-test",
            title: "No evidence of load tests",
            description: asked!(
                "Without a load test, the capacity of the service is unknown until it fails."
            ),
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
            title: "No evidence of an API specification",
            description: asked!(
                "Without a specification, clients, tests and scanners have to guess what the API accepts and \
                          returns."
            ),
            remedy: "Keep `openapi.yaml` next to the code, or let the framework generate it.",
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
        thing: "an API specification",
        words: &["openapi", "swagger", "graphql", "asyncapi", ".proto"],
        place: Where::Anywhere,
        when: When::Always,
    },
    Question {
        card: card(&Words {
            id: "repo/security-scan",
            title: "No evidence of security scanning",
            description: asked!(
                "Known vulnerabilities in dependencies and images, and credentials in commits, can be found \
                          automatically before they ship."
            ),
            remedy: "Run scanners on every change: Dependabot or Renovate, Trivy, CodeQL, and `gonogo scan`.",
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
        thing: "security scanning",
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
            description: asked!("Without automated tests, users are the first to find a bug."),
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
            description: asked!(
                "Without an approval gate, anyone who can push can deploy without review."
            ),
            remedy: "Set an environment with required reviewers on the job that deploys: `environment: production`",
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
            title: "No evidence of a test coverage threshold",
            description: asked!(
                "Without a threshold, the share of tested code shrinks unnoticed with each change."
            ),
            remedy: "Make the tests fail below it: `pytest --cov --cov-fail-under=80`",
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
        thing: "a test coverage threshold",
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
