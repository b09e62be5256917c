#!/usr/bin/env python3
"""Writes a tree of files as a large system has them, to measure `gonogo readiness` with.

    scripts/readiness_tree.py FOLDER [FILES]
    \\time -f '%U user, %S system' target/dist/gonogo readiness --no-scan FOLDER > /dev/null

The FILES (10,000) are manifests, overlays, charts, compose files, Terraform, workflows, migrations, source code, tests,
dashboards, alert rules, documents, and things that are not read. They are the same in each run. The bar is one second of
user and system time.
"""

import pathlib
import random
import sys

WORDS = (
    "account order invoice payment cart user session report search index mail queue price stock tax coupon review image "
    "upload export import audit token role group team project task event metric alert webhook"
).split()
CHANCE = random.Random(1)


def words(count):
    """So many words."""
    return [CHANCE.choice(WORDS) for _ in range(count)]


def manifest(number):
    name = f"{CHANCE.choice(WORDS)}-{number}"
    return f"services/{name}/deployment.yaml", f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: {CHANCE.randint(1, 5)}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: registry.example.org/{name}:1.{number}.0
          ports: [{{containerPort: 8080}}]
          envFrom: [{{secretRef: {{name: {name}-env}}}}]
          readinessProbe: {{httpGet: {{path: /ready, port: 8080}}}}
          resources: {{limits: {{memory: 256Mi}}, requests: {{cpu: 100m}}}}
          securityContext: {{runAsNonRoot: true, allowPrivilegeEscalation: false}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80, targetPort: 8080}}]
"""


def kustomization(number):
    files = "\n".join(f"  - {word}.yaml" for word in sorted(set(words(4))))
    return f"overlays/production-{number}/kustomization.yaml", f"resources:\n{files}\nimages:\n  - {{name: app, newTag: 1.{number}}}\n"


def compose(number):
    services = "".join(
        f"  {word}:\n    image: {word}:1.{number}\n    restart: always\n    environment:\n      DATABASE_URL: ${{DATABASE_URL:?}}\n"
        f"    healthcheck: {{test: [CMD, curl, -f, 'http://localhost:8080/health']}}\n"
        for word in sorted(set(words(6)))
    )
    return f"stacks/{number}/compose.yml", f"services:\n{services}  db:\n    image: postgres:16\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n"


def terraform(number):
    name = "_".join(words(2))
    return f"infra/module-{number}/main.tf", f"""resource "aws_db_instance" "{name}" {{
  engine                  = "postgres"
  instance_class          = "db.t3.large"
  multi_az                = true
  storage_encrypted       = true
  backup_retention_period = 14
}}

resource "aws_s3_bucket" "{name}_files" {{
  bucket = "example-{name}-{number}"
}}

variable "{name}_size" {{
  type    = number
  default = {number}
}}
"""


def workflow(number):
    steps = "".join(f"      - run: make {word}\n" for word in words(8))
    return f"apps/{number}/.github/workflows/ci.yml", f"on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n{steps}"


def migration(number):
    table = CHANCE.choice(WORDS)
    return f"db/migrate/2024{number:010}_add_{table}.sql", f"CREATE TABLE {table}_{number} (\n  id bigint PRIMARY KEY,\n  owner_id bigint NOT NULL,\n  name text\n);\nCREATE INDEX ON {table}_{number} (owner_id, name);\n"


def typescript(number):
    functions = "".join(
        f"""
