#!/usr/bin/env python3
"""Runs tests/truth/mysql.toml on MariaDB 10.11 (Debian bookworm), which prints what it makes of its option files.

    scripts/truth/mysql.py [WORD...]

Programs are kept in $TRUTH (default: a folder `gonogo-truth` among temporary files)."""

import os, subprocess, tempfile
from pathlib import Path

import rows

TRUTH = Path(os.environ.get("TRUTH", Path(tempfile.gettempdir()) / "gonogo-truth"))


def observe(program, server, row):
    with tempfile.TemporaryDirectory(dir=TRUTH) as name:
        folder = Path(name)
        rows.write(folder, row)
        file = folder / "my.cnf"
        # Paths are taken from the folder in which the server starts, which is its data's.
        file.write_text(file.read_text().replace("!include ", f"!include {folder}/").replace("!includedir ", f"!includedir {folder}/"))
        run = subprocess.run([server, f"--defaults-file={file}", "--verbose", "--help"], capture_output=True, text=True)
        if "Fatal error in defaults handling" in run.stderr:
            return "unreadable"
        asked = row["seen"].split("=")[0] if "=" in row["seen"] else "skip-grant-tables"
        for line in run.stdout.splitlines():
            if line.startswith(asked + " "):
                return f"{asked}={line.split()[1]}"
        return "nothing"


if __name__ == "__main__":
    TRUTH.mkdir(parents=True, exist_ok=True)
    binaries = rows.unpack("bookworm", TRUTH / "bookworm-mariadb", "mariadb-server-core")
    rows.isolate()
    rows.compare("mysql.toml", {"MariaDB 10.11": binaries / "mariadbd"}, observe)
