#!/usr/bin/env bash
# Package: github.com/zricethezav/gitleaks/v8 (Go module)
# Version: v8.30.1
# Expected: a `.gitleaksignore` line made from a report of `gitleaks dir` accepts that
#   finding whenever the same folder is scanned
# Seen: the fingerprint of `dir` holds the path as the command line spells it. A line
#   made by `gitleaks dir .` accepts nothing under `gitleaks dir "$PWD"` and the other
#   way round; the same line in a repository accepts what `gitleaks git` finds too.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
GOBIN="$work" go install github.com/zricethezav/gitleaks/v8@v8.30.1

mkdir tree
cd tree
python3 - <<'PYTHON'
import random, string
letters = string.ascii_letters + string.digits
digits = lambda n: "".join(random.choices(string.digits, k=n))
token = "-".join(["xoxb", digits(12), digits(12), "".join(random.choices(letters, k=24))])
open("a.txt", "w").write(f"t: {token}\n")
PYTHON
git init --quiet
git add a.txt
git -c user.name=a -c user.email=a@example.com commit --quiet --message a

prints() {
    ../gitleaks "$@" --no-banner --log-level error -f json -r - 2>/dev/null |
        python3 -c 'import json, sys; print("\n".join(f["Fingerprint"] for f in json.load(sys.stdin)))' || true
}
count() { prints "$@" | grep -c . || true; }

prints dir . > ../relative
prints dir "$PWD" > ../absolute
echo "dir .      : $(cat ../relative)"
echo "dir \"\$PWD\" : $(sed "s|$PWD|\$PWD|" ../absolute)"

cp ../relative .gitleaksignore
a=$(count dir .) b=$(count dir "$PWD") c=$(count git .)
echo "with the line of 'dir .': dir . finds $a, dir \"\$PWD\" $b, git . $c"
cp ../absolute .gitleaksignore
d=$(count dir .) e=$(count dir "$PWD") f=$(count git .)
echo "with the line of 'dir \"\$PWD\"': dir . finds $d, dir \"\$PWD\" $e, git . $f"
[ "$a$b$c$d$e$f" = 010101 ] || { echo "changed: $a$b$c$d$e$f"; exit 1; }
