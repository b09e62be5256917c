#!/usr/bin/env bash
# Package: helm.sh/helm/v3 (Go module), which is what `helm package`, `lint` and `template` load a chart with
# Version: v3.18.4
# Expected: in .helmignore `!NAME` takes a file back that a line above it has left out, as in .gitignore: with `*.key` and
#   `!public.key` the chart has everything but the other keys
# Seen: it is the other way round. `!public.key` takes nothing back, and leaves out every file that is not called so: the chart
#   does not load ("Chart.yaml file is missing"). With a pattern that Chart.yaml matches, `!*.yaml`, it does, and all else is
#   gone without a word, values.schema.json and the whole of templates/, the folder not being called `*.yaml`: a chart that
#   installs nothing.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
printf 'module chart\n\ngo 1.24\n\nrequire helm.sh/helm/v3 v3.18.4\n' > go.mod
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"helm.sh/helm/v3/pkg/chart/loader"
)

func main() {
	chart, err := loader.LoadDir(os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range chart.Raw {
		fmt.Print(file.Name, " ")
	}
	fmt.Println()
}
GO
go build -o load . 2> /dev/null
mkdir -p shop/templates shop/files
cd shop
printf 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' > Chart.yaml
echo 'port: 80' > values.yaml
echo '{"required": ["port"]}' > values.schema.json
echo 'data: {port: {{ .Values.port }}}' > templates/map.yaml
echo '{{ define "name" }}shop{{ end }}' > templates/_helpers.tpl
echo 'made up' | tee files/public.key > files/shop.key
cd ..
for lines in '*.key' '*.key !public.key' '*.key !*.yaml'; do
  tr ' ' '\n' <<< "$lines" > shop/.helmignore
  echo "$lines: $(./load shop)"
done | tee seen
diff seen - <<'SEEN'
*.key: .helmignore Chart.yaml templates/_helpers.tpl templates/map.yaml values.schema.json values.yaml 
*.key !public.key: Chart.yaml file is missing
*.key !*.yaml: Chart.yaml values.yaml 
SEEN
