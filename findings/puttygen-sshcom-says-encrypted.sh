#!/usr/bin/env bash
# Package: putty-tools (Debian bookworm)
# Version: 0.78-2+deb12u2
# Expected: the private key that `puttygen -O private-sshcom` writes without a passphrase says so in its first line, as
#   those of OpenSSH and PEM do: no `ENCRYPTED` in it
# Seen: the first line is `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----` with and without a passphrase. Only the base64 below
#   has the cipher, `none` or `3des-cbc`, behind a magic number and the kind of the key; that kind has the word
#   `encrypt` in it, too (`if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}`).
# Date: 2026-11-29
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian putty-tools
grep '^putty-tools=' debian/versions
: > none
echo 'a pass phrase' > some
for name in none some; do
  debian/bin/puttygen -q -t rsa -b 2048 -O private-sshcom -o "$name.key" --new-passphrase "$name"
  head -n 1 "$name.key"
  head -n 1 "$name.key" | grep -qx -e '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----'
  grep -v -e '----' -e ':' "$name.key" | base64 -d > "$name.bin"
  strings -n 4 "$name.bin" | head -n 2
done
grep -qa 'oaep}}....none' none.bin
grep -qa '3des-cbc' some.bin
