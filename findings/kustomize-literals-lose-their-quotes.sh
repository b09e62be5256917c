#!/usr/bin/env bash
# Package: sigs.k8s.io/kustomize/api (Go module), which `kubectl kustomize` builds with
# Version: v0.20.1
# Expected: in a `secretGenerator`, `PASSWORD="pass"` is the same Secret as one of `literals` and as a line of a file of `envs`; what
#   follows a blank and `#` is a comment there; a name without a value takes that of the environment, as with Docker's env
#   files; and `export` before a name is dropped, or refused
# Seen: `literals` take quotes off, `envs` keep them in the password, and so the same line is two passwords. The comment is a part
#   of the value in both. A name alone is an empty password, whatever the environment has, and `export PASSWORD=pass` makes a
#   key `export PASSWORD`, which no cluster accepts. Nothing warns.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
mkdir overlay
cat > overlay/kustomization.yaml <<'YAML'
secretGenerator:
- name: literals
  literals:
  - DOUBLE="pass"
  - SINGLE='pass'
  - "NOTE=pass # of the shop"
- name: envs
  envs: [app.env]
YAML
cat > overlay/app.env <<'ENV'
DOUBLE="pass"
SINGLE='pass'
NOTE=pass # of the shop
ALONE
export EXPORTED=pass
ENV
cat > go.mod <<'MOD'
module build

go 1.24

require sigs.k8s.io/kustomize/api v0.20.1
MOD
cat > main.go <<'GO'
package main

import (
	"encoding/base64"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "overlay")
	if err != nil {
		panic(err)
	}
	for _, secret := range built.Resources() {
		from, _, _ := strings.Cut(secret.GetName(), "-")
		for key, value := range secret.GetDataMap() {
			plain, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				panic(err)
			}
			fmt.Printf("%s %s [%s]\n", from, key, plain)
		}
	}
}
GO
ALONE=of-the-environment go run . > seen 2> log || { cat log; exit 1; }
LC_ALL=C sort -o seen seen
cat overlay/kustomization.yaml overlay/app.env seen
diff seen - <<'SEEN'
envs ALONE []
envs DOUBLE ["pass"]
envs NOTE [pass # of the shop]
envs SINGLE ['pass']
envs export EXPORTED [pass]
literals DOUBLE [pass]
literals NOTE [pass # of the shop]
literals SINGLE [pass]
SEEN
