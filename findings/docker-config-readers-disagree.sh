#!/usr/bin/env bash
# Package: github.com/docker/cli, github.com/containers/image/v5 (Go modules; the latter is what Podman, Buildah and Skopeo read
#   logins with), docker (PyPI)
# Version: v28.3.3+incompatible, v5.36.2, 7.2.0
# Expected: one ~/.docker/config.json gives the same login for an image with Docker, Podman and Docker's own library for Python, or
#   an error; a login for `registry.test/team` is for the images below it
# Seen: Docker itself takes `username` and `password` in plain text where there is no `auth`; the other two pass over them without a
#   word and ask the registry as nobody. A login for `registry.test/team` counts for Podman alone: Docker and the library send
#   the one of the whole registry for the same image. So which credential of the file is in use, and which is a
#   leftover, depends on who pulls.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
python3 -m venv env
env/bin/pip install --quiet docker==7.2.0
env/bin/pip list 2> /dev/null | grep '^docker '

mkdir folder
python3 - <<'PY'
import base64, json
plain = dict(username="ann", password="-".join(["in", "plain", "text"]))
auth = lambda login: {"auth": base64.b64encode(login.encode()).decode()}
json.dump({"auths": {
    "plain.test": plain,
    "both.test": plain | auth("ann:in-auth"),
    "scope.test": auth("ann:of-the-registry"),
    "scope.test/team": auth("ann:of-the-team"),
}}, open("folder/config.json", "w"), indent=1)
PY
cat > go.mod <<'MOD'
module read

go 1.24

require (
	github.com/containers/image/v5 v5.36.2
	github.com/docker/cli v28.3.3+incompatible
)
MOD
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/containers/image/v5/docker/reference"
	podman "github.com/containers/image/v5/pkg/docker/config"
	"github.com/containers/image/v5/types"
	"github.com/docker/cli/cli/config"
)

func main() {
	file, err := config.Load("folder")
	if err != nil {
		panic(err)
	}
	context := &types.SystemContext{DockerCompatAuthFilePath: "folder/config.json"}
	for _, image := range os.Args[1:] {
		name, err := reference.ParseNormalizedNamed(image)
		if err != nil {
			panic(err)
		}
		ofDocker, err := file.GetAuthConfig(reference.Domain(name))
		if err != nil {
			panic(err)
		}
		ofPodman, err := podman.GetCredentialsForRef(context, name)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s docker [%s]\n%s podman [%s]\n", image, ofDocker.Password, image, ofPodman.Password)
	}
}
GO
images=(plain.test/team/app both.test/team/app scope.test/team/app scope.test/other/app)
go run . "${images[@]}" 2> go.log > seen || { cat go.log; exit 1; }
env/bin/python - "${images[@]}" >> seen <<'PY'
import sys
from docker.auth import load_config, resolve_repository_name

config = load_config("folder/config.json")
for image in sys.argv[1:]:
    registry, _ = resolve_repository_name(image)
    found = config.resolve_authconfig(registry) or {}
    print(f"{image} python [{found.get('password', '')}]")
PY
LC_ALL=C sort -o seen seen
cat folder/config.json seen
diff seen - <<'SEEN'
both.test/team/app docker [in-auth]
both.test/team/app podman [in-auth]
both.test/team/app python [in-auth]
plain.test/team/app docker [in-plain-text]
plain.test/team/app podman []
plain.test/team/app python []
scope.test/other/app docker [of-the-registry]
scope.test/other/app podman [of-the-registry]
scope.test/other/app python [of-the-registry]
scope.test/team/app docker [of-the-registry]
scope.test/team/app podman [of-the-team]
scope.test/team/app python [of-the-registry]
SEEN
