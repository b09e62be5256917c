#!/usr/bin/env bash
# Package: redis-server, redis-tools (Debian bookworm)
# Version: 5:7.0.15-1~deb12u7
# Expected: `requirepass` is the password of the user `default`, and a file of further users, given by `aclfile`, adds to
#   that: a client without a password is refused, as it is where redis.conf has `user app …` beside `requirepass`
# Seen: with `user app …` in redis.conf it is so. As soon as the same line is in an ACL file, `requirepass` counts for nothing:
#   a file that does not name `default` gives that user back what it has from the start, `nopass ~* &* +@all`. The order of the two
#   settings changes nothing, an empty file does the same, and the log has no warning.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=
stop() { [[ -z $pid ]] || { kill "$pid" 2> /dev/null && wait "$pid" || true; }; pid=; }
trap 'stop; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian redis-server redis-tools
grep -E '^redis-(server|tools)=' debian/versions

word=one-for-all
users='user app on >another-one ~app:* +@read'
# Starts a server with redis.conf, and asks it for its data without a password.
check() {
  local wanted=$1 what=$2 said
  rm -f socket
  debian/bin/redis-server redis.conf --port 0 --unixsocket "$work/socket" --save '' > log 2>&1 &
  pid=$!
  for _ in $(seq 100); do [[ -S socket ]] && break; sleep 0.1; done
  said=$(debian/bin/redis-cli -s socket DBSIZE 2>&1 | head -n 1)
  printf '%-44s %s\n' "$what" "$said"
  [[ $said == "$wanted" ]] || { echo changed; exit 1; }
  if [[ $said == 0 ]]; then
    debian/bin/redis-cli -s socket ACL LIST | grep '^user default' | sed 's/^/    /'
    debian/bin/redis-cli -s socket ACL LIST | grep -qx 'user default on nopass ~\* &\* +@all'
  fi
  if grep -v 'vm.overcommit_memory' log | grep -iE 'warning|requirepass|nopass|acl'; then echo changed; exit 1; fi
  stop
}
refused='NOAUTH Authentication required.'

printf 'requirepass %s\n' "$word" > redis.conf
check "$refused" 'requirepass'
printf 'requirepass %s\n%s\n' "$word" "$users" > redis.conf
check "$refused" 'requirepass, users in redis.conf'
echo "$users" > users.acl
printf 'requirepass %s\naclfile users.acl\n' "$word" > redis.conf
check 0 'requirepass, then the same users in a file'
printf 'aclfile users.acl\nrequirepass %s\n' "$word" > redis.conf
check 0 'the file, then requirepass'
: > users.acl
check 0 'an empty file'
printf '%s\nuser default on >%s ~* &* +@all\n' "$users" "$word" > users.acl
check "$refused" 'a file that names default'
