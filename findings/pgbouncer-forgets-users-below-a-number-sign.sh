#!/usr/bin/env bash
# Package: pgbouncer (Debian bookworm); psycopg2-binary (PyPI)
# Version: 1.18.0-1+deb12u1; 2.9.11
# Expected: `#` begins a comment in userlist.txt, as it does in pgbouncer.ini beside it, and a line that is none of a user is passed
#   over or stops the start; in quotation marks a backslash escapes one
# Seen: pgbouncer starts, and knows the users above such a line only: all below it are refused as if their password were wrong. One
#   line in the log has `broken auth file`, without its number. A comment begins with `;`. Two quotation marks are one, and a
#   backslash is a sign of the password: of `"pa\"ss"` the password is `pa\`.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian pgbouncer
grep '^pgbouncer=' debian/versions
python3 -m venv env
env/bin/pip install --quiet psycopg2-binary==2.9.11

cat > userlist.txt <<'LIST'
; the first line
"doubled" "pa""ss1"
"escaped" "pa\"ss1"
"backslash" "pa\ss1"
"sign" "pa#ss1"
# the line in question
"below" "pass1"
LIST
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > pgbouncer.ini <<INI
# This comment is one.
[databases]
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = plain
auth_file = $work/userlist.txt
admin_users = doubled, escaped, backslash, sign, below
INI
# It does not run as root.
chmod -R a+rX "$work"
as() { if [[ $(id -u) == 0 ]]; then setpriv --reuid=nobody --clear-groups "$@"; else "$@"; fi; }
as debian/bin/pgbouncer pgbouncer.ini > log 2>&1 &
pid=$!
for _ in $(seq 100); do grep -q 'process up' log && break; sleep 0.1; done
grep -o 'ERROR .*' log | tee errors
[[ $(cat errors) == 'ERROR broken auth file' ]]

cat > login.py <<'PY'
import sys

import psycopg2

expected = [
    ("doubled", 'pa"ss1', True),
    ("escaped", 'pa"ss1', False),
    ("escaped", "pa\\", True),
    ("backslash", "pa\\ss1", True),
    ("sign", "pa#ss1", True),
    ("below", "pass1", False),
]
for user, password, wanted in expected:
    try:
        psycopg2.connect(host="127.0.0.1", port=sys.argv[1], user=user, password=password, dbname="pgbouncer").close()
        said = "accepted"
    except psycopg2.OperationalError as error:
        said = str(error).strip().splitlines()[-1].split("FATAL:")[-1].strip()
    print(f"{user:<10} {password:<8} {said}")
    assert (said == "accepted") is wanted, "changed"
PY
env/bin/python login.py "$port"
