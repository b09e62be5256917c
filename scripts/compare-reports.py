#!/usr/bin/env python3
"""Compares two JSON reports of the same input without their texts.

    scripts/compare-reports.py BEFORE.json AFTER.json
    scripts/compare-reports.py --run BEFORE-PROGRAM AFTER-PROGRAM REPOSITORY...

Rules, fingerprints, places, severities, confidences, excerpts, gaps and the verdict must be the same; messages, titles,
descriptions, remedies and reasons may differ. With `--run`, each repository is scanned by both programs first. Prints what
differs, and exits with 1 if anything does.
"""

import json
import subprocess
import sys

# Keys whose values are texts for people.
TEXTS = {"message", "title", "description", "remedy", "remedies", "reason", "label", "by", "tags", "references", "warnings"}
# What two runs never share.
RUNS = {"duration", "started", "version"}


def shape(value):
    """The value without texts."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items()) if key not in TEXTS | RUNS}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return value


def differences(before, after, path="$"):
    """Yields one line for each difference."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path}: {len(before)} entries before, {len(after)} after"
        for number, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{path}[{number}]")
    elif before != after:
        yield f"{path}: {before!r} before, {after!r} after"


def scan(program, repository):
    command = [program, "scan", "--format", "json", "--min-severity", "info", "--min-confidence", "low", repository]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode > 2 or not run.stdout:
        sys.exit(f"error: {program} failed on {repository}: {run.stderr.decode(errors='replace')}")
    return json.loads(run.stdout)


def pairs(arguments):
    if arguments[:1] == ["--run"] and len(arguments) > 3:
        before, after, *repositories = arguments[1:]
        for repository in repositories:
            yield repository, scan(before, repository), scan(after, repository)
    elif len(arguments) == 2:
        reports = []
        for path in arguments:
            with open(path, encoding="utf-8") as file:
                reports.append(json.load(file))
        yield arguments[1], *reports
    else:
        sys.exit(__doc__)


def main():
    count = 0
    for name, before, after in pairs(sys.argv[1:]):
        lines = list(differences(shape(before), shape(after)))
        count += len(lines)
        print(f"{name}: {len(before['findings'])} findings, {len(lines)} differences")
        for line in lines[:50]:
            print(f"  {line}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
