#!/usr/bin/env python3
"""Writes patterns/actions.tsv anew: for each action that it lists, the newest release of each major version.

Asks the repositories on GitHub with `git ls-remote`; needs the network, and no account.
"""

import datetime
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path(__file__).parent.parent / "patterns" / "actions.tsv"
VERSION = re.compile(r"refs/tags/(v(\d+)\.(\d+)(?:\.(\d+))?)(\^\{\})?")


def releases(name):
    """The newest release of each major version of the action NAME, as (version, commit)."""
    url = f"https://github.com/{name}"
    listed = subprocess.run(["git", "ls-remote", "--tags", url], capture_output=True, text=True, check=True).stdout
    tags = {}
    for line in listed.splitlines():
        commit, ref = line.split("\t")
        found = VERSION.fullmatch(ref)
        if not found:
            continue
        key = tuple(int(part or 0) for part in found.group(2, 3, 4))
        # An annotated tag is listed twice; its commit comes second.
        tags[key] = (found.group(1), commit)
    newest = {key[0]: tags[key] for key in sorted(tags)}
    return [newest[major] for major in sorted(newest)]


def main():
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    names = list(dict.fromkeys(line.split("\t")[0] for line in lines)) + sys.argv[1:]
    today = datetime.date.today().isoformat()
    text = "# Releases of actions that workflows use most: for each major version the newest one, with the commit of its tag.\n"
    text += f"# Read from the tags of each action's repository on {today} by scripts/actions.py.\n"
    for name in names:
        text += "".join(f"{name}\t{version}\t{commit}\n" for version, commit in releases(name))
    TABLE.write_text(text)


if __name__ == "__main__":
    main()
