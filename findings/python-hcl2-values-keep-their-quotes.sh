#!/usr/bin/env bash
# Package: python-hcl2 (PyPI)
# Version: 8.1.4
# Expected: `name = "plain"` is the text `plain`, and the value of a heredoc is the lines between
#   its marks, as Terraform and hcl-edit have it; a program that compares values can do so
# Seen: texts and labels keep their quotes: the value is `"plain"`, with both marks, and the
#   resource is found under `"aws_x"`. Escapes stay as they are written. A heredoc comes with its
#   marks, `<<EOF … EOF`, between quotes that the file does not have, so that JSON in one cannot
#   be parsed; numbers have no quotes. A comparison with the plain text is silently false.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet python-hcl2==8.1.4
venv/bin/pip show python-hcl2 | grep ^Version

cat > main.tf <<'HCL'
resource "aws_x" "y" {
  name    = "plain"
  escaped = "a\"b"
  number  = 1
  json    = <<EOF
{"a": 1}
EOF
}
HCL
venv/bin/python - <<'PY' > out
import hcl2

with open("main.tf") as file:
    read = hcl2.load(file)
(types,) = read["resource"]
print(sorted(types))
values = types['"aws_x"']['"y"']
for name in ("name", "escaped", "number", "json"):
    print(name, repr(values[name]))
PY
cat out
diff - out <<'EXPECTED' || { echo changed; exit 1; }
['"aws_x"']
name '"plain"'
escaped '"a\\"b"'
number 1
json '"<<EOF\n{"a": 1}\nEOF"'
EXPECTED
