#!/usr/bin/env python3
"""Draws strings that stand right behind a credential's name from working trees, for a person to say which are none.

    scripts/look_alikes.py TREE... > drawn.txt

Each is a line `== PATH` and the line of the file. The draw depends on nothing but what the trees hold: of each tree the lines
with the least SHA-256 are taken, at most two of a file, and one of those that say the same. What a person says is no credential
goes to tests/it/look_alikes/found.txt.
"""

import hashlib
import os
import re
import sys

EACH = 16
NAME = r"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|credential|private_?key|access_?key|auth_?key)[\w.-]*"
LINE = re.compile(rf"(?i)\b{NAME}[\"']?\s*(?::=|=>|[:=(,])\s*[\"'`]?([^\s\"'`,;(){{}}\[\]]{{6,80}})")
SKIPPED = {".git", "node_modules", "vendor", "dist", "build", "__pycache__"}
TEXT = re.compile(
    r"\.(py|js|ts|tsx|go|java|kt|rb|php|cs|rs|yml|yaml|json|toml|ini|conf|cfg|properties|env|sh|sql|xml|ex|exs|tf|gradle)$"
)


def lines(tree):
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not TEXT.search(name) or os.path.islink(path) or os.path.getsize(path) > 300_000:
                continue
            with open(path, encoding="utf-8", errors="ignore") as file:
                for line in file:
                    found = LINE.search(line) if len(line) < 300 and "~" not in line else None
                    if found:
                        yield os.path.relpath(path, tree), line.strip(), found[1]


def draw(tree):
    keyed = sorted((hashlib.sha256(f"{path}\0{line}".encode()).digest(), path, line, value) for path, line, value in lines(tree))
    of_file, values, taken = {}, set(), 0
    for _, path, line, value in keyed:
        if of_file.get(path, 0) >= 2 or value.lower() in values or taken >= EACH:
            continue
        of_file[path] = of_file.get(path, 0) + 1
        values.add(value.lower())
        taken += 1
        print(f"== {path}\n{line}")


for tree in sys.argv[1:]:
    draw(tree)
