#!/usr/bin/env bash
# Package: github.com/hashicorp/terraform-config-inspect (Go module), which documentation and policy tools read modules with
# Version: v0.0.0-20260904064934-75d64de68c31
# Expected: a file called `…_override.tf` changes only the arguments that it has, as Terraform merges it: a variable with
#   `sensitive = true` that gets nothing but a default there stays sensitive, of its type, and with its description
# Seen: the block in the override file takes the place of the whole one: the variable and the output are no longer sensitive, type
#   and description are gone, and the place is that in the override file. No diagnostic says so. So a list of what is
#   sensitive, made from a module with an override file, lacks the very variables whose values somebody has overridden.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOPATH="$work/go" GOCACHE="$work/cache" GOFLAGS=-mod=mod CGO_ENABLED=0
cat > go.mod <<'MOD'
module inspect

go 1.24

require github.com/hashicorp/terraform-config-inspect v0.0.0-20260904064934-75d64de68c31
MOD
go install github.com/hashicorp/terraform-config-inspect 2> /dev/null
mkdir module
cat > module/main.tf <<'TF'
variable "password" {
  type        = string
  description = "of the database"
  sensitive   = true
}

output "address" {
  value     = "postgresql://shop:${var.password}@db/shop"
  sensitive = true
}
TF
go/bin/terraform-config-inspect --json module > before.json
value="made-up-$RANDOM"
cat > module/dev_override.tf <<TF
variable "password" {
  default = "$value"
}

output "address" {
  description = "of the database"
}
TF
go/bin/terraform-config-inspect --json module > after.json
cat > show.py <<'PY'
import json, sys
before, after = (json.load(open(name)) for name in ("before.json", "after.json"))
seen = []
for when, module in (("main.tf alone", before), ("with dev_override.tf", after)):
    password, address = module["variables"]["password"], module["outputs"]["address"]
    seen.append([password.get("sensitive"), password.get("type"), password.get("description"), "default" in password and
                 password["default"] is not None, address.get("sensitive"), password["pos"]["filename"].split("/")[-1]])
    print(when, "\n  password:", password, "\n  address:", address)
print("diagnostics:", after.get("diagnostics"))
same = seen == [
    [True, "string", "of the database", False, True, "main.tf"],
    [None, None, None, True, None, "dev_override.tf"],
] and not after.get("diagnostics")
sys.exit(0 if same else f"changed: {seen}")
PY
python3 show.py
