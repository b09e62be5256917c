"""Validates SARIF files: against the schema, and against the rules of sarif-multitool, GitHub's among them.

sarif-multitool returns 0 whatever it finds, so what counts is the log that it writes; and it lets pass what breaks the
schema, so that is checked here.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

# Quoted once more: the tool's starter for npm hands its arguments to a shell.
RULE_KINDS = "'Sarif;Gh'"


# A package that carries the schema of SARIF 2.1.0. It is fetched for that, and never built.
CARRIER = """
[package]
name = "carrier"
version = "0.0.0"
edition = "2021"

[dependencies]
serde-sarif = "=0.8.0"

[workspace]
"""


def package(name: str, folder: Path = Path(".")) -> dict:
    """What Cargo knows of a package."""
    command = ["cargo", "metadata", "--format-version=1"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=folder).stdout)
    return next(package for package in metadata["packages"] if package["name"] == name)


def schema() -> dict:
    """The schema of SARIF 2.1.0."""
    with tempfile.TemporaryDirectory() as folder:
        carrier = Path(folder)
        (carrier / "src").mkdir()
        (carrier / "src/lib.rs").touch()
        (carrier / "Cargo.toml").write_text(CARRIER)
        text = (Path(package("serde-sarif", carrier)["manifest_path"]).parent / "src/schema.json").read_text()
    return json.loads(text)


def wants_address(result: dict) -> bool:
    """Whether a report is blamed for naming no address of gonogo's, which it cannot before Cargo.toml does."""
    # The rule writes it without its first letter.
    is_about_address = result["message"].get("id", "").endswith("nformationUri")
    return result["ruleId"] == "SARIF2005" and is_about_address and not package("gonogo")["repository"]


def against_schema(validator: jsonschema.Draft7Validator, path: Path) -> list[str]:
    errors = validator.iter_errors(json.loads(path.read_text()))
    return [f"error schema {error.json_path}: {error.message}" for error in errors]


def against_rules(npm: Path, path: Path) -> list[str]:
    log = path.with_suffix(".validated.json")
    command = ["npx", "--no-install", "--prefix", npm, "sarif-multitool", "validate", path, "--output", log]
    subprocess.run([*command, "--rule-kind", RULE_KINDS, "--max-file-size-in-kb", "100000", "--quiet"], check=True)
    problems = []
    for run in json.loads(log.read_text(encoding="utf-8-sig"))["runs"]:
        if not all(invocation["executionSuccessful"] for invocation in run["invocations"]):
            problems.append("error sarif-multitool did not come to its end")
        for result in run["results"]:
            if wants_address(result):
                continue
            arguments = "; ".join(result["message"].get("arguments", []))
            problems.append(f"{result.get('level', 'warning')} {result['ruleId']} {arguments}")
    return problems


def main() -> None:
    npm, *paths = map(Path, sys.argv[1:])
    validator = jsonschema.Draft7Validator(schema())
    failed = False
    for path in paths:
        problems = against_schema(validator, path) + against_rules(npm, path)
        results = sum(len(run["results"]) for run in json.loads(path.read_text())["runs"])
        print(f"{path.name}: {results} results, {len(problems)} errors and warnings")
        for problem in problems:
            print(f"  {problem}")
        failed = failed or bool(problems)
    sys.exit(failed)


if __name__ == "__main__":
    main()
