#!/usr/bin/env bash
# Package: hashids (PyPI)
# Version: 1.3.1
# Expected: two salts that differ anywhere give different ids, as two passwords do
# Seen: at most the first 44 characters of a salt count with the default alphabet. Some
#   of its 62 characters become separators and guards; what is left is shuffled with as
#   many characters of the salt as it has, and the rest of the salt is never read. Salts
#   of 64 characters that differ only from the 45th on give the same ids, and changing
#   the tail of a salt that was published changes nothing.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet hashids==1.3.1
env/bin/pip show hashids | grep -E '^(Name|Version)'

cat > try.py <<'PY'
import random
import string

from hashids import Hashids

letters = string.ascii_letters + string.digits


def ids(salt):
    return [Hashids(salt=salt).encode(number) for number in range(2000)]


lengths = set()
for seed in range(5):
    salt = "".join(random.Random(seed).choices(letters, k=64))
    whole = ids(salt)
    counts = next(n for n in range(1, 65) if ids(salt[:n] + "#" * (64 - n)) == whole)
    lengths.add(counts)
    tail = salt[:counts] + "another tail"
    print("salt", seed, "characters that count:", counts, "same ids with another tail:", ids(tail) == whole)
    assert ids(tail) == whole
    assert ids(salt[: counts - 2] + "##") != whole
assert max(lengths) == 44, lengths
PY
env/bin/python try.py
