#!/usr/bin/env bash
# Package: ansible-core (PyPI)
# Version: 2.18.6
# Expected: in an inventory in INI form, `ansible_password=…` is the same password behind a host and in the `:vars` section of a
#   group, and it is a text: what is written is what is sent
# Seen: behind a host a number sign ends the line even within a word, and a backslash is taken out: `pa#ss` is `pa`. In `:vars`
#   both stay. In both places, what Python reads as a value becomes that value: `1e5` is 100000.0, `12_34` is 1234, and in
#   `:vars`, where a number sign is no comment, `123456#78` is 123456 all the same. Quotes help against the number sign behind
#   a host, and do not make `"12_34"` a text there; in `:vars` they do. Nothing warns.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet ansible-core==2.18.6
env/bin/pip list 2> /dev/null | grep '^ansible-core '

cat > values <<'VALUES'
pa#ss
"pa#ss"
pa\ss
123456#78
1e5
12_34
"12_34"
00123
VALUES
number=0
while IFS= read -r value; do
  number=$((number + 1))
  echo "host$number ansible_password=$value" >> hosts
  printf '[group%s]\nmember%s\n[group%s:vars]\nansible_password=%s\n' "$number" "$number" "$number" "$value" >> groups
done < values
cat hosts groups > inventory
ANSIBLE_LOCAL_TEMP="$work/local" env/bin/ansible-inventory -i inventory --list > list.json 2> warnings
cat > show.py <<'PY'
import json, sys
found = json.load(open("list.json"))["_meta"]["hostvars"]
seen = []
for number, value in enumerate(open("values").read().splitlines(), 1):
    seen.append([found[f"{kind}{number}"]["ansible_password"] for kind in ("host", "member")])
    print(f"{value:12} behind a host: {seen[-1][0]!r:10} in :vars: {seen[-1][1]!r}")
same = seen == [
    ["pa", "pa#ss"],
    ["pa#ss", "pa#ss"],
    ["pass", "pa\\ss"],
    [123456, 123456],
    [100000.0, 100000.0],
    [1234, 1234],
    [1234, "12_34"],
    ["00123", "00123"],
]
sys.exit(0 if same else "changed")
PY
python3 show.py
[ ! -s warnings ] || { cat warnings; exit 1; }
