#!/usr/bin/env bash
# Package: vcrpy (PyPI)
# Version: 9.4.2, Python 3
# Expected: `filter_headers=["authorization", "cookie", "set-cookie"]` keeps these headers out of a cassette, those of
#   responses too; `filter_query_parameters=["token"]` drops `?Token=` as it drops `?token=`
# Seen: headers are filtered in requests only: `Set-Cookie: sessionid=…` of the response is in the cassette. Names of query
#   parameters are compared with their case (names of headers are not): `Token=` stays.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib vcrpy==9.4.2
export PYTHONPATH="$work/lib"
python3 - <<'PY'
import http.server, threading, urllib.request
from importlib.metadata import version

import vcr


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Set-Cookie", "sessionid=of-the-response")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


print("vcrpy", version("vcrpy"))
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
filters = {"filter_headers": ["authorization", "cookie", "set-cookie"], "filter_query_parameters": ["token"]}
with vcr.use_cassette("cassette.yaml", **filters):
    address = f"http://127.0.0.1:{server.server_port}/?token=first&Token=second"
    headers = {"Authorization": "Bearer of-the-request", "Cookie": "sessionid=of-the-request"}
    urllib.request.urlopen(urllib.request.Request(address, headers=headers)).read()
server.shutdown()
text = open("cassette.yaml").read()
print(text)
assert "of-the-request" not in text and "first" not in text
assert "sessionid=of-the-response" in text and "Token=second" in text
PY
