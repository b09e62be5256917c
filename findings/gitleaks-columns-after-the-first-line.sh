#!/usr/bin/env bash
# Package: github.com/zricethezav/gitleaks/v8 (Go module)
# Version: v8.30.1
# Expected: the same text on two lines has the same columns on both, and SARIF's
#   `endColumn` is the column after the last character
# Seen: on the first line the start is right and the end names the last character; on
#   every later line both are one more: the start is one to the right of the token. JSON
#   and SARIF hold the same figures, from `dir` and from `git`. The SARIF report names
#   the tool's version v8.0.0 in `semanticVersion`, whatever is installed.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
GOBIN="$work" go install github.com/zricethezav/gitleaks/v8@v8.30.1

mkdir tree
python3 - <<'PYTHON'
import random, string
letters = string.ascii_letters + string.digits
digits = lambda n: "".join(random.choices(string.digits, k=n))
token = lambda: "-".join(["xoxb", digits(12), digits(12), "".join(random.choices(letters, k=24))])
open("tree/a.txt", "w").write(f"t: {token()} end\nt: {token()} end\nbetween\nt: {token()} end\n")
PYTHON
git -C tree init --quiet
git -C tree add a.txt
git -C tree -c user.name=a -c user.email=a@example.com commit --quiet --message a

for command in dir git; do
    ./gitleaks $command tree --no-banner --log-level error -f json -r $command.json || true
    ./gitleaks $command tree --no-banner --log-level error -f sarif -r $command.sarif || true
done
python3 - <<'PYTHON'
import json, sys
line = open("tree/a.txt").read().splitlines()[0]
print("the token is at columns", line.index("xoxb") + 1, "to", line.index(" end") + 1, "(the end is exclusive) on each line")
same = True
for command in ("dir", "git"):
    found = sorted(json.load(open(command + ".json")), key=lambda f: f["StartLine"])
    run = json.load(open(command + ".sarif"))["runs"][0]
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in run["results"]]
    regions.sort(key=lambda r: r["startLine"])
    for f, r in zip(found, regions):
        print(command, "line", f["StartLine"], "json", f["StartColumn"], f["EndColumn"], "sarif", r["startColumn"], r["endColumn"])
    columns = [(f["StartLine"], f["StartColumn"], f["EndColumn"]) for f in found]
    same &= columns == [(1, 4, 58), (2, 5, 59), (4, 5, 59)]
    same &= columns == [(r["startLine"], r["startColumn"], r["endColumn"]) for r in regions]
    version = run["tool"]["driver"]["semanticVersion"]
    print("semanticVersion", version)
    same &= version == "v8.0.0"
sys.exit(0 if same else "changed")
PYTHON
