#!/usr/bin/env bash
# Package: @octokit/openapi (npm)
# Version: 23.0.2
# Expected: what GitHub's document says a listing of an organisation's repositories has is what is needed to mirror them: the
#   address to clone from, whether a repository is archived, and when it was last pushed to, as GET /repos/{owner}/{repo}
#   promises
# Seen: both listings (of organisations and of users) answer `minimal-repository`, which requires 38 addresses, and
#   none of clone_url, archived, pushed_at and visibility; GET /repos/{owner}/{repo} requires the first three. The only
#   address for people that a listing promises is html_url. It is so in the documents of github.com, of Enterprise Cloud and
#   of Enterprise Server 3.17 to 3.19.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @octokit/openapi@23.0.2
python3 - <<'PYTHON'
import json, sys
fields = ["id", "full_name", "html_url", "clone_url", "archived", "pushed_at", "visibility"]
as_written = True
for name in ["api.github.com", "ghec", "ghes-3.17", "ghes-3.18", "ghes-3.19"]:
    document = json.load(open(f"node_modules/@octokit/openapi/generated/{name}.json"))
    def answer(path):
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        return schema.get("items", schema)["$ref"].split("/")[-1]
    listed = {answer("/orgs/{org}/repos"), answer("/users/{username}/repos")}
    one = answer("/repos/{owner}/{repo}")
    schemas = document["components"]["schemas"]
    required = [field for field in fields if field in schemas["minimal-repository"]["required"]]
    of_one = [field for field in fields if field in schemas[one]["required"]]
    addresses = sum(field.endswith("_url") or field == "url" for field in schemas["minimal-repository"]["required"])
    print(f"{name}: listings answer {listed}, which promises {required} and {addresses} addresses; {one} promises {of_one}")
    as_written &= listed == {"minimal-repository"} and required == ["id", "full_name", "html_url"]
    as_written &= of_one == ["id", "full_name", "html_url", "clone_url", "archived", "pushed_at"]
sys.exit(not as_written)
PYTHON
