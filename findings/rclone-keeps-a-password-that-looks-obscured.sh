#!/usr/bin/env bash
# Package: rclone (Debian bookworm)
# Version: 1.60.1+dfsg-2
# Expected: `rclone config create NAME webdav pass=PASSWORD` obscures every password, as it does with a short one, so that
#   `pass =` of rclone.conf is never readable, and `rclone reveal` gives back what was typed
# Seen: a password of 22 characters or more that happens to be base64url (24 letters and digits, as a password manager
#   makes them) is taken for one that is obscured already: it is written as it is, while the output says
#   `pass = *** ENCRYPTED ***`. What rclone would send is 8 random-looking bytes. With --obscure it is obscured.
# Date: 2026-11-29
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian rclone
grep '^rclone=' debian/versions
rclone() { debian/bin/rclone --config rclone.conf "$@"; }
: > rclone.conf
short=short-pw1
long=$(printf 'Kq7%.0s' 1 2 3 4 5 6 7 8)

rclone config create short webdav url=https://dav.internal user=ann "pass=$short" > short.out
rclone config create long webdav url=https://dav.internal user=ann "pass=$long" > long.out
rclone config create given webdav url=https://dav.internal user=ann "pass=$long" --obscure > given.out
cat long.out rclone.conf
value() { sed -n "/^\[$1\]/,/^$/s/^pass = //p" rclone.conf; }
grep -q 'ENCRYPTED' long.out
[[ $(value short) != "$short" && $(rclone reveal "$(value short)") == "$short" ]]
[[ $(value long) == "$long" ]]
[[ $(value given) != "$long" && $(rclone reveal "$(value given)") == "$long" ]]
echo "revealed, the long one is: $(rclone reveal "$(value long)" | od -An -tx1)"
