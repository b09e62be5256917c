#!/usr/bin/env bash
# Package: dclint (npm)
# Version: 3.1.0
# Expected: `--fix` sorts services by name, and an anchor that a later service uses
#   moves with its first use (or the services stay as they are)
# Seen: where the anchor is set in a service that sorts after the one that uses it,
#   `--fix` raises "Unresolved alias", exits 1 without any report, and leaves this
#   file and the files named after it as they were. Without `--fix` the same file is
#   linted. The compose file is valid: YAML asks for the anchor before the alias, and
#   sorting turns the two round.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent dclint@3.1.0
npx dclint --version

cat > a.yml <<'YAML'
name: demo
services:
  web:
    image: nginx:1.27
    environment: &settings
      LEVEL: info
  api:
    image: nginx:1.27
    environment: *settings
YAML
cat > b.yml <<'YAML'
name: other
services:
  web:
    ports:
      - '127.0.0.1:8080:80'
    image: nginx:1.27
YAML
cp a.yml a.before
cp b.yml b.before

echo "without --fix:"
npx dclint a.yml || true
linted=$(npx dclint a.yml 2>&1 | grep -c services-alphabetical-order || true)
code=0
npx dclint --fix a.yml b.yml > out 2>&1 || code=$?
echo "with --fix: exit $code"
grep -m1 "Error" out || true
[ "$linted" -eq 1 ] && [ "$code" -eq 1 ] && grep -q "Unresolved alias" out \
    && cmp -s a.yml a.before && cmp -s b.yml b.before \
    || { echo changed; exit 1; }
npx dclint --fix b.yml > out 2>&1 || true
cmp -s b.yml b.before && { echo "changed: b.yml alone is not fixed"; exit 1; }
echo "the second file alone is fixed"
