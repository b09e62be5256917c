#!/usr/bin/env bash
# Package: tox (PyPI)
# Version: 4.30.2
# Expected: in `set_env` of tox.ini a comment begins where a number sign follows a space,
#   as in shells and in .env files: `DB_PASSWORD=pa#ss` sets pa#ss
# Seen: the value is pa. A number sign begins a comment wherever it is, unless a backslash
#   precedes it, and nothing warns of what was cut off. Quotes do not help: those around a
#   value become part of it, and a number sign between them still ends it.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet tox==4.30.2
env/bin/pip show tox | grep -E '^(Name|Version)'

mkdir project
cat > project/tox.ini <<'INI'
[tox]
skipsdist = true
env_list = try
[testenv]
skip_install = true
set_env =
    PLAIN=pa#ss
    SPACED=pa #ss
    ESCAPED=pa\#ss
    QUOTED="pass"
    BOTH="pa#ss"
commands = python try.py
INI
cat > project/try.py <<'PY'
import os

seen = {name: os.environ[name] for name in ("PLAIN", "SPACED", "ESCAPED", "QUOTED", "BOTH")}
for name, value in seen.items():
    print(name, repr(value))
assert seen == {"PLAIN": "pa", "SPACED": "pa", "ESCAPED": "pa#ss", "QUOTED": '"pass"', "BOTH": '"pa'}, seen
PY
cd project
../env/bin/tox -q
