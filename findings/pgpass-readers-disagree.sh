#!/usr/bin/env bash
# Package: psycopg2-binary (PyPI, which holds libpq), pgpass (npm), org.postgresql:postgresql (Maven),
#   github.com/jackc/pgpassfile (Go module)
# Version: psycopg2-binary 2.9.11, pgpass 1.0.6, postgresql 42.7.7, pgpassfile v1.0.0
# Expected: one line of .pgpass is one password: the last of five fields is what follows the fourth colon, up to the end of
#   the line, and drivers in all languages send the same
# Seen: of `pa:ss` libpq (psql, pg_dump, Python) and JDBC send `pa`, since a fifth colon ends the password without a word,
#   node-postgres' reader sends `pa:ss`, and that of pgx finds no entry at all. A backslash before another letter is
#   taken out by libpq and kept by the other three. A blank at the end is part of the password, except for pgx.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet psycopg2-binary==2.9.11
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pgpass@1.0.6
mvn -q -B dependency:copy -Dartifact=org.postgresql:postgresql:42.7.7 -DoutputDirectory=jars > /dev/null
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0 PGPASSFILE="$work/file"

# A server that asks for a password in clear and keeps what it is sent stands in for PostgreSQL.
cat > libpq.py <<'PY'
import os, socket, struct, sys, threading
import psycopg2

def answer(listener, sent):
    def message(connection):
        length, = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
        return connection.recv(length - 4, socket.MSG_WAITALL)
    while True:
        connection, _ = listener.accept()
        message(connection)
        connection.sendall(b"R" + struct.pack(">II", 8, 3))
        if connection.recv(1) == b"p":
            sent.append(message(connection)[:-1].decode())
        connection.close()

listener, sent = socket.create_server(("127.0.0.1", 0)), []
port = listener.getsockname()[1]
threading.Thread(target=answer, args=(listener, sent), daemon=True).start()
with open(os.environ["PGPASSFILE"]) as file, open("file.port", "w") as copy:
    copy.write(file.read().replace(":5432:", f":{port}:"))
os.chmod("file.port", 0o600)
for user in sys.argv[1:]:
    sent.clear()
    try:
        psycopg2.connect(host="localhost", hostaddr="127.0.0.1", port=port, dbname="db", user=user, passfile="file.port",
                         sslmode="disable", gssencmode="disable", connect_timeout=5)
    except psycopg2.OperationalError:
        pass
    print("libpq", user, f"[{sent[0]}]" if sent else "none")
PY
cat > node.js <<'JS'
const pgpass = require('pgpass')
for (const user of process.argv.slice(2)) {
  pgpass({ host: 'localhost', port: 5432, database: 'db', user }, (found) => {
    console.log('node', user, found === undefined ? 'none' : `[${found}]`)
  })
}
JS
cat > Jdbc.java <<'JAVA'
public class Jdbc {
    public static void main(String[] users) {
        System.setProperty("org.postgresql.pgpassfile", System.getenv("PGPASSFILE"));
        for (String user : users) {
            String found = org.postgresql.jdbcurlresolver.PgPassParser.getPassword("localhost", "5432", "db", user);
            System.out.println("jdbc " + user + " " + (found == null ? "none" : "[" + found + "]"));
        }
    }
}
JAVA
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/jackc/pgpassfile"
)

func main() {
	file, err := pgpassfile.ReadPassfile(os.Getenv("PGPASSFILE"))
	if err != nil {
		panic(err)
	}
	for _, user := range os.Args[1:] {
		found := file.FindPassword("localhost", "5432", "db", user)
		if found == "" {
			fmt.Println("pgx", user, "none")
		} else {
			fmt.Printf("pgx %s [%s]\n", user, found)
		}
	}
}
GO
printf 'module passwords\n\ngo 1.24\n\nrequire github.com/jackc/pgpassfile v1.0.0\n' > go.mod

printf 'localhost:5432:db:%s\n' 'colon:pa:ss' 'escaped:pa\:ss' 'backslash:pa\ss' 'blank:pass ' > file
chmod 600 file
users=(colon escaped backslash blank)
{
  env/bin/python libpq.py "${users[@]}"
  node node.js "${users[@]}"
  java -cp 'jars/*' Jdbc.java "${users[@]}" 2> /dev/null
  go run . "${users[@]}"
} > seen
cat file seen
sort seen | diff - <(sort <<'SEEN'
libpq colon [pa]
node colon [pa:ss]
jdbc colon [pa]
pgx colon none
libpq escaped [pa:ss]
node escaped [pa:ss]
jdbc escaped [pa:ss]
pgx escaped [pa:ss]
libpq backslash [pass]
node backslash [pa\ss]
jdbc backslash [pa\ss]
pgx backslash [pa\ss]
libpq blank [pass ]
node blank [pass ]
jdbc blank [pass ]
pgx blank [pass]
SEEN
)
