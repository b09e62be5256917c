#!/usr/bin/env bash
# Package: go.yaml.in/yaml/v3, github.com/compose-spec/compose-go/v2, k8s.io/apimachinery and sigs.k8s.io/yaml (Go modules); pyyaml (PyPI)
# Version: v3.0.4, v2.10.1, v0.34.1 and v1.6.0; 6.0.3
# Expected: an alias can only mean an anchor of its own document (YAML 1.2.2, 3.2.2.2): whatever reads a stream of documents
#   refuses `*x` where `&x` is in the document before
# Seen: the decoder of go-yaml keeps anchors from document to document, so that compose-go starts the service that the alias
#   means; Kubernetes splits the stream before it decodes and says "unknown anchor", PyYAML says "undefined alias". One file
#   is valid for one tool, and refused by the next, although both are built on go-yaml
# Date: 2026-11-29
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod
mkdir "$work/project" "$work/program"
printf 'services:\n  web: &service {image: nginx}\n---\nservices:\n  api: *service\n' >"$work/project/compose.yaml"
cd "$work/program"
cat >go.mod <<'MOD'
module aliases

go 1.24

require (
	github.com/compose-spec/compose-go/v2 v2.10.1
	go.yaml.in/yaml/v3 v3.0.4
	k8s.io/apimachinery v0.34.1
	sigs.k8s.io/yaml v1.6.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	yaml3 "go.yaml.in/yaml/v3"
	stream "k8s.io/apimachinery/pkg/util/yaml"
	kubernetes "sigs.k8s.io/yaml"
)

func main() {
	text := []byte("a: &x {b: 1}\n---\nc: *x\n")
	decoder := yaml3.NewDecoder(bytes.NewReader(text))
	for range 2 {
		var value any
		err := decoder.Decode(&value)
		fmt.Println("go-yaml:", value, err)
	}
	documents := stream.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for range 2 {
		document, err := documents.Read()
		var value any
		if err == nil {
			err = kubernetes.Unmarshal(document, &value)
		}
		fmt.Println("kubernetes:", value, err)
	}
	options, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(os.Args[1]), cli.WithDefaultConfigPath, cli.WithName("p"))
	if err != nil {
		panic(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		fmt.Println("compose:", err)
		return
	}
	fmt.Println("compose:", project.ServiceNames())
}
GO
go run . "$work/project" >"$work/seen"
python3 -m pip install --quiet --disable-pip-version-check --target "$work/python" pyyaml==6.0.3
PYTHONPATH="$work/python" python3 - >>"$work/seen" <<'PY'
import yaml
try:
    print("pyyaml:", list(yaml.safe_load_all("a: &x {b: 1}\n---\nc: *x\n")))
except yaml.YAMLError as error:
    print("pyyaml:", error.problem)
PY
echo "go-yaml v3.0.4, compose-go v2.10.1, apimachinery v0.34.1, PyYAML 6.0.3:"
cat "$work/seen"
grep -qF 'go-yaml: map[c:map[b:1]] <nil>' "$work/seen"
grep -qF "unknown anchor 'x' referenced" "$work/seen"
grep -qF 'compose: [api web]' "$work/seen"
grep -qF "pyyaml: found undefined alias 'x'" "$work/seen"
