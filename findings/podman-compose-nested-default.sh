#!/usr/bin/env bash
# Package: podman-compose (PyPI)
# Version: 1.5.0
# Expected: `${A:-${B:-fallback}}` is `fallback` where neither is set, and `${C:+set}` is
#   empty where C is not set, as the Compose Specification has both forms
# Seen: the outer default ends at the first brace, and what is left is not looked at again:
#   the value is the text `${B:-fallback}`. `${C:+set}` stays as it is written. The exit
#   code is 0 and nothing is said, so a service starts with that text as its password.
#   `${D:?message}` does stop, as it should.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet podman-compose==1.5.0
# `config` only asks podman for its version.
printf '#!/bin/sh\necho "podman version 5.4.2"\n' > podman
chmod +x podman
compose() {
    venv/bin/podman-compose --podman-path "$work/podman" "$@"
}
venv/bin/pip show podman-compose | grep ^Version

cat > compose.yml <<'YAML'
services:
  db:
    image: postgres:16
    environment:
      NESTED: ${A:-${B:-fallback}}
      ALTERNATIVE: "${C:+set}"
      PLAIN: ${A:-fallback}
YAML
code=0
compose config > out 2> err || code=$?
echo "exit $code"
cat out
[ "$code" -eq 0 ] || { cat err; echo changed; exit 1; }
grep -qF 'NESTED: ${B:-fallback}' out && grep -qF 'ALTERNATIVE: ${C:+set}' out && grep -qF 'PLAIN: fallback' out \
    || { echo changed; exit 1; }

sed -i 's/\${A:-fallback}/${D:?set D}/' compose.yml
code=0
compose config > out 2> err || code=$?
echo "with a variable that must be set: exit $code, $(tail -n 1 err)"
[ "$code" -ne 0 ] && grep -q 'set D' err || { echo changed; exit 1; }
