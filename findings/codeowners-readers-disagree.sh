#!/usr/bin/env bash
# Package: codeowners, codeowners-utils, @snyk/github-codeowners (npm), codeowners (PyPI)
# Version: codeowners 5.1.1, codeowners-utils 1.0.2, @snyk/github-codeowners 1.1.0,
#   codeowners 0.9.0 (PyPI)
# Expected: libraries that read CODEOWNERS name the owners that GitHub documents: `docs/*`
#   is for files right in docs and not for those further down, and what follows a `#`
#   behind the owners is a comment
# Seen: codeowners and codeowners-utils match as .gitignore does, so `docs/*` names owners
#   for all that is below docs, and both miss a path with an escaped space. Of a comment
#   behind the owners, codeowners makes owners called `#` and `why`, the library in Python
#   takes an `@name` in it for an owner, and that of Snyk refuses the whole file, as it does
#   for an escaped space. So who owns a file depends on the library that is asked.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent codeowners@5.1.1 codeowners-utils@1.0.2 @snyk/github-codeowners@1.1.0
python3 -m venv env
env/bin/pip install --quiet codeowners==0.9.0

mkdir list
cat > list/CODEOWNERS <<'LIST'
* @all
docs/* @docs
logs/ @logs # why @other
with\ space/ @space
LIST
grep -v -e '#' -e ' space' list/CODEOWNERS > plain
grep -v -e ' space' list/CODEOWNERS > comment
grep -v -e '#' list/CODEOWNERS > space

cat > read.js <<'JS'
const fs = require("fs");
const { OwnershipEngine } = require("@snyk/github-codeowners/dist/lib/ownership");
const { parse, matchFile } = require("codeowners-utils");
const Codeowners = require("codeowners");
const paths = ["docs/a.md", "docs/deep/b.md", "logs/x", "with space/x"];
const own = new Codeowners("list");
const rules = parse(fs.readFileSync("list/CODEOWNERS", "utf8"));
const snyk = OwnershipEngine.FromCodeownersFile("plain");
console.error = () => {};
const refusal = (file) => {
  try {
    OwnershipEngine.FromCodeownersFile(file);
    return "";
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify({
  codeowners: paths.map((path) => own.getOwner(path)),
  "codeowners-utils": paths.map((path) => (matchFile(path, rules) || { owners: [] }).owners),
  snyk: paths.map((path) => snyk.calcFileOwnership(path)),
  "snyk, comment": refusal("comment"),
  "snyk, space": refusal("space"),
}));
JS
node read.js > node.json

env/bin/python - > python.json <<'PYTHON'
import codeowners, json
owners = codeowners.CodeOwners(open("list/CODEOWNERS").read())
paths = ["docs/a.md", "docs/deep/b.md", "logs/x", "with space/x"]
print(json.dumps([[name for _, name in owners.of(path)] for path in paths]))
PYTHON

python3 - <<'PYTHON'
import json, sys
seen = json.load(open("node.json"))
seen["codeowners (PyPI)"] = json.load(open("python.json"))
print("docs/a.md, docs/deep/b.md, logs/x, with space/x")
for name, owners in seen.items():
    print(f"{name:18} {owners}")
same = seen == {
    "codeowners": [["@docs"], ["@docs"], ["@logs", "#", "why", "@other"], ["@all"]],
    "codeowners-utils": [["@docs"], ["@docs"], ["@logs"], ["@all"]],
    "snyk": [["@docs"], ["@all"], ["@all"], ["@all"]],
    "snyk, space": r"space/ is not a valid owner name in rule with\ space/ @space",
    "snyk, comment": "# is not a valid owner name in rule logs/ @logs # why @other",
    "codeowners (PyPI)": [["@docs"], ["@all"], ["@logs", "@other"], ["@space"]],
}
sys.exit(0 if same else "changed")
PYTHON
