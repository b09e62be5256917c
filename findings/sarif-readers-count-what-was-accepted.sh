#!/usr/bin/env bash
# Package: sarif-tools (PyPI), github.com/reviewdog/reviewdog (Go module)
# Version: sarif-tools 3.0.5, reviewdog v0.20.3
# Expected: tools for CI that read SARIF count what is left to do: a result with an accepted suppression is none (SARIF 2.1.0,
#   3.27.23), nor is one whose `baselineState` is `absent`, which is not there any more (3.27.24), nor one of
#   `kind: pass`, which says that a check went well (3.27.9)
# Seen: sarif-tools counts the suppressed and the absent one as errors, so that `sarif --check error` fails a build in which all
#   is accepted or mended, and it lists the passed one under `none`. Its CSV has no column that tells them apart. The parser of
#   reviewdog hands on all three, the passed one included, as if each were to be commented on. So a report in which a
#   scanner keeps what was accepted must be cut down before either reads it.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet sarif-tools==3.0.5
cat > report.py <<'PY'
import json
def result(rule, **more):
    place = {"artifactLocation": {"uri": rule + ".yml"}, "region": {"startLine": 1, "startColumn": 1, "endColumn": 9}}
    return {"ruleId": rule, "message": {"text": "a password"}, "locations": [{"physicalLocation": place}], **more}
results = [
    result("accepted", level="error", suppressions=[{"kind": "external", "status": "accepted", "justification": "made up"}]),
    result("absent", level="error", baselineState="absent"),
    result("passed", level="none", kind="pass"),
]
rules = [{"id": one["ruleId"]} for one in results]
print(json.dumps({
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "scanner", "rules": rules}}, "results": results}],
}))
PY
python3 report.py > report.sarif

echo "sarif-tools:"
env/bin/sarif summary report.sarif | tee summary
code=0
env/bin/sarif --check error summary report.sarif > /dev/null 2>&1 || code=$?
echo "--check error: exit $code"
env/bin/sarif csv --output list.csv report.sarif > /dev/null
cat list.csv

export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
printf 'module results\n\ngo 1.24\n\nrequire github.com/reviewdog/reviewdog v0.20.3\n' > go.mod
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/reviewdog/reviewdog/parser"
)

func main() {
	diagnostics, err := parser.NewSarifParser().Parse(os.Stdin)
	if err != nil {
		panic(err)
	}
	for _, one := range diagnostics {
		fmt.Println(one.GetLocation().GetPath(), one.GetSeverity(), one.GetMessage())
	}
}
GO
echo "reviewdog:"
go run . < report.sarif | tee handed-on

grep -qx 'error: 2' summary && grep -qx 'none: 1' summary
[ "$code" -ne 0 ]
head -n 1 list.csv | tr -d '\r' | grep -qx 'Tool,Severity,Code,Description,Location,Line'
diff handed-on - <<'SEEN'
accepted.yml ERROR a password
absent.yml ERROR a password
passed.yml UNKNOWN_SEVERITY a password
SEEN
