#!/usr/bin/env bash
# Package: osc (PyPI)
# Version: 1.28.0
# Expected: `pass` in oscrc is a password as it is, and `passx` an obfuscated one, as the names of its options say: a password
#   that `osc` is asked to keep obfuscated is written as `passx`
# Seen: it is written as `pass`, compressed with bzip2 and in base64 (`pass=QlpoO…`), and `credentials_mgr_class` beside it
#   says so. There is no `passx`.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet osc==1.28.0
env/bin/pip show osc | grep -E '^(Name|Version)'

word=$(printf 'a-%s-1' word)
cat > try.py <<'PY'
import sys

import osc.conf
from osc import credentials

# What `osc` does when it asks where the password is to be kept, and the answer is the obfuscated one.
entries = {"user": "ann", "pass": sys.argv[1], "apiurl": "https://build.internal"}
osc.conf.write_initial_config("oscrc", entries, creds_mgr_descriptor=credentials.ObfuscatedConfigFileDescriptor())


def read():
    osc.conf.get_config(override_conffile="oscrc", override_no_keyring=True)
    password = osc.conf.get_apiurl_api_host_options("https://build.internal")["pass"]
    return password() if callable(password) else str(password)


print("read back:", read())
PY
HOME=$work env/bin/python try.py "$word" | tee read
sed -n '/^\[https/,$p' oscrc
scrambled=$(sed -n 's/^pass=//p' oscrc)
[[ $scrambled == QlpoO* ]]
if grep -q '^passx' oscrc; then exit 1; fi
base64 -d <<< "$scrambled" | bzip2 -d | grep -qx "$word"
grep -qx "read back: $word" read
