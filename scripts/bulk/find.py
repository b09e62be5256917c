#!/usr/bin/env python3
"""Measures `gonogo bulk find` beside the bare walk, which rebuilds the same objects and looks at none.

    scripts/bulk/find.py REPOSITORY… [--values 1000] [--runs 5] [--gonogo target/release/gonogo]
                         [--bulk target/release/gonogo-bulk]

The values are random, of 12 to 64 characters. Both programs run in turn, with one thread; what is printed for each
repository are medians of CPU seconds, those of `gonogo-bulk` with its worker, and their ratio. Before that, some of the
values are planted in a copy of the first repository, in several encodings and in a file that is gone again: all must be
found there, and nothing else.
"""

import argparse
import base64
import os
import pathlib
import random
import resource
import statistics
import string
import subprocess
import sys
import tempfile
import urllib.parse

WHO = b"Dev <dev@example.com> 1700000000 +0000"

# How a value is written where it is planted.
FORMS = (
    lambda value: f"it is {value} here",
    lambda value: base64.b64encode(f"user and more: {value} and behind".encode()).decode(),
    lambda value: "x = 0x" + value.encode().hex(),
    lambda value: "https://user:" + urllib.parse.quote(value, safe="") + "@host/",
    lambda value: f'call("{value[:5]}" +\n    "{value[5:]}")',
    lambda value: "$ powershell -enc " + base64.b64encode(f"Connect-It -Key {value}".encode("utf-16-le")).decode(),
)


def run(command, codes, values=b""):
    """The CPU seconds of a command with all that it starts, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=values, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        sys.exit(f"error: {command[0]}: {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.decode()


def make_values(count):
    """Random values, every fourth with signs in it."""
    chance = random.Random(7)
    plain, signs = string.ascii_letters + string.digits, "-_/+=.!@"
    lengths = (12, 16, 20, 24, 32, 40, 64)
    return ["".join(chance.choices(plain + (signs if at % 4 == 0 else ""), k=chance.choice(lengths))) for at in range(count)]


def plant(folder, repository, values):
    """A copy of a repository in which `values` were, under HEAD or in the commit before."""
    path = folder / "planted.git"
    subprocess.run(["git", "clone", "-q", "--bare", repository, path], check=True)
    branch = subprocess.run(["git", "-C", path, "symbolic-ref", "HEAD"], check=True, capture_output=True).stdout.strip()
    lines = [FORMS[at % len(FORMS)](value) for at, value in enumerate(values)]
    stays, goes = ("\n".join(lines[part::2]).encode() + b"\n" for part in (0, 1))
    head = lambda text: b"commit %s\ncommitter %s\ndata %d\n%s\n" % (branch, WHO, len(text), text)
    file = lambda name, text: b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(text), text)
    stream = head(b"Add") + b"from %s^0\n" % branch + file(b"planted/a.txt", stays) + file(b"planted/b.txt", goes)
    stream += head(b"Remove") + b"D planted/b.txt\n"
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=stream, check=True)
    return path


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("repositories", nargs="+")
    options.add_argument("--values", type=int, default=1000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--gonogo", default="target/release/gonogo")
    options.add_argument("--bulk", default="target/release/gonogo-bulk")
    options = options.parse_args()
    gonogo, bulk = os.path.abspath(options.gonogo), os.path.abspath(options.bulk)
    values = make_values(options.values)
    lines = "\n".join(values).encode()
    find = lambda path, codes: run([bulk, "find", "--workers", "1", "--from", "lines", str(path)], codes, lines)
    with tempfile.TemporaryDirectory() as scratch:
        planted = values[:: max(1, len(values) // 48)][:48]
        path = plant(pathlib.Path(scratch), options.repositories[0], planted)
        _, said = find(path, (1,))
        expected = f"{len(planted)} of {len(values):,} values found"
        if expected not in said:
            sys.exit(f"error: not `{expected}`: {said[-300:]}")
        print(f"control: {expected}")
    for repository in options.repositories:
        walks, finds = [], []
        for _ in range(options.runs):
            walks.append(run([gonogo, "walk", "--quiet", "-j1", repository], (0, 2))[0])
            finds.append(find(repository, (0, 1, 2))[0])
        walk, found = statistics.median(walks), statistics.median(finds)
        name = "/".join(pathlib.Path(repository).resolve().parts[-2:])
        print(f"{name}: walk {walk:.2f} s, find {found:.2f} s, {found / walk:.2f} times the walk")


if __name__ == "__main__":
    main()
