#!/usr/bin/env bash
# Package: tree-sitter-language-pack (PyPI)
# Version: tree-sitter-language-pack 0.13.0, configparser of Python 3.11
# Expected: a grammar that editors and scanners use parses what the programs of its format read:
#   `password: …` in INI as in configparser, `?:` of Groovy in a declaration, a class that
#   Puppet declares with parameters, a raw string of RON
# Seen: each of them has an ERROR node. A scanner that looks for pairs in the tree passes
#   over such settings without a word, the password of an INI file among them, where
#   configparser reads it; what is written with `=` and without `?:` is found.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet tree-sitter-language-pack==0.13.0

env/bin/python - <<'PYTHON'
import configparser, sys
from tree_sitter_language_pack import get_parser

read = configparser.ConfigParser()
read.read_string("[server]\npassword: not-a-secret\n")
print("configparser reads", dict(read["server"]))
FORMS = [
    ("ini", "[server]\npassword: not-a-secret\n", False),
    ("ini", "[server]\npassword = not-a-secret\n", True),
    ("groovy", "def password = System.getenv('X') ?: 'none'\n", False),
    ("groovy", "def password = System.getenv('X')\n", True),
    ("puppet", "class { 'server':\n  password => 'none',\n}\n", False),
    ("puppet", "file { '/etc/server':\n  content => 'none',\n}\n", True),
    ("ron", '(password: r#"none"#)', False),
    ("ron", '(password: "none")', True),
]
changed = read["server"]["password"] != "not-a-secret"
for grammar, text, expected in FORMS:
    parses = not get_parser(grammar).parse(text.encode()).root_node.has_error
    print(f"{grammar:7} {text.splitlines()[-1] if grammar == 'ini' else text.splitlines()[0]:45} {'parses' if parses else 'has an error'}")
    changed |= parses != expected
sys.exit("changed" if changed else 0)
PYTHON
