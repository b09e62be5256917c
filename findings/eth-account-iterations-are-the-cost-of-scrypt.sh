#!/usr/bin/env bash
# Package: eth-account (PyPI)
# Version: 0.14.0, Python 3
# Expected: `Account.encrypt(key, password, iterations=N)` counts rounds of PBKDF2, or is refused with the default function,
#   scrypt, which has no iterations; numbers that are common for PBKDF2 (1000, 1000000) are accepted
# Seen: with scrypt the number becomes its cost `n`, without a lower bound: iterations=2 writes a keystore with n=2 (default
#   262144), which the library opens without a word. 1000 and 1000000 fail: "N must be a power of 2". With kdf="pbkdf2" the
#   number is the count `c`.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib eth-account==0.14.0
export PYTHONPATH="$work/lib"
python3 - <<'PY'
from importlib.metadata import version

from eth_account import Account

print("eth-account", version("eth-account"))
key = "0x" + "11" * 32


def parameters(**options):
    keystore = Account.encrypt(key, "a pass phrase", **options)
    assert Account.decrypt(keystore, "a pass phrase").hex().removeprefix("0x") == "11" * 32
    crypto = keystore["crypto"]
    print(options, crypto["kdf"], {name: value for name, value in crypto["kdfparams"].items() if name != "salt"})
    return crypto["kdf"], crypto["kdfparams"]


assert parameters()[1]["n"] == 262144
kdf, weak = parameters(iterations=2)
assert (kdf, weak["n"]) == ("scrypt", 2)
kdf, rounds = parameters(kdf="pbkdf2", iterations=1000)
assert (kdf, rounds["c"]) == ("pbkdf2", 1000)
for count in (1000, 1000000):
    try:
        parameters(iterations=count)
    except ValueError as error:
        print({"iterations": count}, "ValueError:", error)
    else:
        raise SystemExit(f"{count} is accepted")
PY
