#!/usr/bin/env bash
# Package: psycopg2-binary (PyPI, which holds libpq), SQLAlchemy, django-environ, dj-database-url (PyPI), pg-connection-string (npm)
# Version: psycopg2-binary 2.9.13, SQLAlchemy 2.1.9, django-environ 0.14.0, dj-database-url 3.1.2, pg-connection-string 2.14.1
# Expected: in `postgresql://app:PASSWORD@db/shop` the signs `#`, `/`, `?` and `@` must be escaped in the password: where they
#   are not, all readers refuse the URL, or all read it alike
# Seen: of `pa#ss` libpq, SQLAlchemy and django-environ make the password as it is meant, of `pa/ss` SQLAlchemy alone, of
#   `pa?ss` libpq and SQLAlchemy; the rest refuse them. libpq reads `pa/ss` without an error as the host `app`, and no password.
#   Of `pa@ss` the other three make `pa@ss`, but libpq and SQLAlchemy `pa` and a host `ss@db`. So a scanner or a filter of logs
#   that ends a login at the first such sign, as RFC 3986 has it, leaves passwords in that programs do connect with.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet psycopg2-binary==2.9.13 SQLAlchemy==2.1.9 django-environ==0.14.0 dj-database-url==3.1.2
env/bin/pip list 2> /dev/null | grep -iE '^(psycopg2|sqlalchemy|django-environ|dj-database)'
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pg-connection-string@2.14.1

passwords=('pa#ss' 'pa/ss' 'pa?ss' 'pa@ss')
cat > read.py <<'PY'
import sys
import dj_database_url, environ
from psycopg2.extensions import parse_dsn
from sqlalchemy.engine import make_url

def sqlalchemy(url):
    url = make_url(url)
    return url.password, url.host

def libpq(url):
    parts = parse_dsn(url)
    return parts.get("password"), parts["host"]

def of_django(read):
    def parts(url):
        settings = read(url)
        return settings["PASSWORD"], settings["HOST"]
    return parts

readers = {
    "libpq": libpq,
    "sqlalchemy": sqlalchemy,
    "django-environ": of_django(environ.Env.db_url_config),
    "dj-database-url": of_django(dj_database_url.parse),
}
for password in sys.argv[1:]:
    for name, read in readers.items():
        try:
            seen = "password %s host %s" % read(f"postgresql://app:{password}@db/shop")
        except Exception:
            seen = "refused"
        print(password, name, seen)
PY
env/bin/python -W ignore read.py "${passwords[@]}" > seen
node -e '
const { parse } = require("pg-connection-string");
for (const password of process.argv.slice(1)) {
  let seen = "refused";
  try {
    const found = parse(`postgresql://app:${password}@db/shop`);
    seen = `password ${found.password} host ${found.host}`;
  } catch {}
  console.log(`${password} pg-connection-string ${seen}`);
}' "${passwords[@]}" >> seen
LC_ALL=C sort -o seen seen
cat seen
diff seen - <<'SEEN'
pa#ss dj-database-url refused
pa#ss django-environ password pa#ss host db
pa#ss libpq password pa#ss host db
pa#ss pg-connection-string refused
pa#ss sqlalchemy password pa#ss host db
pa/ss dj-database-url refused
pa/ss django-environ refused
pa/ss libpq password None host app
pa/ss pg-connection-string refused
pa/ss sqlalchemy password pa/ss host db
pa?ss dj-database-url refused
pa?ss django-environ refused
pa?ss libpq password pa?ss host db
pa?ss pg-connection-string refused
pa?ss sqlalchemy password pa?ss host db
pa@ss dj-database-url password pa@ss host db
pa@ss django-environ password pa@ss host db
pa@ss libpq password pa host ss@db
pa@ss pg-connection-string password pa@ss host db
pa@ss sqlalchemy password pa host ss@db
SEEN
