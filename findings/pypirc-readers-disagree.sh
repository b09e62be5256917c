#!/usr/bin/env bash
# Package: twine, flit, maturin (PyPI), which publish packages with the login in ~/.pypirc
# Version: twine 7.0.0, flit 4.2.0, maturin 1.16.0
# Expected: one ~/.pypirc logs in alike with every tool that publishes: `password = pa#ss` is pa#ss, and what stands behind a
#   blank and a `#` or `;` is a comment, or is none, for all of them
# Seen: maturin, whose reader is another than Python's configparser, ends a value at any `#` or `;`, with a blank before it or
#   without one, and sends the server `pa`; quotes do not help: `"pa#ss"` is `"pa`. twine and flit keep all to the end of the
#   line, a comment and quotes included. So no way of writing a password with one of these signs is right for all, and
#   what a note behind a token does depends on the tool.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet twine==7.0.0 flit==4.2.0 maturin==1.16.0
env/bin/pip list 2> /dev/null | grep -E '^(twine|flit|maturin) '
env/bin/pip download --quiet --no-deps --dest wheels idna==3.10

# An index that keeps the logins that it is sent.
cat > server.py <<'PY'
import base64, http.server

class Index(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        print(base64.b64decode(self.headers["Authorization"].split()[1]).decode(), file=open("sent", "w"), flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

listener = http.server.HTTPServer(("127.0.0.1", 0), Index)
print(listener.server_port, flush=True)
listener.serve_forever()
PY
python3 server.py > port &
server=$!
until [[ -s port ]]; do sleep 0.1; done
mkdir home
{
  printf '[distutils]\nindex-servers =\n'
  printf '    %s\n' hash semicolon note quoted
  while read -r name password; do
    printf '\n[%s]\nrepository = http://127.0.0.1:%s/\nusername = ann\npassword = %s\n' "$name" "$(cat port)" "$password"
  done <<'PASSWORDS'
hash pa#ss
semicolon pa;ss
note pass # of the team
quoted "pa#ss"
PASSWORDS
} > home/.pypirc
for name in hash semicolon note quoted; do
  HOME=$work/home env/bin/maturin upload --non-interactive --repository "$name" wheels/*.whl > log 2>&1 || cat log
  echo "maturin $name [$(sed 's/^ann://' sent)]"
done > seen
env/bin/python - hash semicolon note quoted >> seen <<'PY'
import sys
from flit.upload import get_repository
from twine.utils import get_repository_from_config

for name in sys.argv[1:]:
    print(f"twine {name} [{get_repository_from_config('home/.pypirc', name)['password']}]")
    print(f"flit {name} [{get_repository('home/.pypirc', name).password}]")
PY
LC_ALL=C sort -o seen seen
cat seen
diff seen - <<'SEEN'
flit hash [pa#ss]
flit note [pass # of the team]
flit quoted ["pa#ss"]
flit semicolon [pa;ss]
maturin hash [pa]
maturin note [pass]
maturin quoted ["pa]
maturin semicolon [pa]
twine hash [pa#ss]
twine note [pass # of the team]
twine quoted ["pa#ss"]
twine semicolon [pa;ss]
SEEN
