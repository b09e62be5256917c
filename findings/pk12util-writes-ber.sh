#!/usr/bin/env bash
# Package: libnss3-tools (Debian bookworm), cryptography (PyPI)
# Version: 2:3.87.1-1+deb12u4, 50.0.2
# Expected: a PKCS#12 file that `pk12util` exports is DER, as those of OpenSSL and keytool: it begins with 30 82 and its
#   length, and any parser of DER reads it
# Seen: it is BER: lengths are left open (30 80 … 00 00), and octets are in several parts. Parsers of DER do not read it:
#   cryptography warns that it falls back, and that this "may become an exception". With 600,000 rounds its checksum
#   takes 300 times as long to verify as that of `openssl pkcs12 -export`.
# Date: 2026-11-29
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian libnss3-tools
grep '^libnss3-tools=' debian/versions
python3 -m venv env
env/bin/pip install --quiet cryptography==50.0.2

echo 'a pass phrase 1' > password
head -c 64 /dev/urandom > noise
mkdir database
debian/bin/certutil -N -d sql:database -f password
debian/bin/certutil -S -d sql:database -f password -z noise -n web -s CN=web -x -t C,C,C
debian/bin/pk12util -o web.p12 -n web -d sql:database -k password -W 'a pass phrase 1'
head -c 2 web.p12 | od -An -tx1
[[ $(head -c 2 web.p12 | od -An -tx1 | tr -d ' ') == 3080 ]]

cat > load.py <<'PY'
import warnings

from cryptography.hazmat.primitives.serialization import pkcs12

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    key, _, _ = pkcs12.load_key_and_certificates(open("web.p12", "rb").read(), b"a pass phrase 1")
print(type(key).__name__, [str(warning.message) for warning in seen])
assert any("could not be parsed as DER" in str(warning.message) for warning in seen)
PY
env/bin/python load.py
openssl asn1parse -inform DER -in web.p12 | tail -n 12
openssl asn1parse -inform DER -in web.p12 | grep -q 'INTEGER *:0927C0'
