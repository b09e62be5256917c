#!/usr/bin/env python3
"""Collects the digests of private keys that test suites of well-known libraries publish.

    scripts/known_keys.py FOLDER... > src/detect/proof/known_keys.txt

Each folder is an unpacked source: of OpenSSL, BoringSSL, Go, CPython, cryptography's vectors. A digest is the first eight bytes of
the SHA-256 of the key's base64 digits, so that it is the same however its lines are broken. Only digests are kept.
"""

import hashlib
import os
import re
import sys

# Go's tests write `TESTING KEY`, so that scanners do not see them.
BLOCK = re.compile(rb"-----BEGIN [A-Z0-9 ]*(?:PRIVATE|TESTING) KEY(?: BLOCK)?-----(.*?)-----END ", re.S)


def digits(body):
    lines = re.split(rb"\r?\n|\\n", body)
    # Lines of headers: `Proc-Type: 4,ENCRYPTED`.
    return b"".join(re.sub(rb"[^A-Za-z0-9+/=]", b"", line) for line in lines if b":" not in line)


def keys(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            if os.path.islink(file) or os.path.getsize(file) > 2_000_000:
                continue
            with open(file, "rb") as opened:
                for block in BLOCK.finditer(opened.read()):
                    found = digits(block[1])
                    if len(found) >= 60:
                        yield hashlib.sha256(found).hexdigest()[:16]


print("\n".join(sorted({key for folder in sys.argv[1:] for key in keys(folder)})))
