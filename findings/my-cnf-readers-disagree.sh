#!/usr/bin/env bash
# Package: mariadb-client-core (Debian bookworm), PyMySQL, mysql-connector-python (PyPI)
# Version: 1:10.11.18-0+deb12u1, 1.2.4, 26.10.0
# Expected: the password in a my.cnf is the same for the programs of the server (mariadb, mariadb-dump) and for drivers that
#   take the file (`read_default_file`, `option_files`): quotes around it are taken off, what is between them stays
# Seen: the programs end a value at any `#`, with or without a blank before it, and read `\s` as a blank: `pa#ss` is `pa`.
#   PyMySQL and MySQL's own driver know neither, so that theirs is `pa#ss`. Single quotes are taken off by PyMySQL and kept
#   in the password by MySQL's driver, and a comment behind quotes makes both keep quotes and comment. What keeps
#   the programs from cutting, `"pa#ss"`, is another password for MySQL's driver.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian mariadb-client-core
grep '^mariadb-client-core=' debian/versions
python3 -m venv env
env/bin/pip install --quiet PyMySQL==1.2.4 mysql-connector-python==26.10.0
env/bin/pip list 2> /dev/null | grep -iE '^(pymysql|mysql)'

cat > my.cnf <<'INI'
[plain]
password = pa#ss
[double]
password = "pa#ss"
[single]
password = 'pa#ss'
[comment]
password = "pa#ss" # of the shop
[escape]
password = pa\sss
INI
cat > read.py <<'PY'
import sys
from mysql.connector.optionfiles import read_option_files
from pymysql.optionfile import Parser

pymysql = Parser()
pymysql.read("my.cnf")
for group in sys.argv[1:]:
    print(f"pymysql {group} [{pymysql.get(group, 'password')}]")
    print(f"mysql-connector {group} [{read_option_files(option_files='my.cnf', option_groups=[group])['password']}]")
PY
groups=(plain double single comment escape)
for group in "${groups[@]}"; do
  echo "mariadb $group [$(debian/bin/my_print_defaults --defaults-file="$work/my.cnf" "$group" | sed 's/^--password=//')]"
done > seen
env/bin/python read.py "${groups[@]}" >> seen
sort -o seen seen
cat my.cnf seen
diff seen - <<'SEEN'
mariadb comment [pa#ss]
mariadb double [pa#ss]
mariadb escape [pa ss]
mariadb plain [pa]
mariadb single [pa#ss]
mysql-connector comment ["pa#ss" # of the shop]
mysql-connector double ["pa#ss"]
mysql-connector escape [pa\sss]
mysql-connector plain [pa#ss]
mysql-connector single ['pa#ss']
pymysql comment ["pa#ss" # of the shop]
pymysql double [pa#ss]
pymysql escape [pa\sss]
pymysql plain [pa#ss]
pymysql single [pa#ss]
SEEN
