#!/usr/bin/env bash
# Package: kingfisher-bin (PyPI)
# Version: 2.14.0
# Expected: SARIF 2.1.0, 3.30.5 to 3.30.8: columns begin at 1 and `endColumn` is the
#   column after the last character, so that the region holds the token
# Seen: the region begins one character before the token and ends two before its
#   end: the columns count from 0 and the end is inclusive, in SARIF as in JSON. The
#   result says `kind: review` beside `level: error`, where SARIF 3.27.10 asks for
#   `level: none` with every kind but `fail`.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet kingfisher-bin==2.14.0
env/bin/kingfisher --version

mkdir tree
python3 - <<'PYTHON'
import random, string
letters = string.ascii_letters + string.digits
digits = lambda n: "".join(random.choices(string.digits, k=n))
token = "-".join(["xoxb", digits(12), digits(12), "".join(random.choices(letters, k=24))])
open("tree/a.txt", "w").write(f"first\nt: {token} # end\n")
PYTHON
env/bin/kingfisher scan tree --no-validate --no-update-check --quiet --format sarif > out.sarif 2>/dev/null || true

python3 - <<'PYTHON'
import json, sys
line = open("tree/a.txt").read().splitlines()[1]
start, end = line.index("xoxb") + 1, line.index(" # end") + 1
result = json.load(open("out.sarif"))["runs"][0]["results"][0]
region = result["locations"][0]["physicalLocation"]["region"]
print("the token is at columns", start, "to", end, "(the end is exclusive)")
print("the report says", region["startColumn"], "to", region["endColumn"])
print("kind", result.get("kind"), "level", result.get("level"))
same = (
    region["startColumn"] == start - 1
    and region["endColumn"] == end - 2
    and (result.get("kind"), result.get("level")) == ("review", "error")
)
sys.exit(0 if same else "changed")
PYTHON
