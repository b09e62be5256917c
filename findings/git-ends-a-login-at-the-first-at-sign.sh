#!/usr/bin/env bash
# Package: git, curl (Debian bookworm); pip, pygit2 and dulwich (PyPI); isomorphic-git (npm)
# Version: 1:2.39.5-0+deb12u3, 7.88.1-10+deb12u15; 26.0, 1.21.0, 1.2.21; 1.44.19
# Expected: where a login is an address of mail, `https://ann@corp.example:PASSWORD@host/` works without escaping its `@`: the
#   login ends at the last one before the path, as WHATWG's standard and Python's urllib have it
# Seen: pip, libgit2 (pygit2), dulwich and isomorphic-git log in so. git ends the login at the first `@`: the user is `ann`,
#   without a password, and the host is `corp.example:PASSWORD@host`. curl refuses the address (exit code 3), and git, which hands it
#   to libcurl, fails before any request. With `%40` all of them log in.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid"; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian git curl
grep -E '^(git|curl)=' debian/versions
python3 -m venv env
env/bin/pip install --quiet pip==26.0 pygit2==1.21.0 dulwich==1.2.21
npm install --silent --no-audit --no-fund isomorphic-git@1.44.19 > /dev/null

# Asks for a login, and writes down which one was sent.
cat > server.py <<'PY'
import base64
import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        sent = self.headers.get("Authorization")
        if sent:
            with open("sent", "a") as file:
                print(base64.b64decode(sent.split()[1]).decode(), file=file)
        self.send_response(403 if sent else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("port", "w") as file:
    print(server.server_port, file=file)
server.serve_forever()
PY
python3 server.py &
pid=$!
for _ in $(seq 100); do [[ -s port ]] && break; sleep 0.1; done
host=127.0.0.1:$(cat port)

export GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=true GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git=(debian/bin/git "--exec-path=$work/debian/root/usr/lib/git-core")
printf 'url=https://ann@corp.example:a-password@git.example/x\n\n' | "${git[@]}" credential fill | grep -vx 'protocol=https' | tee asked
grep -qx 'host=corp.example:a-password@git.example' asked && grep -qx 'username=ann' asked

with_curl() { debian/bin/curl --silent --output /dev/null "$1" || echo "curl: exit $?"; }
with_pip() { env/bin/pip download --quiet --retries 0 --no-deps --index-url "$1" nothing > /dev/null 2>&1 || true; }
with_pygit2() { env/bin/python -c 'import pygit2, sys; pygit2.clone_repository(sys.argv[1], "one")' "$1" 2> /dev/null || true; }
with_dulwich() { env/bin/python -c 'import sys; from dulwich import porcelain; porcelain.ls_remote(sys.argv[1])' "$1" 2> /dev/null || true; }
with_isomorphic() {
  node -e 'require("isomorphic-git").listServerRefs({ http: require("isomorphic-git/http/node"), url: process.argv[1] }).catch(() => {})' "$1"
}
check() {
  local wanted=$1 reader=$2 user=$3
  rm -f sent
  "with_$reader" "http://$user:a-password@$host/x"
  local said=nothing
  [[ ! -s sent ]] || said=$(sort -u sent)
  printf '%-11s %-20s sends %s\n' "$reader" "$user" "$said"
  [[ $said == "$wanted" ]] || { echo changed; exit 1; }
}
for reader in curl pip pygit2 dulwich isomorphic; do check ann@corp.example:a-password "$reader" ann%40corp.example; done
for reader in pip pygit2 dulwich isomorphic; do check ann@corp.example:a-password "$reader" ann@corp.example; done
check nothing curl ann@corp.example
