#!/usr/bin/env bash
# Package: PyYAML, ruamel.yaml (PyPI), js-yaml, yaml (npm)
# Version: 6.0.2, 0.19.1, 4.1.0, 2.7.0
# Expected: a private key, which is a string of several lines, is written as a block (`key: |`), so that each line of the key
#   is a line of the file below the one before, and a pattern of lines of base64 finds it
# Seen: js-yaml and yaml write the block. PyYAML writes a string in single quotes, in which each line of the key has an empty
#   line below it; ruamel.yaml writes one in double quotes, of which the lines end elsewhere than those of the key, with `\n`
#   within them and a backslash at their ends. All read back the same.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet PyYAML==6.0.2 ruamel.yaml==0.19.1
env/bin/pip list 2> /dev/null | grep -iE '^(pyyaml|ruamel.yaml) '
npm install --silent --no-audit --no-fund --ignore-scripts js-yaml@4.1.0 yaml@2.7.0
npm ls --depth=0 | tail -n +2

openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out key.pem 2> /dev/null
cat > write.py <<'PY'
import sys

import ruamel.yaml
import yaml

key = {"tls": {"key": open("key.pem").read()}}
with open("pyyaml.yml", "w") as file:
    yaml.dump(key, file)
with open("ruamel.yml", "w") as file:
    ruamel.yaml.YAML().dump(key, file)
for name in ("pyyaml", "ruamel"):
    assert yaml.safe_load(open(name + ".yml")) == key, name
PY
env/bin/python write.py
cat > write.js <<'JS'
const fs = require('fs'), jsYaml = require('js-yaml'), yaml = require('yaml')
const key = { tls: { key: fs.readFileSync('key.pem', 'utf8') } }
fs.writeFileSync('js-yaml.yml', jsYaml.dump(key))
fs.writeFileSync('yaml.yml', yaml.stringify(key))
for (const name of ['js-yaml', 'yaml', 'pyyaml', 'ruamel']) {
  if (yaml.parse(fs.readFileSync(name + '.yml', 'utf8')).tls.key !== key.tls.key) throw new Error(name)
}
JS
node write.js

for name in pyyaml ruamel js-yaml yaml; do
  echo "$name:"
  sed -n '2,5s/[0-9A-Za-z+/]\{50,\}/(base64)/gp' "$name.yml"
done | tee seen
blank() { grep -c '^$' "$1.yml" || true; }
[[ $(blank pyyaml) -gt 20 && $(blank ruamel) = 0 && $(blank js-yaml) = 0 && $(blank yaml) = 0 ]]
grep -q "key: '-----BEGIN" pyyaml.yml
grep -q 'key: "-----BEGIN' ruamel.yml && grep -q '\\n.*\\$' ruamel.yml
grep -q 'key: |' js-yaml.yml && grep -q 'key: |' yaml.yml
