#!/usr/bin/env bash
# Package: @octokit/openapi (npm)
# Version: 23.0.2
# Expected: GitHub's document has for GET /repos/{owner}/{repo} an example that could be an answer: a fork with what it was
#   forked from (`parent`) and the first repository of its network (`source`), or a repository with neither
# Seen: the only example has "fork": false and all the same a `parent` and a `source`, and both have the id of the repository
#   itself, so that a program which goes from parent to parent on a server that answers with examples never ends. It is so
#   in the documents of github.com, of Enterprise Cloud and of Enterprise Server 3.17 to 3.19. The schema requires `fork`, and
#   neither of the two.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @octokit/openapi@23.0.2
python3 - <<'PYTHON'
import json, sys
as_written = True
for name in ["api.github.com", "ghec", "ghes-3.17", "ghes-3.18", "ghes-3.19"]:
    document = json.load(open(f"node_modules/@octokit/openapi/generated/{name}.json"))
    content = document["paths"]["/repos/{owner}/{repo}"]["get"]["responses"]["200"]["content"]["application/json"]
    schema = document["components"]["schemas"][content["schema"]["$ref"].split("/")[-1]]
    required = [field for field in ("fork", "parent", "source") if field in schema["required"]]
    examples = [document["components"]["examples"][it["$ref"].split("/")[-1]]["value"] for it in content["examples"].values()]
    for it in examples:
        print(f"{name}: {it['full_name']}: fork {it['fork']}, id {it['id']}, parent {it['parent']['id']}, "
              f"source {it['source']['id']}; required are {required}")
        as_written &= it["fork"] is False and it["id"] == it["parent"]["id"] == it["source"]["id"]
    as_written &= len(examples) == 1 and required == ["fork"]
sys.exit(not as_written)
PYTHON
