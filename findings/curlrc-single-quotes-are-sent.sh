#!/usr/bin/env bash
# Package: curl, wget (Debian bookworm)
# Version: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1
# Expected: a line that works on the command line works in ~/.curlrc: `user = 'ann:pa ss'` logs in as `curl -u 'ann:pa ss'` does,
#   and a backslash is the same with double quotes and without; wget takes quotes off in ~/.wgetrc, as curl does
# Seen: in a configuration file single quotes are no quotes: curl sends the user `'ann`, and a password that ends at the first blank
#   or with a quote. Within double quotes a backslash is taken out (`"ann:pa\ss"` sends `pass`), without them it stays. A number
#   sign within a word is kept. wget takes no quotes off at all: with `password = "pass"` they are a part of what it
#   sends.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian curl wget > /dev/null
grep -E '^(curl|wget)=' debian/versions

# A server that asks for a login, and repeats what it is sent.
cat > server.py <<'PY'
import base64, http.server

class Repeat(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        sent = self.headers.get("Authorization", "")
        login = base64.b64decode(sent[6:]) if sent.startswith("Basic ") else b""
        self.send_response(200 if login else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="files"')
        self.send_header("Content-Length", str(len(login)))
        self.end_headers()
        self.wfile.write(login)

    def log_message(self, *_):
        pass

listener = http.server.HTTPServer(("127.0.0.1", 0), Repeat)
print(listener.server_port, flush=True)
listener.serve_forever()
PY
python3 server.py > port &
server=$!
until [[ -s port ]]; do sleep 0.1; done
while IFS= read -r login; do
  printf 'user = %s\n' "$login" > rc
  echo "curl $login sends [$(debian/bin/curl -sS --noproxy '*' --config rc "http://127.0.0.1:$(cat port)/" 2>> log)]"
done > seen <<'LOGINS'
ann:pa#ss
'ann:pass'
'ann:pa ss'
"ann:pa ss"
ann:pa\ss
"ann:pa\ss"
LOGINS
while IFS= read -r password; do
  printf 'user = ann\npassword = %s\n' "$password" > rc
  echo "wget $password sends [$(WGETRC=rc debian/bin/wget -qO- --no-proxy "http://127.0.0.1:$(cat port)/")]"
done >> seen <<'PASSWORDS'
pa#ss
"pass"
'pass'
PASSWORDS
cat seen
diff seen - <<'SEEN'
curl ann:pa#ss sends [ann:pa#ss]
curl 'ann:pass' sends ['ann:pass']
curl 'ann:pa ss' sends ['ann:pa]
curl "ann:pa ss" sends [ann:pa ss]
curl ann:pa\ss sends [ann:pa\ss]
curl "ann:pa\ss" sends [ann:pass]
wget pa#ss sends [ann:pa#ss]
wget "pass" sends [ann:"pass"]
wget 'pass' sends [ann:'pass']
SEEN
