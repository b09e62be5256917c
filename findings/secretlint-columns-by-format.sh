#!/usr/bin/env bash
# Package: secretlint, @secretlint/secretlint-rule-preset-recommend, @secretlint/secretlint-formatter-sarif (npm)
# Version: 13.0.5 (all three), Node.js 20
# Expected: one place has the same column in the terminal, in JSON and in SARIF, and
#   the SARIF report names the version of the program that wrote it
# Seen: lines count from 1 everywhere, columns from 0 in the terminal and in JSON but
#   from 1 in SARIF: `2:3` in the terminal is column 4 of an editor. The SARIF report
#   says version 1.0.0 of the tool, whatever is installed.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent secretlint@13.0.5 @secretlint/secretlint-rule-preset-recommend@13.0.5 @secretlint/secretlint-formatter-sarif@13.0.5
npx secretlint --version

python3 - <<'PYTHON'
import random, string
letters = string.ascii_letters + string.digits
digits = lambda n: "".join(random.choices(string.digits, k=n))
token = "-".join(["xoxb", digits(12), digits(12), "".join(random.choices(letters, k=24))])
open("a.txt", "w").write(f"first\nt: {token}\n")
PYTHON
echo '{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}' > .secretlintrc.json
npx secretlint --format json a.txt > out.json || true
npx secretlint --format @secretlint/secretlint-formatter-sarif a.txt > out.sarif || true
npx secretlint --no-color --format stylish a.txt > out.txt || true

python3 - <<'PYTHON'
import json, re, sys
terminal = re.search(r"^\s+(\d+):(\d+)\s+error", open("out.txt").read(), re.M)
place = json.load(open("out.json"))[0]["messages"][0]["loc"]["start"]
run = json.load(open("out.sarif"))["runs"][0]
region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
print("the token begins at line 2, column 4")
print("terminal", terminal.group(1), terminal.group(2))
print("json    ", place["line"], place["column"])
print("sarif   ", region["startLine"], region["startColumn"])
print("sarif names the tool's version", run["tool"]["driver"].get("version"))
same = (
    terminal.groups() == ("2", "3")
    and (place["line"], place["column"]) == (2, 3)
    and (region["startLine"], region["startColumn"]) == (2, 4)
    and run["tool"]["driver"].get("version") == "1.0.0"
)
sys.exit(0 if same else "changed")
PYTHON
