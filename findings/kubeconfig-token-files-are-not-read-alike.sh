#!/usr/bin/env bash
# Package: k8s.io/client-go (Go module), which kubectl and Helm log in with, kubernetes, kr8s (PyPI), @kubernetes/client-node (npm)
# Version: v0.34.1, 37.0.2, 0.20.15, 1.3.0
# Expected: a user of a kubeconfig with `tokenFile` logs in with what is in that file, with every client, and where `token` is there,
#   too, the file counts, as kubectl has it: a token that was rotated there is the one in use
# Seen: the client for Python takes the old `token` and leaves the file alone; without `token` it reads the file, sends its line end
#   along, and every request fails ("Invalid header value"). The client for JavaScript and kr8s do not know `tokenFile`:
#   they take `token`, and without it they ask as nobody. Nothing warns. So `token` beside `tokenFile` is no leftover: some
#   clients use nothing else.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
python3 -m venv env
env/bin/pip install --quiet kubernetes==37.0.2 kr8s==0.20.15
env/bin/pip list 2> /dev/null | grep -E '^(kubernetes|kr8s) '
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.3.0

echo in-the-file > token
cat > kubeconfig <<'YAML'
apiVersion: v1
kind: Config
clusters:
- name: here
  cluster: {server: "https://127.0.0.1:9"}
contexts:
- name: both
  context: {cluster: here, user: both}
- name: file
  context: {cluster: here, user: file}
current-context: both
users:
- name: both
  user: {token: inline, tokenFile: token}
- name: file
  user: {tokenFile: token}
YAML
sed 's/https:/http:/' kubeconfig > kubeconfig.http
mkdir kubectl
cat > kubectl/go.mod <<'MOD'
module login

go 1.24

require k8s.io/client-go v0.34.1
MOD
cat > kubectl/main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		fmt.Printf("[%s]\n", request.Header.Get("Authorization"))
	}))
	for _, name := range []string{"both", "file"} {
		rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: "../kubeconfig"}
		overrides := &clientcmd.ConfigOverrides{CurrentContext: name}
		config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
		if err != nil {
			panic(err)
		}
		config.Host = server.URL
		transport, err := rest.TransportFor(config)
		if err != nil {
			panic(err)
		}
		fmt.Printf("client-go %s ", name)
		if _, err := (&http.Client{Transport: transport}).Get(server.URL); err != nil {
			panic(err)
		}
	}
}
GO
(cd kubectl && go mod tidy && go run . > ../seen) 2> log || { cat log; exit 1; }
cat > read.py <<'PY'
import asyncio
import kr8s._auth
from kubernetes import client, config

async def of_kr8s(name):
    return (await kr8s._auth.KubeAuth(kubeconfig="kubeconfig", context=name)).token

for name in ("both", "file"):
    settings = client.Configuration()
    config.load_kube_config("kubeconfig", context=name, client_configuration=settings)
    print(f"python {name} [{settings.api_key['BearerToken']!r}]")
    if name == "file":
        # Without TLS, the client says why before it connects.
        config.load_kube_config("kubeconfig.http", context=name, client_configuration=settings)
        try:
            client.VersionApi(client.ApiClient(settings)).get_code()
        except ValueError as error:
            print("python refuses:", error)
    print(f"kr8s {name} [{asyncio.run(of_kr8s(name))}]")
PY
env/bin/python read.py >> seen
cat > read.mjs <<'JS'
import { KubeConfig } from '@kubernetes/client-node';
for (const name of ['both', 'file']) {
  const config = new KubeConfig();
  config.loadFromFile('kubeconfig');
  config.setCurrentContext(name);
  const options = { headers: {} };
  await config.applyToHTTPSOptions(options);
  console.log(`client-node ${name} [${options.headers.Authorization ?? ''}]`);
}
JS
node read.mjs >> seen
cat seen
diff seen - <<'SEEN'
client-go both [Bearer in-the-file]
client-go file [Bearer in-the-file]
python both ['Bearer inline']
kr8s both [inline]
python file ['Bearer in-the-file\n']
python refuses: Invalid header value b'Bearer in-the-file\n'
kr8s file [None]
client-node both [Bearer inline]
client-node file []
SEEN
