#!/usr/bin/env bash
# Package: redis-tools (Debian bookworm), io.lettuce:lettuce-core (Maven Central), redis (PyPI), ioredis, redis (npm)
# Version: 5:7.0.15-1~deb12u7, 6.8.1.RELEASE, 8.1.0, 6.0.0, 6.3.1
# Expected: `redis://s3cret@cache` names a user, since a password has a colon before it, and `?password=` is no part of a Redis URL
# Seen: for redis-cli and Lettuce what is before the `@` without a colon is the password, for the others a user without one.
#   redis-py and ioredis take `?password=s3cret` for the login, the other three pass over it and log in as nobody. So only
#   `redis://:s3cret@cache` is a password for all, and a scanner that looks behind a colon leaves two other forms alone.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian redis-tools > /dev/null
grep '^redis-tools=' debian/versions
for artifact in io.lettuce:lettuce-core:6.8.1.RELEASE io.netty:netty-common:4.1.125.Final io.projectreactor:reactor-core:3.6.6 \
  org.reactivestreams:reactive-streams:1.0.4; do
  mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory=jars > log 2>&1 || { cat log; exit 1; }
done
python3 -m venv env
env/bin/pip install --quiet redis==8.1.0
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ioredis@6.0.0 node-redis@npm:redis@6.3.1

# A server that keeps the login that redis-cli sends it.
cat > server.py <<'PY'
import socketserver

class Login(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                words.append(self.rfile.read(int(self.rfile.readline()[1:]) + 2).strip().decode())
            if words[0] == "AUTH":
                open("login", "w").write(" ".join(words[1:]))
            self.wfile.write(b"+OK\r\n")

with socketserver.TCPServer(("127.0.0.1", 0), Login) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
PY
python3 server.py > port &
server=$!
until [[ -s port ]]; do sleep 0.1; done
logins=(s3cret@ :s3cret@ ann:s3cret@ "")
for login in "${logins[@]}"; do
  rest=; [[ $login ]] || rest='?password=s3cret'
  : > login
  debian/bin/redis-cli -u "redis://${login}127.0.0.1:$(cat port)/0$rest" ping > log 2>&1 || cat log
  read -r -a words < login || true
  [[ ${#words[@]} -eq 2 ]] || words=("" "${words[@]}")
  echo "redis-cli redis://${login}cache$rest user [${words[0]}] password [${words[1]:-}]"
done > seen
urls=(redis://s3cret@cache redis://:s3cret@cache redis://ann:s3cret@cache 'redis://cache?password=s3cret')
cat > Read.java <<'JAVA'
import io.lettuce.core.RedisURI;
import java.util.Objects;

public class Read {
    public static void main(String[] urls) {
        for (String url : urls) {
            var login = RedisURI.create(url).getCredentialsProvider().resolveCredentials().block();
            String user = Objects.toString(login.getUsername(), "");
            String password = login.getPassword() == null ? "" : new String(login.getPassword());
            System.out.printf("lettuce %s user [%s] password [%s]%n", url, user, password);
        }
    }
}
JAVA
java -cp 'jars/*' Read.java "${urls[@]}" 2> log >> seen || { cat log; exit 1; }
env/bin/python - "${urls[@]}" >> seen <<'PY'
import sys
from redis.connection import parse_url

for url in sys.argv[1:]:
    login = parse_url(url)
    print(f"redis-py {url} user [{login.get('username', '')}] password [{login.get('password', '')}]")
PY
cat > read.js <<'JS'
const Redis = require('ioredis')
const { createClient } = require('node-redis')
for (const url of process.argv.slice(2)) {
  const clients = { ioredis: new Redis(url, { lazyConnect: true }), 'node-redis': createClient({ url }) }
  for (const [name, { options }] of Object.entries(clients)) {
    console.log(`${name} ${url} user [${options.username ?? ''}] password [${options.password ?? ''}]`)
  }
}
JS
node read.js "${urls[@]}" >> seen
LC_ALL=C sort -o seen seen
cat seen
diff seen - <<'SEEN'
ioredis redis://:s3cret@cache user [] password [s3cret]
ioredis redis://ann:s3cret@cache user [ann] password [s3cret]
ioredis redis://cache?password=s3cret user [] password [s3cret]
ioredis redis://s3cret@cache user [s3cret] password []
lettuce redis://:s3cret@cache user [] password [s3cret]
lettuce redis://ann:s3cret@cache user [ann] password [s3cret]
lettuce redis://cache?password=s3cret user [] password []
lettuce redis://s3cret@cache user [] password [s3cret]
node-redis redis://:s3cret@cache user [] password [s3cret]
node-redis redis://ann:s3cret@cache user [ann] password [s3cret]
node-redis redis://cache?password=s3cret user [] password []
node-redis redis://s3cret@cache user [s3cret] password []
redis-cli redis://:s3cret@cache user [] password [s3cret]
redis-cli redis://ann:s3cret@cache user [ann] password [s3cret]
redis-cli redis://cache?password=s3cret user [] password []
redis-cli redis://s3cret@cache user [] password [s3cret]
redis-py redis://:s3cret@cache user [] password [s3cret]
redis-py redis://ann:s3cret@cache user [ann] password [s3cret]
redis-py redis://cache?password=s3cret user [] password [s3cret]
redis-py redis://s3cret@cache user [s3cret] password []
SEEN
