"""Draws docs/terminal.svg, the picture in the README, from what gonogo prints about a small sample.

usage: scripts/screenshot.py PROGRAM [--check]

With --check nothing is written: the exit code is 1 if the picture is not what the program prints.
"""

import argparse
import os
import re
import string
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = Path(__file__).parent.parent / "docs" / "terminal.svg"
COLUMNS = 92
# The end of a report is what the reader sees.
LINES = 34
CELL, LINE, MARGIN = 8.43, 19, 18

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
COLORS = {30: "#484f58", 31: "#ff7b72", 32: "#3fb950", 33: "#d29922", 34: "#58a6ff", 35: "#bc8cff", 36: "#39c5cf"}

COMPOSE = """\
services:
  db:
    image: postgres:17
    ports:
      - "5432:5432"
    environment:
      POSTGRES_PASSWORD: CHANGE_ME
  watch:
    image: example/watch:3
    privileged: true
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
"""


def github_token() -> str:
    """A token that was never issued, with the right checksum; it is only in the temporary sample."""
    body = "q8Zk3nP0vWx7Lm2RtY5uBc9DfGh1Js"
    checksum, number = "", zlib.crc32(body.encode())
    for _ in range(6):
        number, digit = divmod(number, 62)
        checksum = BASE62[digit] + checksum
    return "gh" + "p_" + body + checksum


def report(program: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "docker-compose.yml").write_text(COMPOSE)
        (folder / "deploy.sh").write_text(f"export GITHUB_TOKEN={github_token()}\n./deploy\n")
        sealed = {"PATH": os.environ["PATH"], "HOME": name, "COLUMNS": str(COLUMNS), "TERM": "xterm"}
        command = [os.path.abspath(program), "scan", "--color", "always"]
        done = subprocess.run(command, cwd=folder, env=sealed, capture_output=True, text=True)
    if done.returncode != 1:
        sys.exit(f"error: exit code {done.returncode} instead of 1: {done.stderr}")
    return done.stdout


def spans(line: str):
    """The parts of a line with the style of each."""
    color, bold, underline = None, False, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b"):
            if part:
                yield part, color, bold, underline
            continue
        for code in [int(code or 0) for code in part[2:-1].split(";")]:
            if code == 0:
                color, bold, underline = None, False, False
            elif code == 1:
                bold = True
            elif code == 4:
                underline = True
            elif 30 <= code <= 36 or 90 <= code <= 96:
                color = COLORS[code if code < 90 else code - 60]
            elif code == 39:
                color = None


def draw(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    lines = ["$ gonogo scan", "…"] + lines[-LINES:]
    width, height = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines[-16:]))
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" role="img">',
        f"<title>What gonogo prints</title><desc>{escape(plain)}</desc>",
        '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>',
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#e6edf3" '
        'xml:space="preserve">',
    ]
    for number, line in enumerate(lines):
        y, column = MARGIN + (number + 0.75) * LINE, 0
        for part, color, bold, underline in spans(line):
            style = f' fill="{color}"' if color else ""
            style += ' font-weight="bold"' if bold else ""
            style += ' text-decoration="underline"' if underline else ""
            x, length = MARGIN + column * CELL, len(part) * CELL
            if part.strip():
                svg.append(f'<text x="{x:.1f}" y="{y:.1f}" textLength="{length:.1f}"{style}>{escape(part)}</text>')
            column += len(part)
    return "\n".join(svg) + "\n</g>\n</svg>\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    picture = draw(report(args.program))
    if not args.check:
        PICTURE.write_text(picture)
    elif not PICTURE.exists() or PICTURE.read_text() != picture:
        sys.exit(f"error: {PICTURE.name} is not what gonogo prints: run scripts/screenshot.py PROGRAM")


if __name__ == "__main__":
    main()
