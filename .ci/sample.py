"""Makes a small repository that must not ship, and tells whether a report has found what is wrong with it.

No credential stands in this file: tokens and keys are drawn at random when it runs, with the checksums that they need.
"""

import argparse
import json
import os
import secrets
import string
import subprocess
import sys
import zlib
from pathlib import Path

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
EXPECTED = {"compose/privileged", "github/personal-access-token", "private-key/pem"}

COMPOSE = """\
services:
  db:
    image: postgres:17
    privileged: true
    environment:
      POSTGRES_PASSWORD: postgres
"""


def github_token() -> str:
    body = "".join(secrets.choice(BASE62) for _ in range(30))
    checksum, number = "", zlib.crc32(body.encode())
    for _ in range(6):
        number, digit = divmod(number, 62)
        checksum = BASE62[digit] + checksum
    return "gh" + "p_" + body + checksum


def private_key() -> str:
    """An RSA key: it has more lines than a report shows."""
    script = """
        const crypto = require("crypto");
        const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
        process.stdout.write(privateKey.export({ type: "pkcs1", format: "pem" }));
    """
    return subprocess.run(["node", "-e", script], check=True, capture_output=True, text=True).stdout


def git(folder: Path, *args: str) -> None:
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "Sample"), ("EMAIL", "sample@example.org"))}
    sealed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", folder, *args], check=True, env=os.environ | who | sealed)


def make(folder: Path) -> None:
    folder.mkdir()
    (folder / "docker-compose.yml").write_text(COMPOSE)
    (folder / ".env").write_text(f"GITHUB_TOKEN={github_token()}\n")
    (folder / "server.pem").write_text(private_key())
    # The second commit takes a token away again, so that it is only in the history.
    (folder / "deploy.sh").write_text(f"export GITHUB_TOKEN={github_token()}\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message=Add the service")
    git(folder, "rm", "--quiet", "deploy.sh")
    git(folder, "commit", "--quiet", "--message=Deploy by hand")


def check(folder: Path, reports: list[Path]) -> list[str]:
    problems = []
    runs = json.loads(reports[0].read_text())["runs"]
    found = [{result["ruleId"] for result in run["results"]} for run in runs]
    for rule in sorted(EXPECTED - set().union(*found)):
        problems.append(f"{rule} is not found")
    if sum("github/personal-access-token" in rules for rules in found) != 2:
        problems.append("the two tokens are not found in a run for files and a run for the history")
    token = (folder / ".env").read_text().split("=")[1].strip()
    key = (folder / "server.pem").read_text().splitlines()[1]
    for report in reports:
        if token in (text := report.read_text()) or key in text:
            problems.append(f"{report.name} shows a secret")
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--found-in", nargs="+", type=Path, metavar="REPORT", help="a SARIF report, and any others")
    args = parser.parse_args()
    if args.found_in is None:
        make(args.folder)
    elif problems := check(args.folder, args.found_in):
        sys.exit("\n".join(f"error: {problem}" for problem in problems))


if __name__ == "__main__":
    main()
