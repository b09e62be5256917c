#!/usr/bin/env bash
# Package: dotenv (npm), python-dotenv (PyPI)
# Version: dotenv 18.0.10, python-dotenv 1.2.4
# Expected: a credential in an env file has the same value for a program in Node.js and
#   for one in Python; single quotes keep a text as it is, as in a shell
# Seen: without quotes, dotenv ends a value at any `#`, python-dotenv only at one after a
#   blank: a password with `#` in it is cut for one and whole for the other. python-dotenv
#   inserts `${NAME}` within single quotes too, dotenv nowhere. Backticks are quotes for
#   dotenv and part of the value for python-dotenv. `NAME: value` is an entry for dotenv
#   and nothing for python-dotenv, nor is `NAME="a"b`, which dotenv reads with its quotes.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent dotenv@18.0.10
python3 -m venv env
env/bin/pip install --quiet python-dotenv==1.2.4

cat > settings.env <<'DOTENV'
HASH=before#after
BLANK=before #after
SINGLE='${HASH} kept'
TICKS=`quoted text`
COLON: value
MORE="a"b
DOTENV

node -e '
const values = require("dotenv").parse(require("fs").readFileSync("settings.env"));
console.log(JSON.stringify(values));' > node.json
env/bin/python -c '
import dotenv, json
print(json.dumps(dotenv.dotenv_values("settings.env")))' > python.json 2> python.err

python3 - <<'PYTHON'
import json, sys
node, python = json.load(open("node.json")), json.load(open("python.json"))
for name in ("HASH", "BLANK", "SINGLE", "TICKS", "COLON", "MORE"):
    print(f"{name:7} dotenv {node.get(name)!r:22} python-dotenv {python.get(name)!r}")
same = node == {
    "HASH": "before", "BLANK": "before", "SINGLE": "${HASH} kept",
    "TICKS": "quoted text", "COLON": "value", "MORE": '"a"b',
} and python == {
    "HASH": "before#after", "BLANK": "before", "SINGLE": "before#after kept",
    "TICKS": "`quoted text`",
}
sys.exit(0 if same else "changed")
PYTHON
