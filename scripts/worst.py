#!/usr/bin/env python3
"""Measures how long gonogo takes for the worst texts of every rule and encoding.

    GONOGO_WRITE_WORST=target/worst.jsonl cargo test --lib the_worst_texts
    cargo build --profile dist
    scripts/worst.py target/dist/gonogo target/worst.jsonl [BYTES] [EVERY]

Each line of the file is a name and a part, which is repeated to BYTES (4 MiB). EVERY takes each so-manyth case only. The
bar is one second for 20 MB and for 100,000 findings; cases above it, and those that take ten times the median for their
findings, are printed, and make the exit code 1.
"""

import json
import os
import pathlib
import sys
import tempfile
import time

BYTES_A_SECOND = 20_000_000
FINDINGS_A_SECOND = 100_000


def measure(program, folder, text):
    """Seconds and findings of one scan."""
    (folder / "text.txt").write_bytes(text)
    report = folder.with_suffix(".jsonl")
    start = time.monotonic()
    with open(report, "wb") as out, open(os.devnull, "wb") as null:
        arguments = [program, "scan", "--no-config", "--no-history", "-f", "jsonl", str(folder)]
        files = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, null.fileno(), 2)]
        os.waitpid(os.posix_spawn(program, arguments, os.environ, file_actions=files), 0)
    seconds = time.monotonic() - start
    with open(report, "rb") as lines:
        return seconds, max(0, sum(1 for _ in lines) - 1)


def main():
    program, cases, *rest = sys.argv[1:]
    size = int(rest[0]) if rest else 4 << 20
    every = int(rest[1]) if len(rest) > 1 else 1
    results = []
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top) / "scanned"
        folder.mkdir()
        for line in pathlib.Path(cases).read_text().splitlines()[::every]:
            name, part = json.loads(line)
            part = bytes(part)
            text = (part * (size // len(part) + 1))[:size]
            seconds, findings = measure(program, folder, text)
            allowed = size / BYTES_A_SECOND + findings / FINDINGS_A_SECOND
            results.append((seconds / allowed, seconds, findings, name, part))
    results.sort(key=lambda result: result[0])
    if not results:
        sys.exit("there are no cases")
    median = results[len(results) // 2][0]
    slow = [result for result in results if result[0] > max(1, 10 * median)]
    for ratio, seconds, findings, name, part in reversed(slow):
        print(f"{ratio:8.2f} {seconds:8.3f} s {findings:8} findings  {name}  {part[:40]!r}")
    print(f"{len(results)} cases, {len(slow)} too slow; the median takes {median:.2f} of what is allowed")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
