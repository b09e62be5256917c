#!/usr/bin/env bash
# Package: libnss3-tools (Debian bookworm)
# Version: 2:3.87.1-1+deb12u4
# Expected: whether a key database of NSS (key4.db, as in profiles of Firefox) has a password shows only when one is tried:
#   all keys are derived with the same number of rounds
# Seen: with a password each of its derivations has 10,000 rounds of PBKDF2, without one a single round. The number is in
#   the file, so that it says by itself whether its keys can be taken out.
# Date: 2026-11-29
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian libnss3-tools
grep '^libnss3-tools=' debian/versions

echo > empty
echo 'a pass phrase 1' > some
head -c 64 /dev/urandom > noise
for name in empty some; do
  mkdir "$name.d"
  debian/bin/certutil -N -d "sql:$name.d" -f "$name"
  debian/bin/certutil -S -d "sql:$name.d" -f "$name" -z noise -n web -s CN=web -x -t C,C,C
done

# The rounds are the number behind the salt, behind the object identifier of PBKDF2.
cat > rounds.py <<'PY'
import sys

data = open(sys.argv[1], "rb").read()
mark = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"
found, at = [], data.find(mark)
while at >= 0:
    salt = at + len(mark) + 2
    number = salt + 2 + data[salt + 1]
    assert data[salt] == 4 and data[number] == 2
    found.append(int.from_bytes(data[number + 2 : number + 2 + data[number + 1]], "big"))
    at = data.find(mark, at + 1)
print(sys.argv[2], len(found), "derivations, rounds:", sorted(set(found)))
sys.exit(set(found) != {int(sys.argv[3])})
PY
python3 rounds.py empty.d/key4.db 'without a password:' 1
python3 rounds.py some.d/key4.db 'with a password:' 10000
