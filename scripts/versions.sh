#!/usr/bin/env bash
# Builds or tests with other versions of the dependencies than those of the lock file: with the lowest or the newest ones
# that Cargo.toml allows. pre-commit and `cargo install` without `--locked` take the newest.
#
#   scripts/versions.sh lowest|newest check|test
#
# Works in a copy; builds into a target folder of its own, beside the usual one.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
[[ $# -eq 2 ]] || usage
which=$1 what=$2
[[ $which == lowest || $which == newest ]] || usage
[[ $what == check || $what == test ]] || usage

target=${CARGO_TARGET_DIR:-$PWD/target}
copy=$(mktemp -d)
trap 'rm -rf -- "$copy"' EXIT
tar -cf - --exclude=./target --exclude=./.git . | tar -xf - -C "$copy"
cd "$copy"
export CARGO_TARGET_DIR=$target/$which CARGO_INCREMENTAL=0
case $which in
  # Only what Cargo.toml names can be asked for; what those need in turn is as new as ever. An unstable option.
  lowest) RUSTC_BOOTSTRAP=1 cargo update --quiet -Z direct-minimal-versions ;;
  newest) cargo update --quiet ;;
esac
if cmp -s Cargo.lock "$OLDPWD/Cargo.lock"; then
  echo "the $which versions are those of the lock file"
  exit
fi
case $what in
  check) cargo check --quiet --all-targets ;;
  test) cargo test --quiet ;;
esac
