#!/usr/bin/env bash
# Package: kubernetes-validate (PyPI)
# Version: 1.37.0, Python 3
# Expected: with --strict, a manifest of an API that Kubernetes 1.37 no longer serves (PodDisruptionBudget of policy/v1beta1,
#   gone since 1.25) fails; the objects in a `kind: List` are validated one by one; a key that is written twice is an
#   error, as in `kubectl apply --validate=strict`; a word that is none of an enumeration (`restartPolicy: Sometimes`) fails
# Seen: the first two are a warning and exit code 0, and what is in the List is not looked at: the Pod in it, which fails by
#   itself, passes. The last two pass without a word: the last of two keys counts, and enumerations are not in the schemas.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib kubernetes-validate==1.37.0
export PYTHONPATH="$work/lib"
validate() { python3 lib/bin/kubernetes-validate --strict "$1" 2>&1 && echo "exit 0" || echo "exit $?"; }
validate --version || true

cat > removed.yaml <<'YAML'
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: a}
spec: {maxUnavailable: 1}
YAML
cat > pod.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: b, ports: [{containerPort: "80"}]}]}
YAML
cat > list.yaml <<'YAML'
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec: {containers: [{name: a, image: b, ports: [{containerPort: "80"}]}]}
YAML
cat > twice.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {a: "1"}
data: {b: "2"}
YAML
cat > word.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {restartPolicy: Sometimes, containers: [{name: a, image: b}]}
YAML

for name in removed list twice word; do
  echo "$name:"
  validate "$name.yaml" | tee "$name.out"
  grep -q '^exit 0$' "$name.out"
done
echo "pod by itself:"
validate pod.yaml | tee pod.out
grep -q "^exit 1$" pod.out
grep -q WARN removed.out && grep -q WARN list.out