/** Reads the {a} of one {b}. */
export async function {a}Of{b.title()}{line}(id: string): Promise<{a.title()}> {{
  const rows = await pool.query('SELECT * FROM {a} WHERE {b}_id = $1', [id]);
  if (rows.length === 0) {{
    throw new NotFound(`no {a} of ${{id}}`);
  }}
  return rows.map((row) => ({{ id: row.id, {a}: row.{a}, at: new Date(row.at) }}));
}}
"""
        for line, (a, b) in enumerate(zip(words(12), words(12)))
    )
    return f"apps/web/src/{CHANCE.choice(WORDS)}/module-{number}.ts", f"import {{ pool }} from '../pool';\n{functions}"


def python(number):
    functions = "".join(
        f'''

@router.get("/{a}/{{key}}/{b}-{line}")
def {a}_of_{b}_{line}(key: int, session: Session = Depends(session)) -> list[{a.title()}]:
    """The {a} of one {b}."""
    query = select({a.title()}).where({a.title()}.{b}_id == key).order_by({a.title()}.created)
    result = session.execute(query).scalars().all()
    logger.info("read %d of %s", len(result), "{a}")
    return result
'''
        for line, (a, b) in enumerate(zip(words(12), words(12)))
    )
    return f"services/api/{CHANCE.choice(WORDS)}/module_{number}.py", f"from app.database import session\n{functions}"


def test(number):
    cases = "".join(f"\n\ndef test_{word}_{line}(client):\n    assert client.get('/{word}').status_code == 200\n" for line, word in enumerate(words(15)))
    return f"services/api/tests/test_{number}.py", f"import pytest\n{cases}"


def document(number):
    sections = "".join(
        f"\n## The {word}\n\nThe {word} is deployed by the pipeline, and its {other} are kept for 30 days.\n\n```sh\nkubectl get {word}\n```\n"
        for word, other in zip(words(10), words(10))
    )
    return f"docs/{CHANCE.choice(WORDS)}-{number}.md", f"# Notes about {number}\n{sections}"


def rules(number):
    return f"monitoring/rules-{number}.yml", f"""groups:
  - name: {number}
    rules:
      - alert: Errors{number}
        expr: sum(rate(http_requests_total{{status=~"5.."}}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
        for: 5m
        labels: {{severity: page}}
"""


def dashboard(number):
    panels = ",\n".join(
        f'    {{"title": "{word}", "targets": [{{"expr": "histogram_quantile(0.95, rate({word}_seconds_bucket[5m]))"}}]}}'
        for word in words(20)
    )
    return f"monitoring/dashboards/{number}.json", f'{{\n  "title": "{number}",\n  "panels": [\n{panels}\n  ]\n}}\n'


def dockerfile(number):
    return f"services/{CHANCE.choice(WORDS)}-{number}/Dockerfile", "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nUSER 1001\nHEALTHCHECK CMD node check.js\nCMD [\"node\", \"server.js\"]\n"


def locale(number):
    entries = ",\n".join(f'  "{a}.{line}": "{a} {b}"' for line, (a, b) in enumerate(zip(words(80), words(80))))
    return f"apps/web/locales/{number}.json", f"{{\n{entries}\n}}\n"


def script(number):
    return f"bin/{CHANCE.choice(WORDS)}-{number}.sh", "#!/bin/sh\nset -eu\ncd \"$(dirname \"$0\")\"\n" + "".join(f"echo {word}\n" for word in words(20))


def settings(number):
    return f"services/settings/{number}.env.example", "".join(f"{word.upper()}_{line}=\n" for line, word in enumerate(words(20)))


def picture(number):
    return f"apps/web/public/{number}.svg", "<svg>" + "<path d='M0 0L1 1'/>" * 40 + "</svg>\n"


# What of a hundred files each is.
SHARES = [
    (typescript, 26), (python, 20), (test, 10), (manifest, 8), (document, 7), (locale, 5), (picture, 5), (migration, 4),
    (terraform, 3), (script, 2), (settings, 2), (dockerfile, 2), (kustomization, 2), (compose, 1), (workflow, 1),
    (rules, 1), (dashboard, 1),
]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    top = pathlib.Path(sys.argv[1])
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    kinds = [kind for kind, share in SHARES for _ in range(share)]
    size = 0
    for number in range(files):
        path, text = kinds[number % len(kinds)](number)
        path = top / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        size += len(text)
    print(f"{files} files, {size:,} bytes")


if __name__ == "__main__":
    main()
