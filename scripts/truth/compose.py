#!/usr/bin/env python3
"""Runs tests/truth/compose.toml on the loader of Compose 5.1 (compose-go 2.10.1, a Go module).

    scripts/truth/compose.py [WORD...]

The program is built once and kept in $TRUTH (default: a folder `gonogo-truth` among temporary files)."""

import json, os, subprocess, tempfile
from pathlib import Path

import rows

TRUTH = Path(os.environ.get("TRUTH", Path(tempfile.gettempdir()) / "gonogo-truth"))


def part(value, key):
    if isinstance(value, list):
        return value[int(key)] if int(key) < len(value) else None
    return (value or {}).get(key)


def brief(key, value):
    """Ports and volumes by what the rows are about."""
    if key == "ports" and value:
        return [[port.get("host_ip", ""), port.get("published", ""), port["target"]] for port in value]
    if key == "volumes" and value:
        return [[volume["type"], volume.get("source", "")] for volume in value]
    return value


def observe(program, binary, row):
    with tempfile.TemporaryDirectory(dir=TRUTH) as folder:
        rows.write(Path(folder), row)
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        run = subprocess.run([binary, folder], capture_output=True, text=True, env=environment, cwd=folder)
        if run.returncode:
            return "refused"
        project = json.loads(run.stdout)
        if row["seen"] in ("refused", "taken"):
            return "taken"
        path = row["seen"].split("=")[0]
        keys = path.split(".")
        value = project if keys[0] == "volumes" else project["services"]
        for key in keys:
            value = part(value, key)
        return f"{path}={json.dumps(brief(keys[-1], value), separators=(',', ':'))}"


if __name__ == "__main__":
    TRUTH.mkdir(parents=True, exist_ok=True)
    binary = TRUTH / "compose"
    if not binary.exists():
        subprocess.run(["go", "build", "-o", binary, "."], cwd=rows.FOLDER / "compose", check=True)
    rows.isolate()
    rows.compare("compose.toml", {"Compose 5.1": binary}, observe)
