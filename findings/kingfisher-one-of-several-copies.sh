#!/usr/bin/env bash
# Package: kingfisher-bin (PyPI)
# Version: 2.14.0
# Expected: one token that lies in several files is reported at the same file,
#   with the same fingerprint, every time the same folder is scanned
# Seen: one finding, and which of the files it names differs from run to run;
#   the fingerprint differs with it, so a list of accepted fingerprints made in
#   one run does not cover the next. `--no-dedup` names every copy.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet kingfisher-bin==2.14.0
env/bin/kingfisher --version

# A token of the right shape, drawn anew, in three files at different places.
mkdir tree
python3 - <<'PYTHON'
import random, string
letters = string.ascii_letters + string.digits
digits = lambda n: "".join(random.choices(string.digits, k=n))
token = "-".join(["xoxb", digits(12), digits(12), "".join(random.choices(letters, k=24))])
open("tree/a.txt", "w").write(f"first\nt: {token}\n")
open("tree/b.txt", "w").write(f"t: {token}\n")
open("tree/c.txt", "w").write(f"one\ntwo\nt: {token}\n")
PYTHON

scan() {
    env/bin/kingfisher scan tree --no-validate --no-update-check --quiet --format json "$@" 2>/dev/null || true
}
places() {
    python3 -c '
import json, sys
for found in json.load(sys.stdin)["findings"]:
    found = found["finding"]
    print(found["path"], found["line"], found["fingerprint"])'
}

: > seen
for run in $(seq 60); do
    scan | places > one
    [ "$(wc -l < one)" -eq 1 ] || { echo "changed: $(wc -l < one) findings in one run"; exit 1; }
    cat one >> seen
    if [ "$(sort -u seen | wc -l)" -gt 1 ]; then
        echo "after $run runs over the same folder:"
        sort seen | uniq -c
        copies=$(scan --no-dedup | places | wc -l)
        echo "with --no-dedup: $copies findings"
        [ "$copies" -eq 3 ] || { echo "changed: --no-dedup names $copies copies"; exit 1; }
        exit 0
    fi
done
echo "changed: sixty runs named the same file"
exit 1
