#!/usr/bin/env bash
# Package: curl (Debian bookworm), netrc-parser (npm, which the command line of Heroku reads it with), and the module netrc
#   of Python, which requests and pip do
# Version: curl 7.88.1-10+deb12u15, netrc-parser 3.1.6, Python 3.11 and newer
# Expected: one ~/.netrc gives every client the same password for a host: a word is what stands between blanks, quotes keep
#   blanks together, and of two entries for one host the first counts
# Seen: netrc-parser ends `pa#ss` at the number sign, also within quotes, and keeps quotes as a part of the password: what must
#   be quoted for curl is another password for it. Python drops a backslash outside of quotes (`pa\ss` is `pass`), curl keeps
#   it. Of two entries for one host curl and netrc-parser take the first and Python the last, so that a key that was
#   renewed by adding a line is the old one for some; and asked for a host, Python gives the login of the last, too.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian curl > /dev/null
grep '^curl=' debian/versions
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts netrc-parser@3.1.6
python3 --version

cat > netrc <<'NETRC'
machine hash.test login ann password pa#ss
machine quoted.test login ann password "pass"
machine both.test login ann password "pa#ss"
machine escape.test login ann password pa\ss
machine twice.test login ann password old
machine twice.test login ann password new
machine users.test login ann password of-ann
machine users.test login bob password of-bob
NETRC
# What curl sends is told by a server that repeats it.
cat > server.py <<'PY'
import base64, http.server

class Repeat(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        login = base64.b64decode(self.headers.get("Authorization", "Basic ")[6:])
        self.send_response(200)
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
hosts=(hash quoted both escape twice users)
for host in "${hosts[@]}"; do
  said=$(debian/bin/curl --silent --show-error --noproxy '*' --netrc-file netrc --resolve "$host.test:$(cat port):127.0.0.1" \
    "http://$host.test:$(cat port)/")
  echo "curl $host [$said]"
done > seen
python3 - "${hosts[@]}" >> seen <<'PY'
import netrc, sys
found = netrc.netrc("netrc")
for host in sys.argv[1:]:
    login, _, password = found.authenticators(host + ".test")
    print(f"python {host} [{login}:{password}]")
PY
node -e '
const { Netrc } = require("netrc-parser");
const found = new Netrc("netrc");
found.loadSync();
for (const host of process.argv.slice(1)) {
  const { login, password } = found.machines[host + ".test"];
  console.log(`netrc-parser ${host} [${login}:${password}]`);
}' "${hosts[@]}" >> seen
cat netrc seen
diff seen - <<'SEEN'
curl hash [ann:pa#ss]
curl quoted [ann:pass]
curl both [ann:pa#ss]
curl escape [ann:pa\ss]
curl twice [ann:old]
curl users [ann:of-ann]
python hash [ann:pa#ss]
python quoted [ann:pass]
python both [ann:pa#ss]
python escape [ann:pass]
python twice [ann:new]
python users [bob:of-bob]
netrc-parser hash [ann:pa]
netrc-parser quoted [ann:"pass"]
netrc-parser both [ann:"pa]
netrc-parser escape [ann:pa\ss]
netrc-parser twice [ann:old]
netrc-parser users [ann:of-ann]
SEEN
